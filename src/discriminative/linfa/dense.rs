//! What the linfa models share: a bounded number of selected features as a dense matrix.
//!
//! linfa-logistic takes dense rows only and linfa-svm builds the whole kernel matrix, so both work
//! on the features of highest information gain and on a bounded number of messages, and say so.
//! Features are selected from the training rows alone.

use crate::base::math::information_gain;
use crate::dataset::{CsrMatrix, Example, TrainingSet};
use crate::model::Setting;
use ndarray::{Array1, Array2};

/// The setting of the limit on training messages.
pub const MAX_EMAILS: Setting<usize> = Setting::whole(
    1000,
    2..=20_000,
    "training emails above which the model is not applicable, for its matrices are dense",
);

/// The setting of how many tokens are read.
pub const MAX_FEATURES: Setting<usize> = Setting::whole(
    500,
    1..=20_000,
    "tokens it reads: those of highest information gain",
);

/// The sentence for mail beyond the limit.
pub fn within(name: &str, instead: &str, emails: usize, most: usize) -> Result<(), String> {
    if emails <= most {
        return Ok(());
    }
    Err(format!(
        "{emails} training emails are more than the {most} that {name} takes ({name}.max_emails): use {instead}"
    ))
}

/// The columns that are read, ascending.
pub struct Selection {
    /// Vocabulary columns.
    pub columns: Vec<u32>,
}

impl Selection {
    /// The `most` columns whose presence says most about the label, the first of equals.
    pub fn learn(data: &TrainingSet<'_>, most: usize) -> Selection {
        let mut holding = vec![[0.0; 2]; data.columns()];
        for (label, (columns, _)) in data.labels().iter().zip(data.matrix().iter()) {
            for &column in columns {
                holding[column as usize][label.index()] += 1.0;
            }
        }
        let total = data.class_counts().map(|emails| emails as f64);
        let mut ranked: Vec<(f64, u32)> = holding
            .iter()
            .zip(0..)
            .map(|(&with, column)| (information_gain(with, total), column))
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        ranked.truncate(most);
        let mut columns: Vec<u32> = ranked.into_iter().map(|(_, column)| column).collect();
        columns.sort_unstable();
        Selection { columns }
    }

    /// Rows with the selected columns only, numbered anew.
    pub fn narrow(&self, rows: &CsrMatrix) -> CsrMatrix {
        let mut places = vec![None; rows.columns()];
        for (place, &column) in (0..).zip(&self.columns) {
            places[column as usize] = Some(place);
        }
        let mut narrow = CsrMatrix::new(self.columns.len());
        for (columns, values) in rows.iter() {
            let entries = columns.iter().zip(values);
            narrow.push(
                entries.filter_map(|(&column, &value)| Some((places[column as usize]?, value))),
            );
        }
        narrow
    }

    /// Rows as a dense matrix of the selected columns.
    pub fn matrix(&self, rows: &CsrMatrix) -> Array2<f64> {
        let mut matrix = Array2::zeros((rows.len(), self.columns.len()));
        for (at, (columns, values)) in rows.iter().enumerate() {
            for (column, &value) in columns.iter().zip(values) {
                if let Ok(place) = self.columns.binary_search(column) {
                    matrix[(at, place)] = value;
                }
            }
        }
        matrix
    }

    /// Weights of the selected columns spread over all columns.
    pub fn spread(&self, weights: &[f64], columns: usize) -> Vec<f64> {
        let mut all = vec![0.0; columns];
        for (&column, &weight) in self.columns.iter().zip(weights) {
            all[column as usize] = weight;
        }
        all
    }
}

/// One message in the selected columns.
pub fn dense_row(selected: &[u32], mail: Example<'_>) -> Vec<f64> {
    let mut row = vec![0.0; selected.len()];
    for (&column, &value) in mail.columns.iter().zip(mail.values) {
        if let Ok(place) = selected.binary_search(&column) {
            row[place] = value;
        }
    }
    row
}

/// True for spam.
pub fn targets(data: &TrainingSet<'_>) -> Array1<bool> {
    data.labels().iter().map(|label| label.is_spam()).collect()
}
