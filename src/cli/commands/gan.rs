//! `spamlab gan`: a generator against a discriminator on document vectors, judged by a fresh
//! discriminator.

use crate::cli::args::input::{InputOptions, described};
use crate::cli::args::number::within;
use crate::cli::args::output::CsvOptions;
use crate::cli::common::Common;
use crate::cli::output::emit;
use crate::cli::output::progress::Bar;
use crate::cli::output::table::Table;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::cli::wrap::{paragraph, whole};
use crate::input::Labels;
use crate::lab::ExperimentSpec;
use crate::lab::analyses::gan::{GanParameters, QUESTION, gan};
use crate::lab::limits;
use crate::report::{self, documents::tables};
use crate::results::{AdversarialGame, PlayedGame};
use clap::Args;
use serde_json::json;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Plays a game.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| inputs.help(format!(
    "{} [default: the mail that comes with the program]",
    described("Labelled mail")
))))]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    /// Steps of either net
    #[arg(
        long,
        value_name = "N",
        default_value_t = GanParameters::default().steps,
        value_parser = within::<u32>(limits::GAME_STEPS),
        help_heading = "Game"
    )]
    steps: u32,
    /// Play a second game, too, in which the generator learns ten times as fast as the
    /// discriminator and collapses
    #[arg(long, help_heading = "Game")]
    collapse: bool,
    /// Random seed
    #[arg(long, default_value_t = 1, help_heading = "Game")]
    seed: u64,
    /// Folder to write charts, the table and gan.json to
    #[arg(short, long, value_name = "FOLDER", help_heading = "Output")]
    output: Option<PathBuf>,
    #[command(flatten)]
    csv: CsvOptions,
    /// Print JSON instead of a table
    #[arg(long, help_heading = "Output")]
    json: bool,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        targets::check(&self.input.data(), &[], &[])?;
        if let Some(folder) = &self.output {
            report::check_alone::<AdversarialGame>(folder).map_err(usage)?;
        }
        if self.input.dry_run(Labels::BothClasses, common)? {
            return Ok(());
        }
        let spec = ExperimentSpec {
            data: self.input.data(),
            seed: self.seed,
            ..ExperimentSpec::default()
        };
        let parameters = GanParameters {
            steps: self.steps,
            collapse: self.collapse,
        };
        let game = gan(&spec, &parameters, &Bar::new(common)).map_err(usage)?;
        if let Some(folder) = &self.output {
            report::write_alone(&game, QUESTION, folder, self.csv.texts())?;
        }
        emit::result(self.json, || json!(game), || as_text(&game))?;
        if let Some(folder) = &self.output {
            common.say(format!("wrote {}", whole(folder.display())));
        }
        Ok(())
    }
}

fn as_text(game: &AdversarialGame) -> String {
    let titles = [
        "generator",
        "accuracy %",
        "AUC",
        "precision %",
        "recall %",
        "TSTR %",
    ];
    let mut table = Table::new(titles);
    let percent = |share: f64| format!("{:.1}", 100.0 * share);
    for (name, of) in tables::generators_of(game) {
        table.push([
            name,
            percent(of.accuracy),
            format!("{:.3}", of.auc),
            percent(of.precision),
            percent(of.recall),
            of.tstr.map_or_else(|| "–".to_owned(), percent),
        ]);
    }
    let words = paragraph(&tables::game_in_words(game), 0);
    let columns = paragraph(
        "Accuracy and AUC are those of the fresh discriminator. TSTR is the accuracy on real test \
         mail of a net that was trained on generated vectors alone.",
        0,
    );
    format!("{words}\n{table}\n{columns}\n{}", words_of(&game.game))
}

/// What messages with generated vectors would say.
fn words_of(game: &PlayedGame) -> String {
    let mut text = "words that weigh most in generated vectors:\n".to_owned();
    for (class, vectors) in ["ham", "spam"].iter().zip(&game.words) {
        for words in vectors {
            let _ = writeln!(text, "  {class}: {}", words.join(", "));
        }
    }
    text
}
