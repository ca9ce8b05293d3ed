//! `spamlab convert`: any pile of mail as one CSV file.

use crate::base::progress::Progress;
use crate::cli::args::input::AboutInput;
use crate::cli::args::training::Common;
use crate::cli::output::emit;
use crate::cli::output::progress::Bar;
use crate::cli::usage;
use crate::input;
use crate::input::{ExportError, Labels};
use clap::Args;
use std::path::PathBuf;

/// Converts mail.
#[derive(Args)]
pub struct Arguments {
    /// Tables, messages, mailboxes or folders of mail, or - for standard input
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// Where to write: columns label,id,raw for whole messages, label,id,from,subject,body for rows
    /// of a table
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    about: AboutInput,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        emit::check_target(Some(&self.output))?;
        let mut source =
            input::open_all(&self.inputs, &self.about.options(Labels::Optional, false))
                .map_err(usage)?;
        source.plan().iter().for_each(|line| common.say(line));
        let bar = Bar::new(common);
        bar.begin("converting", source.size().unwrap_or(0));
        let written = input::export(&mut source, &self.output, &mut |bytes| bar.advance(bytes));
        bar.finish();
        match written {
            Err(error @ (ExportError::Input(_) | ExportError::Mixed(_))) => {
                return Err(usage(error));
            }
            written => written?,
        }
        common.say(source.account());
        common.say(format!("wrote {}", self.output.display()));
        Ok(())
    }
}
