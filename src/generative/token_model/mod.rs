//! A language model of each class over the tokens of a byte-pair encoding, whatever its body.
//!
//! ln p(mail | c) = Σ_i ln p_c(t_i | t_1 … t_i-1), the end included. The encoding is learned from
//! the training mail (`nn::byte_pairs`). A text has many encodings, of which the one that is scored
//! is the likeliest by far, so that p is a lower bound. One net per class, or (`share`) one of
//! both, which a vector tells the class: that one learns from the text which class it is of, and
//! then tells the classes apart less well. Only the
//! first bytes of a message are read, 3,000 by default. Left out: p of the next byte, which would
//! sum over all tokens that begin so.

mod next_token;

use self::next_token::{NextToken, Windows, of_class};
use super::language::background::Background;
use crate::base::mail::Label;
use crate::base::math;
use crate::base::streams::{Stream, random_stream};
use crate::dataset::{Example, TrainingSet, beginning};
use crate::model::shared_settings::MAX_BYTES;
use crate::model::{
    Attention, Classifier as _, CodeLength, Evidence, EvidencePlace, FitError, FitObserver,
    FittedModel, Generative, InvalidModel, Prior, Sample, SampleRequest, Setting,
};
use crate::nn::byte_pairs::BytePairs;
use crate::nn::fit::Plan;
use crate::nn::learner::{TokenizedMail, attention, held_apart, of_both_classes, train};
use crate::nn::sequence::{Reading, Shape, TokenNet, Work};
use crate::results::Bound;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// The setting `share`.
pub const SHARE: Setting<bool> = Setting::flag(
    false,
    "one net for both classes, which is told the class, instead of one for each",
);

/// What a token model is learned by.
pub struct How {
    /// Tokens of the encoding.
    pub vocabulary: usize,
    /// Bytes of a message that are read.
    pub max_bytes: u64,
    /// See [`hold_out`].
    pub validation_fraction: f64,
    /// The prior.
    pub prior: Prior,
    /// Whether one net serves both classes.
    pub share: bool,
    /// How the nets are trained.
    pub plan: Plan,
}

/// A language model of each class over tokens.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct TokenModel<S: Shape> {
    log_prior: [f64; 2],
    /// Bytes of a message that are read.
    max_bytes: u64,
    background: Background,
    encoding: BytePairs,
    shape: S,
    /// Whether one net serves both classes.
    share: bool,
    /// Those of ham, then those of spam, or of both.
    weights: Vec<f32>,
    /// Where the weights stand, which follows from the shape.
    #[serde(skip)]
    net: OnceLock<TokenNet<S>>,
}

/// Tokens of a net: those of the encoding, perhaps one for each class, and the edge of a message.
fn symbols(encoding: &BytePairs, share: bool) -> usize {
    encoding.count() + if share { 3 } else { 1 }
}

