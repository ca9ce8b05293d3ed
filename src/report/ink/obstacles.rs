//! What is in the way of a text in a panel: the marks of its series, and texts that are there.

use super::marks::{bar_area, dot};
use super::plot::Plot;
use super::surface::Area;
use crate::report::figure::{Marks, Position, Series};

/// Half the size of a marker, with its rim.
const MARKER: f64 = 7.0;

/// Places that a text should not cover.
#[derive(Debug, Default)]
pub(super) struct Obstacles {
    areas: Vec<Area>,
    dots: Vec<(Position, f64)>,
    strokes: Vec<[Position; 2]>,
}

impl Obstacles {
    /// The marks of a panel.
    pub(super) fn of(plot: &Plot<'_>) -> Obstacles {
        Obstacles::of_series(plot, plot.panel.series.iter())
    }

    /// The marks of some series of a panel. Bands are faint, and cells have texts of their own.
    pub(super) fn of_series<'a>(
        plot: &Plot<'_>,
        series: impl Iterator<Item = &'a Series>,
    ) -> Obstacles {
        let mut all = Obstacles::default();
        for series in series {
            let placed = |points: &[Position]| -> Vec<Position> {
                points.iter().map(|&at| plot.place(at)).collect()
            };
            let radius = match &series.marks {
                Marks::Dots(points) => dot(points.len()).0,
                _ => MARKER,
            };
            match &series.marks {
                Marks::Line(points) => all.stroke(&placed(points)),
                Marks::Strokes(strokes) => {
                    for stroke in strokes {
                        all.stroke(&placed(stroke));
                    }
                }
                Marks::MarkedLine(points) => {
                    all.stroke(&placed(points));
                    all.dots
                        .extend(placed(points).into_iter().map(|at| (at, radius)));
                }
                Marks::Dots(points) | Marks::Rings(points) => {
                    all.dots
                        .extend(placed(points).into_iter().map(|at| (at, radius)));
                }
                Marks::Bars(bars) => all.areas.extend(bars.iter().map(|bar| bar_area(plot, bar))),
                Marks::Band(_) | Marks::Cells(_) | Marks::Shades(_) => {}
            }
        }
        all
    }

    /// Adds a stroke.
    pub(super) fn stroke(&mut self, path: &[Position]) {
        self.strokes
            .extend(path.windows(2).map(|ends| [ends[0], ends[1]]));
    }

    /// Adds an area.
    pub(super) fn area(&mut self, area: Area) {
        self.areas.push(area);
    }

    /// Whether nothing is in an area.
    pub(super) fn leave_free(&self, area: &Area) -> bool {
        !self.areas.iter().any(|other| other.overlaps(area))
            && !self
                .dots
                .iter()
                .any(|(at, radius)| area.grown(*radius).covers(*at))
            && !self
                .strokes
                .iter()
                .any(|[from, to]| area.is_crossed_by(*from, *to))
    }

    /// The distance of a point from the nearest stroke.
    pub(super) fn distance(&self, [x, y]: Position) -> f64 {
        let away = |[from, to]: &[Position; 2]| {
            let [along, side] = [to[0] - from[0], to[1] - from[1]];
            let length = (along * along + side * side).max(f64::MIN_POSITIVE);
            let part = (((x - from[0]) * along + (y - from[1]) * side) / length).clamp(0.0, 1.0);
            (x - from[0] - part * along).hypot(y - from[1] - part * side)
        };
        self.strokes.iter().map(away).fold(f64::INFINITY, f64::min)
    }

    /// Whether a straight line passes through no text.
    pub(super) fn leave_clear(&self, from: Position, to: Position) -> bool {
        !self.areas.iter().any(|area| area.is_crossed_by(from, to))
    }
}
