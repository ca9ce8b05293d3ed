//! Character encodings of tables. A byte-order mark is trusted, valid UTF-8 is UTF-8, and any other
//! encoding is detected by chardetng, as in Firefox.
//!
//! UTF-16 is converted to UTF-8 while it is read. Other encodings are detected from the first part
//! of the file and decoded field by field, so that a column of whole messages keeps the bytes with
//! which they were sent.

use super::unpack::ByteStream;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    CoderResult, Decoder, Encoding, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252,
};
use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

/// Number of bytes decoded at a time.
const BLOCK: usize = 64 << 10;

/// Which UTF-16 encoding a stream has, if any: judged by its byte-order mark, or by zeros in every
/// other byte of its beginning, the very first character included.
pub(super) fn utf_16(head: &[u8]) -> Option<&'static Encoding> {
    let zeros = |odd: usize| {
        head.iter()
            .take(400)
            .skip(odd)
            .step_by(2)
            .filter(|&&byte| byte == 0)
            .count()
    };
    let half = head.len().min(400) / 2;
    match head {
        [0xFF, 0xFE, ..] => Some(UTF_16LE),
        [0xFE, 0xFF, ..] => Some(UTF_16BE),
        [_, 0, ..] if half >= 8 && zeros(1) * 10 > half * 9 && zeros(0) == 0 => Some(UTF_16LE),
        [0, _, ..] if half >= 8 && zeros(0) * 10 > half * 9 && zeros(1) == 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// The encoding of a table, judged by its beginning. `whole` says that nothing follows.
pub(super) fn detect(head: &[u8], whole: bool) -> &'static Encoding {
    match std::str::from_utf8(head) {
        Ok(_) => return UTF_8,
        // It is cut off inside a character.
        Err(error) if error.error_len().is_none() && !whole => return UTF_8,
        Err(_) => {}
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(head, whole);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let fits = |encoding| small_letters_within_words(head, encoding);
    if guess == WINDOWS_1252 && fits(MACINTOSH) > 2 * fits(WINDOWS_1252) {
        return MACINTOSH;
    }
    guess
}

/// Number of bytes beyond ASCII that are small letters in an encoding, of those within words. It
/// tells what Excel for Mac writes, which browsers do not look for. Bytes that are apostrophes and
/// dashes in windows-1252 tell nothing.
fn small_letters_within_words(text: &[u8], encoding: &'static Encoding) -> usize {
    let is_small: Vec<bool> = (0x80..=0xFF)
        .map(|byte| {
            let byte_alone = [byte];
            let letter = encoding.decode_without_bom_handling(&byte_alone).0;
            !matches!(byte, 0x91 | 0x92 | 0x96 | 0x97) && letter.chars().all(char::is_lowercase)
        })
        .collect();
    let within = text.windows(3).filter(|part| {
        let is_letter = |byte: u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
        let around = is_letter(part[0]) && is_letter(part[2]);
        around && !part[1].is_ascii() && is_small[usize::from(part[1] - 0x80)]
    });
    within.count()
}

/// A field as UTF-8. If it is not valid UTF-8, it is decoded from the encoding of its table, or
/// from windows-1252 if the table is UTF-8.
pub(super) fn decode<'a>(field: &'a [u8], encoding: &'static Encoding) -> Cow<'a, str> {
    match std::str::from_utf8(field) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) if encoding == UTF_8 => WINDOWS_1252.decode_without_bom_handling(field).0,
        Err(_) => encoding.decode_without_bom_handling(field).0,
    }
}

/// The beginning of an input as UTF-8, if it is UTF-16; else as it is.
pub(super) fn head_as_utf_8(head: &[u8]) -> Cow<'_, [u8]> {
    match utf_16(head) {
        None => Cow::Borrowed(head),
        Some(encoding) => {
            let text = encoding.decode_with_bom_removal(head).0;
            Cow::Owned(text.into_owned().into_bytes())
        }
    }
}

/// Converts a stream from another encoding to UTF-8.
pub(super) fn transcoded(inner: ByteStream, encoding: &'static Encoding) -> ByteStream {
    let decoding = Transcoded {
        inner,
        decoder: encoding.new_decoder_with_bom_removal(),
        ready: vec![0; 3 * BLOCK + 16],
        from: 0,
        to: 0,
        ended: false,
    };
    Box::new(BufReader::with_capacity(BLOCK, decoding))
}

struct Transcoded {
    inner: ByteStream,
    decoder: Decoder,
    ready: Vec<u8>,
    from: usize,
    to: usize,
    ended: bool,
}

impl Read for Transcoded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.from == self.to && !self.ended {
            let block = self.inner.fill_buf()?;
            let block = &block[..block.len().min(BLOCK)];
            let last = block.is_empty();
            let (result, used, written, _) =
                self.decoder.decode_to_utf8(block, &mut self.ready, last);
            self.inner.consume(used);
            (self.from, self.to) = (0, written);
            self.ended = last && result == CoderResult::InputEmpty;
        }
        let take = buffer.len().min(self.to - self.from);
        buffer[..take].copy_from_slice(&self.ready[self.from..self.from + take]);
        self.from += take;
        Ok(take)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_and_undone() {
        let utf_16: Vec<u8> = "\u{feff}h\u{e9}\u{1F600}"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(super::utf_16(&utf_16), Some(UTF_16LE));
        let mut text = String::new();
        transcoded(Box::new(io::Cursor::new(utf_16)), UTF_16LE)
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "h\u{e9}\u{1F600}");
        assert_eq!(detect("gr\u{fc}\u{df}e".as_bytes(), true), UTF_8);
        assert_eq!(detect(b"caf\xc3", false), UTF_8);
        // Russian in windows-1251, which Firefox detects as such.
        let russian = encoding_rs::WINDOWS_1251
            .encode("Привет, это обычное письмо на русском языке")
            .0;
        assert_eq!(detect(&russian, true).name(), "windows-1251");
        assert_eq!(
            decode(&russian, encoding_rs::WINDOWS_1251),
            "Привет, это обычное письмо на русском языке"
        );
        assert_eq!(decode(b"caf\xe9", UTF_8), "caf\u{e9}");
    }

    /// What Python's codecs `mac_roman` and `cp1252` write.
    #[test]
    fn what_excel_for_mac_writes_is_told_from_what_excel_for_windows_writes() {
        for (text, expected) in [
            (&b"sch\x9ane Gr\x9f\xa7e aus M\x9fnchen"[..], "macintosh"),
            (b"d\x8ej\x88 re\x8du apr\x8fs un \x8etat", "macintosh"),
            (b"sch\xf6ne Gr\xfc\xdfe aus M\xfcnchen", "windows-1252"),
            (b"d\xe9j\xe0 re\xe7u apr\xe8s l'\xe9t\xe9", "windows-1252"),
            (
                b"don\x92t wait\x97it isn\x92t free, caf\xe9",
                "windows-1252",
            ),
        ] {
            assert_eq!(detect(text, true).name(), expected, "{text:?}");
        }
    }
}
