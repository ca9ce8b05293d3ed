//! Which rows train and which are tested: stratified folds that keep near-duplicates together, or
//! what a file says.

pub(super) mod id_table;

use super::error::{LabError, SplitError};
use super::limits::FOLDS;
use super::spec::{ExperimentSpec, SplitSpec};
use crate::base::mail::Label;
use crate::base::numbers::count;
use crate::dataset::{Corpus, fold_and_others};
use crate::train::ModelSpec;
use id_table::{IdTable, RowsById};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;
use std::path::Path;

/// One division of the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// Rows that train.
    pub train: Vec<usize>,
    /// Rows that are tested.
    pub test: Vec<usize>,
}

/// All divisions, and in words how they were made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The folds in order.
    pub folds: Vec<Fold>,
    /// How they were made.
    pub description: String,
}

impl Split {
    /// The folds that `spec` asks for; `source` names the mail in an error.
    pub fn of(spec: &ExperimentSpec, corpus: &Corpus, source: &str) -> Result<Split, LabError> {
        match &spec.split {
            SplitSpec::Folds(folds) => {
                Split::stratified(corpus, *folds, spec.seed).map_err(|error| LabError::Split {
                    file: source.to_owned(),
                    error,
                })
            }
            SplitSpec::File(path) => Ok(Split::from_file(path, corpus)?),
        }
    }

    /// Refuses the split if one of its training sets is beyond the limit of a model that must run.
    pub fn require_applicable(&self, models: &[ModelSpec]) -> Result<(), LabError> {
        let largest = self.folds.iter().map(|fold| fold.train.len()).max();
        for model in models.iter().filter(|model| model.required) {
            model
                .applicable(largest.unwrap_or(0))
                .map_err(LabError::NotApplicable)?;
        }
        Ok(())
    }

    /// `folds` stratified folds of the labelled rows; near-duplicates stay in one fold.
    pub fn stratified(corpus: &Corpus, folds: usize, seed: u64) -> Result<Split, SplitError> {
        let rows = corpus.labelled_rows();
        if folds < FOLDS.least as usize {
            return Err(SplitError::NoSplit { folds });
        }
        for label in Label::BOTH {
            let of_class = rows.iter().filter(|&&row| corpus.label(row) == Some(label));
            let found = of_class
                .map(|&row| corpus.group(row))
                .collect::<FxHashSet<_>>()
                .len();
            if found < folds {
                return Err(SplitError::TooFew {
                    folds,
                    label,
                    found,
                });
            }
        }
        let dealt = fold_and_others(corpus, &rows, folds, seed);
        let description = format!("{folds} stratified folds, near-duplicates kept together");
        Ok(Split {
            folds: dealt.map(|[test, train]| Fold { train, test }).collect(),
            description,
        })
    }

    /// The split a CSV file with columns `id` and `split` describes: `train` and `test`, or fold
    /// numbers. Messages that it does not name are left out; ids that are not there, or there
    /// twice, are refused.
    pub fn from_file(path: &Path, corpus: &Corpus) -> Result<Split, SplitError> {
        let refuse = |why: String| SplitError::File {
            file: path.display().to_string(),
            why,
        };
        let parts = parts(path, corpus).map_err(refuse)?;
        let named: usize = parts.values().map(Vec::len).sum();
        let mut folds = folds_of(parts).map_err(refuse)?;
        for fold in &mut folds {
            // In the order of the mail, whatever the order of the file.
            fold.train.sort_unstable();
            fold.test.sort_unstable();
        }
        let left_out = match corpus.len() - named {
            0 => String::new(),
            emails => format!(", {} emails left out", count(emails)),
        };
        Ok(Split {
            folds,
            description: format!("as {} says{left_out}", path.display()),
        })
    }
}

/// The rows of each part that a split file names.
fn parts(path: &Path, corpus: &Corpus) -> Result<BTreeMap<String, Vec<usize>>, String> {
    let rows = RowsById::of(corpus)?;
    let table = IdTable::read(path)?;
    let column = |name: &str| {
        table.column(name).ok_or_else(|| {
            format!("it has no column `{name}`; a split file has the columns id,split")
        })
    };
    let (id_column, split_column) = (column("id")?, column("split")?);
    let mut parts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut seen = FxHashSet::default();
    for record in table.rows() {
        let (line, record) = record?;
        let id = record.get(id_column).unwrap_or("");
        let part = record.get(split_column).unwrap_or("").trim();
        let row = rows
            .row(id)
            .ok_or_else(|| format!("line {line}: no labelled mail has the id {id:?}"))?;
        if !seen.insert(row) {
            return Err(format!("line {line}: the id {id:?} stands in it twice"));
        }
        let part = parts.entry(part.to_ascii_lowercase()).or_default();
        part.push(row);
    }
    Ok(parts)
}

/// `train` and `test`, or one fold for each number.
fn folds_of(mut parts: BTreeMap<String, Vec<usize>>) -> Result<Vec<Fold>, String> {
    if parts.contains_key("train") || parts.contains_key("test") {
        let (Some(train), Some(test)) = (parts.remove("train"), parts.remove("test")) else {
            return Err("it needs rows of both `train` and `test`".to_owned());
        };
        return match parts.keys().next() {
            Some(other) => Err(format!(
                "beside train and test it says {other:?}; say train, test or fold numbers"
            )),
            None => Ok(vec![Fold { train, test }]),
        };
    }
    if let Some(other) = parts.keys().find(|part| part.parse::<u32>().is_err()) {
        return Err(format!(
            "{other:?} is neither train nor test nor a fold number"
        ));
    }
    let mut numbered: Vec<(u32, Vec<usize>)> = parts
        .into_iter()
        .filter_map(|(part, rows)| Some((part.parse().ok()?, rows)))
        .collect();
    numbered.sort_by_key(|&(number, _)| number);
    if !FOLDS.hold(numbered.len() as u64) {
        let (least, most) = (FOLDS.least, FOLDS.most);
        let found = numbered.len();
        return Err(format!("it needs {least} to {most} folds, and has {found}"));
    }
    let fold = |at: usize| {
        let others = numbered
            .iter()
            .enumerate()
            .filter(|&(other, _)| other != at);
        Fold {
            train: others
                .flat_map(|(_, (_, rows))| rows.iter().copied())
                .collect(),
            test: numbered[at].1.clone(),
        }
    };
    Ok((0..numbered.len()).map(fold).collect())
}
