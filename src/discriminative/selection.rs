//! A bounded number of selected features, for models whose parameters are dense: those of highest
//! information gain about the label in the training rows, and in no others.

use crate::base::math::information_gain;
use crate::dataset::{CsrMatrix, TrainingSet};
use crate::model::{InvalidModel, Setting};

/// The setting of how many tokens are read.
pub const MAX_FEATURES: Setting<usize> = Setting::whole(
    500,
    1..=20_000,
    "tokens it reads: those of highest information gain",
);

/// The columns that are read, ascending.
pub struct Selection {
    /// Columns of the vocabulary; their order numbers the columns that are left.
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
}

/// Refuses selected columns that do not ascend or are not below `columns`.
pub fn validate_selection(selected: &[u32], columns: usize) -> Result<(), InvalidModel> {
    let sound = selected.is_sorted_by(|a, b| a < b)
        && selected
            .last()
            .is_none_or(|&last| (last as usize) < columns);
    InvalidModel::unless(sound, "a selected column is out of place")
}
