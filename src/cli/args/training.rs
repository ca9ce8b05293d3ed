//! Options that several commands share, and what they turn into.

use super::tokenizer_search;
use crate::base::files;
use crate::catalog;
use crate::cli::usage;
use crate::dataset::Corpus;
use crate::dataset::features::VocabularySettings;
use crate::lab::Sweep;
use crate::model::ModelEntry;
use crate::results::Searched;
use crate::tokenize::{
    Headers, MAX_BYTE_NGRAM, MAX_NGRAM, Recipe, Stem, TokenKind, TokenKinds, WordSplit,
};
use crate::train::augment::{Augment, Augmentation};
use crate::train::{CalibrationMethod, ModelSpec, Search, SearchStrategy, TrainOptions, Trained};
use anyhow::Context;
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// Options of every command.
#[derive(Args)]
pub struct Common {
    /// Threads to work on; the results do not depend on it [default: all processors]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

impl Common {
    /// Starts the threads that all work is done on.
    pub fn start_threads(&self) -> anyhow::Result<()> {
        let threads = self.threads.map_or(0, usize::from);
        let started = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build_global();
        started.context("threads could not be started; try --threads 1")
    }

    /// The same, but silent.
    pub fn quietly(&self) -> Common {
        Common {
            threads: self.threads,
            quiet: true,
        }
    }

    /// Talks on stderr, unless asked to be quiet.
    pub fn say(&self, what: impl std::fmt::Display) {
        if !self.quiet {
            eprintln!("{what}");
        }
    }
}

/// Which headers become clues.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum HeadersOption {
    /// Every header, also those that tie a message to one server or list
    All,
    /// Only headers that mean the same in anybody's mailbox
    Safe,
    /// The subject only
    None,
}

/// How mail is split into tokens.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum TokenizerOption {
    /// Into words and clues, by all that is known of mail
    Words,
    /// At white space and nowhere else, as published experiments on prepared mail read it
    Whitespace,
}

/// Which words are reduced to their stems.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum StemOption {
    /// Those of the text, in the language of the mail
    Auto,
    /// The same, as if all mail were English
    English,
    /// None
    No,
}

/// Yes or no.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Switch {
    /// Yes
    Yes,
    /// No
    No,
}

/// What is trained, and on what tokens.
#[derive(Args)]
pub struct TrainingOptions {
    /// Models to train, separated by commas [default: all default models; see `spamlab models`]
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    models: Vec<String>,
    /// A setting of a model, for instance logistic.c=10; of several values, as in
    /// logistic.c=1,10,100, training chooses one on inner folds; may be repeated
    #[arg(long, value_name = "MODEL.SETTING=VALUE")]
    set: Vec<String>,
    /// Take models, settings, seed, recipe and vocabulary from a TOML file; options on the command
    /// line win
    #[arg(long, value_name = "FILE")]
    experiment: Option<PathBuf>,
    /// Seed of everything random [default: 1]
    #[arg(long)]
    seed: Option<u64>,
    /// How mail is split into tokens [default: words]
    #[arg(long)]
    tokenizer: Option<TokenizerOption>,
    /// Headers that become clues [default: safe]
    #[arg(long)]
    headers: Option<HeadersOption>,
    /// Words reduced to their stems [default: auto]
    #[arg(long)]
    stem: Option<StemOption>,
    /// Read words written to deceive, such as v1agra, as what they look like too
    #[arg(long, value_name = "YES|NO")]
    deobfuscate: Option<Switch>,
    /// Up to so many words in a row are a token too [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=i64::from(MAX_NGRAM)))]
    ngrams: Option<u8>,
    /// So many bytes of the text in a row are a token too; 0 for none [default: 0]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=i64::from(MAX_BYTE_NGRAM)))]
    byte_ngrams: Option<u8>,
    /// Leave out every token of these kinds, separated by commas, for instance link,markup
    #[arg(long, value_delimiter = ',', value_name = "KINDS")]
    without: Vec<String>,
    /// A token is learned if at least so many training messages hold it [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    min_df: Option<u32>,
    /// At most so many tokens: those of highest information gain
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_features: Option<u32>,
    /// Add to the training mail, and to nothing else: synthetic=N messages written by a model of
    /// bytes, or of each message a copy with a share of its words damaged (noise=P), left out
    /// (word-dropout=P) or swapped with their neighbours (swap=P); may be repeated
    #[arg(long, value_delimiter = ',', value_name = "WAY=VALUE")]
    augment: Vec<Augment>,
    /// How scores of held-out mail become probabilities [default: platt]
    #[arg(long, value_name = "WAY", value_parser = ["platt", "isotonic", "temperature", "none"])]
    calibration: Option<String>,
}

