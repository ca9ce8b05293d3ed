//! Decodes the transfer encodings of MIME, quoted-printable and base64 (RFC 2045), and the older
//! uuencode (POSIX). Invalid input is kept as it is or skipped, as mail readers do. No decoder
//! writes more bytes than it reads.

/// The transfer encoding of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transfer {
    /// 7bit, 8bit, binary, or an unknown encoding, none of which needs decoding.
    AsIs,
    QuotedPrintable,
    Base64,
    Uuencode,
}

impl Transfer {
    /// The encoding that a value of Content-Transfer-Encoding names.
    pub fn from_header(value: &[u8]) -> Transfer {
        // Some programs put quotes around it.
        let start = value.iter().position(u8::is_ascii_alphanumeric);
        let value = &value[start.unwrap_or(value.len())..];
        let is = |name: &str| {
            value.len() >= name.len() && value[..name.len()].eq_ignore_ascii_case(name.as_bytes())
        };
        match () {
            () if is("quoted-printable") => Transfer::QuotedPrintable,
            () if is("base64") => Transfer::Base64,
            () if is("x-uu") || is("uu") => Transfer::Uuencode,
            () => Transfer::AsIs,
        }
    }
}

impl Transfer {
    /// Appends `body` decoded.
    pub fn undo(self, body: &[u8], out: &mut Vec<u8>) {
        match self {
            Transfer::AsIs => out.extend_from_slice(body),
            Transfer::QuotedPrintable => quoted_printable(body, false, out),
            Transfer::Base64 => base64(body, out),
            Transfer::Uuencode => {
                if let Some(file) = uuencoded(body) {
                    uudecode(file.lines, out);
                }
            }
        }
    }
}

fn hex(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}

/// Appends text with its `%41` escapes decoded (RFC 2231).
pub(crate) fn percent(mut text: &[u8], out: &mut Vec<u8>) {
    while let [byte, rest @ ..] = text {
        text = rest;
        match (byte, rest) {
            (b'%', [high, low, rest @ ..]) if hex(*high).is_some() && hex(*low).is_some() => {
                out.push(hex(*high).unwrap_or(0) << 4 | hex(*low).unwrap_or(0));
                text = rest;
            }
            _ => out.push(*byte),
        }
    }
}

/// Appends quoted-printable text decoded. In headers `_` stands for a space.
pub(crate) fn quoted_printable(mut text: &[u8], in_header: bool, out: &mut Vec<u8>) {
    let start = out.len();
    while let Some(at) = memchr::memchr(b'=', text) {
        out.extend_from_slice(&text[..at]);
        text = &text[at + 1..];
        match *text {
            [b'\n', ref rest @ ..] | [b'\r', b'\n', ref rest @ ..] => text = rest,
            [high, low, ref rest @ ..] if hex(high).is_some() && hex(low).is_some() => {
                out.push(hex(high).unwrap_or(0) << 4 | hex(low).unwrap_or(0));
                text = rest;
            }
            // Spaces may follow the `=` of a soft line break. No line holds so many that the search
            // is slow.
            [b' ' | b'\t', ..] => {
                let blank = text
                    .iter()
                    .take(76)
                    .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
                    .count();
                match text.get(blank) {
                    Some(b'\n') => text = &text[blank + 1..],
                    _ => out.push(b'='),
                }
            }
            _ => out.push(b'='),
        }
    }
    out.extend_from_slice(text);
    if in_header {
        for byte in &mut out[start..] {
            if *byte == b'_' {
                *byte = b' ';
            }
        }
    }
}

const PADDING: u8 = 64;
const SKIPPED: u8 = 65;

static SIX_BITS: [u8; 256] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [SKIPPED; 256];
    let mut at = 0;
    while at < 64 {
        table[alphabet[at] as usize] = at as u8;
        at += 1;
    }
    table[b'=' as usize] = PADDING;
    table
};

/// Appends base64 text decoded. Characters outside the alphabet are skipped. Padding ends a run of
/// bytes, and another run may follow. Plain text that follows, such as the footer of a mailing
/// list, is kept as it is.
pub(crate) fn base64(text: &[u8], out: &mut Vec<u8>) {
    let (mut word, mut bits) = (0u32, 0);
    for (at, &byte) in text.iter().enumerate() {
        match SIX_BITS[byte as usize] {
            SKIPPED => {
                if at > 0 && bits == 0 && text[at - 1] == b'\n' && is_rule(&text[at..]) {
                    return out.extend_from_slice(&text[at..]);
                }
            }
            PADDING => {
                if bits > 0
                    && let Some(footer) = text_after_padding(&text[at + 1..])
                {
                    out.push(b'\n');
                    return out.extend_from_slice(footer);
                }
                (word, bits) = (0, 0);
            }
            six => {
                word = word << 6 | u32::from(six);
                bits += 6;
                if bits >= 8 {
                    bits -= 8;
                    out.push((word >> bits) as u8);
                }
            }
        }
    }
}

/// The first line of `text`, without the white space around it.
fn first_line(text: &[u8]) -> &[u8] {
    let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
    text[..end].trim_ascii()
}

/// Whether the first line of `text` is drawn, like the one above the footer of a mailing list: it
/// has several signs and none of base64.
fn is_rule(text: &[u8]) -> bool {
    let line = first_line(text);
    line.len() > 1 && line.iter().all(|&byte| SIX_BITS[byte as usize] == SKIPPED)
}

