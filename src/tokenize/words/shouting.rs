//! Shouting: the share of the words of a body that are written in capitals.

/// Words of the body of a message, and how many of them were all capitals.
#[derive(Default)]
pub(super) struct Shouting {
    words: u32,
    shouted: u32,
}

impl Shouting {
    /// Counts a word.
    #[inline]
    pub fn word(&mut self, shouted: bool) {
        self.words += 1;
        self.shouted += u32::from(shouted);
    }

    /// How much of the body was shouted; none if next to nothing was.
    pub fn shape(&self) -> Option<&'static [u8]> {
        // One word in capitals is a name.
        if self.shouted < 2 {
            return None;
        }
        match 100 * self.shouted / self.words.max(1) {
            0..=1 => None,
            2..=9 => Some(b"shouting:some"),
            10..=39 => Some(b"shouting:much"),
            _ => Some(b"shouting:most"),
        }
    }
}
