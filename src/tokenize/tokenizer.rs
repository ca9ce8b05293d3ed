//! The [`Tokenizer`] that `dataset` and `predict` use, one per thread.

use super::emitter::Emitter;
use super::lexicon::{Lexicon, TokenId};
use super::ngrams::NgramBuilder;
use super::recipe::{Recipe, WordSplit};
use super::token_kind::TokenKind;
use super::tokenization::{Buffers, Tokenization};
use super::words::WordReader;
use crate::base::mail::Content;

/// Reads messages, one after the other, into tokens of one lexicon.
///
/// ```
/// use spamlab::base::mail::Content;
/// use spamlab::tokenize::{Recipe, TokenKind, Tokenizer};
///
/// let mut tokenizer = Tokenizer::new(&Recipe::default());
/// let message = b"Subject: lunch\n\nWinning prizes!".to_vec();
/// let (mut text, mut tokens) = (Vec::new(), Vec::new());
/// tokenizer.read(&Content::Raw(message), &mut text, &mut tokens);
///
/// assert_eq!(text, b"lunch\nWinning prizes!\n");
/// let lexicon = tokenizer.lexicon();
/// let mut words: Vec<&str> = Vec::new();
/// for token in tokens {
///     if lexicon.kind(token) == TokenKind::Word {
///         words.push(lexicon.token(token));
///     }
/// }
/// assert_eq!(words, ["win", "prize"]);
/// ```
pub struct Tokenizer {
    recipe: Recipe,
    words: WordReader,
    ngrams: NgramBuilder,
    buffers: Buffers,
}

impl Tokenizer {
    /// A tokenizer with an empty lexicon.
    pub fn new(recipe: &Recipe) -> Tokenizer {
        Tokenizer {
            recipe: recipe.clone(),
            words: WordReader::new(recipe),
            ngrams: NgramBuilder::new(recipe),
            buffers: Buffers::default(),
        }
    }

    /// Reads one message. It appends the text (subject, newline, visible body; UTF-8, no headers)
    /// to `text`, and the tokens to `tokens`: first the clues, then the words of the subject, the
    /// body, the hidden text and the attached text, each in order.
    pub fn read(&mut self, content: &Content, text: &mut Vec<u8>, tokens: &mut Vec<TokenId>) {
        // The emitter borrows the vector while it reads the message.
        std::mem::swap(&mut self.words.emitter.tokens, tokens);
        match self.recipe.tokenizer {
            WordSplit::Words => {
                let Tokenizer {
                    recipe,
                    words,
                    ngrams,
                    buffers,
                } = self;
                Tokenization::new(recipe, words, buffers, text).read(content, ngrams);
            }
            WordSplit::Whitespace => {
                split_at_whitespace(content, text, &mut self.words.emitter);
            }
        }
        std::mem::swap(&mut self.words.emitter.tokens, tokens);
    }

    /// The tokens seen so far.
    pub fn lexicon(&self) -> &Lexicon {
        &self.words.emitter.lexicon
    }

    /// Ends the tokenizer and returns its lexicon.
    pub fn into_lexicon(self) -> Lexicon {
        self.words.emitter.lexicon
    }
}

/// Splits a message at white space, without interpreting headers and markup.
fn split_at_whitespace(content: &Content, text: &mut Vec<u8>, emitter: &mut Emitter) {
    let start = text.len();
    match content {
        Content::Raw(message) => {
            text.extend_from_slice(String::from_utf8_lossy(message).as_bytes());
        }
        Content::Fields { subject, body, .. } => {
            text.extend([subject.as_bytes(), body.as_bytes()].join(&b'\n'));
        }
    }
    let words = text[start..]
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    let Emitter {
        lexicon, tokens, ..
    } = emitter;
    // White space is ASCII, so that no character is ever split.
    tokens.extend(
        words
            .filter_map(|word| std::str::from_utf8(word).ok())
            .map(|word| lexicon.intern(TokenKind::Word, word)),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_at_white_space_a_message_is_what_stands_between_them_and_nothing_else() {
        let mut tokenizer = Tokenizer::new(&Recipe {
            tokenizer: WordSplit::Whitespace,
            ..Recipe::default()
        });
        let (mut text, mut tokens) = (Vec::new(), Vec::new());
        tokenizer.read(
            &Content::Raw(b"Subject: V1agra , <b>now\r\n\n caf\xe9".to_vec()),
            &mut text,
            &mut tokens,
        );
        let words: Vec<&str> = tokens
            .iter()
            .map(|&token| tokenizer.lexicon().token(token))
            .collect();
        assert_eq!(words, ["Subject:", "V1agra", ",", "<b>now", "caf\u{fffd}"]);
        let fields = Content::Fields {
            from: "a@b".to_owned(),
            subject: "two words".to_owned(),
            body: "x".to_owned(),
        };
        tokens.clear();
        tokenizer.read(&fields, &mut text, &mut tokens);
        assert_eq!(tokens.len(), 3, "the sender is not read");
    }

    #[test]
    fn ngrams_end_where_the_subject_ends() {
        let mut tokenizer = Tokenizer::new(&Recipe {
            ngrams: 2,
            ..Recipe::default()
        });
        let content = Content::text("big deal", "buy it! now");
        let (mut text, mut tokens) = (Vec::new(), Vec::new());
        tokenizer.read(&content, &mut text, &mut tokens);
        let lexicon = tokenizer.lexicon();
        let ngrams: Vec<&str> = tokens
            .iter()
            .filter(|&&token| lexicon.kind(token) == TokenKind::Ngram)
            .map(|&token| lexicon.token(token))
            .collect();
        assert_eq!(ngrams, ["subject:big subject:deal", "buy it", "it now"]);
    }
}
