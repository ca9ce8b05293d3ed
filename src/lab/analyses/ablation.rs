//! Ablation: one kind of clue or one choice of the recipe changed at a time, the same folds for
//! all.
//!
//! Kinds of token are left out of the encoding, without tokenizing again; a change of the recipe
//! brings its own corpus of the same messages.

use super::analysis::{Analysis, LooksAt, erased, no_parameters};
use crate::base::progress::Progress;
use crate::dataset::Corpus;
use crate::dataset::CorpusOptions;
use crate::lab::cross_validation::{Protocol, run_fold};
use crate::lab::data::Reading;
use crate::lab::error::LabError;
use crate::lab::error::SpecError;
use crate::lab::forecast::{self, Ahead};
use crate::lab::spec::ExperimentSpec;
use crate::lab::split::Split;
use crate::model::Catalog;
use crate::results::{Ablation, AblationVariant, Change, Metrics, Outcome, spread};
use crate::tokenize::{TokenKind, TokenKinds};
use crate::train::ModelSpec;
use rayon::prelude::*;

/// The row of the table.
pub(super) const ANALYSIS: Analysis = Analysis {
    name: "ablation",
    question: "What is each clue and each choice of the recipe worth?",
    looks_at: LooksAt::Mail(|spec, catalog, given, progress| {
        no_parameters("ablation", given)?;
        erased(ablate(spec, catalog, progress))
    }),
    section: None,
    charts: &[],
};

/// Models taken when none is named: the most used one of each family, as every measurement in
/// `docs/tokenizer.md`.
const MODELS: [&str; 2] = ["multinomial", "svm"];

/// Changes one thing at a time and trains the models of `spec` again, on the folds of the mail as
/// its own recipe reads it.
pub fn ablate(
    spec: &ExperimentSpec,
    catalog: &Catalog,
    progress: &dyn Progress,
) -> Result<Ablation, LabError> {
    let mut spec = spec.clone();
    if spec.models.is_empty() {
        spec.models = MODELS.map(str::to_owned).to_vec();
    }
    spec.analyses.clear();
    let resolved = spec.resolve(catalog)?;
    if !spec.data.is_repeatable() {
        return Err(SpecError::NotRepeatable.into());
    }
    if !spec.augment.is_empty() {
        return Err(SpecError::NothingToAdd {
            analysis: "an ablation",
        }
        .into());
    }
    let keep = resolved.keep.and(CorpusOptions::TEXT);
    let first = Reading::new(&spec.data, &spec.recipe, keep).read(progress)?;
    let corpus = first.mail.emails();
    let split = Split::of(&spec, corpus, &first.card.source)?;
    split.require_applicable(&resolved.models)?;
    let protocol = Protocol {
        models: &resolved.models,
        options: spec.train_options(),
        split: &split,
        candidates: &[],
    };
    let variants = 1 + held_kinds(corpus).iter().count() + spec.recipe.variations().len();
    // One variant after the other.
    let folds = split.folds.iter().map(|fold| variants * fold.train.len());
    let ahead = Ahead::of_sets(resolved.models.len(), &folds.collect::<Vec<_>>());
    forecast::announce(&ahead, &resolved.models, corpus, protocol.options, progress);
    let fits = (split.folds.len() * resolved.models.len()) as u64;
    progress.begin("reference", fits);
    let reference = run_variant(&protocol, corpus, progress);
    let mut found = changing_each_kind(&protocol, corpus, &reference, progress);
    for (what, recipe) in spec.recipe.variations() {
        let again = Reading::again(&spec.data, &recipe, resolved.keep).read(progress)?;
        again.require_same_mail(&first)?;
        progress.begin(&what, fits);
        let ablated = run_variant(&protocol, again.mail.emails(), progress);
        found.extend(changes(&what, &reference, ablated));
    }
    progress.end();
    Ok(Ablation {
        program: format!("spamlab {}", env!("CARGO_PKG_VERSION")),
        source: first.card.source,
        split: split.description,
        reference: reference.variants,
        changes: found,
    })
}

/// Models under one recipe, and how many tokens their vocabulary held on the first fold.
struct Ablated {
    /// One for each model that could be scored.
    variants: Vec<AblationVariant>,
    tokens: usize,
}

