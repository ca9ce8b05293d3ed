//! A table in memory: rows of values under names, as other programs hand them over, whole or in
//! pieces of which memory holds one at a time.
//!
//! Its columns are found like those of a file. Each message says for itself whether it is a whole
//! one, so that it is read alike alone and among others. The SHA-256 is that of the CSV file which
//! holds the same values, as pandas writes it.

mod handed;
mod reader;

pub use handed::{Cell, Handed, MemoryTable, PieceTable, Pieces};
pub use reader::IN_MEMORY;
pub(in crate::input) use reader::MemoryReader;
