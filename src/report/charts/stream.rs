//! Filters along a stream.

use crate::report::figure::Figure;
use crate::results::experiments::StreamFound;

/// The pictures of a stream, each with the name of its files.
pub fn of_a_stream(_found: &StreamFound) -> Vec<(&'static str, Figure)> {
    Vec::new()
}
