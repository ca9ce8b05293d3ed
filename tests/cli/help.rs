//! What the help of every command looks like.

use crate::folder::Folder;

/// The commands named under a title of `help` that lists commands: lines indented by two spaces
/// that begin with a letter, in sections other than the options and the positional arguments.
fn commands(help: &str) -> Vec<String> {
    let mut is_list = false;
    let mut found = Vec::new();
    for line in help.lines() {
        if line.ends_with(':') && !line.starts_with(' ') {
            is_list = !["Arguments:", "Options:"].contains(&line);
        }
        let name = line.strip_prefix("  ").unwrap_or_default();
        if is_list && name.starts_with(|first: char| first.is_ascii_lowercase()) {
            found.extend(name.split(' ').next().map(str::to_owned));
        }
    }
    found
}

/// The spellings of the options that stand under `Options:`, the heading of those that have none.
fn options_without_a_heading(help: &str) -> Vec<&str> {
    let section = help.lines().skip_while(|line| *line != "Options:").skip(1);
    section
        .take_while(|line| line.starts_with(' ') || line.is_empty())
        .map(str::trim_start)
        .filter(|line| line.starts_with('-'))
        .collect()
}

#[test]
fn every_option_of_every_command_stands_under_a_heading_of_its_own() {
    let folder = Folder::new();
    let help = |path: &[String]| folder.run(&format!("{} --help", path.join(" ")));
    let mut open: Vec<Vec<String>> = commands(&help(&[]))
        .into_iter()
        .filter(|name| name != "help")
        .map(|name| vec![name])
        .collect();
    let (mut read, mut inner_read, mut with_json) = (0, 0, 0);
    while let Some(path) = open.pop() {
        let help = help(&path);
        for option in options_without_a_heading(&help) {
            let is_standard = option.starts_with("-h, --help") || option.starts_with("-V, ");
            assert!(is_standard, "{}: {option}", path.join(" "));
        }
        assert!(help.contains("\nGeneral:\n"), "{}: {help}", path.join(" "));
        read += 1;
        inner_read += usize::from(path.len() > 1);
        with_json += usize::from(help.contains("--json"));
        // Only a command with subcommands has the list that clap calls so.
        if help.contains("\nCommands:\n") {
            let inner = commands(&help).into_iter().filter(|name| name != "help");
            open.extend(inner.map(|name| [path.clone(), vec![name]].concat()));
        }
    }
    // Fewer would mean that this test no longer finds them; a new command only adds to them.
    assert!(
        read >= 24 && inner_read >= 1 && with_json >= 17,
        "only {read} commands were found, {inner_read} below another and {with_json} with --json"
    );
}

#[test]
fn an_option_without_a_heading_and_a_command_in_a_group_are_noticed() {
    let help = "Usage: x\n\nTrain:\n  compare  Compare\n  tune     Tune\n\nArguments:\n  \
                [INPUTS]...  mail\n\nOptions:\n  -h, --help  Help\n\n      --json  JSON\n\n\
                Output:\n      --csv  CSV\n";
    assert_eq!(commands(help), ["compare", "tune"]);
    let found = options_without_a_heading(help);
    assert_eq!(found, ["-h, --help  Help", "--json  JSON"]);
}
