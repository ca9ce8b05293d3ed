//! A transformer as a language model of each class: it predicts each token of a message from those
//! before it.
//!
//! A decoder-only transformer (`nn::transformer`; Radford and others 2018) of each class over byte
//! pairs, see `token_model`.

use super::counts::PRIOR;
use super::token_model::{How, SHARE, TokenModel};
use crate::dataset::{Representation, TrainingSet};
use crate::model::shared_settings::{
    BATCH_SIZE, LEARNING_RATE, MAX_BYTES, MAX_ITER, VOCABULARY, WEIGHT_DECAY,
};
use crate::model::shared_settings::{N_ITER_NO_CHANGE, VALIDATION_FRACTION};
use crate::model::{Cost, Family, FitError, FitObserver, Learner, Prior, Setting, settings};
use crate::nn::fit::Plan;
use crate::nn::transformer::Shape;

/// Learns [`Transformer`].
pub struct TransformerLanguage;

/// A transformer of each class.
pub type Transformer = TokenModel<Shape>;

settings! {
    /// Settings of [`TransformerLanguage`].
    pub struct TransformerSettings {
        layers: usize = Setting::whole(2, 1..=12, "blocks of attention and units"),
        heads: usize = Setting::whole(4, 1..=16, "heads of each attention"),
        head_size: usize = Setting::whole(32, 1..=128, "numbers of a place per head"),
        window: usize = Setting::whole(128, 2..=1024, "tokens that are seen together"),
        vocabulary: usize = VOCABULARY,
        max_bytes: u64 = MAX_BYTES,
        share: bool = SHARE,
        learning_rate: f64 = LEARNING_RATE,
        weight_decay: f64 = WEIGHT_DECAY,
        batch_size: usize = BATCH_SIZE,
        max_iter: u32 = MAX_ITER,
        validation_fraction: f64 = VALIDATION_FRACTION.with_default(0.05),
        n_iter_no_change: u32 = N_ITER_NO_CHANGE.with_default(2),
        prior: Prior = PRIOR,
    }
}

impl Learner for TransformerLanguage {
    const NAME: &'static str = "transformer";
    const FAMILY: Family = Family::Generative;
    const SUMMARY: &'static str = "\
        transformer language model of each class over byte pairs: predicts each token from those \
        before it; reads raw text";
    const DEFAULT: bool = false;
    const COST: Cost = Cost::Costly;
    const REFIT: bool = false;
    type Settings = TransformerSettings;
    type Fitted = Transformer;

    fn representation(_: &TransformerSettings) -> Representation {
        Representation::Bytes
    }

    fn fit(
        &self,
        settings: &TransformerSettings,
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Transformer, FitError> {
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
            width: settings.heads * settings.head_size,
            layers: settings.layers,
            heads: settings.heads,
            window: settings.window,
        };
        TokenModel::learn(&how, shape, data, watch)
    }
}
