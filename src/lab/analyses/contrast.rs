//! Each token as the two families see it: the log likelihood ratio of a generative model against
//! the weight of a discriminative one, both as learned on the first fold. They are the best models
//! of their families that are linear in their tokens.

use super::analysis::{Analysis, Compared, LooksAt, OnComparison, plain};
use crate::dataset::Corpus;
use crate::lab::cross_validation::FoldResult;
use crate::model::Family;
use crate::results::{CONTRAST, Contrast, TokenContrast, ranking};
use crate::tokenize::TokenId;
use crate::train::{Trained, Training};
use rustc_hash::FxHashSet;

/// Tokens kept because many messages hold them.
const FREQUENT: usize = 2_500;
/// Tokens kept because one of the models makes most of them.
const EXTREME: usize = 250;

/// The row of the table.
pub(super) const ANALYSIS: Analysis = Analysis {
    name: CONTRAST,
    question: "How do the two families see the same token?",
    looks_at: LooksAt::Comparison(OnComparison::new(|compared, _| plain(contrast(compared)?))),
    section: None,
    charts: &["contrast"],
};

/// None unless both families have a model that is linear in its tokens.
fn contrast(compared: &Compared<'_>) -> Option<Contrast> {
    let Compared {
        results, models, ..
    } = compared;
    let FoldResult {
        corpus, training, ..
    } = results.first()?;
    let linear = |family: Family| {
        let weighed = |at: usize| {
            let trained = training.models.get(at)?.as_ref().ok()?;
            Some((at, trained, weights(corpus, training, trained)?))
        };
        ranking(models, family).into_iter().find_map(weighed)
    };
    let (generative, left, left_weights) = linear(Family::Generative)?;
    let (discriminative, right, right_weights) = linear(Family::Discriminative)?;
    let whole = training.encoders.whole();
    // A token that one of them passes over cannot be compared.
    let read_by_both = whole.columns_of(left.view.kinds.and(right.view.kinds));
    let numbers = whole.token_numbers();
    let numbers: Vec<TokenId> = read_by_both
        .iter()
        .map(|&column| numbers[column as usize])
        .collect();
    let frequencies = &whole.frequencies().holding;
    let holding: Vec<[u32; 2]> = read_by_both
        .iter()
        .map(|&column| frequencies[column as usize])
        .collect();
    let pair = |&token: &TokenId| (left_weights[token as usize], right_weights[token as usize]);
    let all: Vec<(f64, f64)> = numbers.iter().map(pair).collect();
    let mut kept: FxHashSet<usize> = FxHashSet::default();
    kept.extend(highest(all.len(), FREQUENT, |at| {
        f64::from(holding[at][0] + holding[at][1])
    }));
    kept.extend(highest(all.len(), EXTREME, |at| all[at].0.abs()));
    kept.extend(highest(all.len(), EXTREME, |at| all[at].1.abs()));
    let mut kept: Vec<usize> = kept.into_iter().collect();
    kept.sort_unstable();
    let token = |at: usize| TokenContrast {
        token: corpus.lexicon().token(numbers[at]).to_owned(),
        emails: holding[at],
        log_likelihood_ratio: all[at].0,
        weight: all[at].1,
    };
    Some(Contrast {
        generative: models[generative].name.clone(),
        discriminative: models[discriminative].name.clone(),
        vocabulary: all.len(),
        tokens: kept.into_iter().map(token).collect(),
    })
}

/// What each token number weighs in a model; None if the model is not linear in its tokens.
fn weights(corpus: &Corpus, training: &Training, trained: &Trained) -> Option<Vec<f64>> {
    let classifier = trained.fitted.classifier();
    let mut weights = vec![0.0; corpus.lexicon().len()];
    for (column, token) in training
        .encoders
        .of_view(trained.view)
        .token_numbers()
        .into_iter()
        .enumerate()
    {
        weights[token as usize] = classifier.weight(column as u32)?;
    }
    Some(weights)
}

/// The `most` positions below `len` of highest value, the first of equals.
fn highest(len: usize, most: usize, value: impl Fn(usize) -> f64) -> Vec<usize> {
    let mut ranked: Vec<usize> = (0..len).collect();
    ranked.sort_by(|&a, &b| value(b).total_cmp(&value(a)).then(a.cmp(&b)));
    ranked.truncate(most);
    ranked
}
