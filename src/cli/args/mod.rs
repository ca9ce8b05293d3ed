//! Options that several commands share.

pub(super) mod input;
pub(super) mod training;
