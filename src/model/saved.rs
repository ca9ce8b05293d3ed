//! A fitted model that can be saved.

use super::fitted::Classifier;
use serde::Serialize;

/// A fitted model that can be saved.
pub trait Fitted: Send + Sync {
    /// The model.
    fn classifier(&self) -> &dyn Classifier;
    /// Its parameters as bytes; [`ModelEntry::load`](super::ModelEntry::load) reads them back to
    /// the same bits.
    fn save(&self) -> Result<Vec<u8>, String>;
}

impl<C: Classifier + Serialize> Fitted for C {
    fn classifier(&self) -> &dyn Classifier {
        self
    }

    fn save(&self) -> Result<Vec<u8>, String> {
        postcard::to_stdvec(self).map_err(|error| error.to_string())
    }
}
