//! One file a command.

pub(super) mod ablate;
pub(super) mod assess;
pub(super) mod certify;
pub(super) mod classify;
pub(super) mod cluster;
pub(super) mod compare;
pub(super) mod convert;
pub(super) mod count;
pub(super) mod denoise;
pub(super) mod diff;
pub(super) mod evaluate;
pub(super) mod experiment;
pub(super) mod export;
pub(super) mod fetch;
pub(super) mod gan;
pub(super) mod generate;
pub(super) mod inspect;
pub(super) mod manual;
pub(super) mod models;
pub(super) mod outliers;
pub(super) mod report;
pub(super) mod split;
pub(super) mod tokens;
pub(super) mod train;
pub(super) mod tune;

/// The command that a report gives its reader for repeating the experiment.
const REPEAT: &str = "spamlab compare --config experiment.json";

/// The command that a report gives its reader for training a model with a threshold.
const TRAIN: &str =
    "spamlab train --config experiment.json --model {model} --threshold {probability}";