/// A search for settings.
#[derive(Args)]
pub struct SearchOptions {
    /// How the settings to try are laid out: on a lattice, at random, or at random with most of
    /// them judged on a part of the mail only [default: random]
    #[arg(long, value_name = "WAY", value_parser = ["grid", "random", "halving"])]
    search: Option<String>,
    /// Settings that each family may try, shared out evenly among its models [default: 60]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    tries: Option<u32>,
    /// A choice of the shared tokenizer or its vocabulary to search over, for all models alike:
    /// tokenizer, headers, stem, deobfuscate, ngrams, byte_ngrams, min_df or max_features, for instance
    /// stem=auto,no; may be repeated, and every combination is tried
    #[arg(long, value_name = "CHOICE=VALUES")]
    recipe: Vec<String>,
}

impl SearchOptions {
    /// The search, all of whose draws come from `seed`.
    fn search(&self, seed: u64) -> Search {
        let way = SearchStrategy::ALL
            .iter()
            .find(|(name, _)| Some(*name) == self.search.as_deref());
        Search {
            way: way.map_or(SearchStrategy::Random, |(_, way)| *way),
            settings: self.tries.unwrap_or(60) as usize,
            seed,
        }
    }

    /// Whether the user says anything of a search.
    pub fn is_given(&self) -> bool {
        self.search.is_some() || self.tries.is_some() || !self.recipe.is_empty()
    }
}

/// An experiment file, and with defaults filled in what is recorded in everything written.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ExperimentFile {
    models: Vec<String>,
    seed: Option<u64>,
    folds: Option<usize>,
    recipe: Option<Recipe>,
    vocabulary: Option<VocabularySettings>,
    /// Kinds of token to leave out.
    without: TokenKinds,
    /// What is added to the training mail.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    augment: Vec<Augment>,
    /// How scores become probabilities.
    calibration: CalibrationMethod,
    /// Settings by model.
    set: Map<String, Value>,
}

/// What is to be trained, all defaults filled in.
pub struct Request {
    /// The models with all their settings.
    pub choices: Vec<ModelSpec>,
    /// Settings the user gave, by model.
    pub given: Value,
    /// Seed of everything random.
    pub seed: u64,
    /// Folds, where the experiment file names them.
    pub folds: Option<usize>,
    /// How mail is turned into tokens.
    pub recipe: Recipe,
    /// How the vocabulary is learned.
    pub vocabulary: VocabularySettings,
    /// Kinds of token that no model reads.
    pub without: TokenKinds,
    /// How settings are searched for, if they are.
    pub search: Option<Searched>,
    /// Ways to read the mail that are searched, too.
    pub ways: Vec<tokenizer_search::TokenizerCandidate>,
    /// What is added to the training mail.
    pub augment: Vec<Augment>,
    /// How scores become probabilities.
    pub calibrating: CalibrationMethod,
}

impl Request {
    /// What is added to training mail of this corpus, which must keep texts; None if nothing is.
    pub fn augmentation(&self, corpus: &Corpus) -> Option<Augmentation> {
        (!self.augment.is_empty()).then(|| Augmentation::new(&self.augment, corpus, self.seed))
    }

    /// Adds every model that learns from mail without a label, with the settings given.
    pub fn add_learners_of_unlabelled(&mut self) -> anyhow::Result<()> {
        for entry in catalog::models().filter(|entry| entry.is_semi_supervised()) {
            let given = self
                .given
                .get(entry.name())
                .cloned()
                .unwrap_or_else(|| json!({}));
            self.choices.push(
                ModelSpec::new(entry, &given, false)
                    .map_err(usage)?
                    .without(self.without),
            );
        }
        Ok(())
    }

