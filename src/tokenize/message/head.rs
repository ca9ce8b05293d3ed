//! The head of a message (RFC 5322): where it ends, and its fields.
//!
//! Corpora contain many texts that are not quite messages: an mbox `From ` line comes first, a lone
//! `Subject:` line has the body right below it, or there is no header at all. So a head must have
//! at least one known field name. If no empty line follows it, it ends before the first
//! line whose field name is unknown.
//!
//! A whole message may have a byte-order mark, blank lines or a banner before its head; a MIME part
//! that begins with an empty line has no head.

use crate::base::message_head::{self, is_envelope, is_known, line_end};

/// One header field. Its value may be folded over several lines.
pub(crate) struct Field<'a> {
    pub name: &'a [u8],
    pub value: &'a [u8],
}

impl Field<'_> {
    /// Whether it is called `name`, ignoring case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }
}

/// Iterates over the fields of a head.
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
    /// Whether a line that is not a field ends the head; otherwise it is passed over.
    strict: bool,
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    #[inline]
    fn next(&mut self) -> Option<Field<'a>> {
        while is_envelope(self.rest) {
            self.rest = &self.rest[line_end(self.rest)..];
        }
        let (name_end, value) = loop {
            match name_and_colon(self.rest) {
                Some(found) => break found,
                None if self.strict || self.rest.is_empty() => return None,
                None => self.rest = &self.rest[line_end(self.rest)..],
            }
        };
        let mut end = line_end(self.rest);
        while matches!(self.rest.get(end), Some(b' ' | b'\t')) {
            end += line_end(&self.rest[end..]);
        }
        let (field, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(Field {
            name: &field[..name_end],
            value: &field[value..],
        })
    }
}

/// The fields of `head`.
pub(crate) fn fields(head: &[u8]) -> Fields<'_> {
    Fields {
        rest: head,
        strict: false,
    }
}

/// The fields at the beginning of `text`, up to the first line that is not a field.
fn leading_fields(text: &[u8]) -> Fields<'_> {
    Fields {
        rest: text,
        strict: true,
    }
}

/// A whole message as it is stored.
pub(crate) struct Stored<'a> {
    /// Lines that a gateway or an export put before the head, with the blank lines among them.
    pub banner: &'a [u8],
    /// The head; it may be empty.
    pub head: &'a [u8],
    /// The body.
    pub body: &'a [u8],
}

/// Splits a whole message, which may have something before its head.
pub(crate) fn split_stored(message: &[u8]) -> Stored<'_> {
    let text = &message[message_head::marks(message)..];
    let start = message_head::start(text).unwrap_or(0);
    let (head, body) = split(&text[start..]);
    Stored {
        banner: text[..start].trim_ascii(),
        head,
        body,
    }
}

/// Splits a message or a part of one into head and body. The head may be empty.
pub(crate) fn split(message: &[u8]) -> (&[u8], &[u8]) {
    let mut all = leading_fields(message);
    let mut known = false;
    for field in all.by_ref() {
        known |= is_known(field.name);
    }
    let head_len = message.len() - all.rest.len();
    let empty_line = empty_line(all.rest);
    if known && (empty_line > 0 || all.rest.is_empty()) || head_len == 0 {
        return (&message[..head_len], &all.rest[empty_line..]);
    }
    if known && let Some(more) = fields_after_broken_line(all.rest) {
        let (head, rest) = message.split_at(head_len + more);
        return (head, &rest[self::empty_line(rest)..]);
    }
    // There is no empty line, or no known field name. Only the fields with known names at the top
    // are the head.
    let mut all = leading_fields(message);
    let mut head_len = 0;
    while all.next().is_some_and(|field| is_known(field.name)) {
        head_len = message.len() - all.rest.len();
    }
    message.split_at(head_len)
}

/// Length of the line end at the beginning of `text`, if there is one.
fn empty_line(text: &[u8]) -> usize {
    if text.starts_with(b"\n") {
        1
    } else {
        2 * usize::from(text.starts_with(b"\r\n"))
    }
}

