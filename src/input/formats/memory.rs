//! A table in memory: rows of values under names, as other programs hand them over.
//!
//! Its columns are found like those of a file. Each message says for itself whether it is a whole
//! one, so that it is read alike alone and among others. The SHA-256 is that of the CSV file which
//! holds the same values, as pandas writes it.

use super::columns::{Whole, begins_with_header_block, find};
use super::format::{Entry, MailReader};
use super::rows::RowReader;
use crate::base::mail::{Content, Email};
use crate::input::account::Reason;
use crate::input::error::InputError;
use crate::input::options::{Labels, Options};
use crate::input::unpack::{Digest, Meter};
use encoding_rs::UTF_8;
use std::io;
use std::sync::Arc;

/// Number of rows from which the columns are found.
const MOST_ROWS: usize = 200;

/// A value in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text. As a message it is a whole one if it begins with header fields.
    Text(String),
    /// A whole message, as it is stored or sent.
    Message(Vec<u8>),
}

impl Cell {
    fn bytes(&self) -> &[u8] {
        match self {
            Cell::Text(text) => text.as_bytes(),
            Cell::Message(bytes) => bytes,
        }
    }
}

/// A table in memory. A row with other than one value per name is rejected when it is read, like
/// one in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryTable {
    /// What the user calls it.
    pub name: String,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The values, row by row.
    pub rows: Vec<Vec<Cell>>,
}

impl MemoryTable {
    /// Bytes of all values.
    pub(in crate::input) fn size(&self) -> u64 {
        let cells = self.rows.iter().flatten();
        cells.map(|cell| cell.bytes().len() as u64).sum()
    }
}

/// Reads the rows of a table in memory.
pub(in crate::input) struct MemoryReader {
    table: Arc<MemoryTable>,
    at: usize,
    rows: RowReader,
    labels: Labels,
    meter: Meter,
    /// Where the rows go as CSV, if a checksum is wanted.
    csv: Option<csv::Writer<Digest>>,
}

impl MemoryReader {
    /// Finds the columns of a table.
    pub fn new(
        table: Arc<MemoryTable>,
        options: &Options,
        meter: &Meter,
    ) -> Result<MemoryReader, InputError> {
        if table.rows.is_empty() {
            let file = table.name.clone();
            return Err(InputError::Empty { file });
        }
        let names = table.columns.iter();
        let names: Vec<Vec<u8>> = names.map(|name| name.clone().into_bytes()).collect();
        let bytes = |row: &Vec<Cell>| row.iter().map(|cell| cell.bytes().to_vec()).collect();
        let first: Vec<Vec<Vec<u8>>> = table.rows.iter().take(MOST_ROWS).map(bytes).collect();
        let plan = find(&table.name, Some(&names), &first, options)?;
        let mut reader = MemoryReader {
            at: 0,
            rows: RowReader::new(plan, UTF_8, b',', options.label),
            labels: options.labels,
            csv: meter.digest().map(csv::Writer::from_writer),
            meter: meter.clone(),
            table,
        };
        reader.digest(&names)?;
        Ok(reader)
    }

    /// Whether the message in a cell is a whole one.
    fn whole(&self, cell: Option<&Cell>) -> Whole {
        let plan = &self.rows.plan;
        let stands_alone = plan.subject.is_none() && plan.from.is_none();
        match cell {
            Some(Cell::Message(_)) => Whole::ByContent,
            _ if plan.whole == Whole::ByName => Whole::ByName,
            Some(Cell::Text(text)) if stands_alone && begins_with_header_block(text.as_bytes()) => {
                Whole::ByContent
            }
            _ => Whole::No,
        }
    }

    /// Adds a record to the checksum.
    fn digest<'r>(
        &mut self,
        record: impl IntoIterator<Item = &'r (impl AsRef<[u8]> + ?Sized + 'r)>,
    ) -> Result<(), InputError> {
        let Some(csv) = &mut self.csv else {
            return Ok(());
        };
        let written = csv.write_record(record);
        written.map_err(|error| InputError::from_io(&self.table.name, 0, io::Error::other(error)))
    }
}

impl AsRef<[u8]> for Cell {
    fn as_ref(&self) -> &[u8] {
        self.bytes()
    }
}

impl MailReader for MemoryReader {
    fn next(&mut self) -> Result<Option<Entry>, InputError> {
        let table = Arc::clone(&self.table);
        let Some(row) = table.rows.get(self.at) else {
            // What it still holds is written when it is dropped.
            self.csv = None;
            return Ok(None);
        };
        self.at += 1;
        self.meter
            .count(row.iter().map(|cell| cell.bytes().len() as u64).sum());
        self.digest(row)?;
        let line = self.at as u64;
        let whole = self.whole(row.get(self.rows.plan.text));
        let read = self
            .rows
            .read_as(whole, line, row.len(), |at| row[at].bytes());
        let read = match read {
            // Whoever only asks for verdicts gets one per row.
            Err(Reason::EmptyText) if self.labels == Labels::Ignored => {
                let nothing = Content::text("", "");
                Ok(Email::new(self.rows.number.to_string(), None, nothing))
            }
            read => read,
        };
        let id = self.rows.plan.id.and_then(|at| row.get(at));
        let id = id.map(|id| String::from_utf8_lossy(id.bytes()).trim().to_owned());
        Ok(Some(match read {
            Ok(email) => Entry::Email(Email {
                // Other programs count the rows of what they hold from 0.
                id: id
                    .filter(|id| !id.is_empty())
                    .unwrap_or((line - 1).to_string()),
                line,
                ..email
            }),
            Err(reason) => Entry::Rejected {
                line,
                reason,
                row: row
                    .iter()
                    .map(Cell::bytes)
                    .collect::<Vec<&[u8]>>()
                    .join(&b','),
            },
        }))
    }

