//! How good written mail is, beside real mail of which the author knows nothing or everything.
//!
//! - **Inception Score** (Salimans et al., NIPS 2016): exp of the mean Kullback-Leibler divergence
//!   of p(label | mail), by a discriminative judge, from its marginal. 1 if the judge cannot tell
//!   what it reads, 2 at best with two classes. And how often the judge says the class that was
//!   meant. Neither sees whether a message makes sense.
//! - **Distinct n-grams** (Li et al., NAACL 2016): different words, and pairs of them, among all.
//!   Low is monotonous.
//! - **Fréchet distance** (after Heusel et al., NIPS 2017) between real and written mail, each a
//!   normal distribution over which of the most frequent words a message holds: |μ - ν|² + tr(Σ + Τ
//!   - 2 (Σ½ Τ Σ½)½). Beside it that of one half of the real mail from the other.
//! - **Copying**: the longest run of bytes shared with the real mail, as a share of the written
//!   one.
//! - **Train on synthetic, test on real** (Esteban et al. 2017): what a model learns from written
//!   mail is worth on real mail, beside what as many real messages teach.

use super::{CopyIndex, GeneratedEmail};
use crate::dataset::Corpus;
use crate::tokenize::{TokenId, TokenKind};
use rustc_hash::FxHashSet;
use serde::Serialize;

/// Words over which the Fréchet distance is taken.
const FEATURES: usize = 48;

/// exp of the mean divergence of each probability of spam from their mean; None without mail.
pub fn inception_score(probabilities: &[f64]) -> Option<f64> {
    let count = probabilities.len() as f64;
    let marginal = probabilities.iter().sum::<f64>() / count;
    let term = |p: f64, q: f64| if p > 0.0 { p * (p / q).ln() } else { 0.0 };
    let divergence = |&p: &f64| term(p, marginal) + term(1.0 - p, 1.0 - marginal);
    (count > 0.0).then(|| (probabilities.iter().map(divergence).sum::<f64>() / count).exp())
}

/// Different words among all, and different pairs of neighbours among all pairs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Distinct {
    /// Of words.
    pub words: f64,
    /// Of pairs.
    pub pairs: f64,
}

/// Counts them over some texts.
pub fn distinct<'t>(texts: impl Iterator<Item = &'t str>) -> Distinct {
    let (mut words, mut pairs) = (FxHashSet::default(), FxHashSet::default());
    let (mut all, mut all_pairs) = (0usize, 0usize);
    for text in texts {
        let lower = text.to_lowercase();
        let of_text: Vec<&str> = lower
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        all += of_text.len();
        all_pairs += of_text.len().saturating_sub(1);
        pairs.extend(
            of_text
                .windows(2)
                .map(|pair| (pair[0].to_owned(), pair[1].to_owned())),
        );
        words.extend(of_text.into_iter().map(str::to_owned));
    }
    let share = |different: usize, all: usize| different as f64 / all.max(1) as f64;
    Distinct {
        words: share(words.len(), all),
        pairs: share(pairs.len(), all_pairs),
    }
}

/// Mean share of a written mail that is one run copied from known mail.
pub fn copied(pieces: &[GeneratedEmail], known: &CopyIndex) -> f64 {
    let share = |piece: &GeneratedEmail| {
        let text = piece.text();
        let run = known
            .longest_run(text.as_bytes())
            .map_or(0, |run| run.len());
        run as f64 / text.len().max(1) as f64
    };
    pieces.iter().map(share).sum::<f64>() / pieces.len().max(1) as f64
}

