//! `spamlab assess`: how good the mail is that a generative model of a file generates.

use crate::cli::args::input::{InputOptions, required};
use crate::cli::common::Common;
use crate::cli::output::emit;
use crate::cli::output::table::Table;
use crate::cli::usage;
use crate::generate::Sampler;
use crate::input::Labels;
use crate::lab::analyses::generated_mail::{
    Assessment, GeneratedMailReport, corpus_builder, requests,
};
use crate::model::Family;
use crate::model::file::ModelFile;
use crate::predict::Scorer;
use crate::train::ModelSpec;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Assesses generated mail.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| required(
    inputs,
    "Real labelled mail to compare with, preferably mail that the model has not learned from"
)))]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    /// The model file: it must hold a generative and a discriminative model
    #[arg(short, long, value_name = "FILE")]
    model_file: PathBuf,
    /// The model that generates [default: the first of the file that generates text, or else words]
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Number of messages to generate, half of them as spam
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        default_value_t = 400,
        value_parser = clap::value_parser!(u32).range(20..=100_000)
    )]
    emails: u32,
    /// Random seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        if self.input.dry_run(Labels::BothClasses, common)? {
            return Ok(());
        }
        let file = ModelFile::open(&self.model_file, &crate::catalog()).map_err(usage)?;
        let sampler = Sampler::open(&file, self.model.as_deref()).map_err(usage)?;
        let classifier = classifier(&file)?;
        let generated = sampler.generate(&requests(self.emails as usize), self.seed);
        let generated = generated.map_err(usage)?;
        let mut builder = corpus_builder(&file.card().recipe, &generated);
        self.input
            .read_into(&mut builder, Labels::BothClasses, common)?;
        let report = Assessment {
            generator: sampler.name(),
            generated: &generated,
            corpus: &builder.finish(),
            classifier: &classifier,
            students: &students()?,
            seed: self.seed,
        };
        let report = report.run().map_err(usage)?;
        emit::result(self.json, || &report, || as_text(&report))
    }
}

/// The first discriminative model of the file.
fn classifier(file: &ModelFile) -> anyhow::Result<Scorer> {
    let mut models = file.card().models.iter();
    let found = models.find(|model| model.family == Family::Discriminative);
    let found = found.ok_or_else(|| {
        usage(
            "the file holds no discriminative model to classify the generated mail: train one \
             beside the generative model",
        )
    })?;
    Scorer::open(file, std::slice::from_ref(&found.name)).map_err(usage)
}

/// The models that are trained on generated mail.
fn students() -> anyhow::Result<Vec<ModelSpec>> {
    crate::catalog()
        .representatives()
        .into_iter()
        .map(|entry| ModelSpec::new(entry, &json!({}), true).map_err(usage))
        .collect()
}

fn as_text(of: &GeneratedMailReport) -> String {
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let known = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.3}"));
    let mut table = Table::new(["measure", "generated mail", "for comparison"]);
    let mut row = |measure: &str, generated: String, comparison: String| {
        table.push([measure.to_owned(), generated, comparison]);
    };
    row(
        "Inception Score",
        known(of.inception_score),
        "from 1 (worst) to 2 (best)".to_owned(),
    );
    let [ham, spam] = of.agreement.map(percent);
    row("ham classified as ham", ham, String::new());
    row("spam classified as spam", spam, String::new());
    for (measure, generated, real) in [
        (
            "distinct words",
            of.distinct.words,
            of.distinct_of_real.words,
        ),
        (
            "distinct pairs of words",
            of.distinct.pairs,
            of.distinct_of_real.pairs,
        ),
    ] {
        let real = format!("{} in real mail", percent(real));
        row(measure, percent(generated), real);
    }
    row(
        "copied in one run",
        percent(of.copied),
        "0 % if nothing is copied".to_owned(),
    );
    let halves = known(of.frechet_of_real_halves);
    row(
        "Fréchet distance from real mail",
        known(of.frechet),
        format!("{halves} between two halves of the real mail"),
    );
    for student in &of.train_on_synthetic {
        let accuracy = |value: Option<f64>| value.map_or("–".to_owned(), percent);
        let from_real = accuracy(student.accuracy_from_real);
        row(
            &format!("accuracy on real mail of {} trained on it", student.model),
            accuracy(student.accuracy),
            format!("{from_real} if trained on as many real emails"),
        );
    }
    format!(
        "{} emails generated by {}, classified by {}\n{table}",
        of.emails, of.generator, of.classifier
    )
}
