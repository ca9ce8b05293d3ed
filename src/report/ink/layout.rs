//! The layout of a figure as one picture (title, legend in as many rows as it needs, panels on a
//! grid) and panel by panel.

use super::legend;
use super::marks::cell_area;
use super::panel;
use super::plot::{Frame, Plot};
use super::surface::{Align, Area, Lettering, Paint, Surface};
use super::words::{SMALL, fitting};
use crate::report::figure::{Figure, Marks, Panel, Position, Series};
use crate::report::palette::Colour;

/// Width of a picture.
pub(super) const WIDTH: f64 = 1000.0;
const MARGIN: f64 = 28.0;
/// Space between panels.
const GAP: f64 = 12.0;
const TITLE: f64 = 22.0;
/// Half the size of what leads from a dot to its message.
const TARGET: f64 = 8.0;
/// Number of named columns above which a panel needs the whole width of a page.
const MANY_COLUMNS: usize = 3;
/// Width of a panel that is drawn for a phone alone.
pub(super) const NARROW: f64 = 400.0;
/// About the height of the axis and the names around the rows of a matrix.
const OUTSIDE: f64 = 120.0;

/// Height of a picture.
pub(super) fn height(figure: &Figure) -> f64 {
    let rows = figure.panels.len().div_ceil(figure.columns.max(1));
    panels_top(figure) + rows as f64 * (f64::from(figure.panel_height) + GAP) + MARGIN - GAP
}

fn legend_top(figure: &Figure) -> f64 {
    if figure.kicker.is_empty() { 72.0 } else { 92.0 }
}

fn panels_top(figure: &Figure) -> f64 {
    let rows = legend::rows(&figure.legend, WIDTH - 2.0 * MARGIN).len();
    legend_top(figure) - 8.0 + rows as f64 * legend::ROW
}

/// Draws the whole figure.
pub(super) fn draw(surface: &mut impl Surface, figure: &Figure) {
    let whole = Area::between([0.0, 0.0], [WIDTH, height(figure)]);
    surface.fill(whole, Paint::solid(Colour::Paper));
    let first = legend_top(figure);
    if !figure.kicker.is_empty() {
        let lettering = Lettering::new(SMALL, Colour::Muted, Align::Left);
        surface.text(&figure.kicker, [MARGIN, 34.0], lettering);
    }
    let size = fitting(&figure.title, TITLE, WIDTH - 2.0 * MARGIN);
    let lettering = Lettering::new(size, Colour::Ink, Align::Left);
    surface.text(&figure.title, [MARGIN, first - 30.0], lettering);
    let rows = legend::rows(&figure.legend, WIDTH - 2.0 * MARGIN);
    for (row, entries) in rows.iter().enumerate() {
        legend::draw_row(surface, entries, [MARGIN, first + row as f64 * legend::ROW]);
    }
    let columns = figure.columns.max(1);
    let width = (WIDTH - 2.0 * MARGIN + GAP) / columns as f64 - GAP;
    let frame = panel::frame(figure, [width, f64::from(figure.panel_height)]);
    for (at, one) in figure.panels.iter().enumerate() {
        let left = MARGIN + (at % columns) as f64 * (width + GAP);
        let top = panels_top(figure) + (at / columns) as f64 * (frame.size[1] + GAP);
        panel::draw(surface, one, &frame, [left, top]);
    }
}

/// How wide the panels of a figure are in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PanelWidth {
    /// As wide as the page, and wider than a phone, for a matrix with many columns.
    Whole,
    /// Two thirds of the page, and wider than a phone, for rows that have names.
    TwoThirds,
    /// Half the page.
    Half,
    /// A third of the page.
    Third,
    /// A quarter of the page.
    Quarter,
    /// A fifth of the page.
    Fifth,
}

impl PanelWidth {
    pub(super) fn of(figure: &Figure) -> PanelWidth {
        let has_texts = |panel: &Panel| {
            let shades = |one: &Series| matches!(one.marks, Marks::Shades(_));
            !panel.series.iter().any(shades)
        };
        let is_broad =
            |panel: &Panel| !panel.x.grid && panel.x.ticks.len() > MANY_COLUMNS && has_texts(panel);
        let has_rows = |panel: &Panel| panel.x.grid && !panel.y.grid;
        match figure.columns {
            _ if figure.panels.iter().any(is_broad) => PanelWidth::Whole,
            1 if figure.panels.iter().all(has_rows) => PanelWidth::TwoThirds,
            ..=2 => PanelWidth::Half,
            3 => PanelWidth::Third,
            4 => PanelWidth::Quarter,
            _ => PanelWidth::Fifth,
        }
    }

