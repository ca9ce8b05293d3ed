//! Drift: how new labelled mail differs from the mail that the models of a file were trained on.

use super::analysis::{Analysis, LooksAt, erased, no_parameters};
use crate::base::mail::Label;
use crate::base::math::logit;
use crate::base::progress::Progress;
use crate::dataset::features::Vocabulary;
use crate::dataset::{Corpus, FeatureView};
use crate::lab::data::{NewMail, read_new};
use crate::lab::error::LabError;
use crate::lab::spec::DataSpec;
use crate::model::file::ModelFile;
use crate::predict::{Classification, Scorer};
use crate::results::{
    DRIFT, Drift, Metrics, ModelDrift, PriorShift, ScoreShift, ScoredEmails, TokenShift,
    estimated_share, measure,
};
use crate::tokenize::TokenKinds;

/// Tokens told.
const TOLD: usize = 20;

/// The row of the table.
pub(super) const ANALYSIS: Analysis = Analysis {
    name: DRIFT,
    question: "How does new mail differ from the mail that the models were trained on?",
    looks_at: LooksAt::ModelFile(|file, data, _, given, progress| {
        no_parameters(DRIFT, given)?;
        erased(of_file(file, data, progress))
    }),
    section: Some("drift"),
    charts: &[],
};

fn of_file(file: &ModelFile, data: &DataSpec, progress: &dyn Progress) -> Result<Drift, LabError> {
    let scorer = Scorer::open(file, &[])?;
    drift(file, &scorer, &read_new(&scorer, data, progress)?)
}

/// How mail that was scored differs from the training mail of the file.
pub fn drift(file: &ModelFile, scorer: &Scorer, new: &NewMail) -> Result<Drift, LabError> {
    let corpus = new.scored.corpus();
    let rows = corpus.labelled_rows();
    let labels: Vec<Label> = rows.iter().filter_map(|&row| corpus.label(row)).collect();
    let spam = labels.iter().filter(|label| label.is_spam()).count();
    let share = spam as f64 / labels.len().max(1) as f64;
    let held_out = file.held_out()?;
    let [ham_trained, spam_trained] = file.card().emails.map(|emails| emails as f64);
    let training = spam_trained / (ham_trained + spam_trained).max(1.0);
    let of_model = |(at, (name, _)): (usize, (&str, _))| {
        let said: Vec<&Classification> = rows
            .iter()
            .map(|&row| &new.scored.verdicts(at)[row])
            .collect();
        let pairs: Vec<(f64, Label)> = said
            .iter()
            .map(|said| said.log_odds)
            .zip(labels.iter().copied())
            .collect();
        let sketches = held_out.get(name);
        let card = &scorer.loaded()[at].card;
        let measured = |shift: f64| -> Metrics {
            let log_odds: Vec<f64> = said.iter().map(|said| said.log_odds + shift).collect();
            let score: Vec<f64> = said.iter().map(|said| said.score).collect();
            measure(&ScoredEmails {
                labels: &labels,
                score: &score,
                scale: card.scale,
                log_odds: &log_odds,
                decision: card.decision.decision,
                code_lengths: &[],
            })
        };
        let log_odds: Vec<f64> = said.iter().map(|said| said.log_odds).collect();
        let estimated = estimated_share(&log_odds, training);
        ModelDrift {
            model: name.to_owned(),
            scores: sketches.and_then(|sketches| ScoreShift::of(&pairs, sketches)),
            prior: PriorShift {
                training,
                new: share,
                estimated,
                metrics: measured(0.0),
                corrected: measured(logit(estimated) - logit(training)),
            },
        }
    };
    let models = scorer.models().enumerate().map(of_model).collect();
    let vocabulary = file.vocabulary()?;
    let kinds = FeatureView::union(file.card().models.iter().map(|model| model.view));
    let tokens = TokenCounts::of(&vocabulary, kinds, corpus, &rows, share);
    Ok(Drift {
        emails: rows.len(),
        unknown_tokens: tokens.unknown / tokens.held.max(1.0),
        token_divergence_bits: tokens.parts().map(|(_, bits)| bits).sum(),
        tokens: tokens.largest(),
        models,
    })
}

/// In how many messages each token of the vocabulary is, then and now.
struct TokenCounts<'a> {
    vocabulary: &'a Vocabulary,
    /// Share of the training mail that holds each column, weighed to the new share of spam.
    training: Vec<f64>,
    /// Messages of the new mail that hold each column.
    new: Vec<f64>,
    emails: f64,
    /// All pairs of a new message and a token that it holds, and those of tokens without a
    /// column.
    held: f64,
    unknown: f64,
}

impl<'a> TokenCounts<'a> {
    fn of(
        vocabulary: &'a Vocabulary,
        kinds: TokenKinds,
        corpus: &Corpus,
        rows: &[usize],
        share_of_spam: f64,
    ) -> TokenCounts<'a> {
        let frequencies = vocabulary.frequencies();
        let weights = [1.0 - share_of_spam, share_of_spam];
        let weighed = |holding: &[u32; 2]| -> f64 {
            let of = |class: usize| {
                let emails = f64::from(frequencies.emails[class].max(1));
                weights[class] * f64::from(holding[class]) / emails
            };
            of(0) + of(1)
        };
        let lexicon = corpus.lexicon();
        // A token of a kind that no model reads is neither known nor unknown.
        let read = |(kind, token)| kinds.holds(kind).then(|| vocabulary.column(token));
        let columns: Vec<Option<Option<u32>>> = lexicon.iter().map(read).collect();
        let mut counts = TokenCounts {
            vocabulary,
            training: frequencies.holding.iter().map(weighed).collect(),
            new: vec![0.0; vocabulary.len()],
            emails: rows.len() as f64,
            held: 0.0,
            unknown: 0.0,
        };
        for &row in rows {
            for &(token, _) in corpus.bag(row) {
                let Some(column) = columns[token as usize] else {
                    continue;
                };
                counts.held += 1.0;
                match column {
                    Some(column) => counts.new[column as usize] += 1.0,
                    None => counts.unknown += 1.0,
                }
            }
        }
        counts
    }

    /// The parts of the divergence in bits, by column; all tokens without one are one part.
    fn parts(&self) -> impl Iterator<Item = (Option<u32>, f64)> {
        let then: f64 = self.training.iter().sum();
        let part = move |before: f64, after: f64| {
            let (p, q) = (before / then.max(1e-300), after / self.held.max(1.0));
            let middle = f64::midpoint(p, q);
            let against = |share: f64| {
                if share > 0.0 {
                    share * (share / middle).log2()
                } else {
                    0.0
                }
            };
            f64::midpoint(against(p), against(q))
        };
        let known = self.training.iter().zip(&self.new).zip(0..);
        known
            .map(move |((&before, &after), column)| (Some(column), part(before, after)))
            .chain([(None, part(0.0, self.unknown))])
    }

    fn largest(&self) -> Vec<TokenShift> {
        let known = self
            .parts()
            .filter_map(|(column, bits)| Some((column?, bits)));
        let mut parts: Vec<(u32, f64)> = known.filter(|part| part.1 > 0.0).collect();
        parts.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        parts.truncate(TOLD);
        let shift = |(column, bits): (u32, f64)| TokenShift {
            token: self.vocabulary.token(column).to_owned(),
            training: self.training[column as usize],
            new: self.new[column as usize] / self.emails.max(1.0),
            bits,
        };
        parts.into_iter().map(shift).collect()
    }
}
