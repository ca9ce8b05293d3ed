//! Precision against recall at every threshold, pooled over the folds: the share of spam among the
//! messages classified as spam, and the share of the spam that is caught. Unlike the ROC curve, it
//! depends on the share of spam, and shows what an administrator sees in the junk folder.

use super::folds;
use crate::report::axis::Axis;
use crate::report::figure::{Figure, Panel, Position};
use crate::report::framed;
use crate::report::palette::Role;
use crate::report::pooled::{PooledPredictions, ThresholdStep, over_folds, places, pooled};
use crate::report::statements::{precision, title};
use crate::results::Experiment;

/// The furthest in percent that a curve may be from the frame for plain axes to show nothing.
const NEAR: f64 = 5.0;
/// Places at which the spread over folds is computed.
const PLACES: usize = 100;
/// Lower ends of the magnified corner, in percent.
const CORNERS: [f64; 6] = [98.0, 95.0, 90.0, 80.0, 70.0, 50.0];

/// A model and the points of its curve: recall and precision in percent.
type PrecisionRecallCurve<'a> = (PooledPredictions<'a>, Vec<Position>);

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let curves: Vec<PrecisionRecallCurve<'_>> = pooled(experiment)
        .into_iter()
        .filter_map(|pool| outline(&pool).map(|points| (pool, points)))
        .collect();
    let [ham, spam] = curves.first()?.0.classes();
    let share = 100.0 * spam as f64 / (ham + spam) as f64;
    // The lowest recall and the end at the right, where all is called spam, are on the frame.
    let near =
        |&[recall, precision]: &Position| precision >= 100.0 - NEAR || recall >= 100.0 - NEAR;
    let is_frame = curves.iter().all(|(_, points)| points.iter().all(near));
    let whole =
        (!is_frame).then(|| panel(&curves, share, 0.0).titled("plain axes (grey: guessing)"));
    let corner = panel(&curves, share, corner(&curves)).titled("the corner, magnified");
    let panels: Vec<Panel> = whole.into_iter().chain([corner]).collect();
    let height = if panels.len() == 1 { 530 } else { 480 };
    let description = format!(
        "Nearer to the top right is better.{} Guessing has the share of spam in this mail as its \
         precision; in a mailbox with less spam, precision is lower than drawn.",
        folds::bands(experiment, ", for the best model of each family")
    );
    let columns = panels.len();
    let figure = Figure::new(description, panels, Vec::new()).in_grid(columns, height);
    Some(figure.entitled(title(precision(experiment))))
}

/// The lower end of both axes of the corner: four times as far from 100 % as the worst model is
/// where its precision and its recall are equal.
fn corner(curves: &[PrecisionRecallCurve<'_>]) -> f64 {
    let even = |points: &[Position]| {
        let levels = points
            .iter()
            .map(|[recall, precision]| recall.min(*precision));
        levels.fold(0.0, f64::max)
    };
    let worst = curves
        .iter()
        .map(|(_, points)| even(points))
        .fold(100.0, f64::min);
    let wanted = 100.0 - 4.0 * (100.0 - worst);
    CORNERS
        .into_iter()
        .find(|low| *low <= wanted)
        .unwrap_or(50.0)
}

/// The curves where both axes are above `low`, and the `share` of spam, which is the precision of
/// guessing.
fn panel(curves: &[PrecisionRecallCurve<'_>], share: f64, low: f64) -> Panel {
    let x = Axis::linear("recall (spam caught), %", [low, 100.0]);
    let label = "precision (spam among what is called spam), %";
    let y = Axis::linear(label, [low, 100.0]);
    let guessing = framed::part(
        "guessing",
        Role::Reference,
        &[[low, share], [100.0, share]],
        (&x, &y),
    );
    let line = |(pool, points): &PrecisionRecallCurve<'_>| {
        framed::part(&pool.model.name, pool.role, points, (&x, &y))
    };
    let band = |(pool, _): &PrecisionRecallCurve<'_>| {
        let precision = |steps: &[ThresholdStep], [_, spam]: [f64; 2], recall: f64| {
            let reaches = |step: &&ThresholdStep| 100.0 * step.called[1] as f64 >= recall * spam;
            let [ham, spam] = steps[1..]
                .iter()
                .find(reaches)?
                .called
                .map(|count| count as f64);
            Some(100.0 * spam / (ham + spam))
        };
        let triples = over_folds(pool, &places(&x, PLACES), precision);
        framed::band(&pool.model.name, pool.role, &triples, &y)
    };
    let best = curves.iter().filter(|(pool, _)| pool.is_best);
    let series = guessing.into_iter().chain(best.flat_map(band));
    let series = series.chain(curves.iter().flat_map(line)).collect();
    Panel::new(x.clone(), y.clone(), series)
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
