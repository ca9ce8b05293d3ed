//! The calibration error is that of all folds together, and the bound beside it is what it says:
//! what true probabilities stay below on 95 of 100 samples of mail.

use crate::fixture::population::{experiment, labels, measured, model, scores};
use rayon::prelude::*;
use spamlab::base::mail::Label;
use spamlab::base::streams::{Stream, random_stream};
use spamlab::results::{Estimate, Family, ModelRecord};

const EMAILS: usize = 735;

/// Messages with true log-odds, and the estimate of models that say these times `boldness`.
fn estimate(number: u32, boldness: f64) -> (Vec<Label>, Vec<f64>, ModelRecord) {
    let mut rng = random_stream(u64::from(number), Stream::Test(5));
    let labels = labels(EMAILS, &mut rng);
    // Two of five messages are spam.
    let prior = (2.0_f64 / 3.0).ln();
    let odds = scores(&labels, 2.0, &mut rng);
    let odds: Vec<f64> = odds
        .iter()
        .map(|ratio| boldness * (ratio + prior))
        .collect();
    let models = vec![model("one", Family::Generative, &labels, &odds)];
    let mut found = experiment(&labels, models, 2, number);
    (labels, odds, found.models.remove(0))
}

#[test]
fn the_calibration_error_is_that_of_all_folds_together() {
    let (labels, odds, model) = estimate(1, 2.0);
    let together = measured(&labels, &odds)["ece"].unwrap();
    let found = model.value("ece").unwrap();
    assert!((found - together).abs() < 1e-12, "{found}, {together}");
    let by_fold = model.scored().map(|(_, fold)| fold.metrics["ece"].unwrap());
    let mean = by_fold.sum::<f64>() / 10.0;
    assert!((found - mean).abs() > 0.005, "{found}, by fold {mean}");
}

/// Of 200 samples 10 are expected beyond the bound if probabilities are true; fewer than 2 or more
/// than 20 have a probability of .003 (binomial). Of probabilities that are twice as bold nearly
/// all are.
#[test]
fn true_probabilities_stay_below_the_bound_in_nineteen_of_twenty_samples() {
    let beyond = |boldness: f64, samples: u32| {
        let is_beyond = |number: u32| {
            let (_, _, model) = estimate(number, boldness);
            let Estimate {
                value,
                if_calibrated,
                ..
            } = model.estimates["ece"];
            usize::from(value.unwrap() > if_calibrated.unwrap())
        };
        (0..samples).into_par_iter().map(is_beyond).sum::<usize>()
    };
    let honest = beyond(1.0, 200);
    assert!((2..=20).contains(&honest), "{honest} of 200");
    let bold = beyond(2.0, 20);
    assert!(bold >= 18, "{bold} of 20");
}
