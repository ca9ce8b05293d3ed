//! What the models know, as plain data: tokens as both families see them, messages by their
//! likelihoods, and messages with what each model made of them. Part of the saved experiment.

use super::fit::Reasons;
use crate::base::mail::Label;
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

/// Test messages in the space of a model that writes each from a latent vector: at the means that
/// its encoder gives them, on the two axes along which these vary most.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LatentSpace {
    /// The model.
    pub model: String,
    /// Numbers of a latent vector.
    pub dimensions: usize,
    /// Test messages in all, of which some are placed.
    pub emails: usize,
    /// Row of each message that is placed.
    pub rows: Vec<u32>,
    /// Its place on both axes, from the mean.
    pub places: Vec<[f64; 2]>,
    /// The first two principal components.
    pub axes: [LatentAxis; 2],
    /// Five points from a typical ham to a typical spam; none where a class has no message.
    pub path: Vec<LatentPoint>,
}

/// An axis of a latent space, and what it means in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LatentAxis {
    /// Share of the variance along it.
    pub share: f64,
    /// The words that gain most two standard deviations below the mean, each with what it adds to
    /// the divergence, in nats.
    pub low: Vec<(String, f64)>,
    /// Those that gain most two standard deviations above the mean.
    pub high: Vec<(String, f64)>,
}

/// A point of a latent space, and what is written there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LatentPoint {
    /// Its place on both axes.
    pub at: [f64; 2],
    /// The words that gain most against the zero vector, at which the model writes as its
    /// background does.
    pub words: Vec<(String, f64)>,
}

/// What attends to what in the beginning of a message, by the last layer of a net with attention.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attention {
    /// The class as whose mail it was read, where the net must be told one.
    pub read_as: Option<Label>,
    /// What stands at each place; at the first nothing, since it is the beginning of the message.
    pub tokens: Vec<String>,
    /// By head, and by the place that looks: the share of each place. What is missing from 1 goes
    /// to places that are not told.
    pub heads: Vec<Vec<Vec<f32>>>,
}

impl Attention {
    /// That of the first places.
    #[must_use]
    pub fn beginning(mut self, places: usize) -> Attention {
        self.tokens.truncate(places);
        for head in &mut self.heads {
            head.truncate(places);
            for shares in head {
                shares.truncate(places);
            }
        }
        self
    }

    /// The mean over the heads, as a square of as many rows as there are tokens.
    pub fn mean(&self) -> Vec<Vec<f64>> {
        let places = self.tokens.len();
        let share = |head: &Vec<Vec<f32>>, looks: usize, at: usize| {
            let share = head.get(looks).and_then(|shares| shares.get(at));
            share.copied().map_or(0.0, f64::from)
        };
        let mean = |looks: usize, at: usize| {
            let all = self.heads.iter().map(|head| share(head, looks, at));
            all.sum::<f64>() / self.heads.len().max(1) as f64
        };
        let row = |looks: usize| (0..places).map(|at| mean(looks, at)).collect();
        (0..places).map(row).collect()
    }
}

/// The attention of one model on one message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttentionMap {
    /// The model.
    pub model: String,
    /// Row of the message.
    pub row: u32,
    /// What attends to what.
    pub attention: Attention,
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
