//! What stands alone in Markdown, in the order of its page.

use super::drawing::Drawing;
use super::markdown::{escaped, paragraph, picture, table_section};
use super::tables::{DataTable, MOST_ROWS, title_of};
use crate::report::alone::StandsAlone;

/// What stands alone as Markdown.
pub fn alone_markdown<T: StandsAlone>(
    found: &T,
    drawings: &[Drawing],
    tables: &[(&'static str, DataTable)],
) -> String {
    let mut page = String::new();
    paragraph(&mut page, &format!("# {}", found.question()));
    let name = format!("Report on {} {}", T::NAME, found.mail());
    paragraph(&mut page, &format!("{}.", escaped(name.trim())));
    for words in found.words() {
        paragraph(&mut page, &escaped(&words));
    }
    for drawing in drawings {
        picture(&mut page, drawing);
    }
    for (file, table) in tables {
        let (beginning, left_out) = table.beginning(MOST_ROWS);
        table_section(&mut page, &title_of(file), &beginning);
        if left_out > 0 {
            let rest = format!("{left_out} more rows in `tables/{file}.csv`.");
            paragraph(&mut page, &rest);
        }
    }
    page
}
