//! Language models: each symbol is predicted from those before it. One file per model, and what
//! they share: tries of contexts, gathered n-grams, discounting and back-off, the background model.

pub(super) mod background;
pub(super) mod backoff;
pub(super) mod byte_model;
pub(super) mod byte_ngram;
pub(super) mod context_trie;
pub(super) mod discounting;
pub(super) mod dmc;
pub(super) mod gather_ngrams;
pub(super) mod local_trie;
pub(super) mod ppm;
pub(super) mod strings;
pub(super) mod witten_bell;
pub(super) mod word_ngram;
