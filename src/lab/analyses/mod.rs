//! What can be asked of a data set and its models beyond the comparison itself: one file and one
//! row an analysis.
//!
//! An analysis of a comparison looks at the trained folds and gives plain data, saved in the
//! experiment under the name of the analysis, where the charts find it. What it holds is hidden by
//! [`redact`](crate::results::Experiment::redact) unless that knows better. An analysis of mail or
//! of a model file has a function of its own, with its parameters and what it finds typed, which
//! its command calls; the table runs it by name.

mod ablation;
mod analysis;
mod augmentation;
pub mod certification;
pub mod clustering;
mod contrast;
pub mod denoising;
mod drift;
pub mod experiments;
mod five_by_two;
pub mod gan;
pub mod generated_mail;
mod generative_models;
mod introspection;
mod leaky_tokens;
mod learning_curve;
mod messages;
pub mod novelty;
pub mod residual;
mod validation_curve;

pub use ablation::ablate;
pub(crate) use analysis::Planned;
pub use analysis::{Analysis, Compared, LooksAt, OnComparison, OnModelFile};
pub use drift::drift;

use super::error::SpecError;
use super::spec::ExperimentSpec;
use crate::model::ModelEntry;
use crate::train::ModelSpec;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Every analysis.
pub static ANALYSES: &[Analysis] = &[
    augmentation::ANALYSIS,
    learning_curve::ANALYSIS,
    learning_curve::UNLABELLED,
    validation_curve::ANALYSIS,
    generative_models::ANALYSIS,
    five_by_two::ANALYSIS,
    contrast::ANALYSIS,
    introspection::LIKELIHOOD_PLANE,
    introspection::TOP_TOKENS,
    introspection::WORKED_EXAMPLE,
    introspection::latent_space::ANALYSIS,
    introspection::attention::ANALYSIS,
    messages::ANALYSIS,
    leaky_tokens::ANALYSIS,
    ablation::ANALYSIS,
    certification::ANALYSIS,
    clustering::ANALYSIS,
    experiments::row::<experiments::attack::AttackParameters>(),
    experiments::row::<experiments::crossover::CrossoverParameters>(),
    experiments::row::<experiments::duplicates::DuplicatesParameters>(),
    experiments::row::<experiments::game::GameParameters>(),
    experiments::row::<experiments::fewshot::FewshotParameters>(),
    experiments::row::<experiments::metsis::MetsisParameters>(),
    experiments::row::<experiments::noise::NoiseParameters>(),
    experiments::row::<experiments::stream::StreamParameters>(),
    experiments::row::<experiments::transfer::TransferParameters>(),
    denoising::ANALYSIS,
    drift::ANALYSIS,
    gan::ANALYSIS,
    generated_mail::ANALYSIS,
    novelty::ANALYSIS,
    residual::ANALYSIS,
];

/// The analyses of a comparison, by name.
fn of_comparison() -> impl Iterator<Item = (&'static str, &'static OnComparison)> {
    ANALYSES
        .iter()
        .filter_map(|analysis| match &analysis.looks_at {
            LooksAt::Comparison(on) => Some((analysis.name, on)),
            _ => None,
        })
}

/// The analyses that a comparison makes unless it is told otherwise.
pub(super) fn by_default() -> BTreeMap<String, Value> {
    of_comparison()
        .filter(|(_, on)| on.by_default)
        .map(|(name, _)| (name.to_owned(), json!(true)))
        .collect()
}

/// Those asked for, with their parameters. What is set to `false` is not made.
fn asked(
    spec: &ExperimentSpec,
) -> impl Iterator<Item = (&'static str, &'static OnComparison, &Value)> {
    of_comparison().filter_map(|(name, on)| match spec.analyses.get(name) {
        None | Some(Value::Bool(false)) => None,
        Some(parameters) => Some((name, on, parameters)),
    })
}

/// Refuses analyses that do not exist, and parameters that cannot be.
pub(super) fn check(spec: &ExperimentSpec, models: &[ModelSpec]) -> Result<(), SpecError> {
    let known = || of_comparison().map(|(name, _)| name);
    if let Some(name) = spec
        .analyses
        .keys()
        .find(|name| !known().any(|one| one == *name))
    {
        return Err(SpecError::UnknownAnalysis {
            name: name.clone(),
            known: known().collect::<Vec<_>>().join(", "),
        });
    }
    asked(spec).try_for_each(|(name, on, parameters)| match on.check {
        Some(check) => check(spec, models, parameters),
        None => analysis::no_parameters(name, parameters),
    })
}

/// Whether an analysis that is asked for wants this model, and which of those compared it could do
/// with instead.
pub(super) fn wants(spec: &ExperimentSpec) -> impl Iterator<Item = fn(&dyn ModelEntry) -> bool> {
    asked(spec).filter_map(|(_, on, _)| on.wants)
}

/// From how many messages a model learns in the analyses that are asked for.
pub(super) fn messages(planned: &Planned<'_>, model: &ModelSpec) -> usize {
    asked(planned.spec)
        .map(|(_, on, parameters)| (on.messages)(planned, model, parameters))
        .sum()
}

/// Makes every analysis that is asked for.
pub(super) fn run(compared: &Compared<'_>) -> BTreeMap<String, Value> {
    asked(compared.spec)
        .filter_map(|(name, on, parameters)| {
            Some((name.to_owned(), (on.run)(compared, parameters)?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_analysis_and_parameters_that_it_does_not_take_are_refused_by_name() {
        let mut spec = ExperimentSpec::default();
        assert!(check(&spec, &[]).is_ok());
        spec.analyses.insert("contrast".to_owned(), json!(["3"]));
        let said = check(&spec, &[]).unwrap_err().to_string();
        assert_eq!(said, "contrast: it takes no parameters");
        spec.analyses.insert("crystal_ball".to_owned(), json!(true));
        let said = check(&spec, &[]).unwrap_err().to_string();
        assert!(
            said.contains("\"crystal_ball\"") && said.contains("learning_curve"),
            "{said}"
        );
    }
}
