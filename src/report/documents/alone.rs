//! What stands alone in Markdown, in the order of its page.

use super::drawing::Drawing;
use super::markdown::{escaped, paragraph, picture, table_section};
use super::tables::{DataTable, MOST_ROWS, title_of};

/// What a page of what stands alone says beside its pictures and tables.
pub struct AlonePage<'a> {
    /// Its name.
    pub name: &'static str,
    /// What the mail is called.
    pub mail: String,
    /// The question that it answers.
    pub question: &'a str,
    /// What was found, and how.
    pub words: Vec<String>,
    /// The program that made it.
    pub program: &'a str,
    /// Its tables, each with the name of its file.
    pub tables: &'a [(&'static str, DataTable)],
}

/// What stands alone as Markdown.
pub fn alone_markdown(alone: &AlonePage<'_>, drawings: &[Drawing]) -> String {
    let mut page = String::new();
    paragraph(&mut page, &format!("# {}", alone.question));
    let name = format!("Report on {} {}", alone.name, alone.mail);
    paragraph(&mut page, &format!("{}.", escaped(name.trim())));
    for words in &alone.words {
        paragraph(&mut page, &escaped(words));
    }
    for drawing in drawings {
        picture(&mut page, drawing);
    }
    for (file, table) in alone.tables {
        let (beginning, left_out) = table.beginning(MOST_ROWS);
        table_section(&mut page, &title_of(file), &beginning);
        if left_out > 0 {
            let rest = format!("{left_out} more rows in `tables/{file}.csv`.");
            paragraph(&mut page, &rest);
        }
    }
    page
}
