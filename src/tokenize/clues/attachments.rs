//! Clues from parts that are not text: their type, file name extension and size, but never their
//! content.

use super::sink::TokenSink;
use crate::tokenize::token_kind::TokenKind;

/// What the head of a part tells about an attachment.
pub(crate) struct Attachment<'a> {
    /// The media type that the part states.
    pub media_type: &'a [u8],
    /// The file name, decoded.
    pub name: Option<&'a [u8]>,
    /// The decoded size in bytes; a good estimate is enough.
    pub size: usize,
}

impl Attachment<'_> {
    /// Emits the clues of this attachment.
    pub fn clues(&self, sink: &mut impl TokenSink) {
        let mut tell = |found: &[u8]| sink.clue(TokenKind::Attachment, "attachment:", found);
        tell(self.media_type);
        tell(size_class(self.size));
        let Some(name) = self.name else { return };
        let mut pieces = name.rsplitn(3, |&byte| byte == b'.');
        if let (Some(last), Some(before)) = (pieces.next(), pieces.next()) {
            tell(&[b".", last].concat());
            // `invoice.pdf.exe`
            let is_extension =
                (2..=4).contains(&before.len()) && before.iter().all(u8::is_ascii_alphabetic);
            if is_extension && pieces.next().is_some() {
                tell(b"two-extensions");
            }
        }
    }
}

/// The name of the order of magnitude of a size in bytes.
fn size_class(size: usize) -> &'static [u8] {
    match size {
        0..1_000 => b"under-1k",
        1_000..10_000 => b"under-10k",
        10_000..100_000 => b"under-100k",
        100_000..1_000_000 => b"under-1m",
        _ => b"over-1m",
    }
}

#[cfg(test)]
mod tests {
    use super::super::sink::Noted;
    use super::*;

    #[test]
    fn an_attachment_is_told_by_type_size_and_extensions() {
        let clues = |name: Option<&'static [u8]>, size| {
            let mut noted = Noted::default();
            let attachment = Attachment {
                media_type: b"image/gif",
                name,
                size,
            };
            attachment.clues(&mut noted);
            let clues = noted.0.iter();
            clues
                .map(|clue| clue.trim_start_matches("attachment:"))
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(clues(None, 999), "image/gif under-1k");
        assert_eq!(clues(Some(b"cat"), 1_000), "image/gif under-10k");
        assert_eq!(clues(Some(b"cat.gif"), 1_000_000), "image/gif over-1m .gif");
        assert_eq!(
            clues(Some(b"invoice.pdf.exe"), 99_999),
            "image/gif under-100k .exe two-extensions"
        );
        assert_eq!(
            clues(Some(b"2025.01.14.pdf"), 999_999),
            "image/gif under-1m .pdf"
        );
    }
}
