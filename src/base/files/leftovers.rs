//! Names for what is not finished, and what becomes of it if the program does not come to its end.
//!
//! Whoever writes holds a lock on what it writes, which the system gives back when the program
//! ends, whatever ends it. So what bears such a name and is not locked was left behind, and goes.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::{Builder, TempPath};

const PREFIX: &str = ".spamlab-";
const SUFFIX: &str = ".part";
/// Random letters between the two.
const LETTERS: usize = 8;
/// How often another name is tried, if another program takes what was just made for a leftover.
const TRIES: usize = 16;

/// What is under way and has not taken its place yet.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes what is under way: for the end of a program that is interrupted.
pub fn discard_unfinished() {
    for path in unfinished().drain(..) {
        // It may just have taken its place; then there is nothing to remove.
        remove(&path);
    }
}

/// What is removed with its owner unless it has taken its place.
pub struct Registered {
    path: PathBuf,
    /// The lock on it, for as long as it is under way.
    _lock: Option<File>,
}

impl Registered {
    fn new(path: &Path, lock: Option<File>) -> Registered {
        unfinished().push(path.to_owned());
        Registered {
            path: path.to_owned(),
            _lock: lock,
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        unfinished().retain(|path| *path != self.path);
        remove(&self.path);
    }
}

/// A new file in a folder, with the permissions of any new file but none beyond `mode`.
pub fn file_in(folder: &Path, mode: u32) -> io::Result<(File, Registered)> {
    clean(folder);
    for _ in 0..TRIES {
        let made = builder(mode).tempfile_in(folder).map_err(without_name)?;
        let (file, path) = made.into_parts();
        // A file system without locks has no leftovers taken away either.
        let _ = file.lock();
        if path.exists() {
            let registered = Registered::new(&path, None);
            keep(path)?;
            return Ok((file, registered));
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// A new folder in a folder, with the permissions of any new folder but none beyond `mode`.
pub fn folder_in(folder: &Path, mode: u32) -> io::Result<Registered> {
    clean(folder);
    for _ in 0..TRIES {
        let made = builder(mode).tempdir_in(folder).map_err(without_name)?;
        let lock = File::open(made.path()).ok();
        let _ = lock.as_ref().map(File::lock);
        if made.path().exists() {
            return Ok(Registered::new(&made.keep(), lock));
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn keep(path: TempPath) -> io::Result<()> {
    path.keep().map(drop).map_err(|error| error.error)
}

#[cfg_attr(not(unix), expect(unused_variables, reason = "only Unix has modes"))]
fn builder(mode: u32) -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX).rand_bytes(LETTERS);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    builder
}

/// The error without the name of the temporary file, which tells a user nothing.
fn without_name(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::Other => error,
        kind => kind.into(),
    }
}

/// Removes what killed programs left in a folder.
fn clean(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries
        .flatten()
        .filter(|entry| is_temporary(&entry.file_name()))
    {
        let path = entry.path();
        let Ok(found) = File::open(&path) else {
            continue;
        };
        match found.try_lock() {
            Ok(()) => remove(&path),
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => {}
        }
    }
}

fn is_temporary(name: &OsStr) -> bool {
    let name = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
    name.and_then(|name| name.strip_suffix(SUFFIX))
        .is_some_and(|letters| {
            letters.len() == LETTERS && letters.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

fn remove(path: &Path) {
    // Whatever cannot be removed stays; nobody waits for it.
    let _ = fs::remove_file(path).or_else(|_| fs::remove_dir_all(path));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_a_killed_program_left_goes_and_what_is_under_way_or_not_ours_stays() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        // Nobody holds a lock on these.
        fs::write(at(".spamlab-Ab3dEf7h.part"), "half").unwrap();
        fs::create_dir(at(".spamlab-00000000.part")).unwrap();
        fs::write(at(".spamlab-00000000.part/experiment.json"), "half").unwrap();
        for name in [".spamlab-notes", ".spamlab-a-b-c-d-.part", "x.part"] {
            fs::write(at(name), "mine").unwrap();
        }
        let (_file, first) = file_in(home.path(), 0o666).unwrap();
        let second = folder_in(home.path(), 0o777).unwrap();
        let third = file_in(home.path(), 0o666).unwrap();
        assert!(first.path().exists() && second.path().exists());
        assert_eq!(names(home.path()).len(), 6);
        drop((first, second, third));
        let left = [".spamlab-a-b-c-d-.part", ".spamlab-notes", "x.part"];
        assert_eq!(names(home.path()), left);
    }
}
