//! Agreement with numbers from other sources: computed by hand, or printed by an independent
//! program.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod certify;
mod linear;
mod naive_bayes;
