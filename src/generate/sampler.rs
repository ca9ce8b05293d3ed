//! Sampling mail from a generative model of a file.
//!
//! Tokens that only belong to the look of a message (clues of headers, markup, shape) are drawn,
//! too, but not shown.

use super::choice::generator;
use super::error::GenerateError;
use crate::base::mail::{Content, Email, Label};
use crate::base::streams::{Stream, random_stream};
use crate::dataset::Representation;
use crate::dataset::features::Vocabulary;
use crate::model::file::{Loaded, ModelCard, ModelFile};
use crate::model::{Fitted, Sample, SampleRequest};
use crate::tokenize::TokenKind;
use rayon::prelude::*;
use std::ops::Deref;

/// A model that generates mail: its own, as one of a file, or another's.
pub struct Sampler<M = Box<dyn Fitted>> {
    vocabulary: Vocabulary,
    /// Column of the vocabulary for each of the model's own.
    columns: Vec<u32>,
    card: ModelCard,
    fitted: M,
}

/// A message that a model generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedEmail {
    /// The class it was generated as.
    pub label: Label,
    /// Its first line, or its subject words.
    pub subject: String,
    /// All other lines, or all other words.
    pub body: String,
    /// Its text at as many steps as were asked for, from a model that makes it step by step.
    pub steps: Vec<String>,
}

impl GeneratedEmail {
    /// Subject, newline and body, as models of text read them.
    pub fn text(&self) -> String {
        format!("{}\n{}", self.subject, self.body)
    }

    /// The message as mail, labelled with the class it was generated as.
    pub fn email(&self) -> Email {
        let content = Content::text(self.subject.clone(), self.body.clone());
        Email::new("", Some(self.label), content)
    }
}

impl Sampler {
    /// The model of that name; if none is named, the first of the file that generates text, or
    /// else the first that generates words.
    pub fn open(file: &ModelFile, name: Option<&str>) -> Result<Sampler, GenerateError> {
        let Loaded { card, fitted } = generator(file, name)?;
        Ok(Sampler::new(card, fitted, file.vocabulary()?))
    }
}

impl<M: Deref<Target = dyn Fitted> + Sync> Sampler<M> {
    /// The model of this card, which reads this vocabulary, or part of it.
    pub fn new(card: ModelCard, fitted: M, vocabulary: Vocabulary) -> Sampler<M> {
        let kinds = vocabulary.kinds().enumerate();
        let columns = kinds
            .filter(|&(_, kind)| card.view.kinds.holds(kind))
            .map(|(column, _)| column as u32)
            .collect();
        Sampler {
            vocabulary,
            columns,
            card,
            fitted,
        }
    }

    /// Name of the model.
    pub fn name(&self) -> &str {
        &self.card.name
    }

    /// Whether the order of what it generates means anything: of text or words in order, not of
    /// words from a bag.
    pub fn keeps_order(&self) -> bool {
        self.generates_text() || self.card.view.representation == Representation::TokenSequence
    }

    fn generates_text(&self) -> bool {
        self.card.view.representation == Representation::Bytes
    }

    /// Generates a message for each request, each from a random stream of its own.
    pub fn generate(
        &self,
        requests: &[SampleRequest],
        seed: u64,
    ) -> Result<Vec<GeneratedEmail>, GenerateError> {
        self.generate_from(0, requests, seed)
    }

    /// The same for requests that are the `first` and those after it of a longer list, so that it
    /// can be generated part by part.
    pub fn generate_from(
        &self,
        first: usize,
        requests: &[SampleRequest],
        seed: u64,
    ) -> Result<Vec<GeneratedEmail>, GenerateError> {
        let card = &self.card;
        if !self.generates_text() && requests.iter().any(|request| !request.prompt.is_empty()) {
            let model = card.name.clone();
            return Err(GenerateError::NoPrompt { model });
        }
        if !self.generates_text() && requests.iter().any(SampleRequest::is_cut) {
            let model = card.name.clone();
            return Err(GenerateError::NoSymbols { model });
        }
        let Some(model) = self.fitted.classifier().as_generative() else {
            let (model, family) = (card.name.clone(), card.family);
            return Err(GenerateError::NotGenerative { model, family });
        };
        if !model.makes_steps() && requests.iter().any(|request| request.steps > 0) {
            let model = card.name.clone();
            return Err(GenerateError::NoSteps { model });
        }
        let one = |(at, request): (usize, &SampleRequest)| {
            let sample = model.sample(
                request,
                &mut random_stream(seed, Stream::Generated((first + at) as u32)),
            );
            self.email(request.label, &sample)
        };
        Ok(requests.par_iter().enumerate().map(one).collect())
    }

    fn email(&self, label: Label, sample: &Sample) -> GeneratedEmail {
        let (subject, body) = if self.generates_text() {
            let text = String::from_utf8_lossy(&sample.text);
            let (subject, body) = text.split_once('\n').unwrap_or((&text, ""));
            (subject.to_owned(), body.to_owned())
        } else {
            self.subject_and_body(&sample.columns)
        };
        GeneratedEmail {
            label,
            subject,
            body,
            steps: sample
                .steps
                .iter()
                .map(|text| String::from_utf8_lossy(text).into_owned())
                .collect(),
        }
    }

    /// The words that a sample of tokens stands for.
    fn subject_and_body(&self, sample: &[u32]) -> (String, String) {
        let kinds: Vec<TokenKind> = self.vocabulary.kinds().collect();
        let columns: Vec<u32> = sample
            .iter()
            .map(|&column| self.columns[column as usize])
            .collect();
        let kind = |column: &u32| kinds[*column as usize];
        // A function word has no mark of where it stands: before the first word of the body it
        // counts as one of the subject.
        let is_body = |column: &u32| matches!(kind(column), TokenKind::Word | TokenKind::Number);
        let body_start = columns.iter().position(is_body).unwrap_or(columns.len());
        let (before, after) = columns.split_at(body_start);
        let words = |columns: &[u32], wanted: &[TokenKind]| {
            let wanted = columns
                .iter()
                .filter(|column| wanted.contains(&kind(column)));
            // Words of a subject have a prefix.
            let word = |&column: &u32| {
                let token = self.vocabulary.token(column);
                token.strip_prefix("subject:").unwrap_or(token)
            };
            wanted.map(word).collect::<Vec<&str>>()
        };
        let of_body = [TokenKind::Word, TokenKind::Number, TokenKind::Function];
        let subject = [
            words(before, &[TokenKind::Subject, TokenKind::Function]),
            words(after, &[TokenKind::Subject]),
        ];
        (subject.concat().join(" "), words(after, &of_body).join(" "))
    }
}
