//! `spamlab tokens`: what the models see of mail.

use crate::base::shown::shown_line;
use crate::cli::args::input::{InputOptions, required};
use crate::cli::args::output::JsonOptions;
use crate::cli::common::Common;
use crate::cli::output::targets;
use crate::cli::screen;
use crate::cli::usage;
use crate::dataset::{CorpusBuilder, CorpusOptions};
use crate::input::Labels;
use crate::model::file::ModelFile;
use crate::tokenize::Recipe;
use clap::Args;
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

/// Shows tokens.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| required(inputs, "Mail; labels are ignored")))]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    /// Tokenize with the recipe of this model file [default: the default recipe]
    #[arg(short, long, value_name = "FILE", help_heading = "Model")]
    model_file: Option<PathBuf>,
    #[command(flatten)]
    json: JsonOptions,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        targets::check(&self.input.data(), &[self.model_file.as_deref()], &[])?;
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
        let mut json = self.json.writer();
        let mut out = screen::text();
        for row in 0..corpus.len() {
            let tokens: Vec<&str> = corpus
                .sequence(row)
                .iter()
                .map(|&token| corpus.lexicon().token(token))
                .collect();
            if let Some(json) = &mut json {
                let object = json!({ "id": corpus.id(row), "tokens": tokens });
                json.push(&object, &mut out)?;
            } else {
                let (id, tokens) = (shown_line(corpus.id(row)), shown_line(&tokens.join(" ")));
                writeln!(out, "--- {id}\n{tokens}")?;
            }
        }
        if let Some(json) = json {
            json.finish(&mut out)?;
        }
        Ok(out.flush()?)
    }
}
