//! Tables of the data that was read, and of the models that did not run.

use super::table::{DataTable, TableCell};
use crate::base::numbers::count;
use crate::results::{Experiment, ModelRecord, Outcome};
use std::collections::BTreeMap;

/// The data card: what was read and what was not.
pub fn data_card(experiment: &Experiment) -> DataTable {
    let data = &experiment.data;
    let mut rows = vec![
        entry("source", data.source.clone()),
        entry("rows read", count(data.read)),
        entry("ham", count(data.kept[0])),
        entry("spam", count(data.kept[1])),
        entry(
            "duplicates and near-duplicates of an earlier message",
            count(data.near_duplicates),
        ),
        entry(
            "groups of near-duplicates labelled both ham and spam",
            count(data.conflicting),
        ),
        entry("emails without a label, not tested", count(data.unlabelled)),
        entry("messages without a token", count(data.without_tokens)),
        entry("distinct tokens", count(data.tokens)),
        entry("bytes of mail", count(data.bytes)),
        entry("split", experiment.split.description.clone()),
    ];
    rows.extend(lengths(experiment));
    rows.extend(languages(experiment));
    rows.extend(
        data.plan
            .iter()
            .map(|line| entry("read as", line.trim().to_owned())),
    );
    let rejected = data.rejected_by_reason.iter();
    rows.extend(
        rejected
            .map(|(reason, rows)| entry("rows not used", format!("{}: {reason}", count(*rows)))),
    );
    DataTable::of(&["", "value"], rows)
}

fn entry(name: &str, value: String) -> Vec<TableCell> {
    vec![TableCell::Text(name.to_owned()), TableCell::Text(value)]
}

/// Lengths of messages in tokens: the shortest, the longest, and the quartiles between.
fn lengths(experiment: &Experiment) -> Option<Vec<TableCell>> {
    let mut lengths: Vec<u32> = experiment.emails.tokens.clone();
    lengths.sort_unstable();
    let last = lengths.len().checked_sub(1)?;
    let at = |share: f64| count(lengths[(last as f64 * share).round() as usize]);
    let [shortest, lower, upper, longest] = [0.0, 0.25, 0.75, 1.0].map(at);
    Some(entry(
        "tokens in a message",
        format!("{shortest} to {longest}; half of them {lower} to {upper}"),
    ))
}

/// The most frequent languages of the messages.
fn languages(experiment: &Experiment) -> Option<Vec<TableCell>> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for language in &experiment.emails.languages {
        let name = language.as_deref().unwrap_or("unknown");
        *counts.entry(name).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let shown: Vec<String> = counts
        .iter()
        .take(8)
        .map(|(name, emails)| format!("{name} {}", count(*emails)))
        .collect();
    (!shown.is_empty()).then(|| entry("languages", shown.join(", ")))
}

/// The models that did not run on every fold, with the reasons. Empty if all ran.
pub fn not_run(experiment: &Experiment) -> DataTable {
    let has_folds = experiment.has_folds();
    let row = |model: &ModelRecord| {
        let why = model.trouble()?;
        let left_out = model
            .runs
            .iter()
            .filter(|run| !matches!(run.outcome, Outcome::Scored(_)))
            .count();
        let folds = format!("{left_out} of {}", model.runs.len());
        let folds = has_folds.then_some(folds.as_str());
        let cells = [Some(model.name.as_str()), folds, Some(why)];
        let cells = cells.into_iter().flatten();
        Some(cells.map(|text| TableCell::Text(text.to_owned())).collect())
    };
    let columns: &[&str] = if has_folds {
        &["model", "folds without result", "why"]
    } else {
        &["model", "why"]
    };
    DataTable::of(columns, experiment.models.iter().filter_map(row).collect())
}
