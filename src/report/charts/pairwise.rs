//! Compares models in pairs: each cell shows the number of messages that only the model of the row
//! got right, with the p-value of the pair as one of all pairs. A cell has the colour of its row's
//! model if that model is significantly better.

use crate::report::axis::Axis;
use crate::report::figure::{Figure, Marks, MatrixCell, Panel, Series};
use crate::report::numbers::count;
use crate::report::palette::{Role, roles};
use crate::results::{Experiment, ModelRecord, SIGNIFICANCE_LEVEL};

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let compared = |model: &ModelRecord| {
        experiment
            .comparisons
            .iter()
            .any(|pair| pair.a == model.name || pair.b == model.name)
    };
    let models: Vec<(&ModelRecord, Role)> = experiment
        .models
        .iter()
        .zip(roles(experiment))
        .filter(|(model, _)| compared(model))
        .collect();
    if models.len() < 2 {
        return None;
    }
    let names: Vec<&str> = models
        .iter()
        .map(|(model, _)| model.name.as_str())
        .collect();
    // The first model is the upper row, but the axis counts from below.
    let upwards: Vec<&str> = names.iter().rev().copied().collect();
    let series = (0..models.len())
        .map(|at| row(experiment, &models, at))
        .collect();
    let description = format!(
        "In each cell: emails that only the model of the row got right, of those both judged. \
         Compare it with the cell mirrored at the diagonal. Below it the p-value of the pair as \
         one of all pairs; near-duplicates have one vote together. Coloured where the row is told \
         apart (below {SIGNIFICANCE_LEVEL})."
    );
    let panel = Panel::new(
        Axis::named("this one wrong", &names),
        Axis::named("this one right", &upwards),
        series,
    );
    let height = 120 + 62 * models.len() as u32;
    Some(Figure::new(description, vec![panel], Vec::new()).in_grid(1, height))
}

fn row(experiment: &Experiment, models: &[(&ModelRecord, Role)], at: usize) -> Series {
    let (model, role) = models[at];
    let bottom = (models.len() - 1 - at) as f64;
    let cell = |(column, (other, _)): (usize, &(&ModelRecord, Role))| {
        let pair = experiment
            .comparison(&model.name, &other.name)
            .filter(|_| model.name != other.name)?;
        let first = pair.a == model.name;
        let (own, others) = if first {
            (pair.only_a_right, pair.only_b_right)
        } else {
            (pair.only_b_right, pair.only_a_right)
        };
        let wins = own > others && pair.is_significant();
        let detail = short(pair.p_adjusted.unwrap_or(pair.p_value));
        Some(MatrixCell {
            from: [column as f64, bottom],
            to: [column as f64 + 1.0, bottom + 1.0],
            shade: if wins { 0.45 } else { 0.0 },
            text: count(own),
            detail: format!("p {detail}"),
            link: None,
        })
    };
    let cells = models.iter().enumerate().filter_map(cell).collect();
    Series::new(&model.name, role, Marks::Cells(cells))
}

fn short(p: f64) -> String {
    if p < 0.001 {
        "< 0.001".to_owned()
    } else {
        format!("{p:.3}")
    }
}
