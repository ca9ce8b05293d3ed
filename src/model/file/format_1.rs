//! The container of format 1: its sections follow one another without blocks, each with one
//! checksum in the table, so that a section is read whole or not at all. It is read, no longer
//! written.

use super::error::StoreError;
use super::opened::Opened;
use serde::Deserialize;

#[derive(Deserialize)]
struct Section {
    name: String,
    start: u64,
    length: u64,
    checksum: u32,
}

/// The table of sections of a file of format 1.
pub struct Table {
    /// Where the first section begins.
    base: u64,
    sections: Vec<Section>,
}

impl Table {
    /// Reads the table, which ends at `base`.
    pub fn of(table: &[u8], base: u64) -> Option<Table> {
        let sections = serde_json::from_slice(table).ok()?;
        Some(Table { base, sections })
    }

    /// Names of its sections.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().map(|section| section.name.as_str())
    }

    /// Bytes of a section, if there is one.
    pub fn length(&self, name: &str) -> Option<u64> {
        self.section(name).map(|section| section.length)
    }

    /// The bytes of a section, checked.
    pub fn read(&self, file: &Opened, name: &str) -> Result<Vec<u8>, StoreError> {
        let section = self.section(name).ok_or_else(|| file.missing(name))?;
        let start = self.base.saturating_add(section.start);
        let bytes = file.bytes(start, section.length, name)?;
        if crc32fast::hash(&bytes) != section.checksum {
            return Err(file.damaged(&format!("the checksum of its section {name} is wrong")));
        }
        Ok(bytes)
    }

    fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }
}
