//! Streams the records of a table, and settles what its quotes mean where they are not in order.
//!
//! A record whose quotes are in order is one record, whatever its lines look like: whoever writes
//! the text of a message must not be able to place rows in a table. Quotes are out of order if text
//! follows a closing quote, or if the last one is never closed. Such a record is read again: first
//! with or without backslash escapes, contrary to the rest of the table, and then, if the lines
//! that it swallowed look like records, with the quote that swallowed them as an ordinary
//! character. What follows does not matter, so that a stray quote is noticed before any amount of
//! text.
//!
//! All this is linear in the bytes: if much has been read again, all quotes are ordinary characters
//! from there on.

use super::parser::{Dialect, LineCount, Parser, Progress, Record};
use super::rewind::Rewind;
use memchr::memmem;
use std::fs::File;
use std::io::{self, BufRead, Write};

/// Number of lines of a record that are examined to tell whether it swallowed others.
const MOST_JUDGED: usize = 2000;
/// The outcome of reading one record.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A record was read.
    Record,
    /// There are no more.
    End,
    /// The input ends inside a quoted field that began on this line.
    OpenQuote(u64),
}

/// How far one reading of a record came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Complete,
    Nothing,
    Open(u64),
    TooLarge,
}

/// What was noticed about the records read so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Noticed {
    /// Stray quotes that were read as ordinary characters.
    pub stray: u64,
    /// Records in which text follows a closing quote.
    pub ragged: u64,
    /// Records in which backslashes are escapes, or are none, unlike in the rest of the table.
    pub escaped: u64,
    /// Carriage returns outside quotes that were read as text.
    pub returns: u64,
    /// The line from which on all quotes are ordinary characters.
    pub gave_up: Option<u64>,
}

/// Reads records from `input`.
pub(super) struct Records<R> {
    input: Rewind<R>,
    dialect: Dialect,
    limit: usize,
    lines: LineCount,
    progress: Progress,
    /// Number of fields of the first record.
    width: Option<usize>,
    /// Places of stray quotes in the record that is read.
    stray: Vec<usize>,
    pub noticed: Noticed,
}

impl<R: BufRead> Records<R> {
    /// Reads from `line` on. At most `limit` bytes of a record are kept.
    pub fn new(input: R, dialect: Dialect, limit: usize, line: u64) -> Records<R> {
        Records {
            input: Rewind::new(input),
            dialect,
            limit,
            lines: LineCount {
                line,
                after_return: false,
            },
            progress: Progress::Before,
            width: None,
            stray: Vec::new(),
            noticed: Noticed::default(),
        }
    }

    /// Reads the next record into `record`.
    pub fn next(&mut self, record: &mut Record) -> io::Result<Next> {
        self.stray.clear();
        let mut reading = self.read(record, self.dialect)?;
        if self.other_escapes(record, reading) {
            let other = Dialect {
                escapes: !self.dialect.escapes,
                ..self.dialect
            };
            self.go_back(record, None)?;
            reading = self.read(record, other)?;
            if is_in_order(record, reading) && Some(record.len()) == self.width {
                self.noticed.escaped += 1;
            } else {
                self.go_back(record, None)?;
                reading = self.read(record, self.dialect)?;
            }
        }
        loop {
            let (mut stray, mut spool) = (self.stray_quote(record, reading), None);
            if reading == Reading::TooLarge {
                // Whether its quotes are in order is known at its end only.
                spool = stray.map(|_| tempfile::tempfile()).transpose()?;
                reading = self.read_on(record, self.dialect, spool.as_mut())?;
                stray = stray.filter(|_| !is_in_order(record, reading));
            }
            let Some(quote) = stray else { break };
            self.stray.push(quote);
            self.go_back(record, spool)?;
            if !self.input.can_afford() {
                self.dialect.quotes = false;
                self.noticed.gave_up.get_or_insert(record.line);
            }
            reading = self.read(record, self.dialect)?;
        }
        self.noticed.stray += self.stray.len() as u64;
        self.noticed.ragged += u64::from(record.ragged);
        self.noticed.returns += record.returns;
        Ok(match reading {
            Reading::Nothing => Next::End,
            Reading::Open(line) => Next::OpenQuote(line),
            Reading::Complete | Reading::TooLarge => {
                self.width.get_or_insert(record.len());
                Next::Record
            }
        })
    }

