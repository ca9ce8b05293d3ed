//! A recurrent net as a language model of each class: a state goes through a message from token to
//! token, and says which comes next.
//!
//! A gated recurrent unit (`nn::recurrent`; Cho and others 2014) of each class over byte pairs, see
//! `token_model`. A vocabulary of 256 tokens is one of bytes.

use super::counts::PRIOR;
use super::token_model::{How, SHARE, TokenModel};
use crate::dataset::{Representation, TrainingSet};
use crate::model::shared_settings::{
    BATCH_SIZE, LEARNING_RATE, MAX_BYTES, MAX_ITER, VOCABULARY, WEIGHT_DECAY,
};
use crate::model::shared_settings::{N_ITER_NO_CHANGE, VALIDATION_FRACTION};
use crate::model::{Cost, Family, FitError, FitObserver, Learner, Prior, Setting, settings};
use crate::nn::fit::Plan;
use crate::nn::recurrent::Shape;

/// Learns [`Recurrent`].
pub struct RecurrentLanguage;

/// A recurrent net of each class.
pub type Recurrent = TokenModel<Shape>;

settings! {
    /// Settings of [`RecurrentLanguage`].
    pub struct RecurrentSettings {
        units: usize = Setting::whole(256, 1..=1024, "units of the state"),
        embedding: usize = Setting::whole(64, 1..=512, "numbers of a token"),
        window: usize = Setting::whole(64, 2..=1024, "tokens that are seen together"),
        vocabulary: usize = VOCABULARY,
        max_bytes: u64 = MAX_BYTES,
        share: bool = SHARE,
        learning_rate: f64 = LEARNING_RATE.with_default(0.004),
        weight_decay: f64 = WEIGHT_DECAY,
        batch_size: usize = BATCH_SIZE.with_default(24),
        max_iter: u32 = MAX_ITER,
        validation_fraction: f64 = VALIDATION_FRACTION.with_default(0.05),
        n_iter_no_change: u32 = N_ITER_NO_CHANGE.with_default(2),
        prior: Prior = PRIOR,
    }
}

impl Learner for RecurrentLanguage {
    const NAME: &'static str = "recurrent";
    const FAMILY: Family = Family::Generative;
    const SUMMARY: &'static str = "\
        recurrent language model of each class over byte pairs: a state that goes from token to \
        token says which comes next; reads raw text";
    const DEFAULT: bool = false;
    const COST: Cost = Cost::Costly;
    const REFIT: bool = false;
    type Settings = RecurrentSettings;
    type Fitted = Recurrent;

    fn representation(_: &RecurrentSettings) -> Representation {
        Representation::Bytes
    }

    fn fit(
        &self,
        settings: &RecurrentSettings,
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Recurrent, FitError> {
        let how = How {
            vocabulary: settings.vocabulary,
            max_bytes: settings.max_bytes,
            validation_fraction: settings.validation_fraction,
            prior: settings.prior,
            share: settings.share,
            plan: Plan {
                learning_rate: settings.learning_rate,
                weight_decay: settings.weight_decay,
                batch_size: settings.batch_size,
                max_iter: settings.max_iter,
                n_iter_no_change: settings.n_iter_no_change,
                ..Plan::SEQUENCES
            },
        };
        let shape = |tokens| Shape {
            tokens,
            embedding: settings.embedding,
            units: settings.units,
            window: settings.window,
        };
        TokenModel::learn(&how, shape, data, watch)
    }
}
