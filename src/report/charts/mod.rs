//! Every chart, in one table: a function from an experiment to a figure, in a file of its own. It gives None where the
//! experiment does not hold what the chart shows; the report is then without it. A new chart is one file and one row.
//!
//! Charts that tell of predictions read them pooled: each mail once, scored by the model that did not train on it.

mod confusion;
mod contrast;
mod learning_curve;
mod roc;
mod scores;

use super::figure::Figure;
use super::palette::{Role, roles};
use crate::results::{Experiment, ModelRecord};

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Chart {
    /// Name of its files.
    pub key: &'static str,
    /// Its heading in a report.
    pub title: &'static str,
    /// Draws it, where the experiment holds what it shows.
    pub draw: fn(&Experiment) -> Option<Figure>,
}

/// Every chart, in the order of a report.
pub const CHARTS: &[Chart] = &[
    Chart { key: "roc", title: "Ham lost against spam caught", draw: roc::draw },
    Chart { key: "scores", title: "How sure each model is", draw: scores::draw },
    Chart { key: "confusion", title: "What is taken for what", draw: confusion::draw },
    Chart { key: "learning_curve", title: "Error by number of training mails", draw: learning_curve::draw },
    Chart { key: "contrast", title: "The same tokens in both families", draw: contrast::draw },
];

/// All test predictions of a model.
struct Pooled<'a> {
    model: &'a ModelRecord,
    role: Role,
    /// Calibrated log-odds of each mail, and whether it is spam.
    mails: Vec<(f64, bool)>,
}

impl Pooled<'_> {
    /// Number of ham and of spam.
    fn classes(&self) -> [usize; 2] {
        let spam = self.mails.iter().filter(|mail| mail.1).count();
        [self.mails.len() - spam, spam]
    }
}

/// The models that scored any mail.
fn pooled(experiment: &Experiment) -> Vec<Pooled<'_>> {
    let labels = &experiment.mails.labels;
    let pool = |(model, role): (_, Role)| {
        let model: &ModelRecord = model;
        let folds = model.scored().flat_map(|(_, scored)| scored.rows.iter().zip(&scored.log_odds));
        let mails = folds.filter_map(|(&row, &odds)| Some((odds, (*labels.get(row as usize)?)?.is_spam()))).collect();
        Pooled { model, role, mails }
    };
    let all = experiment.models.iter().zip(roles(experiment)).map(pool);
    all.filter(|pool| !pool.mails.is_empty()).collect()
}
