//! The learning curve: error against the number of training mails, for both families on the same subsets.
//!
//! After Ng and Jordan (NIPS 2001): one fixed fifth is tested on, training subsets are nested, balanced up to 64 mails and
//! in the pile's own proportion above, vocabulary and settings learned from the subset alone. Subsets double from 16; five
//! resamples up to 512 mails, two above. Costly models are left out: their limits, not their learning, would show.

use super::fold::{Asked, labels};
use super::split::Split;
use crate::dataset::Corpus;
use crate::encode::Encoded;
use crate::mail::Label;
use crate::math::{random_stream, shuffle};
use crate::model::Cost;
use crate::progress::Progress;
use crate::results::{Curve, CurvePoint, Judged, measure};
use crate::train::{Choice, train};
use rayon::prelude::*;

/// One part in so many is tested on.
const PARTS: usize = 5;
/// The smallest subset.
const SMALLEST: usize = 16;
/// Up to here subsets hold as much ham as spam.
const BALANCED: usize = 64;
/// Up to here there are five resamples.
const MANY_RESAMPLES: usize = 512;
/// What a point keeps.
const KEYS: [&str; 4] = ["accuracy", "accuracy_raw", "one_minus_roca_pct", "log_loss_bits"];

/// The curve, or None where there is too little mail for one.
pub(super) fn draw(asked: &Asked<'_>, corpus: &Corpus, progress: &dyn Progress) -> Option<Curve> {
    let choices: Vec<Choice> =
        asked.choices.iter().filter(|choice| choice.entry.cost() == Cost::Cheap).cloned().collect();
    let split = Split::stratified(corpus, PARTS, asked.terms.seed).ok()?;
    let fold = split.folds.first()?;
    let jobs: Vec<(usize, u32)> = sizes(fold.train.len())
        .into_iter()
        .flat_map(|mails| (0..if mails <= MANY_RESAMPLES { 5 } else { 2 }).map(move |resample| (mails, resample)))
        .collect();
    if choices.is_empty() || jobs.is_empty() {
        return None;
    }
    progress.begin("learning curve", (jobs.len() * choices.len()) as u64);
    let test_labels = labels(corpus, &fold.test);
    let point = |&(mails, resample): &(usize, u32)| {
        let rows = subset(corpus, &fold.train, mails, asked.terms.seed, resample);
        let training = train(&choices, corpus, &rows, asked.terms, &|| progress.advance(1));
        let test = Encoded::new(corpus, &training.encoders, &fold.test);
        let fitted = training.models.iter().flatten();
        fitted
            .map(|trained| {
                let raw = trained.scores(test.rows(trained.view));
                let score: Vec<f64> = raw.iter().map(|raw| raw.score).collect();
                let log_odds: Vec<f64> = raw.iter().map(|&raw| trained.calibration.log_odds(raw)).collect();
                let judged = Judged {
                    labels: &test_labels,
                    score: &score,
                    scale: trained.scale(),
                    log_odds: &log_odds,
                    prices: &[],
                };
                let mut metrics = measure(&judged);
                metrics.retain(|key, _| KEYS.contains(&key.as_str()));
                CurvePoint { model: trained.entry.name().to_owned(), mails, resample, metrics }
            })
            .collect::<Vec<_>>()
    };
    // The dearest first, so that no thread is left alone with one at the end; the points come back in order of size.
    let mut points: Vec<(usize, Vec<CurvePoint>)> =
        jobs.par_iter().enumerate().rev().with_max_len(1).map(|(at, job)| (at, point(job))).collect();
    points.sort_by_key(|&(at, _)| at);
    Some(Curve { test: fold.test.len(), points: points.into_iter().flat_map(|(_, points)| points).collect() })
}

/// 16, 32, … and all.
fn sizes(all: usize) -> Vec<usize> {
    let doubling = std::iter::successors(Some(SMALLEST), |size| Some(size * 2)).take_while(|&size| size < all);
    let mut sizes: Vec<usize> = doubling.collect();
    if all >= SMALLEST {
        sizes.push(all);
    }
    sizes
}

/// The first `mails` of a random order of the training rows that belongs to the resample, so that subsets are nested.
fn subset(corpus: &Corpus, train: &[usize], mails: usize, seed: u64, resample: u32) -> Vec<usize> {
    if mails == train.len() {
        return train.to_vec();
    }
    let of_class = |label: Label| {
        let mut rows: Vec<usize> = train.iter().copied().filter(|&row| corpus.label(row) == Some(label)).collect();
        shuffle(&mut rows, &mut random_stream(seed, 0xC04E + u64::from(resample) * 2 + label.index() as u64));
        rows
    };
    let (ham, spam) = (of_class(Label::Ham), of_class(Label::Spam));
    let share = spam.len() as f64 / train.len() as f64;
    let balanced = mails.min(BALANCED);
    let wanted = balanced as f64 / 2.0 + (mails - balanced) as f64 * share;
    let spam_wanted = (wanted.round() as usize).clamp(mails.saturating_sub(ham.len()), spam.len());
    let mut rows = [&spam[..spam_wanted], &ham[..mails - spam_wanted]].concat();
    rows.sort_unstable();
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_double_and_end_with_all() {
        assert_eq!(sizes(100), [16, 32, 64, 100]);
        assert_eq!(sizes(64), [16, 32, 64]);
        assert!(sizes(10).is_empty());
    }
}
