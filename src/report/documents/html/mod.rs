//! Writes `report.html`, a single file whose content security policy forbids loading anything, and
//! running anything but its own small script. Charts are embedded as SVG, or as PNG if they have
//! too many marks for a page. The data of each chart is below it.

mod messages;
mod pieces;
mod summary;
mod threshold_slider;

use super::drawing::Drawing;
use super::families::{self, FamilyView};
use super::phrases;
use super::sections::{Section, charts_of};
use super::spans::{Span, spans};
use super::tables;
use super::tables::{DataTable, MESSAGES, MOST_ROWS, by_harm};
use super::tiles::{Tile, tiles};
use crate::base::shown::shown_text;
use crate::report::error::ReportError;
use crate::report::statements::{self, Statement};
use crate::results::warnings;
use crate::results::{EFFECT_SHOWN, Experiment, Timing};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use messages::{ErrorsView, MessageView};
use sha2::{Digest, Sha256};
use summary::Summary;

/// Number of marks above which a chart is embedded as PNG.
const MOST_MARKS: usize = 2_000;
/// Number of slices shown, the worst first.
const SLICES: usize = 12;
const CSS: &str = include_str!("../../../../templates/report.css");
const SCRIPT: &str = include_str!("../../../../templates/report.js");

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage<'a> {
    name: String,
    headline: String,
    difference: String,
    details: Vec<String>,
    tests: Option<String>,
    css: &'static str,
    css_hash: String,
    script: &'static str,
    script_hash: String,
    tiles: Vec<Tile>,
    summary: Summary,
    charts: Charts<'a>,
    families: [FamilyView; 2],
    worked_example: Option<MessageView>,
    effect: Option<(String, DataTable)>,
    /// What to know before believing a figure.
    cautions: Vec<Vec<Span>>,
    resamples: u64,
    thresholds: DataTable,
    false_positive_cost: usize,
    /// The data of the slider, and its initial position in log-odds.
    threshold_steps: String,
    threshold: f64,
    comparison: Option<String>,
    comparisons: Listed,
    slices: Listed,
    errors: Vec<ErrorsView>,
    messages: Vec<MessageView>,
    more_messages: usize,
    mislabelled: Listed,
    data: DataTable,
    not_run: DataTable,
    repeat: Vec<(&'static str, String)>,
    program: String,
    stamp: Option<String>,
}

/// The charts by section.
struct Charts<'a> {
    finding: Vec<ChartView<'a>>,
    why: Vec<ChartView<'a>>,
    when: Vec<ChartView<'a>>,
    trust: Vec<ChartView<'a>>,
    decide: Vec<ChartView<'a>>,
    curves: Vec<ChartView<'a>>,
    verdicts: Vec<ChartView<'a>>,
    tokens: Vec<ChartView<'a>>,
    fitting: Vec<ChartView<'a>>,
}

impl<'a> Charts<'a> {
    fn of(drawings: &'a [Drawing]) -> Charts<'a> {
        let of = |section: Section| -> Vec<ChartView<'a>> {
            let drawings = charts_of(drawings, section);
            drawings.into_iter().map(chart).collect()
        };
        Charts {
            finding: of(Section::Finding),
            why: of(Section::Why),
            when: of(Section::When),
            trust: of(Section::Trust),
            decide: of(Section::Decide),
            curves: of(Section::Curves),
            verdicts: of(Section::Verdicts),
            tokens: of(Section::Tokens),
            fitting: of(Section::Fitting),
        }
    }
}

/// The beginning of a table, and the number of further rows in its CSV.
struct Listed {
    table: DataTable,
    left_out: usize,
}

impl Listed {
    fn of(table: &DataTable, most: usize) -> Listed {
        let (table, left_out) = table.beginning(most);
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
) -> Result<String, ReportError> {
    let messages = experiment.messages();
    let ranked = by_harm(experiment, &messages);
    let shown = &ranked[..MESSAGES.min(ranked.len())];
    let statement = |statement: Statement| shown_text(&statement.text);
    let told = warnings(experiment).into_iter();
    let cautions = statements::cautions(experiment).into_iter();
    let page = ReportPage {
        name: shown_text(&experiment.name),
        headline: statement(statements::headline(experiment)),
        difference: statement(statements::difference(experiment)),
        details: statements::details(experiment)
            .into_iter()
            .map(statement)
            .collect(),
        tests: statements::tests(experiment).map(statement),
        css: CSS,
        css_hash: STANDARD.encode(Sha256::digest(CSS)),
        script: SCRIPT,
        script_hash: STANDARD.encode(Sha256::digest(SCRIPT)),
        tiles: tiles(experiment),
        summary: Summary::of(experiment, timing),
        charts: Charts::of(drawings),
        families: families::views(experiment),
        worked_example: experiment
            .worked_example()
            .map(|one| messages::worked_example(experiment, &one)),
        effect: tables::effect_in_words(experiment)
            .map(|sentence| (sentence, tables::effect(experiment, EFFECT_SHOWN))),
        cautions: told
            .chain(cautions.map(|one| one.text))
            .map(|sentence| spans(&sentence))
            .collect(),
        resamples: experiment.resamples(),
        thresholds: tables::thresholds(experiment),
        false_positive_cost: tables::FALSE_POSITIVE_COST,
        threshold_steps: threshold_slider::data(experiment),
        threshold: experiment.decision.threshold,
        comparison: experiment.between_families().map(phrases::comparison),
        comparisons: Listed::of(&tables::comparisons(experiment), MOST_ROWS),
        slices: Listed::of(&tables::slices_of_best(experiment), SLICES),
        errors: messages::errors(experiment, shown),
        messages: shown
            .iter()
            .map(|one| messages::message(experiment, one))
            .collect(),
        more_messages: ranked.len() - shown.len(),
        mislabelled: Listed::of(&tables::mislabelled(experiment), MOST_ROWS),
        data: tables::data_card(experiment),
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
