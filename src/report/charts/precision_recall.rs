//! Precision against recall at every cut-off, pooled over the folds: of what is called spam, how
//! much is; of the spam, how much is called so. Unlike the ROC it depends on the share of spam, and
//! says what an administrator sees in the junk folder.

use crate::report::axis::Axis;
use crate::report::figure::{Figure, Marks, Panel, Position, Series};
use crate::report::palette::Role;
use crate::report::pooled::{PooledPredictions, line_keys, pooled};
use crate::report::thinned::thinned;
use crate::results::Experiment;

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let curves: Vec<(PooledPredictions<'_>, Vec<Position>)> = pooled(experiment)
        .into_iter()
        .filter_map(|pool| outline(&pool).map(|points| (pool, points)))
        .collect();
    let [ham, spam] = curves.first()?.0.classes();
    let share = 100.0 * spam as f64 / (ham + spam) as f64;
    // Where the curves part: below the lowest precision that any of them has while it catches half
    // of the spam.
    let lowest = curves
        .iter()
        .flat_map(|(_, points)| {
            points
                .iter()
                .filter(|[caught, _]| *caught >= 50.0 && *caught <= 99.0)
        })
        .fold(100.0, |lowest: f64, point| lowest.min(point[1]));
    let low = ((lowest / 10.0).floor() * 10.0 - 10.0).clamp(0.0, 90.0);
    let panel = |title: &str, x: Axis, y: Axis| {
        let series = |(pool, points): &(PooledPredictions<'_>, Vec<Position>)| Series {
            name: pool.model.name.clone(),
            role: pool.role,
            marks: Marks::Line({
                let clipped: Vec<Position> = points
                    .iter()
                    .map(|&[caught, right]| [x.clip(caught), y.clip(right)])
                    .collect();
                thinned(&clipped, &x, &y)
            }),
        };
        let guessing = Series {
            name: "guessing".to_owned(),
            role: Role::Reference,
            marks: Marks::Line(x.range.map(|end| [end, y.clip(share)]).to_vec()),
        };
        Panel {
            title: Some(title.to_owned()),
            subject: None,
            series: (y.range[0] < share)
                .then_some(guessing)
                .into_iter()
                .chain(curves.iter().map(series))
                .collect(),
            x,
            y,
            notes: Vec::new(),
        }
    };
    let axis = |label: &str, low: f64| Axis::linear(label, [low, 100.0]);
    let (caught, right) = (
        "spam caught (recall), %",
        "spam among what is called spam (precision), %",
    );
    Some(Figure {
        title: "Precision against recall, at every cut-off".to_owned(),
        description: "Nearer to the top right is better. At the right the same curves from half of the spam caught on. The grey \
                      line is what guessing gets: the share of spam in this mail. With less spam in a mailbox than here, \
                      precision is lower than drawn."
            .to_owned(),
        panels: vec![
            panel("plain axes (grey: guessing)", axis(caught, 0.0), axis(right, 0.0)),
            panel("the corner, magnified", axis(caught, 50.0), axis(right, low)),
        ],
        columns: 2,
        panel_height: 480,
        legend: line_keys(curves.iter().map(|(pool, _)| pool)),
    })
}

/// Recall and precision in percent, from few messages called spam to all.
fn outline(pool: &PooledPredictions<'_>) -> Option<Vec<Position>> {
    let spam = pool.classes()[1] as f64;
    let steps = pool.threshold_steps()?;
    let point = |called: [usize; 2]| {
        [
            100.0 * called[1] as f64 / spam,
            100.0 * called[1] as f64 / (called[0] + called[1]) as f64,
        ]
    };
    Some(steps[1..].iter().map(|step| point(step.called)).collect())
}
