//! The page of what stands alone, of the same pieces as that of an experiment.

use super::frame::{self, Frame, Inline};
use super::shared::{ChartView, Listed, chart};
use crate::base::shown::shown_text;
use crate::report::documents::alone::AlonePage;
use crate::report::documents::drawing::Drawing;
use crate::report::documents::tables::{MOST_ROWS, title_of};
use crate::report::error::ReportError;
use askama::Template;

#[derive(Template)]
#[template(path = "alone.html")]
struct Page<'a> {
    frame: Frame,
    charts: Vec<ChartView<'a>>,
    /// Each table with its name, that of its file, and its beginning.
    listed: Vec<(String, &'static str, Listed)>,
}

/// What stands alone as a page.
pub fn alone(alone: &AlonePage<'_>, drawings: &[Drawing]) -> Result<String, ReportError> {
    let listed = alone.tables.iter().map(|(file, table)| {
        let listed = Listed::of(table, MOST_ROWS);
        (title_of(file), *file, listed)
    });
    let words = alone.words.iter();
    frame::page(&Page {
        frame: Frame {
            name: shown_text(&format!("{} {}", alone.name, alone.mail)),
            headline: alone.question.to_owned(),
            sentences: words.map(|words| shown_text(words)).collect(),
            style: Inline::style(),
            script: None,
            program: alone.program.to_owned(),
            stamp: None,
        },
        charts: drawings.iter().map(|one| chart(one, &|_| false)).collect(),
        listed: listed.collect(),
    })
}
