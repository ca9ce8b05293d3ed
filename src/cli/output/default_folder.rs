//! Where a report is written if the user names no folder, so that no experiment takes the place of
//! another one in silence.
//!
//! A plain run is `reports/NAME`, named after the mail. Any other carries what differs from a
//! plain run: the values under their names, joined by hyphens (`reports/NAME-synthetic=2000`,
//! `reports/NAME-svm+word-ngram-seed=7`). Where that folder holds another experiment all the same,
//! the next free number follows.

use crate::base::math::{logit, sigmoid};
use crate::lab::ExperimentSpec;
use crate::lab::spec::{SearchSpec, stem};
use crate::report;
use crate::results::LEARNING_CURVE;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// Characters of the longest name. What does not fit is told apart by a number.
const LONGEST: usize = 60;
/// Fields of a specification that are no names of models, and so go without saying.
const SECTIONS: [&str; 8] = [
    "settings",
    "data",
    "search",
    "recipe",
    "vocabulary",
    "decision",
    "split",
    "analyses",
];

/// The folder for the report of `spec`, below the working folder.
pub fn default_folder(spec: &ExperimentSpec) -> PathBuf {
    free(&Path::new("reports").join(name(spec)), spec)
}

/// The folder itself if it holds no other experiment, else with a number.
fn free(folder: &Path, spec: &ExperimentSpec) -> PathBuf {
    let asked = json!(spec);
    let is_other = |folder: &Path| report::load(folder).is_ok_and(|found| found.spec != asked);
    let numbered = (2..).map(|number| PathBuf::from(format!("{}-{number}", folder.display())));
    let mut folders = std::iter::once(folder.to_owned()).chain(numbered);
    folders
        .find(|folder| !is_other(folder))
        .unwrap_or_else(|| folder.to_owned())
}

/// The name of the mail, and what of `spec` differs from a plain run. Of what differs, as much as a
/// name can hold, the models first and the analyses last.
fn name(spec: &ExperimentSpec) -> String {
    let mut inputs = spec.data.inputs.iter().map(|input| stem(input));
    let mut name = inputs.next().unwrap_or_else(|| spec.data.name());
    for part in inputs.chain(differing(spec)) {
        let longer = format!("{name}-{part}");
        if longer.chars().count() <= LONGEST {
            name = longer;
        }
    }
    let safe = |letter: char| letter.is_alphanumeric() || "=.,+-_".contains(letter);
    let letters = name
        .chars()
        .map(|letter| if safe(letter) { letter } else { '_' });
    letters.collect()
}

/// What differs from a plain run, beside the mail.
fn differing(spec: &ExperimentSpec) -> Vec<String> {
    const FIRST: [&str; 3] = ["models", "settings", "augment"];
    const LAST: &str = "analyses";
    let mut asked = json!(spec);
    let mut plain = json!(ExperimentSpec::default());
    asked["data"]["inputs"].take();
    plain["data"]["inputs"].take();
    for spec in [&mut asked, &mut plain] {
        if let Some(log_odds) = spec["decision"]["threshold"].as_f64() {
            spec["decision"]["threshold"] = json!(probability(log_odds));
        }
    }
    let mut parts = Vec::new();
    if !asked["search"].is_null() {
        parts.push("search".to_owned());
        plain["search"] = json!(SearchSpec::default());
        // A search leaves it out by itself.
        asked[LAST][LEARNING_CURVE] = plain[LAST][LEARNING_CURVE].clone();
    }
    let fields = asked
        .as_object()
        .into_iter()
        .flat_map(|fields| fields.keys());
    let rest = fields
        .map(String::as_str)
        .filter(|name| !FIRST.contains(name) && *name != LAST);
    for name in FIRST.into_iter().chain(rest).chain([LAST]) {
        let plain = plain.get(name).cloned().unwrap_or_default();
        differences(name, &asked[name], &plain, &mut parts);
    }
    parts
}

/// The shortest probability that has these log-odds, as a user gives it.
fn probability(log_odds: f64) -> String {
    let exact = sigmoid(log_odds);
    let is_same = |text: &String| {
        let near = text
            .parse()
            .is_ok_and(|p: f64| (logit(p) - log_odds).abs() < 1e-9);
        near || log_odds.is_nan()
    };
    let mut rounded = (1..=17).map(|digits| format!("{exact:.digits$}"));
    rounded.find(is_same).unwrap_or_else(|| exact.to_string())
}

