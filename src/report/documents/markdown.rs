//! Writes `report.md`, which suits a pull request, with the PNGs beside it. It has the order and
//! the statements of the page.

use super::drawing::{Drawing, charts_of};
use super::families;
use super::tables::{DataTable, MOST_ROWS, TOKENS, TableCell, heading, most_harmful};
use super::tiles::tiles;
use super::{phrases, tables};
use crate::base::mail::Label;
use crate::base::numbers::{count, number};
use crate::base::shown::shown_text;
use crate::report::charts::Section;
use crate::report::statements;
use crate::results::warnings;
use crate::results::{Decision, EFFECT_SHOWN, Experiment, QuotedMessage, Timing, Vote};
use std::fmt::Write;

/// Number of slices shown, the worst first.
const SLICES: usize = 12;

/// The report as Markdown.
pub fn markdown(
    experiment: &Experiment,
    timing: Option<&Timing>,
    drawings: &[Drawing],
    repeat: Option<&str>,
) -> String {
    let mut page = String::new();
    finding(&mut page, experiment, drawings);
    summary(&mut page, experiment);
    why(&mut page, experiment, drawings);
    charts_section(
        &mut page,
        "When: with how much mail",
        drawings,
        Section::When,
    );
    if let Some(sentence) = tables::effect_in_words(experiment) {
        section(
            &mut page,
            "What the added mail changed",
            &(escaped(&sentence) + "\n\n" + &table(&tables::effect(experiment, EFFECT_SHOWN))),
        );
    }
    trust(&mut page, experiment, drawings);
    drift(&mut page, experiment);
    let decision = format!("The decision: {}.\n\n", experiment.decision.in_words());
    let decisions = decision + &table(&tables::decisions(experiment));
    section(&mut page, "What to do: choose a threshold", &decisions);
    let thresholds = tables::thresholds(experiment);
    if !thresholds.rows.is_empty() {
        paragraph(&mut page, &table(&thresholds));
        let cost = tables::cost_in_words(experiment);
        paragraph(&mut page, &format!("All test mail pooled. {cost}"));
    }
    charts(&mut page, drawings, Section::Decide);
    appendix(&mut page, experiment, timing, drawings);
    let lines = phrases::repeat(experiment, repeat)
        .into_iter()
        .map(|(what, value)| format!("- {what}: {}\n", escaped(&value)));
    section(&mut page, "How to repeat it", &lines.collect::<String>());
    page
}

/// The first screen: headline, chart and three figures.
fn finding(page: &mut String, experiment: &Experiment, drawings: &[Drawing]) {
    let headline = statements::headline(experiment).text;
    paragraph(page, &format!("# {}", escaped(&headline)));
    paragraph(page, &format!("Report on {}.", escaped(&experiment.name)));
    paragraph(page, &escaped(&statements::difference(experiment).text));
    charts(page, drawings, Section::Finding);
    for tile in tiles(experiment) {
        let value =
            |(_, model, cell): &(&str, String, TableCell)| format!("{model} {}", with_range(cell));
        let values: Vec<String> = tile.best.iter().map(value).collect();
        let difference = tile.difference.map(|told| format!("; {told}"));
        let line = format!("{}{}", values.join(", "), difference.unwrap_or_default());
        let _ = writeln!(
            page,
            "- **{}**, {}: {}",
            tile.name,
            tile.metric,
            escaped(&line)
        );
    }
    page.push('\n');
    let more = statements::details(experiment).into_iter();
    for sentence in more.chain(statements::tests(experiment)) {
        paragraph(page, &escaped(&sentence.text));
    }
}

/// The six metrics of every model.
fn summary(page: &mut String, experiment: &Experiment) {
    let metrics = tables::main_metrics(experiment);
    section(page, "All models by six metrics", &table(&metrics));
    let uncertainty = match experiment.resamples() {
        0 if !experiment.has_folds() => return,
        0 => "the standard deviation over folds".to_owned(),
        resamples => format!(
            "the 95 % interval of {} bootstrap resamples",
            count(resamples)
        ),
    };
    paragraph(page, &format!("In brackets stands {uncertainty}."));
}

