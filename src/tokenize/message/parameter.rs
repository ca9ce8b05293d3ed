//! The parameters behind the value of a header field, such as `charset=utf-8`.

use super::{charset, transfer};
use std::borrow::Cow;

/// One parameter of a header: its name up to a `*`, what follows the `*`, and its value.
struct Parameter<'a> {
    name: &'a [u8],
    piece: &'a [u8],
    value: Cow<'a, [u8]>,
}

/// The parameters of the header `value`.
fn each_parameter(value: &[u8]) -> impl Iterator<Item = Parameter<'_>> {
    let mut rest = memchr::memchr(b';', value).map(|at| &value[at + 1..]);
    // After one quote without an end, the others are not looked at: that keeps the time linear.
    let mut quotes_close = true;
    std::iter::from_fn(move || {
        loop {
            let text = rest?.trim_ascii_start();
            rest = None;
            let equals = text.iter().position(|&byte| byte == b'=' || byte == b';')?;
            if text[equals] == b';' {
                rest = Some(&text[equals + 1..]);
                continue;
            }
            let star = memchr::memchr(b'*', &text[..equals]).unwrap_or(equals);
            let (name, piece) = (text[..star].trim_ascii(), text[star..equals].trim_ascii());
            let text = text[equals + 1..].trim_ascii_start();
            let inside = text.strip_prefix(b"\"");
            let close = inside.filter(|_| quotes_close).and_then(quote_end);
            let (value, end) = if let (Some(inside), Some(close)) = (inside, close) {
                (unquoted(&inside[..close]), close + 2)
            } else {
                quotes_close &= inside.is_none();
                let end = memchr::memchr(b';', text).unwrap_or(text.len());
                let value = inside.map_or(&text[..end], |inside| &inside[..end - 1]);
                (Cow::Borrowed(value.trim_ascii_end()), end)
            };
            rest = memchr::memchr(b';', &text[end..]).map(|at| &text[end + at + 1..]);
            return Some(Parameter { name, piece, value });
        }
    })
}

/// The position of the quote that ends the quoted string after its first quote.
fn quote_end(inside: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'"', inside).find(|&at| {
        let escapes = inside[..at].iter().rev();
        escapes.take_while(|&&byte| byte == b'\\').count() % 2 == 0
    })
}

/// What a quoted string stands for, unfolded. A backslash escapes only a quote and another
/// backslash, since many programs write paths of Windows as they are.
fn unquoted(inside: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr3(b'\\', b'\n', b'\r', inside).is_none() {
        return Cow::Borrowed(inside);
    }
    let mut out = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let [byte, after @ ..] = rest {
        rest = after;
        match (byte, after) {
            (b'\n' | b'\r', _) => {}
            (b'\\', [next @ (b'"' | b'\\'), after @ ..]) => {
                out.push(*next);
                rest = after;
            }
            _ => out.push(*byte),
        }
    }
    Cow::Owned(out)
}

/// The value of a parameter, such as `boundary` in `multipart/mixed; boundary="x"`. Its pieces
/// (`boundary*0`, `boundary*1*`) are joined by their numbers, their escapes decoded and their
/// charset converted to UTF-8 (RFC 2231). A value in that form is preferred to a plain one.
pub fn parameter<'a>(value: &'a [u8], name: &str) -> Option<Cow<'a, [u8]>> {
    let mut plain = None;
    let mut pieces = Vec::new();
    for found in each_parameter(value) {
        if !found.name.eq_ignore_ascii_case(name.as_bytes()) {
            continue;
        }
        match found.piece.strip_prefix(b"*") {
            None => plain = plain.or(Some(found.value)),
            Some(piece) => {
                let digits = piece.iter().take_while(|byte| byte.is_ascii_digit());
                let number = digits.fold(0u32, |number, digit| {
                    number
                        .saturating_mul(10)
                        .saturating_add(u32::from(digit - b'0'))
                });
                let escaped = piece.is_empty() || piece.ends_with(b"*");
                pieces.push((number, escaped, found.value));
            }
        }
    }
    if pieces.is_empty() {
        return plain;
    }
    pieces.sort_by_key(|piece| piece.0);
    let (mut joined, mut stated) = (Vec::new(), Vec::new());
    for (at, (_, escaped, value)) in pieces.iter().enumerate() {
        let mut value = &**value;
        // `utf-8'en'` comes before the first piece.
        if at == 0 && *escaped {
            let mut parts = value.splitn(3, |&byte| byte == b'\'');
            if let (Some(charset), Some(_), Some(rest)) = (parts.next(), parts.next(), parts.next())
            {
                stated.extend_from_slice(charset);
                value = rest;
            }
        }
        if *escaped {
            transfer::percent(value, &mut joined);
        } else {
            joined.extend_from_slice(value);
        }
    }
    if joined.is_ascii() {
        return Some(Cow::Owned(joined));
    }
    let mut text = Vec::new();
    charset::append(&joined, &stated, &mut text);
    Some(Cow::Owned(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(header: &str, name: &str) -> Option<String> {
        parameter(header.as_bytes(), name).map(|value| String::from_utf8(value.into()).unwrap())
    }

    #[test]
    fn parameters_are_read_as_python_reads_them() {
        // `Message.get_param` and `collapse_rfc2231_value` of Python 3.11's email, by which every
        // value below was checked.
        let header = r#"text/plain; format=flowed; name*0="a;b"; CHARSET = utf-8 ; x; t="a\"b""#;
        for (name, expected) in [
            ("charset", Some("utf-8")),
            ("name", Some("a;b")),
            ("x", None),
            ("t", Some("a\"b")),
        ] {
            assert_eq!(value(header, name).as_deref(), expected, "{name}");
        }
        for (header, expected) in [
            // In any order, in more than ten pieces, escaped or not.
            ("m/x; b*1=two; b*0=one", "onetwo"),
            (
                "m/x; b*10=k; b*9=j; b*8=i; b*7=h; b*6=g; b*5=f; b*4=e; b*3=d; b*2=c; b*1=b; b*0=a",
                "abcdefghijk",
            ),
            (
                "m/x; b*0*=us-ascii''%3D_a; b*1*=b%3D; b*2=\"%3D\"",
                "=_ab=%3D",
            ),
            ("m/x; b*=utf-8'de'%C3%A4%2F1", "\u{e4}/1"),
            ("m/x; b*=iso-8859-1''%E4'b", "\u{e4}'b"),
            ("m/x; b*0*=''a; b*1*=it's'so", "ait's'so"),
            ("m/x; b*=no'quotes", "no'quotes"),
        ] {
            assert_eq!(value(header, "b").as_deref(), Some(expected), "{header}");
        }
    }

    #[test]
    fn parameters_that_break_the_rules_are_read_as_they_were_meant() {
        for (header, expected) in [
            // Folded inside quotes (RFC 5322, section 2.2.3), a path of Windows, and quotes that
            // never close.
            ("m/x; b=\"one\r\n two\"; c=d", "one two"),
            (r#"m/x; b="C:\dir\x.exe"; c=d"#, r"C:\dir\x.exe"),
            ("m/x; b=\"one; c=d", "one"),
            ("m/x; b=plain; b*=utf-8''star", "star"),
        ] {
            assert_eq!(value(header, "b").as_deref(), Some(expected), "{header}");
        }
    }
}
