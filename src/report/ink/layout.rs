//! The layout of a picture: the title, the legend in as many rows as it needs, and then the panels
//! on a grid, all with the same insets so that their axes line up. The panels of a figure share
//! their axis labels: that of the vertical axes is at the left, that of the horizontal axes below
//! the lowest panel of each column.

use super::canvas::{Align, Area, Canvas, Drawn, Lettering, Surface, width_of};
use super::{labels, marks};
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel};
use crate::report::palette::{AXIS, GRID, INK, MUTED, PAPER, Role, style};

/// Width of a picture.
pub(super) const WIDTH: f64 = 1000.0;
const MARGIN: f64 = 28.0;
const TITLE: f64 = 22.0;
const TEXT: f64 = 14.0;
const SMALL: f64 = 13.0;
const LEGEND_ROW: f64 = 25.0;
const STROKE: f64 = 36.0;
const HEADER: f64 = 72.0;

/// Height of a picture.
pub(super) fn height(figure: &Figure) -> f64 {
    let rows = figure.panels.len().div_ceil(figure.columns.max(1));
    panels_top(figure) + rows as f64 * f64::from(figure.panel_height) + MARGIN
}

fn panels_top(figure: &Figure) -> f64 {
    HEADER - 8.0 + legend_rows(&figure.legend).len() as f64 * LEGEND_ROW
}

pub(super) fn draw<B: Surface>(figure: &Figure, canvas: &mut Canvas<B>) -> Drawn<B> {
    canvas.fill(
        Area {
            left: 0.0,
            top: 0.0,
            right: WIDTH,
            bottom: height(figure),
        },
        PAPER,
        1.0,
    )?;
    canvas.text(
        &figure.title,
        [MARGIN, 42.0],
        Lettering::new(TITLE, INK, Align::Left),
    )?;
    for (row, keys) in legend_rows(&figure.legend).iter().enumerate() {
        legend_row(canvas, keys, HEADER + row as f64 * LEGEND_ROW)?;
    }
    let grid = Grid::of(figure);
    for (at, panel) in figure.panels.iter().enumerate() {
        let area = grid.area(at);
        heading(canvas, panel, area)?;
        axes(canvas, panel, area)?;
        marks::draw(canvas, panel, area)?;
        labels::draw(canvas, panel, area)?;
        if at % grid.columns == 0 {
            let lettering = Lettering {
                upwards: true,
                ..Lettering::new(TEXT, INK, Align::Middle)
            };
            canvas.text(
                &panel.y.label,
                [MARGIN + 12.0, f64::midpoint(area.top, area.bottom)],
                lettering,
            )?;
        }
        if at + grid.columns >= figure.panels.len() {
            let at = [f64::midpoint(area.left, area.right), area.bottom + 44.0];
            canvas.text(&panel.x.label, at, Lettering::new(TEXT, INK, Align::Middle))?;
        }
    }
    Ok(())
}

/// The cells that link to a part of the page: the anchor and the area of each.
pub(super) fn linked_cells(figure: &Figure) -> Vec<(&str, Area)> {
    let grid = Grid::of(figure);
    let mut linked = Vec::new();
    for (at, panel) in figure.panels.iter().enumerate() {
        let area = grid.area(at);
        let place = |[x, y]: [f64; 2]| {
            [
                marks::across(&panel.x, x, area),
                marks::upward(&panel.y, y, area),
            ]
        };
        for series in &panel.series {
            let Marks::Cells(cells) = &series.marks else {
                continue;
            };
            for cell in cells {
                if let Some(link) = &cell.link {
                    linked.push((
                        link.as_str(),
                        marks::cell_area(place(cell.from), place(cell.to)),
                    ));
                }
            }
        }
    }
    linked
}

/// The positions of the panels.
struct Grid {
    columns: usize,
    top: f64,
    /// Width and height of a panel with its insets.
    cell: [f64; 2],
    /// Space for tick labels at the left, and for the heading above.
    inset: [f64; 2],
}

/// Space for the shared label of the vertical axes.
const LABEL: f64 = 20.0;

impl Grid {
    fn of(figure: &Figure) -> Grid {
        let ticks = figure.panels.iter().flat_map(|panel| &panel.y.ticks);
        let widest = ticks
            .map(|tick| width_of(&tick.label, SMALL))
            .fold(0.0, f64::max);
        let columns = figure.columns.max(1);
        let headed = figure.panels.iter().any(|panel| panel.title.is_some());
        Grid {
            columns,
            top: panels_top(figure),
            cell: [
                (WIDTH - 2.0 * MARGIN - LABEL + 20.0) / columns as f64,
                f64::from(figure.panel_height),
            ],
            inset: [widest + 14.0, if headed { 34.0 } else { 10.0 }],
        }
    }

