//! How true probabilities are, by bins of equal width.
//!
//! The plain calibration error, the mean over bins of |probability less share of spam|, is not 0
//! for true probabilities: messages are few, and so their share of spam is off by chance. Of each
//! bin's squared excess its variance by chance is therefore taken away before the root (after
//! Kumar, Liang and Ma, "Verified uncertainty calibration", NeurIPS 2019).

/// Number of bins.
pub(super) const BINS: usize = 15;

/// The calibration error of probabilities of spam, each with whether the message is spam.
pub fn calibration_error(emails: impl Iterator<Item = (f64, bool)>) -> Option<f64> {
    let (mut excess, mut variance, mut count) = ([0.0; BINS], [0.0; BINS], 0.0);
    for (probability, is_spam) in emails {
        let bin = bin(probability);
        excess[bin] += probability - f64::from(u8::from(is_spam));
        variance[bin] += probability * (1.0 - probability);
        count += 1.0;
    }
    (count > 0.0).then(|| beyond_chance(&excess, &variance) / count)
}

/// The bin of a probability.
pub(super) fn bin(probability: f64) -> usize {
    ((probability * BINS as f64) as usize).min(BINS - 1)
}

/// The sum over bins of how far their excess is beyond what chance explains.
pub(super) fn beyond_chance(excess: &[f64; BINS], variance: &[f64; BINS]) -> f64 {
    let bins = excess.iter().zip(variance);
    let beyond = bins.map(|(excess, variance)| (excess * excess - variance).max(0.0).sqrt());
    beyond.sum()
}
