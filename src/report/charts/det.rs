//! The detection error trade-off (DET) of Martin et al. (1997): the false negative rate against the
//! false positive rate, both on a normal deviate (probit) scale. Scores with a normal distribution
//! in each class give straight lines, and small errors get more space.

use crate::base::math::probit;
use crate::report::axis::{Axis, Tick};
use crate::report::figure::{Figure, Panel, Position};
use crate::report::framed;
use crate::report::pooled::{PooledPredictions, pooled};
use crate::report::statements::{equal_error_rates, title};
use crate::results::Experiment;

/// The percentages that have a tick.
const TICKS: [(f64, &str); 11] = [
    (0.01, "0.01"),
    (0.05, "0.05"),
    (0.2, "0.2"),
    (1.0, "1"),
    (5.0, "5"),
    (20.0, "20"),
    (50.0, "50"),
    (80.0, "80"),
    (95.0, "95"),
    (99.0, "99"),
    (99.9, "99.9"),
];
/// The highest percentage shown; a model beyond it is useless as a filter.
const HIGHEST: f64 = 60.0;

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let pools: Vec<PooledPredictions<'_>> = pooled(experiment)
        .into_iter()
        .filter(|pool| pool.threshold_steps().is_some())
        .collect();
    let [ham, spam] = pools.first()?.classes();
    let (x, y) = (
        axis("false positive rate (ham misclassified), %", ham),
        axis("false negative rate (spam missed), %", spam),
    );
    let line = |pool: &PooledPredictions<'_>| {
        framed::line(
            &pool.model.name,
            pool.role,
            &outline(pool, &x, &y),
            (&x, &y),
        )
    };
    let series = pools.iter().flat_map(line).collect();
    let panels = vec![Panel::new(x.clone(), y.clone(), series)];
    let description = "Nearer to the bottom left is better. Both axes are stretched by the normal \
         deviate, so that a tenth of a percent has as much room as ten: straight lines mean \
         scores that are normal in each class, and where lines cross, the better model depends on \
         the threshold. A model whose scores separate the classes has no line.";
    let figure = Figure::new(description, panels, Vec::new()).in_grid(1, 560);
    Some(figure.entitled(title(equal_error_rates(experiment))))
}

/// An axis from half a message of the class to [`HIGHEST`] percent.
fn axis(label: &str, emails: usize) -> Axis {
    let low = (50.0 / emails as f64).min(HIGHEST / 2.0);
    let range = [low, HIGHEST].map(|percent| probit(percent / 100.0));
    let within = |(percent, _): &&(f64, &str)| *percent > low * 1.3 && *percent <= HIGHEST;
    let ticks = TICKS
        .iter()
        .filter(within)
        .map(|&(percent, label)| Tick::new(probit(percent / 100.0), label));
    Axis::linear(label, range).with_ticks(
        [Tick::new(range[0], "0")]
            .into_iter()
            .chain(ticks)
            .collect(),
    )
}

/// The rates at each threshold, on the scale of the axes: none at all stands at the low end, all at
/// as much above the high end as half a message would be.
fn outline(pool: &PooledPredictions<'_>, x: &Axis, y: &Axis) -> Vec<Position> {
    let place = |axis: &Axis, part: usize, of: usize| match part {
        0 => axis.range[0],
        _ if part == of => probit(1.0 - 0.5 / of as f64),
        _ => probit(part as f64 / of as f64),
    };
    let [ham, spam] = pool.classes();
    let steps = pool.threshold_steps().unwrap_or_default();
    let point = |called: [usize; 2]| [place(x, called[0], ham), place(y, spam - called[1], spam)];
    // A line begins with what is missed at no false positive and ends with what is lost at none.
    let first = steps
        .iter()
        .rposition(|step| step.called[0] == 0)
        .unwrap_or(0);
    let last = steps.iter().position(|step| step.called[1] == spam);
    let shown = steps.get(first..=last.unwrap_or(steps.len() - 1).max(first));
    let shown = shown.unwrap_or_default().iter();
    shown.map(|step| point(step.called)).collect()
}
