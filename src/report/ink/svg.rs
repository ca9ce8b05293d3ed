//! The surface that writes SVG. A shape names its colour by a class, which the style sheet of the
//! page or of the picture gives for light and for dark paper.
//!
//! Dots of one look are a few paths of strokes without length and with round ends, which takes an
//! eighth of the bytes of circles; translucent ones are dealt to several paths, so that the colour
//! is deeper where they overlap.

use super::surface::{Align, Area, Lettering, Paint, Surface, printable};
use crate::report::figure::Position;
use crate::report::palette::Colour;
use std::fmt::Write;

/// Number of paths of translucent dots.
const LAYERS: usize = 6;

/// The shapes of a picture, within an element that says [`FILLED`].
#[derive(Debug, Default)]
pub(super) struct Svg {
    shapes: String,
    /// The look of the last shape, if it is a stroke.
    stroke: Option<String>,
}

/// The end of a path.
const END: &str = "\"/>\n";

/// The attribute of the element around the shapes: what is filled has the colour of its class.
pub(super) const FILLED: &str = "fill=\"currentColor\"";

impl Svg {
    pub(super) fn into_shapes(self) -> String {
        self.shapes
    }

    fn line(&mut self, shape: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.shapes.write_fmt(shape);
        self.shapes.push('\n');
        self.stroke = None;
    }
}

impl Surface for Svg {
    fn fill(&mut self, area: Area, paint: Paint) {
        self.line(format_args!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}/>",
            Short(area.left),
            Short(area.top),
            Short(area.width()),
            Short(area.height()),
            Filled(paint)
        ));
    }

    fn polygon(&mut self, points: &[Position], paint: Paint) {
        self.line(format_args!(
            "<path d=\"{}z\"{}/>",
            path(points),
            Filled(paint)
        ));
    }

    fn dots(&mut self, at: &[Position], radius: f64, paint: Paint) {
        if let [[x, y]] = at {
            let (x, y) = (Short(*x), Short(*y));
            let filled = Filled(paint);
            return self.line(format_args!(
                "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"{filled}/>"
            ));
        }
        let layers = if paint.opacity < 1.0 { LAYERS } else { 1 };
        let name = paint.colour.name();
        for layer in 0..layers.min(at.len()) {
            let mut places = String::new();
            let mut last = None;
            for &point in at.iter().skip(layer).step_by(layers) {
                let _ = write!(places, "{}h0", Step(last, point, 'm'));
                last = Some(point);
            }
            self.line(format_args!(
                "<path class=\"c-{name}\" fill=\"none\" stroke=\"currentColor\" \
                 stroke-width=\"{}\" \
                 stroke-linecap=\"round\" stroke-opacity=\"{}\" d=\"{places}\"/>",
                2.0 * radius,
                paint.opacity
            ));
        }
    }

    fn ring(&mut self, [x, y]: Position, radius: f64, colour: Colour) {
        self.line(format_args!(
            "<circle class=\"c-{}\" cx=\"{}\" cy=\"{}\" r=\"{radius}\" fill=\"none\" \
             stroke=\"currentColor\" stroke-width=\"1.5\"/>",
            colour.name(),
            Short(x),
            Short(y)
        ));
    }

    fn stroke(&mut self, points: &[Position], colour: Colour, width: f64, dash: &[f64]) {
        let mut points = points.to_vec();
        points.dedup();
        if points.len() < 2 {
            return;
        }
        let dashes: Vec<String> = dash.iter().map(f64::to_string).collect();
        let dashes = match dashes.join(" ") {
            none if none.is_empty() => none,
            some => format!(" stroke-dasharray=\"{some}\""),
        };
        let look = format!(
            "<path class=\"c-{}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"{width}\" \
             stroke-linejoin=\"round\"{dashes} d=\"",
            colour.name()
        );
        if self.stroke.as_ref() == Some(&look) {
            // One after another of the same look are one shape.
            self.shapes.truncate(self.shapes.len() - END.len());
        } else {
            self.shapes += &look;
        }
        self.shapes += &path(&points);
        self.shapes += END;
        self.stroke = Some(look);
    }

    fn text(&mut self, text: &str, [x, y]: Position, lettering: Lettering) {
        let anchor = match lettering.align {
            Align::Left => "",
            Align::Middle => " text-anchor=\"middle\"",
            Align::Right => " text-anchor=\"end\"",
        };
        let (x, y) = (Short(x), Short(y));
        let turned = if lettering.upwards {
            format!(" transform=\"rotate(-90 {x} {y})\"")
        } else {
            String::new()
        };
        self.line(format_args!(
            "<text class=\"c-{}\" x=\"{x}\" y=\"{y}\" font-size=\"{}\"\
             {anchor}{turned}>{}</text>",
            lettering.colour.name(),
            Short(lettering.size),
            escaped(text)
        ));
    }
}

