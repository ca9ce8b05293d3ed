//! The linear models against linfa: the same decisions.

use super::{COLUMNS, ROWS, assert_near, decision, draw, mirrored, solved, sparse};
use linfa::prelude::*;
use linfa_svm::Svm;
use ndarray::{Array1, Array2};
use serde_json::json;
use spamlab::base::mail::{Content, Email, Label};
use spamlab::base::math::logit;
use spamlab::dataset::{Corpus, CorpusBuilder, CorpusOptions, Ragged, Rows, TrainingSet};
use spamlab::model::NoObserver;
use spamlab::optim::{Dual, Hinge, Logistic, Problem};
use spamlab::tokenize::Recipe;

fn dataset(signs: &[f64], rows: &[[f64; COLUMNS]]) -> linfa::Dataset<f64, bool, ndarray::Ix1> {
    let matrix = Array2::from_shape_fn((rows.len(), COLUMNS), |(row, column)| rows[row][column]);
    linfa::Dataset::new(
        matrix,
        signs
            .iter()
            .map(|sign| *sign > 0.0)
            .collect::<Array1<bool>>(),
    )
}

/// Decision values of linfa-logistic, above 0 for +1, from the probabilities it predicts: those of
/// the class it calls positive.
fn linfa_logistic(
    signs: &[f64],
    rows: &[[f64; COLUMNS]],
    cost: f64,
    tolerance: f64,
    iterations: u64,
) -> Vec<f64> {
    let emails = dataset(signs, rows);
    let model = linfa_logistic::LogisticRegression::default()
        .alpha(1.0 / cost)
        .gradient_tolerance(tolerance)
        .max_iterations(iterations)
        .fit(&emails)
        .unwrap();
    let sign = if model.labels().pos.class { 1.0 } else { -1.0 };
    model
        .predict_probabilities(emails.records())
        .iter()
        .map(|p| sign * logit(*p))
        .collect()
}

/// Decision values of linfa-svm with a linear kernel: its weighted sum less its threshold.
fn linfa_svm(signs: &[f64], rows: &[[f64; COLUMNS]], cost: f64) -> Vec<f64> {
    let emails = dataset(signs, rows);
    let model = Svm::<f64, bool>::params()
        .pos_neg_weights(cost, cost)
        .linear_kernel()
        .fit(&emails)
        .unwrap();
    emails
        .records()
        .outer_iter()
        .map(|row| model.weighted_sum(&row) - model.rho)
        .collect()
}

fn close_to_linfa<L: Dual>(
    loss: L,
    (signs, dense): &(Vec<f64>, Vec<[f64; COLUMNS]>),
    bias: f64,
    linfa: &[f64],
) {
    let rows = sparse(dense);
    let ours = solved(
        Problem {
            rows: &rows,
            signs,
            costs: &vec![2.0; signs.len()],
            bias,
        },
        loss,
    );
    for (row, linfa) in dense.iter().zip(linfa) {
        assert_near(decision(&ours, bias, row), *linfa, 1e-3);
    }
}

#[test]
fn logistic_regression_decides_as_linfa_does() {
    // linfa minimises `alpha w'w / 2 + Σ ln(1 + exp(-y (w'x + b)))`: ours divided by C, but for
    // b²/2.
    let problem = mirrored();
    let linfa = linfa_logistic(&problem.0, &problem.1, 2.0, 1e-8, 10_000);
    close_to_linfa(Logistic, &problem, 1.0, &linfa);
    // A constant column of 30 makes the bias cheap: the same decision costs a 900th of b²/2.
    let problem = draw();
    let linfa = linfa_logistic(&problem.0, &problem.1, 2.0, 1e-8, 10_000);
    close_to_linfa(Logistic, &problem, 30.0, &linfa);
}

#[test]
fn the_support_vector_machine_decides_as_linfa_does() {
    let problem = mirrored();
    close_to_linfa(
        Hinge,
        &problem,
        1.0,
        &linfa_svm(&problem.0, &problem.1, 2.0),
    );
    // As above, the bias all but free.
    let problem = draw();
    close_to_linfa(
        Hinge,
        &problem,
        30.0,
        &linfa_svm(&problem.0, &problem.1, 2.0),
    );
}

/// As many labelled messages as there are signs; what they say does not matter where a matrix is
/// given.
fn corpus(signs: &[f64]) -> Corpus {
    let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::default());
    let label = |sign: &f64| Label::from_is_spam(*sign > 0.0);
    let email = |sign| Email::new("", Some(label(sign)), Content::text("", "hello"));
    builder.add(signs.iter().map(email).collect());
    builder.finish()
}

#[test]
fn the_linfa_models_of_the_catalog_decide_as_linfa_does() {
    // Both with spam in the minority and, signs turned round, in the majority, which linfa-logistic
    // calls positive.
    for turn in [1.0, -1.0] {
        let (signs, dense) = draw();
        let signs: Vec<f64> = signs.iter().map(|sign| sign * turn).collect();
        let corpus = corpus(&signs);
        let rows = Rows::new(
            &corpus,
            (0..ROWS).collect(),
            sparse(&dense),
            Ragged::default(),
        );
        let scores = |name: &str| -> Vec<f64> {
            let entry = spamlab::catalog().model(name).unwrap();
            let settings = entry
                .settings(&json!({ "c": 2.0, "max_features": COLUMNS }))
                .unwrap();
            let data = TrainingSet::new(&rows, 1);
            let fitted = entry
                .fit_path(&[settings], &data, &mut NoObserver)
                .unwrap()
                .remove(0);
            rows.examples()
                .map(|mail| fitted.classifier().score(mail))
                .collect()
        };
        // The catalog's model stops at a gradient of 1e-6 a message, within 500 iterations.
        let logistic = linfa_logistic(&signs, &dense, 2.0, 1e-6 * ROWS as f64, 500);
        for (found, expected) in scores("linfa-logistic").iter().zip(logistic) {
            assert_near(*found, expected, 1e-9);
        }
        for (found, expected) in scores("linfa-svm")
            .iter()
            .zip(linfa_svm(&signs, &dense, 2.0))
        {
            assert_near(*found, expected, 1e-9);
        }
    }
}
