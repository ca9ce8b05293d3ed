//! Reads the rows of a table in memory.

use super::super::columns::{Whole, begins_with_header_block, find};
use super::super::format::{Entry, MailReader};
use super::super::rows::RowReader;
use super::handed::{Cell, Handed, MemoryTable, Pieces};
use crate::base::mail::{Content, Email};
use crate::input::account::Reason;
use crate::input::error::InputError;
use crate::input::options::{Labels, Options};
use crate::input::unpack::{Digest, Meter};
use encoding_rs::UTF_8;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

/// What a description of tables in memory ends with.
pub const IN_MEMORY: &str = "(in memory)";

/// Number of rows from which the columns are found.
const MOST_ROWS: usize = 200;

/// Reads the rows of a table in memory.
pub(in crate::input) struct MemoryReader {
    name: String,
    /// The piece that is being read, those after it that are there already, and those to come.
    piece: Arc<MemoryTable>,
    at: usize,
    next: VecDeque<Arc<MemoryTable>>,
    more: Option<Pieces>,
    /// Rows of all pieces that were read.
    read: u64,
    rows: RowReader,
    labels: Labels,
    meter: Meter,
    /// Where the rows go as CSV, if a checksum is wanted.
    csv: Option<csv::Writer<Digest>>,
}

impl MemoryReader {
    /// Finds the columns of a table.
    pub fn new(
        table: &Handed,
        options: &Options,
        meter: &Meter,
    ) -> Result<MemoryReader, InputError> {
        let name = table.name().to_owned();
        let broken = |why| InputError::BrokenOff {
            file: name.clone(),
            why,
        };
        let (mut next, more) = table.begin(MOST_ROWS).map_err(broken)?;
        let rows = next.iter().flat_map(|piece| &piece.rows);
        let bytes = |row: &Vec<Cell>| row.iter().map(|cell| cell.bytes().to_vec()).collect();
        let first: Vec<Vec<Vec<u8>>> = rows.take(MOST_ROWS).map(bytes).collect();
        let Some(piece) = next.pop_front().filter(|_| !first.is_empty()) else {
            return Err(InputError::Empty { file: name });
        };
        let names = piece.columns.iter();
        let names: Vec<Vec<u8>> = names.map(|name| name.clone().into_bytes()).collect();
        let plan = find(&name, Some(&names), &first, options)?;
        let mut reader = MemoryReader {
            name,
            piece,
            at: 0,
            next,
            more,
            read: 0,
            rows: RowReader::new(plan, UTF_8, b',', options.label),
            labels: options.labels,
            csv: meter.digest().map(csv::Writer::from_writer),
            meter: meter.clone(),
        };
        reader.digest(&names)?;
        Ok(reader)
    }

    /// Goes on to the next piece, if the one that is being read has no more rows. Says whether
    /// there is a row to read.
    fn has_row(&mut self) -> Result<bool, InputError> {
        if self.at >= self.piece.rows.len() {
            let file = || self.name.clone();
            let next = match self.next.pop_front() {
                Some(piece) => Some(piece),
                None => match self.more.as_mut().and_then(Iterator::next) {
                    Some(Ok(piece)) => Some(Arc::new(piece)),
                    Some(Err(why)) => return Err(InputError::BrokenOff { file: file(), why }),
                    None => None,
                },
            };
            let Some(next) = next else { return Ok(false) };
            (self.piece, self.at) = (next, 0);
        }
        Ok(true)
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
        written.map_err(|error| InputError::from_io(&self.name, 0, io::Error::other(error)))
    }
}

impl MailReader for MemoryReader {
    fn next(&mut self) -> Result<Option<Entry>, InputError> {
        if !self.has_row()? {
            // What it still holds is written when it is dropped.
            self.csv = None;
            return Ok(None);
        }
        let piece = Arc::clone(&self.piece);
        let row = &piece.rows[self.at];
        self.at += 1;
        self.read += 1;
        self.meter
            .count(row.iter().map(|cell| cell.bytes().len() as u64).sum());
        self.digest(row)?;
        let line = self.read;
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
        format!("{} {IN_MEMORY}", self.rows.plan)
    }
}

#[cfg(test)]
mod tests {
    use super::super::PieceTable;
    use super::*;
    use crate::base::mail::Label;
    use crate::input::error::NoPiece;
    use crate::input::{BadRows, Source, open, open_table};

    fn table_of(columns: &[&str], rows: &[&[&str]]) -> MemoryTable {
        let cell = |text: &&str| Cell::Text((*text).to_owned());
        MemoryTable {
            name: "the table".to_owned(),
            columns: columns.iter().map(|&name| name.to_owned()).collect(),
            rows: rows
                .iter()
                .map(|row| row.iter().map(cell).collect())
                .collect(),
        }
    }

    fn table(columns: &[&str], rows: &[&[&str]]) -> Handed {
        Handed::Whole(Arc::new(table_of(columns, rows)))
    }

    /// Pieces, the last of which may be an error.
    struct Batches(Vec<Result<MemoryTable, String>>);

    impl PieceTable for Batches {
        fn name(&self) -> &'static str {
            "the batches"
        }

        fn is_repeatable(&self) -> bool {
            true
        }

        fn pieces(&self) -> Result<Pieces, NoPiece> {
            let pieces = self.0.clone().into_iter();
            Ok(Box::new(pieces.map(|piece| piece.map_err(NoPiece::from))))
        }
    }

    fn batches(pieces: Vec<Result<MemoryTable, String>>) -> Handed {
        Handed::InPieces(Arc::new(Batches(pieces)))
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
            ..table_of(&["text"], &[])
        };
        let mut source = open_table(&Handed::Whole(Arc::new(bytes)), &options).unwrap();
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

    #[test]
    fn a_table_in_pieces_is_read_like_the_whole_one() {
        let rows: &[&[&str]] = &[
            &["1", "claim it"],
            &["0", "lunch"],
            &["0", "minutes"],
            &["1", "prize"],
        ];
        let options = Options {
            hash: true,
            ..Options::default()
        };
        let columns = ["spam", "body"];
        let whole = table(&columns, rows);
        let mut whole = open_table(&whole, &options).unwrap();
        let expected = emails(&mut whole);
        let piece = |rows: &[&[&str]]| Ok(table_of(&columns, rows));
        let cuts = [piece(&rows[..1]), piece(&[]), piece(&rows[1..])];
        let cut = batches(cuts.to_vec());
        for _ in 0..2 {
            let mut source = open_table(&cut, &options).unwrap();
            assert_eq!(emails(&mut source), expected);
            assert_eq!(source.sha256(), whole.sha256());
        }
        let said = |pieces: Vec<Result<MemoryTable, String>>| {
            let read = open_table(&batches(pieces), &options)
                .and_then(Iterator::collect::<Result<Vec<_>, _>>);
            read.unwrap_err().to_string()
        };
        assert_eq!(said(vec![piece(&[])]), "the batches is empty");
        let gone = Err("the connection was lost".to_owned());
        assert_eq!(
            said(vec![piece(rows), gone]),
            "the batches: reading broke off: the connection was lost"
        );
        let other = Ok(table_of(&["body", "spam"], rows));
        assert_eq!(
            said(vec![piece(rows), other]),
            "the batches: reading broke off: the first batch has the columns spam, body, a later \
             one has body, spam"
        );
    }
}
