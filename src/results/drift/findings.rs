//! How new mail differs from the mail that models were trained on.

use super::score_sketch::ScoreSketch;
use crate::base::mail::Label;
use crate::base::math::{logit, sigmoid};
use crate::results::metric::Metrics;
use serde::{Deserialize, Serialize};

/// Bins of the population stability index: tenths of the training mail.
const BINS: usize = 10;
/// What χ² of 0 to 9 degrees of freedom stays below in 95 % of samples (the common tables).
const CHI_SQUARE: [f64; BINS] = [
    0.0, 3.841, 5.991, 7.815, 9.488, 11.070, 12.592, 14.067, 15.507, 16.919,
];
/// Steps of expectation maximisation, at most.
const STEPS: usize = 1_000;

/// How new mail differs from the training mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// Messages compared.
    pub emails: usize,
    /// Share of the tokens of the new mail that are not in the vocabulary, each message's distinct
    /// tokens counted once, of the kinds that the models read.
    pub unknown_tokens: f64,
    /// The Jensen-Shannon divergence of the tokens, in bits, from 0 (the same) to 1; the training
    /// mail is weighed to the new mail's share of spam.
    pub token_divergence_bits: f64,
    /// The tokens with the largest parts of it, the largest first.
    pub tokens: Vec<TokenShift>,
    /// What the new mail shares with the training mail; none where the model file cannot tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<SharedMail>,
    /// What became of each model's scores.
    pub models: Vec<ModelDrift>,
}

/// Labelled messages of the new mail that the training mail held, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedMail {
    /// Those whose body agrees with one of the training mail up to case, digits, punctuation and
    /// spaces.
    pub duplicates: usize,
    /// Others that nearly do.
    pub near_duplicates: usize,
    /// Their rows.
    pub rows: Vec<u32>,
}

impl SharedMail {
    /// All of them.
    pub fn emails(&self) -> usize {
        self.duplicates + self.near_duplicates
    }
}

/// How often a token is held then and now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TokenShift {
    /// The token.
    pub token: String,
    /// Share of the training mail, weighed to the new mail's share of spam, that holds it.
    pub training: f64,
    /// Share of the new mail that holds it.
    pub new: f64,
    /// Its part of the divergence, in bits.
    pub bits: f64,
}

/// What became of the scores of one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelDrift {
    /// The model.
    pub model: String,
    /// How its scores differ from those of mail held out of training; none where the model file
    /// does not tell them.
    pub scores: Option<ScoreShift>,
    /// The share of spam, and what correcting for it gives.
    pub prior: PriorShift,
    /// Metrics without the messages that the training mail held, too; none where they are less
    /// than a hundredth, or all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_shared: Option<Metrics>,
}

/// How scores differ from those of mail held out of training.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScoreShift {
    /// Population stability index over tenths of the held-out mail, in nats.
    pub stability_index: f64,
    /// What it stays below in 95 % of samples of mail that did not change.
    pub if_unchanged: f64,
    /// Largest difference of the two distributions (Kolmogorov and Smirnov), from 0 to 1: ham,
    /// spam.
    pub largest_difference: [Option<f64>; 2],
}

/// A change in the share of spam.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriorShift {
    /// Share of spam in the training mail.
    pub training: f64,
    /// Share of spam in the new mail, by its labels.
    pub new: f64,
    /// The same as estimated from the scores alone.
    pub estimated: f64,
    /// Metrics as the model scores.
    pub metrics: Metrics,
    /// Metrics with log-odds corrected for the estimated share.
    pub corrected: Metrics,
}

/// The share of spam among messages of these log-odds, by a model whose probabilities are true
/// where the share is `training`: expectation maximisation (Saerens, Latinne and Decaestecker,
/// "Adjusting the outputs of a classifier to new a priori probabilities", Neural Computation 14,
/// 2002).
pub fn estimated_share(log_odds: &[f64], training: f64) -> f64 {
    let mut share = training;
    for _ in 0..STEPS {
        let shift = logit(share) - logit(training);
        let sum: f64 = log_odds.iter().map(|odds| sigmoid(odds + shift)).sum();
        let next = (sum / log_odds.len().max(1) as f64).clamp(1e-6, 1.0 - 1e-6);
        if (next - share).abs() < 1e-9 {
            return next;
        }
        share = next;
    }
    share
}

impl ScoreShift {
    /// Of scores with their classes against the sketches of ham and spam. None if nothing is known
    /// of either, or there is nothing new.
    pub fn of(scored: &[(f64, Label)], held_out: &[ScoreSketch; 2]) -> Option<ScoreShift> {
        let largest = |label: Label| {
            let new = descending(
                scored
                    .iter()
                    .filter(|(_, is)| *is == label)
                    .map(|one| one.0),
            );
            largest_difference(&held_out[label.index()], &new)
        };
        let new = descending(scored.iter().map(|one| one.0));
        let (stability_index, if_unchanged) = stability_index(held_out, &new)?;
        Some(ScoreShift {
            stability_index,
            if_unchanged,
            largest_difference: Label::BOTH.map(largest),
        })
    }
}

fn descending(scores: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut scores: Vec<f64> = scores.collect();
    scores.sort_by(|a, b| b.total_cmp(a));
    scores
}

/// How many of the scores are at least this one.
fn at_least(descending: &[f64], score: f64) -> f64 {
    descending.partition_point(|&one| one >= score) as f64
}

