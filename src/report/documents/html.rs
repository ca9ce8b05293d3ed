//! `report.html`: one file that loads nothing and runs nothing, by a content security policy of its own. A chart stands in it
//! as lines (SVG), or as pixels (PNG) where it has more marks than a page should carry.

use super::tables::Table;
use super::words::{self, readable};
use super::{Drawing, TOKENS, tables, telling};
use crate::mail::Label;
use crate::report::ReportError;
use crate::report::axis::number;
use crate::report::palette::{hex, roles, style};
use crate::results::{Experiment, Message, Timing, Vote};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// Marks above which a chart is embedded as pixels.
const MOST_MARKS: usize = 2_000;
const CSS: &str = include_str!("../../../templates/report.css");

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    name: String,
    finding: String,
    css: &'static str,
    css_hash: String,
    /// Colour of each model, in the order of the columns of the summary.
    colours: Vec<String>,
    summary: Table,
    comparisons: Vec<String>,
    charts: Vec<ChartView<'a>>,
    messages: Vec<MessageView>,
    data: Table,
    not_run: Table,
    repeat: Vec<(&'static str, String)>,
    program: String,
}

struct ChartView<'a> {
    title: &'static str,
    key: &'static str,
    caption: &'a str,
    /// The SVG, or nothing where `pixels` stands in for it.
    lines: &'a str,
    pixels: String,
    width: u32,
    height: u32,
}

struct MessageView {
    subject: String,
    text: String,
    cut: bool,
    label: &'static str,
    why: String,
    id: String,
    votes: Vec<VoteView>,
}

struct VoteView {
    model: String,
    verdict: &'static str,
    right: bool,
    probability: String,
    /// Token, what it added, and whether that speaks for spam.
    tokens: Vec<(String, String, bool)>,
}

/// The report as a page.
pub fn html(experiment: &Experiment, timing: Option<&Timing>, drawings: &[Drawing]) -> Result<String, ReportError> {
    let page = Page {
        name: readable(&experiment.plan.name),
        finding: readable(&words::finding(experiment)),
        css: CSS,
        css_hash: STANDARD.encode(Sha256::digest(CSS)),
        colours: colours(experiment),
        summary: tables::summary(experiment, timing).transposed(),
        comparisons: experiment.comparisons.iter().map(words::comparison).collect(),
        charts: drawings.iter().map(chart).collect(),
        messages: telling(experiment).into_iter().map(|one| message(experiment, one)).collect(),
        data: tables::data_card(experiment),
        not_run: tables::not_run(experiment),
        repeat: words::repeat(experiment).into_iter().map(|(what, value)| (what, readable(&value))).collect(),
        program: experiment.program.clone(),
    };
    page.render().map_err(|error| ReportError::Document(error.to_string()))
}

fn colours(experiment: &Experiment) -> Vec<String> {
    let models = experiment.models.iter().zip(roles(experiment));
    models.filter(|(model, _)| tables::has_result(model)).map(|(_, role)| hex(style(role).colour)).collect()
}

fn chart(drawing: &Drawing) -> ChartView<'_> {
    let heavy = drawing.figure.marks() > MOST_MARKS;
    let size = |at: usize| {
        drawing.png.get(at..at + 4).map_or(0, |bytes| bytes.iter().fold(0, |sum, &byte| sum << 8 | u32::from(byte)))
    };
    ChartView {
        title: drawing.title,
        key: drawing.key,
        caption: &drawing.figure.description,
        lines: if heavy { "" } else { &drawing.svg },
        pixels: if heavy { STANDARD.encode(&drawing.png) } else { String::new() },
        // The header of a PNG holds its size, here twice that of the picture.
        width: size(16) / 2,
        height: size(20) / 2,
    }
}

fn message(experiment: &Experiment, message: &Message) -> MessageView {
    let label = experiment.mails.labels.get(message.row as usize).copied().flatten();
    let text = readable(&message.text);
    let (subject, body) = text.split_once('\n').unwrap_or((&text, ""));
    MessageView {
        subject: if subject.trim().is_empty() { "(no subject)".to_owned() } else { subject.to_owned() },
        text: body.trim().to_owned(),
        cut: message.cut,
        label: label.map_or("?", Label::name),
        why: readable(&message.why),
        id: readable(experiment.mails.ids.get(message.row as usize).map_or("", String::as_str)),
        votes: message.votes.iter().map(|one| vote(one, label)).collect(),
    }
}

fn vote(vote: &Vote, truth: Option<Label>) -> VoteView {
    let verdict = Label::from_is_spam(vote.log_odds >= 0.0);
    let token = |(token, value): &(String, f64)| {
        let sign = if *value > 0.0 { "+" } else { "" };
        (readable(token), format!("{sign}{}", number(*value, 2)), *value > 0.0)
    };
    VoteView {
        model: vote.model.clone(),
        verdict: verdict.name(),
        right: truth == Some(verdict),
        probability: words::probability(vote.log_odds),
        tokens: vote.reasons.tokens.iter().take(TOKENS).map(token).collect(),
    }
}
