//! The space of a model that generates each message from a latent vector: test messages at the
//! means that its encoder gives them, on the two axes along which these vary most, what both ends
//! of either axis mean in words, and what is generated on the way from a typical ham to a typical
//! spam.
//!
//! Whose mail a message is does not enter its place: the means as ham and as spam are averaged, and
//! so are the probabilities of words by both decoders. A word gains p ln(p / q) against another
//! place, where its probability is q: its part of the divergence of the two. Clues are passed over:
//! words of the text say more to a reader. Typical is the message nearest to the mean of its class,
//! among those that are neither very short nor very long.

use super::LENGTH;
use crate::base::mail::Label;
use crate::base::math::shuffle;
use crate::base::streams::{Stream, random_stream};
use crate::base::symmetric::PrincipalComponents;
use crate::dataset::Example;
use crate::lab::analyses::analysis::{Analysis, Compared, LooksAt, OnComparison, plain};
use crate::lab::analyses::messages::token_numbers;
use crate::model::{Family, Latent};
use crate::results::{self, LatentAxis, LatentPoint, LatentSpace, ranking};
use crate::tokenize::TokenKind;

/// The most messages that are placed.
const MOST: usize = 600;
/// How far along an axis its ends are, in standard deviations.
const END: f64 = 2.0;
/// Words told of an end or of a point.
const WORDS: usize = 8;
/// Points of the way from ham to spam.
const POINTS: usize = 5;

/// The row of the table.
pub(in crate::lab::analyses) const ANALYSIS: Analysis = Analysis {
    name: results::LATENT_SPACE,
    question: "What is each message about, by a model that generates from a latent vector?",
    looks_at: LooksAt::Comparison(OnComparison::new(|of, _| plain(of.latent_space()?))),
    section: None,
    charts: &["latent_space"],
};

impl Compared<'_> {
    /// That of the first fold, by the best model that has one of two dimensions or more.
    fn latent_space(&self) -> Option<LatentSpace> {
        let mut ranked = Family::BOTH
            .into_iter()
            .flat_map(|family| ranking(self.models, family));
        let model = ranked.find(|&at| self.latent(at).is_some())?;
        let (trained, latent) = (self.trained(0, model)?, self.latent(model)?);
        let test = &self.scored(0, model)?.rows;
        let rows = drawn(test, self.spec.seed);
        let encoded = self.encoded(0, trained, &rows);
        let vectors: Vec<Vec<f64>> = encoded.examples().map(|one| vector(latent, one)).collect();
        let components = PrincipalComponents::of(&vectors)?;
        if components.directions.len() < 2 {
            return None;
        }
        let result = self.results.first()?;
        let (numbers, lexicon) = (
            token_numbers(result).swap_remove(model),
            result.corpus.lexicon(),
        );
        let words = |z: &[f64], from: &[f64]| -> Vec<(String, f64)> {
            let gaining = gaining(latent, z, from).into_iter();
            let gaining = gaining.map(|(column, gain)| (numbers[column as usize], gain));
            let words = gaining.filter(|&(token, _)| lexicon.kind(token) == TokenKind::Word);
            let named = words.map(|(token, gain)| (lexicon.token(token).to_owned(), gain));
            named.take(WORDS).collect()
        };
        let axis = |which: usize| {
            let end = |sign: f64| {
                let far = sign * END * components.variances[which].sqrt();
                words(
                    &moved(&components.mean, &components.directions[which], far),
                    &components.mean,
                )
            };
            Some(LatentAxis {
                share: components.share(which)?,
                low: end(-1.0),
                high: end(1.0),
            })
        };
        let place = |z: &[f64]| [0, 1].map(|which| components.place(z, which));
        let point = |z: Vec<f64>| LatentPoint {
            at: place(&z),
            words: words(&z, &vec![0.0; z.len()]),
        };
        let ends = Label::BOTH.map(|label| self.typical(&rows, &vectors, label));
        Some(LatentSpace {
            model: self.models[model].name.clone(),
            dimensions: components.mean.len(),
            emails: test.len(),
            places: vectors.iter().map(|z| place(z)).collect(),
            axes: [axis(0)?, axis(1)?],
            path: match ends {
                [Some(ham), Some(spam)] => way(ham, spam).map(point).collect(),
                _ => Vec::new(),
            },
            rows: rows.into_iter().map(|row| row as u32).collect(),
        })
    }

    fn latent(&self, model: usize) -> Option<&dyn Latent> {
        self.trained(0, model)?.fitted.classifier().as_latent()
    }

    /// The vector of the message of a class that is nearest to the mean of the class: of those of
    /// a fit length, if there are any.
    fn typical<'v>(
        &self,
        rows: &[usize],
        vectors: &'v [Vec<f64>],
        label: Label,
    ) -> Option<&'v [f64]> {
        let corpus = self.results.first()?.corpus;
        let of_class = rows.iter().zip(vectors);
        let of_class: Vec<(usize, &[f64])> = of_class
            .filter(|(row, _)| corpus.label(**row) == Some(label))
            .map(|(&row, vector)| (row, &vector[..]))
            .collect();
        let size = of_class.first()?.1.len();
        let mean: Vec<f64> = (0..size)
            .map(|at| of_class.iter().map(|one| one.1[at]).sum::<f64>() / of_class.len() as f64)
            .collect();
        let is_fit = |&(row, _): &(usize, &[f64])| LENGTH.contains(&corpus.bag(row).len());
        let any_is_fit = of_class.iter().any(is_fit);
        let away = |vector: &[f64]| -> f64 {
            let each = vector.iter().zip(&mean);
            each.map(|(x, mean)| (x - mean).powi(2)).sum()
        };
        let candidates = of_class.iter().filter(|one| is_fit(one) || !any_is_fit);
        let nearest = candidates.min_by(|a, b| away(a.1).total_cmp(&away(b.1)));
        nearest.map(|&(_, vector)| vector)
    }
}

