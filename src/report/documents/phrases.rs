//! The sentences of a report, which are the same in every format: the finding, the test between the
//! families, and how to repeat the experiment.

use crate::base::math::sigmoid;
use crate::report::numbers::{count, number};
use crate::results::{BestModels, Comparison, Experiment, ModelRecord, is_significant};

/// The finding in one sentence, or why there is none.
pub fn finding(experiment: &Experiment) -> String {
    let BestModels {
        generative,
        discriminative,
    } = experiment.best();
    let mut found: Vec<&ModelRecord> = [discriminative, generative]
        .into_iter()
        .flatten()
        .map(|at| &experiment.models[at])
        .collect();
    found.sort_by(|a, b| {
        b.mean("accuracy")
            .partial_cmp(&a.mean("accuracy"))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let clauses: Vec<String> = found.iter().filter_map(|model| clause(model)).collect();
    let [ham, spam] = experiment.data.kept;
    let data = format!(
        "On {} emails, {} of them spam,",
        count(ham + spam),
        count(spam)
    );
    if clauses.is_empty() {
        return format!("{data} no model came to a result.");
    }
    let baseline = experiment.baseline.get("accuracy").copied().flatten();
    let baseline = baseline.map(|accuracy| {
        format!(
            "; always giving the answer of the majority gets {}\u{a0}% wrong",
            number(100.0 * (1.0 - accuracy), 2)
        )
    });
    let between = between(experiment).unwrap_or_default();
    format!(
        "{data} {}{}.{between}",
        clauses.join(", and "),
        baseline.unwrap_or_default()
    )
}

fn clause(model: &ModelRecord) -> Option<String> {
    let percent = |share: f64| number(100.0 * share, 2);
    let error = percent(1.0 - model.mean("accuracy")?);
    // Without any error there is nothing to resample, and an interval of zero width would claim too
    // much.
    let interval = model
        .intervals
        .get("accuracy")
        .filter(|[low, high]| low < high);
    let interval = interval.map(|[low, high]| (percent(1.0 - high), percent(1.0 - low)));
    let interval = interval
        .map(|(low, high)| format!(" (95\u{a0}% interval {low} to {high})"))
        .unwrap_or_default();
    Some(format!(
        "{}, the best {} model, gets {error}\u{a0}% wrong{interval}",
        model.name, model.family
    ))
}

/// The end of the finding: whether the best models of the two families differ significantly.
fn between(experiment: &Experiment) -> Option<String> {
    let test = experiment.between_families()?;
    let by = if test.resampled_t.is_some() {
        "corrected resampled t-test over folds"
    } else {
        "McNemar's test"
    };
    let p_value = test.resampled_t.map_or(test.p_value, |t| t.p_value);
    Some(format!(
        " The difference is {} ({by}, {}).",
        by_chance(p_value),
        shown_p(p_value)
    ))
}

fn by_chance(p_value: f64) -> &'static str {
    if is_significant(p_value) {
        "more than chance explains"
    } else {
        "no more than chance explains"
    }
}

/// Formats a p-value.
pub fn shown_p(p: f64) -> String {
    if p < 0.0001 {
        "p < 0.0001".to_owned()
    } else {
        format!("p = {}", number(p, 4))
    }
}

/// The results of the tests between two models, as a sentence.
pub fn comparison(one: &Comparison) -> String {
    let Comparison {
        a,
        b,
        only_a_right,
        only_b_right,
        p_value: p,
        exact,
        resampled_t,
    } = one;
    let kind = if *exact {
        "exact binomial"
    } else {
        "chi-square with continuity correction"
    };
    let over_folds = resampled_t.map_or(String::new(), |test| {
        let points = number(100.0 * test.gain.abs(), 2);
        let (better, worse) = if test.gain >= 0.0 { (a, b) } else { (b, a) };
        let p = shown_p(test.p_value);
        format!(
            " Over the folds {better} is {points} points more accurate than {worse} (corrected \
             resampled t-test, {p})."
        )
    });
    format!(
        "{} emails are judged right by {a} alone and {} by {b} alone: {} (McNemar's test, {kind}, \
         {}).{over_folds}",
        count(*only_a_right),
        count(*only_b_right),
        by_chance(*p),
        shown_p(*p)
    )
}

/// What a reader needs to repeat the experiment, one line per item: its name and its value.
/// `command` is the command to type.
pub fn repeat(experiment: &Experiment, command: Option<&str>) -> Vec<(&'static str, String)> {
    let spec = &experiment.spec;
    let mut lines = vec![("program", experiment.program.clone())];
    lines.extend(command.map(|command| ("command", command.to_owned())));
    lines.extend([
        ("split", experiment.split.description.clone()),
        ("SHA-256 of the data", experiment.data.sha256.clone()),
        ("settings given", spec["settings"].to_string()),
        ("tokenizer", spec["recipe"].to_string()),
        ("vocabulary", spec["vocabulary"].to_string()),
    ]);
    if let Some(search) = spec["search"].as_object() {
        let text = |name: &str| {
            search
                .get(name)
                .map(ToString::to_string)
                .unwrap_or_default()
        };
        let shared = format!(
            "{}, {} trials for each family, judged inside each training set",
            text("strategy").trim_matches('"'),
            text("trials")
        );
        lines.push(("hyperparameter search", shared));
    }
    if let Some(chosen) = tokenizers_chosen(experiment) {
        lines.push(("search for a tokenizer", chosen));
    }
    let added: Vec<&str> = spec["augment"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|added| added.as_str())
        .collect();
    if !added.is_empty() {
        lines.push(("added to the training mail", added.join(", ")));
    }
    if let Some(calibration) = spec["calibration"].as_str().filter(|how| *how != "platt") {
        lines.push(("calibration", calibration.to_owned()));
    }
    lines
}

/// The number of training sets that chose each candidate tokenizer, the most frequent first; None
/// if there was no choice.
pub fn tokenizers_chosen(experiment: &Experiment) -> Option<String> {
    let chosen = experiment.chosen_tokenizers();
    let times = |at: usize| chosen.iter().filter(|&&one| one == at).count();
    let mut tokenizers: Vec<(usize, &str)> = experiment
        .tokenizer_trials
        .iter()
        .enumerate()
        .map(|(at, trial)| (times(at), trial.what.as_str()))
        .collect();
    tokenizers.sort_by_key(|(times, _)| std::cmp::Reverse(*times));
    let told = tokenizers
        .iter()
        .filter(|(times, _)| *times > 0)
        .map(|(times, what)| format!("{what} on {times}"));
    let told = told.collect::<Vec<String>>().join(", ");
    (!told.is_empty()).then(|| {
        format!(
            "of {} tokenizers, {told} of {} folds",
            tokenizers.len(),
            chosen.len()
        )
    })
}

/// A probability of spam in percent, never rounded to certainty.
pub fn probability(log_odds: f64) -> String {
    match 100.0 * sigmoid(log_odds) {
        percent if percent > 99.9 => "> 99.9 %".to_owned(),
        percent if percent < 0.1 => "< 0.1 %".to_owned(),
        percent => format!("{} %", number(percent, 1)),
    }
}
