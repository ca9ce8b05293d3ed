//! HTML → the text its reader sees, the text hidden from them, and clues about how it is made. One
//! pass, no tree.
//!
//! Block elements part words, inline ones do not: `V<b></b>iagra` is one word. Comments, scripts,
//! styles and tags are not text; entities are characters; runs of white space are one space. Linear
//! on any input: whatever is never closed is looked for once only (see `lexer`).

mod character;
mod detect;
mod element;
mod lexer;
mod page;
mod style;
mod tally;

pub(super) use detect::{charset, looks_like_html};
pub(super) use page::{HtmlOutput, read};
pub(super) use tally::PageTally;
