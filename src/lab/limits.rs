//! The range of every number that is given from outside, wherever it is given: as an option, in a
//! specification or in a split file.

use super::error::SpecError;
use super::spec::{ExperimentSpec, SplitSpec};
use crate::dataset::features::VocabularySettings;
use crate::results::{Costs, Decision, DecisionRule};
use crate::tokenize::{MAX_BYTE_NGRAM, MAX_NGRAM, Recipe};
use std::fmt;

/// The whole numbers that are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The smallest.
    pub least: u64,
    /// The largest.
    pub most: u64,
}

const fn limits(least: u64, most: u64) -> Limits {
    Limits { least, most }
}

/// The smallest cost, and the smallest share of ham; the largest cost is one over it.
const LEAST_COST: f64 = 1e-9;
/// Folds of a cross-validation.
pub const FOLDS: Limits = limits(2, 1000);
/// Parts of mail, each named by a letter.
pub const PARTS: Limits = limits(2, 26);
/// Settings that each family may try in a search.
pub const TRIALS: Limits = limits(1, 100_000);
/// Resamples of the bootstrap.
pub const RESAMPLES: Limits = limits(0, 1_000_000);
/// Words in an n-gram.
pub const NGRAMS: Limits = limits(1, MAX_NGRAM as u64);
/// Bytes in a byte n-gram.
pub const BYTE_NGRAMS: Limits = limits(0, MAX_BYTE_NGRAM as u64);
/// Messages that hold a token which is learned.
pub const MIN_DF: Limits = limits(1, u32::MAX as u64);
/// Tokens to learn.
pub const MAX_FEATURES: Limits = limits(1, u32::MAX as u64);
/// Messages to generate at once.
pub const GENERATED: Limits = limits(1, 1_000_000);
/// Symbols among which the next one is drawn.
pub const TOP_K: Limits = limits(1, 1_000_000);
/// States of a generated message on its way.
pub const STEPS: Limits = limits(0, 1_000);
/// Bytes or words of a generated message.
pub const LENGTH: Limits = limits(1, 1_000_000);
/// Words or messages to list.
pub const LISTED: Limits = limits(0, 1_000_000);
/// Messages to generate for an assessment, which halves them twice.
pub const ASSESSED: Limits = limits(20, 100_000);
/// Rounds in which a discriminator chooses.
pub const ROUNDS: Limits = limits(0, 100);
/// Candidates for each message that a discriminator keeps.
pub const CANDIDATES: Limits = limits(2, 1_000);
/// Steps of a game between two nets.
pub const GAME_STEPS: Limits = limits(1, 10_000_000);
/// Kinds of mail (clusters).
pub const KINDS: Limits = limits(1, 1000);
/// Kinds of mail to try one number after another.
pub const KINDS_TRIED: Limits = limits(1, 100);

impl Limits {
    /// Whether a number is accepted.
    pub fn hold(self, number: u64) -> bool {
        (self.least..=self.most).contains(&number)
    }

    /// Refuses a number out of range; `what` names it.
    pub(super) fn check(self, what: &str, number: u64) -> Result<(), SpecError> {
        if self.hold(number) {
            return Ok(());
        }
        Err(SpecError::Refused {
            what: format!("{what} = {number}"),
            why: self.to_string(),
        })
    }
}

impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a whole number from {} to {} is expected",
            self.least, self.most
        )
    }
}

impl ExperimentSpec {
    /// Refuses numbers out of range, and settings of a model that are none.
    pub(super) fn check_limits(&self) -> Result<(), SpecError> {
        if let SplitSpec::Folds(folds) = self.split {
            FOLDS.check("split.folds", folds as u64)?;
        }
        if let Some(search) = &self.search {
            TRIALS.check("search.trials", search.trials as u64)?;
        }
        RESAMPLES.check("resamples", self.resamples.into())?;
        check_tokens(&self.recipe, &self.vocabulary)?;
        let refused = |what: String, why: &str| {
            Err(SpecError::Refused {
                what,
                why: why.to_owned(),
            })
        };
        check_decision(&self.decision)?;
        match self.settings.iter().find(|(_, given)| !given.is_object()) {
            Some((model, given)) => refused(
                format!("settings.{model} = {given}"),
                "a table of settings is expected",
            ),
            None => Ok(()),
        }
    }
}

