//! The remedies of each kind of error: one table for each error of the library.

use crate::generate::GenerateError;
use crate::input::fetch::FetchError;
use crate::input::{ColumnRole, ExportError, InputError, accepted};
use crate::lab::{LabError, SpecError, SplitError};
use crate::model::FitError;
use crate::model::file::StoreError;
use crate::report::ReportError;
use crate::train::TrainError;
use std::error::Error;

/// An error with remedies.
trait Advised: Error + 'static {
    /// All remedies, best first, whatever the command.
    fn remedies(&self) -> Vec<String>;
}

/// The remedies for an error if its type is `E`.
fn of<E: Advised>(error: &(dyn Error + 'static)) -> Option<Vec<String>> {
    error.downcast_ref::<E>().map(E::remedies)
}

/// All remedies for an error, whatever the command.
pub fn all_remedies(error: &(dyn Error + 'static)) -> Vec<String> {
    let kinds = [
        of::<InputError>,
        of::<ExportError>,
        of::<FetchError>,
        of::<SplitError>,
        of::<TrainError>,
        of::<FitError>,
        of::<StoreError>,
        of::<GenerateError>,
        of::<SpecError>,
        of::<LabError>,
        of::<ReportError>,
    ];
    let found = kinds.iter().find_map(|of| of(error));
    found.unwrap_or_default()
}

fn owned(remedies: &[&str]) -> Vec<String> {
    remedies.iter().map(|&remedy| remedy.to_owned()).collect()
}

impl Advised for InputError {
    fn remedies(&self) -> Vec<String> {
        owned(match self {
            InputError::Empty { .. } | InputError::NoMail { .. } | InputError::Binary { .. } => {
                return vec![format!("give {}", accepted())];
            }
            InputError::NotFound { .. } => &["check the name"],
            InputError::Denied { .. } => {
                &["give the user who runs this program permission to read it"]
            }
            InputError::Directory { .. } => &["name a file in it"],
            InputError::NoHeader { .. } => &[
                "begin the file with one, such as `label,text`",
                "name the columns with --label-column and --text-column",
            ],
            InputError::NoLabelColumn { .. } => {
                &["rename one to `label`", "name it with --label-column"]
            }
            InputError::NoTextColumn { .. } => {
                &["rename one to `text`", "name it with --text-column"]
            }
            InputError::NoSuchColumn { role, .. } => match role {
                ColumnRole::Label => &["check the name given with --label-column"],
                ColumnRole::Text => &["check the name given with --text-column"],
            },
            InputError::Counts { .. } => &["give the mail itself"],
            InputError::UnknownLabels { .. } => &[
                "write `spam` and `ham` instead",
                "name the one that means spam with --spam-label",
            ],
            InputError::NoLabels { .. } => {
                &["add a label column", "name files or folders ham and spam"]
            }
            InputError::TooManyRejected { .. } => &["fix them", "skip them with --bad-rows skip"],
            InputError::BadRow { .. } => &["fix the row", "skip it with --bad-rows skip"],
            InputError::Damaged { .. } => {
                &["decompress it first", "get a fresh copy if it is damaged"]
            }
            InputError::Unwritable { .. } => &["choose another path with --rejects"],
            InputError::OpenQuote { .. } => &[
                "get the complete file if it is cut off",
                "double the quote if it is part of the text",
            ],
            InputError::OpenJson { .. } => &[
                "get the complete file if it is cut off",
                "write one object per line",
            ],
            InputError::LargeDocument { .. } | InputError::ManyValues { .. } => {
                &["write one object per line"]
            }
            InputError::Office { .. } => &["save it as CSV in UTF-8"],
            InputError::NoUsableRow { .. } => &[
                "fix the rows",
                "choose other columns with --label-column and --text-column",
            ],
            InputError::OneClass { .. } => {
                &["add mail of the other class, since training needs both"]
            }
            InputError::TooLarge { .. } => &["leave it out", "remove its attachments"],
            InputError::BrokenOff { .. } => &["look at what broke off, and give all batches again"],
            InputError::Failed { .. } => &["check the disk or the connection and try again"],
        })
    }
}

impl Advised for ExportError {
    fn remedies(&self) -> Vec<String> {
        match self {
            ExportError::Input(error) => error.remedies(),
            ExportError::Unwritable { .. } => owned(&["choose another path with -o"]),
            ExportError::Mixed(_) => owned(&["convert the two separately"]),
        }
    }
}

impl Advised for FetchError {
    fn remedies(&self) -> Vec<String> {
        owned(match self {
            FetchError::NoNpm => &["install Node.js, which includes npm, and run this again"],
            FetchError::Npm { .. } => &["check the network and run this again"],
            FetchError::WrongSum { .. } => {
                &["run this again, and do not use the package if the checksum is still wrong"]
            }
            FetchError::Unwritable { .. } => &["choose another path with -o"],
            FetchError::Unknown { .. } | FetchError::Content { .. } => &[],
        })
    }
}

impl Advised for SplitError {
    fn remedies(&self) -> Vec<String> {
        match self {
            // Cross-validation needs at least two folds.
            SplitError::TooFew { label, found, .. } if *found < 2 => {
                vec![format!("add {label} mail")]
            }
            SplitError::TooFew { label, found, .. } => {
                vec![format!("use --folds {found}"), format!("add {label} mail")]
            }
            SplitError::NoSplit { .. } | SplitError::File { .. } => Vec::new(),
        }
    }
}

impl Advised for TrainError {
    fn remedies(&self) -> Vec<String> {
        match self {
            TrainError::Fit(error) => error.remedies(),
            TrainError::NotApplicable(_) | TrainError::Setting(_) => Vec::new(),
        }
    }
}

impl Advised for FitError {
    fn remedies(&self) -> Vec<String> {
        owned(match self {
            FitError::NoColumns => &["lower --min-df", "give more mail"],
            FitError::Diverged { .. } => &["lower the learning rate, for instance to a tenth"],
            FitError::Checkpoint => &["remove the file beside the model file that ends in `.part`"],
            FitError::Storage(_) => {
                &["make room in the folder for temporary files, or set TMPDIR to another one"]
            }
            FitError::OneClass { .. }
            | FitError::TooLarge(_)
            | FitError::Solver(_)
            | FitError::NeedsMessages
            | FitError::Cancelled => &[],
        })
    }
}

impl Advised for StoreError {
    fn remedies(&self) -> Vec<String> {
        owned(match self {
            StoreError::Unreadable { .. } => &["check the name"],
            StoreError::Unwritable { .. } => &["choose another path with -o"],
            StoreError::Foreign(_) => &["make one with `spamlab train`"],
            StoreError::Newer { .. } => &["use a newer spamlab", "train again"],
            StoreError::Damaged { .. } => &["copy it again from where it was made", "train again"],
            StoreError::NoModel { .. } => &[],
        })
    }
}

impl Advised for GenerateError {
    fn remedies(&self) -> Vec<String> {
        let able = text_model();
        match self {
            GenerateError::NoSteps { .. } => vec![
                "leave out --steps".to_owned(),
                "train a model that does with `spamlab train --model diffusion`".to_owned(),
            ],
            GenerateError::Store(error) => error.remedies(),
            GenerateError::NoGenerator | GenerateError::NotGenerative { .. } => {
                vec![format!(
                    "train one that can with `spamlab train --model {able}`"
                )]
            }
            GenerateError::NoPrompt { .. }
            | GenerateError::NoSymbols { .. }
            | GenerateError::NoText { .. } => vec![
                format!("choose a model of text, such as {able}, with --model"),
                format!("train one with `spamlab train --model {able}`"),
            ],
        }
    }
}

/// A model that generates text and gives code lengths.
fn text_model() -> &'static str {
    crate::catalog()
        .models()
        .find(|entry| entry.generates_text())
        .map_or("", |entry| entry.name())
}

impl Advised for SpecError {
    fn remedies(&self) -> Vec<String> {
        owned(match self {
            SpecError::Unreadable { .. } => &["check the name given with --config"],
            SpecError::NothingToAdd { .. } => &["leave --augment out"],
            SpecError::NotRepeatable => &["save it to a file first"],
            SpecError::SearchAndAugment => &["leave out --augment or --search-tokenizer"],
            SpecError::Refused { .. }
            | SpecError::Syntax { .. }
            | SpecError::UnknownModel { .. }
            | SpecError::Setting(_)
            | SpecError::UnknownAnalysis { .. }
            | SpecError::Form { .. } => &[],
        })
    }
}

impl Advised for LabError {
    fn remedies(&self) -> Vec<String> {
        match self {
            LabError::Spec(error) => error.remedies(),
            LabError::Input(error) => error.remedies(),
            LabError::Split { error, .. } | LabError::SplitFile(error) => error.remedies(),
            LabError::Model { error, .. } | LabError::NoModel(error) => error.remedies(),
            LabError::Store(error) => error.remedies(),
            LabError::Counts { .. } => owned(&["count the mail again with this program"]),
            LabError::WrongCounts { .. } => {
                owned(&["give the output of `spamlab count` for all parts of the mail, each once"])
            }
            LabError::Changed(_) => owned(&["try again when no other program writes to it"]),
            LabError::Generate(error) => error.remedies(),
            LabError::NoNovelty { .. } => vec![format!(
                "train {} on more mail, so that some can be held out",
                text_model()
            )],
            LabError::NoClassifier => owned(&["train one beside the generative model"]),
            LabError::Unwritable { .. } | LabError::NoFolder { .. } => {
                owned(&["choose another path"])
            }
            LabError::TooLittleToPlay { .. }
            | LabError::TooLittleForCurves { .. }
            | LabError::TooLittleToCluster { .. } => owned(&["give more mail"]),
            LabError::GameDiverged { .. }
            | LabError::Unjudged
            | LabError::External { .. }
            | LabError::NotApplicable(_)
            | LabError::NoOptimum { .. }
            | LabError::NotInLiblinear { .. }
            | LabError::Unreadable { .. }
            | LabError::NoMail => Vec::new(),
        }
    }
}

impl Advised for ReportError {
    fn remedies(&self) -> Vec<String> {
        owned(match self {
            ReportError::NotOurs(_) => &["choose another folder with -o"],
            ReportError::Missing(_) => &["make one with `spamlab compare`"],
            ReportError::Schema { found, known, .. } if *found > u64::from(*known) => {
                &["use a newer spamlab"]
            }
            ReportError::Schema { .. } | ReportError::Foreign { .. } => {
                &["run `spamlab compare` again"]
            }
            ReportError::File { .. } | ReportError::Ink { .. } | ReportError::Document(_) => &[],
        })
    }
}
