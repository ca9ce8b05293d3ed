//! The tables of metrics in a page: six metrics of every model by family, and all metrics of every
//! model with what each means.

use crate::report::documents::tables::{self, DataTable, TableCell};
use crate::results::{Experiment, Family, METRICS, Timing};

/// Both tables.
pub struct Summary {
    /// The names of the columns of the six metrics, without that of the family.
    pub columns: Vec<String>,
    /// The models of each family, the best first, and the baseline.
    pub families: Vec<FamilyRows>,
    /// What each of the six is.
    pub meanings: Vec<(&'static str, &'static str)>,
    /// All metrics: a column per model.
    pub all: DataTable,
    /// What each row of `all` is; empty where its name says it.
    pub all_meanings: Vec<&'static str>,
    /// Number of bootstrap resamples behind the intervals; 0 for no intervals.
    pub resamples: u64,
}

/// The models of a family.
pub struct FamilyRows {
    /// Its name.
    pub name: String,
    /// Whether its first model leads it; the baseline is no family.
    pub has_leader: bool,
    /// A row per model: its name and the six metrics.
    pub rows: Vec<Vec<TableCell>>,
}

impl Summary {
    pub fn of(experiment: &Experiment, timing: Option<&Timing>) -> Summary {
        let main = tables::main_metrics(experiment);
        let family = |row: &Vec<TableCell>| row[1].shown();
        let groups = main.rows.chunk_by(|a, b| family(a) == family(b));
        let without_family = |row: &Vec<TableCell>| {
            let mut row = row.clone();
            row.remove(1);
            row
        };
        let rows = |group: &[Vec<TableCell>]| FamilyRows {
            name: family(&group[0]),
            has_leader: Family::BOTH
                .iter()
                .any(|one| one.to_string() == family(&group[0])),
            rows: group.iter().map(without_family).collect(),
        };
        let all = tables::summary(experiment, timing)
            .transposed()
            .without_empty_rows();
        let meaning = |row: &Vec<TableCell>| {
            let name = row[0].shown();
            let found = METRICS.iter().find(|metric| metric.title == name);
            found.map_or("", |metric| metric.meaning)
        };
        let labels = main.columns.iter().map(|column| column.label.clone());
        Summary {
            columns: labels.filter(|label| label != "family").collect(),
            families: groups.map(rows).collect(),
            meanings: tables::main_meanings(),
            all_meanings: all.rows.iter().map(meaning).collect(),
            all,
            resamples: experiment.resamples(),
        }
    }
}
