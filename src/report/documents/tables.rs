//! Tables as data, from which HTML, Markdown and CSV are made alike. People see `0.9812 ± 0.0043`; a CSV has two columns and
//! every digit.

use super::words::readable;
use crate::report::axis::{count, number};
use crate::results::metric::Better;
use crate::results::{Experiment, METRICS, Metric, ModelRecord, Outcome, Timing};

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, a cell for each column.
    pub rows: Vec<Vec<Cell>>,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name in a CSV.
    pub key: String,
    /// Its heading.
    pub label: String,
    /// Whether a CSV has a second column for the deviation.
    pub spread: bool,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number.
    Number {
        /// Its value.
        value: f64,
        /// Decimals shown.
        decimals: usize,
    },
    /// A mean over folds.
    Spread {
        /// The mean.
        mean: f64,
        /// The deviation over folds, where there is more than one.
        deviation: Option<f64>,
        /// Decimals shown.
        decimals: usize,
        /// Whether no other model has a better one.
        best: bool,
    },
    /// Nothing to say.
    Missing,
}

impl Cell {
    fn count(value: usize) -> Cell {
        Cell::Number { value: value as f64, decimals: 0 }
    }

    /// What people see.
    pub fn shown(&self) -> String {
        match self {
            Cell::Text(text) => readable(text),
            Cell::Number { value, decimals } => number(*value, *decimals),
            Cell::Spread { mean, deviation: None, decimals, .. } => number(*mean, *decimals),
            Cell::Spread { mean, deviation: Some(deviation), decimals, .. } => {
                format!("{} ± {}", number(*mean, *decimals), number(*deviation, *decimals))
            }
            Cell::Missing => "–".to_owned(),
        }
    }

    /// Whether it is the best of its kind.
    pub fn is_best(&self) -> bool {
        matches!(self, Cell::Spread { best: true, .. })
    }

    /// Whether it holds words.
    pub fn is_text(&self) -> bool {
        matches!(self, Cell::Text(_))
    }
}

impl Table {
    fn of(labels: &[&str], rows: Vec<Vec<Cell>>) -> Table {
        Table { columns: labels.iter().map(|label| column(label, label, false)).collect(), rows }
    }

    /// Rows as columns: headed by the cells of the first column.
    #[must_use]
    pub fn transposed(&self) -> Table {
        let heads = self.rows.iter().filter_map(|row| row.first()).map(Cell::shown);
        let corner = self.columns.first().cloned();
        let columns = corner.into_iter().chain(heads.map(|head| column(&head, &head, false))).collect();
        let row = |(at, column): (usize, &Column)| {
            [Cell::Text(column.label.clone())].into_iter().chain(self.rows.iter().map(|row| row[at].clone())).collect()
        };
        Table { columns, rows: self.columns.iter().enumerate().skip(1).map(row).collect() }
    }

    /// As comma-separated values, with a header; numbers read back to the same bits.
    pub fn csv(&self) -> csv::Result<Vec<u8>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let keys = self.columns.iter().flat_map(|column| {
            let deviation = column.spread.then(|| format!("{}_deviation", column.key));
            [Some(column.key.clone()), deviation].into_iter().flatten()
        });
        writer.write_record(keys)?;
        for row in &self.rows {
            let fields = row.iter().zip(&self.columns).flat_map(|(cell, column)| {
                let (value, deviation) = match cell {
                    Cell::Text(text) => (text.clone(), None),
                    Cell::Number { value, .. } => (value.to_string(), None),
                    Cell::Spread { mean, deviation, .. } => (mean.to_string(), *deviation),
                    Cell::Missing => (String::new(), None),
                };
                let deviation = deviation.map(|value| value.to_string()).unwrap_or_default();
                [Some(value), column.spread.then_some(deviation)].into_iter().flatten()
            });
            writer.write_record(fields)?;
        }
        writer.into_inner().map_err(|error| error.into_error().into())
    }
}

fn column(key: &str, label: &str, spread: bool) -> Column {
    Column { key: key.to_owned(), label: label.to_owned(), spread }
}

/// Whether a model came to a result on any fold; one that did not is listed apart, see [`not_run`].
pub fn has_result(model: &ModelRecord) -> bool {
    !model.spread.is_empty()
}