    fn described(&self) -> String {
        format!("{} (in memory)", self.rows.plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::Label;
    use crate::input::{BadRows, Source, open, open_table};

    fn table(columns: &[&str], rows: &[&[&str]]) -> Arc<MemoryTable> {
        let cell = |text: &&str| Cell::Text((*text).to_owned());
        Arc::new(MemoryTable {
            name: "the table".to_owned(),
            columns: columns.iter().map(|&name| name.to_owned()).collect(),
            rows: rows
                .iter()
                .map(|row| row.iter().map(cell).collect())
                .collect(),
        })
    }

    fn emails(source: &mut Source) -> Vec<Email> {
        source.flat_map(Result::unwrap).collect()
    }

    #[test]
    fn a_table_in_memory_is_read_like_the_csv_file_of_the_same_values_and_can_be_read_again() {
        let rows: &[&[&str]] = &[
            &["7", "1", "Lunch, at noon", "said \"yes\""],
            &["8", "0", "", "two\nlines of it"],
            &["9", "1", "caf\u{e9}", ""],
            &["10", "0", "", ""],
            &["11", "?", "odd", "no label"],
        ];
        let table = table(&["id", "spam", "subject", "body"], rows);
        let csv = "id,spam,subject,body\n7,1,\"Lunch, at noon\",\"said \"\"yes\"\"\"\n\
                   8,0,,\"two\nlines of it\"\n9,1,caf\u{e9},\n10,0,,\n11,?,odd,no label\n";
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mail.csv");
        std::fs::write(&path, csv).unwrap();
        let options = Options {
            bad_rows: BadRows::Skip,
            hash: true,
            ..Options::default()
        };
        let mut file = open(&path, &options).unwrap();
        let expected: Vec<Email> = emails(&mut file);
        for _ in 0..2 {
            let mut held = open_table(&table, &options).unwrap();
            let read = emails(&mut held);
            let lines = |emails: &[Email]| -> Vec<Email> {
                let numbered = emails.iter().cloned();
                numbered.map(|email| Email { line: 0, ..email }).collect()
            };
            assert_eq!(lines(&read), lines(&expected));
            assert_eq!(read.len(), 3);
            assert_eq!(held.sha256(), file.sha256());
            assert!(held.sha256().is_some());
            let reasons = |source: &Source| -> Vec<Reason> {
                let details = source.account().details().iter();
                details.map(|row| row.reason.clone()).collect()
            };
            assert_eq!(reasons(&held), reasons(&file));
            assert_eq!(held.size(), Some(held.bytes_read()));
        }
    }

    #[test]
    fn a_message_is_read_alike_alone_and_among_others() {
        let texts = [
            "lunch at noon",
            "Subject: prize\n\nClaim it",
            "Subject: only said",
        ];
        let options = Options {
            labels: Labels::Ignored,
            ..Options::default()
        };
        let read = |texts: &[&str]| -> Vec<Content> {
            let rows: Vec<&[&str]> = texts.iter().map(std::slice::from_ref).collect();
            let mut source = open_table(&table(&["text"], &rows), &options).unwrap();
            let emails = emails(&mut source).into_iter();
            emails.map(|email| email.content).collect()
        };
        let among_others = read(&texts);
        let alone: Vec<Content> = texts.iter().flat_map(|&text| read(&[text])).collect();
        assert_eq!(among_others, alone);
        let whole = Content::Raw(texts[1].as_bytes().to_vec());
        assert_eq!(among_others[1], whole);
        assert_eq!(among_others[2], Content::text("", texts[2]));

        let bytes = MemoryTable {
            rows: vec![vec![Cell::Message(b"no header at all".to_vec())]],
            ..(*table(&["text"], &[])).clone()
        };
        let mut source = open_table(&Arc::new(bytes), &options).unwrap();
        let whole = Content::Raw(b"no header at all".to_vec());
        assert_eq!(emails(&mut source)[0].content, whole);
    }

    #[test]
    fn whoever_asks_for_verdicts_gets_one_per_row_and_a_row_too_short_is_rejected() {
        let held = table(&["text", "label"], &[&["", "ham"], &["b", "spam"], &["c"]]);
        let read = |labels| {
            let bad_rows = BadRows::Skip;
            let options = Options {
                bad_rows,
                labels,
                ..Options::default()
            };
            let mut source = open_table(&held, &options).unwrap();
            let emails = emails(&mut source);
            (
                emails.iter().map(|email| email.line).collect::<Vec<_>>(),
                source.account().rejected(),
                source.account().kept_of(Label::Spam),
            )
        };
        assert_eq!(read(Labels::Needed), (vec![2], 2, 1));
        assert_eq!(read(Labels::Ignored), (vec![1, 2], 1, 1));
        let nothing = open_table(&table(&["text"], &[]), &Options::default());
        let said = nothing.err().unwrap().to_string();
        assert_eq!(said, "the table is empty");
    }
}
