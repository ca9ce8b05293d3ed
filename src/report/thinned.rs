//! Thins out lines by removing points that make no visible difference.

use crate::report::axis::Axis;
use crate::report::figure::Position;

/// The line without the points that make no visible difference: every removed point is within about
/// a pixel of the line that is drawn (Douglas and Peucker 1973).
pub(super) fn thinned(points: &[Position], x: &Axis, y: &Axis) -> Vec<Position> {
    /// The size of a pixel as a share of the panel.
    const PIXEL: f64 = 0.003;
    let places: Vec<Position> = points
        .iter()
        .map(|&[across, up]| [x.place(across), y.place(up)])
        .collect();
    let mut kept = vec![false; points.len()];
    let mut open = vec![(0, points.len().saturating_sub(1))];
    while let Some((first, last)) = open.pop() {
        for end in [first, last] {
            if let Some(kept) = kept.get_mut(end) {
                *kept = true;
            }
        }
        let away = |at: &usize| distance(places[*at], places[first], places[last]);
        let furthest = (first + 1..last).max_by(|a, b| away(a).total_cmp(&away(b)));
        if let Some(furthest) = furthest.filter(|at| away(at) > PIXEL) {
            open.extend([(first, furthest), (furthest, last)]);
        }
    }
    points
        .iter()
        .zip(kept)
        .filter(|(_, kept)| *kept)
        .map(|(point, _)| *point)
        .collect()
}

/// The distance of `point` from the line segment between two others.
fn distance(point: Position, from: Position, to: Position) -> f64 {
    let [along, side] = [to[0] - from[0], to[1] - from[1]];
    let length = along * along + side * side;
    let share = ((point[0] - from[0]) * along + (point[1] - from[1]) * side)
        / length.max(f64::MIN_POSITIVE);
    let share = share.clamp(0.0, 1.0);
    (point[0] - from[0] - share * along).hypot(point[1] - from[1] - share * side)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_points_that_would_be_missed_are_kept() {
        let axis = Axis::linear("", [0.0, 1.0]);
        let line = [
            [0.0, 0.0],
            [0.1, 0.1005],
            [0.2, 0.2],
            [0.5, 0.5],
            [0.5, 0.9],
            [1.0, 1.0],
        ];
        assert_eq!(
            thinned(&line, &axis, &axis),
            [[0.0, 0.0], [0.5, 0.5], [0.5, 0.9], [1.0, 1.0]]
        );
        assert_eq!(thinned(&[], &axis, &axis), [[0.0; 2]; 0]);
        assert_eq!(thinned(&[[0.3, 0.3]], &axis, &axis), [[0.3, 0.3]]);
        // Half a third of the way along a stroke of length 3, and two above it.
        assert!((distance([0.5, 2.0], [0.0, 0.0], [3.0, 0.0]) - 2.0).abs() < 1e-12);
    }
}
