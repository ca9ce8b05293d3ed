//! Drift: how new labelled mail differs from the mail that the models of a file were trained on.

use super::analysis::{Analysis, LooksAt, erased, no_parameters};
use crate::base::mail::Label;
use crate::base::math::logit;
use crate::base::progress::Progress;
use crate::dataset::features::Vocabulary;
use crate::dataset::{Corpus, FeatureView, Likeness};
use crate::lab::data::{NewMail, Purpose, read_new};
use crate::lab::error::LabError;
use crate::lab::spec::DataSpec;
use crate::model::file::{ModelCard, ModelFile};
use crate::predict::{Classification, Scorer};
use crate::results::{
    DRIFT, Drift, Metrics, ModelDrift, PriorShift, ScoreShift, ScoredEmails, SharedMail,
    TokenShift, estimated_share, measure,
};
use crate::tokenize::TokenKinds;

/// Tokens told.
const TOLD: usize = 20;
/// Share of messages known from training from which metrics without them are worth telling.
const WORTH_TELLING: f64 = 0.01;

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
    let new = read_new(&scorer, data, Purpose::Metrics, progress)?;
    drift(file, &scorer, &new)
}

/// How mail that was scored differs from the training mail of the file.
pub fn drift(file: &ModelFile, scorer: &Scorer, new: &NewMail) -> Result<Drift, LabError> {
    let corpus = new.scored.corpus();
    let rows = corpus.labelled_rows();
    let labels: Vec<Label> = rows.iter().filter_map(|&row| corpus.label(row)).collect();
    let spam = labels.iter().filter(|label| label.is_spam()).count();
    let share = spam as f64 / labels.len().max(1) as f64;
    let held_out = file.held_out()?;
    let likenesses = file.fingerprints()?.map(|known| known.likenesses(corpus));
    let shared = likenesses.as_ref().map(|found| shared(&rows, found));
    let [ham_trained, spam_trained] = file.card().emails.map(|emails| emails as f64);
    let training = spam_trained / (ham_trained + spam_trained).max(1.0);
    let of_model = |(at, (name, _)): (usize, (&str, _))| {
        let judged = Judged {
            said: rows
                .iter()
                .map(|&row| &new.scored.verdicts(at)[row])
                .collect(),
            labels: &labels,
            card: &scorer.loaded()[at].card,
        };
        let log_odds = judged.log_odds();
        let pairs: Vec<(f64, Label)> = log_odds.iter().copied().zip(labels.clone()).collect();
        let estimated = estimated_share(&log_odds, training);
        let without = shared.as_ref().filter(|shared| {
            let emails = shared.emails();
            emails as f64 >= WORTH_TELLING * rows.len() as f64 && emails < rows.len()
        });
        let is_new = |nth: usize| {
            likenesses
                .as_ref()
                .is_none_or(|all| all[rows[nth]].is_none())
        };
        ModelDrift {
            model: name.to_owned(),
            scores: held_out
                .get(name)
                .and_then(|sketches| ScoreShift::of(&pairs, sketches)),
            prior: PriorShift {
                training,
                new: share,
                estimated,
                metrics: judged.measured(0.0, &|_| true),
                corrected: judged.measured(logit(estimated) - logit(training), &|_| true),
            },
            without_shared: without.map(|_| judged.measured(0.0, &is_new)),
        }
    };
    let models = scorer.models().enumerate().map(of_model).collect();
    let vocabulary = scorer.vocabulary();
    let kinds = FeatureView::union(file.card().models.iter().map(|model| model.view));
    let tokens = TokenCounts::of(vocabulary, kinds, corpus, &rows, share);
    Ok(Drift {
        emails: rows.len(),
        unknown_tokens: tokens.unknown / tokens.held.max(1.0),
        token_divergence_bits: tokens.parts().map(|(_, bits)| bits).sum(),
        tokens: tokens.largest(),
        shared,
        models,
    })
}

/// What the labelled rows share with the training mail.
fn shared(rows: &[usize], likenesses: &[Option<Likeness>]) -> SharedMail {
    let count = |wanted| {
        let of_kind = rows.iter().filter(|&&row| likenesses[row] == Some(wanted));
        of_kind.count()
    };
    let known = rows.iter().filter(|&&row| likenesses[row].is_some());
    SharedMail {
        duplicates: count(Likeness::Duplicate),
        near_duplicates: count(Likeness::NearDuplicate),
        rows: known.map(|&row| row as u32).collect(),
    }
}

/// What one model said of the labelled messages.
struct Judged<'a> {
    said: Vec<&'a Classification>,
    labels: &'a [Label],
    card: &'a ModelCard,
}

impl Judged<'_> {
    fn log_odds(&self) -> Vec<f64> {
        self.said.iter().map(|said| said.log_odds).collect()
    }

    /// Metrics with all log-odds shifted, of the messages whose numbers are kept.
    fn measured(&self, shift: f64, kept: &dyn Fn(usize) -> bool) -> Metrics {
        let places: Vec<usize> = (0..self.said.len()).filter(|&nth| kept(nth)).collect();
        let column = |value: &dyn Fn(usize) -> f64| -> Vec<f64> {
            places.iter().map(|&nth| value(nth)).collect()
        };
        measure(&ScoredEmails {
            labels: &places
                .iter()
                .map(|&nth| self.labels[nth])
                .collect::<Vec<_>>(),
            score: &column(&|nth| self.said[nth].score),
            scale: self.card.scale,
            log_odds: &column(&|nth| self.said[nth].log_odds + shift),
            decision: self.card.decision.decision,
            code_lengths: &[],
        })
    }
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
