//! Models that were fitted elsewhere, in another language or as another filter, in the comparison:
//! what each said of every test message, read from a file, is measured like what ours said.

mod predictions;
mod record;

pub use predictions::{ExternalModel, ExternalPrediction, Said};
pub(super) use record::records;
