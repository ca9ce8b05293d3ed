//! The cost of a threshold: the false positive rate and the false negative rate at each threshold,
//! and the thresholds with the least cost if a false positive costs as much as one, ten or a
//! hundred false negatives. Each model has a panel.

use crate::base::mail::Label;
use crate::base::math::{logit, sigmoid};
use crate::report::axis::{Axis, Tick};
use crate::report::figure::{
    Figure, LegendEntry, LegendMark, Marks, Note, Panel, Position, Series,
};
use crate::report::palette::Role;
use crate::report::pooled::{PooledPredictions, pooled};
use crate::report::thinned::thinned;
use crate::results::{Decision, Experiment};

/// The largest log-odds drawn.
const FURTHEST: f64 = 8.0;
/// Number of thresholds drawn.
const PLACES: usize = 120;
/// Costs of a false positive, in false negatives.
const COSTS: [usize; 3] = [1, 10, 100];

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let pools: Vec<PooledPredictions<'_>> = pooled(experiment)
        .into_iter()
        .filter(|pool| pool.threshold_steps().is_some())
        .collect();
    let panels: Vec<Panel> = pools.iter().map(|pool| panel(pool)).collect();
    if panels.is_empty() {
        return None;
    }
    let description = "False positive rate (ham called spam) and false negative rate (spam \
         missed), in percent of the class, by threshold. Moving the threshold to the right saves \
         ham and lets spam through. In the corner: the threshold of least cost if a false \
         positive counts as much as 1, 10 or 100 false negatives.";
    let key = |label, class| LegendEntry::new(label, Role::Class(class), LegendMark::Line);
    let legend = vec![
        key("false positive rate", Label::Ham),
        key("false negative rate", Label::Spam),
    ];
    Some(Figure::new(description, panels, legend).small_multiples(480))
}

fn panel(pool: &PooledPredictions<'_>) -> Panel {
    let lines = shares(pool);
    let high = lines
        .iter()
        .flatten()
        .map(|point| point[1])
        .fold(0.0, f64::max)
        .clamp(1.0, 100.0);
    // Leave space above the lines for the text in the corner.
    let top = 1.5 * high;
    let y = Axis::linear("of its class, %", [0.0, top]);
    let ticks = y
        .ticks
        .iter()
        .filter(|tick| tick.at <= 100.0)
        .cloned()
        .collect();
    let y = y.with_ticks(ticks);
    let line = |label: Label, points: &[Position]| {
        let line = Marks::Line(thinned(points, &axis(), &y));
        Series::new(label.name(), Role::Class(label), line)
    };
    let threshold = axis().clip(pool.model.decision().threshold);
    let in_force = Marks::Line(vec![[threshold, 0.0], [threshold, high]]);
    let series = vec![
        Series::new("threshold in force", Role::Reference, in_force),
        line(Label::Ham, &lines[0]),
        line(Label::Spam, &lines[1]),
    ];
    let best = COSTS.map(|cost| format!("{cost}: {}", percent(cheapest(pool, cost))));
    let corner = Note::Corner {
        right: true,
        top: true,
        lines: [String::from("best threshold, a false positive worth")]
            .into_iter()
            .chain(best)
            .collect(),
    };
    Panel::new(axis(), y.clone(), series)
        .about(&pool.model.name, pool.role)
        .with_notes(vec![corner])
}

/// An axis of log-odds whose ticks are labelled with probabilities.
fn axis() -> Axis {
    let ticks = [
        (0.001, "0.1"),
        (0.01, "1"),
        (0.1, "10"),
        (0.5, "50"),
        (0.9, "90"),
        (0.99, "99"),
        (0.999, "99.9"),
    ];
    let tick = |(share, label): (f64, &str)| Tick::new(logit(share), label);
    Axis::linear(
        "threshold: called spam from this probability on, %",
        [-FURTHEST, FURTHEST],
    )
    .with_ticks(ticks.map(tick).to_vec())
}

/// Log-odds as a probability in percent.
fn percent(log_odds: f64) -> String {
    let share = 100.0 * sigmoid(log_odds);
    let decimals = if (1.0..=99.0).contains(&share) {
        0
    } else if (0.1..=99.9).contains(&share) {
        1
    } else {
        2
    };
    format!("{share:.decimals$} %")
}

/// The false positive rate and the false negative rate at each threshold, in percent.
fn shares(pool: &PooledPredictions<'_>) -> [Vec<Position>; 2] {
    let mut sorted: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    for mail in &pool.emails {
        sorted[mail.label.index()].push(mail.log_odds);
    }
    for odds in &mut sorted {
        odds.sort_by(f64::total_cmp);
    }
    let [ham, spam] = &sorted;
    let place = |at: usize| FURTHEST * (2.0 * at as f64 / PLACES as f64 - 1.0);
    let called_ham = |odds: &[f64], threshold: f64| {
        odds.partition_point(|&one| Decision::at(threshold).label(one) == Label::Ham) as f64
    };
    let false_positives =
        |threshold: f64| 100.0 * (1.0 - called_ham(ham, threshold) / ham.len() as f64);
    let false_negatives = |threshold: f64| 100.0 * called_ham(spam, threshold) / spam.len() as f64;
    let line = |share: &dyn Fn(f64) -> f64| {
        (0..=PLACES)
            .map(place)
            .map(|threshold| [threshold, share(threshold)])
            .collect()
    };
    [line(&false_positives), line(&false_negatives)]
}

/// The threshold with the least cost if a false positive costs as much as `false_positive_cost`
/// false negatives, within the range drawn.
fn cheapest(pool: &PooledPredictions<'_>, false_positive_cost: usize) -> f64 {
    let spam = pool.classes()[1];
    let cost = |called: [usize; 2]| false_positive_cost * called[0] + spam - called[1];
    let steps = pool.threshold_steps().unwrap_or_default();
    let best = steps.iter().min_by_key(|step| cost(step.called));
    best.map_or(0.0, |step| step.log_odds.clamp(-FURTHEST, FURTHEST))
}
