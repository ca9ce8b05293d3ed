//! Converts bytes in any charset to UTF-8, and decodes the encoded words of RFC 2047
//! (`=?utf-8?B?…?=`) in headers.
//!
//! If the charset is missing or unknown, the bytes are read as UTF-8 if they are valid UTF-8, and
//! otherwise as the most probable legacy charset. Bytes that cannot be decoded become U+FFFD;
//! nothing fails. Adjacent encoded words in the same charset are joined before they are decoded,
//! since some senders split a character between them.

use super::transfer;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use memchr::memmem;

/// Number of bytes of a text from which its charset is guessed.
const GUESSED_FROM: usize = 16 << 10;

/// Appends `bytes`, which are said to be in `charset`, to `out` as UTF-8.
pub(crate) fn append(bytes: &[u8], charset: &[u8], out: &mut Vec<u8>) {
    // Encodings whose ASCII bytes are not ASCII (ISO-2022-JP, UTF-16) are looked up for any bytes;
    // others need not be.
    let begins = |name: &[u8]| {
        charset.len() > name.len() && charset[..name.len()].eq_ignore_ascii_case(name)
    };
    if bytes.is_ascii() && !begins(b"iso-2") && !begins(b"utf-16") {
        out.extend_from_slice(bytes);
        return;
    }
    let stated = Encoding::for_label(charset).filter(|stated| *stated != encoding_rs::REPLACEMENT);
    let ascii = charset.is_empty()
        || charset.eq_ignore_ascii_case(b"us-ascii")
        || charset.eq_ignore_ascii_case(b"ascii");
    match stated {
        Some(stated) if !ascii && stated != UTF_8 => decode(bytes, stated, out),
        _ if std::str::from_utf8(bytes).is_ok() => out.extend_from_slice(bytes),
        Some(stated) if !ascii => decode(bytes, stated, out),
        _ => decode(bytes, guess(bytes), out),
    }
}

/// The most probable charset of a text that states none and is not UTF-8.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(GUESSED_FROM)], true);
    detector.guess(None, Utf8Detection::Deny)
}

fn decode(bytes: &[u8], encoding: &'static Encoding, out: &mut Vec<u8>) {
    // A byte-order mark at the beginning of UTF-16 is not part of the text.
    let mut decoder = encoding.new_decoder_with_bom_removal();
    if bytes.starts_with(&[0xFE, 0xFF]) && encoding == UTF_16LE {
        decoder = UTF_16BE.new_decoder_with_bom_removal();
    }
    let start = out.len();
    let room = decoder
        .max_utf8_buffer_length(bytes.len())
        .unwrap_or(bytes.len());
    out.resize(start + room, 0);
    let (_, _, written, _) = decoder.decode_to_utf8(bytes, &mut out[start..], true);
    out.truncate(start + written);
}

/// Appends the value of a header, unfolded, with its encoded words decoded and surrounding spaces
/// removed.
pub(crate) fn append_header(value: &[u8], out: &mut Vec<u8>) {
    let mut value = value.trim_ascii();
    if memmem::find(value, b"=?").is_none() {
        return append_unfolded(value, out);
    }
    let mut joined: Vec<u8> = Vec::new();
    let mut joined_charset: &[u8] = b"";
    while let Some(start) = memmem::find(value, b"=?") {
        let Some(word) = EncodedWord::at(&value[start..]) else {
            flush(&mut joined, joined_charset, out);
            append_unfolded(&value[..start + 2], out);
            value = &value[start + 2..];
            continue;
        };
        let between = &value[..start];
        let adjacent = !joined_charset.is_empty() && between.trim_ascii().is_empty();
        if !(adjacent && word.charset.eq_ignore_ascii_case(joined_charset)) {
            flush(&mut joined, joined_charset, out);
        }
        if !adjacent {
            append_unfolded(between, out);
        }
        word.decode(&mut joined);
        joined_charset = word.charset;
        value = &value[start + word.len..];
    }
    flush(&mut joined, joined_charset, out);
    append_unfolded(value, out);
}

