//! `spamlab judge`: how good the mail is that a generative model of a file writes.

use crate::base::mail::{Content, Email, Label};
use crate::catalog;
use crate::cli::args::input::{InputOptions, required};
use crate::cli::args::training::Common;
use crate::cli::output::table::Table;
use crate::cli::usage;
use crate::dataset::features::Encoded;
use crate::dataset::{Corpus, CorpusBuilder, CorpusOptions};
use crate::generate::{CopyIndex, Distinct, GeneratedEmail, Sampler, sample_quality};
use crate::input::Labels;
use crate::model::file::ModelFile;
use crate::model::{Family, RawOutput, SampleRequest};
use crate::predict::Scorer;
use crate::train::{ModelSpec, TrainOptions, Training, train};
use clap::Args;
use serde::Serialize;
use std::io::{Write, stdout};
use std::path::PathBuf;

/// Models that are trained on written and on real mail.
const TAUGHT: [&str; 2] = ["multinomial", "logistic"];

/// Judges written mail.
#[derive(Args)]
#[command(mut_arg("inputs", |inputs| required(
    inputs,
    "Real labelled mail to compare with, best some that the author has not learned from"
)))]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    /// The model file, which holds the author and a discriminative judge
    #[arg(short, long, value_name = "FILE")]
    model_file: PathBuf,
    /// The model that writes [default: the first of the file that writes text, else one that draws
    /// words]
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Messages to write, half of them as spam
    #[arg(short = 'n', long, value_name = "N", default_value_t = 400, value_parser = clap::value_parser!(u32).range(20..=100_000))]
    emails: u32,
    /// Seed of everything random
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// As JSON instead of a table
    #[arg(long)]
    json: bool,
}

/// What was found.
#[derive(Debug, Serialize)]
struct Findings {
    author: String,
    judge: String,
    emails: usize,
    inception_score: Option<f64>,
    /// Share of the messages that the judge takes for what they were meant to be: ham, spam.
    agreement: [f64; 2],
    distinct: Distinct,
    distinct_of_real: Distinct,
    copied: f64,
    frechet: Option<f64>,
    frechet_of_real_halves: Option<f64>,
    taught: Vec<TrainOnSynthetic>,
}

/// What a model learned from mail is worth on real mail it has not seen.
#[derive(Debug, Serialize)]
struct TrainOnSynthetic {
    model: String,
    accuracy_from_written: Option<f64>,
    accuracy_from_as_many_real: Option<f64>,
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        if self.input.dry_run(Labels::BothClasses, common)? {
            return Ok(());
        }
        let file = ModelFile::open(&self.model_file).map_err(usage)?;
        let author = Sampler::open(&file, self.model.as_deref()).map_err(usage)?;
        let found = file
            .card()
            .models
            .iter()
            .find(|model| model.family == Family::Discriminative);
        let judge = found.map(|model| model.name.clone()).ok_or_else(|| {
            usage("the file holds no discriminative model to judge by: train one with `spamlab train --models byte-ngram,svm`")
        })?;
        let requests: Vec<SampleRequest> = (0..self.emails)
            .map(|at| SampleRequest::of(Label::from_is_spam(at % 2 == 1)))
            .collect();
        let pieces = author.write(&requests, self.seed).map_err(usage)?;
        let corpus = self.corpus(&file, &pieces, common)?;
        let findings = self.findings(&file, &author, judge, &pieces, &corpus)?;
        let text = if self.json {
            serde_json::to_string_pretty(&findings)? + "\n"
        } else {
            as_text(&findings)
        };
        Ok(stdout().write_all(text.as_bytes())?)
    }

    /// Written mail first, then the real.
    fn corpus(
        &self,
        file: &ModelFile,
        pieces: &[GeneratedEmail],
        common: &Common,
    ) -> anyhow::Result<Corpus> {
        let keep = CorpusOptions {
            text: true,
            near_duplicates: true,
            sequence: false,
        };
        let mut builder = CorpusBuilder::new(&file.card().recipe, keep);
        builder.add(pieces.iter().map(mail).collect());
        self.input
            .read_into(&mut builder, Labels::BothClasses, common)?;
        Ok(builder.finish())
    }

    fn findings(
        &self,
        file: &ModelFile,
        author: &Sampler,
        judge: String,
        pieces: &[GeneratedEmail],
        corpus: &Corpus,
    ) -> anyhow::Result<Findings> {
        let by = Scorer::open(file, std::slice::from_ref(&judge)).map_err(usage)?;
        let judged = by.judge(pieces.iter().map(mail).collect());
        let verdicts = judged.verdicts(0);
        let probabilities: Vec<f64> = verdicts.iter().map(|verdict| verdict.probability).collect();
        let agreement = Label::BOTH.map(|label| {
            let meant = || {
                pieces
                    .iter()
                    .zip(verdicts)
                    .filter(move |(piece, _)| piece.label == label)
            };
            meant()
                .filter(|(_, verdict)| verdict.predicted == label)
                .count() as f64
                / meant().count().max(1) as f64
        });
        let written: Vec<usize> = (0..pieces.len()).collect();
        let real: Vec<usize> = corpus
            .labelled_rows()
            .into_iter()
            .filter(|&row| row >= pieces.len())
            .collect();
        // Halves of the real mail, copies on one side; one half teaches, the other tests.
        let (teaching, testing): (Vec<usize>, Vec<usize>) = real
            .iter()
            .partition(|&&row| corpus.group(row).is_multiple_of(2));
        let features = sample_quality::features(corpus, &real);
        let texts: Vec<String> = pieces.iter().map(GeneratedEmail::text).collect();
        let of_real = |rows: &[usize]| -> Vec<String> {
            rows.iter()
                .map(|&row| String::from_utf8_lossy(corpus.text(row)).into_owned())
                .collect()
        };
        let as_many = of_real(&real[..real.len().min(pieces.len())]);
        let known = CopyIndex::new(real.iter().map(|&row| corpus.text(row)));
        Ok(Findings {
            author: author.name().to_owned(),
            judge,
            emails: pieces.len(),
            inception_score: sample_quality::inception_score(&probabilities),
            agreement,
            distinct: sample_quality::distinct(texts.iter().map(String::as_str)),
            distinct_of_real: sample_quality::distinct(as_many.iter().map(String::as_str)),
            copied: sample_quality::copied(pieces, &known),
            frechet: sample_quality::frechet(corpus, &features, &written, &real),
            frechet_of_real_halves: sample_quality::frechet(corpus, &features, &teaching, &testing),
            taught: self.taught(corpus, &written, &teaching, &testing)?,
        })
    }

    fn taught(
        &self,
        corpus: &Corpus,
        written: &[usize],
        teaching: &[usize],
        testing: &[usize],
    ) -> anyhow::Result<Vec<TrainOnSynthetic>> {
        // As many real messages as were written, evenly chosen.
        let step = teaching.len().div_ceil(written.len()).max(1);
        let as_many: Vec<usize> = teaching.iter().copied().step_by(step).collect();
        let mut choices = Vec::new();
        for entry in TAUGHT.iter().filter_map(|name| catalog::model(name)) {
            choices.push(ModelSpec::new(entry, &serde_json::json!({}), true)?);
        }
        let from_written = train(
            &choices,
            corpus,
            written,
            TrainOptions::seeded(self.seed),
            &|| (),
        );
        let from_real = train(
            &choices,
            corpus,
            &as_many,
            TrainOptions::seeded(self.seed),
            &|| (),
        );
        let taught = |(at, choice): (usize, &ModelSpec)| TrainOnSynthetic {
            model: choice.entry.name().to_owned(),
            accuracy_from_written: accuracy(corpus, &from_written, at, testing),
            accuracy_from_as_many_real: accuracy(corpus, &from_real, at, testing),
        };
        Ok(choices.iter().enumerate().map(taught).collect())
    }
}

