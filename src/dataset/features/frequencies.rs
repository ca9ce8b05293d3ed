//! Document frequencies of the columns of a vocabulary, by class.

use serde::{Deserialize, Serialize};

/// What training rows say about each column.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Frequencies {
    /// Training messages of each class: ham, spam.
    pub emails: [u32; 2],
    /// For each column, the training messages of each class that hold it.
    pub holding: Vec<[u32; 2]>,
}

impl Frequencies {
    /// Smoothed inverse document frequency `ln((1 + n) / (1 + df)) + 1` of each column.
    pub fn inverse_document_frequency(&self) -> Vec<f64> {
        let sum = |[ham, spam]: [u32; 2]| f64::from(ham) + f64::from(spam);
        let emails = sum(self.emails);
        self.holding
            .iter()
            .map(|&holding| inverse_document_frequency(emails, sum(holding)))
            .collect()
    }
}

/// Smoothed inverse document frequency `ln((1 + n) / (1 + df)) + 1` of a token that df of n
/// messages hold.
pub(super) fn inverse_document_frequency(emails: f64, holding: f64) -> f64 {
    ((1.0 + emails) / (1.0 + holding)).ln() + 1.0
}
