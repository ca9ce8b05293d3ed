//! The distribution of each model's calibrated log-odds of spam. Each model has a panel, with ham
//! upwards and spam downwards from a zero line, so that neither class covers the other and the
//! errors beyond the threshold are easy to see.
//!
//! Heights are on a square-root axis, on which one message is still visible beside a thousand. The
//! axis of log-odds is compressed on both sides of 0 and reaches all messages, but for log-odds
//! that no model has by a probability; a sentence counts these.

use crate::base::mail::Label;
use crate::base::numbers::count;
use crate::report::axis::Axis;
use crate::report::figure::{Figure, Marks, Panel, Series};
use crate::report::palette::Role;
use crate::report::pooled::{PooledEmail, PooledPredictions, with_panels};
use crate::report::statements::{title, undecided};
use crate::results::Experiment;

/// Number of bars on each side of log-odds 0.
const BINS: usize = 24;
/// The largest log-odds drawn at their own position.
const FURTHEST: f64 = 5_000.0;
/// How far the axis reaches, as a multiple of the furthest: a density ends beyond its messages.
const ROOM: f64 = 1.5;
/// The least log-odds that the axis reaches.
const NEAREST: f64 = 4.0;

/// Number of messages in each bar, for ham and for spam.
type Heights = [[usize; 2 * BINS]; 2];

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let (pools, note) = with_panels(experiment);
    let x = log_odds_axis(&pools)?;
    let heights: Vec<Heights> = pools.iter().map(|pool| heights(pool, &x)).collect();
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
        .map(|(pool, heights)| panel(pool, heights, x.clone(), high))
        .collect();
    let description = "Ham upwards, spam downwards, by the log-odds of spam that each model gives \
         it; the dashed line is the threshold. Bars on the wrong side are errors: ham to the \
         right, spam to the left; the title of each panel counts them, ham + spam. Heights are on \
         a square-root scale, so that one email is visible beside a thousand; the log-odds are \
         compressed on both sides of 0 (asinh).";
    let description = format!("{description}{}{note}", beyond(&pools));
    let figure = Figure::new(description, panels, Vec::new()).small_multiples(480);
    Some(figure.entitled(title(undecided(experiment))))
}

/// An axis of log-odds that reaches the messages of all models, as far as [`FURTHEST`].
pub(super) fn log_odds_axis(pools: &[PooledPredictions<'_>]) -> Option<Axis> {
    let emails = pools.iter().flat_map(|pool| &pool.emails);
    let emails = emails.map(|mail| mail.log_odds.abs());
    let thresholds = pools.iter();
    let thresholds = thresholds.map(|pool| pool.model.decision().threshold.abs());
    let furthest = emails.chain(thresholds).max_by(f64::total_cmp)?;
    let reach = (ROOM * furthest).clamp(NEAREST, FURTHEST);
    Some(Axis::asinh("log-odds of spam, calibrated", reach))
}

/// A sentence that counts the messages beyond the axis, which are drawn at its ends; empty if there
/// are none.
pub(super) fn beyond(pools: &[PooledPredictions<'_>]) -> String {
    let clauses = pools.iter().filter_map(|pool| {
        let emails = pool.emails.iter();
        let beyond = emails.filter(|mail| mail.log_odds.abs() > FURTHEST).count();
        let all = count(pool.emails.len());
        (beyond > 0).then(|| format!("{} of {all} by {}", count(beyond), pool.model.name))
    });
    let clauses: Vec<String> = clauses.collect();
    if clauses.is_empty() {
        return String::new();
    }
    let furthest = count(FURTHEST as usize);
    let clauses = clauses.join(", ");
    format!(
        " Emails with log-odds beyond ±{furthest} are drawn at the ends of the axis: {clauses}."
    )
}

fn heights(pool: &PooledPredictions<'_>, axis: &Axis) -> Heights {
    let mut heights = [[0; 2 * BINS]; 2];
    let half = axis.scale.bend(axis.range[1]);
    for mail in &pool.emails {
        // The default threshold is a border between bars, and a message exactly on it is spam;
        // hence `floor`, not rounding.
        let bin = (axis.scale.bend(mail.log_odds) / half * BINS as f64).floor() + BINS as f64;
        heights[mail.label.index()][(bin.max(0.0) as usize).min(2 * BINS - 1)] += 1;
    }
    heights
}

fn panel(pool: &PooledPredictions<'_>, heights: &Heights, x: Axis, high: [f64; 2]) -> Panel {
    let threshold = x.clip(pool.model.decision().threshold);
    let bars = |label: Label| {
        let edge = |bin: usize| x.value(bin as f64 / (2 * BINS) as f64);
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
    let heading = format!(
        "{}: errors {} + {}",
        pool.model.name,
        count(errors(Label::Ham)),
        count(errors(Label::Spam))
    );
    let series = vec![bars(Label::Ham), bars(Label::Spam), line];
    Panel::new(
        x,
        Axis::mirrored("emails (ham up, spam down)", high),
        series,
    )
    .about(heading, pool.role)
}
