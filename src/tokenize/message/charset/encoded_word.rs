//! Decodes the encoded words of RFC 2047 (`=?utf-8?B?…?=`) in the values of headers. Adjacent
//! encoded words in the same charset are joined before they are decoded, since some senders split a
//! character between them.

use super::convert::append;
use crate::tokenize::message::transfer;
use memchr::memmem;

/// Appends the value of a header, unfolded, with its encoded words decoded and surrounding spaces
/// removed.
pub(crate) fn append_header(value: &[u8], out: &mut Vec<u8>) {
    let mut value = value.trim_ascii();
    let mut joined: Vec<u8> = Vec::new();
    let mut joined_charset: &[u8] = b"";
    let mut from = 0;
    while let Some(found) = memmem::find(&value[from..], b"=?") {
        let start = from + found;
        let Some(word) = EncodedWord::at(&value[start..]) else {
            // What is no encoded word stays with the text around it: in ISO-2022-JP, `=?` may be
            // a character.
            from = start + 2;
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
        from = 0;
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
    fn raw_iso_2022_jp_in_a_header_is_read() {
        // "Re: 戎当 x".encode("iso2022_jp") of Python 3.11; the first character is `=?`.
        assert_eq!(
            header(b"=?us-ascii?Q?Re:?= \x1b$B=?Ev\x1b(B x"),
            "Re: \u{620e}\u{5f53} x"
        );
    }
}
