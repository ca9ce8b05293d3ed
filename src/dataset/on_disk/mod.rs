//! Mail that memory does not hold, on disk while a model learns from it: the bags of a corpus as
//! they are counted, and the rows of one model made of them.
//!
//! Both stand in files without a name in the folder for temporary files, which are gone when the
//! program ends, however it ends.

mod bags;
mod chunks;
mod rows;

pub(super) use bags::StoredBags;
pub use rows::StoredRows;