/// Refuses a rule for decisions whose numbers cannot be.
pub fn check_decision(rule: &DecisionRule) -> Result<(), SpecError> {
    let refused = |what: String, why: &str| {
        Err(SpecError::Refused {
            what: format!("decision.{what}"),
            why: why.to_owned(),
        })
    };
    match rule {
        DecisionRule::Fixed(Decision { threshold, .. }) if !threshold.is_finite() => {
            refused(format!("threshold = {threshold}"), "a number is expected")
        }
        DecisionRule::Fixed(Decision {
            unsure_band: Some([low, high]),
            ..
        }) if !(low.is_finite() && high.is_finite() && low <= high) => refused(
            format!("unsure_band = [{low}, {high}]"),
            "two numbers are expected, the lower first",
        ),
        DecisionRule::Costs(Costs {
            false_positive,
            false_negative,
            unsure,
        }) => {
            let costs = [
                ("false_positive", Some(false_positive)),
                ("false_negative", Some(false_negative)),
                ("unsure", unsure.as_ref()),
            ];
            let is_cost = |cost: f64| (LEAST_COST..=1.0 / LEAST_COST).contains(&cost);
            let mut given = costs
                .iter()
                .filter_map(|&(name, cost)| Some((name, *cost?)));
            match given.find(|&(_, cost)| !is_cost(cost)) {
                Some((name, cost)) => refused(
                    format!("costs.{name} = {cost}"),
                    "a number from 0.000000001 to 1000000000 is expected",
                ),
                None => Ok(()),
            }
        }
        DecisionRule::MaxFpr(share) if !(LEAST_COST..=0.5).contains(share) => refused(
            format!("max_fpr = {share}"),
            "a share from 0.000000001 to 0.5 is expected",
        ),
        _ => Ok(()),
    }
}

/// Refuses numbers out of range in how tokens are made and chosen.
pub(super) fn check_tokens(
    recipe: &Recipe,
    vocabulary: &VocabularySettings,
) -> Result<(), SpecError> {
    NGRAMS.check("ngrams", recipe.ngrams.into())?;
    BYTE_NGRAMS.check("byte_ngrams", recipe.byte_ngrams.into())?;
    MIN_DF.check("min_df", vocabulary.min_df.into())?;
    let most = vocabulary.max_features;
    most.map_or(Ok(()), |most| {
        MAX_FEATURES.check("max_features", most as u64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(toml: &str) -> String {
        let spec: ExperimentSpec = toml::from_str(toml).unwrap();
        let refused = spec.check_limits();
        refused.map_or_else(|error| error.to_string(), |()| "fine".to_owned())
    }

    #[test]
    fn every_number_of_a_specification_has_a_range() {
        for (toml, expected) in [
            (
                "[split]\nfolds = 0",
                "split.folds = 0: a whole number from 2 to 1000 is expected",
            ),
            ("[split]\nfolds = 1", "split.folds = 1: "),
            ("[split]\nfolds = 100000", "split.folds = 100000: "),
            ("[search]\ntrials = 0", "search.trials = 0: "),
            (
                "[search]\ntrials = 9000000000",
                "search.trials = 9000000000: ",
            ),
            ("resamples = 4000000000", "resamples = 4000000000: "),
            (
                "[recipe]\nngrams = 200",
                "ngrams = 200: a whole number from 1 to 3 is expected",
            ),
            ("[recipe]\nngrams = 0", "ngrams = 0: "),
            ("[recipe]\nbyte_ngrams = 255", "byte_ngrams = 255: "),
            ("[vocabulary]\nmin_df = 0", "min_df = 0: "),
            ("[vocabulary]\nmax_features = 0", "max_features = 0: "),
            (
                "[settings]\nsvm = 3",
                "settings.svm = 3: a table of settings is expected",
            ),
            ("[decision]\nthreshold = inf", "decision.threshold = inf: "),
            (
                "[decision]\nthreshold = 0.0\nunsure_band = [2.0, 1.0]",
                "decision.unsure_band = [2, 1]: ",
            ),
            (
                "[decision.costs]\nfalse_positive = 0.0",
                "decision.costs.false_positive = 0: ",
            ),
            (
                "[decision.costs]\nunsure = nan",
                "decision.costs.unsure = NaN: ",
            ),
            ("[decision]\nmax_fpr = 0.0", "decision.max_fpr = 0: "),
            ("[decision]\nmax_fpr = 0.7", "decision.max_fpr = 0.7: "),
            ("[decision]\nmax_fpr = 0.001", "fine"),
            ("resamples = 0", "fine"),
            ("[split]\nfolds = 1000", "fine"),
        ] {
            let said = said(toml);
            assert!(said.starts_with(expected), "{toml}: {said}");
        }
    }
}
