//! The results of a hyperparameter search: the held-out loss of each trial on all folds, by the
//! numeric setting that took the most values. A flat bottom means that the choice hardly matters; a
//! fall to one side means that the range ends too soon.

use crate::report::axis::Axis;
use crate::report::figure::{Figure, Marks, Panel, Position, Series};
use crate::report::palette::{Role, roles};
use crate::report::statements;
use crate::results::{Experiment, ModelRecord, Trial};

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let models = experiment.models.iter().zip(roles(experiment));
    let tokenizers = tokenizers(experiment);
    let panels: Vec<Panel> = models
        .filter_map(|(model, role)| panel(model, role))
        .chain(tokenizers)
        .collect();
    if panels.is_empty() {
        return None;
    }
    let description = "The loss of each trial on mail held out of each training set. A flat \
         bottom: the choice hardly matters. Lowest at one end: the range should go on there. Grey: \
         given up early, judged on a part of the training mail.";
    let figure = Figure::new(description, panels, Vec::new()).small_multiples(420);
    Some(figure.entitled(statements::title(statements::best_at_the_end(experiment))))
}

/// The loss of each tokenizer, with a dot per fold and a ring around those that were chosen.
fn tokenizers(experiment: &Experiment) -> Option<Panel> {
    let trials = &experiment.tokenizer_trials;
    let place = |at: usize| (trials.len() - at) as f64 - 0.5;
    let on = |at: usize, fold: usize| {
        trials[at]
            .log_loss_bits
            .get(fold)?
            .map(|loss| [loss, place(at)])
    };
    let dots = |at: usize| (0..trials[at].log_loss_bits.len()).filter_map(move |fold| on(at, fold));
    let points: Vec<Position> = (0..trials.len()).flat_map(dots).collect();
    if points.is_empty() {
        return None;
    }
    let taken = experiment
        .chosen_tokenizers()
        .into_iter()
        .enumerate()
        .filter_map(|(fold, at)| on(at, fold))
        .collect();
    let losses = bounds(points.iter().map(|point| point[0]));
    let names: Vec<&str> = trials.iter().rev().map(|one| one.what.as_str()).collect();
    let panel = Panel::new(
        axis("held-out log loss, bits, mean of families", losses),
        Axis::named("", &names),
        vec![
            Series::new("tokenizer: tried", Role::Conflict, Marks::Dots(points)),
            Series::new(
                "tokenizer: taken by a training set",
                Role::Conflict,
                Marks::Rings(taken),
            ),
        ],
    );
    Some(panel.titled("the mail, by tokenizer"))
}

fn panel(model: &ModelRecord, role: Role) -> Option<Panel> {
    let trials: Vec<&Trial> = model
        .scored()
        .flat_map(|(_, scored)| &scored.tried)
        .filter(|trial| trial.log_loss_bits.is_finite())
        .collect();
    let setting = statements::most_varied(&trials)?;
    let points = |early: bool| -> Vec<Position> {
        trials
            .iter()
            .filter(|trial| (trial.share < 1.0) == early)
            .filter_map(|trial| {
                let value = trial.settings[&setting].as_f64()?;
                Some([value, trial.log_loss_bits])
            })
            .collect()
    };
    let (judged, early) = (points(false), points(true));
    let of = |at: usize| bounds(judged.iter().chain(&early).map(|point| point[at]));
    let panel = Panel::new(
        axis(&setting, of(0)),
        axis("log loss on held-out mail, bits", of(1)),
        vec![
            Series::new(
                "given up early",
                Role::Reference,
                Marks::Dots(early.clone()),
            ),
            Series::new("judged on all", role, Marks::Dots(judged.clone())),
        ],
    );
    Some(panel.about(format!("{}, by {setting}", model.name), role))
}

fn bounds(values: impl Iterator<Item = f64>) -> [f64; 2] {
    values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
        [low.min(value), high.max(value)]
    })
}

/// An axis that is logarithmic if the numbers span more than one decade.
fn axis(label: &str, [low, high]: [f64; 2]) -> Axis {
    if low > 0.0 && high / low >= 10.0 {
        return Axis::log(label, [low / 1.2, high * 1.2]);
    }
    let room = if high > low {
        (high - low) / 20.0
    } else {
        0.5 * low.abs().max(1e-3)
    };
    Axis::linear(label, [low - room, high + room])
}
