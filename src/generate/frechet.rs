//! The Fréchet distance between two sets of mail (after Heusel et al., NIPS 2017).
//!
//! Each set is taken for a normal distribution over which of the most frequent words a message
//! holds; with means μ, ν and covariances Σ, Τ the distance is |μ - ν|² + tr(Σ + Τ - 2 (Σ½ Τ Σ½)½).
//! It is 0 for the same distribution. Small sets lie apart by chance: compare it with the distance
//! between two halves of one set.

use crate::base::symmetric::{Square, eigen};
use crate::dataset::Corpus;
use crate::tokenize::{TokenId, TokenKind};
use rustc_hash::FxHashSet;

/// Words over which the distance is taken.
const FEATURES: usize = 48;

/// The words that the most messages among `rows` hold: what the distance looks at.
pub fn frequent_words(corpus: &Corpus, rows: &[usize]) -> Vec<TokenId> {
    let mut emails = vec![0usize; corpus.lexicon().len()];
    for &row in rows {
        for &(token, _) in corpus.bag(row) {
            emails[token as usize] += usize::from(corpus.lexicon().kind(token) == TokenKind::Word);
        }
    }
    let mut ranked: Vec<TokenId> = (0..emails.len() as TokenId)
        .filter(|&token| emails[token as usize] > 0)
        .collect();
    ranked.sort_by(|&a, &b| emails[b as usize].cmp(&emails[a as usize]).then(a.cmp(&b)));
    ranked.truncate(FEATURES);
    ranked
}

/// The distance between two sets of rows over which of `words` each message holds; None if a set
/// has fewer than two.
pub fn distance(corpus: &Corpus, words: &[TokenId], one: &[usize], other: &[usize]) -> Option<f64> {
    if one.len() < 2 || other.len() < 2 {
        return None;
    }
    let (mu, sigma) = moments(corpus, words, one);
    let (nu, tau) = moments(corpus, words, other);
    Some(between_normals(&mu, &sigma, &nu, &tau))
}

/// Mean and covariance of which of `words` a message holds.
fn moments(corpus: &Corpus, words: &[TokenId], rows: &[usize]) -> (Vec<f64>, Square) {
    let held: Vec<Vec<usize>> = rows
        .iter()
        .map(|&row| {
            let tokens: FxHashSet<TokenId> =
                corpus.bag(row).iter().map(|(token, _)| *token).collect();
            (0..words.len())
                .filter(|&at| tokens.contains(&words[at]))
                .collect()
        })
        .collect();
    let (size, count) = (words.len(), rows.len() as f64);
    let mut mean = vec![0.0; size];
    let mut both = vec![vec![0.0; size]; size];
    for mail in &held {
        for &a in mail {
            mean[a] += 1.0 / count;
            for &b in mail {
                both[a][b] += 1.0;
            }
        }
    }
    for (a, row) in both.iter_mut().enumerate() {
        for (b, value) in row.iter_mut().enumerate() {
            *value = (*value - count * mean[a] * mean[b]) / (count - 1.0);
        }
    }
    (mean, both)
}

fn between_normals(mu: &[f64], sigma: &Square, nu: &[f64], tau: &Square) -> f64 {
    let apart: f64 = mu.iter().zip(nu).map(|(a, b)| (a - b).powi(2)).sum();
    let trace = |matrix: &Square| (0..matrix.len()).map(|at| matrix[at][at]).sum::<f64>();
    let root = square_root(sigma);
    let inner = product(&product(&root, tau), &root);
    let (values, _) = eigen(&inner);
    apart + trace(sigma) + trace(tau)
        - 2.0
            * values
                .iter()
                .map(|value| value.max(0.0).sqrt())
                .sum::<f64>()
}

fn product(a: &Square, b: &Square) -> Square {
    let size = a.len();
    let entry =
        |row: &Vec<f64>, column: usize| (0..size).map(|at| row[at] * b[at][column]).sum::<f64>();
    a.iter()
        .map(|row| (0..size).map(|column| entry(row, column)).collect())
        .collect()
}

fn square_root(matrix: &Square) -> Square {
    let (values, vectors) = eigen(matrix);
    let size = matrix.len();
    let entry = |a: usize, b: usize| {
        (0..size)
            .map(|at| vectors[a][at] * values[at].max(0.0).sqrt() * vectors[b][at])
            .sum::<f64>()
    };
    (0..size)
        .map(|a| (0..size).map(|b| entry(a, b)).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frechet_distance_of_two_normals_is_the_hand_worked_one() {
        // Diagonal: (1 - 3)² + (2 - 1)² in the mean, (2 - 1)² + (3 - 3)² in the deviations.
        let one = vec![vec![4.0, 0.0], vec![0.0, 9.0]];
        let other = vec![vec![1.0, 0.0], vec![0.0, 9.0]];
        assert!((between_normals(&[1.0, 2.0], &one, &[3.0, 1.0], &other) - 6.0).abs() < 1e-9);
        // The same turned by half a right angle is as far apart.
        let turned = |m: &Square| {
            let (a, b) = (m[0][0], m[1][1]);
            vec![
                vec![f64::midpoint(a, b), (a - b) / 2.0],
                vec![(a - b) / 2.0, f64::midpoint(a, b)],
            ]
        };
        assert!(
            (between_normals(&[0.0; 2], &turned(&one), &[0.0; 2], &turned(&other)) - 1.0).abs()
                < 1e-9
        );
        assert!(between_normals(&[0.0; 2], &one, &[0.0; 2], &one).abs() < 1e-9);
    }
}
