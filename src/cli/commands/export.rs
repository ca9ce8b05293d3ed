//! `spamlab export`: a linear model of a file as JSON or ONNX, down to its decision, for programs
//! in other languages. `docs/export.md` has a loader for Python.

use crate::cli::output::{emit, targets};
use crate::cli::screen;
use crate::cli::usage;
use crate::lab::spec::DataSpec;
use crate::model::file::ModelFile;
use crate::predict::export::{LinearExport, to_onnx};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Exports a linear model.
#[derive(Args)]
pub struct Arguments {
    /// The model file
    #[arg(short, long, value_name = "FILE", help_heading = "Model")]
    model_file: PathBuf,
    /// The model [default: the first linear one in the file]
    #[arg(long, value_name = "NAME", help_heading = "Model")]
    model: Option<String>,
    /// Write an ONNX model instead of JSON: from the tokens of messages (a tensor of strings, a row
    /// per message, filled up with empty strings) to score, log_odds, probability and verdict
    #[arg(long, help_heading = "Output")]
    onnx: bool,
    /// File to write the model to [default: standard output]
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
}

impl Arguments {
    pub fn run(&self) -> anyhow::Result<()> {
        let read = [Some(self.model_file.as_path())];
        targets::check(&DataSpec::default(), &read, &[self.output.as_deref()])?;
        let file = ModelFile::open(&self.model_file, &crate::catalog()).map_err(usage)?;
        let names = file.card().models.iter().map(|model| model.name.as_str());
        let named: Vec<&str> = names
            .filter(|name| self.model.as_ref().is_none_or(|wanted| wanted == name))
            .collect();
        if let (Some(wanted), true) = (&self.model, named.is_empty()) {
            return Err(usage(format!(
                "{} holds no model {wanted}",
                self.model_file.display()
            )));
        }
        for name in named {
            let model = file.model(name).map_err(usage)?;
            if let Some(linear) = LinearExport::of(&file, &model).map_err(usage)? {
                return self.write(&linear);
            }
        }
        Err(usage(match &self.model {
            Some(name) => format!("{name} is not linear: only weights and a bias can be exported"),
            None => format!("{} holds no linear model", self.model_file.display()),
        }))
    }

    fn write(&self, linear: &LinearExport) -> anyhow::Result<()> {
        let bytes = if self.onnx {
            let reads = json!(linear.reads);
            to_onnx(linear).ok_or_else(|| {
                usage(format!(
                    "{} reads {}, which ONNX has no operators for: export it as JSON",
                    linear.model,
                    reads.as_str().unwrap_or_default()
                ))
            })?
        } else {
            let text = serde_json::to_string(linear)?;
            (screen::json(text) + "\n").into_bytes()
        };
        match &self.output {
            Some(path) => emit::file(path, |out| out.write_all(&bytes)),
            None => emit::bytes(&bytes),
        }
    }
}
