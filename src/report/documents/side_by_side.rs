//! Several experiments in Markdown, in the order of their page.

use super::drawing::Drawing;
use super::markdown::{escaped, paragraph, picture, table_section};
use super::tables;
use crate::report::side_by_side::SideBySide;
use crate::report::statements;

/// Number of messages shown whose verdict changed.
const CHANGED: usize = 12;

/// Several experiments as Markdown.
pub fn side_by_side_markdown(all: &SideBySide, drawings: &[Drawing]) -> String {
    let mut page = String::new();
    let sentences = statements::several(all);
    for (at, sentence) in sentences.iter().enumerate() {
        let text = escaped(&sentence.text);
        let heading = || format!("# {}", text.trim_end_matches('.'));
        paragraph(&mut page, &if at == 0 { heading() } else { text.clone() });
    }
    let names: Vec<String> = all
        .experiments
        .iter()
        .map(|one| escaped(&one.name))
        .collect();
    paragraph(&mut page, &format!("Report on {}.", names.join(", ")));
    for drawing in drawings {
        picture(&mut page, drawing);
    }
    table_section(&mut page, "Ranks over all corpora", &tables::ranks(all));
    table_section(
        &mut page,
        "Pairs of models over all corpora",
        &tables::corpora_pairs(all),
    );
    table_section(
        &mut page,
        "The difference of the families",
        &tables::families(all),
    );
    table_section(
        &mut page,
        "Model by model, on the same messages",
        &tables::differences(all),
    );
    let (changed, _) = tables::changed(all).beginning(CHANGED);
    table_section(&mut page, "Messages whose verdict changed", &changed);
    table_section(
        &mut page,
        "All models by six metrics",
        &tables::metrics(all),
    );
    table_section(
        &mut page,
        "What was asked for differently",
        &tables::asked(all),
    );
    page
}
