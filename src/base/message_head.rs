//! Where the head of a message begins (RFC 5322), which tells mail from other text.
//!
//! Exports and gateways put things before the head: a byte-order mark, blank lines, the envelope
//! line of a mailbox, or a few lines of their own (a banner: "This message was archived"). A head
//! after a banner must be unmistakable, since a note may quote the fields of another message.

/// Field names that identify a head, in lower case.
const KNOWN: [&str; 29] = [
    "apparently-to",
    "authentication-results",
    "bcc",
    "cc",
    "date",
    "delivered-to",
    "delivery-date",
    "disposition-notification-to",
    "dkim-signature",
    "envelope-to",
    "errors-to",
    "from",
    "importance",
    "in-reply-to",
    "lines",
    "message-id",
    "mime-version",
    "organization",
    "precedence",
    "priority",
    "received",
    "received-spf",
    "references",
    "reply-to",
    "return-path",
    "sender",
    "subject",
    "to",
    "user-agent",
];

/// Beginnings of further field names that identify a head.
const KNOWN_BEGINNINGS: [&str; 5] = ["x-", "content-", "list-", "resent-", "arc-"];

/// The longest banner, in lines.
const BANNER_LINES: usize = 8;
/// The longest banner, in bytes.
const BANNER_BYTES: usize = 2000;
/// Number of known fields that a head below a banner has at least.
const FIELDS_BELOW_A_BANNER: usize = 3;

/// Whether `name` is a field name known from mail.
pub(crate) fn is_known(name: &[u8]) -> bool {
    let begins = |beginning: &&str| {
        name.len() > beginning.len()
            && name[..beginning.len()].eq_ignore_ascii_case(beginning.as_bytes())
    };
    KNOWN
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
        || KNOWN_BEGINNINGS.iter().any(begins)
}

/// Length of the field name at the beginning of `line`, if a colon follows.
pub(crate) fn name_len(line: &[u8]) -> Option<usize> {
    let colon = line
        .iter()
        .position(|&byte| byte == b':' || !byte.is_ascii_graphic())?;
    (colon > 0 && line[colon] == b':').then_some(colon)
}

/// Length of the first line, including its line end.
pub(crate) fn line_end(text: &[u8]) -> usize {
    memchr::memchr(b'\n', text).map_or(text.len(), |end| end + 1)
}

/// Whether the first line is the line with which an mbox begins each message, also in the quoted
/// form that some programs put inside a head.
pub(crate) fn is_envelope(text: &[u8]) -> bool {
    text.starts_with(b"From ") || text.starts_with(b">From ")
}

/// Length in bytes of the byte-order marks of UTF-8 at the beginning of a text.
pub(crate) fn marks(text: &[u8]) -> usize {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    text.chunks(MARK.len())
        .take_while(|&chunk| chunk == MARK)
        .count()
        * MARK.len()
}

/// Where the head of a message begins in bytes; None if there is no head. What is before it, but
/// for marks and blank lines, is a banner.
pub(crate) fn start(text: &[u8]) -> Option<usize> {
    let begin = blank_end(text, marks(text));
    if known_fields(&text[begin..], 1).0 >= 1 {
        return Some(begin);
    }
    let mut at = begin;
    let mut quoted = false;
    for _ in 0..BANNER_LINES {
        let line = &text[at..at + line_end(&text[at..])];
        at += line.len();
        if at >= text.len() || at - begin > BANNER_BYTES {
            return None;
        }
        // What begins in an open quotation is in a cell of a table.
        quoted ^= memchr::memchr_iter(b'"', line).count() % 2 == 1;
        if quoted {
            continue;
        }
        let starts_a_head = is_envelope(&text[at..])
            || name_len(&text[at..]).is_some_and(|len| is_known(&text[at..at + len]));
        if starts_a_head {
            let (known, ended) = known_fields(&text[at..], usize::MAX);
            if known >= FIELDS_BELOW_A_BANNER && ended {
                return Some(at);
            }
        }
    }
    None
}

/// Whether a field with a known name stands in the block of fields at the top of `text`.
pub(crate) fn begins_with_fields(text: &[u8]) -> bool {
    known_fields(text, 1).0 > 0
}

/// Where the blank lines at `at` end.
fn blank_end(text: &[u8], at: usize) -> usize {
    let blank = text[at..]
        .iter()
        .take_while(|byte| byte.is_ascii_whitespace())
        .count();
    let line = memchr::memrchr(b'\n', &text[at..at + blank]);
    line.map_or(at, |end| at + end + 1)
}

/// Number of known fields at the top of `text`, of which no more than `enough` are counted, and
/// whether a blank line or nothing follows them.
fn known_fields(text: &[u8], enough: usize) -> (usize, bool) {
    let (mut known, mut at) = (0, 0);
    while at < text.len() {
        let line = &text[at..];
        if let Some(len) = name_len(line) {
            known += usize::from(is_known(&line[..len]));
            if known >= enough {
                break;
            }
        } else if !(is_envelope(line) || at > 0 && matches!(line[0], b' ' | b'\t')) {
            return (known, matches!(line[0], b'\n' | b'\r'));
        }
        at += line_end(line);
    }
    (known, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is before the head, and the first line of the head; written by hand after RFC 5322 and
    /// what Thunderbird, Outlook and archiving gateways are seen to put first.
    #[test]
    fn a_head_begins_after_marks_blank_lines_and_banners() {
        let head = "From: a@b.example\nTo: c@d.example\nSubject: x\n\nbody\n";
        for before in [
            "",
            "\u{feff}",
            "\u{feff}\u{feff}",
            "\n",
            "\r\n\r\n",
            "\u{feff}\n \n",
            "Archived by the gateway on Monday.\n",
            "*** CAUTION ***\nThis message came\nfrom outside.\n\n",
            "\nThis message was scanned.\n\n",
            "\"Safe senders\" let it\nthrough.\n",
        ] {
            let text = format!("{before}{head}");
            assert_eq!(start(text.as_bytes()), Some(before.len()), "{before:?}");
        }
        let envelope = "From a@b.example Thu Aug 22 12:36:23 2024\nSubject: x\n\nbody";
        assert_eq!(start(envelope.as_bytes()), Some(0));
        assert_eq!(start(b"X-One: 1\n folded\nLines: 2\n"), Some(0));
    }

    #[test]
    fn text_without_a_head_begins_none() {
        let far = format!(
            "{}From: a\nTo: b\nSubject: c\n\n",
            "a line of text\n".repeat(20)
        );
        for text in [
            "",
            "\n\n",
            "mv 1.ab 0001.ab\n",
            "URGENT: call me\n\nnow",
            "From here on it is text.\nand more",
            // A note that quotes too little to be a head.
            "See below.\nSubject: x\n\nbody",
            // Fields that go over into text.
            "See below.\nFrom: a\nTo: b\nSubject: c\nand this is text\n",
            // A message in a cell of a table, and one behind another cell of two lines.
            "label,id,raw\nham,\"1\nFrom: a\nTo: b\nSubject: c\n\nd\"\n",
            "label,id,raw\nham,\"1\nFrom a@b.c Thu Aug 22 12:36:23 2002\nSubject: c\n\n\",d\n",
            &far,
        ] {
            assert_eq!(start(text.as_bytes()), None, "{text:?}");
        }
    }
}