/// The text after the padding of base64 if padding ends its line and the next line that is not
/// empty is no base64: by its signs, or since base64 comes in fours. Padding within a line is not
/// looked at further: it may come again and again.
fn text_after_padding(text: &[u8]) -> Option<&[u8]> {
    let text = text.strip_prefix(b"=").unwrap_or(text);
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r');
    let end = text.iter().position(|byte| !is_blank(byte))?;
    let next = text[end..].strip_prefix(b"\n")?.trim_ascii_start();
    let is_outside = |byte: &u8| SIX_BITS[*byte as usize] == SKIPPED;
    let line = first_line(next);
    let is_base64 = line.len().is_multiple_of(4) && !line.iter().any(is_outside);
    (!is_base64).then_some(next)
}

/// A uuencoded file inside a text.
pub(crate) struct Uuencoded<'a> {
    /// The file name.
    pub name: &'a [u8],
    /// The encoded lines, without the first and the last line of the file.
    pub lines: &'a [u8],
    /// The positions in the text where it begins and ends.
    pub span: (usize, usize),
}

/// The first uuencoded file in `text`: `begin 644 NAME`, lines, `end`.
pub(crate) fn uuencoded(text: &[u8]) -> Option<Uuencoded<'_>> {
    for at in memchr::memmem::find_iter(text, b"begin ") {
        if at > 0 && text[at - 1] != b'\n' {
            continue;
        }
        let line_end = memchr::memchr(b'\n', &text[at..])? + at + 1;
        let line = text[at + 6..line_end].trim_ascii();
        let mode = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(3..=4).contains(&mode) || line.get(mode) != Some(&b' ') {
            continue;
        }
        let mut end = line_end;
        while let Some(len) = uu_line(&text[end..]) {
            end += len;
        }
        if end == line_end {
            continue;
        }
        let lines = &text[line_end..end];
        if text[end..].starts_with(b"end") {
            end += memchr::memchr(b'\n', &text[end..]).map_or(text.len() - end, |len| len + 1);
        }
        return Some(Uuencoded {
            name: line[mode..].trim_ascii(),
            lines,
            span: (at, end),
        });
    }
    None
}

/// Length of the line of uuencoded bytes at the beginning of `text`, including its line end. Its
/// first byte tells the number of bytes it encodes.
fn uu_line(text: &[u8]) -> Option<usize> {
    let bytes = usize::from(text.first()?.checked_sub(b' ')?) & 0x3F;
    let needed = 1 + bytes.div_ceil(3) * 4;
    let line_end = memchr::memchr(b'\n', &text[..text.len().min(needed + 4)])
        .map_or(text.len(), |end| end + 1);
    let line = text[..line_end].trim_ascii_end();
    let plain = line.iter().all(|byte| (b' '..=b'`').contains(byte));
    // Spaces at the end of a line are often lost.
    (text.first() <= Some(&b'`')
        && plain
        && line.len() <= needed + 1
        && line.len() + 4 >= needed.min(5))
    .then_some(line_end)
    .filter(|_| bytes > 0 || line.len() <= 1)
}

/// Appends lines of uuencoded bytes decoded.
pub(crate) fn uudecode(lines: &[u8], out: &mut Vec<u8>) {
    for line in lines.split(|&byte| byte == b'\n') {
        let Some((&count, digits)) = line.split_first() else {
            continue;
        };
        let start = out.len();
        for four in digits.chunks(4) {
            let six = |at: usize| {
                u32::from(
                    four.get(at)
                        .map_or(0, |byte| byte.wrapping_sub(b' ') & 0x3F),
                )
            };
            let word = six(0) << 18 | six(1) << 12 | six(2) << 6 | six(3);
            out.extend_from_slice(&word.to_be_bytes()[1..]);
        }
        out.truncate(start + usize::from(count.wrapping_sub(b' ') & 0x3F));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_printable_is_undone() {
        let decode = |text: &[u8]| {
            let mut out = Vec::new();
            quoted_printable(text, false, &mut out);
            String::from_utf8_lossy(&out).into_owned()
        };
        assert_eq!(decode(b"a=3Db =\r\nc=\nd= \ne"), "a=b cde");
        assert_eq!(decode(b"=C3=A9 =zz = x ="), "\u{e9} =zz = x =");
    }

    #[test]
    fn base64_is_undone() {
        let decode = |text: &[u8]| {
            let mut out = Vec::new();
            base64(text, &mut out);
            String::from_utf8_lossy(&out).into_owned()
        };
        assert_eq!(decode(b"aGVs\r\nbG8="), "hello");
        assert_eq!(decode(b"aGk=\naGk="), "hihi");
        assert_eq!(decode(b"a*G-k"), "hi");
        // The footer of a mailing list is no base64, with padding above it and without.
        assert_eq!(decode(b"aGk=\r\n\r\nSent by: list"), "hi\nSent by: list");
        assert_eq!(decode(b"aGk=\n\nRegards"), "hi\nRegards");
        assert_eq!(decode(b"aGkh\n____\nlist"), "hi!____\nlist");
    }

    #[test]
    fn uuencoded_files_are_found_and_undone() {
        // As uuencode(1) of the GNU sharutils writes "Cat\nDog\n".
        let text = b"See:\nbegin 644 pets.txt\n(0V%T\"D1O9PH \n`\nend\nBye\n";
        let found = uuencoded(text).unwrap();
        assert_eq!(
            (found.name, found.span),
            (&b"pets.txt"[..], (5, text.len() - 4))
        );
        let mut out = Vec::new();
        uudecode(found.lines, &mut out);
        assert_eq!(out, b"Cat\nDog\n");
        for none in [
            "begin 644 today",
            "we begin 644 x\n(0V%T\"D1O9PH \n",
            "begin work\n",
        ] {
            assert!(uuencoded(none.as_bytes()).is_none(), "{none}");
        }
    }
}