/// What each family knows: one message through the best model of each, sum by sum.
fn why(page: &mut String, experiment: &Experiment, drawings: &[Drawing]) {
    let _ = writeln!(page, "## Why: what each family knows\n");
    if let Some(one) = experiment.worked_example() {
        let subject = heading(&one.text);
        if let Some(readers) = statements::readers(experiment, &one) {
            paragraph(page, &escaped(&format!("{}: {subject}", readers.text)));
        }
    }
    for family in families::views(experiment) {
        if let Some(note) = &family.note {
            paragraph(page, &escaped(note));
        }
        let Some(example) = family.worked_example else {
            continue;
        };
        let model = escaped(&example.model);
        let _ = writeln!(page, "| {model} | {} |\n| :-- | --: |", family.name);
        let tokens = example.tokens.iter().filter_map(|(cells, _)| {
            let (first, last) = (cells.first()?, cells.last()?);
            Some((first.clone(), last.clone()))
        });
        for (what, value) in tokens.chain(example.sums) {
            let _ = writeln!(page, "| {} | {} |", escaped(&what), escaped(&value));
        }
        page.push('\n');
    }
    charts(page, drawings, Section::Why);
}

/// What the generative models are worth as such; nothing without such an analysis.
fn generative(page: &mut String, experiment: &Experiment, timing: Option<&Timing>) {
    let Some(caption) = tables::generative_models_in_words(experiment) else {
        return;
    };
    let title = "The generative models: how they predict, decide and generate";
    let statement = statements::generative_models(experiment);
    let statement = statement.map(|one| escaped(&one.text) + "\n\n");
    let rows = table(&tables::generative_models(experiment, timing));
    section(page, title, &(statement.unwrap_or_default() + &rows));
    paragraph(page, &escaped(&caption));
    for reason in tables::why_unmeasured(experiment) {
        let _ = writeln!(page, "- {}", escaped(&reason));
    }
    page.push('\n');
}

/// Calibration, and what to know before believing a figure.
fn trust(page: &mut String, experiment: &Experiment, drawings: &[Drawing]) {
    let told = warnings(experiment).into_iter();
    let cautions = statements::cautions(experiment).into_iter();
    let lines = told.chain(cautions.map(|one| one.text));
    let lines: Vec<String> = lines
        .map(|line| format!("- {}\n", escaped(&line)))
        .collect();
    section(
        page,
        "Can I trust it: calibration and cautions",
        &lines.concat(),
    );
    charts(page, drawings, Section::Trust);
}

/// How new mail differs from the training mail; nothing without such an analysis.
fn drift(page: &mut String, experiment: &Experiment) {
    let told = statements::drift(experiment);
    if told.is_empty() {
        return;
    }
    let lines = told.iter().map(|one| format!("- {}\n", escaped(&one.text)));
    section(
        page,
        "Drift: how this mail differs from the training mail",
        &lines.collect::<String>(),
    );
    for rows in [
        tables::without_shared_mail(experiment),
        tables::score_drift(experiment),
        tables::share_drift(experiment),
        tables::shifted_tokens(experiment),
    ] {
        if !rows.rows.is_empty() {
            paragraph(page, &table(&rows));
        }
    }
}

/// All metrics, the other charts, slices, messages and data.
fn appendix(
    page: &mut String,
    experiment: &Experiment,
    timing: Option<&Timing>,
    drawings: &[Drawing],
) {
    let all = tables::summary(experiment, timing)
        .transposed()
        .without_empty_rows();
    section(page, "All metrics", &table(&all));
    charts_section(page, "Every threshold at once", drawings, Section::Curves);
    if let Some(comparison) = experiment.between_families() {
        let sentence = escaped(&phrases::comparison(comparison));
        section(page, "Model by model, and in pairs", &sentence);
    }
    charts(page, drawings, Section::Verdicts);
    charts_section(page, "What the models know", drawings, Section::Tokens);
    generative(page, experiment, timing);
    if let Some(game) = experiment.gan() {
        let words = escaped(&tables::game_in_words(&game));
        let rows = table(&tables::generators(&game));
        let generated = table(&tables::generated_words(&game));
        section(
            page,
            "A generator against a discriminator",
            &[words, rows, generated].join("\n\n"),
        );
        charts(page, drawings, Section::Game);
    }
    charts_section(page, "Cost and convergence", drawings, Section::Fitting);
    let (slices, _) = tables::slices_of_best(experiment).beginning(SLICES);
    table_section(page, "Slices", &slices);
    let quoted = experiment.messages();
    let (shown, _) = most_harmful(experiment, &quoted);
    let messages: String = shown
        .into_iter()
        .map(|one| message(experiment, one))
        .collect();
    if !messages.is_empty() {
        section(page, "Messages that cost most", &messages);
    }
    let (mislabelled, _) = tables::mislabelled(experiment).beginning(MOST_ROWS);
    table_section(page, "Messages that look mislabelled", &mislabelled);
    table_section(page, "Data", &tables::data_card(experiment));
    table_section(page, "Models not run", &tables::not_run(experiment));
}