fn accuracy(corpus: &Corpus, training: &Training, model: usize, testing: &[usize]) -> Option<f64> {
    let trained = training.models[model].as_ref().ok()?;
    let encoded = Encoded::new(corpus, &training.encoders, testing);
    let raw = trained.scores(encoded.rows(trained.view));
    let right = |&(raw, &row): &(&RawOutput, &usize)| {
        let predicted = Label::from_is_spam(trained.calibration.log_odds(*raw) >= 0.0);
        corpus.label(row) == Some(predicted)
    };
    Some(raw.iter().zip(testing).filter(right).count() as f64 / testing.len().max(1) as f64)
}

fn mail(piece: &GeneratedEmail) -> Email {
    let content = Content::Fields {
        from: String::new(),
        subject: piece.subject.clone(),
        body: piece.body.clone(),
    };
    Email {
        id: String::new(),
        line: 1,
        label: Some(piece.label),
        kind: None,
        content,
    }
}

fn as_text(found: &Findings) -> String {
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let known = |value: Option<f64>, decimals: usize| {
        value.map_or("–".to_owned(), |value| format!("{value:.decimals$}"))
    };
    let mut table = Table::new(["what", "written", "to compare with"]);
    let mut row = |what: &str, written: String, other: &str| {
        table.push([what.to_owned(), written, other.to_owned()]);
    };
    row(
        "Inception Score",
        known(found.inception_score, 3),
        "1 tells nothing, 2 is best",
    );
    row("meant as ham, judged ham", percent(found.agreement[0]), "");
    row(
        "meant as spam, judged spam",
        percent(found.agreement[1]),
        "",
    );
    row(
        "distinct words",
        percent(found.distinct.words),
        &format!("{} in real mail", percent(found.distinct_of_real.words)),
    );
    row(
        "distinct pairs",
        percent(found.distinct.pairs),
        &format!("{} in real mail", percent(found.distinct_of_real.pairs)),
    );
    row(
        "copied in one run",
        percent(found.copied),
        "0 % is all its own",
    );
    let halves = format!(
        "{} from one half of the real mail to the other",
        known(found.frechet_of_real_halves, 3)
    );
    row(
        "Fréchet distance from real mail",
        known(found.frechet, 3),
        &halves,
    );
    for one in &found.taught {
        let real = one
            .accuracy_from_as_many_real
            .map_or("–".to_owned(), percent);
        let written = one.accuracy_from_written.map_or("–".to_owned(), percent);
        row(
            &format!("{} taught by it, on real mail", one.model),
            written,
            &format!("{real} if taught by as many real emails"),
        );
    }
    format!(
        "{} emails written by {}, judged by {}\n{table}",
        found.emails, found.author, found.judge
    )
}
