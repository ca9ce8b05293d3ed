//! Novelty: which messages are least like the mail that a model was trained on, and how well
//! novelty separates mail of another kind from it (see `model/novelty.rs`).

use super::error::AnalysisError;
use crate::base::mail::Label;
use crate::dataset::Corpus;
use crate::model::{Novelty, Scale};
use crate::predict::Scorer;
use crate::results::Decision;
use crate::results::{ScoredEmails, measure};
use serde::Serialize;

/// Mail ranked by novelty.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NoveltyReport {
    /// The model.
    pub model: String,
    /// Messages ranked.
    pub emails: usize,
    /// The most novel of them, the most novel first.
    pub outliers: Vec<Outlier>,
    /// How well novelty separates mail of another kind from them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contrast: Option<NoveltyContrast>,
}

/// A message and how novel it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outlier {
    /// What the message is called.
    pub id: String,
    /// How novel it is.
    #[serde(flatten)]
    pub novelty: Novelty,
}

/// How well novelty separates mail of another kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NoveltyContrast {
    /// Messages of the other kind.
    pub emails: usize,
    /// ROC AUC of novelty, from 0 to 1: the probability that a message of the other kind is more
    /// novel than one of the first.
    pub roc_auc: Option<f64>,
    /// The same of the code length per byte, without a background model to compare with.
    pub roc_auc_of_code_length: Option<f64>,
}

/// A message as the analysis sees it.
struct Ranked {
    id: String,
    novelty: Novelty,
    bits_per_byte: f64,
}

/// Ranks `emails` by their novelty to the one model of `scorer` and lists the first `most`; `other`
/// is mail of another kind. Both must be tokenized as the scorer asks. Labels are not looked at.
pub fn rank(
    scorer: &Scorer,
    emails: Corpus,
    other: Option<Corpus>,
    most: usize,
) -> Result<NoveltyReport, AnalysisError> {
    let mut emails = ranked(scorer, emails)?;
    let other = other.map(|other| ranked(scorer, other)).transpose()?;
    let contrast = other.map(|other| contrast(&emails, &other));
    let ratio = |of: &Ranked| of.novelty.likelihood_ratio_bits_per_byte;
    emails.sort_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    Ok(NoveltyReport {
        model: name(scorer),
        emails: emails.len(),
        outliers: emails
            .into_iter()
            .take(most)
            .map(|Ranked { id, novelty, .. }| Outlier { id, novelty })
            .collect(),
        contrast,
    })
}

fn name(scorer: &Scorer) -> String {
    let mut models = scorer.models();
    models
        .next()
        .map_or_else(String::new, |(name, _)| name.to_owned())
}

fn ranked(scorer: &Scorer, emails: Corpus) -> Result<Vec<Ranked>, AnalysisError> {
    if emails.is_empty() {
        return Err(AnalysisError::NoMail);
    }
    let scored = scorer.score_corpus(emails);
    let one = |row: usize| {
        let code_length = scored.verdicts(0)[row].code_length?;
        Some(Ranked {
            id: scored.corpus().id(row).to_owned(),
            novelty: scorer.novelty(&scored, 0, row)?,
            // The end of the text counts as a byte, as it does for the likelihood ratio.
            bits_per_byte: code_length.marginal_bits()
                / code_length.bytes?.saturating_add(1) as f64,
        })
    };
    let ranked: Option<Vec<Ranked>> = (0..scored.corpus().len()).map(one).collect();
    let model = name(scorer);
    ranked.ok_or(AnalysisError::NoNovelty { model })
}

fn contrast(emails: &[Ranked], other: &[Ranked]) -> NoveltyContrast {
    let roc_auc = |score: &dyn Fn(&Ranked) -> f64| {
        let scores: Vec<f64> = emails.iter().chain(other).map(score).collect();
        let labels: Vec<Label> = (0..scores.len())
            .map(|at| Label::from_is_spam(at >= emails.len()))
            .collect();
        let metrics = measure(&ScoredEmails {
            labels: &labels,
            score: &scores,
            scale: Scale::Index,
            log_odds: &scores,
            code_lengths: &[],
            decision: Decision::default(),
        });
        let missing_pct = metrics.get("one_minus_roca_pct").copied().flatten()?;
        Some(1.0 - missing_pct / 100.0)
    };
    NoveltyContrast {
        emails: other.len(),
        roc_auc: roc_auc(&|of| -of.novelty.likelihood_ratio_bits_per_byte),
        roc_auc_of_code_length: roc_auc(&|of| of.bits_per_byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contrast_is_the_share_of_pairs_in_which_the_other_message_is_more_novel() {
        let message = |likelihood_ratio_bits_per_byte, bits_per_byte| Ranked {
            id: String::new(),
            novelty: Novelty {
                likelihood_ratio_bits_per_byte,
                p_value: 0.5,
            },
            bits_per_byte,
        };
        // By hand: the other message is the more novel one in three of four pairs by the ratio, and
        // has the longer code in one of four, with one tie.
        let emails = [message(3.0, 2.0), message(1.0, 4.0)];
        let other = [message(2.0, 2.0), message(0.0, 3.0)];
        let found = contrast(&emails, &other);
        assert_eq!(found.roc_auc, Some(0.75));
        assert_eq!(found.roc_auc_of_code_length, Some(0.375));
        assert_eq!(contrast(&emails, &[]).roc_auc, None);
    }
}
