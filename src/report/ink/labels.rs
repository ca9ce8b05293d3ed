//! Places texts in a panel: explanations of its corners, and names of marks. A name takes the first
//! position around its mark that is inside the panel and covers neither another text nor a dot. If
//! there is none, it is left out.

use super::canvas::{Align, Area, Canvas, Drawn, Lettering, Surface, width_of};
use super::marks::{across, upward};
use crate::report::figure::{Marks, Note, Panel, Position};
use crate::report::palette::{AXIS, INK, MUTED, PAPER};

const SIZE: f64 = 12.5;
const LINE: f64 = 16.0;

/// The positions for a name: directions from the mark, and distances. A distant name gets a line to
/// its mark.
const DIRECTIONS: [Position; 8] = [
    [1.0, 0.0],
    [-1.0, 0.0],
    [0.0, -1.0],
    [0.0, 1.0],
    [0.7, -0.7],
    [0.7, 0.7],
    [-0.7, -0.7],
    [-0.7, 0.7],
];
const DISTANCES: [f64; 3] = [7.0, 20.0, 34.0];

pub(super) fn draw<B: Surface>(canvas: &mut Canvas<B>, panel: &Panel, area: Area) -> Drawn<B> {
    let mut taken = Vec::new();
    for note in &panel.notes {
        if let Note::Corner { right, top, lines } = note {
            taken.push(corner(canvas, area, [*right, *top], lines)?);
        }
    }
    let place = |[x, y]: Position| [across(&panel.x, x, area), upward(&panel.y, y, area)];
    let mut dots: Vec<Position> = panel
        .series
        .iter()
        .flat_map(|series| dots(&series.marks))
        .copied()
        .map(place)
        .collect();
    let mut lines: Vec<Vec<Position>> = Vec::new();
    for note in &panel.notes {
        let Note::Name { at, text } = note else {
            continue;
        };
        let at = place(*at);
        let free = |label: &Area| {
            area.holds(label)
                && !taken.iter().any(|other: &Area| other.overlaps(label))
                && !dots.iter().any(|dot| label.covers(*dot))
        };
        let width = width_of(text, SIZE);
        let clear = |line: &[Position]| {
            let covered = line
                .iter()
                .any(|point| taken.iter().any(|other| other.covers(*point)));
            !covered && !lines.iter().any(|other| cross(line, other))
        };
        let mut places = around(at, width)
            .filter(|label| free(label))
            .map(|label| (label, line_to(at, &label)));
        let Some((label, line)) = places.find(|(_, line)| clear(line)) else {
            continue;
        };
        canvas.stroke(&line, AXIS, 1.0, &[])?;
        dots.extend(&line);
        lines.push(line);
        canvas.fill(label, PAPER, 0.8)?;
        let start = [label.left + 2.0, label.bottom - 4.5];
        canvas.text(text, start, Lettering::new(SIZE, INK, Align::Left))?;
        taken.push(label);
    }
    Ok(())
}

fn dots(marks: &Marks) -> &[Position] {
    if let Marks::Dots(points) | Marks::MarkedLine(points) | Marks::Rings(points) = marks {
        points
    } else {
        &[]
    }
}

/// Points on the line from a mark to its label; empty if they are close to each other.
fn line_to([x, y]: Position, label: &Area) -> Vec<Position> {
    let (to_x, to_y) = (
        x.clamp(label.left, label.right),
        y.clamp(label.top, label.bottom),
    );
    if (to_x - x).hypot(to_y - y) < DISTANCES[1] / 2.0 {
        return Vec::new();
    }
    (0..=8)
        .map(|part| f64::from(part) / 8.0)
        .map(|part| [x + part * (to_x - x), y + part * (to_y - y)])
        .collect()
}

/// Whether two line segments cross: the ends of each lie on both sides of the other.
fn cross(one: &[Position], other: &[Position]) -> bool {
    let parts = |line: &[Position], ends: &[Position]| -> bool {
        let ([a, .., b], [from, .., to]) = (line, ends) else {
            return false;
        };
        let side = |point: &Position| {
            (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])
        };
        side(from) * side(to) < 0.0
    };
    parts(one, other) && parts(other, one)
}

/// The candidate positions for a label around a mark, near ones first.
fn around([x, y]: Position, width: f64) -> impl Iterator<Item = Area> {
    let half = [width / 2.0 + 2.0, LINE / 2.0];
    DISTANCES.into_iter().flat_map(move |distance| {
        DIRECTIONS.into_iter().map(move |[right, down]| {
            let reach = |direction: f64, half: f64| {
                direction * distance + direction.signum() * half * f64::from(direction != 0.0)
            };
            let (x, y) = (x + reach(right, half[0]), y + reach(down, half[1]));
            Area {
                left: x - half[0],
                right: x + half[0],
                top: y - half[1],
                bottom: y + half[1],
            }
        })
    })
}

/// Writes the lines of a corner and returns the area that they take.
fn corner<B: Surface>(
    canvas: &mut Canvas<B>,
    area: Area,
    [right, top]: [bool; 2],
    lines: &[String],
) -> Result<Area, plotters_backend::DrawingErrorKind<B::ErrorType>> {
    let width = lines
        .iter()
        .map(|line| width_of(line, SIZE))
        .fold(0.0, f64::max)
        + 12.0;
    let height = lines.len() as f64 * LINE + 8.0;
    let left = if right {
        area.right - width - 2.0
    } else {
        area.left + 2.0
    };
    let above = if top {
        area.top + 2.0
    } else {
        area.bottom - height - 2.0
    };
    let taken = Area {
        left,
        top: above,
        right: left + width,
        bottom: above + height,
    };
    canvas.fill(taken, PAPER, 0.8)?;
    let (x, align) = if right {
        (taken.right - 6.0, Align::Right)
    } else {
        (taken.left + 6.0, Align::Left)
    };
    for (row, line) in lines.iter().enumerate() {
        let colour = if row == 0 { INK } else { MUTED };
        let baseline = above + 16.0 + row as f64 * LINE;
        canvas.text(line, [x, baseline], Lettering::new(SIZE, colour, align))?;
    }
    Ok(taken)
}
