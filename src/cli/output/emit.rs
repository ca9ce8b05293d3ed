//! Writes results to standard output as text or JSON, or to a file that is written whole or not at
//! all.
//!
//! Every failure is one sentence. A file that cannot be created is bad usage (exit code
//! 2), since another name fixes it. A write that fails later, on a full disk for instance, is a
//! failure of the work (exit code 1).

use crate::base::files::{self, Unfinished, is_standard_output};
use crate::base::shown::shown_text;
use crate::cli::screen;
use crate::cli::usage;
use serde::Serialize;
use std::io::{self, Write, stderr, stdout};
use std::path::Path;

/// Where a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On standard output.
    Stdout,
    /// On standard error, since a file that the user wants goes to standard output.
    Stderr,
}

impl Place {
    /// The place of a result beside the file that an option names.
    pub fn beside(file: Option<&Path>) -> Place {
        if file.is_some_and(is_standard_output) {
            Place::Stderr
        } else {
            Place::Stdout
        }
    }

    /// Prints bytes as they are.
    pub fn bytes(self, bytes: &[u8]) -> anyhow::Result<()> {
        match self {
            Place::Stdout => stdout().write_all(bytes)?,
            // Nobody may listen there.
            Place::Stderr => drop(stderr().write_all(bytes)),
        }
        Ok(())
    }

    /// Prints a result: as a JSON document if the user wants one, else as text.
    pub fn result<J: Serialize>(
        self,
        wants_json: bool,
        as_json: impl FnOnce() -> J,
        as_text: impl FnOnce() -> String,
    ) -> anyhow::Result<()> {
        self.painted(wants_json, as_json, || shown_text(&as_text()))
    }

    /// The same for a text that has colours and nothing else that a terminal obeys.
    pub fn painted<J: Serialize>(
        self,
        wants_json: bool,
        as_json: impl FnOnce() -> J,
        as_text: impl FnOnce() -> String,
    ) -> anyhow::Result<()> {
        let text = if wants_json {
            screen::json(serde_json::to_string_pretty(&as_json())?) + "\n"
        } else {
            as_text()
        };
        self.bytes(text.as_bytes())
    }
}

/// Prints bytes as they are.
pub fn bytes(bytes: &[u8]) -> anyhow::Result<()> {
    Place::Stdout.bytes(bytes)
}

/// Prints a result: as a JSON document if the user wants one, else as text.
pub fn result<J: Serialize>(
    wants_json: bool,
    as_json: impl FnOnce() -> J,
    as_text: impl FnOnce() -> String,
) -> anyhow::Result<()> {
    Place::Stdout.result(wants_json, as_json, as_text)
}

/// Writes JSON objects as they come, each on a line of its own, so that none but the first is held
/// in memory: as a stream, or as one document, which is the object itself if there is only one and
/// an array otherwise.
pub struct JsonWriter {
    is_stream: bool,
    /// The first object of a document, until a second one shows that an array is needed.
    first: Option<String>,
    /// Number of objects so far.
    count: usize,
}

impl JsonWriter {
    /// Writes one JSON document.
    pub fn document() -> JsonWriter {
        JsonWriter {
            is_stream: false,
            first: None,
            count: 0,
        }
    }

    /// Writes one JSON object per line.
    pub fn stream() -> JsonWriter {
        JsonWriter {
            is_stream: true,
            ..JsonWriter::document()
        }
    }

    /// Writes the next object to `out`.
    pub fn push(&mut self, object: &impl Serialize, out: &mut dyn Write) -> anyhow::Result<()> {
        let object = screen::json(serde_json::to_string(object)?);
        self.count += 1;
        if self.is_stream {
            return Ok(writeln!(out, "{object}")?);
        }
        if self.count == 1 {
            self.first = Some(object);
            return Ok(());
        }
        if let Some(first) = self.first.take() {
            write!(out, "[\n{first}")?;
        }
        Ok(write!(out, ",\n{object}")?)
    }

    /// Ends the document. To be called once, after the last object.
    pub fn finish(self, out: &mut dyn Write) -> anyhow::Result<()> {
        match (self.is_stream, self.first, self.count) {
            (true, ..) => {}
            (_, Some(only), _) => writeln!(out, "{only}")?,
            (_, None, 0) => writeln!(out, "[]")?,
            (_, None, _) => writeln!(out, "\n]")?,
        }
        Ok(())
    }
}

/// Writes a file by `write`, which gets a buffered writer.
pub fn file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> anyhow::Result<()> {
    let failed = |error: &io::Error| {
        let reason = files::reason(error);
        format!("{} cannot be written: {reason}", path.display())
    };
    let mut file = Unfinished::create(path).map_err(|error| usage(failed(&error)))?;
    let written = write(&mut file).and_then(|()| file.finish());
    written.map_err(|error| anyhow::anyhow!(failed(&error)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Usage;

    fn written(mut writer: JsonWriter, objects: &[u8]) -> String {
        let mut out = Vec::new();
        for object in objects {
            writer.push(object, &mut out).unwrap();
        }
        writer.finish(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_document_is_the_only_object_or_an_array_and_a_stream_has_a_line_per_object() {
        for (objects, document, stream) in [
            (&[][..], "[]\n", ""),
            (&[7], "7\n", "7\n"),
            (&[7, 8, 9], "[\n7,\n8,\n9\n]\n", "7\n8\n9\n"),
        ] {
            assert_eq!(written(JsonWriter::document(), objects), document);
            assert_eq!(written(JsonWriter::stream(), objects), stream);
        }
    }

    #[test]
    fn a_target_that_cannot_be_made_is_bad_usage_and_a_write_that_breaks_off_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("found.txt");
        let absent = folder.path().join("absent/found.txt");
        let unmade = file(&absent, |_| Ok(())).unwrap_err();
        let taken = file(folder.path(), |_| Ok(())).unwrap_err();
        std::fs::write(&target, "old").unwrap();
        for error in [unmade, taken] {
            assert!(error.is::<Usage>() && error.to_string().contains(" cannot be "));
        }
        let full = |_: &mut dyn Write| Err(io::ErrorKind::StorageFull.into());
        let broken = file(&target, full).unwrap_err();
        let said = format!("{} cannot be written: the disk is full", target.display());
        assert!(!broken.is::<Usage>() && broken.to_string() == said);
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "old");
    }
}
