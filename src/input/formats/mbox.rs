//! Mailboxes in the mbox format: messages one after the other, each after an envelope line (see
//! `envelope`).
//!
//! A line of a body that begins with `From ` is marked with a `>`, which is removed (mboxo, mboxrd,
//! mboxcl), or it is not marked, and the head tells the length of the body (mboxcl2). A length is
//! believed if the next envelope or the end stands where it says.

use super::envelope::{is_envelope, is_mmdf, may_be_envelope};
use super::format::{Entry, Format, Head, MailReader, Named, Recognition, StatedClass};
use crate::base::mail::{Content, Email};
use crate::base::message_head;
use crate::base::numbers::count;
use crate::input::account::Reason;
use crate::input::error::InputError;
use crate::input::options::LARGEST_MESSAGE;
use crate::input::unpack::ByteStream;
use std::collections::VecDeque;
use std::io::{self, BufRead, Cursor, Read};
use std::mem;

pub(super) const FORMAT: Format = Format {
    name: "mailboxes (mbox)",
    extensions: &["mbox"],
    recognises,
    open: |named, _| Ok(Box::new(OfMailbox::new(named))),
};

/// A mailbox begins with an envelope, after blank lines or a few lines of a banner.
fn recognises(head: &Head<'_>) -> Recognition {
    let begins = |text: &[u8]| {
        let end = message_head::line_end(text);
        let next = &text[end..];
        is_mmdf(&text[..end]) || is_envelope(&text[..end], next, true)
    };
    let text = &head.bytes[message_head::marks(head.bytes)..];
    let below = message_head::start(text).is_some_and(|start| begins(&text[start..]));
    if below || begins(text.trim_ascii_start()) {
        Recognition::Certain
    } else {
        Recognition::No
    }
}

/// One message of a mailbox.
struct MboxMessage {
    /// Line of its envelope.
    pub line: u64,
    /// The message, or why it cannot be used.
    pub content: Result<Vec<u8>, Reason>,
}

/// Splits one mailbox into messages.
struct Mailbox {
    stream: ByteStream,
    line: Vec<u8>,
    /// Lines after `line` that were looked at already.
    ahead: VecDeque<Vec<u8>>,
    number: u64,
    /// Whether `line` is the envelope of the next message.
    at_envelope: bool,
    /// Whether lengths in heads are looked at: until one is wrong.
    lengths: bool,
    /// Whether lines of MMDF part the messages: whether the first line is one.
    is_mmdf: bool,
    /// Number of lines that are not blank before the first envelope.
    before: u64,
}

impl Mailbox {
    pub fn new(stream: ByteStream) -> Mailbox {
        Mailbox {
            stream,
            line: Vec::new(),
            ahead: VecDeque::new(),
            number: 0,
            at_envelope: false,
            lengths: true,
            is_mmdf: false,
            before: 0,
        }
    }

    /// The next message. None at the end.
    pub fn next(&mut self) -> io::Result<Option<MboxMessage>> {
        while !self.at_envelope {
            if !self.read_line()? {
                return Ok(None);
            }
            if self.number == 1 {
                self.line.drain(..message_head::marks(&self.line));
                self.is_mmdf = is_mmdf(&self.line);
            }
            self.at_envelope = self.line_is_envelope(true)?;
            let blank = self.line.trim_ascii().is_empty();
            self.before += u64::from(!self.at_envelope && !blank);
        }
        while self.is_mmdf && is_mmdf(&self.line) {
            if !self.read_line()? {
                return Ok(None);
            }
        }
        let begun = self.number;
        let mut message = Growing(Ok(Vec::new()));
        if self.is_mmdf && !may_be_envelope(&self.line) {
            message.push(&self.line);
        }
        let (mut in_head, mut length, mut after_blank) = (true, None, false);
        while self.read_line()? {
            if self.line_is_envelope(after_blank)? {
                self.at_envelope = true;
                break;
            }
            after_blank = matches!(self.line.as_slice(), b"\n" | b"\r\n");
            message.push(&self.line);
            if in_head && after_blank {
                in_head = false;
                if let Some(length) = length {
                    after_blank = !self.read_body(length, &mut message)?;
                }
            } else if in_head {
                length = content_length(&self.line).or(length);
            }
        }
        if self.at_envelope && after_blank {
            message.drop_blank_line();
        }
        Ok(Some(MboxMessage {
            line: begun,
            content: message.0,
        }))
    }

