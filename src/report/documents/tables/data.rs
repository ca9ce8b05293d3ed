//! What was read, and what did not run.

use super::table::{DataTable, TableCell};
use crate::report::numbers::count;
use crate::results::{Experiment, ModelRecord, Outcome};
use std::collections::BTreeMap;

/// What was read and what was not.
pub fn data_card(experiment: &Experiment) -> DataTable {
    let data = &experiment.data;
    let entry =
        |name: &str, value: String| vec![TableCell::Text(name.to_owned()), TableCell::Text(value)];
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
        entry("distinct tokens", count(data.tokens)),
        entry("bytes of mail", count(data.bytes)),
        entry("folds", experiment.split.description.clone()),
    ];
    let mut lengths: Vec<u32> = experiment.emails.tokens.clone();
    lengths.sort_unstable();
    if let Some(&longest) = lengths.last() {
        let at = |share: f64| {
            count(lengths[((lengths.len() - 1) as f64 * share).round() as usize] as usize)
        };
        let told = format!(
            "{} to {}; half of them {} to {}",
            at(0.0),
            count(longest as usize),
            at(0.25),
            at(0.75)
        );
        rows.push(entry("tokens in a mail", told));
    }
    let mut languages: BTreeMap<&str, usize> = BTreeMap::new();
    for language in &experiment.emails.languages {
        *languages
            .entry(language.as_deref().unwrap_or("not told"))
            .or_default() += 1;
    }
    let mut languages: Vec<(&str, usize)> = languages.into_iter().collect();
    languages.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let shown: Vec<String> = languages
        .iter()
        .take(8)
        .map(|(name, emails)| format!("{name} {}", count(*emails)))
        .collect();
    if !shown.is_empty() {
        rows.push(entry("languages", shown.join(", ")));
    }
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

/// Models that did not run on every fold, and why. Empty if all ran.
pub fn not_run(experiment: &Experiment) -> DataTable {
    let row = |model: &ModelRecord| {
        let why = model.trouble()?;
        let left_out = model
            .runs
            .iter()
            .filter(|run| !matches!(run.outcome, Outcome::Scored(_)))
            .count();
        let folds = format!("{left_out} of {}", model.runs.len());
        Some(
            [model.name.as_str(), &folds, why]
                .map(|text| TableCell::Text(text.to_owned()))
                .to_vec(),
        )
    };
    DataTable::of(
        &["model", "folds without result", "why"],
        experiment.models.iter().filter_map(row).collect(),
    )
}
