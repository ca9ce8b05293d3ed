//! Precision against recall at every threshold, pooled over the folds: the share of spam among the
//! messages classified as spam, and the share of the spam that is caught. Unlike the ROC curve, it
//! depends on the share of spam, and shows what an administrator sees in the junk folder.

use crate::report::axis::Axis;
use crate::report::figure::{Figure, Marks, Panel, Position, Series};
use crate::report::palette::Role;
use crate::report::pooled::{PooledPredictions, line_keys, pooled};
use crate::report::thinned::thinned;
use crate::results::Experiment;

/// A model and the points of its curve: recall and precision in percent.
type PrecisionRecallCurve<'a> = (PooledPredictions<'a>, Vec<Position>);

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let curves: Vec<PrecisionRecallCurve<'_>> = pooled(experiment)
        .into_iter()
        .filter_map(|pool| outline(&pool).map(|points| (pool, points)))
        .collect();
    let [ham, spam] = curves.first()?.0.classes();
    let share = 100.0 * spam as f64 / (ham + spam) as f64;
    let corner = [50.0, lowest_precision_worth_showing(&curves)];
    let description = "Nearer to the top right is better. At the right the same curves from half \
         of the spam caught on. The grey line is what guessing gets: the share of spam in this \
         mail. With less spam in a mailbox than here, precision is lower than drawn.";
    let panels = vec![
        panel(&curves, share, [0.0, 0.0]).titled("plain axes (grey: guessing)"),
        panel(&curves, share, corner).titled("the corner, magnified"),
    ];
    let legend = line_keys(curves.iter().map(|(pool, _)| pool));
    Some(Figure::new(description, panels, legend))
}

/// The lower end of the corner in which the curves differ: below the lowest precision of any of
/// them while it catches half of the spam.
fn lowest_precision_worth_showing(curves: &[PrecisionRecallCurve<'_>]) -> f64 {
    let points = curves.iter().flat_map(|(_, points)| points);
    let lowest = points
        .filter(|[recall, _]| *recall >= 50.0 && *recall <= 99.0)
        .fold(100.0, |lowest: f64, point| lowest.min(point[1]));
    ((lowest / 10.0).floor() * 10.0 - 10.0).clamp(0.0, 90.0)
}

/// The curves above these lowest values, and the `share` of spam, which is the precision of
/// guessing.
fn panel(curves: &[PrecisionRecallCurve<'_>], share: f64, [recall, precision]: [f64; 2]) -> Panel {
    let x = Axis::linear("recall (spam caught), %", [recall, 100.0]);
    let y = Axis::linear(
        "precision (spam among what is called spam), %",
        [precision, 100.0],
    );
    let series = |(pool, points): &PrecisionRecallCurve<'_>| {
        let clipped: Vec<Position> = points
            .iter()
            .map(|&[recall, precision]| [x.clip(recall), y.clip(precision)])
            .collect();
        let line = Marks::Line(thinned(&clipped, &x, &y));
        Series::new(&pool.model.name, pool.role, line)
    };
    let guessing = (y.range[0] < share).then(|| {
        let level = x.range.map(|end| [end, y.clip(share)]);
        Series::new("guessing", Role::Reference, Marks::Line(level.to_vec()))
    });
    let series = guessing.into_iter().chain(curves.iter().map(series));
    Panel::new(x.clone(), y.clone(), series.collect())
}

/// Recall and precision in percent, from few messages classified as spam to all.
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
