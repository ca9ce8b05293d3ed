//! Plots each token's log-likelihood ratio in the generative model against its weight in the
//! discriminative model. No other chart shows the contrast as well.
//!
//! A generative model judges each token by itself. A discriminative model gives weight only to what
//! the other tokens do not already tell. Tokens with a large ratio but a weight near zero show the
//! difference between the two.

use crate::base::mail::Label;
use crate::base::numbers::count;
use crate::report::axis::Axis;
use crate::report::figure::{
    Figure, LegendEntry, LegendMark, Marks, Note, Panel, Series, shortened,
};
use crate::report::palette::Role;
use crate::report::statements::{opposite_signs, title};
use crate::results::{Contrast, Experiment, TokenContrast};

/// Number of candidates for a name from each direction. Candidates without room get no name.
const NAMED: usize = 10;
/// Share of the axis beyond which a token is decisive by itself.
const LOUD: f64 = 0.2;
/// Space above and below the tokens for the explanations of the corners.
const ROOM: f64 = 1.16;
/// Largest number of characters shown of a token.
const LONGEST: usize = 22;

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let contrast = &experiment.contrast()?;
    let tokens: Vec<&TokenContrast> = contrast
        .tokens
        .iter()
        .filter(|one| one.log_likelihood_ratio.is_finite() && one.weight.is_finite())
        .collect();
    let furthest = |of: fn(&TokenContrast) -> f64| {
        tokens.iter().map(|one| of(one).abs()).fold(0.0, f64::max) * 1.08
    };
    let reach = [
        furthest(|one| one.log_likelihood_ratio),
        furthest(|one| one.weight) * ROOM,
    ];
    if reach.contains(&0.0) {
        return None;
    }
    let series = axes_through_zero(reach)
        .into_iter()
        .chain(SIDES.iter().map(|side| dots(&tokens, side)))
        .collect();
    let across = format!(
        "{}: log-likelihood ratio of the token, nats",
        contrast.generative
    );
    let upwards = format!("{}: weight of the token", contrast.discriminative);
    let panel = Panel::new(
        Axis::linear(&across, [-reach[0], reach[0]]),
        Axis::linear(&upwards, [-reach[1], reach[1]]),
        series,
    )
    .with_notes(
        corners(contrast)
            .into_iter()
            .chain(names(&tokens, reach))
            .collect(),
    );
    let description = format!(
        "Each dot is one of {} tokens (of {}): to the right, those more likely in spam; upwards, \
         those with weight for spam. Dots far out but near the horizontal line tell a lot by \
         themselves and little that other tokens do not tell.",
        count(tokens.len()),
        count(contrast.vocabulary)
    );
    let legend = SIDES
        .iter()
        .filter(|(.., of)| tokens.iter().any(|one| of(one)))
        .map(|(name, role, _)| LegendEntry::new(*name, *role, LegendMark::Dot))
        .collect();
    let figure = Figure::new(description, vec![panel], legend).in_grid(1, 560);
    Some(figure.entitled(title(opposite_signs(experiment))))
}

fn axes_through_zero([across, upwards]: [f64; 2]) -> [Series; 2] {
    [
        [[-across, 0.0], [across, 0.0]],
        [[0.0, -upwards], [0.0, upwards]],
    ]
    .map(|ends| Series::new("zero", Role::Reference, Marks::Line(ends.to_vec())))
}

/// A name, a colour, and the test for tokens of this side.
type Side = (&'static str, Role, fn(&TokenContrast) -> bool);

const SIDES: [Side; 3] = [
    ("ham to both", Role::Class(Label::Ham), |one| {
        !opposed(one) && one.weight + one.log_likelihood_ratio < 0.0
    }),
    ("spam to both", Role::Class(Label::Spam), |one| {
        !opposed(one) && one.weight + one.log_likelihood_ratio >= 0.0
    }),
    ("opposite signs", Role::Conflict, opposed),
];

fn opposed(one: &TokenContrast) -> bool {
    one.log_likelihood_ratio * one.weight < 0.0
}

fn dots(tokens: &[&TokenContrast], (name, role, of): &Side) -> Series {
    let place = |one: &&TokenContrast| [one.log_likelihood_ratio, one.weight];
    let points = tokens.iter().filter(|one| of(one)).map(place).collect();
    Series::new(*name, *role, Marks::Dots(points))
}

fn corners(contrast: &Contrast) -> Vec<Note> {
    let corner = |right: bool, top: bool, first: &str, second: String| Note::Corner {
        right,
        top,
        lines: vec![first.to_owned(), second],
    };
    let weight = &contrast.discriminative;
    vec![
        corner(
            true,
            true,
            "both: spam",
            "likelier in spam, weight for spam".to_owned(),
        ),
        corner(
            false,
            false,
            "both: ham",
            "likelier in ham, weight for ham".to_owned(),
        ),
        corner(
            false,
            true,
            "likelier in ham",
            format!("yet {weight} counts it for spam"),
        ),
        corner(
            true,
            false,
            "likelier in spam",
            format!("yet {weight} counts it for ham"),
        ),
    ]
}

/// The tokens that get a name, taken in turn from those with the most weight for spam, the most
/// weight for ham, the strongest disagreement, and the largest ratio.
fn names(tokens: &[&TokenContrast], reach: [f64; 2]) -> Vec<Note> {
    let scaled = |one: &TokenContrast| (one.log_likelihood_ratio / reach[0], one.weight / reach[1]);
    let worth: [&dyn Fn(&TokenContrast) -> f64; 5] = [
        &|one| one.weight,
        &|one| -one.weight,
        &|one| -scaled(one).0 * scaled(one).1,
        &|one| scaled(one).0 - 2.0 * scaled(one).1.abs() - LOUD,
        &|one| -scaled(one).0 - 2.0 * scaled(one).1.abs() - LOUD,
    ];
    let ranked = worth.map(|worth| {
        let mut ranked: Vec<(f64, usize)> = tokens.iter().map(|one| worth(one)).zip(0..).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        ranked.retain(|one| one.0 > 0.0);
        ranked
            .into_iter()
            .take(NAMED)
            .map(|one| one.1)
            .collect::<Vec<usize>>()
    });
    let mut chosen: Vec<usize> = Vec::new();
    for turn in 0..NAMED {
        for at in ranked.iter().filter_map(|side| side.get(turn)) {
            if !chosen.contains(at) {
                chosen.push(*at);
            }
        }
    }
    let name = |one: &TokenContrast| Note::Name {
        at: [one.log_likelihood_ratio, one.weight],
        text: shortened(&one.token, LONGEST),
    };
    chosen.into_iter().map(|at| name(tokens[at])).collect()
}
