//! What to do about an error, in terms of the options of the command that failed.
//!
//! The library says what is wrong and where, but does not know the names of options. This file has
//! the remedies for each kind of error. A remedy that names an option is shown only by commands
//! that have this option, so that nobody is sent to an option that does not exist.

use super::usage::Usage;
use crate::generate::GenerateError;
use crate::input::fetch::FetchError;
use crate::input::{ColumnRole, ExportError, InputError, accepted};
use crate::lab::{LabError, SpecError, SplitError};
use crate::model::FitError;
use crate::model::file::StoreError;
use crate::report::ReportError;
use crate::train::TrainError;
use clap::{ArgMatches, Command};
use std::error::Error;

/// The command that is running: the innermost subcommand that was given.
pub fn running<'c>(program: &'c Command, matches: &ArgMatches) -> &'c Command {
    match matches.subcommand() {
        Some((name, matches)) => program
            .find_subcommand(name)
            .map_or(program, |command| running(command, matches)),
        None => program,
    }
}

/// An error as a sentence: what is wrong, where, and what to do about it with `command`.
pub fn sentence(error: &anyhow::Error, command: &Command) -> String {
    let found = error.chain().map(|cause| match cause.downcast_ref() {
        Some(usage) => remedies(Usage::error(usage), command),
        None => remedies(cause, command),
    });
    match found.into_iter().find(|found| !found.is_empty()) {
        Some(found) => format!("{error:#}; {}", one_of(&found)),
        None => format!("{error:#}"),
    }
}

/// The remedies for an error that `command` can offer, best first.
fn remedies(error: &(dyn Error + 'static), command: &Command) -> Vec<String> {
    let mut found = all_remedies(error);
    found.retain(|remedy| options(remedy).all(|option| has(command, option)));
    found
}

/// Joins remedies into one phrase.
fn one_of(remedies: &[String]) -> String {
    match remedies {
        [others @ .., last] if !others.is_empty() => format!("{}, or {last}", others.join(", ")),
        _ => remedies.concat(),
    }
}

/// The options that a text tells the user to give. Text in backticks is skipped: it is another
/// command, or not an option.
fn options(text: &str) -> impl Iterator<Item = &str> {
    let plain = text.split('`').step_by(2);
    plain
        .flat_map(str::split_whitespace)
        .filter(|word| word.starts_with('-'))
}

fn has(command: &Command, option: &str) -> bool {
    command.get_arguments().any(|argument| {
        let long = argument.get_long().map(|long| format!("--{long}"));
        let short = argument.get_short().map(|short| format!("-{short}"));
        [long, short].iter().flatten().any(|name| name == option)
    })
}

/// An error with remedies.
trait Advised: Error + 'static {
    /// All remedies, best first, whatever the command.
    fn remedies(&self) -> Vec<String>;
}

