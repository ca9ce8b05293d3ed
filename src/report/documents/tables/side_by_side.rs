//! The tables of several experiments.

use super::summary::{error_rate, main_metrics};
use super::table::{Beside, DataTable, TableCell, column};
use crate::base::math::sigmoid;
use crate::report::side_by_side::{NamedExperiment, SideBySide};
use crate::report::statements;
use crate::results::{Belief, ChangedVerdict, PairOverCorpora, RankedModel, changed_verdicts};
use serde_json::Value;
use std::collections::BTreeMap;

/// Every table, with the name of its CSV file.
pub fn side_by_side(all: &SideBySide) -> Vec<(&'static str, DataTable)> {
    vec![
        ("metrics", metrics(all)),
        ("ranks", ranks(all)),
        ("pairs", corpora_pairs(all)),
        ("families", families(all)),
        ("differences", differences(all)),
        ("changed", changed(all)),
        ("asked", asked(all)),
    ]
}

fn text(text: impl Into<String>) -> TableCell {
    TableCell::Text(text.into())
}

/// A difference of shares in points and the ends of its interval, to two decimals: the sign of an
/// end is what counts.
fn with_ends(value: Option<f64>, interval: Option<[f64; 2]>) -> [TableCell; 3] {
    let ends = [0, 1].map(|end| interval.map(|interval| interval[end]));
    [value, ends[0], ends[1]].map(|share| TableCell::known(share.map(|share| 100.0 * share), 2))
}

/// Six metrics of every model in each experiment.
pub fn metrics(all: &SideBySide) -> DataTable {
    let mut columns = vec![column("experiment", "experiment")];
    let mut rows = Vec::new();
    for one in &all.experiments {
        let table = main_metrics(&one.experiment);
        columns.truncate(1);
        columns.extend(table.columns);
        let row = |mut row: Vec<TableCell>| {
            row.insert(0, text(&one.name));
            row
        };
        rows.extend(table.rows.into_iter().map(row));
    }
    DataTable { columns, rows }
}

/// Mean ranks and errors of the models over all corpora, the best first.
pub fn ranks(all: &SideBySide) -> DataTable {
    let row = |one: &RankedModel| {
        vec![
            text(&one.model),
            text(one.family.to_string()),
            TableCell::known(Some(one.rank), 2),
            TableCell::known(Some(100.0 * one.error), 2),
        ]
    };
    let columns = vec![
        column("model", "model"),
        column("family", "family"),
        column("rank", "mean rank"),
        column("error", "mean error %"),
    ];
    let models = all.corpora.iter().flat_map(|found| &found.models);
    DataTable {
        columns,
        rows: models.map(row).collect(),
    }
}

/// Every pair of models over all corpora: by how much their errors differ, whether their ranks do,
/// and how probable it is that one is practically better.
pub fn corpora_pairs(all: &SideBySide) -> DataTable {
    let row = |pair: &PairOverCorpora| {
        let Belief {
            lower,
            equivalent,
            higher,
        } = pair.belief;
        let mut row = vec![
            text(&pair.a),
            text(&pair.b),
            TableCell::known(Some(100.0 * pair.difference), 2),
            TableCell::PValue(pair.p_value),
        ];
        row.extend([lower, equivalent, higher].map(|share| TableCell::known(Some(share), 3)));
        row
    };
    let columns = vec![
        column("a", "A"),
        column("b", "B"),
        column("difference", "error of A, points more"),
        column("p_value", "p of ranks, Holm"),
        column("lower", "P(A practically better)"),
        column("equivalent", "P(practically equivalent)"),
        column("higher", "P(B practically better)"),
    ];
    let pairs = all.corpora.iter().flat_map(|found| &found.pairs);
    DataTable {
        columns,
        rows: pairs.map(row).collect(),
    }
}

/// The best of both families in each experiment, and by how much they differ.
pub fn families(all: &SideBySide) -> DataTable {
    let columns = vec![
        column("experiment", "experiment"),
        column("generative", "best generative"),
        column("generative_error", "error %").with(Beside::Interval),
        column("discriminative", "best discriminative"),
        column("discriminative_error", "error %").with(Beside::Interval),
        column("difference", "difference, points"),
        column("difference_low", "from"),
        column("difference_high", "to"),
        column("finding", "finding"),
    ];
    let row = |NamedExperiment { name, experiment }: &NamedExperiment| {
        let mut row = vec![text(name)];
        let best = experiment.best();
        for at in [best.generative, best.discriminative] {
            let model = at.map(|at| &experiment.models[at]);
            row.push(model.map_or(TableCell::Missing, |model| text(&model.name)));
            row.push(model.map_or(TableCell::Missing, error_rate));
        }
        let families = experiment.families.as_ref();
        let difference = families.and_then(|both| both.difference("accuracy"));
        // Of errors, so the other way round than of accuracies.
        row.extend(with_ends(
            difference.map(|one| -one.value),
            difference.map(|one| [-one.interval[1], -one.interval[0]]),
        ));
        row.push(text(statements::headline(experiment).text));
        row
    };
    DataTable {
        columns,
        rows: all.experiments.iter().map(row).collect(),
    }
}

