//! A chart as plain data: what it shows, not how it is drawn. Charts make figures, [`super::ink`]
//! draws them, and golden tests compare them. A figure is one or more panels on a grid; a panel has
//! two axes, series of marks, and notes. A figure contains every tick, label and coordinate, so
//! that drawing it decides only about pixels.
//!
//! Coordinates are in the units of the axes and within their ranges, since charts clip what they
//! show; but for 0 on an axis from zero, which has the place of its low end.

mod legend;
mod panel;
mod series;

pub use legend::{LegendEntry, LegendMark};
pub use panel::{Note, Panel};
pub use series::{MarkLink, Marks, MatrixCell, Position, Series};

use legend::legend_of;
use serde::{Deserialize, Serialize};

/// One chart.
///
/// ```
/// use spamlab::report::axis::Axis;
/// use spamlab::report::figure::{Figure, Marks, Panel, Series};
/// use spamlab::report::{ink, palette::Role};
///
/// let line = Marks::Line(vec![[0.0, 0.2], [1.0, 0.1]]);
/// let error = Series::new("error", Role::Reference, line);
/// let (x, y) = (Axis::linear("pass", [0.0, 1.0]), Axis::linear("error", [0.0, 0.5]));
/// let figure = Figure::new("The error falls.", vec![Panel::new(x, y, vec![error])], vec![]);
/// assert!(ink::svg(&figure).contains("<desc>The error falls.</desc>"));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The field's name of this kind of chart. It is set by the table of charts.
    pub kicker: String,
    /// The heading: what the chart found, if the chart says so, else what it shows.
    pub title: String,
    /// What to look for, in one or two sentences; also the description of an SVG for readers who
    /// cannot see it.
    pub description: String,
    /// The panels, row by row.
    pub panels: Vec<Panel>,
    /// Number of panels per row.
    pub columns: usize,
    /// Height of one panel with its axes, in units of which the picture is 1000 wide.
    pub panel_height: u32,
    /// The meaning of each colour, dash and marker.
    pub legend: Vec<LegendEntry>,
    /// What parts of the picture mean in words, each a name and a text: a small table beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<[String; 2]>,
}

impl Figure {
    /// A figure with these panels, two per row. An empty legend is made from the series: one entry
    /// for each name and look. In one that is given, a model that has a panel of its own stands for
    /// whichever model a panel is about.
    pub fn new(
        description: impl Into<String>,
        panels: Vec<Panel>,
        legend: Vec<LegendEntry>,
    ) -> Figure {
        Figure {
            kicker: String::new(),
            title: String::new(),
            description: description.into(),
            columns: panels.len().min(2),
            panel_height: 480,
            legend: if legend.is_empty() {
                legend_of(&panels)
            } else {
                legend
                    .into_iter()
                    .map(|entry| entry.in_panels(&panels))
                    .collect()
            },
            panels,
            words: Vec::new(),
        }
    }

    /// This figure with what parts of it mean in words.
    #[must_use]
    pub fn in_words(self, words: Vec<[String; 2]>) -> Figure {
        Figure { words, ..self }
    }

    /// This figure with a finding as its title; an empty one leaves it to the table of charts.
    #[must_use]
    pub fn entitled(self, title: impl Into<String>) -> Figure {
        Figure {
            title: title.into(),
            ..self
        }
    }

    /// This figure with `columns` panels per row, each of height `panel_height`.
    #[must_use]
    pub fn in_grid(self, columns: usize, panel_height: u32) -> Figure {
        Figure {
            columns,
            panel_height,
            ..self
        }
    }

    /// This figure with one panel per model. One or two panels have this height; more are smaller.
    #[must_use]
    pub fn small_multiples(self, panel_height: u32) -> Figure {
        let (columns, panel_height) = match self.panels.len() {
            few @ 0..=2 => (few, panel_height),
            3 | 4 => (2, 290),
            // Three or four columns, whichever leaves less of the last row empty.
            many if filled(many, 4) > filled(many, 3) => (4, 250),
            _ => (3, 290),
        };
        self.in_grid(columns, panel_height)
    }
}

/// The share of the last row that panels fill.
pub(super) fn filled(panels: usize, columns: usize) -> f64 {
    ((panels - 1) % columns + 1) as f64 / columns as f64
}

/// The beginning of a token as a label of so many letters at most, with a mark for what is left
/// out.
pub fn shortened(token: &str, letters: usize) -> String {
    if token.chars().count() <= letters {
        return token.to_owned();
    }
    let kept = letters.saturating_sub(1);
    token.chars().take(kept).chain(['…']).collect()
}
