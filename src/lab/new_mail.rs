//! Labelled mail that the models of a file have not seen, scored by them.

use super::data::Reading;
use super::error::LabError;
use super::spec::DataSpec;
use crate::base::progress::Progress;
use crate::dataset::CorpusOptions;
use crate::input::Labels;
use crate::predict::{ScoredBatch, Scorer};
use crate::results::DataCard;

/// New mail, scored, and what was read of it.
pub struct NewMail {
    /// The messages with the verdicts of every model.
    pub scored: ScoredBatch,
    /// What was read and what was not.
    pub card: DataCard,
}

/// Reads labelled mail and scores it.
pub fn read_new(
    scorer: &Scorer,
    data: &DataSpec,
    progress: &dyn Progress,
) -> Result<NewMail, LabError> {
    let keep = CorpusOptions {
        near_duplicates: true,
        ..scorer.keep()
    };
    let reading = Reading {
        hash: true,
        labels: Labels::Needed,
        ..Reading::new(data, scorer.recipe(), keep)
    };
    let mail = reading.read(progress)?;
    Ok(NewMail {
        scored: scorer.score_corpus(mail.mail.into_corpus()),
        card: mail.card,
    })
}
