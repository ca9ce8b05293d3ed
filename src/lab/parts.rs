//! Mail divided into parts of one size: each class is spread evenly, and near-duplicates stay
//! together.

use crate::base::mail::Label;
use crate::dataset::{Corpus, grouped_folds};
use rustc_hash::FxHashMap;

/// The part of each message of a corpus that kept near-duplicates, from 0. Messages without a label
/// are spread like a class of their own, but for near-duplicates of labelled ones.
pub fn parts(corpus: &Corpus, parts: usize, seed: u64) -> Vec<usize> {
    let labelled = corpus.labelled_rows();
    let groups =
        |rows: &[usize]| -> Vec<u32> { rows.iter().map(|&row| corpus.group(row)).collect() };
    let labels: Vec<Label> = labelled
        .iter()
        .filter_map(|&row| corpus.label(row))
        .collect();
    let dealt = grouped_folds(&labels, &groups(&labelled), parts, seed);
    let of_labelled = groups(&labelled).into_iter().zip(dealt);
    let mut part_of: FxHashMap<u32, usize> = of_labelled.collect();
    let is_open = |row: &usize| !part_of.contains_key(&corpus.group(*row));
    let open: Vec<usize> = (0..corpus.len()).filter(is_open).collect();
    let dealt = grouped_folds(&vec![Label::Ham; open.len()], &groups(&open), parts, seed);
    part_of.extend(groups(&open).into_iter().zip(dealt));
    (0..corpus.len())
        .map(|row| part_of[&corpus.group(row)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::{Content, Email};
    use crate::dataset::{CorpusBuilder, CorpusOptions};
    use crate::tokenize::Recipe;
    use std::convert::Infallible;

    /// Sixty messages: every third spam, every sixth without a label, the last ten the same text.
    fn corpus() -> Corpus {
        const SYLLABLES: [&str; 8] = ["ka", "lu", "mo", "ne", "pi", "ro", "su", "ta"];
        let email = |at: usize| Email {
            id: at.to_string(),
            label: (!at.is_multiple_of(6)).then(|| Label::from_is_spam(at % 3 == 1)),
            content: if at < 50 {
                let [a, b] = [at / 8, at % 8].map(|n| SYLLABLES[n]);
                Content::text(format!("{a}{b}"), format!("{b}{a}{b} {a}{a}{b} {b}{b}{a}"))
            } else {
                Content::text("the same", "word for word, ten times over and over again")
            },
            ..Email::message("", Vec::new())
        };
        let keep = CorpusOptions {
            near_duplicates: true,
            ..CorpusOptions::default()
        };
        let mut builder = CorpusBuilder::new(&Recipe::default(), keep);
        let all: Result<Vec<Email>, Infallible> = Ok((0..60).map(email).collect());
        builder.read_all([all]).unwrap();
        builder.finish()
    }

    #[test]
    fn halves_have_one_size_by_class_and_keep_near_duplicates_together() {
        let corpus = corpus();
        let half = parts(&corpus, 2, 1);
        assert_eq!(half, parts(&corpus, 2, 1));
        assert_ne!(half, parts(&corpus, 2, 2));
        assert!((50..60).all(|row| half[row] == half[50]));
        for label in [Some(Label::Ham), Some(Label::Spam), None] {
            let rows = (0..60).filter(|&row| corpus.label(row) == label);
            let of_half = |wanted| rows.clone().filter(|&row| half[row] == wanted).count();
            let (a, b) = (of_half(0), of_half(1));
            assert!(a.abs_diff(b) <= 4 && a + b >= 10, "{label:?}: {a} and {b}");
        }
    }
}
