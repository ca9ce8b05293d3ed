//! The distribution of each model's calibrated log-odds of spam. Each model has a panel, with ham
//! upwards and spam downwards from a zero line, so that neither class covers the other and the
//! errors beyond the threshold are easy to see.
//!
//! Heights are on a square-root axis, on which one message is still visible beside a thousand. The
//! outermost bars contain everything beyond them.

use crate::base::mail::Label;
use crate::report::axis::{Axis, Tick};
use crate::report::figure::{Figure, Marks, Panel, Series};
use crate::report::numbers::{count, number};
use crate::report::palette::Role;
use crate::report::pooled::{PooledEmail, PooledPredictions, with_panels};
use crate::results::Experiment;

/// Number of bars on each side of log-odds 0.
const BINS: usize = 24;
/// The largest log-odds drawn at their own position: a probability of 0.999994.
const FURTHEST: f64 = 12.0;

/// Number of messages in each bar, for ham and for spam.
type Heights = [[usize; 2 * BINS]; 2];

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let (pools, note) = with_panels(experiment);
    let reach = reach(&pools)?;
    let heights: Vec<Heights> = pools.iter().map(|pool| heights(pool, reach)).collect();
    let highest = |class: usize| {
        heights
            .iter()
            .flat_map(|one| one[class])
            .max()
            .unwrap_or(0)
            .max(1) as f64
            * 1.1
    };
    let high = [highest(1), highest(0)];
    let panels: Vec<Panel> = pools
        .iter()
        .zip(&heights)
        .map(|(pool, heights)| panel(pool, heights, reach, high))
        .collect();
    let description = "Ham upwards, spam downwards, by the log-odds of spam that each model gives \
         it; the dashed line is the threshold. Bars on the wrong side are errors: ham to the \
         right, spam to the left; the title of each panel counts them, ham + spam. Heights are on \
         a square-root scale, so that one email is visible beside a thousand.";
    let description = format!("{description}{note}");
    Some(Figure::new(description, panels, Vec::new()).small_multiples(480))
}

/// The range of log-odds that contains nearly all mail of all models, rounded to a multiple of 2.
pub(super) fn reach(pools: &[PooledPredictions<'_>]) -> Option<f64> {
    let mut sizes: Vec<f64> = pools
        .iter()
        .flat_map(|pool| pool.emails.iter().map(|mail| mail.log_odds.abs()))
        .collect();
    let at = sizes.len().checked_sub(1)? * 99 / 100;
    let (_, nearly_all, _) = sizes.select_nth_unstable_by(at, f64::total_cmp);
    Some(((*nearly_all / 2.0).ceil() * 2.0).clamp(4.0, FURTHEST))
}

fn heights(pool: &PooledPredictions<'_>, reach: f64) -> Heights {
    let mut heights = [[0; 2 * BINS]; 2];
    for mail in &pool.emails {
        // The default threshold is a border between bars, and a message exactly on it is spam;
        // hence `floor`, not rounding.
        let bin = (mail.log_odds / reach * BINS as f64).floor() + BINS as f64;
        heights[mail.label.index()][(bin.max(0.0) as usize).min(2 * BINS - 1)] += 1;
    }
    heights
}

fn panel(pool: &PooledPredictions<'_>, heights: &Heights, reach: f64, high: [f64; 2]) -> Panel {
    let x = log_odds_axis(reach);
    let threshold = x.clip(pool.model.decision().threshold);
    let bars = |label: Label| {
        let edge = |bin: usize| (bin as f64 / BINS as f64 - 1.0) * reach;
        let filled = heights[label.index()]
            .iter()
            .enumerate()
            .filter(|(_, height)| **height > 0);
        let marks = filled
            .map(|(bin, &height)| [edge(bin), edge(bin + 1), -label.sign() * height as f64])
            .collect();
        Series::new(label.name(), Role::Class(label), Marks::Bars(marks))
    };
    let line = Marks::Line(vec![[threshold, -high[0]], [threshold, high[1]]]);
    let line = Series::new("threshold", Role::Reference, line);
    let errors = |label: Label| {
        let wrong = |mail: &&PooledEmail| mail.label == label && mail.predicted != label;
        pool.emails.iter().filter(wrong).count()
    };
    let title = format!(
        "{}: errors {} + {}",
        pool.model.name,
        count(errors(Label::Ham)),
        count(errors(Label::Spam))
    );
    Panel::new(
        x,
        Axis::mirrored("emails (ham up, spam down)", high),
        vec![bars(Label::Ham), bars(Label::Spam), line],
    )
    .about(title, pool.role)
}

/// An axis from `-reach` to `reach` with five ticks. The outer two are labelled as including
/// everything beyond.
fn log_odds_axis(reach: f64) -> Axis {
    let tick = |at: f64| match at {
        at if at == -reach => Tick::new(at, format!("≤ {}", number(at, 0))),
        at if at == reach => Tick::new(at, format!("≥ {}", number(at, 0))),
        at => Tick::new(at, number(at, 0)),
    };
    let ticks = [-1.0, -0.5, 0.0, 0.5, 1.0]
        .map(|part| tick(part * reach))
        .to_vec();
    Axis::linear("log-odds of spam, calibrated", [-reach, reach]).with_ticks(ticks)
}
