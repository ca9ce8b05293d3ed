//! How scores of held-out mail become probabilities: Platt's sigmoid, an isotonic step function, or
//! one temperature.

pub mod platt;

use crate::base::choices::choices;
use crate::base::mail::Label;
use crate::model::{Calibration, RawOutput};

choices! {
    /// A method to learn a [`Calibration`].
    #[derive(Default)]
    pub enum CalibrationMethod {
        /// A sigmoid of two factors, three where the length of the message counts.
        #[default]
        Platt = "platt",
        /// Any function that does not fall.
        Isotonic = "isotonic",
        /// The score divided by one number (Guo, Pleiss, Sun and Weinberger, ICML 2017): what was
        /// even stays even.
        Temperature = "temperature",
        /// The score as it is.
        None = "none",
    }
}

impl CalibrationMethod {
    /// Learns from rows that did not fit the model.
    pub fn fit(self, raw: &[RawOutput], labels: &[Label]) -> Calibration {
        match self {
            CalibrationMethod::Platt => platt::fit(raw, labels),
            CalibrationMethod::Isotonic => isotonic(raw, labels),
            CalibrationMethod::Temperature => platt::temperature(raw, labels),
            CalibrationMethod::None => Calibration::Identity,
        }
    }
}

/// Isotonic regression of Platt's smoothed targets on Platt's log-odds, by pooling adjacent
/// violators (Zadrozny and Elkan, KDD 2002; Ayer and others 1955). Each pool stands for the mean of
/// its targets at the mean of its log-odds, and between pools the line is straight, so that
/// messages of one pool keep their order where they can.
fn isotonic(raw: &[RawOutput], labels: &[Label]) -> Calibration {
    let first = platt::fit(raw, labels);
    if first == Calibration::Identity {
        return first;
    }
    let mut points: Vec<(f64, f64)> = raw
        .iter()
        .map(|&raw| first.log_odds(raw))
        .zip(platt::targets(labels))
        .collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Sums of log-odds and targets, and how many. What scores alike is one pool from the beginning.
    let mut pools: Vec<(f64, f64, f64)> = Vec::new();
    for same in points.chunk_by(|a, b| a.0 == b.0) {
        let targets: f64 = same.iter().map(|(_, target)| target).sum();
        let mut pool = (same[0].0 * same.len() as f64, targets, same.len() as f64);
        while let Some(last) = pools.pop_if(|last| last.1 * pool.2 >= pool.1 * last.2) {
            pool = (last.0 + pool.0, last.1 + pool.1, last.2 + pool.2);
        }
        pools.push(pool);
    }
    let steps = pools.into_iter().map(|(odds, targets, count)| {
        let p = targets / count;
        [odds / count, (p / (1.0 - p)).ln()]
    });
    Calibration::Isotonic {
        first: Box::new(first),
        steps: steps.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::choices::Choice;
    use crate::base::math::sigmoid;

    fn raw(scores: &[f64]) -> Vec<RawOutput> {
        scores.iter().copied().map(RawOutput::of_score).collect()
    }

    #[test]
    fn pools_are_those_worked_by_hand() {
        let (ham, spam) = (Label::Ham, Label::Spam);
        let labels = [ham, ham, spam, ham, spam, spam];
        let scores = [-3.0, -2.0, -1.0, 1.0, 2.0, 3.0];
        let found = CalibrationMethod::Isotonic.fit(&raw(&scores), &labels);
        let Calibration::Isotonic { first, steps } = &found else {
            panic!("there are both classes")
        };
        // Targets 1/5 and 4/5: the third message and the fourth stand in the wrong order and share
        // their mean, 1/2. The equal ones of the ends are pooled, too.
        let p: Vec<f64> = steps
            .iter()
            .map(|[_, log_odds]| sigmoid(*log_odds))
            .collect();
        assert_eq!(p.len(), 3);
        for (found, expected) in p.iter().zip([0.2, 0.5, 0.8]) {
            assert!((found - expected).abs() < 1e-12, "{p:?}");
        }
        assert_eq!(first.as_ref(), &platt::fit(&raw(&scores), &labels));
        // Beyond the ends it is level, half way between two pools half way between their log-odds.
        let odds = |score: f64| found.log_odds(raw(&[score])[0]);
        assert!(
            (sigmoid(odds(50.0)) - 0.8).abs() < 1e-12 && (sigmoid(odds(-50.0)) - 0.2).abs() < 1e-12
        );
        assert!(
            (odds(1.25) - steps[2][1] / 2.0).abs() < 1e-9,
            "{}",
            odds(1.25)
        );
    }

    #[test]
    fn one_temperature_keeps_what_is_even() {
        // One of four wrong at scores ±2: by symmetry the smoothed log-odds at 2 are those of (3 ·
        // 5/6 + 1/6) / 4 = 2/3, ln 2, so the factor is ln 2 / 2.
        let scores = [2.0, 2.0, 2.0, -2.0, -2.0, -2.0, -2.0, 2.0];
        let labels = [[Label::Spam; 4], [Label::Ham; 4]].concat();
        let found = CalibrationMethod::Temperature.fit(&raw(&scores), &labels);
        let Calibration::Platt { slope, intercept } = found else {
            panic!("one factor and no more")
        };
        assert!(
            (slope - 2f64.ln() / 2.0).abs() < 1e-8 && intercept == 0.0,
            "{slope}"
        );
        assert_eq!(
            CalibrationMethod::None.fit(&raw(&scores), &labels),
            Calibration::Identity
        );
        // One class alone says nothing of the other.
        for method in CalibrationMethod::ALL {
            let found = method.fit(&raw(&[1.0]), &[Label::Spam]);
            assert_eq!(found, Calibration::Identity, "{}", method.name());
        }
    }
}
