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
mod cost_accuracy;
mod det;
mod learning_curve;
mod loss;
mod pairwise;
mod precision_recall;
mod reliability;
mod roc;
mod scores;
mod search;
mod threshold;
mod top_tokens;
mod unlabelled;
mod validation;

use super::figure::Figure;
use crate::results::{Experiment, Timing};
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
        key: "pairwise",
        title: "Who beats whom",
        draw: Found(pairwise::draw),
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
        key: "cost_accuracy",
        title: "Error against time",
        draw: Timed(cost_accuracy::draw),
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
