//! Bags of messages on disk, for models that must see every message of a corpus that memory does
//! not hold.
//!
//! They stand in a file without a name in the folder for temporary files, which is gone when
//! the program ends, however it ends. It is a row of chunks, so that whoever reads can put rows
//! from all places of the corpus together. Numbers are little-endian, of 32 bits: of each message
//! how many tokens it holds, then each token with its count, in order of first mention. Tokens are
//! written down by a number that never changes, however often the counts forget some and number
//! the others anew. Labels, and by which part of a [`StreamedCounts`](super::StreamedCounts) a
//! message is counted, stay in memory: a byte each.

use super::features::Encoder;
use super::{Corpus, CsrMatrix, FeatureView, UNKNOWN};
use crate::base::mail::Label;
use crate::tokenize::{Recipe, TokenId};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

/// Bytes of a chunk: it ends with the first message that reaches them.
const CHUNK: usize = 256 << 10;

/// One message as memory knows it.
#[derive(Debug, Clone, Copy)]
struct Stored {
    label: Label,
    part: u8,
}

/// Where a chunk is.
#[derive(Debug, Clone)]
struct Chunk {
    start: u64,
    bytes: usize,
    messages: Vec<Stored>,
}

/// Bags of messages on disk.
pub struct StoredBags {
    file: Option<Mutex<File>>,
    chunks: Vec<Chunk>,
    /// The chunk that is being filled.
    bytes: Vec<u8>,
    messages: Vec<Stored>,
    /// What the file calls each token, by its number now.
    names: Vec<u32>,
    /// Names that were given.
    named: u32,
    /// Why something could not be written.
    failed: Option<String>,
}

impl StoredBags {
    /// No messages yet.
    pub fn new() -> StoredBags {
        let mut bags = StoredBags {
            file: None,
            chunks: Vec::new(),
            bytes: Vec::new(),
            messages: Vec::new(),
            names: Vec::new(),
            named: 0,
            failed: None,
        };
        match tempfile::tempfile() {
            Ok(file) => bags.file = Some(Mutex::new(file)),
            Err(error) => bags.fail(&error),
        }
        bags
    }

    fn fail(&mut self, error: &io::Error) {
        self.failed.get_or_insert_with(|| sentence(error));
    }

    /// Names the tokens up to a number that have no name yet.
    pub fn know(&mut self, tokens: usize) {
        let new = tokens.saturating_sub(self.names.len()) as u32;
        self.names.extend(self.named..self.named + new);
        self.named += new;
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
        self.bytes.extend((bag.len() as u32).to_le_bytes());
        for (token, count) in bag {
            self.bytes.extend(self.names[token as usize].to_le_bytes());
            self.bytes.extend(count.to_le_bytes());
        }
        self.messages.push(Stored { label, part });
        if self.bytes.len() >= CHUNK {
            self.flush();
        }
    }

    /// Writes what has not been written.
    pub fn flush(&mut self) {
        let messages = std::mem::take(&mut self.messages);
        if messages.is_empty() {
            return;
        }
        let end = |chunk: &Chunk| chunk.start + chunk.bytes as u64;
        let chunk = Chunk {
            start: self.chunks.last().map_or(0, end),
            bytes: self.bytes.len(),
            messages,
        };
        if let Some(file) = &mut self.file {
            let file = file.get_mut().unwrap_or_else(PoisonError::into_inner);
            if let Err(error) = file.write_all(&self.bytes) {
                // Nothing that was written before is of use.
                self.file = None;
                self.fail(&error);
            }
        }
        self.bytes.clear();
        self.chunks.push(chunk);
    }

    /// The messages that a model which `view`s mail so learns from: all that were written, but for
    /// those of the part `left_out`, as `encoder` sees them.
    pub fn rows<'a>(
        &'a self,
        encoder: &'a Encoder,
        view: FeatureView,
        left_out: Option<usize>,
    ) -> StoredRows<'a> {
        let mut tokens = vec![UNKNOWN; self.named as usize];
        for (&name, token) in self.names.iter().zip(0..) {
            tokens[name as usize] = token;
        }
        StoredRows {
            bags: self,
            tokens,
            encoder,
            view,
            left_out,
        }
    }

    /// The bytes of a chunk.
    fn read(&self, chunk: &Chunk) -> Result<Vec<u8>, String> {
        let failed = || self.failed.clone().unwrap_or_default();
        let mut bytes = vec![0; chunk.bytes];
        let file = self.file.as_ref().ok_or_else(failed)?;
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(chunk.start))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(|error| sentence(&error))?;
        Ok(bytes)
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

/// Messages on disk as one model sees them.
pub struct StoredRows<'a> {
    bags: &'a StoredBags,
    /// The number now of each token that the file names, [`UNKNOWN`] of one that was forgotten.
    tokens: Vec<TokenId>,
    encoder: &'a Encoder,
    view: FeatureView,
    left_out: Option<usize>,
}

impl StoredRows<'_> {
    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.encoder.len()
    }

    /// The labels of each chunk, in the order in which it is read.
    pub fn labels(&self) -> impl Iterator<Item = impl Iterator<Item = Label> + '_> {
        let kept = |message: &&Stored| self.keeps(**message);
        let chunks = self.bags.chunks.iter();
        chunks.map(move |chunk| {
            let messages = chunk.messages.iter().filter(kept);
            messages.map(|message| message.label)
        })
    }

    /// Number of messages of each class: ham, spam.
    pub fn class_counts(&self) -> [usize; 2] {
        let mut counts = [0; 2];
        self.labels()
            .flatten()
            .for_each(|label| counts[label.index()] += 1);
        counts
    }

    fn keeps(&self, message: Stored) -> bool {
        self.left_out != Some(usize::from(message.part))
    }

    /// Reads these chunks: rows with their labels.
    ///
    /// # Errors
    /// Why they could not be written or cannot be read.
    pub fn read(&self, chunks: &[usize]) -> Result<(CsrMatrix, Vec<Label>), String> {
        let mut corpus = Corpus::empty(&Recipe::default());
        for chunk in chunks.iter().filter_map(|&at| self.bags.chunks.get(at)) {
            let bytes = self.bags.read(chunk)?;
            let (numbers, _) = bytes.as_chunks::<4>();
            let mut numbers = numbers.iter().map(|bytes| u32::from_le_bytes(*bytes));
            let mut bag = Vec::new();
            for message in &chunk.messages {
                bag.clear();
                for _ in 0..numbers.next().unwrap_or_default() {
                    let (name, count) = numbers.next().zip(numbers.next()).unwrap_or_default();
                    match self.tokens.get(name as usize) {
                        Some(&token) if token != UNKNOWN => bag.push((token, count)),
                        _ => {}
                    }
                }
                if self.keeps(*message) {
                    corpus.append_bag(&bag, String::new(), message.label, message.part);
                }
            }
        }
        let rows: Vec<usize> = (0..corpus.len()).collect();
        let encoded = self.encoder.encode(&corpus, &rows, self.view);
        let labels = encoded.labels();
        Ok((encoded.into_matrix(), labels))
    }
}
