//! The transfer encodings of MIME: quoted-printable and base64 (RFC 2045). Whatever is not as it should be is kept as it
//! stands or passed over, as mail readers do. Neither writes more bytes than it reads.

/// How the body of a part is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transfer {
    /// 7bit, 8bit, binary, or a name nobody knows.
    AsIs,
    QuotedPrintable,
    Base64,
}

impl Transfer {
    /// By the value of Content-Transfer-Encoding.
    pub fn from_header(value: &[u8]) -> Transfer {
        let value = value.trim_ascii();
        let is = |name: &str| value.len() >= name.len() && value[..name.len()].eq_ignore_ascii_case(name.as_bytes());
        match () {
            () if is("quoted-printable") => Transfer::QuotedPrintable,
            () if is("base64") => Transfer::Base64,
            () => Transfer::AsIs,
        }
    }
}

fn hex(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}

/// Appends quoted-printable text decoded. In headers `_` stands for a space.
pub(super) fn quoted_printable(mut text: &[u8], in_header: bool, out: &mut Vec<u8>) {
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
            // Spaces after the `=` of a soft line break; no line holds so many that looking is slow.
            [b' ' | b'\t', ..] => {
                let blank = text.iter().take(76).take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
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

/// Appends base64 text decoded. What is not of the alphabet is skipped; padding ends one run of bytes, and another may follow.
pub(super) fn base64(text: &[u8], out: &mut Vec<u8>) {
    let (mut word, mut bits) = (0u32, 0);
    for &byte in text {
        match SIX_BITS[byte as usize] {
            SKIPPED => {}
            PADDING => (word, bits) = (0, 0),
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
    }
}
