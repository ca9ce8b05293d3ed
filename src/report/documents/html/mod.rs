//! Writes `report.html`, a single file whose content security policy forbids loading anything, and
//! running anything but its own small script. A chart is HTML around an SVG element per panel, in
//! the colours of the page. The data of each chart is below it.

mod families;
mod messages;
mod pieces;
mod threshold_slider;

use super::drawing::Drawing;
use super::phrases;
use super::selected_messages::selected;
use super::tables;
use super::tables::{DataTable, MOST_ROWS};
use crate::base::shown::shown_text;
use crate::report::error::ReportError;
use crate::report::figure::{LegendEntry, LegendMark};
use crate::report::ink::{self, PanelWidth};
use crate::report::palette::{page_css, roles};
use crate::report::statements;
use crate::results::warnings;
use crate::results::{EFFECT_SHOWN, Experiment, Timing};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use families::FamilyView;
use messages::{ErrorsView, MessageView};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Keys of the charts that have a section of their own.
const PAIRWISE: &str = "pairwise";
const CSS: &str = include_str!("../../../../templates/report.css");
const SCRIPT: &str = include_str!("../../../../templates/report.js");

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage<'a> {
    name: String,
    finding: String,
    css: String,
    css_hash: String,
    script: &'static str,
    script_hash: String,
    /// The data of the slider, and its initial position in log-odds.
    threshold_steps: String,
    threshold: f64,
    /// The line of each model, in the order of the columns of the summary.
    swatches: Vec<String>,
    summary: DataTable,
    resamples: u64,
    families: [FamilyView; 2],
    worked_example: Option<MessageView>,
    comparison: Option<String>,
    comparisons: Listed,
    effect: Option<(String, DataTable)>,
    pairwise: Option<ChartView<'a>>,
    data: DataTable,
    warnings: Vec<String>,
    charts: Vec<ChartView<'a>>,
    messages: Vec<MessageView>,
    errors: Vec<ErrorsView>,
    slices: Listed,
    mislabelled: Listed,
    not_run: DataTable,
    repeat: Vec<(&'static str, String)>,
    program: String,
    stamp: Option<String>,
}

/// The beginning of a table, and the number of further rows in its CSV.
struct Listed {
    table: DataTable,
    left_out: usize,
}

impl Listed {
    fn of(table: &DataTable) -> Listed {
        let (table, left_out) = table.beginning(MOST_ROWS);
        Listed { table, left_out }
    }
}

struct ChartView<'a> {
    key: &'static str,
    kicker: &'a str,
    title: &'a str,
    caption: &'a str,
    /// Each entry as a picture of the mark and what it means.
    legend: Vec<(String, &'a str)>,
    panels: Vec<String>,
    /// The classes that say how wide the panels are.
    width: &'static str,
    data: DataTable,
}

/// The report as a page.
pub fn html(
    experiment: &Experiment,
    timing: Option<&Timing>,
    drawings: &[Drawing],
    repeat: Option<&str>,
) -> Result<String, ReportError> {
    let (pairwise, others): (Vec<&Drawing>, Vec<&Drawing>) =
        drawings.iter().partition(|drawing| drawing.key == PAIRWISE);
    let messages = experiment.messages();
    let shown = selected(&messages);
    let errors = messages::errors(experiment, &shown);
    let messages: Vec<MessageView> = shown
        .iter()
        .map(|one| messages::message(experiment, one))
        .collect();
    let anchors: BTreeSet<&str> = errors
        .iter()
        .map(|one| one.anchor.as_str())
        .chain(messages.iter().map(|one| one.anchor.as_str()))
        .collect();
    let chart = |drawing| chart(drawing, &|anchor| anchors.contains(anchor));
    let css = page_css() + CSS;
    let page = ReportPage {
        name: shown_text(&experiment.name),
        finding: shown_text(&statements::in_words(&statements::finding(experiment))),
        css_hash: STANDARD.encode(Sha256::digest(&css)),
        css,
        script: SCRIPT,
        script_hash: STANDARD.encode(Sha256::digest(SCRIPT)),
        threshold_steps: threshold_slider::data(experiment),
        threshold: experiment.decision.threshold,
        swatches: swatches(experiment),
        summary: tables::summary(experiment, timing)
            .transposed()
            .without_empty_rows(),
        resamples: experiment.resamples(),
        families: families::views(experiment),
        worked_example: experiment
            .worked_example()
            .map(|one| messages::worked_example(experiment, &one)),
        comparison: experiment.between_families().map(phrases::comparison),
        comparisons: Listed::of(&tables::comparisons(experiment)),
        effect: tables::effect_in_words(experiment)
            .map(|sentence| (sentence, tables::effect(experiment, EFFECT_SHOWN))),
        pairwise: pairwise.first().copied().map(chart),
        data: tables::data_card(experiment),
        warnings: warnings(experiment)
            .iter()
            .map(|sentence| shown_text(sentence))
            .collect(),
        charts: others.into_iter().map(chart).collect(),
        messages,
        errors,
        slices: Listed::of(&tables::slices_of_best(experiment)),
        mislabelled: Listed::of(&tables::mislabelled(experiment)),
        not_run: tables::not_run(experiment),
        repeat: phrases::repeat(experiment, repeat)
            .into_iter()
            .map(|(what, value)| (what, shown_text(&value)))
            .collect(),
        program: experiment.program.clone(),
        stamp: experiment.stamp.clone(),
    };
    page.render()
        .map_err(|error| ReportError::Document(error.to_string()))
}

fn swatches(experiment: &Experiment) -> Vec<String> {
    let models = experiment.models.iter().zip(roles(experiment));
    models
        .filter(|(model, _)| tables::has_result(model))
        .map(|(_, role)| ink::key(&LegendEntry::new("", role, LegendMark::LineAndMarker)))
        .collect()
}

fn chart<'a>(drawing: &'a Drawing, has: &dyn Fn(&str) -> bool) -> ChartView<'a> {
    let figure = &drawing.figure;
    let entry = |entry: &'a LegendEntry| (ink::key(entry), entry.label.as_str());
    ChartView {
        key: drawing.key,
        kicker: &figure.kicker,
        title: &figure.title,
        caption: &figure.description,
        legend: figure.legend.iter().map(entry).collect(),
        panels: ink::panels(figure, has),
        width: match ink::panel_width(figure) {
            PanelWidth::Whole => "whole",
            PanelWidth::Half if figure.panels.len() == 1 => "single",
            PanelWidth::Half => "half",
            PanelWidth::Third => "third",
            PanelWidth::Quarter => "quarter",
        },
        data: tables::of_figure(figure, Some(MOST_ROWS)),
    }
}
