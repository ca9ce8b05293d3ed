//! How good generated mail is by itself: the Inception Score, distinct n-grams and copying.
//!
//! - **Inception Score** (Salimans et al., NIPS 2016): exp of the mean Kullback-Leibler divergence
//!   of p(label | email), by a discriminative classifier, from its marginal. It is 1 if the
//!   classifier cannot tell what it reads, and at best 2 with two classes. It does not see whether
//!   a message makes sense.
//! - **Distinct n-grams** (Li et al., NAACL 2016): different words, and pairs of them, as a share
//!   of all. Low is monotonous.
//! - **Copying**: the longest run of bytes shared with real mail, as a share of the generated
//!   message.

use super::copying::CopyIndex;
use super::sampler::GeneratedEmail;
use crate::base::keyed::KeyedSet;
use serde::{Deserialize, Serialize};

/// The Inception Score of probabilities of spam, one for each message; None without any.
pub fn inception_score(probabilities: &[f64]) -> Option<f64> {
    let count = probabilities.len() as f64;
    let marginal = probabilities.iter().sum::<f64>() / count;
    let term = |p: f64, q: f64| if p > 0.0 { p * (p / q).ln() } else { 0.0 };
    let divergence = |&p: &f64| term(p, marginal) + term(1.0 - p, 1.0 - marginal);
    (count > 0.0).then(|| (probabilities.iter().map(divergence).sum::<f64>() / count).exp())
}

/// Distinct n-grams, as shares from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Distinct {
    /// Different words among all words.
    pub words: f64,
    /// Different pairs of neighbouring words among all pairs.
    pub pairs: f64,
}

/// The distinct n-grams of some texts taken together.
pub fn distinct<'t>(texts: impl Iterator<Item = &'t str>) -> Distinct {
    let (mut words, mut pairs) = (KeyedSet::default(), KeyedSet::default());
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

/// Mean share of a generated message that is one run copied from known mail.
pub fn copied(emails: &[GeneratedEmail], known: &CopyIndex) -> f64 {
    let share = |email: &GeneratedEmail| {
        let text = email.text();
        let run = known
            .longest_run(text.as_bytes())
            .map_or(0, |run| run.len());
        run as f64 / text.len().max(1) as f64
    };
    emails.iter().map(share).sum::<f64>() / emails.len().max(1) as f64
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
}
