//! What to do about an error, in terms of the options of the command that failed.
//!
//! The library says what is wrong and where, but does not know the names of options. This file has
//! the remedies for each kind of error. A remedy that names an option is shown only by commands
//! that have this option, so that nobody is sent to an option that does not exist.

#[cfg(test)]
mod examples;
mod remedies;

use super::usage::Usage;
use clap::{ArgMatches, Command};
use remedies::all_remedies;
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

#[cfg(test)]
mod tests {
    use super::examples::{every_error, input_errors};
    use super::*;
    use crate::cli::Cli;
    use crate::input::InputError;
    use crate::model::FitError;
    use crate::train::TrainError;
    use clap::CommandFactory;

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
        let kinds = include_str!("../../input/error.rs")
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
            crate::cli::usage(InputError::NoLabelColumn { file, found })
        };
        let mut program = Cli::command();
        program.build();
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
        let fit = crate::cli::usage(TrainError::Fit(FitError::NoColumns));
        assert_eq!(
            sentence(&fit, command("train")),
            "no token is left to learn from; lower --min-df, or give more mail"
        );
        assert_eq!(sentence(&anyhow::anyhow!("no"), command("train")), "no");
    }
}
