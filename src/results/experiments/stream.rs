//! What filters made of mail that comes one message after the other: each is scored, and only then
//! may its label be told and learned from, as on the TREC spam tracks (Cormack and Lynam 2005).

use crate::results::fit::Family;
use crate::results::metric::Estimate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Its name.
pub const STREAM: &str = "stream";
/// The name of the filter that combines the best model of each family.
pub const FUSION: &str = "fusion";
/// What is measured over time: keys of metrics, lower being better in all. The last one is spam
/// misclassified where one in a thousand ham is.
pub const METRICS_OF_A_STREAM: [&str; 5] = [
    "ham_misclassified_pct",
    "spam_misclassified_pct",
    "lam_pct",
    ROCA,
    SPAM_MISSED_AT,
];
/// What the TREC spam tracks rank filters by.
pub const ROCA: &str = "one_minus_roca_pct";
/// 100 less the recall at a false positive rate of 0.1 %.
pub const SPAM_MISSED_AT: &str = "spam_missed_at_ham_01_pct";

/// What a stream experiment found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StreamFound {
    /// Seed.
    pub seed: u64,
    /// Replicates of the bootstrap behind the intervals.
    pub resamples: u32,
    /// Each input as a stream of its own.
    pub streams: Vec<Stream>,
}

/// The messages of one input, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stream {
    /// What the mail is called.
    pub mail: String,
    /// Ham and spam.
    pub emails: [usize; 2],
    /// What came of each way to teach.
    pub lessons: Vec<Lesson>,
}

/// Of which messages the label is told.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feedback {
    /// Of each, as soon as it has been scored.
    Immediate,
    /// Of the first ones only, by their share of all.
    First(f64),
    /// Of some, drawn at random, by their share: TREC 2007 drew recipients, whom most corpora hide,
    /// so that each message is its own recipient here.
    Partial(f64),
    /// Of those that the filter asks about, no more than this share of those seen so far.
    Active(f64),
}

/// From which of the messages whose label is told a filter learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Regime {
    /// From each.
    Everything,
    /// From those that it got wrong, by its own score or by its calibrated probability.
    OnError,
    /// From those, and from those that it was unsure of.
    OnUnsure,
}

/// A way to teach, and what each filter made of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lesson {
    /// Of which messages the label is told.
    pub feedback: Feedback,
    /// From which of these a filter learns.
    pub regime: Regime,
    /// Each filter, in the order of the catalog, and last their fusion.
    pub filters: Vec<FilterFound>,
}

/// What a filter made of a stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FilterFound {
    /// Name of the model, or [`FUSION`].
    pub name: String,
    /// Its family; none of the fusion.
    pub family: Option<Family>,
    /// Messages whose label it was told.
    pub told: usize,
    /// Messages that it learned from.
    pub learned: usize,
    /// The metrics of a stream on all of it, with their intervals; of a model of bytes also bits
    /// per byte, by what it knew when it read each message.
    pub estimates: BTreeMap<String, Estimate>,
    /// The metrics of a stream on its first messages, by their number, ascending.
    pub curve: Vec<StreamPoint>,
}

/// The first messages of a stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StreamPoint {
    /// How many.
    pub emails: usize,
    /// The metrics of a stream on these, as far as they are defined.
    pub metrics: BTreeMap<String, Estimate>,
}

impl Feedback {
    /// Whether all filters are told of the same messages.
    pub fn is_common(self) -> bool {
        !matches!(self, Feedback::Active(_))
    }

    /// In words.
    pub fn name(self) -> String {
        let percent = |share: f64| format!("{} %", (1_000.0 * share).round() / 10.0);
        match self {
            Feedback::Immediate => "every label".to_owned(),
            Feedback::First(share) => format!("the first {}", percent(share)),
            Feedback::Partial(share) => format!("{} drawn", percent(share)),
            Feedback::Active(share) => format!("{} asked for", percent(share)),
        }
    }
}

impl Regime {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Regime::Everything => "learns everything",
            Regime::OnError => "learns from errors",
            Regime::OnUnsure => "learns where unsure",
        }
    }
}

impl FilterFound {
    /// A metric on all of the stream.
    pub fn value(&self, key: &str) -> Option<f64> {
        self.estimates.get(key)?.value
    }
}

impl Lesson {
    /// The filter of a family that ranks best on all of the stream; of none, the fusion.
    pub fn best(&self, family: Option<Family>) -> Option<&FilterFound> {
        let of_family = self.filters.iter().filter(|filter| filter.family == family);
        let ranked = of_family.filter_map(|filter| Some((filter, filter.value(ROCA)?)));
        ranked
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(filter, _)| filter)
    }

    /// In words.
    pub fn name(&self) -> String {
        match (self.feedback, self.regime) {
            (feedback, Regime::Everything) => feedback.name(),
            (Feedback::Immediate, regime) => regime.name().to_owned(),
            (feedback, regime) => format!("{}, {}", feedback.name(), regime.name()),
        }
    }
}
