//! Classifies the numbers of a text: sums of money, percentages, dates, times, telephone numbers,
//! or else numbers with a certain count of digits. The digits themselves remain words.

use crate::tokenize::emitter::form::WordForm;

/// Largest number of digits that is counted.
const MOST_DIGITS: usize = 9;
/// Length in bytes of the longest number that is examined.
const LONGEST: usize = 40;

/// The class of a number or an address in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextClass {
    /// A sum of money; holds the number of digits before its decimal point.
    Money(u8),
    /// Any other number; holds the number of digits before its decimal point.
    Number(u8),
    Percent,
    Time,
    Date,
    Telephone,
    /// A numeric host address.
    Host,
    /// An email address.
    Address,
}

impl TextClass {
    /// Its name, with which its token ends.
    pub fn form(self) -> WordForm {
        match self {
            TextClass::Money(digits) => counted(*b"money:_", digits),
            TextClass::Number(digits) => counted(*b"number:_", digits),
            TextClass::Percent => WordForm::new(b"percent"),
            TextClass::Time => WordForm::new(b"time"),
            TextClass::Date => WordForm::new(b"date"),
            TextClass::Telephone => WordForm::new(b"telephone"),
            TextClass::Host => WordForm::new(b"host"),
            TextClass::Address => WordForm::new(b"address"),
        }
    }
}

/// A name whose last byte is replaced by a digit.
fn counted<const LEN: usize>(mut name: [u8; LEN], digits: u8) -> WordForm {
    name[LEN - 1] = b'0' + digits;
    WordForm::new(&name)
}

/// A number in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NumberSpan {
    /// The position after its last byte.
    pub end: usize,
    /// Its class; None if letters right after it make it a name: `2nd`, `4x4`.
    pub class: Option<TextClass>,
}

/// The number whose first digit is at `start`.
pub(crate) fn number(text: &[u8], start: usize) -> NumberSpan {
    let end = start + length(&text[start..]);
    if text.get(end).is_some_and(u8::is_ascii_alphabetic) {
        return NumberSpan { end, class: None };
    }
    let (number, after) = (&text[start..end], &text[end..]);
    let money = || currency(after.strip_prefix(b" ").unwrap_or(after)).is_some();
    let class = match by_signs(number) {
        Some(class) => class,
        None if money() => TextClass::Money(digits(number)),
        None => TextClass::Number(digits(number)),
    };
    NumberSpan {
        end,
        class: Some(class),
    }
}

/// The sum of money whose number follows a currency sign, at most one space after its end `after`.
pub(crate) fn money(text: &[u8], after: usize) -> Option<NumberSpan> {
    let start = after + usize::from(text.get(after) == Some(&b' '));
    if !text.get(start).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let end = start + length(&text[start..]);
    Some(NumberSpan {
        end,
        class: Some(TextClass::Money(digits(&text[start..end]))),
    })
}

/// Whether the percent sign at `at` follows a number.
pub(crate) fn is_percentage(text: &[u8], at: usize) -> bool {
    let before = text[..at].strip_suffix(b" ").unwrap_or(&text[..at]);
    before.last().is_some_and(u8::is_ascii_digit)
}

/// Length of the currency sign beyond ASCII at the beginning of `text`.
pub(crate) fn currency(text: &[u8]) -> Option<usize> {
    let signs = ["\u{20ac}", "\u{a3}", "\u{a5}", "\u{20b9}", "\u{20bd}"];
    signs
        .iter()
        .find(|sign| text.starts_with(sign.as_bytes()))
        .map(|sign| sign.len())
}

/// Length of the number at the beginning of `text`: digits, and punctuation between them.
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

/// Number of digits before the decimal point, at most [`MOST_DIGITS`].
fn digits(number: &[u8]) -> u8 {
    // A full stop or comma is a decimal point unless exactly three digits follow.
    let last = number.iter().rposition(|byte| matches!(byte, b'.' | b','));
    let whole = last
        .filter(|at| number.len() - at != 4)
        .map_or(number, |at| &number[..at]);
    let count = whole.iter().filter(|byte| byte.is_ascii_digit()).count();
    count.min(MOST_DIGITS) as u8
}

/// The class of a number, judged by the punctuation in it.
fn by_signs(number: &[u8]) -> Option<TextClass> {
    let count = |sign: u8| memchr::memchr_iter(sign, number).count();
    let digits = number.iter().filter(|byte| byte.is_ascii_digit()).count();
    let (colons, strokes, hyphens, stops) = (count(b':'), count(b'/'), count(b'-'), count(b'.'));
    if colons > 0 {
        Some(TextClass::Time)
    } else if (strokes == 2 || hyphens == 2 || stops == 2) && (4..=8).contains(&digits) {
        Some(TextClass::Date)
    } else if stops == 3 && digits <= 12 {
        Some(TextClass::Host)
    } else if hyphens + stops >= 1
        && hyphens + stops <= 5
        && (7..=15).contains(&digits)
        && number.len() - digits == hyphens + stops
        && (hyphens > 0 || stops > 1)
    {
        Some(TextClass::Telephone)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::TextClass::{Date, Host, Money, Number, Telephone, Time};
    use super::*;

    #[test]
    fn numbers_are_told_apart() {
        for (text, end, class) in [
            ("42 of", 2, Some(Number(2))),
            ("2002", 4, Some(Number(4))),
            ("3.14", 4, Some(Number(1))),
            ("1,234,567", 9, Some(Number(7))),
            ("12345678901234", 14, Some(Number(9))),
            ("30\u{20ac}", 2, Some(Money(2))),
            ("30 \u{20ac}", 2, Some(Money(2))),
            ("10:30 on", 5, Some(Time)),
            ("22/08/2002", 10, Some(Date)),
            ("2002-08-22", 10, Some(Date)),
            ("22.08.02", 8, Some(Date)),
            ("555-867-5309", 12, Some(Telephone)),
            ("1-800-555-0199", 14, Some(Telephone)),
            ("10.0.0.1", 8, Some(Host)),
            ("2nd", 1, None),
            ("4x4", 1, None),
        ] {
            assert_eq!(
                number(text.as_bytes(), 0),
                NumberSpan { end, class },
                "{text}"
            );
        }
    }

    #[test]
    fn sums_of_money_and_percentages_are_told_by_their_signs() {
        let sum = |text: &str| money(text.as_bytes(), 1).map(|sum| (sum.end, sum.class));
        assert_eq!(sum("$1,000.00"), Some((9, Some(Money(4)))));
        assert_eq!(sum("$ 5"), Some((3, Some(Money(1)))));
        assert_eq!(sum("$  5"), None);
        assert_eq!(sum("$x"), None);
        assert!(is_percentage(b"50%", 2) && is_percentage(b"20 %", 3));
        assert!(!is_percentage(b"%", 0) && !is_percentage(b"x%", 1));
    }
}
