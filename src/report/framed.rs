//! Cuts lines and bands at the frame of a panel, so that what lies beyond an axis is not drawn as
//! if it lay on its end.

use super::axis::Axis;
use super::figure::{LegendEntry, LegendMark, Marks, Panel, Position, Series};
use super::palette::Role;
use super::thinned::thinned;

/// What a ring at the frame means.
const BEYOND: &str = "goes on beyond the frame";

/// The parts of a line within the frame, thinned, each as a series; and grey rings where the line
/// crosses the frame.
pub(super) fn line(
    name: &str,
    role: Role,
    points: &[Position],
    (x, y): (&Axis, &Axis),
) -> Vec<Series> {
    let pieces = pieces(points, x, y);
    let ends = [points.first(), points.last()];
    let crossings: Vec<Position> = pieces
        .iter()
        .flat_map(|piece| [piece[0], piece[piece.len() - 1]])
        .filter(|end| !ends.contains(&Some(end)))
        .collect();
    let mut series = drawn(name, role, &pieces, (x, y));
    if !crossings.is_empty() {
        series.push(Series::new(
            BEYOND,
            Role::Reference,
            Marks::Rings(crossings),
        ));
    }
    series
}

/// The same without rings, for a panel that is plainly a part of another one.
pub(super) fn part(
    name: &str,
    role: Role,
    points: &[Position],
    axes: (&Axis, &Axis),
) -> Vec<Series> {
    drawn(name, role, &pieces(points, axes.0, axes.1), axes)
}

fn drawn(name: &str, role: Role, pieces: &[Vec<Position>], (x, y): (&Axis, &Axis)) -> Vec<Series> {
    let line = |piece: &Vec<Position>| Marks::Line(thinned(piece, x, y));
    let lines = pieces.iter().map(line);
    lines.map(|marks| Series::new(name, role, marks)).collect()
}

/// The part of a band within the frame, each unbroken run of places as a series.
pub(super) fn band(name: &str, role: Role, triples: &[[f64; 3]], y: &Axis) -> Vec<Series> {
    let [low, high] = y.range;
    let is_within = |&[_, from, to]: &[f64; 3]| to >= low && from <= high;
    triples
        .chunk_by(|a, b| is_within(a) == is_within(b))
        .filter(|run| is_within(&run[0]) && run.len() > 1)
        .map(|run| {
            let inside = run.iter().map(|&[x, a, b]| [x, y.clip(a), y.clip(b)]);
            Series::new(name, role, Marks::Band(inside.collect()))
        })
        .collect()
}

/// Whether some line crosses the frame.
pub(super) fn has_rings(panels: &[Panel]) -> bool {
    let mut series = panels.iter().flat_map(|panel| &panel.series);
    series.any(|one| matches!(one.marks, Marks::Rings(_)))
}

/// The entry of the legend for the rings where lines cross the frame.
pub(super) fn beyond() -> LegendEntry {
    LegendEntry::new(BEYOND, Role::Reference, LegendMark::Ring)
}

/// The parts of a line within the frame.
fn pieces(points: &[Position], x: &Axis, y: &Axis) -> Vec<Vec<Position>> {
    let mut pieces: Vec<Vec<Position>> = Vec::new();
    let mut open = false;
    for pair in points.windows(2) {
        let places = [pair[0], pair[1]].map(|[across, up]| [x.place(across), y.place(up)]);
        let Some([from, to]) = inside(places) else {
            open = false;
            continue;
        };
        let [a, b] = places;
        let at = |share: f64, end: Position| match share {
            0.0 | 1.0 => end,
            _ => {
                let mixed = |axis: usize| on_frame(a[axis] + share * (b[axis] - a[axis]));
                [x.value(mixed(0)), y.value(mixed(1))]
            }
        };
        let (first, last) = (at(from, pair[0]), at(to, pair[1]));
        match pieces.last_mut() {
            Some(piece) if open && from == 0.0 => piece.push(last),
            _ => pieces.push(vec![first, last]),
        }
        open = to == 1.0;
    }
    pieces
}

/// A place within the frame, exactly on it if it is so but for rounding.
fn on_frame(place: f64) -> f64 {
    match place {
        near if near < 1e-9 => 0.0,
        near if near > 1.0 - 1e-9 => 1.0,
        place => place,
    }
}

/// The shares of the way from one place to another between which it is in the unit square (Liang
/// and Barsky 1984).
fn inside([from, to]: [Position; 2]) -> Option<[f64; 2]> {
    let mut reach = [0.0_f64, 1.0_f64];
    for axis in 0..2 {
        let way = to[axis] - from[axis];
        if way == 0.0 {
            if !(0.0..=1.0).contains(&from[axis]) {
                return None;
            }
            continue;
        }
        let ends = [-from[axis] / way, (1.0 - from[axis]) / way];
        reach[0] = reach[0].max(ends[0].min(ends[1]));
        reach[1] = reach[1].min(ends[0].max(ends[1]));
    }
    (reach[0] < reach[1]).then_some(reach)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, on axes from 0 to 10.
    #[test]
    fn a_line_ends_where_it_crosses_the_frame() {
        let axis = Axis::linear("", [0.0, 10.0]);
        let cut = |points: &[Position]| pieces(points, &axis, &axis);
        let within = [[1.0, 1.0], [5.0, 2.0], [10.0, 10.0]];
        assert_eq!(cut(&within), [within.to_vec()]);
        // From below the frame up into it, along, and out at the right.
        assert_eq!(
            cut(&[[2.0, -4.0], [2.0, 6.0], [14.0, 6.0], [14.0, 20.0]]),
            [[[2.0, 0.0], [2.0, 6.0], [10.0, 6.0]]]
        );
        // Out at the top and back again, in two pieces.
        assert_eq!(
            cut(&[[0.0, 5.0], [5.0, 15.0], [10.0, 5.0]]),
            [[[0.0, 5.0], [2.5, 10.0]], [[7.5, 10.0], [10.0, 5.0]]]
        );
        assert!(cut(&[[-1.0, 5.0], [-1.0, 6.0]]).is_empty());
        assert!(cut(&[[1.0, 1.0]]).is_empty());

        let drawn = line(
            "a",
            Role::Reference,
            &[[2.0, -4.0], [2.0, 6.0]],
            (&axis, &axis),
        );
        let marks: Vec<Marks> = drawn.into_iter().map(|series| series.marks).collect();
        assert_eq!(
            marks,
            [
                Marks::Line(vec![[2.0, 0.0], [2.0, 6.0]]),
                Marks::Rings(vec![[2.0, 0.0]])
            ]
        );
    }

    #[test]
    fn a_band_is_drawn_where_it_is_within_the_frame() {
        let axis = Axis::linear("", [0.0, 10.0]);
        let triples = [
            [0.0, -9.0, -8.0],
            [1.0, -2.0, 3.0],
            [2.0, 1.0, 12.0],
            [3.0, 11.0, 12.0],
        ];
        let drawn = band("a", Role::Reference, &triples, &axis);
        let inside = Marks::Band(vec![[1.0, 0.0, 3.0], [2.0, 1.0, 10.0]]);
        assert_eq!(drawn, [Series::new("a", Role::Reference, inside)]);
    }
}
