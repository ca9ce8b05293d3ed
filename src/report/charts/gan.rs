//! A game of a generator against a discriminator: the losses of both by step, beside how precise
//! and how complete what is generated becomes; and the generated vectors on the real ones, as the
//! game goes on.

use crate::base::mail::Label;
use crate::base::numbers::{count, number};
use crate::report::axis::Axis;
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Position, Series};
use crate::report::palette::Role;
use crate::results::{AdversarialGame, Cloud, Experiment, GameLosses, PlayedGame};
use std::f64::consts::LN_2;

/// Share of the real vectors at each end that may be beyond an axis.
const BEYOND: f64 = 0.01;

pub(super) fn draw_losses(experiment: &Experiment) -> Option<Figure> {
    Some(losses(&experiment.gan()?))
}

pub(super) fn draw_clouds(experiment: &Experiment) -> Option<Figure> {
    Some(clouds(&experiment.gan()?))
}

/// The games with what each is called.
fn games(of: &AdversarialGame) -> impl Iterator<Item = (&PlayedGame, &'static str)> {
    let lopsided = of.lopsided.as_ref();
    std::iter::once((&of.game, "the game")).chain(lopsided.map(|game| (game, "lopsided")))
}

/// Losses, precision and recall by step.
pub(super) fn losses(of: &AdversarialGame) -> Figure {
    let told = of.game.losses.last().map_or_else(String::new, |last| {
        format!(
            " At the end the generator is at {} and the discriminator at {}, which tells {} % of \
             its batch right.",
            number(last.generator, 2),
            number(last.discriminator, 2),
            number(100.0 * last.right, 0)
        )
    });
    let lopsided = of.lopsided.as_ref().map_or_else(String::new, |game| {
        format!(
            " In the lopsided game the generator learns {} times as fast as the discriminator; a \
             recall that falls while precision stands is a generator that repeats few kinds of \
             vector (mode collapse).",
            number(game.rates[0] / game.rates[1], 0)
        )
    });
    let description = format!(
        "Losses in nats. If neither could learn anything from the other, both would be at ln 2 \
         (dashed).{told} Precision is the share of generated vectors that lie where real ones \
         lie, recall the share of real ones where generated ones lie.{lopsided}"
    );
    let most = games(of)
        .flat_map(|(game, _)| &game.losses)
        .map(|losses| losses.generator.max(losses.discriminator))
        .fold(1.0, f64::max);
    let panels = games(of).flat_map(|(game, name)| {
        [
            losses_of(game, most).titled(format!("{name}: losses")),
            coverage_of(game).titled(format!("{name}: precision and recall")),
        ]
    });
    Figure::new(description, panels.collect(), Vec::new()).in_grid(2, 380)
}

fn losses_of(game: &PlayedGame, most: f64) -> Panel {
    let line = |loss: fn(&GameLosses) -> f64| {
        let points = game.losses.iter();
        Marks::Line(
            points
                .map(|at| [f64::from(at.step), loss(at)])
                .collect::<Vec<Position>>(),
        )
    };
    let steps = f64::from(game.steps);
    let even = Marks::Line(vec![[0.0, LN_2], [steps, LN_2]]);
    Panel::new(
        Axis::linear("steps", [0.0, steps]),
        Axis::linear("mean loss, nats", [0.0, most * 1.05]),
        vec![
            Series::new("ln 2", Role::Reference, even),
            Series::new("generator", Role::Measure(0), line(|at| at.generator)),
            Series::new(
                "discriminator",
                Role::Measure(1),
                line(|at| at.discriminator),
            ),
        ],
    )
}

fn coverage_of(game: &PlayedGame) -> Panel {
    // Before the first step there is no place on a logarithmic axis.
    let course: Vec<_> = game.course.iter().filter(|at| at.step > 0).collect();
    let first = course.first().map_or(1, |at| at.step);
    let ends = [f64::from(first), f64::from(game.steps.max(first + 1))];
    let points = |share: &dyn Fn(usize) -> f64| -> Vec<Position> {
        let steps = course.iter().enumerate();
        steps
            .map(|(at, of)| [f64::from(of.step), 100.0 * share(at)])
            .collect()
    };
    let precision = points(&|at| course[at].precision);
    let recall = points(&|at| course[at].recall);
    Panel::new(
        Axis::log("steps", ends),
        Axis::linear("share, %", [0.0, 100.0]),
        vec![
            Series::new("precision", Role::Measure(0), Marks::MarkedLine(precision)),
            Series::new("recall", Role::Measure(1), Marks::MarkedLine(recall)),
        ],
    )
}

/// What is generated on what is real, by step.
pub(super) fn clouds(of: &AdversarialGame) -> Figure {
    let ranges = ranges(&of.real);
    let panels = [(Some(&of.game), ""), (of.lopsided.as_ref(), "lopsided, ")];
    let panels = panels.into_iter().flat_map(|(game, name)| {
        let clouds = game.into_iter().flat_map(|game| &game.clouds);
        clouds.map(move |(step, cloud)| {
            panel(&of.real, cloud, ranges).titled(format!("{name}step {}", count(*step)))
        })
    });
    let panels: Vec<Panel> = panels.collect();
    let description = format!(
        "Each dot is a document vector by its first two coordinates of {}: {} real messages that \
         no generator has seen (small, grey) and as many generated vectors (coloured by class). \
         The same noise is read at every step. What lies beyond a frame is drawn on it.",
        count(of.width),
        count(of.real.ham.len() + of.real.spam.len()),
    );
    let legend = Label::BOTH
        .into_iter()
        .map(|label| {
            let name = format!("generated {}", label.name());
            LegendEntry::new(name, Role::Class(label), LegendMark::Dot)
        })
        .chain([LegendEntry::new("real", Role::Reference, LegendMark::Dot)]);
    let legend: Vec<LegendEntry> = legend.collect();
    let columns = of.game.clouds.len().clamp(1, 5);
    Figure::new(description, panels, legend).in_grid(columns, 260)
}

fn panel(real: &Cloud, generated: &Cloud, ranges: [[f64; 2]; 2]) -> Panel {
    let [x, y] = ranges;
    let (x, y) = (Axis::linear("first", x), Axis::linear("second", y));
    let clip = |points: &[Position]| -> Vec<Position> {
        let clipped = points.iter().map(|&[a, b]| [x.clip(a), y.clip(b)]);
        clipped.collect()
    };
    let all = [&real.ham[..], &real.spam].concat();
    let series = vec![
        Series::new("real", Role::Reference, Marks::Dots(clip(&all))),
        Series::new(
            "generated ham",
            Role::Class(Label::Ham),
            Marks::Dots(clip(&generated.ham)),
        ),
        Series::new(
            "generated spam",
            Role::Class(Label::Spam),
            Marks::Dots(clip(&generated.spam)),
        ),
    ];
    Panel::new(x.clone(), y.clone(), series)
}

/// What the axes of all panels show: the real vectors but for a few at each end.
fn ranges(real: &Cloud) -> [[f64; 2]; 2] {
    [0, 1].map(|at| {
        let both = real.ham.iter().chain(&real.spam);
        let mut values: Vec<f64> = both.map(|place| place[at]).collect();
        values.sort_by(f64::total_cmp);
        let beyond = (BEYOND * values.len() as f64) as usize;
        let low = values.get(beyond).copied().unwrap_or(-1.0);
        let high = values.get(values.len().saturating_sub(1 + beyond));
        let high = high.copied().unwrap_or(1.0);
        let room = 0.1 * (high - low).max(0.1);
        [low - room, high + room]
    })
}
