//! What a cut-off costs: at each probability from which message is called spam, the ham lost, the
//! spam missed, and the cost of both where a lost ham counts as much as one, ten or a hundred
//! missed spam. A panel a model.

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

/// The furthest log-odds drawn.
const FURTHEST: f64 = 8.0;
/// Cut-offs drawn.
const PLACES: usize = 120;
/// Missed spam that a lost ham counts as much as.
const PRICES: [usize; 3] = [1, 10, 100];

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let pools: Vec<PooledPredictions<'_>> = pooled(experiment)
        .into_iter()
        .filter(|pool| pool.threshold_steps().is_some())
        .collect();
    let panels: Vec<Panel> = pools
        .iter()
        .map(|pool| panel(pool, experiment.decision))
        .collect();
    if panels.is_empty() {
        return None;
    }
    let key = |label: &str, role, sample| LegendEntry {
        label: label.to_owned(),
        role,
        sample,
    };
    Some(Figure {
        title: "What a cut-off costs".to_owned(),
        description: "Ham lost and spam missed, in percent of their class, at each probability from which mail is called spam. Moving \
                      the cut-off to the right saves ham and lets spam through. In the corner: the cut-off of least cost if \
                      a lost ham counts as much as 1, 10 or 100 missed spam."
            .to_owned(),
        columns: if panels.len() > 4 { 3 } else { panels.len().min(2) },
        panel_height: if panels.len() > 2 { 290 } else { 480 },
        panels,
        legend: vec![
            key("ham lost", Role::Class(Label::Ham), LegendMark::Line),
            key("spam missed", Role::Class(Label::Spam), LegendMark::Line),
        ],
    })
}

fn panel(pool: &PooledPredictions<'_>, decision: Decision) -> Panel {
    let lines = shares(pool);
    let high = lines
        .iter()
        .flatten()
        .map(|point| point[1])
        .fold(0.0, f64::max)
        .clamp(1.0, 100.0);
    // Room above the lines for what the corner says.
    let top = 1.5 * high;
    let y = Axis::linear("of its class, %", [0.0, top]);
    let ticks = y
        .ticks
        .iter()
        .filter(|tick| tick.at <= 100.0)
        .cloned()
        .collect();
    let y = y.with_ticks(ticks);
    let line = |label: Label, points: &[Position]| Series {
        name: label.to_string(),
        role: Role::Class(label),
        marks: Marks::Line(thinned(points, &axis(), &y)),
    };
    let threshold = axis().clip(decision.threshold);
    let in_force = Series {
        name: "threshold in force".to_owned(),
        role: Role::Reference,
        marks: Marks::Line(vec![[threshold, 0.0], [threshold, high]]),
    };
    let best = PRICES.map(|price| format!("{price}: {}", percent(cheapest(pool, price))));
    Panel {
        title: Some(pool.model.name.clone()),
        subject: Some(pool.role),
        x: axis(),
        series: vec![
            in_force,
            line(Label::Ham, &lines[0]),
            line(Label::Spam, &lines[1]),
        ],
        y,
        notes: vec![Note::Corner {
            right: true,
            top: true,
            lines: [String::from("best cut-off, a ham worth")]
                .into_iter()
                .chain(best)
                .collect(),
        }],
    }
}

/// Log-odds with ticks at probabilities.
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
        "called spam from this probability on, %",
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

/// Ham lost and spam missed at each cut-off, in percent.
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
    let lost = |threshold: f64| 100.0 * (1.0 - called_ham(ham, threshold) / ham.len() as f64);
    let missed = |threshold: f64| 100.0 * called_ham(spam, threshold) / spam.len() as f64;
    let line = |share: &dyn Fn(f64) -> f64| {
        (0..=PLACES)
            .map(place)
            .map(|threshold| [threshold, share(threshold)])
            .collect()
    };
    [line(&lost), line(&missed)]
}

/// The log-odds of least cost where a lost ham counts as much as `price` missed spam, within what
/// is drawn.
fn cheapest(pool: &PooledPredictions<'_>, price: usize) -> f64 {
    let spam = pool.classes()[1];
    let cost = |called: [usize; 2]| price * called[0] + spam - called[1];
    let steps = pool.threshold_steps().unwrap_or_default();
    let best = steps.iter().min_by_key(|step| cost(step.called));
    best.map_or(0.0, |step| step.log_odds.clamp(-FURTHEST, FURTHEST))
}
