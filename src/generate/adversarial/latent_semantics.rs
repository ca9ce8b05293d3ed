//! Latent semantic analysis (Deerwester et al., JASIS 41, 1990): messages as short dense vectors.
//!
//! The rows of a matrix of messages by words are projected on the directions in which they extend
//! most, the first right singular vectors of the matrix, found by subspace iteration from a random
//! start (Halko, Martinsson and Tropp, SIAM Review 53, 2011). Each coordinate is then scaled to
//! mean 0 and variance 1 over the training messages.

use super::vectors::Vectors;
use crate::base::mail::Label;
use crate::base::streams::{Stream, random_stream};
use crate::dataset::CsrMatrix;
use crate::nn::weights::normal;

/// Products with the matrix and back: the angle to the subspace sought falls with each by the
/// square of a ratio of singular values.
const ROUNDS: usize = 8;

/// The projection, learned from training messages.
#[derive(Debug, Clone, PartialEq)]
pub struct LatentSemantics {
    width: usize,
    /// `words × width`: what a word adds to each coordinate; orthonormal columns.
    directions: Vec<f64>,
    means: Vec<f64>,
    deviations: Vec<f64>,
    /// The share of the sum of squares of the training rows that the directions hold.
    pub share: f64,
}

impl LatentSemantics {
    /// Learns at most `width` directions from rows, whose columns are words; fewer where there are
    /// fewer rows or words.
    pub fn learn(rows: &CsrMatrix, width: usize, seed: u64) -> LatentSemantics {
        let width = width.min(rows.len()).min(rows.columns());
        let mut rng = random_stream(seed, Stream::LatentSemantics);
        let mut directions: Vec<f64> = (0..rows.columns() * width)
            .map(|_| f64::from(normal(&mut rng)))
            .collect();
        orthonormalise(&mut directions, width);
        for _ in 0..ROUNDS {
            let projected = project(rows, &directions, width);
            directions.fill(0.0);
            for (at, (columns, values)) in rows.iter().enumerate() {
                let row = &projected[at * width..(at + 1) * width];
                for (&column, &value) in columns.iter().zip(values) {
                    let word = &mut directions[column as usize * width..][..width];
                    word.iter_mut()
                        .zip(row)
                        .for_each(|(sum, of_row)| *sum += f64::from(value) * of_row);
                }
            }
            orthonormalise(&mut directions, width);
        }
        point(&mut directions, width);
        let projected = project(rows, &directions, width);
        let squares = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>();
        let all: f64 = rows
            .iter()
            .flat_map(|(_, values)| values)
            .map(|&value| f64::from(value).powi(2))
            .sum();
        let share = if all > 0.0 {
            squares(&projected) / all
        } else {
            0.0
        };
        let count = rows.len().max(1) as f64;
        let column = |at: usize| projected.iter().skip(at).step_by(width.max(1));
        let means: Vec<f64> = (0..width)
            .map(|at| column(at).sum::<f64>() / count)
            .collect();
        let deviations = (0..width).map(|at| {
            let off = column(at).map(|value| (value - means[at]).powi(2));
            (off.sum::<f64>() / count).sqrt()
        });
        LatentSemantics {
            width,
            deviations: deviations.collect(),
            directions,
            means,
            share,
        }
    }

    /// Coordinates of a vector.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The vectors of rows over the same columns.
    pub fn vectors(&self, rows: &CsrMatrix, labels: Vec<Label>) -> Vectors {
        let mut values = project(rows, &self.directions, self.width);
        for row in values.chunks_exact_mut(self.width.max(1)) {
            for (at, value) in row.iter_mut().enumerate() {
                *value -= self.means[at];
                // A coordinate that is the same in all messages tells nothing.
                *value = if self.deviations[at] > 0.0 {
                    *value / self.deviations[at]
                } else {
                    0.0
                };
            }
        }
        Vectors {
            width: self.width,
            values: values.into_iter().map(|value| value as f32).collect(),
            labels,
        }
    }

    /// The columns that weigh most in the row which a vector stands for, at most so many, the
    /// heaviest first.
    pub fn heaviest(&self, vector: &[f32], most: usize) -> Vec<usize> {
        let row: Vec<f64> = vector
            .iter()
            .zip(self.means.iter().zip(&self.deviations))
            .map(|(&value, (mean, deviation))| mean + deviation * f64::from(value))
            .collect();
        let words = self.directions.chunks_exact(self.width.max(1));
        let weights = words.map(|word| word.iter().zip(&row).map(|(a, b)| a * b).sum::<f64>());
        let mut ranked: Vec<(usize, f64)> = weights.enumerate().collect();
        ranked.sort_by(|(a, one), (b, other)| other.total_cmp(one).then(a.cmp(b)));
        ranked.truncate(most);
        // What 32 bits leave of a word that is not there is no weight.
        let least = ranked.first().map_or(0.0, |&(_, most)| 1e-5 * most);
        ranked.retain(|&(_, weight)| weight > least.max(0.0));
        ranked.into_iter().map(|(column, _)| column).collect()
    }
}

