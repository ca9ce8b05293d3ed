//! The command line: one file a command. stdout is data, stderr is talk.
//!
//! Exit codes: 0 done, 1 failed while working, 2 bad usage or bad input, 130 interrupted. clap
//! appears only here, and so does `anyhow`: an error carries its exit code by being a `Usage` error
//! or not, and `advice` tells what to do about it.

mod advice;
mod args;
mod commands;
mod common;
mod deferred;
mod help;
mod output;
mod screen;
mod usage;
mod wrap;
use crate::base::shown::{shown_line, shown_text};
use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use commands::{
    ablate, assess, certify, classify, cluster, compare, convert, count, denoise, diff, evaluate,
    experiment, export, fetch, gan, generate, inspect, manual, models, outliers, report, split,
    tokens, train, tune,
};
use common::Common;
use deferred::Deferred;
use std::io::{self, Write, stderr};
use std::process::ExitCode;
#[cfg(unix)]
use std::sync::{Arc, atomic::AtomicBool};
use usage::{Usage, usage};

/// Trains generative and discriminative spam classifiers on the same labelled mail and shows side
/// by side what each knows.
#[derive(Parser)]
#[command(
    name = "spamlab",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
#[command(
    after_help = "Exit codes: 0 done, 1 failed while working, 2 bad usage or bad input, \
                  130 interrupted."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

#[derive(Subcommand)]
#[command(defer = true)]
enum Command {
    /// Compare both families by cross-validation and write a report
    Compare(Deferred<compare::Arguments>),
    /// Search for each model's best settings and measure the result
    ///
    /// The tuned models are measured by nested cross-validation.
    Tune(Deferred<tune::Arguments>),
    /// Measure what each clue and each choice of the tokenizer is worth
    Ablate(Deferred<ablate::Arguments>),
    /// Train models on labelled mail and write one model file
    ///
    /// A net that takes long to train is saved beside the model file about once a minute. After an
    /// interruption the same command goes on from there.
    Train(Deferred<train::Arguments>),
    /// Count the tokens of labelled mail, for train --counts
    ///
    /// Many processes can count parts of the mail: what they print adds up.
    Count(Deferred<count::Arguments>),
    /// Classify new mail with both families and show the reasons
    ///
    /// The verdicts of all models stand side by side, with the words that decided.
    Classify(Deferred<classify::Arguments>),
    /// Evaluate the models of a file on other labelled mail
    Evaluate(Deferred<evaluate::Arguments>),
    /// Repeat a published experiment and compare the results
    Experiment(Deferred<experiment::Arguments>),
    /// Draw the report of a saved experiment again, without training
    Report(Deferred<report::Arguments>),
    /// Compare two saved experiments
    ///
    /// Shows what each model won and lost, and which verdicts changed.
    Diff(Deferred<diff::Arguments>),
    /// List every model with its family, summary and settings
    Models(Deferred<models::Arguments>),
    /// Certify how close linear models are to their optimum
    ///
    /// The problems and the weights can be exported for LIBLINEAR to check.
    Certify(Deferred<certify::Arguments>),
    /// Show what a model file holds
    Inspect(Deferred<inspect::Arguments>),
    /// Export a linear model as JSON, for programs in other languages
    Export(Deferred<export::Arguments>),
    /// Show the tokens that the models read in mail
    Tokens(Deferred<tokens::Arguments>),
    /// Generate mail with a generative model of a file
    Generate(Deferred<generate::Arguments>),
    /// Undo corruption of mail
    ///
    /// Restores masked words, homoglyphs and deleted letters.
    Denoise(Deferred<denoise::Arguments>),
    /// Assess the quality of generated mail
    Assess(Deferred<assess::Arguments>),
    /// Play a generator against a discriminator (a GAN)
    ///
    /// On document vectors of the mail, judged by a fresh discriminator.
    Gan(Deferred<gan::Arguments>),
    /// Find the messages least like the mail a model was trained on
    Outliers(Deferred<outliers::Arguments>),
    /// Find kinds of mail (clusters) without looking at labels
    Cluster(Deferred<cluster::Arguments>),
    /// Convert mail in any format to one CSV file
    Convert(Deferred<convert::Arguments>),
    /// Split mail into halves or more parts, each a CSV file
    ///
    /// Each class is spread evenly, and near-duplicates stay in one part.
    Split(Deferred<split::Arguments>),
    /// Fetch a real corpus by npm into a CSV file
    Fetch(Deferred<fetch::Arguments>),
    /// Print a completion script for a shell
    Completions(Deferred<manual::Completions>),
    /// Print the manual page
    Man,
}

