//! Counts of mail as text, and models trained from them: what lets many processes, on one machine
//! or on many, count parts of a data set that one trains from.
//!
//! Each line is a row of seven columns, with tabs between them or as a JSON object: token, ham,
//! spam, occurrences in ham and in spam, part, kind. Lines with the same token, part and kind may
//! be added up, column by column, by anybody, or stand side by side. `docs/spark.md` describes
//! them.

mod header;
mod line;
mod reader;

pub use line::Form;
pub use reader::{Counts, CountsReader};

use self::header::{Header, program};
use self::line::Line;
use super::error::{LabError, SpecError};
use super::spec::ExperimentSpec;
use super::training::{TrainedModels, fitted};
use crate::base::numbers::count;
use crate::base::progress::Progress;
use crate::dataset::StreamedCounts;
use crate::model::file::{Card, ModelCard};
use crate::model::{Catalog, ModelEntry, Needs};
use crate::train::{Training, train_counted};
use std::io::{self, Write};

/// Writes counts as lines. `rejected` is the number of rows of the input that could not be used.
pub fn write(
    counts: &StreamedCounts,
    rejected: u64,
    form: Form,
    out: &mut dyn Write,
) -> io::Result<()> {
    let header = serde_json::to_string(&Header::of(counts))?;
    let first = Line {
        token: "".into(),
        ham: rejected,
        spam: counts.unlabelled() as u64,
        ham_occurrences: 0,
        spam_occurrences: 0,
        part: 0,
        kind: format!("{} {header}", line::HEADER).into(),
    };
    first.write(form, out)?;
    let mut rows = counts.rows();
    rows.try_for_each(|row| Line::of(&row)?.write(form, out))
}

/// Trains the models that `spec` asks for from counts; those among the default models that do not
/// learn from counts are left out. The recipe and the seed are those of the counts.
///
/// # Errors
/// A model that was named and does not learn from counts, or cannot be fitted; a recipe, a seed or
/// an augmentation that counts made otherwise rule out.
pub fn train_from_counts(
    spec: &ExperimentSpec,
    counts: &Counts,
    catalog: &Catalog,
    progress: &dyn Progress,
) -> Result<TrainedModels, LabError> {
    let spec = of_counts(spec, counts)?;
    let mut models = spec.resolve(catalog)?.models;
    let mut others = models
        .iter()
        .filter(|model| model.required && model.entry.needs() != Needs::Counts);
    if let Some(model) = others.next() {
        let learners = catalog
            .models()
            .filter(|entry| entry.needs() == Needs::Counts);
        let learners: Vec<&str> = learners.map(ModelEntry::name).collect();
        return Err(refused(
            model.entry.name(),
            &format!(
                "it learns from messages, not from counts; {} do",
                learners.join(", ")
            ),
        ));
    }
    models.retain(|model| model.entry.needs() == Needs::Counts);
    let sums = &counts.sums;
    progress.note(&said(counts));
    progress.begin("training", models.len() as u64);
    let training = train_counted(&models, sums, spec.train_options(), &|| progress.advance(1));
    progress.end();
    let Training {
        encoders,
        models: outcomes,
    } = training;
    let models = fitted(&models, outcomes, progress)?;
    Ok(TrainedModels {
        card: Card {
            program: program(),
            source: "counts".to_owned(),
            plan: Vec::new(),
            emails: sums.emails(),
            rejected: usize::try_from(counts.rejected).unwrap_or(usize::MAX),
            seed: spec.seed,
            recipe: spec.recipe.clone(),
            vocabulary: spec.vocabulary,
            augment: Vec::new(),
            tokens: encoders.whole().len(),
            models: models.iter().map(ModelCard::from).collect(),
        },
        vocabulary: encoders.whole().vocabulary(sums.lexicon()),
        fingerprints: None,
        models,
    })
}

/// What is asked, of mail that was read by the recipe of the counts.
fn of_counts(spec: &ExperimentSpec, counts: &Counts) -> Result<ExperimentSpec, LabError> {
    let (asked, plain) = (&spec.recipe, ExperimentSpec::default());
    let recipe = counts.sums.recipe();
    if *asked != plain.recipe && asked != recipe {
        return Err(refused(
            "the counts",
            "they were made by another recipe of tokens",
        ));
    }
    let seed = counts.sums.seed();
    if spec.seed != plain.seed && spec.seed != seed {
        let why = format!("they were made with seed {seed}, not {}", spec.seed);
        return Err(refused("the counts", &why));
    }
    if !spec.augment.is_empty() {
        return Err(refused(
            "augmentation",
            "it adds messages, and there are only counts",
        ));
    }
    Ok(ExperimentSpec {
        recipe: recipe.clone(),
        seed,
        ..spec.clone()
    })
}

fn refused(what: &str, why: &str) -> LabError {
    LabError::Spec(SpecError::Refused {
        what: what.to_owned(),
        why: why.to_owned(),
    })
}

/// What the counts are of.
fn said(counts: &Counts) -> String {
    let Counts {
        sums,
        rejected,
        unlabelled,
    } = counts;
    let [ham, spam] = sums.emails().map(count);
    let unlabelled = match unlabelled {
        0 => String::new(),
        emails => format!(", {} without a label, which are set apart", count(*emails)),
    };
    let rejected = match rejected {
        0 => String::new(),
        rows => format!(", {} rows that could not be used", count(*rows)),
    };
    let forgotten = match sums.forgotten() {
        0 => String::new(),
        tokens => format!("; {} of the rarest tokens were dropped", count(tokens)),
    };
    format!(
        "counts of {ham} ham and {spam} spam{unlabelled}{rejected}; settings and calibration \
         learned from {} messages of them{forgotten}",
        count(sums.sample().len())
    )
}
