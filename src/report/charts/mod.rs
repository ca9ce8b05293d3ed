//! The table of all charts. A chart is a function from an experiment to a figure, in a file of its
//! own. It gives None if the experiment does not have the data, and the report then leaves the
//! chart out. A new chart is one file and one row.
//!
//! Charts of predictions pool them over the folds: each message appears once, scored by the model
//! that was not trained on it.

mod attack;
mod attention;
mod boundary;
mod compression;
mod confusion;
mod contrast;
mod convergence;
mod corpora;
mod cost_accuracy;
mod crossover;
mod densities;
mod det;
mod difference;
mod duplicates;
mod fewshot;
mod folds;
mod game;
mod gan;
mod intervals;
mod latent_space;
mod learning_curve;
mod lift;
mod loss;
mod metsis;
mod noise;
mod pairwise;
mod precision_recall;
mod reliability;
mod roc;
mod scores;
mod search;
mod side_by_side;
mod stream;
mod threshold;
mod top_tokens;
mod transfer;
mod unlabelled;
mod validation;

pub use side_by_side::{CRITICAL_DIFFERENCE, figures as side_by_side};

use super::figure::Figure;
use crate::results::{AdversarialGame, Experiment, Timing};
use Draw::{Found, Timed};
use Section::{Curves, Decide, Finding, Fitting, Game, Tokens, Trust, Verdicts, When, Why};

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Chart {
    /// The name of its files, without extension.
    pub key: &'static str,
    /// Where it stands.
    pub section: Section,
    /// The field's name of the chart, which stands above its title.
    pub kicker: &'static str,
    /// What the chart shows, which is its title if it has no finding to tell.
    pub title: &'static str,
    /// The function that draws it.
    pub draw: Draw,
}

/// A part of a report that holds charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What was found, on the first screen.
    Finding,
    /// Why: what each family knows.
    Why,
    /// When: with how much mail.
    When,
    /// Whether it can be trusted.
    Trust,
    /// What to do: the threshold.
    Decide,
    /// Appendix: what every threshold would give.
    Curves,
    /// Appendix: model by model, and model against model.
    Verdicts,
    /// Appendix: what the models know.
    Tokens,
    /// Appendix: a generator against a discriminator.
    Game,
    /// Appendix: how the models were fitted and what they cost.
    Fitting,
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
        figure.map(|figure| self.named(figure))
    }

    /// A figure with the name of the chart, and with its title if the figure has none.
    fn named(&self, figure: Figure) -> Figure {
        Figure {
            kicker: self.kicker.to_owned(),
            title: if figure.title.is_empty() {
                self.title.to_owned()
            } else {
                figure.title
            },
            ..figure
        }
    }
}

pub use attack::of_an_attack;
pub use crossover::of_a_crossover;
pub use duplicates::of_duplicates;
pub use fewshot::of_few_messages;
pub use game::of_a_game_of_writers;
pub use metsis::of_event_models;
pub use noise::of_noise;
pub use stream::of_a_stream;
pub use transfer::of_a_transfer;

/// The charts of a game that is no part of an experiment, each with the name of its files.
pub fn of_a_game(game: &AdversarialGame) -> Vec<(&'static str, Figure)> {
    let draw = |chart: &Chart| match chart.key {
        "gan_losses" => Some((chart.key, chart.named(gan::losses(game)))),
        "gan_clouds" => Some((chart.key, chart.named(gan::clouds(game)))),
        _ => None,
    };
    CHARTS.iter().filter_map(draw).collect()
}

const fn row(
    key: &'static str,
    section: Section,
    kicker: &'static str,
    title: &'static str,
    draw: Draw,
) -> Chart {
    Chart {
        key,
        section,
        kicker,
        title,
        draw,
    }
}

