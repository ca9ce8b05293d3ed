//! Why an experiment could not be run.

use crate::base::files;
use crate::base::mail::Label;
use crate::base::numbers::count;
use crate::generate::GenerateError;
use crate::input::InputError;
use crate::model::SettingError;
use crate::model::file::StoreError;
use crate::train::TrainError;
use std::io;
use std::path::PathBuf;

/// Why a specification cannot be read or carried out. Nothing was read of the mail yet.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// The file cannot be read.
    #[error("{file} cannot be read: {why}")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        why: String,
    },
    /// The file is no specification.
    #[error("{file}, line {line}: {why}")]
    Syntax {
        /// The file.
        file: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// There is no such model.
    #[error("there is no model {name:?}; there are {known}")]
    UnknownModel {
        /// What was asked for.
        name: String,
        /// All models.
        known: String,
    },
    /// A setting is unknown or out of range.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// There is no such analysis, or it does not run within a comparison.
    #[error("there is no analysis {name:?}; there are {known}")]
    UnknownAnalysis {
        /// What was asked for.
        name: String,
        /// All of them.
        known: String,
    },
    /// Something written as `NAME=VALUE` is not.
    #[error("{text:?}: write {form}, for instance {example}")]
    Form {
        /// What was written.
        text: String,
        /// How it is written.
        form: &'static str,
        /// An example.
        example: &'static str,
    },
    /// A part of it cannot be carried out.
    #[error("{what}: {why}")]
    Refused {
        /// The part, as it was given.
        what: String,
        /// Why, and what to do.
        why: String,
    },
    /// Mail was to be added where the mail is analysed as it is.
    #[error("{analysis} looks at the mail as it is: nothing can be added to it")]
    NothingToAdd {
        /// The analysis.
        analysis: &'static str,
    },
    /// The mail would have to be read several times.
    #[error("the mail is read several times here: give it as a file")]
    NotRepeatable,
    /// What is added to the training mail is made of mail read in one way.
    #[error(
        "a search over the tokenizer and augmentation cannot go together: messages are added as \
         one tokenizer reads them"
    )]
    SearchAndAugment,
}

/// Why the mail cannot be split.
#[derive(Debug, thiserror::Error)]
pub enum SplitError {
    /// A class is missing or too small.
    #[error(
        "{folds} folds need at least {folds} different emails of each class, but there are only \
         {found} {label} emails (near-duplicates counted once)"
    )]
    TooFew {
        /// Folds asked for.
        folds: usize,
        /// The small class.
        label: Label,
        /// Groups of near-duplicates in it.
        found: usize,
    },
    /// Nothing would be trained on, or nothing tested.
    #[error("{folds} folds do not split anything")]
    NoSplit {
        /// Folds asked for.
        folds: usize,
    },
    /// The split file cannot be read.
    #[error("{file}: {why}")]
    File {
        /// The file.
        file: String,
        /// What is wrong, and where.
        why: String,
    },
}

/// Why an experiment or an analysis came to no result.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// It cannot be carried out as asked.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// The mail cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The mail of an input cannot be split into folds.
    #[error("{file}: {error}")]
    Split {
        /// The input.
        file: String,
        /// Why.
        error: SplitError,
    },
    /// The file that holds the split is not one for this mail.
    #[error(transparent)]
    SplitFile(#[from] SplitError),
    /// What a model that was fitted elsewhere said cannot be compared.
    #[error("{file}: {why}")]
    External {
        /// The file, or the name of a model given without one.
        file: String,
        /// What is wrong, where, and what to do.
        why: String,
    },
    /// A row of counts cannot be added up with the others.
    #[error("{file}, line {line}: {why}")]
    Counts {
        /// The file.
        file: String,
        /// Line, from 1.
        line: u64,
        /// What is wrong.
        why: String,
    },
    /// Rows of counts do not make up the counts of a data set.
    #[error("{what}: {why}")]
    WrongCounts {
        /// All that was read.
        what: String,
        /// What is wrong.
        why: String,
    },
    /// A folder cannot be read.
    #[error("{} cannot be read: {}", .path.display(), files::reason(.error))]
    Unreadable {
        /// The folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The mail was read several times and was not the same.
    #[error("{0}: it changed while it was being read")]
    Changed(String),
    /// The training mail is beyond the limit of a model that must run.
    #[error("{0}")]
    NotApplicable(String),
    /// A model that must run cannot be fitted.
    #[error("{model}: {error}")]
    Model {
        /// The model.
        model: String,
        /// Why.
        error: TrainError,
    },
    /// No model could be fitted.
    #[error("no model could be trained: {0}")]
    NoModel(TrainError),
    /// A model file cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Mail cannot be generated or denoised.
    #[error(transparent)]
    Generate(#[from] GenerateError),
    /// There is no mail to analyse.
    #[error("no mail was read")]
    NoMail,
    /// Clusters were wanted of too little mail.
    #[error(
        "{} emails with {} words that are neither rare nor everywhere are too few to find kinds in",
        count(*emails),
        count(*words)
    )]
    TooLittleToCluster {
        /// Messages with any such word.
        emails: usize,
        /// Such words.
        words: usize,
    },
    /// A game was to be played with too little mail.
    #[error(
        "{} training emails are too few to play with: it takes {} that are no copies, of both \
         classes, and two different words",
        count(*emails),
        count(*needed)
    )]
    TooLittleToPlay {
        /// Training messages.
        emails: usize,
        /// How many it takes.
        needed: usize,
    },
    /// Too little mail to draw training sets from.
    #[error(
        "{} emails are too few to draw training sets from: it takes {} that are no near-duplicates \
         of one another, of both classes",
        count(*emails),
        count(*needed)
    )]
    TooLittleForCurves {
        /// Messages.
        emails: usize,
        /// How many it takes.
        needed: usize,
    },
    /// The nets of a game no longer give finite numbers.
    #[error("the game diverged at step {step}: its losses are no longer finite numbers")]
    GameDiverged {
        /// Steps so far.
        step: u32,
    },
    /// Generated vectors are too large to be judged.
    #[error("the generated vectors cannot be judged: their numbers do not stay finite")]
    Unjudged,
    /// A fit that does not report how it ended was to be certified.
    #[error("{model} has no optimum to certify: its fit is not a search for one")]
    NoOptimum {
        /// The model's name.
        model: String,
    },
    /// A problem was to be exported that LIBLINEAR cannot solve.
    #[error(
        "LIBLINEAR has no such problem as {model} with {settings}; it has logistic and squared \
         hinge loss with an L1 or an L2 penalty, and hinge loss with an L2 penalty"
    )]
    NotInLiblinear {
        /// The model's name.
        model: String,
        /// Its settings on one line.
        settings: String,
    },
    /// A folder cannot be made.
    #[error("{} cannot be made: {}", .path.display(), files::reason(.error))]
    NoFolder {
        /// The folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file of an export cannot be written.
    #[error("{} cannot be written: {}", .path.display(), files::reason(.error))]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A model without code lengths, or trained on too little mail to hold any out, was asked for
    /// the novelty of mail.
    #[error(
        "{model} cannot tell the novelty of mail: it gives no code lengths, or held out no mail"
    )]
    NoNovelty {
        /// The model's name.
        model: String,
    },
    /// Generated mail is to be classified, and there is no model to do it.
    #[error("the file holds no discriminative model to classify the generated mail")]
    NoClassifier,
}
