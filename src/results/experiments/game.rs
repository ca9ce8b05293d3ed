//! What writers that want to pass a filter, and filters that learn from what passed, come to.

use crate::results::fit::Family;
use crate::results::metric::Estimate;
use serde::{Deserialize, Serialize};

/// Its name.
pub const GAME: &str = "game";

/// What games of writers and filters found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GameFound {
    /// What the mail is called.
    pub mail: String,
    /// Seed.
    pub seed: u64,
    /// Ham and spam that filters learn from at first.
    pub training: [usize; 2],
    /// Ham and spam that writers have.
    pub writers: [usize; 2],
    /// Ham and spam that are tested.
    pub test: [usize; 2],
    /// Messages that are written in each round.
    pub messages: usize,
    /// Steps of a search, at most.
    pub steps: usize,
    /// One for each pair of a writer and a filter.
    pub games: Vec<Game>,
}

/// One writer against one filter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Game {
    /// The model by which the writer judges, and its family.
    pub writer: (String, Family),
    /// The model that filters, and its family.
    pub filter: (String, Family),
    /// What happened, round by round.
    pub rounds: Vec<Round>,
    /// Why it ended early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

/// One round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// Of the messages of spam, those that the filter catches as they are, in percent.
    pub caught_pct: f64,
    /// Of those caught, those that pass after a search, in percent; None if none was caught.
    pub passed_pct: Option<f64>,
    /// Words that were changed in those that pass, on average; None if none does.
    pub words_changed: Option<f64>,
    /// Of those that pass, those that the filter catches once it has learned from them, in
    /// percent; None if none does.
    pub caught_again_pct: Option<f64>,
    /// (1-ROCA) % on the clean test mail, before the filter learns from what passed.
    pub one_minus_roca_pct: Option<Estimate>,
    /// A message that passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<WrittenMessage>,
}

/// A message that passed, and what both sides made of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WrittenMessage {
    /// Its text before the search.
    pub before: String,
    /// Its text after it.
    pub after: String,
    /// Log-odds of spam by the writer's own model, before and after.
    pub writer: [f64; 2],
    /// The same by the filter, and its threshold.
    pub filter: [f64; 2],
    /// The log-odds from which on the filter catches.
    pub threshold: f64,
}
