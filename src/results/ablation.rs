//! What each clue is worth: models with it and without it on the same folds.

use super::metric::{Metrics, Spread};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything one ablation found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ablation {
    /// Name and version of the program.
    pub program: String,
    /// Where the mail came from.
    pub source: String,
    /// How the folds were made, in words.
    pub split: String,
    /// The models as they are by default.
    pub reference: Vec<AblationVariant>,
    /// One for each change and model.
    pub changes: Vec<Change>,
}

/// One model under one recipe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AblationVariant {
    /// The model.
    pub model: String,
    /// Wrong verdicts on each fold.
    pub errors: Vec<u32>,
    /// Metrics of each fold.
    pub folds: Vec<Metrics>,
    /// Mean and deviation over the folds, by metric.
    pub spread: BTreeMap<String, Spread>,
}

impl AblationVariant {
    /// Wrong verdicts on all folds.
    pub fn all_errors(&self) -> u32 {
        self.errors.iter().sum()
    }
}

/// A change of what is read, and its effect on a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// What was changed, in words: `without link`, `stems no`.
    pub what: String,
    /// Tokens of the vocabulary that the change takes away, or less than 0 that it adds; by the
    /// first fold.
    pub tokens: i64,
    /// The model after the change.
    pub variant: AblationVariant,
    /// Folds on which the model errs less often after the change, as often, more often.
    pub errors: WinTieLoss,
    /// Folds on which (1-ROCA)% is lower after the change, the same, higher.
    pub ranking: WinTieLoss,
}

/// Folds won, tied and lost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WinTieLoss {
    /// Better after the change.
    pub won: u32,
    /// The same.
    pub tied: u32,
    /// Worse.
    pub lost: u32,
}

impl WinTieLoss {
    /// Counts folds by two figures each, before and after, of which the lower is better.
    pub fn of(pairs: impl Iterator<Item = (f64, f64)>) -> WinTieLoss {
        let mut tally = WinTieLoss::default();
        for (before, after) in pairs {
            match after.total_cmp(&before) {
                std::cmp::Ordering::Less => tally.won += 1,
                std::cmp::Ordering::Equal => tally.tied += 1,
                std::cmp::Ordering::Greater => tally.lost += 1,
            }
        }
        tally
    }
}

impl std::fmt::Display for WinTieLoss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.won, self.tied, self.lost)
    }
}

impl Change {
    /// Compares a model before and after a change.
    pub fn new(
        what: String,
        tokens: i64,
        before: &AblationVariant,
        after: AblationVariant,
    ) -> Change {
        let errors = before
            .errors
            .iter()
            .zip(&after.errors)
            .map(|(&a, &b)| (f64::from(a), f64::from(b)));
        let rank = |metrics: &Metrics| metrics.get("one_minus_roca_pct").copied().flatten();
        let ranks = before
            .folds
            .iter()
            .zip(&after.folds)
            .filter_map(|(a, b)| Some((rank(a)?, rank(b)?)));
        Change {
            what,
            tokens,
            errors: WinTieLoss::of(errors),
            ranking: WinTieLoss::of(ranks),
            variant: after,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_figure_wins() {
        let tally = WinTieLoss::of([(1.0, 0.5), (2.0, 2.0), (0.0, 3.0), (4.0, 3.0)].into_iter());
        assert_eq!(
            tally,
            WinTieLoss {
                won: 2,
                tied: 1,
                lost: 1
            }
        );
        assert_eq!(tally.to_string(), "2/1/1");
    }
}
