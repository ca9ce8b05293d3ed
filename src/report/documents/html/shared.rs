//! What the pages share: statements as text, charts, and tables that are cut.

use crate::base::shown::shown_text;
use crate::report::documents::drawing::Drawing;
use crate::report::documents::tables::{self, DataTable, MOST_ROWS};
use crate::report::figure::LegendEntry;
use crate::report::ink::{self, PanelWidth};
use crate::report::statements::Statement;

/// The texts of statements.
pub fn texts(statements: Vec<Statement>) -> Vec<String> {
    let shown = statements.into_iter().map(|one| shown_text(&one.text));
    shown.collect()
}

/// The beginning of a table, and the number of further rows in its CSV.
pub struct Listed {
    pub table: DataTable,
    pub left_out: usize,
}

impl Listed {
    pub fn of(table: &DataTable, most: usize) -> Listed {
        let (table, left_out) = table.beginning(most);
        Listed { table, left_out }
    }
}

/// The class of a chart of one panel, which leaves half the page to its caption.
const SINGLE: &str = "single";

/// A chart as the page shows it.
pub struct ChartView<'a> {
    pub key: &'static str,
    pub kicker: &'a str,
    pub title: &'a str,
    pub caption: &'a str,
    /// What parts of it mean in words: a name and a text each.
    pub words: Vec<[String; 2]>,
    /// Each entry as a picture of the mark and what it means.
    pub legend: Vec<(String, &'a str)>,
    pub panels: Vec<String>,
    /// The same in parts that a phone has room for, if the panels are wider.
    pub narrow: Vec<String>,
    /// The classes that say how wide the panels are.
    pub width: &'static str,
    pub data: DataTable,
    /// Marks that are not in `data`.
    pub left_out: usize,
}

/// A chart for the page; `has` says which anchors are on it.
pub fn chart<'a>(drawing: &'a Drawing, has: &dyn Fn(&str) -> bool) -> ChartView<'a> {
    let figure = &drawing.figure;
    let entry = |entry: &'a LegendEntry| (ink::key(entry), entry.label.as_str());
    let (data, left_out) = tables::of_figure(figure, Some(MOST_ROWS));
    ChartView {
        key: drawing.key,
        kicker: &figure.kicker,
        title: &figure.title,
        caption: &figure.description,
        words: figure
            .words
            .iter()
            .map(|words| words.each_ref().map(|text| shown_text(text)))
            .collect(),
        legend: figure.legend.iter().map(entry).collect(),
        panels: ink::panels(figure, has),
        narrow: ink::narrow_panels(figure, has),
        width: match ink::panel_width(figure) {
            PanelWidth::Whole => "whole",
            PanelWidth::TwoThirds => "two-thirds",
            PanelWidth::Half if figure.panels.len() == 1 => SINGLE,
            PanelWidth::Half => "half",
            PanelWidth::Third => "third",
            PanelWidth::Quarter => "quarter",
            PanelWidth::Fifth => "fifth",
        },
        data,
        left_out,
    }
}

/// Of single panels that follow one another, each two stand side by side.
pub fn in_pairs(mut charts: Vec<ChartView<'_>>) -> Vec<ChartView<'_>> {
    for run in charts.chunk_by_mut(|a, b| (a.width == SINGLE) == (b.width == SINGLE)) {
        for pair in run
            .chunks_exact_mut(2)
            .filter(|pair| pair[0].width == SINGLE)
        {
            for one in pair {
                one.width = "pair";
            }
        }
    }
    charts
}
