//! What can be said of single models: whether their probabilities hold, whether their fits
//! converged, where their settings are best, and which tokens they share.

mod inside;

pub use inside::{attention_shared_out, latent_variance, most_looked_at};

use super::joined::joined;
use super::statement::Statement;
use crate::base::numbers::{count, number};
use crate::results::{
    Experiment, ModelRecord, SIGNIFICANCE_LEVEL, Trial, ValidationCurve, resampled_t,
};
use std::collections::{BTreeMap, BTreeSet};

/// Whether the calibration errors of the best models of both families are more than a model with
/// true probabilities would show.
pub fn miscalibrated(experiment: &Experiment) -> Option<Statement> {
    let best = experiment.best();
    let mut off = Vec::new();
    let mut fine = Vec::new();
    let models = [best.generative, best.discriminative].into_iter().flatten();
    for model in models.map(|at| &experiment.models[at]) {
        let Some(error) = model.estimates.get("ece") else {
            continue;
        };
        match error.value.zip(error.if_calibrated) {
            Some((value, limit)) if value > limit => off.push((&model.name, 100.0 * value)),
            Some(_) => fine.push(model.name.as_str()),
            None => {}
        }
    }
    let clauses = off
        .iter()
        .map(|(name, points)| format!("{name} by {}", number(*points, 1)));
    let clauses: Vec<String> = clauses.collect();
    let text = match (off.is_empty(), fine.is_empty()) {
        (true, true) => return None,
        (true, false) => format!(
            "On average no miscalibration of {} is detectable",
            joined(&fine, "or")
        ),
        (false, true) => format!("Miscalibrated: {} points on average", clauses.join(", ")),
        (false, false) => format!(
            "Miscalibrated: {} points on average; {} not detectably",
            clauses.join(", "),
            fine.join(", ")
        ),
    };
    Some(Statement::new(
        text,
        off.into_iter().map(|one| one.1).collect(),
    ))
}

/// Of how many models the calibration error is more than true probabilities would show on 95 of 100
/// samples of mail.
pub fn miscalibrated_models(experiment: &Experiment) -> Option<Statement> {
    let estimates = experiment.models.iter();
    let estimates = estimates.filter_map(|model| {
        let estimate = model.estimates.get("ece")?;
        Some(estimate.value? > estimate.if_calibrated?)
    });
    let off: Vec<bool> = estimates.collect();
    let (all, many) = (off.len(), off.iter().filter(|off| **off).count());
    let text = match many {
        0 => "No model is detectably miscalibrated".to_owned(),
        1 => format!("1 of {all} models is detectably miscalibrated"),
        _ => format!("{many} of {all} models are detectably miscalibrated"),
    };
    (all > 0).then(|| Statement::new(text, vec![many as f64, all as f64]))
}

/// Of how many models the test loss by pass ends above its least, on the first fold.
pub fn past_the_least(experiment: &Experiment) -> Option<Statement> {
    let is_past = |model: &ModelRecord| {
        let (_, scored) = model.scored().next()?;
        let losses = scored.losses_by_pass()?;
        let last = losses.last()?.held_out;
        Some(losses.iter().any(|loss| loss.held_out < last))
    };
    let past: Vec<bool> = experiment.models.iter().filter_map(is_past).collect();
    let (all, many) = (past.len(), past.iter().filter(|past| **past).count());
    let text = match many {
        0 => "No model’s test loss ends above its least".to_owned(),
        _ => format!("The test loss of {many} of {all} models ends above its least"),
    };
    (all > 0).then(|| Statement::new(text, vec![many as f64, all as f64]))
}

