//! A fitted model that can be saved.

use super::fitted::Classifier;
use crate::base::parts::Parts;
use serde::Serialize;

/// A fitted model that can be saved.
///
/// ```
/// use serde_json::json;
/// use spamlab::dataset::{ClassCounts, Example};
/// use spamlab::model::Fitted;
///
/// // Two messages of each class; ham holds the word of column 0, spam that of column 1.
/// let counts = ClassCounts::new([2.0, 2.0], [vec![2.0, 0.0], vec![0.0, 2.0]]);
/// let catalog = spamlab::catalog();
/// let entry = catalog.model("bernoulli").expect("it is a model of the program");
/// let fitted: Box<dyn Fitted> = entry.fit_counts(&[json!({})], &counts)?.remove(0);
/// let loaded = entry.load(&fitted.save()?, 2)?;
///
/// let email = Example::sparse(&[1], &[1.0]);
/// assert_eq!(loaded.classifier().score(email), fitted.classifier().score(email));
/// assert_eq!(loaded.save()?, fitted.save()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Fitted: Send + Sync {
    /// The model, which scores.
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
        let mut parts = Parts::default();
        parts.push(postcard::to_stdvec(self).map_err(|error| error.to_string())?);
        self.save_tables(&mut parts);
        Ok(parts.to_bytes())
    }
}
