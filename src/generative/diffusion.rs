//! Masked diffusion over byte pairs: noise masks the tokens of a message one by one, and a
//! transformer of each class, which reads both ways, learns to undo it.
//!
//! ln p(mail | c) = ln p_c(n) + ln p_c(t_1 … t_n | n), of which the second is bounded from below by
//! the mean of n / m Σ ln p_c(masked | others) over masks (see `masked`; Austin and others, NeurIPS
//! 2021; Sahoo and others, NeurIPS 2024). The bound is estimated by a few draws of masks, the same
//! for both classes, which follow from the message. It is less tight than what a language model of
//! the same body reaches, so that it is for generating and filling in rather than for filtering.
//! Only the first bytes of a message are read, and what is in different windows is independent.

mod infill;
mod lengths;
mod masked;

use self::lengths::Lengths;
use self::masked::{Estimate, Masked, Net, Windows, Work, estimates, probabilities};
use super::counts::PRIOR;
use super::language::background::Background;
use crate::base::mail::Label;
use crate::base::math;
use crate::base::streams::{Stream, random_stream};
use crate::dataset::{Example, Representation, TrainingSet, beginning};
use crate::model::shared_settings::{
    BATCH_SIZE, LEARNING_RATE, MAX_BYTES, MAX_ITER, VOCABULARY, WEIGHT_DECAY,
};
use crate::model::shared_settings::{N_ITER_NO_CHANGE, VALIDATION_FRACTION};
use crate::model::{
    CodeLength, Cost, Evidence, EvidencePlace, Family, FitError, FitObserver, FittedModel,
    Generative, Infilling, InvalidModel, Learner, Prior, Sample, SampleRequest, Setting, settings,
};
use crate::nn::byte_pairs::BytePairs;
use crate::nn::fit::Plan;
use crate::nn::learner::{TokenizedMail, held_apart, of_both_classes, train};
use crate::nn::sequence::Shape as _;
use crate::nn::transformer::Shape;
use crate::results::Bound;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// Learns [`Diffusion`].
pub struct MaskedDiffusion;

settings! {
    /// Settings of [`MaskedDiffusion`].
    pub struct DiffusionSettings {
        layers: usize = Setting::whole(2, 1..=12, "blocks of attention and units"),
        heads: usize = Setting::whole(4, 1..=16, "heads of each attention"),
        head_size: usize = Setting::whole(32, 1..=128, "numbers of a place per head"),
        window: usize = Setting::whole(128, 2..=1024, "tokens that are seen together"),
        draws: usize = Setting::whole(8, 1..=1024, "draws of masks by which a message is scored"),
        vocabulary: usize = VOCABULARY,
        max_bytes: u64 = MAX_BYTES,
        learning_rate: f64 = LEARNING_RATE,
        weight_decay: f64 = WEIGHT_DECAY,
        batch_size: usize = BATCH_SIZE,
        max_iter: u32 = MAX_ITER,
        validation_fraction: f64 = VALIDATION_FRACTION.with_default(0.05),
        n_iter_no_change: u32 = N_ITER_NO_CHANGE.with_default(2),
        prior: Prior = PRIOR,
    }
}

impl DiffusionSettings {
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

/// A masked model of each class.
#[derive(Debug, Serialize, Deserialize)]
pub struct Diffusion {
    log_prior: [f64; 2],
    max_bytes: u64,
    draws: usize,
    background: Background,
    lengths: [Lengths; 2],
    /// Bytes of a token, on average.
    token_bytes: f64,
    encoding: BytePairs,
    shape: Shape,
    /// Those of ham, then those of spam.
    weights: Vec<f32>,
    /// Where the weights stand, which follows from the shape.
    #[serde(skip)]
    net: OnceLock<Net>,
}

impl Learner for MaskedDiffusion {
    const NAME: &'static str = "diffusion";
    const FAMILY: Family = Family::Generative;
    const SUMMARY: &'static str = "\
        masked diffusion of each class over byte pairs: tells masked tokens from all others; reads \
        raw text";
    const DEFAULT: bool = false;
    const COST: Cost = Cost::Costly;
    const REFIT: bool = false;
    type Settings = DiffusionSettings;
    type Fitted = Diffusion;

    fn representation(_: &DiffusionSettings) -> Representation {
        Representation::Bytes
    }

