//! `spamlab tokens`: what the models see of mail.

use crate::cli::args::input::{InputOptions, required};
use crate::cli::common::Common;
use crate::cli::output::emit;
use crate::cli::usage;
use crate::dataset::{CorpusBuilder, CorpusOptions};
use crate::input::Labels;
use crate::model::file::ModelFile;
use crate::tokenize::Recipe;
use clap::Args;
use serde_json::json;
use std::io::{BufWriter, Write, stdout};
use std::path::PathBuf;

/// Shows tokens.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| required(inputs, "Mail; labels are ignored")))]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    /// Tokenize as for the models of this file [default: with the default recipe]
    #[arg(short, long, value_name = "FILE")]
    model_file: Option<PathBuf>,
    /// Print JSON: one object per message and line, with its id and its tokens in order
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        if self.input.dry_run(Labels::Ignored, common)? {
            return Ok(());
        }
        let recipe = match &self.model_file {
            Some(path) => ModelFile::open(path, &crate::catalog())
                .map_err(usage)?
                .card()
                .recipe
                .clone(),
            None => Recipe::default(),
        };
        let mut builder = CorpusBuilder::new(
            &recipe,
            CorpusOptions {
                sequence: true,
                ..CorpusOptions::default()
            },
        );
        self.input
            .read_into(&mut builder, Labels::Ignored, common)?;
        let corpus = builder.finish();
        let mut out = BufWriter::new(stdout().lock());
        for row in 0..corpus.len() {
            let tokens: Vec<&str> = corpus
                .sequence(row)
                .iter()
                .map(|&token| corpus.lexicon().token(token))
                .collect();
            if self.json {
                let object = json!({ "id": corpus.id(row), "tokens": tokens });
                emit::json_line(&mut out, &object)?;
            } else {
                writeln!(out, "--- {}\n{}", corpus.id(row), tokens.join(" "))?;
            }
        }
        Ok(out.flush()?)
    }
}
