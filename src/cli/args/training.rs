//! Options that several commands share, and what they turn into.

use crate::cli::usage;
use crate::lab::ExperimentSpec;
use crate::lab::spec::{Assignment, SearchSpec, SplitSpec};
use crate::tokenize::{
    Headers, MAX_BYTE_NGRAM, MAX_NGRAM, Recipe, Stem, TokenKind, TokenKinds, WordSplit,
};
use crate::train::augment::Augment;
use crate::train::{CalibrationMethod, SearchStrategy};
use clap::{Args, ValueEnum};
use serde_json::Value;
use std::path::PathBuf;

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
    model: Vec<String>,
    /// A setting of a model, for instance logistic.c=10; of several values, as in
    /// logistic.c=1,10,100, training chooses one on inner folds; may be repeated
    #[arg(long, value_name = "MODEL.SETTING=VALUE")]
    set: Vec<String>,
    /// Take the specification from a TOML file, or from a saved experiment.json; options on the
    /// command line win
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
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
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u8).range(1..=i64::from(MAX_NGRAM))
    )]
    ngrams: Option<u8>,
    /// So many bytes of the text in a row are a token too; 0 for none [default: 0]
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u8).range(0..=i64::from(MAX_BYTE_NGRAM))
    )]
    byte_ngrams: Option<u8>,
    /// Leave out every token of these kinds, separated by commas, for instance link,markup
    #[arg(long, value_delimiter = ',', value_name = "KINDS")]
    exclude_kinds: Vec<String>,
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

/// How mail is split.
#[derive(Args)]
pub struct SplitOptions {
    /// Number of folds [default: 10]
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(2..=1000),
        conflicts_with = "split",
        help_heading = "Split"
    )]
    folds: Option<u16>,
    /// Take the split from a CSV file of the columns id,split (train, test or a fold number)
    #[arg(long, value_name = "FILE", help_heading = "Split")]
    split: Option<PathBuf>,
}

impl SplitOptions {
    /// Lays what is given over `split`.
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
    /// Search for settings by grid search, random search or successive halving, which drops most
    /// of them after a part of the mail [default: random]
    #[arg(long, value_name = "WAY", value_parser = ["grid", "random", "halving"])]
    search: Option<String>,
    /// Trials for each family, shared out evenly among its models [default: 60]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    trials: Option<u32>,
    /// A choice of the shared tokenizer or its vocabulary to search over, for all models alike:
    /// tokenizer, headers, stem, deobfuscate, ngrams, byte_ngrams, min_df or max_features, for
    /// instance stem=auto,no; may be repeated, and every combination is tried
    #[arg(long, value_name = "CHOICE=VALUES")]
    search_tokenizer: Vec<String>,
}

impl SearchOptions {
    /// Lays what is given over a search, or over the one that is made by default.
    fn fill(&self, search: Option<SearchSpec>) -> SearchSpec {
        let mut search = search.unwrap_or_default();
        let named = |name: &str| {
            let mut all = SearchStrategy::ALL.iter();
            all.find(|(known, _)| *known == name)
        };
        if let Some((_, strategy)) = self.search.as_deref().and_then(named) {
            search.strategy = *strategy;
        }
        search.trials = self.trials.map_or(search.trials, |trials| trials as usize);
        if !self.search_tokenizer.is_empty() {
            search.tokenizer.clone_from(&self.search_tokenizer);
        }
        search
    }

    /// Whether the user says anything of a search.
    pub fn is_given(&self) -> bool {
        self.search.is_some() || self.trials.is_some() || !self.search_tokenizer.is_empty()
    }
}

impl TrainingOptions {
    /// The specification in the file, if one is given, over `defaults`, and the options over that.
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
        if !self.exclude_kinds.is_empty() {
            let kinds = self.exclude_kinds.iter().map(|name| kind(name));
            spec.exclude_kinds = kinds.collect::<anyhow::Result<TokenKinds>>()?;
        }
        spec.seed = self.seed.unwrap_or(spec.seed);
        self.change_recipe(&mut spec.recipe);
        let vocabulary = &mut spec.vocabulary;
        vocabulary.min_df = self.min_df.unwrap_or(vocabulary.min_df);
        let most = self.max_features.map(|most| most as usize);
        vocabulary.max_features = most.or(vocabulary.max_features);
        if !self.augment.is_empty() {
            spec.augment.clone_from(&self.augment);
        }
        let named = |name: &str| {
            let mut all = CalibrationMethod::ALL.iter();
            all.find(|(known, _)| *known == name)
        };
        if let Some((_, method)) = self.calibration.as_deref().and_then(named) {
            spec.calibration = *method;
        }
        Ok(spec)
    }

    /// The same, with the settings to be searched for.
    pub fn search_spec(
        &self,
        search: &SearchOptions,
        defaults: &ExperimentSpec,
    ) -> anyhow::Result<ExperimentSpec> {
        let mut spec = self.spec(defaults)?;
        spec.search = Some(search.fill(spec.search.take()));
        Ok(spec)
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

/// The kind of token called `name`.
fn kind(name: &str) -> anyhow::Result<TokenKind> {
    let unknown = |_| {
        usage(format!(
            "--exclude-kinds {name}: there is no such kind of token; there are {}",
            TokenKinds::ALL
        ))
    };
    serde_json::from_value(Value::String(name.trim().to_ascii_lowercase())).map_err(unknown)
}
