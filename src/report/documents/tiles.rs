//! The three figures on the first screen: errors, false positives and ranking, of the best model of
//! each family, with the difference and its interval.

use super::tables::TableCell;
use crate::base::numbers::{decimals_off_zero, number};
use crate::results::metric::{Better, metric};
use crate::results::{Experiment, FamilyDifference, ModelRecord};

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// What it is, in one word or two.
    pub name: &'static str,
    /// The field's name and the unit.
    pub metric: &'static str,
    /// Each family's best, the generative one first: family, model and value.
    pub best: Vec<(&'static str, String, TableCell)>,
    /// The difference with its interval, where the two can be compared.
    pub difference: Option<String>,
}

/// A figure before it has values.
struct Figure {
    name: &'static str,
    metric: &'static str,
    key: &'static str,
    /// What the metric's value is multiplied by, and what is added, to give the figure in percent.
    scale: [f64; 2],
    /// What a difference is counted in.
    unit: &'static str,
}

const FIGURES: [Figure; 3] = [
    Figure {
        name: "Errors",
        metric: "error rate, %",
        key: "accuracy",
        scale: [-100.0, 100.0],
        unit: " points",
    },
    Figure {
        name: "False positives",
        metric: "false positive rate, %: ham misclassified",
        key: "ham_misclassified_pct",
        scale: [1.0, 0.0],
        unit: " points",
    },
    Figure {
        name: "Ranking",
        metric: "(1-ROCA) %: pairs ranked the wrong way round",
        key: "one_minus_roca_pct",
        scale: [1.0, 0.0],
        unit: "",
    },
];

/// The three figures; none without a model that came to a result.
pub fn tiles(experiment: &Experiment) -> Vec<Tile> {
    let tiles = FIGURES.iter().map(|figure| tile(experiment, figure));
    tiles.filter(|tile| !tile.best.is_empty()).collect()
}

fn tile(experiment: &Experiment, figure: &Figure) -> Tile {
    let best = experiment.best();
    let families = [
        ("generative", best.generative),
        ("discriminative", best.discriminative),
    ];
    let value = |(family, at): (&'static str, Option<usize>)| {
        let model = &experiment.models[at?];
        Some((family, model.name.clone(), of_model(model, figure)?))
    };
    let difference = experiment.families.as_ref().and_then(|families| {
        let found = families.difference(figure.key)?;
        let names = [&families.generative.model, &families.discriminative.model];
        let leads = families
            .difference("accuracy")
            .is_none_or(|one| one.value >= 0.0);
        Some(in_words(found, figure, names.map(String::as_str), leads))
    });
    let mut best: Vec<(&'static str, String, TableCell)> =
        families.into_iter().filter_map(value).collect();
    TableCell::round_evenly(best.iter_mut().map(|(_, _, cell)| cell).collect());
    Tile {
        name: figure.name,
        metric: figure.metric,
        best,
        difference,
    }
}

fn of_model(model: &ModelRecord, figure: &Figure) -> Option<TableCell> {
    let [factor, offset] = figure.scale;
    let mean = factor * model.value(figure.key)? + offset;
    let ends = model.interval(figure.key);
    let interval = ends
        .map(|ends| ends.map(|end| factor * end + offset))
        .map(|[a, b]| [a.min(b), a.max(b)]);
    let most = metric(figure.key)?.decimals.min(3);
    let most = if factor < 0.0 { 2 } else { most };
    Some(TableCell::spread(mean, None, interval, most))
}

/// The difference between the families, whose models are `a`, the generative one, and `b`; the one
/// that leads by errors, as the headline has it, less the other.
fn in_words(found: &FamilyDifference, figure: &Figure, [a, b]: [&str; 2], a_leads: bool) -> String {
    let factor = figure.scale[0];
    let value = factor * found.value;
    let ends = found.interval.map(|end| factor * end);
    let [low, high] = [ends[0].min(ends[1]), ends[0].max(ends[1])];
    // As many digits as the finding beside it shows of the same interval.
    let decimals = decimals_off_zero(&[value, low, high], 2);
    let unit = figure.unit;
    // Each of the figures is better the lower.
    debug_assert!(
        factor < 0.0 || metric(figure.key).is_some_and(|one| one.better == Better::Lower)
    );
    if found.is_distinguishable() {
        let (lower, sizes) = if value > 0.0 {
            (b, [value, low, high])
        } else {
            (a, [-value, -high, -low])
        };
        let [by, least, most] = sizes.map(|size| number(size, decimals));
        return format!("{lower} is lower by {by}{unit} ({least} to {most})");
    }
    let signed = |value: f64| {
        let shown = number(value, decimals);
        let is_above = value > 0.0 && shown.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
        if is_above { format!("+{shown}") } else { shown }
    };
    let (first, other, numbers) = if a_leads {
        (a, b, [value, low, high])
    } else {
        (b, a, [-value, -high, -low])
    };
    let [by, from, to] = numbers.map(signed);
    format!("{first} − {other}: {by}{unit} ({from} to {to}), not distinguishable")
}
