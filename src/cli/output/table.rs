//! Aligned tables on stdout: words to the left, numbers to the right, in sections where there are
//! any. A table of the default width breaks the text of its last column rather than the line; if
//! that does not make it narrow enough, its columns come in blocks, one below the other, each with
//! the first column.

use crate::base::shown::shown_line;
use crate::cli::wrap::{WIDTH, wrapped};

/// Rows under a header; every column as wide as its widest cell.
pub struct Table {
    titles: Vec<String>,
    lines: Vec<Line>,
    /// Columns of the terminal.
    width: usize,
}

enum Line {
    Section(String),
    Row(Vec<String>),
}

/// Columns by which the rows of a section are indented.
const INDENT: usize = 2;
/// Columns between two cells.
const GAP: usize = 2;
/// Fewest columns that text of the last column gets.
const NARROWEST: usize = 20;

impl Table {
    /// A table with these column titles.
    pub fn new<S: Into<String>>(titles: impl IntoIterator<Item = S>) -> Table {
        Table {
            titles: titles.into_iter().map(Into::into).collect(),
            lines: Vec::new(),
            width: WIDTH,
        }
    }

    /// The same on a terminal of any width: nothing is broken.
    pub fn wide(self, is_wide: bool) -> Table {
        let width = if is_wide { usize::MAX } else { self.width };
        Table { width, ..self }
    }

    /// Begins a section: a line with its title, under which rows are indented.
    pub fn section(&mut self, title: &str) {
        self.lines.push(Line::Section(shown_line(title)));
    }

    /// Appends a row. What would break it is named instead.
    pub fn push<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let cell = |cell: S| shown_line(&cell.into());
        let mut cells: Vec<String> = cells.into_iter().map(cell).collect();
        let in_section = self
            .lines
            .iter()
            .any(|line| matches!(line, Line::Section(_)));
        if let (true, Some(first)) = (in_section, cells.first_mut()) {
            first.insert_str(0, &" ".repeat(INDENT));
        }
        self.lines.push(Line::Row(cells));
    }

    fn rows(&self) -> impl Iterator<Item = &[String]> {
        self.lines.iter().filter_map(|line| match line {
            Line::Row(cells) => Some(&cells[..]),
            Line::Section(_) => None,
        })
    }

    /// The layout of each column: how wide it is, and whether its cells stand to the right.
    fn columns(&self) -> Vec<(usize, bool)> {
        let columns = self.rows().map(<[String]>::len).max().unwrap_or(0);
        let layout = |column: usize| {
            let cells = || self.rows().map(|row| cell(row, column));
            let all = cells().chain([cell(&self.titles, column)]);
            let width = all.map(|cell| cell.chars().count()).max().unwrap_or(0);
            (
                width,
                self.rows().next().is_some() && cells().all(is_number),
            )
        };
        (0..columns.max(self.titles.len())).map(layout).collect()
    }
}

fn cell(row: &[String], column: usize) -> &str {
    row.get(column).map_or("", String::as_str)
}

/// Whether a cell is to stand to the right.
fn is_number(cell: &str) -> bool {
    cell.starts_with(|first: char| first.is_ascii_digit() || first == '-' || first == '+')
        || cell.is_empty()
        || cell == "–"
}

/// One row by the layout of its columns. Where the last column gets only some room, its text is
/// broken.
fn laid_out(row: &[String], columns: &[(usize, bool)], room: Option<usize>) -> String {
    let last = columns.len().saturating_sub(1);
    let text = cell(row, last);
    let parts = room.map_or_else(|| vec![text.to_owned()], |room| wrapped(text, room));
    let line = |(nth, part): (usize, &String)| {
        let padded = columns.iter().enumerate().map(|(column, &(width, right))| {
            let text = match (column == last, nth) {
                (true, _) => part,
                (false, 0) => cell(row, column),
                (false, _) => "",
            };
            let width = room.filter(|_| column == last).map_or(width, |_| 0);
            if right {
                format!("{text:>width$}")
            } else {
                format!("{text:<width$}")
            }
        });
        let line = padded.collect::<Vec<_>>().join(&" ".repeat(GAP));
        line.trim_end().to_owned() + "\n"
    };
    parts.iter().enumerate().map(line).collect()
}

