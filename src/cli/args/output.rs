//! How results are written: as JSON, one per message, and as CSV.

use crate::base::shown::CsvText;
use crate::cli::output::comparison::Look;
use crate::cli::output::emit::JsonWriter;
use crate::cli::output::plot;
use clap::Args;

/// How text stands in a CSV file that is for people.
#[derive(Args)]
pub struct CsvOptions {
    /// Write text in CSV files exactly; by default, a cell that a spreadsheet would run as a
    /// formula has an apostrophe before it
    #[arg(long, help_heading = "Output")]
    exact_csv: bool,
}

impl CsvOptions {
    /// How text is written.
    pub fn texts(&self) -> CsvText {
        if self.exact_csv {
            CsvText::Exact
        } else {
            CsvText::Safe
        }
    }
}

/// How wide a table may be.
#[derive(Args)]
pub struct TableOptions {
    /// Print all columns, however wide the table becomes; by default, it fits 80 columns
    #[arg(long, help_heading = "Output")]
    wide: bool,
}

impl TableOptions {
    /// Whether all columns are wanted.
    pub fn is_wide(&self) -> bool {
        self.wide
    }

    /// How a comparison is shown on this terminal.
    pub fn look(&self) -> Look {
        Look {
            wide: self.wide,
            colour: plot::in_colour(),
        }
    }
}

/// A choice between a JSON document and a stream of JSON objects.
#[derive(Args)]
pub struct JsonOptions {
    /// Print one JSON document: the object of a single message, or an array of several
    #[arg(long, help_heading = "Output")]
    json: bool,
    /// Print a stream of JSON objects, one per message, each on a line of its own
    #[arg(long, conflicts_with = "json", help_heading = "Output")]
    jsonl: bool,
}

impl JsonOptions {
    /// Whether one JSON document is wanted.
    pub fn is_document(&self) -> bool {
        self.json
    }

    /// Whether a stream of JSON objects is wanted.
    pub fn is_stream(&self) -> bool {
        self.jsonl
    }

    /// The writer of the form that the user chose; none if no JSON is wanted.
    pub fn writer(&self) -> Option<JsonWriter> {
        match (self.json, self.jsonl) {
            (true, _) => Some(JsonWriter::document()),
            (_, true) => Some(JsonWriter::stream()),
            _ => None,
        }
    }
}
