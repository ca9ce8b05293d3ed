//! Finds the values in a stream of JSON, and reads them as leniently as Python and pandas do.

use crate::input::text::decode;
use encoding_rs::{Encoding, UTF_8};
use memchr::memchr2;
use serde_json::Value;
use std::borrow::Cow;
use std::io::{self, BufRead};

/// What separates the values of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// Line ends: a line that is no value costs only itself.
    Lines,
    /// White space or commas, if anything.
    Values,
    /// The same, within one array or several.
    Array,
}

/// A value that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Whether it is larger than the limit. The bytes beyond were dropped.
    pub too_large: bool,
    /// Whether it ended before the stream did.
    pub whole: bool,
}

/// The values of a stream.
pub(super) struct Values<R> {
    input: R,
    framing: Framing,
    limit: usize,
    line: u64,
    /// Whether the values that come next are those of an array.
    in_array: bool,
}

/// How far a value has been read.
#[derive(Debug, Default)]
struct Depth {
    brackets: usize,
    in_string: bool,
    escaped: bool,
}

impl<R: BufRead> Values<R> {
    /// At most `limit` bytes of a value are kept.
    pub fn new(input: R, framing: Framing, limit: usize) -> Values<R> {
        Values {
            input,
            framing,
            limit,
            line: 1,
            in_array: false,
        }
    }

    /// Reads the next value into `value`.
    pub fn next(&mut self, value: &mut Vec<u8>) -> io::Result<Option<Found>> {
        value.clear();
        if !self.skip_between()? {
            return Ok(None);
        }
        let mut found = Found {
            line: self.line,
            too_large: false,
            whole: false,
        };
        let mut depth = Depth::default();
        while !found.whole {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                // A line needs no line feed, and a value outside brackets has no other end.
                found.whole = self.framing == Framing::Lines || depth.is_outside(value);
                break;
            }
            let (used, ended) = match self.framing {
                Framing::Lines => {
                    memchr::memchr(b'\n', buffer).map_or((buffer.len(), false), |end| (end, true))
                }
                _ => depth.pass(buffer, value.is_empty()),
            };
            let span = &buffer[..used];
            if value.len() + used > self.limit {
                found.too_large = true;
            } else {
                value.extend_from_slice(span);
            }
            self.line += memchr::memchr_iter(b'\n', span).count() as u64;
            self.input.consume(used);
            found.whole = ended;
        }
        Ok(Some(found))
    }

    /// Reads up to the next value; returns whether there is one.
    fn skip_between(&mut self) -> io::Result<bool> {
        loop {
            let Some(&byte) = self.input.fill_buf()?.first() else {
                return Ok(false);
            };
            let between = match byte {
                b'\n' => {
                    self.line += 1;
                    true
                }
                b'[' if self.framing == Framing::Array && !self.in_array => {
                    self.in_array = true;
                    true
                }
                b']' | b',' if self.framing != Framing::Lines => {
                    self.in_array &= byte == b',';
                    true
                }
                other => other.is_ascii_whitespace(),
            };
            if !between {
                return Ok(true);
            }
            self.input.consume(1);
        }
    }
}

impl Depth {
    /// Goes on in a value; returns how many bytes belong to it, and whether it ends there.
    fn pass(&mut self, buffer: &[u8], mut first: bool) -> (usize, bool) {
        let mut at = 0;
        while at < buffer.len() {
            if self.escaped {
                self.escaped = false;
                at += 1;
                continue;
            }
            if self.in_string {
                let Some(end) = memchr2(b'"', b'\\', &buffer[at..]) else {
                    return (buffer.len(), false);
                };
                at += end + 1;
                self.escaped = buffer[at - 1] == b'\\';
                self.in_string = self.escaped;
                if !self.in_string && self.brackets == 0 {
                    return (at, true);
                }
                continue;
            }
            match buffer[at] {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.brackets += 1,
                b'}' | b']' if self.brackets > 0 => {
                    self.brackets -= 1;
                    if self.brackets == 0 {
                        return (at + 1, true);
                    }
                }
                byte if self.brackets == 0 && !first && is_separator(byte) => return (at, true),
                _ => {}
            }
            first = false;
            at += 1;
        }
        (at, false)
    }

    /// Whether a value that is read so far has no bracket or quote to wait for.
    fn is_outside(&self, value: &[u8]) -> bool {
        self.brackets == 0 && !self.in_string && !value.is_empty()
    }
}

