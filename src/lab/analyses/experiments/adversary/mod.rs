//! What experiments with an adversary share: the mail of both sides, the words that an attacker
//! takes from his, how he changes a message, and the filters that he wants to pass.

pub(super) mod disguise;
pub(super) mod envelope;
pub(super) mod filters;
pub(super) mod mail;
pub(super) mod word_lists;
