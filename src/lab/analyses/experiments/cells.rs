//! Finished cells of an experiment, kept as one file each until it is whole: interrupted, it goes
//! on where it was, and comes to the same bytes.
//!
//! The name of a file is a hash of all that the cell depends on, so that cells of another
//! experiment are other files. A file begins with the hash of what it holds, and a damaged one is
//! made anew. That a cell cannot be kept ends nothing. What misleads is counted cell by cell, too.

use crate::base::files::{hexadecimal, make_folder, write_whole};
use crate::base::mail::Label;
use crate::dataset::Corpus;
use crate::lab::data::key::key;
use crate::lab::spec::ExperimentSpec;
use crate::results::Decision;
use crate::results::experiments::{Caveats, MailFacts, PairFacts, TestTally};
use crate::train::Trained;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Version of what is kept. To be raised when that changes, and when cells come to other bits.
const FORMAT: u32 = 5;
/// Bytes of a hash.
const HASH: usize = 32;
/// What the name of a file ends in.
const ENDING: &str = "cell";

/// A place for finished cells.
#[derive(Debug, Default)]
pub struct Cells {
    /// None keeps nothing.
    folder: Option<PathBuf>,
    /// The files of cells that were found, and of those that were kept.
    found: Mutex<Vec<PathBuf>>,
    kept: Mutex<Vec<PathBuf>>,
    caveats: Mutex<Caveats>,
}

impl Cells {
    /// Cells that are not kept.
    pub fn nowhere() -> Cells {
        Cells::default()
    }

    /// Cells that are kept in a folder of their own, which is made when the first is done.
    pub fn in_folder(folder: PathBuf) -> Cells {
        Cells {
            folder: Some(folder),
            ..Cells::default()
        }
    }

    /// How many cells were there already.
    pub fn found(&self) -> usize {
        locked(&self.found).len()
    }

    /// How many cells are there by now.
    pub fn kept(&self) -> usize {
        self.found() + locked(&self.kept).len()
    }

    /// What misleads readers, by the cells so far.
    pub fn caveats(&self) -> Caveats {
        locked(&self.caveats).clone()
    }

    /// Takes down what is known of the labelled mail of a corpus.
    pub(super) fn note(&self, mail: MailFacts) {
        locked(&self.caveats).mail.push(mail);
    }

    /// Takes down how much corpora are alike.
    pub(super) fn note_pairs(&self, pairs: Vec<PairFacts>) {
        locked(&self.caveats).pairs.extend(pairs);
    }

    /// Removes them: the experiment is whole. Those of another run stay.
    pub fn remove(&self) {
        let files = [&self.found, &self.kept].map(|files| std::mem::take(&mut *locked(files)));
        for file in files.iter().flatten() {
            // One that cannot be removed is found again by the same experiment, and by no other.
            let _ = fs::remove_file(file);
        }
        if let Some(folder) = &self.folder {
            // As long as it holds cells of others it stays.
            let _ = fs::remove_dir(folder);
        }
    }

    /// The cells of an experiment on this mail.
    pub(super) fn of(&self, spec: &ExperimentSpec, corpus: &Corpus) -> KeyedCells<'_> {
        KeyedCells {
            cells: self,
            key: self.folder.as_ref().map(|_| key(FORMAT, spec, corpus)),
            seed: spec.seed,
        }
    }
}

/// The cells of one experiment.
pub(super) struct KeyedCells<'a> {
    cells: &'a Cells,
    /// None where nothing is kept.
    key: Option<[u8; HASH]>,
    seed: u64,
}

