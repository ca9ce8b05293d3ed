//! Turns mail into tokens. Both families share this tokenizer. It is stateless and cannot fail: any
//! bytes give some tokens, in time linear in their number. Each layer uses only the layers before
//! it:
//!
//! - `characters` is what Unicode says about characters beyond ASCII.
//! - `emitter` turns a word and its place into a token of the [`Lexicon`]. It knows stems,
//!   prefixes, languages and a cache of written forms, but no syntax.
//! - Parsers read syntax and know no lexicon: `message` splits a message down to UTF-8 texts,
//!   `html` reads pages, `clues` reads headers, links, attachments and numbers, and `deobfuscate`
//!   reads disguised words. They pass what they find to a `TokenSink`.
//! - `words` splits text into words, with the parsers' help, and is the sink that feeds the
//!   emitter.
//! - `tokenization` passes one message through all of them, `ngrams` adds n-grams, and a
//!   [`Tokenizer`] keeps the lexicon and buffers from message to message. Each thread has its own.
//!
//! The MIME reader is written here because it is faster and more tolerant: mail-parser 0.11.9 took
//! 0.13 s for SpamAssassin's 33 MB, this reader takes a few hundredths of a second, and mail-parser
//! gives text without a header no body.

mod characters;
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
pub use message::date::day;
pub use recipe::{Headers, MAX_BYTE_NGRAM, MAX_NGRAM, Recipe, Stem, WordSplit};
pub use token_kind::{TokenKind, TokenKinds};
pub use tokenizer::Tokenizer;
