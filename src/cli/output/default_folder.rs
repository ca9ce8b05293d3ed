//! Where a report is written if the user names no folder, so that no experiment takes the place of
//! another one in silence.
//!
//! A plain run is `reports/NAME`, named after the mail. Any other carries what differs from a
//! plain run: the values under their names, joined by hyphens (`reports/NAME-synthetic=2000`,
//! `reports/NAME-svm+word-ngram-seed=7`). Where that folder holds another experiment all the same,
//! the next free number follows.

use crate::lab::ExperimentSpec;
use crate::lab::spec::{DataSpec, SearchSpec};
use crate::report;
use crate::results::LEARNING_CURVE;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// Characters of the longest name; what is longer is cut, and told apart by a number.
const LONGEST: usize = 60;

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

/// The name of the mail, and what of `spec` differs from a plain run.
fn name(spec: &ExperimentSpec) -> String {
    let mut parts = vec![spec.data.name()];
    parts.extend(spec.data.inputs.iter().skip(1).map(|input| {
        let inputs = vec![input.clone()];
        DataSpec {
            inputs,
            ..DataSpec::default()
        }
        .name()
    }));
    let mut asked = json!(spec);
    let mut plain = json!(ExperimentSpec::default());
    asked["data"]["inputs"].take();
    plain["data"]["inputs"].take();
    if !asked["search"].is_null() {
        parts.push("search".to_owned());
        plain["search"] = json!(SearchSpec::default());
        // A search leaves it out by itself.
        asked["analyses"][LEARNING_CURVE] = plain["analyses"][LEARNING_CURVE].clone();
    }
    differences("", &asked, &plain, &mut parts);
    let whole: String = parts
        .join("-")
        .chars()
        .map(|letter| match letter {
            letter if letter.is_alphanumeric() || "=.,+-_".contains(letter) => letter,
            _ => '_',
        })
        .collect();
    whole.chars().take(LONGEST).collect()
}

/// The parts of a name for every value in which `asked` differs from `plain`.
fn differences(name: &str, asked: &Value, plain: &Value, parts: &mut Vec<String>) {
    if asked == plain {
        return;
    }
    // Names that say no more than their values.
    const SILENT: [&str; 4] = ["models", "augment", "strategy", "tokenizer"];
    let named = |value: String| {
        if SILENT.contains(&name) {
            value
        } else {
            format!("{name}={value}")
        }
    };
    parts.push(match asked {
        Value::Object(fields) => {
            let empty = Map::new();
            let plain = plain.as_object().unwrap_or(&empty);
            let names = fields
                .keys()
                .chain(plain.keys().filter(|key| !fields.contains_key(*key)));
            for key in names {
                let at = |of: &Map<String, Value>| of.get(key).cloned().unwrap_or_default();
                differences(key, &at(fields), &at(plain), parts);
            }
            return;
        }
        Value::Bool(true) => name.to_owned(),
        Value::Bool(false) | Value::Null => format!("no-{name}"),
        Value::Array(values) => named(values.iter().map(text).collect::<Vec<_>>().join("+")),
        value => named(text(value)),
    });
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::spec::SplitSpec;
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
            "builtin-no-learning_curve-redact-seed=7-c=1+2"
        );
        let inputs = |spec: &mut ExperimentSpec| {
            spec.data.inputs = vec!["a/x.csv".into(), "b y.mbox".into()];
        };
        assert_eq!(changed(inputs), "x-b_y");
    }

    #[test]
    fn a_search_is_named_once_and_a_long_name_is_cut() {
        let search = |spec: &mut ExperimentSpec| {
            spec.search = Some(SearchSpec {
                trials: 20,
                ..SearchSpec::default()
            });
            spec.analyses
                .insert(LEARNING_CURVE.to_owned(), json!(false));
        };
        assert_eq!(changed(search), "builtin-search-trials=20");
        let long = |spec: &mut ExperimentSpec| spec.models = vec!["svm".to_owned(); 90];
        assert_eq!(changed(long).chars().count(), LONGEST);
    }
}
