//! A transformer that reads a message both ways and tells its class: the discriminative counterpart
//! of the language model `transformer`, with the same body over the same byte pairs.
//!
//! Every place of a message reads all others of its window (Devlin and others, NAACL 2019, without
//! their pre-training), the vectors of all places are averaged, and f(mail) = w · mean + b is the
//! log-odds of spam, fitted to the logistic loss. As the mean is a sum over places, so is f: what a
//! word adds, in its context, is exact. A pair of one body and one budget is how generative and
//! discriminative nets are compared (Yogatama and others 2017). Only the first bytes of a message
//! are read, at most 20,000, since the slopes of a step need all of its messages at once, and
//! windows are cut without an overlap.

mod pooled;

use self::pooled::{Pooled, WhichClass, Work};
use crate::base::streams::{Stream, random_stream};
use crate::dataset::{Example, Representation, TrainingSet, beginning};
use crate::model::shared_settings::{
    BATCH_SIZE, LEARNING_RATE, MAX_BYTES, MAX_ITER, VOCABULARY, WEIGHT_DECAY,
};
use crate::model::shared_settings::{N_ITER_NO_CHANGE, VALIDATION_FRACTION};
use crate::model::{
    Attention, Classifier, Cost, Evidence, EvidencePlace, Family, FitError, FitObserver,
    FittedModel, InvalidModel, Learner, Scale, Setting, settings,
};
use crate::nn::byte_pairs::BytePairs;
use crate::nn::fit::Plan;
use crate::nn::learner::{TokenizedMail, attention, held_apart, of_both_classes, train};
use crate::nn::sequence::Shape as _;
use crate::nn::transformer::Shape;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// Learns [`PooledTransformer`].
pub struct TransformerClassifier;

settings! {
    /// Settings of [`TransformerClassifier`].
    pub struct TransformerClassifierSettings {
        layers: usize = Setting::whole(2, 1..=12, "blocks of attention and units"),
        heads: usize = Setting::whole(4, 1..=16, "heads of each attention"),
        head_size: usize = Setting::whole(32, 1..=128, "numbers of a place per head"),
        window: usize = Setting::whole(128, 2..=1024, "tokens that are seen together"),
        vocabulary: usize = VOCABULARY,
        max_bytes: u64 = Setting::whole(3_000, 1..=20_000, MAX_BYTES.doc),
        learning_rate: f64 = LEARNING_RATE,
        weight_decay: f64 = WEIGHT_DECAY,
        batch_size: usize = BATCH_SIZE.with_default(8),
        max_iter: u32 = MAX_ITER,
        validation_fraction: f64 = VALIDATION_FRACTION.with_default(0.05),
        n_iter_no_change: u32 = N_ITER_NO_CHANGE.with_default(2),
    }
}

impl TransformerClassifierSettings {
    fn plan(&self) -> Plan {
        Plan {
            learning_rate: self.learning_rate,
            weight_decay: self.weight_decay,
            batch_size: self.batch_size,
            max_iter: self.max_iter,
            n_iter_no_change: self.n_iter_no_change,
            ..Plan::SEQUENCES
        }
    }

    fn shape(&self, tokens: usize) -> Shape {
        Shape {
            tokens,
            width: self.heads * self.head_size,
            layers: self.layers,
            heads: self.heads,
            window: self.window,
        }
    }
}

/// A transformer with a score of the whole message.
#[derive(Debug, Serialize, Deserialize)]
pub struct PooledTransformer {
    max_bytes: u64,
    encoding: BytePairs,
    shape: Shape,
    weights: Vec<f32>,
    /// Where the weights stand, which follows from the shape.
    #[serde(skip)]
    net: OnceLock<Pooled>,
}

impl Learner for TransformerClassifier {
    const NAME: &'static str = "transformer-classifier";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str = "\
        transformer over byte pairs that reads a message both ways and tells its class; reads raw \
        text";
    const DEFAULT: bool = false;
    const COST: Cost = Cost::Costly;
    const REFIT: bool = false;
    type Settings = TransformerClassifierSettings;
    type Fitted = PooledTransformer;

