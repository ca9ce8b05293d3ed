//! From a score to a verdict. Nothing else in the program compares a score with a threshold:
//! metrics, tests, tables, charts and commands all ask a [`Decision`].

use crate::base::mail::Label;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The rule that turns calibrated log-odds of spam (nats) into a verdict. By default a message is
/// spam from log-odds 0 up, which is a probability of one half, and no message is unsure.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Decision {
    /// Log-odds from which a message is spam.
    pub threshold: f64,
    /// Log-odds between which, both ends excluded, a message is unsure.
    #[serde(default)]
    pub unsure_band: Option<[f64; 2]>,
}

impl Decision {
    /// The rule with this threshold in place of the default one.
    #[must_use]
    pub const fn at(threshold: f64) -> Decision {
        Decision {
            threshold,
            unsure_band: None,
        }
    }

    /// The class where one of two must be named, as every metric wants it: by the threshold alone.
    pub fn label(&self, log_odds: f64) -> Label {
        Label::from_is_spam(log_odds >= self.threshold)
    }

    /// The verdict: unsure within the band, else the class.
    pub fn verdict(&self, log_odds: f64) -> Verdict {
        match self.unsure_band {
            Some([low, high]) if low < log_odds && log_odds < high => Verdict::Unsure,
            _ => self.label(log_odds).into(),
        }
    }

    /// The class by a model's own rule, before any calibration: spam from a raw score of 0 up, as
    /// by calibrated log-odds.
    pub fn label_of_raw_score(score: f64) -> Label {
        Decision::default().label(score)
    }
}

/// What is said of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Wanted.
    Ham,
    /// Too close to call.
    Unsure,
    /// Unwanted.
    Spam,
}

impl Verdict {
    /// All three, from ham to spam.
    pub const ALL: [Verdict; 3] = [Verdict::Ham, Verdict::Unsure, Verdict::Spam];

    /// Whether the verdict names this class.
    pub fn names(self, label: Label) -> bool {
        self == label.into()
    }

    /// `ham`, `unsure` or `spam`.
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Ham => "ham",
            Verdict::Unsure => "unsure",
            Verdict::Spam => "spam",
        }
    }
}

impl From<Label> for Verdict {
    fn from(label: Label) -> Verdict {
        match label {
            Label::Ham => Verdict::Ham,
            Label::Spam => Verdict::Spam,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_on_the_threshold_is_spam_by_log_odds_and_by_raw_score() {
        let decision = Decision::default();
        assert_eq!(
            [-1e-9, 0.0, 3.0].map(|odds| decision.label(odds)),
            [Label::Ham, Label::Spam, Label::Spam]
        );
        assert_eq!(decision.verdict(-0.1), Verdict::Ham);
        assert_eq!(Decision::at(2.0).label(1.9), Label::Ham);
        assert_eq!(
            [-1e-9, 0.0].map(Decision::label_of_raw_score),
            [Label::Ham, Label::Spam]
        );
    }

    #[test]
    fn between_the_ends_of_the_band_nothing_is_sure_yet_a_class_is_named() {
        let decision = Decision {
            threshold: 1.0,
            unsure_band: Some([-2.0, 3.0]),
        };
        assert_eq!(
            [-2.0, -1.9, 2.9, 3.0].map(|odds| decision.verdict(odds)),
            [
                Verdict::Ham,
                Verdict::Unsure,
                Verdict::Unsure,
                Verdict::Spam
            ]
        );
        assert_eq!(decision.label(2.9), Label::Spam);
        assert!(Verdict::Spam.names(Label::Spam) && !Verdict::Unsure.names(Label::Ham));
    }
}