    /// Appends the body if it is as long as its head says: if an envelope or nothing follows it,
    /// perhaps after blank lines. Whether it is.
    fn read_body(&mut self, length: usize, message: &mut Growing) -> io::Result<bool> {
        if !self.lengths || length > LARGEST_MESSAGE || !self.ahead.is_empty() {
            return Ok(false);
        }
        let mut body = Vec::new();
        (&mut self.stream)
            .take(length as u64)
            .read_to_end(&mut body)?;
        let mut blank = 0;
        while blank < 2
            && self
                .ahead(blank)?
                .is_some_and(|line| line.trim_ascii().is_empty())
        {
            blank += 1;
        }
        let ended = match self.ahead(blank)?.map(<[u8]>::to_owned) {
            None => true,
            Some(line) if may_be_envelope(&line) => {
                is_envelope(&line, &self.fields(blank + 1)?, blank > 0)
            }
            Some(line) => self.is_mmdf && is_mmdf(&line),
        };
        let believed = body.len() == length && ended;
        if believed {
            for line in body.split_inclusive(|&byte| byte == b'\n') {
                message.push(line);
            }
            self.number += memchr::memchr_iter(b'\n', &body).count() as u64;
        } else {
            // Reading the same bytes over and over would not be linear.
            self.lengths = false;
            body.extend(self.ahead.drain(..).flatten());
            let rest = mem::replace(&mut self.stream, Box::new(io::empty()));
            self.stream = Box::new(Cursor::new(body).chain(rest));
        }
        Ok(believed)
    }

    fn line_is_envelope(&mut self, after_blank: bool) -> io::Result<bool> {
        if self.is_mmdf {
            return Ok(is_mmdf(&self.line));
        }
        if !may_be_envelope(&self.line) {
            return Ok(false);
        }
        let next = self.fields(0)?;
        Ok(is_envelope(&self.line, &next, after_blank))
    }

    /// The line after `line` that has this number, and those after it as long as they are fields
    /// with names that are not known from mail; the beginnings of them.
    fn fields(&mut self, from: usize) -> io::Result<Vec<u8>> {
        const MOST: usize = 20;
        const LOOKED_AT: usize = 1000;
        let mut fields = Vec::new();
        for number in from..from + MOST {
            let Some(line) = self.ahead(number)? else {
                break;
            };
            fields.extend_from_slice(&line[..line.len().min(LOOKED_AT)]);
            if line.len() > LOOKED_AT {
                fields.push(b'\n');
            }
            let is_folded = number > from && matches!(line.first(), Some(b' ' | b'\t'));
            let is_unknown = message_head::name_len(line)
                .is_some_and(|length| !message_head::is_known(&line[..length]));
            if !is_folded && !is_unknown {
                break;
            }
        }
        Ok(fields)
    }

    /// The line after `line` that has this number, from 0. None if there are not so many.
    fn ahead(&mut self, number: usize) -> io::Result<Option<&[u8]>> {
        while self.ahead.len() <= number {
            let mut line = Vec::new();
            read_line(&mut self.stream, &mut line)?;
            if line.is_empty() {
                return Ok(None);
            }
            self.ahead.push_back(line);
        }
        Ok(self.ahead.get(number).map(Vec::as_slice))
    }

    /// Reads the next line, which is empty at the end. Whether there is one.
    fn read_line(&mut self) -> io::Result<bool> {
        self.line.clear();
        match self.ahead.pop_front() {
            Some(line) => self.line = line,
            None => read_line(&mut self.stream, &mut self.line)?,
        }
        self.at_envelope = false;
        self.number += 1;
        Ok(!self.line.is_empty())
    }
}

/// Reads a line, but at most one byte more than a message may have. The rest of a longer line is
/// read as a line of its own.
fn read_line(stream: &mut ByteStream, line: &mut Vec<u8>) -> io::Result<()> {
    let mut bounded = stream.take(LARGEST_MESSAGE as u64 + 1);
    bounded.read_until(b'\n', line).map(drop)
}

/// The length of the body that a header line states.
fn content_length(line: &[u8]) -> Option<usize> {
    let len = message_head::name_len(line)?;
    if !line[..len].eq_ignore_ascii_case(b"Content-Length") {
        return None;
    }
    let value = std::str::from_utf8(line[len + 1..].trim_ascii()).ok()?;
    value.parse().ok()
}

/// A message that grows line by line, up to the largest that is read.
struct Growing(Result<Vec<u8>, Reason>);

impl Growing {
    fn push(&mut self, line: &[u8]) {
        let marks = line.iter().take_while(|&&byte| byte == b'>').count();
        let marked = marks > 0 && line[marks..].starts_with(b"From ");
        let line = &line[usize::from(marked)..];
        if let Ok(message) = &mut self.0 {
            if message.len() + line.len() > LARGEST_MESSAGE {
                self.0 = Err(Reason::TooLarge);
            } else {
                message.extend_from_slice(line);
            }
        }
    }

    /// The blank line before an envelope belongs to the format, not to the message.
    fn drop_blank_line(&mut self) {
        if let Ok(message) = &mut self.0 {
            let end = if message.ends_with(b"\r\n") { 2 } else { 1 };
            message.truncate(message.len().saturating_sub(end));
        }
    }
}

/// Reads the messages of a mailbox, which all have the same class.
struct OfMailbox {
    name: String,
    mailbox: Mailbox,
    class: Option<StatedClass>,
    number: u64,
}

impl OfMailbox {
    fn new(named: Named) -> OfMailbox {
        OfMailbox {
            class: named.class,
            name: named.name,
            mailbox: Mailbox::new(named.stream),
            number: 0,
        }
    }
}

