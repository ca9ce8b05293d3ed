//! `spamlab experiment game`: writers that search for what passes, and filters that learn from it.

use super::shared::{ModelOptions, Shared};
use crate::cli::args::input::described;
use crate::cli::common::Common;
use crate::cli::output::table::Table;
use crate::cli::wrap::paragraph;
use crate::lab::analyses::experiments::game::GameParameters;
use crate::report::documents::tables;
use crate::results::experiments::{Game, GameFound};
use clap::Args;

/// Letters of a message that are shown.
const SHOWN: usize = 240;

/// Plays writers against filters.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| inputs.help(format!(
    "{} [default: the mail that comes with the program]",
    described("Labelled mail")
))))]
#[command(mut_arg("models", |models| models.help(
    "Models that write and filter, by name, separated by commas [default: multinomial, logistic]"
)))]
pub struct GameOptions {
    #[command(flatten)]
    shared: Shared,
    /// Rounds [default: 6, quick: 3]
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=1000),
        help_heading = "Protocol"
    )]
    rounds: Option<u16>,
    #[command(flatten)]
    models: ModelOptions,
}

impl GameOptions {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let spec = self.shared.spec(Some(&self.models))?;
        let protocol: GameParameters = self.shared.protocol(&spec)?;
        let parameters = GameParameters {
            rounds: self.rounds.map_or(protocol.rounds, usize::from),
            ..protocol
        };
        self.shared.run(common, &parameters, spec, as_text)
    }
}

fn as_text(found: &GameFound) -> String {
    let games: Vec<String> = found.games.iter().map(game_as_text).collect();
    games.concat() + &paragraph(&tables::games_in_words(found).join(" "), 0)
}

fn game_as_text(game: &Game) -> String {
    let mut table = Table::new([
        "round",
        "caught",
        "passed",
        "words",
        "caught again",
        "(1-ROCA) %",
    ]);
    let shown = |value: Option<f64>, decimals: usize| {
        value.map_or_else(|| "–".to_owned(), |value| format!("{value:.decimals$}"))
    };
    for (at, round) in game.rounds.iter().enumerate() {
        let roca = round.one_minus_roca_pct.as_ref();
        table.push([
            (at + 1).to_string(),
            shown(Some(round.caught_pct), 0),
            shown(round.passed_pct, 0),
            shown(round.words_changed, 1),
            shown(round.caught_again_pct, 0),
            shown(roca.and_then(|estimate| estimate.value), 3),
        ]);
    }
    let last = game
        .rounds
        .iter()
        .rev()
        .find_map(|round| round.shown.as_ref());
    let message = last.map_or_else(String::new, |message| {
        let after = message.after.split_whitespace();
        let after: String = after.collect::<Vec<&str>>().join(" ");
        let after: String = after.chars().take(SHOWN).collect();
        paragraph(&format!("A message that passed: {after} …"), 2) + "\n\n"
    });
    format!(
        "{} writes, {} filters: messages in %\n{table}\n{message}",
        game.writer.0, game.filter.0
    )
}