impl<S: Shape> TokenModel<S> {
    /// Learns the encoding, and then both nets, of the shape that so many tokens ask for.
    pub fn learn(
        how: &How,
        shape: impl Fn(usize) -> S,
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<TokenModel<S>, FitError> {
        let counts = of_both_classes(data)?;
        let TokenizedMail {
            encoding, messages, ..
        } = TokenizedMail::read(data, how.vocabulary, how.max_bytes);
        let shape = shape(symbols(&encoding, how.share));
        let net = TokenNet::new(shape);
        let [kept, held] = held_apart(data, how.validation_fraction, watch);
        let windows = |rows: &[usize]| {
            Label::BOTH.map(|label| {
                let own = rows.iter().filter(|&&row| data.labels()[row] == label);
                Windows::of(&net, own.map(|&row| &messages[row][..]))
            })
        };
        let objective = NextToken {
            net: &net,
            share: how.share,
            kept: windows(&kept),
            held: windows(&held),
        };
        let start = TokenModel {
            log_prior: how.prior.log_priors(counts.map(|emails| emails as f64)),
            max_bytes: how.max_bytes,
            background: Background::learn(data, how.max_bytes),
            encoding,
            shape,
            share: how.share,
            weights: Vec::new(),
            net: OnceLock::new(),
        };
        let mut rng = random_stream(data.seed(), Stream::NetWeights);
        let nets = if how.share { 1 } else { 2 };
        let weights = (0..nets).map(|_| net.layout.begin(&mut rng));
        let weights = weights.collect::<Vec<_>>().concat();
        let (rows, fitted) = (objective.rows(), |weights: &[f32]| start.with(weights));
        train(
            &objective,
            rows,
            &how.plan,
            data.seed(),
            weights,
            watch,
            fitted,
        )
    }

    fn net(&self) -> &TokenNet<S> {
        self.net.get_or_init(|| TokenNet::new(self.shape))
    }

    /// The same with these weights.
    fn with(&self, weights: &[f32]) -> TokenModel<S> {
        TokenModel {
            background: self.background.clone(),
            encoding: self.encoding.clone(),
            weights: weights.to_vec(),
            net: OnceLock::new(),
            ..*self
        }
    }

    /// The weights of a class, and the token that is added to all of its places.
    fn weights(&self, class: usize) -> (&[f32], Option<u16>) {
        let (own, everywhere) = of_class(self.net(), self.share, class);
        (&self.weights[own], everywhere)
    }

    /// The tokens that are read of a message, and ln p of each and of the end, by class.
    fn read(&self, email: Example<'_>) -> (Vec<u16>, [Vec<f64>; 2]) {
        let tokens = self.encoding.encode(beginning(email.text, self.max_bytes));
        let mut work = Work::default();
        let log = [0, 1].map(|class| {
            let (weights, everywhere) = self.weights(class);
            work.everywhere = everywhere;
            self.net().log_probabilities(weights, &tokens, &mut work)
        });
        (tokens, log)
    }
}

impl<S: Shape> FittedModel for TokenModel<S> {
    /// It reads no columns.
    fn validate(&self, _columns: usize) -> Result<(), InvalidModel> {
        InvalidModel::unless_finite(&self.log_prior)?;
        InvalidModel::unless(
            MAX_BYTES.range.admits(&self.max_bytes.into()),
            "it reads too many bytes",
        )?;
        InvalidModel::unless(self.encoding.is_sound(), "a token is made of later ones")?;
        let sound =
            self.shape.is_sound() && self.shape.tokens() == symbols(&self.encoding, self.share);
        InvalidModel::unless(sound, "its layers have impossible sizes")?;
        InvalidModel::unless(
            self.weights.len() == if self.share { 1 } else { 2 } * self.net().layout.len(),
            "its layers do not fit one another",
        )?;
        let finite = self.weights.iter().all(|weight| weight.is_finite());
        InvalidModel::unless(finite, "a number is not finite")
    }

    /// Word by word, each with the space before it; the end for the mail as a whole.
    fn evidence(&self, email: Example<'_>) -> Evidence {
        let (tokens, [ham, spam]) = self.read(email);
        let pieces = tokens.iter().map(|&token| self.encoding.bytes(token));
        let gains = ham.iter().zip(&spam).map(|(ham, spam)| spam - ham);
        let mut parts = Evidence::by_word(pieces.zip(gains));
        let last = tokens.len();
        parts.push((EvidencePlace::Whole, spam[last] - ham[last]));
        Evidence {
            parts,
            intercept: self.log_prior[1] - self.log_prior[0],
            exact: true,
        }
    }

    fn attention(&self, email: Example<'_>) -> Option<Attention> {
        let tokens = self.encoding.encode(beginning(email.text, self.max_bytes));
        let label = Label::from_is_spam(self.score(email) > 0.0);
        let (weights, everywhere) = self.weights(label.index());
        let mut work = Work {
            everywhere,
            ..Work::default()
        };
        let (window, shares) = self.net().attention(weights, &tokens, &mut work)?;
        Some(attention(
            &self.encoding,
            &tokens,
            window,
            shares,
            Some(label),
        ))
    }
}

impl<S: Shape> Generative for TokenModel<S> {
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
        let (weights, everywhere) = self.weights(request.label.index());
        let mut tokens = self.encoding.encode(&request.prompt);
        let mut text = request.prompt.clone();
        let mut reading = Reading::new(everywhere);
        while text.len() < most {
            let next = self.net().next(weights, &tokens, &mut reading);
            let mut masses: Vec<f64> = next.into_iter().map(f64::from).collect();
            // Tokens of the classes are no part of a text.
            let edge = masses.len() - 1;
            masses[self.encoding.count()..edge].fill(0.0);
            request.weigh(&mut masses);
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
