//! Options that several commands share.

pub(super) mod input;
pub(super) mod tokenizer_search;
pub(super) mod training;
