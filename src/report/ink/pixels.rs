//! The surface of pixels, on light paper, with smooth edges: every pixel is painted in proportion
//! to the area that the shape covers. plotters fills rectangles and polygons and mixes colours; it
//! draws other edges at whole pixels, and a thick path as one polygon that crosses itself in sharp
//! turns.

use super::font;
use super::surface::{Align, Area, Lettering, Paint, Surface, printable};
use crate::report::figure::Position;
use crate::report::palette::Colour;
use plotters::prelude::BitMapBackend;
use plotters::style::RGBAColor;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, DrawingBackend};

/// Pixels per layout unit, so that a picture is sharp on every screen.
pub(super) const DENSITY: f64 = 2.0;

/// A picture in memory. What is outside of it is not drawn.
pub(super) struct Pixels<'a> {
    bitmap: BitMapBackend<'a>,
    size: [i32; 2],
}

impl<'a> Pixels<'a> {
    pub(super) fn new(pixels: &'a mut [u8], (width, height): (u32, u32)) -> Pixels<'a> {
        Pixels {
            bitmap: BitMapBackend::with_buffer(pixels, (width, height)),
            size: [width as i32, height as i32],
        }
    }

    fn pixel(&mut self, x: i32, y: i32, colour: BackendColor) {
        if (0..self.size[0]).contains(&x) && (0..self.size[1]).contains(&y) {
            // A pixel inside of a buffer in memory can be painted.
            let _ = self.bitmap.draw_pixel((x, y), colour);
        }
    }

    /// Paints the pixels within `radius` of a shape between two corners, where `away` is the
    /// distance from it.
    fn near(
        &mut self,
        [low, high]: [Position; 2],
        radius: f64,
        colour: BackendColor,
        away: impl Fn(f64, f64) -> f64,
    ) {
        let reach = radius.ceil() + 1.0;
        let first = low.map(|at| ((at - reach).floor() as i32).max(0));
        let last = [0, 1].map(|axis| ((high[axis] + reach).ceil() as i32).min(self.size[axis] - 1));
        for y in first[1]..=last[1] {
            for x in first[0]..=last[0] {
                let cover = (radius + 0.5 - away(f64::from(x), f64::from(y))).clamp(0.0, 1.0);
                if cover > 0.0 {
                    self.pixel(x, y, colour.mix(cover));
                }
            }
        }
    }

    /// Paints a round-ended stroke from point to point.
    fn path(&mut self, path: &[Position], width: f64, colour: BackendColor) {
        for ends in path.windows(2) {
            let ([x, y], [to_x, to_y]) = (ends[0], ends[1]);
            let (along_x, along_y) = (to_x - x, to_y - y);
            let length = (along_x * along_x + along_y * along_y).max(f64::MIN_POSITIVE);
            let away = |at_x: f64, at_y: f64| {
                let part = (((at_x - x) * along_x + (at_y - y) * along_y) / length).clamp(0.0, 1.0);
                (at_x - x - part * along_x).hypot(at_y - y - part * along_y)
            };
            let corners = [[x.min(to_x), y.min(to_y)], [x.max(to_x), y.max(to_y)]];
            self.near(corners, width / 2.0 - 0.5, colour, away);
        }
    }
}

impl Surface for Pixels<'_> {
    fn fill(&mut self, area: Area, paint: Paint) {
        let corners = [[area.left, area.top], [area.right, area.bottom]].map(device);
        let [low, high] = corners.map(|[x, y]| (x as i32, y as i32));
        let _ = self.bitmap.draw_rect(low, high, &rgba(paint), true);
    }

    fn polygon(&mut self, points: &[Position], paint: Paint) {
        let corner = |&point: &Position| -> BackendCoord {
            let [x, y] = device(point);
            (x as i32, y as i32)
        };
        let corners: Vec<BackendCoord> = points.iter().map(corner).collect();
        let _ = self.bitmap.fill_polygon(corners, &rgba(paint));
    }

    fn dots(&mut self, at: &[Position], radius: f64, paint: Paint) {
        let (radius, colour) = ((radius * DENSITY).round(), rgba(paint).color());
        for [x, y] in at.iter().copied().map(device) {
            self.near([[x, y]; 2], radius, colour, |at_x, at_y| {
                (at_x - x).hypot(at_y - y)
            });
        }
    }

    fn ring(&mut self, at: Position, radius: f64, colour: Colour) {
        let ([x, y], radius) = (device(at), (radius * DENSITY).round());
        let colour = rgba(Paint::solid(colour)).color();
        let away = |at_x: f64, at_y: f64| ((at_x - x).hypot(at_y - y) - radius).abs();
        let corners = [[x - radius, y - radius], [x + radius, y + radius]];
        self.near(corners, 0.75 * DENSITY - 0.5, colour, away);
    }

    fn stroke(&mut self, points: &[Position], colour: Colour, width: f64, dash: &[f64]) {
        let colour = rgba(Paint::solid(colour)).color();
        let strokes = if dash.is_empty() {
            vec![points.to_vec()]
        } else {
            dashes(points, dash)
        };
        for stroke in strokes {
            let mut path: Vec<Position> = stroke.into_iter().map(device).collect();
            path.dedup();
            self.path(&path, (width * DENSITY).round(), colour);
        }
    }

    fn text(&mut self, text: &str, at: Position, lettering: Lettering) {
        let (text, em) = (printable(text), lettering.size * DENSITY);
        let before = match lettering.align {
            Align::Left => 0.0,
            Align::Middle => font::width(&text, em) / 2.0,
            Align::Right => font::width(&text, em),
        };
        let before = before.round() as i32;
        let [left, base] = device(at).map(|part| part as i32);
        let colour = rgba(Paint::solid(lettering.colour)).color();
        font::paint(&text, em, |x, y, cover| {
            let (x, y) = (x - before, y);
            let (x, y) = if lettering.upwards { (y, -x) } else { (x, y) };
            self.pixel(left + x, base + y, colour.mix(cover));
        });
    }
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

/// A place in pixels.
fn device(at: Position) -> Position {
    at.map(|part| (part * DENSITY).round())
}

fn rgba(paint: Paint) -> RGBAColor {
    let (red, green, blue) = paint.colour.light();
    RGBAColor(red, green, blue, paint.opacity)
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
}
