//! Writes `report.html`, a single file whose content security policy forbids loading anything, and
//! running anything but its own small script. A chart is HTML around an SVG element per panel, in
//! the colours of the page. The data of each chart is below it.

mod alone;
mod frame;
mod messages;
mod pieces;
mod sections;
mod shared;
mod side_by_side;
mod summary;
mod threshold_slider;

pub use alone::alone;
pub use side_by_side::side_by_side;

use super::drawing::Drawing;
use super::phrases;
use super::tables::{self, DataTable};
use crate::base::shown::shown_text;
use crate::report::charts::Section;
use crate::report::error::ReportError;
use crate::report::statements;
use crate::results::{EFFECT_SHOWN, Experiment, Timing};
use askama::Template;
use frame::{Frame, Inline};
use messages::{ErrorsView, Messages};
use sections::{Charts, Decide, Drift, Finding, GenerativeView, Trust, Verdicts, Why};
use shared::{ChartView, Listed};
use summary::Summary;

/// Number of slices shown, the worst first.
const SLICES: usize = 12;
const SCRIPT: &str = include_str!("../../../../templates/report.js");

/// The sections in their order.
#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage<'a> {
    frame: Frame,
    finding: Finding<'a>,
    summary: Summary,
    why: Why<'a>,
    when: Vec<ChartView<'a>>,
    effect: Option<(String, DataTable)>,
    generative: Option<GenerativeView>,
    has_folds: bool,
    trust: Trust<'a>,
    drift: Option<Drift>,
    decide: Decide<'a>,
    curves: Vec<ChartView<'a>>,
    verdicts: Verdicts<'a>,
    tokens: Vec<ChartView<'a>>,
    game: Option<(String, [DataTable; 2])>,
    game_charts: Vec<ChartView<'a>>,
    fitting: Vec<ChartView<'a>>,
    slices: Listed,
    errors: &'a [ErrorsView],
    messages: &'a Messages,
    data: DataTable,
    not_run: DataTable,
    repeat: Vec<(&'static str, String)>,
}

/// The report as a page.
pub fn html(
    experiment: &Experiment,
    timing: Option<&Timing>,
    drawings: &[Drawing],
    repeat: Option<&str>,
    train: Option<&str>,
) -> Result<String, ReportError> {
    let messages = Messages::of(experiment);
    let errors = messages::errors(experiment, &messages);
    let of_errors = errors.iter().map(|one| one.anchor.as_str());
    let anchors = messages.anchors().chain(of_errors).collect();
    let charts = Charts { drawings, anchors };
    frame::page(&ReportPage {
        frame: frame(experiment),
        finding: Finding::of(experiment, &charts),
        summary: Summary::of(experiment, timing),
        why: Why::of(experiment, &charts),
        when: charts.of(Section::When),
        effect: tables::effect_in_words(experiment)
            .map(|sentence| (sentence, tables::effect(experiment, EFFECT_SHOWN))),
        generative: GenerativeView::of(experiment, timing),
        has_folds: experiment.has_folds(),
        trust: Trust::of(experiment, &charts),
        drift: Drift::of(experiment),
        decide: Decide::of(experiment, &charts, train),
        curves: charts.of(Section::Curves),
        verdicts: Verdicts::of(experiment, &charts),
        tokens: charts.of(Section::Tokens),
        game: experiment.gan().map(|game| {
            let both = [tables::generators(&game), tables::generated_words(&game)];
            (tables::game_in_words(&game), both)
        }),
        game_charts: charts.of(Section::Game),
        fitting: charts.of(Section::Fitting),
        slices: Listed::of(&tables::slices_of_best(experiment), SLICES),
        errors: &errors,
        messages: &messages,
        data: tables::data_card(experiment),
        not_run: tables::not_run(experiment),
        repeat: shown_repeat(experiment, repeat),
    })
}

fn frame(experiment: &Experiment) -> Frame {
    Frame {
        name: shown_text(&experiment.name),
        headline: shown_text(&statements::headline(experiment).text),
        sentences: vec![shown_text(&statements::difference(experiment).text)],
        style: Inline::style(),
        script: Some(Inline::of(SCRIPT.to_owned())),
        program: experiment.program.clone(),
        stamp: experiment.stamp.clone(),
    }
}

fn shown_repeat(experiment: &Experiment, repeat: Option<&str>) -> Vec<(&'static str, String)> {
    let lines = phrases::repeat(experiment, repeat).into_iter();
    lines
        .map(|(what, value)| (what, shown_text(&value)))
        .collect()
}
