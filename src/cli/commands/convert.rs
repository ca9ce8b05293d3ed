//! `spamlab convert`: any corpus of mail as one CSV file.

use crate::base::progress::Progress;
use crate::cli::args::input::{InputOptions, required};
use crate::cli::common::Common;
use crate::cli::output::progress::Bar;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::cli::wrap::whole;
use crate::input;
use crate::input::{ExportError, Labels};
use clap::Args;
use std::path::PathBuf;

/// Converts mail.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| required(inputs, "Mail, with labels or without")))]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    /// File to write, with the columns label,id,raw for whole messages, or
    /// label,id,from,subject,body for rows of a table
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: PathBuf,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        targets::check(&self.input.data(), &[], &[Some(&self.output)])?;
        if self.input.dry_run(Labels::Optional, common)? {
            return Ok(());
        }
        let mut source = self.input.open(Labels::Optional)?;
        source.plan().iter().for_each(|line| common.say(line));
        let bar = Bar::new(common);
        bar.begin("converting", source.size().unwrap_or(0));
        let written = input::export(&mut source, &self.output, |bytes| bar.advance(bytes));
        bar.finish();
        match written {
            Err(error @ (ExportError::Input(_) | ExportError::Mixed(_))) => {
                return Err(usage(error));
            }
            written => written?,
        }
        common.say(source.account());
        source.notes().iter().for_each(|note| common.say(note));
        common.say(format!("wrote {}", whole(self.output.display())));
        Ok(())
    }
}
