//! Training from sums alone: what [`train`](super::train) does for mail in memory, for a [`Tally`] of a pile too large for it.
//!
//! The final fits have the same counts, hence the same bits, as from the mail itself. Settings left open and calibration come from
//! the tally's parts: each candidate is fitted to all parts but one and scores the mails that were drawn from that one.

use super::inner::{HeldOut, Pooled};
use super::{Choice, Facts, TrainError, Trained, Training};
use crate::dataset::{PARTS, Reads, Sums, Tally, View};
use crate::encode::{Encoded, Encoder, Encoders, VocabularySettings};
use crate::model::{Classifier, FitError, Fitted};
use rayon::prelude::*;
use serde_json::Value;
use std::time::Instant;

/// Trains each of `choices`, which must be models that learn from counts, on everything in `tally`.
pub fn train_counted(
    choices: &[Choice],
    tally: &Tally,
    vocabulary: &VocabularySettings,
    done: &(dyn Fn() + Sync),
) -> Training {
    let held_out = held_out(choices, tally, vocabulary);
    let counted = Counted::new(tally, None, vocabulary, choices);
    let finish = |(choice, held_out): (&Choice, Result<HeldOut, TrainError>)| {
        let HeldOut { settings, calibration, tried, seconds } = held_out?;
        let start = Instant::now();
        let mut fitted = counted.fit(choice, std::slice::from_ref(&settings))?;
        let fitted = fitted.pop().ok_or_else(|| FitError::Solver("nothing was fitted".to_owned()))?;
        done();
        let facts = Facts { convergence: None, trace: Vec::new(), tried };
        let seconds = seconds + start.elapsed().as_secs_f64();
        Ok(Trained { entry: choice.entry, settings, view: choice.view, fitted, calibration, facts, seconds })
    };
    let models = choices.par_iter().zip(held_out).map(finish).collect();
    Training { encoders: counted.encoders, models }
}

/// Sums of some parts, and the vocabulary learned from them.
struct Counted {
    sums: Sums,
    encoders: Encoders,
}

impl Counted {
    fn new(tally: &Tally, part: Option<usize>, vocabulary: &VocabularySettings, choices: &[Choice]) -> Counted {
        let sums = tally.sums(part);
        let views = choices.iter().map(|choice| choice.view);
        let kinds = View::union(views.clone());
        let whole = Encoder::of_counts(tally.sample().lexicon(), sums.mails, &sums.holding, vocabulary, kinds);
        Counted { sums, encoders: Encoders::narrowing(whole, views) }
    }

    fn fit(&self, choice: &Choice, grid: &[Value]) -> Result<Vec<Box<dyn Fitted>>, FitError> {
        if !matches!(choice.view.reads, Reads::Counts | Reads::Boolean) {
            return Err(FitError::NeedsMails);
        }
        let tokens = self.encoders.of_view(choice.view).token_numbers();
        choice.entry.fit_counts(grid, &self.sums.columns(&tokens, choice.view.reads))
    }
}

/// For each choice what the scores of mails held out decide.
fn held_out(choices: &[Choice], tally: &Tally, vocabulary: &VocabularySettings) -> Vec<Result<HeldOut, TrainError>> {
    let grids: Vec<_> = choices.iter().map(|choice| choice.entry.grid(&choice.settings)).collect();
    let mut pooled: Vec<Pooled> = grids.iter().map(|grid| Pooled::new(grid.as_ref().map_or(0, Vec::len))).collect();
    for part in 0..PARTS {
        let rows = tally.sampled(part);
        let labels = rows.iter().filter_map(|&row| tally.sample().label(row)).collect::<Vec<_>>();
        let counted = Counted::new(tally, Some(part), vocabulary, choices);
        let encoded = Encoded::new(tally.sample(), &counted.encoders, &rows);
        choices.par_iter().zip(&grids).zip(&mut pooled).for_each(|((choice, grid), pooled)| {
            let start = Instant::now();
            // What fails on a part fails on the whole: the final fit says how.
            let Ok(fitted) = grid.as_ref().map_err(|_| FitError::NeedsMails).and_then(|grid| counted.fit(choice, grid))
            else {
                return;
            };
            let score = |classifier: &dyn Classifier| {
                encoded.rows(choice.view).examples().map(|mail| classifier.score(mail)).collect::<Vec<f64>>()
            };
            let scores: Vec<Vec<f64>> = fitted.iter().map(|fitted| score(fitted.classifier())).collect();
            pooled.add(&labels, &scores, start.elapsed().as_secs_f64());
        });
    }
    grids.into_iter().zip(pooled).map(|(grid, pooled)| Ok(pooled.decide(grid?))).collect()
}
