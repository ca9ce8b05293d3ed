//! What another program hands over: values under names, whole or in pieces.

use crate::input::error::NoPiece;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

/// A value in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text. As a message it is a whole one if it begins with header fields.
    Text(String),
    /// A whole message, as it is stored or sent.
    Message(Vec<u8>),
}

impl Cell {
    /// The bytes of the value.
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Cell::Text(text) => text.as_bytes(),
            Cell::Message(bytes) => bytes,
        }
    }
}

impl AsRef<[u8]> for Cell {
    fn as_ref(&self) -> &[u8] {
        self.bytes()
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

/// The pieces of a table as they are handed over; else why the next one was not.
pub type Pieces = Box<dyn Iterator<Item = Result<MemoryTable, NoPiece>> + Send>;

/// A table that is handed over piece by piece: each a [`MemoryTable`] of the same columns.
pub trait PieceTable: Send + Sync {
    /// What the user calls it.
    fn name(&self) -> &str;
    /// Whether the pieces can be gone through more than once.
    fn is_repeatable(&self) -> bool;
    /// The pieces, from the first on; else why they cannot be had, once more for instance.
    fn pieces(&self) -> Result<Pieces, NoPiece>;
}

/// What another program hands over.
#[derive(Clone)]
pub enum Handed {
    /// A table in memory.
    Whole(Arc<MemoryTable>),
    /// A table that memory need not hold.
    InPieces(Arc<dyn PieceTable>),
}

impl Handed {
    /// What the user calls it.
    pub fn name(&self) -> &str {
        match self {
            Handed::Whole(table) => &table.name,
            Handed::InPieces(table) => table.name(),
        }
    }

    /// Whether it can be read more than once.
    pub fn is_repeatable(&self) -> bool {
        match self {
            Handed::Whole(_) => true,
            Handed::InPieces(table) => table.is_repeatable(),
        }
    }

    /// Bytes of all values, if they are known.
    pub(in crate::input) fn size(&self) -> Option<u64> {
        match self {
            Handed::Whole(table) => Some(table.size()),
            Handed::InPieces(_) => None,
        }
    }

    /// As many pieces as have `rows` rows, and the others.
    pub(super) fn begin(
        &self,
        rows: usize,
    ) -> Result<(VecDeque<Arc<MemoryTable>>, Option<Pieces>), NoPiece> {
        let table = match self {
            Handed::Whole(table) => return Ok((VecDeque::from([Arc::clone(table)]), None)),
            Handed::InPieces(table) => table,
        };
        let (mut first, mut found) = (VecDeque::new(), 0);
        let mut more: Pieces = Box::new(WithRows {
            pieces: table.pieces()?,
            columns: None,
        });
        while found < rows {
            let Some(piece) = more.next().transpose()? else {
                return Ok((first, None));
            };
            found += piece.rows.len();
            first.push_back(Arc::new(piece));
        }
        Ok((first, Some(more)))
    }
}

/// Pieces in a row that may be without rows.
const MOST_EMPTY: usize = 10_000;

/// The pieces that have rows, all of the same columns.
struct WithRows {
    pieces: Pieces,
    columns: Option<Vec<String>>,
}

impl Iterator for WithRows {
    type Item = Result<MemoryTable, NoPiece>;

    fn next(&mut self) -> Option<Self::Item> {
        for _ in 0..MOST_EMPTY {
            let piece = match self.pieces.next()? {
                Ok(piece) => piece,
                Err(why) => return Some(Err(why)),
            };
            let columns = self.columns.get_or_insert_with(|| piece.columns.clone());
            if *columns != piece.columns {
                let (first, other) = (columns.join(", "), piece.columns.join(", "));
                let why =
                    format!("the first batch has the columns {first}, a later one has {other}");
                return Some(Err(why.into()));
            }
            if !piece.rows.is_empty() {
                return Some(Ok(piece));
            }
        }
        Some(Err(
            format!("{MOST_EMPTY} batches in a row are empty").into()
        ))
    }
}

impl PartialEq for Handed {
    fn eq(&self, other: &Handed) -> bool {
        match (self, other) {
            (Handed::Whole(one), Handed::Whole(other)) => one == other,
            (Handed::InPieces(one), Handed::InPieces(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl fmt::Debug for Handed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handed").field(&self.name()).finish()
    }
}
