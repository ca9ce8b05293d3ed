//! The tables of how new mail differs from the training mail.

use super::table::{DataTable, TableCell};
use crate::results::{Experiment, Metrics, ModelDrift, TokenShift};

/// A column: its heading, and what stands in it for a model.
type DriftColumn = (&'static str, fn(&ModelDrift) -> TableCell);

/// What became of the scores.
const SCORES: &[DriftColumn] = &[
    ("population stability index", |of| {
        TableCell::known(of.scores.map(|scores| scores.stability_index), 3)
    }),
    ("by chance below", |of| {
        TableCell::known(of.scores.map(|scores| scores.if_unchanged), 3)
    }),
    ("KS of ham", |of| largest_difference(of, 0)),
    ("KS of spam", |of| largest_difference(of, 1)),
];

/// The shares of spam by the labels, the same for all models.
const LABELLED: &[DriftColumn] = &[
    ("spam in training, %", |of| percent(of.prior.training)),
    ("spam here, %", |of| percent(of.prior.new)),
];

/// The share of spam by the scores, and what correcting for it gives.
const SHARE: &[DriftColumn] = &[
    ("spam by the scores, %", |of| percent(of.prior.estimated)),
    ("errors, %", |of| errors(&of.prior.metrics)),
    ("errors corrected, %", |of| errors(&of.prior.corrected)),
    ("log loss", |of| log_loss(&of.prior.metrics)),
    ("log loss corrected", |of| log_loss(&of.prior.corrected)),
];

/// Errors without the messages that the training mail held, too.
const SHARED: &[DriftColumn] = &[
    ("errors, %", |of| errors(&of.prior.metrics)),
    ("errors without them, %", |of| without(of, errors)),
    ("log loss", |of| log_loss(&of.prior.metrics)),
    ("log loss without them", |of| without(of, log_loss)),
];

fn largest_difference(of: &ModelDrift, class: usize) -> TableCell {
    let scores = of
        .scores
        .and_then(|scores| scores.largest_difference[class]);
    TableCell::known(scores, 3)
}

fn percent(share: f64) -> TableCell {
    TableCell::known(Some(100.0 * share), 1)
}

fn errors(metrics: &Metrics) -> TableCell {
    let accuracy = metrics.get("accuracy").copied().flatten();
    TableCell::known(accuracy.map(|share| 100.0 * (1.0 - share)), 2)
}

fn log_loss(metrics: &Metrics) -> TableCell {
    TableCell::known(metrics.get("log_loss_bits").copied().flatten(), 4)
}

fn without(of: &ModelDrift, value: fn(&Metrics) -> TableCell) -> TableCell {
    of.without_shared.as_ref().map_or(TableCell::Missing, value)
}

/// What became of the scores of each model; empty without such an analysis.
pub fn score_drift(experiment: &Experiment) -> DataTable {
    table(experiment, SCORES.iter())
}

/// What became of the share of spam.
pub fn share_drift(experiment: &Experiment) -> DataTable {
    table(experiment, SHARE.iter())
}

/// The metrics without messages that the training mail held, too; empty where these are few.
pub fn without_shared_mail(experiment: &Experiment) -> DataTable {
    let mut found = table(experiment, SHARED.iter());
    found.rows.retain(|row| row[2] != TableCell::Missing);
    found
}

/// All of these, each column once.
pub fn drift(experiment: &Experiment) -> DataTable {
    let more = SHARED.iter().filter(|(label, _)| label.contains("without"));
    let columns = SCORES.iter().chain(LABELLED).chain(SHARE);
    table(experiment, columns.chain(more))
}

fn table<'a>(experiment: &Experiment, columns: impl Iterator<Item = &'a DriftColumn>) -> DataTable {
    let columns: Vec<&DriftColumn> = columns.collect();
    let labels = columns.iter().map(|(label, _)| *label);
    let labels: Vec<&str> = ["model"].into_iter().chain(labels).collect();
    let found = experiment.drift();
    let row = |of: &ModelDrift| {
        let cells = columns.iter().map(|(_, cell)| cell(of));
        let model = TableCell::Text(of.model.clone());
        [model].into_iter().chain(cells).collect()
    };
    let models = found.iter().flat_map(|found| &found.models);
    DataTable::of(&labels, models.map(row).collect())
}

/// The tokens that shifted most; empty without such an analysis.
pub fn shifted_tokens(experiment: &Experiment) -> DataTable {
    let found = experiment.drift();
    let row = |of: &TokenShift| {
        vec![
            TableCell::Text(of.token.clone()),
            TableCell::known(Some(100.0 * of.training), 2),
            TableCell::known(Some(100.0 * of.new), 2),
            TableCell::known(Some(of.bits), 5),
        ]
    };
    let tokens = found.iter().flat_map(|found| &found.tokens);
    DataTable::of(
        &[
            "token",
            "training mail, %",
            "this mail, %",
            "divergence, bits",
        ],
        tokens.map(row).collect(),
    )
}
