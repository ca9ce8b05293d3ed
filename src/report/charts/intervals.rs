//! All models by family, best first, with their error rates, each as a dot with its 95 % interval.

use crate::report::axis::{Axis, Tick};
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Series};
use crate::report::palette::{Role, roles};
use crate::report::statements::{error_rates, title};
use crate::results::{Experiment, Family, ModelRecord, ranking};

/// Space between the families, in rows.
const GAP: f64 = 0.7;
/// Height of a row.
const ROW: f64 = 30.0;

/// A model and its height on the axis.
struct Row<'a> {
    model: &'a ModelRecord,
    role: Role,
    height: f64,
}

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let (rows, height) = rows(experiment);
    if rows.is_empty() {
        return None;
    }
    let panel = panel(&rows, height)?;
    let description = description(experiment, &rows);
    let figure = Figure::new(description, vec![panel], families(experiment));
    let figure = figure.in_grid(1, (80.0 + ROW * height) as u32);
    Some(figure.entitled(title(error_rates(experiment))))
}

/// What the marks are, and what intervals are for, as far as they are drawn.
fn description(experiment: &Experiment, rows: &[Row<'_>]) -> String {
    let has_interval = |row: &Row<'_>| row.model.interval("accuracy").is_some();
    let has_intervals = rows.iter().any(has_interval);
    let are_several = |&family: &Family| ranking(&experiment.models, family).len() > 1;
    let sentences = [
        (
            has_intervals,
            "A dot is the error rate of a model, its stroke the 95 % interval.",
        ),
        (!has_intervals, "A dot is the error rate of a model."),
        (
            Family::BOTH.iter().any(are_several),
            "The models of a family stand in the order of their error rates.",
        ),
        (
            has_intervals && rows.len() > 1,
            "All were tested on the same emails, so two may be distinguishable although their \
             intervals overlap.",
        ),
        (
            has_intervals && rows.len() > 1 && experiment.has_folds(),
            "Each interval is for the choice of test mail; that of a difference is for other \
             training mail, too, and may be wider than these suggest.",
        ),
    ];
    let told = sentences.iter().filter(|(holds, _)| *holds);
    told.map(|(_, text)| *text).collect::<Vec<&str>>().join(" ")
}

/// The families that came to a result, each in the colour of its best model.
pub(super) fn families(experiment: &Experiment) -> Vec<LegendEntry> {
    let entry = |&family: &Family| {
        let best = *ranking(&experiment.models, family).first()?;
        let role = roles(experiment)[best];
        let name = family.to_string();
        Some(LegendEntry::new(name, role, LegendMark::LineAndMarker))
    };
    Family::BOTH.iter().filter_map(entry).collect()
}

/// The panel of error rates alone, with its height in rows.
pub(super) fn errors(experiment: &Experiment) -> Option<(Panel, f64)> {
    let (rows, height) = rows(experiment);
    Some((panel(&rows, height)?, height))
}

/// The models that came to a result, and the height of all. The first row is the uppermost.
fn rows(experiment: &Experiment) -> (Vec<Row<'_>>, f64) {
    let families = Family::BOTH.map(|family| ranking(&experiment.models, family));
    let roles = roles(experiment);
    let models = families.iter().map(Vec::len).sum::<usize>() as f64;
    let gap = if families.iter().any(Vec::is_empty) {
        0.0
    } else {
        GAP
    };
    let mut rows = Vec::new();
    for (below, family) in [gap, 0.0].into_iter().zip(&families) {
        for &at in family {
            rows.push(Row {
                model: &experiment.models[at],
                role: roles[at],
                height: models - rows.len() as f64 - 0.5 + below,
            });
        }
    }
    (rows, models + gap)
}

fn panel(rows: &[Row<'_>], height: f64) -> Option<Panel> {
    let percent = |accuracy: f64| 100.0 * (1.0 - accuracy);
    let value = |row: &Row<'_>| row.model.value("accuracy").map(percent);
    let interval = |row: &Row<'_>| {
        let [low, high] = row.model.interval("accuracy")?.map(percent);
        Some([low.min(high), low.max(high)])
    };
    let all = || {
        let ends = rows.iter().filter_map(interval).flatten();
        rows.iter().filter_map(value).chain(ends)
    };
    let low = all().min_by(f64::total_cmp)?;
    let high = all().max_by(f64::total_cmp)?;
    let room = (0.06 * (high - low)).max(1e-3);
    let names = rows
        .iter()
        .map(|row| Tick::new(row.height, &row.model.name));
    let mut names: Vec<Tick> = names.collect();
    names.reverse();
    let y = Axis {
        range: [0.0, height],
        ..Axis::named("", &[]).with_ticks(names)
    };
    let series = rows.iter().flat_map(|row| {
        let stroke = interval(row).map(|ends| ends.map(|end| [end, row.height]));
        let stroke = stroke.map(|stroke| Marks::Strokes(vec![stroke]));
        let dot = value(row).map(|at| Marks::MarkedLine(vec![[at, row.height]]));
        let marks = stroke.into_iter().chain(dot);
        marks.map(|marks| Series::new(&row.model.name, row.role, marks))
    });
    let x = Axis::linear(
        "error rate, %",
        [(low - room).max(0.0).min(low), high + room],
    );
    Some(Panel::new(x, y, series.collect()))
}
