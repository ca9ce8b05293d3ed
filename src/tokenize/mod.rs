//! From mail to tokens: the one tokenizer that feeds both families. It is stateless and cannot
//! fail: any bytes give some tokens, in time linear in their number. Each layer uses only those
//! before:
//!
//! - `emitter` turns a word and its place into a token of the [`Lexicon`]. It knows stems,
//!   prefixes, languages and a cache of written forms, and no syntax.
//! - Parsers read syntax and know no lexicon: `message` takes a message apart down to UTF-8 texts,
//!   `html` reads pages, `clues` headers, links, attachments and numbers, `deobfuscate` words in
//!   disguise. What they find goes to a `TokenSink`.
//! - `words` cuts text into words, with the parsers' help, and is the sink that feeds the emitter.
//! - `tokenization` leads one message through all of them, `ngrams` adds n-grams, and a
//!   [`Tokenizer`] keeps lexicon and buffers from message to message; one serves one thread.
//!
//! Reading mail into tokens is what this program exists for, so the MIME reader is its own:
//! mail-parser 0.11.9 took 0.13 s for SpamAssassin's 33 MB where this takes a few hundredths, and
//! gave text without a header no body.

mod clues;
mod deobfuscate;
mod emitter;
mod html;
mod lexicon;
mod look_alikes;
mod message;
mod ngrams;
mod recipe;
mod token_kind;
mod tokenization;
mod tokenizer;
mod words;

pub use lexicon::{Lexicon, TokenId};
pub use look_alikes::{confusable, signs_for, stands_for};
pub use recipe::{Headers, MAX_BYTE_NGRAM, MAX_NGRAM, Recipe, Stem, WordSplit};
pub use token_kind::{TokenKind, TokenKinds};
pub use tokenizer::Tokenizer;
