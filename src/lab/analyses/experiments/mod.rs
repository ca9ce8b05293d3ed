//! Experiments that answer one question by a protocol of their own, over many fits: each is a row
//! in the table of analyses.

pub mod crossover;
pub mod duplicates;
pub mod stream;
pub mod transfer;
