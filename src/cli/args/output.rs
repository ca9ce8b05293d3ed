//! How a command that prints one result per message writes it as JSON.

use crate::cli::output::emit::JsonWriter;
use clap::Args;

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

    /// The writer of the form that the user chose; none if no JSON is wanted.
    pub fn writer(&self) -> Option<JsonWriter> {
        match (self.json, self.jsonl) {
            (true, _) => Some(JsonWriter::document()),
            (_, true) => Some(JsonWriter::stream()),
            _ => None,
        }
    }
}
