//! Counts the elements and images in all pages of a message, and emits clues about them at its end.

use super::element::{self, Row};
use crate::tokenize::clues::sink::TokenSink;
use crate::tokenize::token_kind::TokenKind;

/// A text with an image that is shorter than this number of bytes says little by itself.
const LITTLE: usize = 100;

/// The counts of one message.
#[derive(Debug, Default)]
pub(crate) struct PageTally {
    /// The rows of the elements used, one bit each.
    elements: u128,
    images: u32,
    /// Number of images too small to be seen.
    dots: u32,
}

impl PageTally {
    pub fn element(&mut self, row: Row) {
        self.elements |= 1 << row;
    }

    /// Counts an image; `dot` says that it is too small to be seen.
    pub fn image(&mut self, dot: bool) {
        self.images += 1;
        self.dots += u32::from(dot);
    }

    /// Emits the clues of a message with `text_len` bytes of text.
    pub fn clues(&self, text_len: usize, sink: &mut impl TokenSink) {
        let mut elements = self.elements;
        while elements != 0 {
            let name = element::name_of(elements.trailing_zeros() as usize);
            sink.clue(TokenKind::Markup, "html:", name.as_bytes());
            // Clear the lowest bit that is set.
            elements &= elements - 1;
        }
        let mut image = |found: &[u8]| sink.clue(TokenKind::Image, "image:", found);
        match self.images {
            0 => return,
            1 => image(b"1"),
            2..=4 => image(b"2-4"),
            5..=9 => image(b"5-9"),
            _ => image(b"many"),
        }
        if self.dots > 0 {
            image(b"dot");
        }
        if text_len < LITTLE {
            image(b"little-text");
        }
    }
}
