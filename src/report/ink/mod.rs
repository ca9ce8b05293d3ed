//! Draws any figure with the same code: as one picture, SVG or PNG, and for a page panel by panel,
//! as SVG. Only this folder uses plotters.
//!
//! Pictures are laid out in units of which one is a pixel at its usual size. The embedded font
//! measures the layout and paints the text of a PNG; an SVG uses the reader's font, from the same
//! list as the page.

mod font;
mod indexed;
mod labels;
mod layout;
mod legend;
mod marks;
mod obstacles;
mod panel;
mod pixels;
mod plot;
mod surface;
mod svg;
mod words;

pub use layout::PanelWidth;

use super::figure::{Figure, LegendEntry, Panel};
use super::palette::picture_css;
use layout::WIDTH;
use pixels::{DENSITY, Pixels};
use std::fmt::Write;
use svg::{FILLED, Short, Svg, escaped};

/// A picture that could not be drawn.
#[derive(Debug, thiserror::Error)]
#[error("cannot draw: {0}")]
pub struct InkError(String);

/// The figure as an SVG document that stands alone: light, or dark for a reader who prefers that.
pub fn svg(figure: &Figure) -> String {
    let mut shapes = Svg::default();
    layout::draw(&mut shapes, figure);
    let [width, height] = [WIDTH, layout::height(figure)].map(Short);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\" {FILLED}>\n<title>{}</title>\n\
         <desc>{}</desc>\n<style>{}</style>\n{}</svg>\n",
        escaped(&figure.title),
        escaped(&figure.description),
        picture_css(),
        shapes.into_shapes()
    )
}

/// The figure as the bytes of a PNG on light paper, in twice the size of the SVG so that it is
/// sharp on every screen.
pub fn png(figure: &Figure) -> Result<Vec<u8>, InkError> {
    let (width, height) = (
        (WIDTH * DENSITY) as u32,
        (layout::height(figure) * DENSITY) as u32,
    );
    let mut pixels = vec![0; width as usize * height as usize * 3];
    layout::draw(&mut Pixels::new(&mut pixels, (width, height)), figure);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    let (palette, indices) = indexed::indexed(&pixels);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(palette);
    encoder.set_compression(png::Compression::Default);
    encoder.set_filter(png::FilterType::NoFilter);
    let written = encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(&indices));
    written.map_err(|error| InkError(error.to_string()))?;
    Ok(file)
}

/// How wide the panels of a figure are in a page.
pub fn panel_width(figure: &Figure) -> PanelWidth {
    PanelWidth::of(figure)
}

/// The panels of a figure that is wider than a phone, in parts that are not; none of another.
pub fn narrow_panels(figure: &Figure, has: &dyn Fn(&str) -> bool) -> Vec<String> {
    if !panel_width(figure).is_wider_than_a_phone() {
        return Vec::new();
    }
    let parts = layout::in_parts(figure);
    let draw = |part| drawn(part, layout::NARROW, has);
    parts.iter().flat_map(draw).collect()
}

/// Each panel as an SVG element for a page whose style sheet has the classes of the palette. A mark
/// that leads to a part of the page does so if the page `has` that anchor.
pub fn panels(figure: &Figure, has: &dyn Fn(&str) -> bool) -> Vec<String> {
    drawn(figure, panel_width(figure).units(), has)
}

fn drawn(figure: &Figure, width: f64, has: &dyn Fn(&str) -> bool) -> Vec<String> {
    let frame = layout::frame(figure, width);
    let one = |panel: &Panel| {
        let mut shapes = Svg::default();
        panel::draw(&mut shapes, panel, &frame, [0.0, 0.0]);
        let links = links(panel, &frame, has);
        // The role `img` hides its parts from screen readers; a picture with links in it must be a
        // group.
        let role = if links.is_empty() { "img" } else { "group" };
        let [width, height] = frame.size.map(Short);
        let title = panel.title.as_ref().unwrap_or(&figure.title);
        format!(
            "<svg viewBox=\"0 0 {width} {height}\" role=\"{role}\" {FILLED}>\
             <title>{}</title>\n{}{links}</svg>",
            escaped(title),
            shapes.into_shapes()
        )
    };
    figure.panels.iter().map(one).collect()
}

/// Transparent shapes over the marks that lead to a part of the page.
fn links(panel: &Panel, frame: &plot::Frame, has: &dyn Fn(&str) -> bool) -> String {
    let mut written = String::new();
    let links = layout::links(panel, frame, [0.0, 0.0]);
    for link in links.into_iter().filter(|link| has(link.anchor)) {
        let rounding = if link.is_round { " rx=\"8\"" } else { "" };
        // Writing to a string cannot fail.
        let _ = writeln!(
            written,
            "<a href=\"#{}\"><rect class=\"c-ink\" fill-opacity=\"0\" x=\"{}\" \
             y=\"{}\" width=\"{}\" height=\"{}\"{rounding}><title>{}</title></rect></a>",
            escaped(link.anchor),
            Short(link.area.left),
            Short(link.area.top),
            Short(link.area.width()),
            Short(link.area.height()),
            escaped(link.title)
        );
    }
    written
}

/// The mark of an entry of a legend as a small SVG element for a page.
pub fn key(entry: &LegendEntry) -> String {
    let mut shapes = Svg::default();
    legend::sample(&mut shapes, [0.0, 8.0], entry.role, None, entry.mark);
    let width = legend::sample_width(entry.mark);
    format!(
        "<svg class=\"key\" viewBox=\"0 0 {width} 16\" width=\"{width}\" height=\"16\" \
         aria-hidden=\"true\" {FILLED}>{}</svg>",
        shapes.into_shapes().trim_end()
    )
}
