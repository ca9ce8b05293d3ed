//! Draws any figure as SVG and as PNG with the same code. Only this folder uses plotters.
//!
//! A picture is laid out in units of which it is 1000 wide, and drawn with two device units per
//! unit, since plotters works in whole device units. The embedded font measures the layout of both
//! formats and paints the text of a PNG; an SVG uses the reader's sans-serif font.

mod canvas;
mod compact;
mod font;
mod indexed;
mod labels;
mod layout;
mod marks;
mod pixels;

use super::figure::Figure;
use canvas::{Canvas, DENSITY, Surface, printable};
use layout::WIDTH;
use plotters::backend::SVGBackend;

/// A picture that could not be drawn.
#[derive(Debug, thiserror::Error)]
#[error("cannot draw: {0}")]
pub struct InkError(String);

/// The figure as an SVG document, with title and description inside.
pub fn svg(figure: &Figure) -> Result<String, InkError> {
    let size = device_size(figure);
    let mut drawn = String::new();
    draw(figure, SVGBackend::with_string(&mut drawn, size))?;
    let shapes = drawn.split_once('\n').map_or("", |(_, shapes)| shapes);
    let shapes = compact::compact(shapes);
    let shapes =
        shapes.trim_end().trim_end_matches("</svg>").to_owned() + &links(figure) + "</svg>\n";
    // The role `img` hides its parts from screen readers; a picture with links in its cells must be
    // a group.
    let role = if layout::linked_cells(figure).is_empty() {
        "img"
    } else {
        "group"
    };
    let (width, height) = (f64::from(size.0) / DENSITY, f64::from(size.1) / DENSITY);
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" width=\"{width}\" \
         height=\"{height}\" role=\"{role}\">\n<title>{}</title>\n<desc>{}</desc>\n{shapes}",
        size.0,
        size.1,
        escaped(&figure.title),
        escaped(&figure.description)
    ))
}

/// Transparent rectangles over the cells that link to a part of the page.
fn links(figure: &Figure) -> String {
    let link = |(link, area): (&str, canvas::Area)| {
        let place = |at: f64| (at * DENSITY).round();
        format!(
            "<a href=\"#{}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" \
             fill=\"#000000\" fill-opacity=\"0\"><title>the emails in this \
                    cell</title></rect></a>\n",
            escaped(link).replace('"', "&quot;"),
            place(area.left),
            place(area.top),
            place(area.right - area.left),
            place(area.bottom - area.top)
        )
    };
    layout::linked_cells(figure).into_iter().map(link).collect()
}

/// The figure as the bytes of a PNG, in twice the size of the SVG so that it is sharp on every
/// screen.
pub fn png(figure: &Figure) -> Result<Vec<u8>, InkError> {
    let (width, height) = device_size(figure);
    let mut pixels = vec![0; width as usize * height as usize * 3];
    draw(
        figure,
        pixels::SmoothBitmap::new(&mut pixels, (width, height)),
    )?;
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

fn device_size(figure: &Figure) -> (u32, u32) {
    (
        (WIDTH * DENSITY) as u32,
        (layout::height(figure) * DENSITY) as u32,
    )
}

fn draw<B: Surface>(figure: &Figure, backend: B) -> Result<(), InkError> {
    let mut canvas = Canvas::new(backend);
    layout::draw(figure, &mut canvas)
        .and_then(|()| canvas.finish())
        .map_err(|error| InkError(error.to_string()))
}

fn escaped(text: &str) -> String {
    printable(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
