//! The results of a hyperparameter search: the held-out loss of each trial on all folds, by the
//! numeric setting that took the most values. A flat bottom means that the choice hardly matters; a
//! fall to one side means that the range ends too soon.

use crate::report::axis::Axis;
use crate::report::figure::{Figure, Marks, Panel, Position, Series};
use crate::report::palette::{Role, roles};
use crate::results::{Experiment, ModelRecord, Trial};
use std::collections::BTreeSet;

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
    let description = "The loss of each trial on held-out mail, on every fold. A flat bottom: the \
         choice hardly matters. Lowest at one end: the range should go on there. Grey: given up \
         early, judged on a part of the training mail.";
    Some(Figure::new(description, panels, Vec::new()).small_multiples(420))
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
                "tokenizer: taken by a fold",
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
    let setting = most_varied(&trials)?;
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

/// The numeric setting that took the most different values.
fn most_varied(tried: &[&Trial]) -> Option<String> {
    let first = tried.first()?.settings.as_object()?;
    let values = |name: &str| {
        let values = tried
            .iter()
            .filter_map(|tried| tried.settings[name].as_f64());
        values.map(f64::to_bits).collect::<BTreeSet<u64>>().len()
    };
    // Of equal counts, the first wins.
    first
        .keys()
        .rev()
        .map(|name| (values(name), name))
        .max_by_key(|(values, _)| *values)
        .filter(|(values, _)| *values > 1)
        .map(|(_, name)| name.clone())
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_most_varied_number_is_the_axis() {
        let tried = |alpha: f64, c: f64| Trial {
            settings: json!({ "alpha": alpha, "c": c, "loss": "hinge" }),
            log_loss_bits: 0.1,
            share: 1.0,
        };
        let all = [tried(1.0, 1.0), tried(1.0, 2.0), tried(2.0, 3.0)];
        assert_eq!(
            most_varied(&all.iter().collect::<Vec<_>>()).as_deref(),
            Some("c")
        );
        assert_eq!(most_varied(&[&all[0]]), None);
        assert_eq!(most_varied(&[]), None);
    }
}
