//! What is written down of a fit as it goes on: its steps and how it ended, and, where there is
//! mail to look at, what the model lost of it.

use super::checkpoints::{Checkpoints, FitCheckpoints};
use super::options::ProgressFn;
use super::watched::WatchedRows;
use crate::base::mail::Label;
use crate::dataset::{Rows, TrainingSet};
use crate::model::{
    Classifier, Convergence, FitObserver, FitReport, LossPoint, ObjectivePoint, Scale, Snapshot,
};
use crate::results::metric::log_loss;
use rustc_hash::FxHashSet;
use serde_json::Value;
use std::f64::consts::LN_2;
use std::time::{Duration, Instant};

/// Writes down what the fit of one model reports.
pub(super) struct FitRecorder<'a> {
    model: &'static str,
    /// None of mail on disk.
    data: Option<&'a TrainingSet<'a>>,
    watched: Option<&'a WatchedRows<'a>>,
    live: Option<&'a ProgressFn<'a>>,
    checkpoints: Option<FitCheckpoints<'a>>,
    /// Row numbers of training messages that the fit does not learn from.
    aside: FxHashSet<usize>,
    pub trace: Vec<ObjectivePoint>,
    pub losses: Vec<LossPoint>,
    pub convergence: Option<Convergence>,
    /// Time spent on looking.
    pub looking: Duration,
}

impl<'a> FitRecorder<'a> {
    /// Nothing yet, of a model that is fitted to `data` and is looked at by `watched`.
    pub fn new(
        model: &'static str,
        data: Option<&'a TrainingSet<'a>>,
        watched: Option<&'a WatchedRows<'a>>,
        live: Option<&'a ProgressFn<'a>>,
    ) -> FitRecorder<'a> {
        let (trace, losses, convergence, looking) = (Vec::new(), Vec::new(), None, Duration::ZERO);
        FitRecorder {
            model,
            data,
            watched,
            live,
            checkpoints: None,
            aside: FxHashSet::default(),
            trace,
            losses,
            convergence,
            looking,
        }
    }

    /// The same of fits with the settings of a grid, which are kept as they go on.
    pub fn with_checkpoints(
        self,
        checkpoints: Option<&'a Checkpoints<'a>>,
        grid: &[Value],
    ) -> FitRecorder<'a> {
        FitRecorder {
            checkpoints: checkpoints
                .zip(self.data)
                .and_then(|(all, data)| all.of_fit(self.model, grid, data)),
            ..self
        }
    }

    fn look(&self, pass: f64, now: Snapshot<'_>) -> Option<LossPoint> {
        let WatchedRows { learned, test } = self.watched?;
        let now = now();
        let counted = |at: usize| !self.aside.contains(&learned.numbers()[at]);
        let training = mean_loss(&*now, learned, &counted)?;
        let held_out = mean_loss(&*now, test, &|_| true)?;
        Some(LossPoint {
            pass,
            training,
            held_out,
            messages: [
                (0..learned.len()).filter(|&at| counted(at)).count(),
                test.len(),
            ],
        })
    }
}

impl FitObserver for FitRecorder<'_> {
    fn held_out_rows(&mut self, places: &[usize]) {
        let numbers = self.data.map(|data| data.rows().numbers());
        let numbers = numbers.unwrap_or_default();
        self.aside
            .extend(places.iter().map(|&place| numbers[place]));
    }

    fn resume(&mut self) -> Option<Vec<u8>> {
        let (state, trace, losses) = self.checkpoints.as_ref()?.resume()?;
        (self.trace, self.losses) = (trace, losses);
        Some(state)
    }

    fn keep(&mut self, state: &dyn Fn() -> Vec<u8>) {
        if let Some(checkpoints) = &mut self.checkpoints {
            checkpoints.keep(state, &self.trace, &self.losses);
        }
    }

    fn step(&mut self, step: ObjectivePoint, now: Snapshot<'_>) -> bool {
        let since = Instant::now();
        let loss = self.look(step.pass, now);
        self.looking += since.elapsed();
        if let Some(live) = self.live {
            live(self.model, step, loss);
        }
        self.trace.push(step);
        self.losses.extend(loss);
        true
    }

    fn finished(&mut self, convergence: Convergence) {
        self.convergence = Some(convergence);
    }
}

