//! Checkpoints: a file beside the one that is to be written, from which long fits go on where the
//! program was interrupted, to the same bits.
//!
//! It holds a key, which is a hash of all that the fits depend on, and one section for each fit
//! under way: its last state that was kept, and what was recorded until then. A fit that is done
//! stays in it as its last state, from which nothing is left to do. The clock decides only when it
//! is written. A file that is damaged or has another key is ignored, which is told.

use crate::base::files::{self, reason};
use crate::base::progress::Progress;
use crate::base::streams::hash_of_content;
use crate::dataset::TrainingSet;
use crate::model::file::{Container, StoreError, write_sections};
use crate::model::{LossPoint, ObjectivePoint};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A hash of all that the fits of a training depend on.
pub type TrainingKey = [u8; 32];

/// Version of what a checkpoint holds. To be raised when that changes, and when fits come to other
/// bits.
pub const CHECKPOINT_FORMAT: u32 = 1;

/// What the name of a checkpoint ends in.
const ENDING: &str = ".part";
/// How often a fit is kept.
const EVERY: Duration = Duration::from_mins(1);
/// Name of the section with the key.
const KEY: &str = "checkpoint";

/// A place for checkpoints.
#[derive(Debug)]
pub struct CheckpointFile {
    path: PathBuf,
    every: Duration,
    /// Whether what stands there is of the training under way.
    is_ours: AtomicBool,
}

impl CheckpointFile {
    /// The place of the checkpoints of what is to be written to `output`: beside it, with its name
    /// and `.part`. None if that goes to a device or a pipe.
    pub fn beside(output: &Path) -> Option<CheckpointFile> {
        let mut path = output.as_os_str().to_owned();
        path.push(ENDING);
        files::becomes_file(output).then(|| CheckpointFile::new(path.into(), EVERY))
    }

    /// A place where each fit is kept as often as this.
    pub fn new(path: PathBuf, every: Duration) -> CheckpointFile {
        CheckpointFile {
            path,
            every,
            is_ours: AtomicBool::new(false),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the training under way could go on from what stands there.
    pub fn is_kept(&self) -> bool {
        self.is_ours.load(Ordering::Relaxed)
    }

    /// Removes the checkpoint of the training under way, which has come to its end.
    pub fn remove(&self) {
        if self.is_ours.swap(false, Ordering::Relaxed) {
            // If it cannot be removed, it is only in the way.
            let _ = fs::remove_file(&self.path);
        }
    }

    /// The checkpoints of the training with this key: what is kept of it, or none yet.
    pub fn open<'a>(&'a self, key: TrainingKey, progress: &'a dyn Progress) -> Checkpoints<'a> {
        let path = self.path.display();
        let mut is_free = true;
        let mut sections = vec![(KEY.to_owned(), key.to_vec())];
        match Kept::all(&self.path) {
            Ok(Some((found, fits))) if found == key => {
                self.is_ours.store(true, Ordering::Relaxed);
                let names: Vec<String> = fits.iter().map(|(_, kept, _)| kept.to_string()).collect();
                progress.note(&format!("going on from {path}: {}", names.join(", ")));
                sections.extend(fits.into_iter().map(|(name, _, bytes)| (name, bytes)));
            }
            Ok(Some(_)) => progress.note(&format!(
                "{path} is a checkpoint of another training, with other mail, models or settings, \
                 or by another version: it is ignored"
            )),
            Ok(None) => {}
            Err(StoreError::Foreign(_)) => {
                is_free = false;
                progress.note(&format!(
                    "{path} is not a checkpoint: it stays, and none is written"
                ));
            }
            Err(error) => progress.note(&format!("{error}: it is ignored")),
        }
        Checkpoints {
            file: self,
            sections: Mutex::new(sections),
            is_free,
            was_told: AtomicBool::new(false),
            progress,
        }
    }
}

/// What is kept of one fit.
#[derive(Serialize, Deserialize)]
struct Kept {
    model: String,
    state: Vec<u8>,
    trace: Vec<ObjectivePoint>,
    losses: Vec<LossPoint>,
}

/// A model and how far its fit is.
impl std::fmt::Display for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.trace.len() {
            0 => write!(f, "{} in its first pass", self.model),
            1 => write!(f, "{} after one pass", self.model),
            passes => write!(f, "{} after {passes} passes", self.model),
        }
    }
}

