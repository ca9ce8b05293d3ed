//! Shell completions and the manual page, both derived from the command table.

use crate::cli::output::emit;
use clap::Args;
use std::io::Write;

/// What to complete for.
#[derive(Args)]
pub struct Completions {
    /// The shell
    shell: clap_complete::Shell,
}

impl Completions {
    pub fn run(&self, command: &mut clap::Command) -> anyhow::Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, command, "spamlab", &mut script);
        emit::bytes(&script)
    }
}

/// Prints the manual page: the program, then each command.
pub fn print(command: clap::Command) -> anyhow::Result<()> {
    let mut page = Vec::new();
    let mut command = command.disable_help_subcommand(true);
    command.build();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for of in command.get_subcommands() {
        writeln!(
            page,
            ".SH \"{}\"",
            format!("spamlab {}", of.get_name()).to_uppercase()
        )?;
        let man = clap_mangen::Man::new(of.clone());
        man.render_description_section(&mut page)?;
        man.render_synopsis_section(&mut page)?;
        man.render_options_section(&mut page)?;
    }
    emit::bytes(&page)
}
