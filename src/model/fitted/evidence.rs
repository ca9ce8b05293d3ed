//! Evidence: the contribution of each part of a message to its score.

use crate::dataset::Example;
use crate::results::Reasons;
use serde::{Deserialize, Serialize};
use std::ops::Range as Span;

/// The part of a message that a contribution comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EvidencePlace {
    /// A token, by its column in the vocabulary.
    Column(u32),
    /// A range of bytes of the text.
    Bytes(Span<usize>),
    /// The message as a whole.
    Whole,
}

/// What each part of a message added to its score; above 0 speaks for spam.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Each part with its contribution, in the unit of the score.
    pub parts: Vec<(EvidencePlace, f64)>,
    /// What the score would be without any part.
    pub intercept: f64,
    /// Whether `intercept` and `parts` add up to the score.
    pub exact: bool,
}

impl Evidence {
    /// Evidence of a score that is linear in the values: weight times value for each column.
    pub fn linear(mail: Example<'_>, intercept: f64, weight: impl Fn(usize) -> f64) -> Evidence {
        Evidence::by_column(mail, intercept, |column, value| weight(column) * value)
    }

    /// Evidence of a score that is a sum over the columns: what each adds by its value.
    pub fn by_column(
        mail: Example<'_>,
        intercept: f64,
        gain: impl Fn(usize, f64) -> f64,
    ) -> Evidence {
        let parts = mail
            .entries()
            .map(|(column, value)| (EvidencePlace::Column(column as u32), gain(column, value)));
        Evidence {
            parts: parts.collect(),
            intercept,
            exact: true,
        }
    }

    /// Parts word by word, each with the space before it, of a text in pieces with what each adds.
    pub fn by_word<'t>(pieces: impl Iterator<Item = (&'t [u8], f64)>) -> Vec<(EvidencePlace, f64)> {
        let mut parts = Vec::new();
        let (mut start, mut at, mut sum) = (0, 0, 0.0);
        // Whether the part has more than spaces by now.
        let mut solid = false;
        for (bytes, value) in pieces {
            if solid && bytes.first().is_some_and(u8::is_ascii_whitespace) {
                parts.push((EvidencePlace::Bytes(start..at), sum));
                (start, sum, solid) = (at, 0.0, false);
            }
            solid |= !bytes.iter().all(u8::is_ascii_whitespace);
            at += bytes.len();
            sum += value;
        }
        if at > start {
            parts.push((EvidencePlace::Bytes(start..at), sum));
        }
        parts
    }

    /// The evidence in words: its `most` heaviest parts by name. `token` names a column, `text` is
    /// that of the message.
    pub fn reasons(&self, most: usize, text: &[u8], token: impl Fn(u32) -> String) -> Reasons {
        let word = |place: &EvidencePlace| match place {
            EvidencePlace::Column(column) => token(*column),
            EvidencePlace::Bytes(span) => {
                String::from_utf8_lossy(text.get(span.clone()).unwrap_or_default())
                    .trim()
                    .to_owned()
            }
            EvidencePlace::Whole => "the mail as a whole".to_owned(),
        };
        let mut parts: Vec<&(EvidencePlace, f64)> = self.parts.iter().collect();
        parts.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        let (heaviest, others) = parts.split_at(most.min(parts.len()));
        Reasons {
            tokens: heaviest
                .iter()
                .map(|(place, value)| (word(place), *value))
                .collect(),
            rest: others.iter().map(|(_, value)| value).sum(),
            intercept: self.intercept,
            exact: self.exact,
        }
    }

    /// Intercept and parts added up: the score, if exact.
    pub fn total(&self) -> f64 {
        self.intercept + self.parts.iter().map(|(_, value)| value).sum::<f64>()
    }
}
