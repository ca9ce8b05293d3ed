//! Writes `report.md`, which suits a pull request, with the PNGs beside it.

use super::drawing::Drawing;
use super::selected_messages::{TOKENS, selected};
use super::tables::{DataTable, MOST_ROWS, TableCell};
use super::{phrases, tables};
use crate::base::mail::Label;
use crate::base::shown::shown_text;
use crate::report::numbers::{count, number};
use crate::report::statements;
use crate::results::warnings;
use crate::results::{Decision, EFFECT_SHOWN, Experiment, QuotedMessage, Timing, Vote};
use std::fmt::Write;

/// The report as Markdown.
pub fn markdown(
    experiment: &Experiment,
    timing: Option<&Timing>,
    drawings: &[Drawing],
    repeat: Option<&str>,
) -> String {
    let mut page = format!(
        "# {}: generative and discriminative models compared\n\n",
        escaped(&experiment.name)
    );
    paragraph(
        &mut page,
        &escaped(&statements::in_words(&statements::finding(experiment))),
    );
    summary(&mut page, experiment, timing);
    if let Some(sentence) = tables::effect_in_words(experiment) {
        section(
            &mut page,
            "What the added mail changed",
            &(escaped(&sentence) + "\n\n" + &table(&tables::effect(experiment, EFFECT_SHOWN))),
        );
    }
    let decision = format!("The decision: {}.\n\n", experiment.decision.in_words());
    let decisions = decision + &table(&tables::decisions(experiment));
    section(&mut page, "What to do: choosing a threshold", &decisions);
    for Drawing { key, figure, .. } in drawings {
        let picture = format!(
            "![{}](charts/{key}.png)\n\n{}\n",
            figure.title,
            escaped(&figure.description)
        );
        section(&mut page, &figure.title, &picture);
    }
    let (slices, _) = tables::slices_of_best(experiment).beginning(MOST_ROWS);
    table_section(&mut page, "Slices", &slices);
    let (mislabelled, _) = tables::mislabelled(experiment).beginning(MOST_ROWS);
    table_section(&mut page, "Messages that look mislabelled", &mislabelled);
    table_section(&mut page, "Models not run", &tables::not_run(experiment));
    table_section(&mut page, "Data", &tables::data_card(experiment));
    let quoted = experiment.messages();
    let messages: Vec<String> = selected(&quoted)
        .into_iter()
        .map(|one| message(experiment, one))
        .collect();
    if !messages.is_empty() {
        section(&mut page, "Selected messages", &messages.concat());
    }
    let lines = phrases::repeat(experiment, repeat)
        .into_iter()
        .map(|(what, value)| format!("- {what}: {}\n", escaped(&value)));
    section(&mut page, "How to repeat it", &lines.collect::<String>());
    page
}

/// Appends the metrics of every model, the warnings about them, and the test between the families.
fn summary(page: &mut String, experiment: &Experiment, timing: Option<&Timing>) {
    let metrics = tables::summary(experiment, timing)
        .transposed()
        .without_empty_rows();
    section(page, "Summary", &table(&metrics));
    let uncertainty = match experiment.resamples() {
        0 => "with the standard deviation over folds".to_owned(),
        resamples => format!(
            "in brackets the 95 % interval of {} bootstrap resamples",
            count(resamples as usize)
        ),
    };
    paragraph(
        page,
        &format!("Mean over folds, {uncertainty}; the best of each row in bold."),
    );
    for sentence in warnings(experiment) {
        let _ = writeln!(page, "- {}", escaped(&sentence));
    }
    page.push('\n');
    if let Some(comparison) = experiment.between_families() {
        paragraph(page, &escaped(&phrases::comparison(comparison)));
    }
}

fn table_section(page: &mut String, title: &str, rows: &DataTable) {
    if !rows.rows.is_empty() {
        section(page, title, &table(rows));
    }
}

fn paragraph(page: &mut String, text: &str) {
    page.push_str(text);
    page.push_str("\n\n");
}

fn section(page: &mut String, title: &str, body: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(page, "## {title}\n\n{body}");
}

fn table(table: &DataTable) -> String {
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let cell = |cell: &TableCell| {
        let range = cell
            .uncertainty()
            .map(|range| format!(" ({range})"))
            .unwrap_or_default();
        let shown = escaped(&(cell.shown() + &range));
        if cell.is_best() {
            format!("**{shown}**")
        } else {
            shown
        }
    };
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

fn message(experiment: &Experiment, message: &QuotedMessage) -> String {
    let label = experiment
        .emails
        .label(message.row)
        .map_or("?", Label::name);
    let id = experiment.emails.id(message.row);
    let text: String = message.text.chars().take(240).collect();
    let votes: String = message
        .votes
        .iter()
        .map(|one| vote(one, experiment.decision_on(&one.model, message.row)))
        .collect();
    format!(
        "**{}**, {}, is {label}\n\n> {}\n\n{votes}\n",
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
fn escaped(text: &str) -> String {
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
