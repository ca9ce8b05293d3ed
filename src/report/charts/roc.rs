//! The receiver operating characteristic (ROC) of each model, pooled over the folds: spam caught
//! against ham misclassified at every threshold. The first panel has plain axes, unless all curves
//! would lie on their frame, and the second magnifies the corner in which spam filters work.
//!
//! The second panel has a logarithmic axis, on which zero has no position. Its left edge means "no
//! ham at all" and is at half a ham message.

use super::folds;
use crate::report::axis::Axis;
use crate::report::figure::{Figure, Marks, Panel, Position, Series};
use crate::report::framed::{self, beyond, has_rings};
use crate::report::palette::Role;
use crate::report::pooled::{
    PooledEmail, PooledPredictions, ThresholdStep, line_keys, over_folds, places, pooled,
    threshold_steps,
};
use crate::report::statements::{recall_at_low_rate, title};
use crate::results::Experiment;

const FALSE_POSITIVE_RATE: &str = "false positive rate (ham misclassified), %";
const RECALL: &str = "recall (spam caught), %";

/// The furthest in percent that a curve may be from the frame for plain axes to show nothing.
const NEAR: f64 = 5.0;
/// Places at which the spread over folds is computed.
const PLACES: usize = 120;

/// A model and the corners of its curve, in percent.
type RocCurve<'a> = (PooledPredictions<'a>, Vec<Position>);

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let curves: Vec<RocCurve<'_>> = pooled(experiment)
        .into_iter()
        .filter_map(|pool| outline(&pool.emails).map(|points| (pool, points)))
        .collect();
    let ham = curves.iter().map(|(pool, _)| pool.classes()[0]).max()?;
    let mut legend = line_keys(curves.iter().map(|(pool, _)| pool));
    let near = |&[lost, caught]: &Position| lost <= NEAR || caught >= 100.0 - NEAR;
    let is_frame = curves.iter().all(|(_, points)| points.iter().all(near));
    let whole = (!is_frame).then(|| whole(&curves));
    let panels: Vec<Panel> = whole.into_iter().chain([magnified(&curves, ham)]).collect();
    if has_rings(&panels) {
        legend.push(beyond());
    }
    let height = if panels.len() == 1 { 530 } else { 480 };
    let plain = if is_frame {
        "On plain axes all curves would lie on the frame. "
    } else {
        ""
    };
    let description = format!(
        "Nearer to the top left is better. {plain}The logarithmic axis shows how much spam is \
         caught where few ham are lost.{}",
        folds::bands(experiment, ", for the best model of each family")
    );
    let columns = panels.len();
    let figure = Figure::new(description, panels, legend).in_grid(columns, height);
    Some(figure.entitled(title(recall_at_low_rate(experiment))))
}