    /// What `MODEL.SETTING=VALUE,…` asks to be drawn, of a model that is compared.
    pub fn sweep(&self, assignment: &str) -> anyhow::Result<Sweep> {
        let (model, setting, values) = parse_setting("--validation-curve", assignment)?;
        let refused = |reason: String| usage(format!("--validation-curve {assignment}: {reason}"));
        let Some(choice) = self
            .choices
            .iter()
            .find(|choice| choice.entry.name() == model)
        else {
            return Err(refused(format!(
                "{model} is not among the models compared; add it to --models"
            )));
        };
        let values = match values {
            Value::Array(values) if values.len() > 1 => values,
            _ => {
                return Err(refused(
                    "write two or more values, parted by commas".to_owned(),
                ));
            }
        };
        let given = self.given.get(&model).cloned().unwrap_or_else(|| json!({}));
        let with = |value: Value| {
            let mut given = given.clone();
            given[&setting] = value.clone();
            let choice = ModelSpec::new(choice.entry, &given, false)
                .map_err(|error| refused(error.to_string()))?;
            Ok((value, choice.without(self.without)))
        };
        let values = values
            .into_iter()
            .map(with)
            .collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Sweep {
            model,
            setting,
            values,
        })
    }

    /// The terms of training.
    pub fn terms<'a>(&self, augmentation: Option<&'a Augmentation>) -> TrainOptions<'a> {
        TrainOptions {
            vocabulary: self.vocabulary,
            augmentation,
            hidden: None,
            calibrating: self.calibrating,
            live: None,
            watched: None,
            seed: self.seed,
        }
    }
}

impl TrainingOptions {
    /// Everything that is to be trained, names and ranges checked. Where no models are named, those
    /// of `otherwise`, or the default ones if that is empty.
    pub fn request(&self, otherwise: &[&str]) -> anyhow::Result<Request> {
        self.searched_request(otherwise, None)
    }

    /// The same, with the settings to be searched for if there is a search.
    pub fn searched_request(
        &self,
        otherwise: &[&str],
        search: Option<&SearchOptions>,
    ) -> anyhow::Result<Request> {
        let mut file = self
            .experiment
            .as_deref()
            .map(read_experiment)
            .transpose()?
            .unwrap_or_default();
        for assignment in &self.set {
            let (model, setting, value) = parse_setting("--set", assignment)?;
            let of_model = file.set.entry(model).or_insert_with(|| json!({}));
            if let Some(settings) = of_model.as_object_mut() {
                settings.insert(setting, value);
            }
        }
        if !self.models.is_empty() {
            file.models.clone_from(&self.models);
        }
        if file.models.is_empty() {
            file.models = otherwise.iter().map(|&name| name.to_owned()).collect();
        }
        let without = self
            .without
            .iter()
            .map(|name| kind(name))
            .collect::<anyhow::Result<TokenKinds>>()?
            .or(file.without);
        let seed = self.seed.or(file.seed).unwrap_or(1);
        let searched_recipe = search.map_or(&[][..], |options| &options.recipe);
        let search = search.map(|options| options.search(seed));
        let choices = choices(&file.models, &file.set, search)?;
        let choices = choices
            .into_iter()
            .map(|choice| choice.without(without))
            .collect();
        let mut recipe = file.recipe.unwrap_or_default();
        self.change_recipe(&mut recipe);
        let mut vocabulary = file.vocabulary.unwrap_or_default();
        vocabulary.min_df = self.min_df.unwrap_or(vocabulary.min_df);
        vocabulary.max_features = self
            .max_features
            .map(|most| most as usize)
            .or(vocabulary.max_features);
        let ways = tokenizer_search::ways(searched_recipe, &recipe, vocabulary)?;
        let recipe_given = searched_recipe.to_vec();
        let search = search.map(|of| Searched {
            way: of.way.name().to_owned(),
            settings: of.settings,
            recipe: recipe_given,
        });
        let augment = if self.augment.is_empty() {
            file.augment
        } else {
            self.augment.clone()
        };
        if !ways.is_empty() && !augment.is_empty() {
            return Err(usage(
                "--recipe and --augment cannot go together: what is added is made of mail read in one way",
            ));
        }
        let (given, folds) = (Value::Object(file.set), file.folds);
        let named = |name: &String| {
            CalibrationMethod::ALL
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, way)| *way)
        };
        let calibrating = self
            .calibration
            .as_ref()
            .and_then(named)
            .unwrap_or(file.calibration);
        Ok(Request {
            choices,
            given,
            seed,
            folds,
            recipe,
            vocabulary,
            without,
            search,
            ways,
            augment,
            calibrating,
        })
    }

    fn change_recipe(&self, recipe: &mut Recipe) {
        let change = |switch: Option<Switch>, field: &mut bool| {
            if let Some(switch) = switch {
                *field = matches!(switch, Switch::Yes);
            }
        };
        change(self.deobfuscate, &mut recipe.deobfuscate);
        recipe.tokenizer = match self.tokenizer {
            Some(TokenizerOption::Words) => WordSplit::Words,
            Some(TokenizerOption::Whitespace) => WordSplit::Whitespace,
            None => recipe.tokenizer,
        };
        recipe.ngrams = self.ngrams.unwrap_or(recipe.ngrams);
        recipe.byte_ngrams = self.byte_ngrams.unwrap_or(recipe.byte_ngrams);
        recipe.stem = match self.stem {
            Some(StemOption::Auto) => Stem::Auto,
            Some(StemOption::English) => Stem::English,
            Some(StemOption::No) => Stem::No,
            None => recipe.stem,
        };
        recipe.headers = match self.headers {
            Some(HeadersOption::All) => Headers::All,
            Some(HeadersOption::Safe) => Headers::Safe,
            Some(HeadersOption::None) => Headers::None,
            None => recipe.headers,
        };
    }
}

