//! What every form of input gives, and which form an input has, told by its first bytes.

pub(super) mod columns;
pub(super) mod folder;
pub(super) mod layout;
pub(super) mod mbox;
pub(super) mod records;
pub(super) mod rows;
use super::formats::folder::Single;
use super::formats::mbox::{OfMailbox, is_envelope};
use super::formats::rows::{JsonLines, RowSource, is_json_lines, peek};
use super::unpack::Named;
use super::{InputError, Labels, Options, Reason, labels, text};
use crate::base::mail::{Email, Label};

/// Bytes of an input by which its form is told.
const HEAD: usize = 4 << 10;

/// What is found in a pile.
pub(crate) enum Detected {
    Email(Email),
    /// What cannot be used, as it stands.
    RejectedRow {
        line: u64,
        reason: Reason,
        row: Vec<u8>,
    },
}

/// A pile of mail of one form.
pub(crate) trait MailFormat: Send {
    /// What comes next. None at the end.
    fn next(&mut self) -> Result<Option<Detected>, InputError>;
    /// What was taken for what.
    fn described(&self) -> String;
    /// What the user should know of how it was read.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

/// How a plan says of which class all mail of a pile is.
pub(crate) fn of_class(label: Option<Label>) -> String {
    label.map_or_else(
        || ", of no class".to_owned(),
        |label| format!(", all {label}"),
    )
}

/// The pile in a stream, told by its head. `alone` says that text of no known form is one message:
/// a file among others.
pub(crate) fn detect(
    named: Named,
    options: &Options,
    alone: bool,
) -> Result<Box<dyn MailFormat>, InputError> {
    let Named { name, stream } = named;
    let (head, stream) = peek(stream, &name, HEAD)?;
    let named = Named { name, stream };
    let label = labels::of_path(&named.name).or(options.label);
    if head.trim_ascii().is_empty() && !alone {
        let expected = "a table with a header line, messages or a mailbox";
        return Err(InputError::Empty {
            file: named.name,
            expected,
        });
    }
    if let Some(what) = binary(&head) {
        return Err(InputError::Binary {
            file: named.name,
            what,
        });
    }
    let line = &head[..memchr::memchr(b'\n', &head).unwrap_or(head.len())];
    if is_envelope(line) {
        return Ok(Box::new(OfMailbox::new(named, label)));
    }
    let table = is_table_name(&named.name);
    if is_json_lines(&head) {
        return Ok(Box::new(JsonLines::open(named, options)?));
    }
    let is_message =
        !table && (looks_like_a_message(&head) || alone || options.labels == Labels::Ignored);
    if is_message {
        return Ok(Box::new(Single::new(named, label, alone)));
    }
    Ok(Box::new(RowSource::open(named, options)?))
}

/// Whether a name says that the file is a table, whatever its text looks like.
fn is_table_name(name: &str) -> bool {
    let name = name.to_lowercase();
    let plain = [".gz", ".xz"]
        .iter()
        .find_map(|packed| name.strip_suffix(packed))
        .unwrap_or(&name);
    [".csv", ".tsv", ".tab", ".psv"]
        .iter()
        .any(|table| plain.ends_with(table))
}

/// Whether a text begins with a header field of mail.
fn looks_like_a_message(head: &[u8]) -> bool {
    const FIRST: [&str; 14] = [
        "return-path",
        "received",
        "from",
        "subject",
        "date",
        "to",
        "message-id",
        "delivered-to",
        "mime-version",
        "x-",
        "content-",
        "reply-to",
        "envelope-to",
        "dkim-signature",
    ];
    let line = head.strip_prefix(b">").unwrap_or(head);
    let Some(colon) = line
        .iter()
        .position(|&byte| byte == b':' || !byte.is_ascii_graphic())
    else {
        return false;
    };
    let name = &line[..colon];
    let known = |first: &&str| {
        let whole = !first.ends_with('-');
        name.len() >= first.len()
            && name[..first.len()].eq_ignore_ascii_case(first.as_bytes())
            && (!whole || name.len() == first.len())
    };
    colon > 0 && line[colon] == b':' && FIRST.iter().any(known)
}

/// What a stream holds by its first bytes, if it is no text. UTF-16 is text.
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
    // Fields of real mail hold some zero bytes, but not on the first line.
    let line = &head[..memchr::memchr(b'\n', head).unwrap_or(head.len())];
    line.contains(&0).then_some("a binary file")
}
