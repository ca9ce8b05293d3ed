//! Decodes HTML character references: `&amp;`, `&#8364;`, `&#x20AC;`, with or without the
//! semicolon.
//!
//! It knows the names of Latin-1 characters and of the symbols that mail uses; the other two
//! thousand names of HTML 5 hardly occur in mail. The numbers 128 to 159 mean windows-1252, as in
//! browsers.

/// Names of U+00A0 to U+00FF, in order.
const LATIN_1: [&str; 96] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf",
    "laquo", "not", "shy", "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro",
    "para", "middot", "cedil", "sup1", "ordm", "raquo", "frac14", "frac12", "frac34", "iquest",
    "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig", "Ccedil", "Egrave", "Eacute",
    "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve", "Oacute",
    "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute",
    "THORN", "szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil",
    "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde",
    "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave", "uacute", "ucirc",
    "uuml", "yacute", "thorn", "yuml",
];

/// Other names.
const OTHERS: [(&str, char); 30] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("AMP", '&'),
    ("LT", '<'),
    ("GT", '>'),
    ("QUOT", '"'),
    ("euro", '\u{20ac}'),
    ("trade", '\u{2122}'),
    ("hellip", '\u{2026}'),
    ("ndash", '\u{2013}'),
    ("mdash", '\u{2014}'),
    ("lsquo", '\u{2018}'),
    ("rsquo", '\u{2019}'),
    ("ldquo", '\u{201c}'),
    ("rdquo", '\u{201d}'),
    ("sbquo", '\u{201a}'),
    ("bdquo", '\u{201e}'),
    ("bull", '\u{2022}'),
    ("zwnj", '\u{200c}'),
    ("zwj", '\u{200d}'),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("OElig", '\u{152}'),
    ("oelig", '\u{153}'),
    ("Scaron", '\u{160}'),
    ("scaron", '\u{161}'),
];

/// The characters that the numbers 128 to 159 mean.
const WINDOWS_1252: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}',
    '\u{2c6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}',
    '\u{90}', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}',
    '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
];

/// The character at the beginning of `text`, which begins with `&`, and the number of bytes of its
/// reference. If there is no valid reference, the `&` itself.
pub(crate) fn read(text: &[u8]) -> (char, usize) {
    numeric(text).or_else(|| named(text)).unwrap_or(('&', 1))
}

fn numeric(text: &[u8]) -> Option<(char, usize)> {
    let (radix, start) = match text {
        [b'&', b'#', b'x' | b'X', ..] => (16, 3),
        [b'&', b'#', ..] => (10, 2),
        _ => return None,
    };
    let digits = text[start..]
        .iter()
        .take(8)
        .take_while(|&&byte| (byte as char).is_digit(radix))
        .count();
    let number = text[start..start + digits]
        .iter()
        .fold(0u64, |number, &byte| {
            number * u64::from(radix) + u64::from((byte as char).to_digit(radix).unwrap_or(0))
        });
    let end = start + digits + usize::from(text.get(start + digits) == Some(&b';'));
    let character = match number {
        _ if digits == 0 => return None,
        0x80..=0x9F => WINDOWS_1252[number as usize - 0x80],
        0 => '\u{FFFD}',
        _ => u32::try_from(number)
            .ok()
            .and_then(char::from_u32)
            .unwrap_or('\u{FFFD}'),
    };
    Some((character, end))
}

fn named(text: &[u8]) -> Option<(char, usize)> {
    let letters = text[1..]
        .iter()
        .take(8)
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    let name = std::str::from_utf8(&text[1..=letters]).ok()?;
    let other = OTHERS
        .iter()
        .find(|(other, _)| *other == name)
        .map(|(_, character)| *character);
    let latin_1 = || {
        LATIN_1
            .iter()
            .position(|other| *other == name)
            .and_then(|at| char::from_u32(0xA0 + at as u32))
    };
    let character = other.or_else(latin_1)?;
    Some((
        character,
        1 + letters + usize::from(text.get(1 + letters) == Some(&b';')),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_in_every_form() {
        assert_eq!(read(b"&amp;x"), ('&', 5));
        assert_eq!(read(b"&yuml"), ('\u{ff}', 5));
        assert_eq!(read(b"&#65;"), ('A', 5));
        assert_eq!(read(b"&#x41 "), ('A', 5));
        assert_eq!(read(b"&#150;"), ('\u{2013}', 6));
        assert_eq!(read(b"&#99999999;"), ('\u{fffd}', 11));
        assert_eq!(read(b"&#;"), ('&', 1));
        assert_eq!(read(b"&"), ('&', 1));
        assert_eq!(read(b"&nothing;"), ('&', 1));
    }
}