    /// Reads a record from its beginning, and stops where it turns out to be too large.
    fn read(&mut self, record: &mut Record, dialect: Dialect) -> io::Result<Reading> {
        record.begin(self.lines.line);
        self.progress = Progress::Before;
        self.read_on(record, dialect, None)
    }

    /// Reads on in a record, whose further bytes go to `spool`, too.
    fn read_on(
        &mut self,
        record: &mut Record,
        dialect: Dialect,
        mut spool: Option<&mut File>,
    ) -> io::Result<Reading> {
        let was_too_large = record.too_large;
        let mut parser = Parser {
            dialect,
            limit: self.limit,
            lines: &mut self.lines,
            record,
            progress: self.progress,
            stray: &self.stray,
        };
        loop {
            let buffer = self.input.fill()?;
            if buffer.is_empty() {
                let (found, open) = parser.end();
                return Ok(match open {
                    _ if !found => Reading::Nothing,
                    Some(quote) => Reading::Open(quote.line),
                    None => Reading::Complete,
                });
            }
            let used = parser.advance(buffer);
            if let Some(spool) = &mut spool {
                spool.write_all(&buffer[..used])?;
            }
            self.input.consume(used);
            if parser.progress == Progress::Complete {
                return Ok(Reading::Complete);
            }
            if parser.record.too_large && !was_too_large {
                self.progress = parser.progress;
                return Ok(Reading::TooLarge);
            }
        }
    }

    /// Goes back to the beginning of `record`, of which `spool` holds what it does not.
    fn go_back(&mut self, record: &Record, spool: Option<File>) -> io::Result<()> {
        self.lines = LineCount {
            line: record.line,
            after_return: false,
        };
        self.input.go_back(record.source(), spool)
    }

    /// Whether a record is out of order and may be in order if backslashes are read the other way.
    fn other_escapes(&self, record: &Record, reading: Reading) -> bool {
        let in_doubt = matches!(reading, Reading::Complete | Reading::Open(_));
        in_doubt
            && !is_in_order(record, reading)
            && self.width.is_some()
            && self.input.can_afford()
            && memmem::find(record.source(), b"\\\"").is_some()
    }

    /// The place of the stray quote in a record: one by which it swallowed lines that look like
    /// records.
    fn stray_quote(&self, record: &Record, reading: Reading) -> Option<usize> {
        let quote = record.suspect?;
        let width = self.width?;
        let source = record.source();
        if is_in_order(record, reading) || reading == Reading::Nothing || source.is_empty() {
            return None;
        }
        let returns = self.dialect.returns;
        let ends = |&byte: &u8| byte == b'\n' || returns && byte == b'\r';
        let end = quote + source[quote..].iter().position(ends)?;
        let mut stray = self.stray.clone();
        stray.push(quote);
        // What remains of the record has to be one.
        let (complete, rest) = self.alone(&source[..end], &stray);
        if complete && rest < width {
            return None;
        }
        let lines = source[end..].split(ends);
        let lines = lines.filter(|line| !line.trim_ascii().is_empty());
        let (mut judged, mut records) = (0, 0);
        for line in lines.take(MOST_JUDGED) {
            let (complete, fields) = self.alone(line, &[]);
            judged += 1;
            records += usize::from(fields == width || !complete && fields < width);
        }
        (records > 0 && records * 2 >= judged).then_some(quote)
    }