/// Runs the program and returns its exit code.
pub fn run() -> ExitCode {
    let mut program = help::grouped(Cli::command());
    let matches = match parsed(&mut program) {
        Ok(matches) => matches,
        Err(code) => return code,
    };
    let cli =
        Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut program).exit());
    outlive_file_limits();
    match dispatch(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            program.build();
            let command = advice::running(&program, &matches);
            let sentence = advice::sentence(&error, command);
            screen::talk(&format!("spamlab: {sentence}"));
            ExitCode::from(if error.is::<Usage>() { 2 } else { 1 })
        }
    }
}

/// The arguments, or what is wrong with them. An argument may be the name of a file that somebody
/// else chose, so that clap does not print it itself.
fn parsed(program: &mut clap::Command) -> Result<clap::ArgMatches, ExitCode> {
    program
        .try_get_matches_from_mut(std::env::args_os())
        .map_err(|mut error| {
            if !error.use_stderr() {
                error.exit()
            }
            for what in [
                ContextKind::InvalidArg,
                ContextKind::InvalidSubcommand,
                ContextKind::InvalidValue,
            ] {
                if let Some(ContextValue::String(text)) = error.get(what) {
                    let shown = shown_line(text);
                    error.insert(what, ContextValue::String(shown));
                }
            }
            let said = shown_text(&error.render().to_string());
            // Nobody may listen there.
            let _ = stderr().write_all(said.as_bytes());
            ExitCode::from(2)
        })
}

/// Lets a file that grows beyond its limit be an error like any other.
fn outlive_file_limits() {
    #[cfg(unix)]
    {
        let noted = Arc::new(AtomicBool::new(false));
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, noted);
    }
}

/// Whoever read our output has gone, as `head` does: no error.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let closed = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| {
        let of_table = cause.downcast_ref::<csv::Error>().map(csv::Error::kind);
        matches!(of_table, Some(csv::ErrorKind::Io(error)) if closed(error))
            || cause.downcast_ref::<io::Error>().is_some_and(closed)
    })
}

fn dispatch(cli: Cli) -> anyhow::Result<()> {
    let Cli { command, common } = cli;
    // One message is classified before threads would have started: that command starts them itself.
    if !matches!(command, Command::Classify(_)) {
        common.start_threads()?;
    }
    match command {
        Command::Compare(arguments) => arguments.0.run(&common),
        Command::Tune(arguments) => arguments.0.run(&common),
        Command::Ablate(arguments) => arguments.0.run(&common),
        Command::Train(arguments) => arguments.0.run(&common),
        Command::Count(arguments) => arguments.0.run(&common),
        Command::Classify(arguments) => arguments.0.run(&common),
        Command::Evaluate(arguments) => arguments.0.run(&common),
        Command::Experiment(arguments) => arguments.0.run(&common),
        Command::Report(arguments) => arguments.0.run(&common),
        Command::Diff(arguments) => arguments.0.run(&common),
        Command::Models(arguments) => arguments.0.run(),
        Command::Certify(arguments) => arguments.0.run(&common),
        Command::Inspect(arguments) => arguments.0.run(),
        Command::Export(arguments) => arguments.0.run(),
        Command::Tokens(arguments) => arguments.0.run(&common),
        Command::Generate(arguments) => arguments.0.run(&common),
        Command::Denoise(arguments) => arguments.0.run(&common),
        Command::Assess(arguments) => arguments.0.run(&common),
        Command::Gan(arguments) => arguments.0.run(&common),
        Command::Outliers(arguments) => arguments.0.run(&common),
        Command::Cluster(arguments) => arguments.0.run(&common),
        Command::Convert(arguments) => arguments.0.run(&common),
        Command::Split(arguments) => arguments.0.run(&common),
        Command::Fetch(arguments) => arguments.0.run(&common),
        Command::Completions(arguments) => arguments.0.run(&mut Cli::command()),
        Command::Man => manual::print(Cli::command()),
    }
}