/// The key of a checkpoint, and each fit by the name of its section, with the bytes of that.
type Found = (TrainingKey, Vec<(String, Kept, Vec<u8>)>);

impl Kept {
    /// All that is kept in a file; None if there is no such file.
    fn all(path: &Path) -> Result<Option<Found>, StoreError> {
        match fs::metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(StoreError::Unreadable {
                    file: path.to_owned(),
                    why: reason(&error),
                });
            }
            Ok(about) if !about.is_file() => return Err(StoreError::Foreign(path.to_owned())),
            Ok(_) => {}
        }
        let container = Container::open(path)?;
        let (keys, fits): (Vec<_>, Vec<_>) = container.names().partition(|&name| name == KEY);
        if keys.is_empty() {
            return Err(StoreError::Foreign(path.to_owned()));
        }
        let unreadable = || container.damaged(&"it cannot be read");
        let key = container.read(KEY)?.try_into().map_err(|_| unreadable())?;
        let fit = |name: &str| {
            let bytes = container.read(name)?;
            let kept = postcard::from_bytes(&bytes).map_err(|_| unreadable())?;
            Ok((name.to_owned(), kept, bytes))
        };
        let fits: Result<Vec<_>, StoreError> = fits.into_iter().map(fit).collect();
        Ok(Some((key, fits?)))
    }
}

/// The checkpoints of one training.
pub struct Checkpoints<'a> {
    file: &'a CheckpointFile,
    /// The key, and what is kept of each fit.
    sections: Mutex<Vec<(String, Vec<u8>)>>,
    /// Whether nothing of somebody else stands there.
    is_free: bool,
    /// Whether it was told that nothing can be written.
    was_told: AtomicBool,
    progress: &'a dyn Progress,
}

impl<'a> Checkpoints<'a> {
    /// Those of the fit of a model with these settings. None for a grid of several, whose fits are
    /// many and decide only among each other: they are repeated.
    pub(super) fn of_fit(
        &'a self,
        model: &'static str,
        grid: &[Value],
        data: &TrainingSet<'_>,
    ) -> Option<FitCheckpoints<'a>> {
        let [settings] = grid else { return None };
        let fit = json!([model, settings, data.seed(), data.rows().numbers()]);
        Some(FitCheckpoints {
            all: self,
            model,
            name: format!("{:016x}", hash_of_content(fit.to_string().bytes())),
            since: Instant::now(),
        })
    }

    fn sections(&self) -> MutexGuard<'_, Vec<(String, Vec<u8>)>> {
        self.sections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes everything, with this in place of what was kept of the fit before.
    fn write(&self, name: &str, bytes: Vec<u8>) {
        let mut sections = self.sections();
        sections.retain(|(other, _)| other != name);
        sections.push((name.to_owned(), bytes));
        match write_sections(&self.file.path, &sections) {
            Ok(()) => self.file.is_ours.store(true, Ordering::Relaxed),
            Err(error) => {
                if !self.was_told.swap(true, Ordering::Relaxed) {
                    let what = "training goes on, and if it is interrupted, begins at an older \
                                checkpoint or anew";
                    self.progress.note(&format!("{error}; {what}"));
                }
            }
        }
    }
}

/// The checkpoints of one fit.
pub(super) struct FitCheckpoints<'a> {
    all: &'a Checkpoints<'a>,
    model: &'static str,
    /// Name of its section.
    name: String,
    /// When it was last kept, or began.
    since: Instant,
}

