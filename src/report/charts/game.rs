//! Games of writers and filters, round by round: what is caught, what passes after a search, and
//! how many words that takes.

use crate::report::axis::Axis;
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Series};
use crate::report::palette::Role;
use crate::results::experiments::{Game, GameFound, Round};

/// What stands above the pictures.
const KICKER: &str = "Game";

/// What is drawn of a round.
type Value = fn(&Round) -> Option<f64>;

/// The shares that are drawn of each game.
const SHARES: [(&str, Value); 3] = [
    ("caught as it is", |round| Some(round.caught_pct)),
    ("passed after a search", |round| round.passed_pct),
    ("caught again once learned", |round| round.caught_again_pct),
];

/// The pictures of games, each with the name of its files.
pub fn of_a_game_of_writers(found: &GameFound) -> Vec<(&'static str, Figure)> {
    [("game", shares(found)), ("game_words", words(found))]
        .into_iter()
        .filter_map(|(key, figure)| Some((key, figure?)))
        .map(|(key, figure)| {
            let kicker = KICKER.to_owned();
            (key, Figure { kicker, ..figure })
        })
        .collect()
}

fn points(game: &Game, value: Value) -> Vec<[f64; 2]> {
    let rounds = game.rounds.iter().enumerate();
    let points = rounds.filter_map(|(at, round)| Some([at as f64 + 0.5, value(round)?]));
    points.collect()
}

fn rounds_axis(found: &GameFound) -> Axis {
    let most = found.games.iter().map(|game| game.rounds.len()).max();
    let rounds = 1..=most.unwrap_or(0);
    Axis::places("round", rounds.map(|round| round.to_string()))
}

fn played(found: &GameFound) -> impl Iterator<Item = &Game> {
    found.games.iter().filter(|game| !game.rounds.is_empty())
}

fn title(game: &Game) -> String {
    format!("{} writes, {} filters", game.writer.0, game.filter.0)
}

fn shares(found: &GameFound) -> Option<Figure> {
    let panel = |game: &Game| {
        let lines = SHARES.iter().enumerate().map(|(at, (name, value))| {
            Series::new(
                *name,
                Role::Measure(at),
                Marks::MarkedLine(points(game, *value)),
            )
        });
        let y = Axis::linear("messages, %", [0.0, 100.0]);
        Panel::new(rounds_axis(found), y, lines.collect()).titled(title(game))
    };
    let panels: Vec<Panel> = played(found).map(panel).collect();
    if panels.is_empty() {
        return None;
    }
    let legend = SHARES.iter().enumerate().map(|(at, (name, _))| {
        LegendEntry::new(*name, Role::Measure(at), LegendMark::LineAndMarker)
    });
    let description = "\
        Of the spam of each round: what the filter catches as it is, what of that passes after the \
        writer's search, and what of those the filter catches once it has learned from them.";
    let figure = Figure::new(description.to_owned(), panels, legend.collect());
    let title = format!("Writers against filters, round by round: {}", found.mail);
    Some(figure.in_grid(2, 330).entitled(title))
}

fn words(found: &GameFound) -> Option<Figure> {
    let of = |round: &Round| round.words_changed;
    let most = played(found).flat_map(|game| points(game, of));
    let most = most.map(|[_, words]| words).max_by(f64::total_cmp)?;
    let mut seen = [0, 0];
    let lines = played(found).map(|game| {
        let family = game.filter.1;
        let at = usize::from(family == crate::results::Family::BOTH[1]);
        let role = Role::Model(family, seen[at]);
        seen[at] += 1;
        (title(game), role, points(game, of))
    });
    let lines: Vec<(String, Role, Vec<[f64; 2]>)> = lines.collect();
    let legend = lines
        .iter()
        .map(|(name, role, _)| LegendEntry::new(name.clone(), *role, LegendMark::LineAndMarker));
    let legend = legend.collect();
    let series = lines.iter().map(|(name, role, points)| {
        Series::new(name.clone(), *role, Marks::MarkedLine(points.clone()))
    });
    let y = Axis::linear("words changed", [0.0, 1.1 * most.max(1.0)]);
    let panel = Panel::new(rounds_axis(found), y, series.collect());
    let description = "\
        Words that were put in, left out or replaced in messages that passed, on average.";
    let figure = Figure::new(description.to_owned(), vec![panel], legend);
    let title = "How many words a writer changes to pass";
    Some(figure.entitled(title))
}
