//! What a search for settings found: each setting that was tried, by the number of it that was
//! varied most, and what it lost on held-out mail; all folds together. A flat bottom says that the
//! choice hardly matters, a fall to one side that the range ends too soon.

use crate::report::axis::Axis;
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Position, Series};
use crate::report::palette::{Role, roles};
use crate::results::{Experiment, ModelRecord, Trial};
use std::collections::BTreeSet;

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let panels: Vec<Panel> = experiment
        .models
        .iter()
        .zip(roles(experiment))
        .filter_map(|(model, role)| panel(model, role))
        .collect();
    let readings = readings(experiment);
    let ringed = readings.is_some();
    let panels: Vec<Panel> = panels.into_iter().chain(readings).collect();
    if panels.is_empty() {
        return None;
    }
    let key = |label: &str, sample| LegendEntry {
        label: label.to_owned(),
        role: Role::Reference,
        sample,
    };
    Some(Figure {
        title: "What the search for settings found".to_owned(),
        description: "What each setting tried lost on held-out mail, on every fold. A flat bottom: the choice hardly matters. Lowest \
                      at one end: the range should go on there. Grey: given up early, judged on a part of the training \
                      mail."
            .to_owned(),
        columns: if panels.len() > 4 { 3 } else { panels.len().min(2) },
        panel_height: if panels.len() > 2 { 290 } else { 420 },
        panels,
        legend: [
            key("judged on all (each panel in its model's colour)", LegendMark::Block),
            key("given up early", LegendMark::Dot),
        ]
        .into_iter()
        .chain(ringed.then(|| key("how the mail is read: taken by a fold", LegendMark::Ring)))
        .collect(),
    })
}

/// What was lost by each way to read the mail, a dot for each fold, ringed where it was taken.
fn readings(experiment: &Experiment) -> Option<Panel> {
    let ways = &experiment.tokenizer_trials;
    let place = |at: usize| (ways.len() - at) as f64 - 0.5;
    let on = |at: usize, fold: usize| {
        ways[at]
            .log_loss_bits
            .get(fold)?
            .map(|loss| [loss, place(at)])
    };
    let dots = |at: usize| (0..ways[at].log_loss_bits.len()).filter_map(move |fold| on(at, fold));
    let points: Vec<Position> = (0..ways.len()).flat_map(dots).collect();
    let taken = experiment
        .chosen_tokenizers()
        .into_iter()
        .enumerate()
        .filter_map(|(fold, at)| on(at, fold))
        .collect();
    let [low, high] = points
        .iter()
        .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], point| {
            [low.min(point[0]), high.max(point[0])]
        });
    let names: Vec<&str> = ways.iter().rev().map(|way| way.what.as_str()).collect();
    let series = |name: &str, marks| Series {
        name: name.to_owned(),
        role: Role::Reference,
        marks,
    };
    (!points.is_empty()).then(|| Panel {
        title: Some("the mail, by how it is read".to_owned()),
        subject: None,
        x: axis("held-out log loss, bits, mean of families", [low, high]),
        y: Axis::named("", &names),
        series: vec![
            series("tried", Marks::Dots(points)),
            series("taken", Marks::Rings(taken)),
        ],
        notes: Vec::new(),
    })
}

fn panel(model: &ModelRecord, role: Role) -> Option<Panel> {
    let tried: Vec<&Trial> = model
        .scored()
        .flat_map(|(_, scored)| &scored.tried)
        .collect();
    let tried: Vec<&Trial> = tried
        .into_iter()
        .filter(|tried| tried.log_loss_bits.is_finite())
        .collect();
    let setting = most_varied(&tried)?;
    let point = |tried: &&&Trial| {
        tried.settings[&setting]
            .as_f64()
            .map(|value| [value, tried.log_loss_bits])
    };
    let points = |early: bool| -> Vec<Position> {
        tried
            .iter()
            .filter(|of| (of.share < 1.0) == early)
            .filter_map(|of| point(&of))
            .collect()
    };
    let (judged, early) = (points(false), points(true));
    let all = || judged.iter().chain(&early);
    let bounds = |at: usize| {
        all().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], p| {
            [low.min(p[at]), high.max(p[at])]
        })
    };
    let [x, y] = [
        axis(&setting, bounds(0)),
        axis("log loss on held-out mail, bits", bounds(1)),
    ];
    let dots = |name: &str, role, points: Vec<Position>| Series {
        name: name.to_owned(),
        role,
        marks: Marks::Dots(points),
    };
    Some(Panel {
        title: Some(format!("{}, by {setting}", model.name)),
        subject: Some(role),
        series: vec![
            dots("given up early", Role::Reference, early.clone()),
            dots(&model.name, role, judged.clone()),
        ],
        x,
        y,
        notes: Vec::new(),
    })
}

/// The setting of which most different numbers were tried.
fn most_varied(tried: &[&Trial]) -> Option<String> {
    let first = tried.first()?.settings.as_object()?;
    let values = |name: &str| {
        let values = tried
            .iter()
            .filter_map(|tried| tried.settings[name].as_f64());
        values.map(f64::to_bits).collect::<BTreeSet<u64>>().len()
    };
    // Of equals the first.
    first
        .keys()
        .rev()
        .map(|name| (values(name), name))
        .max_by_key(|(values, _)| *values)
        .filter(|(values, _)| *values > 1)
        .map(|(_, name)| name.clone())
}

/// In even factors where the numbers span more than one decade.
fn axis(label: &str, [low, high]: [f64; 2]) -> Axis {
    if low > 0.0 && high / low >= 10.0 {
        return Axis::log(label, [low / 1.2, high * 1.2]);
    }
    let room = if high > low {
        (high - low) / 20.0
    } else {
        0.5 * low.abs().max(1e-3)
    };
    Axis::linear(label, [low - room, high + room])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_most_varied_number_is_the_axis() {
        let tried = |alpha: f64, c: f64| Trial {
            settings: json!({ "alpha": alpha, "c": c, "loss": "hinge" }),
            log_loss_bits: 0.1,
            share: 1.0,
        };
        let all = [tried(1.0, 1.0), tried(1.0, 2.0), tried(2.0, 3.0)];
        assert_eq!(
            most_varied(&all.iter().collect::<Vec<_>>()).as_deref(),
            Some("c")
        );
        assert_eq!(most_varied(&[&all[0]]), None);
        assert_eq!(most_varied(&[]), None);
    }
}
