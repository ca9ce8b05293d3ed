//! Aligned tables on stdout: words to the left, numbers to the right.

use crate::base::shown::shown_line;

/// Rows under a header; every column as wide as its widest cell.
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these column titles.
    pub fn new<S: Into<String>>(titles: impl IntoIterator<Item = S>) -> Table {
        Table {
            rows: vec![titles.into_iter().map(Into::into).collect()],
        }
    }

    /// Appends a row. What would break it is named instead.
    pub fn push<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let cell = |cell: S| shown_line(&cell.into());
        self.rows.push(cells.into_iter().map(cell).collect());
    }
}

/// Whether a cell is to stand to the right.
fn is_number(cell: &str) -> bool {
    cell.starts_with(|first: char| first.is_ascii_digit() || first == '-' || first == '+')
        || cell.is_empty()
        || cell == "–"
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let cell =
            |row: usize, column: usize| self.rows[row].get(column).map_or("", String::as_str);
        let width = |column| {
            (0..self.rows.len())
                .map(|row| cell(row, column).chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let right = |column| {
            self.rows.len() > 1 && (1..self.rows.len()).all(|row| is_number(cell(row, column)))
        };
        let rights: Vec<bool> = (0..columns).map(right).collect();
        for row in 0..self.rows.len() {
            let padded = (0..columns).map(|column| {
                let (text, width) = (cell(row, column), widths[column]);
                if rights[column] {
                    format!("{text:>width$}")
                } else {
                    format!("{text:<width$}")
                }
            });
            writeln!(f, "{}", padded.collect::<Vec<_>>().join("  ").trim_end())?;
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
}