/// Every chart, in the order of a report, from which page and Markdown are laid out alike.
pub const CHARTS: &[Chart] = &[
    row(
        "intervals",
        Finding,
        "Dot-and-interval chart",
        "Error rate of every model",
        Found(intervals::draw),
    ),
    row(
        "densities",
        Why,
        "Class-conditional densities",
        "Ham and spam by score, and the boundary",
        Found(densities::draw),
    ),
    row(
        "difference",
        When,
        "Learning curve, as a difference",
        "Difference of the best models of both families",
        Found(difference::draw),
    ),
    row(
        "learning_curve",
        When,
        "Learning curve",
        "Error by number of training emails",
        Found(learning_curve::draw),
    ),
    row(
        "unlabelled",
        When,
        "Semi-supervised learning curve",
        "Error with and without unlabelled mail",
        Found(unlabelled::draw),
    ),
    row(
        "reliability",
        Trust,
        "Calibration (reliability diagram)",
        "Probability of spam against share of spam",
        Found(reliability::draw),
    ),
    row(
        "threshold",
        Decide,
        "Threshold",
        "Error rates, precision, recall and queue rate",
        Found(threshold::draw),
    ),
    row(
        "roc",
        Curves,
        "ROC curve",
        "Spam caught against ham misclassified",
        Found(roc::draw),
    ),
    row(
        "precision_recall",
        Curves,
        "Precision-recall curve",
        "Spam among what is called spam against spam caught",
        Found(precision_recall::draw),
    ),
    row(
        "det",
        Curves,
        "DET curve",
        "False negative rate against false positive rate",
        Found(det::draw),
    ),
    row(
        "lift",
        Curves,
        "Gain and lift",
        "Spam caught by share of emails looked at",
        Found(lift::draw),
    ),
    row(
        "pairwise",
        Verdicts,
        "Pairwise comparison",
        "Differences in error rate",
        Found(pairwise::draw),
    ),
    row(
        "confusion",
        Verdicts,
        "Confusion matrix",
        "Class against verdict",
        Found(confusion::draw),
    ),
    row(
        "scores",
        Verdicts,
        "Score distribution",
        "How sure each model is",
        Found(scores::draw),
    ),
    row(
        "reliability_all",
        Verdicts,
        "Calibration (reliability diagrams)",
        "Probability of spam against share of spam, by model",
        Found(reliability::draw_all),
    ),
    row(
        "contrast",
        Tokens,
        "Token contrast",
        "The same tokens in both families",
        Found(contrast::draw),
    ),
    row(
        "top_tokens",
        Tokens,
        "Top tokens",
        "What each model relies on most",
        Found(top_tokens::draw),
    ),
    row(
        "boundary",
        Tokens,
        "Likelihood plane",
        "Every message by its two likelihoods",
        Found(boundary::draw),
    ),
    row(
        "gan_losses",
        Game,
        "Losses of a game",
        "Generator against discriminator by step",
        Found(gan::draw_losses),
    ),
    row(
        "gan_clouds",
        Game,
        "Generated and real",
        "Generated vectors on the real ones by step",
        Found(gan::draw_clouds),
    ),
    row(
        "latent_space",
        Tokens,
        "Latent space",
        "Every message by what it is about",
        Found(latent_space::draw),
    ),
    row(
        "attention",
        Tokens,
        "Attention",
        "Which token of a message looks at which",
        Found(attention::draw),
    ),
    row(
        "compression",
        Fitting,
        "Compression and classification",
        "Error against bits per byte",
        Found(compression::draw),
    ),
    row(
        "cost_accuracy",
        Fitting,
        "Cost and accuracy",
        "Error against time",
        Timed(cost_accuracy::draw),
    ),
    row(
        "convergence",
        Fitting,
        "Convergence",
        "The objective by pass",
        Found(convergence::draw),
    ),
    row(
        "loss",
        Fitting,
        "Loss curve",
        "Training and test loss by pass",
        Found(loss::draw),
    ),
    row(
        "validation",
        Fitting,
        "Validation curve",
        "Training and test loss by one setting",
        Found(validation::draw),
    ),
    row(
        "search",
        Fitting,
        "Hyperparameter search",
        "Held-out loss of each trial",
        Found(search::draw),
    ),
];