/// The metrics of every model with a result and of the baseline, a row each; with times where they are known.
pub fn summary(experiment: &Experiment, timing: Option<&Timing>) -> Table {
    let mut columns = vec![column("model", "", false), column("family", "family", false)];
    columns.extend(METRICS.iter().map(|metric| column(metric.key, metric.title, true)));
    columns.push(column("model_bytes", "bytes of model", false));
    if timing.is_some() {
        columns.push(column("fit_seconds", "seconds to fit", false));
        columns.push(column("mails_per_second", "mails scored a second", false));
    }
    let model = |model: &ModelRecord| {
        let mut row = vec![Cell::Text(model.name.clone()), Cell::Text(model.family.to_string())];
        row.extend(METRICS.iter().map(|metric| spread(experiment, model, metric)));
        row.push(model.scored().map(|(_, scored)| scored.model_bytes).max().map_or(Cell::Missing, Cell::count));
        if let Some(timing) = timing {
            let known =
                |value: Option<&f64>, decimals| value.map_or(Cell::Missing, |&value| Cell::Number { value, decimals });
            row.push(known(timing.fit_seconds.get(&model.name), 3));
            row.push(known(timing.mails_per_second.get(&model.name), 0));
        }
        row
    };
    let mut rows: Vec<Vec<Cell>> = experiment.models.iter().filter(|model| has_result(model)).map(model).collect();
    let mut baseline = vec![Cell::Text("majority".to_owned()), Cell::Text("baseline".to_owned())];
    baseline.extend(METRICS.iter().map(|metric| match experiment.baseline.get(metric.key).copied().flatten() {
        Some(value) => Cell::Number { value, decimals: metric.decimals },
        None => Cell::Missing,
    }));
    baseline.resize(columns.len(), Cell::Missing);
    rows.push(baseline);
    Table { columns, rows }
}

fn spread(experiment: &Experiment, model: &ModelRecord, metric: &Metric) -> Cell {
    let Some(mean) = model.mean(metric.key) else { return Cell::Missing };
    let deviation = model.spread.get(metric.key).and_then(|spread| spread.deviation);
    let better = |other: f64| if metric.better == Better::Higher { other > mean } else { other < mean };
    let best = !experiment.models.iter().filter_map(|model| model.mean(metric.key)).any(better);
    Cell::Spread { mean, deviation, decimals: metric.decimals, best: best && experiment.models.len() > 1 }
}

/// What was read and what was not.
pub fn data_card(experiment: &Experiment) -> Table {
    let data = &experiment.data;
    let entry = |name: &str, value: String| vec![Cell::Text(name.to_owned()), Cell::Text(value)];
    let mut rows = vec![
        entry("source", data.source.clone()),
        entry("rows read", count(data.read)),
        entry("ham", count(data.kept[0])),
        entry("spam", count(data.kept[1])),
        entry("copies and near-copies of an earlier mail", count(data.copies)),
        entry("groups of copies labelled both ham and spam", count(data.conflicting)),
        entry("distinct tokens", count(data.tokens)),
        entry("bytes of mail", count(data.bytes)),
        entry("folds", experiment.plan.split.clone()),
    ];
    let rejected = data.rejected_by_reason.iter();
    rows.extend(rejected.map(|(reason, rows)| entry("rows not used", format!("{}: {reason}", count(*rows)))));
    Table::of(&["", "value"], rows)
}

/// Models that did not run on every fold, and why. Empty if all ran.
pub fn not_run(experiment: &Experiment) -> Table {
    let row = |model: &ModelRecord| {
        let why = model.trouble()?;
        let left_out = model.runs.iter().filter(|run| !matches!(run.outcome, Outcome::Scored(_))).count();
        let folds = format!("{left_out} of {}", model.runs.len());
        Some([model.name.as_str(), &folds, why].map(|text| Cell::Text(text.to_owned())).to_vec())
    };
    Table::of(&["model", "folds without result", "why"], experiment.models.iter().filter_map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let spread = |mean, deviation| Cell::Spread { mean, deviation, decimals: 2, best: false };
        Table {
            columns: vec![column("model", "", false), column("accuracy", "Accuracy", true)],
            rows: vec![
                vec![Cell::Text("a, \"b\"".to_owned()), spread(0.981_25, Some(0.01))],
                vec![Cell::Text("c".to_owned()), Cell::Missing],
            ],
        }
    }

    #[test]
    fn a_csv_has_every_digit_and_quotes_what_needs_it() {
        assert_eq!(table().csv().unwrap(), b"model,accuracy,accuracy_deviation\n\"a, \"\"b\"\"\",0.98125,0.01\nc,,\n");
    }

    #[test]
    fn a_transposed_table_is_headed_by_its_first_column() {
        let turned = table().transposed();
        assert_eq!(turned.columns.iter().map(|one| one.label.as_str()).collect::<Vec<_>>(), ["", "a, \"b\"", "c"]);
        assert_eq!(turned.rows[0].iter().map(Cell::shown).collect::<Vec<_>>(), ["Accuracy", "0.98 ± 0.01", "–"]);
    }
}
