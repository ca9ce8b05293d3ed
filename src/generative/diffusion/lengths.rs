//! How many tokens a message of a class has, which a masked model is given and cannot tell.

use serde::{Deserialize, Serialize};

/// ln p of a number of tokens: by how often its number of binary digits was seen, uniform among the
/// numbers that have as many.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Lengths {
    /// Messages by the number of binary digits of their tokens and one.
    seen: Vec<u64>,
}

impl Lengths {
    /// Learns from messages of at most `most` tokens.
    pub fn learn(tokens: impl Iterator<Item = usize>, most: usize) -> Lengths {
        let mut seen = vec![0; digits(most) + 1];
        let last = seen.len() - 1;
        for tokens in tokens {
            seen[digits(tokens).min(last)] += 1;
        }
        Lengths { seen }
    }

    /// Whether it is of a kind that [`Lengths::learn`] makes.
    pub fn is_sound(&self) -> bool {
        (2..=21).contains(&self.seen.len())
    }

    /// ln p, every number of digits counted once more than it was seen.
    pub fn log_probability(&self, tokens: usize) -> f64 {
        let at = digits(tokens).min(self.seen.len() - 1);
        let all: f64 = self.seen[1..].iter().map(|&seen| seen as f64 + 1.0).sum();
        let alike = 2_f64.powi(at as i32 - 1);
        (self.seen[at] as f64 + 1.0).ln() - all.ln() - alike.ln()
    }

    /// Draws a number of tokens.
    pub fn draw(&self, rng: &mut dyn rand::Rng) -> usize {
        let mut masses: Vec<f64> = self.seen.iter().map(|&seen| seen as f64).collect();
        crate::base::math::add_up(&mut masses);
        let at = crate::base::math::draw(&masses, rng).unwrap_or(1).max(1);
        let least = 1_usize << (at - 1);
        let among = crate::base::math::uniform(rng) * least as f64;
        least + (among as usize).min(least - 1) - 1
    }
}

/// Binary digits of a number of tokens and one: at least 1.
fn digits(tokens: usize) -> usize {
    (usize::BITS - (tokens + 1).leading_zeros()) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::streams::{Stream, random_stream};

    #[test]
    fn probabilities_of_all_lengths_add_up_to_one_and_draws_are_as_likely_as_they_say() {
        // 0 has one digit, 1 and 2 two, 3 to 6 three.
        let lengths = Lengths::learn([0, 2, 1, 5, 6, 3].into_iter(), 6);
        assert_eq!(lengths.seen, [0, 1, 2, 3]);
        let all: f64 = (0..7).map(|n| lengths.log_probability(n).exp()).sum();
        assert!((all - 1.0).abs() < 1e-12);
        assert!((lengths.log_probability(5).exp() - 4.0 / 9.0 / 4.0).abs() < 1e-12);
        let mut rng = random_stream(1, Stream::Test(0));
        let mut drawn = [0_i32; 7];
        (0..6_000).for_each(|_| drawn[lengths.draw(&mut rng)] += 1);
        // 1/6, 1/3 over two, 1/2 over four: 1,000, 1,000 and 750 with standard errors below 30.
        for (number, expected) in [(0, 1_000), (1, 1_000), (2, 1_000), (3, 750), (6, 750)] {
            assert!((drawn[number] - expected).abs() < 150, "{drawn:?}");
        }
    }
}
