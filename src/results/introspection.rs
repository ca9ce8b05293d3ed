//! What the models know, as plain data: tokens as both families see them, messages by their
//! likelihoods, and messages with what each model made of them. Part of the saved experiment.

use super::fit::Reasons;
use serde::{Deserialize, Serialize};

/// Each token as one model of each family sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contrast {
    /// The generative model: what one occurrence adds to its log-odds.
    pub generative: String,
    /// The discriminative model: the weight.
    pub discriminative: String,
    /// Tokens of the vocabulary in all; `tokens` holds those in most messages and those with the
    /// most to say.
    pub vocabulary: usize,
    /// The tokens.
    pub tokens: Vec<TokenContrast>,
}

/// One token in both models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TokenContrast {
    /// The token.
    pub token: String,
    /// Training messages that hold it: ham, spam.
    pub emails: [u32; 2],
    /// ln p(token | spam) / p(token | ham).
    pub log_likelihood_ratio: f64,
    /// Weight in the discriminative model.
    pub weight: f64,
}

/// Test messages by their likelihoods under a generative model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LikelihoodPlane {
    /// The model.
    pub model: String,
    /// What a log likelihood is divided by: `token` or `byte`.
    pub unit: String,
    /// Row of each message.
    pub rows: Vec<u32>,
    /// ln p(mail | ham) and ln p(mail | spam), each divided by the number of units, in nats.
    pub log_likelihoods: Vec<[f64; 2]>,
}

/// The tokens on which a model relies most.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TopTokens {
    /// The model.
    pub model: String,
    /// Those that speak for ham, with their weights: highest first by size of weight times the
    /// messages that hold the token.
    pub ham: Vec<(String, f64)>,
    /// Those that speak for spam.
    pub spam: Vec<(String, f64)>,
}

/// One message followed through both families.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkedExample {
    /// Row in [`super::EmailTable`].
    pub row: u32,
    /// The beginning of its text.
    pub text: String,
    /// Whether `text` is cut.
    pub cut: bool,
    /// Through the generative model.
    pub bayes: Option<GenerativeExample>,
    /// Through the discriminative model.
    pub boundary: Option<DiscriminativeExample>,
}

/// A message by Bayes' rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GenerativeExample {
    /// The model.
    pub model: String,
    /// ln p(ham), ln p(spam).
    pub log_prior: [f64; 2],
    /// ln p(mail | ham), ln p(mail | spam).
    pub log_likelihood: [f64; 2],
    /// What each part of the message added to the difference.
    pub reasons: Reasons,
    /// Calibrated log-odds of spam, in nats.
    pub log_odds: f64,
}

/// A message by its distance to the boundary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DiscriminativeExample {
    /// The model.
    pub model: String,
    /// The tokens that moved it most.
    pub tokens: Vec<WeightedToken>,
    /// What all others added.
    pub rest: f64,
    /// The score of a message without any token.
    pub bias: f64,
    /// The score.
    pub score: f64,
    /// Euclidean length of the weights: the distance to the boundary is the score divided by it.
    pub norm: f64,
    /// Calibrated log-odds of spam, in nats.
    pub log_odds: f64,
}

/// A token of a message in a linear model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeightedToken {
    /// The token.
    pub token: String,
    /// Its weight.
    pub weight: f64,
    /// Its value in the mail.
    pub value: f64,
}

/// A selected message, with the score of each model and its reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuotedMessage {
    /// Row in [`super::EmailTable`].
    pub row: u32,
    /// Why it was picked: `looks mislabelled`, `families disagree`, `error`, `near the boundary`,
    /// `typical`.
    pub why: String,
    /// The beginning of its text: subject, newline, body.
    pub text: String,
    /// Whether `text` is cut.
    pub cut: bool,
    /// One for each model that scored it.
    pub votes: Vec<Vote>,
}

/// The score of one model and its reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vote {
    /// The model.
    pub model: String,
    /// Calibrated log-odds of spam, in nats.
    pub log_odds: f64,
    /// What decided.
    pub reasons: Reasons,
}
