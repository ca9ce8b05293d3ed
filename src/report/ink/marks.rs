//! Draws the marks of a panel in the order of the figure, those of the highlighted models last.

use super::legend::BAND;
use super::plot::Plot;
use super::surface::{Align, Area, Lettering, Paint, Surface};
use super::words::fitting;
use crate::report::figure::{Marks, MatrixCell, Position, Series};
use crate::report::palette::{Colour, DEEPEST, style};

/// The least share of its colour that a cell has.
const PALEST: f64 = 0.06;

pub(super) fn draw(surface: &mut impl Surface, plot: &Plot<'_>) {
    let is_highlighted = |series: &&Series| series.role.is_highlighted();
    let all = || plot.panel.series.iter();
    for one in all()
        .filter(|one| !is_highlighted(one))
        .chain(all().filter(is_highlighted))
    {
        series(surface, plot, one);
    }
}

fn series(surface: &mut impl Surface, plot: &Plot<'_>, series: &Series) {
    let look = style(series.role, plot.panel.subject);
    let placed = |points: &[Position]| -> Vec<Position> {
        points.iter().copied().map(|at| plot.place(at)).collect()
    };
    match &series.marks {
        Marks::Line(points) => surface.stroke(&placed(points), look.colour, look.width, look.dash),
        Marks::MarkedLine(points) => {
            let path = placed(points);
            surface.stroke(&path, look.colour, look.width, look.dash);
            for at in path {
                surface.marker(at, look.marker, look.colour);
            }
        }
        Marks::Band(triples) => {
            let low = triples.iter().map(|&[x, low, _]| [x, low]);
            let high = triples.iter().rev().map(|&[x, _, high]| [x, high]);
            if triples.len() > 1 {
                let outline = placed(&low.chain(high).collect::<Vec<_>>());
                surface.polygon(&outline, Paint::thin(look.colour, BAND));
            }
        }
        Marks::Strokes(strokes) => {
            for stroke in strokes {
                surface.stroke(&placed(stroke), look.colour, look.width, &[]);
            }
        }
        Marks::Rings(points) => {
            for at in placed(points) {
                surface.ring(at, 5.5, look.colour);
            }
        }
        Marks::Dots(points) => {
            let (radius, opacity) = dot(points.len());
            surface.dots(&placed(points), radius, Paint::thin(look.colour, opacity));
        }
        Marks::Bars(bars) => {
            for bar in bars {
                surface.fill(bar_area(plot, bar), Paint::solid(look.colour));
            }
        }
        Marks::Cells(cells) => {
            for one in cells {
                cell(surface, plot, one, look.colour);
            }
        }
        Marks::Shades(cells) => {
            for one in cells {
                let area = Area::between(plot.place(one.from), plot.place(one.to)).grown(-0.5);
                let depth = PALEST + (1.0 - PALEST) * one.shade.clamp(0.0, 1.0);
                surface.fill(area, Paint::thin(look.colour, depth));
            }
        }
    }
}

/// Radius and opacity of dots. If there are many, they are smaller and translucent.
pub(super) fn dot(many: usize) -> (f64, f64) {
    if many > 200 { (2.5, 0.45) } else { (3.5, 0.8) }
}

/// The area of a bar `[from, to, height]`. A thin gap separates it from the next.
pub(super) fn bar_area(plot: &Plot<'_>, &[from, to, height]: &[f64; 3]) -> Area {
    let area = Area::between(plot.place([from, 0.0]), plot.place([to, height]));
    Area {
        left: area.left + 0.5,
        right: (area.right - 0.5).max(area.left + 0.5),
        ..area
    }
}

/// The area of a cell.
pub(super) fn cell_area(plot: &Plot<'_>, cell: &MatrixCell) -> Area {
    Area::between(plot.place(cell.from), plot.place(cell.to)).grown(-1.5)
}

fn cell(surface: &mut impl Surface, plot: &Plot<'_>, cell: &MatrixCell, colour: Colour) {
    let area = cell_area(plot, cell);
    let depth = PALEST + (DEEPEST - PALEST) * cell.shade.clamp(0.0, 1.0);
    surface.fill(area, Paint::thin(colour, depth));
    let [x, y] = area.middle();
    let room = 0.92 * area.width();
    let both = !cell.text.is_empty() && !cell.detail.is_empty();
    let below = if both {
        18.0f64.min(0.5 * area.height() - 3.0)
    } else {
        6.0
    };
    let text = fitting(&cell.text, 20.0f64.min(0.45 * area.height()), room);
    let detail = fitting(&cell.detail, 13.0f64.min(0.3 * area.height()), room);
    let first = if both { y + 1.0 } else { y + 0.35 * text };
    for (words, at, size) in [(&cell.text, first, text), (&cell.detail, y + below, detail)] {
        if !words.is_empty() {
            surface.text(
                words,
                [x, at],
                Lettering::new(size, Colour::Ink, Align::Middle),
            );
        }
    }
}