/// The length of the rest of a head after its first line, which is broken: fields, up to an empty
/// line, some of which describe the body. Without those, the body may as well begin here.
fn fields_after_broken_line(text: &[u8]) -> Option<usize> {
    let mut fields = leading_fields(&text[line_end(text)..]);
    let describes_body = fields
        .by_ref()
        .filter(|field| field.is("content-type") || field.is("content-transfer-encoding"))
        .count();
    let ends = empty_line(fields.rest) > 0;
    (ends && describes_body > 0).then_some(text.len() - fields.rest.len())
}

/// The length of the field name at the beginning of `line`, and the position after its colon. White
/// space may come before the colon of a known field (RFC 5322, section 4.5).
fn name_and_colon(line: &[u8]) -> Option<(usize, usize)> {
    let end = line
        .iter()
        .position(|&byte| byte == b':' || !byte.is_ascii_graphic())
        .filter(|&end| end > 0)?;
    if line[end] == b':' {
        return Some((end, end + 1));
    }
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
    let colon = end + line[end..].iter().take_while(is_blank).count();
    (line.get(colon) == Some(&b':') && is_known(&line[..end])).then_some((end, colon + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(message: &str) -> (Vec<String>, &str) {
        let (head, body) = split(message.as_bytes());
        let names = fields(head)
            .map(|field| String::from_utf8_lossy(field.name).into_owned())
            .collect();
        (names, std::str::from_utf8(body).unwrap())
    }

    #[test]
    fn heads_end_where_a_reader_would_end_them() {
        let own = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            names("From a b\nSubject: x\n y\nX: z\n\nbody: 1\n"),
            (own(&["Subject", "X"]), "body: 1\n")
        );
        assert_eq!(names("Subject: x\r\n\r\nbody"), (own(&["Subject"]), "body"));
        assert_eq!(
            names("Subject: x\nbody\n\nmore"),
            (own(&["Subject"]), "body\n\nmore")
        );
        assert_eq!(
            names("Subject: x\nre: y\nbody"),
            (own(&["Subject"]), "re: y\nbody")
        );
        assert_eq!(names("Subject: x\n"), (own(&["Subject"]), ""));
        // The obsolete syntax of RFC 5322, section 4.5; text of the same form is no field.
        assert_eq!(
            names("Subject : x\nTo\t: y\n\nbody"),
            (own(&["Subject", "To"]), "body")
        );
        assert_eq!(
            names("Subject: x\nhello : y\n"),
            (own(&["Subject"]), "hello : y\n")
        );
        // A broken line, after which fields tell how the body is to be read.
        assert_eq!(
            names("Subject: x\nbroken line\nContent-Type: text/html\n\nbody"),
            (own(&["Subject", "Content-Type"]), "body")
        );
        assert_eq!(
            names("Subject: x\nsee below\nFrom: ann\n\nbody"),
            (own(&["Subject"]), "see below\nFrom: ann\n\nbody")
        );
        assert_eq!(
            names("URGENT: call me\n\nnow"),
            (own(&[]), "URGENT: call me\n\nnow")
        );
        assert_eq!(names("no header at all"), (own(&[]), "no header at all"));
        assert_eq!(names("\nbody"), (own(&[]), "body"));
        assert_eq!(names(""), (own(&[]), ""));
    }

    #[test]
    fn what_is_before_the_head_of_a_whole_message_is_not_part_of_it() {
        let parts = |message: &'static str| {
            let Stored { banner, head, body } = split_stored(message.as_bytes());
            [banner, head, body].map(|part| std::str::from_utf8(part).unwrap())
        };
        assert_eq!(
            parts("\u{feff}\r\n\nSubject: x\n\nbody"),
            ["", "Subject: x\n", "body"]
        );
        assert_eq!(
            parts("Archived by us.\n\nFrom: a\nTo: b\nSubject: x\n\nbody"),
            ["Archived by us.", "From: a\nTo: b\nSubject: x\n", "body"]
        );
        assert_eq!(parts("\u{feff}\nonly text"), ["", "", "only text"]);
        assert_eq!(parts(""), ["", "", ""]);
    }
}
