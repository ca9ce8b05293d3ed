//! The confusion matrix of each model, with the true class by row and the verdict by column, pooled
//! over the folds. A cell has the colour of the true class, with an intensity that grows with its
//! share of the row.

use crate::base::mail::Label;
use crate::base::numbers::{count, number};
use crate::report::axis::Axis;
use crate::report::figure::{Figure, Marks, MatrixCell, Panel, Series, filled};
use crate::report::palette::Role;
use crate::report::pooled::{PooledEmail, PooledPredictions, errors_anchor, pooled};
use crate::report::statements::{misclassified, title};
use crate::results::Experiment;

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let panels: Vec<Panel> = pooled(experiment).iter().map(panel).collect();
    if panels.is_empty() {
        return None;
    }
    let (columns, height) = match panels.len() {
        few @ 0..=2 => (few, 420),
        many => match columns(many) {
            columns @ 5.. => (columns, 240),
            columns => (columns, 300),
        },
    };
    let description = "A row holds all mail of one class; its percentages add up to 100. The cell \
         at the top right holds the false positives, ham called spam; that at the bottom left \
         the false negatives. On the page, a cell of errors leads to the emails in it.";
    let figure = Figure::new(description, panels, Vec::new()).in_grid(columns, height);
    Some(figure.entitled(title(misclassified(experiment))))
}

/// Three to five columns, those of which the last row fills most; of equals four, then three.
fn columns(panels: usize) -> usize {
    let fuller = |best, columns| {
        if filled(panels, columns) > filled(panels, best) {
            columns
        } else {
            best
        }
    };
    [3, 5].into_iter().fold(4, fuller)
}

fn panel(pool: &PooledPredictions<'_>) -> Panel {
    // Ham is the upper row, but the axis counts from below.
    Panel::new(
        Axis::named("verdict", &["ham", "spam"]),
        Axis::named("truth", &["spam", "ham"]),
        Label::BOTH.map(|truth| row(pool, truth)).to_vec(),
    )
    .about(&pool.model.name, pool.role)
}

fn row(pool: &PooledPredictions<'_>, truth: Label) -> Series {
    let all = pool.classes()[truth.index()];
    let called = |verdict: Label| {
        let of = |mail: &&PooledEmail| mail.label == truth && mail.predicted == verdict;
        pool.emails.iter().filter(of).count()
    };
    let bottom = if truth.is_spam() { 0.0 } else { 1.0 };
    let cell = |verdict: Label| {
        let left = verdict.index() as f64;
        let share = called(verdict) as f64 / all.max(1) as f64;
        MatrixCell {
            from: [left, bottom],
            to: [left + 1.0, bottom + 1.0],
            shade: share,
            text: count(called(verdict)),
            link: (verdict != truth).then(|| errors_anchor(&pool.model.name, truth)),
            detail: if all == 0 {
                String::new()
            } else {
                // All and none take no decimals, and no room for them.
                let decimals = if share == 0.0 || share == 1.0 { 0 } else { 2 };
                format!("{} %", number(100.0 * share, decimals))
            },
        }
    };
    let cells = Label::BOTH.map(cell).to_vec();
    Series::new(truth.name(), Role::Class(truth), Marks::Cells(cells))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_holds_a_panel_or_two_alone_where_another_layout_fills_it() {
        let layouts = [3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 24].map(|panels| (panels, columns(panels)));
        let expected = [
            (3, 3),
            (4, 4),
            (5, 5),
            (6, 3),
            (7, 4),
            (8, 4),
            (9, 3),
            (10, 5),
            (12, 4),
            (13, 5),
            (24, 4),
        ];
        assert_eq!(layouts, expected);
    }
}
