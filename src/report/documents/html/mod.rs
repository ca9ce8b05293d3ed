//! Writes `report.html`, a single file whose content security policy forbids loading anything, and
//! running anything but its own small script. Charts are embedded as SVG, or as PNG if they have
//! too many marks for a page. The data of each chart is below it.

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
use crate::report::palette::{hex, roles, style};
use crate::report::statements;
use crate::results::warnings;
use crate::results::{EFFECT_SHOWN, Experiment, Timing};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use families::FamilyView;
use messages::{ErrorsView, MessageView};
use sha2::{Digest, Sha256};

/// Number of marks above which a chart is embedded as PNG.
const MOST_MARKS: usize = 2_000;
/// Keys of the charts that have a section of their own.
const PAIRWISE: &str = "pairwise";
const CSS: &str = include_str!("../../../../templates/report.css");
const SCRIPT: &str = include_str!("../../../../templates/report.js");

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage<'a> {
    name: String,
    finding: String,
    css: &'static str,
    css_hash: String,
    script: &'static str,
    script_hash: String,
    /// The data of the slider, and its initial position in log-odds.
    threshold_steps: String,
    threshold: f64,
    /// The command that trains a model with a threshold; empty for none.
    train: String,
    /// What the decisions were chosen by, in words, and what they came to.
    decision_rule: String,
    decisions: DataTable,
    /// A sentence, what became of scores, and the tokens that shifted most.
    drift: Option<(String, DataTable, DataTable)>,
    /// The colour of each model, in the order of the columns of the summary.
    colours: Vec<String>,
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
    title: &'a str,
    key: &'static str,
    caption: &'a str,
    /// The SVG, or an empty text if `pixels` replaces it.
    lines: &'a str,
    pixels: String,
    width: u32,
    height: u32,
    data: DataTable,
}

/// The report as a page.
pub fn html(
    experiment: &Experiment,
    timing: Option<&Timing>,
    drawings: &[Drawing],
    repeat: Option<&str>,
    train: Option<&str>,
) -> Result<String, ReportError> {
    let (pairwise, others): (Vec<&Drawing>, Vec<&Drawing>) =
        drawings.iter().partition(|drawing| drawing.key == PAIRWISE);
    let messages = experiment.messages();
    let shown = selected(&messages);
    let page = ReportPage {
        name: shown_text(&experiment.name),
        finding: shown_text(&statements::in_words(&statements::finding(experiment))),
        css: CSS,
        css_hash: STANDARD.encode(Sha256::digest(CSS)),
        script: SCRIPT,
        script_hash: STANDARD.encode(Sha256::digest(SCRIPT)),
        threshold_steps: threshold_slider::data(experiment),
        threshold: initial_threshold(experiment),
        train: train.unwrap_or_default().to_owned(),
        decision_rule: experiment.decision.in_words(),
        decisions: tables::decisions(experiment),
        drift: tables::drift_in_words(experiment).map(|sentence| {
            let tokens = tables::shifted_tokens(experiment).beginning(MOST_ROWS).0;
            (sentence, tables::drift(experiment), tokens)
        }),
        colours: colours(experiment),
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
        pairwise: pairwise.first().map(|drawing| chart(drawing)),
        data: tables::data_card(experiment),
        warnings: warnings(experiment)
            .iter()
            .map(|sentence| shown_text(sentence))
            .collect(),
        charts: others.into_iter().map(chart).collect(),
        messages: shown
            .iter()
            .map(|one| messages::message(experiment, one))
            .collect(),
        errors: messages::errors(experiment, &shown),
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

/// The threshold at which the slider stands: that of the first model with a result.
fn initial_threshold(experiment: &Experiment) -> f64 {
    let mut models = experiment.models.iter();
    let first = models.find(|model| tables::has_result(model));
    first.map_or(0.0, |model| model.decision().threshold)
}

fn colours(experiment: &Experiment) -> Vec<String> {
    let models = experiment.models.iter().zip(roles(experiment));
    models
        .filter(|(model, _)| tables::has_result(model))
        .map(|(_, role)| hex(style(role).colour))
        .collect()
}

fn chart(drawing: &Drawing) -> ChartView<'_> {
    let heavy = drawing.figure.marks() > MOST_MARKS;
    let size = |at: usize| {
        drawing.png.get(at..at + 4).map_or(0, |bytes| {
            bytes
                .iter()
                .fold(0, |sum, &byte| sum << 8 | u32::from(byte))
        })
    };
    ChartView {
        title: &drawing.figure.title,
        key: drawing.key,
        caption: &drawing.figure.description,
        lines: if heavy { "" } else { &drawing.svg },
        pixels: if heavy {
            STANDARD.encode(&drawing.png)
        } else {
            String::new()
        },
        // The header of a PNG contains its size, which is twice that of the picture.
        width: size(16) / 2,
        height: size(20) / 2,
        data: tables::of_figure(&drawing.figure, Some(MOST_ROWS)),
    }
}
