//! The table of input formats. The first bytes of an input tell which format it has.
//!
//! A format is one file with a [`MailReader`] and one row here. The phrase that lists the accepted
//! formats is made from the rows.

mod columns;
#[cfg(test)]
mod contract;
pub(super) mod folder;
mod format;
mod json_lines;
mod layout;
mod mbox;
mod message;
mod records;
mod rows;
pub(super) mod table;

pub(super) use format::{Entry, MailReader};

use super::error::InputError;
use super::options::Options;
use super::text;
use super::unpack::{Named, PACKINGS, peek};
use format::{Format, Head};

/// All formats. A folder is not a format: it holds files of these formats.
const FORMATS: &[Format] = &[
    table::FORMAT,
    json_lines::FORMAT,
    message::FORMAT,
    mbox::FORMAT,
];

/// Number of bytes at the beginning of an input that its format is detected from.
const HEAD: usize = 4 << 10;

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
    Named {
        name,
        stream,
        among_others,
    }: Named,
    options: &Options,
) -> Result<Box<dyn MailReader>, InputError> {
    let (bytes, stream) = peek(stream, &name, HEAD)?;
    if bytes.trim_ascii().is_empty() && !among_others {
        return Err(InputError::Empty { file: name });
    }
    if let Some(what) = binary(&bytes) {
        return Err(InputError::Binary { file: name, what });
    }
    let open = recognised(&Head::new(&name, &bytes, among_others, options.labels)).open;
    let named = Named {
        name,
        stream,
        among_others,
    };
    open(named, options)
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

/// What a stream holds, judged by its first bytes, if it is not text. UTF-16 is text.
fn binary(head: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 9] = [
        (b"PK\x03\x04", "a zip file inside another packing"),
        (b"PK\x05\x06", "an empty zip file"),
        (b"BZh", "a bzip2 file"),
        (b"\x28\xb5\x2f\xfd", "a zstd file"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z file"),
        (b"Rar!", "a RAR file"),
        (b"%PDF", "a PDF file"),
        (b"\x89PNG", "a picture"),
        (b"PAR1", "a Parquet file"),
    ];
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(what);
    }
    if head.get(257..262) == Some(b"ustar") {
        return Some("a tar archive");
    }
    if text::utf_16(head).is_some() {
        return None;
    }
    // Fields of real mail contain some zero bytes, but never on the first line.
    let line = &head[..memchr::memchr(b'\n', head).unwrap_or(head.len())];
    line.contains(&0).then_some("a binary file")
}
