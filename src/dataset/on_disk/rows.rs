//! Rows of one model on disk.
//!
//! Of each message how many columns it has, then the columns, then their values; numbers are
//! little-endian, of 32 bits.

use super::chunks::{ChunkFile, Stored};
use crate::base::mail::Label;
use crate::dataset::CsrMatrix;

/// Labelled messages on disk as one model sees them, in chunks.
pub struct StoredRows {
    columns: usize,
    file: ChunkFile,
}

impl StoredRows {
    /// No messages yet.
    pub(super) fn new(columns: usize) -> StoredRows {
        StoredRows {
            columns,
            file: ChunkFile::new(),
        }
    }

    /// Appends a message.
    pub(super) fn push(&mut self, (columns, values): (&[u32], &[f32]), message: Stored) {
        self.file.push(message, |bytes| {
            bytes.extend((columns.len() as u32).to_le_bytes());
            bytes.extend(columns.iter().flat_map(|column| column.to_le_bytes()));
            bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        });
    }

    /// Writes what has not been written.
    pub(super) fn flush(&mut self) {
        self.file.flush();
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The labels of each chunk, in the order in which it is read.
    pub fn labels(&self) -> impl Iterator<Item = impl Iterator<Item = Label> + '_> {
        let chunks = self.file.chunks().iter();
        chunks.map(|chunk| chunk.messages.iter().map(|message| message.label))
    }

    /// Number of messages of each class: ham, spam.
    pub fn class_counts(&self) -> [usize; 2] {
        let mut counts = [0; 2];
        self.labels()
            .flatten()
            .for_each(|label| counts[label.index()] += 1);
        counts
    }

    /// Reads the rows of these chunks into a matrix, in place of what it holds.
    ///
    /// # Errors
    /// Why they could not be written or cannot be read.
    pub fn read(&self, chunks: &[usize], rows: &mut CsrMatrix) -> Result<(), String> {
        if rows.columns() == self.columns {
            rows.clear();
        } else {
            *rows = CsrMatrix::new(self.columns);
        }
        let mut bytes = Vec::new();
        for chunk in chunks.iter().filter_map(|&at| self.file.chunks().get(at)) {
            bytes.clear();
            self.file.read(chunk, &mut bytes)?;
            let (mut numbers, _) = bytes.as_chunks::<4>();
            for _ in &chunk.messages {
                let (length, rest) = numbers.split_first().unwrap_or((&[0; 4], &[]));
                let length = u32::from_le_bytes(*length) as usize;
                let (columns, rest) = rest.split_at(length.min(rest.len()));
                let (values, rest) = rest.split_at(length.min(rest.len()));
                rows.push_numbers(
                    columns.iter().map(|bytes| u32::from_le_bytes(*bytes)),
                    values.iter().map(|bytes| f32::from_le_bytes(*bytes)),
                );
                numbers = rest;
            }
        }
        Ok(())
    }
}