/// An experiment file that trains these models with the settings they have, as they were trained.
pub fn experiment_file(request: &Request, models: &[Trained]) -> anyhow::Result<String> {
    let file = ExperimentFile {
        models: models
            .iter()
            .map(|model| model.entry.name().to_owned())
            .collect(),
        seed: Some(request.seed),
        folds: request.folds,
        recipe: Some(request.recipe.clone()),
        vocabulary: Some(request.vocabulary),
        without: request.without,
        augment: request.augment.clone(),
        calibration: request.calibrating,
        set: models
            .iter()
            .map(|model| (model.entry.name().to_owned(), model.settings.clone()))
            .collect(),
    };
    Ok(toml::to_string(&file)?)
}

fn read_experiment(path: &Path) -> anyhow::Result<ExperimentFile> {
    let unreadable = |error| {
        usage(format!(
            "{} cannot be read: {}",
            path.display(),
            files::reason(&error)
        ))
    };
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    toml::from_str(&text).map_err(|error: toml::de::Error| {
        let line = error
            .span()
            .map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        usage(format!(
            "{}, line {line}: {}",
            path.display(),
            error.message()
        ))
    })
}

/// The kind of token called `name`.
fn kind(name: &str) -> anyhow::Result<TokenKind> {
    let unknown = |_| {
        usage(format!(
            "--without {name}: there is no such kind of token; there are {}",
            TokenKinds::ALL
        ))
    };
    serde_json::from_value(Value::String(name.trim().to_ascii_lowercase())).map_err(unknown)
}

/// Fails if the file that an option names cannot be made. Asked before long work.
pub fn check_target(path: Option<&Path>) -> anyhow::Result<()> {
    let Some(path) = path else { return Ok(()) };
    files::check_target(path).map_err(|error| {
        usage(format!(
            "{} cannot be written: {}",
            path.display(),
            files::reason(&error)
        ))
    })
}

/// `model.setting=value`, of an option; a value that is no number or truth is a word, several
/// parted by commas are a list.
fn parse_setting(option: &str, assignment: &str) -> anyhow::Result<(String, String, Value)> {
    let parts = assignment
        .split_once('=')
        .and_then(|(path, value)| Some((path.rsplit_once('.')?, value)));
    let Some(((model, setting), value)) = parts else {
        return Err(usage(format!(
            "{option} {assignment}: write MODEL.SETTING=VALUE, for instance logistic.c=10"
        )));
    };
    let one = |value: &str| {
        serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()))
    };
    let value = if value.contains(',') {
        value.split(',').map(one).collect()
    } else {
        one(value)
    };
    Ok((model.to_owned(), setting.to_owned(), value))
}

/// The models named, or the default ones, with the settings given.
fn choices(
    names: &[String],
    set: &Map<String, Value>,
    search: Option<Search>,
) -> anyhow::Result<Vec<ModelSpec>> {
    let known = || {
        catalog::models()
            .map(ModelEntry::name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let unknown = |name: &str| usage(format!("there is no model {name:?}; there are {}", known()));
    if let Some(name) = names
        .iter()
        .chain(set.keys())
        .find(|name| catalog::model(name).is_none())
    {
        return Err(unknown(name));
    }
    let required = !names.is_empty();
    let wanted = |name: &str| names.iter().any(|wanted| wanted == name);
    // In the order of the table whatever the order on the command line, so that colours and columns
    // stay.
    let entries = catalog::models().filter(|e| {
        if required {
            wanted(e.name())
        } else {
            e.is_default()
        }
    });
    let given =
        |entry: &dyn ModelEntry| set.get(entry.name()).cloned().unwrap_or_else(|| json!({}));
    let entries: Vec<_> = entries.map(|entry| (entry, given(entry))).collect();
    match search {
        Some(search) => search.choices(&entries, required).map_err(usage),
        None => entries
            .iter()
            .map(|(entry, given)| ModelSpec::new(*entry, given, required).map_err(usage))
            .collect(),
    }
}
