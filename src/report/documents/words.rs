//! The sentences of a report, said alike in every format: the finding, the test between the families, how to repeat it.

use crate::math::sigmoid;
use crate::model::Family;
use crate::report::axis::{count, number};
use crate::results::{Comparison, Experiment, ModelRecord, Searched};

/// The finding in one sentence, or why there is none.
pub fn finding(experiment: &Experiment) -> String {
    let best = [Family::Discriminative, Family::Generative].map(|family| best(experiment, family));
    let mut found: Vec<&ModelRecord> = best.into_iter().flatten().collect();
    found.sort_by(|a, b| b.mean("accuracy").partial_cmp(&a.mean("accuracy")).unwrap_or(std::cmp::Ordering::Equal));
    let clauses: Vec<String> = found.iter().filter_map(|model| clause(model)).collect();
    let [ham, spam] = experiment.data.kept;
    let data = format!("On {} mails, {} of them spam,", count(ham + spam), count(spam));
    if clauses.is_empty() {
        return format!("{data} no model came to a result.");
    }
    let baseline = experiment.baseline.get("accuracy").copied().flatten();
    let baseline = baseline.map(|accuracy| {
        format!("; always giving the answer of the majority gets {}\u{a0}% wrong", number(100.0 * (1.0 - accuracy), 2))
    });
    format!("{data} {}{}.", clauses.join(", and "), baseline.unwrap_or_default())
}

/// The best model of a family: the one that was tested against the other family, else the most accurate.
fn best(experiment: &Experiment, family: Family) -> Option<&ModelRecord> {
    let named = |model: &&ModelRecord| {
        experiment.comparisons.iter().any(|comparison| comparison.a == model.name || comparison.b == model.name)
    };
    let all = || experiment.models.iter().filter(|model| model.family == family && model.mean("accuracy").is_some());
    let accuracy = |model: &&ModelRecord| model.mean("accuracy").unwrap_or(f64::NEG_INFINITY);
    all().find(named).or_else(|| all().rev().max_by(|a, b| accuracy(a).total_cmp(&accuracy(b))))
}

fn clause(model: &ModelRecord) -> Option<String> {
    let error = number(100.0 * (1.0 - model.mean("accuracy")?), 2);
    let deviation = model.spread.get("accuracy").and_then(|spread| spread.deviation);
    let deviation =
        deviation.map(|deviation| format!("\u{a0}±\u{a0}{}", number(100.0 * deviation, 2))).unwrap_or_default();
    Some(format!("{}, the best {} model, gets {error}{deviation}\u{a0}% wrong", model.name, model.family))
}

/// What a test between two models says.
pub fn comparison(one: &Comparison) -> String {
    let Comparison { a, b, only_a_right, only_b_right, p_value, exact } = one;
    let kind = if *exact { "exact binomial" } else { "chi-square with continuity correction" };
    let p = if *p_value < 0.0001 { "p < 0.0001".to_owned() } else { format!("p = {}", number(*p_value, 4)) };
    let verdict = if *p_value < 0.05 { "more than chance explains" } else { "no more than chance explains" };
    format!(
        "{} mails are judged right by {a} alone and {} by {b} alone: {verdict} (McNemar's test, {kind}, {p}).",
        count(*only_a_right),
        count(*only_b_right)
    )
}

/// What to know and to type to get the same again, a line each: what it is, and its value.
pub fn repeat(experiment: &Experiment) -> Vec<(&'static str, String)> {
    let plan = &experiment.plan;
    let mut lines = vec![
        ("program", experiment.program.clone()),
        ("command", command(experiment)),
        ("split", plan.split.clone()),
        ("SHA-256 of the data", experiment.data.sha256.clone()),
        ("settings given", plan.settings.to_string()),
        ("tokenizer", plan.recipe.to_string()),
        ("vocabulary", plan.vocabulary.to_string()),
    ];
    if let Some(Searched { way, settings }) = &plan.search {
        let shared = format!("{way}, {settings} settings for each family, judged inside each training part");
        lines.push(("search for settings", shared));
    }
    lines
}

/// What to type; a split file and models of one's own are told of beside it.
fn command(experiment: &Experiment) -> String {
    let plan = &experiment.plan;
    let source = &experiment.data.source;
    let plain = |letter: char| letter.is_alphanumeric() || "/._-+".contains(letter);
    let source = match source.as_str() {
        _ if plan.name == "builtin" => String::new(),
        source if source.chars().all(plain) => format!(" {source}"),
        source => format!(" '{}'", source.replace('\'', "'\\''")),
    };
    let folds = if plan.split.contains("stratified") { format!(" --folds {}", plan.folds) } else { String::new() };
    let search = plan.search.as_ref().map(|of| format!(" --tune --search {} --tries {}", of.way, of.settings));
    format!("spamlab compare{source}{folds}{} --seed {}", search.unwrap_or_default(), plan.seed)
}

/// A probability of spam, in percent, never rounded to certainty.
pub fn probability(log_odds: f64) -> String {
    match 100.0 * sigmoid(log_odds) {
        percent if percent > 99.9 => "> 99.9 %".to_owned(),
        percent if percent < 0.1 => "< 0.1 %".to_owned(),
        percent => format!("{} %", number(percent, 1)),
    }
}

/// The text without control characters and without marks that turn the direction of reading around. Lines stay lines.
pub fn readable(text: &str) -> String {
    let turns =
        |letter: char| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    let shown = |letter: char| match letter {
        '\n' | '\t' => letter,
        letter if letter.is_control() || turns(letter) => '·',
        letter => letter,
    };
    text.chars().map(shown).collect()
}
