//! Loss of training and of test mail by the value of one setting: where the lines part, the model
//! learns its mail by heart; where both are high, it is held back too much.

use crate::report::axis::Axis;
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, Panel, Series};
use crate::report::palette::{Role, roles};
use crate::results::{Experiment, ModelRecord, Scale, ValidationCurve};
use serde_json::Value;

/// The least loss drawn, as a share of the greatest.
const LEAST: f64 = 1e-3;

pub(super) fn draw(experiment: &Experiment) -> Option<Figure> {
    let models: Vec<(&ModelRecord, Role)> =
        experiment.models.iter().zip(roles(experiment)).collect();
    let of = |curve: &ValidationCurve| {
        let (model, role) = models.iter().find(|(model, _)| model.name == curve.model)?;
        panel(curve, model, *role)
    };
    let panels: Vec<Panel> = experiment.validation_curves.iter().filter_map(of).collect();
    let key = |label: &str, sample| LegendEntry {
        label: label.to_owned(),
        role: Role::Reference,
        sample,
    };
    (!panels.is_empty()).then(|| Figure {
        title: "Training and test loss by one setting".to_owned(),
        description: "Mean loss of the mail that is learned from (grey) and of the test mail, all other settings as they were; lines \
                      are means over folds, the band reaches from the best fold to the worst. Not calibrated: log loss in bits where \
                      the score is log-odds, hinge loss where it is a margin."
            .to_owned(),
        columns: if panels.len() > 4 { 3 } else { panels.len().min(2) },
        panel_height: if panels.len() > 2 { 290 } else { 420 },
        panels,
        legend: vec![
            key("test mail, in its model's colour", LegendMark::LineAndMarker),
            key("training mail", LegendMark::LineAndMarker),
        ],
    })
}

fn panel(curve: &ValidationCurve, model: &ModelRecord, role: Role) -> Option<Panel> {
    let (_, scored) = model.scored().next()?;
    let unit = if scored.scale == Scale::Margin {
        "hinge loss"
    } else {
        "bits"
    };
    let names: Vec<String> = curve
        .points
        .iter()
        .map(|point| word(&point.value))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    // Least, mean and greatest over folds at each place.
    let line = |of: &dyn Fn(usize) -> Vec<f64>| -> Vec<(f64, [f64; 3])> {
        let at = |at: usize| {
            let losses = of(at);
            let [low, high] = losses
                .iter()
                .fold([f64::INFINITY, 0.0], |[low, high]: [f64; 2], &loss| {
                    [low.min(loss), high.max(loss)]
                });
            let mean = losses.iter().sum::<f64>() / losses.len() as f64;
            mean.is_finite()
                .then_some((at as f64 + 0.5, [low, mean, high]))
        };
        (0..curve.points.len()).filter_map(at).collect()
    };
    let test = line(&|at| curve.points[at].test.clone());
    let training = line(&|at| curve.points[at].training.clone());
    let all = || {
        test.iter()
            .map(|(_, [low, _, high])| [*low, *high])
            .chain(training.iter().map(|(_, [_, mean, _])| [*mean; 2]))
    };
    let [low, high] = all().fold([f64::INFINITY, 0.0], |[low, high]: [f64; 2], [a, b]| {
        [low.min(a), high.max(b)]
    });
    if test.is_empty() || high <= 0.0 {
        return None;
    }
    let y = Axis::log("mean loss", [low.max(LEAST * high) / 1.15, high * 1.15]);
    let means = |points: &[(f64, [f64; 3])]| {
        Marks::MarkedLine(
            points
                .iter()
                .map(|(x, [_, mean, _])| [*x, y.clip(*mean)])
                .collect(),
        )
    };
    let band = Marks::Band(
        test.iter()
            .map(|(x, [low, _, high])| [*x, y.clip(*low), y.clip(*high)])
            .collect(),
    );
    let series = |name: &str, role, marks| Series {
        name: name.to_owned(),
        role,
        marks,
    };
    Some(Panel {
        title: Some(format!("{}.{}, {unit}", curve.model, curve.setting)),
        subject: Some(role),
        x: Axis::named("value of the setting", &names),
        series: vec![
            series("test mail", role, band),
            series("training mail", Role::Reference, means(&training)),
            series("test mail", role, means(&test)),
        ],
        y,
        notes: Vec::new(),
    })
}

/// A value as it is written on the command line.
fn word(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
