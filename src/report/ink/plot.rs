//! Where a panel is, and where the values of its axes are in it.

use super::surface::Area;
use crate::report::figure::{Panel, Position};

/// Space at the right of the axes, which half of the last tick label may take.
pub(super) const RIGHT: f64 = 20.0;

/// How the panels of a figure are laid out.
pub(super) struct Frame {
    /// Width and height of a panel with everything that belongs to it.
    pub size: [f64; 2],
    /// Space at the left, above and below for ticks, labels and the heading.
    pub left: f64,
    pub top: f64,
    pub bottom: f64,
    /// Space within the axes, above and below the values, for texts of the corners.
    pub pads: [f64; 2],
    /// Whether the labels of the ticks below run upwards.
    pub turned: bool,
}

/// A panel at its place.
pub(super) struct Plot<'a> {
    pub panel: &'a Panel,
    /// All that belongs to it.
    pub whole: Area,
    /// Between the axes.
    pub area: Area,
    /// Where the values are.
    inner: Area,
}

impl<'a> Plot<'a> {
    /// The panel, with its upper left corner at `corner`.
    pub(super) fn new(panel: &'a Panel, frame: &Frame, corner: Position) -> Plot<'a> {
        let [left, top] = corner;
        let whole = Area::between(corner, [left + frame.size[0], top + frame.size[1]]);
        let area = Area {
            left: left + frame.left,
            top: top + frame.top,
            right: whole.right - RIGHT,
            bottom: whole.bottom - frame.bottom,
        };
        let inner = Area {
            top: area.top + frame.pads[0],
            bottom: area.bottom - frame.pads[1],
            ..area
        };
        Plot {
            panel,
            whole,
            area,
            inner,
        }
    }

    /// The position of a value of the horizontal axis.
    pub(super) fn across(&self, value: f64) -> f64 {
        self.inner.left + self.panel.x.place(value).clamp(0.0, 1.0) * self.inner.width()
    }

    /// The position of a value of the vertical axis.
    pub(super) fn upward(&self, value: f64) -> f64 {
        self.inner.bottom - self.panel.y.place(value).clamp(0.0, 1.0) * self.inner.height()
    }

    pub(super) fn place(&self, [x, y]: Position) -> Position {
        [self.across(x), self.upward(y)]
    }
}
