//! A chart with its pictures, as the documents take it.

use crate::report::figure::Figure;

/// A chart, drawn.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// Name of its files.
    pub key: &'static str,
    /// What is drawn.
    pub figure: Figure,
    /// As SVG.
    pub svg: String,
    /// As PNG.
    pub png: Vec<u8>,
}
