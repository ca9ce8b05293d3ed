//! Tells whole messages (RFC 5322) from other texts by how they begin.

use crate::base::message_head;

/// Whether a text begins as a message does: lines of header fields, at least one of them with a
/// name that mail has, and then an empty line. A message without a body has two fields at least.
pub(in crate::input::formats) fn begins_with_header_block(text: &[u8]) -> bool {
    let text = text
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(text)
        .trim_ascii_start();
    let (mut fields, mut known) = (0, false);
    // Old Macs end lines with a carriage return.
    let line_end = if text.contains(&b'\n') { b'\n' } else { b'\r' };
    for (at, line) in text.split(|&byte| byte == line_end).enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match line.first() {
            None => return known,
            Some(b' ' | b'\t') if fields > 0 => {}
            _ if is_field(line) => {
                fields += 1;
                let name = message_head::name_len(line);
                known |= name.is_some_and(|length| message_head::is_known(&line[..length]));
            }
            // The envelope line of a mailbox may come first.
            _ if at == 0
                && line
                    .strip_prefix(b">")
                    .unwrap_or(line)
                    .starts_with(b"From ") => {}
            _ => return false,
        }
    }
    known && fields > 1
}

/// Whether a line is a field name, a colon and a value.
fn is_field(line: &[u8]) -> bool {
    let name = line
        .iter()
        .position(|&byte| !byte.is_ascii_graphic() || byte == b':');
    name.is_some_and(|end| end > 0 && line[end] == b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the syntax of RFC 5322, section 2.2 and 3.5.
    #[test]
    fn messages_begin_with_a_block_of_header_fields() {
        for (text, expected) in [
            ("From: ann@example.org\nSubject: lunch\n\nat noon", true),
            ("Received: from a\r\n\tby b\r\nX-Odd: 1\r\n\r\nbody", true),
            (
                "From a@b.example Thu Aug 22 12:36:23 2002\nDate: now\n\nbody",
                true,
            ),
            ("\u{feff}\nMessage-ID: <1@b.example>\nSubject: x\n\n", true),
            ("Subject: x\n\nbody", true),
            ("From: ann@example.org\rSubject: lunch\r\rat noon", true),
            ("From: ann@example.org\nSubject: all is said", true),
            ("Subject: naturally irresistible", false),
            ("Subject: hello\nthe body without a gap", false),
            ("Note: bring this\n\nthe rest", false),
            ("Dear Ann,\n\nFrom: me\nTo: you\n\n", false),
            ("http://shop.example\n\nbody", false),
            (" Subject: folded\n\nbody", true),
            ("", false),
        ] {
            assert_eq!(
                begins_with_header_block(text.as_bytes()),
                expected,
                "{text:?}"
            );
        }
    }
}
