//! The scores of held-out mail in few numbers, with which those of new mail are compared.

use serde::{Deserialize, Serialize};

/// So many scores are all kept.
const ALL: usize = 256;
/// Of more, so many at either end are kept, and as many as both between them.
const END: usize = 64;

/// Calibrated log-odds of one class, from the highest down: all of them, or both ends and evenly
/// spaced ones between. At most 1.5 kB in binary form; some 3 kB as text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ScoreSketch {
    /// Messages; near-duplicates count as one, with their highest score.
    pub emails: usize,
    /// How many messages stand above each score that is kept, ascending.
    above: Vec<u32>,
    /// The scores themselves.
    log_odds: Vec<f32>,
}

impl ScoreSketch {
    /// The sketch of scores, which go from the highest down.
    pub fn new(scores: &[f64]) -> ScoreSketch {
        let emails = scores.len();
        let places: Vec<usize> = if emails <= ALL {
            (0..emails).collect()
        } else {
            let between = emails - 2 * END;
            let spaced = (0..2 * END).map(|at| END + at * between / (2 * END));
            (0..END).chain(spaced).chain(emails - END..emails).collect()
        };
        ScoreSketch {
            emails,
            above: places.iter().map(|&at| at as u32).collect(),
            log_odds: places.iter().map(|&at| scores[at] as f32).collect(),
        }
    }

    /// The highest kept score with at most so many messages above it.
    pub fn with_at_most_above(&self, most: usize) -> Option<f64> {
        let kept = self.above.partition_point(|&above| above as usize <= most);
        self.log_odds
            .get(kept.checked_sub(1)?)
            .copied()
            .map(f64::from)
    }

    /// The share of the messages whose score is at least each kept one, with that score, from the
    /// highest down.
    pub fn shares(&self) -> impl Iterator<Item = (f64, f64)> {
        let kept = self.log_odds.iter().zip(&self.above);
        kept.map(|(&score, &above)| {
            let share = (f64::from(above) + 1.0) / self.emails as f64;
            (f64::from(score), share)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_scores_are_all_kept_and_of_many_both_ends() {
        let few: Vec<f64> = (0..200).map(|at| -f64::from(at)).collect();
        let sketch = ScoreSketch::new(&few);
        assert_eq!(sketch.with_at_most_above(150), Some(-150.0));
        assert_eq!(sketch.shares().last(), Some((-199.0, 1.0)));
        let many: Vec<f64> = (0..10_000).map(|at| -f64::from(at)).collect();
        let sketch = ScoreSketch::new(&many);
        assert_eq!(sketch.log_odds.len(), ALL);
        assert_eq!(sketch.with_at_most_above(40), Some(-40.0));
        // Between the ends one in (10,000 - 128) / 128 = 77 is kept.
        let kept = sketch.with_at_most_above(5_000).unwrap();
        assert!((-5_000.0..-4_900.0).contains(&kept), "{kept}");
        assert_eq!(ScoreSketch::new(&[]).with_at_most_above(3), None);
    }
}