/// How the errors of each model changed from the first experiment on.
pub fn differences(all: &SideBySide) -> DataTable {
    let columns = vec![
        column("model", "model"),
        column("experiment", "experiment"),
        column("against", "against"),
        column("difference", "error, points more"),
        column("difference_low", "from"),
        column("difference_high", "to"),
        column("fixed", "fixed"),
        column("regressed", "regressed"),
        column("p_value", "p, McNemar by groups"),
    ];
    let rows = all.pairs().flat_map(|(first, other, changes)| {
        changes.iter().map(move |one| {
            let mut row = [&one.model, &other.name, &first.name].map(text).to_vec();
            row.extend(with_ends(Some(one.difference), one.interval));
            row.extend([one.fixed, one.regressed].map(TableCell::count));
            row.push(TableCell::PValue(one.p_value));
            row
        })
    });
    DataTable {
        columns,
        rows: rows.collect(),
    }
}

/// The messages whose verdict changed from the first experiment on, those that moved furthest
/// first.
pub fn changed(all: &SideBySide) -> DataTable {
    let labels = [
        "message",
        "label",
        "model",
        "experiment",
        "p(spam), first",
        "p(spam)",
        "now",
    ];
    let pairs = all.pairs().filter(|(_, _, changes)| !changes.is_empty());
    let rows = pairs.flat_map(|(first, other, _)| {
        let mut changed = changed_verdicts(&first.experiment, &other.experiment);
        let moved = |one: &ChangedVerdict| (one.log_odds[1] - one.log_odds[0]).abs();
        changed.sort_by(|a, b| moved(b).total_cmp(&moved(a)));
        changed.into_iter().map(move |one| {
            let is_right = one.predicted[1] == one.label;
            vec![
                text(one.id),
                text(one.label.name()),
                text(one.model),
                text(&other.name),
                TableCell::known(Some(sigmoid(one.log_odds[0])), 4),
                TableCell::known(Some(sigmoid(one.log_odds[1])), 4),
                text(if is_right { "fixed" } else { "regressed" }),
            ]
        })
    });
    DataTable::of(&labels, rows.collect())
}

/// What was asked for differently, an entry of the specification per row and an experiment per
/// column.
pub fn asked(all: &SideBySide) -> DataTable {
    let experiments = all.experiments.iter();
    let specs: Vec<BTreeMap<String, String>> = experiments
        .map(|one| {
            let mut entries = BTreeMap::new();
            flatten("", &one.experiment.spec, &mut entries);
            entries.insert("mail".to_owned(), one.experiment.data.source.clone());
            entries
        })
        .collect();
    let mut keys: Vec<&String> = specs.iter().flat_map(BTreeMap::keys).collect();
    keys.sort();
    keys.dedup();
    let differs = |key: &&String| {
        specs
            .iter()
            .any(|spec| spec.get(*key) != specs[0].get(*key))
    };
    let row = |key: &String| {
        let cell = |spec: &BTreeMap<String, String>| {
            spec.get(key)
                .map_or(TableCell::Missing, |value| text(value.clone()))
        };
        [text(key.clone())]
            .into_iter()
            .chain(specs.iter().map(cell))
            .collect()
    };
    let names = all.experiments.iter().map(|one| one.name.as_str());
    let labels: Vec<&str> = ["asked for"].into_iter().chain(names).collect();
    DataTable::of(&labels, keys.into_iter().filter(differs).map(row).collect())
}

/// The entries of a specification under their paths; a list is one entry.
fn flatten(path: &str, value: &Value, entries: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let dot = if path.is_empty() { "" } else { "." };
                flatten(&format!("{path}{dot}{name}"), field, entries);
            }
        }
        Value::String(text) => drop(entries.insert(path.to_owned(), text.clone())),
        value => drop(entries.insert(path.to_owned(), value.to_string())),
    }
}