fn whole(curves: &[RocCurve<'_>]) -> Panel {
    let (x, y) = (
        Axis::linear(FALSE_POSITIVE_RATE, [0.0, 100.0]),
        Axis::linear(RECALL, [0.0, 100.0]),
    );
    let diagonal = Marks::Line(vec![[0.0, 0.0], [100.0, 100.0]]);
    let guessing = Series::new("guessing", Role::Reference, diagonal);
    let series = [guessing]
        .into_iter()
        .chain(lines(curves, &x, &y))
        .collect();
    Panel::new(x, y, series).titled("plain axes (grey: guessing)")
}

fn magnified(curves: &[RocCurve<'_>], ham: usize) -> Panel {
    let (x, y) = corner(curves, ham);
    // A curve begins with what it catches at no false positive.
    let placed = |(pool, points): &RocCurve<'_>| -> Vec<Series> {
        let begins = points.iter().rposition(|[lost, _]| *lost <= 0.0);
        let shown = &points[begins.unwrap_or(0)..];
        framed::line(&pool.model.name, pool.role, shown, (&x, &y))
    };
    let lines = curves.iter().flat_map(placed);
    let series = bands(curves, &x, &y).into_iter().chain(lines).collect();
    Panel::new(x.clone(), y.clone(), series).titled("logarithmic axis for the false positive rate")
}

fn lines(curves: &[RocCurve<'_>], x: &Axis, y: &Axis) -> Vec<Series> {
    let line =
        |(pool, points): &RocCurve<'_>| framed::line(&pool.model.name, pool.role, points, (x, y));
    let lines = curves.iter().flat_map(line);
    bands(curves, x, y).into_iter().chain(lines).collect()
}

/// From the lowest to the highest recall of a fold, for the best model of each family.
fn bands(curves: &[RocCurve<'_>], x: &Axis, y: &Axis) -> Vec<Series> {
    let best = curves.iter().filter(|(pool, _)| pool.is_best);
    let band = |(pool, _): &RocCurve<'_>| {
        let recall = |steps: &[ThresholdStep], [ham, spam]: [f64; 2], rate: f64| {
            // A fold cannot tell rates of less than one of its ham from none.
            if rate * ham < 100.0 {
                return None;
            }
            let within = |step: &&ThresholdStep| 100.0 * step.called[0] as f64 <= rate * ham;
            let last = steps.iter().rev().find(within)?;
            Some(100.0 * last.called[1] as f64 / spam)
        };
        let triples = over_folds(pool, &places(x, PLACES), recall);
        framed::band(&pool.model.name, pool.role, &triples, y)
    };
    best.flat_map(band).collect()
}

/// Axes of the magnified corner: from half a ham message up, and from the spam that the best
/// models catch at a false positive rate of a tenth of a percent.
fn corner(curves: &[RocCurve<'_>], ham: usize) -> (Axis, Axis) {
    let edge = 50.0 / ham as f64;
    let near = 0.1f64.max(100.0 / ham as f64);
    let caught = |points: &[Position]| {
        points
            .iter()
            .rev()
            .find(|[lost, _]| *lost <= near)
            .map_or(0.0, |point| point[1])
    };
    let least = curves
        .iter()
        .filter(|(pool, _)| pool.is_best)
        .map(|(_, points)| caught(points))
        .fold(100.0, f64::min);
    let low = if least >= 95.0 {
        90.0
    } else {
        (least / 10.0 - 0.5).floor().max(0.0) * 10.0
    };
    let x = Axis::log_from_zero(FALSE_POSITIVE_RATE, [edge, 100.0]);
    (x, Axis::linear(RECALL, [low, 100.0]))
}

/// The corners of the curve, in percent, from (0, 0) to (100, 100). Messages with equal log-odds
/// are one stroke. None if a class is missing.
fn outline(emails: &[PooledEmail]) -> Option<Vec<Position>> {
    let steps = threshold_steps(emails)?;
    let [ham, spam] = steps.last()?.called;
    let mut corners: Vec<[usize; 2]> = Vec::new();
    for step in steps {
        // A point in the middle of a straight run along one axis is redundant.
        if let [.., before, last] = corners.as_slice()
            && (0..2).any(|axis| before[axis] == last[axis] && last[axis] == step.called[axis])
        {
            corners.pop();
        }
        corners.push(step.called);
    }
    let percent = |part: usize, of: usize| 100.0 * part as f64 / of as f64;
    Some(
        corners
            .into_iter()
            .map(|[lost, caught]| [percent(lost, ham), percent(caught, spam)])
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::Label::{self, Ham, Spam};

    fn pooled<const N: usize>(scored: [(f64, Label); N]) -> [PooledEmail; N] {
        scored.map(|(log_odds, label)| PooledEmail {
            log_odds,
            label,
            predicted: label,
        })
    }

    #[test]
    fn the_outline_of_a_few_messages_is_the_hand_drawn_one() {
        let emails = pooled([(-1.0, Ham), (2.0, Spam), (0.0, Spam), (1.0, Ham)]);
        let expected = [
            [0.0, 0.0],
            [0.0, 50.0],
            [50.0, 50.0],
            [50.0, 100.0],
            [100.0, 100.0],
        ];
        assert_eq!(outline(&emails).unwrap(), expected);
        // All tied: guessing. Perfect: one corner, the straight runs have no points of their own.
        assert_eq!(
            outline(&pooled([(0.0, Spam), (0.0, Ham)])).unwrap(),
            [[0.0, 0.0], [100.0, 100.0]]
        );
        let perfect = pooled([(3.0, Spam), (2.0, Spam), (1.0, Ham), (0.0, Ham)]);
        assert_eq!(
            outline(&perfect).unwrap(),
            [[0.0, 0.0], [0.0, 100.0], [100.0, 100.0]]
        );
        assert_eq!(outline(&pooled([(0.0, Spam)])), None);
    }
}
