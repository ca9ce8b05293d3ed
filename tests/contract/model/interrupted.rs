//! Fits that were interrupted: whoever can go on from a state that was kept ends in the bits of a
//! fit that was not interrupted, after whichever step that was. Fits that come to no numbers end in
//! a sentence.

use super::{corpus, defaults, emails, encoder, every_model, representation};
use serde_json::json;
use spamlab::dataset::TrainingSet;
use spamlab::model::{Convergence, FitError, FitObserver, ModelEntry, ObjectivePoint, Snapshot};

/// Keeps a fit after each step, goes on from what was kept of another, and ends it after so many
/// passes.
#[derive(Default)]
struct Keeper {
    from: Option<Vec<u8>>,
    most: Option<usize>,
    kept: Vec<Vec<u8>>,
    points: Vec<ObjectivePoint>,
    end: Option<Convergence>,
}

impl FitObserver for Keeper {
    fn resume(&mut self) -> Option<Vec<u8>> {
        self.from.take()
    }

    fn keep(&mut self, state: &dyn Fn() -> Vec<u8>) {
        self.kept.push(state());
    }

    fn step(&mut self, point: ObjectivePoint, _: Snapshot<'_>) -> bool {
        self.points.push(point);
        self.most.is_none_or(|most| self.points.len() < most)
    }

    fn finished(&mut self, end: Convergence) {
        self.end = Some(end);
    }
}

/// Fits a model to the rows; its bytes, or why there are none.
fn fitted(
    entry: &dyn ModelEntry,
    data: &TrainingSet<'_>,
    keeper: &mut Keeper,
) -> Result<Vec<u8>, FitError> {
    let fitted = entry.fit_path(&[defaults(entry)], data, keeper)?;
    Ok(fitted[0].save().unwrap())
}

#[test]
fn a_fit_that_was_interrupted_after_any_step_ends_in_the_same_bits() {
    let corpus = corpus(emails(60, 0.6, 11));
    let rows = corpus.labelled_rows();
    let encoder = encoder(&corpus, &rows);
    let mut models = 0;
    every_model(|entry| {
        let name = entry.name();
        let encoded = encoder.encode(&corpus, &rows, representation(entry));
        let data = TrainingSet::new(&encoded, 1);
        let mut whole = Keeper::default();
        let bytes = fitted(entry, &data, &mut whole).unwrap();
        let Some(last) = whole.kept.len().checked_sub(1) else {
            return;
        };
        models += 1;
        // After the first step, in a pass, at the last one, and when nothing is left to do.
        for at in [0, last / 3, last / 2 + 1, last - 1, last] {
            let mut again = Keeper {
                from: Some(whole.kept[at].clone()),
                ..Keeper::default()
            };
            assert!(
                fitted(entry, &data, &mut again).unwrap() == bytes,
                "{name}: {at}"
            );
            assert!(again.kept == whole.kept[at + 1..], "{name}: {at}");
            assert!(whole.points.ends_with(&again.points), "{name}: {at}");
            assert_eq!(again.end, whole.end, "{name}: {at}");
        }
        for most in 1..3 {
            let mut cut = Keeper {
                most: Some(most),
                ..Keeper::default()
            };
            let cancelled = fitted(entry, &data, &mut cut);
            assert!(
                matches!(cancelled, Err(FitError::Cancelled)),
                "{name}: {most}"
            );
            let mut again = Keeper {
                from: cut.kept.pop(),
                ..Keeper::default()
            };
            assert!(
                fitted(entry, &data, &mut again).unwrap() == bytes,
                "{name}: {most}"
            );
            assert_eq!([cut.points, again.points].concat(), whole.points, "{name}");
        }
    });
    assert!(models >= 5);
}

#[test]
fn what_was_kept_of_another_fit_is_refused() {
    let corpus = corpus(emails(30, 0.6, 12));
    let rows = corpus.labelled_rows();
    let encoder = encoder(&corpus, &rows);
    let mut kept: Vec<(&'static dyn ModelEntry, Vec<u8>)> = Vec::new();
    let of = |entry: &dyn ModelEntry, keeper: &mut Keeper| {
        let encoded = encoder.encode(&corpus, &rows, representation(entry));
        fitted(entry, &TrainingSet::new(&encoded, 1), keeper)
    };
    every_model(|entry| {
        let mut keeper = Keeper {
            most: Some(1),
            ..Keeper::default()
        };
        if matches!(of(entry, &mut keeper), Err(FitError::Cancelled)) {
            kept.extend(keeper.kept.pop().map(|state| (entry, state)));
        }
    });
    assert!(kept.len() >= 5);
    for (at, &(entry, ref state)) in kept.iter().enumerate() {
        let (_, other) = &kept[(at + 1) % kept.len()];
        let cut = &state[..state.len() / 2];
        for state in [other, cut, &[]] {
            let from = Some(state.to_vec());
            let refused = of(
                entry,
                &mut Keeper {
                    from,
                    ..Keeper::default()
                },
            );
            let is_refused = matches!(refused, Err(FitError::Checkpoint));
            assert!(is_refused, "{}", entry.name());
        }
    }
}

/// A rate far too high soon makes weights that are no numbers: a fit cannot go on from those.
#[test]
fn what_is_kept_of_a_fit_that_diverges_are_numbers() {
    let corpus = corpus(emails(60, 0.6, 13));
    let rows = corpus.labelled_rows();
    let encoder = encoder(&corpus, &rows);
    let (mut kept, mut diverged) = (0, 0);
    every_model(|entry| {
        let mut settings = defaults(entry);
        if settings["learning_rate"].is_null() {
            return;
        }
        let encoded = encoder.encode(&corpus, &rows, representation(entry));
        let data = TrainingSet::new(&encoded, 1);
        settings["learning_rate"] = json!(1000.0);
        if !settings["weight_decay"].is_null() {
            settings["weight_decay"] = json!(10.0);
        }
        let Ok(settings) = entry.settings(&settings) else {
            return;
        };
        let mut keeper = Keeper::default();
        let fit = |keeper: &mut Keeper| {
            let fitted = entry.fit_path(std::slice::from_ref(&settings), &data, keeper);
            fitted.err()
        };
        let first = fit(&mut keeper);
        if let Some(from) = keeper.kept.pop() {
            kept += 1;
            let from = Some(from);
            let again = fit(&mut Keeper {
                from,
                ..Keeper::default()
            });
            let [first, again] = [first, again].map(|end| end.map(|why| why.to_string()));
            assert_eq!(first, again, "{}", entry.name());
            diverged += usize::from(first.is_some_and(|why| why.contains("diverged at step")));
        }
    });
    assert!(kept >= 5 && diverged > 0, "{diverged} of {kept} diverged");
}
