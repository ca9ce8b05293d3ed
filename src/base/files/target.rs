//! What stands where something is to be written.

use super::leftovers::file_in;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The path that means standard input or output.
pub const STANDARD: &str = "-";
/// Paths that mean standard output.
const STANDARD_OUTPUT: [&str; 4] = [STANDARD, "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
/// Links that are followed one after another before they are taken for a circle, as Linux does.
const MOST_LINKS: usize = 40;

/// How something is written to a path.
#[derive(Debug)]
pub enum Target {
    /// To standard output.
    StandardOutput,
    /// To a device or a pipe, as it comes.
    Stream(PathBuf),
    /// To a file that takes the place of what is there, if anything is.
    File {
        /// Where all links lead to.
        path: PathBuf,
        /// The file that is replaced.
        old: Option<Metadata>,
    },
}

impl Target {
    /// What stands at a path.
    pub fn of(path: &Path) -> io::Result<Target> {
        if is_standard_output(path) {
            return Ok(Target::StandardOutput);
        }
        let old = match fs::metadata(path) {
            Ok(old) => Some(old),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        match old {
            Some(old) if old.is_dir() => Err(ErrorKind::IsADirectory.into()),
            Some(old) if is_stream(&old) => Ok(Target::Stream(path.to_owned())),
            Some(old) if !old.is_file() => Err(io::Error::other("it is no file")),
            old => {
                let end = end_of_links(path)?;
                // What is open already is written on, not replaced.
                if old.is_some() && is_of_process(&end) {
                    return Ok(Target::Stream(path.to_owned()));
                }
                Ok(Target::File { path: end, old })
            }
        }
    }
}

/// Whether what is written to a path becomes a file, and does not go to a device or a pipe.
pub fn becomes_file(path: &Path) -> bool {
    matches!(Target::of(path), Ok(Target::File { .. }))
}

/// Whether a path means standard output.
pub fn is_standard_output(path: &Path) -> bool {
    STANDARD_OUTPUT.iter().any(|name| path == Path::new(name))
}

/// Where links lead to, by hand: the last may lead to what is not there yet.
pub fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        if let (Ok(folder), Some(name)) = (folder_of(&path).canonicalize(), path.file_name()) {
            path = folder.join(name);
        }
        match fs::read_link(&path) {
            Ok(next) if !is_of_process(&path) => path = folder_of(&path).join(next),
            _ => return Ok(path),
        }
    }
    Err(io::Error::other("too many links"))
}

/// Whether a path leads to what a process has open, as `/dev/stdout` does.
fn is_of_process(path: &Path) -> bool {
    path.starts_with("/proc")
}

#[cfg(unix)]
fn is_stream(about: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    about.file_type().is_char_device() || about.file_type().is_fifo()
}

#[cfg(not(unix))]
fn is_stream(_: &Metadata) -> bool {
    false
}

/// The folder that a path is in.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A stream opened for writing; what it holds stays.
pub fn open_stream(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).open(path)
}

/// Fails unless a file can be written at `path`, which is tried out and leaves nothing behind.
/// Asked before long work whose result goes there.
pub fn check_target(path: &Path) -> io::Result<()> {
    match Target::of(path)? {
        // To open a pipe and close it again would end what its reader reads.
        Target::StandardOutput | Target::Stream(_) => Ok(()),
        Target::File { path, old } => {
            if old.is_some() {
                // A file that may not be written to is not replaced either.
                open_stream(&path)?;
            }
            file_in(folder_of(&path), 0o600).map(drop)
        }
    }
}

/// Whether two paths lead to the same file, by whatever names. What is not there yet is told by
/// its folder and name.
pub fn same_file(a: &Path, b: &Path) -> bool {
    match (fs::metadata(a), fs::metadata(b)) {
        (Ok(of_a), Ok(of_b)) => {
            is_same(&of_a, &of_b) || full(a).is_some_and(|a| full(b) == Some(a))
        }
        (Err(_), Err(_)) => a == b || to_be(a).is_some_and(|a| to_be(b) == Some(a)),
        _ => false,
    }
}

fn full(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok()
}

fn to_be(path: &Path) -> Option<PathBuf> {
    let end = end_of_links(path).ok()?;
    Some(full(folder_of(&end))?.join(end.file_name()?))
}

#[cfg(unix)]
fn is_same(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    false
}
