//! What the linfa models share: selected features of a bounded number of messages as a dense
//! matrix.
//!
//! linfa-logistic takes dense rows only and linfa-svm builds the whole kernel matrix, so both work
//! on the features of highest information gain and on a bounded number of messages, and say so.

use crate::base::numbers::count;
use crate::dataset::{CsrMatrix, Example, TrainingSet};
use crate::discriminative::selection::Selection;
use crate::model::Setting;
use ndarray::{Array1, Array2};

/// The setting of the limit on training messages.
pub const MAX_EMAILS: Setting<usize> = Setting::whole(
    1000,
    2..=20_000,
    "training emails above which the model is not applicable, for its matrices are dense",
);

/// The sentence for mail beyond the limit.
pub fn within(name: &str, instead: &str, emails: usize, most: usize) -> Result<(), String> {
    if emails <= most {
        return Ok(());
    }
    let [emails, most] = [emails, most].map(count);
    Err(format!(
        "{emails} training emails are more than the {most} that {name} takes ({name}.max_emails): \
         use {instead}"
    ))
}

/// Rows as a dense matrix, messages by selected columns.
pub fn dense_matrix(selection: &Selection, rows: &CsrMatrix) -> Array2<f64> {
    let mut matrix = Array2::zeros((rows.len(), selection.columns.len()));
    for (at, (columns, values)) in rows.iter().enumerate() {
        for (column, &value) in columns.iter().zip(values) {
            if let Ok(place) = selection.columns.binary_search(column) {
                matrix[(at, place)] = f64::from(value);
            }
        }
    }
    matrix
}

/// One message, of as many values as columns are selected.
pub fn dense_row(selected: &[u32], email: Example<'_>) -> Vec<f64> {
    let mut row = vec![0.0; selected.len()];
    for (&column, &value) in email.columns.iter().zip(email.values) {
        if let Ok(place) = selected.binary_search(&column) {
            row[place] = f64::from(value);
        }
    }
    row
}

/// Weights of the selected columns spread over all columns.
pub fn spread(selection: &Selection, weights: &[f64], columns: usize) -> Vec<f64> {
    let mut all = vec![0.0; columns];
    for (&column, &weight) in selection.columns.iter().zip(weights) {
        all[column as usize] = weight;
    }
    all
}

/// Whether each message is spam.
pub fn targets(data: &TrainingSet<'_>) -> Array1<bool> {
    data.labels().iter().map(|label| label.is_spam()).collect()
}
