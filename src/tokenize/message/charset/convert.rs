//! Converts bytes in any charset to UTF-8.
//!
//! The stated charset is believed unless the bytes cannot be, or hardly are, in it:
//! - ASCII bytes with the escape sequences of ISO 2022 are read by them, whatever is stated;
//! - valid UTF-8 beyond ASCII is UTF-8, also if another charset is stated. Only a short text in a
//!   charset of two bytes per character may be valid by accident;
//! - text that begins with the byte-order mark of UTF-16 is UTF-16;
//! - other UTF-16 has zero bytes, and ISO-2022, HZ and UTF-7 have no bytes beyond ASCII;
//! - bytes that are called UTF-8 and are more often malformed than not are not UTF-8.
//!
//! If nothing is left to believe, the bytes are read as UTF-8 if they are valid UTF-8, and
//! otherwise as the most probable legacy charset. Bytes that cannot be decoded become U+FFFD;
//! nothing fails.

use super::name::Charset;
use super::unstated::decode;
use super::{code_page, iso2022, unstated, utf7};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Number of characters beyond ASCII from which on valid UTF-8 is not an accident in a charset of
/// two bytes per character.
const NO_ACCIDENT: usize = 4;

/// Appends `bytes`, which are said to be in `charset`, to `out` as UTF-8.
pub(crate) fn append(bytes: &[u8], charset: &[u8], out: &mut Vec<u8>) {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return decode(bytes, UTF_16LE, out);
    }
    let stated = Charset::named(charset);
    if bytes.is_ascii() {
        match stated {
            Charset::Utf7 => utf7::append(bytes, out),
            Charset::Hz => iso2022::append_hz(bytes, out),
            Charset::Web(encoding) if is_utf16(encoding) && bytes.contains(&0) => {
                decode(bytes, encoding, out);
            }
            Charset::Iso2022Kr => iso2022::append(bytes, out),
            _ if iso2022::switches(bytes) => iso2022::append(bytes, out),
            _ => out.extend_from_slice(bytes),
        }
        return;
    }
    match stated {
        Charset::Web(encoding) if is_believed(encoding, bytes) => decode(bytes, encoding, out),
        _ if iso2022::switches(bytes) => iso2022::append(bytes, out),
        Charset::CodePage(number) if std::str::from_utf8(bytes).is_err() => {
            code_page::append(bytes, number, out);
        }
        _ => unstated::append(bytes, out),
    }
}