/// The words of most messages among `rows`: what the Fréchet distance looks at.
pub fn features(corpus: &Corpus, rows: &[usize]) -> Vec<TokenId> {
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

/// Fréchet distance between two sets of messages over which of `features` each holds; None if one
/// has fewer than two.
pub fn frechet(
    corpus: &Corpus,
    features: &[TokenId],
    one: &[usize],
    other: &[usize],
) -> Option<f64> {
    if one.len() < 2 || other.len() < 2 {
        return None;
    }
    let (mu, sigma) = moments(corpus, features, one);
    let (nu, tau) = moments(corpus, features, other);
    Some(frechet_of(&mu, &sigma, &nu, &tau))
}

type Square = Vec<Vec<f64>>;

fn moments(corpus: &Corpus, features: &[TokenId], rows: &[usize]) -> (Vec<f64>, Square) {
    let held: Vec<Vec<usize>> = rows
        .iter()
        .map(|&row| {
            let tokens: FxHashSet<TokenId> =
                corpus.bag(row).iter().map(|(token, _)| *token).collect();
            (0..features.len())
                .filter(|&at| tokens.contains(&features[at]))
                .collect()
        })
        .collect();
    let (size, count) = (features.len(), rows.len() as f64);
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

fn frechet_of(mu: &[f64], sigma: &Square, nu: &[f64], tau: &Square) -> f64 {
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

/// Eigenvalues of a symmetric matrix, and its eigenvectors as columns: Jacobi's rotations (Golub
/// and Van Loan, section 8.5).
fn eigen(matrix: &Square) -> (Vec<f64>, Square) {
    let size = matrix.len();
    let mut a = matrix.clone();
    let mut vectors: Square = (0..size)
        .map(|at| {
            (0..size)
                .map(|other| f64::from(u8::from(at == other)))
                .collect()
        })
        .collect();
    for _ in 0..60 {
        let off: f64 = (0..size)
            .flat_map(|p| (0..p).map(move |q| (p, q)))
            .map(|(p, q)| a[p][q] * a[p][q])
            .sum();
        if off < 1e-24 {
            break;
        }
        for p in 0..size {
            for q in p + 1..size {
                rotate(&mut a, &mut vectors, p, q);
            }
        }
    }
    ((0..size).map(|at| a[at][at]).collect(), vectors)
}

/// Turns the plane of two axes so that their entry becomes 0.
fn rotate(a: &mut Square, vectors: &mut Square, p: usize, q: usize) {
    if a[p][q] == 0.0 {
        return;
    }
    let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let tangent = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    for row in a.iter_mut().chain(vectors) {
        (row[p], row[q]) = (
            cosine * row[p] - sine * row[q],
            sine * row[p] + cosine * row[q],
        );
    }
    let (upper, lower) = a.split_at_mut(q);
    for (x, y) in upper[p].iter_mut().zip(&mut lower[0]) {
        (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inception_score_is_two_for_sure_halves_and_one_for_no_idea() {
        assert!((inception_score(&[1.0, 0.0, 1.0, 0.0]).unwrap() - 2.0).abs() < 1e-12);
        assert!((inception_score(&[0.5, 0.5]).unwrap() - 1.0).abs() < 1e-12);
        assert!((inception_score(&[0.9, 0.9]).unwrap() - 1.0).abs() < 1e-12);
        // 3/4 and 1/4: ln 2 less the entropy of 1/4, each.
        let expected = (2f64.ln() - (0.75 * (4f64 / 3.0).ln() + 0.25 * 4f64.ln())).exp();
        assert!((inception_score(&[0.75, 0.25]).unwrap() - expected).abs() < 1e-12);
        assert_eq!(inception_score(&[]), None);
    }

    #[test]
    fn distinct_words_and_pairs_are_counted_as_by_hand() {
        // the cat the dog | the cat: 3 of 6 words; the-cat, cat-the, the-dog of 4 pairs.
        let found = distinct(["The cat, the dog", "the cat"].into_iter());
        assert!((found.words - 0.5).abs() < 1e-12 && (found.pairs - 0.75).abs() < 1e-12);
    }

    #[test]
    fn the_frechet_distance_of_two_normals_is_the_hand_worked_one() {
        // Diagonal: (1 - 3)² + (2 - 1)² in the mean, (2 - 1)² + (3 - 3)² in the deviations.
        let one = vec![vec![4.0, 0.0], vec![0.0, 9.0]];
        let other = vec![vec![1.0, 0.0], vec![0.0, 9.0]];
        assert!((frechet_of(&[1.0, 2.0], &one, &[3.0, 1.0], &other) - 6.0).abs() < 1e-9);
        // The same turned by half a right angle is as far apart.
        let turned = |m: &Square| {
            let (a, b) = (m[0][0], m[1][1]);
            vec![
                vec![f64::midpoint(a, b), (a - b) / 2.0],
                vec![(a - b) / 2.0, f64::midpoint(a, b)],
            ]
        };
        assert!(
            (frechet_of(&[0.0; 2], &turned(&one), &[0.0; 2], &turned(&other)) - 1.0).abs() < 1e-9
        );
        assert!(frechet_of(&[0.0; 2], &one, &[0.0; 2], &one).abs() < 1e-9);
    }
}