/// The attributes of a filled shape.
struct Filled(Paint);

impl std::fmt::Display for Filled {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Paint { colour, opacity } = self.0;
        write!(out, " class=\"c-{}\"", colour.name())?;
        if opacity < 1.0 {
            write!(out, " fill-opacity=\"{}\"", Short(opacity))?;
        }
        Ok(())
    }
}

/// A number with at most two decimals, of which an opacity needs both and a place one.
pub(super) struct Short(pub f64);

impl std::fmt::Display for Short {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rounded = (100.0 * self.0).round() / 100.0;
        // Zero has no sign.
        write!(out, "{}", rounded + 0.0)
    }
}

/// A step of a path in tenths of a unit, relative to the point before it.
struct Step(Option<Position>, Position, char);

impl std::fmt::Display for Step {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tenths = |[x, y]: Position| [x, y].map(|part| (10.0 * part).round());
        let [x, y] = tenths(self.1);
        let ([x, y], letter) = match self.0.map(tenths) {
            None => ([x, y], 'M'),
            Some([from_x, from_y]) => ([x - from_x, y - from_y], self.2),
        };
        let comma = if y < 0.0 { "" } else { "," };
        write!(out, "{letter}{}{comma}{}", Short(x / 10.0), Short(y / 10.0))
    }
}

fn path(points: &[Position]) -> String {
    let mut path = String::new();
    let mut last = None;
    for &point in points {
        let _ = write!(path, "{}", Step(last, point, 'l'));
        last = Some(point);
    }
    path
}

/// A text as it stands in a document of XML, in an attribute as well.
pub(super) fn escaped(text: &str) -> String {
    printable(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(draw: impl FnOnce(&mut Svg)) -> String {
        let mut svg = Svg::default();
        draw(&mut svg);
        svg.into_shapes()
    }

    #[test]
    fn a_path_goes_from_point_to_point_in_tenths() {
        assert_eq!(
            path(&[[1.0, 2.04], [1.5, 1.0], [0.0, 1.0]]),
            "M1,2l0.5-1l-1.5,0"
        );
    }

    #[test]
    fn dots_are_dealt_to_layers_and_each_is_drawn_once() {
        let at: Vec<Position> = (0..7).map(|at| [f64::from(at), 1.0]).collect();
        let thin = drawn(|svg| svg.dots(&at, 2.5, Paint::thin(Colour::Ham, 0.45)));
        assert_eq!((thin.lines().count(), thin.matches("h0").count()), (6, 7));
        assert!(
            thin.contains("stroke-opacity=\"0.45\" d=\"M0,1h0m6,0h0\""),
            "{thin}"
        );
        let solid = drawn(|svg| svg.dots(&at, 2.5, Paint::solid(Colour::Ham)));
        assert_eq!((solid.lines().count(), solid.matches("h0").count()), (1, 7));
    }

    #[test]
    fn strokes_of_one_look_become_one_path_and_nothing_else_moves() {
        let shapes = drawn(|svg| {
            svg.stroke(&[[0.0, 0.0], [1.0, 0.0]], Colour::Grid, 1.0, &[]);
            svg.stroke(&[[0.0, 2.0], [1.0, 2.0]], Colour::Grid, 1.0, &[]);
            svg.ring([1.0, 1.0], 5.0, Colour::Ink);
            svg.stroke(&[[0.0, 4.0], [1.0, 4.0]], Colour::Grid, 1.0, &[]);
        });
        assert!(shapes.contains("d=\"M0,0l1,0M0,2l1,0\"/>"), "{shapes}");
        assert_eq!(shapes.lines().count(), 3);
    }

    #[test]
    fn text_cannot_leave_its_element() {
        let lettering = Lettering::new(12.0, Colour::Ink, Align::Middle).upwards();
        let text = drawn(|svg| svg.text("a<b>&\"", [1.0, 2.0], lettering));
        assert!(
            text.contains("rotate(-90 1 2)\">a&lt;b&gt;&amp;&quot;</text>"),
            "{text}"
        );
    }
}
