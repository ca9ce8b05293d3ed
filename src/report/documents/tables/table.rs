//! A table of columns and rows of cells, which can be written as CSV, transposed, or shortened.

use crate::base::numbers::{number, p_value};
use crate::base::shown::{CsvText, shown_text};
use crate::report::documents::spans::{Span, spans};

/// Number of rows that a document shows of a table; a CSV has all rows.
pub const MOST_ROWS: usize = 50;

/// The title of a table from the name of its file: `over_time` is "Over time".
pub fn title_of(file: &str) -> String {
    let mut letters = file.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    let title: String = first.into_iter().chain(letters).collect();
    title.replace('_', " ")
}

/// A table as plain data.
#[derive(Debug, Clone, PartialEq)]
pub struct DataTable {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each with one cell per column.
    pub rows: Vec<Vec<TableCell>>,
}

/// The description of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name in a CSV file.
    pub key: String,
    /// Its heading in a document.
    pub label: String,
    /// What further columns a CSV file has for it.
    pub beside: Beside,
}

/// What a CSV file tells of a value beside it, in columns of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Nothing.
    Nothing,
    /// Both ends of its interval.
    Interval,
    /// Its deviation over folds and both ends of its interval.
    Spread,
    /// Whether it is the value or an upper bound of it.
    Bound,
}

