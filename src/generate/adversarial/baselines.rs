//! Generators without a game: what a generator has to be better than.

use super::vectors::Vectors;
use crate::base::mail::Label;
use crate::base::math::below;
use crate::nn::weights::normal;

/// The rows of one class, by their places.
fn of_class(real: &Vectors, label: Label) -> Vec<usize> {
    (0..real.len())
        .filter(|&at| real.labels[at] == label)
        .collect()
}

/// As many vectors of each class as there are, each coordinate drawn from another message of the
/// class: the marginal distributions, independent of each other.
pub fn independent_marginals(real: &Vectors, rng: &mut dyn rand::Rng) -> Vectors {
    let mut generated = real.clone();
    for label in Label::BOTH {
        let rows = of_class(real, label);
        for &row in &rows {
            for at in 0..real.width {
                let other = rows[below(rng, rows.len())];
                generated.values[row * real.width + at] = real.row(other)[at];
            }
        }
    }
    generated
}

/// As many vectors of each class as there are, from a normal distribution with the mean and the
/// covariance of the class.
pub fn gaussian(real: &Vectors, rng: &mut dyn rand::Rng) -> Vectors {
    let mut generated = real.clone();
    for label in Label::BOTH {
        let rows = of_class(real, label);
        let count = rows.len().max(1) as f32;
        let mean: Vec<f32> = (0..real.width)
            .map(|at| rows.iter().map(|&row| real.row(row)[at]).sum::<f32>() / count)
            .collect();
        for &row in &rows {
            // A normal combination of the rows has their covariance, whatever their number.
            let mut drawn = mean.clone();
            for &other in &rows {
                let weight = normal(rng) / count.sqrt();
                for (value, (of_other, mean)) in
                    drawn.iter_mut().zip(real.row(other).iter().zip(&mean))
                {
                    *value += weight * (of_other - mean);
                }
            }
            generated.values[row * real.width..(row + 1) * real.width].copy_from_slice(&drawn);
        }
    }
    generated
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::streams::{Stream, random_stream};

    /// Two coordinates that are the same, around 2 for spam and 0 for ham.
    fn real() -> Vectors {
        let mut rng = random_stream(1, Stream::Test(0));
        let mut real = Vectors {
            width: 2,
            ..Vectors::default()
        };
        for at in 0..2000 {
            let label = Label::from_is_spam(at % 2 == 1);
            let value = normal(&mut rng) + if label.is_spam() { 2.0 } else { 0.0 };
            real.values.extend([value; 2]);
            real.labels.push(label);
        }
        real
    }

    /// Means of the coordinates of spam, and their covariance.
    fn moments(of: &Vectors) -> [f32; 3] {
        let rows: Vec<&[f32]> = of_class(of, Label::Spam)
            .into_iter()
            .map(|at| of.row(at))
            .collect();
        let count = rows.len() as f32;
        let mean = [0, 1].map(|at| rows.iter().map(|row| row[at]).sum::<f32>() / count);
        let both = rows
            .iter()
            .map(|row| (row[0] - mean[0]) * (row[1] - mean[1]));
        [mean[0], mean[1], both.sum::<f32>() / count]
    }

    #[test]
    fn a_normal_generator_keeps_the_covariance_and_independent_marginals_do_not() {
        let real = real();
        let mut rng = random_stream(2, Stream::Test(0));
        // Of 1,000 rows: five standard errors of a mean are 0.16, of a covariance some 0.22.
        let [a, b, both] = moments(&gaussian(&real, &mut rng));
        assert!((a - 2.0).abs() < 0.16 && (b - 2.0).abs() < 0.16 && (both - 1.0).abs() < 0.22);
        let [a, b, both] = moments(&independent_marginals(&real, &mut rng));
        assert!((a - 2.0).abs() < 0.16 && (b - 2.0).abs() < 0.16 && both.abs() < 0.16);
    }
}
