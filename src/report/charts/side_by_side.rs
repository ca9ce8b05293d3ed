//! The charts of several experiments: the error of every model in each, and how it changed.

use super::{corpora, intervals};
use crate::report::axis::{Axis, Tick};
use crate::report::figure::{Figure, Marks, Panel, Series};
use crate::report::palette::{Role, roles};
use crate::report::side_by_side::{NamedExperiment, SideBySide};
use crate::results::ChangedErrors;

/// The name of the files of the diagram of ranks.
pub const CRITICAL_DIFFERENCE: &str = "critical_difference";
/// Height of a panel without its rows, and of a row.
const FRAME: f64 = 80.0;
const ROW: f64 = 27.0;

/// Panels per row of the page.
fn columns(panels: usize) -> usize {
    match panels {
        1..=3 => panels,
        4 => 2,
        _ => 3,
    }
}

/// The charts that there is something to draw of, each with the name of its files.
pub fn figures(all: &SideBySide) -> Vec<(&'static str, Figure)> {
    let ranks = all.corpora.as_ref().map(corpora::draw);
    let ranks = ranks.map(|figure| (CRITICAL_DIFFERENCE, figure));
    let errors = errors(all).map(|figure| ("errors", figure));
    let changes = changes(all).map(|figure| ("differences", figure));
    ranks.into_iter().chain(errors).chain(changes).collect()
}

/// A panel of error rates for each experiment, all to one scale.
fn errors(all: &SideBySide) -> Option<Figure> {
    let panels: Vec<(Panel, f64)> = all
        .experiments
        .iter()
        .filter_map(|one| {
            let (panel, height) = intervals::errors(&one.experiment)?;
            Some((panel.titled(&one.name), height))
        })
        .collect();
    let ends = || panels.iter().map(|(panel, _)| panel.x.range);
    let low = ends().map(|[low, _]| low).min_by(f64::total_cmp)?;
    let high = ends().map(|[_, high]| high).max_by(f64::total_cmp)?;
    let height = panels.iter().map(|(_, height)| *height).fold(0.0, f64::max);
    let panels = panels.into_iter().map(|(panel, _)| Panel {
        x: Axis::linear("error rate, %", [low, high]),
        ..panel
    });
    let panels: Vec<Panel> = panels.collect();
    let columns = columns(panels.len());
    let description = "Dots are error rates on all test mail, strokes their 95 % intervals, all to \
         one scale; in each experiment the models of a family stand in the order of their errors.";
    let legend = all
        .experiments
        .iter()
        .map(|one| intervals::families(&one.experiment));
    let legend = legend.max_by_key(Vec::len).unwrap_or_default();
    let figure = Figure::new(description, panels, legend);
    let figure = figure.in_grid(columns, (FRAME + ROW * height) as u32);
    Some(Figure {
        kicker: "Error rates".to_owned(),
        title: "Every model in each experiment".to_owned(),
        ..figure
    })
}

/// A panel of changes for each experiment but the first, all to one scale.
fn changes(all: &SideBySide) -> Option<Figure> {
    let ends = all.changes.iter().flatten().flat_map(|one| {
        let ends = one.interval.unwrap_or([one.difference; 2]);
        ends.map(|end| 100.0 * end)
    });
    let reach = ends.fold(0.0, |reach: f64, end| reach.max(end.abs()));
    let rows = all.changes.iter().map(Vec::len).max().unwrap_or(0);
    if rows == 0 {
        return None;
    }
    let range = [-1.08 * reach.max(0.01), 1.08 * reach.max(0.01)];
    let panels = all.pairs().filter(|(_, _, changes)| !changes.is_empty());
    let panels: Vec<Panel> = panels
        .map(|(first, other, changes)| panel(first, other, changes, range))
        .collect();
    let columns = columns(panels.len());
    let description = "The error rate of each model less that in the first experiment, on the same \
         messages, with its 95 % interval. Left of 0 it errs less. Intervals are of one model \
         each; the sentences of the page allow for their number.";
    let figure = Figure::new(description, panels, Vec::new());
    let figure = figure.in_grid(columns, (FRAME + ROW * rows as f64) as u32);
    Some(Figure {
        kicker: "Paired differences".to_owned(),
        title: "Change of the error rate of each model".to_owned(),
        ..figure
    })
}

fn panel(
    first: &NamedExperiment,
    other: &NamedExperiment,
    changes: &[ChangedErrors],
    range: [f64; 2],
) -> Panel {
    let height = changes.len() as f64;
    let at = |row: usize| height - row as f64 - 0.5;
    let names = changes.iter().enumerate().rev();
    let names = names
        .map(|(row, one)| Tick::new(at(row), &one.model))
        .collect();
    let y = Axis {
        range: [0.0, height],
        ..Axis::named("", &[]).with_ticks(names)
    };
    let roles = roles(&first.experiment);
    let role = |name: &str| {
        let place = first
            .experiment
            .models
            .iter()
            .position(|model| model.name == name);
        place.map_or(Role::Conflict, |place| roles[place])
    };
    let zero = Marks::Line(vec![[0.0, 0.0], [0.0, height]]);
    let mut series = vec![Series::new("no difference", Role::Reference, zero)];
    for (row, one) in changes.iter().enumerate() {
        let stroke = one
            .interval
            .map(|ends| ends.map(|end| [100.0 * end, at(row)]));
        let stroke = stroke.map(|stroke| Marks::Strokes(vec![stroke]));
        let dot = Marks::MarkedLine(vec![[100.0 * one.difference, at(row)]]);
        let marks = stroke.into_iter().chain([dot]);
        series.extend(marks.map(|marks| Series::new(&one.model, role(&one.model), marks)));
    }
    let label = format!("error rate less that of {}, points", first.name);
    Panel::new(Axis::linear(&label, range), y, series).titled(&other.name)
}
