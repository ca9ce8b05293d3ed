//! From files to [`Mail`]: labelled CSV in batches, single messages, and the mail that comes with the program.
//!
//! [`open`] judges a file by its head and finds its columns; the [`Source`] it returns yields mail batch by batch and never
//! holds more than one. A row that cannot be used is never dropped in silence: it goes into the [`Account`] with its line
//! and reason. Bytes that are not UTF-8 are no error; they are replaced. An input format is a function that makes a
//! `Source`; other piles (mbox, Maildir, folders) are left to a later version.

mod account;
mod columns;
mod error;
mod table;

pub use account::{Account, DETAILED, Reason, Rejected};
pub use columns::Plan;
pub use error::InputError;

use crate::files::hexadecimal;
use crate::mail::{Content, Mail};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use table::{Next, Record, Records};

/// The largest message that is read, in bytes.
pub const LARGEST_MESSAGE: usize = 32 << 20;

/// Bytes and mails after which a batch is full.
const BATCH_BYTES: usize = 1 << 20;
const BATCH_MAILS: usize = 512;
/// Bytes read from a file at a time.
const BLOCK: usize = 256 << 10;
/// Room in a record for the fields beside the message.
const OTHER_FIELDS: usize = 1 << 20;

/// What the user may say about an input.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The column that holds the label.
    pub label_column: Option<String>,
    /// The column that holds the text.
    pub text_column: Option<String>,
    /// The one label that means spam; every other means ham.
    pub spam_label: Option<String>,
    /// Whether to compute the SHA-256 of the bytes read.
    pub hash: bool,
    /// Whether every row needs a label.
    pub labels: Labels,
}

/// What labels are read for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Labels {
    /// To learn or measure from: a row without one is rejected.
    #[default]
    Needed,
    /// For nothing: a file or row without one is fine.
    Ignored,
}

/// Counts the bytes that pass, and sums them up if asked to.
struct Tally {
    inner: Box<dyn Read + Send>,
    bytes: u64,
    checksum: Option<Sha256>,
}

impl Read for Tally {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes += read as u64;
        if let Some(checksum) = &mut self.checksum {
            checksum.update(&buffer[..read]);
        }
        Ok(read)
    }
}

/// Labelled mail, batch by batch.
pub struct Source {
    name: String,
    size: Option<u64>,
    records: Records<BufReader<Tally>>,
    record: Record,
    plan: Plan,
    account: Account,
}

/// Opens a labelled CSV file and finds its columns.
pub fn open(path: &Path, options: &Options) -> Result<Source, InputError> {
    let name = path.display().to_string();
    let (file, size) = open_file(path, &name)?;
    from_reader(name, Some(size), Box::new(file), options)
}

/// The mail that comes with the program.
pub fn builtin(options: &Options) -> Result<Source, InputError> {
    let mail: &'static [u8] = include_bytes!("../../data/emails.csv");
    from_reader("the mail that comes with the program".to_owned(), Some(mail.len() as u64), Box::new(mail), options)
}

/// Reads one message from a file, or from standard input if `path` is `-`.
pub fn read_message(path: &Path) -> Result<Mail, InputError> {
    let from_stdin = path == Path::new("-");
    let name = if from_stdin { "standard input".to_owned() } else { path.display().to_string() };
    let mut message = Vec::new();
    let limit = LARGEST_MESSAGE as u64 + 1;
    let result = if from_stdin {
        io::stdin().lock().take(limit).read_to_end(&mut message)
    } else {
        let (file, size) = open_file(path, &name)?;
        // What is too large to read is not read first to find that out; a growing file is caught below.
        if size >= limit {
            return Err(InputError::TooLarge { file: name, limit: LARGEST_MESSAGE });
        }
        message.reserve_exact(size as usize + 1);
        file.take(limit).read_to_end(&mut message)
    };
    result.map_err(|source| InputError::from_io(&name, message.len() as u64, source))?;
    if message.is_empty() {
        return Err(InputError::Empty { file: name, expected: "a message" });
    }
    if message.len() > LARGEST_MESSAGE {
        return Err(InputError::TooLarge { file: name, limit: LARGEST_MESSAGE });
    }
    Ok(Mail { id: name, line: 1, label: None, content: Content::Raw(message) })
}

