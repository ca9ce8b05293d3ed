//! An open file, or the bytes of one, of which any place can be read, and the errors that name it.

use super::error::StoreError;
use crate::base::files;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An open file.
pub struct Opened {
    path: PathBuf,
    content: Content,
    length: u64,
}

/// What can be read of it.
enum Content {
    OnDisk(File),
    InMemory(Arc<[u8]>),
}

impl Opened {
    /// Opens a file.
    pub fn new(path: &Path) -> Result<Opened, StoreError> {
        let failed = |error| unreadable(path, &error);
        let file = File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        Ok(Opened {
            path: path.to_owned(),
            content: Content::OnDisk(file),
            length,
        })
    }

    /// The bytes of a file, which errors call `name`.
    pub fn in_memory(name: &Path, bytes: Arc<[u8]>) -> Opened {
        Opened {
            path: name.to_owned(),
            length: bytes.len() as u64,
            content: Content::InMemory(bytes),
        }
    }

    /// Path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes of the file when it was opened.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Fills `into` with the bytes from `at` on.
    pub fn fill(&self, at: u64, into: &mut [u8]) -> Result<(), StoreError> {
        let filled = match &self.content {
            Content::OnDisk(file) => fill(file, at, into),
            Content::InMemory(bytes) => copy(bytes, at, into),
        };
        filled.map_err(|error| unreadable(&self.path, &error))
    }

    /// The bytes of the section `name`. No more memory is taken than the file has bytes.
    pub fn bytes(&self, at: u64, length: u64, name: &str) -> Result<Vec<u8>, StoreError> {
        let end = at.checked_add(length).filter(|&end| end <= self.length);
        if end.is_none() {
            return Err(self.damaged(&format!("it ends before its section {name} does")));
        }
        let mut bytes = vec![0; length as usize];
        self.fill(at, &mut bytes)?;
        Ok(bytes)
    }

    /// The error for a file of which `what` is wrong.
    pub fn damaged(&self, what: &dyn std::fmt::Display) -> StoreError {
        StoreError::Damaged {
            file: self.path.clone(),
            what: what.to_string(),
        }
    }

    /// The error for a file without the section `name`.
    pub fn missing(&self, name: &str) -> StoreError {
        self.damaged(&format!("its section {name} is missing"))
    }
}

fn unreadable(path: &Path, error: &io::Error) -> StoreError {
    StoreError::Unreadable {
        file: path.to_owned(),
        why: files::reason(error),
    }
}

fn copy(bytes: &[u8], at: u64, into: &mut [u8]) -> io::Result<()> {
    let found = usize::try_from(at).ok().and_then(|at| bytes.get(at..));
    let found = found.and_then(|rest| rest.get(..into.len()));
    into.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
    Ok(())
}

#[cfg(unix)]
fn fill(file: &File, at: u64, into: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, into, at)
}

#[cfg(not(unix))]
fn fill(mut file: &File, at: u64, into: &mut [u8]) -> io::Result<()> {
    use std::io::{Read, Seek, SeekFrom};
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(into)
}
