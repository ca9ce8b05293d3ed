//! The table of games: every round of every writer against every filter.

use crate::base::numbers::{count, number};
use crate::report::documents::tables::table::{DataTable, TableCell};
use crate::results::experiments::{Game, GameFound};

/// Every round.
pub fn rounds(found: &GameFound) -> DataTable {
    let labels = [
        "writer",
        "filter",
        "round",
        "caught as it is %",
        "passed after a search %",
        "words changed",
        "caught again %",
        "(1-ROCA) %",
    ];
    let mut rows = Vec::new();
    for game in &found.games {
        for (at, round) in game.rounds.iter().enumerate() {
            let roca = round.one_minus_roca_pct.as_ref();
            let roca = roca.and_then(|estimate| estimate.value);
            rows.push(vec![
                TableCell::Text(game.writer.0.clone()),
                TableCell::Text(game.filter.0.clone()),
                TableCell::known(Some((at + 1) as f64), 0),
                TableCell::known(Some(round.caught_pct), 1),
                TableCell::known(round.passed_pct, 1),
                TableCell::known(round.words_changed, 1),
                TableCell::known(round.caught_again_pct, 1),
                TableCell::known(roca, 3),
            ]);
        }
    }
    DataTable::of(&labels, rows)
}

/// How the games went, one after the other, and by what protocol.
pub fn games_in_words(found: &GameFound) -> Vec<String> {
    let of = |[ham, spam]: [usize; 2]| format!("{} ham and {} spam", count(ham), count(spam));
    let protocol = format!(
        "Filters learned from {} at first, writers from {} of their own. In each round {} messages \
         of spam are changed in {} steps at most, and the filter then learns from what passed.",
        of(found.training),
        of(found.writers),
        count(found.messages),
        count(found.steps),
    );
    found.games.iter().map(outcome).chain([protocol]).collect()
}

fn outcome(game: &Game) -> String {
    let pair = format!("{} against {}", game.writer.0, game.filter.0);
    if let Some(why) = &game.failed {
        return format!("{pair} ended early: {why}.");
    }
    let passed = game.rounds.iter().map(|round| round.passed_pct);
    let passed: Vec<f64> = passed.flatten().collect();
    let (Some(first), Some(last)) = (passed.first(), passed.last()) else {
        return format!("{pair}: no message was caught.");
    };
    let words = |round: Option<&crate::results::experiments::Round>| {
        let words = round.and_then(|round| round.words_changed);
        words.map_or_else(String::new, |words| {
            format!(" ({} words)", number(words, 1))
        })
    };
    format!(
        "{pair}: {} % of what was caught passed after a search in the first round{}, {} % in the \
         last{}.",
        number(*first, 0),
        words(game.rounds.first()),
        number(*last, 0),
        words(game.rounds.last()),
    )
}