fn largest_difference(sketch: &ScoreSketch, new: &[f64]) -> Option<f64> {
    let differences = sketch
        .shares()
        .map(|(score, share)| (at_least(new, score) / new.len() as f64 - share).abs());
    (!new.is_empty()).then(|| differences.reduce(f64::max))?
}

/// Σ (new - old) ln(new / old) over bins that held a tenth of the mail each. Half a message more in
/// each bin keeps empty ones finite. Beside it stands what it stays below in 95 % of samples of
/// mail that did not change: of independent messages it is then χ² of one degree of freedom less
/// than there are bins, times 1 / old + 1 / new messages (Yurdakul and Naranjo, "Statistical
/// properties of the population stability index", Journal of Risk Model Validation 14, 2020).
fn stability_index(held_out: &[ScoreSketch; 2], new: &[f64]) -> Option<(f64, f64)> {
    let emails: usize = held_out.iter().map(|sketch| sketch.emails).sum();
    if emails == 0 || new.is_empty() {
        return None;
    }
    // Every kept score with the number of messages that it stands for.
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for sketch in held_out {
        let mut before = 0.0;
        for (score, share) in sketch.shares() {
            kept.push((score, (share - before) * sketch.emails as f64));
            before = share;
        }
    }
    kept.sort_by(|a, b| b.0.total_cmp(&a.0));
    let size = emails as f64 / BINS as f64;
    // The lowest score of each bin, and how many messages it holds.
    let mut bins: Vec<(f64, f64)> = Vec::new();
    let mut held = 0.0;
    for tied in kept.chunk_by(|a, b| a.0 == b.0) {
        held += tied.iter().map(|one| one.1).sum::<f64>();
        if held >= size - 1e-9 {
            bins.push((tied[0].0, held));
            held = 0.0;
        }
    }
    match bins.last_mut() {
        Some(last) => *last = (f64::NEG_INFINITY, last.1 + held),
        None => bins.push((f64::NEG_INFINITY, held)),
    }
    let count = bins.len() as f64;
    let share = |of: f64, all: f64| (of + 0.5) / (all + 0.5 * count);
    let mut above = 0.0;
    let parts = bins.iter().map(|&(lowest, old)| {
        let upto = at_least(new, lowest);
        let now = share(upto - above, new.len() as f64);
        above = upto;
        let then = share(old, emails as f64);
        (now - then) * (now / then).ln()
    });
    let index = parts.sum();
    let of_one = 1.0 / emails as f64 + 1.0 / new.len() as f64;
    Some((index, CHI_SQUARE[bins.len().min(BINS) - 1] * of_one))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The share that expectation maximisation ends at is that of greatest likelihood, where the
    /// derivative of Σ ln(s r + 1 - s) vanishes for messages of likelihood ratios r; a search by
    /// thirds in Python finds the same shares.
    #[test]
    fn the_share_of_spam_is_the_likeliest() {
        let near = |odds: &[f64], training: f64, expected: f64| {
            let found = estimated_share(odds, training);
            assert!((found - expected).abs() < 1e-6, "{found}, not {expected}");
        };
        // Ratios of 1 tell nothing, and the share stays.
        near(&[logit(0.3); 9], 0.3, 0.3);
        near(&[20.0, -20.0, -20.0, -20.0], 0.5, 0.25);
        // 4 / (1 + s) = 5 / (2 - s).
        let two = 2.0_f64.ln();
        near(&[vec![two; 4], vec![-two; 5]].concat(), 0.5, 1.0 / 3.0);
        // Ratios of 4 and 1/4 where the classes were uneven: 9 / (1 + 3 s) = 12 / (4 - 3 s).
        let [for_spam, for_ham] = [4.0, 0.25].map(|ratio: f64| logit(0.3) + ratio.ln());
        let odds = [vec![for_spam; 3], vec![for_ham; 4]].concat();
        near(&odds, 0.3, 8.0 / 21.0);
    }

    #[test]
    fn scores_that_stay_have_not_shifted_and_those_that_move_have() {
        let scores = |shift: f64| -> Vec<(f64, Label)> {
            let both = (0..100).flat_map(|at| Label::BOTH.map(|label| (at, label)));
            both.map(|(at, label)| (label.sign() * 5.0 + 0.05 * f64::from(at) + shift, label))
                .collect()
        };
        let sketch = Label::BOTH.map(|label| {
            let of_class = scores(0.0).into_iter().filter(|one| one.1 == label);
            ScoreSketch::new(&descending(of_class.map(|one| f64::from(one.0 as f32))))
        });
        let rounded = |shift: f64| -> Vec<(f64, Label)> {
            let all = scores(shift).into_iter();
            all.map(|(score, label)| (f64::from(score as f32), label))
                .collect()
        };
        let same = ScoreShift::of(&rounded(0.0), &sketch).unwrap();
        assert!(same.stability_index.abs() < 1e-12, "{same:?}");
        assert_eq!(same.largest_difference, [Some(0.0); 2]);
        // By 1 is by a fifth of the range of either class, 5 wide.
        let moved = ScoreShift::of(&rounded(1.0), &sketch).unwrap();
        assert!(
            (moved.largest_difference[0].unwrap() - 0.2).abs() < 0.011,
            "{moved:?}"
        );
        assert!(moved.stability_index > 0.1, "{moved:?}");
        assert_eq!(ScoreShift::of(&rounded(0.0), &Default::default()), None);
    }
}
