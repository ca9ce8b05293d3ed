//! Parsers for everything that gives clues besides words: headers, links, attachments and numbers.
//! They pass what they find to a sink, and know nothing of the lexicon.

pub(super) mod attachments;
pub(super) mod headers;
mod host;
pub(super) mod links;
pub(super) mod numbers;
pub(super) mod sink;
pub(super) mod written_links;