fn charts_section(page: &mut String, title: &str, drawings: &[Drawing], part: Section) {
    if !charts_of(drawings, part).is_empty() {
        let _ = writeln!(page, "## {title}\n");
        charts(page, drawings, part);
    }
}

/// The pictures of a section, each with its title and caption.
fn charts(page: &mut String, drawings: &[Drawing], part: Section) {
    for drawing in charts_of(drawings, part) {
        picture(page, drawing);
    }
}

/// A picture with its title and caption.
pub(super) fn picture(page: &mut String, Drawing { key, figure, .. }: &Drawing) {
    let _ = writeln!(
        page,
        "### {title}\n\n![{title}](charts/{key}.png)\n\n{}\n",
        escaped(&figure.description),
        title = escaped(&figure.title)
    );
    for [name, text] in &figure.words {
        let _ = writeln!(page, "- **{}**: {}", escaped(name), escaped(text));
    }
    if !figure.words.is_empty() {
        page.push('\n');
    }
}

pub(super) fn table_section(page: &mut String, title: &str, rows: &DataTable) {
    if !rows.rows.is_empty() {
        section(page, title, &table(rows));
    }
}

pub(super) fn paragraph(page: &mut String, text: &str) {
    page.push_str(text);
    page.push_str("\n\n");
}

fn section(page: &mut String, title: &str, body: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(page, "## {title}\n\n{body}");
}

fn table(table: &DataTable) -> String {
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let cell = |cell: &TableCell| escaped(&with_range(cell));
    let head = row(table
        .columns
        .iter()
        .map(|column| escaped(&column.label))
        .collect());
    let rule = row(table
        .columns
        .iter()
        .enumerate()
        .map(|(at, _)| if at == 0 { ":--" } else { "--:" }.to_owned())
        .collect());
    let rows = table
        .rows
        .iter()
        .map(|cells| row(cells.iter().map(cell).collect()));
    [head, rule].into_iter().chain(rows).collect()
}

/// A value with its interval in brackets.
fn with_range(cell: &TableCell) -> String {
    let range = cell.uncertainty().map(|range| format!(" ({range})"));
    cell.shown() + &range.unwrap_or_default()
}

fn message(experiment: &Experiment, message: &QuotedMessage) -> String {
    let label = experiment
        .emails
        .label(message.row)
        .map_or("?", Label::name);
    let id = experiment.emails.id(message.row);
    let text: String = message.text.chars().take(240).collect();
    let best = experiment.best();
    let best = [best.generative, best.discriminative].into_iter().flatten();
    let best = best.filter_map(|at| {
        let name = &experiment.models[at].name;
        message.votes.iter().find(|vote| vote.model == *name)
    });
    let votes = best.map(|one| vote(one, experiment.decision_on(&one.model, message.row)));
    let votes: String = votes.collect();
    let wrong = tables::wrong_votes(experiment, message).count();
    let of = message.votes.len();
    format!(
        "**{}**, {}, is {label}, {wrong} of {of} models wrong\n\n> {}\n\n{votes}\n",
        escaped(id),
        escaped(&message.why),
        escaped(&text)
    )
}

fn vote(vote: &Vote, decision: Decision) -> String {
    let tokens = vote.reasons.tokens.iter().take(TOKENS);
    let tokens: Vec<String> = tokens
        .map(|(token, value)| format!("{} {}", escaped(token), number(*value, 2)))
        .collect();
    let verdict = decision.verdict(vote.log_odds);
    format!(
        "- {}: {verdict}, probability of spam {}: {}\n",
        escaped(&vote.model),
        escaped(&phrases::probability(vote.log_odds)),
        tokens.join(", ")
    )
}

/// Foreign text on one line, escaped so that nothing in it is Markdown or HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in shown_text(text).chars() {
        match letter {
            '\n' | '\t' => safe.push(' '),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' | '~' => {
                safe.extend(['\\', letter]);
            }
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_a_mail_is_markup() {
        assert_eq!(
            escaped("a|b\n<i> `x` [y](z)"),
            "a\\|b &lt;i&gt; \\`x\\` \\[y\\](z)"
        );
    }
}
