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
