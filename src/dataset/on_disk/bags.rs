//! Bags of messages on disk, for models that must see every message of a corpus that memory does
//! not hold.
//!
//! Numbers are little-endian, of 32 bits: of each message how many tokens it holds, then each token
//! with its count, in order of first mention. Tokens are written down by a name, which is a number
//! that never changes, however often the counts forget some and number the others anew. Labels, and
//! by which part of a [`StreamedCounts`](crate::dataset::StreamedCounts) a message is counted, stay
//! in memory: a byte each.

use super::chunks::{Chunk, ChunkFile, Stored};
use super::rows::StoredRows;
use crate::base::mail::Label;
use crate::dataset::features::Encoder;
use crate::dataset::{Corpus, FeatureView, UNKNOWN};
use crate::tokenize::{Recipe, TokenId};

/// Bags of messages on disk.
pub struct StoredBags {
    file: ChunkFile,
    /// What the file calls each token, by its number now.
    names: Vec<u32>,
    /// Names that were given.
    named: u32,
}

impl StoredBags {
    /// No messages yet.
    pub fn new() -> StoredBags {
        StoredBags {
            file: ChunkFile::new(),
            names: Vec::new(),
            named: 0,
        }
    }

    /// Names the tokens up to a number that have no name yet.
    pub fn know(&mut self, tokens: usize) {
        let new = tokens.saturating_sub(self.names.len()) as u32;
        let named = self.named.checked_add(new).unwrap_or_else(|| {
            self.file
                .fail("there are more different tokens than 32 bits can number");
            self.named
        });
        self.names.extend(self.named..named);
        self.names.resize(tokens.max(self.names.len()), 0);
        self.named = named;
    }

    /// Whether everything is written.
    pub fn is_flushed(&self) -> bool {
        self.file.is_flushed()
    }

    /// From now on only these tokens are known, by their place here.
    pub fn keep(&mut self, kept: &[usize]) {
        self.names = kept.iter().map(|&token| self.names[token]).collect();
    }

    /// Appends a message, whose tokens must be known.
    pub fn push(
        &mut self,
        bag: impl ExactSizeIterator<Item = (TokenId, u32)>,
        label: Label,
        part: u8,
    ) {
        let names = &self.names;
        self.file.push(Stored { label, part }, |bytes| {
            bytes.extend((bag.len() as u32).to_le_bytes());
            for (token, count) in bag {
                bytes.extend(names[token as usize].to_le_bytes());
                bytes.extend(count.to_le_bytes());
            }
        });
    }

    /// Writes what has not been written.
    pub fn flush(&mut self) {
        self.file.flush();
    }

    /// The rows of a model which `view`s mail so, on disk, too: those of all messages that were
    /// written but of the part `left_out`, as `encoder` sees them.
    ///
    /// # Errors
    /// Why the messages could not be written or cannot be read.
    pub fn rows(
        &self,
        encoder: &Encoder,
        view: FeatureView,
        left_out: Option<usize>,
    ) -> Result<StoredRows, String> {
        // The number now of each token that the file names.
        let mut tokens = vec![UNKNOWN; self.named as usize];
        for (&name, token) in self.names.iter().zip(0..) {
            tokens[name as usize] = token;
        }
        let mut rows = StoredRows::new(encoder.len());
        for chunk in self.file.chunks() {
            let corpus = self.read(chunk, &tokens)?;
            let messages = chunk.messages.iter().enumerate();
            let kept = messages.filter(|(_, message)| left_out != Some(usize::from(message.part)));
            let (kept, messages): (Vec<usize>, Vec<&Stored>) = kept.unzip();
            let encoded = encoder.encode(&corpus, &kept, view);
            for (row, message) in encoded.matrix().iter().zip(messages) {
                rows.push(row, *message);
            }
        }
        rows.flush();
        Ok(rows)
    }

    /// Reads the messages of a chunk; `tokens` says what the tokens are called that it names.
    fn read(&self, chunk: &Chunk, tokens: &[TokenId]) -> Result<Corpus, String> {
        let mut bytes = Vec::new();
        self.file.read(chunk, &mut bytes)?;
        let (numbers, _) = bytes.as_chunks::<4>();
        let mut numbers = numbers.iter().map(|bytes| u32::from_le_bytes(*bytes));
        let (mut corpus, mut bag) = (Corpus::empty(&Recipe::default()), Vec::new());
        for &Stored { label, part } in &chunk.messages {
            bag.clear();
            for _ in 0..numbers.next().unwrap_or_default() {
                let (name, count) = numbers.next().zip(numbers.next()).unwrap_or_default();
                match tokens.get(name as usize) {
                    Some(&token) if token != UNKNOWN => bag.push((token, count)),
                    _ => {}
                }
            }
            corpus.append_bag(&bag, String::new(), label, part);
        }
        Ok(corpus)
    }
}
