//! Validation curves: what a model loses of its training mail and of the test mail, by the value of
//! one setting. What a setting that holds a model back does (a price of weights, dropout, fewer
//! passes, smoothing) is seen here: how far the two stay together.
//!
//! Each value is fitted on the training part of every fold, all other settings as asked for; scores
//! are taken as they are, for calibration would mend what is to be seen.

use crate::base::progress::Progress;
use crate::dataset::features::Encoded;
use crate::dataset::{Corpus, TrainingSet};
use crate::lab::cross_validation::Asked;
use crate::results::{ValidationCurve, ValidationPoint};
use crate::train::{ModelSpec, TrainOptions, Trained, mean_loss, train};
use rayon::prelude::*;
use serde_json::Value;

/// A setting of a model and the values it is to take.
pub struct Sweep {
    /// The model.
    pub model: String,
    /// Its setting.
    pub setting: String,
    /// The values, each with the model so set.
    pub values: Vec<(Value, ModelSpec)>,
}

/// One curve for each sweep.
pub(crate) fn curves(
    asked: &Asked<'_>,
    corpus: &Corpus,
    progress: &dyn Progress,
) -> Vec<ValidationCurve> {
    let choices: Vec<ModelSpec> = asked
        .sweeps
        .iter()
        .flat_map(|sweep| &sweep.values)
        .map(|(_, of)| of.clone())
        .collect();
    if choices.is_empty() {
        return Vec::new();
    }
    progress.begin(
        "validation curves",
        (choices.len() * asked.split.folds.len()) as u64,
    );
    let terms = TrainOptions {
        live: None,
        ..asked.terms
    };
    let by_fold = asked.split.folds.par_iter().map(|fold| {
        let training = train(&choices, corpus, &fold.train, terms, &|| {
            progress.advance(1);
        });
        let both =
            [&fold.train, &fold.test].map(|rows| Encoded::new(corpus, &training.encoders, rows));
        let losses = |model: &Trained| {
            let [learned, test] = both.each_ref().map(|emails| {
                let emails = TrainingSet::new(emails.rows(model.view), terms.seed);
                mean_loss(
                    model.fitted.classifier(),
                    emails.examples().zip(emails.labels()),
                )
            });
            Some([learned?, test?])
        };
        training
            .models
            .iter()
            .map(|model| model.as_ref().ok().and_then(losses))
            .collect::<Vec<_>>()
    });
    let by_fold: Vec<Vec<Option<[f64; 2]>>> = by_fold.collect();
    let mut place = 0..;
    let mut curve = |sweep: &Sweep| {
        let point = |((value, _), at): (&(Value, ModelSpec), usize)| {
            let (training, test) = by_fold
                .iter()
                .filter_map(|fold| fold[at])
                .map(|[learned, test]| (learned, test))
                .unzip();
            ValidationPoint {
                value: value.clone(),
                training,
                test,
            }
        };
        let points = sweep.values.iter().zip(&mut place).map(point).collect();
        ValidationCurve {
            model: sweep.model.clone(),
            setting: sweep.setting.clone(),
            points,
        }
    };
    asked.sweeps.iter().map(&mut curve).collect()
}
