//! The table of input formats. The first bytes of an input tell which format it has.
//!
//! A format is one file with a [`MailReader`] and one row here. The phrase that lists the accepted
//! formats is made from the rows.

mod columns;
mod company;
#[cfg(test)]
mod contract;
mod envelope;
pub(super) mod folder;
mod format;
mod json;
mod mbox;
pub(super) mod memory;
mod message;
mod rows;
mod sample;
pub(super) mod table;

pub(super) use columns::{OWN_FIELDS, OWN_RAW};
pub(super) use format::{Entry, MailReader, Named, StatedClass};

use super::error::InputError;
use super::options::{Labels, Options};
use super::text;
use super::unpack::{PACKINGS, peek};
use format::{Format, HEAD, Head, Holds, Recognition};

/// All formats. A folder is not a format: it holds files of these formats.
const FORMATS: &[Format] = &[table::FORMAT, json::FORMAT, message::FORMAT, mbox::FORMAT];

/// A phrase that lists the accepted inputs, for help texts.
pub fn accepted() -> String {
    let formats: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    let packings: Vec<&str> = PACKINGS.iter().map(|(name, _)| *name).collect();
    format!(
        "{} or folders of them, compressed ({}) or not",
        formats.join(", "),
        packings.join(", ")
    )
}

/// Detects the format of a stream from its first bytes and opens it.
pub(super) fn detect(
    mut named: Named,
    options: &Options,
) -> Result<Box<dyn MailReader>, InputError> {
    let name = named.name.clone();
    let (mut bytes, mut stream) = peek(named.stream, &name, HEAD)?;
    if let Some(encoding) = text::utf_16(&bytes) {
        (bytes, stream) = peek(text::transcoded(stream, encoding), &name, HEAD)?;
        named.converted_from = Some(encoding);
    }
    named.stream = stream;
    if bytes.trim_ascii().is_empty() && !named.among_others {
        return Err(InputError::Empty { file: name });
    }
    if let Some(what) = binary(&bytes) {
        return Err(InputError::Binary { file: name, what });
    }
    let head = Head::new(&name, &bytes, named.among_others, options.labels);
    (recognised(&head).open)(named, options)
}

/// What a file among others holds, by its first bytes.
pub(super) fn holds(name: &str, bytes: &[u8]) -> Holds {
    let bytes = text::head_as_utf_8(bytes);
    if binary(&bytes).is_some() {
        return Holds::Binary;
    }
    let head = Head::new(name, &bytes, false, Labels::Needed);
    if head.recognition(recognised(&head)) > Recognition::Possible {
        Holds::Mail
    } else {
        Holds::Text
    }
}

/// The format that recognises a head with the greatest certainty.
fn recognised(head: &Head<'_>) -> &'static Format {
    let surer = |best: &'static Format, next| {
        if head.recognition(next) > head.recognition(best) {
            next
        } else {
            best
        }
    };
    FORMATS[1..].iter().fold(&FORMATS[0], surer)
}

/// What a stream holds, judged by its first bytes, if it is not text.
fn binary(head: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 11] = [
        (b"PK\x03\x04", "a zip file inside another packing"),
        (b"PK\x05\x06", "an empty zip file"),
        (b"BZh", "a bzip2 file"),
        (b"\x28\xb5\x2f\xfd", "a zstd file"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z file"),
        (b"Rar!", "a RAR file"),
        (b"%PDF", "a PDF file"),
        (b"\x89PNG", "a picture"),
        (b"PAR1", "a Parquet file"),
        (b"SQLite format 3\0", "an SQLite database"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "an Excel workbook, an Outlook message or another document of Office before 2007",
        ),
    ];
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(what);
    }
    if head.get(257..262) == Some(b"ustar") {
        return Some("a tar archive");
    }
    // Fields of real mail contain some zero bytes, but never on the first line.
    let line = &head[..memchr::memchr(b'\n', head).unwrap_or(head.len())];
    line.contains(&0).then_some("a binary file")
}
