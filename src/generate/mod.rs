//! Mail written by the generative models of a file.
//!
//! A model of bytes writes text, one of words in order writes words; a bag of words has no order
//! but the one of drawing. What only belongs to the look of a message (clues of headers, markup,
//! shape) is drawn too, but not shown. Whether a text is made or remembered is told by
//! [`CopyIndex`]: the longest run of bytes it shares with the mail it was learned from. What a
//! model knows of how mail is written also undoes damage to it: [`Sampler::restore`].

mod copying;
mod denoise;
pub mod sample_quality;
pub use copying::{CopyIndex, LEAST};
pub use denoise::Denoised;
pub use sample_quality::Distinct;

use crate::base::mail::Label;
use crate::base::math::random_stream;
use crate::dataset::Representation;
use crate::dataset::features::Vocabulary;
use crate::model::file::{Loaded, ModelFile, StoreError};
use crate::model::{Family, Generative, Sample, SampleRequest};
use crate::tokenize::TokenKind;
use crate::train::augment::Channel;
use rayon::prelude::*;

/// Why nothing can be written.
#[derive(Debug, thiserror::Error)]
pub enum WritingError {
    /// The model file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No model that writes.
    #[error("no model of the file can write")]
    NoAuthor,
    /// This one does not.
    #[error("{0} cannot write: it knows {1}, not how mail is written")]
    CannotWrite(String, &'static str),
    /// A beginning given to a bag of words.
    #[error("{0} draws words without an order and cannot go on from a beginning")]
    NoPrompt(String),
    /// Text given to a bag of words.
    #[error("{0} knows words without an order and cannot restore a text")]
    NoText(String),
}

/// A model that writes.
pub struct Sampler {
    vocabulary: Vocabulary,
    /// Column of the vocabulary for each of the model's own.
    columns: Vec<u32>,
    model: Loaded,
}

/// A written mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedEmail {
    /// The class it was written as.
    pub label: Label,
    /// Its first line.
    pub subject: String,
    /// All other lines.
    pub body: String,
}

impl GeneratedEmail {
    /// Subject, newline and body, as text models read them.
    pub fn text(&self) -> String {
        format!("{}\n{}", self.subject, self.body)
    }
}

impl Sampler {
    /// The model of that name; else the first of the file that writes, one that writes text before
    /// one that draws words.
    pub fn open(file: &ModelFile, name: Option<&str>) -> Result<Sampler, WritingError> {
        let model = match name {
            Some(name) => file.model(name)?,
            None => first_author(file)?,
        };
        if model.fitted.classifier().as_generative().is_none() {
            let knows = match model.card.family {
                Family::Discriminative => "where the boundary runs",
                Family::Generative => "which class a word speaks for",
            };
            return Err(WritingError::CannotWrite(model.card.name, knows));
        }
        let vocabulary = file.vocabulary()?;
        let kinds = vocabulary.kinds().enumerate();
        let columns = kinds
            .filter(|&(_, kind)| model.card.view.kinds.holds(kind))
            .map(|(column, _)| column as u32)
            .collect();
        Ok(Sampler {
            vocabulary,
            columns,
            model,
        })
    }

    /// Name of the model.
    pub fn name(&self) -> &str {
        &self.model.card.name
    }

    /// Whether it writes text, not words without order.
    pub fn writes_text(&self) -> bool {
        self.model.fitted.classifier().as_sequence().is_some()
    }

    /// Writes as many messages as there are requests, each from a random stream of its own.
    pub fn write(
        &self,
        requests: &[SampleRequest],
        seed: u64,
    ) -> Result<Vec<GeneratedEmail>, WritingError> {
        if !self.writes_text() && requests.iter().any(|request| !request.prompt.is_empty()) {
            return Err(WritingError::NoPrompt(self.name().to_owned()));
        }
        let Some(model) = self.model.fitted.classifier().as_generative() else {
            return Ok(Vec::new());
        };
        let one =
            |(at, request): (usize, &SampleRequest)| self.piece(model, request, seed, at as u64);
        Ok(requests.par_iter().enumerate().map(one).collect())
    }

    /// Undoes damage to each of the texts, in the order given; `done` is told the bytes of each
    /// that is finished.
    pub fn restore(
        &self,
        damaged: &[&str],
        channel: Channel,
        done: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Denoised>, WritingError> {
        let model = self.model.fitted.classifier();
        let (Some(sequence), Some(generative)) = (model.as_sequence(), model.as_generative())
        else {
            return Err(WritingError::NoText(self.name().to_owned()));
        };
        let log_prior = Label::BOTH.map(|label| generative.log_prior(label));
        let one = |text: &&str| {
            let restored = denoise::restore(sequence, log_prior, channel, text);
            done(text.len());
            restored
        };
        Ok(damaged.par_iter().with_max_len(1).map(one).collect())
    }

    /// Whether what it writes stands in the order in which it is to be read.
    pub fn writes_in_order(&self) -> bool {
        self.writes_text() || self.model.card.view.representation == Representation::TokenSequence
    }

    fn piece(
        &self,
        model: &dyn Generative,
        request: &SampleRequest,
        seed: u64,
        stream: u64,
    ) -> GeneratedEmail {
        let Sample { columns, text } = model.sample(request, &mut random_stream(seed, stream));
        let label = request.label;
        if self.writes_text() {
            let text = String::from_utf8_lossy(&text);
            let (subject, body) = text.split_once('\n').unwrap_or((&text, ""));
            return GeneratedEmail {
                label,
                subject: subject.to_owned(),
                body: body.to_owned(),
            };
        }
        let kinds: Vec<TokenKind> = self.vocabulary.kinds().collect();
        let columns: Vec<u32> = columns
            .iter()
            .map(|&column| self.columns[column as usize])
            .collect();
        let kind = |column: &u32| kinds[*column as usize];
        // A function word bears no mark of where it stands: before the first word of the body it
        // stands in the subject.
        let body = |column: &u32| matches!(kind(column), TokenKind::Word | TokenKind::Number);
        let (before, from) =
            columns.split_at(columns.iter().position(body).unwrap_or(columns.len()));
        let words = |at: &[u32], wanted: &[TokenKind]| {
            let words = at.iter().filter(|column| wanted.contains(&kind(column)));
            // A subject's words bear its name in front.
            let word = |&column: &u32| {
                let token = self.vocabulary.token(column);
                token.strip_prefix("subject:").unwrap_or(token)
            };
            words.map(word).collect::<Vec<&str>>()
        };
        let head = [
            words(before, &[TokenKind::Subject, TokenKind::Function]),
            words(from, &[TokenKind::Subject]),
        ]
        .concat();
        let body = words(
            from,
            &[TokenKind::Word, TokenKind::Number, TokenKind::Function],
        );
        GeneratedEmail {
            label,
            subject: head.join(" "),
            body: body.join(" "),
        }
    }
}

fn first_author(file: &ModelFile) -> Result<Loaded, WritingError> {
    let mut of_words = None;
    for card in file
        .card()
        .models
        .iter()
        .filter(|card| card.family == Family::Generative)
    {
        let model = file.model(&card.name)?;
        let classifier = model.fitted.classifier();
        if classifier.as_sequence().is_some() {
            return Ok(model);
        }
        if classifier.as_generative().is_some() && of_words.is_none() {
            of_words = Some(model);
        }
    }
    of_words.ok_or(WritingError::NoAuthor)
}
