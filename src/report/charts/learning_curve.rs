//! Error against the number of training messages: the mean over resamples, each tested on another
//! part of the mail, and the band between the best and the worst one. Both axes are logarithmic, so
//! that a power law is a straight line.
//!
//! An error of zero stands at the low end of such an axis, where a tick says so.

use crate::base::numbers::count;
use crate::report::axis::{Axis, Tick};
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Series};
use crate::report::palette::{Role, roles};
use crate::report::statements;
use crate::results::{Curve, Experiment, Family};
use std::collections::BTreeMap;

/// A model's error in percent after training on a number of messages, over the resamples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ErrorAtSize {
    pub emails: usize,
    pub low: f64,
    pub mean: f64,
    pub high: f64,
}

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let curve = &experiment.learning_curve()?;
    let best = experiment.best_on(curve);
    let both = best.both().map(|(generative, discriminative)| {
        [generative, discriminative].map(|at| experiment.models[at].name.as_str())
    });
    let role = |at: usize, family: Family, role: Role| {
        let is_best = best.of_family(family) == Some(at);
        if is_best { Role::Best(family) } else { role }
    };
    let models = experiment.models.iter().zip(roles(experiment)).enumerate();
    let found: Vec<(&str, Role, Vec<ErrorAtSize>)> = models
        .map(|(at, (model, usual))| {
            let role = role(at, model.family, usual);
            (model.name.as_str(), role, errors(curve, &model.name))
        })
        .filter(|(.., errors)| !errors.is_empty())
        .collect();
    let all: Vec<ErrorAtSize> = found
        .iter()
        .flat_map(|(.., errors)| errors)
        .copied()
        .collect();
    let legend = found
        .iter()
        .map(|(name, role, _)| LegendEntry::new(*name, *role, LegendMark::LineAndMarker))
        .collect();
    let bands = found
        .iter()
        .filter(|(_, role, _)| matches!(role, Role::Best(_)))
        .map(|(name, role, errors)| Series::new(*name, *role, band(errors)));
    let means = found
        .iter()
        .map(|(name, role, errors)| Series::new(*name, *role, means(errors)));
    let panel = Panel::new(
        size_axis("training emails", &all)?,
        error_axis(&all)?,
        bands.chain(means).collect(),
    );
    let overtaking = both.and_then(|[a, b]| statements::overtaking(curve, a, b));
    let found = overtaking.or_else(|| {
        let leader = &experiment.models[statements::leader(experiment)?].name;
        statements::first_to_last(curve, leader)
    });
    let figure = Figure::new(description(experiment, curve), vec![panel], legend);
    Some(figure.in_grid(1, 530).entitled(statements::title(found)))
}

