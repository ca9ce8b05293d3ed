//! A transformer as a language model of each class: it predicts each token of a message from those
//! before it.
//!
//! ln p(mail | c) = Σ_i ln p_c(t_i | t_1 … t_i-1), the end included, over the tokens of a byte-pair
//! encoding that is learned from the training mail (`nn::byte_pairs`), by a decoder-only
//! transformer (`nn::transformer`; Radford and others 2018) of each class. A text has many
//! encodings, of which the one that is scored is the likeliest by far, so that p is a lower bound.
//! One net per class, since a net of both learns from the text which class it is of, and then tells
//! the classes apart less well. Only the first bytes of a message are read, 3,000 by default. Left
//! out: p of the next byte, which would sum over all tokens that begin so.

mod net;

use self::net::{Net, NextToken, Windows, Work};
use super::counts::PRIOR;
use super::language::background::Background;
use super::language::byte_model::MAX_BYTES;
use crate::base::mail::Label;
use crate::base::math;
use crate::base::streams::{Stream, random_stream};
use crate::dataset::{Example, Representation, TrainingSet, beginning};
use crate::model::early_stopping::{N_ITER_NO_CHANGE, VALIDATION_FRACTION, hold_out};
use crate::model::{
    CodeLength, Convergence, Cost, Evidence, EvidencePlace, Family, FitError, FitObserver,
    FittedModel, Generative, InvalidModel, Learner, ObjectivePoint, Prior, Sample, SampleRequest,
    Setting, settings,
};
use crate::nn::byte_pairs::BytePairs;
use crate::nn::fit::{Passed, Plan, State, fit};
use crate::nn::transformer::Shape;
use crate::optim::optimizer::{Schedule, UpdateRule};
use crate::results::Bound;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// Learns [`Transformer`].
pub struct TransformerLanguage;

settings! {
    /// Settings of [`TransformerLanguage`].
    pub struct TransformerSettings {
        layers: usize = Setting::whole(2, 1..=12, "blocks of attention and units"),
        heads: usize = Setting::whole(4, 1..=16, "heads of each attention"),
        head_size: usize = Setting::whole(32, 1..=128, "numbers of a place per head"),
        window: usize = Setting::whole(128, 2..=1024, "tokens that are seen together"),
        vocabulary: usize = Setting::whole(
            1_024,
            256..=32_000,
            "tokens of the byte-pair encoding, the 256 bytes among them",
        ),
        max_bytes: u64 = MAX_BYTES,
        learning_rate: f64 = Setting::real(0.002, 1e-7..=1000.0, "the highest rate of AdamW"),
        weight_decay: f64 = Setting::real(
            0.01,
            0.0..=10.0,
            "share of a weight that a step takes away, times the rate",
        ),
        batch_size: usize = Setting::whole(16, 1..=1024, "windows of a step"),
        max_iter: u32 = Setting::whole(6, 1..=100_000, "passes over the mail at most"),
        validation_fraction: f64 = VALIDATION_FRACTION.with_default(0.05),
        n_iter_no_change: u32 = N_ITER_NO_CHANGE.with_default(2),
        prior: Prior = PRIOR,
    }
}

