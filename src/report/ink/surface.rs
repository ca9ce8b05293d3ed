//! What a picture is drawn on: strokes, shapes and texts in layout units and in colours by name.
//! There are two surfaces, [`super::svg`] and [`super::pixels`].

use super::font;
use crate::report::figure::Position;
use crate::report::palette::{Colour, Marker};

/// Something to draw on.
pub(super) trait Surface {
    /// Fills a rectangle.
    fn fill(&mut self, area: Area, paint: Paint);
    /// Fills a polygon.
    fn polygon(&mut self, points: &[Position], paint: Paint);
    /// Fills circles of one radius. Where translucent ones overlap, the colour is deeper.
    fn dots(&mut self, at: &[Position], radius: f64, paint: Paint);
    /// Draws the outline of a circle.
    fn ring(&mut self, at: Position, radius: f64, colour: Colour);
    /// Draws a stroke through points.
    fn stroke(&mut self, points: &[Position], colour: Colour, width: f64, dash: &[f64]);
    /// Draws a text whose baseline is at `at`.
    fn text(&mut self, text: &str, at: Position, lettering: Lettering);

    /// Draws a marker with a paper-coloured rim that separates it from what is below.
    fn marker(&mut self, at: Position, marker: Marker, colour: Colour) {
        for (radius, colour) in [(6.0, Colour::Paper), (4.5, colour)] {
            let corners = |corners: &[Position]| -> Vec<Position> {
                let corner = |[x, y]: &Position| [at[0] + radius * x, at[1] + radius * y];
                corners.iter().map(corner).collect()
            };
            let paint = Paint::solid(colour);
            match marker {
                Marker::Circle => self.dots(&[at], radius, paint),
                Marker::Square => self.fill(Area::around(at, [0.88 * radius; 2]), paint),
                Marker::Triangle => {
                    self.polygon(&corners(&[[0.0, -1.2], [1.1, 0.8], [-1.1, 0.8]]), paint);
                }
                Marker::Diamond => {
                    let diamond = [[0.0, -1.25], [1.25, 0.0], [0.0, 1.25], [-1.25, 0.0]];
                    self.polygon(&corners(&diamond), paint);
                }
            }
        }
    }
}

/// A colour and how much of it covers what is below.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Paint {
    pub colour: Colour,
    pub opacity: f64,
}

impl Paint {
    pub(super) fn solid(colour: Colour) -> Paint {
        Paint::thin(colour, 1.0)
    }

    pub(super) fn thin(colour: Colour, opacity: f64) -> Paint {
        Paint { colour, opacity }
    }
}

/// Which end of a text is at the given point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Middle,
    Right,
}

/// The style of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lettering {
    /// Size of an em in layout units.
    pub size: f64,
    pub colour: Colour,
    pub align: Align,
    /// Whether the text runs upwards.
    pub upwards: bool,
}

impl Lettering {
    pub(super) fn new(size: f64, colour: Colour, align: Align) -> Lettering {
        Lettering {
            size,
            colour,
            align,
            upwards: false,
        }
    }

    pub(super) fn upwards(self) -> Lettering {
        Lettering {
            upwards: true,
            ..self
        }
    }
}

/// A rectangle in layout units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Area {
    /// The area that reaches so far to both sides of a point.
    pub(super) fn around([x, y]: Position, [across, along]: [f64; 2]) -> Area {
        Area {
            left: x - across,
            top: y - along,
            right: x + across,
            bottom: y + along,
        }
    }

    /// The area between two opposite corners.
    pub(super) fn between(one: Position, other: Position) -> Area {
        Area {
            left: one[0].min(other[0]),
            top: one[1].min(other[1]),
            right: one[0].max(other[0]),
            bottom: one[1].max(other[1]),
        }
    }

    /// This area, larger by `margin` on each side.
    pub(super) fn grown(self, margin: f64) -> Area {
        Area {
            left: self.left - margin,
            top: self.top - margin,
            right: self.right + margin,
            bottom: self.bottom + margin,
        }
    }

    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub(super) fn middle(&self) -> Position {
        [
            f64::midpoint(self.left, self.right),
            f64::midpoint(self.top, self.bottom),
        ]
    }

    pub(super) fn overlaps(&self, other: &Area) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    pub(super) fn covers(&self, [x, y]: Position) -> bool {
        self.left < x && x < self.right && self.top < y && y < self.bottom
    }

    pub(super) fn holds(&self, other: &Area) -> bool {
        self.left <= other.left
            && other.right <= self.right
            && self.top <= other.top
            && other.bottom <= self.bottom
    }

    /// Whether a straight stroke passes through (Liang and Barsky 1984).
    pub(super) fn is_crossed_by(&self, from: Position, to: Position) -> bool {
        let (mut enters, mut leaves) = (0.0f64, 1.0f64);
        let sides = [(self.left, self.right), (self.top, self.bottom)];
        for (axis, (low, high)) in sides.into_iter().enumerate() {
            let along = to[axis] - from[axis];
            if along == 0.0 {
                if from[axis] <= low || from[axis] >= high {
                    return false;
                }
                continue;
            }
            let (one, other) = ((low - from[axis]) / along, (high - from[axis]) / along);
            enters = enters.max(one.min(other));
            leaves = leaves.min(one.max(other));
        }
        enters < leaves
    }
}

/// Width of a text in layout units, with a margin for the wider letters of other sans-serif fonts.
pub(super) fn width_of(text: &str, size: f64) -> f64 {
    1.16 * font::width(&printable(text), size)
}

/// The text without characters that XML forbids and no font can show.
pub(super) fn printable(text: &str) -> String {
    let shown = |letter: char| {
        if letter.is_control() || ('\u{fffe}'..='\u{ffff}').contains(&letter) {
            '·'
        } else {
            letter
        }
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_unprintable_reaches_a_picture() {
        assert_eq!(printable("a\u{0}b\nc\u{ffff}"), "a·b·c·");
    }

    #[test]
    fn a_stroke_crosses_an_area_that_it_passes_through() {
        let area = Area::between([0.0, 0.0], [2.0, 1.0]);
        assert!(area.is_crossed_by([-1.0, 0.5], [3.0, 0.5]));
        assert!(area.is_crossed_by([0.5, 0.5], [0.6, 0.6]));
        assert!(area.is_crossed_by([-1.0, -0.5], [3.0, 1.5]));
        assert!(!area.is_crossed_by([-1.0, 0.5], [-0.5, 0.5]));
        assert!(!area.is_crossed_by([-1.0, 0.0], [1.0, 3.0]));
        assert!(!area.is_crossed_by([0.0, 2.0], [2.0, 2.0]));
    }
}