    fn area(&self, at: usize) -> Area {
        let left = MARGIN + LABEL + (at % self.columns) as f64 * self.cell[0];
        let top = self.top + (at / self.columns) as f64 * self.cell[1];
        Area {
            left: left + self.inset[0],
            top: top + self.inset[1],
            right: left + self.cell[0] - 20.0,
            bottom: top + self.cell[1] - 36.0,
        }
    }
}

fn heading<B: Surface>(canvas: &mut Canvas<B>, panel: &Panel, area: Area) -> Drawn<B> {
    let Some(title) = &panel.title else {
        return Ok(());
    };
    let mut left = area.left;
    if let Some(role) = panel.subject {
        sample(
            canvas,
            [left, area.top - 17.0],
            role,
            LegendMark::LineAndMarker,
        )?;
        left += sample_width(LegendMark::LineAndMarker);
    }
    canvas.text(
        title,
        [left, area.top - 12.0],
        Lettering::new(TEXT, INK, Align::Left),
    )
}

fn axes<B: Surface>(canvas: &mut Canvas<B>, panel: &Panel, area: Area) -> Drawn<B> {
    let Area {
        left,
        top,
        right,
        bottom,
    } = area;
    let mut free = f64::NEG_INFINITY;
    for tick in &panel.x.ticks {
        let x = marks::across(&panel.x, tick.at, area);
        if panel.x.grid {
            canvas.stroke(&[[x, top], [x, bottom]], GRID, 1.0, &[])?;
        }
        let half = width_of(&tick.label, SMALL) / 2.0;
        if x - half > free + 5.0 {
            canvas.text(
                &tick.label,
                [x, bottom + 20.0],
                Lettering::new(SMALL, MUTED, Align::Middle),
            )?;
            free = x + half;
        }
    }
    let mut free = f64::INFINITY;
    for tick in &panel.y.ticks {
        let y = marks::upward(&panel.y, tick.at, area);
        if panel.y.grid {
            canvas.stroke(&[[left, y], [right, y]], GRID, 1.0, &[])?;
        }
        if y < free - 13.0 {
            canvas.text(
                &tick.label,
                [left - 9.0, y + 4.5],
                Lettering::new(SMALL, MUTED, Align::Right),
            )?;
            free = y;
        }
    }
    if panel.x.grid {
        canvas.stroke(
            &[[left, top], [left, bottom], [right, bottom]],
            AXIS,
            1.0,
            &[],
        )?;
    }
    Ok(())
}

/// The entries of each row of the legend, as many as fit.
fn legend_rows(legend: &[LegendEntry]) -> Vec<Vec<&LegendEntry>> {
    let mut rows: Vec<Vec<&LegendEntry>> = Vec::new();
    let mut left = 0.0;
    for key in legend {
        let wide = key_width(key);
        match rows.last_mut() {
            Some(row) if left >= wide => row.push(key),
            _ => {
                rows.push(vec![key]);
                left = WIDTH - 2.0 * MARGIN;
            }
        }
        left -= wide;
    }
    rows
}

fn key_width(key: &LegendEntry) -> f64 {
    sample_width(key.mark) + width_of(&key.label, TEXT) + 26.0
}

/// Width of the mark of a legend entry, with the gap after it.
fn sample_width(sample: LegendMark) -> f64 {
    match sample {
        LegendMark::Line | LegendMark::LineAndMarker => STROKE + 8.0,
        LegendMark::Dot | LegendMark::Ring | LegendMark::Block => 21.0,
    }
}

fn legend_row<B: Surface>(canvas: &mut Canvas<B>, keys: &[&LegendEntry], middle: f64) -> Drawn<B> {
    let mut left = MARGIN;
    for key in keys {
        sample(canvas, [left, middle], key.role, key.mark)?;
        canvas.text(
            &key.label,
            [left + sample_width(key.mark), middle + 5.0],
            Lettering::new(TEXT, INK, Align::Left),
        )?;
        left += key_width(key);
    }
    Ok(())
}

/// Draws the mark of a legend entry, beginning at `left`.
fn sample<B: Surface>(
    canvas: &mut Canvas<B>,
    [left, middle]: [f64; 2],
    role: Role,
    sample: LegendMark,
) -> Drawn<B> {
    let look = style(role);
    let line = [[left, middle], [left + STROKE, middle]];
    let centre = [left + STROKE / 2.0, middle];
    match sample {
        LegendMark::Line => canvas.stroke(&line, look.colour, 2.5, look.dash),
        LegendMark::LineAndMarker => {
            canvas.stroke(&line, look.colour, 2.5, look.dash)?;
            canvas.marker(centre, look.marker, look.colour, PAPER)
        }
        LegendMark::Dot => canvas.dot([left + 6.0, middle], 5.0, look.colour, 1.0),
        LegendMark::Ring => canvas.ring([left + 7.0, middle], 5.0, look.colour),
        LegendMark::Block => {
            let area = Area {
                left,
                top: middle - 7.0,
                right: left + 14.0,
                bottom: middle + 7.0,
            };
            canvas.fill(area, look.colour, 1.0)
        }
    }
}
