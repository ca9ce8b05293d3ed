//! Files are written whole or not at all: into a temporary file beside the target, which then takes
//! its name. What is unfinished when the program is interrupted is removed by
//! [`discard_unfinished`].

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Temporary files that have not taken their name yet.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes `path` by `write`, which gets a buffered writer. On any error the old file, if there was
/// one, stays as it was.
pub fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = Unfinished::create(path)?;
    write(&mut file)?;
    file.finish()
}

/// A file that is being written and takes its name when it is whole; dropped before, it leaves
/// nothing behind.
pub struct Unfinished {
    buffered: io::BufWriter<tempfile::NamedTempFile>,
    target: PathBuf,
}

impl Unfinished {
    /// Begins a file that is to be `path`.
    pub fn create(path: &Path) -> io::Result<Unfinished> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let temporary = tempfile::Builder::new()
            .prefix(".spamlab-")
            .tempfile_in(folder)?;
        unfinished().push(temporary.path().to_owned());
        Ok(Unfinished {
            buffered: io::BufWriter::new(temporary),
            target: path.to_owned(),
        })
    }

    /// Gives the file its name; it is whole then.
    pub fn finish(self) -> io::Result<()> {
        let temporary = self
            .buffered
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        make_readable(temporary.as_file())?;
        let name = temporary.path().to_owned();
        temporary
            .persist(&self.target)
            .map_err(|error| error.error)?;
        unfinished().retain(|path| *path != name);
        Ok(())
    }
}

impl Write for Unfinished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffered.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.buffered.flush()
    }
}

/// Temporary files are born readable by their owner only; what takes a name gets the permissions of
/// any new file.
#[cfg(unix)]
fn make_readable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &fs::File) -> io::Result<()> {
    Ok(())
}

/// What the file system said, as the middle of a sentence and without the name of any temporary
/// file.
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        _ => error.to_string(),
    }
}

/// Whether a file can be made at `path`, as far as that can be told without making it: its folder
/// must be there and the name not taken by a folder. Asked before long work whose result goes
/// there.
pub fn check_target(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => fs::metadata(folder).map(|_| ()),
        _ => Ok(()),
    }
}

/// Removes the temporary files of writes under way: for the end of a program that is interrupted.
pub fn discard_unfinished() {
    for path in unfinished().drain(..) {
        // It may just have taken its name; then there is nothing to remove.
        let _ = fs::remove_file(path);
    }
}

/// Lower-case hexadecimal digits of some bytes: how sums of files are written.
pub fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |four: u8| char::from(b"0123456789abcdef"[usize::from(four)]);
    bytes
        .iter()
        .flat_map(|&byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write_whole(&path, |out| out.write_all(b"old")).unwrap();
        let failed = write_whole(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("no more"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
