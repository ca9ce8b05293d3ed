//! A file of named sections: eight bytes of name, the format version, a table of sections, the
//! sections. Numbers are little-endian. The table ends where a block could begin, and each section
//! begins with a block of its own (see [`block`](super::block)): any place of a section is found by
//! a division and checked by itself. No bytes make reading panic or take more memory than the file
//! has bytes.

use super::block::{BLOCK, CONTENT, blocks_of, is_sound, sealed};
use super::error::StoreError;
use super::format_1;
use super::opened::Opened;
use super::section::Section;
use crate::base::files;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::path::Path;

const NAME: &[u8; 8] = b"SPAMLAB\x1a";

/// Version of the format. Raised when an older program would misread a newer file.
pub const FORMAT: u32 = 2;

/// Bytes before the table of sections: name, format version, length of the table, checksum of the
/// table.
const PREAMBLE: usize = 8 + 4 + 4 + 4;

/// Blocks that are read at once where a section is read whole.
const AT_ONCE: usize = 64;

/// An entry in the table of sections.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Place {
    name: String,
    /// Number of its first block, from the beginning of the sections.
    block: u64,
    /// Its length in bytes.
    length: u64,
}

/// Writes the sections to a file, whole or not at all.
pub fn write(path: &Path, contents: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
    files::write_whole(path, |out| write_to(out, contents))
        .map_err(|error| StoreError::unwritable(path, files::reason(&error)))
}

/// Writes the bytes of such a file.
pub fn write_to(out: &mut dyn Write, contents: &[(String, Vec<u8>)]) -> io::Result<()> {
    let mut block = 0;
    let mut places = Vec::new();
    for (name, bytes) in contents {
        let length = bytes.len() as u64;
        places.push(Place {
            name: name.clone(),
            block,
            length,
        });
        block += blocks_of(length);
    }
    let mut table = serde_json::to_vec(&places)?;
    let padded = (PREAMBLE + table.len()).next_multiple_of(BLOCK) - PREAMBLE;
    table.resize(padded, b' ');
    out.write_all(NAME)?;
    out.write_all(&FORMAT.to_le_bytes())?;
    out.write_all(&(table.len() as u32).to_le_bytes())?;
    out.write_all(&crc32fast::hash(&table).to_le_bytes())?;
    out.write_all(&table)?;
    let blocks = contents.iter().flat_map(|(_, bytes)| bytes.chunks(CONTENT));
    blocks
        .zip(0..)
        .try_for_each(|(content, number)| out.write_all(&sealed(content, number)))
}

/// The table of sections, by the format of the file.
enum Table {
    Format1(format_1::Table),
    Blocks { base: u64, places: Vec<Place> },
}

/// An open file of sections.
pub struct Container {
    file: Opened,
    table: Table,
}

impl Container {
    /// Opens a file and reads its table of sections.
    pub fn open(path: &Path) -> Result<Container, StoreError> {
        Container::of(Opened::new(path)?)
    }

    /// Reads the table of sections of an open file.
    pub(super) fn of(file: Opened) -> Result<Container, StoreError> {
        let mut preamble = [0; PREAMBLE];
        let length = file.length().min(PREAMBLE as u64) as usize;
        file.fill(0, &mut preamble[..length])?;
        if !preamble[..length].starts_with(NAME) {
            return Err(StoreError::Foreign(file.path().to_owned()));
        }
        if length < PREAMBLE {
            return Err(file.damaged(&"it ends within its first bytes"));
        }
        let (numbers, _) = preamble[NAME.len()..].as_chunks::<4>();
        let number = |at: usize| u32::from_le_bytes(numbers[at]);
        let (found, table_length, checksum) = (number(0), u64::from(number(1)), number(2));
        if found == 0 {
            return Err(file.damaged(&"there is no format 0"));
        }
        if found > FORMAT {
            return Err(StoreError::Newer {
                file: file.path().to_owned(),
                found,
                newest: FORMAT,
            });
        }
        let table = file.bytes(PREAMBLE as u64, table_length, "with the table of sections")?;
        if crc32fast::hash(&table) != checksum {
            return Err(file.damaged(&"the checksum of its table of sections is wrong"));
        }
        let base = PREAMBLE as u64 + table_length;
        let table = if found == 1 {
            format_1::Table::of(&table, base).map(Table::Format1)
        } else {
            let places = serde_json::from_slice(&table).ok();
            places.map(|places| Table::Blocks { base, places })
        };
        let table = table.ok_or_else(|| file.damaged(&"its table of sections cannot be read"))?;
        Ok(Container { file, table })
    }

