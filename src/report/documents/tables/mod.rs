//! Tables as data, from which HTML, Markdown and CSV are made. People see `0.9812` with its
//! interval; a CSV has a column for each of them, with all digits.

mod data;
mod decisions;
mod drift;
mod effect;
mod emails;
mod experiments;
mod figures;
mod generators;
mod messages;
mod side_by_side;
mod summary;
mod table;
mod thresholds;

pub use data::{data_card, not_run};
pub use decisions::decisions;
pub use drift::{drift, score_drift, share_drift, shifted_tokens, without_shared_mail};
pub use effect::{effect, effect_in_words};
pub use emails::{Misclassified, errors, errors_of, mislabelled, slices, slices_of_best};
pub use experiments::{
    attack_in_words, attacked, crossings, crossings_in_words, crossover_in_words,
    damage_differences, damage_in_words, damaged, defences, duplicates_in_words, few_messages,
    fewshot_in_words, filters, flattered, found_words, games_in_words, metsis_in_words,
    metsis_means, noise_in_words, over_time, points, poisoned, recalls, rounds, stream_in_words,
    transfer_in_words, transfers, withstood, withstood_in_words,
};
pub use figures::of_figure;
pub use generators::{
    game_in_words, generated_words, generative_models, generative_models_in_words, generators,
    generators_of, why_unmeasured,
};
pub use messages::{TOKENS, heading, messages, most_harmful, wrong_votes};
pub use side_by_side::{
    asked, changed, corpora_pairs, differences, families, metrics, ranks, side_by_side,
};
pub use summary::{
    ERROR, comparisons, error_rate, has_result, main_meanings, main_metrics, summary,
};
pub use table::{Beside, Column, DataTable, MOST_ROWS, TableCell, title_of};
pub use thresholds::{cost_in_words, false_positive_cost, thresholds};

use crate::results::{Experiment, Timing};

/// Every table, with the name of its CSV file.
pub fn all(experiment: &Experiment, timing: Option<&Timing>) -> Vec<(&'static str, DataTable)> {
    let mut tables = vec![
        ("summary", summary(experiment, timing)),
        ("comparisons", comparisons(experiment)),
        ("decisions", decisions(experiment)),
        ("data", data_card(experiment)),
        ("thresholds", thresholds(experiment)),
        ("slices", slices(experiment)),
        ("errors", errors(experiment)),
        ("messages", messages(experiment)),
        ("mislabelled", mislabelled(experiment)),
    ];
    tables.extend(
        experiment
            .augmentation()
            .is_some()
            .then(|| ("effect", effect(experiment, usize::MAX))),
    );
    if let Some(game) = experiment.gan() {
        tables.push(("generators", generators(&game)));
        tables.push(("generated_words", generated_words(&game)));
    }
    if experiment.generative_models().is_some() {
        tables.push(("generative_models", generative_models(experiment, timing)));
    }
    if experiment.drift().is_some() {
        tables.push(("drift", drift(experiment)));
        tables.push(("shifted_tokens", shifted_tokens(experiment)));
    }
    tables
}
