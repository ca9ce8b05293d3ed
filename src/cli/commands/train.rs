//! `spamlab train`: models of both families on labelled mail, into one file.

use crate::base::progress::Progress;
use crate::catalog;
use crate::cli::args::input::InputOptions;
use crate::cli::args::training::{Common, Request, TrainingOptions};
use crate::cli::output::progress::Bar;
use crate::cli::output::table::Table;
use crate::cli::usage::{usage, usage_of};
use crate::dataset::{CorpusOptions, Representation, StreamedCounts, TrainingMail};
use crate::input::Labels;
use crate::model::file::{Card, ModelCard, check_target, save};
use crate::train::{ModelSpec, TrainError, TrainOptions, Trained, train, train_counted};
use clap::Args;
use serde_json::json;
use std::io::{Write, stdout};
use std::path::PathBuf;

/// Trains models.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    input: InputOptions,
    /// Where to write the model file
    #[arg(short, long, value_name = "FILE", default_value = "mail.spamlab")]
    output: PathBuf,
    #[command(flatten)]
    training: TrainingOptions,
    /// What was trained, as JSON
    #[arg(long)]
    json: bool,
}

/// What a corpus must keep for what is to be trained.
pub fn needs(request: &Request) -> CorpusOptions {
    let mut keep = CorpusOptions {
        near_duplicates: true,
        text: !request.augment.is_empty(),
        ..CorpusOptions::default()
    };
    for view in request.choices.iter().flat_map(ModelSpec::views) {
        keep.text |= view.representation == Representation::Bytes;
        keep.sequence |= view.representation == Representation::TokenSequence;
    }
    keep
}

impl Arguments {
    pub fn run(&self, common: &Common) -> anyhow::Result<()> {
        let request = self.training.request(&[])?;
        if self.input.dry_run(Labels::BothClasses, common)? {
            return Ok(());
        }
        check_target(&self.output).map_err(usage)?;
        let keep = needs(&request);
        let fits_from_counts = request.augment.is_empty()
            && request
                .choices
                .iter()
                .all(|choice| choice.entry.fits_from_counts());
        let pile = if fits_from_counts {
            self.input
                .read_or_count(&request.recipe, keep, request.seed, common)?
        } else {
            self.input
                .read_both_classes(&request.recipe, keep, false, common)?
        };
        let bar = Bar::new(common);
        bar.begin("training", request.choices.len() as u64);
        let done = || bar.advance(1);
        let training = match &pile.mail {
            TrainingMail::InMemory(corpus) => {
                let rows = corpus.labelled_rows();
                let augmentation = request.augmentation(corpus);
                let live = |model: &str, step, loss| bar.live(model, step, loss);
                let terms = TrainOptions {
                    live: Some(&live),
                    ..request.terms(augmentation.as_ref())
                };
                train(&request.choices, corpus, &rows, terms, &done)
            }
            TrainingMail::Streamed(tally) => {
                common.say(counted_in_words(tally));
                train_counted(&request.choices, tally, request.terms(None), &done)
            }
        };
        bar.finish();
        let mut models: Vec<Trained> = Vec::new();
        let mut reason = None;
        for (choice, outcome) in request.choices.iter().zip(training.models) {
            match outcome {
                Ok(trained) => models.push(trained),
                Err(error @ TrainError::NotApplicable(_)) if !choice.required => {
                    common.say(format!("{} left out: {error}", choice.entry.name()));
                }
                Err(error) if choice.required => {
                    return Err(usage_of(choice.entry.name())(error));
                }
                Err(error) => {
                    common.say(format!("{} failed: {error}", choice.entry.name()));
                    reason.get_or_insert(error);
                }
            }
        }
        if models.is_empty() {
            let what = "no model could be trained";
            return Err(reason.map_or_else(|| usage(what), usage_of(what)));
        }
        let card = Card {
            program: format!("spamlab {}", env!("CARGO_PKG_VERSION")),
            source: pile.card.source.clone(),
            plan: pile.card.plan.clone(),
            emails: pile.card.kept,
            rejected: pile.card.rejected_by_reason.values().sum(),
            seed: request.seed,
            recipe: request.recipe.clone(),
            vocabulary: request.vocabulary,
            augment: request.augment.iter().map(ToString::to_string).collect(),
            tokens: training.encoders.whole().len(),
            models: models.iter().map(ModelCard::from).collect(),
        };
        save(
            &self.output,
            &card,
            &training.encoders.whole().vocabulary(pile.mail.lexicon()),
            &models,
        )?;
        common.say(format!("wrote {}", self.output.display()));
        let text = if self.json {
            as_json(&models)?
        } else {
            as_text(&models)
        };
        Ok(stdout().write_all(text.as_bytes())?)
    }
}

/// How a pile too large to hold was learned from.
fn counted_in_words(tally: &StreamedCounts) -> String {
    let forgotten = match tally.forgotten() {
        0 => String::new(),
        tokens => format!("; {tokens} of the rarest tokens were dropped on the way"),
    };
    format!(
        "  counted as it passed by: {} MB of mail; settings and calibration learned from {} emails of it{forgotten}",
        tally.bytes() / 1_000_000,
        tally.sample().len()
    )
}

fn as_json(models: &[Trained]) -> anyhow::Result<String> {
    let one = |model: &Trained| {
        json!({
            "model": model.entry.name(),
            "family": model.entry.family(),
            "settings": model.settings,
            "calibration": model.calibration,
            "facts": model.facts,
        })
    };
    Ok(serde_json::to_string_pretty(&models.iter().map(one).collect::<Vec<_>>())? + "\n")
}

fn as_text(models: &[Trained]) -> String {
    let mut table = Table::new([
        "model",
        "family",
        "settings",
        "held-out log loss, bits",
        "seconds",
    ]);
    for model in models {
        let settings = catalog::settings_in_words(&model.settings);
        let losses = model
            .facts
            .tried
            .iter()
            .filter(|tried| tried.share == 1.0)
            .map(|tried| tried.log_loss_bits);
        let loss = losses
            .min_by(f64::total_cmp)
            .map_or_else(|| "–".to_owned(), |loss| format!("{loss:.4}"));
        let family = model.entry.family().to_string();
        table.push([
            model.entry.name().to_owned(),
            family,
            settings,
            loss,
            format!("{:.2}", model.seconds),
        ]);
    }
    table.to_string()
}
