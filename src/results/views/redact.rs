//! An experiment that can be shown around: without the text of any mail, its addresses and its
//! numbers.
//!
//! Names of messages become numbers of rows. Of tokens those stay that many messages hold and that
//! are neither a number nor an address: what everybody writes says nothing of anybody.

use crate::results::data_card::SourceLine;
use crate::results::experiment::Experiment;
use crate::results::fit::Reasons;
use rustc_hash::FxHashSet;

/// What stands where something was hidden.
pub const HIDDEN: &str = "▪▪▪";
/// Messages that must hold a token for it to stay.
const MANY: u32 = 20;

impl Experiment {
    /// Hides what could tell of a person.
    pub fn redact(&mut self) {
        let known = self.known_tokens();
        let hide = |token: &mut String| {
            if !known.contains(token) {
                HIDDEN.clone_into(token);
            }
        };
        self.data.redacted = true;
        for (row, id) in self.emails.ids.iter_mut().enumerate() {
            *id = (row + 1).to_string();
        }
        for conflict in &mut self.data.conflicts {
            let places = conflict.ham.iter_mut().chain(&mut conflict.spam);
            places.for_each(|SourceLine { id, .. }| id.clear());
        }
        for message in &mut self.messages {
            HIDDEN.clone_into(&mut message.text);
            message.cut = false;
        }
        if let Some(worked_example) = &mut self.worked_example {
            HIDDEN.clone_into(&mut worked_example.text);
            worked_example.cut = false;
        }
        self.tokens_mut().for_each(hide);
    }

    /// Tokens that may stay: many messages hold them, and they are neither number nor address.
    fn known_tokens(&self) -> FxHashSet<String> {
        let contrast = self.contrast.iter().flat_map(|contrast| &contrast.tokens);
        contrast
            .filter(|token| token.emails[0] + token.emails[1] >= MANY && is_plain(&token.token))
            .map(|token| token.token.clone())
            .collect()
    }

    /// Every token that is quoted anywhere.
    fn tokens_mut(&mut self) -> impl Iterator<Item = &mut String> {
        fn of_reasons(reasons: &mut Reasons) -> impl Iterator<Item = &mut String> {
            reasons.tokens.iter_mut().map(|(token, _)| token)
        }
        let messages = self.messages.iter_mut();
        let votes = messages.flat_map(|message| &mut message.votes);
        let (bayes, boundary) = match &mut self.worked_example {
            Some(example) => (example.bayes.as_mut(), example.boundary.as_mut()),
            None => (None, None),
        };
        let top = self.top_tokens.iter_mut();
        votes
            .flat_map(|vote| of_reasons(&mut vote.reasons))
            .chain(
                bayes
                    .into_iter()
                    .flat_map(|one| of_reasons(&mut one.reasons)),
            )
            .chain(
                boundary
                    .into_iter()
                    .flat_map(|one| one.tokens.iter_mut().map(|token| &mut token.token)),
            )
            .chain(
                top.flat_map(|tokens| tokens.ham.iter_mut().chain(&mut tokens.spam))
                    .map(|(token, _)| token),
            )
            .chain(
                self.data
                    .leaky_tokens
                    .iter_mut()
                    .map(|leaky| &mut leaky.token),
            )
            .chain(
                self.contrast
                    .iter_mut()
                    .flat_map(|contrast| &mut contrast.tokens)
                    .map(|token| &mut token.token),
            )
    }
}

/// Whether a token is neither a number nor part of an address.
fn is_plain(token: &str) -> bool {
    let address = ["from:", "url:", "bytes:", "hidden:"]
        .iter()
        .any(|start| token.starts_with(start));
    !address && !token.contains(|letter: char| letter.is_ascii_digit() || letter == '@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_addresses_are_not_plain() {
        assert!(is_plain("meeting") && is_plain("subject:re") && is_plain("class:money"));
        assert!(
            ![
                "4711",
                "ann@example.org",
                "from:example.org",
                "url:example.org",
                "v1agra"
            ]
            .iter()
            .any(|one| is_plain(one))
        );
    }
}
