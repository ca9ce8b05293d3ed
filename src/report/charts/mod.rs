//! Every chart, in one table: a function from an experiment to a figure, in a file of its own. It
//! gives None where the experiment does not hold what the chart shows; the report is then without
//! it. A new chart is one file and one row.
//!
//! Charts that tell of predictions read them pooled: each message once, scored by the model that
//! did not train on it.

mod boundary;
mod confusion;
mod contrast;
mod convergence;
mod det;
mod duel;
mod effort;
mod learning_curve;
mod loss;
mod precision_recall;
mod reliability;
mod roc;
mod scores;
mod search;
mod threshold;
mod top_tokens;
mod unlabelled;
mod validation;

use super::axis::Axis;
use super::figure::{Figure, Key, Point, Sample};
use super::palette::{Role, roles};
use crate::base::mail::Label;
use crate::results::{Experiment, ModelRecord, Timing};
use Draw::{Found, Timed};

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Chart {
    /// Name of its files.
    pub key: &'static str,
    /// Its heading in a report.
    pub title: &'static str,
    /// From what it is drawn.
    pub draw: Draw,
}

/// How a chart is drawn, where there is what it shows.
#[derive(Debug, Clone, Copy)]
pub enum Draw {
    /// From what was found.
    Found(fn(&Experiment) -> Option<Figure>),
    /// From what was found and how long it took.
    Timed(fn(&Experiment, &Timing) -> Option<Figure>),
}

impl Chart {
    /// The chart of an experiment, where it holds what the chart shows.
    pub fn figure(&self, experiment: &Experiment, timing: Option<&Timing>) -> Option<Figure> {
        match self.draw {
            Draw::Found(draw) => draw(experiment),
            Draw::Timed(draw) => draw(experiment, timing?),
        }
    }
}

/// Every chart, in the order of a report.
pub const CHARTS: &[Chart] = &[
    Chart {
        key: "duel",
        title: "Who beats whom",
        draw: Found(duel::draw),
    },
    Chart {
        key: "roc",
        title: "Ham lost against spam caught",
        draw: Found(roc::draw),
    },
    Chart {
        key: "precision_recall",
        title: "Spam caught against ham among it",
        draw: Found(precision_recall::draw),
    },
    Chart {
        key: "det",
        title: "Ham lost against spam missed",
        draw: Found(det::draw),
    },
    Chart {
        key: "scores",
        title: "How sure each model is",
        draw: Found(scores::draw),
    },
    Chart {
        key: "reliability",
        title: "Whether a probability can be believed",
        draw: Found(reliability::draw),
    },
    Chart {
        key: "threshold",
        title: "What a cut-off costs",
        draw: Found(threshold::draw),
    },
    Chart {
        key: "confusion",
        title: "What is taken for what",
        draw: Found(confusion::draw),
    },
    Chart {
        key: "learning_curve",
        title: "Error by number of training emails",
        draw: Found(learning_curve::draw),
    },
    Chart {
        key: "unlabelled",
        title: "What mail without labels is worth",
        draw: Found(unlabelled::draw),
    },
    Chart {
        key: "contrast",
        title: "The same tokens in both families",
        draw: Found(contrast::draw),
    },
    Chart {
        key: "top_tokens",
        title: "The tokens each model relies on",
        draw: Found(top_tokens::draw),
    },
    Chart {
        key: "boundary",
        title: "Every mail by its two likelihoods",
        draw: Found(boundary::draw),
    },
    Chart {
        key: "effort",
        title: "Error against time",
        draw: Timed(effort::draw),
    },
    Chart {
        key: "convergence",
        title: "How each fit came to its end",
        draw: Found(convergence::draw),
    },
    Chart {
        key: "loss",
        title: "Training and test loss",
        draw: Found(loss::draw),
    },
    Chart {
        key: "validation",
        title: "What a setting does to the loss",
        draw: Found(validation::draw),
    },
    Chart {
        key: "search",
        title: "What the search for settings found",
        draw: Found(search::draw),
    },
];

/// Where a page lists the messages of a class that a model got wrong.
pub fn errors_anchor(model: &str, class: Label) -> String {
    format!("errors-{model}-{class}")
}

/// All test predictions of a model.
struct Pooled<'a> {
    model: &'a ModelRecord,
    role: Role,
    /// Calibrated log-odds of each message, and whether it is spam.
    emails: Vec<(f64, bool)>,
}

impl Pooled<'_> {
    /// Number of ham and of spam.
    fn classes(&self) -> [usize; 2] {
        let spam = self.emails.iter().filter(|mail| mail.1).count();
        [self.emails.len() - spam, spam]
    }

    /// See [`steps`].
    fn steps(&self) -> Option<Vec<Step>> {
        steps(&self.emails)
    }
}

