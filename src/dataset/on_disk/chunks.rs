//! A file of chunks, each of which can be read alone.

use crate::base::mail::Label;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

/// Bytes that a chunk has at least, but for the last one.
const CHUNK: usize = 256 << 10;

/// One message as memory knows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stored {
    pub label: Label,
    /// The part of the corpus that it is counted by.
    pub part: u8,
}

/// Where a chunk is, and what it holds.
#[derive(Debug, Clone)]
pub(super) struct Chunk {
    start: u64,
    bytes: usize,
    pub messages: Vec<Stored>,
}

/// Chunks of bytes on disk. What goes wrong when they are written is told when they are read.
pub(super) struct ChunkFile {
    file: Result<Mutex<File>, String>,
    chunks: Vec<Chunk>,
    /// The chunk that is being filled.
    bytes: Vec<u8>,
    messages: Vec<Stored>,
}

impl ChunkFile {
    /// A file without chunks.
    pub fn new() -> ChunkFile {
        ChunkFile {
            file: tempfile::tempfile()
                .map(Mutex::new)
                .map_err(|error| sentence(&error)),
            chunks: Vec::new(),
            bytes: Vec::new(),
            messages: Vec::new(),
        }
    }

    /// Gives up: whoever reads is told why.
    pub fn fail(&mut self, why: &str) {
        self.file = Err(why.to_owned());
    }

    /// All chunks that were written, in order.
    pub fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }

    /// Whether everything is written.
    pub fn is_flushed(&self) -> bool {
        self.messages.is_empty()
    }

    /// Appends a message, of which `write` writes the bytes.
    pub fn push(&mut self, message: Stored, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.bytes);
        self.messages.push(message);
        if self.bytes.len() >= CHUNK {
            self.flush();
        }
    }

    /// Writes what has not been written.
    pub fn flush(&mut self) {
        if self.is_flushed() {
            return;
        }
        let end = |chunk: &Chunk| chunk.start + chunk.bytes as u64;
        let start = self.chunks.last().map_or(0, end);
        self.chunks.push(Chunk {
            start,
            bytes: self.bytes.len(),
            messages: std::mem::take(&mut self.messages),
        });
        if let Ok(file) = &mut self.file {
            let file = file.get_mut().unwrap_or_else(PoisonError::into_inner);
            let start = SeekFrom::Start(start);
            let written = file.seek(start).and_then(|_| file.write_all(&self.bytes));
            if let Err(error) = written {
                self.file = Err(sentence(&error));
            }
        }
        self.bytes.clear();
    }

    /// Reads a chunk behind what `into` holds.
    ///
    /// # Errors
    /// Why it could not be written or cannot be read.
    pub fn read(&self, chunk: &Chunk, into: &mut Vec<u8>) -> Result<(), String> {
        let file = self.file.as_ref().map_err(String::clone)?;
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(chunk.start))
            .map_err(|error| sentence(&error))?;
        let wanted = chunk.bytes as u64;
        let read = Read::by_ref(&mut *file).take(wanted).read_to_end(into);
        if read.map_err(|error| sentence(&error))? as u64 == wanted {
            Ok(())
        } else {
            Err(sentence(&io::ErrorKind::UnexpectedEof.into()))
        }
    }
}

/// What went wrong, and where.
fn sentence(error: &io::Error) -> String {
    let folder = std::env::temp_dir();
    format!(
        "mail that memory does not hold is kept in {} while a model learns from it: {error}",
        folder.display()
    )
}
