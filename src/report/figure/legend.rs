//! The legend of a figure: what its colours, dashes and markers mean.

use super::panel::Panel;
use super::series::{Marks, Series};
use crate::report::palette::Role;
use serde::{Deserialize, Serialize};

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

    /// The entry of a series in a panel, which may be about one model; None for
    /// cells, whether they have text or not, and for no marks.
    pub fn of(series: &Series, subject: Option<Role>) -> Option<LegendEntry> {
        let mark = match &series.marks {
            marks if marks.is_empty() => return None,
            Marks::Line(_) | Marks::Strokes(_) => LegendMark::Line,
            Marks::MarkedLine(_) => LegendMark::LineAndMarker,
            Marks::Band(_) => LegendMark::Band,
            Marks::Dots(_) => LegendMark::Dot,
            Marks::Rings(_) => LegendMark::Ring,
            Marks::Bars(_) => LegendMark::Block,
            Marks::Cells(_) | Marks::Shades(_) => return None,
        };
        if subject == Some(series.role) {
            let label = format!("{} (in its model’s colour)", series.name);
            return Some(LegendEntry::new(label, Role::Subject, mark));
        }
        Some(LegendEntry::new(&series.name, series.role, mark))
    }

    /// This entry in a legend of these panels: a model that has a panel of its own stands for
    /// whichever model a panel is about.
    pub(super) fn in_panels(self, panels: &[Panel]) -> LegendEntry {
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

/// One entry for each name and look of the series, in their order, what is for reference last.
/// A band or separate strokes that have the name of another series need none, and neither do
/// cells, which have texts.
pub(super) fn legend_of(panels: &[Panel]) -> Vec<LegendEntry> {
    let mut legend: Vec<LegendEntry> = Vec::new();
    let series = panels
        .iter()
        .flat_map(|panel| panel.series.iter().map(move |one| (panel, one)));
    let (bands, others): (Vec<_>, Vec<_>) =
        series.partition(|(_, one)| matches!(one.marks, Marks::Band(_) | Marks::Strokes(_)));
    let entries = |(panel, series): &(&Panel, &Series)| LegendEntry::of(series, panel.subject);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::axis::Axis;
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
        assert_eq!(legend_of(&panels), expected);
        let given = LegendEntry::new("test", Role::Best(Family::Generative), mark);
        assert_eq!(
            given.in_panels(&panels),
            LegendEntry::new("test", Role::Subject, mark)
        );
    }
}
