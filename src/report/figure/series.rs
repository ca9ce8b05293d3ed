//! The series of a panel and their marks.

use crate::report::palette::Role;
use serde::{Deserialize, Serialize};

/// A position `[x, y]` in the units of a panel's axes.
pub type Position = [f64; 2];

/// A series of marks of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// What they mean.
    pub name: String,
    /// Their colour, dash and marker.
    pub role: Role,
    /// The marks.
    pub marks: Marks,
    /// The marks that lead to a part of the page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<MarkLink>,
}

/// A mark that leads to a part of the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MarkLink {
    /// Where the mark is.
    pub at: Position,
    /// The anchor of the part of the page. A page without it shows the mark alone.
    pub anchor: String,
    /// What is there.
    pub title: String,
}

impl Series {
    /// A series with a name and a role.
    pub fn new(name: impl Into<String>, role: Role, marks: Marks) -> Series {
        Series {
            name: name.into(),
            role,
            marks,
            links: Vec::new(),
        }
    }

    /// This series with marks that lead to parts of the page.
    #[must_use]
    pub fn with_links(self, links: Vec<MarkLink>) -> Series {
        Series { links, ..self }
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
    /// Rectangles too small for text, which is in the data alone: a heat map.
    Shades(Vec<MatrixCell>),
}

impl Marks {
    /// Number of marks.
    pub fn len(&self) -> usize {
        match self {
            Marks::Line(points)
            | Marks::MarkedLine(points)
            | Marks::Dots(points)
            | Marks::Rings(points) => points.len(),
            Marks::Band(triples) | Marks::Bars(triples) => triples.len(),
            Marks::Strokes(strokes) => strokes.len(),
            Marks::Cells(cells) | Marks::Shades(cells) => cells.len(),
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
