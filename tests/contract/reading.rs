//! Inputs read whole, as the tests of tables, mailboxes and folders see them.

use spamlab::base::mail::{Content, Email, Label};
use spamlab::input;
use spamlab::input::{InputError, Options, Source};
use std::fs;
use std::path::{Path, PathBuf};

/// Every message of an input, and the input with its account.
pub type Read = Result<(Vec<Email>, Source), InputError>;

/// The messages of a source, whose account must add up.
pub fn read_source(mut source: Source) -> Read {
    let mut emails = Vec::new();
    for batch in source.by_ref() {
        let batch = batch?;
        assert!(!batch.is_empty());
        emails.extend(batch);
    }
    source.require_classes()?;
    let account = source.account();
    assert_eq!(account.kept() + account.rejected(), account.read());
    assert_eq!(account.kept(), emails.len() as u64);
    Ok((emails, source))
}

pub fn read_paths(paths: &[PathBuf], options: &Options) -> Read {
    read_source(input::open_all(paths, options)?)
}

/// What a file of these bytes holds.
pub fn read_named(name: &str, bytes: &[u8], options: &Options) -> Read {
    with_file(name, bytes, |path| read_source(input::open(path, options)?))
}

/// What the table `mail.csv` of these bytes holds.
pub fn read(bytes: &[u8], options: &Options) -> Read {
    read_named("mail.csv", bytes, options)
}

/// Calls `then` with the place of a file of these bytes, which is gone afterwards.
pub fn with_file<T>(name: &str, bytes: &[u8], then: impl FnOnce(&Path) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    then(&path)
}

/// `label from/subject/body` of a message, or `label <raw>`; `-` where no label is told.
pub fn show(email: &Email) -> String {
    let label = email.label.map_or("-", Label::name);
    match &email.content {
        Content::Raw(raw) => format!("{label} <{}>", String::from_utf8_lossy(raw)),
        Content::Fields {
            from,
            subject,
            body,
        } => format!("{label} {from}/{subject}/{body}"),
    }
}

pub fn show_all(emails: &[Email]) -> Vec<String> {
    emails.iter().map(show).collect()
}