impl MailReader for OfMailbox {
    fn next(&mut self) -> Result<Option<Entry>, InputError> {
        let next = self.mailbox.next();
        let next = next.map_err(|source| InputError::from_io(&self.name, 0, source))?;
        let Some(MboxMessage { line, content }) = next else {
            return Ok(None);
        };
        self.number += 1;
        let content = match content {
            Ok(message) if message.is_empty() => Err(Reason::EmptyText),
            other => other,
        };
        Ok(Some(match content {
            Err(reason) => Entry::Rejected {
                line,
                reason,
                row: Vec::new(),
            },
            Ok(message) => Entry::Email(Email {
                id: format!("{}:{}", self.name, self.number),
                line,
                label: self.class.as_ref().map(|class| class.label),
                kind: None,
                content: Content::Raw(message),
            }),
        }))
    }

    fn described(&self) -> String {
        format!(
            "a mailbox (mbox){}",
            StatedClass::described(self.class.as_ref())
        )
    }

    fn notes(&self) -> Vec<String> {
        match self.mailbox.before {
            0 => Vec::new(),
            lines => vec![format!(
                "{} lines before the first message were left out",
                count(lines)
            )],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line and text of each message.
    fn messages(text: &str) -> Vec<(u64, String)> {
        let mut mailbox = Mailbox::new(Box::new(Cursor::new(text.to_owned())));
        let mut found = Vec::new();
        while let Some(MboxMessage { line, content }) = mailbox.next().unwrap() {
            found.push((line, String::from_utf8(content.unwrap()).unwrap()));
        }
        found
    }

    #[test]
    fn only_envelopes_part_messages() {
        let text = "From a@b.example Thu Aug 22 12:36:23 2002\nSubject: one\n\n\
                    From here on it is text.\n\nFrom now until Mon\n>From x\n\n\
                    From \"A B\" Fri Aug  2 1:02:03 +0100 2002\nSubject: two\n\nlast\n\
                    From c@b.example\nSubject: three\n\nend";
        let expected = [
            (
                1,
                "Subject: one\n\nFrom here on it is text.\n\nFrom now until Mon\nFrom x\n",
            ),
            (9, "Subject: two\n\nlast\n"),
            (13, "Subject: three\n\nend"),
        ];
        assert_eq!(
            messages(text),
            expected.map(|(line, text)| (line, text.to_owned()))
        );
    }

    /// mboxcl2 (qmail's mbox(5)): nothing in the body is marked, and the head tells its length.
    #[test]
    fn a_stated_length_is_believed_where_an_envelope_follows_the_body() {
        let inner = "From c@d.example Fri Aug 23 12:36:23 2002\nSubject: quoted\n\ninner\n";
        let of = |length: usize, end: &str| {
            format!(
                "From a@b.example Thu Aug 22 12:36:23 2002\nSubject: outer\n\
                 Content-Length: {length}\n\n{inner}{end}\
                 From e@f.example Sat Aug 24 12:36:23 2002\nSubject: next\n\nlast\n"
            )
        };
        for end in ["", "\n", "\n\n"] {
            let found = messages(&of(inner.len(), end));
            assert_eq!(found.len(), 2, "{end:?}");
            assert!(found[0].1.contains(inner));
            assert_eq!(found[1].1, "Subject: next\n\nlast\n");
        }
        let line = 9;
        assert_eq!(messages(&of(inner.len(), "\n"))[1].0, line + 1);
        for wrong in [0, 5, inner.len() + 3, 100_000, usize::MAX] {
            let lines: Vec<u64> = messages(&of(wrong, "\n")).iter().map(|m| m.0).collect();
            assert_eq!(lines, [1, 5, line + 1], "{wrong}");
        }
    }

    /// As Python's `mailbox.MMDF` parts them.
    #[test]
    fn mmdf_is_parted_at_its_own_lines_alone() {
        let mark = "\u{1}\u{1}\u{1}\u{1}\n";
        let of =
            |at: u64| format!("{mark}From: a@b.example\nSubject: {at}\n\nFrom x\nTo: y\n\n{mark}");
        let found = messages(&(of(1) + &of(2)));
        let lines: Vec<u64> = found.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [2, 10]);
        assert!(found[1].1.starts_with("From: a@b.example\nSubject: 2\n"));
        // In a mailbox that is no MMDF, a body may hold such a line.
        let text = format!("From a@b.example Thu Aug 22 12:36:23 2002\nTo: x\n\n{mark}To: y\n");
        assert_eq!(messages(&text).len(), 1);
    }

    #[test]
    fn marks_blank_lines_and_a_banner_before_the_first_envelope_are_passed_over() {
        for before in [
            "\u{feff}",
            "\n\n",
            "\u{feff}\r\n",
            "Exported by a program.\n",
        ] {
            let text = format!(
                "{before}From a@b.example Thu Aug 22 12:36:23 2002\nFrom: a@b.example\n\
                 To: c@d.example\nSubject: x\n\nbody\n"
            );
            assert_eq!(messages(&text).len(), 1, "{before:?}");
        }
    }
}