/// The remedies for an error if its type is `E`.
fn of<E: Advised>(error: &(dyn Error + 'static)) -> Option<Vec<String>> {
    error.downcast_ref::<E>().map(E::remedies)
}

/// All remedies for an error, whatever the command.
fn all_remedies(error: &(dyn Error + 'static)) -> Vec<String> {
    let kinds = [
        of::<InputError>,
        of::<ExportError>,
        of::<FetchError>,
        of::<SplitError>,
        of::<TrainError>,
        of::<FitError>,
        of::<StoreError>,
        of::<GenerateError>,
        of::<SpecError>,
        of::<LabError>,
        of::<ReportError>,
    ];
    let found = kinds.iter().find_map(|of| of(error));
    found.unwrap_or_default()
}

fn owned(remedies: &[&str]) -> Vec<String> {
    remedies.iter().map(|&remedy| remedy.to_owned()).collect()
}

impl Advised for InputError {
    fn remedies(&self) -> Vec<String> {
        owned(match self {
            InputError::Empty { .. } | InputError::Binary { .. } => {
                return vec![format!("give {}", accepted())];
            }
            InputError::NotFound { .. } => &["check the name"],
            InputError::Denied { .. } => {
                &["give the user who runs this program permission to read it"]
            }
            InputError::Directory { .. } => &["name a file in it"],
            InputError::NoHeader { .. } => &[
                "begin the file with one, such as `label,text`",
                "name the columns with --label-column and --text-column",
            ],
            InputError::NoLabelColumn { .. } => {
                &["rename one to `label`", "name it with --label-column"]
            }
            InputError::NoTextColumn { .. } => {
                &["rename one to `text`", "name it with --text-column"]
            }
            InputError::NoSuchColumn { role, .. } => match role {
                ColumnRole::Label => &["check the name given with --label-column"],
                ColumnRole::Text => &["check the name given with --text-column"],
            },
            InputError::Counts { .. } => &["give the mail itself"],
            InputError::UnknownLabels { .. } => &[
                "write `spam` and `ham` instead",
                "name the one that means spam with --spam-label",
            ],
            InputError::NoLabels { .. } => {
                &["add a label column", "name files or folders ham and spam"]
            }
            InputError::TooManyRejected { .. } => &["fix them", "skip them with --bad-rows skip"],
            InputError::BadRow { .. } => &["fix the row", "skip it with --bad-rows skip"],
            InputError::Damaged { .. } => {
                &["decompress it first", "get a fresh copy if it is damaged"]
            }
            InputError::Unwritable { .. } => &["choose another path with --rejects"],
            InputError::OpenQuote { .. } => &[
                "get the complete file if it is cut off",
                "double the quote if it is part of the text",
            ],
            InputError::NoUsableRow { .. } => &[
                "fix the rows",
                "choose other columns with --label-column and --text-column",
            ],
            InputError::OneClass { .. } => {
                &["add mail of the other class, since training needs both"]
            }
            InputError::TooLarge { .. } => &["leave it out", "remove its attachments"],
            InputError::Failed { .. } => &["check the disk or the connection and try again"],
        })
    }
}

impl Advised for ExportError {
    fn remedies(&self) -> Vec<String> {
        match self {
            ExportError::Input(error) => error.remedies(),
            ExportError::Unwritable { .. } => owned(&["choose another path with -o"]),
            ExportError::Mixed(_) => owned(&["convert the two separately"]),
        }
    }
}

impl Advised for FetchError {
    fn remedies(&self) -> Vec<String> {
        owned(match self {
            FetchError::NoNpm => &["install Node.js, which includes npm, and run this again"],
            FetchError::Npm { .. } => &["check the network and run this again"],
            FetchError::WrongSum { .. } => {
                &["run this again, and do not use the package if the checksum is still wrong"]
            }
            FetchError::Unwritable { .. } => &["choose another path with -o"],
            FetchError::Unknown { .. } | FetchError::Content { .. } => &[],
        })
    }
}

impl Advised for SplitError {
    fn remedies(&self) -> Vec<String> {
        match self {
            // Cross-validation needs at least two folds.
            SplitError::TooFew { label, found, .. } if *found < 2 => {
                vec![format!("add {label} mail")]
            }
            SplitError::TooFew { label, found, .. } => {
                vec![format!("use --folds {found}"), format!("add {label} mail")]
            }
            SplitError::File { .. } => Vec::new(),
        }
    }
}

impl Advised for TrainError {
    fn remedies(&self) -> Vec<String> {
        match self {
            TrainError::Fit(error) => error.remedies(),
            TrainError::NotApplicable(_) | TrainError::Setting(_) => Vec::new(),
        }
    }
}

impl Advised for FitError {
    fn remedies(&self) -> Vec<String> {
        owned(match self {
            FitError::NoColumns => &["lower --min-df", "give more mail"],
            FitError::OneClass { .. }
            | FitError::TooLarge(_)
            | FitError::Solver(_)
            | FitError::NeedsMails
            | FitError::Cancelled => &[],
        })
    }
}

impl Advised for StoreError {
    fn remedies(&self) -> Vec<String> {
        owned(match self {
            StoreError::Unreadable { .. } => &["check the name"],
            StoreError::Unwritable { .. } => &["choose another path with -o"],
            StoreError::Foreign(_) => &["make one with `spamlab train`"],
            StoreError::Newer { .. } => &["use a newer spamlab", "train again"],
            StoreError::Damaged { .. } => &["copy it again from where it was made", "train again"],
            StoreError::NoModel { .. } => &[],
        })
    }
}

impl Advised for GenerateError {
    fn remedies(&self) -> Vec<String> {
        let able = text_model();
        match self {
            GenerateError::Store(error) => error.remedies(),
            GenerateError::NoGenerator | GenerateError::NotGenerative { .. } => {
                vec![format!(
                    "train one that can with `spamlab train --model {able}`"
                )]
            }
            GenerateError::NoPrompt { .. } | GenerateError::NoText { .. } => vec![
                format!("choose a model of text, such as {able}, with --model"),
                format!("train one with `spamlab train --model {able}`"),
            ],
        }
    }
}

/// A model that generates text and gives code lengths.
fn text_model() -> &'static str {
    crate::catalog()
        .models()
        .find(|entry| entry.generates_text())
        .map_or("", |entry| entry.name())
}

impl Advised for SpecError {
    fn remedies(&self) -> Vec<String> {
        owned(match self {
            SpecError::Unreadable { .. } => &["check the name given with --config"],
            SpecError::NothingToAdd { .. } => &["leave --augment out"],
            SpecError::NotRepeatable => &["save it to a file first"],
            SpecError::SearchAndAugment => &["leave out --augment or --search-tokenizer"],
            SpecError::Refused { .. }
            | SpecError::Syntax { .. }
            | SpecError::UnknownModel { .. }
            | SpecError::Setting(_)
            | SpecError::UnknownAnalysis { .. }
            | SpecError::Form { .. } => &[],
        })
    }
}

impl Advised for LabError {
    fn remedies(&self) -> Vec<String> {
        match self {
            LabError::Spec(error) => error.remedies(),
            LabError::Input(error) => error.remedies(),
            LabError::Split { error, .. } | LabError::SplitFile(error) => error.remedies(),
            LabError::Model { error, .. } | LabError::NoModel(error) => error.remedies(),
            LabError::Store(error) => error.remedies(),
            LabError::Changed(_) => owned(&["try again when no other program writes to it"]),
            LabError::Generate(error) => error.remedies(),
            LabError::NoNovelty { .. } => vec![format!(
                "train {} on more mail, so that some can be held out",
                text_model()
            )],
            LabError::NoClassifier => owned(&["train one beside the generative model"]),
            LabError::Unwritable { .. } | LabError::NoFolder { .. } => {
                owned(&["choose another path"])
            }
            LabError::TooLittleToCluster { .. } => owned(&["give more mail"]),
            LabError::NotApplicable(_)
            | LabError::NoOptimum { .. }
            | LabError::NotInLiblinear { .. }
            | LabError::NoMail => Vec::new(),
        }
    }
}

impl Advised for ReportError {
    fn remedies(&self) -> Vec<String> {
        owned(match self {
            ReportError::NotOurs(_) => &["choose another folder with -o"],
            ReportError::Missing(_) => &["make one with `spamlab compare`"],
            ReportError::Schema { found, known, .. } if *found > u64::from(*known) => {
                &["use a newer spamlab"]
            }
            ReportError::Schema { .. } | ReportError::Foreign { .. } => {
                &["run `spamlab compare` again"]
            }
            ReportError::File { .. } | ReportError::Ink { .. } | ReportError::Document(_) => &[],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::Label;
    use crate::cli::Cli;
    use clap::CommandFactory;
    use std::io;

    type AnyError = Box<dyn Error + Send + Sync>;

    /// An error of every kind that the library has for input.
    fn input_errors() -> Vec<InputError> {
        let text = || "x".to_owned();
        let file = text;
        vec![
            InputError::NotFound { file: file() },
            InputError::Denied { file: file() },
            InputError::Directory { file: file() },
            InputError::Empty { file: file() },
            InputError::Binary {
                file: file(),
                what: "a picture",
            },
            InputError::NoHeader {
                file: file(),
                found: text(),
            },
            InputError::NoLabelColumn {
                file: file(),
                found: text(),
            },
            InputError::NoTextColumn {
                file: file(),
                found: text(),
            },
            InputError::NoSuchColumn {
                file: file(),
                role: ColumnRole::Label,
                name: text(),
                found: text(),
            },
            InputError::Counts {
                file: file(),
                columns: 9,
            },
            InputError::UnknownLabels {
                file: file(),
                column: text(),
                values: text(),
            },
            InputError::NoLabels {
                file: file(),
                emails: 2,
            },
            InputError::TooManyRejected {
                file: file(),
                rejected: 1,
                read: 2,
                reasons: text(),
            },
            InputError::BadRow {
                file: file(),
                line: 1,
                reason: text(),
            },
            InputError::Damaged {
                file: file(),
                why: text(),
            },
            InputError::Unwritable {
                file: file(),
                why: text(),
            },
            InputError::OpenQuote {
                file: file(),
                line: 1,
            },
            InputError::NoUsableRow {
                file: file(),
                read: 2,
                reasons: text(),
            },
            InputError::OneClass {
                file: file(),
                rows: 2,
                label: Label::Spam,
            },
            InputError::TooLarge {
                file: file(),
                limit: 1 << 20,
            },
            InputError::Failed {
                file: file(),
                read: 1,
                source: io::Error::other("x"),
            },
        ]
    }

    /// One error of every other kind that has a remedy.
    fn other_errors() -> Vec<AnyError> {
        let (text, path) = (|| "x".to_owned(), || "x".into());
        vec![
            ExportError::Unwritable {
                file: text(),
                why: text(),
            }
            .into(),
            ExportError::Mixed(text()).into(),
            ExportError::Input(InputError::Empty { file: text() }).into(),
            SplitError::TooFew {
                folds: 9,
                label: Label::Spam,
                found: 3,
            }
            .into(),
            SplitError::TooFew {
                folds: 9,
                label: Label::Spam,
                found: 1,
            }
            .into(),
            StoreError::Unreadable {
                file: path(),
                why: text(),
            }
            .into(),
            StoreError::Unwritable {
                file: path(),
                why: text(),
            }
            .into(),
            StoreError::Foreign(path()).into(),
            StoreError::Newer {
                file: path(),
                found: 9,
            }
            .into(),
            StoreError::Damaged {
                file: path(),
                what: text(),
            }
            .into(),
            GenerateError::Store(StoreError::Foreign(path())).into(),
            SpecError::NotRepeatable.into(),
            SpecError::NothingToAdd { analysis: "x" }.into(),
            LabError::Spec(SpecError::SearchAndAugment).into(),
            LabError::Changed(text()).into(),
            LabError::NoModel(TrainError::Fit(FitError::NoColumns)).into(),
            LabError::NoNovelty { model: text() }.into(),
            GenerateError::NoGenerator.into(),
            GenerateError::NoPrompt { model: text() }.into(),
            GenerateError::NoText { model: text() }.into(),
            ReportError::NotOurs(path()).into(),
            ReportError::Missing(path()).into(),
            ReportError::Foreign {
                path: path(),
                reason: text(),
            }
            .into(),
            ReportError::Schema {
                path: path(),
                found: 1,
                known: 2,
            }
            .into(),
            ReportError::Schema {
                path: path(),
                found: 3,
                known: 2,
            }
            .into(),
            FetchError::NoNpm.into(),
            FetchError::Npm {
                package: "x",
                said: text(),
            }
            .into(),
            FetchError::WrongSum {
                package: "x",
                found: text(),
            }
            .into(),
            FetchError::Unwritable {
                file: path(),
                why: text(),
            }
            .into(),
            FitError::NoColumns.into(),
            TrainError::Fit(FitError::NoColumns).into(),
            LabError::TooLittleToCluster {
                emails: 1,
                words: 1,
            }
            .into(),
        ]
    }

    fn every_error() -> Vec<AnyError> {
        let of_input = input_errors().into_iter().map(AnyError::from);
        of_input.chain(other_errors()).collect()
    }

    /// All commands of the program, including subcommands.
    fn commands() -> Vec<Command> {
        fn walk(command: &Command, found: &mut Vec<Command>) {
            for inner in command.get_subcommands() {
                found.push(inner.clone());
                walk(inner, found);
            }
        }
        let (mut program, mut found) = (Cli::command(), Vec::new());
        program.build();
        walk(&program, &mut found);
        assert!(found.len() > 15, "only {} commands", found.len());
        found
    }

    /// Whether the help text of a command names an option.
    fn help_names(command: &Command, option: &str) -> bool {
        let help = command.clone().render_long_help().to_string();
        let mut words = help.split(|c: char| c.is_whitespace() || c == ',');
        words.any(|word| word == option)
    }

    #[test]
    fn there_is_an_example_of_every_error_of_input() {
        let kinds = include_str!("../input/error.rs")
            .matches("#[error(")
            .count();
        assert_eq!(input_errors().len(), kinds);
    }

    #[test]
    fn every_error_has_a_remedy_that_names_only_options_of_the_command() {
        let mut named = 0;
        for command in commands() {
            let reads_mail = help_names(&command, "--label-column");
            for error in every_error() {
                let what = format!("{} of {error}", command.get_name());
                let found = remedies(&*error, &command);
                assert!(!all_remedies(&*error).is_empty(), "{what}: no remedy");
                assert!(
                    !reads_mail || !error.is::<InputError>() || !found.is_empty(),
                    "{what}: no remedy"
                );
                for option in found.iter().flat_map(|remedy| options(remedy)) {
                    named += 1;
                    assert!(help_names(&command, option), "{what}: it has no {option}");
                }
            }
        }
        assert!(named > 100, "only {named} options were told");
    }

    #[test]
    fn a_command_that_is_told_to_run_can_be_run() {
        let mut told = 0;
        for remedy in every_error()
            .iter()
            .flat_map(|error| all_remedies(&**error))
        {
            let commands = remedy.split('`').skip(1).step_by(2);
            for line in commands.filter(|text| text.starts_with("spamlab ")) {
                told += 1;
                let parsed = Cli::command().try_get_matches_from(line.split_whitespace());
                assert!(parsed.is_ok(), "{line}: {parsed:?}");
            }
        }
        assert!(told >= 4, "only {told} commands were told");
    }

    #[test]
    fn the_sentence_says_what_where_and_what_to_do_here() {
        let error = || {
            let (file, found) = ("a.csv".to_owned(), "`x`".to_owned());
            super::super::usage::usage(InputError::NoLabelColumn { file, found })
        };
        let program = Cli::command();
        let command = |name: &str| program.find_subcommand(name).unwrap();
        assert_eq!(
            sentence(&error(), command("train")),
            "a.csv, line 1: there is no label column among `x`; rename one to `label`, or name it \
             with --label-column"
        );
        assert_eq!(
            sentence(&error(), command("models")),
            "a.csv, line 1: there is no label column among `x`; rename one to `label`"
        );
        let fit = super::super::usage::usage(TrainError::Fit(FitError::NoColumns));
        assert_eq!(
            sentence(&fit, command("train")),
            "no token is left to learn from; lower --min-df, or give more mail"
        );
        assert_eq!(sentence(&anyhow::anyhow!("no"), command("train")), "no");
    }
}
