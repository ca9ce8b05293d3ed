//! Selects the messages that a document shows, and how much of each.

use crate::results::QuotedMessage;

/// Number of messages shown in a document; the experiment contains more.
const MESSAGES: usize = 20;
/// Number of tokens shown per vote.
pub(super) const TOKENS: usize = 6;

/// The messages to show, the same number for each reason, in their order.
pub(super) fn selected(messages: &[QuotedMessage]) -> Vec<&QuotedMessage> {
    let mut reasons: Vec<&str> = Vec::new();
    for message in messages {
        if !reasons.contains(&message.why.as_str()) {
            reasons.push(&message.why);
        }
    }
    let each = MESSAGES / reasons.len().max(1);
    reasons
        .iter()
        .flat_map(|reason| {
            messages
                .iter()
                .filter(move |message| message.why == **reason)
                .take(each.max(1))
        })
        .take(MESSAGES)
        .collect()
}
