//! The selected messages that a document shows, and how much of each.

use crate::results::{Experiment, QuotedMessage};

/// Messages shown in a document; the experiment holds more.
const MESSAGES: usize = 20;
/// Tokens shown of each vote.
pub(super) const TOKENS: usize = 6;

/// The messages to show: as many of each reason, in their order.
pub(super) fn selected(experiment: &Experiment) -> Vec<&QuotedMessage> {
    let mut reasons: Vec<&str> = Vec::new();
    for message in &experiment.messages {
        if !reasons.contains(&message.why.as_str()) {
            reasons.push(&message.why);
        }
    }
    let each = MESSAGES / reasons.len().max(1);
    reasons
        .iter()
        .flat_map(|reason| {
            experiment
                .messages
                .iter()
                .filter(move |message| message.why == **reason)
                .take(each.max(1))
        })
        .take(MESSAGES)
        .collect()
}