/// How to read the chart, which models are not in it, and which stand for the best ones if these
/// have no curve.
fn description(experiment: &Experiment, curve: &Curve) -> String {
    let resamples = curve.points.iter().map(|point| point.resample + 1).max();
    let read = format!(
        "Lines are means over {} resamples, each tested on another part of the {} test emails. \
         Bands, of the best model of each family, reach from the best to the worst resample. Both \
         axes are logarithmic.",
        resamples.unwrap_or(0),
        count(curve.test),
    );
    let mut drawn: Vec<&str> = curve.points.iter().map(|one| one.model.as_str()).collect();
    let stand_ins = statements::stand_ins(experiment, curve);
    if let (Some(_), Some((a, b))) = (&stand_ins, experiment.best().both()) {
        // What stands for these is said below.
        drawn.extend([a, b].map(|at| experiment.models[at].name.as_str()));
    }
    let others = statements::not_drawn(experiment, &drawn);
    let others = others.map(|others| format!("No curve: {}.", others.text));
    let told = [Some(read), others, stand_ins.map(|one| one.text)];
    told.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The area between the best and the worst resample.
pub(super) fn band(errors: &[ErrorAtSize]) -> Marks {
    let area = |one: &ErrorAtSize| [one.emails as f64, one.low, one.high];
    Marks::Band(errors.iter().map(area).collect())
}

/// The line of the means.
pub(super) fn means(errors: &[ErrorAtSize]) -> Marks {
    let point = |one: &ErrorAtSize| [one.emails as f64, one.mean];
    Marks::MarkedLine(errors.iter().map(point).collect())
}

/// The axis of the numbers of messages; None if there are none.
pub(super) fn size_axis(label: &str, all: &[ErrorAtSize]) -> Option<Axis> {
    let sizes: Vec<usize> = all.iter().map(|one| one.emails).collect();
    let (fewest, most) = (*sizes.iter().min()?, *sizes.iter().max()?);
    let range = [fewest as f64 / 1.12, most as f64 * 1.12];
    Some(Axis::log(label, range).with_ticks(size_ticks(sizes)))
}

/// The axis of the errors; None if there are none.
pub(super) fn error_axis(all: &[ErrorAtSize]) -> Option<Axis> {
    let label = "error on the test emails, %";
    let values = all.iter().flat_map(|one| [one.low, one.mean, one.high]);
    let least = values.filter(|&error| error > 0.0).min_by(f64::total_cmp);
    let Some(least) = least else {
        return all.first().map(|_| Axis::linear(label, [0.0, 1.0]));
    };
    let high = 1.25 * all.iter().map(|one| one.high).fold(least, f64::max);
    Some(if all.iter().any(|one| one.low == 0.0) {
        Axis::log_from_zero(label, [least / 2.0, high])
    } else {
        Axis::log(label, [least / 1.25, high])
    })
}

/// A model's errors by number of training messages.
pub(super) fn errors(curve: &Curve, model: &str) -> Vec<ErrorAtSize> {
    let mut by_size: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for point in curve
        .points
        .iter()
        .filter(|point| point.model == model && point.emails > 0)
    {
        if let Some(accuracy) = point.metrics.get("accuracy").copied().flatten() {
            by_size
                .entry(point.emails)
                .or_default()
                .push(100.0 * (1.0 - accuracy));
        }
    }
    let sum_up = |(emails, errors): (usize, Vec<f64>)| ErrorAtSize {
        emails,
        low: errors.iter().copied().fold(f64::INFINITY, f64::min),
        mean: errors.iter().sum::<f64>() / errors.len() as f64,
        high: errors.iter().copied().fold(0.0, f64::max),
    };
    by_size.into_iter().map(sum_up).collect()
}

/// A tick at each size that was measured, as far as there is room.
fn size_ticks(mut sizes: Vec<usize>) -> Vec<Tick> {
    sizes.sort_unstable();
    sizes.dedup();
    let mut ticks: Vec<Tick> = Vec::new();
    for size in sizes {
        if ticks.last().is_none_or(|last| size as f64 > last.at * 1.2) {
            ticks.push(Tick::new(size as f64, count(size)));
        }
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::CurvePoint;

    fn at(emails: usize, [low, mean, high]: [f64; 3]) -> ErrorAtSize {
        ErrorAtSize {
            emails,
            low,
            mean,
            high,
        }
    }

    #[test]
    fn resamples_are_summed_up_by_size() {
        let point = |emails, resample, accuracy| CurvePoint {
            model: "m".to_owned(),
            emails,
            resample,
            test: 50,
            metrics: [("accuracy".to_owned(), accuracy)].into(),
        };
        let points = vec![
            point(100, 0, Some(1.0)),
            point(10, 0, Some(0.75)),
            point(10, 1, Some(0.5)),
            point(9, 0, None),
        ];
        let curve = Curve { test: 50, points };
        assert_eq!(
            errors(&curve, "m"),
            [at(10, [25.0, 37.5, 50.0]), at(100, [0.0, 0.0, 0.0])]
        );
        assert_eq!(errors(&curve, "other"), []);
        // No error at all is drawn as 0, at the end of the axis that says so.
        let axis = error_axis(&errors(&curve, "m")).unwrap();
        assert_eq!((axis.place(0.0), axis.ticks[0].label.as_str()), (0.0, "0"));
        assert!(axis.place(25.0) > 0.1);
        let none = error_axis(&[at(100, [0.0; 3])]).unwrap();
        assert_eq!((none.place(0.0), none.range[0]), (0.0, 0.0));
    }
}
