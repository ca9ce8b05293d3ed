//! What is written down of a fit as it goes on: its steps and how it ended, and, where there is
//! mail to look at, what the model lost of it.

use super::options::ProgressFn;
use crate::base::mail::Label;
use crate::dataset::TrainingSet;
use crate::model::{
    Classifier, Convergence, FitObserver, LossPoint, ObjectivePoint, Scale, Snapshot,
};
use crate::results::metric::log_loss;
use std::f64::consts::LN_2;
use std::time::{Duration, Instant};

/// Writes down what the fit of one model reports.
pub(super) struct FitRecorder<'a> {
    model: &'static str,
    learned: &'a TrainingSet<'a>,
    watched: Option<&'a TrainingSet<'a>>,
    live: Option<&'a ProgressFn<'a>>,
    /// Whether each message is one that the fit does not learn from.
    aside: Vec<bool>,
    pub trace: Vec<ObjectivePoint>,
    pub losses: Vec<LossPoint>,
    pub convergence: Option<Convergence>,
    /// Time spent on looking.
    pub looking: Duration,
}

impl<'a> FitRecorder<'a> {
    /// Nothing yet, of a model that learns from `learned` and is looked at by `watched`.
    pub fn new(
        model: &'static str,
        learned: &'a TrainingSet<'a>,
        watched: Option<&'a TrainingSet<'a>>,
        live: Option<&'a ProgressFn<'a>>,
    ) -> FitRecorder<'a> {
        let (trace, losses, convergence, looking) = (Vec::new(), Vec::new(), None, Duration::ZERO);
        FitRecorder {
            model,
            learned,
            watched,
            live,
            aside: vec![false; learned.len()],
            trace,
            losses,
            convergence,
            looking,
        }
    }

    fn look(&self, pass: f64, now: Snapshot<'_>) -> Option<LossPoint> {
        let watched = self.watched?;
        let now = now();
        let training = mean_loss(&*now, self.learned, &|at| !self.aside[at])?;
        let held_out = mean_loss(&*now, watched, &|_| true)?;
        Some(LossPoint {
            pass,
            training,
            held_out,
        })
    }
}

impl FitObserver for FitRecorder<'_> {
    fn held_out_rows(&mut self, places: &[usize]) {
        for &place in places {
            self.aside[place] = true;
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

/// Mean loss of the messages whose place is among those to be `counted`, see [`LossPoint`]; None of
/// no message, and of a score without a unit.
///
/// All messages are scored as one batch, for a model may score many at once for less than one after
/// the other; the few that do not count cost less than a batch of their own.
pub(crate) fn mean_loss(
    model: &dyn Classifier,
    emails: &TrainingSet<'_>,
    counted: &dyn Fn(usize) -> bool,
) -> Option<f64> {
    let loss: fn(f64, Label) -> f64 = match model.scale() {
        Scale::LogOdds => |score, label| log_loss(score, label) / LN_2,
        Scale::Margin => |score, label| (1.0 - label.sign() * score).max(0.0),
        Scale::Index => return None,
    };
    let raw = model.raw_batch(emails.rows());
    let (mut sum, mut count) = (0.0, 0.0);
    for (at, (raw, &label)) in raw.iter().zip(emails.labels()).enumerate() {
        if counted(at) {
            sum += loss(raw.score, label);
            count += 1.0;
        }
    }
    (count > 0.0).then_some(sum / count)
}
