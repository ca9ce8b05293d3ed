//! A chart as plain data: what it shows, not how it is drawn. Charts make figures, [`super::ink`]
//! draws them, and golden tests compare them. A figure is one or more panels on a grid; a panel has
//! two axes, series of marks, and notes. A figure contains every tick, label and coordinate, so
//! that drawing it decides only about pixels.
//!
//! Coordinates are in the units of the axes and within their ranges, since charts clip what they
//! show.

use super::axis::Axis;
use super::palette::Role;
use serde::{Deserialize, Serialize};

/// A position `[x, y]` in the units of a panel's axes.
pub type Position = [f64; 2];

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
/// assert!(ink::svg(&figure)?.contains("<desc>The error falls.</desc>"));
/// # Ok::<(), ink::InkError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The heading: a finding in a few words, or what the chart shows.
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
}

impl Figure {
    /// A figure with these panels, two per row, without a title.
    pub fn new(
        description: impl Into<String>,
        panels: Vec<Panel>,
        legend: Vec<LegendEntry>,
    ) -> Figure {
        Figure {
            title: String::new(),
            description: description.into(),
            columns: panels.len().min(2),
            panel_height: 480,
            panels,
            legend,
        }
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
            _ => (3, 290),
        };
        self.in_grid(columns, panel_height)
    }

    /// The approximate number of marks, which decides whether a document embeds the figure as SVG
    /// or as PNG.
    pub fn marks(&self) -> usize {
        self.panels
            .iter()
            .flat_map(|panel| &panel.series)
            .map(|series| series.marks.len())
            .sum()
    }
}

/// One entry of the legend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LegendEntry {
    /// What it means.
    pub label: String,
    /// Its colour.
    pub role: Role,
    /// The mark beside it.
    pub mark: LegendMark,
}

impl LegendEntry {
    /// An entry of the legend.
    pub fn new(label: impl Into<String>, role: Role, mark: LegendMark) -> LegendEntry {
        LegendEntry {
            label: label.into(),
            role,
            mark,
        }
    }
}

/// The mark shown in a legend entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegendMark {
    /// A stroke with the role's dash.
    Line,
    /// A stroke with the role's dash and marker.
    LineAndMarker,
    /// A dot.
    Dot,
    /// A circle.
    Ring,
    /// A filled square.
    Block,
}

/// One pair of axes and what is drawn on them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Panel {
    /// The title, if the figure has more than one panel.
    pub title: Option<String>,
    /// The model that the panel is about, whose colour is shown beside the title.
    pub subject: Option<Role>,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// The series, drawn in this order, later ones over earlier ones.
    pub series: Vec<Series>,
    /// Texts in the panel.
    pub notes: Vec<Note>,
}

impl Panel {
    /// A panel without a title.
    pub fn new(x: Axis, y: Axis, series: Vec<Series>) -> Panel {
        Panel {
            title: None,
            subject: None,
            x,
            y,
            series,
            notes: Vec::new(),
        }
    }

    /// This panel with a title.
    #[must_use]
    pub fn titled(self, title: impl Into<String>) -> Panel {
        Panel {
            title: Some(title.into()),
            ..self
        }
    }

    /// This panel with a title and the colour of the model that it is about.
    #[must_use]
    pub fn about(self, title: impl Into<String>, subject: Role) -> Panel {
        Panel {
            subject: Some(subject),
            ..self.titled(title)
        }
    }

    /// This panel with notes.
    #[must_use]
    pub fn with_notes(self, notes: Vec<Note>) -> Panel {
        Panel { notes, ..self }
    }
}

/// A series of marks of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// What they mean.
    pub name: String,
    /// Their colour, dash and marker.
    pub role: Role,
    /// The marks.
    pub marks: Marks,
}

impl Series {
    /// A series with a name and a role.
    pub fn new(name: impl Into<String>, role: Role, marks: Marks) -> Series {
        Series {
            name: name.into(),
            role,
            marks,
        }
    }
}

/// The marks of a series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Marks {
    /// Points joined by straight strokes.
    Line(Vec<Position>),
    /// Points joined by straight strokes, each with the role's marker.
    MarkedLine(Vec<Position>),
    /// The area between a low and a high at each place: `[x, low, high]`.
    Band(Vec<[f64; 3]>),
    /// Dots.
    Dots(Vec<Position>),
    /// Circles around positions.
    Rings(Vec<Position>),
    /// Separate strokes, each from one position to another.
    Strokes(Vec<[Position; 2]>),
    /// Bars from the zero line: `[from, to, height]`.
    Bars(Vec<[f64; 3]>),
    /// Rectangles with text in them.
    Cells(Vec<MatrixCell>),
}

impl Marks {
    /// Number of marks.
    pub fn len(&self) -> usize {
        match self {
            Marks::Line(points)
            | Marks::MarkedLine(points)
            | Marks::Dots(points)
            | Marks::Rings(points) => points.len(),
            Marks::Strokes(strokes) => strokes.len(),
            Marks::Band(triples) | Marks::Bars(triples) => triples.len(),
            Marks::Cells(cells) => cells.len(),
        }
    }

    /// Whether there are no marks.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One rectangle of a matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MatrixCell {
    /// One corner.
    pub from: Position,
    /// The opposite corner.
    pub to: Position,
    /// Intensity of the colour, from 0 to 1.
    pub shade: f64,
    /// The main text, which is a number.
    pub text: String,
    /// A smaller line below the main text.
    pub detail: String,
    /// The anchor of the part of the page that gives details.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// A text in a panel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// Names the mark at a position. It is drawn beside the mark if there is room and left out
    /// otherwise. Earlier names take precedence.
    Name {
        /// Where the mark is.
        at: Position,
        /// Its name.
        text: String,
    },
    /// Explains a corner of the panel, in one or more lines.
    Corner {
        /// Whether it is a right corner.
        right: bool,
        /// Whether it is a top corner.
        top: bool,
        /// The text.
        lines: Vec<String>,
    },
}
