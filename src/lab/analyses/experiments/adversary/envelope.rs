//! Messages with something added or with another text. What is added is a part of its own, so that
//! nothing of the message is lost; a text that is changed is sent as plain text under the old
//! header.

use crate::base::mail::{Content, Email};
use crate::base::streams::hash_of_content;

/// Where text is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Before all that the message says.
    Front,
    /// After it.
    Behind,
    /// Before it, in a page that does not show it.
    Hidden,
}

/// The message with `text` added.
pub fn added(email: &Email, text: &str, place: Place) -> Email {
    let content = match &email.content {
        Content::Raw(message) => Content::Raw(multipart(message, text, place)),
        Content::Fields {
            from,
            subject,
            body,
        } => Content::Fields {
            from: from.clone(),
            subject: subject.clone(),
            body: match place {
                Place::Front => format!("{text}\n{body}"),
                Place::Behind => format!("{body}\n{text}"),
                Place::Hidden => format!("{}\n{body}", unseen(text)),
            },
        },
    };
    with(email, content)
}

/// The message with this subject and this plain text in place of its own; other header fields stay.
pub fn rewritten(email: &Email, subject: &str, body: &str) -> Email {
    let content = match &email.content {
        Content::Raw(message) => {
            let (fields, _) = split(message);
            let kept = fields
                .into_iter()
                .filter(|field| !is_about_content(field) && !is_named(field, b"subject"));
            let mut written = kept.collect::<Vec<&[u8]>>().concat();
            let subject = subject.replace(['\r', '\n'], " ");
            let head = format!("Subject: {subject}\nMIME-Version: 1.0\n{PLAIN}\n");
            written.extend_from_slice(head.as_bytes());
            written.extend_from_slice(body.as_bytes());
            Content::Raw(written)
        }
        Content::Fields { from, .. } => Content::Fields {
            from: from.clone(),
            subject: subject.to_owned(),
            body: body.to_owned(),
        },
    };
    with(email, content)
}

/// The subject and the body of a text as the tokenizer gives it.
pub fn subject_and_body(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or((text, ""))
}

const PLAIN: &str = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n";

fn with(email: &Email, content: Content) -> Email {
    Email {
        content,
        ..email.clone()
    }
}

/// Text in a page that does not show it.
fn unseen(text: &str) -> String {
    format!("<div style=\"display:none\">{text}</div>")
}

/// The message as one part of several, beside `text` as another.
fn multipart(message: &[u8], text: &str, place: Place) -> Vec<u8> {
    let (fields, body) = split(message);
    let (content, kept): (Vec<&[u8]>, Vec<&[u8]>) = fields
        .into_iter()
        .partition(|field| is_about_content(field));
    let boundary = format!("part-{:016x}", hash_of_content(message.iter().copied()));
    let own = [&content.concat()[..], b"\n", body].concat();
    let other = if place == Place::Hidden {
        format!("Content-Type: text/html; charset=utf-8\n\n{}", unseen(text))
    } else {
        format!("{PLAIN}\n{text}")
    };
    let parts = match place {
        Place::Behind => [&own[..], other.as_bytes()],
        Place::Front | Place::Hidden => [other.as_bytes(), &own[..]],
    };
    let mut written = kept.concat();
    let head =
        format!("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"{boundary}\"\n\n");
    written.extend_from_slice(head.as_bytes());
    for part in parts {
        written.extend_from_slice(format!("--{boundary}\n").as_bytes());
        written.extend_from_slice(part);
        written.push(b'\n');
    }
    written.extend_from_slice(format!("--{boundary}--\n").as_bytes());
    written
}

/// The fields of the header, each with the lines that go on with it and the end of its last, and
/// the body.
fn split(message: &[u8]) -> (Vec<&[u8]>, &[u8]) {
    let mut fields: Vec<&[u8]> = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < message.len() {
        let line = &message[at..];
        let length = line.iter().position(|&byte| byte == b'\n');
        let length = length.map_or(line.len(), |end| end + 1);
        let line = &line[..length];
        if line.trim_ascii().is_empty() {
            if start < at {
                fields.push(&message[start..at]);
            }
            return (fields, &message[at + length..]);
        }
        let goes_on = line.starts_with(b" ") || line.starts_with(b"\t");
        if !goes_on && start < at {
            fields.push(&message[start..at]);
            start = at;
        }
        at += length;
    }
    // There is no body, and the last line may lack its end: it is left out rather than run into
    // what comes next.
    (fields, b"")
}

fn is_named(field: &[u8], name: &[u8]) -> bool {
    let is_name = field.get(..name.len());
    is_name.is_some_and(|found| found.eq_ignore_ascii_case(name))
        && field[name.len()..].trim_ascii_start().starts_with(b":")
}

fn is_about_content(field: &[u8]) -> bool {
    let named = field.get(..8);
    named.is_some_and(|found| found.eq_ignore_ascii_case(b"content-"))
        || is_named(field, b"mime-version")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenize::{Recipe, TokenKind, Tokenizer};

    fn text(email: &Email) -> String {
        let mut tokenizer = Tokenizer::new(&Recipe::default());
        let (mut text, mut tokens) = (Vec::new(), Vec::new());
        tokenizer.read(&email.content, &mut text, &mut tokens);
        String::from_utf8(text).unwrap()
    }

    fn raw(message: &str) -> Email {
        Email::message("1", message.as_bytes().to_vec())
    }

    /// A page in base64: "<p>cheap pills</p>".
    const PAGE: &str = "From: a@b.example\nSubject: pills\nContent-Type: text/html;\n \
        charset=us-ascii\nContent-Transfer-Encoding: base64\n\nPHA+Y2hlYXAgcGlsbHM8L3A+\n";

    #[test]
    fn what_is_added_stands_where_it_should_and_nothing_is_lost() {
        let emails = [
            raw(PAGE),
            raw("Subject: pills\n\ncheap pills\n"),
            raw("Subject: pills\r\n\r\ncheap pills\r\n"),
            Email::new("1", None, Content::text("pills", "cheap pills")),
            Email::new("1", None, Content::text("pills", "<p>cheap pills</p>")),
        ];
        for email in emails {
            let words = |place| {
                let text = text(&added(&email, "meeting tomorrow", place));
                let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
                words.join(" ")
            };
            assert_eq!(words(Place::Front), "pills meeting tomorrow cheap pills");
            assert_eq!(words(Place::Behind), "pills cheap pills meeting tomorrow");
            assert_eq!(words(Place::Hidden), "pills cheap pills");
        }
    }

    #[test]
    fn hidden_text_is_read_as_hidden() {
        let hidden = added(&raw(PAGE), "meeting tomorrow", Place::Hidden);
        let mut tokenizer = Tokenizer::new(&Recipe::default());
        let (mut text, mut tokens) = (Vec::new(), Vec::new());
        tokenizer.read(&hidden.content, &mut text, &mut tokens);
        let kinds = tokens.iter().map(|&token| tokenizer.lexicon().kind(token));
        assert!(kinds.into_iter().any(|kind| kind == TokenKind::Hidden));
    }

    #[test]
    fn a_rewritten_message_keeps_its_sender_and_says_the_new_text() {
        let new = rewritten(&raw(PAGE), "other\nwords", "new text & <b>more</b>");
        assert_eq!(text(&new), "other words\nnew text & <b>more</b>\n");
        let Content::Raw(message) = &new.content else {
            panic!("{new:?}");
        };
        assert!(message.starts_with(b"From: a@b.example\n"));
        let bare = rewritten(&raw("no header at all"), "other", "text");
        assert_eq!(text(&bare), "other\ntext\n");
    }
}
