//! By how much near-duplicates flatter: each model under a naive split, and under one that keeps
//! them together.

use crate::report::axis::{Axis, Tick};
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Series};
use crate::report::palette::Role;
use crate::results::experiments::{DuplicatesFound, FlatteredModel, METRICS_OF_DUPLICATES};
use crate::results::{Estimate, Family};
use std::collections::BTreeMap;

/// What stands above the picture.
const KICKER: &str = "Duplicates";
/// What the metrics are called.
const LABELS: [&str; 2] = ["error rate, %", "(1-ROCA) %"];

/// The picture of an experiment on duplicates, with the name of its files.
pub fn of_duplicates(found: &DuplicatesFound) -> Vec<(&'static str, Figure)> {
    figure(found)
        .map(|figure| ("duplicates", figure))
        .into_iter()
        .collect()
}

fn figure(found: &DuplicatesFound) -> Option<Figure> {
    let measured = found.models.iter().filter(|model| model.failed.is_none());
    let models: Vec<&FlatteredModel> = measured.collect();
    let panels = METRICS_OF_DUPLICATES.into_iter().zip(LABELS);
    let panels: Vec<Panel> = panels
        .filter_map(|(key, label)| panel(&models, key, label))
        .collect();
    if panels.is_empty() {
        return None;
    }
    let naive = LegendEntry::new("naive split", Role::Reference, LegendMark::Dot);
    let families = Family::BOTH.into_iter().filter(|family| {
        let mut of = models.iter().map(|model| model.family);
        of.any(|one| one == *family)
    });
    let families = families.map(|family| {
        let name = format!("{family}, near-duplicates kept together");
        LegendEntry::new(name, Role::Best(family), LegendMark::LineAndMarker)
    });
    let description = "\
        Each line begins at what a split gives that deals emails to folds one by one, and ends at \
        what is left when near-duplicates stay on one side.";
    let height = 100 + 30 * models.len() as u32;
    let legend = std::iter::once(naive).chain(families).collect();
    let figure = Figure::new(description.to_owned(), panels, legend);
    let kicker = KICKER.to_owned();
    let title = "By how much near-duplicates flatter each model";
    Some(Figure {
        kicker,
        ..figure.in_grid(2, height).entitled(title)
    })
}

/// Every model by one metric. None where nothing is wrong.
fn panel(models: &[&FlatteredModel], key: &str, label: &str) -> Option<Panel> {
    let value = |of: &BTreeMap<String, Estimate>| of.get(key).and_then(|estimate| estimate.value);
    let height = |at: usize| models.len() as f64 - at as f64 - 0.5;
    let mut series = Vec::new();
    let mut most = 0.0_f64;
    for (at, model) in models.iter().enumerate() {
        let (Some(naive), Some(grouped)) = (value(&model.naive), value(&model.grouped)) else {
            continue;
        };
        most = most.max(naive).max(grouped);
        let ends = [naive, grouped].map(|value| [value, height(at)]);
        let role = Role::Best(model.family);
        let marks = [
            (role, Marks::Strokes(vec![ends])),
            (Role::Reference, Marks::Dots(vec![ends[0]])),
            (role, Marks::MarkedLine(vec![ends[1]])),
        ];
        series.extend(marks.map(|(role, marks)| Series::new(&model.name, role, marks)));
    }
    let names = models.iter().enumerate();
    let names = names.map(|(at, model)| Tick::new(height(at), &model.name));
    let mut names: Vec<Tick> = names.collect();
    names.reverse();
    let y = Axis {
        range: [0.0, models.len() as f64],
        ..Axis::named("", &[]).with_ticks(names)
    };
    (most > 0.0).then(|| Panel::new(Axis::linear(label, [0.0, 1.06 * most]), y, series))
}
