//! One row of counts as a line of text: seven columns between tabs, or a JSON object of the same.
//!
//! Between tabs, tabs, ends of lines and backslashes within a token are escaped. A message that was
//! drawn is a JSON array of its tokens, each with its count.

use crate::dataset::{CountRow, Counted};
use crate::tokenize::TokenKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use std::io::{self, Write};

/// Kinds of row beside the kinds of token.
pub const HEADER: &str = "counts";
const MESSAGES: &str = "messages";
const DRAWN: &str = "drawn";

/// How a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Columns between tabs.
    Tabs,
    /// A JSON object.
    Json,
}

/// A line whose columns were read, or are to be written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line<'a> {
    #[serde(borrow)]
    pub token: Cow<'a, str>,
    pub ham: u64,
    pub spam: u64,
    pub ham_occurrences: u64,
    pub spam_occurrences: u64,
    pub part: u8,
    #[serde(borrow)]
    pub kind: Cow<'a, str>,
}

impl<'a> Line<'a> {
    /// The line of a row.
    pub fn of(row: &CountRow<'a>) -> io::Result<Line<'a>> {
        let (token, kind) = match &row.counted {
            Counted::Messages => (Cow::Borrowed(""), MESSAGES),
            Counted::Token(kind, token) => (Cow::Borrowed(*token), kind.name()),
            Counted::Drawn(bag) => (serde_json::to_string(bag)?.into(), DRAWN),
        };
        Ok(Line {
            token,
            ham: row.emails[0],
            spam: row.emails[1],
            ham_occurrences: row.occurrences[0],
            spam_occurrences: row.occurrences[1],
            part: row.part,
            kind: kind.into(),
        })
    }

    /// Writes the line.
    pub fn write(&self, form: Form, out: &mut dyn Write) -> io::Result<()> {
        if form == Form::Json {
            serde_json::to_writer(&mut *out, self)?;
            return writeln!(out);
        }
        let Line {
            ham,
            spam,
            ham_occurrences,
            spam_occurrences,
            part,
            kind,
            ..
        } = self;
        let token = match &self.token {
            token if self.holds_json() => token.clone(),
            token => escaped(token),
        };
        writeln!(
            out,
            "{token}\t{ham}\t{spam}\t{ham_occurrences}\t{spam_occurrences}\t{part}\t{kind}"
        )
    }

    /// Reads a line of either form; else what is wrong with it.
    pub fn read(line: &'a str) -> Result<Line<'a>, String> {
        if line.starts_with('{') && !line.contains('\t') {
            return serde_json::from_str(line).map_err(|error| error.to_string());
        }
        let mut columns = line.split('\t');
        let mut next = |name: &str| {
            columns
                .next()
                .ok_or_else(|| format!("it has no column {name}"))
        };
        let token = next("token")?;
        let mut line = Line {
            token: token.into(),
            ham: number(next("ham")?)?,
            spam: number(next("spam")?)?,
            ham_occurrences: number(next("ham_occurrences")?)?,
            spam_occurrences: number(next("spam_occurrences")?)?,
            part: u8::try_from(number(next("part")?)?).unwrap_or(u8::MAX),
            kind: next("kind")?.into(),
        };
        if columns.next().is_some() {
            return Err("it has more than seven columns".to_owned());
        }
        if !line.holds_json() {
            line.token = unescaped(token);
        }
        Ok(line)
    }

    /// Whether the token is JSON, which needs no escapes of ours.
    fn holds_json(&self) -> bool {
        self.kind == DRAWN
    }

    /// The header that the line is, if it is one.
    pub fn header(&self) -> Option<&str> {
        self.kind.strip_prefix(HEADER)?.strip_prefix(' ')
    }

    /// Gives the row that the line is to `take`.
    pub fn row<T>(&self, take: impl FnOnce(CountRow<'_>) -> T) -> Result<T, String> {
        let row = |counted| CountRow {
            counted,
            part: self.part,
            emails: [self.ham, self.spam],
            occurrences: [self.ham_occurrences, self.spam_occurrences],
        };
        if self.kind == MESSAGES {
            return Ok(take(row(Counted::Messages)));
        }
        if self.kind == DRAWN {
            let bag: Vec<(String, u32)> = serde_json::from_str(&self.token)
                .map_err(|_| "the message drawn is no list of tokens and numbers".to_owned())?;
            let bag = bag.iter().map(|(token, count)| (token.as_str(), *count));
            return Ok(take(row(Counted::Drawn(bag.collect()))));
        }
        let kind = Value::String(self.kind.clone().into_owned());
        let kind = serde_json::from_value::<TokenKind>(kind);
        let kind = kind.map_err(|_| format!("there is no kind of token {:?}", self.kind))?;
        Ok(take(row(Counted::Token(kind, &self.token))))
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
            for form in [Form::Tabs, Form::Json] {
                let mut written = Vec::new();
                Line::of(&row).unwrap().write(form, &mut written).unwrap();
                let written = String::from_utf8(written).unwrap();
                let line = written.strip_suffix('\n').unwrap();
                assert!(!line.contains('\n'));
                let line = Line::read(line).unwrap();
                assert!(line.row(|read| read == row).unwrap(), "{written}");
            }
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