    /// Whether a phone needs panels of its own.
    pub(super) fn is_wider_than_a_phone(self) -> bool {
        matches!(self, PanelWidth::Whole | PanelWidth::TwoThirds)
    }

    /// In layout units, which are pixels on a wide page; on a phone ticks then are at least 9
    /// pixels high.
    pub(super) fn units(self) -> f64 {
        match self {
            PanelWidth::Whole => 1000.0,
            PanelWidth::TwoThirds => 720.0,
            PanelWidth::Half => 510.0,
            PanelWidth::Third => 340.0,
            PanelWidth::Quarter => 250.0,
            PanelWidth::Fifth => 200.0,
        }
    }
}

/// A figure that is wider than a phone, its matrices in parts that are not: as few as there can be,
/// of like width, each as a figure of one panel.
pub(super) fn in_parts(figure: &Figure) -> Vec<Figure> {
    let one = |panel: Panel, height: f64| Figure {
        panels: vec![panel],
        columns: 1,
        panel_height: height as u32,
        ..figure.clone()
    };
    let whole = f64::from(figure.panel_height);
    let parts = |panel: &Panel| -> Vec<Figure> {
        let columns = panel.x.ticks.len();
        if panel.x.grid || columns == 0 {
            return vec![one(panel.clone(), whole)];
        }
        let each = columns.div_ceil(columns.div_ceil(MANY_COLUMNS));
        let part = |from| {
            let (part, share) = part(panel, from, (from + each).min(columns));
            one(part, OUTSIDE + share * (whole - OUTSIDE))
        };
        (0..columns).step_by(each).map(part).collect()
    };
    figure.panels.iter().flat_map(parts).collect()
}

/// The columns of a matrix from one to before another, with the rows that have cells there; and the
/// share of the rows that these are.
fn part(panel: &Panel, from: usize, to: usize) -> (Panel, f64) {
    let columns = [from as f64, to as f64];
    let mut part = panel.clone();
    part.x.range = columns;
    part.x.ticks = panel.x.ticks[from..to].to_vec();
    let [mut low, mut high] = [f64::INFINITY, f64::NEG_INFINITY];
    for series in &mut part.series {
        if let Marks::Cells(cells) = &mut series.marks {
            cells.retain(|cell| cell.from[0] >= columns[0] && cell.to[0] <= columns[1]);
            for cell in cells {
                low = low.min(cell.from[1].min(cell.to[1]).floor());
                high = high.max(cell.from[1].max(cell.to[1]).ceil());
            }
        }
    }
    if low >= high {
        return (part, 1.0);
    }
    part.y.range = [low, high];
    part.y.ticks.retain(|tick| low < tick.at && tick.at < high);
    (part, (high - low) / (panel.y.range[1] - panel.y.range[0]))
}

/// The layout of each panel in a page, of this width.
pub(super) fn frame(figure: &Figure, width: f64) -> Frame {
    panel::frame(figure, [width, f64::from(figure.panel_height)])
}

/// A part of a panel that leads to a part of the page.
pub(super) struct Link<'a> {
    pub anchor: &'a str,
    pub title: &'a str,
    pub area: Area,
    pub is_round: bool,
}

/// The parts of a panel that lead somewhere.
pub(super) fn links<'a>(panel: &'a Panel, frame: &Frame, corner: Position) -> Vec<Link<'a>> {
    let plot = Plot::new(panel, frame, corner);
    let mut links = Vec::new();
    for series in &panel.series {
        if let Marks::Cells(cells) = &series.marks {
            links.extend(cells.iter().filter_map(|cell| {
                Some(Link {
                    anchor: cell.link.as_deref()?,
                    title: "the emails in this cell",
                    area: cell_area(&plot, cell),
                    is_round: false,
                })
            }));
        }
        links.extend(series.links.iter().map(|link| Link {
            anchor: &link.anchor,
            title: &link.title,
            area: Area::around(plot.place(link.at), [TARGET; 2]),
            is_round: true,
        }));
    }
    links
}
