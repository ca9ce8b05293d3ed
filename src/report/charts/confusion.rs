//! What is taken for what: a two-by-two matrix a model, true class by row, verdict by column,
//! pooled over the folds. The colour is that of the true class and as deep as its share of the row
//! is large.

use crate::base::mail::Label;
use crate::report::axis::Axis;
use crate::report::figure::{Figure, Marks, MatrixCell, Panel, Series};
use crate::report::numbers::{count, number};
use crate::report::palette::Role;
use crate::report::pooled::{PooledEmail, PooledPredictions, errors_anchor, pooled};
use crate::results::{Decision, Experiment};

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let panels: Vec<Panel> = pooled(experiment)
        .iter()
        .map(|pool| panel(pool, experiment.decision))
        .collect();
    if panels.is_empty() {
        return None;
    }
    Some(Figure {
        title: "What is taken for what".to_owned(),
        description:
            "A row holds all mail of one class; its percentages add up to 100. The costly cell is the top right \
                      one: ham that would have gone to the spam folder. In the page, a cell of errors leads to \
                      the emails in it."
                .to_owned(),
        columns: panels.len().min(4),
        panel_height: if panels.len() > 2 { 300 } else { 420 },
        panels,
        legend: Vec::new(),
    })
}

fn panel(pool: &PooledPredictions<'_>, decision: Decision) -> Panel {
    let names = ["ham", "spam"];
    // Ham is the upper row, and the axis counts from below.
    let y = Axis::named("truth", &["spam", "ham"]);
    Panel {
        title: Some(pool.model.name.clone()),
        subject: Some(pool.role),
        x: Axis::named("verdict", &names),
        y,
        series: Label::BOTH.map(|truth| row(pool, truth, decision)).to_vec(),
        notes: Vec::new(),
    }
}

fn row(pool: &PooledPredictions<'_>, truth: Label, decision: Decision) -> Series {
    let all = pool.classes()[truth.index()];
    let called = |verdict: Label| {
        let of =
            |mail: &&PooledEmail| mail.label == truth && decision.label(mail.log_odds) == verdict;
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
                format!("{} %", number(100.0 * share, 2))
            },
        }
    };
    Series {
        name: truth.to_string(),
        role: Role::Class(truth),
        marks: Marks::Cells(Label::BOTH.map(cell).to_vec()),
    }
}
