//! The ground: what an email is before anything has been read out of it, numerics, symmetric
//! matrices and seeded random streams, hash tables, where a message begins, files written whole or
//! not at all, bytes read part by part, numbers and text as people are shown them, and how work
//! tells how far it is.

pub mod choices;
pub mod files;
pub mod keyed;
pub mod mail;
pub mod math;
pub(crate) mod message_head;
pub mod numbers;
pub mod parts;
pub mod progress;
pub mod shown;
pub mod streams;
pub mod symmetric;
