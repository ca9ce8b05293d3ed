//! What the best models get without the tokens that alone nearly tell the class: a mailing list's
//! footer, a collector's header. Nothing is fitted where there are none.
//!
//! The best model of each family that reads tokens alone and is cheap to fit is fitted and tested
//! again on the same folds, on the same mail without these tokens. Near-duplicates stay those of
//! the whole mail. A search over the tokenizer is not repeated.

use super::analysis::{Analysis, Compared, LooksAt, OnComparison, plain};
use crate::dataset::Representation;
use crate::lab::cross_validation::{Protocol, records, run_fold};
use crate::lab::data::facts;
use crate::model::{Cost, Family};
use crate::results::{LEAKY_TOKENS, ModelRecord, WithoutLeakyTokens, WithoutTokens, ranking};
use crate::tokenize::TokenId;
use crate::train::ModelSpec;
use rayon::prelude::*;

/// The row of the table.
pub(super) const ANALYSIS: Analysis = Analysis {
    name: LEAKY_TOKENS,
    question: "What do models get without the tokens that alone decide?",
    looks_at: LooksAt::Comparison(OnComparison::new(|compared, _| plain(without(compared)?))),
    section: Some("trust"),
    charts: &[],
};

/// None where no token decides alone, or no model reads tokens alone.
fn without(compared: &Compared<'_>) -> Option<WithoutLeakyTokens> {
    let rows = compared.corpus.labelled_rows();
    let left_out: Vec<TokenId> = facts::deciders(compared.corpus, &rows)
        .into_iter()
        .map(|(token, _)| token)
        .collect();
    let reads_tokens = |at: &usize| {
        let model = &compared.protocol.models[*at];
        let mut views = model.views();
        let reads_text = views.any(|view| view.representation == Representation::Bytes);
        model.entry.cost() == Cost::Cheap && !reads_text
    };
    let best = Family::BOTH.map(|family| {
        let ranked = ranking(compared.models, family).into_iter();
        ranked.filter(|at| reads_tokens(at)).take(1)
    });
    let places: Vec<usize> = best.into_iter().flatten().collect();
    if left_out.is_empty() || places.is_empty() {
        return None;
    }
    let corpus = compared.corpus.without_tokens(&left_out);
    let models: Vec<ModelSpec> = places
        .iter()
        .map(|&at| compared.protocol.models[at].clone())
        .collect();
    let mut protocol = Protocol {
        models: &models,
        candidates: &[],
        ..*compared.protocol
    };
    // What would be added was generated from all tokens.
    protocol.options.augmentation = None;
    protocol.options.live = None;
    let folds = &protocol.split.folds;
    compared.progress.begin(
        "without tokens that decide alone",
        (folds.len() * models.len()) as u64,
    );
    let results: Vec<_> = folds
        .par_iter()
        .map(|fold| run_fold(&protocol, &corpus, fold, compared.progress))
        .collect();
    let again = records(&protocol, &results, &facts::emails(&corpus));
    let model = |(&at, again): (&usize, &ModelRecord)| {
        let before = &compared.models[at];
        Some(WithoutTokens {
            model: before.name.clone(),
            error_with: 1.0 - before.value("accuracy")?,
            error_without: 1.0 - again.value("accuracy")?,
        })
    };
    Some(WithoutLeakyTokens {
        tokens: left_out.len(),
        models: places.iter().zip(&again).filter_map(model).collect(),
    })
}