/// A file and its size.
fn open_file(path: &Path, name: &str) -> Result<(File, u64), InputError> {
    let failed = |source| InputError::from_io(name, 0, source);
    let file = File::open(path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    if about.is_dir() {
        return Err(InputError::Directory { file: name.to_owned() });
    }
    Ok((file, about.len()))
}

fn from_reader(
    name: String,
    size: Option<u64>,
    inner: Box<dyn Read + Send>,
    options: &Options,
) -> Result<Source, InputError> {
    let tally = Tally { inner, bytes: 0, checksum: options.hash.then(Sha256::new) };
    let mut input = BufReader::with_capacity(BLOCK, tally);
    let head = input.fill_buf().map_err(|source| InputError::from_io(&name, 0, source))?;
    judge(&name, head)?;
    let holds_zeros = head.contains(&0);
    let mut records = Records::new(input, b',', LARGEST_MESSAGE + OTHER_FIELDS);
    let mut record = Record::default();
    let next = records.next(&mut record).map_err(|source| InputError::from_io(&name, 0, source))?;
    if let Next::OpenQuote(line) = next {
        return Err(InputError::OpenQuote { file: name, line });
    }
    let plan = match Plan::find(&name, record.fields(), options) {
        Err(InputError::NoHeader { file, .. }) if holds_zeros => {
            return Err(InputError::Binary { file, what: "a binary file" });
        }
        plan => plan?,
    };
    Ok(Source { name, size, records, record, plan, account: Account::default() })
}

/// Refuses what cannot be a CSV file by its first block. Only the first line is looked at for zero bytes: fields of real mail
/// hold some.
fn judge(name: &str, head: &[u8]) -> Result<(), InputError> {
    const MAGIC: [(&[u8], &str); 9] = [
        (b"\x1f\x8b", "a gzip file"),
        (b"PK\x03\x04", "a zip file"),
        (b"\xfd7zXZ", "an xz file"),
        (b"BZh", "a bzip2 file"),
        (b"\x28\xb5\x2f\xfd", "a zstd file"),
        (b"%PDF", "a PDF file"),
        (b"\x89PNG", "a picture"),
        (b"\xff\xfe", "UTF-16 text"),
        (b"\xfe\xff", "UTF-16 text"),
    ];
    let file = || name.to_owned();
    if head.trim_ascii().is_empty() {
        return Err(InputError::Empty { file: file(), expected: "a CSV file with a header line" });
    }
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(InputError::Binary { file: file(), what });
    }
    let line = &head[..memchr::memchr(b'\n', head).unwrap_or(head.len())];
    if line.contains(&0) {
        return Err(InputError::Binary { file: file(), what: "a binary file" });
    }
    Ok(())
}

impl Source {
    /// How the user names it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What was taken for what.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Rows read so far and what became of them.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Bytes read so far.
    pub fn bytes_read(&self) -> u64 {
        self.tally().bytes
    }

    /// Bytes there are to read, where that is known.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// SHA-256 of the bytes read so far, in hexadecimal, if it was asked for.
    pub fn sha256(&self) -> Option<String> {
        Some(hexadecimal(&self.tally().checksum.clone()?.finalize()))
    }

    fn tally(&self) -> &Tally {
        self.records.input().get_ref()
    }

    /// The next mails: about a megabyte, at most 512. None at the end; an error if there was no usable row at all.
    pub fn next_batch(&mut self) -> Result<Option<Vec<Mail>>, InputError> {
        let mut batch = Vec::with_capacity(BATCH_MAILS);
        let mut bytes = 0;
        while bytes < BATCH_BYTES && batch.len() < BATCH_MAILS {
            let next = self.records.next(&mut self.record);
            match next.map_err(|source| InputError::from_io(&self.name, self.bytes_read(), source))? {
                Next::Record => match self.mail() {
                    Ok(mail) => {
                        bytes += mail.content.len();
                        batch.push(mail);
                    }
                    Err(reason) => self.account.reject(self.record.line, reason),
                },
                Next::OpenQuote(line) => return Err(InputError::OpenQuote { file: self.name.clone(), line }),
                Next::End if self.account.kept() == 0 => {
                    let (file, read) = (self.name.clone(), self.account.read());
                    return Err(InputError::NoUsableRow { file, read, reasons: self.account.reasons() });
                }
                Next::End if batch.is_empty() => return Ok(None),
                Next::End => break,
            }
        }
        Ok(Some(batch))
    }

    /// The mail in the record just read.
    fn mail(&mut self) -> Result<Mail, Reason> {
        let Source { record, plan, account, .. } = self;
        let (expected, found) = (plan.names.len(), record.len());
        if record.too_large || record.field(plan.text).len() > LARGEST_MESSAGE {
            return Err(Reason::TooLarge);
        }
        if found != expected {
            return Err(Reason::FieldCount { expected, found });
        }
        let field = |column: Option<usize>| column.map_or(&[][..], |at| record.field(at));
        let label = plan.label_of(field(plan.label).trim_ascii())?;
        let text = record.field(plan.text);
        let subject = field(plan.subject);
        if text.trim_ascii().is_empty() && subject.trim_ascii().is_empty() {
            return Err(Reason::EmptyText);
        }
        let string = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let content = if plan.whole_messages {
            Content::Raw(text.to_vec())
        } else {
            Content::Fields { from: string(field(plan.from)), subject: string(subject), body: string(text) }
        };
        let id = match field(plan.id).trim_ascii() {
            [] => (account.read() + 1).to_string(),
            id => string(id),
        };
        account.keep(label);
        Ok(Mail { id, line: record.line, label, content })
    }
}
