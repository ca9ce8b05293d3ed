//! Places texts in a panel: explanations of its corners, names of marks, and the names of the best
//! models at their lines. A text of a corner that would cover a mark gets room of its own above or
//! below all values. A name takes the first position around its mark that is inside the panel and
//! covers nothing. If there is none, it is left out.

use super::obstacles::Obstacles;
use super::plot::Plot;
use super::surface::{Align, Area, Lettering, Surface, width_of};
use super::words::{LINE, SMALL, fitting, widest};
use crate::report::figure::{Marks, Note, Position, Series};
use crate::report::palette::{Colour, Role, style};

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
const DISTANCES: [f64; 3] = [8.0, 20.0, 34.0];
/// Number of places along a line at which its name is tried.
const ALONG: usize = 24;

/// Space above and below the values that the texts of the corners need so that they cover no mark.
pub(super) fn pads(plot: &Plot<'_>) -> [f64; 2] {
    let marks = Obstacles::of(plot);
    let needed = |is_top: bool| {
        let blocks: Vec<Block<'_>> = blocks(plot)
            .into_iter()
            .filter(|one| one.top == is_top)
            .collect();
        let covers = |block: &Block<'_>| !marks.leave_free(&block.area);
        let reach = blocks.iter().map(|block| {
            if is_top {
                block.area.bottom - plot.area.top
            } else {
                plot.area.bottom - block.area.top
            }
        });
        if blocks.iter().any(covers) {
            reach.fold(0.0, f64::max) + 4.0
        } else {
            0.0
        }
    };
    [needed(true), needed(false)]
}

pub(super) fn draw(surface: &mut impl Surface, plot: &Plot<'_>) {
    let mut taken = Obstacles::of(plot);
    for block in blocks(plot) {
        block.draw(surface);
        taken.area(block.area);
    }
    for note in &plot.panel.notes {
        if let Note::Name { at, text } = note {
            let (at, half) = (plot.place(*at), half_of(text));
            let mut positions = DISTANCES
                .into_iter()
                .flat_map(|distance| around(at, distance, half));
            if let Some(tried) = positions.find(|tried| is_free(plot, &taken, tried)) {
                write(surface, &mut taken, text, Colour::Ink, tried);
            }
        }
    }
    for series in &plot.panel.series {
        let is_named = match series.role {
            role if role.is_highlighted() => plot.panel.subject.is_none(),
            Role::Measure(_) => true,
            _ => false,
        };
        if is_named {
            name_of_line(surface, plot, &mut taken, series);
        }
    }
}

/// A position for a label, and the place that it names.
type Tried = (Position, Area);

/// Writes the name of a line, the best model of a family or a measure, at it: as near as it can be,
/// and of places equally near where the other lines are farthest.
fn name_of_line(
    surface: &mut impl Surface,
    plot: &Plot<'_>,
    taken: &mut Obstacles,
    series: &Series,
) {
    let (Marks::Line(points) | Marks::MarkedLine(points)) = &series.marks else {
        return;
    };
    if points.len() < 2 {
        return;
    }
    let path: Vec<Position> = points.iter().map(|&at| plot.place(at)).collect();
    let others = plot
        .panel
        .series
        .iter()
        .filter(|other| other.role != series.role);
    let others = Obstacles::of_series(plot, others);
    let half = half_of(&series.name);
    let nearest = DISTANCES.into_iter().find_map(|distance| {
        let positions = along(&path)
            .into_iter()
            .flat_map(|at| around(at, distance, half));
        positions
            .filter(|tried| is_free(plot, taken, tried))
            .map(|tried| (others.distance(tried.1.middle()), tried))
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
    });
    if let Some((_, tried)) = nearest {
        write(
            surface,
            taken,
            &series.name,
            style(series.role, None).colour,
            tried,
        );
    }
}

/// Whether a label and its line cover nothing.
fn is_free(plot: &Plot<'_>, taken: &Obstacles, (at, label): &Tried) -> bool {
    let is_clear = |[from, to]: [Position; 2]| taken.leave_clear(from, to);
    plot.area.holds(label) && taken.leave_free(label) && line_to(*at, label).is_none_or(is_clear)
}