/// How many of the models that report it met their stopping rule, on every fold if there are
/// several.
pub fn converged(experiment: &Experiment) -> Option<Statement> {
    let has_converged = |model: &ModelRecord| {
        let fits = model.scored().filter_map(|(_, scored)| scored.convergence);
        let fits: Vec<bool> = fits.map(|fit| fit.converged).collect();
        (!fits.is_empty()).then(|| fits.iter().all(|converged| *converged))
    };
    let judged = experiment.models.iter();
    let judged = judged.filter_map(|model| Some((model.name.as_str(), has_converged(model)?)));
    let judged: Vec<(&str, bool)> = judged.collect();
    let stuck: Vec<&str> = judged
        .iter()
        .filter(|one| !one.1)
        .map(|one| one.0)
        .collect();
    let [on_every, on_some] = if experiment.has_folds() {
        [" on every fold", " on some fold"]
    } else {
        ["", ""]
    };
    let text = match (judged.as_slice(), stuck.as_slice()) {
        ([], _) => return None,
        ([(only, _)], []) => format!("{only} converged{on_every}"),
        ([_, _], []) => format!("Both models that report convergence reached it{on_every}"),
        (all, []) => format!(
            "All {} models that report convergence reached it{on_every}",
            all.len()
        ),
        (_, few @ ([_] | [_, _])) => {
            format!("Stopped before convergence{on_some}: {}", few.join(", "))
        }
        (all, many) => format!(
            "{} of {} models that report convergence stopped before it{on_some}",
            many.len(),
            all.len()
        ),
    };
    Some(Statement::new(
        text,
        vec![stuck.len() as f64, judged.len() as f64],
    ))
}

/// The models of a search whose best trial lies at an end of what was tried.
pub fn best_at_the_end(experiment: &Experiment) -> Option<Statement> {
    let is_at_end = |model: &ModelRecord| {
        let tried = model.scored().flat_map(|(_, scored)| &scored.tried);
        let tried = tried.filter(|trial| trial.log_loss_bits.is_finite());
        let tried: Vec<&Trial> = tried.collect();
        let setting = most_varied(&tried)?;
        let value = |trial: &&Trial| trial.settings[&setting].as_f64();
        // Only trials on all training mail are comparable.
        let full = tried.iter().copied().filter(|trial| trial.share >= 1.0);
        let best = full.min_by(|a, b| a.log_loss_bits.total_cmp(&b.log_loss_bits))?;
        let best = value(&best)?;
        let below = tried.iter().filter_map(value).any(|value| value < best);
        let above = tried.iter().filter_map(value).any(|value| value > best);
        Some(!(below && above))
    };
    let judged = experiment.models.iter();
    let judged = judged.filter_map(|model| Some((model.name.as_str(), is_at_end(model)?)));
    let judged: Vec<(&str, bool)> = judged.collect();
    let ends: Vec<&str> = judged.iter().filter(|one| one.1).map(|one| one.0).collect();
    let text = match (judged.is_empty(), ends.as_slice()) {
        (true, _) => return None,
        (_, []) => "No best trial lies at an end of its range".to_owned(),
        (_, few) if few.len() <= 3 => {
            format!("Best trial at an end of its range: {}", few.join(", "))
        }
        (_, many) => format!("{} best trials lie at an end of their range", many.len()),
    };
    Some(Statement::new(
        text,
        vec![ends.len() as f64, judged.len() as f64],
    ))
}

/// The numeric setting that took the most different values.
pub fn most_varied(tried: &[&Trial]) -> Option<String> {
    let first = tried.first()?.settings.as_object()?;
    let values = |name: &str| {
        let values = tried
            .iter()
            .filter_map(|tried| tried.settings[name].as_f64());
        values.map(f64::to_bits).collect::<BTreeSet<u64>>().len()
    };
    // Of equal counts, the first wins.
    first
        .keys()
        .rev()
        .map(|name| (values(name), name))
        .max_by_key(|(values, _)| *values)
        .filter(|(values, _)| *values > 1)
        .map(|(_, name)| name.clone())
}

