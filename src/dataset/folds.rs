//! Folds and parts of mail: stratified by class, near-duplicates kept together.

use super::corpus::Corpus;
use crate::base::mail::Label;
use crate::base::math;
use crate::base::streams::{Stream, random_stream};
use rustc_hash::FxHashMap;

/// A fold number in `0..folds` for each message: stratified by class, near-duplicates (equal group)
/// kept in one fold.
///
/// Groups are dealt in a random order, largest first, each to the fold that then holds the fewest
/// messages of its class; the class of a group is that of its first message.
pub fn grouped_folds(labels: &[Label], groups: &[u32], folds: usize, seed: u64) -> Vec<usize> {
    let mut position: FxHashMap<u32, usize> = FxHashMap::default();
    let mut members: Vec<(Label, Vec<usize>)> = Vec::new();
    for (at, (&label, &group)) in labels.iter().zip(groups).enumerate() {
        let slot = *position.entry(group).or_insert_with(|| {
            members.push((label, Vec::new()));
            members.len() - 1
        });
        members[slot].1.push(at);
    }
    let mut rng = random_stream(seed, Stream::Folds);
    math::shuffle(&mut members, &mut rng);
    members.sort_by_key(|(_, emails)| std::cmp::Reverse(emails.len()));
    let mut fold_of = vec![0; labels.len()];
    let mut filled = vec![[0usize; 2]; folds];
    for (label, emails) in members {
        let class = label.index();
        // Ties go to the fold with the fewest messages in all, then to the first.
        let target = (0..folds)
            .min_by_key(|&fold| (filled[fold][class], filled[fold][0] + filled[fold][1]))
            .unwrap_or(0);
        for at in emails {
            filled[target][labels[at].index()] += 1;
            fold_of[at] = target;
        }
    }
    fold_of
}

/// [`grouped_folds`] of rows of a corpus that kept near-duplicates. Messages without a label count
/// as ham.
fn row_folds(corpus: &Corpus, rows: &[usize], folds: usize, seed: u64) -> Vec<usize> {
    let label = |&row: &usize| corpus.label(row).unwrap_or(Label::Ham);
    let labels: Vec<Label> = rows.iter().map(label).collect();
    let groups: Vec<u32> = rows.iter().map(|&row| corpus.group(row)).collect();
    grouped_folds(&labels, &groups, folds, seed)
}

/// Rows of each fold and all others, in the order given.
pub fn fold_and_others(
    corpus: &Corpus,
    rows: &[usize],
    folds: usize,
    seed: u64,
) -> impl Iterator<Item = [Vec<usize>; 2]> {
    let fold = row_folds(corpus, rows, folds, seed);
    (0..folds).map(move |wanted| {
        let of = |within: bool| {
            let dealt = rows.iter().zip(&fold);
            let kept = dealt.filter(|(_, fold)| (**fold == wanted) == within);
            kept.map(|(&row, _)| row).collect()
        };
        [of(true), of(false)]
    })
}

/// One fold in so many and all others, in the order given.
pub fn apart(corpus: &Corpus, rows: &[usize], folds: usize, seed: u64) -> [Vec<usize>; 2] {
    let mut all = fold_and_others(corpus, rows, folds, seed);
    all.next().unwrap_or_default()
}

/// The part of each message of a corpus that kept near-duplicates, from 0. Messages without a label
/// are spread like a class of their own, but for near-duplicates of labelled ones.
pub fn parts(corpus: &Corpus, parts: usize, seed: u64) -> Vec<usize> {
    let labelled = corpus.labelled_rows();
    let dealt = |rows: &[usize]| {
        let groups: Vec<u32> = rows.iter().map(|&row| corpus.group(row)).collect();
        groups.into_iter().zip(row_folds(corpus, rows, parts, seed))
    };
    let mut part_of: FxHashMap<u32, usize> = dealt(&labelled).collect();
    let is_open = |row: &usize| !part_of.contains_key(&corpus.group(*row));
    let open: Vec<usize> = (0..corpus.len()).filter(is_open).collect();
    part_of.extend(dealt(&open));
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

    #[test]
    fn folds_are_stratified_and_keep_groups_together() {
        let labels: Vec<Label> = (0..60).map(|at| Label::from_is_spam(at % 3 == 0)).collect();
        let groups: Vec<u32> = (0..60).map(|at| if at < 6 { 0 } else { at }).collect();
        let fold = grouped_folds(&labels, &groups, 5, 7);
        assert!((0..6).all(|at| fold[at] == fold[0]));
        for part in 0..5 {
            let spam = (0..60)
                .filter(|&at| fold[at] == part && labels[at].is_spam())
                .count();
            assert!(
                (3..=5).contains(&spam),
                "{spam} of 20 spam in one of 5 folds"
            );
        }
        assert_eq!(fold, grouped_folds(&labels, &groups, 5, 7));
        assert_ne!(fold, grouped_folds(&labels, &groups, 5, 8));
    }

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
