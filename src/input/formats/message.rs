//! A file that holds one message, as mail programs store it: header fields, an empty line and the
//! body. If no other format is expected, text without header fields is a message too.

use super::format::{Entry, Format, Head, MailReader, Named, Recognition, StatedClass};
use crate::base::mail::{Content, Email};
use crate::base::message_head;
use crate::input::account::Reason;
use crate::input::error::InputError;
use crate::input::options::LARGEST_MESSAGE;
use memchr::memmem;
use std::io::Read;
use std::ops::Range;

pub(super) const FORMAT: Format = Format {
    name: "messages",
    extensions: &["eml"],
    recognises,
    open: |named, _| Ok(Box::new(MessageReader::new(named))),
};

fn recognises(head: &Head<'_>) -> Recognition {
    let begins = message_head::start(without_length(head.bytes)).is_some();
    if begins || head.plain_text_is_a_message {
        Recognition::Likely
    } else {
        Recognition::No
    }
}

/// A text without a first line that holds nothing but a number, with which Apple Mail begins a
/// message: its length in bytes.
fn without_length(text: &[u8]) -> &[u8] {
    length_line(text).map_or(text, |(_, rest)| rest)
}

fn length_line(text: &[u8]) -> Option<(usize, &[u8])> {
    let (line, rest) = text.split_at(message_head::line_end(text));
    let digits = std::str::from_utf8(line.trim_ascii()).ok()?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| (digits.parse().unwrap_or(usize::MAX), rest))
}

/// The part of a file that is the message. Apple Mail (`.emlx`) writes its length before it and a
/// property list after it.
fn message_in(file: &[u8]) -> Range<usize> {
    let whole = 0..file.len();
    let Some((length, rest)) = length_line(file) else {
        return whole;
    };
    if message_head::start(rest).is_none() {
        return whole;
    }
    let begin = file.len() - rest.len();
    let is_end = |rest: &[u8]| matches!(rest.trim_ascii_start(), [] | [b'<', ..]);
    if rest.get(length..).is_some_and(is_end) {
        return begin..begin + length;
    }
    // The number is wrong, for instance because line ends were converted.
    let list = memmem::rfind(rest, b"<?xml").filter(|&at| {
        memmem::find(&rest[at..], b"<plist").is_some()
            && rest.trim_ascii_end().ends_with(b"</plist>")
    });
    begin..begin + list.unwrap_or(rest.len())
}

/// Reads one message.
struct MessageReader {
    message: Option<Named>,
    described: String,
}

impl MessageReader {
    fn new(named: Named) -> MessageReader {
        MessageReader {
            described: format!(
                "one message{}",
                StatedClass::described(named.class.as_ref())
            ),
            message: Some(named),
        }
    }
}

impl MailReader for MessageReader {
    fn next(&mut self) -> Result<Option<Entry>, InputError> {
        let Some(named) = self.message.take() else {
            return Ok(None);
        };
        let label = named.label();
        let Named {
            name,
            stream,
            among_others,
            ..
        } = named;
        let mut message = Vec::new();
        let mut bounded = stream.take(LARGEST_MESSAGE as u64 + 1);
        bounded
            .read_to_end(&mut message)
            .map_err(|source| InputError::from_io(&name, 0, source))?;
        // A bad file among others is rejected. If it is the only file, that is an error.
        let reason = match message.len() {
            0 if !among_others => return Err(InputError::Empty { file: name }),
            0 => Reason::EmptyText,
            size if size > LARGEST_MESSAGE && !among_others => {
                return Err(InputError::TooLarge {
                    file: name,
                    limit: LARGEST_MESSAGE,
                });
            }
            size if size > LARGEST_MESSAGE => Reason::TooLarge,
            _ => {
                let Range { start, end } = message_in(&message);
                message.truncate(end);
                message.drain(..start);
                return Ok(Some(Entry::Email(Email {
                    id: name,
                    line: 1,
                    label,
                    kind: None,
                    content: Content::Raw(message),
                })));
            }
        };
        Ok(Some(Entry::Rejected {
            line: 1,
            reason,
            row: name.into_bytes(),
        }))
    }

    fn described(&self) -> String {
        self.described.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The length counts the bytes after its line; the property list comes after them (from the
    /// description of the form at the Library of Congress).
    #[test]
    fn a_message_of_apple_mail_is_what_its_length_says() {
        let message = "From: a@b.example\nSubject: x\n\nbody <?xml\n";
        let list = "<?xml version=\"1.0\"?>\n<plist version=\"1.0\"><dict/></plist>\n";
        let of = |file: &str| file[message_in(file.as_bytes())].to_owned();
        let length = message.len();
        for file in [
            format!("{length}\n{message}{list}"),
            format!("{length}      \n{message}{list}"),
            format!("{length}\n{message}"),
            // The number is wrong.
            format!("7\n{message}{list}"),
            format!("99999999999999999999\n{message}{list}"),
        ] {
            assert_eq!(of(&file), message, "{file}");
        }
        for file in ["42\nplain text\n", "42", message, ""] {
            assert_eq!(of(file), file);
        }
    }
}
