//! A section of which only the blocks are read, and checked, that hold what is asked for.

use super::block::{BLOCK, CONTENT, is_sound};
use super::error::StoreError;
use super::opened::Opened;
use crate::base::parts::ReadAt;

/// Blocks of a section that are kept for the next question.
const KEPT: usize = 512;

/// A section that is read in place.
pub struct Section<'a> {
    file: &'a Opened,
    /// Where the blocks of the file begin.
    base: u64,
    /// Number of its first block.
    first: u64,
    length: u64,
    /// Block `n` of the section, if it is kept, is at `n` modulo [`KEPT`].
    kept: Vec<Kept>,
    /// Why a block could not be read.
    failure: Option<StoreError>,
}

/// A block that was read and found sound, if there is a number.
#[derive(Default)]
struct Kept {
    number: Option<u64>,
    bytes: Vec<u8>,
}

impl<'a> Section<'a> {
    pub(super) fn new(file: &'a Opened, base: u64, first: u64, length: u64) -> Section<'a> {
        Section {
            file,
            base,
            first,
            length,
            kept: Vec::new(),
            failure: None,
        }
    }

    /// Why a block could not be read, where the fault is not in what the section says.
    pub(super) fn take_failure(&mut self) -> Option<StoreError> {
        self.failure.take()
    }

    /// The content of a block, numbered from the beginning of the section.
    fn block(&mut self, number: u64) -> Result<&[u8], String> {
        let place = number as usize % KEPT;
        if place >= self.kept.len() {
            self.kept.resize_with(place + 1, Kept::default);
        }
        let kept = &mut self.kept[place];
        if kept.number != Some(number) {
            kept.number = None;
            kept.bytes.resize(BLOCK, 0);
            let in_file = self.first + number;
            let read = self
                .file
                .fill(self.base + in_file * BLOCK as u64, &mut kept.bytes);
            if let Err(error) = read {
                let why = error.to_string();
                self.failure = Some(error);
                return Err(why);
            }
            if !is_sound(&kept.bytes, in_file) {
                return Err("a checksum is wrong".to_owned());
            }
            kept.number = Some(number);
        }
        Ok(&kept.bytes[..CONTENT])
    }
}

impl ReadAt for Section<'_> {
    fn length(&self) -> u64 {
        self.length
    }

    fn read_at(&mut self, at: u64, into: &mut [u8]) -> Result<(), String> {
        let end = at.checked_add(into.len() as u64);
        if end.is_none_or(|end| end > self.length) {
            return Err("it ends too early".to_owned());
        }
        let (mut at, mut into) = (at, into);
        while !into.is_empty() {
            let within = (at % CONTENT as u64) as usize;
            let taken = into.len().min(CONTENT - within);
            let block = self.block(at / CONTENT as u64)?;
            let (now, later) = into.split_at_mut(taken);
            now.copy_from_slice(&block[within..within + taken]);
            into = later;
            at += taken as u64;
        }
        Ok(())
    }
}
