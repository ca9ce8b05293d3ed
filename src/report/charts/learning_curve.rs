//! Error against the number of training messages, on one fixed set of test messages: the mean over
//! resamples, and the band between the luckiest and the unluckiest. Both axes are logarithmic; a
//! power law is a straight line.
//!
//! An error of none has no place on such an axis and is drawn at half a message.

use crate::report::axis::{Axis, Tick};
use crate::report::figure::{
    Figure, LegendEntry, LegendMark, Marks, Note, Panel, Position, Series,
};
use crate::report::numbers::count;
use crate::report::palette::{Role, roles};
use crate::results::{Curve, Experiment};
use std::collections::BTreeMap;

/// A model's error at each size: number of training messages, lowest, mean, highest.
pub(super) type Errors = Vec<(usize, [f64; 3])>;

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let curve = experiment.curve.as_ref()?;
    let models = experiment.models.iter().zip(roles(experiment));
    let found: Vec<(&str, Role, Errors)> = models
        .map(|(model, role)| (model.name.as_str(), role, errors(curve, &model.name)))
        .filter(|(_, _, errors)| !errors.is_empty())
        .collect();
    let all = || found.iter().flat_map(|(_, _, errors)| errors);
    let low = all()
        .map(|(_, [low, ..])| *low)
        .fold(f64::INFINITY, f64::min);
    let high = all().map(|(_, [.., high])| *high).fold(low, f64::max);
    let (fewest, most) = (all().map(|one| one.0).min()?, all().map(|one| one.0).max()?);
    let bands = found.iter().map(|(name, role, errors)| Series {
        name: (*name).to_owned(),
        role: *role,
        marks: Marks::Band(
            errors
                .iter()
                .map(|(emails, [low, _, high])| [*emails as f64, *low, *high])
                .collect(),
        ),
    });
    let means = found.iter().map(|(name, role, errors)| Series {
        name: (*name).to_owned(),
        role: *role,
        marks: Marks::MarkedLine(
            errors
                .iter()
                .map(|(emails, [_, mean, _])| [*emails as f64, *mean])
                .collect(),
        ),
    });
    let key = |(name, role, _): &(&str, Role, Errors)| LegendEntry {
        label: (*name).to_owned(),
        role: *role,
        sample: LegendMark::LineAndMarker,
    };
    let sizes = sizes(all().map(|one| one.0).collect());
    let errors_of = |at: Option<usize>| {
        let name = at.map(|at| experiment.models[at].name.as_str())?;
        found
            .iter()
            .find(|(model, ..)| *model == name)
            .map(|(_, _, errors)| (name, errors))
    };
    let best = experiment.best();
    let pair = errors_of(best.generative).zip(errors_of(best.discriminative));
    let crossing = pair
        .and_then(|((_, generative), (_, discriminative))| crossing(generative, discriminative));
    let told = pair.map_or(String::new(), |((generative, _), (discriminative, _))| match crossing {
        Some([emails, _]) => {
            format!(
                " {discriminative} overtakes {generative} for good at about {} emails.",
                count(emails.round() as usize)
            )
        }
        None => format!(" {generative} and {discriminative}, the best of each family, do not cross for good."),
    });
    let mark = crossing.map(|[emails, error]| Series {
        name: "crossing of the best of both families".to_owned(),
        role: Role::Conflict,
        marks: Marks::Rings(vec![[emails, error]]),
    });
    Some(Figure {
        title: "Error by number of training emails".to_owned(),
        description: format!(
            "Lines are means over resamples, bands reach from the best to the worst. Look for crossings: generative \
             models (warm colours) tend to lead with few emails, discriminative ones (cool) with many.{told} {} test \
             emails, the same for every point.",
            count(curve.test)
        ),
        panels: vec![Panel {
            title: None,
            subject: None,
            x: Axis::log(
                "training emails",
                [fewest as f64 / 1.12, most as f64 * 1.12],
            )
            .with_ticks(sizes),
            y: Axis::log("error on the test emails, %", [low / 1.25, high * 1.25]),
            series: bands.chain(means).chain(mark).collect(),
            notes: crossing
                .map(|at| Note::Name {
                    at,
                    text: "crossing".to_owned(),
                })
                .into_iter()
                .collect(),
        }],
        columns: 1,
        panel_height: 530,
        legend: found.iter().map(key).collect(),
    })
}

/// A model's errors in percent, by size.
pub(super) fn errors(curve: &Curve, model: &str) -> Errors {
    let least = 50.0 / curve.test.max(1) as f64;
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
                .push((100.0 * (1.0 - accuracy)).max(least));
        }
    }
    let sum_up = |errors: Vec<f64>| {
        let low = errors.iter().copied().fold(f64::INFINITY, f64::min);
        let high = errors.iter().copied().fold(0.0, f64::max);
        [low, errors.iter().sum::<f64>() / errors.len() as f64, high]
    };
    by_size
        .into_iter()
        .map(|(emails, errors)| (emails, sum_up(errors)))
        .collect()
}

/// From where on the second model has the smaller mean error, where the first one had it before:
/// between two sizes as if both lines were straight on the chart's axes.
fn crossing(first: &[(usize, [f64; 3])], second: &[(usize, [f64; 3])]) -> Option<Position> {
    let both = first.iter().filter_map(|(emails, [_, a, _])| {
        let (_, [_, b, _]) = second.iter().find(|(other, _)| other == emails)?;
        Some(((*emails as f64).ln(), a.ln(), b.ln()))
    });
    let both: Vec<(f64, f64, f64)> = both.collect();
    let lead = |at: usize| both[at].2 - both[at].1;
    let last = both.len().checked_sub(1)?;
    let after = (0..=last)
        .rev()
        .take_while(|&at| lead(at) < 0.0)
        .last()
        .filter(|&at| at > 0)?;
    let (before, now) = (lead(after - 1), lead(after));
    let share = before / (before - now);
    let between = |from: f64, to: f64| (from + share * (to - from)).exp();
    Some([
        between(both[after - 1].0, both[after].0),
        between(both[after - 1].1, both[after].1),
    ])
}

/// A tick at each size that was tried, as far as there is room.
pub(super) fn sizes(mut sizes: Vec<usize>) -> Vec<Tick> {
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
        let point = |emails, resample, accuracy| CurvePoint {
            model: "m".to_owned(),
            emails,
            resample,
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
            [(10, [25.0, 37.5, 50.0]), (100, [1.0, 1.0, 1.0])]
        );
        assert_eq!(errors(&curve, "other"), []);
    }

    #[test]
    fn lines_that_cross_do_so_where_a_ruler_says() {
        let line = |errors: [f64; 3]| {
            [10, 100, 1000]
                .into_iter()
                .zip(errors.map(|error| [0.0, error, 0.0]))
                .collect::<Errors>()
        };
        // From 8 against 16 to 8 against 4 between 100 and 1000: the ratio is 1 half way.
        let [emails, error] = crossing(&line([20.0, 8.0, 8.0]), &line([30.0, 16.0, 4.0])).unwrap();
        assert!(
            (emails - 100.0 * 10f64.sqrt()).abs() < 1e-9 && (error - 8.0).abs() < 1e-12,
            "{emails} {error}"
        );
        assert_eq!(
            crossing(&line([20.0, 8.0, 3.0]), &line([30.0, 7.0, 4.0])),
            None
        );
        assert_eq!(
            crossing(&line([20.0, 8.0, 3.0]), &line([10.0, 7.0, 2.0])),
            None
        );
    }
}
