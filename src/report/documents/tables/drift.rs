//! The tables of how new mail differs from the training mail.

use super::table::{DataTable, TableCell};
use crate::report::numbers::{count, number};
use crate::results::{Drift, Experiment, Metrics, ModelDrift, TokenShift};

/// What became of each model's scores, and of the share of spam; empty without such an analysis.
pub fn drift(experiment: &Experiment) -> DataTable {
    let found = experiment.drift();
    let row = |of: &ModelDrift| {
        let loss = |metrics: &Metrics| {
            TableCell::known(metrics.get("log_loss_bits").copied().flatten(), 4)
        };
        let wrong = |metrics: &Metrics| {
            let accuracy = metrics.get("accuracy").copied().flatten();
            TableCell::known(accuracy.map(|share| 100.0 * (1.0 - share)), 2)
        };
        let [ham, spam] = of
            .scores
            .map_or([None; 2], |scores| scores.largest_difference);
        vec![
            TableCell::Text(of.model.clone()),
            TableCell::known(of.scores.map(|scores| scores.stability_index), 3),
            TableCell::known(ham, 3),
            TableCell::known(spam, 3),
            TableCell::known(Some(100.0 * of.prior.training), 1),
            TableCell::known(Some(100.0 * of.prior.new), 1),
            TableCell::known(Some(100.0 * of.prior.estimated), 1),
            wrong(&of.prior.metrics),
            wrong(&of.prior.corrected),
            loss(&of.prior.metrics),
            loss(&of.prior.corrected),
        ]
    };
    DataTable::of(
        &[
            "model",
            "population stability index of scores",
            "KS of ham",
            "KS of spam",
            "spam in training, %",
            "spam here, %",
            "spam here by EM, %",
            "errors, %",
            "errors corrected, %",
            "log loss",
            "log loss corrected",
        ],
        found
            .iter()
            .flat_map(|found| &found.models)
            .map(row)
            .collect(),
    )
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
    DataTable::of(
        &[
            "token",
            "training mail, %",
            "this mail, %",
            "divergence, bits",
        ],
        found
            .iter()
            .flat_map(|found| &found.tokens)
            .map(row)
            .collect(),
    )
}

/// What the tables do not say, as a sentence; None without such an analysis.
pub fn drift_in_words(experiment: &Experiment) -> Option<String> {
    let Drift {
        emails,
        unknown_tokens,
        token_divergence_bits,
        ..
    } = experiment.drift()?;
    Some(format!(
        "In {} messages, {} % of the tokens are not in the vocabulary of the models. The \
         Jensen-Shannon divergence of the tokens from the training mail, weighed to the same \
         share of spam, is {} bits of at most 1.",
        count(emails),
        number(100.0 * unknown_tokens, 1),
        number(token_divergence_bits, 3),
    ))
}
