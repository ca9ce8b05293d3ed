//! The Bayesian signed-rank test with a region of practical equivalence: how probable it is that
//! one of two models is better on the next corpus by more than anybody would care for, and that
//! neither is (Benavoli, Corani, Demšar and Zaffalon, "Time for a change: a tutorial for comparing
//! multiple classifiers through Bayesian analysis", JMLR 18, 2017).
//!
//! The differences of some corpora have a Dirichlet process for a prior, of strength s = ½ at
//! z₀ = 0. A draw of the posterior is weights w ~ Dirichlet(s, 1, …, 1) of z₀ and the differences;
//! Σ wᵢ wⱼ of the pairs with zᵢ + zⱼ > 2r is how much of the weight is on one side of the region of
//! half-width r, and so on. The probability of each of the three is how often it has most weight.

use crate::base::math::uniform;
use crate::base::streams::{Stream, random_stream};
use crate::results::comparison::Belief;

/// Draws of the posterior: a probability is known to ± .0022 (one standard error) or better.
pub const DRAWS: usize = 50_000;

/// Weights of the prior and of some corpora, drawn once for all pairs of models.
pub struct Weights {
    /// By draw, that of the prior and that of each corpus.
    draws: Vec<Vec<f64>>,
}

impl Weights {
    /// Draws weights of so many corpora.
    pub fn draw(corpora: usize, draws: usize, seed: u64) -> Weights {
        let mut rng = random_stream(seed, Stream::Dirichlet);
        let mut one = |_| {
            let mut exponential = || -libm::log(1.0 - uniform(&mut rng));
            let square = exponential();
            let mut weights: Vec<f64> = (0..corpora).map(|_| exponential()).collect();
            // Half a squared normal number is gamma distributed of shape ½ (Box and Muller).
            let cosine = libm::cos(std::f64::consts::TAU * uniform(&mut rng));
            weights.insert(0, square * cosine * cosine);
            let all: f64 = weights.iter().sum();
            weights.iter().map(|weight| weight / all).collect()
        };
        Weights {
            draws: (0..draws).map(&mut one).collect(),
        }
    }

    /// What the differences on the corpora say of a region of this half-width.
    pub fn belief(&self, differences: &[f64], half_width: f64) -> Belief {
        let z: Vec<f64> = [0.0].iter().chain(differences).copied().collect();
        let mut order: Vec<usize> = (0..z.len()).collect();
        order.sort_by(|&a, &b| z[a].total_cmp(&z[b]));
        let ends = [-2.0 * half_width, 2.0 * half_width];
        // In the order of z: how many sums with each lie below the region, and not above it.
        let place = |&at: &usize| {
            let [low, high] = ends;
            let below = order.partition_point(|&other| z[at] + z[other] < low);
            let within = order.partition_point(|&other| z[at] + z[other] <= high);
            [below, within]
        };
        let places: Vec<[usize; 2]> = order.iter().map(place).collect();
        let mut wins = [0_usize; 3];
        let mut sums = vec![0.0; z.len() + 1];
        for weights in &self.draws {
            for (at, &of) in order.iter().enumerate() {
                sums[at + 1] = sums[at] + weights[of];
            }
            let (mut below, mut within) = (0.0, 0.0);
            for (&of, &[low, high]) in order.iter().zip(&places) {
                below += weights[of] * sums[low];
                within += weights[of] * (sums[high] - sums[low]);
            }
            let above = 1.0 - below - within;
            // Of equals the region: it is what has to be refuted.
            let winner = if below > within.max(above) {
                0
            } else if above > within {
                2
            } else {
                1
            };
            wins[winner] += 1;
        }
        let [lower, equivalent, higher] = wins.map(|won| won as f64 / self.draws.len() as f64);
        Belief {
            lower,
            equivalent,
            higher,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five standard errors of a share of so many draws.
    fn near(found: f64, expected: f64, draws: usize) {
        let error = 5.0 * (expected * (1.0 - expected) / draws as f64).sqrt();
        assert!((found - expected).abs() <= error, "{found}, not {expected}");
    }

    /// If all n differences are the same, beyond twice the half-width, the upper side has 1 - w₀²
    /// of the weight, w₀ being that of the prior, and wins where w₀ < √½; between once and twice,
    /// it has (1 - w₀)², and wins where w₀ < 1 - √½. w₀ has the beta distribution of ½ and n:
    /// `scipy.stats.beta.cdf`.
    #[test]
    fn equal_differences_have_the_probability_of_a_beta_distribution() {
        for (corpora, far, close) in [
            (1, 0.840_896_415_253_714_6, 0.541_196_100_146_196_9),
            (2, 0.964_042_844_129_891_9, 0.732_537_816_328_741_9),
            (5, 0.999_389_239_028_501_7, 0.930_802_198_571_630_5),
            (8, 0.999_987_626_241_900_3, 0.979_627_191_892_930_3),
        ] {
            let weights = Weights::draw(corpora, DRAWS, 1);
            let of = |difference: f64| weights.belief(&vec![difference; corpora], 0.01);
            near(of(0.03).higher, far, DRAWS);
            near(of(-0.03).lower, far, DRAWS);
            near(of(0.015).higher, close, DRAWS);
            assert_eq!(of(0.009).equivalent, 1.0);
            assert_eq!(of(-0.03).higher, of(0.03).lower);
        }
    }

    /// By numpy: 4,000,000 draws of gamma and exponential weights, their products summed over all
    /// pairs by a matrix for each of the three (`einsum`), and the largest counted. Their own error
    /// is a ninth of ours.
    #[test]
    fn mixed_differences_agree_with_a_simulation_in_numpy() {
        let mixed: [(&[f64], [f64; 3]); 3] = [
            (
                &[0.004, -0.002, 0.013, 0.021, 0.006, 0.011, -0.001, 0.03],
                [0.0, 0.664_654_75, 0.335_345_25],
            ),
            (
                &[-0.02, -0.015, 0.004, 0.03, -0.011, -0.012],
                [0.381_256_5, 0.603_608_5, 0.015_135],
            ),
            (
                &[0.001, 0.002, -0.003, 0.012, 0.004],
                [0.0, 0.996_012_75, 0.003_987_25],
            ),
        ];
        for (differences, [lower, equivalent, higher]) in mixed {
            let found = Weights::draw(differences.len(), DRAWS, 7).belief(differences, 0.01);
            near(found.lower, lower, DRAWS);
            near(found.equivalent, equivalent, DRAWS);
            near(found.higher, higher, DRAWS);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_belief() {
        let differences = [0.02, -0.01, 0.015];
        let of = |seed| Weights::draw(3, 1_000, seed).belief(&differences, 0.01);
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
    }
}