    fn fit(
        &self,
        settings: &DiffusionSettings,
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Diffusion, FitError> {
        let counts = of_both_classes(data)?;
        let TokenizedMail {
            encoding,
            messages,
            bytes,
        } = TokenizedMail::read(data, settings.vocabulary, settings.max_bytes);
        let shape = settings.shape(encoding.count() + 2);
        let net = Net::new(shape);
        let [kept, held] = held_apart(data, settings.validation_fraction, watch);
        let of_class = |rows: &[usize], label: Label| -> Vec<&[u16]> {
            let own = rows.iter().filter(|&&row| data.labels()[row] == label);
            own.map(|&row| &messages[row][..]).collect()
        };
        let windows = |rows: &[usize]| {
            Label::BOTH.map(|label| Windows::of(&net, of_class(rows, label).into_iter()))
        };
        let objective = Masked {
            net: &net,
            kept: windows(&kept),
            held: windows(&held),
        };
        let most = usize::try_from(settings.max_bytes).unwrap_or(usize::MAX);
        let lengths = |label: Label| {
            let own = of_class(&kept, label).into_iter();
            Lengths::learn(own.map(<[u16]>::len), most)
        };
        let tokens: usize = messages.iter().map(Vec::len).sum();
        let start = Diffusion {
            log_prior: settings
                .prior
                .log_priors(counts.map(|emails| emails as f64)),
            max_bytes: settings.max_bytes,
            draws: settings.draws,
            background: Background::learn(data, settings.max_bytes),
            lengths: Label::BOTH.map(lengths),
            token_bytes: bytes.max(1) as f64 / tokens.max(1) as f64,
            encoding,
            shape,
            weights: Vec::new(),
            net: OnceLock::new(),
        };
        let mut rng = random_stream(data.seed(), Stream::NetWeights);
        let weights = [(); 2].map(|()| net.layout.begin(&mut rng)).concat();
        let (rows, plan) = (objective.rows(), settings.plan());
        let fitted = |weights: &[f32]| start.with(weights);
        train(&objective, rows, &plan, data.seed(), weights, watch, fitted)
    }
}

/// ln p of a message by both classes, or what the difference is made of.
struct Read {
    tokens: Vec<u16>,
    /// By class: of the number of tokens.
    of_length: [f64; 2],
    /// By class: of the tokens.
    of_tokens: [Estimate; 2],
}

impl Diffusion {
    fn net(&self) -> &Net {
        self.net.get_or_init(|| Net::new(self.shape))
    }

