//! Parsers of what gives clues beside words: headers, links and numbers.

pub(super) mod headers;
pub(super) mod links;
pub(super) mod numbers;