fn is_separator(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b',' | b']' | b'}')
}

/// What a text takes in memory when it is parsed, beside the text in its strings: the number of its
/// values, where an object counts as eight, since a map of one name has room for more.
pub(super) fn weight(text: &[u8]) -> usize {
    let (mut at, mut weight) = (0, 1);
    while let Some(&byte) = text.get(at) {
        at += 1;
        match byte {
            b'"' => at += string_end(&text[at..]),
            b'{' => weight += 8,
            b'[' | b',' => weight += 1,
            _ => {}
        }
    }
    weight
}

/// The number of bytes up to the quote that ends a string, and with it.
fn string_end(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = memchr2(b'"', b'\\', &text[at..]) {
        at += found + 1;
        if text[at - 1] == b'"' {
            return at;
        }
        at += 1;
        if at >= text.len() {
            break;
        }
    }
    text.len()
}

/// Whether a text is one whole object or array.
pub(super) fn is_whole(text: &[u8]) -> bool {
    let mut depth = Depth::default();
    let text = text.trim_ascii();
    matches!(text.first(), Some(b'{' | b'[')) && depth.pass(text, true) == (text.len(), true)
}

/// Whether a text begins as an array of fields does, the first of them a number or another literal:
/// `[1, "text"]`. Text that begins with a note or a link in brackets does not.
pub(super) fn begins_with_a_literal(text: &[u8]) -> bool {
    let Some(inner) = text.strip_prefix(b"[") else {
        return false;
    };
    let inner = inner.trim_ascii_start();
    let end = inner
        .iter()
        .position(|byte| matches!(byte, b',' | b']' | b'\n'));
    let Some((literal, b',')) = end.map(|end| (&inner[..end], inner[end])) else {
        return false;
    };
    let literal = parse(literal, UTF_8);
    literal.is_some_and(|literal| literal.is_number() || literal.is_boolean() || literal.is_null())
}

/// A value in an encoding that extends ASCII. What Python writes though JSON has no word for it is
/// understood: NaN and infinities are null, half a surrogate pair is U+FFFD, and control characters
/// in strings are themselves.
pub(super) fn parse(text: &[u8], encoding: &'static Encoding) -> Option<Value> {
    let text = decode(text, encoding);
    let strict = serde_json::from_str(&text);
    strict
        .or_else(|_| serde_json::from_str(&repaired(&text)))
        .ok()
}

/// A text as JSON that is allowed.
fn repaired(text: &str) -> String {
    let mut json = String::with_capacity(text.len());
    let mut rest = text;
    let mut in_string = false;
    while let Some(first) = rest.chars().next() {
        let (written, used): (Cow<'_, str>, usize) = match first {
            '\\' if in_string => escape(rest),
            '"' => {
                in_string = !in_string;
                ("\"".into(), 1)
            }
            control if in_string && control < ' ' => {
                (format!("\\u{:04x}", u32::from(control)).into(), 1)
            }
            _ if in_string => {
                let end = rest.find(|c: char| c < ' ' || c == '"' || c == '\\');
                let end = end.unwrap_or(rest.len());
                (rest[..end].into(), end)
            }
            _ => not_a_number(rest).map_or_else(
                || (rest[..first.len_utf8()].into(), first.len_utf8()),
                |used| ("null".into(), used),
            ),
        };
        json.push_str(&written);
        rest = &rest[used..];
    }
    json
}

