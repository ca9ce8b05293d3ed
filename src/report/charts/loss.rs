//! The loss on training and test mail by pass, on the first fold, for every model that learns step
//! by step. A model begins to overfit where the test loss rises while the training loss keeps
//! falling.

use super::folds;
use crate::base::numbers::count;
use crate::report::axis::Axis;
use crate::report::figure::{Figure, Marks, Panel, Position, Series};
use crate::report::palette::{Role, roles};
use crate::report::statements::{past_the_least, title};
use crate::results::{Experiment, LossPoint, ModelRecord, ObjectivePoint, Scale, Scored};

/// The smallest loss drawn, as a share of the largest.
const LEAST: f64 = 1e-3;
/// The axis of passes is logarithmic if the last pass is at least this multiple of the first.
const LONG: f64 = 20.0;

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let panels: Vec<Panel> = experiment
        .models
        .iter()
        .zip(roles(experiment))
        .filter_map(|(model, role)| panel(model, role))
        .collect();
    if panels.is_empty() {
        return None;
    }
    let description = format!(
        "Mean loss after each pass{}: of the mail that is learned from (dashed) and of the test \
         mail{}. Where the lines part as passes go on, a model overfits; one test set alone tells \
         no small rise from chance. Not calibrated: log loss in bits where the score is log-odds, \
         hinge loss where it is a margin.{}",
        folds::on_the_first(experiment),
        looked_at(experiment),
        at_the_low_end(&panels)
    );
    let figure = Figure::new(description, panels, Vec::new()).small_multiples(420);
    Some(figure.entitled(title(past_the_least(experiment))))
}

/// How many messages of either the means are over, if that was counted.
fn looked_at(experiment: &Experiment) -> String {
    let counted: Vec<[usize; 2]> = experiment
        .models
        .iter()
        .filter_map(|model| Some(model.scored().next()?.1.losses_by_pass()?.first()?.messages))
        .filter(|&messages| messages != [0; 2])
        .collect();
    let range = |at: usize| {
        let counts = || counted.iter().map(|messages| messages[at]);
        let (least, most) = (counts().min()?, counts().max()?);
        Some(if least == most {
            count(most)
        } else {
            format!("{} to {}", count(least), count(most))
        })
    };
    match [range(0), range(1)] {
        [Some(learned), Some(test)] => format!(" ({learned} and {test} messages)"),
        _ => String::new(),
    }
}

fn panel(model: &ModelRecord, role: Role) -> Option<Panel> {
    let (_, scored) = model.scored().next()?;
    let Lines {
        training,
        test,
        kept,
    } = lines(scored)?;
    let bounds = |at: usize| {
        let values = training.iter().chain(&test).map(|point| point[at]);
        values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
            [low.min(value), high.max(value)]
        })
    };
    let (x, y) = (pass_axis(bounds(0)), loss_axis(bounds(1)));
    let clip = |points: Vec<Position>| {
        points
            .into_iter()
            .map(|[pass, loss]| [pass, y.clip(loss)])
            .collect()
    };
    let training = Marks::Line(clip(training));
    let test = Marks::MarkedLine(clip(test));
    let mut drawn = vec![
        Series::new("training mail", Role::Reference, training),
        Series::new("test mail", role, test),
    ];
    drawn.extend(kept.map(|kept| {
        let ring = Marks::Rings(clip(vec![kept]));
        Series::new(
            "where it stops: best on the validation part of the training mail",
            role,
            ring,
        )
    }));
    let unit = if scored.scale == Scale::Margin {
        "hinge loss"
    } else {
        "bits"
    };
    let heading = format!("{}, {unit}", model.name);
    Some(Panel::new(x, y.clone(), drawn).about(heading, role))
}

/// A sentence that says so if marks stand at the low end of an axis, where losses too small for it
/// are drawn.
pub(super) fn at_the_low_end(panels: &[Panel]) -> &'static str {
    let stands = |panel: &Panel| {
        let low = panel.y.range[0];
        panel.series.iter().any(|series| match &series.marks {
            Marks::Line(points) | Marks::MarkedLine(points) => {
                points.iter().any(|point| point[1] <= low)
            }
            Marks::Band(places) => places.iter().any(|place| place[1] <= low),
            _ => false,
        })
    };
    if panels.iter().any(stands) {
        " What stands at the low end of an axis is as small or smaller."
    } else {
        ""
    }
}

pub(super) fn pass_axis([first, last]: [f64; 2]) -> Axis {
    let label = "passes over the training mail";
    if first > 0.0 && last >= LONG * first {
        Axis::log(label, [first, last])
    } else {
        Axis::linear(label, [first, last])
    }
}

fn loss_axis([low, high]: [f64; 2]) -> Axis {
    let label = "mean loss";
    if high >= 5.0 * low && high > 0.0 {
        return Axis::log(label, [low.max(LEAST * high) / 1.1, high * 1.1]);
    }
    let room = if high > low {
        (high - low) / 20.0
    } else {
        0.5 * low.max(1e-3)
    };
    Axis::linear(label, [low - room, high + room])
}

/// Pass and loss.
#[derive(Debug, PartialEq)]
struct Lines {
    training: Vec<Position>,
    test: Vec<Position>,
    /// The point of the test line after the pass that was best on the validation part.
    kept: Option<Position>,
}

/// The lines of a model that learned step by step, if its loss was recorded.
fn lines(scored: &Scored) -> Option<Lines> {
    let losses = scored.losses_by_pass()?;
    let least = |step: &&ObjectivePoint| step.held_out.is_some_and(f64::is_finite);
    let best = scored.trace.iter().filter(least).min_by(|a, b| {
        a.held_out
            .partial_cmp(&b.held_out)
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let test = |loss: &LossPoint| [loss.pass, loss.held_out];
    Some(Lines {
        training: losses
            .iter()
            .map(|loss| [loss.pass, loss.training])
            .collect(),
        test: losses.iter().map(test).collect(),
        kept: best.and_then(|best| losses.iter().find(|loss| loss.pass == best.pass).map(test)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Calibration;
    use serde_json::json;

    #[test]
    fn lines_are_the_two_losses_by_pass_and_what_is_kept_is_the_best_on_the_validation_part() {
        let step = |pass, held_out| ObjectivePoint {
            pass,
            objective: 1.0,
            gap: None,
            held_out,
        };
        let loss = |pass, training, held_out| LossPoint {
            pass,
            training,
            held_out,
            messages: [200, 100],
        };
        let mut scored: Scored = serde_json::from_value(json!({
            "chosen": {}, "scale": Scale::LogOdds, "calibration": Calibration::Identity,
            "convergence": null, "metrics": {}, "model_bytes": 0,
            "trace": [step(1.0, Some(5.0)), step(2.0, Some(4.5)), step(3.0, Some(4.7))],
            "losses": [
                loss(1.0, 9.0, 9.0),
                loss(1.0, 4.0, 4.5),
                loss(2.0, 3.0, 4.25),
                loss(3.0, 2.0, 4.125),
            ],
            "rows": [], "score": [], "log_odds": [],
        }))
        .unwrap();
        let expected = Lines {
            training: vec![[1.0, 4.0], [2.0, 3.0], [3.0, 2.0]],
            test: vec![[1.0, 4.5], [2.0, 4.25], [3.0, 4.125]],
            kept: Some([2.0, 4.25]),
        };
        assert_eq!(lines(&scored), Some(expected));
        scored
            .trace
            .iter_mut()
            .for_each(|step| step.held_out = None);
        assert_eq!(lines(&scored).unwrap().kept, None);
        scored.losses.truncate(2);
        assert_eq!(lines(&scored), None);
    }
}
