//! What a threshold does, for the best model of each family: above, the false positive rate and the
//! false negative rate on a logarithmic axis; below, precision, recall, F1 and the queue rate, the
//! share of all mail that is called spam. The axis of thresholds is one of log-odds, labelled with
//! probabilities.

use super::folds;
use crate::base::math::{logit, sigmoid};
use crate::report::axis::{Axis, Tick};
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Position, Series};
use crate::report::framed;
use crate::report::palette::Role;
use crate::report::pooled::{
    PooledPredictions, ThresholdStep, over_folds, places, pooled, threshold_steps,
};
use crate::report::statements::{half_the_false_positives, title};
use crate::results::{Decision, Experiment};

/// The largest log-odds drawn.
const FURTHEST: f64 = 8.0;
/// Number of thresholds drawn.
const PLACES: usize = 161;
/// Costs of a false positive, in false negatives.
const COSTS: [usize; 3] = [1, 10, 100];

/// What is wrong or right with what is called spam, what with the spam, and both in one.
const CALLED: Role = Role::Measure(0);
const SPAM: Role = Role::Measure(1);
const BOTH: Role = Role::Measure(2);

/// A share in percent at a threshold, of the numbers of ham and spam called spam and of all.
type Share = fn(called: [f64; 2], all: [f64; 2]) -> f64;

const FALSE_POSITIVE_RATE: Share = |[ham, _], [all, _]| 100.0 * ham / all;
const FALSE_NEGATIVE_RATE: Share = |[_, spam], [_, all]| 100.0 * (all - spam) / all;
const RECALL: Share = |[_, spam], [_, all]| 100.0 * spam / all;
/// Of nothing called spam nothing is ham.
const PRECISION: Share = |[ham, spam], _| 100.0 * spam / (ham + spam);
const F1: Share = |[ham, spam], [_, all]| 200.0 * spam / (ham + spam + all);
const QUEUE_RATE: Share =
    |[ham, spam], [all_ham, all_spam]| 100.0 * (ham + spam) / (all_ham + all_spam);

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let mut pools: Vec<PooledPredictions<'_>> = pooled(experiment);
    pools.retain(|pool| pool.is_best && pool.threshold_steps().is_some());
    let [ham, spam] = pools.first()?.classes();
    let errors = pools.iter().map(|pool| errors(pool, ham.max(spam)));
    let rates = pools.iter().map(rates);
    let panels: Vec<Panel> = errors.chain(rates).collect();
    let key = |label, role, mark| LegendEntry::new(label, role, mark);
    let legend = vec![
        key("false positive rate; precision", CALLED, LegendMark::Line),
        key("false negative rate; recall", SPAM, LegendMark::Line),
        key("F1", BOTH, LegendMark::Line),
        key("threshold in force", Role::Reference, LegendMark::Line),
        key(
            "queue rate (share called spam)",
            Role::Reference,
            LegendMark::Band,
        ),
    ];
    let cheapest: Vec<String> = pools
        .iter()
        .map(|pool| {
            let [one, ten, hundred] = COSTS.map(|cost| percent(cheapest(pool, cost)));
            format!("{} at {one}, {ten} and {hundred}", pool.model.name)
        })
        .collect();
    let description = format!(
        "A higher threshold saves ham and misses spam.{} The cost on these emails is least, if a \
         false positive costs 1, 10 and 100 false negatives, for {}. Other emails would cost more, \
         since these chose the threshold.",
        folds::bands(experiment, " in the panels of precision and recall"),
        cheapest.join("; ")
    );
    let columns = pools.len();
    let figure = Figure::new(description, panels, legend).in_grid(columns, 360);
    Some(figure.entitled(title(half_the_false_positives(experiment))))
}

