//! All generative models of a comparison in one table, from naive Bayes to diffusion, by the first
//! fold: how well each predicts mail (bits per byte, perplexity), how well it decides by prior and
//! likelihood alone, and how good the mail is that it generates (Inception Score; train on
//! synthetic, test on real).
//!
//! The decision is the sign of ln p(spam) p(mail | spam) - ln p(ham) p(mail | ham), without
//! calibration: what a likelihood is worth by itself. Generated mail is judged by the best
//! discriminative model that is cheap to fit, or the best of all, which learned from the training
//! mail of the fold; it also learns, anew, from the generated mail alone. What a model costs stands
//! in the record of the comparison. Left out: models from elsewhere, and those of a file.

mod first_fold;
mod parameters;
mod shared_words;

use self::first_fold::FirstFold;
use self::parameters::Parameters;
use super::analysis::{Analysis, Compared, LooksAt, OnComparison, plain};
use crate::model::Family;
use crate::results::{GENERATIVE_MODELS, GenerativeModel, GenerativeModels};

/// The row of the table.
pub(super) const ANALYSIS: Analysis = Analysis {
    name: GENERATIVE_MODELS,
    question: "What is each generative model worth, as a model of mail?",
    looks_at: LooksAt::Comparison(OnComparison {
        by_default: false,
        check: Some(|_, _, given| Parameters::read(given).map(|_| ())),
        messages: |planned, model, _| match model.entry.family() {
            // Models of words are fitted anew.
            Family::Generative if !model.entry.generates_text() => {
                planned.folds.first().copied().unwrap_or(0)
            }
            _ => 0,
        },
        ..OnComparison::new(|compared, given| {
            plain(table(compared, Parameters::read(given).ok()?)?)
        })
    }),
    section: Some("generative"),
    charts: &[],
};

/// Every generative model of the comparison; none if there is none.
fn table(compared: &Compared<'_>, parameters: Parameters) -> Option<GenerativeModels> {
    let models = compared.models.iter().enumerate();
    let generative = models.filter(|(_, model)| model.family == Family::Generative);
    let places: Vec<usize> = generative.map(|(at, _)| at).collect();
    if places.is_empty() {
        return None;
    }
    let (progress, steps) = (compared.progress, places.len() as u64);
    progress.begin("generative models", steps);
    let first = FirstFold::of(compared, parameters)?;
    let model = |at: usize| {
        let name = &compared.models[at].name;
        progress.detail(name);
        let measured = first.measured(at);
        progress.advance(1);
        measured.unwrap_or_else(|why| GenerativeModel::unmeasured(name, why))
    };
    Some(GenerativeModels {
        test: first.test().len(),
        words: first.words.count(),
        draws: parameters.draws,
        generated: parameters.emails as usize,
        judge: first.judge(),
        models: places.into_iter().map(model).collect(),
    })
}
