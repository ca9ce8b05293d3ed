//! Novelty: which messages are least like the mail that a model was trained on, and how well
//! novelty separates mail of another kind from it (see `model/novelty.rs`).

use super::analysis::{Analysis, LooksAt, erased, parameters};
use crate::base::mail::Label;
use crate::base::progress::Progress;
use crate::dataset::{Corpus, CorpusBuilder};
use crate::input::Labels;
use crate::lab::data::read_into;
use crate::lab::error::LabError;
use crate::lab::spec::DataSpec;
use crate::model::file::ModelFile;
use crate::model::{Novelty, Scale};
use crate::predict::Scorer;
use crate::results::Decision;
use crate::results::{ScoredEmails, measure};
use serde::{Deserialize, Serialize};

/// The row of the table.
pub(super) const ANALYSIS: Analysis = Analysis {
    name: "novelty",
    question: "Which mail is least like the mail that a model was trained on?",
    looks_at: LooksAt::ModelFile(|file, data, _, given, progress| {
        erased(rank(file, data, &parameters("novelty", given)?, progress))
    }),
    section: None,
    charts: &[],
};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoveltyParameters {
    /// The model; None for the first of the file that gives code lengths.
    pub model: Option<String>,
    /// How many outliers are listed.
    pub emails: usize,
    /// Mail of another kind, to measure how well novelty separates it from the first.
    pub contrast_with: Option<DataSpec>,
}

impl Default for NoveltyParameters {
    fn default() -> NoveltyParameters {
        NoveltyParameters {
            model: None,
            emails: 10,
            contrast_with: None,
        }
    }
}

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
struct ScoredEmail {
    id: String,
    novelty: Novelty,
    bits_per_byte: f64,
}

/// Ranks the mail of `data` by its novelty to a model of the file. Labels are not looked at.
pub fn rank(
    file: &ModelFile,
    data: &DataSpec,
    parameters: &NoveltyParameters,
    progress: &dyn Progress,
) -> Result<NoveltyReport, LabError> {
    let mut models = file.card().models.iter();
    let able = models.find(|model| model.novelty_reference.is_some());
    let name = parameters.model.as_ref().or(able.map(|model| &model.name));
    let name = name.ok_or_else(|| LabError::NoNovelty {
        model: "the file".to_owned(),
    })?;
    let scorer = Scorer::open(file, std::slice::from_ref(name))?;
    let read = |data: &DataSpec| {
        let mut builder = CorpusBuilder::new(scorer.recipe(), scorer.keep());
        read_into(&mut builder, data, Labels::Ignored, progress)?;
        scored(&scorer, name, builder.finish())
    };
    let mut emails = read(data)?;
    let other = parameters.contrast_with.as_ref().map(read).transpose()?;
    let contrast = other.map(|other| contrast(&emails, &other));
    let ratio = |of: &ScoredEmail| of.novelty.likelihood_ratio_bits_per_byte;
    emails.sort_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    Ok(NoveltyReport {
        model: name.clone(),
        emails: emails.len(),
        outliers: emails
            .into_iter()
            .take(parameters.emails)
            .map(|ScoredEmail { id, novelty, .. }| Outlier { id, novelty })
            .collect(),
        contrast,
    })
}

/// Scores mail that was tokenized as the scorer asks, in its order.
fn scored(scorer: &Scorer, model: &str, emails: Corpus) -> Result<Vec<ScoredEmail>, LabError> {
    if emails.is_empty() {
        return Err(LabError::NoMail);
    }
    let scores = scorer.score_corpus(emails);
    let one = |row: usize| {
        let code_length = scores.verdicts(0)[row].code_length?;
        Some(ScoredEmail {
            id: scores.corpus().id(row).to_owned(),
            novelty: scorer.novelty(&scores, 0, row)?,
            // The end of the text counts as a byte, as it does for the likelihood ratio.
            bits_per_byte: code_length.marginal_bits()
                / code_length.bytes?.saturating_add(1) as f64,
        })
    };
    let scored: Option<Vec<ScoredEmail>> = (0..scores.corpus().len()).map(one).collect();
    scored.ok_or_else(|| LabError::NoNovelty {
        model: model.to_owned(),
    })
}

fn contrast(emails: &[ScoredEmail], other: &[ScoredEmail]) -> NoveltyContrast {
    let roc_auc = |score: &dyn Fn(&ScoredEmail) -> f64| {
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
        let message = |likelihood_ratio_bits_per_byte, bits_per_byte| ScoredEmail {
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
