//! What can be read off a saved experiment without its models.

pub(super) mod best;
pub(super) mod predictions;
pub(super) mod redact;
pub(super) mod slices;
pub(super) mod suspects;
pub(super) mod warnings;
