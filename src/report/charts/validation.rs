//! The loss on training and test mail by the value of one setting. The model overfits where the
//! lines diverge, and underfits where both are high.

use super::loss::at_the_low_end;
use crate::report::axis::Axis;
use crate::report::figure::{Figure, Marks, Panel, Series};
use crate::report::palette::{Role, roles};
use crate::report::statements::{best_value, title};
use crate::results::{Experiment, ModelRecord, Scale, ValidationCurve, ValidationPoint};
use serde_json::Value;

/// The smallest loss drawn, as a share of the largest.
const LEAST: f64 = 1e-3;

/// The loss over the folds at one position of the axis.
struct LossAt {
    place: f64,
    low: f64,
    mean: f64,
    high: f64,
}

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let models: Vec<(&ModelRecord, Role)> =
        experiment.models.iter().zip(roles(experiment)).collect();
    let of = |curve: &ValidationCurve| {
        let (model, role) = models.iter().find(|(model, _)| model.name == curve.model)?;
        panel(curve, model, *role)
    };
    let curves = experiment.validation_curves();
    let panels: Vec<Panel> = curves.iter().filter_map(of).collect();
    let folds = if experiment.has_folds() {
        "; lines are means over folds, the band reaches from the best fold to the worst"
    } else {
        ""
    };
    let description = format!(
        "Mean loss of the mail that is learned from (dashed) and of the test mail, all other \
         settings as they were{folds}. Not calibrated: log loss in bits where the score is \
         log-odds, hinge loss where it is a margin."
    );
    if panels.is_empty() {
        return None;
    }
    let description = format!("{description}{}", at_the_low_end(&panels));
    let told = curves
        .first()
        .and_then(|curve| best_value(experiment, curve));
    let figure = Figure::new(description, panels, Vec::new()).small_multiples(420);
    Some(figure.entitled(title(told.filter(|_| curves.len() == 1))))
}

fn panel(curve: &ValidationCurve, model: &ModelRecord, role: Role) -> Option<Panel> {
    let (_, scored) = model.scored().next()?;
    let test = losses(curve, |point| &point.test);
    let training = losses(curve, |point| &point.training);
    let lowest = test.iter().map(|at| at.low);
    let highest = test.iter().map(|at| at.high);
    let means = || training.iter().map(|at| at.mean);
    let low = lowest.chain(means()).fold(f64::INFINITY, f64::min);
    let high = highest.chain(means()).fold(0.0, f64::max);
    if test.is_empty() || high <= 0.0 {
        return None;
    }
    let y = Axis::log("mean loss", [low.max(LEAST * high) / 1.15, high * 1.15]);
    let line = |losses: &[LossAt]| {
        let point = |at: &LossAt| [at.place, y.clip(at.mean)];
        Marks::MarkedLine(losses.iter().map(point).collect())
    };
    let area = |at: &LossAt| [at.place, y.clip(at.low), y.clip(at.high)];
    let band = Marks::Band(test.iter().map(area).collect());
    let series = vec![
        Series::new("test mail", role, band),
        Series::new("training mail", Role::Reference, line(&training)),
        Series::new("test mail", role, line(&test)),
    ];
    let values = curve.points.iter().map(|point| word(&point.value));
    let values: Vec<String> = values.collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let unit = if scored.scale == Scale::Margin {
        "hinge loss"
    } else {
        "bits"
    };
    let title = format!("{}.{}, {unit}", curve.model, curve.setting);
    let x = Axis::named("value of the setting", &values);
    Some(Panel::new(x, y.clone(), series).about(title, role))
}

/// The loss at each value that was measured.
fn losses(curve: &ValidationCurve, of: fn(&ValidationPoint) -> &[f64]) -> Vec<LossAt> {
    let at = |(at, point): (usize, &ValidationPoint)| {
        let losses = of(point);
        let mean = losses.iter().sum::<f64>() / losses.len() as f64;
        mean.is_finite().then(|| LossAt {
            place: at as f64 + 0.5,
            low: losses.iter().copied().fold(f64::INFINITY, f64::min),
            mean,
            high: losses.iter().copied().fold(0.0, f64::max),
        })
    };
    curve.points.iter().enumerate().filter_map(at).collect()
}

/// A value as the user writes it.
fn word(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
