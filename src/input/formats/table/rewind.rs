//! An input that can go back to the beginning of the record just read, at a cost that stays linear
//! in the size of the input.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};

/// Number of times that the bytes of the input may be read again, on average.
const MOST_AGAIN: u64 = 8;
/// Number of bytes that may be read again besides.
const FREE_AGAIN: u64 = 1 << 20;

/// An input with what is to be read before it: the bytes `again`, and then files, the last first.
pub(super) struct Rewind<R> {
    input: R,
    again: Vec<u8>,
    /// Number of the bytes `again` that have been read.
    read: usize,
    spooled: Vec<BufReader<File>>,
    /// Bytes taken from the input, and bytes read again.
    taken: u64,
    reread: u64,
}

impl<R: BufRead> Rewind<R> {
    /// The input as it is.
    pub fn new(input: R) -> Rewind<R> {
        Rewind {
            input,
            again: Vec::new(),
            read: 0,
            spooled: Vec::new(),
            taken: 0,
            reread: 0,
        }
    }

    /// The bytes that come next; none at the end.
    pub fn fill(&mut self) -> io::Result<&[u8]> {
        if self.read < self.again.len() {
            return Ok(&self.again[self.read..]);
        }
        self.again = Vec::new();
        self.read = 0;
        while let Some(spool) = self.spooled.last_mut() {
            if !spool.fill_buf()?.is_empty() {
                break;
            }
            self.spooled.pop();
        }
        if let Some(spool) = self.spooled.last_mut() {
            return spool.fill_buf();
        }
        while let Err(error) = self.input.fill_buf() {
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
        self.input.fill_buf()
    }

    /// Marks the first `size` of the bytes that come next as read.
    pub fn consume(&mut self, size: usize) {
        if self.read < self.again.len() {
            self.read += size;
        } else if let Some(spool) = self.spooled.last_mut() {
            spool.consume(size);
        } else {
            self.input.consume(size);
            self.taken += size as u64;
        }
    }

    /// Goes back by the bytes of `source` and then of `spool`, which are the last that were read.
    pub fn go_back(&mut self, source: &[u8], spool: Option<File>) -> io::Result<()> {
        self.reread += source.len() as u64;
        if let Some(mut spool) = spool {
            spool.write_all(&self.again[self.read..])?;
            self.reread += spool.stream_position()?;
            spool.seek(SeekFrom::Start(0))?;
            self.spooled.push(BufReader::new(spool));
        } else if self.read >= source.len() {
            self.read -= source.len();
            return Ok(());
        }
        // Nothing else is left of `again`, since the end of the source came from after it.
        self.again.clear();
        self.again.extend_from_slice(source);
        self.read = 0;
        Ok(())
    }

    /// Whether more may be read again.
    pub fn can_afford(&self) -> bool {
        self.reread <= MOST_AGAIN * self.taken + FREE_AGAIN
    }
}
