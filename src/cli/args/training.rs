//! Options that several commands share, and what they turn into.

use crate::base::choices::Choice;
use crate::cli::args::number::within;
use crate::cli::usage;
use crate::lab::ExperimentSpec;
use crate::lab::limits;
use crate::lab::spec::{Assignment, SearchSpec, SplitSpec};
use crate::tokenize::{Headers, Recipe, Stem, TokenKind, TokenKinds, WordSplit};
use crate::train::augment::Augment;
use crate::train::{CalibrationMethod, SearchStrategy};
use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Which headers become clues.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum HeadersOption {
    /// Every header, including those that tie a message to one server or list
    All,
    /// Only headers that mean the same in anyone's mailbox
    Safe,
    /// The subject only
    None,
}

/// How mail is split into tokens.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum TokenizerOption {
    /// Into words and clues, using all that is known about mail
    Words,
    /// At white space only, as published experiments on prepared mail do
    Whitespace,
}

/// Which words are reduced to their stems.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum StemOption {
    /// Words of the text, in the language of the message
    Auto,
    /// Words of the text, as if all mail were English
    English,
    /// No words
    No,
}

/// A choice that is made or not.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Switch {
    Yes,
    No,
}

/// How mail is turned into tokens.
#[derive(Args)]
pub struct RecipeOptions {
    /// How mail is split into tokens [default: words]
    #[arg(long, help_heading = "Tokens")]
    tokenizer: Option<TokenizerOption>,
    /// Which headers become clues [default: safe]
    #[arg(long, help_heading = "Tokens")]
    headers: Option<HeadersOption>,
    /// Which words are reduced to their stems [default: auto]
    #[arg(long, help_heading = "Tokens")]
    stem: Option<StemOption>,
    /// Read disguised words, such as v1agra, as the words they resemble too [default: yes]
    #[arg(long, value_name = "YES|NO", help_heading = "Tokens")]
    deobfuscate: Option<Switch>,
    /// Longest sequence of words that becomes a token of its own [default: 1]
    #[arg(
        long,
        value_name = "N",
        value_parser = within::<u8>(limits::NGRAMS),
        help_heading = "Tokens"
    )]
    ngrams: Option<u8>,
    /// Length of the byte n-grams that become tokens too; 0 for none [default: 0]
    #[arg(
        long,
        value_name = "N",
        value_parser = within::<u8>(limits::BYTE_NGRAMS),
        help_heading = "Tokens"
    )]
    byte_ngrams: Option<u8>,
}

impl RecipeOptions {
    /// Overrides `recipe` with what the user gave.
    pub fn fill(&self, recipe: &mut Recipe) {
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

/// The models to train and the tokens that they read.
#[derive(Args)]
pub struct TrainingOptions {
    /// Comma-separated list of models to train [default: all default models; see `spamlab models`]
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "NAMES",
        help_heading = "Models"
    )]
    model: Vec<String>,
    /// Comma-separated list of models to train beside the default ones
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "NAMES",
        conflicts_with = "model",
        help_heading = "Models"
    )]
    also: Vec<String>,
    /// Change a setting of a model, for instance logistic.c=10; if several values are given, as in
    /// logistic.c=1,10,100, training chooses one on inner folds; may be repeated
    #[arg(long, value_name = "MODEL.SETTING=VALUE", help_heading = "Models")]
    set: Vec<String>,
    /// Take the specification from a TOML file or a saved experiment.json; options on the command
    /// line override it
    #[arg(long, value_name = "FILE", help_heading = "Models")]
    config: Option<PathBuf>,
    /// Seed of all random choices [default: 1]
    #[arg(long, help_heading = "Training")]
    seed: Option<u64>,
    #[command(flatten)]
    recipe: RecipeOptions,
    /// Comma-separated list of kinds of token to leave out, for instance link,markup
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "KINDS",
        help_heading = "Tokens"
    )]
    exclude_kinds: Vec<String>,
    /// Number of training messages that must contain a token for it to be learned [default: 1]
    #[arg(
        long,
        value_name = "N",
        value_parser = within::<u32>(limits::MIN_DF),
        help_heading = "Vocabulary"
    )]
    min_df: Option<u32>,
    /// Largest number of tokens to learn: those with the highest information gain [default: all]
    #[arg(
        long,
        value_name = "N",
        value_parser = within::<u32>(limits::MAX_FEATURES),
        help_heading = "Vocabulary"
    )]
    max_features: Option<u32>,
    /// Add messages to the training mail only: synthetic=N generated by a model of bytes, or a copy
    /// of each message with a share of its words corrupted (noise=P), left out (word-dropout=P) or
    /// swapped with their neighbours (swap=P); may be repeated
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "METHOD=VALUE",
        help_heading = "Training"
    )]
    augment: Vec<Augment>,
    /// How scores become probabilities, fitted on held-out mail [default: platt]
    #[arg(
        long,
        value_name = "METHOD",
        value_parser = PossibleValuesParser::new(CalibrationMethod::NAMES),
        help_heading = "Training"
    )]
    calibration: Option<String>,
}

