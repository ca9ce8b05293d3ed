//! Draws strokes, shapes and text in layout units on any backend of plotters.
//!
//! The backends of plotters differ in the baseline and the size of text, and none has dashes. This
//! file hides these differences.

use super::font;
use crate::report::palette::{Marker, Rgb};
use plotters::backend::SVGBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, FontTransform, RGBAColor, ShapeStyle};
use plotters_backend::{BackendCoord, DrawingBackend, DrawingErrorKind};

/// Device units per layout unit.
pub(super) const DENSITY: f64 = 2.0;

/// A backend and its metrics of text.
pub(super) trait Surface: DrawingBackend {
    /// The font size for letters with an em of one unit.
    const EM: f64;
    /// Distance in em from the point at which the backend anchors the top of a text down to the
    /// baseline.
    const ASCENT: f64;
}

impl Surface for SVGBackend<'_> {
    const EM: f64 = 1.24;
    const ASCENT: f64 = 0.76;
}

/// The result of a drawing operation.
pub(super) type Drawn<B> = Result<(), DrawingErrorKind<<B as DrawingBackend>::ErrorType>>;

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
    pub colour: Rgb,
    pub align: Align,
    /// Whether the text runs upwards.
    pub upwards: bool,
}

impl Lettering {
    pub(super) fn new(size: f64, colour: Rgb, align: Align) -> Lettering {
        Lettering {
            size,
            colour,
            align,
            upwards: false,
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
    pub(super) fn overlaps(&self, other: &Area) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    pub(super) fn covers(&self, [x, y]: [f64; 2]) -> bool {
        self.left - 1.0 < x && x < self.right + 1.0 && self.top < y && y < self.bottom
    }

    pub(super) fn holds(&self, other: &Area) -> bool {
        self.left <= other.left
            && other.right <= self.right
            && self.top <= other.top
            && other.bottom <= self.bottom
    }
}

pub(super) struct Canvas<B: Surface> {
    backend: B,
}

impl<B: Surface> Canvas<B> {
    pub(super) fn new(backend: B) -> Canvas<B> {
        Canvas { backend }
    }

    pub(super) fn finish(&mut self) -> Drawn<B> {
        self.backend.present()
    }

    pub(super) fn fill(&mut self, area: Area, colour: Rgb, opacity: f64) -> Drawn<B> {
        let (from, to) = (
            device([area.left, area.top]),
            device([area.right, area.bottom]),
        );
        self.backend
            .draw_rect(from, to, &solid(colour, opacity), true)
    }

    pub(super) fn polygon(&mut self, points: &[[f64; 2]], colour: Rgb, opacity: f64) -> Drawn<B> {
        self.backend
            .fill_polygon(points.iter().copied().map(device), &solid(colour, opacity))
    }

    pub(super) fn dot(&mut self, at: [f64; 2], radius: f64, colour: Rgb, opacity: f64) -> Drawn<B> {
        self.backend.draw_circle(
            device(at),
            (radius * DENSITY).round() as u32,
            &solid(colour, opacity),
            true,
        )
    }

    pub(super) fn ring(&mut self, at: [f64; 2], radius: f64, colour: Rgb) -> Drawn<B> {
        let style = ShapeStyle {
            filled: false,
            stroke_width: (1.5 * DENSITY).round() as u32,
            ..solid(colour, 1.0)
        };
        self.backend
            .draw_circle(device(at), (radius * DENSITY).round() as u32, &style, false)
    }

    /// Draws a stroke through points. A point in the same device unit as the point before it is
    /// left out.
    pub(super) fn stroke(
        &mut self,
        points: &[[f64; 2]],
        colour: Rgb,
        width: f64,
        dash: &[f64],
    ) -> Drawn<B> {
        let style = ShapeStyle {
            stroke_width: (width * DENSITY).round() as u32,
            ..solid(colour, 1.0)
        };
        for piece in if dash.is_empty() {
            vec![points.to_vec()]
        } else {
            dashes(points, dash)
        } {
            let mut path: Vec<BackendCoord> = piece.into_iter().map(device).collect();
            path.dedup();
            if path.len() > 1 {
                self.backend.draw_path(path, &style)?;
            }
        }
        Ok(())
    }

    /// Draws a marker with a paper-coloured rim that separates it from what is below.
    pub(super) fn marker(
        &mut self,
        at: [f64; 2],
        marker: Marker,
        colour: Rgb,
        rim: Rgb,
    ) -> Drawn<B> {
        for (radius, colour) in [(6.0, rim), (4.5, colour)] {
            let corners = |corners: &[[f64; 2]]| -> Vec<[f64; 2]> {
                corners
                    .iter()
                    .map(|[x, y]| [at[0] + radius * x, at[1] + radius * y])
                    .collect()
            };
            match marker {
                Marker::Circle => self.dot(at, radius, colour, 1.0)?,
                Marker::Square => {
                    let half = 0.88 * radius;
                    let [x, y] = at;
                    self.fill(
                        Area {
                            left: x - half,
                            top: y - half,
                            right: x + half,
                            bottom: y + half,
                        },
                        colour,
                        1.0,
                    )?;
                }
                Marker::Triangle => {
                    self.polygon(
                        &corners(&[[0.0, -1.2], [1.1, 0.8], [-1.1, 0.8]]),
                        colour,
                        1.0,
                    )?;
                }
                Marker::Diamond => {
                    self.polygon(
                        &corners(&[[0.0, -1.25], [1.25, 0.0], [0.0, 1.25], [-1.25, 0.0]]),
                        colour,
                        1.0,
                    )?;
                }
            }
        }
        Ok(())
    }

    /// Draws a text whose baseline is at `at`.
    pub(super) fn text(&mut self, text: &str, at: [f64; 2], lettering: Lettering) -> Drawn<B> {
        let Lettering {
            size,
            colour,
            align,
            upwards,
        } = lettering;
        let ascent = B::ASCENT * size;
        let (at, turned) = if upwards {
            ([at[0] - ascent, at[1]], FontTransform::Rotate270)
        } else {
            ([at[0], at[1] - ascent], FontTransform::None)
        };
        let across = match align {
            Align::Left => HPos::Left,
            Align::Middle => HPos::Center,
            Align::Right => HPos::Right,
        };
        let font = FontDesc::new(
            FontFamily::SansSerif,
            B::EM * size * DENSITY,
            FontStyle::Normal,
        )
        .transform(turned);
        let style = font
            .color(&rgba(colour, 1.0))
            .pos(Pos::new(across, VPos::Top));
        self.backend.draw_text(&printable(text), &style, device(at))
    }
}

/// Width of a text in layout units, with a margin for the wider letters of other sans-serif fonts.
pub(super) fn width_of(text: &str, size: f64) -> f64 {
    1.06 * font::width(&printable(text), size)
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

/// Splits a path into the strokes of a dash pattern, which continues around corners.
fn dashes(points: &[[f64; 2]], pattern: &[f64]) -> Vec<Vec<[f64; 2]>> {
    let mut strokes = Vec::new();
    let mut stroke: Vec<[f64; 2]> = points.first().copied().into_iter().collect();
    let (mut at, mut left) = (0, pattern[0]);
    for pair in points.windows(2) {
        let ([x, y], [to_x, to_y]) = (pair[0], pair[1]);
        let length = (to_x - x).hypot(to_y - y);
        let mut gone = 0.0;
        while length - gone > left {
            gone += left;
            let turn = [
                x + (to_x - x) * gone / length,
                y + (to_y - y) * gone / length,
            ];
            if at % 2 == 0 {
                stroke.push(turn);
                strokes.push(std::mem::take(&mut stroke));
            } else {
                stroke = vec![turn];
            }
            at = (at + 1) % pattern.len();
            left = pattern[at];
        }
        left -= length - gone;
        if at % 2 == 0 {
            stroke.push([to_x, to_y]);
        }
    }
    strokes.push(stroke);
    strokes
}

fn device([x, y]: [f64; 2]) -> BackendCoord {
    ((x * DENSITY).round() as i32, (y * DENSITY).round() as i32)
}

fn rgba((red, green, blue): Rgb, opacity: f64) -> RGBAColor {
    RGBAColor(red, green, blue, opacity)
}

fn solid(colour: Rgb, opacity: f64) -> ShapeStyle {
    ShapeStyle {
        color: rgba(colour, opacity),
        filled: true,
        stroke_width: 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_run_on_around_a_corner() {
        let path = [[0.0, 0.0], [5.0, 0.0], [5.0, 5.0]];
        let expected = [
            vec![[0.0, 0.0], [3.0, 0.0]],
            vec![[4.0, 0.0], [5.0, 0.0], [5.0, 2.0]],
            vec![[5.0, 3.0], [5.0, 5.0]],
        ];
        assert_eq!(dashes(&path, &[3.0, 1.0]), expected);
    }

    #[test]
    fn nothing_unprintable_reaches_a_picture() {
        assert_eq!(printable("a\u{0}b\nc\u{ffff}"), "a·b·c·");
    }
}