/// The parts of a name for every value in which `asked` differs from `plain`.
fn differences(name: &str, asked: &Value, plain: &Value, parts: &mut Vec<String>) {
    // Names that say no more than their values.
    const SILENT: [&str; 4] = ["models", "augment", "strategy", "tokenizer"];
    if asked == plain {
        return;
    }
    let named = |value: String| {
        if SILENT.contains(&name) {
            value
        } else {
            format!("{name}={value}")
        }
    };
    match asked {
        Value::Object(fields) => {
            let empty = Map::new();
            let plain = plain.as_object().unwrap_or(&empty);
            for (key, value) in fields {
                let plain = plain.get(key).cloned().unwrap_or_default();
                // Only the setting of a model needs what it is a setting of.
                let of_model = !SECTIONS.contains(&name);
                let inner = if of_model {
                    format!("{name}.{key}")
                } else {
                    key.clone()
                };
                differences(&inner, value, &plain, parts);
            }
        }
        Value::Bool(true) => parts.push(name.to_owned()),
        Value::Bool(false) | Value::Null => parts.push(format!("no-{name}")),
        Value::Array(values) => {
            parts.push(named(values.iter().map(text).collect::<Vec<_>>().join("+")));
        }
        value => parts.push(named(text(value))),
    }
}

fn text(value: &Value) -> String {
    let text = value.as_str().map(str::to_owned);
    text.unwrap_or_else(|| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::progress::Silent;
    use crate::lab::spec::SplitSpec;
    use crate::report::ReportOptions;
    use crate::results::{Decision, DecisionRule};
    use crate::tokenize::Stem;
    use serde_json::json;

    /// The name of a plain run with a change.
    fn changed(change: impl FnOnce(&mut ExperimentSpec)) -> String {
        let mut spec = ExperimentSpec::default();
        change(&mut spec);
        name(&spec)
    }

    #[test]
    fn a_name_carries_what_differs_from_a_plain_run() {
        assert_eq!(changed(|_| ()), "builtin");
        let models = |spec: &mut ExperimentSpec| {
            spec.models = vec!["svm".to_owned(), "word-ngram".to_owned()];
        };
        assert_eq!(changed(models), "builtin-svm+word-ngram");
        let added = |spec: &mut ExperimentSpec| {
            spec.augment = vec!["synthetic=2000".parse().unwrap()];
        };
        assert_eq!(changed(added), "builtin-synthetic=2000");
        assert_eq!(
            changed(|spec| spec.split = SplitSpec::Folds(5)),
            "builtin-folds=5"
        );
        assert_eq!(
            changed(|spec| spec.recipe.stem = Stem::No),
            "builtin-stem=no"
        );
        let many = |spec: &mut ExperimentSpec| {
            spec.seed = 7;
            spec.redact = true;
            spec.analyses
                .insert(LEARNING_CURVE.to_owned(), json!(false));
            spec.set("svm.c=1,2".parse().unwrap());
        };
        assert_eq!(
            changed(many),
            "builtin-svm.c=1+2-redact-seed=7-no-learning_curve"
        );
        let at = |probability: f64| {
            changed(|spec| spec.decision = DecisionRule::Fixed(Decision::at(logit(probability))))
        };
        assert_eq!(at(0.9), "builtin-threshold=0.9");
        assert_eq!(at(0.999), "builtin-threshold=0.999");
        assert_eq!(at(0.125), "builtin-threshold=0.125");
        let inputs = |spec: &mut ExperimentSpec| {
            spec.data.inputs = vec!["a/x.csv".into(), "b y.mbox".into()];
        };
        assert_eq!(changed(inputs), "x-b_y");
    }

    #[test]
    fn a_search_is_named_once_and_a_name_leaves_out_what_does_not_fit() {
        let search = |spec: &mut ExperimentSpec| {
            spec.search = Some(SearchSpec {
                trials: 20,
                ..SearchSpec::default()
            });
            spec.analyses
                .insert(LEARNING_CURVE.to_owned(), json!(false));
        };
        assert_eq!(changed(search), "builtin-search-trials=20");
        let long = |spec: &mut ExperimentSpec| {
            spec.models = vec!["svm".to_owned(); 90];
            spec.seed = 7;
        };
        assert_eq!(changed(long), "builtin-seed=7");
    }

    #[test]
    fn no_other_experiment_is_overwritten_and_the_same_one_is() {
        let folder = tempfile::tempdir().unwrap();
        let plain = folder.path().join("plain");
        let spec = |seed: u64| ExperimentSpec {
            models: vec!["multinomial".to_owned()],
            split: SplitSpec::Folds(2),
            analyses: [(LEARNING_CURVE.to_owned(), json!(false))].into(),
            resamples: 0,
            seed,
            ..ExperimentSpec::default()
        };
        assert_eq!(free(&plain, &spec(1)), plain);
        let found = crate::lab::compare(&spec(1), &crate::catalog(), &Silent)
            .unwrap()
            .0;
        report::write(&found, None, &plain, &ReportOptions::default()).unwrap();
        assert_eq!(free(&plain, &spec(1)), plain);
        assert_eq!(free(&plain, &spec(2)), folder.path().join("plain-2"));
    }
}