    fn representation(_: &TransformerClassifierSettings) -> Representation {
        Representation::Bytes
    }

    fn fit(
        &self,
        settings: &TransformerClassifierSettings,
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<PooledTransformer, FitError> {
        of_both_classes(data)?;
        let TokenizedMail {
            encoding, messages, ..
        } = TokenizedMail::read(data, settings.vocabulary, settings.max_bytes);
        let start = PooledTransformer {
            max_bytes: settings.max_bytes,
            shape: settings.shape(encoding.count() + 1),
            encoding,
            weights: Vec::new(),
            net: OnceLock::new(),
        };
        let [kept, held] = held_apart(data, settings.validation_fraction, watch);
        let objective = WhichClass {
            net: start.net(),
            messages: &messages,
            labels: data.labels(),
            kept: &kept,
            held: &held,
        };
        let mut rng = random_stream(data.seed(), Stream::NetWeights);
        let weights = start.net().layout.begin(&mut rng);
        let (rows, plan) = (kept.len(), settings.plan());
        let fitted = |weights: &[f32]| start.with(weights);
        train(&objective, rows, &plan, data.seed(), weights, watch, fitted)
    }
}

impl PooledTransformer {
    fn net(&self) -> &Pooled {
        self.net.get_or_init(|| Pooled::new(self.shape))
    }

    /// The same with these weights.
    fn with(&self, weights: &[f32]) -> PooledTransformer {
        PooledTransformer {
            encoding: self.encoding.clone(),
            weights: weights.to_vec(),
            net: OnceLock::new(),
            ..*self
        }
    }

    fn read(&self, email: Example<'_>) -> Vec<u16> {
        self.encoding.encode(beginning(email.text, self.max_bytes))
    }
}

impl FittedModel for PooledTransformer {
    /// It reads no columns.
    fn validate(&self, _columns: usize) -> Result<(), InvalidModel> {
        InvalidModel::unless(
            MAX_BYTES.range.admits(&self.max_bytes.into()),
            "it reads too many bytes",
        )?;
        InvalidModel::unless(self.encoding.is_sound(), "a token is made of later ones")?;
        let sound = self.shape.is_sound() && self.shape.tokens() == self.encoding.count() + 1;
        InvalidModel::unless(sound, "its layers have impossible sizes")?;
        InvalidModel::unless(
            self.weights.len() == self.net().layout.len(),
            "its layers do not fit one another",
        )?;
        let finite = self.weights.iter().all(|weight| weight.is_finite());
        InvalidModel::unless(finite, "a number is not finite")
    }

    /// Word by word, each with the space before it; the beginning for the mail as a whole.
    fn evidence(&self, email: Example<'_>) -> Evidence {
        let tokens = self.read(email);
        let (shares, bias) = self
            .net()
            .shares(&self.weights, &tokens, &mut Work::default());
        let pieces = tokens.iter().map(|&token| self.encoding.bytes(token));
        let mut parts = Evidence::by_word(pieces.zip(shares[1..].iter().copied()));
        parts.push((EvidencePlace::Whole, shares[0]));
        Evidence {
            parts,
            intercept: bias,
            exact: true,
        }
    }

    fn attention(&self, email: Example<'_>) -> Option<Attention> {
        let (tokens, mut work) = (self.read(email), Work::default());
        let (window, shares) = self.net().attention(&self.weights, &tokens, &mut work)?;
        Some(attention(&self.encoding, &tokens, window, shares, None))
    }
}

impl Classifier for PooledTransformer {
    fn score(&self, email: Example<'_>) -> f64 {
        let tokens = self.read(email);
        let (shares, bias) = self
            .net()
            .shares(&self.weights, &tokens, &mut Work::default());
        bias + shares.iter().sum::<f64>()
    }

    fn scale(&self) -> Scale {
        Scale::LogOdds
    }
}
