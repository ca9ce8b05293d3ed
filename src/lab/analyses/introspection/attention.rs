//! Which token of one message looks at which, by each net with attention: the message that is
//! followed through both families, or a short one where none is.

use super::LENGTH;
use crate::lab::analyses::analysis::{Analysis, Compared, LooksAt, OnComparison, plain};
use crate::results::{self, AttentionMap};

/// Places that are told, the beginning of the message included.
const PLACES: usize = 24;

/// The row of the table.
pub(in crate::lab::analyses) const ANALYSIS: Analysis = Analysis {
    name: results::ATTENTION,
    question: "Which token of a message looks at which?",
    looks_at: LooksAt::Comparison(OnComparison::new(|of, _| {
        let found = of.attention();
        (!found.is_empty()).then(|| plain(found))?
    })),
    section: None,
    charts: &["attention"],
};

impl Compared<'_> {
    /// That of each net, as learned on the fold that tests the message.
    fn attention(&self) -> Vec<AttentionMap> {
        let followed = self.worth_following().map(|(fold, _, row)| (fold, row));
        let Some((fold, row)) = followed.or_else(|| self.short()) else {
            return Vec::new();
        };
        let of_model = |model: usize| {
            let trained = self.trained(fold, model)?;
            let email = self.encoded(fold, trained, &[row]);
            let attention = trained.fitted.classifier().attention(email.example(0))?;
            Some(AttentionMap {
                model: self.models[model].name.clone(),
                row: row as u32,
                attention: attention.beginning(PLACES),
            })
        };
        (0..self.models.len()).filter_map(of_model).collect()
    }

    /// The first fold and the row of its shortest test message among those of a fit length; of all
    /// where none is.
    fn short(&self) -> Option<(usize, usize)> {
        let scored = (0..self.models.len()).find_map(|model| self.scored(0, model))?;
        let corpus = self.results.first()?.corpus;
        let length = |row: usize| corpus.bag(row).len();
        let rows = scored.rows.iter().map(|&row| row as usize);
        let row = rows.min_by_key(|&row| (!LENGTH.contains(&length(row)), length(row)))?;
        Some((0, row))
    }
}
