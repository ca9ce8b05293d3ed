//! From mail to tokens: the one reader that feeds both families.
//!
//! Tokenizing is stateless and cannot fail: any bytes give some tokens. `message` undoes MIME, `html` reads markup as a
//! person would, `headers` turns headers into clues, `words` cuts text into words. A [`Tokenizer`] owns the lexicon it
//! fills and the buffers it reuses; one serves one thread.

mod lexicon;
mod recipe;

pub use lexicon::{Kind, Lexicon, TokenId};
pub use recipe::{Headers, Recipe};

use crate::mail::Content;

/// Reads mail after mail into tokens of one lexicon.
pub struct Tokenizer {
    recipe: Recipe,
    lexicon: Lexicon,
}

impl Tokenizer {
    /// A tokenizer with an empty lexicon.
    pub fn new(recipe: &Recipe) -> Tokenizer {
        Tokenizer { recipe: recipe.clone(), lexicon: Lexicon::new() }
    }

    /// Reads one mail: appends its text (subject, newline, visible body; UTF-8, no headers) to `text` and its tokens, in
    /// order, to `tokens`.
    pub fn read(&mut self, content: &Content, text: &mut Vec<u8>, tokens: &mut Vec<TokenId>) {
        let _ = &self.recipe;
        // SKELETON: replaced by the real reader.
        if let Content::Fields { subject, body, .. } = content {
            text.extend_from_slice(subject.as_bytes());
            text.push(b'\n');
            text.extend_from_slice(body.as_bytes());
            for word in subject.split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() > 1) {
                tokens.push(self.lexicon.intern(Kind::Subject, &format!("subject:{}", word.to_lowercase())));
            }
            for word in body.split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() > 1) {
                tokens.push(self.lexicon.intern(Kind::Word, &word.to_lowercase()));
            }
        }
    }

    /// The tokens seen so far.
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// Gives up the lexicon.
    pub fn into_lexicon(self) -> Lexicon {
        self.lexicon
    }
}
