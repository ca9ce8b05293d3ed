//! The panels of a figure.

use super::series::{Position, Series};
use crate::report::axis::Axis;
use crate::report::palette::Role;
use serde::{Deserialize, Serialize};

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