impl Beside {
    /// The endings of the names of these columns.
    fn endings(self) -> &'static [&'static str] {
        match self {
            Beside::Nothing => &[],
            Beside::Interval => &["_low", "_high"],
            Beside::Spread => &["_deviation", "_low", "_high"],
            Beside::Bound => &["_is"],
        }
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum TableCell {
    /// Words.
    Text(String),
    /// A number.
    Number {
        /// Its value.
        value: f64,
        /// Number of decimals shown.
        decimals: usize,
    },
    /// An upper bound of a number.
    AtMost {
        /// The bound.
        value: f64,
        /// Number of decimals shown.
        decimals: usize,
    },
    /// A p-value.
    PValue(f64),
    /// A value with its uncertainty.
    Spread {
        /// The value, as a rule a mean over folds.
        mean: f64,
        /// The standard deviation over folds, if there is more than one.
        deviation: Option<f64>,
        /// The bootstrap interval, if there is one.
        interval: Option<[f64; 2]>,
        /// Number of decimals shown.
        decimals: usize,
    },
    /// There is no value.
    Missing,
}

impl TableCell {
    pub(super) fn count(value: usize) -> TableCell {
        TableCell::Number {
            value: value as f64,
            decimals: 0,
        }
    }

    /// A number if it is known.
    pub(super) fn known(value: Option<f64>, decimals: usize) -> TableCell {
        value.map_or(TableCell::Missing, |value| TableCell::Number {
            value,
            decimals,
        })
    }

    /// A value with its uncertainty, and as many decimals as its interval allows, at most `most`.
    pub fn spread(
        mean: f64,
        deviation: Option<f64>,
        interval: Option<[f64; 2]>,
        most: usize,
    ) -> TableCell {
        TableCell::Spread {
            mean,
            deviation,
            interval,
            decimals: interval.map_or(most, |ends| TableCell::decimals_within(ends, most)),
        }
    }

    /// Decimals worth showing of a value with this interval: its last digit is at most a sixth of
    /// the width. At most `most`, and that many where the interval has no width.
    pub fn decimals_within([low, high]: [f64; 2], most: usize) -> usize {
        if high <= low || !(high - low).is_finite() {
            return most;
        }
        // What a rounding error takes from a whole number is given back.
        let digits = (-((high - low) / 6.0).log10() - 1e-9).ceil();
        (digits.max(0.0) as usize).min(most)
    }

    /// Gives values with an uncertainty as many decimals as the most exact of them has.
    pub fn round_evenly(cells: Vec<&mut TableCell>) {
        let mut decimals: Vec<&mut usize> = cells
            .into_iter()
            .filter_map(|cell| match cell {
                TableCell::Spread { decimals, .. } => Some(decimals),
                _ => None,
            })
            .collect();
        let most = decimals.iter().map(|decimals| **decimals).max();
        for one in &mut decimals {
            **one = most.unwrap_or(**one);
        }
    }

    /// The text that people see.
    pub fn shown(&self) -> String {
        match self {
            TableCell::Text(text) => shown_text(text),
            TableCell::Number { value, decimals } => number(*value, *decimals),
            TableCell::AtMost { value, decimals } => format!("≤ {}", number(*value, *decimals)),
            TableCell::PValue(p) => p_value(*p),
            TableCell::Spread { mean, decimals, .. } => number(*mean, *decimals),
            TableCell::Missing => "–".to_owned(),
        }
    }

    /// The text that people see, split at its backticks.
    pub fn spans(&self) -> Vec<Span> {
        spans(&self.shown())
    }

    /// The smaller text below: the interval, or the deviation if there is no interval.
    pub fn uncertainty(&self) -> Option<String> {
        match self {
            TableCell::Spread {
                interval: Some([low, high]),
                decimals,
                ..
            } => Some(format!(
                "{} to {}",
                number(*low, *decimals),
                number(*high, *decimals)
            )),
            TableCell::Spread {
                deviation: Some(deviation),
                decimals,
                ..
            } => Some(format!("± {}", number(*deviation, *decimals))),
            _ => None,
        }
    }

    /// The value in a CSV file, with all digits.
    fn field(&self, texts: CsvText) -> String {
        match self {
            TableCell::Text(text) => texts.cell(text).into_owned(),
            TableCell::Number { value, .. }
            | TableCell::AtMost { value, .. }
            | TableCell::PValue(value)
            | TableCell::Spread { mean: value, .. } => value.to_string(),
            TableCell::Missing => String::new(),
        }
    }

    /// What a CSV file tells beside it.
    fn beside(&self, beside: Beside) -> Vec<String> {
        if beside == Beside::Bound {
            let is = match self {
                TableCell::AtMost { .. } => "at most",
                TableCell::Missing => "",
                _ => "exact",
            };
            return vec![is.to_owned()];
        }
        let uncertainty = match self {
            TableCell::Spread {
                deviation,
                interval,
                ..
            } => [
                *deviation,
                interval.map(|ends| ends[0]),
                interval.map(|ends| ends[1]),
            ],
            _ => [None; 3],
        };
        let fields = uncertainty.map(|value| value.map_or_else(String::new, |v| v.to_string()));
        fields[3 - beside.endings().len()..].to_vec()
    }

    /// Whether it is text.
    pub fn is_text(&self) -> bool {
        matches!(self, TableCell::Text(_))
    }
}

impl DataTable {
    pub(in crate::report::documents) fn of(
        labels: &[&str],
        rows: Vec<Vec<TableCell>>,
    ) -> DataTable {
        DataTable {
            columns: labels.iter().map(|label| column(label, label)).collect(),
            rows,
        }
    }

    /// The first rows, and the number of rows left out.
    #[must_use]
    pub fn beginning(&self, most: usize) -> (DataTable, usize) {
        let rows = self.rows.iter().take(most).cloned().collect();
        (
            DataTable {
                columns: self.columns.clone(),
                rows,
            },
            self.rows.len().saturating_sub(most),
        )
    }

    /// The table with as many decimals in each column as its most exact value with an interval has.
    #[must_use]
    pub fn evenly_rounded(mut self) -> DataTable {
        for at in 0..self.columns.len() {
            let column = self.rows.iter_mut().filter_map(|row| row.get_mut(at));
            TableCell::round_evenly(column.collect());
        }
        self
    }

    /// The transposed table, whose headings are the cells of the first column.
    #[must_use]
    pub fn transposed(&self) -> DataTable {
        let heads = self
            .rows
            .iter()
            .filter_map(|row| row.first())
            .map(TableCell::shown);
        let corner = self.columns.first().cloned();
        let columns = corner
            .into_iter()
            .chain(heads.map(|head| column(&head, &head)))
            .collect();
        let row = |(at, column): (usize, &Column)| {
            [TableCell::Text(column.label.clone())]
                .into_iter()
                .chain(self.rows.iter().map(|row| row[at].clone()))
                .collect()
        };
        DataTable {
            columns,
            rows: self.columns.iter().enumerate().skip(1).map(row).collect(),
        }
    }

    /// Whether a column consists of numbers.
    pub fn is_number(&self, column: usize) -> bool {
        let cells = || {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .filter(|cell| **cell != TableCell::Missing)
        };
        cells().next().is_some() && cells().all(|cell| !cell.is_text())
    }

    /// The table without rows that are empty after their first cell.
    #[must_use]
    pub fn without_empty_rows(mut self) -> DataTable {
        self.rows
            .retain(|row| row.iter().skip(1).any(|cell| *cell != TableCell::Missing));
        self
    }

    /// The table as CSV with a header, its texts as `texts` says. Numbers read back to the same
    /// bits.
    pub fn csv(&self, texts: CsvText) -> csv::Result<Vec<u8>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let keys = self.columns.iter().flat_map(|column| {
            let more = column.beside.endings().iter();
            let more = more.map(|end| format!("{}{end}", column.key));
            [column.key.clone()]
                .into_iter()
                .chain(more)
                .collect::<Vec<_>>()
        });
        writer.write_record(keys)?;
        for row in &self.rows {
            let fields = row.iter().zip(&self.columns).flat_map(|(cell, column)| {
                let mut fields = cell.beside(column.beside);
                fields.insert(0, cell.field(texts));
                fields
            });
            writer.write_record(fields)?;
        }
        writer
            .into_inner()
            .map_err(|error| error.into_error().into())
    }
}

