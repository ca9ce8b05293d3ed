//! Time against accuracy: what each model's error costs in seconds to fit, and at what rate it
//! scores. Of two models one is the better bargain if it lies further down and to the better side;
//! the others are a matter of taste.

use crate::report::axis::Axis;
use crate::report::figure::{
    Figure, LegendEntry, LegendMark, Marks, Note, Panel, Position, Series,
};
use crate::report::palette::{Role, roles};
use crate::results::{Experiment, Timing};

/// A model: its name, its role, its error in percent, seconds to fit, messages scored a second.
type Effort<'a> = (&'a str, Role, f64, f64, f64);

pub(super) fn draw(experiment: &Experiment, timing: &Timing) -> Option<Figure> {
    let models = experiment.models.iter().zip(roles(experiment));
    let known = |value: Option<&f64>| {
        value
            .copied()
            .filter(|value| value.is_finite() && *value > 0.0)
    };
    let found: Vec<Effort<'_>> = models
        .filter_map(|(model, role)| {
            let error = 100.0 * (1.0 - model.mean("accuracy")?);
            let fit = known(timing.fit_seconds.get(&model.name))?;
            let scored = known(timing.emails_per_second.get(&model.name))?;
            Some((model.name.as_str(), role, error, fit, scored))
        })
        .collect();
    if found.is_empty() {
        return None;
    }
    let highest = found.iter().map(|one| one.2).fold(0.0, f64::max).max(0.1) * 1.15;
    let panel = |title: &str, label: &str, of: fn(&Effort<'_>) -> f64| {
        let (low, high) = found
            .iter()
            .map(of)
            .fold((f64::INFINITY, 0.0f64), |(low, high), at| {
                (low.min(at), high.max(at))
            });
        let place = |one: &Effort<'_>| -> Position { [of(one), one.2] };
        let series = |one: &Effort<'_>| Series {
            name: one.0.to_owned(),
            role: one.1,
            marks: Marks::MarkedLine(vec![place(one)]),
        };
        Panel {
            title: Some(title.to_owned()),
            subject: None,
            x: Axis::log(label, [low / 2.0, high * 2.0]),
            y: Axis::linear("error, %", [0.0, highest]),
            series: found.iter().map(series).collect(),
            notes: found
                .iter()
                .map(|one| Note::Name {
                    at: place(one),
                    text: one.0.to_owned(),
                })
                .collect(),
        }
    };
    Some(Figure {
        title: "Error against time".to_owned(),
        description: "At the left the seconds a fit takes, choice of settings and calibration included, mean over folds: down and to \
                      the left is better. At the right the emails scored a second, one thread, without reading: down and to the \
                      right is better."
            .to_owned(),
        panels: vec![
            panel("learning", "seconds to fit", |one| one.3),
            panel("scoring", "emails scored a second", |one| one.4),
        ],
        columns: 2,
        panel_height: 420,
        legend: found
            .iter()
            .map(|one| LegendEntry { label: one.0.to_owned(), role: one.1, sample: LegendMark::LineAndMarker })
            .collect(),
    })
}
