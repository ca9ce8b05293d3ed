//! Clues about the look of text: runs of punctuation, words of implausible length, and shouting,
//! which is the share of words in the body that are written in capitals.

/// The name of a run of one character, if it is a clue.
pub(super) fn of_run(sign: u8, len: usize) -> Option<&'static [u8]> {
    Some(match (sign, len) {
        (b'!', 1) => b"!",
        (b'!', 2) => b"!!",
        (b'!', _) => b"!!!",
        (b'?', 2) => b"??",
        (b'?', 3..) => b"???",
        (b'*', 3..) => b"***",
        (b'$', 2..) => b"$$",
        _ => return None,
    })
}

/// The name of a word of implausible length: the length, rounded down to tens.
pub(super) fn of_length(len: usize) -> [u8; 8] {
    let tens = (len.min(100) / 10) as u8;
    let mut shape = *b"long:__0";
    (shape[5], shape[6]) = (b'0' + tens / 10, b'0' + tens % 10);
    shape
}

/// Number of words in the body of a message, and of those in capitals.
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

    /// How much of the body was shouted; None if hardly anything was.
    pub fn shape(&self) -> Option<&'static [u8]> {
        // A single word in capitals is probably a name.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_told_in_tens_up_to_a_hundred() {
        for (len, shape) in [
            (41, b"long:040"),
            (59, b"long:050"),
            (100, b"long:100"),
            (5_000, b"long:100"),
        ] {
            assert_eq!(&of_length(len), shape);
        }
    }

    #[test]
    fn two_words_in_capitals_of_a_hundred_are_some_shouting_and_one_is_a_name() {
        let shape = |words: u32, shouted: u32| {
            let mut shouting = Shouting::default();
            (0..words).for_each(|word| shouting.word(word < shouted));
            shouting.shape()
        };
        assert_eq!(shape(1, 1), None);
        assert_eq!(shape(101, 2), None);
        assert_eq!(shape(100, 2), Some(&b"shouting:some"[..]));
        assert_eq!(shape(20, 2), Some(&b"shouting:much"[..]));
        assert_eq!(shape(5, 2), Some(&b"shouting:most"[..]));
    }
}
