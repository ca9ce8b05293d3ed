//! The tables of metrics in a page: six metrics of every model by family, and all metrics of every
//! model with what each means.

use crate::report::documents::tables::{self, DataTable, TableCell};
use crate::report::statements::joined;
use crate::results::metric::OverFolds;
use crate::results::{Experiment, Family, METRICS, Timing};

/// Most models of which a page of the usual width shows all metrics side by side.
const MOST_MODELS: usize = 7;

/// Both tables.
pub struct Summary {
    /// The names of the columns of the six metrics, without that of the family.
    pub columns: Vec<String>,
    /// The models of each family, the best first, and the baseline.
    pub families: Vec<FamilyRows>,
    /// What each of the six is.
    pub meanings: Vec<(&'static str, &'static str)>,
    /// All metrics, a column per model, in tables of as many models as a page is wide.
    pub all: Vec<DataTable>,
    /// What each of their rows is; empty where its name says it.
    pub all_meanings: Vec<&'static str>,
    /// The metrics of them that are no mean over folds, in the words of a sentence.
    pub pooled: String,
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
        let metric = |row: &Vec<TableCell>| {
            let name = row[0].shown();
            METRICS.iter().find(|metric| metric.title == name)
        };
        let pooled = all.rows.iter().filter_map(metric);
        let pooled = pooled.filter(|metric| metric.over_folds == OverFolds::Pooled);
        let pooled: Vec<&str> = pooled.map(|metric| metric.title).collect();
        let meaning = |row| metric(row).map_or("", |metric| metric.meaning);
        let labels = main.columns.iter().map(|column| column.label.clone());
        Summary {
            columns: labels.filter(|label| label != "family").collect(),
            families: groups.map(rows).collect(),
            meanings: tables::main_meanings(),
            all_meanings: all.rows.iter().map(meaning).collect(),
            all: in_blocks(&all),
            pooled: joined(&pooled, "and"),
            resamples: experiment.resamples(),
        }
    }
}

/// A table of many columns as several of like width, each with the first column.
fn in_blocks(table: &DataTable) -> Vec<DataTable> {
    let columns = table.columns.len().saturating_sub(1).max(1);
    let each = columns.div_ceil(columns.div_ceil(MOST_MODELS));
    let block = |from: usize| {
        let to = (from + each).min(columns + 1);
        let some = |cells: &[TableCell]| -> Vec<TableCell> {
            let others = cells.get(from..to).unwrap_or_default();
            cells.iter().take(1).chain(others).cloned().collect()
        };
        let labels = table.columns.get(from..to).unwrap_or_default();
        DataTable {
            columns: table
                .columns
                .iter()
                .take(1)
                .chain(labels)
                .cloned()
                .collect(),
            rows: table.rows.iter().map(|row| some(row)).collect(),
        }
    };
    (1..=columns).step_by(each).map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_models_come_in_tables_of_like_width() {
        let models_by_block = |models: usize| -> Vec<usize> {
            let names: Vec<String> = (0..=models).map(|at| at.to_string()).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let row = names.iter().map(|name| TableCell::Text((*name).to_owned()));
            let blocks = in_blocks(&DataTable::of(&names, vec![row.collect()]));
            let shown = blocks.iter().flat_map(|block| &block.rows[0][1..]);
            let shown: Vec<String> = shown.map(TableCell::shown).collect();
            assert_eq!(shown, names[1..]);
            let widths = blocks.iter().map(|block| block.columns.len() - 1);
            widths.collect()
        };
        assert_eq!(models_by_block(0), [0]);
        assert_eq!(models_by_block(7), [7]);
        assert_eq!(models_by_block(8), [4, 4]);
        assert_eq!(models_by_block(12), [6, 6]);
        assert_eq!(models_by_block(24), [6, 6, 6, 6]);
        assert_eq!(models_by_block(17), [6, 6, 5]);
    }
}
