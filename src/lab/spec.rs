//! The specification of an experiment: everything that is asked, as plain data.
//!
//! The command line only fills it in, the library runs it ([`super::compare`], [`super::train`]),
//! and it is saved whole in `experiment.json`, from which the same experiment can be run again to
//! the byte. A spec says what is asked and nothing of what was found; what is left out has the
//! default value.

use super::error::SpecError;
use crate::base::files;
use crate::base::mail::Label;
use crate::dataset::features::VocabularySettings;
use crate::input::{self, BadRows, Handed, InputError, Labels, Source};
use crate::results::DecisionRule;
use crate::tokenize::{Recipe, TokenKinds};
use crate::train::augment::Augment;
use crate::train::{CalibrationMethod, Search, SearchStrategy, TrainOptions};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// Bytes of the largest specification that is read: within a saved experiment, or written by hand.
const MOST_SAVED: u64 = 512 << 20;
const MOST_WRITTEN: u64 = 1 << 20;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExperimentSpec {
    /// Where the mail comes from.
    pub data: DataSpec,
    /// Names of the models; empty for the default ones.
    pub models: Vec<String>,
    /// Names of models beside those; one is left out where it cannot run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// Files of predictions by models that were fitted elsewhere, which join the comparison; see
    /// [`ExternalModel`](super::ExternalModel).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub external: Vec<PathBuf>,
    /// Settings given, by model. Of a list of values training chooses one.
    pub settings: Map<String, Value>,
    /// A search for settings beyond the grid of each model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<SearchSpec>,
    /// How mail is turned into tokens.
    pub recipe: Recipe,
    /// How the vocabulary is learned.
    pub vocabulary: VocabularySettings,
    /// Kinds of token that no model reads.
    pub exclude_kinds: TokenKinds,
    /// What is added to the training mail.
    pub augment: Vec<Augment>,
    /// How scores become probabilities.
    pub calibration: CalibrationMethod,
    /// What the decision of each model, from log-odds to verdicts, is chosen by.
    pub decision: DecisionRule,
    /// How the mail is split.
    pub split: SplitSpec,
    /// The analyses to run, by name, each with its parameters (`true` where it has none).
    pub analyses: BTreeMap<String, Value>,
    /// Resamples of the bootstrap behind the intervals; 0 for no intervals.
    pub resamples: u32,
    /// Whether texts, addresses and numbers are hidden in what is saved.
    pub redact: bool,
    /// Seed of everything random.
    pub seed: u64,
}

/// Where the mail comes from, and what is known of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DataSpec {
    /// Files and folders; none for the mail that comes with the program.
    pub inputs: Vec<PathBuf>,
    /// The column that holds the label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_column: Option<String>,
    /// The column that holds the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_column: Option<String>,
    /// The one label that means spam; every other means ham.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spam_label: Option<String>,
    /// The class of every message that does not say itself what it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// What becomes of rows that cannot be used.
    pub bad_rows: BadRows,
    /// Where rows that cannot be used are written, as CSV. Not saved: it changes no result.
    #[serde(skip)]
    pub rejects: Option<PathBuf>,
    /// What another program hands over, which is read in place of the inputs. Not saved.
    #[serde(skip)]
    pub table: Option<Handed>,
}

impl DataSpec {
    /// The mail of a table that another program hands over. Its name stands for the inputs, so that
    /// a saved specification is not taken for one of other mail.
    pub fn of_table(table: Handed) -> DataSpec {
        DataSpec {
            inputs: vec![table.name().into()],
            table: Some(table),
            ..DataSpec::default()
        }
    }

    /// What `input` is told. `hash` asks for the SHA-256 of what is read.
    fn options(&self, labels: Labels, hash: bool) -> input::Options {
        input::Options {
            label_column: self.label_column.clone(),
            text_column: self.text_column.clone(),
            spam_label: self.spam_label.clone(),
            label: self.label,
            bad_rows: self.bad_rows,
            rejects: self.rejects.clone(),
            hash,
            labels,
        }
    }

    /// Opens the inputs, or the mail that comes with the program if there are none.
    pub fn open(&self, labels: Labels, hash: bool) -> Result<Source, InputError> {
        let options = self.options(labels, hash);
        if let Some(table) = &self.table {
            input::open_table(table, &options)
        } else if self.inputs.is_empty() {
            input::builtin(&options)
        } else {
            input::open_all(&self.inputs, &options)
        }
    }

    /// Whether the inputs can be read a second time.
    pub fn is_repeatable(&self) -> bool {
        match &self.table {
            Some(table) => table.is_repeatable(),
            None => self.inputs.iter().all(|path| path != Path::new("-")),
        }
    }