/// The rows times the directions.
fn project(rows: &CsrMatrix, directions: &[f64], width: usize) -> Vec<f64> {
    let mut projected = vec![0.0; rows.len() * width];
    if width == 0 {
        return projected;
    }
    for ((columns, values), out) in rows.iter().zip(projected.chunks_exact_mut(width)) {
        for (&column, &value) in columns.iter().zip(values) {
            let word = &directions[column as usize * width..][..width];
            out.iter_mut()
                .zip(word)
                .for_each(|(sum, of_word)| *sum += f64::from(value) * of_word);
        }
    }
    projected
}

/// Makes the columns of a matrix, `width` of them, orthonormal, one after the other (Gram and
/// Schmidt, twice, since once leaves what rounding left). A column that depends on those before
/// becomes 0.
fn orthonormalise(matrix: &mut [f64], width: usize) {
    let dot = |matrix: &[f64], a: usize, b: usize| -> f64 {
        let rows = matrix.chunks_exact(width);
        rows.map(|row| row[a] * row[b]).sum()
    };
    for at in 0..width {
        let before = dot(matrix, at, at).sqrt();
        for before in (0..at).chain(0..at) {
            let share = dot(matrix, before, at);
            for row in matrix.chunks_exact_mut(width) {
                row[at] -= share * row[before];
            }
        }
        let norm = dot(matrix, at, at).sqrt();
        let scale = if norm > 1e-10 * before {
            1.0 / norm
        } else {
            0.0
        };
        for row in matrix.chunks_exact_mut(width) {
            row[at] *= scale;
        }
    }
}

/// Turns each direction so that its largest weight is positive: which way it points is chance.
fn point(directions: &mut [f64], width: usize) {
    for at in 0..width {
        let column = directions.iter().skip(at).step_by(width);
        let largest = column.fold(
            0.0,
            |most: f64, &x| if x.abs() > most.abs() { x } else { most },
        );
        if largest < 0.0 {
            for row in directions.chunks_exact_mut(width) {
                row[at] = -row[at];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three messages over four words.
    fn rows() -> CsrMatrix {
        let mut rows = CsrMatrix::new(4);
        rows.push([(0, 3.0), (1, 4.0)]);
        rows.push([(0, 6.0), (1, 8.0)]);
        rows.push([(2, 2.0)]);
        rows
    }

    #[test]
    fn directions_are_the_singular_vectors_worked_by_hand() {
        // The matrix is (1, 2, 0)' (3, 4, 0, 0) and (0, 0, 2): singular values 5√5 and 2, right
        // singular vectors (.6, .8, 0, 0) and (0, 0, 1, 0).
        let found = LatentSemantics::learn(&rows(), 2, 1);
        let expected = [0.6, 0.0, 0.8, 0.0, 0.0, 1.0, 0.0, 0.0];
        for (found, expected) in found.directions.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
        assert!((found.share - 1.0).abs() < 1e-9);
        let one = LatentSemantics::learn(&rows(), 1, 1);
        assert!((one.share - 125.0 / 129.0).abs() < 1e-9);
    }

    #[test]
    fn coordinates_of_training_rows_have_mean_0_and_variance_1_and_lead_back_to_their_words() {
        let found = LatentSemantics::learn(&rows(), 2, 1);
        let vectors = found.vectors(&rows(), vec![Label::Ham; 3]);
        for at in 0..2 {
            let values: Vec<f32> = vectors.rows().map(|row| row[at]).collect();
            let mean = values.iter().sum::<f32>() / 3.0;
            let variance = values
                .iter()
                .map(|value| (value - mean).powi(2))
                .sum::<f32>()
                / 3.0;
            assert!(mean.abs() < 1e-6 && (variance - 1.0).abs() < 1e-5);
        }
        assert_eq!(found.heaviest(vectors.row(1), 4), [1, 0]);
        assert_eq!(found.heaviest(vectors.row(2), 4), [2]);
    }

    #[test]
    fn no_more_directions_than_there_are_rows_and_none_of_nothing() {
        assert_eq!(LatentSemantics::learn(&rows(), 32, 1).width(), 3);
        let none = LatentSemantics::learn(&CsrMatrix::new(4), 32, 1);
        assert_eq!(none.width(), 0);
        assert!(none.heaviest(&[], 3).is_empty());
    }
}
