//! Compares models in pairs, in the order of their error rates: each cell shows how many points
//! less the model of its row errs than that of its column, with the interval. A cell has the colour
//! of the better model if the two are distinguishable as one of all pairs.

use crate::base::numbers::{decimals_off_zero, number};
use crate::report::axis::Axis;
use crate::report::figure::{Figure, Marks, MatrixCell, Panel, Series};
use crate::report::palette::{Role, roles};
use crate::report::statements::{pairs_apart, title};
use crate::results::{Comparison, Experiment, ModelRecord, SIGNIFICANCE_LEVEL};

/// Most models compared: more names and intervals have no room.
const MOST: usize = 10;

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let compared = |model: &ModelRecord| {
        let mut pairs = experiment.comparisons.iter();
        pairs.any(|pair| pair.a == model.name || pair.b == model.name)
    };
    let mut models: Vec<(&ModelRecord, Role)> = experiment
        .models
        .iter()
        .zip(roles(experiment))
        .filter(|(model, _)| compared(model))
        .collect();
    models.sort_by(|(a, _), (b, _)| accuracy(b).total_cmp(&accuracy(a)));
    if models.len() < 2 {
        return None;
    }
    let all = models.len();
    models.truncate(MOST);
    let rest = if all > MOST {
        format!(" Shown are {MOST} of {all} models, those with the fewest errors.")
    } else {
        String::new()
    };
    let names = models.iter().map(|(model, _)| model.name.as_str());
    let names: Vec<&str> = names.collect();
    // The best model is the upper row, but the axis counts from below. The last has nobody to be
    // better than, and the first nobody to be worse than.
    let upwards: Vec<&str> = names[..names.len() - 1].iter().rev().copied().collect();
    let series = (0..models.len() - 1)
        .flat_map(|at| row(experiment, &models, at))
        .collect();
    let [with, interval] = detail(experiment, &names);
    let description = format!(
        "A cell says by how many points the error rate of its row is lower than that of its \
         column, with {with}. It has the colour of the better model where the two are \
         distinguishable as one of all pairs (McNemar, p below {SIGNIFICANCE_LEVEL}, \
         near-duplicates counted once). The test takes the models as they are{interval}.{rest}"
    );
    let panel = Panel::new(
        Axis::named("compared with", &names[1..]),
        Axis::named("error rate lower by, points", &upwards),
        series,
    );
    let height = 120 + 62 * (models.len() as u32 - 1);
    let figure = Figure::new(description, vec![panel], Vec::new()).in_grid(1, height);
    Some(figure.entitled(title(pairs_apart(experiment))))
}

/// What the smaller line of a cell is, of the pairs shown, and what an interval there allows for.
fn detail(experiment: &Experiment, names: &[&str]) -> [&'static str; 2] {
    let is_shown = |name: &String| names.contains(&name.as_str());
    let pairs = experiment.comparisons.iter();
    let pairs = pairs.filter(|pair| is_shown(&pair.a) && is_shown(&pair.b));
    let (over_folds, others): (Vec<&Comparison>, Vec<&Comparison>) =
        pairs.partition(|pair| pair.resampled_t.is_some());
    let allows = "; the interval allows for other training mail, and may hold 0 where the test \
                  distinguishes two";
    match (over_folds.is_empty(), others.is_empty()) {
        (false, true) => ["the 95 % interval as the only pair", allows],
        (true, _) => ["the p-value", ""],
        (false, false) => [
            "the 95 % interval as the only pair, or, where folds give none, the p-value of \
             McNemar’s test",
            allows,
        ],
    }
}

fn accuracy(model: &ModelRecord) -> f64 {
    model.value("accuracy").unwrap_or(0.0)
}

/// The cells of a row: those of distinguishable pairs in the colour of its model, others in none.
fn row(experiment: &Experiment, models: &[(&ModelRecord, Role)], at: usize) -> [Series; 2] {
    let (model, role) = models[at];
    let bottom = (models.len() - 2 - at) as f64;
    let (mut apart, mut alike) = (Vec::new(), Vec::new());
    for (column, (other, _)) in models.iter().enumerate().skip(at + 1) {
        let pair = experiment.comparison(&model.name, &other.name);
        let Some((pair, (gain, detail))) = pair.and_then(|pair| Some((pair, gain(pair, model)?)))
        else {
            continue;
        };
        let of = if pair.is_significant() {
            &mut apart
        } else {
            &mut alike
        };
        of.push(MatrixCell {
            from: [column as f64 - 1.0, bottom],
            to: [column as f64, bottom + 1.0],
            shade: if pair.is_significant() { 0.45 } else { 0.0 },
            text: number(gain, 2),
            detail,
            link: None,
        });
    }
    [
        Series::new(&model.name, role, Marks::Cells(apart)),
        Series::new("not distinguishable", Role::Reference, Marks::Cells(alike)),
    ]
}

/// How many points more of the messages the model got right than the other one of the pair, and
/// the interval.
fn gain(pair: &Comparison, model: &ModelRecord) -> Option<(f64, String)> {
    let sign = if pair.a == model.name { 1.0 } else { -1.0 };
    if let Some(test) = pair.resampled_t {
        let [low, high] = test.interval.map(|end| 100.0 * sign * end);
        let decimals = decimals_off_zero(&[low, high], 2);
        let ends = [low.min(high), low.max(high)].map(|end| number(end, decimals));
        return Some((100.0 * sign * test.gain, ends.join(" to ")));
    }
    let emails: usize = model.scored().map(|(_, scored)| scored.rows.len()).sum();
    let more = pair.only_a_right as f64 - pair.only_b_right as f64;
    let p = pair.p_adjusted.unwrap_or(pair.p_value);
    let detail = if p < 0.001 {
        "p < 0.001".to_owned()
    } else {
        format!("p {p:.3}")
    };
    (emails > 0).then(|| (100.0 * sign * more / emails as f64, detail))
}