fn flush(joined: &mut Vec<u8>, charset: &[u8], out: &mut Vec<u8>) {
    append(joined, charset, out);
    joined.clear();
}

/// Appends `value` without the line breaks of folding. Raw bytes beyond ASCII are forbidden but
/// common.
fn append_unfolded(value: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    append(value, b"", out);
    if memchr::memchr2(b'\r', b'\n', value).is_some() {
        let mut kept = start;
        for at in start..out.len() {
            let byte = out[at];
            if byte != b'\r' && byte != b'\n' {
                out[kept] = if byte == b'\t' { b' ' } else { byte };
                kept += 1;
            }
        }
        out.truncate(kept);
    }
}

struct EncodedWord<'a> {
    charset: &'a [u8],
    base64: bool,
    text: &'a [u8],
    len: usize,
}

impl<'a> EncodedWord<'a> {
    /// The encoded word at the beginning of `value`, which begins with `=?`.
    fn at(value: &'a [u8]) -> Option<EncodedWord<'a>> {
        let charset_end = 2 + memchr::memchr(b'?', &value[2..])?;
        let base64 = match value.get(charset_end + 1)? {
            b'B' | b'b' => true,
            b'Q' | b'q' => false,
            _ => return None,
        };
        let text_start = charset_end + 3;
        if value.get(charset_end + 2) != Some(&b'?') {
            return None;
        }
        let text_end = text_start + memchr::memchr(b'?', value.get(text_start..)?)?;
        if value.get(text_end + 1) != Some(&b'=') {
            return None;
        }
        // RFC 2231 allows a language after the charset: `utf-8*en`.
        let charset = value[2..charset_end]
            .split(|&byte| byte == b'*')
            .next()
            .unwrap_or_default();
        Some(EncodedWord {
            charset,
            base64,
            text: &value[text_start..text_end],
            len: text_end + 2,
        })
    }

    fn decode(&self, out: &mut Vec<u8>) {
        if self.base64 {
            transfer::base64(self.text, out);
        } else {
            transfer::quoted_printable(self.text, true, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(value: &[u8]) -> String {
        let mut out = Vec::new();
        append_header(value, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn encoded_words_are_decoded_and_joined() {
        assert_eq!(header(b" =?ISO-8859-1?Q?a?= b"), "a b");
        assert_eq!(header(b"=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?="), "ab");
        assert_eq!(
            header(b"=?ISO-8859-1?Q?a_b?=\r\n =?utf-8*en?B?w6k=?="),
            "a b\u{e9}"
        );
        assert_eq!(header(b"=?utf-8?Q?=C3?= =?UTF-8?Q?=A9?="), "\u{e9}");
        assert_eq!(
            header(b"x =?broken =?utf-8?x?y?= =?"),
            "x =?broken =?utf-8?x?y?= =?"
        );
        assert_eq!(header(b"folded\r\n\tvalue\xe9"), "folded value\u{e9}");
    }

    #[test]
    fn charsets_are_believed_where_they_can_be() {
        let text = |bytes: &[u8], charset: &str| {
            let mut out = Vec::new();
            append(bytes, charset.as_bytes(), &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            text(b"\xcf\xf0\xe8", "windows-1251"),
            "\u{41f}\u{440}\u{438}"
        );
        assert_eq!(text(b"\x1b$B4A\x1b(B", "iso-2022-jp"), "\u{6f22}");
        assert_eq!(text(b"\xc3\xa9", "us-ascii"), "\u{e9}");
        assert_eq!(text(b"\xe9", "no-such-charset"), "\u{e9}");
        assert_eq!(text(b"\xe9!", "utf-8"), "\u{fffd}!");
        assert_eq!(text(b"\xfe\xff\0H\0i", "utf-16"), "Hi");
        assert_eq!(text(b"H\0i\0", "utf-16le"), "Hi");
        assert_eq!(text(b"+AGEAYg-", "utf-7"), "+AGEAYg-");
        let russian = "Встреча начнётся завтра в десять утра, приносите бумаги";
        assert_eq!(text(&encoding_rs::KOI8_R.encode(russian).0, ""), russian);
    }
}
