//! Of which messages of a stream a filter is told the label, and from which of these it learns.

use crate::base::mail::Label;
use crate::results::experiments::{Feedback, Regime};

/// By how much the region in which a filter asks becomes narrower or wider with each message.
const STEP: f64 = 0.01;
/// A message is unsure where its probability is between this and its complement.
const UNSURE: f64 = 0.1;

/// Tells the labels of a stream as [`Feedback`] says.
pub(super) struct Teller {
    feedback: Feedback,
    /// Messages at the beginning whose label is told.
    first: usize,
    seen: usize,
    asked: usize,
    /// The filter asks below this probability of the class that it names.
    threshold: f64,
}

impl Teller {
    /// For a stream of so many messages.
    pub(super) fn new(feedback: Feedback, emails: usize) -> Teller {
        let first = match feedback {
            Feedback::First(share) => (share * emails as f64).ceil() as usize,
            _ => 0,
        };
        Teller {
            feedback,
            first,
            seen: 0,
            asked: 0,
            threshold: 1.0,
        }
    }

    /// Whether the label of the next message is told to a filter that gave it this probability of
    /// spam; `drawn` is a number between 0 and 1 that the message has.
    ///
    /// A filter asks by variable uncertainty (Žliobaitė, Bifet, Pfahringer and Holmes, IEEE
    /// Transactions on Neural Networks and Learning Systems 25, 2014): the region in which it is
    /// too unsure not to ask shrinks whenever it asks, and grows whenever it does not.
    pub(super) fn tells(&mut self, probability: f64, drawn: f64) -> bool {
        self.seen += 1;
        match self.feedback {
            Feedback::Immediate => true,
            Feedback::First(_) => self.seen <= self.first,
            Feedback::Partial(share) => drawn < share,
            Feedback::Active(share) => {
                if self.asked as f64 >= share * self.seen as f64 {
                    return false;
                }
                let asks = probability.max(1.0 - probability) < self.threshold;
                if asks {
                    self.asked += 1;
                    self.threshold *= 1.0 - STEP;
                } else {
                    self.threshold = (self.threshold * (1.0 + STEP)).min(1.0);
                }
                asks
            }
        }
    }
}

/// Whether a filter learns from a message that it gave this score and this probability of spam.
///
/// It is wrong by either: what only calibration puts right, as where hardly any mail is spam, the
/// model itself has not learned.
pub(super) fn learns(regime: Regime, score: f64, probability: f64, label: Label) -> bool {
    let said = [score > 0.0, probability > 0.5].map(Label::from_is_spam);
    let wrong = said != [label; 2];
    match regime {
        Regime::Everything => true,
        Regime::OnError => wrong,
        Regime::OnUnsure => wrong || probability.min(1.0 - probability) > UNSURE,
    }
}