pub(super) fn column(key: &str, label: &str) -> Column {
    Column {
        key: key.to_owned(),
        label: label.to_owned(),
        beside: Beside::Nothing,
    }
}

impl Column {
    /// This column with further ones beside it in a CSV file.
    pub(super) fn with(self, beside: Beside) -> Column {
        Column { beside, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> DataTable {
        let spread = |mean, deviation| TableCell::Spread {
            mean,
            deviation,
            interval: Some([0.5, 1.0]),
            decimals: 2,
        };
        DataTable {
            columns: vec![
                column("model", ""),
                column("accuracy", "Accuracy").with(Beside::Spread),
            ],
            rows: vec![
                vec![
                    TableCell::Text("a, \"b\"".to_owned()),
                    spread(0.981_25, Some(0.01)),
                ],
                vec![TableCell::Text("c".to_owned()), TableCell::Missing],
            ],
        }
    }

    #[test]
    fn a_csv_has_every_digit_and_quotes_what_needs_it() {
        let expected = "model,accuracy,accuracy_deviation,accuracy_low,accuracy_high\n\
                        \"a, \"\"b\"\"\",0.98125,0.01,0.5,1\n\
                        c,,,,\n";
        assert_eq!(table().csv(CsvText::Safe).unwrap(), expected.as_bytes());
    }

    #[test]
    fn a_csv_has_no_cell_that_a_spreadsheet_runs_unless_the_exact_text_is_wanted() {
        let rows = vec![vec![
            TableCell::Text("=1+1".to_owned()),
            TableCell::Number {
                value: -2.0,
                decimals: 0,
            },
        ]];
        let table = DataTable::of(&["id", "n"], rows);
        assert_eq!(table.csv(CsvText::Safe).unwrap(), b"id,n\n'=1+1,-2\n");
        assert_eq!(table.csv(CsvText::Exact).unwrap(), b"id,n\n=1+1,-2\n");
    }

    #[test]
    fn a_value_has_as_many_digits_as_its_interval_allows() {
        let digits = |low: f64, high: f64| TableCell::decimals_within([low, high], 4);
        // An error of 11.7 % (9.4 to 14.2), one of 0.71 % (0.5 to 1.0), an accuracy within .006.
        assert_eq!(digits(9.4, 14.2), 1);
        assert_eq!(digits(0.5, 1.0), 2);
        assert_eq!(digits(0.989, 0.995), 3);
        assert_eq!(digits(10.0, 90.0), 0);
        assert_eq!(digits(0.5, 0.5), 4);
    }

    #[test]
    fn a_transposed_table_is_headed_by_its_first_column() {
        let turned = table().transposed();
        assert_eq!(
            turned
                .columns
                .iter()
                .map(|one| one.label.as_str())
                .collect::<Vec<_>>(),
            ["", "a, \"b\"", "c"]
        );
        assert_eq!(turned.rows[0][1].uncertainty().unwrap(), "0.50 to 1.00");
        assert_eq!(
            turned.rows[0]
                .iter()
                .map(TableCell::shown)
                .collect::<Vec<_>>(),
            ["Accuracy", "0.98", "–"]
        );
    }
}
