//! The page of several experiments, of the same pieces as that of one.

use super::frame::{self, Frame, Inline};
use super::shared::{ChartView, Listed, chart, texts};
use crate::base::shown::shown_text;
use crate::report::charts::CRITICAL_DIFFERENCE;
use crate::report::documents::drawing::Drawing;
use crate::report::documents::tables::{self, DataTable, MOST_ROWS};
use crate::report::error::ReportError;
use crate::report::side_by_side::SideBySide;
use crate::report::statements;
use askama::Template;

#[derive(Template)]
#[template(path = "side_by_side.html")]
struct Page<'a> {
    frame: Frame,
    over_corpora: Vec<ChartView<'a>>,
    charts: Vec<ChartView<'a>>,
    ranks: DataTable,
    pairs: Listed,
    families: DataTable,
    differences: DataTable,
    metrics: DataTable,
    changed: Listed,
    asked: DataTable,
}

/// Several experiments as a page.
pub fn side_by_side(all: &SideBySide, drawings: &[Drawing]) -> Result<String, ReportError> {
    let names: Vec<&str> = all
        .experiments
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let mut sentences = texts(statements::several(all)).into_iter();
    let headline = sentences.next().unwrap_or_default();
    let first = all.experiments.first();
    let is_over_corpora = |one: &&Drawing| one.key == CRITICAL_DIFFERENCE;
    let (over_corpora, charts): (Vec<&Drawing>, Vec<&Drawing>) =
        drawings.iter().partition(is_over_corpora);
    let view = |one| chart(one, &|_| false);
    frame::page(&Page {
        frame: Frame {
            name: shown_text(&names.join(", ")),
            headline: headline.trim_end_matches('.').to_owned(),
            sentences: sentences.collect(),
            style: Inline::style(),
            script: None,
            program: first.map_or("", |one| &one.experiment.program).to_owned(),
            stamp: None,
        },
        over_corpora: over_corpora.into_iter().map(view).collect(),
        charts: charts.into_iter().map(view).collect(),
        ranks: tables::ranks(all),
        pairs: Listed::of(&tables::corpora_pairs(all), MOST_ROWS),
        families: tables::families(all),
        differences: tables::differences(all),
        metrics: tables::metrics(all),
        changed: Listed::of(&tables::changed(all), MOST_ROWS),
        asked: tables::asked(all),
    })
}
