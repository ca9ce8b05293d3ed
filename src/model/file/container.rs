//! A file of named sections: eight bytes of name, the format version, a table of sections, the
//! sections. Each has a CRC-32 and is read only when asked for. Numbers are little-endian. No bytes
//! make reading panic or take more memory than the file has bytes.

use super::error::StoreError;
use crate::base::files;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

const NAME: &[u8; 8] = b"SPAMLAB\x1a";

/// Version of the format. Raised when an older program would misread a newer file.
pub const FORMAT: u32 = 1;

/// Bytes before the table of sections: name, format version, length of the table, checksum of the
/// table.
const PREAMBLE: u64 = 8 + 4 + 4 + 4;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Section {
    name: String,
    start: u64,
    length: u64,
    checksum: u32,
}

/// Writes the sections, whole or not at all.
pub fn write(path: &Path, contents: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
    let unwritable = |why| StoreError::unwritable(path, why);
    let mut start = 0;
    let mut sections = Vec::new();
    for (name, bytes) in contents {
        let length = bytes.len() as u64;
        sections.push(Section {
            name: name.clone(),
            start,
            length,
            checksum: crc32fast::hash(bytes),
        });
        start += length;
    }
    let table = serde_json::to_vec(&sections).map_err(|error| unwritable(error.to_string()))?;
    files::write_whole(path, |out| {
        out.write_all(NAME)?;
        out.write_all(&FORMAT.to_le_bytes())?;
        out.write_all(&(table.len() as u32).to_le_bytes())?;
        out.write_all(&crc32fast::hash(&table).to_le_bytes())?;
        out.write_all(&table)?;
        contents
            .iter()
            .try_for_each(|(_, bytes)| out.write_all(bytes))
    })
    .map_err(|error| unwritable(files::reason(&error)))
}

/// An open file of sections.
pub struct Container {
    path: PathBuf,
    file: File,
    /// Where the first section begins.
    base: u64,
    length: u64,
    sections: Vec<Section>,
}

impl Container {
    /// Opens a file and reads its table of sections.
    pub fn open(path: &Path) -> Result<Container, StoreError> {
        let failed = |error| StoreError::Unreadable {
            file: path.to_owned(),
            why: files::reason(&error),
        };
        let damaged = |what: &str| StoreError::Damaged {
            file: path.to_owned(),
            what: what.to_owned(),
        };
        let mut file = File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let preamble = read_up_to(&mut file, PREAMBLE).map_err(failed)?;
        if !preamble.starts_with(NAME) {
            return Err(StoreError::Foreign(path.to_owned()));
        }
        let number = |at: usize| {
            preamble
                .get(at..at + 4)
                .and_then(|four| four.try_into().ok())
                .map(u32::from_le_bytes)
        };
        let (Some(found), Some(table_length), Some(checksum)) = (number(8), number(12), number(16))
        else {
            return Err(damaged("it ends within its first bytes"));
        };
        if found == 0 {
            return Err(damaged("there is no format 0"));
        }
        if found > FORMAT {
            return Err(StoreError::Newer {
                file: path.to_owned(),
                found,
                newest: FORMAT,
            });
        }
        let table = read_up_to(&mut file, u64::from(table_length)).map_err(failed)?;
        if crc32fast::hash(&table) != checksum {
            return Err(damaged("the checksum of its table of sections is wrong"));
        }
        let sections = serde_json::from_slice(&table)
            .map_err(|_| damaged("its table of sections cannot be read"))?;
        Ok(Container {
            path: path.to_owned(),
            file,
            base: PREAMBLE + u64::from(table_length),
            length,
            sections,
        })
    }

    /// The bytes of a section, checked.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, StoreError> {
        let failed = |error| StoreError::Unreadable {
            file: self.path.clone(),
            why: files::reason(&error),
        };
        let section = self
            .section(name)
            .ok_or_else(|| self.damaged(&format!("its section {name} is missing")))?;
        let start = self.base.saturating_add(section.start);
        if start.saturating_add(section.length) > self.length {
            return Err(self.damaged(&format!("it ends before its section {name} does")));
        }
        let mut file = &self.file;
        file.seek(SeekFrom::Start(start)).map_err(failed)?;
        let bytes = read_up_to(file, section.length).map_err(failed)?;
        if bytes.len() as u64 != section.length || crc32fast::hash(&bytes) != section.checksum {
            return Err(self.damaged(&format!("the checksum of its section {name} is wrong")));
        }
        Ok(bytes)
    }

    /// Reads every section, so that damage anywhere is found.
    pub fn verify(&self) -> Result<(), StoreError> {
        let mut sections = self.sections.iter();
        sections.try_for_each(|section| self.read(&section.name).map(drop))
    }

    /// Bytes of a section; 0 if there is none.
    pub fn section_length(&self, name: &str) -> u64 {
        self.section(name).map_or(0, |section| section.length)
    }

    /// Bytes of the whole file.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The error for a file of which `what` is wrong.
    pub fn damaged(&self, what: &dyn std::fmt::Display) -> StoreError {
        StoreError::Damaged {
            file: self.path.clone(),
            what: what.to_string(),
        }
    }

    fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }
}

/// At most `most` bytes; fewer where the file ends. Memory grows with what is read, not with what a
/// length field claims.
fn read_up_to(file: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(most.min(1 << 20) as usize);
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}
