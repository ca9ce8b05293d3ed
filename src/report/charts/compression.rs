//! Plots how well models of text tell the classes apart against how well they compress the mail: a
//! model that writes as the mail is written need not be the one that sorts it best.

use crate::report::axis::Axis;
use crate::report::figure::{Figure, Marks, Note, Panel, Position, Series};
use crate::report::palette::{Role, roles};
use crate::report::statements::{compression, title};
use crate::results::Experiment;

/// A model of text.
struct Compressor<'a> {
    name: &'a str,
    role: Role,
    bits: f64,
    /// Whether a tighter bound could be lower.
    is_bound: bool,
    error_pct: f64,
    rank_pct: f64,
}

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let compressors = compressors(experiment);
    if compressors.len() < 2 {
        return None;
    }
    let bounds = if compressors.iter().any(|one| one.is_bound) {
        " A mark with ≤ is an upper bound: the model may compress better than it can be scored."
    } else {
        ""
    };
    let description = format!(
        "Bits per byte, which only models of text have, are the code length of a text under its \
         own class. Down and to the left is \
         better; if better compression meant better sorting, the marks would lie on a line that \
         rises.{bounds} The axes do not begin at 0."
    );
    let panels = vec![
        panel(&compressors, "error rate, %", |one| one.error_pct).titled("verdicts"),
        panel(&compressors, "(1-ROCA) %", |one| one.rank_pct).titled("order"),
    ];
    let figure = Figure::new(description, panels, Vec::new()).in_grid(2, 420);
    Some(figure.entitled(title(compression(experiment))))
}

fn compressors(experiment: &Experiment) -> Vec<Compressor<'_>> {
    let models = experiment.models.iter().zip(roles(experiment));
    models
        .filter_map(|(model, role)| {
            Some(Compressor {
                name: &model.name,
                role,
                bits: model.value("bits_per_byte")?,
                is_bound: !model.bound().is_exact(),
                error_pct: 100.0 * (1.0 - model.value("accuracy")?),
                rank_pct: model.value("one_minus_roca_pct")?,
            })
        })
        .collect()
}

fn panel(
    compressors: &[Compressor<'_>],
    label: &str,
    quality: fn(&Compressor<'_>) -> f64,
) -> Panel {
    let around = |of: &dyn Fn(&Compressor<'_>) -> f64, least: f64| {
        let values = compressors.iter().map(of);
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| {
            (low.min(at), high.max(at))
        });
        let room = (0.15 * (high - low)).max(least);
        [low - room, high + room]
    };
    let place = |one: &Compressor<'_>| -> Position { [one.bits, quality(one)] };
    let series = compressors
        .iter()
        .map(|one| Series::new(one.name, one.role, Marks::MarkedLine(vec![place(one)])))
        .collect();
    let names = compressors
        .iter()
        .map(|one| Note::Name {
            at: place(one),
            text: if one.is_bound {
                format!("{} ≤", one.name)
            } else {
                one.name.to_owned()
            },
        })
        .collect();
    Panel::new(
        Axis::linear("bits per byte", around(&|one| one.bits, 0.05)),
        Axis::linear(label, around(&quality, 0.02)),
        series,
    )
    .with_notes(names)
}
