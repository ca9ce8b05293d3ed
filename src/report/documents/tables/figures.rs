//! The data of a chart as a table with one row per mark.

use super::table::{DataTable, TableCell, column};
use crate::report::axis::Axis;
use crate::report::figure::{Figure, Marks, Panel, Series};
use crate::report::palette::Role;

/// Every mark of a figure except reference lines, and its words. `most` limits the rows to about
/// that number, evenly spaced in each series. With the number of rows that are left out.
pub fn of_figure(figure: &Figure, most: Option<usize>) -> (DataTable, usize) {
    let told = |series: &&Series| {
        let is_told = series.role != Role::Reference
            || matches!(series.marks, Marks::Cells(_) | Marks::Shades(_));
        is_told && !series.marks.is_empty()
    };
    let series: Vec<(&Panel, &Series)> = figure
        .panels
        .iter()
        .flat_map(|panel| {
            panel
                .series
                .iter()
                .filter(told)
                .map(move |series| (panel, series))
        })
        .collect();
    let each = most.map_or(usize::MAX, |most| (most / series.len().max(1)).max(2));
    let mut rows: Vec<Vec<TableCell>> = Vec::new();
    let mut all = 0;
    for (panel, series) in series {
        let marks = marks(panel, &series.marks);
        all += marks.len();
        for at in evenly(marks.len(), each) {
            let named =
                [panel.title.clone().unwrap_or_default(), series.name.clone()].map(TableCell::Text);
            rows.push(named.into_iter().chain(marks[at].clone()).collect());
        }
    }
    all += figure.words.len();
    rows.extend(figure.words.iter().map(|[name, text]| {
        let told = ["", name, text].map(|told| TableCell::Text(told.to_owned()));
        let [panel, name, text] = told;
        let missing = || TableCell::Missing;
        vec![panel, name, missing(), missing(), missing(), text]
    }));
    if let Some(most) = most {
        rows.truncate(most);
    }
    let columns = ["panel", "series", "x", "y", "to", "text"]
        .map(|name| column(name, name))
        .to_vec();
    let left_out = all - rows.len();
    (without_empty(&DataTable { columns, rows }), left_out)
}

/// The cells x, y, to and text of each mark.
fn marks(panel: &Panel, marks: &Marks) -> Vec<[TableCell; 4]> {
    let value = |value: f64| TableCell::Number {
        value,
        decimals: decimals(value),
    };
    match marks {
        Marks::Line(points)
        | Marks::MarkedLine(points)
        | Marks::Dots(points)
        | Marks::Rings(points) => points
            .iter()
            .map(|&[x, y]| [value(x), value(y), TableCell::Missing, TableCell::Missing])
            .collect(),
        Marks::Strokes(strokes) => strokes
            .iter()
            .flatten()
            .map(|&[x, y]| [value(x), value(y), TableCell::Missing, TableCell::Missing])
            .collect(),
        Marks::Band(triples) => triples
            .iter()
            .map(|&[x, low, high]| [value(x), value(low), value(high), TableCell::Missing])
            .collect(),
        Marks::Bars(bars) => bars
            .iter()
            .map(|&[from, to, height]| [value(from), value(height), value(to), TableCell::Missing])
            .collect(),
        Marks::Cells(cells) | Marks::Shades(cells) => cells
            .iter()
            .map(|cell| {
                let texts = [cell.text.as_str(), cell.detail.as_str()];
                let told = usize::from(matches!(marks, Marks::Cells(_)));
                let place = |axis: &Axis, at: usize| {
                    TableCell::Text(named(axis, f64::midpoint(cell.from[at], cell.to[at])))
                };
                [
                    place(&panel.x, 0),
                    place(&panel.y, 1),
                    TableCell::Missing,
                    TableCell::Text(texts[..=told].join("; ")),
                ]
            })
            .collect(),
    }
}

/// The name of the tick nearest to a position.
fn named(axis: &Axis, at: f64) -> String {
    let nearest = axis
        .ticks
        .iter()
        .min_by(|a, b| (a.at - at).abs().total_cmp(&(b.at - at).abs()));
    nearest.map_or(String::new(), |tick| tick.label.clone())
}

/// The number of decimals that shows four digits.
fn decimals(value: f64) -> usize {
    let digits = if value == 0.0 || value.fract() == 0.0 {
        return 0;
    } else {
        value.abs().log10().floor()
    };
    (3.0 - digits).clamp(0.0, 6.0) as usize
}

/// Up to `most` indices below `len`, evenly spaced, including the first and the last.
fn evenly(len: usize, most: usize) -> Vec<usize> {
    if len <= most {
        return (0..len).collect();
    }
    (0..most).map(|at| at * (len - 1) / (most - 1)).collect()
}

fn without_empty(table: &DataTable) -> DataTable {
    let empty = |cell: &TableCell| match cell {
        TableCell::Missing => true,
        TableCell::Text(text) => text.is_empty(),
        _ => false,
    };
    let used: Vec<bool> = (0..table.columns.len())
        .map(|at| table.rows.iter().any(|row| !empty(&row[at])))
        .collect();
    let kept = |at: &usize| used[*at];
    let columns = (0..used.len())
        .filter(kept)
        .map(|at| table.columns[at].clone())
        .collect();
    let rows = table
        .rows
        .iter()
        .map(|row| {
            (0..used.len())
                .filter(kept)
                .map(|at| row[at].clone())
                .collect()
        })
        .collect();
    DataTable { columns, rows }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_marks_even_ones_are_taken_with_both_ends() {
        assert_eq!(evenly(5, 10), [0, 1, 2, 3, 4]);
        assert_eq!(evenly(101, 5), [0, 25, 50, 75, 100]);
        assert_eq!(
            (
                decimals(0.012_345),
                decimals(12.5),
                decimals(3.0),
                decimals(123_456.7)
            ),
            (5, 2, 0, 0)
        );
    }
}
