//! A chart as plain data: what is shown, not how it is inked. Charts make figures, [`super::ink`]
//! draws them, tests hold them still. A figure is one or more panels on a grid; a panel has two
//! axes, series of marks and notes. Every tick, label and coordinate is in it, so that whatever
//! draws it decides only about pixels.
//!
//! Coordinates are in the units of the axes and lie within their ranges: a chart clips what it
//! shows.

use super::axis::Axis;
use super::palette::Role;
use serde::{Deserialize, Serialize};

/// A place in the units of a panel's axes.
pub type Position = [f64; 2];

/// One chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What it shows, in a few words.
    pub title: String,
    /// What to look for, in a sentence or two; also the description of an SVG for those who cannot
    /// see it.
    pub description: String,
    /// The panels, row by row.
    pub panels: Vec<Panel>,
    /// Panels in a row.
    pub columns: usize,
    /// Height of one panel with its axes, in a picture 1000 wide.
    pub panel_height: u32,
    /// What each colour, dash and marker stands for.
    pub legend: Vec<LegendEntry>,
}

impl Figure {
    /// A figure of these panels, two in a row; its title is that of its chart.
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

    /// The same with so many panels in a row, each so high.
    #[must_use]
    pub fn in_grid(self, columns: usize, panel_height: u32) -> Figure {
        Figure {
            columns,
            panel_height,
            ..self
        }
    }

    /// The same with a panel for each of some models: one or two so high, more in small.
    #[must_use]
    pub fn small_multiples(self, panel_height: u32) -> Figure {
        let (columns, panel_height) = match self.panels.len() {
            few @ 0..=2 => (few, panel_height),
            3 | 4 => (2, 290),
            _ => (3, 290),
        };
        self.in_grid(columns, panel_height)
    }

    /// Marks drawn, about: what decides whether a document holds it as lines or as pixels.
    pub fn marks(&self) -> usize {
        self.panels
            .iter()
            .flat_map(|panel| &panel.series)
            .map(|series| series.marks.len())
            .sum()
    }
}

/// One line of the legend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LegendEntry {
    /// What it stands for.
    pub label: String,
    /// Its colour.
    pub role: Role,
    /// The mark beside it.
    pub mark: LegendMark,
}

impl LegendEntry {
    /// A line of the legend.
    pub fn new(label: impl Into<String>, role: Role, mark: LegendMark) -> LegendEntry {
        LegendEntry {
            label: label.into(),
            role,
            mark,
        }
    }
}

/// The mark shown in a legend.
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
    /// What it shows, where there is more than one.
    pub title: Option<String>,
    /// Colour of the swatch beside the title: the model of which the panel tells.
    pub subject: Option<Role>,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// What is drawn, later over earlier.
    pub series: Vec<Series>,
    /// Words in the panel.
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

    /// The same with a title.
    #[must_use]
    pub fn titled(self, title: impl Into<String>) -> Panel {
        Panel {
            title: Some(title.into()),
            ..self
        }
    }

    /// The same with a title and the swatch of the model that it is about.
    #[must_use]
    pub fn about(self, title: impl Into<String>, subject: Role) -> Panel {
        Panel {
            subject: Some(subject),
            ..self.titled(title)
        }
    }

    /// The same with words in it.
    #[must_use]
    pub fn with_notes(self, notes: Vec<Note>) -> Panel {
        Panel { notes, ..self }
    }
}

/// Marks of one kind that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// What they stand for.
    pub name: String,
    /// Their colour, dash and marker.
    pub role: Role,
    /// The marks.
    pub marks: Marks,
}

impl Series {
    /// Marks with a name and a role.
    pub fn new(name: impl Into<String>, role: Role, marks: Marks) -> Series {
        Series {
            name: name.into(),
            role,
            marks,
        }
    }
}

/// What is drawn.
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
    /// Circles around places.
    Rings(Vec<Position>),
    /// Bars from the zero line: `[from, to, height]`.
    Bars(Vec<[f64; 3]>),
    /// Rectangles with words in them.
    Cells(Vec<MatrixCell>),
}

impl Marks {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Marks::Line(points)
            | Marks::MarkedLine(points)
            | Marks::Dots(points)
            | Marks::Rings(points) => points.len(),
            Marks::Band(triples) | Marks::Bars(triples) => triples.len(),
            Marks::Cells(cells) => cells.len(),
        }
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One rectangle of a matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MatrixCell {
    /// One corner.
    pub from: Position,
    /// The corner opposite.
    pub to: Position,
    /// Depth of the colour, from 0 to 1.
    pub shade: f64,
    /// The number in it.
    pub text: String,
    /// The smaller line below.
    pub detail: String,
    /// The part of the page that tells more of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Words in a panel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// Names the mark at a place; drawn beside it where there is room, else left out. Earlier ones
    /// go first.
    Name {
        /// Where the mark is.
        at: Position,
        /// Its name.
        text: String,
    },
    /// Explains a corner of the panel, a line each.
    Corner {
        /// Whether it is a corner at the right.
        right: bool,
        /// Whether it is a corner at the top.
        top: bool,
        /// The words.
        lines: Vec<String>,
    },
}