impl FitCheckpoints<'_> {
    /// What was kept of the fit: its state, and what was recorded.
    pub fn resume(&self) -> Option<(Vec<u8>, Vec<ObjectivePoint>, Vec<LossPoint>)> {
        let sections = self.all.sections();
        let (_, bytes) = sections.iter().find(|(name, _)| *name == self.name)?;
        let kept: Kept = postcard::from_bytes(bytes).ok()?;
        Some((kept.state, kept.trace, kept.losses))
    }

    /// Keeps the fit if that was long ago.
    pub fn keep(
        &mut self,
        state: &dyn Fn() -> Vec<u8>,
        trace: &[ObjectivePoint],
        losses: &[LossPoint],
    ) {
        if self.since.elapsed() < self.all.file.every || !self.all.is_free {
            return;
        }
        let kept = Kept {
            model: self.model.to_owned(),
            state: state(),
            trace: trace.to_vec(),
            losses: losses.to_vec(),
        };
        // Writing to memory cannot fail.
        if let Ok(bytes) = postcard::to_stdvec(&kept) {
            self.all.write(&self.name, bytes);
        }
        self.since = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{CorpusBuilder, CorpusOptions, CsrMatrix, Ragged, Rows};
    use crate::tokenize::Recipe;
    use tempfile::TempDir;

    /// Remembers what it is told.
    #[derive(Default)]
    struct Notes(Mutex<Vec<String>>);

    impl Progress for Notes {
        fn begin(&self, _: &str, _: u64) {}
        fn advance(&self, _: u64) {}
        fn note(&self, note: &str) {
            self.0.lock().unwrap().push(note.to_owned());
        }
    }

    impl Notes {
        /// What was told since it was last asked, if no more than one thing was.
        fn told(&self) -> String {
            let told = std::mem::take(&mut *self.0.lock().unwrap());
            assert!(told.len() <= 1, "{told:?}");
            told.concat()
        }
    }

    const KEY: TrainingKey = [7; 32];

    /// Opens the checkpoints at a path and does something with those of one fit.
    fn with_fit<T>(
        path: &Path,
        key: TrainingKey,
        notes: &Notes,
        what: impl FnOnce(&CheckpointFile, &mut FitCheckpoints<'_>) -> T,
    ) -> T {
        let corpus = CorpusBuilder::new(&Recipe::default(), CorpusOptions::default()).finish();
        let rows = Rows::new(&corpus, vec![], CsrMatrix::new(0), Ragged::default());
        let data = TrainingSet::new(&rows, 1);
        let file = CheckpointFile::new(path.to_owned(), Duration::ZERO);
        let all = file.open(key, notes);
        let mut fit = all.of_fit("vae", &[json!({})], &data).unwrap();
        what(&file, &mut fit)
    }

    fn place() -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.part");
        (folder, path)
    }

    /// The state that is found in a file, and what is told of it.
    fn found(path: &Path, key: TrainingKey) -> (Option<Vec<u8>>, String) {
        let notes = Notes::default();
        let resumed = with_fit(path, key, &notes, |_, fit| fit.resume());
        (resumed.map(|(state, ..)| state), notes.told())
    }

    const POINT: ObjectivePoint = ObjectivePoint {
        pass: 1.0,
        objective: 0.1,
        gap: None,
        held_out: Some(0.3),
    };

    #[test]
    fn what_was_kept_last_comes_back_until_it_is_removed() {
        let (_folder, path) = place();
        let notes = Notes::default();
        with_fit(&path, KEY, &notes, |file, fit| {
            assert!(fit.resume().is_none() && !file.is_kept());
            fit.keep(&|| vec![1; 9], &[], &[]);
            fit.keep(&|| vec![2; 9_999], &[POINT], &[]);
            assert!(file.is_kept());
        });
        assert_eq!(notes.told(), "");
        with_fit(&path, KEY, &notes, |file, fit| {
            let (state, trace, losses) = fit.resume().unwrap();
            assert_eq!(
                (state, trace, losses),
                (vec![2; 9_999], vec![POINT], vec![])
            );
            file.remove();
        });
        let told = notes.told();
        assert!(told.ends_with("a.part: vae after one pass"), "{told}");
        assert!(!path.exists());
        assert_eq!(found(&path, KEY), (None, String::new()));
    }

    #[test]
    fn a_fit_is_not_kept_before_its_time() {
        let (_folder, path) = place();
        let file = CheckpointFile::new(path.clone(), Duration::from_hours(1));
        let notes = Notes::default();
        let corpus = CorpusBuilder::new(&Recipe::default(), CorpusOptions::default()).finish();
        let rows = Rows::new(&corpus, vec![], CsrMatrix::new(0), Ragged::default());
        let data = TrainingSet::new(&rows, 1);
        let all = file.open(KEY, &notes);
        let mut fit = all.of_fit("vae", &[json!({})], &data).unwrap();
        fit.keep(&|| panic!("nothing is to be kept"), &[], &[]);
        assert!(!path.exists() && !file.is_kept());
        assert!(all.of_fit("vae", &[json!({}), json!({})], &data).is_none());
    }

    #[test]
    fn another_key_and_damage_anywhere_are_told_and_never_believed() {
        let (_folder, path) = place();
        with_fit(&path, KEY, &Notes::default(), |_, fit| {
            fit.keep(&|| vec![3; 9_999], &[], &[]);
        });
        let (state, told) = found(&path, [8; 32]);
        assert!(
            state.is_none() && told.contains("another training"),
            "{told}"
        );
        let whole = fs::read(&path).unwrap();
        for at in (0..whole.len()).step_by(97) {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            fs::write(&path, changed).unwrap();
            let (state, told) = found(&path, KEY);
            assert!(state.is_none() && told.contains("a.part"), "{at}: {told}");
            fs::write(&path, &whole[..at]).unwrap();
            let (state, told) = found(&path, KEY);
            assert!(
                state.is_none() && told.contains("a.part"),
                "cut at {at}: {told}"
            );
        }
    }

    #[test]
    fn a_file_that_is_no_checkpoint_stays() {
        let (_folder, path) = place();
        for other in ["", "mine"] {
            fs::write(&path, other).unwrap();
            let notes = Notes::default();
            with_fit(&path, KEY, &notes, |file, fit| {
                fit.keep(&|| vec![1], &[], &[]);
                assert!(!file.is_kept());
                file.remove();
            });
            let told = notes.told();
            assert!(told.contains("is not a checkpoint: it stays"), "{told}");
            assert_eq!(fs::read_to_string(&path).unwrap(), other);
        }
    }

    #[test]
    fn a_checkpoint_that_cannot_be_written_is_told_once_and_the_old_one_stays() {
        let (folder, path) = place();
        let notes = Notes::default();
        with_fit(&path, KEY, &notes, |_, fit| {
            fit.keep(&|| vec![1], &[], &[]);
            // Where the folder was, nothing can be written.
            let elsewhere = folder.path().with_extension("elsewhere");
            fs::rename(folder.path(), &elsewhere).unwrap();
            fit.keep(&|| vec![2], &[], &[]);
            fit.keep(&|| vec![3], &[], &[]);
            fs::rename(&elsewhere, folder.path()).unwrap();
        });
        let told = notes.told();
        assert!(
            told.contains("cannot be written: ") && told.contains("training goes on"),
            "{told}"
        );
        assert_eq!(found(&path, KEY).0, Some(vec![1]));
        #[cfg(target_os = "linux")]
        {
            let file = CheckpointFile::new("/dev/full".into(), Duration::ZERO);
            let all = Checkpoints {
                file: &file,
                sections: Mutex::default(),
                is_free: true,
                was_told: AtomicBool::new(false),
                progress: &notes,
            };
            all.write("fit", vec![1]);
            let told = notes.told();
            assert!(
                told.contains("the disk is full; training goes on"),
                "{told}"
            );
        }
    }
}