    /// Reads a text that ends where a line does: whether its quotes are closed, and its number of
    /// fields.
    fn alone(&self, text: &[u8], stray: &[usize]) -> (bool, usize) {
        let mut lines = self.lines;
        let mut record = Record::default();
        let mut parser = Parser {
            dialect: self.dialect,
            limit: usize::MAX,
            lines: &mut lines,
            record: &mut record,
            progress: Progress::Before,
            stray,
        };
        let read = parser.advance(text);
        let (_, open) = parser.end();
        (open.is_none() && read == text.len(), record.len())
    }
}

/// Whether the quotes of a record are in order.
fn is_in_order(record: &Record, reading: Reading) -> bool {
    reading == Reading::Complete && !record.ragged
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    /// All records, as `line:field|field`, read through a buffer of `size` bytes.
    fn records(text: &str, size: usize) -> Vec<String> {
        let input = BufReader::with_capacity(size, text.as_bytes());
        let mut records = Records::new(input, Dialect::separated_by(b','), 20, 1);
        let (mut record, mut all) = (Record::default(), Vec::new());
        loop {
            match records.next(&mut record).unwrap() {
                Next::Record => {
                    let fields: Vec<_> = record
                        .fields()
                        .map(|field| String::from_utf8_lossy(field))
                        .collect();
                    let large = if record.too_large { "!" } else { "" };
                    all.push(format!("{}{large}:{}", record.line, fields.join("|")));
                }
                Next::End => return all,
                Next::OpenQuote(line) => {
                    all.push(format!("open {line}"));
                    return all;
                }
            }
        }
    }

    #[test]
    fn records_are_the_same_through_any_buffer() {
        let cases: [(&str, &[&str]); 9] = [
            ("a,b\nc,d", &["1:a|b", "2:c|d"]),
            ("a,b\r\n\r\n\n\"c\r\",d\r\n", &["1:a|b", "4:c\r|d"]),
            ("\"x\"\"y\n,\",2\n3,\n", &["1:x\"y\n,|2", "3:3|"]),
            ("a\"b,\"c\"d\"\n", &["1:a\"b|cd\""]),
            ("a\rb,c\n", &["1:a\rb|c"]),
            ("a,\n,\n\"\"\n\"\"", &["1:a|", "2:|", "3:", "4:"]),
            ("a,b\nc,\"d\ne", &["1:a|b", "open 2"]),
            (
                "\"0123456789\n0123456789\",2\nx\n",
                &["1!:0123456789\n012345678|2", "3:x"],
            ),
            ("", &[]),
        ];
        for (text, expected) in cases {
            let whole = records(text, 1 << 16);
            if !text.contains("0123456789\n") {
                assert_eq!(whole, expected, "{text:?}");
            }
            for size in 1..8 {
                let pieces = records(text, size);
                assert_eq!(
                    pieces.len(),
                    expected.len(),
                    "{text:?} through {size} bytes"
                );
                assert!(
                    pieces
                        .iter()
                        .zip(&whole)
                        .all(|(piece, whole)| piece == whole || piece.contains('!')),
                    "{text:?}"
                );
            }
        }
    }

    /// By hand: the quote of line 3 swallows lines 4 and 5, up to the quote of `h`.
    #[test]
    fn a_stray_quote_is_read_as_an_ordinary_character_through_any_buffer() {
        let text = "a,b\n\nc,\"d\ne,f\ng,\"h\"\n";
        for size in [1, 3, 100] {
            assert_eq!(
                records(text, size),
                ["1:a|b", "3:c|\"d", "4:e|f", "5:g|h"],
                "through {size} bytes"
            );
        }
    }

    /// Each row opens a quote, of which all but one are stray. Reading them again ends where it
    /// would cost more than eight times the input, and no row is lost.
    #[test]
    fn quotes_that_open_in_every_row_are_read_again_a_bounded_number_of_times() {
        let rows = format!("a,\"{}\n", "b".repeat(2_000)).repeat(3_000);
        let text = format!("c,d\n{rows}e,f\n");
        let mut records = Records::new(text.as_bytes(), Dialect::separated_by(b','), 1 << 25, 1);
        let (mut record, mut read) = (Record::default(), 0);
        while records.next(&mut record).unwrap() == Next::Record {
            read += 1;
        }
        assert_eq!((read, records.noticed.stray), (3_002, 3_000));
    }

    /// What the limit of 20 bytes drops is not read as rows, and a stray quote before more than
    /// that is noticed.
    #[test]
    fn a_record_beyond_the_limit_is_one_record_unless_its_quote_is_stray() {
        let rows = "e,f\n".repeat(30);
        for end in ["", "x,\"y\"\n"] {
            let stray = format!("a,b\nc,\"d\n{rows}{end}");
            for size in [1, 7, 50, 1000] {
                let read = records(&stray, size);
                assert_eq!(read.len(), 32 + end.len() / 6, "{read:?}");
            }
        }
        let text = format!("a,b\nc,\"d\n{rows}\"\ng,h\n");
        let read = records(&text, 50);
        assert_eq!((read.len(), read[2].as_str()), (3, "34:g|h"));
        let prose = format!("a,b\nc,\"{}\"\ng,h\n", "some words\n".repeat(30));
        assert_eq!(records(&prose, 50).len(), 3);
    }

    fn in_dialect(text: &str, dialect: Dialect) -> Vec<String> {
        let mut records = Records::new(text.as_bytes(), dialect, 1 << 20, 1);
        let (mut record, mut all) = (Record::default(), Vec::new());
        while records.next(&mut record).unwrap() == Next::Record {
            let fields = record
                .fields()
                .map(|field| String::from_utf8_lossy(field).into_owned());
            all.push(format!(
                "{}:{}",
                record.line,
                fields.collect::<Vec<_>>().join("|")
            ));
        }
        all
    }

    /// As `csv.reader(lines, doublequote=False, escapechar="\\")` of Python reads the same text,
    /// but that it keeps no backslash before other characters.
    #[test]
    fn backslashes_escape_quotes_delimiters_and_backslashes() {
        let dialect = Dialect {
            escapes: true,
            ..Dialect::separated_by(b',')
        };
        let text = "\"2\\\" pipe, x\",a\nb\\,c,\"C:\\\\\"\n\"d\\n\",\"\\\"\"\n";
        assert_eq!(
            in_dialect(text, dialect),
            ["1:2\" pipe, x|a", "2:b,c|C:\\", "3:d\\n|\""]
        );
        // A table that doubles its quotes holds one row by a program that escapes them.
        let mixed = "a,b\n\"x \"\"y\"\" \\\",c\n\"2\\\" pipe, z\",d\n\"e\",f\n";
        assert_eq!(
            in_dialect(mixed, Dialect::separated_by(b',')),
            ["1:a|b", "2:x \"y\" \\|c", "3:2\" pipe, z|d", "4:e|f"]
        );
    }

    /// As pandas' C parser reads the same text.
    #[test]
    fn carriage_returns_end_lines_where_they_are_line_ends() {
        let dialect = Dialect {
            returns: true,
            ..Dialect::separated_by(b',')
        };
        let text = "a,b\rc,\"d\re\"\r\nf,g\n\rh,i";
        assert_eq!(
            in_dialect(text, dialect),
            ["1:a|b", "2:c|d\re", "4:f|g", "6:h|i"]
        );
        for size in 1..6 {
            let input = BufReader::with_capacity(size, text.as_bytes());
            let mut records = Records::new(input, dialect, 100, 1);
            let (mut record, mut lines) = (Record::default(), Vec::new());
            while records.next(&mut record).unwrap() == Next::Record {
                lines.push(record.line);
            }
            assert_eq!(lines, [1, 2, 4, 6], "through {size} bytes");
        }
    }
}
