//! The page of several experiments, of the same pieces as that of one.

use super::shared::{CSS, ChartView, Listed, chart};
use crate::base::shown::shown_text;
use crate::report::documents::drawing::Drawing;
use crate::report::documents::tables::{self, DataTable, MOST_ROWS};
use crate::report::error::ReportError;
use crate::report::palette::page_css;
use crate::report::side_by_side::SideBySide;
use crate::report::statements;
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

#[derive(Template)]
#[template(path = "side_by_side.html")]
struct Page<'a> {
    names: String,
    headline: String,
    sentences: Vec<String>,
    css: String,
    css_hash: String,
    charts: Vec<ChartView<'a>>,
    families: DataTable,
    differences: DataTable,
    metrics: DataTable,
    changed: Listed,
    asked: DataTable,
    program: &'a str,
}

/// Several experiments as a page.
pub fn side_by_side(all: &SideBySide, drawings: &[Drawing]) -> Result<String, ReportError> {
    let css = page_css() + CSS;
    let names: Vec<&str> = all
        .experiments
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let mut sentences = statements::changed_between(all);
    sentences.push(statements::comparable(all));
    let mut sentences = sentences.into_iter().map(|one| shown_text(&one.text));
    let headline = sentences.next().unwrap_or_default();
    let first = all.experiments.first();
    let page = Page {
        names: shown_text(&names.join(", ")),
        headline: headline.trim_end_matches('.').to_owned(),
        sentences: sentences.collect(),
        css_hash: STANDARD.encode(Sha256::digest(&css)),
        css,
        charts: drawings.iter().map(|one| chart(one, &|_| false)).collect(),
        families: tables::families(all),
        differences: tables::differences(all),
        metrics: tables::metrics(all),
        changed: Listed::of(&tables::changed(all), MOST_ROWS),
        asked: tables::asked(all),
        program: first.map_or("", |one| one.experiment.program.as_str()),
    };
    page.render()
        .map_err(|error| ReportError::Document(error.to_string()))
}
