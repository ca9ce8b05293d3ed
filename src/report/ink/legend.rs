//! The legend: in a picture in as many rows as it needs, in a page one small picture per entry. The
//! mark of an entry is drawn by the same style as the marks that it stands for.

use super::surface::{Align, Area, Lettering, Paint, Surface, width_of};
use super::words::TEXT;
use crate::report::figure::{LegendEntry, LegendMark, Position};
use crate::report::palette::{Colour, Role, style};

/// Height of a row in a picture.
pub(super) const ROW: f64 = 25.0;
/// Length of a stroke: long enough for two periods of most dashes.
const STROKE: f64 = 36.0;
const GAP: f64 = 26.0;

/// The entries of each row, as many as fit into `width`.
pub(super) fn rows(legend: &[LegendEntry], width: f64) -> Vec<Vec<&LegendEntry>> {
    let mut rows: Vec<Vec<&LegendEntry>> = Vec::new();
    let mut left = 0.0;
    for entry in legend {
        let wide = entry_width(entry);
        match rows.last_mut() {
            Some(row) if left >= wide => row.push(entry),
            _ => {
                rows.push(vec![entry]);
                left = width;
            }
        }
        left -= wide;
    }
    rows
}

fn entry_width(entry: &LegendEntry) -> f64 {
    sample_width(entry.mark) + 8.0 + width_of(&entry.label, TEXT) + GAP
}

pub(super) fn draw_row(surface: &mut impl Surface, row: &[&LegendEntry], [x, middle]: Position) {
    let mut left = x;
    for entry in row {
        sample(surface, [left, middle], entry.role, None, entry.mark);
        let at = [left + sample_width(entry.mark) + 8.0, middle + 5.0];
        surface.text(
            &entry.label,
            at,
            Lettering::new(TEXT, Colour::Ink, Align::Left),
        );
        left += entry_width(entry);
    }
}

/// Width of the mark of an entry.
pub(super) fn sample_width(mark: LegendMark) -> f64 {
    match mark {
        LegendMark::Line | LegendMark::LineAndMarker => STROKE,
        LegendMark::Band => STROKE / 1.5,
        LegendMark::Dot | LegendMark::Ring | LegendMark::Block => 14.0,
    }
}

/// Draws the mark of an entry, beginning at `left`.
pub(super) fn sample(
    surface: &mut impl Surface,
    [left, middle]: Position,
    role: Role,
    subject: Option<Role>,
    mark: LegendMark,
) {
    let look = style(role, subject);
    let ends = [[left, middle], [left + STROKE, middle]];
    let box_of = |half: f64| Area {
        left,
        top: middle - half,
        right: left + sample_width(mark),
        bottom: middle + half,
    };
    match mark {
        LegendMark::Line => surface.stroke(&ends, look.colour, look.width, look.dash),
        LegendMark::LineAndMarker => {
            surface.stroke(&ends, look.colour, look.width, look.dash);
            surface.marker([left + STROKE / 2.0, middle], look.marker, look.colour);
        }
        LegendMark::Band => surface.fill(box_of(7.0), Paint::thin(look.colour, BAND)),
        LegendMark::Dot => surface.dots(&[[left + 7.0, middle]], 5.0, Paint::solid(look.colour)),
        LegendMark::Ring => surface.ring([left + 7.0, middle], 5.0, look.colour),
        LegendMark::Block => surface.fill(box_of(7.0), Paint::solid(look.colour)),
    }
}

/// The opacity of a band.
pub(super) const BAND: f64 = 0.14;