/// Up to [`MOST`] of the rows, drawn by the seed, in ascending order.
fn drawn(rows: &[u32], seed: u64) -> Vec<usize> {
    let mut rows: Vec<usize> = rows.iter().map(|&row| row as usize).collect();
    shuffle(&mut rows, &mut random_stream(seed, Stream::Drawn));
    rows.truncate(MOST);
    rows.sort_unstable();
    rows
}

/// The mean of the latent vector of a message, whichever class it is of.
fn vector(latent: &dyn Latent, email: Example<'_>) -> Vec<f64> {
    let [ham, spam] = Label::BOTH.map(|label| latent.mean(email, label));
    let both = ham.into_iter().zip(spam);
    both.map(|(a, b)| f64::midpoint(a, b)).collect()
}

/// A vector that was moved along a direction.
fn moved(from: &[f64], direction: &[f64], by: f64) -> Vec<f64> {
    let each = from.iter().zip(direction);
    each.map(|(x, way)| x + by * way).collect()
}

/// Vectors in equal steps from one to another, both included.
fn way<'v>(from: &'v [f64], to: &'v [f64]) -> impl Iterator<Item = Vec<f64>> + 'v {
    (0..POINTS).map(move |point| {
        let part = point as f64 / (POINTS - 1) as f64;
        let each = from.iter().zip(to);
        each.map(|(a, b)| a + part * (b - a)).collect()
    })
}

/// The columns that gain at a latent vector against another, with p ln(p / q), the greatest first.
fn gaining(latent: &dyn Latent, z: &[f64], from: &[f64]) -> Vec<(u32, f64)> {
    let both = |z: &[f64]| -> Vec<(u32, f64)> {
        let [ham, spam] = Label::BOTH.map(|label| latent.probabilities(z, label));
        let both = ham.into_iter().zip(spam);
        both.map(|((column, a), (_, b))| (column, f64::midpoint(a, b)))
            .collect()
    };
    let gain = |((column, p), (_, q)): ((u32, f64), (u32, f64))| {
        let least = f64::MIN_POSITIVE;
        (column, p * (p.max(least) / q.max(least)).ln())
    };
    let mut gains: Vec<(u32, f64)> = both(z).into_iter().zip(both(from)).map(gain).collect();
    gains.retain(|(_, gain)| *gain > 0.0);
    gains.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    gains
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two words, of which the first has 1/2 at 0, and 1/2 + z / 4 elsewhere; spam is as far on the
    /// other side.
    struct TwoWords;

    impl Latent for TwoWords {
        fn mean(&self, email: Example<'_>, label: Label) -> Vec<f64> {
            vec![email.total() + label.sign()]
        }

        fn probabilities(&self, z: &[f64], label: Label) -> Vec<(u32, f64)> {
            let first = 0.5 + z[0] / 4.0 + label.sign() / 8.0;
            vec![(3, first), (5, 1.0 - first)]
        }
    }

    #[test]
    fn a_message_has_one_place_whichever_class_it_is_of_and_words_gain_in_the_mean() {
        let email = Example::sparse(&[3], &[2.0]);
        assert_eq!(vector(&TwoWords, email), [2.0]);
        // At 1 the first word has 3/4, at 0 it has 1/2, and the second does not gain.
        let found = gaining(&TwoWords, &[1.0], &[0.0]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, 3);
        assert!((found[0].1 - 0.75 * 1.5_f64.ln()).abs() < 1e-12);
        assert_eq!(gaining(&TwoWords, &[1.0], &[1.0]), []);
    }

    #[test]
    fn the_way_has_both_ends_and_equal_steps() {
        let way: Vec<Vec<f64>> = way(&[0.0, 4.0], &[4.0, 0.0]).collect();
        assert_eq!(way[0], [0.0, 4.0]);
        assert_eq!(way[1], [1.0, 3.0]);
        assert_eq!(way[4], [4.0, 0.0]);
        assert_eq!(way.len(), POINTS);
        assert_eq!(moved(&[1.0, 1.0], &[0.0, 1.0], -2.0), [1.0, -1.0]);
    }

    #[test]
    fn few_messages_are_all_drawn_and_many_not_twice() {
        assert_eq!(drawn(&[5, 2, 9], 1), [2, 5, 9]);
        let rows: Vec<u32> = (0..2_000).collect();
        let some = drawn(&rows, 1);
        assert_eq!(some.len(), MOST);
        assert!(some.is_sorted_by(|a, b| a < b) && some != drawn(&rows, 2));
    }
}
