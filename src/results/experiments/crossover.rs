//! The crossover of a generative and a discriminative model that read the same: from which number
//! of training messages on the discriminative one is ahead (Ng and Jordan, NIPS 2001).

use crate::results::metric::Metrics;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Its name.
pub const CROSSOVER: &str = "crossover";
/// What is measured at each size: keys of metrics, lower being better in all.
pub const METRICS_OF_A_CROSSOVER: [&str; 3] = ["error_pct", "one_minus_roca_pct", "log_loss_bits"];

/// What a crossover experiment found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrossoverFound {
    /// What the mail is called.
    pub mail: String,
    /// Messages that training sets are drawn from.
    pub training: usize,
    /// Ham and spam of the test set.
    pub test: [usize; 2],
    /// Near-duplicates that were left out: all messages of a group but its first.
    pub left_out: usize,
    /// Seed.
    pub seed: u64,
    /// Replicates of the bootstrap.
    pub replicates: u32,
    /// Each matched pair, tuned and untuned.
    pub pairs: Vec<MatchedCurves>,
}

/// The learning curves of a matched pair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MatchedCurves {
    /// What both read.
    pub features: String,
    /// The generative model and the discriminative one.
    pub models: [String; 2],
    /// Whether smoothing and regularization were chosen inside of each training set.
    pub tuned: bool,
    /// By the number of training messages, ascending.
    pub points: Vec<PairedPoint>,
    /// By metric, where the two cross.
    pub crossings: BTreeMap<String, Crossing>,
    /// How the error rate of each model falls.
    pub decay: [Option<Decay>; 2],
    /// Why each model could not be fitted to a training set, of the first that it failed on.
    #[serde(default)]
    pub failed: [Option<String>; 2],
}

impl MatchedCurves {
    /// What they read, and whether they are tuned.
    pub fn name(&self) -> String {
        let tuned = if self.tuned { "tuned" } else { "untuned" };
        format!("{}, {tuned}", self.features)
    }
}

/// Both models at one number of training messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairedPoint {
    /// Training messages.
    pub emails: usize,
    /// Training sets of so many, to which both models could be fitted.
    pub resamples: usize,
    /// Those that are left out, to which not both could.
    #[serde(default)]
    pub failed: usize,
    /// Mean of each metric over the training sets, by model; none without any.
    pub means: [Metrics; 2],
    /// By metric, the generative model less the discriminative one, with its 95 % interval for the
    /// choice of training sets and of test messages.
    pub differences: BTreeMap<String, (f64, [f64; 2])>,
}

/// Where the generative model, ahead at fewer messages, falls behind.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Crossing {
    /// Training messages at which the mean difference is 0; none where it does not go from below to
    /// above.
    pub at: Option<f64>,
    /// The share of bootstrap replicates that cross.
    pub share: f64,
    /// The middle 95 % of where those cross.
    pub interval: Option<[f64; 2]>,
}

/// `least + scale · n^-exponent`, fitted to error rates by least squares.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Decay {
    /// The error rate that is left, in percent.
    pub least: f64,
    /// How fast the excess falls.
    pub exponent: f64,
    /// Its 95 % interval, if it was drawn again and again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<[f64; 2]>,
}

/// The number of messages from which on a difference that was below 0 is above it, linear in the
/// logarithm of the number between two sizes. None if it ends below 0, or never was.
pub fn crossing(sizes: &[usize], differences: &[f64]) -> Option<f64> {
    let last_ahead = differences.iter().rposition(|value| *value < 0.0)?;
    let [low, high] = [sizes[last_ahead], *sizes.get(last_ahead + 1)?].map(|n| (n as f64).ln());
    let [before, after] = [differences[last_ahead], differences[last_ahead + 1]];
    Some((low + (high - low) * before / (before - after)).exp())
}

/// The curve that falls as a power of the number of messages, to a rate that is left, nearest to
/// these error rates by least squares. None of fewer than four.
pub fn decay(sizes: &[usize], errors: &[f64]) -> Option<Decay> {
    if sizes.len() < 4 {
        return None;
    }
    let fit = |exponent: f64| {
        let powers: Vec<f64> = sizes.iter().map(|&n| (n as f64).powf(-exponent)).collect();
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let (power, error) = (mean(&powers), mean(errors));
        let both = powers.iter().zip(errors);
        let across: f64 = both.clone().map(|(p, e)| (p - power) * (e - error)).sum();
        let along: f64 = powers.iter().map(|p| (p - power).powi(2)).sum();
        let mut scale = across / along;
        let mut least = error - scale * power;
        if least < 0.0 {
            // No rate is below 0: the nearest curve is then one that falls to it.
            let squares: f64 = powers.iter().map(|p| p * p).sum();
            scale = both.clone().map(|(p, e)| p * e).sum::<f64>() / squares;
            least = 0.0;
        }
        let off = both
            .map(|(p, e)| (least + scale * p - e).powi(2))
            .sum::<f64>();
        let decay = Decay {
            least,
            exponent,
            interval: None,
        };
        (off, decay)
    };
    let exponents = (1..=400).map(|step| f64::from(step) / 200.0);
    let fits = exponents.map(fit);
    fits.min_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, decay)| decay)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crossing_is_the_last_and_lies_between_two_sizes_by_the_logarithm() {
        let sizes = [4, 16, 64, 256];
        // Half way between 16 and 64 on the logarithmic axis is 32.
        let at = crossing(&sizes, &[-3.0, -1.0, 1.0, 2.0]).unwrap();
        assert!((at - 32.0).abs() < 1e-9, "{at}");
        let at = crossing(&sizes, &[-1.0, 1.0, -3.0, 1.0]).unwrap();
        assert!((at - 64.0 * 4_f64.powf(0.75)).abs() < 1e-9, "{at}");
        assert_eq!(crossing(&sizes, &[-1.0; 4]), None);
        assert_eq!(crossing(&sizes, &[1.0; 4]), None);
        // Ahead at the end is no crossing of this kind, whatever was before.
        assert_eq!(crossing(&sizes, &[1.0, 1.0, -1.0, -1.0]), None);
        assert_eq!(crossing(&sizes, &[-1.0, 1.0, 1.0, -1.0]), None);
    }

    #[test]
    fn a_power_law_is_found_again_and_a_rate_never_falls_below_nothing() {
        let sizes = [4, 16, 64, 256, 1024];
        let of = |n: &usize| 1.5 + 30.0 * (*n as f64).powf(-0.5);
        let errors: Vec<f64> = sizes.iter().map(of).collect();
        let found = decay(&sizes, &errors).unwrap();
        assert!((found.exponent - 0.5).abs() < 1e-9 && (found.least - 1.5).abs() < 1e-9);
        let errors: Vec<f64> = sizes
            .iter()
            .map(|&n| 40.0 * (n as f64).powf(-1.0))
            .collect();
        let found = decay(&sizes, &errors).unwrap();
        assert!((found.exponent - 1.0).abs() < 1e-9 && found.least.abs() < 1e-9);
        assert_eq!(decay(&sizes[..3], &errors[..3]), None);
    }
}
