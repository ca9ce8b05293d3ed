//! The receiver operating characteristic (ROC) of each model, pooled over the folds: spam caught
//! against ham misclassified at every threshold. The first panel has plain axes, and the second
//! magnifies the corner in which spam filters work.
//!
//! The second panel has a logarithmic axis, on which zero has no position. Its left edge means "no
//! ham at all" and is at half a ham message.

use crate::report::axis::{Axis, Tick};
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Position, Series};
use crate::report::numbers::number;
use crate::report::palette::Role;
use crate::report::pooled::{PooledEmail, PooledPredictions, pooled, threshold_steps};
use crate::report::thinned::thinned;
use crate::results::Experiment;

const FALSE_POSITIVE_RATE: &str = "false positive rate (ham misclassified), %";
const RECALL: &str = "recall (spam caught), %";

/// A model and the corners of its curve, in percent.
type RocCurve<'a> = (PooledPredictions<'a>, Vec<Position>);

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let curves: Vec<RocCurve<'_>> = pooled(experiment)
        .into_iter()
        .filter_map(|pool| outline(&pool.emails).map(|points| (pool, points)))
        .collect();
    let ham = curves.iter().map(|(pool, _)| pool.classes()[0]).max()?;
    let description = "Nearer to the top left is better. At the right the same curves with a \
         logarithmic axis for the false positive rate: read there how much spam is caught at \
         0.1 % FPR, one ham in a thousand. Beside each name: (1−ROCA) %, the chance that a ham \
         scores above a spam; less is better.";
    let panels = vec![whole(&curves), magnified(&curves, ham)];
    let legend = curves.iter().map(|(pool, _)| key(pool)).collect();
    Some(Figure::new(description, panels, legend))
}

fn key(pool: &PooledPredictions<'_>) -> LegendEntry {
    let shown = |area: f64| {
        if area < 0.0005 {
            "< 0.001".to_owned()
        } else {
            number(area, 3)
        }
    };
    let area = pool
        .model
        .value("one_minus_roca_pct")
        .map(|area| format!(" · {} %", shown(area)));
    let label = pool.model.name.clone() + &area.unwrap_or_default();
    LegendEntry::new(label, pool.role, LegendMark::Line)
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
    let series = lines(curves, &x, &y);
    Panel::new(x, y, series).titled("the corner, magnified")
}

fn lines(curves: &[RocCurve<'_>], x: &Axis, y: &Axis) -> Vec<Series> {
    let line = |(pool, points): &RocCurve<'_>| {
        let clipped: Vec<Position> = points
            .iter()
            .map(|&[lost, caught]| [x.clip(lost), y.clip(caught)])
            .collect();
        let line = Marks::Line(thinned(&clipped, x, y));
        Series::new(&pool.model.name, pool.role, line)
    };
    curves.iter().map(line).collect()
}

/// Axes of the magnified corner: from half a ham message up, and from the spam that the models
/// catch at a false positive rate of a tenth of a percent.
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
        .map(|(_, points)| caught(points))
        .fold(100.0, f64::min);
    let low = if least >= 95.0 {
        90.0
    } else {
        (least / 10.0 - 0.5).floor().max(0.0) * 10.0
    };
    let x = Axis::log(FALSE_POSITIVE_RATE, [edge, 100.0]);
    let beyond = x.ticks.iter().filter(|tick| tick.at > 1.8 * edge).cloned();
    let ticks = [Tick::new(edge, "0")].into_iter().chain(beyond).collect();
    (x.with_ticks(ticks), Axis::linear(RECALL, [low, 100.0]))
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