    /// The same with these weights.
    fn with(&self, weights: &[f32]) -> Diffusion {
        Diffusion {
            background: self.background.clone(),
            lengths: self.lengths.clone(),
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

    fn read(&self, email: Example<'_>) -> Read {
        let tokens = self.encoding.encode(beginning(email.text, self.max_bytes));
        let classes = [0, 1].map(|class| self.weights(class));
        let mut work = Work::default();
        Read {
            of_length: [0, 1].map(|class| self.lengths[class].log_probability(tokens.len())),
            of_tokens: estimates(self.net(), classes, &tokens, self.draws, &mut work),
            tokens,
        }
    }

    /// By class, the bound of ln p of a message and the standard error of its estimate by draws, as
    /// if they were independent: they are spread evenly, which makes it less. No number for one
    /// draw.
    pub fn bounds(&self, email: Example<'_>) -> [(f64, f64); 2] {
        let read = self.read(email);
        [0, 1].map(|class| {
            let sums = &read.of_tokens[class].by_draw;
            let count = sums.len() as f64;
            let mean = sums.iter().sum::<f64>() / count;
            let squares: f64 = sums.iter().map(|sum| (sum - mean).powi(2)).sum();
            let error = (squares / (count - 1.0) / count).sqrt();
            (read.of_length[class] + mean, error)
        })
    }

    /// Fills the masked places of a text, one or two at a time, in random order, and calls `step`
    /// with each state of it and the places filled so far.
    fn fill(
        &self,
        text: &mut [Option<u16>],
        request: &SampleRequest,
        rng: &mut dyn rand::Rng,
        step: &mut dyn FnMut(&[Option<u16>], usize),
    ) {
        let weights = self.weights(request.label.index());
        let mut work = Work::default();
        // The beginning of the message takes a place of the first window.
        let (mut from, mut filled) = (0, 0);
        while from < text.len() {
            let room = self.shape.window - usize::from(from == 0);
            let to = text.len().min(from + room.max(1));
            loop {
                let masked: Vec<usize> = (from..to).filter(|&at| text[at].is_none()).collect();
                if masked.is_empty() {
                    break;
                }
                let edge = (from == 0).then_some(Some((self.shape.tokens - 1) as u16));
                let window: Vec<Option<u16>> = edge
                    .into_iter()
                    .chain(text[from..to].iter().copied())
                    .collect();
                let next = probabilities(self.net(), weights, &window, &mut work);
                for _ in 0..AT_A_STEP.min(masked.len()) {
                    let which = (math::uniform(rng) * masked.len() as f64) as usize;
                    let which = which.min(masked.len() - 1);
                    let mut masses: Vec<f64> = next[which].iter().map(|&p| f64::from(p)).collect();
                    request.weigh(&mut masses);
                    math::add_up(&mut masses);
                    let token = math::draw(&masses, rng).unwrap_or(0);
                    text[masked[which]] = Some(token as u16);
                }
                filled += AT_A_STEP.min(masked.len());
                step(text, filled);
            }
            from = to;
        }
    }

    /// The bytes of a text, a masked place as `_`.
    fn bytes(&self, text: &[Option<u16>]) -> Vec<u8> {
        let of_place = |token: &Option<u16>| match token {
            Some(token) => self.encoding.bytes(*token),
            None => b"_",
        };
        text.iter().flat_map(of_place).copied().collect()
    }
}

/// Places that are filled at a step.
const AT_A_STEP: usize = 2;

impl FittedModel for Diffusion {
    /// It reads no columns.
    fn validate(&self, _columns: usize) -> Result<(), InvalidModel> {
        InvalidModel::unless_finite(&self.log_prior)?;
        InvalidModel::unless(
            MAX_BYTES.range.admits(&self.max_bytes.into()),
            "it reads too many bytes",
        )?;
        InvalidModel::unless(self.encoding.is_sound(), "a token is made of later ones")?;
        let sound = self.shape.is_sound()
            && self.shape.tokens() == self.encoding.count() + 2
            && (1..=1024).contains(&self.draws)
            && (0.5..=1e6).contains(&self.token_bytes)
            && self.lengths.iter().all(Lengths::is_sound);
        InvalidModel::unless(sound, "its parts have impossible sizes")?;
        InvalidModel::unless(
            self.weights.len() == 2 * self.net().layout.len(),
            "its layers do not fit one another",
        )?;
        let finite = self.weights.iter().all(|weight| weight.is_finite());
        InvalidModel::unless(finite, "a number is not finite")
    }

    fn as_infilling(&self) -> Option<&dyn Infilling> {
        Some(self)
    }

    /// Word by word, each with the space before it; the length for the mail as a whole.
    fn evidence(&self, email: Example<'_>) -> Evidence {
        let read = self.read(email);
        let [ham, spam] = &read.of_tokens;
        let gains = ham.by_token.iter().zip(&spam.by_token);
        let gains = gains.map(|(ham, spam)| spam - ham);
        let pieces = read.tokens.iter().map(|&token| self.encoding.bytes(token));
        let mut parts = Evidence::by_word(pieces.zip(gains));
        parts.push((EvidencePlace::Whole, read.of_length[1] - read.of_length[0]));
        Evidence {
            parts,
            intercept: self.log_prior[1] - self.log_prior[0],
            exact: true,
        }
    }
}

impl Generative for Diffusion {
    fn log_prior(&self, label: Label) -> f64 {
        self.log_prior[label.index()]
    }

    fn log_likelihood(&self, email: Example<'_>, label: Label) -> f64 {
        self.log_likelihoods(email)[label.index()]
    }

    fn log_likelihoods(&self, email: Example<'_>) -> [f64; 2] {
        self.bounds(email).map(|(bound, _)| bound)
    }

    fn bound(&self) -> Bound {
        Bound::Lower
    }

    /// Symbols are the bytes that are read and the end.
    fn code_length(&self, email: Example<'_>) -> Option<CodeLength> {
        let text = beginning(email.text, self.max_bytes);
        let bounds = self.bounds(email);
        let errors = bounds.map(|(_, error)| error);
        Some(CodeLength {
            symbols: 1.0 + text.len() as f64,
            latent: 0,
            bytes: Some(text.len()),
            log_likelihood: bounds.map(|(bound, _)| bound),
            standard_error: errors
                .iter()
                .all(|error| error.is_finite())
                .then_some(errors),
            log_prior: self.log_prior,
            log_background: Some(self.background.log_likelihood(text)),
            bound: self.bound(),
        })
    }

    fn makes_steps(&self) -> bool {
        true
    }

    /// Draws a length unless it is asked for, and fills that many places after the prompt.
    fn sample(&self, request: &SampleRequest, rng: &mut dyn rand::Rng) -> Sample {
        let prompt = self.encoding.encode(&request.prompt);
        let most = usize::try_from(self.max_bytes).unwrap_or(usize::MAX);
        let tokens = match request.length {
            Some(bytes) => (bytes as f64 / self.token_bytes).ceil() as usize,
            None => self.lengths[request.label.index()].draw(rng).min(most),
        };
        let mut text: Vec<Option<u16>> = prompt.into_iter().map(Some).collect();
        text.resize(tokens.max(text.len()), None);
        let (masked, kept) = (
            text.iter().filter(|token| token.is_none()).count(),
            request.steps,
        );
        let mut states: Vec<Vec<u8>> = Vec::new();
        if kept > 1 {
            states.push(self.bytes(&text));
        }
        let mut keep = |text: &[Option<u16>], filled: usize| {
            if states.len() < kept && filled * (kept - 1) >= masked * states.len() {
                states.push(self.bytes(text));
            }
        };
        self.fill(&mut text, request, rng, &mut keep);
        states.truncate(kept.saturating_sub(1));
        states.resize_with(kept, || self.bytes(&text));
        let most = request.length.unwrap_or(most).max(request.prompt.len());
        let cut = |mut text: Vec<u8>| {
            text.truncate(most);
            text
        };
        let steps = states.into_iter().map(cut);
        Sample {
            text: cut(self.bytes(&text)),
            steps: steps.collect(),
            ..Sample::default()
        }
    }
}