/// Ham and spam called spam at each cut-off, from above all messages to below; those of equal
/// log-odds are one step. None if a class is missing.
fn steps(emails: &[(f64, bool)]) -> Option<Vec<Step>> {
    let spam = emails.iter().filter(|mail| mail.1).count();
    if spam == 0 || spam == emails.len() {
        return None;
    }
    let mut ranked = emails.to_vec();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut steps = vec![Step {
        log_odds: f64::INFINITY,
        called: [0, 0],
    }];
    let mut called = [0, 0];
    for group in ranked.chunk_by(|a, b| a.0 == b.0) {
        let hits = group.iter().filter(|mail| mail.1).count();
        called = [called[0] + group.len() - hits, called[1] + hits];
        steps.push(Step {
            log_odds: group[0].0,
            called,
        });
    }
    Some(steps)
}

/// Cut-offs in log-odds, from above all messages to below, each with the ham and the spam called
/// spam.
pub type Cutoffs = Vec<(f64, [usize; 2])>;

/// The cut-offs of each model that judged mail of both classes.
pub fn cutoffs(experiment: &Experiment) -> Vec<(&str, Cutoffs)> {
    let of = |pool: &Pooled<'_>| {
        Some(
            pool.steps()?
                .iter()
                .map(|step| (step.log_odds, step.called))
                .collect(),
        )
    };
    pooled(experiment)
        .into_iter()
        .filter_map(|pool| Some((pool.model.name.as_str(), of(&pool)?)))
        .collect()
}

/// A cut-off: messages of these log-odds and more are called spam.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    log_odds: f64,
    /// Ham and spam called spam.
    called: [usize; 2],
}

/// A line without the points that nobody would miss: each left out lies within a pixel or so of the
/// line that is drawn (Douglas and Peucker 1973).
fn thinned(points: &[Point], x: &Axis, y: &Axis) -> Vec<Point> {
    /// What counts as a pixel, as a share of the panel.
    const PIXEL: f64 = 0.003;
    let places: Vec<Point> = points
        .iter()
        .map(|&[across, up]| [x.place(across), y.place(up)])
        .collect();
    let mut kept = vec![false; points.len()];
    let mut open = vec![(0, points.len().saturating_sub(1))];
    while let Some((first, last)) = open.pop() {
        for end in [first, last] {
            if let Some(kept) = kept.get_mut(end) {
                *kept = true;
            }
        }
        let away = |at: &usize| distance(places[*at], places[first], places[last]);
        let furthest = (first + 1..last).max_by(|a, b| away(a).total_cmp(&away(b)));
        if let Some(furthest) = furthest.filter(|at| away(at) > PIXEL) {
            open.extend([(first, furthest), (furthest, last)]);
        }
    }
    points
        .iter()
        .zip(kept)
        .filter(|(_, kept)| *kept)
        .map(|(point, _)| *point)
        .collect()
}

/// How far `point` is from the stroke between two others.
fn distance(point: Point, from: Point, to: Point) -> f64 {
    let [along, side] = [to[0] - from[0], to[1] - from[1]];
    let length = along * along + side * side;
    let share = ((point[0] - from[0]) * along + (point[1] - from[1]) * side)
        / length.max(f64::MIN_POSITIVE);
    let share = share.clamp(0.0, 1.0);
    (point[0] - from[0] - share * along).hypot(point[1] - from[1] - share * side)
}

/// A line of the legend for each of some models.
fn line_keys<'a>(pools: impl Iterator<Item = &'a Pooled<'a>>) -> Vec<Key> {
    pools
        .map(|pool| Key {
            label: pool.model.name.clone(),
            role: pool.role,
            sample: Sample::Line,
        })
        .collect()
}

/// The models that scored any mail.
fn pooled(experiment: &Experiment) -> Vec<Pooled<'_>> {
    let labels = &experiment.emails.labels;
    let pool = |(model, role): (_, Role)| {
        let model: &ModelRecord = model;
        let folds = model
            .scored()
            .flat_map(|(_, scored)| scored.rows.iter().zip(&scored.log_odds));
        let emails = folds
            .filter_map(|(&row, &odds)| Some((odds, (*labels.get(row as usize)?)?.is_spam())))
            .collect();
        Pooled {
            model,
            role,
            emails,
        }
    };
    let all = experiment.models.iter().zip(roles(experiment)).map(pool);
    all.filter(|pool| !pool.emails.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_points_that_would_be_missed_are_kept() {
        let axis = Axis::linear("", [0.0, 1.0]);
        let line = [
            [0.0, 0.0],
            [0.1, 0.1005],
            [0.2, 0.2],
            [0.5, 0.5],
            [0.5, 0.9],
            [1.0, 1.0],
        ];
        assert_eq!(
            thinned(&line, &axis, &axis),
            [[0.0, 0.0], [0.5, 0.5], [0.5, 0.9], [1.0, 1.0]]
        );
        assert_eq!(thinned(&[], &axis, &axis), [[0.0; 2]; 0]);
        assert_eq!(thinned(&[[0.3, 0.3]], &axis, &axis), [[0.3, 0.3]]);
        // Half a third of the way along a stroke of length 3, and two above it.
        assert!((distance([0.5, 2.0], [0.0, 0.0], [3.0, 0.0]) - 2.0).abs() < 1e-12);
    }
}
