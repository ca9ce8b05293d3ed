//! Spam caught against ham misclassified, at every cut-off: the receiver operating characteristic
//! of each model, pooled over the folds, on plain axes and once more with the corner in which spam
//! filters live drawn large.
//!
//! The second panel has a logarithmic axis. Zero has no place on it; its left edge stands for "no
//! ham at all" and lies at half a ham.

use crate::report::axis::{Axis, Tick};
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Position, Series};
use crate::report::numbers::number;
use crate::report::palette::Role;
use crate::report::pooled::{PooledEmail, PooledPredictions, pooled, threshold_steps};
use crate::report::thinned::thinned;
use crate::results::Experiment;

const HAM: &str = "ham misclassified, %";
const SPAM: &str = "spam caught, %";

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let curves: Vec<(PooledPredictions<'_>, Vec<Position>)> = pooled(experiment)
        .into_iter()
        .filter_map(|pool| outline(&pool.emails).map(|points| (pool, points)))
        .collect();
    let ham = curves.iter().map(|(pool, _)| pool.classes()[0]).max()?;
    let series = |x: &Axis, y: &Axis| -> Vec<Series> {
        let series = |(pool, points): &(PooledPredictions<'_>, Vec<Position>)| {
            let clipped: Vec<Position> = points
                .iter()
                .map(|&[lost, caught]| [x.clip(lost), y.clip(caught)])
                .collect();
            Series {
                name: pool.model.name.clone(),
                role: pool.role,
                marks: Marks::Line(thinned(&clipped, x, y)),
            }
        };
        curves.iter().map(series).collect()
    };
    let (x, y) = corner(&curves, ham);
    let magnified = Panel {
        title: Some("the corner, magnified".to_owned()),
        subject: None,
        series: series(&x, &y),
        x,
        y,
        notes: Vec::new(),
    };
    Some(Figure {
        title: "Spam caught against ham misclassified, at every cut-off".to_owned(),
        description: "Nearer to the top left is better. At the right the same curves with a logarithmic axis for ham \
                      misclassified: read there how much spam is caught if one ham in a thousand (0.1 %) may be lost. \
                      Beside each name: (1−ROCA) %, the chance that a ham scores above a spam; less is better."
            .to_owned(),
        panels: vec![whole(series), magnified],
        columns: 2,
        panel_height: 480,
        legend: curves.iter().map(|(pool, _)| key(pool)).collect(),
    })
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
        .mean("one_minus_roca_pct")
        .map(|area| format!(" · {} %", shown(area)));
    LegendEntry {
        label: pool.model.name.clone() + &area.unwrap_or_default(),
        role: pool.role,
        sample: LegendMark::Line,
    }
}

fn whole(curves: impl Fn(&Axis, &Axis) -> Vec<Series>) -> Panel {
    let (x, y) = (
        Axis::linear(HAM, [0.0, 100.0]),
        Axis::linear(SPAM, [0.0, 100.0]),
    );
    let guessing = Series {
        name: "guessing".to_owned(),
        role: Role::Reference,
        marks: Marks::Line(vec![[0.0, 0.0], [100.0, 100.0]]),
    };
    Panel {
        title: Some("plain axes (grey: guessing)".to_owned()),
        subject: None,
        series: [guessing].into_iter().chain(curves(&x, &y)).collect(),
        x,
        y,
        notes: Vec::new(),
    }
}

/// Axes of the magnified corner: from half a ham up, and from where the models catch at most a
/// tenth of a percent of ham.
fn corner(curves: &[(PooledPredictions<'_>, Vec<Position>)], ham: usize) -> (Axis, Axis) {
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
    let x = Axis::log(HAM, [edge, 100.0]);
    let beyond = x.ticks.iter().filter(|tick| tick.at > 1.8 * edge).cloned();
    let ticks = [Tick::new(edge, "0")].into_iter().chain(beyond).collect();
    (x.with_ticks(ticks), Axis::linear(SPAM, [low, 100.0]))
}

/// The corners of the curve, in percent, from (0, 0) to (100, 100); messages of equal log-odds are
/// one stroke. None if a class is missing.
fn outline(emails: &[PooledEmail]) -> Option<Vec<Position>> {
    let steps = threshold_steps(emails)?;
    let [ham, spam] = steps.last()?.called;
    let mut corners: Vec<[usize; 2]> = Vec::new();
    for step in steps {
        // A point in the middle of a straight run along one axis says nothing.
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

    fn mails<const N: usize>(scored: [(f64, Label); N]) -> [PooledEmail; N] {
        scored.map(|(log_odds, label)| PooledEmail { log_odds, label })
    }

    #[test]
    fn the_outline_of_a_few_mails_is_the_hand_drawn_one() {
        let emails = mails([(-1.0, Ham), (2.0, Spam), (0.0, Spam), (1.0, Ham)]);
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
            outline(&mails([(0.0, Spam), (0.0, Ham)])).unwrap(),
            [[0.0, 0.0], [100.0, 100.0]]
        );
        let perfect = mails([(3.0, Spam), (2.0, Spam), (1.0, Ham), (0.0, Ham)]);
        assert_eq!(
            outline(&perfect).unwrap(),
            [[0.0, 0.0], [0.0, 100.0], [100.0, 100.0]]
        );
        assert_eq!(outline(&mails([(0.0, Spam)])), None);
    }
}
