//! What every metric is a function of: sums over the messages in the order of their ranks, in one
//! pass.
//!
//! A bootstrap draws each message some number of times and asks for every metric again, ten
//! thousand times. So what does not depend on the draw (the order, the losses, which messages tie)
//! is worked out once, in a [`Ranking`], and a pass with the numbers of draws gives the
//! [`MetricSums`]. Measuring is the same pass with each message drawn once: there is one definition
//! of each metric.

use super::log_loss::log_loss;
use super::reliability::{BINS, bin};
use crate::base::mail::Label;
use crate::base::math::sigmoid;
use crate::results::calibration::CodeLength;
use crate::results::decision::Decision;
use crate::results::fit::Scale;

/// The false positive rates of [`MetricSums::caught_at`].
pub(in crate::results) const FALSE_POSITIVE_RATES: [f64; 2] = [1e-3, 1e-2];

/// What a model said of some messages, and their labels: columns of the same length.
#[derive(Debug, Clone, Copy)]
pub struct ScoredEmails<'a> {
    /// The true label of each message.
    pub labels: &'a [Label],
    /// The raw score of each, in the unit of `scale`.
    pub score: &'a [f64],
    /// What a raw score means.
    pub scale: Scale,
    /// Calibrated log-odds of spam, in nats.
    pub log_odds: &'a [f64],
    /// From log-odds to a class.
    pub decision: Decision,
    /// The code length of each text; empty for a model that gives none.
    pub code_lengths: &'a [CodeLength],
}

/// Scored messages from the highest calibrated log-odds to the lowest.
pub struct Ranking {
    emails: Vec<RankedEmail>,
    /// Whether the raw score is one of log-odds.
    raw_is_log_odds: bool,
}

/// One message, with what it adds to the sums each time it is drawn.
struct RankedEmail {
    /// Its place among the scored messages.
    mail: u32,
    spam: bool,
    /// Whether the next message has other log-odds.
    ends_tie: bool,
    /// The class predicted from the calibrated log-odds and from the raw score.
    predicted: [Label; 2],
    bin: u8,
    /// Probability of spam less the truth.
    excess: f64,
    variance: f64,
    loss: f64,
    loss_raw: f64,
    /// Bits of the text as mail of its own class and of either, and its bytes.
    bits: [f64; 3],
}

impl RankedEmail {
    /// The message at a place of a fold, as the only one of its tie.
    fn of(fold: &ScoredEmails<'_>, at: usize) -> RankedEmail {
        let (label, odds, score) = (fold.labels[at], fold.log_odds[at], fold.score[at]);
        let probability = sigmoid(odds);
        RankedEmail {
            mail: at as u32,
            spam: label.is_spam(),
            ends_tie: true,
            predicted: [
                fold.decision.label(odds),
                Decision::label_of_raw_score(score),
            ],
            bin: bin(probability) as u8,
            excess: probability - f64::from(u8::from(label.is_spam())),
            variance: probability * (1.0 - probability),
            loss: log_loss(odds, label),
            loss_raw: if fold.scale == Scale::LogOdds {
                log_loss(score, label)
            } else {
                0.0
            },
            bits: fold.code_lengths.get(at).map_or([0.0; 3], |text| {
                let bytes = text.bytes.unwrap_or(0) as f64;
                [text.bits(label), text.marginal_bits(), bytes]
            }),
        }
    }
}

/// The sums. A message drawn twice counts twice.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MetricSums {
    /// Messages by class and by whether they are called spam: `[ham, spam][called ham, called
    /// spam]`.
    pub(super) called: [[f64; 2]; 2],
    /// The same by the raw score.
    pub(super) called_raw: [[f64; 2]; 2],
    /// Pairs of a spam and a ham above it; a tie is half a pair.
    pub(super) pairs_wrong: f64,
    /// Over spam, from the highest: precision where each is caught.
    pub(super) precision: f64,
    /// Spam caught by the threshold of no more than each of [`FALSE_POSITIVE_RATES`].
    pub(super) caught_at: [f64; 2],
    /// Log loss in nats, calibrated.
    pub(super) loss: f64,
    /// Log loss in nats of the raw score, where it is one of log-odds.
    pub(super) loss_raw: Option<f64>,
    /// Squared error of the probability.
    pub(super) squares: f64,
    /// Excess of the probability over the truth, by bin of the probability.
    pub(super) excess: [f64; BINS],
    /// Variance that this excess would have if the probabilities were true, by bin.
    pub(super) variance: [f64; BINS],
    /// Bits as mail of the own class, bits as mail of either, bytes.
    pub(super) bits: [f64; 3],
}

