//! Cumulative gain and lift, pooled over the folds: how much of the spam is among the emails with
//! the highest scores, and how many times as much as among as many taken at random. Where no model
//! falls short of the best possible by more than a line is wide, there is nothing to see.

use crate::report::axis::Axis;
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Position, Series};
use crate::report::framed;
use crate::report::palette::Role;
use crate::report::pooled::{PooledPredictions, line_keys, pooled};
use crate::report::statements::{spam_on_top, title};
use crate::results::Experiment;

/// The least share of the emails for which a lift is drawn, in percent; fewer say little.
const LEAST: f64 = 1.0;

/// The share of the area between chance and the best possible curve by which some model must fall
/// short: less cannot be seen.
const SEEN: f64 = 0.01;

/// A model and its curve: share of the emails and share of the spam, in percent.
type Gain<'a> = (PooledPredictions<'a>, Vec<Position>);

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let curves: Vec<Gain<'_>> = pooled(experiment)
        .into_iter()
        .filter_map(|pool| outline(&pool).map(|points| (pool, points)))
        .collect();
    let [ham, spam] = curves.first()?.0.classes();
    let share = 100.0 * spam as f64 / (ham + spam) as f64;
    if curves
        .iter()
        .all(|(_, points)| shortfall(points, share) < SEEN)
    {
        return None;
    }
    let mut legend = line_keys(curves.iter().map(|(pool, _)| pool));
    let ideal = "best possible, and at random";
    legend.push(LegendEntry::new(ideal, Role::Reference, LegendMark::Line));
    let panels = vec![gain(&curves, share), lift(&curves, share)];
    let description = "Emails in the order of their scores, the likeliest spam first: the share \
         of the spam among the first of them, and, as lift, the same divided by the share of \
         emails: how many times as much spam as among as many emails taken at random.";
    let figure = Figure::new(description, panels, legend).in_grid(2, 400);
    Some(figure.entitled(title(spam_on_top(experiment))))
}

fn gain(curves: &[Gain<'_>], share: f64) -> Panel {
    let axis = |label| Axis::linear(label, [0.0, 100.0]);
    let (x, y) = (
        axis("emails with the highest scores, %"),
        axis("share of the spam, %"),
    );
    let random = vec![[0.0, 0.0], [100.0, 100.0]];
    let ideal = vec![[0.0, 0.0], [share, 100.0], [100.0, 100.0]];
    let reference = |name, line| Series::new(name, Role::Reference, Marks::Line(line));
    let mut series = vec![
        reference("at random", random),
        reference("best possible", ideal),
    ];
    for (pool, points) in curves {
        series.extend(framed::part(&pool.model.name, pool.role, points, (&x, &y)));
    }
    Panel::new(x, y, series).titled("cumulative gain: share of the spam, %")
}

fn lift(curves: &[Gain<'_>], share: f64) -> Panel {
    let highest = 100.0 / share;
    let x = Axis::log("emails with the highest scores, %", [LEAST, 100.0]);
    let room = 0.05 * (highest - 1.0).max(0.1);
    let y = Axis::linear("lift", [1.0 - room, highest + room]);
    let reference = |name, line: &[Position]| framed::part(name, Role::Reference, line, (&x, &y));
    let mut series = reference("at random", &[[LEAST, 1.0], [100.0, 1.0]]);
    // The best possible lift falls from the share of the spam on, as 1/x.
    let falling = (0..=60).map(|at| share * (100.0 / share).powf(f64::from(at) / 60.0));
    let start = LEAST.min(share);
    let ideal = std::iter::once(start).chain(falling);
    let ideal: Vec<Position> = ideal.map(|at| [at, 100.0 / at.max(share)]).collect();
    series.extend(reference("best possible", &ideal));
    for (pool, points) in curves {
        let shown = points.iter().filter(|[emails, _]| *emails >= LEAST);
        let lift: Vec<Position> = shown
            .map(|&[emails, spam]| [emails, spam / emails])
            .collect();
        series.extend(framed::part(&pool.model.name, pool.role, &lift, (&x, &y)));
    }
    Panel::new(x, y, series).titled("lift: times as much spam as at random")
}

/// By how much the area between a curve and chance is smaller than that of the best possible curve,
/// as a share of that.
fn shortfall(points: &[Position], share: f64) -> f64 {
    let below = points.windows(2).map(|ends| {
        let [[from, low], [to, high]] = [ends[0], ends[1]];
        (to - from) * (low + high) / 2.0
    });
    let most = 100.0 * (100.0 - share / 2.0);
    (most - below.sum::<f64>()) / (most - 5000.0)
}

/// Shares of the emails and of the spam, in percent, from none to all.
fn outline(pool: &PooledPredictions<'_>) -> Option<Vec<Position>> {
    let steps = pool.threshold_steps()?;
    let [ham, spam] = pool.classes();
    let percent = |part: usize, of: usize| 100.0 * part as f64 / of as f64;
    let point = |called: [usize; 2]| {
        [
            percent(called[0] + called[1], ham + spam),
            percent(called[1], spam),
        ]
    };
    Some(steps.iter().map(|step| point(step.called)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The area between a curve and chance, as a share of the best possible, is 2 ROC AUC - 1
    /// (Engelmann, Hayden and Tasche 2003, "Measuring the discriminative power of rating systems").
    #[test]
    fn the_shortfall_is_what_the_accuracy_ratio_lacks() {
        // Two spam among four emails, in the order spam, ham, spam, ham: ROC AUC 3/4.
        let points = [
            [0.0, 0.0],
            [25.0, 50.0],
            [50.0, 50.0],
            [75.0, 100.0],
            [100.0, 100.0],
        ];
        assert!((shortfall(&points, 50.0) - 0.5).abs() < 1e-12);
        let best = [[0.0, 0.0], [50.0, 100.0], [100.0, 100.0]];
        assert!(shortfall(&best, 50.0).abs() < 1e-12);
    }
}
