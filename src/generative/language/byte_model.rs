//! What the models of text share: a message is its first bytes in order and an end, each predicted
//! from what stands before it.
//!
//! ln p(mail | c) = Σ_i ln p(s_i | s_1 … s_i-1, c), END included, the SUM over what is read.
//! [`TextBayes`] turns any [`ByteModel`] into a generative model with evidence word by word,
//! sampling, and p of the next byte. Only the first bytes are read (3,000 by default): the
//! beginning of a message decides, and the cost is bounded. A message that is cut ends there.

mod growing;

pub(crate) use growing::{GrowingBytes, GrowingText};

use super::background::Background;
use super::context_trie::ContextTrie;
use super::gather_ngrams::gather;
use super::strings::{LONGEST, SYMBOLS, symbols};
use crate::base::mail::Label;
use crate::base::math;
use crate::dataset::{Example, TrainingSet, beginning};
use crate::model::shared_settings::MAX_BYTES;
use crate::model::{
    CodeLength, END, Evidence, EvidencePlace, FitError, FittedModel, Generative, InvalidModel,
    Prior, Sample, SampleRequest, Sequence, Setting,
};
use serde::{Deserialize, Serialize};

/// The setting `order`, in bytes.
pub const ORDER: Setting<u64> =
    Setting::whole(6, 0..=LONGEST as u64, "bytes that the longest context has");

/// The setting `adaptive`: whether the message is learned while it is read.
pub const ADAPTIVE: Setting<bool> = Setting::flag(
    true,
    "whether it goes on learning from the message while it reads it",
);

/// The contexts of up to `order` bytes in the first `max_bytes` bytes of each training message.
pub fn gather_contexts(
    data: &TrainingSet<'_>,
    order: u64,
    max_bytes: u64,
) -> Result<ContextTrie, FitError> {
    let messages = data.examples().zip(data.labels());
    let messages =
        messages.map(|(mail, label)| (symbols(beginning(mail.text, max_bytes)), label.index()));
    gather(order as usize, messages).ok_or_else(|| {
        FitError::TooLarge(
            "too many different strings to hold: lower `order` or `max_bytes`".to_owned(),
        )
    })
}

/// A model of both classes that predicts one symbol after the other.
pub(crate) trait ByteModel: Send + Sync {
    /// A reader at the beginning of a message.
    fn reader(&self) -> Box<dyn ByteReader + '_>;

    /// A reader at the beginning of a message that is to be generated.
    fn writer(&self) -> Box<dyn ByteReader + '_> {
        self.reader()
    }
}

/// A place in a message, and what may follow there.
pub(crate) trait ByteReader {
    /// p of the symbol that comes next, in ham and in spam; then it has been read.
    fn read(&mut self, symbol: u16) -> [f64; 2];

    /// [`ByteReader::read`] of several symbols, one after the other.
    fn read_all(&mut self, symbols: &[u16], tell: &mut dyn FnMut([f64; 2])) {
        for &symbol in symbols {
            tell(self.read(symbol));
        }
    }

    /// p of every symbol that could come next.
    fn next(&self, label: Label) -> [f64; SYMBOLS];

    /// Draws what comes next, by [`ByteReader::next`] as the request weighs it.
    fn draw(&self, request: &SampleRequest, rng: &mut dyn rand::Rng) -> u16 {
        draw_any(self, request, rng)
    }
}

/// [`ByteReader::draw`] for any reader.
pub(crate) fn draw_any<R: ByteReader + ?Sized>(
    reader: &R,
    request: &SampleRequest,
    rng: &mut dyn rand::Rng,
) -> u16 {
    let mut masses = reader.next(request.label);
    request.weigh(&mut masses);
    math::add_up(&mut masses);
    // Every symbol has some mass.
    math::draw(&masses, rng).map_or(END, |symbol| symbol as u16)
}

/// ln p of a text and its end in both classes.
pub(crate) fn log_likelihoods(model: &impl ByteModel, text: &[u8]) -> [f64; 2] {
    let symbols: Vec<u16> = symbols(text).collect();
    let mut sum = [0.0; 2];
    let mut add = |p: [f64; 2]| sum = [sum[0] + p[0].ln(), sum[1] + p[1].ln()];
    model.reader().read_all(&symbols, &mut add);
    sum
}

