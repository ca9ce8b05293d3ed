//! Plots each model's error against the seconds to fit it, and against the number of messages it
//! scores per second. A model dominates another if it is lower and on the better side; other pairs
//! are a trade-off.

use crate::report::axis::Axis;
use crate::report::figure::{Figure, Marks, Note, Panel, Position, Series};
use crate::report::palette::{Role, roles};
use crate::report::statements::{seconds_to_fit, title};
use crate::results::{Experiment, Timing};

/// The costs and the error of a model.
struct Bargain<'a> {
    name: &'a str,
    role: Role,
    error_pct: f64,
    fit_seconds: f64,
    emails_per_second: f64,
}

pub(super) fn draw(experiment: &Experiment, timing: &Timing) -> Option<Figure> {
    let bargains = bargains(experiment, timing);
    if bargains.is_empty() {
        return None;
    }
    let mean = if experiment.has_folds() {
        ", mean over folds"
    } else {
        ""
    };
    let description = format!(
        "Learning is the seconds a fit takes, choice of settings and calibration included{mean}: \
         down and to the left is better. Scoring is the emails scored per second, one thread, \
         without reading: down and to the right is better. The axis of error rates does not begin \
         at 0."
    );
    let panels = vec![
        panel(&bargains, "seconds to fit", |one| one.fit_seconds).titled("learning"),
        panel(&bargains, "emails scored per second", |one| {
            one.emails_per_second
        })
        .titled("scoring"),
    ];
    let figure = Figure::new(description, panels, Vec::new()).in_grid(2, 420);
    Some(figure.entitled(title(seconds_to_fit(experiment, timing))))
}

/// The models whose costs and error are known.
fn bargains<'a>(experiment: &'a Experiment, timing: &Timing) -> Vec<Bargain<'a>> {
    let known = |value: Option<&f64>| {
        value
            .copied()
            .filter(|value| value.is_finite() && *value > 0.0)
    };
    let models = experiment.models.iter().zip(roles(experiment));
    models
        .filter_map(|(model, role)| {
            Some(Bargain {
                name: &model.name,
                role,
                error_pct: 100.0 * (1.0 - model.value("accuracy")?),
                fit_seconds: known(timing.fit_seconds.get(&model.name))?,
                emails_per_second: known(timing.emails_per_second.get(&model.name))?,
            })
        })
        .collect()
}

/// The panel of error against one cost.
fn panel(bargains: &[Bargain<'_>], label: &str, cost: fn(&Bargain<'_>) -> f64) -> Panel {
    let (low, high) = bargains
        .iter()
        .map(cost)
        .fold((f64::INFINITY, 0.0f64), |(low, high), at| {
            (low.min(at), high.max(at))
        });
    let errors = || bargains.iter().map(|one| one.error_pct);
    let (least, most) = (errors().fold(100.0, f64::min), errors().fold(0.0, f64::max));
    let room = (0.15 * (most - least)).max(0.05);
    let place = |one: &Bargain<'_>| -> Position { [cost(one), one.error_pct] };
    let series = bargains
        .iter()
        .map(|one| Series::new(one.name, one.role, Marks::MarkedLine(vec![place(one)])))
        .collect();
    let names = bargains
        .iter()
        .map(|one| Note::Name {
            at: place(one),
            text: one.name.to_owned(),
        })
        .collect();
    Panel::new(
        Axis::log(label, [low / 2.0, high * 2.0]),
        Axis::linear("error rate, %", [least - room, most + room]),
        series,
    )
    .with_notes(names)
}
