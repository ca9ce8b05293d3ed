//! Options that several commands share.

pub(super) mod decision;
pub(super) mod input;
pub(super) mod number;
pub(super) mod output;
pub(super) mod training;
