//! Decodes HTML character references: `&amp;`, `&#8364;`, `&#x20AC;`, with or without the
//! semicolon, as the HTML standard reads them in text (section 13.2.5.72 to 13.2.5.80).
//!
//! `named_characters.txt` holds its 2,231 names, sorted by bytes, each with its one or two code
//! points. A name that is valid without a semicolon stands there without it too, and the longest
//! name at the beginning of a text counts. The numbers 128 to 159 mean windows-1252.

use memchr::{memchr, memrchr};

static NAMED_CHARACTERS: &str = include_str!("named_characters.txt");

/// Names that mail is full of, looked up first.
const FREQUENT: [(&[u8], char); 5] = [
    (b"nbsp;", '\u{a0}'),
    (b"amp;", '&'),
    (b"lt;", '<'),
    (b"gt;", '>'),
    (b"quot;", '"'),
];

/// The characters that the numbers 128 to 159 mean.
const WINDOWS_1252: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}',
    '\u{2c6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}',
    '\u{90}', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}',
    '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
];

/// A decoded character reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reference {
    pub first: char,
    /// The second character of the few names that mean two, such as `&NotEqualTilde;`.
    pub second: Option<char>,
    /// Number of bytes of the reference.
    pub len: usize,
}

impl Reference {
    /// The characters that it means.
    pub fn characters(self) -> impl Iterator<Item = char> {
        std::iter::once(self.first).chain(self.second)
    }

    fn of_one(first: char, len: usize) -> Reference {
        Reference {
            first,
            second: None,
            len,
        }
    }
}

/// The reference at the beginning of `text`, which begins with `&`. If there is no valid reference,
/// the `&` itself.
pub(crate) fn read(text: &[u8]) -> Reference {
    numeric(text)
        .or_else(|| named(text))
        .unwrap_or(Reference::of_one('&', 1))
}

/// Appends plain text with the references decoded that end in a semicolon. Others may be the `&` of
/// the text itself, as in `AT&T` and in addresses.
pub(crate) fn append_decoded(text: &[u8], out: &mut Vec<u8>) {
    append_where(text, out, |source, _| source.ends_with(b";"));
}

/// Appends the value of an attribute with the references in it decoded. A name without a semicolon
/// is the text itself if the text goes on, as in `?a=1&copy=2` (HTML standard, 13.2.5.73).
pub(crate) fn append_attribute(value: &[u8], out: &mut Vec<u8>) {
    append_where(value, out, |source, rest| {
        let goes_on = |byte: &u8| *byte == b'=' || byte.is_ascii_alphanumeric();
        source.ends_with(b";") || source.starts_with(b"&#") || !rest.first().is_some_and(goes_on)
    });
}

