//! Where results go: to standard output as text or JSON, or into a file that is written whole or
//! not at all.
//!
//! Every failure is one sentence. A file or folder that cannot be made is bad usage (exit code 2),
//! for a better name mends it; a write that breaks off later, on a full disk for instance, is a
//! failure of the work (exit code 1).

use crate::base::files::{self, Unfinished};
use crate::cli::usage;
use serde::Serialize;
use std::io::{self, Write, stdout};
use std::path::Path;

/// Prints bytes.
pub fn bytes(bytes: &[u8]) -> anyhow::Result<()> {
    Ok(stdout().write_all(bytes)?)
}

/// Prints a text.
pub fn text(text: &str) -> anyhow::Result<()> {
    bytes(text.as_bytes())
}

/// Prints a JSON document.
pub fn json(document: &impl Serialize) -> anyhow::Result<()> {
    text(&(serde_json::to_string_pretty(document)? + "\n"))
}

/// Prints a result: as a JSON document if the user wants one, else as text.
pub fn result<J: Serialize>(
    wants_json: bool,
    as_json: impl FnOnce() -> J,
    as_text: impl FnOnce() -> String,
) -> anyhow::Result<()> {
    if wants_json {
        json(&as_json())
    } else {
        text(&as_text())
    }
}

/// Writes one line of a stream of JSON objects.
pub fn json_line(out: &mut dyn Write, object: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *out, object)?;
    Ok(out.write_all(b"\n")?)
}

/// Writes a file by `write`, which gets a buffered writer.
pub fn file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> anyhow::Result<()> {
    check_target(Some(path))?;
    let failed = |error: &io::Error| {
        let reason = files::reason(error);
        format!("{} cannot be written: {reason}", path.display())
    };
    let mut file = Unfinished::create(path).map_err(|error| usage(failed(&error)))?;
    let written = write(&mut file).and_then(|()| file.finish());
    written.map_err(|error| anyhow::anyhow!(failed(&error)))
}

/// Fails if the file that an option names cannot be made. To be asked before long work.
pub fn check_target(path: Option<&Path>) -> anyhow::Result<()> {
    let Some(path) = path else { return Ok(()) };
    files::check_target(path).map_err(|error| {
        let reason = files::reason(&error);
        usage(format!("{} cannot be written: {reason}", path.display()))
    })
}

/// Makes a folder, and those above it, unless it is there. To be called before long work.
pub fn make_folder(path: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(path).map_err(|error| {
        let reason = files::reason(&error);
        usage(format!("{} cannot be made: {reason}", path.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Usage;

    #[test]
    fn a_target_that_cannot_be_made_is_bad_usage_and_a_write_that_breaks_off_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("found.txt");
        let absent = folder.path().join("absent/found.txt");
        let unmade = file(&absent, |_| Ok(())).unwrap_err();
        let taken = file(folder.path(), |_| Ok(())).unwrap_err();
        let under_a_file = {
            std::fs::write(&target, "old").unwrap();
            make_folder(&target.join("new")).unwrap_err()
        };
        for error in [unmade, taken, under_a_file] {
            assert!(error.is::<Usage>() && error.to_string().contains(" cannot be "));
        }
        let full = |_: &mut dyn Write| Err(io::ErrorKind::StorageFull.into());
        let broken = file(&target, full).unwrap_err();
        let said = format!("{} cannot be written: the disk is full", target.display());
        assert!(!broken.is::<Usage>() && broken.to_string() == said);
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "old");
    }
}
