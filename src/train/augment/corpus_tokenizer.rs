//! Tokenizing changed and generated texts as the mail of a corpus was tokenized.

use crate::base::mail::Content;
use crate::dataset::Corpus;
use crate::tokenize::{TokenId, Tokenizer};
use rustc_hash::FxHashMap;

/// A tokenizer of texts that knows the tokens of a corpus and no others.
pub struct CorpusTokenizer<'a> {
    corpus: &'a Corpus,
    tokenizer: Tokenizer,
}

impl<'a> CorpusTokenizer<'a> {
    /// A tokenizer by the recipe of the corpus.
    pub fn new(corpus: &'a Corpus) -> CorpusTokenizer<'a> {
        CorpusTokenizer {
            corpus,
            tokenizer: Tokenizer::new(corpus.recipe()),
        }
    }

    /// The tokens of a text: with their counts in order of first mention, and one by one in order.
    pub fn tokenize(&mut self, text: &str) -> (Vec<(TokenId, u32)>, Vec<TokenId>) {
        let (subject, body) = text.split_once('\n').unwrap_or((text, ""));
        let content = Content::text(subject, body);
        let (mut read, mut tokens) = (Vec::new(), Vec::new());
        self.tokenizer.read(&content, &mut read, &mut tokens);
        let lexicon = self.tokenizer.lexicon();
        let known = |token: &TokenId| self.corpus.lexicon().get(lexicon.token(*token));
        let sequence: Vec<TokenId> = tokens.iter().filter_map(known).collect();
        let mut places: FxHashMap<TokenId, usize> = FxHashMap::default();
        let mut bag: Vec<(TokenId, u32)> = Vec::new();
        for &token in &sequence {
            let place = *places.entry(token).or_insert(bag.len());
            match bag.get_mut(place) {
                Some((_, count)) => *count += 1,
                None => bag.push((token, 1)),
            }
        }
        (bag, sequence)
    }
}
