//! Places test messages in the latent space of a model: at the means of their latent vectors, on
//! the two axes along which these vary most. The ends of the axes say what they mean in words, and
//! so does each point of the line from a typical ham to a typical spam.

use crate::base::mail::Label;
use crate::base::numbers::{count, number};
use crate::base::shown::shown_line;
use crate::report::axis::Axis;
use crate::report::figure::{Figure, Marks, Panel, Position, Series, shortened};
use crate::report::palette::{Role, roles};
use crate::report::statements::{latent_variance, title};
use crate::results::{Experiment, LatentAxis, LatentSpace};

/// Words beside an axis, of each end.
const BESIDE: usize = 3;
/// Letters shown of a word there.
const LETTERS: usize = 14;
/// Space around the messages, as a share of how far they reach.
const ROOM: f64 = 0.06;
/// The names of the points of the line.
const POINTS: [&str; 5] = ["ham", "¼ of the way", "half way", "¾ of the way", "spam"];

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let space = &experiment.latent_space()?;
    let at = experiment
        .models
        .iter()
        .position(|model| model.name == space.model)?;
    let model = roles(experiment)[at];
    let path: Vec<Position> = space.path.iter().map(|point| point.at).collect();
    let finite = |at: &Position| at.iter().all(|one| one.is_finite());
    let places = space.rows.iter().zip(&space.places);
    let placed: Vec<(Label, Position)> = places
        .filter(|(_, at)| finite(at))
        .filter_map(|(&row, &at)| Some((experiment.emails.label(row)?, at)))
        .collect();
    if placed.is_empty() || !path.iter().all(finite) {
        return None;
    }
    let dots = |label: Label| {
        let of_class = placed.iter().filter(|one| one.0 == label);
        let dots = Marks::Dots(of_class.map(|one| one.1).collect());
        Series::new(label.name(), Role::Class(label), dots)
    };
    let ends = [path.first(), path.last()];
    let ring = |(label, at): (Label, Option<&Position>)| {
        let ring = Marks::Rings(at.into_iter().copied().collect());
        Series::new(format!("typical {label}"), Role::Class(label), ring)
    };
    // Its ends are the ringed messages; the points between have markers.
    let way = |marks| Series::new("from ham to spam", model, marks);
    let legs = Marks::Strokes(path.array_windows().copied().collect());
    let between = path.get(1..path.len().saturating_sub(1));
    let between = Marks::MarkedLine(between.unwrap_or_default().to_vec());
    let series = Label::BOTH.map(dots).into_iter();
    let series = series.chain([legs, between].map(way));
    let series: Vec<Series> = series
        .chain(Label::BOTH.into_iter().zip(ends).map(ring))
        .collect();
    let all = || placed.iter().map(|one| one.1).chain(path.iter().copied());
    let axis = |which: usize| {
        let range = range(all().map(|at| at[which]));
        Axis::linear(&label(&space.axes[which], which), range)
    };
    let panel = Panel::new(axis(0), axis(1), series);
    let figure = Figure::new(
        description(experiment, space, placed.len()),
        vec![panel],
        Vec::new(),
    );
    let figure = figure.in_grid(1, 520).in_words(words(space));
    Some(figure.entitled(title(latent_variance(space))))
}

/// What the picture shows.
fn description(experiment: &Experiment, space: &LatentSpace, placed: usize) -> String {
    let model = &space.model;
    let fold = if experiment.has_folds() {
        " of the first fold"
    } else {
        ""
    };
    let shown = if placed == space.emails {
        count(placed)
    } else {
        format!("{} of {}", count(placed), count(space.emails))
    };
    let line = if space.path.is_empty() {
        ""
    } else {
        " The line leads from the ham to the spam that is nearest to the mean of its class, among \
         those neither very short nor very long; of its points those words are told that gain most \
         against the vector 0."
    };
    format!(
        "{shown} test emails{fold} as {model} places them: each at the mean that its \
         encoder gives the latent vector of {} numbers, on the two axes along which these vary \
         most. Neither the places nor the words depend on the label: what {model} makes of a \
         message as ham and as spam is averaged. An end of an axis means the words that gain most \
         two standard deviations from the mean.{line} A word gains p ln(p / q), its part of the \
         divergence.",
        space.dimensions
    )
}

/// An axis with its share of the variance and the words of its ends.
fn label(axis: &LatentAxis, which: usize) -> String {
    let [low, high] = [["left", "right"], ["below", "above"]][which];
    let words = |words: &[(String, f64)]| {
        let first = words.iter().take(BESIDE);
        let first = first.map(|(word, _)| shortened(&shown_line(word), LETTERS));
        first.collect::<Vec<_>>().join(", ")
    };
    format!(
        "component {} ({} % of the variance); {low}: {}; {high}: {}",
        which + 1,
        number(100.0 * axis.share, 0),
        words(&axis.low),
        words(&axis.high)
    )
}

/// What the ends of the axes and the points of the line mean.
fn words(space: &LatentSpace) -> Vec<[String; 2]> {
    let [across, up] = &space.axes;
    let ends = [
        ("left", &across.low),
        ("right", &across.high),
        ("below", &up.low),
        ("above", &up.high),
    ];
    let points = POINTS.into_iter().zip(&space.path);
    let points = points.map(|(name, point)| (name, &point.words));
    let told = |(name, words): (&str, &Vec<(String, f64)>)| {
        let words: Vec<&str> = words.iter().map(|(word, _)| word.as_str()).collect();
        [name.to_owned(), words.join(", ")]
    };
    ends.into_iter().chain(points).map(told).collect()
}

/// From the least to the greatest value, with room at both ends.
fn range(values: impl Iterator<Item = f64>) -> [f64; 2] {
    let ends = values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
        [low.min(value), high.max(value)]
    });
    let room = (ROOM * (ends[1] - ends[0])).max(1e-3);
    [ends[0] - room, ends[1] + room]
}
