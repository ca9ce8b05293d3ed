//! A CSV file with rows about messages, which are found by their ids: a split, or predictions.

use crate::base::files;
use crate::base::keyed::KeyedMap;
use crate::dataset::Corpus;
use std::io;
use std::path::Path;

/// Bytes of the largest file that is read.
const MOST: u64 = 512 << 20;

/// The file, whose first row names its columns.
pub(in crate::lab) struct IdTable {
    header: csv::StringRecord,
    reader: csv::Reader<io::Cursor<String>>,
}

impl IdTable {
    /// Reads the file; an error says what is wrong with it.
    pub fn read(path: &Path) -> Result<IdTable, String> {
        let said = |error: io::Error| match error.kind() {
            io::ErrorKind::InvalidData => "it is not text".to_owned(),
            _ => files::reason(&error),
        };
        let text = files::read_text(path, MOST).map_err(said)?;
        let mut reader = csv::Reader::from_reader(io::Cursor::new(text));
        let header = reader.headers().map_err(|error| error.to_string())?.clone();
        Ok(IdTable { header, reader })
    }

    /// The place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        let plain = |title: &str| title.trim_start_matches('\u{feff}').trim().to_owned();
        let mut titles = self.header.iter();
        titles.position(|title| plain(title).eq_ignore_ascii_case(name))
    }

    /// The rows, each with the line on which it begins.
    pub fn rows(self) -> impl Iterator<Item = Result<(u64, csv::StringRecord), String>> {
        self.reader.into_records().map(|record| {
            let record = record.map_err(|error| error.to_string())?;
            let line = record.position().map_or(0, csv::Position::line);
            Ok((line, record))
        })
    }
}

/// The rows of labelled mail by their ids, which must differ.
pub(in crate::lab) struct RowsById<'a>(KeyedMap<&'a str, usize>);

impl<'a> RowsById<'a> {
    pub fn of(corpus: &'a Corpus) -> Result<RowsById<'a>, String> {
        let mut rows = KeyedMap::default();
        for row in corpus.labelled_rows() {
            let id = corpus.id(row);
            if rows.insert(id, row).is_some() {
                return Err(format!(
                    "the mail has two rows with the id {id:?}; messages are found by their ids, \
                     which must differ"
                ));
            }
        }
        Ok(RowsById(rows))
    }

    /// The row of a message. An id that a spreadsheet would run may have an apostrophe before it,
    /// as the program itself writes it.
    pub fn row(&self, id: &str) -> Option<usize> {
        let plain = || self.0.get(id.strip_prefix('\'')?);
        self.0.get(id).or_else(plain).copied()
    }
}
