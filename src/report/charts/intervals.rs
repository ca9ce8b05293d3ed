//! All models by family, best first, with their error rates, false positive rates and (1-ROCA) %,
//! each as a dot with its 95 % interval.

use crate::report::axis::{Axis, Tick};
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Series};
use crate::report::palette::{Role, roles};
use crate::report::statements::{fewer_errors, title};
use crate::results::{Experiment, Family, ModelRecord, ranking};

/// Space between the families, in rows.
const GAP: f64 = 0.7;
/// Height of a row.
const ROW: f64 = 27.0;

/// A metric in percent: the title of its panel, its key, and how its value becomes a percentage.
struct Shown {
    title: &'static str,
    key: &'static str,
    percent: fn(f64) -> f64,
}

const SHOWN: [Shown; 3] = [
    Shown {
        title: "error rate, %",
        key: "accuracy",
        percent: |accuracy| 100.0 * (1.0 - accuracy),
    },
    Shown {
        title: "false positive rate, %",
        key: "ham_misclassified_pct",
        percent: |percent| percent,
    },
    Shown {
        title: "(1-ROCA) %",
        key: "one_minus_roca_pct",
        percent: |percent| percent,
    },
];

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
    let panels: Vec<Panel> = SHOWN
        .iter()
        .filter_map(|shown| panel(shown, &rows, height))
        .collect();
    let description = "Dots are estimates over all folds, strokes their 95 % intervals; in each \
         family the models stand in the order of their error rates. All were tested on the same \
         emails, so that a difference may be told apart although the intervals overlap.";
    let columns = panels.len();
    let figure = Figure::new(description, panels, families(experiment));
    let figure = figure.in_grid(columns, (80.0 + ROW * height) as u32);
    Some(figure.entitled(title(fewer_errors(experiment))))
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
    Some((panel(&SHOWN[0], &rows, height)?, height))
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

fn panel(shown: &Shown, rows: &[Row<'_>], height: f64) -> Option<Panel> {
    let value = |row: &Row<'_>| row.model.value(shown.key).map(shown.percent);
    let interval = |row: &Row<'_>| {
        let ends = row.model.interval(shown.key)?.map(shown.percent);
        Some([ends[0].min(ends[1]), ends[0].max(ends[1])])
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
    let x = Axis::linear("", [(low - room).max(0.0).min(low), high + room]);
    let panel = Panel::new(x, y, series.collect());
    Some(panel.titled(shown.title))
}
