//! Seven-bit charsets that switch between sets of characters: ISO-2022-JP (RFC 1468, 1554, 2237),
//! ISO-2022-KR (RFC 1557), ISO-2022-CN (RFC 1922) and HZ (RFC 1843).
//!
//! Each set of two bytes per character is an EUC without the highest bits, so a text becomes runs
//! of EUC that `encoding_rs` decodes. The escape sequences tell what a text is, whatever its
//! charset is called: nothing else that mail contains has them. Sets that `encoding_rs` lacks (the
//! second planes of JIS X 0213 and CNS 11643) become U+FFFD.

use super::unstated;
use encoding_rs::{EUC_JP, EUC_KR, Encoding, GBK};

const ESCAPE: u8 = 0x1B;
const SHIFT_OUT: u8 = 0x0E;
const SHIFT_IN: u8 = 0x0F;

/// A set of characters that a text switches to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CharacterSet {
    /// One byte per character.
    Ascii,
    /// Half-width katakana, one byte per character.
    Katakana,
    /// JIS X 0208, and the first plane of JIS X 0213, which is nearly the same.
    Japanese,
    /// JIS X 0212.
    MoreJapanese,
    /// GB 2312.
    Chinese,
    /// KS X 1001.
    Korean,
    /// One that cannot be decoded.
    Other,
}

impl CharacterSet {
    /// The set that ends an escape sequence of two bytes per character.
    fn of_final(byte: u8) -> Option<CharacterSet> {
        Some(match byte {
            b'@' | b'B' | b'O' | b'Q' => CharacterSet::Japanese,
            b'A' => CharacterSet::Chinese,
            b'C' => CharacterSet::Korean,
            b'D' => CharacterSet::MoreJapanese,
            b'E'..=b'P' => CharacterSet::Other,
            _ => return None,
        })
    }

    /// The encoding that decodes it, and the byte that comes before each of its characters there.
    fn encoding(self) -> Option<(&'static Encoding, Option<u8>)> {
        match self {
            CharacterSet::Ascii | CharacterSet::Other => None,
            CharacterSet::Katakana => Some((EUC_JP, Some(0x8E))),
            CharacterSet::Japanese => Some((EUC_JP, None)),
            CharacterSet::MoreJapanese => Some((EUC_JP, Some(0x8F))),
            CharacterSet::Chinese => Some((GBK, None)),
            CharacterSet::Korean => Some((EUC_KR, None)),
        }
    }
}

/// What an escape sequence does.
#[derive(Clone, Copy)]
enum Switch {
    /// Bytes are characters of this set from now on.
    To(CharacterSet),
    /// Bytes are characters of this set after the next [`SHIFT_OUT`].
    Shifted(CharacterSet),
}

/// The escape sequence that follows an escape sign, and its length.
fn switch(after: &[u8]) -> Option<(Switch, usize)> {
    let set = CharacterSet::of_final;
    match *after {
        [b'(', b'I', ..] => Some((Switch::To(CharacterSet::Katakana), 2)),
        [b'(', b'B' | b'J' | b'H', ..] => Some((Switch::To(CharacterSet::Ascii), 2)),
        [b'$', last @ (b'@' | b'A' | b'B'), ..] => Some((Switch::To(set(last)?), 2)),
        [b'$', b'(', last, ..] => Some((Switch::To(set(last)?), 3)),
        [b'$', b')', last, ..] => Some((Switch::Shifted(set(last)?), 3)),
        _ => None,
    }
}

/// Whether `text` has an escape sequence that switches to a set other than ASCII.
pub(super) fn switches(text: &[u8]) -> bool {
    memchr::memchr_iter(ESCAPE, text).any(|at| {
        switch(&text[at + 1..])
            .is_some_and(|(switch, _)| !matches!(switch, Switch::To(CharacterSet::Ascii)))
    })
}

/// Characters of one encoding, to be decoded at once.
struct Run<'o> {
    encoding: &'static Encoding,
    bytes: Vec<u8>,
    out: &'o mut Vec<u8>,
}

impl Run<'_> {
    /// Adds the character at the beginning of `text` and returns its length.
    fn character(&mut self, set: CharacterSet, text: &[u8]) -> usize {
        let is_graphic = |at: usize| text.get(at).is_some_and(|byte| (0x21..0x7F).contains(byte));
        let len = match set {
            CharacterSet::Ascii => 0,
            CharacterSet::Katakana => 1,
            _ => 2,
        };
        if len == 0 || !(0..len).all(is_graphic) {
            // White space and controls are the same in every set.
            self.bytes.push(text[0]);
            return 1;
        }
        let Some((encoding, before)) = set.encoding() else {
            self.flush();
            self.out.extend_from_slice("\u{fffd}".as_bytes());
            return len;
        };
        if encoding != self.encoding {
            self.flush();
            self.encoding = encoding;
        }
        self.bytes.extend(before);
        self.bytes
            .extend(text[..len].iter().map(|byte| byte | 0x80));
        len
    }

    fn flush(&mut self) {
        unstated::decode(&self.bytes, self.encoding, self.out);
        self.bytes.clear();
    }
}

