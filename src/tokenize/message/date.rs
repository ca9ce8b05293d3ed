//! The day on which a message says that it was written: by its header, or by the name under which
//! its corpus keeps it (`0001.1999-12-10.farmer.ham.txt`). No model reads it: it is for telling
//! whether ham and spam are from different times.
//!
//! A header has day, month and year in this order (RFC 5322); years of two digits are read as the
//! standard says. The time of day and the zone are left out.

use super::head;
use crate::base::mail::{Content, Email};

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// The day of a message as the number yyyymmdd; None where it says none that can be.
pub fn day(email: &Email) -> Option<u32> {
    let by_header = match &email.content {
        Content::Raw(message) => {
            let head = head::split_stored(message).head;
            let date = head::fields(head).find(|field| field.is("date"));
            date.and_then(|field| of_header(field.value))
        }
        Content::Fields { .. } => None,
    };
    by_header.or_else(|| in_name(email.id.as_bytes()))
}

/// `Thu, 22 Aug 2002 12:36:23 +0100`.
fn of_header(value: &[u8]) -> Option<u32> {
    let is_gap = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'-');
    let words = value.split(is_gap).filter(|word| !word.is_empty());
    let words: Vec<&[u8]> = words.take(8).collect();
    let of = |three: &[&[u8]]| {
        let name = |month: &&str| {
            three[1]
                .get(..3)
                .is_some_and(|of| of.eq_ignore_ascii_case(month.as_bytes()))
        };
        let month = 1 + MONTHS.iter().position(name)? as u32;
        let year = match (number(three[2])?, three[2].len()) {
            (year @ 0..=49, 2) => 2000 + year,
            (year, 2 | 3) => 1900 + year,
            (year, _) => year,
        };
        checked(year, month, number(three[0])?)
    };
    words.windows(3).find_map(of)
}

/// The first `1999-12-10` in a name.
fn in_name(name: &[u8]) -> Option<u32> {
    let mut starts = (0..name.len()).filter(|&at| at == 0 || !name[at - 1].is_ascii_digit());
    let of = |at: usize| {
        let ten = name.get(at..at + 10)?;
        let ends = !name.get(at + 10).is_some_and(u8::is_ascii_digit);
        let parts = (ends && ten[4] == b'-' && ten[7] == b'-')
            .then(|| [&ten[..4], &ten[5..7], &ten[8..]])?;
        checked(number(parts[0])?, number(parts[1])?, number(parts[2])?)
    };
    starts.find_map(of)
}

/// A number of a few digits.
fn number(word: &[u8]) -> Option<u32> {
    let is_short = (1..=4).contains(&word.len());
    let digits = word
        .iter()
        .map(|byte| byte.is_ascii_digit().then(|| u32::from(byte - b'0')));
    digits
        .collect::<Option<Vec<u32>>>()
        .filter(|_| is_short)
        .map(|digits| digits.iter().fold(0, |sum, digit| 10 * sum + digit))
}

fn checked(year: u32, month: u32, day: u32) -> Option<u32> {
    let can_be =
        (1970..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    can_be.then_some(10_000 * year + 100 * month + day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_from_headers_and_names() {
        let of = |id: &str, message: &str| {
            day(&Email::new(
                id,
                None,
                Content::Raw(message.as_bytes().to_vec()),
            ))
        };
        for (date, expected) in [
            ("Thu, 22 Aug 2002 12:36:23 +0100", Some(20_020_822)),
            ("2 Sep 02 12:36:23 EST (late)", Some(20_020_902)),
            ("Thu, 22 Aug 102 12:36:23", Some(20_020_822)),
            ("Mon, 31 Dec 99 23:59 GMT", Some(19_991_231)),
            ("22-Aug-2002 12:36", Some(20_020_822)),
            ("Thu, 32 Aug 2002", None),
            ("Thu, 22 Aug 0002", None),
            ("yesterday", None),
            ("", None),
        ] {
            let message =
                format!("From: a@b.example\nDate: {date}\nSubject: x\n\nDate: 1 Jan 2001");
            assert_eq!(of("7", &message), expected, "{date}");
        }
        let plain = "Subject: x\n\nbody";
        for (id, expected) in [
            (
                "enron1/ham/0001.1999-12-10.farmer.ham.txt",
                Some(19_991_210),
            ),
            ("a-12021-01-02-2021-01-021-x-2021-01-02", Some(20_210_102)),
            ("1999-13-10", None),
            ("0001", None),
            ("é1999-12-1", None),
        ] {
            assert_eq!(of(id, plain), expected, "{id}");
        }
        let both = "Date: Thu, 22 Aug 2002 12:36:23 +0100\n\nbody";
        assert_eq!(of("1999-12-10", both), Some(20_020_822));
        let fields = Email::new(
            "2003-02-01.txt",
            None,
            Content::text("Date: 1 Jan 2001", ""),
        );
        assert_eq!(day(&fields), Some(20_030_201));
    }
}