    /// Each input as mail of its own; the mail that comes with the program if there are none.
    pub fn each(&self) -> Vec<DataSpec> {
        if self.inputs.is_empty() {
            return vec![self.clone()];
        }
        let alone = |input: &PathBuf| DataSpec {
            inputs: vec![input.clone()],
            ..self.clone()
        };
        self.inputs.iter().map(alone).collect()
    }

    /// A name for a report: that of the first input, and how many more there are.
    pub fn name(&self) -> String {
        match self.inputs.as_slice() {
            [] => "builtin".to_owned(),
            [only] => stem(only),
            [first, others @ ..] => format!("{}-and-{}-more", stem(first), others.len()),
        }
    }
}

/// The name of an input: of its file, without the endings of packing and format.
pub fn stem(input: &Path) -> String {
    let name = input.file_name().map_or_else(
        || "mail".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    );
    let name = input::without_packing(&name);
    let stem = Path::new(name)
        .file_stem()
        .map_or(name.into(), |stem| stem.to_string_lossy());
    if stem == "-" {
        "mail".to_owned()
    } else {
        stem.into_owned()
    }
}

/// A search for settings, made alike by both families on the inner folds of each training set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SearchSpec {
    /// How the settings to try are laid out.
    pub strategy: SearchStrategy,
    /// Settings that each family may try.
    pub trials: usize,
    /// Choices of the shared tokenizer and its vocabulary to search, each as `stem=auto,no`; every
    /// combination is tried, for all models alike.
    pub tokenizer: Vec<String>,
}

impl Default for SearchSpec {
    fn default() -> SearchSpec {
        SearchSpec {
            strategy: SearchStrategy::Random,
            trials: 60,
            tokenizer: Vec::new(),
        }
    }
}

/// How mail is split into training and test sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SplitSpec {
    /// This many stratified folds, near-duplicates kept together.
    Folds(usize),
    /// As a CSV file of the columns `id,split` says.
    File(PathBuf),
}

impl ExperimentSpec {
    /// The specification in a file, over the defaults in `base`: a TOML file, a JSON file, or an
    /// `experiment.json`, of which it is what was asked.
    pub fn read(path: &Path, base: &ExperimentSpec) -> Result<ExperimentSpec, SpecError> {
        let unreadable = |error: &io::Error| SpecError::Unreadable {
            file: path.to_owned(),
            why: match error.kind() {
                io::ErrorKind::InvalidData => "it is not text".to_owned(),
                _ => files::reason(error),
            },
        };
        let text = files::read_text(path, MOST_SAVED).map_err(|error| unreadable(&error))?;
        let syntax = |line: usize, why: String| SpecError::Syntax {
            file: path.to_owned(),
            line,
            why,
        };
        let is_json = text.trim_start().starts_with('{');
        if !is_json && text.len() as u64 > MOST_WRITTEN {
            return Err(unreadable(&io::ErrorKind::FileTooLarge.into()));
        }
        let given: Value = if is_json {
            let mut whole: Value = serde_json::from_str(&text)
                .map_err(|error| syntax(error.line(), error.to_string()))?;
            match whole.get_mut("spec") {
                Some(spec) => spec.take(),
                None => whole,
            }
        } else {
            let line = |error: &toml::de::Error| {
                error
                    .span()
                    .map_or(1, |span| text[..span.start].matches('\n').count() + 1)
            };
            // Read as a specification first, since that knows the line of what is wrong.
            toml::from_str::<ExperimentSpec>(&text)
                .map_err(|error| syntax(line(&error), error.message().to_owned()))?;
            toml::from_str(&text)
                .map_err(|error| syntax(line(&error), error.message().to_owned()))?
        };
        let given = given.as_object().cloned().unwrap_or_default();
        let read = base.with(given);
        read.map_err(|error| syntax(1, error.to_string()))
    }

    /// This specification with the fields that are given in place of its own.
    pub fn with(&self, given: Map<String, Value>) -> serde_json::Result<ExperimentSpec> {
        let mut all = json!(self);
        let other_data = given.contains_key("data");
        for (key, value) in given {
            all[key] = value;
        }
        let mut spec: ExperimentSpec = serde_json::from_value(all)?;
        if !other_data {
            // Some of it is not saved.
            spec.data.clone_from(&self.data);
        }
        Ok(spec)
    }

    /// The specification as a TOML file.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }

    /// Gives `model.setting=value` over what is given already; see [`Assignment`].
    pub fn set(&mut self, assignment: Assignment) {
        let of_model = self
            .settings
            .entry(assignment.model)
            .or_insert_with(|| json!({}));
        if let Some(settings) = of_model.as_object_mut() {
            settings.insert(assignment.setting, assignment.value);
        }
    }