/// The escape at the beginning of `rest`, and its length: itself, or U+FFFD if it is half a
/// surrogate pair.
fn escape(rest: &str) -> (Cow<'_, str>, usize) {
    let unit = |from: usize| {
        let escape = rest.get(from..from + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(escape, 16).ok()
    };
    match (unit(0), unit(6)) {
        (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (rest[..12].into(), 12),
        (Some(0xD800..=0xDFFF), _) => ("\u{fffd}".into(), 6),
        _ => {
            let used = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
            (rest[..used].into(), used)
        }
    }
}

/// The length of a word for no number at the beginning of `rest`.
fn not_a_number(rest: &str) -> Option<usize> {
    let words = ["NaN", "nan", "-Infinity", "Infinity"];
    let word = words.iter().find(|word| rest.starts_with(**word))?;
    Some(word.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::WINDOWS_1251;
    use serde_json::json;
    use std::io::BufReader;

    fn values(text: &str, framing: Framing, size: usize) -> Vec<String> {
        let input = BufReader::with_capacity(size, text.as_bytes());
        let mut values = Values::new(input, framing, 30);
        let (mut value, mut all) = (Vec::new(), Vec::new());
        while let Some(found) = values.next(&mut value).unwrap() {
            let large = if found.too_large { "!" } else { "" };
            let open = if found.whole { "" } else { "…" };
            let shown = if found.too_large {
                ""
            } else {
                std::str::from_utf8(&value).unwrap()
            };
            all.push(format!("{}{large}:{shown}{open}", found.line));
        }
        all
    }

    /// By the grammar of RFC 8259.
    #[test]
    fn values_are_found_through_any_buffer() {
        let cases: [(&str, Framing, &[&str]); 9] = [
            (
                "{\"a\":1}\n\n{\"a\":2}",
                Framing::Lines,
                &["1:{\"a\":1}", "3:{\"a\":2}"],
            ),
            (
                "{\"a\n{\"a\":2}\n",
                Framing::Lines,
                &["1:{\"a", "2:{\"a\":2}"],
            ),
            (
                "[{\"a\":\"}]\"},\n{\"b\":[1]}]\n",
                Framing::Array,
                &["1:{\"a\":\"}]\"}", "2:{\"b\":[1]}"],
            ),
            ("[[1,\n2],3]", Framing::Array, &["1:[1,\n2]", "2:3"]),
            (
                "{\n\"a\":\"\\\"}\"}{}",
                Framing::Values,
                &["1:{\n\"a\":\"\\\"}\"}", "2:{}"],
            ),
            ("[1]\n[2]", Framing::Values, &["1:[1]", "2:[2]"]),
            (
                "[{\"a\":1},{\"b\":",
                Framing::Array,
                &["1:{\"a\":1}", "1:{\"b\":…"],
            ),
            ("[]", Framing::Array, &[]),
            (
                "[{\"a\":1}]\n[{\"b\":2}][[3]]{}",
                Framing::Array,
                &["1:{\"a\":1}", "2:{\"b\":2}", "2:[3]", "2:{}"],
            ),
        ];
        for (text, framing, expected) in cases {
            for size in [1, 2, 3, 5, 100] {
                assert_eq!(
                    values(text, framing, size),
                    expected,
                    "{text:?} through {size}"
                );
            }
        }
        let large = format!("{}\n[1]", "x".repeat(100));
        assert_eq!(values(&large, Framing::Lines, 7), ["1!:", "2:[1]"]);
    }

    /// By hand: values are counted, and objects as eight; what stands in strings is none.
    #[test]
    fn a_text_weighs_as_much_as_it_has_values() {
        for (text, expected) in [
            ("7", 1),
            ("[1,2,3]", 4),
            ("{\"a\":[],\"b\":{}}", 1 + 8 + 1 + 1 + 8),
            ("\"[[,,{\\\"[[\",7", 2),
            ("\"[[,,\\\\\",7", 2),
            ("\"[[", 1),
            ("\"[[\\", 1),
        ] {
            assert_eq!(weight(text.as_bytes()), expected, "{text}");
        }
    }

    /// What `json.loads` of Python gives for the same texts; half a pair is U+FFFD in UTF-8.
    #[test]
    fn what_python_writes_is_read() {
        for (text, expected) in [
            (
                "{\"a\": NaN, \"b\": [Infinity, -Infinity]}",
                json!({"a": null, "b": [null, null]}),
            ),
            (
                "[\"\\ud83d x\", \"\\ude00\", \"\\ud83d\\ude00\"]",
                json!(["\u{fffd} x", "\u{fffd}", "\u{1f600}"]),
            ),
            (
                "[\"tab\tand NaN\", \"\\\\ud83d\", \"é\"]",
                json!(["tab\tand NaN", "\\ud83d", "é"]),
            ),
        ] {
            assert_eq!(parse(text.as_bytes(), UTF_8), Some(expected), "{text}");
        }
        assert_eq!(parse(b"{\"a\": nothing}", UTF_8), None);
        let (russian, _, _) = WINDOWS_1251.encode("[\"привет\"]");
        assert_eq!(parse(&russian, WINDOWS_1251), Some(json!(["привет"])));
    }
}
