//! The state of the house: which module may use which, and what every file keeps to.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod circles;
mod layers;
mod libraries;
mod source;
mod tidy;
