//! Titles of charts that count what the test messages show: by hand, on data where each holds and
//! where nothing can be told.

use crate::chart_statements::two_models;
use crate::fixture;
use crate::statements::curve;
use spamlab::base::mail::Label::{Ham, Spam};
use spamlab::report::charts::CHARTS;
use spamlab::report::documents::html;
use spamlab::report::documents::{Drawing, tables};
use spamlab::report::statements::{
    equal_error_rates, error_rates, first_to_last, miscalibrated_models, past_the_least, undecided,
};
use spamlab::results::{Estimate, Experiment, Outcome, Scored};

/// ln 9 = 2.197: log-odds of 2.19 are between 10 and 90 %, of 2.2 not.
#[test]
fn messages_that_no_model_is_confident_of_are_counted() {
    let experiment = two_models(&[
        (Ham, -2.19, -2.2),
        (Spam, 0.0, 2.2),
        (Spam, 2.2, 2.19),
        (Ham, 2.19, -9.0),
    ]);
    let told = undecided(&experiment).unwrap();
    assert_eq!(
        told.text,
        "Between 10 and 90 %: multinomial 3 of 4 emails, logistic 1"
    );
    assert_eq!(told.rests_on, [3.0, 1.0, 4.0]);
    assert_eq!(undecided(&fixture::experiment(60, 0)), None);
}

#[test]
fn the_range_of_error_rates_is_told_with_both_ends() {
    let mut experiment = fixture::experiment(60, 3);
    let mut of = |accuracies: [Option<f64>; 3]| {
        for (model, accuracy) in experiment.models.iter_mut().zip(accuracies) {
            let estimate = Estimate {
                value: accuracy,
                ..Estimate::default()
            };
            model.estimates.insert("accuracy".to_owned(), estimate);
        }
        error_rates(&experiment).map(|one| one.text)
    };
    assert_eq!(
        of([Some(0.9), Some(0.8), Some(0.87)]).unwrap(),
        "Error rates from 10.0 % (multinomial) to 20.0 % (bernoulli)"
    );
    assert_eq!(
        of([Some(0.9), Some(0.9004), None]).unwrap(),
        "Error rates from 9.96 % (bernoulli) to 10.00 % (multinomial)"
    );
    assert_eq!(of([Some(0.5); 3]), None);
    assert_eq!(
        of([None, Some(0.5), None]).unwrap(),
        "bernoulli gets 50.00 % wrong"
    );
    assert_eq!(of([None; 3]), None);
}

/// Of four ham and two spam the first model has one ham above both spam: the thresholds lose 0,
/// 1/4, 1/4, 1/4 … of the ham and miss 1, 1, 1/2, 0 of the spam. From 1/2 to 0 the spam missed
/// passes the 1/4 of the ham. The second separates the classes.
#[test]
fn the_equal_error_rate_is_where_both_rates_cross() {
    let experiment = two_models(&[
        (Ham, 9.0, -1.0),
        (Spam, 2.0, 1.0),
        (Spam, 1.0, 2.0),
        (Ham, -1.0, -2.0),
        (Ham, -2.0, -3.0),
        (Ham, -3.0, -4.0),
    ]);
    let told = equal_error_rates(&experiment).unwrap();
    assert_eq!(
        told.text,
        "Equal error rate on these emails: multinomial 25.0 %, logistic 0.0 %"
    );
    // Of three ham and two spam, in the order spam, ham, spam and ham with the same score, ham:
    // the rates go from 1/3 and 1/2 to 2/3 and 0. On the line between, 1/3 + t/3 = 1/2 - t/2 at
    // t = 1/5, which is 2/5. The second gives all the same score: 0 and 1, then 1 and 0, is 1/2.
    let tied = two_models(&[
        (Spam, 3.0, 1.0),
        (Ham, 2.0, 1.0),
        (Spam, 1.0, 1.0),
        (Ham, 1.0, 1.0),
        (Ham, -1.0, 1.0),
    ]);
    assert_eq!(
        equal_error_rates(&tied).unwrap().text,
        "Equal error rate on these emails: multinomial 40.0 %, logistic 50.0 %"
    );
    assert_eq!(equal_error_rates(&two_models(&[(Ham, 1.0, 1.0)])), None);
}

