//! The convergence of each iterative fit on the first fold: the gap by pass between the objective
//! and its proven lower bound, or its last value if there is no bound. On a logarithmic axis, a
//! straight line is a constant rate.

use super::folds;
use super::loss::pass_axis;
use crate::report::axis::Axis;
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Position, Series};
use crate::report::palette::{Role, roles};
use crate::report::statements::{converged, title};
use crate::results::{Experiment, ModelRecord, ObjectivePoint};

/// The smallest gap drawn, as a share of the first objective.
const LEAST: f64 = 1e-9;

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let lines: Vec<(&ModelRecord, Role, Vec<Position>)> = experiment
        .models
        .iter()
        .zip(roles(experiment))
        .filter_map(|(model, role)| {
            let (_, scored) = model.scored().next()?;
            let points = distances(&scored.trace);
            (points.len() > 1).then_some((model, role, points))
        })
        .collect();
    let all = || lines.iter().flat_map(|(_, _, points)| points);
    let first = all().map(|point| point[0]).fold(f64::INFINITY, f64::min);
    let last = all().map(|point| point[0]).fold(2.0, f64::max);
    let low = all().map(|point| point[1]).fold(1.0, f64::min);
    let high = all().map(|point| point[1]).fold(low * 10.0, f64::max);
    if lines.is_empty() {
        return None;
    }
    let x = pass_axis([first.min(0.5 * last), last]);
    let label = "gap: objective above its optimum, over its first value";
    let y = Axis::log(label, [low, high]);
    let series = |(model, role, points): &(&ModelRecord, Role, Vec<Position>)| {
        let clipped = points
            .iter()
            .map(|&[pass, left]| [x.clip(pass), y.clip(left)])
            .collect();
        Series::new(&model.name, *role, Marks::Line(clipped))
    };
    let legend = lines
        .iter()
        .map(|(model, role, _)| LegendEntry::new(&model.name, *role, LegendMark::Line))
        .collect();
    let description = format!(
        "The duality gap after each pass{}: how far the objective is above its proven lower bound; \
         for a model that proves none, above where it ended. A straight line is a constant rate; \
         the gap of a solver that is not monotone may rise between passes.",
        folds::on_the_first(experiment)
    );
    let series = lines.iter().map(series).collect();
    let panel = Panel::new(x.clone(), y.clone(), series);
    let figure = Figure::new(description, vec![panel], legend).in_grid(1, 420);
    Some(figure.entitled(title(converged(experiment))))
}

/// Pass and gap, as a share of the absolute value of the first objective. Parts of a pass and gaps
/// that are not above 0 are left out.
fn distances(trace: &[ObjectivePoint]) -> Vec<Position> {
    let Some((first, last)) = trace.first().zip(trace.last()) else {
        return Vec::new();
    };
    let size = first.objective.abs().max(f64::MIN_POSITIVE);
    let left = |step: &ObjectivePoint| step.gap.unwrap_or(step.objective - last.objective) / size;
    let whole = trace.iter().filter(|step| step.pass >= 1.0);
    whole
        .map(|step| [step.pass, left(step)])
        .filter(|[_, left]| left.is_finite() && *left > LEAST)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_gaps_or_what_is_above_the_end() {
        let step = |pass, objective, gap| ObjectivePoint {
            pass,
            objective,
            gap,
            held_out: None,
        };
        let proven = [
            step(1.0, 8.0, Some(4.0)),
            step(2.0, 6.0, Some(1.0)),
            step(3.0, 5.5, Some(0.0)),
        ];
        assert_eq!(distances(&proven), [[1.0, 0.5], [2.0, 0.125]]);
        let unproven = [
            step(1.0, 8.0, None),
            step(2.0, 6.0, None),
            step(3.0, 4.0, None),
        ];
        assert_eq!(distances(&unproven), [[1.0, 0.5], [2.0, 0.25]]);
        assert!(distances(&[]).is_empty());
    }
}
