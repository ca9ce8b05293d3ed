//! One panel: its heading, its axes with ticks and labels, its marks and its texts. All panels of a
//! figure have the same insets, so that their axes line up and are of the same size.

use super::labels;
use super::legend;
use super::marks;
use super::plot::{Frame, Plot, RIGHT};
use super::surface::{Align, Area, Lettering, Surface, width_of};
use super::words::{LINE, SMALL, TEXT, fitting, lines, widest};
use crate::report::axis::Axis;
use crate::report::figure::{Figure, LegendMark, Panel, Position};
use crate::report::palette::{Colour, Role};

/// Largest share of its width that a panel leaves to the tick labels at its left.
const TICKS: f64 = 0.4;

/// The layout of the panels of a figure in this size.
pub(super) fn frame(figure: &Figure, size: [f64; 2]) -> Frame {
    let panels = || figure.panels.iter();
    let ticks = panels().flat_map(|panel| &panel.y.ticks);
    let ticks = widest(ticks.map(|tick| tick.label.as_str()), SMALL).min(TICKS * size[0]);
    let most = |of: &dyn Fn(&Panel) -> usize| panels().map(of).max().unwrap_or(0) as f64;
    let upward_room = size[1] - 100.0;
    let left = LINE * most(&|panel| lines(&panel.y.label, TEXT, upward_room).len());
    let left = left + ticks + 16.0;
    let room = size[0] - left - RIGHT;
    let turned = panels().any(|panel| is_crowded(&panel.x, room));
    let labels = panels().flat_map(|panel| &panel.x.ticks);
    let labels = widest(labels.map(|tick| tick.label.as_str()), SMALL).min(0.4 * size[1]);
    let across = LINE * most(&|panel| lines(&panel.x.label, TEXT, room).len());
    let below = if turned { labels + 16.0 } else { 28.0 };
    let headings = most(&|panel| heading(panel, room).len());
    let frame = Frame {
        size,
        left,
        top: 12.0 + headings * LINE,
        bottom: below + across + 6.0,
        pads: [0.0; 2],
        turned,
    };
    let pads = panels().map(|panel| labels::pads(&Plot::new(panel, &frame, [0.0; 2])));
    let pads = pads.fold([0.0f64; 2], |[top, bottom], pads| {
        [top.max(pads[0]), bottom.max(pads[1])]
    });
    Frame { pads, ..frame }
}

/// Whether the names along an axis do not fit side by side.
fn is_crowded(axis: &Axis, room: f64) -> bool {
    let each = room / axis.ticks.len().max(1) as f64;
    let wide = |label: &str| width_of(label, SMALL) + 4.0 > each;
    !axis.grid && axis.ticks.iter().any(|tick| wide(&tick.label))
}

/// The lines of the title of a panel, of which the first has the mark of its model before it.
fn heading(panel: &Panel, room: f64) -> Vec<&str> {
    let title = panel.title.as_deref().unwrap_or_default();
    lines(title, TEXT, room - sample(panel))
}

/// The room of the mark before a heading.
fn sample(panel: &Panel) -> f64 {
    let width = legend::sample_width(LegendMark::LineAndMarker) + 8.0;
    panel.subject.map_or(0.0, |_| width)
}

pub(super) fn draw(surface: &mut impl Surface, panel: &Panel, frame: &Frame, corner: Position) {
    let plot = Plot::new(panel, frame, corner);
    draw_heading(surface, &plot);
    grid(surface, &plot);
    horizontal_axis(surface, &plot, frame.turned);
    vertical_axis(surface, &plot);
    let Area {
        left,
        top,
        right,
        bottom,
    } = plot.area;
    if panel.x.grid {
        let corner = [[left, top], [left, bottom], [right, bottom]];
        surface.stroke(&corner, Colour::Axis, 1.0, &[]);
    }
    marks::draw(surface, &plot);
    labels::draw(surface, &plot);
}

