//! The options of a training run, whichever models it trains, and the mail that follows from them
//! beside the labelled rows.

use super::augment::{Augmentation, Augmented};
use super::calibration::CalibrationMethod;
use super::checkpoints::Checkpoints;
use super::model_spec::ModelSpec;
use super::watched::Watched;
use crate::dataset::Corpus;
use crate::dataset::features::VocabularySettings;
use crate::model::{LossPoint, ObjectivePoint};
use crate::results::DecisionRule;
use rustc_hash::FxHashSet;

/// Is told the name of a model and a step of its fit, with what it then lost if that was measured.
pub type ProgressFn<'a> = dyn Fn(&str, ObjectivePoint, Option<LossPoint>) + Sync + 'a;

/// How models are trained, whichever they are.
#[derive(Clone, Copy, Default)]
pub struct TrainOptions<'a> {
    /// How the vocabulary is learned.
    pub vocabulary: VocabularySettings,
    /// What is added to the training mail.
    pub augmentation: Option<&'a Augmentation>,
    /// Rows that are learned from as if nobody had told their class, instead of those of which
    /// nobody did.
    pub hidden: Option<&'a [usize]>,
    /// Mail to look at after each step of a final fit.
    pub watched: Option<Watched<'a>>,
    /// How scores become probabilities.
    pub calibrating: CalibrationMethod,
    /// What decisions are chosen by.
    pub deciding: DecisionRule,
    /// Is told of every step of a final fit, by the name of its model.
    pub live: Option<&'a ProgressFn<'a>>,
    /// Where long fits are kept as they go on.
    pub checkpoints: Option<&'a Checkpoints<'a>>,
    /// Seed of everything random.
    pub seed: u64,
}

impl TrainOptions<'_> {
    /// The default options with this seed.
    pub fn seeded(seed: u64) -> TrainOptions<'static> {
        TrainOptions {
            seed,
            ..TrainOptions::default()
        }
    }

    /// How many messages are learned from where so many are given: with what is added.
    pub fn emails(&self, given: usize) -> usize {
        let added = |augmentation: &Augmentation| augmentation.emails(given);
        given + self.augmentation.map_or(0, added)
    }

    /// The rows with what is to be added to them; else why that could not be.
    pub(super) fn augmented(&self, corpus: &Corpus, rows: &[usize]) -> Result<Augmented, String> {
        match self.augmentation {
            Some(augmentation) => augmentation.of_rows(corpus, rows, self.seed),
            None => Ok(Augmented::plain(rows)),
        }
    }

    /// The messages of which nobody told the class, or those that are `hidden`, if one of the
    /// models learns from them: but for near-duplicates of labelled messages that are neither among
    /// `rows` nor hidden, which would let a model see what it is tested on.
    pub(super) fn unlabelled<'c>(
        &self,
        mut choices: impl Iterator<Item = &'c ModelSpec>,
        corpus: &Corpus,
        rows: &[usize],
    ) -> Option<Vec<usize>> {
        if !choices.any(|choice| choice.entry.is_semi_supervised()) {
            return None;
        }
        let unlabelled = || {
            (0..corpus.len())
                .filter(|&row| corpus.label(row).is_none())
                .collect()
        };
        let mut found: Vec<usize> = self.hidden.map_or_else(unlabelled, <[usize]>::to_vec);
        let seen: FxHashSet<usize> = rows.iter().chain(&found).copied().collect();
        let tested = corpus
            .labelled_rows()
            .into_iter()
            .filter(|row| !seen.contains(row));
        let tested: FxHashSet<u32> = tested.map(|row| corpus.group(row)).collect();
        found.retain(|&row| !tested.contains(&corpus.group(row)));
        (!found.is_empty()).then_some(found)
    }
}
