//! Parsers of what gives clues beside words: headers, links, attachments and numbers. They read
//! and tell, and know nothing of the lexicon.

pub(super) mod attachments;
pub(super) mod headers;
pub(super) mod links;
pub(super) mod numbers;
pub(super) mod sink;
