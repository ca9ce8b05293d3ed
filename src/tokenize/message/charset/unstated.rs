//! Reads bytes of which only the encoding, or not even that, is known.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// Number of bytes of a text from which its charset is guessed.
const GUESSED_FROM: usize = 16 << 10;

/// Appends bytes beyond ASCII in a charset that is not known.
pub(super) fn append(bytes: &[u8], out: &mut Vec<u8>) {
    match std::str::from_utf8(bytes) {
        Ok(_) => out.extend_from_slice(bytes),
        Err(_) => decode(bytes, guess(bytes), out),
    }
}

/// The most probable charset of a text that states none and is not UTF-8.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(GUESSED_FROM)], true);
    detector.guess(None, Utf8Detection::Deny)
}

/// Appends `bytes`, which are in `encoding`.
pub(super) fn decode(bytes: &[u8], encoding: &'static Encoding, out: &mut Vec<u8>) {
    let encoding = if encoding == UTF_16LE && is_big_endian(bytes) {
        UTF_16BE
    } else {
        encoding
    };
    // A byte-order mark at the beginning of UTF-16 is not part of the text.
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let start = out.len();
    let room = decoder
        .max_utf8_buffer_length(bytes.len())
        .unwrap_or(bytes.len());
    out.resize(start + room, 0);
    let (_, _, written, _) = decoder.decode_to_utf8(bytes, &mut out[start..], true);
    out.truncate(start + written);
}

/// Whether text in UTF-16 is big-endian: by its byte-order mark, or because the first bytes of its
/// characters are zero more often than the second ones.
fn is_big_endian(bytes: &[u8]) -> bool {
    let zeros = |at: usize| bytes.chunks_exact(2).filter(|unit| unit[at] == 0).count();
    match bytes {
        [0xFE, 0xFF, ..] => true,
        [0xFF, 0xFE, ..] => false,
        _ => zeros(0) > zeros(1),
    }
}