/// Appends a text with escape sequences decoded. Without one that says otherwise, shifted
/// characters are Korean.
pub(super) fn append(mut text: &[u8], out: &mut Vec<u8>) {
    let mut run = Run {
        encoding: EUC_JP,
        bytes: Vec::with_capacity(text.len()),
        out,
    };
    let (mut set, mut shifted) = (CharacterSet::Ascii, CharacterSet::Korean);
    let mut is_shifted = false;
    while let Some(&byte) = text.first() {
        let mut len = 1;
        match byte {
            ESCAPE => match switch(&text[1..]) {
                Some((found, after)) => {
                    match found {
                        Switch::To(found) => set = found,
                        Switch::Shifted(found) => shifted = found,
                    }
                    len += after;
                }
                None => run.bytes.push(byte),
            },
            SHIFT_OUT => is_shifted = true,
            SHIFT_IN => is_shifted = false,
            0x80.. => {
                // A line in another charset, such as the footer of a mailing list.
                let end = text
                    .iter()
                    .position(|&byte| byte == b'\n' || byte == ESCAPE);
                len = end.unwrap_or(text.len());
                run.flush();
                unstated::append(&text[..len], run.out);
            }
            _ => {
                is_shifted &= byte != b'\n';
                len = run.character(if is_shifted { shifted } else { set }, text);
            }
        }
        text = &text[len..];
    }
    run.flush();
}

/// Appends text in HZ, in which `~{` and `~}` enclose Chinese.
pub(super) fn append_hz(mut text: &[u8], out: &mut Vec<u8>) {
    let mut run = Run {
        encoding: GBK,
        bytes: Vec::with_capacity(text.len()),
        out,
    };
    let mut set = CharacterSet::Ascii;
    while let Some(&byte) = text.first() {
        let mut len = 2;
        match (byte, text.get(1)) {
            (b'~', Some(b'{')) => set = CharacterSet::Chinese,
            (b'~', Some(b'}')) => set = CharacterSet::Ascii,
            (b'~', Some(b'~')) => run.bytes.push(b'~'),
            (b'~', Some(b'\n')) => {}
            _ => {
                // Chinese ends with its line.
                if byte == b'\n' {
                    set = CharacterSet::Ascii;
                }
                len = run.character(set, text);
            }
        }
        text = &text[len..];
    }
    run.flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> String {
        let mut out = Vec::new();
        append(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn switching_charsets_are_read_as_python_reads_them() {
        // `bytes.decode` of Python 3.11 with iso2022_jp, _jp_1, _jp_2, _jp_2004, _jp_ext and _kr.
        let cases: [(&[u8], &str); 7] = [
            (b"\x1b$B4A\n4A\x1b(B a", "\u{6f22}\n\u{6f22} a"),
            (b"\x1b$(D0!\x1b(B", "\u{4e02}"),
            (b"\x1b$(C4g\x1b$A9'\x1b(Bx", "\u{b2f9}\u{606d}x"),
            (b"\x1b$(Q4A\x1b(B", "\u{6f22}"),
            (b"\x1b(I1\x1b(B", "\u{ff71}"),
            (b"\x1b$)C\x0e4g\x0f!\n4g", "\u{b2f9}!\n4g"),
            (b"\x1b$)C\x0e4g\n4g", "\u{b2f9}\n4g"),
        ];
        for (bytes, expected) in cases {
            assert!(switches(bytes));
            assert_eq!(read(bytes), expected, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn what_only_looks_like_an_escape_sequence_stays() {
        // Colours of a terminal, and a switch from ASCII to ASCII.
        for text in ["\x1b[31mred\x1b[0m", "a\x1b(B b", "\x1b", "\x1b$"] {
            assert!(!switches(text.as_bytes()), "{text:?}");
        }
        assert_eq!(read(b"\x1b[1m\x1b$B4A\x1b(B"), "\x1b[1m\u{6f22}");
        // Half a character, one that does not exist, and a footer in UTF-8.
        assert_eq!(read(b"\x1b$B4"), "4");
        assert_eq!(read(b"\x1b$(P!!\x1b(Ba"), "\u{fffd}a");
        assert_eq!(read(b"\x1b$B4A\x1b(B\n\xc3\xa9!"), "\u{6f22}\n\u{e9}!");
    }

    #[test]
    fn hz_is_read_as_python_reads_it() {
        // `bytes.decode("hz")` of Python 3.11.
        let mut out = Vec::new();
        append_hz(b"a~~b~\nc~{9'O2~}d\n9'", &mut out);
        let expected = "a~bc\u{606d}\u{559c}d\n9'";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
