//! Writes `report.html`, a single file whose content security policy forbids loading anything, and
//! running anything but its own small script. A chart is HTML around an SVG element per panel, in
//! the colours of the page. The data of each chart is below it.

mod messages;
mod pieces;
mod shared;
mod side_by_side;
mod summary;
mod threshold_slider;

pub use side_by_side::side_by_side;

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
use crate::report::numbers::count;
use crate::report::palette::page_css;
use crate::report::statements::{self, Statement};
use crate::results::warnings;
use crate::results::{EFFECT_SHOWN, Experiment, Timing};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use messages::{ErrorsView, MessageView};
use sha2::{Digest, Sha256};
use shared::{CSS, ChartView, Listed, chart, in_pairs};
use std::collections::BTreeSet;
use summary::Summary;

/// Number of slices shown, the worst first.
const SLICES: usize = 12;
const SCRIPT: &str = include_str!("../../../../templates/report.js");

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage<'a> {
    name: String,
    headline: String,
    difference: String,
    details: Vec<String>,
    tests: Option<String>,
    css: String,
    css_hash: String,
    script: &'static str,
    script_hash: String,
    tiles: Vec<Tile>,
    summary: Summary,
    charts: Charts<'a>,
    families: [FamilyView; 2],
    worked_example: Option<MessageView>,
    /// Which models read that message.
    readers: Option<String>,
    effect: Option<(String, DataTable)>,
    /// What to know before believing a figure.
    cautions: Vec<Vec<Span>>,
    resamples: u64,
    thresholds: DataTable,
    cost: String,
    false_positive_cost: f64,
    /// The data of the slider, and its initial position in log-odds.
    threshold_steps: String,
    threshold: f64,
    /// The command that trains a model with a threshold; empty for none.
    train: String,
    /// What the decisions were chosen by, in words, and what they came to.
    decision_rule: String,
    decisions: DataTable,
    drift: Option<DriftView>,
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

/// How new mail differs from the training mail.
struct DriftView {
    sentences: Vec<String>,
    scores: DataTable,
    share: DataTable,
    without_shared: DataTable,
    /// Messages that the training mail did not hold.
    left: String,
    tokens: DataTable,
}

impl DriftView {
    fn of(experiment: &Experiment) -> Option<DriftView> {
        let found = experiment.drift()?;
        let shared = found.shared.map_or(0, |shared| shared.emails());
        Some(DriftView {
            sentences: texts(statements::drift(experiment)),
            scores: tables::score_drift(experiment),
            share: tables::share_drift(experiment),
            without_shared: tables::without_shared_mail(experiment),
            left: count(found.emails - shared),
            tokens: tables::shifted_tokens(experiment).beginning(MOST_ROWS).0,
        })
    }
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
    /// `has` says which anchors are on the page, to which marks may lead.
    fn of(drawings: &'a [Drawing], has: &dyn Fn(&str) -> bool) -> Charts<'a> {
        let of = |section: Section| -> Vec<ChartView<'a>> {
            let drawings = charts_of(drawings, section);
            in_pairs(drawings.into_iter().map(|one| chart(one, has)).collect())
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

/// The report as a page.
pub fn html(
    experiment: &Experiment,
    timing: Option<&Timing>,
    drawings: &[Drawing],
    repeat: Option<&str>,
    train: Option<&str>,
) -> Result<String, ReportError> {
    let messages = experiment.messages();
    let ranked = by_harm(experiment, &messages);
    let shown = &ranked[..MESSAGES.min(ranked.len())];
    let errors = messages::errors(experiment, shown);
    let messages: Vec<MessageView> = shown
        .iter()
        .map(|one| messages::message(experiment, one))
        .collect();
    let anchors: BTreeSet<String> = errors
        .iter()
        .map(|one| one.anchor.clone())
        .chain(messages.iter().map(|one| one.anchor.clone()))
        .collect();
    let css = page_css() + CSS;
    let statement = |statement: Statement| shown_text(&statement.text);
    let page = ReportPage {
        name: shown_text(&experiment.name),
        headline: statement(statements::headline(experiment)),
        difference: statement(statements::difference(experiment)),
        details: texts(statements::details(experiment)),
        tests: statements::tests(experiment).map(statement),
        css_hash: STANDARD.encode(Sha256::digest(&css)),
        css,
        script: SCRIPT,
        script_hash: STANDARD.encode(Sha256::digest(SCRIPT)),
        tiles: tiles(experiment),
        summary: Summary::of(experiment, timing),
        charts: Charts::of(drawings, &|anchor| anchors.contains(anchor)),
        families: families::views(experiment),
        worked_example: worked_example(experiment),
        readers: readers(experiment),
        effect: tables::effect_in_words(experiment)
            .map(|sentence| (sentence, tables::effect(experiment, EFFECT_SHOWN))),
        cautions: cautions(experiment),
        resamples: experiment.resamples(),
        thresholds: tables::thresholds(experiment),
        cost: tables::cost_in_words(experiment),
        false_positive_cost: tables::false_positive_cost(experiment),
        threshold_steps: threshold_slider::data(experiment),
        threshold: initial_threshold(experiment),
        train: train.unwrap_or_default().to_owned(),
        decision_rule: experiment.decision.in_words().replace(" %", "\u{a0}%"),
        decisions: tables::decisions(experiment),
        drift: DriftView::of(experiment),
        comparison: experiment.between_families().map(phrases::comparison),
        comparisons: Listed::of(&tables::comparisons(experiment), MOST_ROWS),
        slices: Listed::of(&tables::slices_of_best(experiment), SLICES),
        errors,
        messages,
        more_messages: ranked.len() - shown.len(),
        mislabelled: Listed::of(&tables::mislabelled(experiment), MOST_ROWS),
        data: tables::data_card(experiment),
        not_run: tables::not_run(experiment),
        repeat: shown_repeat(experiment, repeat),
        program: experiment.program.clone(),
        stamp: experiment.stamp.clone(),
    };
    page.render()
        .map_err(|error| ReportError::Document(error.to_string()))
}

fn worked_example(experiment: &Experiment) -> Option<MessageView> {
    let example = experiment.worked_example()?;
    Some(messages::worked_example(experiment, &example))
}

fn readers(experiment: &Experiment) -> Option<String> {
    let readers = statements::readers(experiment, &experiment.worked_example()?)?;
    Some(shown_text(&readers.text))
}

/// The texts of statements.
fn texts(statements: Vec<Statement>) -> Vec<String> {
    let shown = statements.into_iter().map(|one| shown_text(&one.text));
    shown.collect()
}

/// What to know before believing a figure.
fn cautions(experiment: &Experiment) -> Vec<Vec<Span>> {
    let told = warnings(experiment).into_iter();
    let cautions = statements::cautions(experiment).into_iter();
    let all = told.chain(cautions.map(|one| one.text));
    all.map(|sentence| spans(&sentence)).collect()
}

fn shown_repeat(experiment: &Experiment, repeat: Option<&str>) -> Vec<(&'static str, String)> {
    let lines = phrases::repeat(experiment, repeat).into_iter();
    lines
        .map(|(what, value)| (what, shown_text(&value)))
        .collect()
}

/// The threshold at which the slider stands: that of the first model with a result.
fn initial_threshold(experiment: &Experiment) -> f64 {
    let mut models = experiment.models.iter();
    let first = models.find(|model| tables::has_result(model));
    first.map_or(0.0, |model| model.decision().threshold)
}
