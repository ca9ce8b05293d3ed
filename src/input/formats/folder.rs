//! Folders of mail, and zip files of several members: single messages, Maildir, and files of any
//! other format, at any depth, read in the order of their names. Files that are not mail are left
//! out, each by name. The caller passes the functions that detect the format of each file.
//!
//! The names of a file and of the folders above it give the class of its messages.

use super::company::{Company, Place};
use super::format::{Entry, Holds, MailReader, Named, OpenFormat, StatedClass};
use crate::input::account::Reason;
use crate::input::error::InputError;
use crate::input::options::Options;
use crate::input::unpack::{FileRef, Meter, Opened, is_of_the_system};
use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Most names that a description lists.
const LISTED: usize = 6;

/// How files are recognised and opened.
#[derive(Clone, Copy)]
pub(crate) struct Detection {
    /// Detects the format of a file and opens it.
    pub open: OpenFormat,
    /// Tells from its name and first bytes what a file holds.
    pub holds: fn(&str, &[u8]) -> Holds,
}

/// What lies in a folder.
#[derive(Default)]
pub(crate) struct Listing {
    pub files: Vec<PathBuf>,
    /// Names of what is not read, with the reason if it may be mail.
    pub left_out: Vec<String>,
}

impl Listing {
    /// Everything below `path`, in the order of names. Links to folders are not followed, so that
    /// the walk ends. A folder below it that cannot be read is left out.
    pub fn of(path: &Path) -> Result<Listing, InputError> {
        let failed = |source| InputError::from_io(&path.display().to_string(), 0, source);
        Listing::by(path, |folder| fs::read_dir(folder)?.collect()).map_err(failed)
    }

    /// The same with a function that lists one folder.
    fn by(
        path: &Path,
        list: impl Fn(&Path) -> io::Result<Vec<fs::DirEntry>>,
    ) -> io::Result<Listing> {
        let mut listing = Listing::default();
        let mut folders = vec![(path.to_owned(), list(path)?)];
        while let Some((_, entries)) = folders.pop() {
            for entry in entries {
                let path = entry.path();
                let name = path.display().to_string();
                let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                if is_folder && !is_of_the_system(&entry.file_name().to_string_lossy()) {
                    match list(&path) {
                        Ok(entries) => folders.push((path, entries)),
                        Err(error) => listing.left_out.push(format!("{name} ({error})")),
                    }
                } else if !is_folder && path.is_file() {
                    listing.files.push(path);
                } else {
                    listing.left_out.push(name);
                }
            }
        }
        listing.files.sort();
        listing.left_out.sort();
        Ok(listing)
    }

    /// Total size of the files in bytes, for a progress bar.
    pub fn size(&self) -> u64 {
        let about = self.files.iter().filter_map(|file| file.metadata().ok());
        about.map(|about| about.len()).sum()
    }
}

/// Reads all files below a folder, or all members of a zip file.
pub(crate) struct Folder {
    company: Company,
    /// Number of files read.
    at: usize,
    /// Names of what lies there and is not read.
    left_out: VecDeque<String>,
    /// Length of the part of each name that is above what the user named.
    above: usize,
    /// Reader of the file being read, and its name.
    reader: Option<(String, Box<dyn MailReader>)>,
    detection: Detection,
    options: Options,
    meter: Meter,
    described: String,
    notes: Vec<String>,
}

impl Folder {
    /// The folder or zip file at `path`, which the user named.
    pub fn new(
        path: &Path,
        files: Vec<FileRef>,
        left_out: Vec<String>,
        (options, meter): (&Options, &Meter),
        detection: Detection,
    ) -> Folder {
        let above = above(path);
        Folder {
            described: described(&files, above, options),
            company: Company::new(files, detection.holds),
            at: 0,
            left_out: left_out.into(),
            above,
            reader: None,
            detection,
            options: options.clone(),
            meter: meter.clone(),
            notes: Vec::new(),
        }
    }

    /// Opens a file. What it does not return for reading is an entry.
    fn open(&mut self, file: &FileRef) -> Result<Option<Entry>, InputError> {
        let name = file.name();
        let place = self.company.place(&name);
        if place == Place::Outside {
            return Ok(Some(Entry::LeftOut(name)));
        }
        let stream = match file.open(&self.meter)? {
            Opened::Stream(stream) => stream,
            Opened::Members(members) => {
                let context = (&self.options, &self.meter);
                let path = Path::new(&name);
                let mut folder = Folder::new(path, members, Vec::new(), context, self.detection);
                folder.above = self.above;
                self.reader = Some((name, Box::new(folder)));
                return Ok(None);
            }
        };
        let (holds, stream) = Holds::peeked(&name, stream, self.detection.holds)?;
        let is_mail = place == Place::Message || holds == Holds::Mail;
        if !is_mail && !self.company.vouches_for(&name, holds) {
            return Ok(Some(Entry::LeftOut(name)));
        }
        let named = Named {
            among_others: true,
            class: StatedClass::of(&name[self.above..], &self.options),
            ..Named::new(&name, stream)
        };
        match (self.detection.open)(named, &self.options) {
            Ok(reader) => self.reader = Some((name, reader)),
            // A table without text may tell about the mail beside it, but it is not mail.
            Err(
                error @ (InputError::NoHeader { .. }
                | InputError::NoTextColumn { .. }
                | InputError::Counts { .. }),
            ) => return Ok(Some(Entry::LeftOut(error.to_string()))),
            Err(error) => return Err(error),
        }
        Ok(None)
    }
}

