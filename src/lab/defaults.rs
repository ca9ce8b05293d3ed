//! What an experiment is unless it is asked otherwise. This stands apart from the specification
//! because the table of analyses says which of them every comparison makes, and the analyses are
//! told by a specification what to do.

use super::analyses;
use super::spec::{DataSpec, ExperimentSpec, SearchSpec, SplitSpec};
use crate::dataset::features::VocabularySettings;
use crate::results::{DecisionRule, RESAMPLES};
use crate::tokenize::{Recipe, TokenKinds};
use crate::train::CalibrationMethod;
use serde_json::Map;
use std::collections::BTreeMap;

impl Default for ExperimentSpec {
    fn default() -> ExperimentSpec {
        ExperimentSpec {
            data: DataSpec::default(),
            models: Vec::new(),
            also: Vec::new(),
            external: Vec::new(),
            settings: Map::new(),
            search: None,
            recipe: Recipe::default(),
            vocabulary: VocabularySettings::default(),
            exclude_kinds: TokenKinds::NONE,
            augment: Vec::new(),
            calibration: CalibrationMethod::default(),
            decision: DecisionRule::default(),
            split: SplitSpec::Folds(10),
            analyses: analyses::by_default(),
            resamples: RESAMPLES,
            redact: false,
            seed: 1,
        }
    }
}

impl ExperimentSpec {
    /// A smaller protocol of ablation and of a search for settings: one model of each family, two
    /// folds and six trials, under a minute on the mail that comes with the program.
    pub fn quick() -> ExperimentSpec {
        ExperimentSpec {
            models: ["multinomial", "logistic"].map(str::to_owned).into(),
            search: Some(SearchSpec {
                trials: 6,
                ..SearchSpec::default()
            }),
            split: SplitSpec::Folds(2),
            analyses: BTreeMap::new(),
            ..ExperimentSpec::default()
        }
    }
}