impl KeyedCells<'_> {
    /// A cell as it was kept or else as it is made. Its name says all that it depends on but the
    /// specification and the mail.
    pub(super) fn cell<T: Serialize + DeserializeOwned, E>(
        &self,
        name: &str,
        make: impl FnOnce(&mut Tests) -> Result<T, E>,
    ) -> Result<T, E> {
        let make = || {
            let mut tests = Tests {
                seed: self.seed,
                by_model: BTreeMap::new(),
            };
            let made = make(&mut tests)?;
            locked(&self.cells.caveats).add(&tests.by_model);
            Ok((made, tests.by_model))
        };
        let (Some(folder), Some(key)) = (&self.cells.folder, self.key) else {
            return make().map(|(made, _)| made);
        };
        let mut hash = Sha256::new();
        hash.update(key);
        hash.update(name);
        let file = folder.join(format!("{}.{ENDING}", hexadecimal(&hash.finalize())));
        let found = fs::read(&file).ok();
        let found: Option<(T, BTreeMap<String, TestTally>)> =
            found.and_then(|bytes| decoded(&bytes));
        if let Some((found, tests)) = found {
            locked(&self.cells.found).push(file);
            locked(&self.cells.caveats).add(&tests);
            return Ok(found);
        }
        let made = make()?;
        let write = || {
            let cell = serde_json::to_vec(&made).ok()?;
            make_folder(folder).ok()?;
            let sum = Sha256::digest(&cell);
            write_whole(&file, |out| {
                out.write_all(&sum)?;
                out.write_all(&cell)
            })
            .ok()
        };
        if write().is_some() {
            locked(&self.cells.kept).push(file);
        }
        Ok(made.0)
    }
}

/// The tests of a cell.
pub(super) struct Tests {
    seed: u64,
    by_model: BTreeMap<String, TestTally>,
}

impl Tests {
    /// Counts a test of a model with its own decision.
    pub(super) fn add(&mut self, trained: &Trained, log_odds: &[f64], labels: &[Label]) {
        let converged = trained.facts.convergence.map(|end| end.converged);
        let said = (log_odds, trained.decision.decision);
        self.add_of(trained.entry.name(), converged, said, labels);
    }

    /// Counts a test of the model of this name.
    pub(super) fn add_of(
        &mut self,
        model: &str,
        converged: Option<bool>,
        said: (&[f64], Decision),
        labels: &[Label],
    ) {
        let test = TestTally::of_test(converged, said, labels, self.seed);
        self.by_model
            .entry(model.to_owned())
            .or_default()
            .add(&test);
    }
}

/// What a lock holds; what was put in is whole, even if another thread panicked.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

fn decoded<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let (sum, cell) = bytes.split_at_checked(HASH)?;
    (*Sha256::digest(cell) == *sum)
        .then(|| serde_json::from_slice(cell).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::{Content, Email, Label};
    use crate::dataset::{CorpusBuilder, CorpusOptions};
    use crate::tokenize::Recipe;
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn corpus(body: &str) -> Corpus {
        let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::default());
        builder.add(vec![Email::new(
            "",
            Some(Label::Ham),
            Content::text("", body),
        )]);
        builder.finish()
    }

    #[test]
    fn what_was_kept_is_found_again_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("cells");
        let spec = ExperimentSpec::default();
        let made = AtomicUsize::new(0);
        let ask = |spec: &ExperimentSpec, body: &str, name: &str| -> Vec<f64> {
            let cells = Cells::in_folder(place.clone());
            let keyed = cells.of(spec, &corpus(body));
            let make = |_: &mut Tests| -> Result<Vec<f64>, Infallible> {
                let number = made.fetch_add(1, Ordering::Relaxed);
                Ok(vec![number as f64, 0.1, f64::MIN_POSITIVE])
            };
            let Ok(cell) = keyed.cell(name, make);
            cell
        };
        let first = ask(&spec, "lunch", "a");
        assert_eq!(ask(&spec, "lunch", "a"), first);
        assert_ne!(ask(&spec, "lunch", "b"), first);
        assert_ne!(ask(&spec, "pills", "a"), first);
        let other = ExperimentSpec {
            seed: 2,
            ..spec.clone()
        };
        assert_ne!(ask(&other, "lunch", "a"), first);
        assert_eq!(made.load(Ordering::Relaxed), 4);
        // A damaged one is made anew.
        for file in fs::read_dir(&place).unwrap().flatten() {
            let mut bytes = fs::read(file.path()).unwrap();
            *bytes.last_mut().unwrap() ^= 1;
            fs::write(file.path(), bytes).unwrap();
        }
        assert_ne!(ask(&spec, "lunch", "a"), first);
        // Cells of others stay.
        let (mine, other) = (Cells::in_folder(place.clone()), place.clone());
        let make = |_: &mut Tests| -> Result<Vec<f64>, Infallible> { Ok(Vec::new()) };
        let Ok(_) = mine.of(&spec, &corpus("lunch")).cell("mine", make);
        mine.remove();
        assert_eq!(fs::read_dir(other).unwrap().count(), 4);
    }
}