    /// The search, all of whose draws come from the seed.
    pub fn search(&self) -> Option<Search> {
        self.search.as_ref().map(|search| Search {
            strategy: search.strategy,
            settings: search.trials,
            seed: self.seed,
        })
    }

    /// The options of training, with nothing added and nothing watched.
    pub fn train_options(&self) -> TrainOptions<'static> {
        TrainOptions {
            vocabulary: self.vocabulary,
            calibrating: self.calibration,
            deciding: self.decision,
            seed: self.seed,
            ..TrainOptions::default()
        }
    }
}

/// A setting of a model and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// The model.
    pub model: String,
    /// The setting.
    pub setting: String,
    /// The value; several are a list.
    pub value: Value,
}

impl std::str::FromStr for Assignment {
    type Err = SpecError;

    /// Reads `model.setting=value`. A value that is neither a number nor true or false is a word,
    /// and several separated by commas are a list.
    fn from_str(text: &str) -> Result<Assignment, SpecError> {
        let parts = text
            .split_once('=')
            .and_then(|(path, value)| Some((path.rsplit_once('.')?, value)));
        let Some(((model, setting), value)) = parts else {
            return Err(SpecError::Form {
                text: text.to_owned(),
                form: "MODEL.SETTING=VALUE",
                example: "logistic.c=10",
            });
        };
        let one = |value: &str| {
            serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()))
        };
        let value = if value.contains(',') {
            value.split(',').map(one).collect()
        } else {
            one(value)
        };
        Ok(Assignment {
            model: model.to_owned(),
            setting: setting.to_owned(),
            value,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::RESAMPLES;

    fn read(name: &str, text: &str) -> Result<ExperimentSpec, SpecError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        ExperimentSpec::read(&path, &ExperimentSpec::default())
    }

    #[test]
    fn a_spec_survives_toml_and_json_and_what_is_left_out_has_its_default() {
        let mut spec = ExperimentSpec {
            models: vec!["svm".to_owned()],
            search: Some(SearchSpec::default()),
            split: SplitSpec::File("split.csv".into()),
            seed: 7,
            ..ExperimentSpec::default()
        };
        spec.set("svm.c=0.5,2".parse().unwrap());
        assert_eq!(spec.settings["svm"], json!({ "c": [0.5, 2] }));
        assert_eq!(read("spec.toml", &spec.to_toml().unwrap()).unwrap(), spec);
        let saved = json!({ "schema": 4, "spec": spec }).to_string();
        assert_eq!(read("experiment.json", &saved).unwrap(), spec);
        let short = read("spec.toml", "seed = 3\n[split]\nfolds = 4\n").unwrap();
        let table = input::MemoryTable {
            name: "the list".to_owned(),
            columns: Vec::new(),
            rows: Vec::new(),
        };
        spec.data = DataSpec::of_table(Handed::Whole(table.into()));
        let Value::Object(given) = json!({ "seed": 8 }) else {
            panic!("no object")
        };
        let changed = ExperimentSpec {
            seed: 8,
            ..spec.clone()
        };
        assert_eq!(spec.with(given).unwrap(), changed);
        // It is not taken for the mail that comes with the program.
        let saved = read("spec.json", &json!(spec).to_string()).unwrap();
        assert_eq!(saved.data.inputs, [PathBuf::from("the list")]);
        assert_eq!((short.seed, short.split), (3, SplitSpec::Folds(4)));
        assert_eq!(short.resamples, RESAMPLES);
    }

    #[test]
    fn what_is_wrong_in_a_file_is_told_with_its_line() {
        for (name, text, wanted) in [
            (
                "a.toml",
                "seed = 1\nsede = 2\n",
                "a.toml, line 2: unknown field `sede`",
            ),
            ("b.json", "{\n \"seed\": x}", "b.json, line 2"),
            (
                "c.json",
                "{\"seed\": \"x\"}",
                "c.json, line 1: invalid type",
            ),
        ] {
            let said = read(name, text).unwrap_err().to_string();
            assert!(said.contains(wanted), "{said}");
        }
    }

    #[test]
    fn an_assignment_without_a_model_or_a_value_is_refused() {
        for text in ["c=1", "svm.c", "svm"] {
            let said = text.parse::<Assignment>().unwrap_err().to_string();
            assert!(said.contains("write MODEL.SETTING=VALUE"), "{said}");
        }
    }

    #[test]
    fn a_report_is_named_after_its_first_input() {
        let name = |path: &str| {
            DataSpec {
                inputs: vec![path.into()],
                ..DataSpec::default()
            }
            .name()
        };
        assert_eq!(name("mail/enron1.csv.xz"), "enron1");
        assert_eq!(name("-"), "mail");
        assert_eq!(DataSpec::default().name(), "builtin");
    }
}
