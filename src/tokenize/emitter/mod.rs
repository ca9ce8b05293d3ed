//! What turns words into tokens: their places, their language, and the memory of those met before.

pub(super) mod form_cache;
pub(super) mod language;
pub(super) mod stop_words;
pub(super) mod text_place;