#[test]
fn a_curve_tells_the_mean_error_at_both_ends() {
    let curve = curve(&[(16, [10.0, 20.0, 0.5]), (2048, [3.0, 6.0, 0.2])]);
    let told = first_to_last(&curve, "a").unwrap();
    assert_eq!(
        told.text,
        "a gets 10.0 % wrong after 16 training emails, 3.0 % after 2,048"
    );
    assert_eq!(first_to_last(&curve, "other"), None);
    let one = crate::statements::curve(&[(16, [10.0, 20.0, 0.5])]);
    assert_eq!(first_to_last(&one, "a"), None);
}

#[test]
fn models_beyond_what_true_probabilities_show_are_counted() {
    let mut experiment = fixture::experiment(60, 3);
    for (model, value) in experiment.models.iter_mut().zip([0.03, 0.02, 0.01]) {
        let estimate = Estimate {
            value: Some(value),
            if_calibrated: Some(0.015),
            ..Estimate::default()
        };
        model.estimates.insert("ece".to_owned(), estimate);
    }
    assert_eq!(
        miscalibrated_models(&experiment).unwrap().text,
        "2 of 3 models are detectably miscalibrated"
    );
    for (of, expected) in [
        (0.025, "1 of 3 models is detectably miscalibrated"),
        (0.04, "No model is detectably miscalibrated"),
    ] {
        for model in &mut experiment.models {
            model.estimates.get_mut("ece").unwrap().if_calibrated = Some(of);
        }
        assert_eq!(miscalibrated_models(&experiment).unwrap().text, expected);
    }
    for model in &mut experiment.models {
        model.estimates.clear();
    }
    assert_eq!(miscalibrated_models(&experiment), None);
}

fn first_fold(experiment: &mut Experiment, model: usize) -> &mut Scored {
    match &mut experiment.models[model].runs[0].outcome {
        Outcome::Scored(scored) => scored,
        _ => panic!("not scored"),
    }
}

/// In the fixture the loss is .5 / pass + .005 pass: least after the tenth of twenty passes.
#[test]
fn losses_that_end_above_their_least_are_counted() {
    let mut experiment = fixture::experiment(60, 4);
    let told = |experiment: &Experiment| past_the_least(experiment).map(|one| one.text);
    assert_eq!(
        told(&experiment).unwrap(),
        "The test loss of 2 of 2 models ends above its least"
    );
    first_fold(&mut experiment, 2).losses.truncate(10);
    assert_eq!(
        told(&experiment).unwrap(),
        "The test loss of 1 of 2 models ends above its least"
    );
    first_fold(&mut experiment, 3).losses.truncate(10);
    assert_eq!(
        told(&experiment).unwrap(),
        "No model’s test loss ends above its least"
    );
    for model in [2, 3] {
        first_fold(&mut experiment, model).losses.clear();
    }
    assert_eq!(told(&experiment), None);
}

/// Below a chart stands whether all of its data are shown.
#[test]
fn data_of_a_chart_that_are_all_shown_are_not_called_some() {
    let experiment = fixture::experiment(900, 4);
    let drawing = |key: &'static str| {
        let chart = CHARTS.iter().find(|chart| chart.key == key).unwrap();
        Drawing {
            key,
            figure: chart.figure(&experiment, None).unwrap(),
            svg: String::new(),
            png: Vec::new(),
        }
    };
    let drawings = ["intervals", "densities"].map(drawing);
    let page = html(&experiment, None, &drawings, None, None).unwrap();
    for drawing in &drawings {
        let (all, _) = tables::of_figure(&drawing.figure, None);
        let (_, left_out) = tables::of_figure(&drawing.figure, Some(tables::MOST_ROWS));
        assert_eq!(left_out > 0, drawing.key == "densities");
        assert!(left_out < all.rows.len());
        let file = format!("<code>charts/{}.csv</code>", drawing.key);
        let before = page.split(&file).next().unwrap();
        let note = before.rsplit("<p class=\"note\">").next().unwrap();
        assert_eq!(note.contains("Some of its marks"), left_out > 0, "{note}");
    }
}
