//! A chart with its pictures, ready for the documents.

use crate::report::charts::{CHARTS, Section};
use crate::report::figure::Figure;

/// A chart that was drawn.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// The name of its files, without extension.
    pub key: &'static str,
    /// The figure that the pictures show.
    pub figure: Figure,
    /// The picture as an SVG document that stands alone.
    pub svg: String,
    /// The picture as the bytes of a PNG.
    pub png: Vec<u8>,
}

/// The drawings of a section, in order.
pub(super) fn charts_of(drawings: &[Drawing], section: Section) -> Vec<&Drawing> {
    let here = CHARTS.iter().filter(|chart| chart.section == section);
    here.filter_map(|chart| drawings.iter().find(|drawing| drawing.key == chart.key))
        .collect()
}
