//! Folders of mail: messages in files of their own, Maildir, and other piles inside, at any depth
//! and in the order of their names.
//!
//! The class of a message is what the names of its file and of the folders above it say, the
//! innermost first.

use super::{Detected, MailFormat, detect};
use crate::base::mail::{Content, Email, Label};
use crate::input::unpack::{Meter, Named, is_hidden, streams};
use crate::input::{InputError, LARGEST_MESSAGE, Options, Reason, labels};
use std::collections::VecDeque;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// All files below a folder.
pub(crate) struct Folder {
    files: VecDeque<PathBuf>,
    piles: VecDeque<Box<dyn MailFormat>>,
    options: Options,
    meter: Meter,
    found: usize,
    described: String,
}

/// Bytes of all files below `path`, for a progress bar.
pub(crate) fn size(files: &[PathBuf]) -> u64 {
    files
        .iter()
        .filter_map(|file| file.metadata().ok())
        .map(|about| about.len())
        .sum()
}

/// Files below `path`, in the order of their names. Links to folders are not followed, so that the
/// walk ends.
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
    ) -> Result<Folder, InputError> {
        let file = path.display().to_string();
        if files.is_empty() {
            return Err(InputError::Empty {
                file,
                expected: "a folder of messages",
            });
        }
        let (ham, spam) = files.iter().fold((0, 0), |(ham, spam), file| {
            match labels::of_path(&file.display().to_string()) {
                Some(Label::Ham) => (ham + 1, spam),
                Some(Label::Spam) => (ham, spam + 1),
                None => (ham, spam),
            }
        });
        let described = format!(
            "a folder of {} files, {spam} of them spam and {ham} ham by the names of files and folders",
            files.len()
        );
        let (options, meter) = (options.clone(), meter.clone());
        Ok(Folder {
            files: files.into(),
            piles: VecDeque::new(),
            options,
            meter,
            found: 0,
            described,
        })
    }
}

impl MailFormat for Folder {
    fn next(&mut self) -> Result<Option<Detected>, InputError> {
        loop {
            if let Some(pile) = self.piles.front_mut() {
                if let Some(found) = pile.next()? {
                    self.found += 1;
                    return Ok(Some(found));
                }
                self.piles.pop_front();
                continue;
            }
            let Some(path) = self.files.pop_front() else {
                return Ok(None);
            };
            let name = path.display().to_string();
            let piles = streams(&path, &name, &self.meter).and_then(|streams| {
                streams
                    .into_iter()
                    .map(|named| detect(named, &self.options, true))
                    .collect::<Result<VecDeque<_>, _>>()
            });
            match piles {
                Ok(piles) => self.piles = piles,
                // One file among many that is no mail is a message that cannot be used.
                Err(error) => {
                    let reason = Reason::Unreadable(error.to_string());
                    return Ok(Some(Detected::RejectedRow {
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

/// One message that is a file of its own.
pub(crate) struct Single {
    message: Option<Named>,
    label: Option<Label>,
    /// Whether it is one file among others, which can do without it.
    among_others: bool,
}

impl Single {
    pub fn new(named: Named, label: Option<Label>, among_others: bool) -> Single {
        Single {
            message: Some(named),
            label,
            among_others,
        }
    }
}

impl MailFormat for Single {
    fn next(&mut self) -> Result<Option<Detected>, InputError> {
        let Some(Named { name, stream }) = self.message.take() else {
            return Ok(None);
        };
        let mut message = Vec::new();
        let mut bounded = stream.take(LARGEST_MESSAGE as u64 + 1);
        bounded
            .read_to_end(&mut message)
            .map_err(|source| InputError::from_io(&name, 0, source))?;
        let reason = match message.len() {
            0 if !self.among_others => {
                return Err(InputError::Empty {
                    file: name,
                    expected: "a message",
                });
            }
            0 => Reason::EmptyText,
            size if size > LARGEST_MESSAGE && !self.among_others => {
                return Err(InputError::TooLarge {
                    file: name,
                    limit: LARGEST_MESSAGE,
                });
            }
            size if size > LARGEST_MESSAGE => Reason::TooLarge,
            _ => {
                let content = Content::Raw(message);
                return Ok(Some(Detected::Email(Email {
                    id: name,
                    line: 1,
                    label: self.label,
                    kind: None,
                    content,
                })));
            }
        };
        Ok(Some(Detected::RejectedRow {
            line: 1,
            reason,
            row: name.into_bytes(),
        }))
    }

    fn described(&self) -> String {
        "one message".to_owned()
    }
}