impl TransformerSettings {
    fn plan(&self) -> Plan {
        Plan {
            rule: UpdateRule::Adam,
            learning_rate: self.learning_rate,
            schedule: Schedule::Cosine,
            warm_up: 100,
            max_norm: 1.0,
            weight_decay: self.weight_decay,
            batch_size: self.batch_size,
            max_iter: self.max_iter,
            n_iter_no_change: self.n_iter_no_change,
            settling: 0,
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

/// A transformer of each class.
#[derive(Debug, Serialize, Deserialize)]
pub struct Transformer {
    log_prior: [f64; 2],
    /// Bytes of a message that are read.
    max_bytes: u64,
    background: Background,
    encoding: BytePairs,
    shape: Shape,
    /// Those of ham, then those of spam.
    weights: Vec<f32>,
    /// Where the weights stand, which follows from the shape.
    #[serde(skip)]
    net: OnceLock<Net>,
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
        let counts = data.class_counts();
        let missing = Label::BOTH.into_iter().find(|of| counts[of.index()] == 0);
        if let Some(missing) = missing {
            return Err(FitError::OneClass { missing });
        }
        let texts = || {
            data.examples()
                .map(|email| beginning(email.text, settings.max_bytes))
        };
        let encoding = BytePairs::learn(texts(), settings.vocabulary);
        let messages: Vec<Vec<u16>> = texts().map(|text| encoding.encode(text)).collect();
        let shape = settings.shape(encoding.count() + 1);
        let net = Net::new(shape);
        let all = || ((0..data.len()).collect(), Vec::new());
        let (kept, held) = hold_out(data, settings.validation_fraction, watch).unwrap_or_else(all);
        let windows = |rows: &[usize]| {
            Label::BOTH.map(|label| {
                let own = rows.iter().filter(|&&row| data.labels()[row] == label);
                Windows::of(&net, own.map(|&row| &messages[row][..]))
            })
        };
        let objective = NextToken {
            net: &net,
            kept: windows(&kept),
            held: windows(&held),
        };
        let start = Transformer {
            log_prior: settings
                .prior
                .log_priors(counts.map(|emails| emails as f64)),
            max_bytes: settings.max_bytes,
            background: Background::learn(data, settings.max_bytes),
            encoding,
            shape,
            weights: Vec::new(),
            net: OnceLock::new(),
        };
        let mut rng = random_stream(data.seed(), Stream::NetWeights);
        let weights = [(); 2].map(|()| net.layout.begin(&mut rng)).concat();
        let plan = settings.plan();
        let begin = State::new(weights, &plan);
        let mut told = |passed: Passed, state: &State| {
            let point = ObjectivePoint {
                pass: f64::from(passed.passes),
                objective: passed.loss,
                gap: None,
                held_out: passed.held_out,
            };
            watch.step(point, &|| Box::new(start.with(state.weights())))
        };
        let rows = objective.rows();
        let trained = fit(&objective, rows, &plan, data.seed(), begin, &mut told)?;
        watch.finished(Convergence {
            converged: trained.stopped_early,
            passes: trained.last.passes,
            objective: trained.last.loss,
            gap: None,
        });
        Ok(start.with(&trained.weights))
    }
}

impl Transformer {
    fn net(&self) -> &Net {
        self.net.get_or_init(|| Net::new(self.shape))
    }

    /// The same with these weights.
    fn with(&self, weights: &[f32]) -> Transformer {
        Transformer {
            background: self.background.clone(),
            encoding: self.encoding.clone(),
            weights: weights.to_vec(),
            net: OnceLock::new(),
            ..*self
        }
    }

    /// The weights of a class.
    fn weights(&self, class: usize) -> &[f32] {
        let each = self.weights.len() / 2;
        &self.weights[class * each..(class + 1) * each]
    }

    /// The tokens that are read of a message, and ln p of each and of the end, by class.
    fn read(&self, email: Example<'_>) -> (Vec<u16>, [Vec<f64>; 2]) {
        let tokens = self.encoding.encode(beginning(email.text, self.max_bytes));
        let mut work = Work::default();
        let log = [0, 1].map(|class| {
            let weights = self.weights(class);
            self.net().log_probabilities(weights, &tokens, &mut work)
        });
        (tokens, log)
    }
}

impl FittedModel for Transformer {
    /// It reads no columns.
    fn validate(&self, _columns: usize) -> Result<(), InvalidModel> {
        InvalidModel::unless_finite(&self.log_prior)?;
        InvalidModel::unless(self.encoding.is_sound(), "a token is made of later ones")?;
        let Shape {
            tokens,
            width,
            layers,
            heads,
            window,
        } = self.shape;
        let bounds = [(width, 2_048), (layers, 12), (heads, 16), (window, 1_024)];
        let sound = bounds
            .iter()
            .all(|&(size, most)| (1..=most).contains(&size))
            && tokens == self.encoding.count() + 1
            && width.is_multiple_of(heads);
        InvalidModel::unless(sound, "its layers have impossible sizes")?;
        InvalidModel::unless(
            self.weights.len() == 2 * self.net().layout.len(),
            "its layers do not fit one another",
        )?;
        let finite = self.weights.iter().all(|weight| weight.is_finite());
        InvalidModel::unless(finite, "a number is not finite")
    }

    /// Word by word, each with the space before it; the end for the mail as a whole.
    fn evidence(&self, email: Example<'_>) -> Evidence {
        let (tokens, [ham, spam]) = self.read(email);
        let mut parts: Vec<(EvidencePlace, f64)> = Vec::new();
        let (mut start, mut at, mut sum) = (0, 0, 0.0);
        // Whether the part has more than spaces by now.
        let mut solid = false;
        for (token, (ham, spam)) in tokens.iter().zip(ham.iter().zip(&spam)) {
            let bytes = self.encoding.bytes(*token);
            if solid && bytes[0].is_ascii_whitespace() {
                parts.push((EvidencePlace::Bytes(start..at), sum));
                (start, sum, solid) = (at, 0.0, false);
            }
            solid |= !bytes.iter().all(u8::is_ascii_whitespace);
            at += bytes.len();
            sum += spam - ham;
        }
        if at > start {
            parts.push((EvidencePlace::Bytes(start..at), sum));
        }
        let last = tokens.len();
        parts.push((EvidencePlace::Whole, spam[last] - ham[last]));
        Evidence {
            parts,
            intercept: self.log_prior[1] - self.log_prior[0],
            exact: true,
        }
    }
}

impl Generative for Transformer {
    fn log_prior(&self, label: Label) -> f64 {
        self.log_prior[label.index()]
    }

    fn log_likelihood(&self, email: Example<'_>, label: Label) -> f64 {
        self.log_likelihoods(email)[label.index()]
    }

    fn log_likelihoods(&self, email: Example<'_>) -> [f64; 2] {
        let (_, log) = self.read(email);
        log.map(|log| log.iter().sum())
    }

    fn bound(&self) -> Bound {
        Bound::Lower
    }

    /// Symbols are the bytes that are read and the end.
    fn code_length(&self, email: Example<'_>) -> Option<CodeLength> {
        let text = beginning(email.text, self.max_bytes);
        Some(CodeLength {
            bytes: Some(text.len()),
            log_background: Some(self.background.log_likelihood(text)),
            ..self.sum_over(1.0 + text.len() as f64, email)
        })
    }

    /// Goes on from the prompt token after token until the end, or until as many bytes as asked
    /// for, or as are read.
    fn sample(&self, request: &SampleRequest, rng: &mut dyn rand::Rng) -> Sample {
        let most = request
            .length
            .unwrap_or(usize::try_from(self.max_bytes).unwrap_or(usize::MAX));
        let weights = self.weights(request.label.index());
        let mut tokens = self.encoding.encode(&request.prompt);
        let mut text = request.prompt.clone();
        let mut work = Work::default();
        while text.len() < most {
            let next = self.net().next(weights, &tokens, &mut work);
            let mass = |p: f32| f64::from(p).powf(1.0 / request.temperature);
            let mut masses: Vec<f64> = next.into_iter().map(mass).collect();
            math::add_up(&mut masses);
            let token = math::draw(&masses, rng).unwrap_or(self.encoding.count());
            if token >= self.encoding.count() {
                break;
            }
            tokens.push(token as u16);
            text.extend_from_slice(self.encoding.bytes(token as u16));
        }
        text.truncate(most.max(request.prompt.len()));
        Sample {
            text,
            ..Sample::default()
        }
    }
}