/// The panel of the two error rates, down to half a message of the larger class.
fn errors(pool: &PooledPredictions<'_>, emails: usize) -> Panel {
    let edge = (50.0 / emails as f64).min(20.0);
    let y = Axis::log_from_zero("of the class, %", [edge, 100.0]);
    let line = |name: &str, role: Role, share: Share| {
        framed::part(name, role, &line(pool, share), (&axis(), &y))
    };
    let series = [in_force(pool.model.decision(), y.range)]
        .into_iter()
        .chain(line("false positive rate", CALLED, FALSE_POSITIVE_RATE))
        .chain(line("false negative rate", SPAM, FALSE_NEGATIVE_RATE));
    let title = format!("{}: error rates, %", pool.model.name);
    Panel::new(axis(), y.clone(), series.collect()).about(title, pool.role)
}

/// The panel of precision, recall, F1 and the queue rate.
fn rates(pool: &PooledPredictions<'_>) -> Panel {
    let y = Axis::linear("share, %", [0.0, 100.0]);
    let queue = line(pool, QUEUE_RATE)
        .into_iter()
        .map(|[x, up]| [x, 0.0, up]);
    let queue = Marks::Band(queue.collect());
    let drawn = |name: &str, role: Role, share: Share| {
        let line = framed::part(name, role, &line(pool, share), (&axis(), &y));
        let of_fold = |steps: &[ThresholdStep], all: [f64; 2], threshold: f64| {
            Some(share(called(steps, threshold), all)).filter(|share| share.is_finite())
        };
        let folds = over_folds(pool, &places(&axis(), PLACES), of_fold);
        let bands = framed::band(name, role, &folds, &y);
        bands.into_iter().chain(line).collect::<Vec<Series>>()
    };
    let f1 = framed::part("F1", BOTH, &line(pool, F1), (&axis(), &y));
    let series = [
        Series::new("queue rate", Role::Reference, queue),
        in_force(pool.model.decision(), y.range),
    ];
    let series = series
        .into_iter()
        .chain(drawn("recall", SPAM, RECALL))
        .chain(drawn("precision", CALLED, PRECISION))
        .chain(f1);
    let title = format!("{}: precision and recall, %", pool.model.name);
    Panel::new(axis(), y.clone(), series.collect()).about(title, pool.role)
}

fn in_force(decision: Decision, [low, high]: [f64; 2]) -> Series {
    let threshold = axis().clip(decision.threshold);
    let line = Marks::Line(vec![[threshold, low], [threshold, high]]);
    Series::new("threshold in force", Role::Reference, line)
}

/// A share of all messages by threshold, where it is defined.
fn line(pool: &PooledPredictions<'_>, share: Share) -> Vec<Position> {
    let steps = threshold_steps(&pool.emails).unwrap_or_default();
    let all = pool.classes().map(|count| count as f64);
    let at = |threshold: f64| [threshold, share(called(&steps, threshold), all)];
    let line = places(&axis(), PLACES).into_iter().map(at);
    line.filter(|[_, percent]| percent.is_finite()).collect()
}

/// The numbers of ham and spam with at least these log-odds.
fn called(steps: &[ThresholdStep], threshold: f64) -> [f64; 2] {
    let above =
        steps.partition_point(|step| Decision::at(threshold).label(step.log_odds).is_spam());
    let last = above.checked_sub(1).and_then(|at| steps.get(at));
    last.map_or([0.0; 2], |step| step.called.map(|count| count as f64))
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

/// The threshold with the least cost if a false positive costs as much as `false_positive_cost`
/// false negatives, within the range drawn.
fn cheapest(pool: &PooledPredictions<'_>, false_positive_cost: usize) -> f64 {
    let spam = pool.classes()[1];
    let cost = |called: [usize; 2]| false_positive_cost * called[0] + spam - called[1];
    let steps = pool.threshold_steps().unwrap_or_default();
    let best = steps.iter().min_by_key(|step| cost(step.called));
    best.map_or(0.0, |step| step.log_odds.clamp(-FURTHEST, FURTHEST))
}