    /// Whether a section can be read without reading all of it.
    pub fn reads_in_place(&self) -> bool {
        matches!(self.table, Table::Blocks { .. })
    }

    /// The bytes of a section, checked.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, StoreError> {
        match &self.table {
            Table::Format1(table) => table.read(&self.file, name),
            Table::Blocks { base, places } => {
                self.read_blocks(*base, self.place(*base, places, name)?)
            }
        }
    }

    fn read_blocks(&self, base: u64, place: &Place) -> Result<Vec<u8>, StoreError> {
        let length = usize::try_from(place.length).unwrap_or(usize::MAX);
        let mut bytes = Vec::with_capacity(length);
        let mut blocks = vec![0; BLOCK * AT_ONCE.min(length.div_ceil(CONTENT))];
        let mut number = place.block;
        while bytes.len() < length {
            let left = (length - bytes.len()).div_ceil(CONTENT).min(AT_ONCE);
            let blocks = &mut blocks[..left * BLOCK];
            self.file.fill(base + number * BLOCK as u64, blocks)?;
            for block in blocks.chunks(BLOCK) {
                if !is_sound(block, number) {
                    let name = &place.name;
                    return Err(self.damaged(&format!("a checksum of its section {name} is wrong")));
                }
                number += 1;
                let content = CONTENT.min(length - bytes.len());
                bytes.extend_from_slice(&block[..content]);
            }
        }
        Ok(bytes)
    }

    /// A section of which only what is asked for will be read and checked.
    pub fn section(&self, name: &str) -> Result<Section<'_>, StoreError> {
        match &self.table {
            Table::Format1(_) => Err(self.file.missing(name)),
            Table::Blocks { base, places } => {
                let place = self.place(*base, places, name)?;
                Ok(Section::new(&self.file, *base, place.block, place.length))
            }
        }
    }

    /// The names of its sections.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let names: Vec<&str> = match &self.table {
            Table::Format1(table) => table.names().collect(),
            Table::Blocks { places, .. } => places.iter().map(|place| &*place.name).collect(),
        };
        names.into_iter()
    }

    /// Reads every section, so that damage anywhere is found.
    pub fn verify(&self) -> Result<(), StoreError> {
        self.names().try_for_each(|name| self.read(name).map(drop))
    }

    /// Bytes of a section; 0 if there is none.
    pub fn section_length(&self, name: &str) -> u64 {
        let length = match &self.table {
            Table::Format1(table) => table.length(name),
            Table::Blocks { places, .. } => {
                let found = places.iter().find(|place| place.name == name);
                found.map(|place| place.length)
            }
        };
        length.unwrap_or(0)
    }

    /// Bytes of the whole file.
    pub fn length(&self) -> u64 {
        self.file.length()
    }

    /// Path of the file.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// The error for a file of which `what` is wrong.
    pub fn damaged(&self, what: &dyn std::fmt::Display) -> StoreError {
        self.file.damaged(what)
    }

    /// A section that lies within the file.
    fn place<'a>(
        &self,
        base: u64,
        places: &'a [Place],
        name: &str,
    ) -> Result<&'a Place, StoreError> {
        let found = places.iter().find(|place| place.name == name);
        let place = found.ok_or_else(|| self.file.missing(name))?;
        let end = place.block.checked_add(blocks_of(place.length));
        if end.is_none_or(|end| end > (self.length() - base) / BLOCK as u64) {
            return Err(self.damaged(&format!("it ends before its section {name} does")));
        }
        Ok(place)
    }
}
