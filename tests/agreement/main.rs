//! Agreement with numbers from elsewhere: worked by hand, or printed by an independent program.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod certify;
mod linear;
mod naive_bayes;
