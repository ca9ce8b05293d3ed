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
}

impl Figure {
    /// A figure with these panels, two per row. An empty legend is made from the series; see
    /// [`Figure::legend_of`]. In one that is given, a model that has a panel of its own stands for
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
                Figure::legend_of(&panels)
            } else {
                legend
                    .into_iter()
                    .map(|entry| entry.in_panels(&panels))
                    .collect()
            },
            panels,
        }
    }

    /// One entry for each name and look of the series, in their order, what is for reference last.
    /// A band or separate strokes that have the name of another series need none, and neither do
    /// cells, which have texts.
    pub fn legend_of(panels: &[Panel]) -> Vec<LegendEntry> {
        let mut legend: Vec<LegendEntry> = Vec::new();
        let series = panels
            .iter()
            .flat_map(|panel| panel.series.iter().map(move |one| (panel, one)));
        let (bands, others): (Vec<_>, Vec<_>) =
            series.partition(|(_, one)| matches!(one.marks, Marks::Band(_) | Marks::Strokes(_)));
        let entries = |(panel, series): &(&Panel, &Series)| series.legend_entry(panel.subject);
        for entry in others.iter().filter_map(entries) {
            if !legend.contains(&entry) {
                legend.push(entry);
            }
        }
        for entry in bands.iter().filter_map(entries) {
            if !legend.iter().any(|other| other.label == entry.label) {
                legend.push(entry);
            }
        }
        legend.sort_by_key(|entry| entry.role == Role::Reference);
        legend
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
fn filled(panels: usize, columns: usize) -> f64 {
    ((panels - 1) % columns + 1) as f64 / columns as f64
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

    fn in_panels(self, panels: &[Panel]) -> LegendEntry {
        let is_subject = panels.iter().any(|panel| panel.subject == Some(self.role));
        LegendEntry {
            role: if is_subject { Role::Subject } else { self.role },
            ..self
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
    /// A faint area.
    Band,
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

    /// The entry of a legend for this series in a panel, which may be about one model; None for
    /// cells and for no marks.
    pub fn legend_entry(&self, subject: Option<Role>) -> Option<LegendEntry> {
        let mark = match &self.marks {
            marks if marks.is_empty() => return None,
            Marks::Line(_) | Marks::Strokes(_) => LegendMark::Line,
            Marks::MarkedLine(_) => LegendMark::LineAndMarker,
            Marks::Band(_) => LegendMark::Band,
            Marks::Dots(_) => LegendMark::Dot,
            Marks::Rings(_) => LegendMark::Ring,
            Marks::Bars(_) => LegendMark::Block,
            Marks::Cells(_) => return None,
        };
        if subject == Some(self.role) {
            let label = format!("{} (in its model’s colour)", self.name);
            return Some(LegendEntry::new(label, Role::Subject, mark));
        }
        Some(LegendEntry::new(&self.name, self.role, mark))
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
            Marks::Band(triples) | Marks::Bars(triples) => triples.len(),
            Marks::Strokes(strokes) => strokes.len(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Family;

    #[test]
    fn a_legend_has_each_look_once_and_a_model_of_its_own_panel_is_whichever() {
        let axis = || Axis::linear("", [0.0, 1.0]);
        let line = || Marks::MarkedLine(vec![[0.0, 0.0], [1.0, 1.0]]);
        let about = |role| {
            let series = vec![
                Series::new("test", role, Marks::Band(vec![[0.0, 0.0, 1.0]])),
                Series::new("training", Role::Reference, line()),
                Series::new("test", role, line()),
                Series::new("nothing", role, Marks::Dots(Vec::new())),
            ];
            Panel::new(axis(), axis(), series).about("a model", role)
        };
        let panels = Family::BOTH
            .map(|family| about(Role::Best(family)))
            .to_vec();
        let mark = LegendMark::LineAndMarker;
        let expected = vec![
            LegendEntry::new("test (in its model’s colour)", Role::Subject, mark),
            LegendEntry::new("training", Role::Reference, mark),
        ];
        assert_eq!(Figure::legend_of(&panels), expected);
        let given = LegendEntry::new("test", Role::Best(Family::Generative), mark);
        let figure = Figure::new("", panels, vec![given]);
        assert_eq!(
            figure.legend,
            [LegendEntry::new("test", Role::Subject, mark)]
        );
    }
}