impl MetricSums {
    /// Ham and spam.
    pub(super) fn classes(&self) -> [f64; 2] {
        self.called.map(|[ham, spam]| ham + spam)
    }

    /// All messages.
    pub(super) fn emails(&self) -> f64 {
        let [ham, spam] = self.classes();
        ham + spam
    }
}

impl Ranking {
    /// Ranks the messages.
    pub fn new(scored: &ScoredEmails<'_>) -> Ranking {
        Ranking::pooled(std::slice::from_ref(scored))
    }

    /// Ranks the messages of several folds together, each called by the decision of its fold. Their
    /// places go on from fold to fold.
    pub fn pooled(folds: &[ScoredEmails<'_>]) -> Ranking {
        let raw_is_log_odds = folds.iter().all(|fold| fold.scale == Scale::LogOdds);
        let of_fold = |fold: &ScoredEmails<'_>| -> Vec<(f64, RankedEmail)> {
            let emails = 0..fold.labels.len();
            let ranked = emails.map(|at| (fold.log_odds[at], RankedEmail::of(fold, at)));
            ranked.collect()
        };
        let mut ranked: Vec<(f64, RankedEmail)> = folds.iter().flat_map(of_fold).collect();
        for (mail, (_, one)) in ranked.iter_mut().enumerate() {
            one.mail = mail as u32;
        }
        ranked.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        for at in 1..ranked.len() {
            ranked[at - 1].1.ends_tie = ranked[at - 1].0 != ranked[at].0;
        }
        Ranking {
            emails: ranked.into_iter().map(|(_, one)| one).collect(),
            raw_is_log_odds,
        }
    }

    /// The sums where each message counts once.
    pub fn sums_of_all(&self) -> MetricSums {
        self.sums(&vec![1.0; self.emails.len()])
    }

    /// The sums where each message, by its place among those scored, counts `times` times.
    pub fn sums(&self, times: &[f64]) -> MetricSums {
        let ham: f64 = self
            .emails
            .iter()
            .filter(|one| !one.spam)
            .map(|one| times[one.mail as usize])
            .sum();
        let most = FALSE_POSITIVE_RATES.map(|share| share * ham);
        let mut sums = MetricSums {
            loss_raw: self.raw_is_log_odds.then_some(0.0),
            ..MetricSums::default()
        };
        let mut loss_raw = 0.0;
        // Ham and spam above the messages of the present tie, and in it.
        let (mut above, mut tied) = ([0.0; 2], [0.0; 2]);
        for one in &self.emails {
            let times = times[one.mail as usize];
            let class = usize::from(one.spam);
            tied[class] += times;
            sums.called[class][one.predicted[0].index()] += times;
            sums.called_raw[class][one.predicted[1].index()] += times;
            sums.loss += times * one.loss;
            loss_raw += times * one.loss_raw;
            sums.squares += times * one.excess * one.excess;
            sums.excess[one.bin as usize] += times * one.excess;
            sums.variance[one.bin as usize] += times * one.variance;
            if one.ends_tie {
                let [ham, spam] = tied;
                if spam > 0.0 {
                    sums.pairs_wrong += spam * (above[0] + ham / 2.0);
                    sums.precision += spam * (above[1] + spam) / (above[0] + ham + above[1] + spam);
                }
                above = [above[0] + ham, above[1] + spam];
                tied = [0.0; 2];
                for (caught, most) in sums.caught_at.iter_mut().zip(most) {
                    if above[0] <= most {
                        *caught = above[1];
                    }
                }
            }
        }
        if self.emails.iter().any(|one| one.bits[2] > 0.0) {
            for one in &self.emails {
                let times = times[one.mail as usize];
                sums.bits
                    .iter_mut()
                    .zip(one.bits)
                    .for_each(|(sum, part)| *sum += times * part);
            }
        }
        sums.loss_raw = self.raw_is_log_odds.then_some(loss_raw);
        sums
    }
}
