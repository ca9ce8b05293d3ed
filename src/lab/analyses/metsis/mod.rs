//! Metsis, Androutsopoulos and Paliouras, "Spam Filtering with Naive Bayes - Which Naive Bayes?"
//! (CEAS 2006): five event models on Enron1 to Enron6.

mod protocol;
mod published;
mod tables;

pub use protocol::{Recalls, replicate};
pub use published::SETS;
pub use tables::{DeviationRow, DeviationTable, RecallRow, RecallTable, Replication};

use super::analysis::{Analysis, LooksAt, erased, no_parameters};

/// The row of the table.
pub(super) const ANALYSIS: Analysis = Analysis {
    name: "metsis",
    question: "Which naive Bayes is best, as Metsis and others measured it in 2006?",
    looks_at: LooksAt::Mail(|spec, catalog, given, progress| {
        no_parameters("metsis", given)?;
        erased(replicate(spec, catalog, progress))
    }),
    section: None,
    charts: &[],
};
