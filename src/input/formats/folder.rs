//! Folders of mail: single messages, Maildir, and files of any other format, at any depth, read in
//! the order of their names. The caller passes the function that detects the format of each file.
//!
//! The names of a file and of the folders above it give the class of its messages; the innermost
//! name that says anything counts.

use super::format::{Entry, MailReader, OpenFormat};
use crate::base::mail::Label;
use crate::input::account::Reason;
use crate::input::error::InputError;
use crate::input::labels;
use crate::input::options::Options;
use crate::input::unpack::{Meter, Named, is_hidden, streams};
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};

/// Reads all files below a folder.
pub(crate) struct Folder {
    files: VecDeque<PathBuf>,
    /// Readers of the file being read: one, or several for a file that packs several.
    readers: VecDeque<Box<dyn MailReader>>,
    /// Detects the format of a file and opens it.
    detect: OpenFormat,
    options: Options,
    meter: Meter,
    described: String,
}

/// Total size of the files in bytes, for a progress bar.
pub(crate) fn size(files: &[PathBuf]) -> u64 {
    files
        .iter()
        .filter_map(|file| file.metadata().ok())
        .map(|about| about.len())
        .sum()
}

/// All files below `path`, in the order of their names. Links to folders are not followed, so that
/// the walk ends.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>, InputError> {
    let mut found = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let failed =
            |source: io::Error| InputError::from_io(&folder.display().to_string(), 0, source);
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let (path, kind) = (entry.path(), entry.file_type().map_err(failed)?);
            let name = entry.file_name().to_string_lossy().into_owned();
            if kind.is_dir() {
                // A Maildir's `tmp` holds what is being delivered.
                let being_delivered = name == "tmp" && folder.join("cur").is_dir();
                if !being_delivered && name != ".git" && name != "__MACOSX" {
                    folders.push(path);
                }
            } else if !is_hidden(&name) && (kind.is_file() || path.is_file()) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

impl Folder {
    pub fn open(
        path: &Path,
        files: Vec<PathBuf>,
        options: &Options,
        meter: &Meter,
        detect: OpenFormat,
    ) -> Result<Folder, InputError> {
        if files.is_empty() {
            let file = path.display().to_string();
            return Err(InputError::Empty { file });
        }
        let (ham, spam) = files.iter().fold((0, 0), |(ham, spam), file| {
            match labels::of_path(&file.display().to_string()) {
                Some(Label::Ham) => (ham + 1, spam),
                Some(Label::Spam) => (ham, spam + 1),
                None => (ham, spam),
            }
        });
        let described = format!(
            "a folder of {} files, {spam} of them spam and {ham} ham by the names of files and \
             folders",
            files.len()
        );
        let (options, meter) = (options.clone(), meter.clone());
        Ok(Folder {
            files: files.into(),
            readers: VecDeque::new(),
            detect,
            options,
            meter,
            described,
        })
    }
}

impl MailReader for Folder {
    fn next(&mut self) -> Result<Option<Entry>, InputError> {
        loop {
            if let Some(reader) = self.readers.front_mut() {
                if let Some(entry) = reader.next()? {
                    return Ok(Some(entry));
                }
                self.readers.pop_front();
                continue;
            }
            let Some(path) = self.files.pop_front() else {
                return Ok(None);
            };
            let name = path.display().to_string();
            let open = |named| {
                let among_others = Named {
                    among_others: true,
                    ..named
                };
                (self.detect)(among_others, &self.options)
            };
            let readers = streams(&path, &name, &self.meter)
                .and_then(|streams| streams.into_iter().map(open).collect());
            match readers {
                Ok(readers) => self.readers = readers,
                // A file that is not mail is rejected like a message that cannot be used, since
                // there are others.
                Err(error) => {
                    let reason = Reason::Unreadable(error.to_string());
                    return Ok(Some(Entry::Rejected {
                        line: 1,
                        reason,
                        row: name.into_bytes(),
                    }));
                }
            }
        }
    }

    fn described(&self) -> String {
        self.described.clone()
    }
}
