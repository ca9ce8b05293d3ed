//! Draws the marks of a panel: lines, bands, dots, bars and cells, in the order of the figure.

use super::canvas::{Align, Area, Canvas, Drawn, Lettering, Surface, width_of};
use crate::report::axis::Axis;
use crate::report::figure::{Marks, MatrixCell, Panel, Position};
use crate::report::palette::{INK, PAPER, Rgb, Role, Style, style};

/// The horizontal position of a value.
pub(super) fn across(axis: &Axis, value: f64, area: Area) -> f64 {
    area.left + axis.place(value).clamp(0.0, 1.0) * (area.right - area.left)
}

/// The vertical position of a value.
pub(super) fn upward(axis: &Axis, value: f64, area: Area) -> f64 {
    area.bottom - axis.place(value).clamp(0.0, 1.0) * (area.bottom - area.top)
}

pub(super) fn draw<B: Surface>(canvas: &mut Canvas<B>, panel: &Panel, area: Area) -> Drawn<B> {
    let place = |[x, y]: Position| [across(&panel.x, x, area), upward(&panel.y, y, area)];
    for series in &panel.series {
        let look = style(series.role);
        let width = if series.role == Role::Reference {
            1.25
        } else {
            2.5
        };
        match &series.marks {
            Marks::Line(points) => {
                let path: Vec<Position> = points.iter().copied().map(place).collect();
                canvas.stroke(&path, look.colour, width, look.dash)?;
            }
            Marks::MarkedLine(points) => {
                let path: Vec<Position> = points.iter().copied().map(place).collect();
                canvas.stroke(&path, look.colour, width, look.dash)?;
                for at in path {
                    canvas.marker(at, look.marker, look.colour, PAPER)?;
                }
            }
            Marks::Strokes(strokes) => {
                for stroke in strokes {
                    canvas.stroke(&stroke.map(place), look.colour, width, &[])?;
                }
            }
            Marks::Band(triples) => {
                let low = triples.iter().map(|&[x, low, _]| place([x, low]));
                let high = triples.iter().rev().map(|&[x, _, high]| place([x, high]));
                if triples.len() > 1 {
                    canvas.polygon(&low.chain(high).collect::<Vec<_>>(), look.colour, 0.12)?;
                }
            }
            Marks::Rings(points) => {
                for at in points.iter().copied().map(place) {
                    canvas.ring(at, 5.5, look.colour)?;
                }
            }
            Marks::Dots(points) => dots(
                canvas,
                points.iter().copied().map(place),
                &look,
                points.len(),
            )?,
            Marks::Bars(bars) => {
                for &[from, to, height] in bars {
                    let ([left, zero], [right, end]) = (place([from, 0.0]), place([to, height]));
                    // A thin gap separates the bars.
                    let area = Area {
                        left: left + 0.5,
                        right: right - 0.5,
                        top: zero.min(end),
                        bottom: zero.max(end),
                    };
                    canvas.fill(area, look.colour, 1.0)?;
                }
            }
            Marks::Cells(cells) => {
                for one in cells {
                    cell(canvas, one, place(one.from), place(one.to), look.colour)?;
                }
            }
        }
    }
    Ok(())
}

/// Draws dots. If there are many, they are smaller and translucent.
fn dots<B: Surface>(
    canvas: &mut Canvas<B>,
    at: impl Iterator<Item = Position>,
    look: &Style,
    many: usize,
) -> Drawn<B> {
    let (radius, opacity) = if many > 200 { (2.5, 0.45) } else { (3.5, 0.8) };
    for at in at {
        canvas.dot(at, radius, look.colour, opacity)?;
    }
    Ok(())
}

/// The area of a cell, given two opposite corners.
pub(super) fn cell_area(from: Position, to: Position) -> Area {
    Area {
        left: from[0].min(to[0]) + 1.5,
        right: from[0].max(to[0]) - 1.5,
        top: from[1].min(to[1]) + 1.5,
        bottom: from[1].max(to[1]) - 1.5,
    }
}

fn cell<B: Surface>(
    canvas: &mut Canvas<B>,
    cell: &MatrixCell,
    from: Position,
    to: Position,
    colour: Rgb,
) -> Drawn<B> {
    let area = cell_area(from, to);
    let depth = 0.07 + 0.85 * cell.shade.clamp(0.0, 1.0);
    canvas.fill(area, mixed(colour, depth), 1.0)?;
    let ink = if depth > 0.55 { PAPER } else { INK };
    let middle = [
        f64::midpoint(area.left, area.right),
        f64::midpoint(area.top, area.bottom),
    ];
    let fitting = |text: &str, size: f64| {
        size * (0.92 * (area.right - area.left) / width_of(text, size).max(1.0)).min(1.0)
    };
    let (text, detail) = (fitting(&cell.text, 20.0), fitting(&cell.detail, 13.0));
    canvas.text(
        &cell.text,
        [middle[0], middle[1] + 1.0],
        Lettering::new(text, ink, Align::Middle),
    )?;
    canvas.text(
        &cell.detail,
        [middle[0], middle[1] + 18.0],
        Lettering::new(detail, ink, Align::Middle),
    )
}

/// A colour mixed with the colour of the paper.
fn mixed(colour: Rgb, depth: f64) -> Rgb {
    let mix = |colour: u8, paper: u8| {
        (f64::from(paper) + depth * (f64::from(colour) - f64::from(paper))).round() as u8
    };
    (
        mix(colour.0, PAPER.0),
        mix(colour.1, PAPER.1),
        mix(colour.2, PAPER.2),
    )
}
