//! Loss of training and of test mail by pass, on the first fold, of every model that learns step by
//! step. Where the test line turns up while the training line goes on falling, the model begins to
//! learn its mail by heart.

use crate::report::axis::Axis;
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Position, Series};
use crate::report::palette::{Role, roles};
use crate::results::{Experiment, LossPoint, ModelRecord, ObjectivePoint, Scale, Scored};

/// The least loss drawn, as a share of the greatest.
const LEAST: f64 = 1e-3;
/// Where the last pass is so many times the first, passes stand on a logarithmic axis.
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
    let ringed = panels
        .iter()
        .flat_map(|panel| &panel.series)
        .any(|series| matches!(series.marks, Marks::Rings(_)));
    let key = |label: &str, sample| LegendEntry {
        label: label.to_owned(),
        role: Role::Reference,
        sample,
    };
    let mut legend = vec![
        key(
            "test mail, in its model's colour",
            LegendMark::LineAndMarker,
        ),
        key("training mail", LegendMark::Line),
    ];
    if ringed {
        legend.push(key(
            "where it stops: best by training mail set aside",
            LegendMark::Ring,
        ));
    }
    Some(Figure {
        title: "Training and test loss".to_owned(),
        description: "Mean loss after each pass, on the first fold: of the mail that is learned from (grey) and of the test mail. The \
                      further apart the lines, the more is learned by heart. Not calibrated: log loss in bits where the \
                      score is log-odds, hinge loss where it is a margin."
            .to_owned(),
        columns: if panels.len() > 4 { 3 } else { panels.len().min(2) },
        panel_height: if panels.len() > 2 { 290 } else { 420 },
        panels,
        legend,
    })
}

fn panel(model: &ModelRecord, role: Role) -> Option<Panel> {
    let (_, scored) = model.scored().next()?;
    let Lines {
        training,
        test,
        kept,
    } = lines(scored)?;
    let all = || training.iter().chain(&test);
    let bounds = |at: usize| {
        all().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], p| {
            [low.min(p[at]), high.max(p[at])]
        })
    };
    let [first, last] = bounds(0);
    let [low, high] = bounds(1);
    let x = "passes over the training mail";
    let x = if first > 0.0 && last >= LONG * first {
        Axis::log(x, [first, last])
    } else {
        Axis::linear(x, [first, last])
    };
    let unit = if scored.scale == Scale::Margin {
        "hinge loss"
    } else {
        "bits"
    };
    let y = "mean loss";
    let y = if high >= 5.0 * low && high > 0.0 {
        Axis::log(y, [low.max(LEAST * high) / 1.1, high * 1.1])
    } else {
        let room = if high > low {
            (high - low) / 20.0
        } else {
            0.5 * low.max(1e-3)
        };
        Axis::linear(y, [low - room, high + room])
    };
    let clip = |points: Vec<Position>| {
        points
            .into_iter()
            .map(|[pass, loss]| [pass, y.clip(loss)])
            .collect()
    };
    let series = |name: &str, role, marks| Series {
        name: name.to_owned(),
        role,
        marks,
    };
    let mut drawn = vec![
        series(
            "training mail",
            Role::Reference,
            Marks::Line(clip(training)),
        ),
        series(&model.name, role, Marks::MarkedLine(clip(test))),
    ];
    drawn.extend(kept.map(|kept| series("where it stops", role, Marks::Rings(clip(vec![kept])))));
    Some(Panel {
        title: Some(format!("{}, {unit}", model.name)),
        subject: Some(role),
        x,
        y,
        series: drawn,
        notes: Vec::new(),
    })
}

/// Pass and loss.
#[derive(Debug, PartialEq)]
struct Lines {
    training: Vec<Position>,
    test: Vec<Position>,
    /// Of test mail, after the pass that was best by the mail set aside.
    kept: Option<Position>,
}

/// The lines of a model that learned step by step, if it was looked at. Of several steps in one
/// pass the last counts.
fn lines(scored: &Scored) -> Option<Lines> {
    let finite = scored
        .losses
        .iter()
        .filter(|loss| loss.training.is_finite() && loss.held_out.is_finite());
    let finite: Vec<&LossPoint> = finite.collect();
    let passes = finite.chunk_by(|a, b| a.pass == b.pass);
    let losses: Vec<&LossPoint> = passes.filter_map(|pass| pass.last().copied()).collect();
    let least = |step: &&ObjectivePoint| step.held_out.is_some_and(f64::is_finite);
    let best = scored.trace.iter().filter(least).min_by(|a, b| {
        a.held_out
            .partial_cmp(&b.held_out)
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let test = |loss: &&LossPoint| [loss.pass, loss.held_out];
    (losses.len() > 1).then(|| Lines {
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
    fn lines_are_the_two_losses_by_pass_and_what_is_kept_is_the_best_by_mail_set_aside() {
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
        };
        let mut scored: Scored = serde_json::from_value(json!({
            "chosen": {}, "scale": Scale::LogOdds, "calibration": Calibration::Identity, "convergence": null, "metrics": {},
            "trace": [step(1.0, Some(5.0)), step(2.0, Some(4.5)), step(3.0, Some(4.7))], "model_bytes": 0,
            "losses": [loss(1.0, 9.0, 9.0), loss(1.0, 4.0, 4.5), loss(2.0, 3.0, 4.25), loss(3.0, 2.0, 4.125)],
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