/// How the models fare on `corpus` as they are asked for.
fn run_variant(protocol: &Protocol<'_>, corpus: &Corpus, progress: &dyn Progress) -> Ablated {
    let folds: Vec<_> = protocol
        .split
        .folds
        .par_iter()
        .map(|fold| {
            let result = run_fold(protocol, corpus, fold, progress);
            (result.training.encoders.whole().len(), result.runs)
        })
        .collect();
    let variant = |(at, choice): (usize, &ModelSpec)| {
        let mut variant = AblationVariant {
            model: choice.entry.name().to_owned(),
            errors: Vec::new(),
            folds: Vec::new(),
            spread: std::collections::BTreeMap::new(),
        };
        for (_, runs) in &folds {
            let Outcome::Scored(scored) = &runs[at] else {
                return None;
            };
            let wrong =
                |&(at, &row): &(usize, &u32)| Some(scored.label(at)) != corpus.label(row as usize);
            variant
                .errors
                .push(scored.rows.iter().enumerate().filter(wrong).count() as u32);
            variant.folds.push(scored.metrics.clone());
        }
        variant.spread = spread(&variant.folds.iter().collect::<Vec<&Metrics>>());
        Some(variant)
    };
    let variants = protocol
        .models
        .iter()
        .enumerate()
        .filter_map(variant)
        .collect();
    Ablated {
        variants,
        tokens: folds.first().map_or(0, |(tokens, _)| *tokens),
    }
}

/// How the models fare without each kind of token that `corpus` holds, one at a time; a model that
/// does not read it, with it.
fn changing_each_kind(
    protocol: &Protocol<'_>,
    corpus: &Corpus,
    reference: &Ablated,
    progress: &dyn Progress,
) -> Vec<Change> {
    let change = |kind: TokenKind| {
        let models: Vec<ModelSpec> = protocol
            .models
            .iter()
            .map(|choice| choice.clone().changed(kind))
            .collect();
        let ablated = run_variant(
            &Protocol {
                models: &models,
                ..*protocol
            },
            corpus,
            progress,
        );
        let mut changes = changes("", reference, ablated);
        for change in &mut changes {
            let read = protocol
                .models
                .iter()
                .any(|choice| choice.entry.name() == change.variant.model && choice.holds(kind));
            change.what = format!(
                "{} {}",
                if read { "without" } else { "with" },
                TokenKinds::NONE.with(kind)
            );
        }
        changes
    };
    held_kinds(corpus).iter().flat_map(change).collect()
}

/// The kinds of token that `corpus` holds.
fn held_kinds(corpus: &Corpus) -> TokenKinds {
    corpus.lexicon().iter().map(|(kind, _)| kind).collect()
}

/// What a change did to each model.
fn changes(what: &str, reference: &Ablated, ablated: Ablated) -> Vec<Change> {
    let tokens = reference.tokens as i64 - ablated.tokens as i64;
    let of_model = |after: AblationVariant| {
        let before = reference
            .variants
            .iter()
            .find(|before| before.model == after.model)?;
        Some(Change::new(what.to_owned(), tokens, before, after))
    };
    ablated.variants.into_iter().filter_map(of_model).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::{Content, Email, Label};
    use crate::base::progress::Silent;
    use crate::dataset::{CorpusBuilder, CorpusOptions};
    use crate::tokenize::Recipe;
    use crate::train::TrainOptions;

    /// Messages of which only the subject differs by class.
    fn corpus() -> Corpus {
        let mail = |at: usize| {
            let label = Label::from_is_spam(at.is_multiple_of(2));
            let subject = if label.is_spam() {
                "cheap pills"
            } else {
                "lunch today"
            };
            let (one, other) = (["one", "two", "three"][at % 3], ["red", "blue"][at / 2 % 2]);
            Email {
                id: at.to_string(),
                line: 1,
                label: Some(label),
                kind: None,
                content: Content::Fields {
                    from: String::new(),
                    subject: subject.to_owned(),
                    body: format!("the {one} {other} indeed!"),
                },
            }
        };
        let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::default());
        builder.add((0..120).map(mail).collect());
        builder.finish()
    }

    #[test]
    fn the_clue_that_decides_is_missed_and_the_others_are_not() {
        let corpus = corpus();
        let split = Split::stratified(&corpus, 3, 1).unwrap();
        let model = |name: &str| {
            let entry = crate::catalog().model(name).unwrap();
            ModelSpec::new(entry, &serde_json::json!({}), true).unwrap()
        };
        let protocol = Protocol {
            models: &MODELS.map(model),
            options: TrainOptions::seeded(1),
            split: &split,
            candidates: &[],
        };
        let reference = run_variant(&protocol, &corpus, &Silent);
        assert!(
            reference
                .variants
                .iter()
                .all(|variant| variant.all_errors() == 0)
        );
        let changes = changing_each_kind(&protocol, &corpus, &reference, &Silent);
        let of = |what: &str| {
            changes
                .iter()
                .filter(|change| change.what == what)
                .collect::<Vec<_>>()
        };
        assert_eq!(of("without subject").len(), 2);
        assert!(
            of("without subject")
                .iter()
                .all(|change| change.errors.lost == 3 && change.tokens == 4)
        );
        assert!(
            of("without shape")
                .iter()
                .all(|change| change.errors.tied == 3)
        );
        // Multinomial naive Bayes does not read `the`, the support vector machine does.
        assert_eq!(
            [of("with function").len(), of("without function").len()],
            [1, 1]
        );
    }
}
