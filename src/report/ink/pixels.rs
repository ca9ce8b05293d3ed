//! The bitmap backend of plotters with smooth strokes, circles and letters. The original draws
//! edges at whole pixels, and a thick path as one polygon that crosses itself in sharp turns. Here
//! every pixel is painted in proportion to the area that the shape covers.

use super::canvas::Surface;
use super::font;
use plotters::prelude::BitMapBackend;
use plotters_backend::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

pub(super) struct SmoothBitmap<'a>(BitMapBackend<'a>);

impl Surface for SmoothBitmap<'_> {
    const EM: f64 = 1.0;
    const ASCENT: f64 = 0.0;
}

type Painted<'a> = Result<(), DrawingErrorKind<<BitMapBackend<'a> as DrawingBackend>::ErrorType>>;

impl<'a> SmoothBitmap<'a> {
    pub(super) fn new(pixels: &'a mut [u8], size: (u32, u32)) -> SmoothBitmap<'a> {
        SmoothBitmap(BitMapBackend::with_buffer(pixels, size))
    }

    /// Paints the pixels within `radius` of a shape, where `away` is the distance from it.
    fn around(
        &mut self,
        [low, high]: [BackendCoord; 2],
        radius: f64,
        colour: BackendColor,
        away: impl Fn(f64, f64) -> f64,
    ) -> Painted<'a> {
        let (width, height) = self.0.get_size();
        let reach = radius.ceil() as i32 + 1;
        for y in (low.1 - reach).max(0)..=(high.1 + reach).min(height as i32 - 1) {
            for x in (low.0 - reach).max(0)..=(high.0 + reach).min(width as i32 - 1) {
                let cover = (radius + 0.5 - away(f64::from(x), f64::from(y))).clamp(0.0, 1.0);
                if cover > 0.0 {
                    self.0.draw_pixel((x, y), colour.mix(cover))?;
                }
            }
        }
        Ok(())
    }
}

impl<'a> DrawingBackend for SmoothBitmap<'a> {
    type ErrorType = <BitMapBackend<'a> as DrawingBackend>::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.0.get_size()
    }

    fn ensure_prepared(&mut self) -> Painted<'a> {
        self.0.ensure_prepared()
    }

    fn present(&mut self) -> Painted<'a> {
        self.0.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, colour: BackendColor) -> Painted<'a> {
        self.0.draw_pixel(point, colour)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Painted<'a> {
        self.0.draw_rect(upper_left, bottom_right, style, fill)
    }

    /// Draws a round-ended stroke from point to point.
    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Painted<'a> {
        let path: Vec<BackendCoord> = path.into_iter().collect();
        let radius = f64::from(style.stroke_width()) / 2.0;
        for ends in path.windows(2) {
            let (from, to) = (ends[0], ends[1]);
            let (x, y) = (f64::from(from.0), f64::from(from.1));
            let (along_x, along_y) = (f64::from(to.0) - x, f64::from(to.1) - y);
            let length = (along_x * along_x + along_y * along_y).max(f64::MIN_POSITIVE);
            let away = |at_x: f64, at_y: f64| {
                let part = (((at_x - x) * along_x + (at_y - y) * along_y) / length).clamp(0.0, 1.0);
                (at_x - x - part * along_x).hypot(at_y - y - part * along_y)
            };
            let low = (from.0.min(to.0), from.1.min(to.1));
            let high = (from.0.max(to.0), from.1.max(to.1));
            self.around([low, high], radius - 0.5, style.color(), away)?;
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Painted<'a> {
        let (x, y, radius) = (f64::from(center.0), f64::from(center.1), f64::from(radius));
        if fill {
            let away = |at_x: f64, at_y: f64| (at_x - x).hypot(at_y - y);
            return self.around([center, center], radius, style.color(), away);
        }
        // An outline consists of the pixels near the circle.
        let away = |at_x: f64, at_y: f64| ((at_x - x).hypot(at_y - y) - radius).abs();
        let reach = radius.ceil() as i32;
        let corners = [
            (center.0 - reach, center.1 - reach),
            (center.0 + reach, center.1 + reach),
        ];
        self.around(
            corners,
            f64::from(style.stroke_width()) / 2.0 - 0.5,
            style.color(),
            away,
        )
    }
    /// Draws a text whose baseline is at the given point.
    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        at: BackendCoord,
    ) -> Painted<'a> {
        let (em, turned, colour) = (style.size(), style.transform(), style.color());
        let before = match style.anchor().h_pos {
            HPos::Left => 0.0,
            HPos::Center => font::width(text, em) / 2.0,
            HPos::Right => font::width(text, em),
        };
        let (width, height) = self.0.get_size();
        font::paint(text, em, |x, y, cover| {
            let (x, y) = turned.transform(x - before.round() as i32, y);
            let (x, y) = (at.0 + x, at.1 + y);
            let inside = (0..width as i32).contains(&x) && (0..height as i32).contains(&y);
            if inside {
                self.0.draw_pixel((x, y), colour.mix(cover))
            } else {
                Ok(())
            }
        })
    }
}