/// Writes a label at its position.
fn write(
    surface: &mut impl Surface,
    taken: &mut Obstacles,
    text: &str,
    colour: Colour,
    (at, label): Tried,
) {
    if let Some(line) = line_to(at, &label) {
        surface.stroke(&line, Colour::Axis, 1.0, &[]);
        taken.stroke(&line);
    }
    let start = [label.left + 2.0, label.bottom - 4.5];
    surface.text(text, start, Lettering::new(SMALL, colour, Align::Left));
    taken.area(label);
}

/// Half the width and height of a label.
fn half_of(text: &str) -> [f64; 2] {
    [width_of(text, SMALL) / 2.0 + 2.0, LINE / 2.0]
}

/// The positions for a label of half the size `half` at one distance from a place.
fn around(at: Position, distance: f64, half: [f64; 2]) -> impl Iterator<Item = Tried> {
    DIRECTIONS
        .into_iter()
        .map(move |direction| (at, beside(at, direction, distance, half)))
}

/// Places along a path at which its name is tried, from its end on.
fn along(path: &[Position]) -> Vec<Position> {
    let lengths: Vec<f64> = path
        .windows(2)
        .map(|ends| (ends[1][0] - ends[0][0]).hypot(ends[1][1] - ends[0][1]))
        .collect();
    let whole: f64 = lengths.iter().sum();
    let at = |mut gone: f64| {
        for (ends, &length) in path.windows(2).zip(&lengths) {
            if gone <= length && length > 0.0 {
                let part = gone / length;
                return [0, 1].map(|axis| ends[0][axis] + part * (ends[1][axis] - ends[0][axis]));
            }
            gone -= length;
        }
        path[path.len() - 1]
    };
    (0..=ALONG)
        .rev()
        .map(|part| at(whole * part as f64 / ALONG as f64))
        .collect()
}

/// The line from a mark to its label; None if they are close to each other.
fn line_to([x, y]: Position, label: &Area) -> Option<[Position; 2]> {
    let end = [
        x.clamp(label.left, label.right),
        y.clamp(label.top, label.bottom),
    ];
    let is_near = (end[0] - x).hypot(end[1] - y) < DISTANCES[1] / 2.0;
    (!is_near).then_some([[x, y], end])
}

/// The place of a label of half the size `half` beside a mark.
fn beside([x, y]: Position, [right, down]: Position, distance: f64, half: [f64; 2]) -> Area {
    let reach = |direction: f64, half: f64| {
        direction * distance + direction.signum() * half * f64::from(direction != 0.0)
    };
    Area::around([x + reach(right, half[0]), y + reach(down, half[1])], half)
}

/// The lines of a corner and the area that they take.
struct Block<'a> {
    lines: &'a [String],
    size: f64,
    right: bool,
    top: bool,
    area: Area,
}

/// The texts of the corners at their places. The second of two that are too wide to be side by side
/// is nearer to the middle.
fn blocks<'a>(plot: &Plot<'a>) -> Vec<Block<'a>> {
    let mut placed: Vec<Block<'a>> = Vec::new();
    for note in &plot.panel.notes {
        let Note::Corner { right, top, lines } = note else {
            continue;
        };
        let room = plot.area.width() - 14.0;
        let sizes = lines.iter().map(|line| fitting(line, SMALL, room));
        let size = sizes.fold(SMALL, f64::min);
        let width = widest(lines.iter().map(String::as_str), size) + 12.0;
        let height = lines.len() as f64 * LINE + 6.0;
        let left = if *right {
            plot.area.right - width - 1.0
        } else {
            plot.area.left + 1.0
        };
        let at = |depth: f64| {
            let above = if *top {
                plot.area.top + depth
            } else {
                plot.area.bottom - depth - height
            };
            Area::between([left, above], [left + width, above + height])
        };
        let mut area = at(1.0);
        if let Some(other) = placed.iter().find(|other| other.area.overlaps(&area)) {
            area = at(2.0 + other.area.height());
        }
        placed.push(Block {
            lines,
            size,
            right: *right,
            top: *top,
            area,
        });
    }
    placed
}

impl Block<'_> {
    fn draw(&self, surface: &mut impl Surface) {
        let (x, align) = if self.right {
            (self.area.right - 6.0, Align::Right)
        } else {
            (self.area.left + 6.0, Align::Left)
        };
        for (row, line) in self.lines.iter().enumerate() {
            let colour = if row == 0 { Colour::Ink } else { Colour::Muted };
            let baseline = self.area.top + 15.0 + row as f64 * LINE;
            surface.text(
                line,
                [x, baseline],
                Lettering::new(self.size, colour, align),
            );
        }
    }
}
