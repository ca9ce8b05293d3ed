//! Finished cells of an experiment, kept as one file each until it is whole: interrupted, it goes on
//! where it was, and comes to the same bytes.
//!
//! The name of a file is a hash of all that the cell depends on, so that cells of another
//! experiment are other files; it begins with the hash of what it holds, and a damaged one is made
//! anew. That a cell cannot be kept ends nothing.

use crate::base::files::{hexadecimal, make_folder, write_whole};
use crate::dataset::Corpus;
use crate::lab::key::key;
use crate::lab::spec::ExperimentSpec;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Version of what is kept. To be raised when that changes, and when cells come to other bits.
const FORMAT: u32 = 1;
/// Bytes of a hash.
const HASH: usize = 32;
/// What the name of a file ends in.
const ENDING: &str = "cell";

/// A place for finished cells.
#[derive(Debug, Default)]
pub struct Cells {
    /// None keeps nothing.
    folder: Option<PathBuf>,
    /// Cells that were found, and that were kept.
    found: AtomicUsize,
    kept: AtomicUsize,
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
        self.found.load(Ordering::Relaxed)
    }

    /// How many cells are there by now.
    pub fn kept(&self) -> usize {
        self.found() + self.kept.load(Ordering::Relaxed)
    }

    /// Removes all of them: the experiment is whole.
    pub fn remove(&self) {
        let Some(folder) = &self.folder else { return };
        let files = fs::read_dir(folder).into_iter().flatten().flatten();
        for file in files.map(|file| file.path()) {
            if file.extension().is_some_and(|ending| ending == ENDING) {
                // What cannot be removed is found again by nobody.
                let _ = fs::remove_file(file);
            }
        }
        let _ = fs::remove_dir(folder);
    }

    /// The cells of an experiment on this mail.
    pub(super) fn of(&self, spec: &ExperimentSpec, corpus: &Corpus) -> KeyedCells<'_> {
        KeyedCells {
            cells: self,
            key: key(FORMAT, spec, corpus),
        }
    }
}

/// The cells of one experiment.
pub(super) struct KeyedCells<'a> {
    cells: &'a Cells,
    key: [u8; HASH],
}

impl KeyedCells<'_> {
    /// A cell by a name that no other has, as it was kept or else as it is made.
    pub(super) fn cell<T: Serialize + DeserializeOwned, E>(
        &self,
        name: &str,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let Some(folder) = &self.cells.folder else {
            return make();
        };
        let mut hash = Sha256::new();
        hash.update(self.key);
        hash.update(name);
        let file = folder.join(format!("{}.{ENDING}", hexadecimal(&hash.finalize())));
        if let Some(found) = fs::read(&file).ok().and_then(|bytes| decoded(&bytes)) {
            self.cells.found.fetch_add(1, Ordering::Relaxed);
            return Ok(found);
        }
        let made = make()?;
        let write = || {
            let cell = postcard::to_stdvec(&made).ok()?;
            make_folder(folder).ok()?;
            let sum = Sha256::digest(&cell);
            write_whole(&file, |out| {
                out.write_all(&sum)?;
                out.write_all(&cell)
            })
            .ok()
        };
        if write().is_some() {
            self.cells.kept.fetch_add(1, Ordering::Relaxed);
        }
        Ok(made)
    }
}

fn decoded<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let (sum, cell) = bytes.split_at_checked(HASH)?;
    (*Sha256::digest(cell) == *sum)
        .then(|| postcard::from_bytes(cell).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::{Content, Email, Label};
    use crate::dataset::{CorpusBuilder, CorpusOptions};
    use crate::tokenize::Recipe;
    use std::convert::Infallible;

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
            let make = || -> Result<Vec<f64>, Infallible> {
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
        let cells = Cells::in_folder(place.clone());
        cells.remove();
        assert!(!place.exists());
    }
}