impl From<FitRecorder<'_>> for FitReport {
    fn from(notes: FitRecorder<'_>) -> FitReport {
        FitReport {
            convergence: notes.convergence,
            trace: notes.trace,
            losses: notes.losses,
            tried: Vec::new(),
        }
    }
}

/// Mean loss of the messages whose place is among those to be `counted`, see [`LossPoint`]; None of
/// no message, and of a score without a unit.
///
/// All messages are scored as one batch, for a model may score many at once for less than one after
/// the other; the few that do not count cost less than a batch of their own.
pub(crate) fn mean_loss(
    model: &dyn Classifier,
    emails: &Rows<'_>,
    counted: &dyn Fn(usize) -> bool,
) -> Option<f64> {
    let loss: fn(f64, Label) -> f64 = match model.scale() {
        Scale::LogOdds => |score, label| log_loss(score, label) / LN_2,
        Scale::Margin => |score, label| (1.0 - label.sign() * score).max(0.0),
        Scale::Index => return None,
    };
    let raw = model.raw_batch(emails);
    let (mut sum, mut count) = (0.0, 0.0);
    for (at, (raw, label)) in raw.iter().zip(emails.labels()).enumerate() {
        if counted(at) {
            sum += loss(raw.score, label);
            count += 1.0;
        }
    }
    (count > 0.0).then_some(sum / count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::{Content, Email};
    use crate::dataset::features::{Encoded, Encoders, VocabularySettings};
    use crate::dataset::{CorpusBuilder, CorpusOptions, Example, FeatureView};
    use crate::model::{Cost, Evidence, FittedModel};
    use crate::tokenize::{Recipe, TokenKinds};
    use crate::train::Watched;

    /// Gives the number of a message's columns as its margin.
    struct Columns;

    impl FittedModel for Columns {
        fn evidence(&self, email: Example<'_>) -> Evidence {
            Evidence::linear(email, 0.0, |_| 1.0)
        }
    }

    impl Classifier for Columns {
        fn score(&self, email: Example<'_>) -> f64 {
            email.columns.len() as f64
        }

        fn scale(&self) -> Scale {
            Scale::Margin
        }
    }

    #[test]
    fn a_training_loss_is_of_the_messages_that_the_fit_learns_from() {
        // Message n is spam and has n words: its hinge loss is 1, 0, 0, ...
        let email = |at: usize| {
            let words = ["a1x", "b2x", "c3x", "d4x"][..at].join(" ");
            Email::new(at.to_string(), Some(Label::Spam), Content::text("", words))
        };
        let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::default());
        builder.add((0..4).map(email).collect());
        let corpus = builder.finish();
        let view = FeatureView {
            representation: crate::dataset::Representation::Binary,
            kinds: TokenKinds::ALL,
        };
        let vocabulary = VocabularySettings::default();
        let encoders = Encoders::learn(&corpus, &[0, 1, 2, 3], &vocabulary, [view].into_iter());
        let encoded = Encoded::new(&corpus, &encoders, &[0, 1, 2]);
        let data = TrainingSet::new(encoded.rows(view), 1);
        let watched = Watched {
            learned: &[0, 1, 2],
            test: &[3],
        };
        let watched = watched.draw(Cost::Cheap, &encoded, view, 1);
        let mut recorder = FitRecorder::new("columns", Some(&data), Some(&watched), None);
        let looked = |recorder: &FitRecorder<'_>| {
            let loss = recorder.look(1.0, &|| Box::new(Columns)).unwrap();
            (loss.training, loss.held_out, loss.messages)
        };
        assert_eq!(looked(&recorder), (1.0 / 3.0, 0.0, [3, 1]));
        recorder.held_out_rows(&[0]);
        assert_eq!(looked(&recorder), (0.0, 0.0, [2, 1]));
    }
}