/// The split into training and test mail.
#[derive(Args)]
pub struct SplitOptions {
    /// Number of folds [default: 10]
    #[arg(
        long,
        value_name = "N",
        value_parser = within::<u16>(limits::FOLDS),
        conflicts_with = "split",
        help_heading = "Split"
    )]
    folds: Option<u16>,
    /// Take the split from a CSV file with the columns id,split (train, test or a fold number)
    #[arg(long, value_name = "FILE", help_heading = "Split")]
    split: Option<PathBuf>,
}

impl SplitOptions {
    /// Overrides `split` with what the user gave.
    pub fn fill(&self, split: &mut SplitSpec) {
        if let Some(folds) = self.folds {
            *split = SplitSpec::Folds(folds.into());
        }
        if let Some(path) = &self.split {
            *split = SplitSpec::File(path.clone());
        }
    }
}

/// A search for settings.
#[derive(Args)]
pub struct SearchOptions {
    /// How to search for settings: grid search, random search, or successive halving, which drops
    /// most candidates after training on part of the mail [default: random]
    #[arg(
        long,
        value_name = "METHOD",
        value_parser = PossibleValuesParser::new(SearchStrategy::NAMES),
        help_heading = "Search"
    )]
    search: Option<String>,
    /// Trials per family, shared evenly among its models [default: 60]
    #[arg(
        long,
        value_name = "N",
        value_parser = within::<u32>(limits::TRIALS),
        help_heading = "Search"
    )]
    trials: Option<u32>,
    /// A choice of the shared tokenizer or its vocabulary to search over, the same for all models,
    /// for instance stem=auto,no; one of tokenizer, headers, stem, deobfuscate, ngrams,
    /// byte_ngrams, min_df and max_features; may be repeated, and every combination is tried
    #[arg(long, value_name = "CHOICE=VALUES", help_heading = "Search")]
    search_tokenizer: Vec<String>,
}

impl SearchOptions {
    /// Overrides `search`, or the default search, with what the user gave.
    fn fill(&self, search: Option<SearchSpec>) -> SearchSpec {
        let mut search = search.unwrap_or_default();
        if let Some(strategy) = self.search.as_deref().and_then(SearchStrategy::named) {
            search.strategy = strategy;
        }
        search.trials = self.trials.map_or(search.trials, |trials| trials as usize);
        if !self.search_tokenizer.is_empty() {
            search.tokenizer.clone_from(&self.search_tokenizer);
        }
        search
    }

    /// Whether the user gave any option of a search.
    pub fn is_given(&self) -> bool {
        self.search.is_some() || self.trials.is_some() || !self.search_tokenizer.is_empty()
    }
}

impl TrainingOptions {
    /// The file that the specification is read from, if one is given.
    pub fn config(&self) -> Option<&Path> {
        self.config.as_deref()
    }

    /// The specification: `defaults`, overridden by the file if one is given, overridden by the
    /// options.
    pub fn spec(&self, defaults: &ExperimentSpec) -> anyhow::Result<ExperimentSpec> {
        let mut spec = match &self.config {
            Some(path) => ExperimentSpec::read(path, defaults).map_err(usage)?,
            None => defaults.clone(),
        };
        for assignment in &self.set {
            let assignment: Assignment = assignment.parse().map_err(usage)?;
            spec.set(assignment);
        }
        if !self.model.is_empty() {
            spec.models.clone_from(&self.model);
        }
        if !self.also.is_empty() {
            spec.also.clone_from(&self.also);
        }
        if !self.exclude_kinds.is_empty() {
            let kinds = self.exclude_kinds.iter().map(|name| kind(name));
            spec.exclude_kinds = kinds.collect::<anyhow::Result<TokenKinds>>()?;
        }
        spec.seed = self.seed.unwrap_or(spec.seed);
        self.recipe.fill(&mut spec.recipe);
        let vocabulary = &mut spec.vocabulary;
        vocabulary.min_df = self.min_df.unwrap_or(vocabulary.min_df);
        let most = self.max_features.map(|most| most as usize);
        vocabulary.max_features = most.or(vocabulary.max_features);
        if !self.augment.is_empty() {
            spec.augment.clone_from(&self.augment);
        }
        let method = self.calibration.as_deref();
        if let Some(method) = method.and_then(CalibrationMethod::named) {
            spec.calibration = method;
        }
        Ok(spec)
    }

    /// The specification of a search, made in the same way.
    pub fn search_spec(
        &self,
        search: &SearchOptions,
        defaults: &ExperimentSpec,
    ) -> anyhow::Result<ExperimentSpec> {
        let mut spec = self.spec(defaults)?;
        spec.search = Some(search.fill(spec.search.take()));
        Ok(spec)
    }
}

/// The kind of token with this name.
fn kind(name: &str) -> anyhow::Result<TokenKind> {
    let unknown = |_| {
        usage(format!(
            "--exclude-kinds {name}: there is no such kind of token; there are {}",
            TokenKinds::ALL
        ))
    };
    serde_json::from_value(Value::String(name.trim().to_ascii_lowercase())).map_err(unknown)
}
