//! Validation curves: what a model loses of its training mail and of the test mail, by the value of
//! one setting. What a setting that holds a model back does (a penalty on weights, dropout, fewer
//! passes, smoothing) is seen here: how far the two stay together.
//!
//! Each value is fitted on the training part of every fold, all other settings as asked for; scores
//! are taken as they are, for calibration would hide what is to be seen.

use super::analysis::{Analysis, Compared, LooksAt, OnComparison, plain};
use crate::base::progress::Progress;
use crate::dataset::Corpus;
use crate::dataset::features::Encoded;
use crate::lab::error::SpecError;
use crate::lab::spec::{Assignment, ExperimentSpec};
use crate::lab::split::Fold;
use crate::results::{VALIDATION_CURVE, ValidationCurve, ValidationPoint};
use crate::train::{ModelSpec, TrainOptions, Trained, mean_loss, train};
use rayon::prelude::*;
use serde_json::Value;

/// The row of the table. Its parameters are a list of `MODEL.SETTING=VALUES`.
pub(super) const ANALYSIS: Analysis = Analysis {
    name: VALIDATION_CURVE,
    question: "What does one setting do to the loss of training and test mail?",
    looks_at: LooksAt::Comparison(OnComparison {
        by_default: false,
        check: Some(|spec, models, parameters| sweeps(spec, models, parameters).map(|_| ())),
        messages: |planned, model, parameters| {
            let sweeps = sweeps(planned.spec, planned.models, parameters);
            let sweeps = sweeps.unwrap_or_default().into_iter();
            let of_model = sweeps.filter(|sweep| sweep.model == model.entry.name());
            let values: usize = of_model.map(|sweep| sweep.values.len()).sum();
            let by_fold = planned
                .folds
                .iter()
                .map(|&fold| planned.options.emails(fold));
            values * by_fold.sum::<usize>()
        },
        ..OnComparison::new(|compared, parameters| plain(curves(compared, parameters)?))
    }),
    section: None,
    charts: &["validation"],
};

/// A setting of a model and the values it is to take.
struct Sweep {
    model: String,
    setting: String,
    /// The values, each with the model so set.
    values: Vec<(Value, ModelSpec)>,
}

/// What is to be drawn, of models that are compared.
fn sweeps(
    spec: &ExperimentSpec,
    models: &[ModelSpec],
    parameters: &Value,
) -> Result<Vec<Sweep>, SpecError> {
    let texts = parameters.as_array().filter(|texts| !texts.is_empty());
    let texts = texts.ok_or_else(|| SpecError::Refused {
        what: VALIDATION_CURVE.to_owned(),
        why: "write which settings are to vary, as MODEL.SETTING=VALUES, for instance \
              mlp.dropout=0,0.25,0.5"
            .to_owned(),
    })?;
    texts
        .iter()
        .map(|text| sweep(spec, models, text.as_str().unwrap_or_default()))
        .collect()
}

fn sweep(spec: &ExperimentSpec, models: &[ModelSpec], text: &str) -> Result<Sweep, SpecError> {
    let Assignment {
        model,
        setting,
        value,
    } = text.parse()?;
    let refused = |why: String| SpecError::Refused {
        what: text.to_owned(),
        why,
    };
    let Some(compared) = models.iter().find(|other| other.entry.name() == model) else {
        return Err(refused(format!("{model} is not among the models compared")));
    };
    let values = match value {
        Value::Array(values) if values.len() > 1 => values,
        _ => {
            let why = "write two or more values, separated by commas";
            return Err(refused(why.to_owned()));
        }
    };
    let with = |value: Value| {
        let mut given = spec.given(compared.entry);
        given[&setting] = value.clone();
        let model = ModelSpec::new(compared.entry, &given, false)
            .map_err(|error| refused(error.to_string()))?;
        Ok((value, model.without(spec.exclude_kinds)))
    };
    let values = values
        .into_iter()
        .map(with)
        .collect::<Result<Vec<_>, SpecError>>()?;
    Ok(Sweep {
        model,
        setting,
        values,
    })
}

/// One curve for each sweep; none if there is none.
fn curves(compared: &Compared<'_>, parameters: &Value) -> Option<Vec<ValidationCurve>> {
    let Compared {
        protocol,
        corpus,
        progress,
        ..
    } = *compared;
    let sweeps = sweeps(compared.spec, protocol.models, parameters).ok()?;
    let models: Vec<ModelSpec> = sweeps
        .iter()
        .flat_map(|sweep| &sweep.values)
        .map(|(_, model)| model.clone())
        .collect();
    if models.is_empty() {
        return None;
    }
    progress.begin(
        "validation curves",
        (models.len() * protocol.split.folds.len()) as u64,
    );
    let options = TrainOptions {
        live: None,
        ..protocol.options
    };
    let by_fold: Vec<Vec<Option<[f64; 2]>>> = protocol
        .split
        .folds
        .par_iter()
        .map(|fold| losses(&models, corpus, fold, options, progress))
        .collect();
    let mut place = 0..;
    let mut curve = |sweep: &Sweep| {
        let point = |((value, _), at): (&(Value, ModelSpec), usize)| {
            let losses = by_fold.iter().filter_map(|fold| fold[at]);
            let (training, test) = losses.map(|[training, test]| (training, test)).unzip();
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
    Some(sweeps.iter().map(&mut curve).collect())
}

/// The mean loss of each model, trained on one fold, on its training mail and on its test mail;
/// None of a model that could not be fitted, or whose score is neither log-odds nor a margin.
fn losses(
    models: &[ModelSpec],
    corpus: &Corpus,
    fold: &Fold,
    options: TrainOptions<'_>,
    progress: &dyn Progress,
) -> Vec<Option<[f64; 2]>> {
    let done = || progress.advance(1);
    let training = train(models, corpus, &fold.train, options, &done);
    let both = [&fold.train, &fold.test].map(|rows| Encoded::new(corpus, &training.encoders, rows));
    let of_model = |model: &Trained| {
        let [training, test] = both.each_ref().map(|emails| {
            mean_loss(model.fitted.classifier(), emails.rows(model.view), &|_| {
                true
            })
        });
        Some([training?, test?])
    };
    let models = training.models.iter();
    models
        .map(|model| model.as_ref().ok().and_then(of_model))
        .collect()
}
