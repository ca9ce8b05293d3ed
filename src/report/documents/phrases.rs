//! Sentences of a report that are the same in every format and claim nothing: the tests between two
//! models, and how to repeat the experiment. What claims something is a statement.

use crate::base::math::sigmoid;
use crate::base::numbers::{count, decimals_off_zero, number, shown_p};
use crate::results::{Comparison, Experiment};

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
        ..
    } = one;
    let kind = if *exact { "exact" } else { "normal" };
    let over_folds = resampled_t.map_or(String::new(), |test| {
        let (better, worse) = if test.gain >= 0.0 { (a, b) } else { (b, a) };
        let sign = if test.gain >= 0.0 { 100.0 } else { -100.0 };
        let [mut low, mut high] = test.interval.map(|end| sign * end);
        if low > high {
            (low, high) = (high, low);
        }
        let numbers = [100.0 * test.gain.abs(), low, high];
        let decimals = decimals_off_zero(&numbers, 2);
        let [by, from, to] = numbers.map(|points| number(points, decimals));
        format!(
            " Over the folds {better} is {by} points more accurate than {worse} (95 % \
             interval {from} to {to}; corrected resampled t-test, {}).",
            shown_p(test.p_value)
        )
    });
    format!(
        "{} emails are judged right by {a} alone and {} by {b} alone (McNemar's test by groups of \
         near-duplicates, {kind}, {}).{over_folds}",
        count(*only_a_right),
        count(*only_b_right),
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
        .map(|(times, what)| match chosen.len() {
            1 => (*what).to_owned(),
            _ => format!("{what} on {times}"),
        });
    let told = told.collect::<Vec<String>>().join(", ");
    let folds = match chosen.len() {
        1 => String::new(),
        folds => format!(" of {folds} folds"),
    };
    (!told.is_empty()).then(|| format!("of {} tokenizers, {told}{folds}", tokenizers.len()))
}

/// A probability of spam in percent, never rounded to certainty.
pub fn probability(log_odds: f64) -> String {
    match 100.0 * sigmoid(log_odds) {
        percent if percent > 99.9 => "> 99.9 %".to_owned(),
        percent if percent < 0.1 => "< 0.1 %".to_owned(),
        percent => format!("{} %", number(percent, 1)),
    }
}