fn is_utf16(encoding: &Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

/// Whether `bytes`, some of which are beyond ASCII, may be in `encoding` as stated.
fn is_believed(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    if encoding == UTF_8 {
        let (mut well_formed, mut malformed) = (0, 0);
        for chunk in bytes.utf8_chunks() {
            well_formed += chunk
                .valid()
                .chars()
                .filter(|char| !char.is_ascii())
                .count();
            malformed += usize::from(!chunk.invalid().is_empty());
        }
        return malformed <= well_formed;
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return true;
    };
    if is_utf16(encoding) {
        return bytes.contains(&0);
    }
    let by_accident = || text.chars().filter(|char| !char.is_ascii()).count() < NO_ACCIDENT;
    let may_be = || {
        encoding
            .decode_without_bom_handling_and_without_replacement(bytes)
            .is_some()
    };
    !encoding.is_single_byte() && by_accident() && may_be()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(text(b"\xfe\xff\0H\0i", "utf-16"), "Hi");
        assert_eq!(text(b"H\0i\0", "utf-16le"), "Hi");
        // RFC 2781, 4.3: without a mark, UTF-16 is big-endian.
        assert_eq!(text(b"\0H\0i", "utf-16"), "Hi");
        // Files of Windows, attached under a label that is no more than the default.
        for label in ["", "us-ascii", "utf-8"] {
            assert_eq!(text(b"\xff\xfeH\0\xe9\0", label), "H\u{e9}", "{label}");
        }
        let russian = "Встреча начнётся завтра в десять утра, приносите бумаги";
        assert_eq!(text(&encoding_rs::KOI8_R.encode(russian).0, ""), russian);
    }

    #[test]
    fn a_label_that_cannot_be_true_is_not_believed() {
        let text = |bytes: &[u8], charset: &str| {
            let mut out = Vec::new();
            append(bytes, charset.as_bytes(), &mut out);
            String::from_utf8(out).unwrap()
        };
        // Valid UTF-8 is UTF-8, though Python believes the label (Unicode 16, section 3.9: no
        // table of one byte per character has the letters of these words in it).
        let words = "Grüße aus Łódź";
        for label in [
            "iso-8859-1",
            "koi8-r",
            "iso-2022-jp",
            "gb2312",
            "utf-16",
            "hz",
            "cp850",
        ] {
            assert_eq!(text(words.as_bytes(), label), words, "{label}");
        }
        assert_eq!(text("当選".as_bytes(), "iso-2022-jp"), "当選");
        // Two bytes are one character of GBK and one of UTF-8: the label decides.
        assert_eq!(text(b"\xd2\xbb", "gb2312"), "\u{4e00}");
        // Not UTF-8, but for one broken byte among many.
        assert_eq!(text(b"caf\xe9 cr\xe8me", "utf-8"), "café crème");
        assert_eq!(text("Gr\u{fc}\u{df}e".as_bytes(), "utf-8"), "Grüße");
        assert_eq!(text(b"Gr\xc3\xbc\xc3\x9fe \xff", "utf-8"), "Grüße \u{fffd}");
        // ASCII is no UTF-16.
        assert_eq!(text(b"Hello", "utf-16"), "Hello");
    }

    #[test]
    fn charsets_of_mail_are_known_by_any_of_their_names() {
        let text = |bytes: &[u8], charset: &str| {
            let mut out = Vec::new();
            append(bytes, charset.as_bytes(), &mut out);
            String::from_utf8(out).unwrap()
        };
        // `bytes.decode` of Python 3.11 with iso2022_jp, iso2022_kr, hz, utf_7 and the code pages.
        let names = [
            "",
            "us-ascii",
            "utf-8",
            "'iso-2022-jp'",
            "iso-2022-jp-ms",
            "cp50221",
            "JIS7",
        ];
        for name in names {
            assert_eq!(text(b"\x1b$BEvA*\x1b(B!", name), "当選!", "{name}");
        }
        for name in ["ISO-2022-KR", "csISO2022KR", "iso2022_kr"] {
            assert_eq!(text(b"\x0e4g\x0f!", name), "당!", "{name}");
        }
        for name in ["hz-gb-2312", "HZ", "hz_gb"] {
            assert_eq!(text(b"~{9'O2~}", name), "恭喜", "{name}");
        }
        for name in ["utf-7", "UNICODE-1-1-UTF-7", "utf7", "cp65000"] {
            assert_eq!(text(b"Gl+APw-ck", name), "Glück", "{name}");
        }
        for name in ["cp850", "cp-850", "IBM850", "cspc850multilingual", "850"] {
            assert_eq!(text(b"\x9aberm\x84\xe1ig", name), "Übermäßig", "{name}");
        }
        assert_eq!(text(b"\x9aber", "cspc8codepage437"), "Über");
        for name in ["cp866", "cp-866", "dos-866"] {
            assert_eq!(text(b"\x8f\xe0\xa8\xa7", name), "Приз", "{name}");
        }
        for name in ["windows-1251", "win1251", "cp_1251", "microsoft-cp1251"] {
            assert_eq!(text(b"\xcf\xf0\xe8\xe7", name), "Приз", "{name}");
        }
        for name in ["iso-8859-7", "ISO8859_7", "8859-7", "iso-8859-7:1987"] {
            assert_eq!(text(b"\xe4\xfe\xf1\xef", name), "δώρο", "{name}");
        }
        for name in ["macintosh", "x-mac-roman", "MacRoman", "csMacintosh"] {
            assert_eq!(text(b"Gl\x9fck", name), "Gl\u{fc}ck", "{name}");
        }
        let unknown = "no-such-charset-9999999999999999999999";
        assert_eq!(text(b"\xe9", unknown), "é");
    }
}
