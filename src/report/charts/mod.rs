//! The table of all charts. A chart is a function from an experiment to a figure, in a file of its
//! own. It gives None if the experiment does not have the data, and the report then leaves the
//! chart out. A new chart is one file and one row.
//!
//! Charts of predictions pool them over the folds: each message appears once, scored by the model
//! that was not trained on it.

mod boundary;
mod confusion;
mod contrast;
mod convergence;
mod cost_accuracy;
mod densities;
mod det;
mod difference;
mod intervals;
mod learning_curve;
mod lift;
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
    /// The name of its files, without extension.
    pub key: &'static str,
    /// The heading: the field's name, then what the chart shows. A finding that the chart itself
    /// has as its title stands in its place.
    pub title: &'static str,
    /// The function that draws it.
    pub draw: Draw,
}

/// A function that draws a chart if the data is there.
#[derive(Debug, Clone, Copy)]
pub enum Draw {
    /// From the experiment alone.
    Found(fn(&Experiment) -> Option<Figure>),
    /// From the experiment and its times.
    Timed(fn(&Experiment, &Timing) -> Option<Figure>),
}

impl Chart {
    /// The figure of an experiment, if the experiment has the data.
    pub fn figure(&self, experiment: &Experiment, timing: Option<&Timing>) -> Option<Figure> {
        let figure = match self.draw {
            Draw::Found(draw) => draw(experiment),
            Draw::Timed(draw) => draw(experiment, timing?),
        };
        figure.map(|mut figure| {
            if figure.title.is_empty() {
                self.title.clone_into(&mut figure.title);
            }
            figure
        })
    }
}

const fn row(key: &'static str, title: &'static str, draw: Draw) -> Chart {
    Chart { key, title, draw }
}

/// Every chart, in the order of a report.
pub const CHARTS: &[Chart] = &[
    row(
        "intervals",
        "Error rates: every model with its 95 % interval",
        Found(intervals::draw),
    ),
    row(
        "densities",
        "Class-conditional densities: ham and spam by score, and the boundary",
        Found(densities::draw),
    ),
    row(
        "difference",
        "Learning curve: difference of the best models of both families",
        Found(difference::draw),
    ),
    row(
        "pairwise",
        "Pairwise comparison: who beats whom",
        Found(pairwise::draw),
    ),
    row(
        "roc",
        "ROC curve: spam caught against ham misclassified",
        Found(roc::draw),
    ),
    row(
        "precision_recall",
        "Precision-recall curve: spam among what is called spam against spam caught",
        Found(precision_recall::draw),
    ),
    row(
        "det",
        "DET curve: false negative rate against false positive rate",
        Found(det::draw),
    ),
    row(
        "scores",
        "Score distribution: how sure each model is",
        Found(scores::draw),
    ),
    row(
        "reliability",
        "Calibration (reliability diagram): probability of spam against share of spam",
        Found(reliability::draw),
    ),
    row(
        "threshold",
        "Threshold: error rates, precision, recall and queue rate",
        Found(threshold::draw),
    ),
    row(
        "lift",
        "Gain and lift: spam caught by share of emails looked at",
        Found(lift::draw),
    ),
    row(
        "confusion",
        "Confusion matrix: class against verdict",
        Found(confusion::draw),
    ),
    row(
        "learning_curve",
        "Learning curve: error by number of training emails",
        Found(learning_curve::draw),
    ),
    row(
        "unlabelled",
        "Semi-supervised learning curve: error with and without unlabelled mail",
        Found(unlabelled::draw),
    ),
    row(
        "contrast",
        "Token contrast: the same tokens in both families",
        Found(contrast::draw),
    ),
    row(
        "top_tokens",
        "Top tokens: what each model relies on most",
        Found(top_tokens::draw),
    ),
    row(
        "boundary",
        "Likelihood plane: every message by its two likelihoods",
        Found(boundary::draw),
    ),
    row(
        "cost_accuracy",
        "Cost and accuracy: error against time",
        Timed(cost_accuracy::draw),
    ),
    row(
        "convergence",
        "Convergence: the objective by pass",
        Found(convergence::draw),
    ),
    row(
        "loss",
        "Loss curve: training and test loss by pass",
        Found(loss::draw),
    ),
    row(
        "validation",
        "Validation curve: training and test loss by one setting",
        Found(validation::draw),
    ),
    row(
        "search",
        "Hyperparameter search: held-out loss of each trial",
        Found(search::draw),
    ),
];
