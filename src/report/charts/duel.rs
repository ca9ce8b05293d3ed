//! Who beats whom: for each pair of models the mails that only the one of the row got right, with the p-value of McNemar's test
//! on the pair. A cell has the colour of its row's model where that wins beyond chance.

use crate::report::axis::{Axis, count};
use crate::report::figure::{Cell, Figure, Marks, Panel, Series};
use crate::report::palette::{Role, roles};
use crate::results::{Experiment, ModelRecord, mcnemar};
use std::collections::BTreeMap;

/// The p-value below which a difference counts as more than chance.
const SURE: f64 = 0.05;

/// A model, its colour, and whether it was right of each test mail: fold and row → verdict.
type Judge<'a> = (&'a ModelRecord, Role, BTreeMap<(u32, u32), bool>);

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let judges: Vec<Judge<'_>> = experiment
        .models
        .iter()
        .zip(roles(experiment))
        .map(|(model, role)| (model, role, right(experiment, model)))
        .filter(|(_, _, right)| !right.is_empty())
        .collect();
    if judges.len() < 2 {
        return None;
    }
    let names: Vec<&str> = judges.iter().map(|(model, _, _)| model.name.as_str()).collect();
    // The first model is the upper row, and the axis counts from below.
    let upwards: Vec<&str> = names.iter().rev().copied().collect();
    let series = (0..judges.len()).map(|at| row(&judges, at)).collect();
    Some(Figure {
        title: "Who beats whom".to_owned(),
        description: "In each cell: mails that only the model of the row got right, of those both judged. Compare it with the cell \
                      mirrored at the diagonal. Coloured where the row wins beyond chance (McNemar's test, p below 0.05, not \
                      corrected for the number of pairs)."
            .to_owned(),
        panels: vec![Panel {
            title: None,
            subject: None,
            x: Axis::named("this one wrong", &names),
            y: Axis::named("this one right", &upwards),
            series,
            notes: Vec::new(),
        }],
        columns: 1,
        panel_height: 120 + 62 * judges.len() as u32,
        legend: Vec::new(),
    })
}

fn right(experiment: &Experiment, model: &ModelRecord) -> BTreeMap<(u32, u32), bool> {
    let labels = &experiment.mails.labels;
    let of_fold = |(fold, scored): (u32, &crate::results::Scored)| {
        let verdicts = scored.rows.iter().zip(&scored.log_odds);
        let one = |(&row, &odds): (&u32, &f64)| {
            let label = labels.get(row as usize).copied().flatten()?;
            Some(((fold, row), (odds >= 0.0) == label.is_spam()))
        };
        verdicts.filter_map(one).collect::<Vec<_>>()
    };
    model.scored().flat_map(of_fold).collect()
}

fn row(judges: &[Judge<'_>], at: usize) -> Series {
    let (model, role, own) = &judges[at];
    let bottom = (judges.len() - 1 - at) as f64;
    let cell = |(column, (_, _, other)): (usize, &Judge<'_>)| {
        let both = own.iter().filter_map(|(mail, right)| Some((*right, *other.get(mail)?)));
        let (mut only_own, mut only_other) = (0, 0);
        for (own, other) in both {
            only_own += usize::from(own && !other);
            only_other += usize::from(other && !own);
        }
        let p = mcnemar(only_own, only_other).p_value;
        let wins = only_own > only_other && p < SURE;
        Cell {
            from: [column as f64, bottom],
            to: [column as f64 + 1.0, bottom + 1.0],
            shade: if wins { 0.45 } else { 0.0 },
            text: count(only_own),
            detail: if p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {p:.3}") },
        }
    };
    let others = judges.iter().enumerate().filter(|(column, _)| *column != at).map(cell).collect();
    Series { name: model.name.clone(), role: *role, marks: Marks::Cells(others) }
}
