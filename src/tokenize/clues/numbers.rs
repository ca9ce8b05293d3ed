//! What the numbers of a text are: sums of money, percentages, dates, times, telephone numbers, or
//! just so many digits long. The digits themselves stay words.

use crate::tokenize::emitter::text_place::TextPlace;
use crate::tokenize::lexicon::TokenId;
use crate::tokenize::words::WordReader;

/// Most digits of a number that are counted.
const MOST_DIGITS: usize = 9;
/// Longest number that is looked at, in bytes.
const LONGEST: usize = 40;

impl WordReader {
    /// Tells what the number that begins at `start` is.
    pub fn number(
        &mut self,
        text: &[u8],
        start: usize,
        place: TextPlace,
        tokens: &mut Vec<TokenId>,
    ) {
        if !self.tells_classes(place) {
            return;
        }
        let len = length(&text[start..]);
        self.number_end = start + len;
        // Letters right after it make it the name of something: `2nd`, `4x4`.
        if text
            .get(self.number_end)
            .is_some_and(u8::is_ascii_alphabetic)
        {
            return;
        }
        let number = &text[start..start + len];
        let after = &text[self.number_end..];
        let money = currency(after.strip_prefix(b" ").unwrap_or(after)).is_some();
        match of(number) {
            Some(class) => self.class(place, class, tokens),
            None if money => self.class(
                place,
                &[b'm', b'o', b'n', b'e', b'y', b':', digits(number)],
                tokens,
            ),
            None => self.class(
                place,
                &[b'n', b'u', b'm', b'b', b'e', b'r', b':', digits(number)],
                tokens,
            ),
        }
    }

    /// Tells of a sum of money, if its number follows within a space of `after`, where the sign of
    /// the currency ends.
    pub fn money(
        &mut self,
        text: &[u8],
        after: usize,
        place: TextPlace,
        tokens: &mut Vec<TokenId>,
    ) -> bool {
        let start = after + usize::from(text.get(after) == Some(&b' '));
        if !text.get(start).is_some_and(u8::is_ascii_digit) {
            return false;
        }
        let number = &text[start..start + length(&text[start..])];
        self.number_end = start + number.len();
        self.class(
            place,
            &[b'm', b'o', b'n', b'e', b'y', b':', digits(number)],
            tokens,
        );
        true
    }

    /// Tells of a percentage, if a number stands before `at`.
    pub fn percentage(
        &mut self,
        text: &[u8],
        at: usize,
        place: TextPlace,
        tokens: &mut Vec<TokenId>,
    ) {
        let before = text[..at].strip_suffix(b" ").unwrap_or(&text[..at]);
        if before.last().is_some_and(u8::is_ascii_digit) {
            self.class(place, b"percent", tokens);
        }
    }
}

/// Length of the sign of a currency beyond ASCII that `text` begins with.
pub(crate) fn currency(text: &[u8]) -> Option<usize> {
    let signs = ["\u{20ac}", "\u{a3}", "\u{a5}", "\u{20b9}", "\u{20bd}"];
    signs
        .iter()
        .find(|sign| text.starts_with(sign.as_bytes()))
        .map(|sign| sign.len())
}

/// Length of the number that `text` begins with: digits, and signs between them.
fn length(text: &[u8]) -> usize {
    let text = &text[..text.len().min(LONGEST)];
    let digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    let mut end = 0;
    while digit(end)
        || end > 0 && digit(end + 1) && text.get(end).is_some_and(|sign| b".,:/-".contains(sign))
    {
        end += 1;
    }
    end
}

/// How many digits stand before the decimal sign, in one digit.
fn digits(number: &[u8]) -> u8 {
    // A full stop or comma before any other than three digits parts the decimals.
    let last = number.iter().rposition(|byte| matches!(byte, b'.' | b','));
    let whole = last
        .filter(|at| number.len() - at != 4)
        .map_or(number, |at| &number[..at]);
    let count = whole.iter().filter(|byte| byte.is_ascii_digit()).count();
    b'0' + count.min(MOST_DIGITS) as u8
}

/// What a number with signs in it is.
fn of(number: &[u8]) -> Option<&'static [u8]> {
    let count = |sign: u8| memchr::memchr_iter(sign, number).count();
    let digits = number.iter().filter(|byte| byte.is_ascii_digit()).count();
    let (colons, strokes, hyphens, stops) = (count(b':'), count(b'/'), count(b'-'), count(b'.'));
    if colons > 0 {
        Some(b"time")
    } else if (strokes == 2 || hyphens == 2 || stops == 2) && (4..=8).contains(&digits) {
        Some(b"date")
    } else if stops == 3 && digits <= 12 {
        Some(b"host")
    } else if hyphens + stops >= 1
        && hyphens + stops <= 5
        && (7..=15).contains(&digits)
        && number.len() - digits == hyphens + stops
        && (hyphens > 0 || stops > 1)
    {
        Some(b"telephone")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenize::{Recipe, TokenKind};

    fn classes(text: &str) -> String {
        let mut words = WordReader::new(&Recipe::default());
        let mut tokens = Vec::new();
        words.cut(text.as_bytes(), TextPlace::BODY, &mut tokens);
        let classes = tokens
            .iter()
            .filter(|&&token| words.lexicon.kind(token) == TokenKind::Class);
        classes
            .map(|&token| words.lexicon.token(token).trim_start_matches("class:"))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn numbers_are_told_apart() {
        let cases = [
            ("7 of 42 in 2002", "number:1 number:2 number:4"),
            ("$1,000.00 or $ 5", "money:4 money:1"),
            ("save 50% or 20 %", "number:2 percent number:2 percent"),
            (
                "at 10:30 on 22/08/2002 or 2002-08-22 or 22.08.02",
                "time date date date",
            ),
            ("call 555-867-5309 or 1-800-555-0199", "telephone telephone"),
            ("1,234,567 and 3.14", "number:7 number:1"),
            ("10.0.0.1", "host"),
            ("2nd 4x4 mp3", ""),
            ("12345678901234", "number:9"),
            (
                "\u{a3}20 and \u{20ac} 1.500 and 30\u{20ac}",
                "money:2 money:4 money:2",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(classes(text), expected, "{text}");
        }
    }
}
