//! The textbook drawing from real scores: how the calibrated log-odds of ham and of spam are
//! distributed under the best model of each family, and the boundary between them.
//!
//! Log-odds lie far apart in both directions, so their axis is compressed. The densities are those
//! along that axis, so that each has the area 1 as it is drawn: Gaussian kernel estimates whose
//! bandwidth is Silverman's rule of thumb (*Density Estimation for Statistics and Data Analysis*,
//! 1986, equation 3.31).

use super::scores::{beyond, log_odds_axis};
use crate::base::mail::Label;
use crate::base::numbers::count;
use crate::report::axis::Axis;
use crate::report::figure::{
    Figure, LegendEntry, LegendMark, Marks, Note, Panel, Position, Series,
};
use crate::report::palette::Role;
use crate::report::pooled::{PooledEmail, PooledPredictions, pooled};
use crate::report::statements::{confident_errors, title};
use crate::results::Experiment;

/// Number of places at which a density is computed.
const PLACES: usize = 161;
/// Space above the curves for the texts in the corners, as a multiple of the highest density.
const ROOM: f64 = 1.3;
/// The least bandwidth along the axis: scores that are all equal have none of their own.
const NARROWEST: f64 = 0.0125;

/// The density of each class.
type Densities = [Vec<Position>; 2];

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let mut pools = pooled(experiment);
    pools.retain(|pool| pool.is_best && pool.threshold_steps().is_some());
    let x = log_odds_axis(&pools)?;
    let of = |pool: &PooledPredictions<'_>| {
        Label::BOTH.map(|label| {
            let emails = pool.emails.iter().filter(|mail| mail.label == label);
            density(&emails.map(|mail| mail.log_odds).collect::<Vec<_>>(), &x)
        })
    };
    let densities: Vec<Densities> = pools.iter().map(of).collect();
    let heights = densities.iter().flatten().flatten().map(|at| at[1]);
    let high = ROOM * heights.fold(0.0, f64::max);
    if high.is_nan() || high <= 0.0 {
        return None;
    }
    let panels: Vec<Panel> = pools
        .iter()
        .zip(&densities)
        .map(|(pool, densities)| panel(pool, densities, x.clone(), high))
        .collect();
    let key = |label: Label| LegendEntry::new(label.name(), Role::Class(label), LegendMark::Line);
    let boundary = LegendEntry::new("decision boundary", Role::Reference, LegendMark::Line);
    let description = "How often each class gets which log-odds of spam, by the best model of \
         each family: p(score | ham) and p(score | spam), each of area 1 as drawn (Gaussian \
         kernel, bandwidth by Silverman’s rule). The axis is compressed on both sides of 0 \
         (asinh). Emails to the right of the boundary are called spam. What a class has on the \
         other side of it are the errors.";
    let description = format!("{description}{}", beyond(&pools));
    let legend = Label::BOTH.map(key).into_iter().chain([boundary]);
    let columns = panels.len();
    let figure = Figure::new(description, panels, legend.collect()).in_grid(columns, 400);
    Some(figure.entitled(title(confident_errors(experiment))))
}

fn panel(pool: &PooledPredictions<'_>, densities: &Densities, x: Axis, high: f64) -> Panel {
    let threshold = x.clip(pool.model.decision().threshold);
    let area = |label: Label| {
        let under = densities[label.index()].iter().map(|&[x, y]| [x, 0.0, y]);
        Series::new(
            label.name(),
            Role::Class(label),
            Marks::Band(under.collect()),
        )
    };
    let line = |label: Label| {
        let line = Marks::Line(densities[label.index()].clone());
        Series::new(label.name(), Role::Class(label), line)
    };
    let boundary = Marks::Line(vec![[threshold, 0.0], [threshold, high]]);
    let boundary = Series::new("decision boundary", Role::Reference, boundary);
    let called = |verdict: Label, wrong: Label| {
        let called = |mail: &&_| is_called(mail, wrong, verdict);
        let errors = pool.emails.iter().filter(called).count();
        Note::Corner {
            right: verdict.is_spam(),
            top: true,
            lines: vec![
                format!("called {verdict}"),
                format!("{} {wrong} among them", count(errors)),
            ],
        }
    };
    let series = Label::BOTH.map(area).into_iter();
    let series = series.chain(Label::BOTH.map(line)).chain([boundary]);
    Panel::new(
        x,
        Axis::linear("density along the axis", [0.0, high]),
        series.collect(),
    )
    .about(&pool.model.name, pool.role)
    .with_notes(vec![
        called(Label::Ham, Label::Spam),
        called(Label::Spam, Label::Ham),
    ])
}

fn is_called(mail: &PooledEmail, label: Label, verdict: Label) -> bool {
    mail.label == label && mail.predicted == verdict
}

/// The density of values along an axis.
fn density(values: &[f64], axis: &Axis) -> Vec<Position> {
    let bent = |value: f64| axis.scale.bend(axis.clip(value));
    let values: Vec<f64> = values.iter().copied().map(bent).collect();
    let [low, high] = axis.range.map(|end| axis.scale.bend(end));
    let width = bandwidth(&values);
    let scale = 1.0 / (values.len().max(1) as f64 * width * std::f64::consts::TAU.sqrt());
    let place = |at: usize| low + (high - low) * at as f64 / (PLACES - 1) as f64;
    let height = |x: f64| {
        let kernel = |value: &f64| (-0.5 * ((x - value) / width).powi(2)).exp();
        scale * values.iter().map(kernel).sum::<f64>()
    };
    let places = (0..PLACES).map(place);
    places
        .map(|at| [axis.scale.unbend(at), height(at)])
        .collect()
}

/// 0.9 times the smaller of the standard deviation and the interquartile range over 1.34, divided
/// by the fifth root of the number of values.
fn bandwidth(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares = values.iter().map(|value| (value - mean).powi(2));
    let deviation = (squares.sum::<f64>() / (count - 1.0).max(1.0)).sqrt();
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let quartile = |share: f64| sorted[(share * (count - 1.0)).round() as usize];
    let range = (quartile(0.75) - quartile(0.25)) / 1.34;
    // Of values that are mostly equal the range is 0 and says nothing.
    let spread = if range > 0.0 {
        deviation.min(range)
    } else {
        deviation
    };
    (0.9 * spread / count.powf(0.2)).max(NARROWEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: the values 1 to 9 have a deviation of 2.7386 and quartiles 3 and 7, so that the
    /// range over 1.34 is 2.9851; 0.9 · 2.7386 / 9^0.2 = 1.5883.
    #[test]
    fn the_bandwidth_is_silvermans_and_the_area_is_one() {
        let values: Vec<f64> = (1..=9).map(f64::from).collect();
        assert!((bandwidth(&values) - 1.588_3).abs() < 1e-4);
        // As drawn: by the trapezoidal rule along the axis, most of whose values are far from 0.
        let values: Vec<f64> = values.iter().map(|value| 10.0 * value - 70.0).collect();
        let axis = Axis::asinh("", 5_000.0);
        let shape = density(&values, &axis);
        let length = 2.0 * axis.scale.bend(5_000.0);
        let strip = |pair: &[Position]| {
            let width = axis.place(pair[1][0]) - axis.place(pair[0][0]);
            length * width * f64::midpoint(pair[0][1], pair[1][1])
        };
        let area: f64 = shape.windows(2).map(strip).sum();
        assert!((area - 1.0).abs() < 1e-3, "{area}");
        assert_eq!(bandwidth(&[2.0; 5]), NARROWEST);
    }
}
