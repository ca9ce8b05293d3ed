//! Renders plain text as mail programs show it: paragraphs of `format=flowed` (RFC 3676) are
//! joined, calendars (RFC 5545) are reduced to what they say, and uuencoded files inside the text
//! are removed.

use super::transfer;
use super::transfer::Uuencoded;

/// Appends flowed `text` with the lines of each paragraph joined. With `delsp`, the space at the
/// end of a joined line is removed too.
pub(crate) fn flowed(text: &[u8], delsp: bool, out: &mut Vec<u8>) {
    let mut open: Option<usize> = None;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let depth = line.iter().take_while(|&&byte| byte == b'>').count();
        let content = &line[depth..];
        let content = content.strip_prefix(b" ").unwrap_or(content);
        // The line that separates a signature from the text is never joined.
        let signature = content == b"-- ";
        match open {
            Some(of) if of == depth && !signature => {}
            _ => {
                if open.is_some() {
                    out.push(b'\n');
                }
                out.extend(std::iter::repeat_n(b'>', depth));
                if depth > 0 {
                    out.push(b' ');
                }
            }
        }
        let soft = content.ends_with(b" ") && !signature;
        out.extend_from_slice(if soft && delsp {
            &content[..content.len() - 1]
        } else {
            content
        });
        open = soft.then_some(depth);
        if !soft {
            out.push(b'\n');
        }
    }
}

/// Appends what a calendar tells its reader: the summary, location and description of its entries.
pub(crate) fn calendar(text: &[u8], out: &mut Vec<u8>) {
    let mut said = false;
    for line in text.split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let [b' ' | b'\t', rest @ ..] = line {
            if said {
                // A folded line continues the line before it.
                out.pop();
                unescape(rest, out);
            }
            continue;
        }
        let end = line
            .iter()
            .position(|byte| matches!(byte, b':' | b';'))
            .unwrap_or(line.len());
        said = ["summary", "location", "description"]
            .iter()
            .any(|name| line[..end].eq_ignore_ascii_case(name.as_bytes()));
        if said && let Some(colon) = memchr::memchr(b':', line) {
            unescape(&line[colon + 1..], out);
        }
    }
}

fn unescape(value: &[u8], out: &mut Vec<u8>) {
    let mut bytes = value.iter();
    while let Some(&byte) = bytes.next() {
        out.push(match byte {
            b'\\' => match bytes.next() {
                Some(b'n' | b'N') => b'\n',
                Some(&other) => other,
                None => byte,
            },
            other => other,
        });
    }
    out.push(b'\n');
}

/// Whether `text` contains a uuencoded file.
pub(crate) fn holds_files(text: &[u8]) -> bool {
    transfer::uuencoded(text).is_some()
}

/// Appends `text` without the uuencoded files in it, and calls the function for each of them.
pub(crate) fn without_files(
    mut text: &[u8],
    out: &mut Vec<u8>,
    mut tell: impl FnMut(&Uuencoded<'_>),
) {
    while let Some(file) = transfer::uuencoded(text) {
        out.extend_from_slice(&text[..file.span.0]);
        tell(&file);
        text = &text[file.span.1..];
    }
    out.extend_from_slice(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(text: &str, delsp: bool) -> String {
        let mut out = Vec::new();
        flowed(text.as_bytes(), delsp, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn flowed_paragraphs_are_joined() {
        assert_eq!(flow("one \ntwo\nthree", false), "one two\nthree\n");
        assert_eq!(flow("exam \nple\r\n", true), "example\n");
        assert_eq!(flow("> a \n> b\nc\n", false), "> a b\nc\n");
        assert_eq!(flow(" From x\n-- \nAnn\n", false), "From x\n-- \nAnn\n");
        assert_eq!(
            flow("> open \nbut not quoted\n", false),
            "> open \nbut not quoted\n"
        );
    }

    #[test]
    fn calendars_say_their_summary() {
        let mut out = Vec::new();
        let text = b"BEGIN:VEVENT\r\nDTSTART:20261123T100000Z\r\n\
            SUMMARY;LANGUAGE=en:Team mee\r\n ting\r\n\
            DESCRIPTION:Bring\\, tea\\nand cake\r\n\
            UID:1\r\n no\r\n";
        calendar(text, &mut out);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "Team meeting\nBring, tea\nand cake\n"
        );
    }
}