impl Table {
    /// The numbers of columns that fit beside the first one, as many as there are blocks.
    fn blocks(&self, columns: &[(usize, bool)]) -> Vec<Vec<usize>> {
        let first = columns.first().map_or(0, |(width, _)| *width);
        let mut blocks = Vec::new();
        let mut used = usize::MAX;
        for (column, (width, _)) in columns.iter().enumerate().skip(1) {
            let with_gap = width + GAP;
            if used.saturating_add(with_gap) > self.width {
                blocks.push(vec![0]);
                used = first;
            }
            used += with_gap;
            if let Some(block) = blocks.last_mut() {
                block.push(column);
            }
        }
        blocks
    }

    /// The table of some of the columns.
    fn block(&self, columns: &[usize]) -> Table {
        let some = |row: &[String]| {
            let cells = columns.iter().map(|&column| cell(row, column).to_owned());
            cells.collect()
        };
        let line = |line: &Line| match line {
            Line::Section(title) => Line::Section(title.clone()),
            Line::Row(cells) => Line::Row(some(cells)),
        };
        Table {
            titles: some(&self.titles),
            lines: self.lines.iter().map(line).collect(),
            width: usize::MAX,
        }
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let columns = self.columns();
        let all: usize = columns.iter().map(|(width, _)| width + GAP).sum();
        let before = columns.iter().rev().skip(1).map(|(width, _)| width + GAP);
        let room = self.width.saturating_sub(before.sum()).max(NARROWEST);
        let breaks = columns
            .last()
            .is_some_and(|&(width, right)| !right && width > room);
        if !breaks && all > self.width.saturating_add(GAP) && columns.len() > 2 {
            for (nth, block) in self.blocks(&columns).iter().enumerate() {
                let blank = if nth == 0 { "" } else { "\n" };
                write!(f, "{blank}{}", self.block(block))?;
            }
            return Ok(());
        }
        let room = breaks.then_some(room);
        f.write_str(&laid_out(&self.titles, &columns, room))?;
        for line in &self.lines {
            match line {
                Line::Row(cells) => f.write_str(&laid_out(cells, &columns, room))?,
                Line::Section(title) => writeln!(f, "{title}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_left_and_numbers_right() {
        let mut table = Table::new(["model", "n"]);
        table.push(["svm", "7"]);
        table.push(["multinomial", "1200"]);
        assert_eq!(
            table.to_string(),
            "model           n\nsvm             7\nmultinomial  1200\n"
        );
    }

    #[test]
    fn rows_of_a_section_are_indented_and_its_title_widens_no_column() {
        let mut table = Table::new(["model", "n"]);
        table.section("discriminative");
        table.push(["svm", "7"]);
        assert_eq!(table.to_string(), "model  n\ndiscriminative\n  svm  7\n");
    }

    #[test]
    fn columns_that_do_not_fit_come_in_blocks_unless_the_table_is_wide() {
        let table = || {
            let titles = ["mail".to_owned()].into_iter();
            let mut table = Table::new(titles.chain((0..9).map(|at| format!("model-{at}"))));
            table.push(
                ["m1".to_owned()]
                    .into_iter()
                    .chain((0..9).map(|at| format!("spam .{at:06}"))),
            );
            table
        };
        let narrow = table().to_string();
        let lines: Vec<&str> = narrow.lines().collect();
        // Four columns, then 6 × 12 and the gaps between: 76; a seventh would make it 90.
        let firsts: Vec<&str> = lines
            .iter()
            .filter_map(|line| line.split(' ').next())
            .collect();
        assert_eq!(firsts, ["mail", "m1", "", "mail", "m1"], "{narrow}");
        assert!(
            lines[0].ends_with("model-4") && lines[3].contains("model-5"),
            "{narrow}"
        );
        assert!(
            lines.iter().all(|line| line.chars().count() <= WIDTH),
            "{narrow}"
        );
        assert_eq!(table().wide(true).to_string().lines().count(), 2);
    }

    #[test]
    fn text_of_the_last_column_is_broken_between_words_unless_the_table_is_wide() {
        let settings = ["alpha=1.0"; 12].join(" ");
        let table = || {
            let mut table = Table::new(["model", "settings"]);
            table.push(["svm", &settings]);
            table
        };
        let narrow = table().to_string();
        assert!(narrow.lines().count() == 3, "{narrow}");
        assert!(
            narrow.lines().all(|line| line.chars().count() <= WIDTH),
            "{narrow}"
        );
        assert_eq!(narrow.matches("alpha=1.0").count(), 12);
        assert_eq!(table().wide(true).to_string().lines().count(), 2);
    }
}