/// A byte model as a generative model of mail.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TextBayes<M> {
    pub(crate) log_prior: [f64; 2],
    /// Bytes of a message that are read.
    pub(crate) max_bytes: u64,
    pub(crate) background: Background,
    pub(crate) model: M,
}

impl<M> TextBayes<M> {
    /// A byte model that was fitted to the first bytes of the messages of `data`.
    pub(crate) fn new(
        prior: Prior,
        max_bytes: u64,
        data: &TrainingSet<'_>,
        model: M,
    ) -> TextBayes<M> {
        let log_prior = prior.log_priors(data.class_counts().map(|emails| emails as f64));
        TextBayes {
            log_prior,
            max_bytes,
            background: Background::learn(data, max_bytes),
            model,
        }
    }
}

impl<M: ByteModel> FittedModel for TextBayes<M> {
    /// It reads no columns.
    fn validate(&self, _columns: usize) -> Result<(), InvalidModel> {
        InvalidModel::unless_finite(&self.log_prior)?;
        let known = MAX_BYTES.range.admits(&self.max_bytes.into());
        InvalidModel::unless(known, "it reads too many bytes")
    }

    /// Word by word, each with the space after it; the end for the mail as a whole.
    fn evidence(&self, mail: Example<'_>) -> Evidence {
        let text = beginning(mail.text, self.max_bytes);
        let mut reader = self.model.reader();
        let mut parts: Vec<(EvidencePlace, f64)> = Vec::new();
        let (mut start, mut sum) = (0, 0.0);
        for (at, symbol) in symbols(text).enumerate() {
            let space = |at: usize| text.get(at).is_some_and(u8::is_ascii_whitespace);
            if at > start && (at == text.len() || space(at - 1) && !space(at)) {
                parts.push((EvidencePlace::Bytes(start..at), sum));
                (start, sum) = (at, 0.0);
            }
            let [ham, spam] = reader.read(symbol).map(f64::ln);
            sum += spam - ham;
        }
        parts.push((EvidencePlace::Whole, sum));
        Evidence {
            parts,
            intercept: self.log_prior[1] - self.log_prior[0],
            exact: true,
        }
    }

    fn as_sequence(&self) -> Option<&dyn Sequence> {
        Some(self)
    }
}

impl<M: ByteModel> Generative for TextBayes<M> {
    fn log_prior(&self, label: Label) -> f64 {
        self.log_prior[label.index()]
    }

    fn log_likelihood(&self, mail: Example<'_>, label: Label) -> f64 {
        self.log_likelihoods(mail)[label.index()]
    }

    fn log_likelihoods(&self, mail: Example<'_>) -> [f64; 2] {
        log_likelihoods(&self.model, beginning(mail.text, self.max_bytes))
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

    /// Goes on from the prompt byte after byte until the end, or until as many as asked for, or as
    /// are read.
    fn sample(&self, request: &SampleRequest, rng: &mut dyn rand::Rng) -> Sample {
        let most = request
            .length
            .unwrap_or(usize::try_from(self.max_bytes).unwrap_or(usize::MAX));
        let mut reader = self.model.writer();
        let mut text = request.prompt.clone();
        for &byte in &text {
            reader.read(u16::from(byte));
        }
        while text.len() < most {
            let symbol = reader.draw(request, rng);
            let Ok(byte) = u8::try_from(symbol) else {
                break;
            };
            text.push(byte);
            reader.read(symbol);
        }
        Sample {
            text,
            ..Sample::default()
        }
    }
}

/// What follows in the training mail, as for writing.
impl<M: ByteModel> Sequence for TextBayes<M> {
    fn next(&self, context: &[u8], label: Label) -> [f64; SYMBOLS] {
        let mut reader = self.model.writer();
        for &byte in context {
            reader.read(u16::from(byte));
        }
        reader.next(label)
    }
}
