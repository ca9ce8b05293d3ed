//! Ablation: one kind of clue or one choice of the recipe changed at a time, the same folds for
//! all.
//!
//! Kinds of token are left out of the encoding, without tokenizing again; a change of the recipe
//! brings its own corpus of the same messages.

use crate::base::progress::Progress;
use crate::dataset::Corpus;
use crate::lab::cross_validation::{Asked, run_fold};
use crate::results::{AblationVariant, Change, Metrics, Outcome, spread};
use crate::tokenize::{TokenKind, TokenKinds};
use crate::train::ModelSpec;
use rayon::prelude::*;

/// Models under one recipe, and how many tokens their vocabulary held on the first fold.
pub struct Ablated {
    /// One for each model that could be scored.
    pub variants: Vec<AblationVariant>,
    tokens: usize,
}

/// How the models fare on `corpus` as they are asked for.
pub fn run_variant(asked: &Asked<'_>, corpus: &Corpus, progress: &dyn Progress) -> Ablated {
    let folds: Vec<_> = asked
        .split
        .folds
        .par_iter()
        .map(|fold| {
            let result = run_fold(asked, corpus, fold, progress);
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
            let wrong = |&(at, &row): &(usize, &u32)| {
                Some(asked.decision.label(scored.log_odds[at])) != corpus.label(row as usize)
            };
            variant
                .errors
                .push(scored.rows.iter().enumerate().filter(wrong).count() as u32);
            variant.folds.push(scored.metrics.clone());
        }
        variant.spread = spread(&variant.folds.iter().collect::<Vec<&Metrics>>());
        Some(variant)
    };
    let variants = asked
        .choices
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
pub fn changing_each_kind(
    asked: &Asked<'_>,
    corpus: &Corpus,
    reference: &Ablated,
    progress: &dyn Progress,
) -> Vec<Change> {
    let held: TokenKinds = corpus.lexicon().iter().map(|(kind, _)| kind).collect();
    let change = |kind: TokenKind| {
        let choices: Vec<ModelSpec> = asked
            .choices
            .iter()
            .map(|choice| choice.clone().changed(kind))
            .collect();
        let ablated = run_variant(
            &Asked {
                choices: &choices,
                ..*asked
            },
            corpus,
            progress,
        );
        let mut changes = changes("", reference, ablated);
        for change in &mut changes {
            let read = asked
                .choices
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
    held.iter().flat_map(change).collect()
}

/// What a change did to each model.
pub fn changes(what: &str, reference: &Ablated, ablated: Ablated) -> Vec<Change> {
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
    use crate::catalog;
    use crate::dataset::{CorpusBuilder, CorpusOptions};
    use crate::lab::Split;
    use crate::results::Decision;
    use crate::tokenize::Recipe;
    use crate::train::TrainOptions;

    struct Silent;
    impl Progress for Silent {
        fn begin(&self, _: &str, _: u64) {}
        fn advance(&self, _: u64) {}
    }

    /// Spam and ham differ in the subject only, so that only the subject is worth something.
    #[test]
    fn the_clue_that_decides_is_missed_and_the_others_are_not() {
        let mail = |at: usize| {
            let label = Label::from_is_spam(at.is_multiple_of(2));
            let subject = if label.is_spam() {
                "cheap pills"
            } else {
                "lunch today"
            };
            let body = format!(
                "the {} {} indeed!",
                ["one", "two", "three"][at % 3],
                ["red", "blue"][at / 2 % 2]
            );
            Email {
                id: at.to_string(),
                line: 1,
                label: Some(label),
                kind: None,
                content: Content::Fields {
                    from: String::new(),
                    subject: subject.to_owned(),
                    body,
                },
            }
        };
        let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::default());
        builder.add((0..120).map(mail).collect());
        let corpus = builder.finish();
        let split = Split::stratified(&corpus, 3, 1).unwrap();
        let choices: Vec<ModelSpec> = ["multinomial", "svm"]
            .iter()
            .map(|name| {
                ModelSpec::new(catalog::model(name).unwrap(), &serde_json::json!({}), true).unwrap()
            })
            .collect();
        let asked = Asked {
            choices: &choices,
            terms: TrainOptions::seeded(1),
            split: &split,
            curve: false,
            unlabelled_curve: false,
            sweeps: &[],
            readings: &[],
            decision: Decision::default(),
            resamples: 0,
        };
        let reference = run_variant(&asked, &corpus, &Silent);
        assert!(
            reference
                .variants
                .iter()
                .all(|variant| variant.all_errors() == 0)
        );
        let changes = changing_each_kind(&asked, &corpus, &reference, &Silent);
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
