//! Reads the host of a link as a browser does, so that one host has one name however it is
//! written: `sh%6Fp.example`, `пример.рф`, a host with invisible or full-width characters.

use crate::tokenize::characters::{is_ignorable, is_mark, is_symbol};
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// Number of characters in the longest label of a host (RFC 1034, 3.1).
const LONGEST_LABEL: usize = 63;

/// A host of a link.
pub(crate) struct Host<'a> {
    /// Its name as it is registered, in ASCII (RFC 5890).
    pub name: Cow<'a, [u8]>,
    /// Its name as a person reads it, in UTF-8.
    pub shown: Cow<'a, [u8]>,
    /// Whether characters of it were escaped with `%`.
    pub escaped: bool,
    /// Whether there were invisible characters in it.
    pub invisible: bool,
    /// Whether it was followed by what cannot be part of a host.
    pub cut: bool,
}

impl<'a> Host<'a> {
    /// The host that is `written` so.
    pub fn new(written: &'a [u8]) -> Host<'a> {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-_".contains(byte);
        if written.iter().all(plain) {
            return Host {
                name: written.into(),
                shown: written.into(),
                escaped: false,
                invisible: false,
                cut: false,
            };
        }
        let decoded = unescaped(written);
        let text = String::from_utf8_lossy(&decoded);
        let chars = text.chars().filter(|&c| !is_ignorable(c));
        // The mapping of UTS #46.
        let mut mapped = chars.nfkc().flat_map(char::to_lowercase).map(dot);
        let mut shown = String::new();
        let next = mapped.find(|&c| {
            let belongs = is_host_character(c);
            if belongs {
                shown.push(c);
            }
            !belongs
        });
        Host {
            name: registered(shown.as_bytes()).into_owned().into(),
            escaped: matches!(decoded, Cow::Owned(_)),
            invisible: text.chars().any(is_ignorable),
            cut: next.is_some(),
            shown: shown.into_bytes().into(),
        }
    }
}

fn is_host_character(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_') || is_mark(c) || is_symbol(c)
}

/// The full stop of hosts for those of Chinese and Japanese.
pub(super) fn dot(c: char) -> char {
    match c {
        '\u{3002}' | '\u{FF0E}' | '\u{FF61}' => '.',
        other => other,
    }
}

/// `written` with its escapes `%XX` decoded.
pub(super) fn unescaped(written: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'%', written).is_none() {
        return written.into();
    }
    let hex = |byte: Option<&u8>| byte.and_then(|&byte| char::from(byte).to_digit(16));
    let mut decoded = Vec::new();
    let mut at = 0;
    while let Some(&byte) = written.get(at) {
        let digits = (hex(written.get(at + 1)), hex(written.get(at + 2)));
        if let (b'%', (Some(high), Some(low))) = (byte, digits) {
            decoded.push((high << 4 | low) as u8);
            at += 3;
        } else {
            decoded.push(byte);
            at += 1;
        }
    }
    if decoded.len() == written.len() {
        written.into()
    } else {
        decoded.into()
    }
}

/// The name of a host in ASCII: each label with other letters is encoded (RFC 5891, 4.4).
pub(super) fn registered(host: &[u8]) -> Cow<'_, [u8]> {
    if host.is_ascii() {
        return host.into();
    }
    let host = String::from_utf8_lossy(host).to_lowercase();
    let mut name = String::with_capacity(host.len());
    for label in host.split('.') {
        if !name.is_empty() {
            name.push('.');
        }
        if label.is_ascii() {
            name.push_str(label);
        } else {
            name.push_str("xn--");
            punycode(label, &mut name);
        }
    }
    name.into_bytes().into()
}

/// Appends `label` encoded by the algorithm of RFC 3492, 6.3. A longer label than there is in any
/// host is cut.
fn punycode(label: &str, out: &mut String) {
    let code_points = || label.chars().take(LONGEST_LABEL).map(u32::from);
    out.extend(label.chars().take(LONGEST_LABEL).filter(char::is_ascii));
    let basic = code_points().filter(|&c| c < 0x80).count() as u32;
    if basic > 0 {
        out.push('-');
    }
    let (mut code, mut delta, mut bias, mut done) = (0x80, 0, 72, basic);
    while let Some(next) = code_points().filter(|&c| c >= code).min() {
        delta += (next - code) * (done + 1);
        code = next;
        for c in code_points() {
            if c < code {
                delta += 1;
            } else if c == code {
                variable_length(delta, bias, out);
                bias = adapted(delta, done + 1, done == basic);
                delta = 0;
                done += 1;
            }
        }
        delta += 1;
        code += 1;
    }
}

/// Parameters of Punycode (RFC 3492, 5).
const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;

/// Appends `number` as an integer of variable length (RFC 3492, 3.3).
fn variable_length(mut number: u32, bias: u32, out: &mut String) {
    let digit = |value: u32| char::from_digit(value, BASE).unwrap_or('0');
    // Letters come before digits.
    let letters_first = |value: u32| digit((value + 10) % BASE);
    let mut position = BASE;
    loop {
        let threshold = position.saturating_sub(bias).clamp(T_MIN, T_MAX);
        if number < threshold {
            return out.push(letters_first(number));
        }
        let range = BASE - threshold;
        out.push(letters_first(threshold + (number - threshold) % range));
        number = (number - threshold) / range;
        position += BASE;
    }
}

/// The bias after a delta (RFC 3492, 6.1).
fn adapted(delta: u32, points: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / points;
    let mut bias = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        bias += BASE;
    }
    bias + (BASE - T_MIN + 1) * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(written: &str) -> String {
        String::from_utf8(Host::new(written.as_bytes()).name.into_owned()).unwrap()
    }

    #[test]
    fn a_host_beyond_ascii_has_the_name_that_is_registered() {
        // Encoded by Python: `label.encode('punycode')`.
        for (written, expected) in [
            ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
            ("ПРИМЕР.РФ", "xn--e1afmkfd.xn--p1ai"),
            ("b\u{fc}cher.example", "xn--bcher-kva.example"),
            ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
            ("माल.भारत", "xn--r2bi9a.xn--h2brj9c"),
            ("\u{43f}aypal.example", "xn--aypal-oye.example"),
            ("☃.example", "xn--n3h.example"),
        ] {
            assert_eq!(name(written), expected, "{written}");
        }
    }

    #[test]
    fn a_host_has_one_name_however_it_is_written() {
        // The mapping of UTS #46, which browsers apply after decoding escapes (WHATWG URL, 3.5).
        for written in [
            "shop.example",
            "sh%6Fp.example",
            "sh\u{200b}op.exa\u{ad}mple",
            "ｓｈｏｐ．ｅｘａｍｐｌｅ",
            "shop。example",
            "%E2%80%8Bshop.example",
            "shop.example,",
            "sho\u{2060}p.example!x",
        ] {
            assert_eq!(name(written), "shop.example", "{written}");
        }
        assert!(Host::new(b"sh%6Fp.example").escaped);
        assert!(Host::new("s\u{feff}hop.example".as_bytes()).invisible);
        assert!(Host::new(b"shop.example,").cut);
    }

    #[test]
    fn hosts_that_are_none_cost_no_more_than_their_length() {
        let long = "я".repeat(100_000);
        assert!(name(&long).len() < 100);
    }
}
