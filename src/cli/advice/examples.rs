//! An error of every kind that has a remedy.

use crate::base::mail::Label;
use crate::generate::GenerateError;
use crate::input::fetch::FetchError;
use crate::input::{ColumnRole, ExportError, InputError};
use crate::lab::{LabError, SpecError, SplitError};
use crate::model::FitError;
use crate::model::file::StoreError;
use crate::report::ReportError;
use crate::train::TrainError;
use std::error::Error;
use std::io;
use std::path::PathBuf;

pub type AnyError = Box<dyn Error + Send + Sync>;

fn text() -> String {
    "x".to_owned()
}

fn file() -> String {
    text()
}

fn path() -> PathBuf {
    "x".into()
}

/// An error of every kind that the library has for input.
pub fn input_errors() -> Vec<InputError> {
    [inputs_and_columns(), rows()]
        .into_iter()
        .flatten()
        .collect()
}

/// What is wrong with an input or with its columns.
fn inputs_and_columns() -> Vec<InputError> {
    vec![
        InputError::NotFound { file: file() },
        InputError::Denied { file: file() },
        InputError::Directory { file: file() },
        InputError::Empty { file: file() },
        InputError::NoMail {
            file: file(),
            files: 2,
            first: "README".to_owned(),
        },
        InputError::Binary {
            file: file(),
            what: "a picture",
        },
        InputError::OpenJson {
            file: file(),
            line: 7,
        },
        InputError::LargeDocument {
            file: file(),
            limit: 256 << 20,
        },
        InputError::ManyValues {
            file: file(),
            limit: 2 << 20,
        },
        InputError::Office {
            file: file(),
            what: "an Excel workbook",
        },
        InputError::NoHeader {
            file: file(),
            found: text(),
        },
        InputError::NoLabelColumn {
            file: file(),
            found: text(),
        },
        InputError::NoTextColumn {
            file: file(),
            found: text(),
        },
        InputError::NoSuchColumn {
            file: file(),
            role: ColumnRole::Label,
            name: text(),
            found: text(),
        },
        InputError::Counts {
            file: file(),
            columns: 9,
        },
        InputError::UnknownLabels {
            file: file(),
            column: text(),
            values: text(),
        },
    ]
}

/// What is wrong with what an input holds.
fn rows() -> Vec<InputError> {
    vec![
        InputError::NoLabels {
            file: file(),
            emails: 2,
        },
        InputError::TooManyRejected {
            file: file(),
            rejected: 1,
            read: 2,
            reasons: text(),
        },
        InputError::BadRow {
            file: file(),
            line: 1,
            reason: text(),
        },
        InputError::Damaged {
            file: file(),
            why: text(),
        },
        InputError::Unwritable {
            file: file(),
            why: text(),
        },
        InputError::OpenQuote {
            file: file(),
            line: 1,
        },
        InputError::NoUsableRow {
            file: file(),
            read: 2,
            reasons: text(),
        },
        InputError::OneClass {
            file: file(),
            rows: 2,
            label: Label::Spam,
        },
        InputError::TooLarge {
            file: file(),
            limit: 1 << 20,
        },
        InputError::BrokenOff {
            file: file(),
            why: "the connection was lost".into(),
        },
        InputError::Failed {
            file: file(),
            read: 1,
            source: io::Error::other("x"),
        },
    ]
}

/// Errors of exporting and of fetching.
fn input() -> Vec<AnyError> {
    vec![
        ExportError::Unwritable {
            file: text(),
            why: text(),
        }
        .into(),
        ExportError::Mixed(text()).into(),
        ExportError::Input(InputError::Empty { file: text() }).into(),
        FetchError::NoNpm.into(),
        FetchError::Npm {
            package: "x",
            said: text(),
        }
        .into(),
        FetchError::WrongSum {
            package: "x",
            found: text(),
        }
        .into(),
        FetchError::Unwritable {
            file: path(),
            why: text(),
        }
        .into(),
    ]
}

/// Errors of training, of model files and of generation.
fn model() -> Vec<AnyError> {
    vec![
        TrainError::Fit(FitError::NoColumns).into(),
        FitError::NoColumns.into(),
        StoreError::Unreadable {
            file: path(),
            why: text(),
        }
        .into(),
        StoreError::Unwritable {
            file: path(),
            why: text(),
        }
        .into(),
        StoreError::Foreign(path()).into(),
        StoreError::Newer {
            file: path(),
            found: 9,
            newest: 1,
        }
        .into(),
        StoreError::Damaged {
            file: path(),
            what: text(),
        }
        .into(),
        GenerateError::Store(StoreError::Foreign(path())).into(),
        GenerateError::NoGenerator.into(),
        GenerateError::NoPrompt { model: text() }.into(),
        GenerateError::NoText { model: text() }.into(),
    ]
}

/// Errors of experiments.
fn lab() -> Vec<AnyError> {
    vec![
        SplitError::TooFew {
            folds: 9,
            label: Label::Spam,
            found: 3,
        }
        .into(),
        SplitError::TooFew {
            folds: 9,
            label: Label::Spam,
            found: 1,
        }
        .into(),
        SpecError::NotRepeatable.into(),
        SpecError::NothingToAdd { analysis: "x" }.into(),
        LabError::Spec(SpecError::SearchAndAugment).into(),
        LabError::Changed(text()).into(),
        LabError::NoModel(TrainError::Fit(FitError::NoColumns)).into(),
        LabError::NoNovelty { model: text() }.into(),
        LabError::Counts {
            file: file(),
            line: 7,
            why: text(),
        }
        .into(),
        LabError::WrongCounts {
            what: file(),
            why: text(),
        }
        .into(),
        LabError::TooLittleForCurves {
            emails: 1,
            needed: 40,
        }
        .into(),
        LabError::TooLittleToPlay {
            emails: 1,
            needed: 80,
        }
        .into(),
        LabError::TooLittleToCluster {
            emails: 1,
            words: 1,
        }
        .into(),
    ]
}

/// Errors of reports.
fn report() -> Vec<AnyError> {
    vec![
        ReportError::NotOurs(path()).into(),
        ReportError::Missing(path()).into(),
        ReportError::Foreign {
            path: path(),
            reason: text(),
        }
        .into(),
        ReportError::Schema {
            path: path(),
            found: 1,
            known: 2,
        }
        .into(),
        ReportError::Schema {
            path: path(),
            found: 3,
            known: 2,
        }
        .into(),
    ]
}

/// All of them.
pub fn every_error() -> Vec<AnyError> {
    let of_input = input_errors().into_iter().map(AnyError::from);
    of_input
        .chain([input(), model(), lab(), report()].into_iter().flatten())
        .collect()
}
