//! One row of counts as a line of text.
//!
//! Tabs, ends of lines and backslashes within a token are escaped. A message that was drawn is a
//! JSON array of its tokens, each with its count.

use crate::dataset::{CountRow, Counted};
use crate::tokenize::TokenKind;
use serde_json::Value;
use std::borrow::Cow;
use std::io::{self, Write};

/// Kinds of row beside the kinds of token.
pub const HEADER: &str = "counts";
const MESSAGES: &str = "messages";
const DRAWN: &str = "drawn";

/// A line whose numbers were read.
pub struct Line<'a> {
    pub token: &'a str,
    pub emails: [u64; 2],
    pub occurrences: [u64; 2],
    pub part: u8,
    pub kind: &'a str,
}

/// Writes a row.
pub fn write(row: &CountRow<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (token, kind) = match &row.counted {
        Counted::Messages => (Cow::Borrowed(""), MESSAGES),
        Counted::Token(kind, token) => (escaped(token), kind.name()),
        Counted::Drawn(bag) => (serde_json::to_string(bag)?.into(), DRAWN),
    };
    let ([ham, spam], [in_ham, in_spam]) = (row.emails, row.occurrences);
    let part = row.part;
    writeln!(
        out,
        "{token}\t{ham}\t{spam}\t{in_ham}\t{in_spam}\t{part}\t{kind}"
    )
}

impl<'a> Line<'a> {
    /// Reads a line; else what is wrong with it.
    pub fn read(line: &'a str) -> Result<Line<'a>, String> {
        let mut columns = line.split('\t');
        let mut next = |name: &str| {
            columns
                .next()
                .ok_or_else(|| format!("it has no column {name}"))
        };
        let token = next("token")?;
        let emails = [number(next("ham")?)?, number(next("spam")?)?];
        let occurrences = [next("ham_occurrences")?, next("spam_occurrences")?];
        let occurrences = [number(occurrences[0])?, number(occurrences[1])?];
        let part = number(next("part")?)?;
        let kind = next("kind")?;
        match columns.next() {
            Some(_) => Err("it has more than seven columns".to_owned()),
            None => Ok(Line {
                token,
                emails,
                occurrences,
                part: u8::try_from(part).unwrap_or(u8::MAX),
                kind,
            }),
        }
    }

    /// The header that the line is, if it is one.
    pub fn header(&self) -> Option<&'a str> {
        self.kind.strip_prefix(HEADER)?.strip_prefix(' ')
    }

    /// Gives the row that the line is to `take`.
    pub fn row<T>(&self, take: impl FnOnce(CountRow<'_>) -> T) -> Result<T, String> {
        let row = |counted| CountRow {
            counted,
            part: self.part,
            emails: self.emails,
            occurrences: self.occurrences,
        };
        if self.kind == MESSAGES {
            return Ok(take(row(Counted::Messages)));
        }
        if self.kind == DRAWN {
            let bag: Vec<(String, u32)> = serde_json::from_str(self.token)
                .map_err(|_| "the message drawn is no list of tokens and numbers".to_owned())?;
            let bag = bag.iter().map(|(token, count)| (token.as_str(), *count));
            return Ok(take(row(Counted::Drawn(bag.collect()))));
        }
        let kind = serde_json::from_value::<TokenKind>(Value::String(self.kind.to_owned()));
        let kind = kind.map_err(|_| format!("there is no kind of token {:?}", self.kind))?;
        let token = unescaped(self.token);
        Ok(take(row(Counted::Token(kind, &token))))
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("{text:?} is no count"))
}

/// Letters that are escaped, and how.
const ESCAPES: [(char, &str); 4] = [('\\', "\\\\"), ('\t', "\\t"), ('\n', "\\n"), ('\r', "\\r")];

fn escaped(token: &str) -> Cow<'_, str> {
    let escape = |letter| ESCAPES.iter().find(|(plain, _)| *plain == letter);
    if !token.contains(|letter| escape(letter).is_some()) {
        return token.into();
    }
    let mut text = String::with_capacity(token.len() + 8);
    for letter in token.chars() {
        match escape(letter) {
            Some((_, escaped)) => text.push_str(escaped),
            None => text.push(letter),
        }
    }
    text.into()
}

fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return text.into();
    }
    let mut token = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let escape = ESCAPES
            .iter()
            .find(|(_, escaped)| rest.starts_with(escaped));
        let (plain, length) = match escape {
            Some(&(plain, escaped)) => (plain, escaped.len()),
            None => (letter, letter.len_utf8()),
        };
        token.push(plain);
        rest = &rest[length..];
    }
    token.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_was_written_is_read_back() {
        let rows = [
            (Counted::Messages, 3),
            (Counted::Token(TokenKind::Word, "cheap"), 0),
            (Counted::Token(TokenKind::Bytes, "a\tb\\t\r\n\\ "), 1),
            (Counted::Drawn(vec![("\t\"\u{2028}ü", 2), ("x y", 1)]), 2),
        ];
        for (counted, part) in rows {
            let row = CountRow {
                counted,
                part,
                emails: [1, 20],
                occurrences: [3, u64::MAX],
            };
            let mut written = Vec::new();
            write(&row, &mut written).unwrap();
            let written = String::from_utf8(written).unwrap();
            let line = written.strip_suffix('\n').unwrap();
            assert!(!line.contains('\n'));
            let line = Line::read(line).unwrap();
            assert!(line.row(|read| read == row).unwrap(), "{written}");
        }
    }

    #[test]
    fn what_is_no_row_is_told() {
        for (line, why) in [
            ("cheap\t1", "it has no column spam"),
            ("cheap\t1\t-2\t1\t2\t0\tword", "\"-2\" is no count"),
            (
                "cheap\t1\t2\t1\t2\t0\tword\t",
                "it has more than seven columns",
            ),
            (
                "cheap\t1\t2\t1\t2\t0\tnoun",
                "there is no kind of token \"noun\"",
            ),
            (
                "cheap\t1\t2\t0\t0\t0\tdrawn",
                "the message drawn is no list of tokens and numbers",
            ),
        ] {
            let read = Line::read(line).and_then(|line| line.row(|_| ()));
            assert_eq!(read.unwrap_err(), why);
        }
    }
}
