//! Mailboxes in the mbox format: messages one after the other, each after an envelope line.
//!
//! An envelope line is `From`, an address and a date (`From ann@example.org Thu Aug 22 12:36:23
//! 2002`) after an empty line or at the beginning; any other line that begins with `From ` belongs
//! to the body. `>From ` in a body loses its `>`, as in mboxrd.

use super::format::{Entry, Format, Head, MailReader, Recognition, of_class};
use crate::base::mail::{Content, Email, Label};
use crate::input::account::Reason;
use crate::input::error::InputError;
use crate::input::labels;
use crate::input::options::{LARGEST_MESSAGE, Options};
use crate::input::unpack::{ByteStream, Named};
use std::io::{self, BufRead, Read};

pub(super) const FORMAT: Format = Format {
    name: "mailboxes (mbox)",
    extensions: &["mbox"],
    recognises,
    open: |named, options| Ok(Box::new(OfMailbox::new(named, options))),
};

fn recognises(head: &Head<'_>) -> Recognition {
    if is_envelope(head.first_line()) {
        Recognition::Certain
    } else {
        Recognition::No
    }
}

/// Length in bytes of the longest line that can be an envelope.
const LONGEST_ENVELOPE: usize = 1000;

/// Whether `line` is an envelope line.
fn is_envelope(line: &[u8]) -> bool {
    const DAYS: [&[u8]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];
    const MONTHS: [&[u8]; 12] = [
        b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
        b"Dec",
    ];
    let Some(rest) = line.strip_prefix(b"From ") else {
        return false;
    };
    let mut words = rest[..rest.len().min(LONGEST_ENVELOPE)]
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    // The address may contain spaces; what counts is the date after it.
    let after_day = words.by_ref().skip(1).any(|word| DAYS.contains(&word));
    let month = words.next().is_some_and(|word| MONTHS.contains(&word));
    let day = words
        .next()
        .is_some_and(|word| word.len() <= 2 && word.iter().all(u8::is_ascii_digit));
    let time = words
        .next()
        .is_some_and(|word| word.contains(&b':') && word[0].is_ascii_digit());
    let year = words.any(|word| word.len() == 4 && word.iter().all(u8::is_ascii_digit));
    after_day && month && day && time && year
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
    number: u64,
    /// Whether `line` is the envelope of the next message.
    at_envelope: bool,
}

impl Mailbox {
    pub fn new(stream: ByteStream) -> Mailbox {
        Mailbox {
            stream,
            line: Vec::new(),
            number: 0,
            at_envelope: false,
        }
    }

    /// The next message. None at the end.
    pub fn next(&mut self) -> io::Result<Option<MboxMessage>> {
        while !self.at_envelope {
            if !self.read_line()? {
                return Ok(None);
            }
            self.at_envelope = is_envelope(&self.line);
        }
        let begun = self.number;
        let mut message = Vec::new();
        let (mut too_large, mut after_empty) = (false, false);
        loop {
            if !self.read_line()? {
                self.at_envelope = false;
                break;
            }
            if after_empty && is_envelope(&self.line) {
                // The empty line before an envelope belongs to the format, not to the message.
                let end = if message.ends_with(b"\r\n") { 2 } else { 1 };
                message.truncate(message.len().saturating_sub(end));
                break;
            }
            after_empty = matches!(self.line.as_slice(), b"\n" | b"\r\n");
            let quoted = self.line.starts_with(b">")
                && self.line[self.line.iter().take_while(|&&byte| byte == b'>').count()..]
                    .starts_with(b"From ");
            let line = &self.line[usize::from(quoted)..];
            too_large |= message.len() + line.len() > LARGEST_MESSAGE;
            if !too_large {
                message.extend_from_slice(line);
            }
        }
        Ok(Some(MboxMessage {
            line: begun,
            content: if too_large {
                Err(Reason::TooLarge)
            } else {
                Ok(message)
            },
        }))
    }

    /// Reads a line, but at most one byte more than a message may have. The rest of a longer line
    /// is read as a line of its own.
    fn read_line(&mut self) -> io::Result<bool> {
        self.line.clear();
        let mut bounded = (&mut self.stream).take(LARGEST_MESSAGE as u64 + 1);
        bounded.read_until(b'\n', &mut self.line)?;
        self.number += 1;
        Ok(!self.line.is_empty())
    }
}

/// Reads the messages of a mailbox, which all have the same class.
struct OfMailbox {
    name: String,
    mailbox: Mailbox,
    label: Option<Label>,
    number: u64,
}

impl OfMailbox {
    fn new(named: Named, options: &Options) -> OfMailbox {
        OfMailbox {
            label: labels::of_path(&named.name).or(options.label),
            name: named.name,
            mailbox: Mailbox::new(named.stream),
            number: 0,
        }
    }
}

impl MailReader for OfMailbox {
    fn next(&mut self) -> Result<Option<Entry>, InputError> {
        let next = self
            .mailbox
            .next()
            .map_err(|source| InputError::from_io(&self.name, 0, source))?;
        let Some(MboxMessage {
            line,
            content: message,
        }) = next
        else {
            return Ok(None);
        };
        self.number += 1;
        let message = message.and_then(|message| {
            if message.is_empty() {
                Err(Reason::EmptyText)
            } else {
                Ok(message)
            }
        });
        Ok(Some(match message {
            Err(reason) => Entry::Rejected {
                line,
                reason,
                row: Vec::new(),
            },
            Ok(message) => {
                let id = format!("{}:{}", self.name, self.number);
                Entry::Email(Email {
                    id,
                    line,
                    label: self.label,
                    kind: None,
                    content: Content::Raw(message),
                })
            }
        }))
    }

    fn described(&self) -> String {
        format!("a mailbox (mbox){}", of_class(self.label))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_envelopes_part_messages() {
        let text = "From a@b.example Thu Aug 22 12:36:23 2002\nSubject: one\n\n\
                    From here on it is text.\n\nFrom now until Mon\n>From x\n\n\
                    From \"A B\" Fri Aug  2 1:02:03 +0100 2002\nSubject: two\n\nlast";
        let mut mailbox = Mailbox::new(Box::new(text.as_bytes()));
        let mut found = Vec::new();
        while let Some(MboxMessage { line, content }) = mailbox.next().unwrap() {
            found.push((line, String::from_utf8(content.unwrap()).unwrap()));
        }
        assert_eq!(
            found,
            [
                (
                    1,
                    "Subject: one\n\nFrom here on it is text.\n\nFrom now until Mon\nFrom x\n"
                        .to_owned()
                ),
                (9, "Subject: two\n\nlast".to_owned()),
            ]
        );
        assert!(!is_envelope(b"From Monday on, May 5 at 10:00, 2002 of us"));
        assert!(!is_envelope(b"From "));
    }
}
