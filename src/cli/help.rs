//! The list of commands in the help of the program, in groups.
//!
//! clap groups options but not commands, so the list is written here, from each command's own
//! summary.

use clap::Command;
use std::fmt::Write;

/// The groups, each with its commands. Every command stands in one of them.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "Train and compare",
        &[
            "compare",
            "tune",
            "ablate",
            "train",
            "count",
            "certify",
            "experiment",
        ],
    ),
    (
        "Use a model",
        &["classify", "evaluate", "outliers", "inspect", "export"],
    ),
    (
        "Generative models",
        &["generate", "assess", "denoise", "gan"],
    ),
    ("Data", &["tokens", "cluster", "convert", "split", "fetch"]),
    (
        "Reports and tools",
        &["report", "diff", "models", "completions", "man", "help"],
    ),
];

/// The program with its commands listed in groups.
pub fn grouped(command: Command) -> Command {
    let list = list(&command);
    command
        .help_template(
            "{about-with-newline}\n{usage-heading} \
                        {usage}\n\n{before-help}Options:\n{options}{after-help}",
        )
        .before_help(list)
}

fn list(command: &Command) -> String {
    let summary = |name: &str| {
        let found = command.find_subcommand(name).and_then(Command::get_about);
        found.map_or_else(
            || "Print help for the program or a command".to_owned(),
            ToString::to_string,
        )
    };
    let names = GROUPS.iter().flat_map(|(_, names)| *names);
    let width = names.map(|name| name.len()).max().unwrap_or(0);
    let mut list = String::new();
    for (title, names) in GROUPS {
        let _ = writeln!(list, "{title}:");
        for name in *names {
            let _ = writeln!(list, "  {name:width$}  {}", summary(name));
        }
        list.push('\n');
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_command_stands_in_one_group_and_every_name_is_a_command() {
        let command = crate::cli::Cli::command();
        let mut listed: Vec<&str> = GROUPS
            .iter()
            .flat_map(|(_, names)| *names)
            .copied()
            .collect();
        let mut known: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
        known.push("help");
        listed.sort_unstable();
        known.sort_unstable();
        assert_eq!(listed, known);
    }

    #[test]
    fn a_command_has_the_same_summary_before_and_after_its_arguments_are_described() {
        let summaries = |program: &Command| {
            let about = |of: &Command| {
                let long = of.get_long_about().map(ToString::to_string);
                (
                    of.get_name().to_owned(),
                    of.get_about().map(ToString::to_string),
                    long,
                )
            };
            program.get_subcommands().map(about).collect::<Vec<_>>()
        };
        let mut program = crate::cli::Cli::command();
        let before = summaries(&program);
        program.build();
        let after: Vec<_> = summaries(&program);
        assert!(
            before.iter().all(|summary| after.contains(summary)),
            "{before:?} {after:?}"
        );
    }

    #[test]
    fn every_command_takes_one_line_of_an_eighty_column_terminal() {
        for line in list(&crate::cli::Cli::command()).lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}
