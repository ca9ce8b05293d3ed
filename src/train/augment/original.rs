//! A message of a corpus with another text: every clue that does not come from the text stays, and
//! every model reads the copy as it reads mail.

use super::corpus_tokenizer::CorpusTokenizer;
use crate::base::mail::Label;
use crate::dataset::{AddedMail, Corpus};
use crate::tokenize::TokenId;
use rustc_hash::FxHashMap;

/// A message, and which of its tokens come from its text.
pub struct Original<'a> {
    corpus: &'a Corpus,
    row: usize,
    /// Its text.
    pub text: String,
    own: Vec<(TokenId, u32)>,
}

impl<'a> Original<'a> {
    /// A message of a corpus that keeps texts.
    pub fn new(
        corpus: &'a Corpus,
        row: usize,
        tokenizer: &mut CorpusTokenizer<'_>,
    ) -> Original<'a> {
        let text = String::from_utf8_lossy(corpus.text(row)).into_owned();
        Original {
            own: tokenizer.tokenize(&text).0,
            corpus,
            row,
            text,
        }
    }

    /// A copy that says this instead, as mail of a class.
    pub fn with_text(
        &self,
        text: String,
        label: Label,
        tokenizer: &mut CorpusTokenizer<'_>,
    ) -> AddedMail {
        let (bag, sequence) = tokenizer.tokenize(&text);
        AddedMail {
            of: Some(self.row),
            label,
            group: self.corpus.group(self.row),
            bag: exchanged(self.corpus.bag(self.row), &self.own, &bag),
            sequence,
            text: text.into_bytes(),
        }
    }
}

/// A message's tokens with those of its text exchanged for others.
fn exchanged(
    whole: &[(TokenId, u32)],
    text: &[(TokenId, u32)],
    other: &[(TokenId, u32)],
) -> Vec<(TokenId, u32)> {
    let text: FxHashMap<TokenId, u32> = text.iter().copied().collect();
    let mut added: FxHashMap<TokenId, u32> = other.iter().copied().collect();
    let kept = whole.iter().map(|&(token, count)| {
        let kept = count.saturating_sub(text.get(&token).copied().unwrap_or(0));
        (token, kept + added.remove(&token).unwrap_or(0))
    });
    let mut bag: Vec<(TokenId, u32)> = kept.filter(|&(_, count)| count > 0).collect();
    bag.extend(other.iter().filter(|(token, _)| added.contains_key(token)));
    bag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_the_text_are_exchanged_and_others_stay() {
        let whole = [(1, 2), (2, 1), (3, 4), (9, 1)];
        assert_eq!(
            exchanged(&whole, &[(1, 1), (3, 4)], &[(5, 1), (1, 3)]),
            [(1, 4), (2, 1), (9, 1), (5, 1)]
        );
        assert_eq!(
            exchanged(&whole, &[(1, 1), (3, 4)], &[(1, 1), (3, 4)]),
            whole
        );
    }
}
