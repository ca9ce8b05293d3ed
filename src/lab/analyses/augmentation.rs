//! What adding to the training mail changed: the same folds once more without what was added.

use super::analysis::{Analysis, Compared, LooksAt, OnComparison, plain};
use crate::lab::cross_validation::{FoldResult, Protocol, records, run_fold};
use crate::lab::data::facts;
use crate::results::{AUGMENTATION, Effect};
use crate::train::TrainOptions;
use rayon::prelude::*;

/// The row of the table.
pub(super) const ANALYSIS: Analysis = Analysis {
    name: AUGMENTATION,
    question: "What did adding to the training mail change?",
    looks_at: LooksAt::Comparison(OnComparison {
        messages: |planned, _, _| match planned.options.augmentation {
            Some(_) => planned.folds.iter().sum(),
            None => 0,
        },
        ..OnComparison::new(|compared, _| plain(effect(compared)?))
    }),
    section: Some("effect"),
    charts: &[],
};

/// None where nothing was added.
fn effect(compared: &Compared<'_>) -> Option<Effect> {
    let Compared {
        protocol,
        corpus,
        progress,
        ..
    } = *compared;
    let augmentation = protocol.options.augmentation?;
    let without = Protocol {
        options: TrainOptions {
            augmentation: None,
            ..protocol.options
        },
        ..*protocol
    };
    let folds = &protocol.split.folds;
    progress.begin(
        "the same without what is added",
        (folds.len() * protocol.models.len()) as u64,
    );
    let results: Vec<FoldResult<'_>> = folds
        .par_iter()
        .map(|fold| run_fold(&without, corpus, fold, progress))
        .collect();
    let added = augmentation
        .ways()
        .iter()
        .map(ToString::to_string)
        .collect();
    let emails = folds
        .iter()
        .map(|fold| augmentation.emails(fold.train.len()))
        .collect();
    let tested = facts::emails(corpus);
    let without = records(&without, &results, &tested);
    Some(Effect::of(
        (added, emails),
        compared.models,
        &without,
        &tested,
    ))
}
