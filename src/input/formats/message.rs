//! A file that holds one message, as mail programs store it: header fields, an empty line and the
//! body. If no other format is expected, text without header fields is a message too.

use super::format::{Entry, Format, Head, MailReader, Recognition};
use crate::base::mail::{Content, Email, Label};
use crate::input::account::Reason;
use crate::input::error::InputError;
use crate::input::labels;
use crate::input::options::{LARGEST_MESSAGE, Options};
use crate::input::unpack::Named;
use std::io::Read;

pub(super) const FORMAT: Format = Format {
    name: "messages",
    extensions: &["eml"],
    recognises,
    open: |named, options| Ok(Box::new(MessageReader::new(named, options))),
};

fn recognises(head: &Head<'_>) -> Recognition {
    if head.plain_text_is_a_message || begins_with_a_header_field(head.bytes) {
        Recognition::Likely
    } else {
        Recognition::No
    }
}

/// Whether a text begins with a header field of mail.
fn begins_with_a_header_field(head: &[u8]) -> bool {
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

/// Holds one message until it is read.
struct MessageReader {
    message: Option<Named>,
    label: Option<Label>,
}

impl MessageReader {
    fn new(named: Named, options: &Options) -> MessageReader {
        MessageReader {
            label: labels::of_path(&named.name).or(options.label),
            message: Some(named),
        }
    }
}

impl MailReader for MessageReader {
    fn next(&mut self) -> Result<Option<Entry>, InputError> {
        let Some(Named {
            name,
            stream,
            among_others,
        }) = self.message.take()
        else {
            return Ok(None);
        };
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
                let content = Content::Raw(message);
                return Ok(Some(Entry::Email(Email {
                    id: name,
                    line: 1,
                    label: self.label,
                    kind: None,
                    content,
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
        "one message".to_owned()
    }
}
