//! Error against the number of training mails, on one fixed set of test mails: the mean over resamples, and the band between
//! the luckiest and the unluckiest. Both axes are logarithmic; a power law is a straight line.
//!
//! An error of none has no place on such an axis and is drawn at half a mail.

use crate::report::axis::{Axis, Tick, count};
use crate::report::figure::{Figure, Key, Marks, Panel, Sample, Series};
use crate::report::palette::{Role, roles};
use crate::results::{Curve, Experiment};
use std::collections::BTreeMap;

/// A model's error at each size: number of training mails, lowest, mean, highest.
type Errors = Vec<(usize, [f64; 3])>;

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let curve = experiment.curve.as_ref()?;
    let models = experiment.models.iter().zip(roles(experiment));
    let found: Vec<(&str, Role, Errors)> = models
        .map(|(model, role)| (model.name.as_str(), role, errors(curve, &model.name)))
        .filter(|(_, _, errors)| !errors.is_empty())
        .collect();
    let all = || found.iter().flat_map(|(_, _, errors)| errors);
    let low = all().map(|(_, [low, ..])| *low).fold(f64::INFINITY, f64::min);
    let high = all().map(|(_, [.., high])| *high).fold(low, f64::max);
    let (fewest, most) = (all().map(|one| one.0).min()?, all().map(|one| one.0).max()?);
    let bands = found.iter().map(|(name, role, errors)| Series {
        name: (*name).to_owned(),
        role: *role,
        marks: Marks::Band(errors.iter().map(|(mails, [low, _, high])| [*mails as f64, *low, *high]).collect()),
    });
    let means = found.iter().map(|(name, role, errors)| Series {
        name: (*name).to_owned(),
        role: *role,
        marks: Marks::MarkedLine(errors.iter().map(|(mails, [_, mean, _])| [*mails as f64, *mean]).collect()),
    });
    let key = |(name, role, _): &(&str, Role, Errors)| Key {
        label: (*name).to_owned(),
        role: *role,
        sample: Sample::LineAndMarker,
    };
    let sizes = sizes(all().map(|one| one.0).collect());
    Some(Figure {
        title: "Error by number of training mails".to_owned(),
        description: format!(
            "Lines are means over resamples, bands reach from the best to the worst. Look for crossings: generative \
             models (warm colours) tend to lead with few mails, discriminative ones (cool) with many. {} test mails, \
             the same for every point.",
            count(curve.test)
        ),
        panels: vec![Panel {
            title: None,
            subject: None,
            x: Axis::log("training mails", [fewest as f64 / 1.12, most as f64 * 1.12]).with_ticks(sizes),
            y: Axis::log("error on the test mails, %", [low / 1.25, high * 1.25]),
            series: bands.chain(means).collect(),
            notes: Vec::new(),
        }],
        columns: 1,
        panel_height: 530,
        legend: found.iter().map(key).collect(),
    })
}

/// A model's errors in percent, by size.
fn errors(curve: &Curve, model: &str) -> Errors {
    let least = 50.0 / curve.test.max(1) as f64;
    let mut by_size: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for point in curve.points.iter().filter(|point| point.model == model && point.mails > 0) {
        if let Some(accuracy) = point.metrics.get("accuracy").copied().flatten() {
            by_size.entry(point.mails).or_default().push((100.0 * (1.0 - accuracy)).max(least));
        }
    }
    let sum_up = |errors: Vec<f64>| {
        let low = errors.iter().copied().fold(f64::INFINITY, f64::min);
        let high = errors.iter().copied().fold(0.0, f64::max);
        [low, errors.iter().sum::<f64>() / errors.len() as f64, high]
    };
    by_size.into_iter().map(|(mails, errors)| (mails, sum_up(errors))).collect()
}

/// A tick at each size that was tried, as far as there is room.
fn sizes(mut sizes: Vec<usize>) -> Vec<Tick> {
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

    #[test]
    fn resamples_are_summed_up_by_size() {
        let point = |mails, resample, accuracy| CurvePoint {
            model: "m".to_owned(),
            mails,
            resample,
            metrics: [("accuracy".to_owned(), accuracy)].into(),
        };
        let points =
            vec![point(100, 0, Some(1.0)), point(10, 0, Some(0.75)), point(10, 1, Some(0.5)), point(9, 0, None)];
        let curve = Curve { test: 50, points };
        assert_eq!(errors(&curve, "m"), [(10, [25.0, 37.5, 50.0]), (100, [1.0, 1.0, 1.0])]);
        assert_eq!(errors(&curve, "other"), []);
    }
}
