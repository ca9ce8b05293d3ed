//! Splits HTML into the text that its reader sees, the text hidden from them, and clues about the
//! page. It takes one pass and builds no tree.
//!
//! Block elements separate words, inline elements do not: `V<b></b>iagra` is one word. Comments,
//! scripts, styles and tags are not text. Character references become characters, and a run of
//! white space becomes one space. The time is linear on any input (see `lexer`).

mod character;
mod colour;
mod css;
mod detect;
mod element;
mod lexer;
mod page;
mod style;
mod tally;

pub(super) use character::append_decoded;
pub(super) use detect::{charset, looks_like_html};
pub(super) use page::{HtmlOutput, Syntax, read};
pub(super) use tally::PageTally;
