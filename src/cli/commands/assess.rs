//! `spamlab assess`: how good the mail is that a generative model of a file generates.

use crate::cli::args::input::{InputOptions, required};
use crate::cli::args::number::within;
use crate::cli::common::Common;
use crate::cli::output::emit;
use crate::cli::output::progress::Bar;
use crate::cli::output::table::Table;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::input::Labels;
use crate::lab::analyses::generated_mail::{GeneratedMailParameters, GeneratedMailReport, assess};
use crate::lab::analyses::residual::{ResidualGame, ResidualParameters, ToldApart, residual_game};
use crate::lab::limits;
use crate::model::file::ModelFile;
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// Assesses generated mail.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| required(
    inputs,
    "Real labelled mail to compare with, preferably mail that the model has not learned from"
)))]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    /// The model file, which must hold a generative and a discriminative model
    #[arg(short, long, value_name = "FILE", help_heading = "Model")]
    model_file: PathBuf,
    /// The generative model [default: the first in the file that generates text, otherwise the
    /// first that generates words]
    #[arg(long, value_name = "NAME", help_heading = "Model")]
    model: Option<String>,
    /// Number of messages to generate, half of them spam
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        default_value_t = 400,
        value_parser = within::<u32>(limits::ASSESSED),
        help_heading = "Generation"
    )]
    emails: u32,
    /// Number of rounds in which a discriminative model learns to tell generated from real mail and
    /// then chooses among candidates; before and after each, a fresh one is tested
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = within::<u32>(limits::ROUNDS),
        help_heading = "Discriminator"
    )]
    rounds: u32,
    /// Number of candidates for each message that is kept in a round
    #[arg(
        long,
        value_name = "N",
        default_value_t = ResidualParameters::default().candidates,
        value_parser = within::<u32>(limits::CANDIDATES),
        help_heading = "Discriminator"
    )]
    candidates: u32,
    /// The discriminative model that learns [default: the first of the default models]
    #[arg(long, value_name = "NAME", help_heading = "Discriminator")]
    discriminator: Option<String>,
    /// Random seed
    #[arg(long, default_value_t = 1, help_heading = "Generation")]
    seed: u64,
    /// Print JSON instead of a table
    #[arg(long, help_heading = "Output")]
    json: bool,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        targets::check(&self.input.data(), &[Some(&self.model_file)], &[])?;
        if self.input.dry_run(Labels::BothClasses, common)? {
            return Ok(());
        }
        let catalog = crate::catalog();
        let file = ModelFile::open(&self.model_file, &catalog).map_err(usage)?;
        let parameters = GeneratedMailParameters {
            model: self.model.clone(),
            emails: self.emails,
            seed: self.seed,
        };
        let bar = Bar::new(common);
        let report = assess(&file, &self.input.data(), &catalog, &parameters, &bar);
        let report = report.map_err(usage)?;
        let game = match self.rounds {
            0 => None,
            rounds => {
                let parameters = ResidualParameters {
                    model: self.model.clone(),
                    discriminator: self.discriminator.clone(),
                    emails: self.emails,
                    candidates: self.candidates,
                    rounds,
                    seed: self.seed,
                };
                let data = self.input.data();
                Some(residual_game(&file, &data, &catalog, &parameters, &bar).map_err(usage)?)
            }
        };
        let assessed = Assessed { report, game };
        emit::result(
            self.json,
            || &assessed,
            || {
                let rounds = assessed
                    .game
                    .as_ref()
                    .map_or_else(String::new, rounds_as_text);
                as_text(&assessed.report) + &rounds
            },
        )
    }
}

/// What is printed as JSON.
#[derive(Serialize)]
struct Assessed {
    #[serde(flatten)]
    report: GeneratedMailReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    game: Option<ResidualGame>,
}

fn rounds_as_text(game: &ResidualGame) -> String {
    let mut table = Table::new([
        &format!("accuracy of a fresh {}", game.discriminator),
        "%",
        "95 % interval",
        "AUC",
        "50 % to 100 %",
    ]);
    let mut row = |name: String, told: &ToldApart| {
        let [low, high] = told.interval.map(|end| 100.0 * end);
        // A place per two and a half percent above chance.
        let bar = "█".repeat((40.0 * (told.accuracy - 0.5)).round().max(0.0) as usize);
        table.push([
            name,
            format!("{:.1}", 100.0 * told.accuracy),
            format!("{low:.1} to {high:.1}"),
            format!("{:.3}", told.auc),
            bar,
        ]);
    };
    row("other real mail".to_owned(), &game.real_against_real);
    for (round, told) in game.rounds.iter().enumerate() {
        let name = match round {
            0 => "as generated".to_owned(),
            1 => "chosen in one round".to_owned(),
            more => format!("chosen in {more} rounds"),
        };
        row(name, told);
    }
    format!(
        "\n{} emails kept of {} candidates each, chosen by what {} learned\n{table}",
        game.emails, game.candidates, game.discriminator
    )
}

fn as_text(of: &GeneratedMailReport) -> String {
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let known = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.3}"));
    let mut table = Table::new(["measure", "generated mail", "for comparison"]);
    let mut row = |measure: &str, generated: String, comparison: String| {
        table.push([measure.to_owned(), generated, comparison]);
    };
    row(
        "Inception Score",
        known(of.inception_score),
        "from 1 (worst) to 2 (best)".to_owned(),
    );
    let [ham, spam] = of.agreement.map(percent);
    row("ham classified as ham", ham, String::new());
    row("spam classified as spam", spam, String::new());
    for (measure, generated, real) in [
        (
            "distinct words",
            of.distinct.words,
            of.distinct_of_real.words,
        ),
        (
            "distinct pairs of words",
            of.distinct.pairs,
            of.distinct_of_real.pairs,
        ),
    ] {
        let real = format!("{} in real mail", percent(real));
        row(measure, percent(generated), real);
    }
    row(
        "copied in one run",
        percent(of.copied),
        "0 % if nothing is copied".to_owned(),
    );
    let halves = known(of.frechet_of_real_halves);
    row(
        "Fréchet distance from real mail",
        known(of.frechet),
        format!("{halves} between two halves of the real mail"),
    );
    for student in &of.train_on_synthetic {
        let accuracy = |value: Option<f64>| value.map_or("–".to_owned(), percent);
        let from_real = accuracy(student.accuracy_from_real);
        row(
            &format!("accuracy on real mail of {} trained on it", student.model),
            accuracy(student.accuracy),
            format!("{from_real} if trained on as many real emails"),
        );
    }
    format!(
        "{} emails generated by {}, classified by {}\n{table}",
        of.emails, of.generator, of.classifier
    )
}
