//! Folds: stratified by class, near-duplicates kept together.

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