/// At which value of a setting the test loss is least, and from how many others it is
/// distinguishable: each is tested over folds, at a share of the level.
pub fn best_value(experiment: &Experiment, curve: &ValidationCurve) -> Option<Statement> {
    let models = &experiment.models;
    let model = models.iter().find(|model| model.name == curve.model)?;
    let sizes: Vec<f64> = model
        .scored()
        .map(|(_, scored)| scored.rows.len() as f64)
        .collect();
    let of_all =
        |losses: &[f64]| losses.len() == sizes.len() && losses.iter().all(|x| x.is_finite());
    let points: Vec<_> = curve
        .points
        .iter()
        .filter(|point| of_all(&point.test))
        .collect();
    let mean = |losses: &[f64]| losses.iter().sum::<f64>() / losses.len() as f64;
    let best = points
        .iter()
        .min_by(|a, b| mean(&a.test).total_cmp(&mean(&b.test)))?;
    let others = points.len().checked_sub(1).filter(|others| *others > 0)?;
    let is_worse = |losses: &[f64]| {
        let gains = losses.iter().zip(&best.test).zip(&sizes);
        let gains: Vec<(f64, f64)> = gains
            .map(|((loss, best), emails)| (loss - best, *emails))
            .collect();
        let level = SIGNIFICANCE_LEVEL / others as f64;
        resampled_t(&gains).is_some_and(|test| test.p_value < level && test.gain > 0.0)
    };
    let apart = points.iter().filter(|point| is_worse(&point.test)).count();
    let value = match &best.value {
        serde_json::Value::String(word) => word.clone(),
        other => other.to_string(),
    };
    let apart_from = match apart {
        0 => "not distinguishable from any other".to_owned(),
        _ => format!("distinguishable from {apart} of {others} others"),
    };
    let text = format!(
        "{}.{}: least loss at {value}, {apart_from}",
        curve.model, curve.setting
    );
    Some(Statement::new(text, vec![apart as f64, others as f64]))
}

/// How many of the drawn tokens have opposite signs in both models.
pub fn opposite_signs(experiment: &Experiment) -> Option<Statement> {
    let contrast = experiment.contrast()?;
    let signs = contrast
        .tokens
        .iter()
        .map(|one| one.log_likelihood_ratio * one.weight);
    let signs: Vec<f64> = signs.filter(|sign| sign.is_finite()).collect();
    let opposite = signs.iter().filter(|sign| **sign < 0.0).count();
    if signs.is_empty() {
        return None;
    }
    let text = format!(
        "{} and {} disagree on the sign of {} of {} tokens",
        contrast.generative,
        contrast.discriminative,
        count(opposite),
        count(signs.len())
    );
    Some(Statement::new(
        text,
        vec![opposite as f64, signs.len() as f64],
    ))
}

/// How many of the top tokens of two models are the same, for the same class: the best of both
/// families of those with tokens, of each class the first `each`.
pub fn shared_tokens(experiment: &Experiment, models: [&str; 2], each: usize) -> Option<Statement> {
    let tokens: BTreeMap<String, BTreeSet<(bool, String)>> = experiment
        .top_tokens()
        .into_iter()
        .map(|one| {
            let of = |spam: bool, tokens: Vec<(String, f64)>| {
                let first = tokens.into_iter().take(each);
                first
                    .map(move |(token, _)| (spam, token))
                    .collect::<Vec<_>>()
            };
            let all = of(false, one.ham).into_iter().chain(of(true, one.spam));
            (one.model, all.collect())
        })
        .collect();
    let [a, b] = models;
    let (of_a, of_b) = (tokens.get(a)?, tokens.get(b)?);
    let shared = of_a.intersection(of_b).count();
    let most = of_a.len().min(of_b.len());
    let text = format!("{a} and {b} share {shared} of their {most} top tokens");
    (most > 0).then(|| Statement::new(text, vec![shared as f64, most as f64]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_most_varied_number_is_the_axis() {
        let tried = |alpha: f64, c: f64| Trial {
            settings: json!({ "alpha": alpha, "c": c, "loss": "hinge" }),
            log_loss_bits: 0.1,
            share: 1.0,
        };
        let all = [tried(1.0, 1.0), tried(1.0, 2.0), tried(2.0, 3.0)];
        assert_eq!(
            most_varied(&all.iter().collect::<Vec<_>>()).as_deref(),
            Some("c")
        );
        assert_eq!(most_varied(&[&all[0]]), None);
        assert_eq!(most_varied(&[]), None);
    }
}