fn draw_heading(surface: &mut impl Surface, plot: &Plot<'_>) {
    let (panel, area) = (plot.panel, plot.area);
    let lines = heading(panel, area.width());
    let first = area.top - 12.0 - LINE * (lines.len().max(1) - 1) as f64;
    if panel.subject.is_some() {
        let (at, mark) = ([area.left, first - 5.0], LegendMark::LineAndMarker);
        legend::sample(surface, at, Role::Subject, panel.subject, mark);
    }
    let left = area.left + sample(panel);
    for (row, line) in lines.into_iter().enumerate() {
        let size = fitting(line, TEXT, plot.whole.right - left);
        let at = [left, first + LINE * row as f64];
        surface.text(line, at, Lettering::new(size, Colour::Ink, Align::Left));
    }
}

/// Lines at the ticks.
fn grid(surface: &mut impl Surface, plot: &Plot<'_>) {
    let Area {
        left,
        top,
        right,
        bottom,
    } = plot.area;
    let mut line = |ends: [Position; 2]| surface.stroke(&ends, Colour::Grid, 1.0, &[]);
    for tick in plot.panel.x.ticks.iter().filter(|_| plot.panel.x.grid) {
        let x = plot.across(tick.at);
        line([[x, top], [x, bottom]]);
    }
    for tick in plot.panel.y.ticks.iter().filter(|_| plot.panel.y.grid) {
        let y = plot.upward(tick.at);
        line([[left, y], [right, y]]);
    }
}

fn horizontal_axis(surface: &mut impl Surface, plot: &Plot<'_>, turned: bool) {
    let (axis, bottom) = (&plot.panel.x, plot.area.bottom);
    let mut free = f64::NEG_INFINITY;
    for tick in &axis.ticks {
        let x = plot.across(tick.at);
        if turned {
            let size = fitting(&tick.label, SMALL, 0.4 * plot.whole.height());
            let lettering = Lettering::new(size, Colour::Muted, Align::Right).upwards();
            surface.text(&tick.label, [x + 4.5, bottom + 8.0], lettering);
            continue;
        }
        let half = width_of(&tick.label, SMALL) / 2.0;
        let x = x.clamp(plot.whole.left + half, (plot.whole.right - half).max(half));
        if x - half > free + 5.0 {
            let lettering = Lettering::new(SMALL, Colour::Muted, Align::Middle);
            surface.text(&tick.label, [x, bottom + 22.0], lettering);
            free = x + half;
        }
    }
    let lines = lines(&axis.label, TEXT, plot.area.width());
    let middle = plot.area.middle()[0];
    for (row, line) in lines.iter().rev().enumerate() {
        let size = fitting(line, TEXT, plot.area.width());
        let at = [middle, plot.whole.bottom - 8.0 - LINE * row as f64];
        surface.text(line, at, Lettering::new(size, Colour::Ink, Align::Middle));
    }
}

fn vertical_axis(surface: &mut impl Surface, plot: &Plot<'_>) {
    let (axis, left) = (&plot.panel.y, plot.area.left);
    let mut free = f64::INFINITY;
    for tick in &axis.ticks {
        let y = plot.upward(tick.at);
        if y < free - 15.0 {
            let size = fitting(&tick.label, SMALL, TICKS * plot.whole.width());
            let lettering = Lettering::new(size, Colour::Muted, Align::Right);
            surface.text(&tick.label, [left - 8.0, y + 4.5], lettering);
            free = y;
        }
    }
    let room = plot.area.height();
    let lines = lines(&axis.label, TEXT, plot.whole.height() - 100.0);
    let middle = plot.area.middle()[1];
    for (row, line) in lines.into_iter().enumerate() {
        let size = fitting(line, TEXT, room);
        let lettering = Lettering::new(size, Colour::Ink, Align::Middle).upwards();
        surface.text(
            line,
            [plot.whole.left + 13.0 + LINE * row as f64, middle],
            lettering,
        );
    }
}