/// Appends text with those references decoded for which `is_one` holds, given the reference and
/// what follows it.
fn append_where(mut text: &[u8], out: &mut Vec<u8>, is_one: impl Fn(&[u8], &[u8]) -> bool) {
    while let Some(at) = memchr(b'&', text) {
        out.extend_from_slice(&text[..at]);
        text = &text[at..];
        let reference = read(text);
        let (source, rest) = text.split_at(reference.len);
        if is_one(source, rest) {
            for character in reference.characters() {
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        } else {
            out.extend_from_slice(source);
        }
        text = rest;
    }
    out.extend_from_slice(text);
}

fn numeric(text: &[u8]) -> Option<Reference> {
    let (radix, start) = match text {
        [b'&', b'#', b'x' | b'X', ..] => (16, 3),
        [b'&', b'#', ..] => (10, 2),
        _ => return None,
    };
    let digit = |byte: &u8| (*byte as char).to_digit(radix);
    let (mut number, mut end) = (0u32, start);
    while let Some(digit) = text.get(end).and_then(digit) {
        number = number.saturating_mul(radix).saturating_add(digit);
        end += 1;
    }
    if end == start {
        return None;
    }
    let character = match number {
        0 => '\u{FFFD}',
        0x80..=0x9F => WINDOWS_1252[number as usize - 0x80],
        _ => char::from_u32(number).unwrap_or('\u{FFFD}'),
    };
    let len = end + usize::from(text.get(end) == Some(&b';'));
    Some(Reference::of_one(character, len))
}

fn named(text: &[u8]) -> Option<Reference> {
    let text = &text[1..];
    if !text.first().is_some_and(u8::is_ascii_alphabetic) {
        return None;
    }
    for (name, character) in FREQUENT {
        if text.starts_with(name) {
            return Some(Reference::of_one(character, 1 + name.len()));
        }
    }
    let (name, value) = longest_name(text)?;
    let mut characters = value
        .split_ascii_whitespace()
        .filter_map(|number| u32::from_str_radix(number, 16).ok())
        .filter_map(char::from_u32);
    Some(Reference {
        first: characters.next()?,
        second: characters.next(),
        len: 1 + name.len(),
    })
}

/// The longest name that `text` begins with, and its code points in hexadecimal.
fn longest_name(mut text: &[u8]) -> Option<(&'static str, &'static str)> {
    // Any name that `text` begins with is also at the beginning of the last name that is not
    // greater than `text`, so it is no longer than what these two have in common.
    loop {
        let (name, value) = last_name_up_to(text)?;
        let common = std::iter::zip(name.bytes(), text)
            .take_while(|(of_name, of_text)| of_name == *of_text)
            .count();
        match common {
            0 => return None,
            _ if common == name.len() => return Some((name, value)),
            _ => text = &text[..common],
        }
    }
}

/// The last row of the names that is not greater than `text`.
fn last_name_up_to(text: &[u8]) -> Option<(&'static str, &'static str)> {
    let rows = NAMED_CHARACTERS.as_bytes();
    let mut found = None;
    // The rows not decided yet, as positions of bytes in the list.
    let (mut low, mut high) = (0, rows.len());
    while low < high {
        let middle = low.midpoint(high);
        let start = low + memrchr(b'\n', &rows[low..middle]).map_or(0, |end| end + 1);
        let end = memchr(b'\n', &rows[middle..high]).map_or(high, |end| middle + end);
        let row = NAMED_CHARACTERS[start..end].split_once(' ')?;
        if row.0.as_bytes() <= text {
            found = Some(row);
            low = end + 1;
        } else {
            high = start;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('&') {
            out.push_str(&rest[..at]);
            let reference = read(&rest.as_bytes()[at..]);
            out.extend(reference.characters());
            rest = &rest[at + reference.len..];
        }
        out + rest
    }

    #[test]
    fn references_are_read_in_every_form() {
        let one = |text: &[u8]| {
            let reference = read(text);
            (reference.first, reference.len)
        };
        assert_eq!(one(b"&amp;x"), ('&', 5));
        assert_eq!(one(b"&yuml"), ('\u{ff}', 5));
        assert_eq!(one(b"&#65;"), ('A', 5));
        assert_eq!(one(b"&#x41 "), ('A', 5));
        assert_eq!(one(b"&#150;"), ('\u{2013}', 6));
        assert_eq!(one(b"&#99999999;"), ('\u{fffd}', 11));
        assert_eq!(one(b"&#;"), ('&', 1));
        assert_eq!(one(b"&"), ('&', 1));
        assert_eq!(one(b"&bogus;"), ('&', 1));
    }

    /// The expected texts are those of Python's `html.unescape`.
    #[test]
    fn names_are_matched_as_python_matches_them() {
        for (text, expected) in [
            ("&Lstrok;&oacute;d&zacute;", "Łódź"),
            ("&lambda;&omicron;&gamma;&omicron;&sigmaf;", "λογος"),
            ("&Pcy;&rcy;&icy;&vcy;&iecy;&tcy;", "Привет"),
            ("&notit; &notin; &not", "¬it; ∉ ¬"),
            ("&NotEqualTilde;&bne;&fjlig;", "\u{2242}\u{338}=\u{20e5}fj"),
            ("&AMP &ampamp; &AMPLE;", "& &amp; &LE;"),
            ("&CounterClockwiseContourIntegral;", "∳"),
            (
                "&CounterClockwiseContourIntegral",
                "&CounterClockwiseContourIntegral",
            ),
            ("&thetasym; &there4; &Euro; &euro", "ϑ ∴ &Euro; &euro"),
            ("a&b=1&copy=2&sect3", "a&b=1©=2§3"),
            ("&#00000000000000000065;&#x0000000041;", "AA"),
            (
                "&#128512;&#x1F600;&#xD800;&#x110000;",
                "😀😀\u{fffd}\u{fffd}",
            ),
            ("&A &a; &zz; &zwnjx &-amp;", "&A &a; &zz; &zwnjx &-amp;"),
        ] {
            assert_eq!(decoded(text), expected, "{text}");
        }
    }

    #[test]
    fn every_name_of_the_standard_is_found() {
        let rows: Vec<_> = NAMED_CHARACTERS.lines().collect();
        // The HTML standard, section 13.5, and len(html.entities.html5) in Python.
        assert_eq!(rows.len(), 2231);
        assert!(rows.is_sorted_by_key(|row| row.split(' ').next()));
        for row in rows {
            let (name, value) = row.split_once(' ').unwrap();
            let reference = read(format!("&{name}\u{1}").as_bytes());
            assert_eq!(reference.len, 1 + name.len(), "{name}");
            let numbers = reference.characters();
            let numbers: Vec<_> = numbers.map(|of| format!("{:X}", of as u32)).collect();
            assert_eq!(numbers.join(" "), value, "{name}");
        }
    }

    /// The expected values are those of html5lib 1.1.
    #[test]
    fn an_attribute_keeps_what_may_be_an_address() {
        for (value, expected) in [
            ("/?a=1&amp;b=2&#38;c", "/?a=1&b=2&c"),
            ("/?a&copy=1&copy2&copy&lt", "/?a&copy=1&copy2\u{a9}<"),
            ("http&#58;//shop&period;example", "http://shop.example"),
            ("&#x6a&#97vascript:", "javascript:"),
            ("a&b&;&notit;", "a&b&;&notit;"),
        ] {
            let mut out = Vec::new();
            append_attribute(value.as_bytes(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{value}");
        }
    }

    #[test]
    fn plain_text_keeps_what_is_not_closed() {
        let mut out = Vec::new();
        append_decoded(
            b"AT&T &lt;#&gt; x&copy=1 caf&eacute; &bogus; &#33; &",
            &mut out,
        );
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "AT&T <#> x&copy=1 café &bogus; ! &"
        );
    }
}
