//! An experiment that can be shown around: without the text of any mail, its addresses and its
//! numbers.
//!
//! Names of messages become numbers of rows. Of tokens those stay that many messages hold and that
//! are neither a number nor an address: what everybody writes says nothing of anybody.

use crate::results::data_card::SourceLine;
use crate::results::experiment::Experiment;
use crate::results::fit::Reasons;
use crate::results::introspection::TokenContrast;
use rustc_hash::FxHashSet;

/// What stands where something was hidden.
pub const HIDDEN: &str = "▪▪▪";
/// Messages that must hold a token for it to stay.
const MANY: u32 = 20;

impl Experiment {
    /// Hides what could tell of a person.
    pub fn redact(&mut self) {
        let many = |token: &&TokenContrast| {
            token.emails[0] + token.emails[1] >= MANY && is_plain(&token.token)
        };
        let tokens = self
            .contrast
            .iter()
            .flat_map(|contrast| &contrast.tokens)
            .filter(many);
        let known: FxHashSet<String> = tokens.map(|token| token.token.clone()).collect();
        let hide = |token: &mut String| {
            if !known.contains(token) {
                HIDDEN.clone_into(token);
            }
        };
        let hide_reasons =
            |reasons: &mut Reasons| reasons.tokens.iter_mut().for_each(|(token, _)| hide(token));
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
            message
                .votes
                .iter_mut()
                .for_each(|vote| hide_reasons(&mut vote.reasons));
        }
        if let Some(worked_example) = &mut self.worked_example {
            HIDDEN.clone_into(&mut worked_example.text);
            worked_example.cut = false;
            if let Some(bayes) = &mut worked_example.bayes {
                hide_reasons(&mut bayes.reasons);
            }
            if let Some(boundary) = &mut worked_example.boundary {
                boundary
                    .tokens
                    .iter_mut()
                    .for_each(|token| hide(&mut token.token));
            }
        }
        for tokens in &mut self.top_tokens {
            tokens
                .ham
                .iter_mut()
                .chain(&mut tokens.spam)
                .for_each(|(token, _)| hide(token));
        }
        self.data
            .leaky_tokens
            .iter_mut()
            .for_each(|decider| hide(&mut decider.token));
        if let Some(contrast) = &mut self.contrast {
            contrast
                .tokens
                .iter_mut()
                .for_each(|token| hide(&mut token.token));
        }
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
