//! Error against the number of training messages, on one fixed test set: the mean over resamples,
//! and the band between the best and the worst one. Both axes are logarithmic, so that a power law
//! is a straight line.
//!
//! An error of zero has no position on such an axis and is drawn as half a message.

use crate::report::axis::{Axis, Tick};
use crate::report::figure::{
    Figure, LegendEntry, LegendMark, Marks, Note, Panel, Position, Series,
};
use crate::report::numbers::count;
use crate::report::palette::{Role, roles};
use crate::results::{Curve, Experiment};
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
    let models = experiment.models.iter().zip(roles(experiment));
    let found: Vec<(&str, Role, Vec<ErrorAtSize>)> = models
        .map(|(model, role)| (model.name.as_str(), role, errors(curve, &model.name)))
        .filter(|(_, _, errors)| !errors.is_empty())
        .collect();
    let all: Vec<ErrorAtSize> = found
        .iter()
        .flat_map(|(.., errors)| errors)
        .copied()
        .collect();
    let bands = found
        .iter()
        .map(|(name, role, errors)| Series::new(*name, *role, band(errors)));
    let means = found
        .iter()
        .map(|(name, role, errors)| Series::new(*name, *role, means(errors)));
    let legend = found
        .iter()
        .map(|(name, role, _)| LegendEntry::new(*name, *role, LegendMark::LineAndMarker))
        .collect();
    let best = experiment
        .best()
        .both()
        .and_then(|(generative, discriminative)| {
            let of = |at: usize| {
                let name = experiment.models[at].name.as_str();
                let (_, _, errors) = found.iter().find(|(model, ..)| *model == name)?;
                Some((name, errors.as_slice()))
            };
            Some([of(generative)?, of(discriminative)?])
        });
    let crossing = best.and_then(|[(_, first), (_, second)]| crossing(first, second));
    let told = best.map_or(String::new(), |[(generative, _), (discriminative, _)]| {
        crossing_in_words(crossing, generative, discriminative)
    });
    let ring = crossing.map(|at| {
        let name = "crossing of the best of both families";
        Series::new(name, Role::Conflict, Marks::Rings(vec![at]))
    });
    let name = crossing.map(|at| Note::Name {
        at,
        text: "crossing".to_owned(),
    });
    let description = format!(
        "Lines are means over resamples, bands reach from the best to the worst. Look for \
         crossings: generative models (warm colours) tend to lead with few emails, discriminative \
         ones (cool) with many.{told} {} test emails, the same for every point.",
        count(curve.test)
    );
    let panel = Panel::new(
        size_axis("training emails", &all)?,
        error_axis(&all)?,
        bands.chain(means).chain(ring).collect(),
    )
    .with_notes(name.into_iter().collect());
    Some(Figure::new(description, vec![panel], legend).in_grid(1, 530))
}

fn crossing_in_words(crossing: Option<Position>, generative: &str, discriminative: &str) -> String {
    match crossing {
        Some([emails, _]) => format!(
            " {discriminative} overtakes {generative} for good at about {} emails.",
            count(emails.round() as usize)
        ),
        None => format!(
            " {generative} and {discriminative}, the best of each family, do not cross for good."
        ),
    }
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
    let low = all.iter().map(|one| one.low).min_by(f64::total_cmp)?;
    let high = all.iter().map(|one| one.high).fold(low, f64::max);
    let label = "error on the test emails, %";
    Some(Axis::log(label, [low / 1.25, high * 1.25]))
}

/// A model's errors by number of training messages.
pub(super) fn errors(curve: &Curve, model: &str) -> Vec<ErrorAtSize> {
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
    let sum_up = |(emails, errors): (usize, Vec<f64>)| ErrorAtSize {
        emails,
        low: errors.iter().copied().fold(f64::INFINITY, f64::min),
        mean: errors.iter().sum::<f64>() / errors.len() as f64,
        high: errors.iter().copied().fold(0.0, f64::max),
    };
    by_size.into_iter().map(sum_up).collect()
}

/// The point from which on the second model has the smaller mean error, if the first one had it
/// before. Between two sizes, both lines are taken as straight on the chart's axes.
fn crossing(first: &[ErrorAtSize], second: &[ErrorAtSize]) -> Option<Position> {
    /// Logarithms: number of messages, error of the first model and of the second.
    struct Both {
        emails: f64,
        first: f64,
        second: f64,
    }
    let both = first.iter().filter_map(|one| {
        let other = second.iter().find(|other| other.emails == one.emails)?;
        Some(Both {
            emails: (one.emails as f64).ln(),
            first: one.mean.ln(),
            second: other.mean.ln(),
        })
    });
    let both: Vec<Both> = both.collect();
    let lead = |at: usize| both[at].second - both[at].first;
    let last = both.len().checked_sub(1)?;
    let after = (0..=last)
        .rev()
        .take_while(|&at| lead(at) < 0.0)
        .last()
        .filter(|&at| at > 0)?;
    let (before, now) = (lead(after - 1), lead(after));
    let share = before / (before - now);
    let between = |from: f64, to: f64| (from + share * (to - from)).exp();
    let (from, to) = (&both[after - 1], &both[after]);
    Some([
        between(from.emails, to.emails),
        between(from.first, to.first),
    ])
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
            [at(10, [25.0, 37.5, 50.0]), at(100, [1.0, 1.0, 1.0])]
        );
        assert_eq!(errors(&curve, "other"), []);
    }

    #[test]
    fn lines_that_cross_do_so_where_a_ruler_says() {
        let line = |errors: [f64; 3]| {
            [10, 100, 1000]
                .into_iter()
                .zip(errors)
                .map(|(emails, error)| at(emails, [0.0, error, 0.0]))
                .collect::<Vec<ErrorAtSize>>()
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