impl MailReader for Folder {
    fn next(&mut self) -> Result<Option<Entry>, InputError> {
        loop {
            if let Some((name, reader)) = &mut self.reader {
                if let Some(entry) = reader.next()? {
                    return Ok(Some(entry));
                }
                let notes = reader.notes().into_iter();
                self.notes
                    .extend(notes.map(|note| format!("{name}: {note}")));
                self.reader = None;
            }
            let Some(file) = self.company.files().get(self.at).cloned() else {
                return Ok(self.left_out.pop_front().map(Entry::LeftOut));
            };
            self.at += 1;
            match self.open(&file) {
                Ok(None) => {}
                Ok(Some(entry)) => return Ok(Some(entry)),
                // Documents lie beside mail.
                Err(error @ InputError::Office { .. }) => {
                    return Ok(Some(Entry::LeftOut(error.to_string())));
                }
                // A file that cannot be read is rejected like a message that cannot be used, since
                // there are others.
                Err(error) => {
                    return Ok(Some(Entry::Rejected {
                        line: 1,
                        reason: Reason::Unreadable(error.to_string()),
                        row: file.name().into_bytes(),
                    }));
                }
            }
        }
    }

    fn described(&self) -> String {
        self.described.clone()
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }
}

/// Length of the part of a path before the name of what the user named; all of it if that has no
/// name, as `.`.
fn above(path: &Path) -> usize {
    let whole = path.display().to_string();
    let named = path.file_name().map(|name| name.to_string_lossy());
    named
        .and_then(|name| whole.rfind(&*name))
        .unwrap_or(whole.len())
}

/// A folder in a line: how many files it has, and which of their names say a class.
fn described(files: &[FileRef], above: usize, options: &Options) -> String {
    let mut classes: BTreeMap<Option<StatedClass>, usize> = BTreeMap::new();
    for file in files {
        let class = StatedClass::of(&file.name()[above..], options);
        *classes.entry(class).or_default() += 1;
    }
    let none = classes.remove(&None).unwrap_or(0);
    let stated = classes.iter().filter_map(|(class, files)| {
        let class = class.as_ref()?;
        Some(format!("{files} {} {class}", class.label))
    });
    let mut parts: Vec<String> = stated.take(LISTED).collect();
    if classes.len() > LISTED {
        let rest: usize = classes.values().skip(LISTED).sum();
        parts.push(format!("{rest} by {} other names", classes.len() - LISTED));
    }
    if none > 0 {
        parts.push(format!("{none} of no class"));
    }
    format!("a folder of {} files: {}", files.len(), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    #[test]
    fn a_folder_below_that_cannot_be_read_is_left_out_and_the_others_are_not() {
        let folder = TempDir::new().unwrap();
        for name in ["a/1", "locked/2", "z/deep/3"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "Subject: x\n\n").unwrap();
        }
        let list = |path: &Path| {
            if path.ends_with("locked") {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            fs::read_dir(path)?.collect()
        };
        let listing = Listing::by(folder.path(), list).unwrap();
        let expected = ["a/1", "z/deep/3"].map(|name| folder.path().join(name));
        assert_eq!(listing.files, expected);
        let [left_out] = &listing.left_out[..] else {
            panic!("{:?}", listing.left_out);
        };
        assert!(
            left_out.ends_with("locked (permission denied)"),
            "{left_out}"
        );
        assert!(Listing::by(&folder.path().join("locked"), list).is_err());
    }

    #[test]
    fn what_is_above_the_folder_that_the_user_named_says_nothing() {
        for (path, file, expected) in [
            ("spam/mail", "spam/mail/1", "mail/1"),
            ("spam/ham/", "spam/ham/1", "ham/1"),
            ("spam/.", "spam/./1", "spam/./1"),
            (".", "./spam/1", "/spam/1"),
            ("..", "../1", "/1"),
            ("/spam", "/spam/1", "spam/1"),
            ("a/a/a", "a/a/a/1", "a/1"),
        ] {
            assert_eq!(&file[above(Path::new(path))..], expected, "{path}");
        }
    }
}
