//! What a caption says of the marks holds of the marks: each of its sentences where it holds and
//! where it does not.

use crate::fixture;
use spamlab::report::charts::CHARTS;
use spamlab::report::figure::{Figure, Marks};
use spamlab::results::{Experiment, ResampledT};

fn figure(key: &str, experiment: &Experiment) -> Figure {
    let chart = CHARTS.iter().find(|chart| chart.key == key).unwrap();
    chart.figure(experiment, None).unwrap()
}

#[test]
fn error_rates_speak_of_intervals_families_and_folds_only_where_there_are_any() {
    let several = fixture::experiment(900, 4);
    let without_intervals = {
        let mut one = several.clone();
        for estimate in one
            .models
            .iter_mut()
            .flat_map(|model| model.estimates.values_mut())
        {
            estimate.interval = None;
        }
        one
    };
    let one_of_each = {
        let mut one = several.clone();
        one.models.remove(3);
        one.models.remove(1);
        one
    };
    let alone = {
        let mut one = several.clone();
        one.models.truncate(1);
        one
    };
    let single_split = {
        let mut one = several.clone();
        one.split.folds = 1;
        one
    };
    let sentences = [
        "A dot is the error rate of a model, its stroke the 95 % interval.",
        "A dot is the error rate of a model.",
        "The models of a family stand in the order of their error rates.",
        "All were tested on the same emails, so two may be distinguishable although their \
         intervals overlap.",
        "Each interval is for the choice of test mail; that of a difference is for other training \
         mail, too, and may be wider than these suggest.",
    ];
    let cases: [(&str, &Experiment, &[usize]); 5] = [
        ("four models on folds", &several, &[0, 2, 3, 4]),
        ("no intervals", &without_intervals, &[1, 2]),
        ("one model of each family", &one_of_each, &[0, 3, 4]),
        ("one model", &alone, &[0]),
        ("a single split", &single_split, &[0, 2, 3]),
    ];
    for (what, experiment, told) in cases {
        let told: Vec<&str> = told.iter().map(|&at| sentences[at]).collect();
        let figure = figure("intervals", experiment);
        assert_eq!(figure.description, told.join(" "), "{what}");
        let strokes = figure.panels[0].series.iter().filter(
            |series| matches!(&series.marks, Marks::Strokes(strokes) if !strokes.is_empty()),
        );
        let drawn = strokes.count() > 0;
        assert_eq!(
            drawn,
            told[0] == sentences[0],
            "{what}: strokes and caption"
        );
    }
}

#[test]
fn the_plane_says_how_many_of_the_emails_it_draws() {
    let told = |emails: usize| {
        let figure = figure("boundary", &fixture::experiment(emails, 4));
        let dots = figure.panels[0].series.iter();
        let dots = dots.map(|series| match &series.marks {
            Marks::Dots(dots) => dots.len(),
            _ => 0,
        });
        (figure.description, dots.sum::<usize>())
    };
    let (caption, drawn) = told(600);
    assert!(
        caption.starts_with("600 test emails as multinomial"),
        "{caption}"
    );
    assert_eq!(drawn, 600);
    let (caption, drawn) = told(6_000);
    assert!((1_000..6_000).contains(&drawn), "{drawn}");
    let start = format!(
        "{},{:03} of 6,000 test emails, all that svm gets wrong among them, as multinomial",
        drawn / 1_000,
        drawn % 1_000
    );
    assert!(caption.starts_with(&start), "{start}: {caption}");
}

/// The smaller lines of the cells of the matrix of pairs.
fn details(figure: &Figure) -> Vec<&str> {
    let series = figure.panels[0].series.iter();
    let cells = series.flat_map(|one| match &one.marks {
        Marks::Cells(cells) => &cells[..],
        _ => &[],
    });
    cells.map(|cell| cell.detail.as_str()).collect()
}

#[test]
fn a_cell_of_two_models_has_the_interval_or_where_folds_give_none_the_p_value() {
    const INTERVAL: &str = "with the 95 % interval as the only pair. It has";
    const P_VALUE: &str = "with the p-value. It has";
    const EITHER: &str = "with the 95 % interval as the only pair, or, where folds give none, the \
                          p-value of McNemar’s test. It has";
    const ALLOWS: &str = "The test takes the models as they are; the interval allows for other \
                          training mail, and may hold 0 where the test distinguishes two.";
    const ALONE: &str = "The test takes the models as they are.";
    let mut experiment = fixture::experiment(900, 3);
    let over_folds = ResampledT {
        gain: 0.0123,
        interval: [0.0045, 0.0201],
        t: 3.5,
        p_value: 0.01,
        belief: None,
    };
    let mut told = |tests: [Option<ResampledT>; 3]| {
        for (pair, test) in experiment.comparisons.iter_mut().zip(tests) {
            (pair.resampled_t, pair.p_adjusted) = (test, Some(0.25));
        }
        let figure = figure("pairwise", &experiment);
        let mut details = details(&figure);
        details.sort_unstable();
        let details: Vec<String> = details.into_iter().map(str::to_owned).collect();
        (figure.description, details)
    };
    let count = |details: &[String], what: &str| {
        let found = details.iter().filter(|detail| detail.contains(what));
        found.count()
    };

    let (caption, details) = told([Some(over_folds); 3]);
    assert!(
        caption.contains(INTERVAL) && caption.ends_with(ALLOWS),
        "{caption}"
    );
    assert_eq!(
        (count(&details, " to "), details.len()),
        (3, 3),
        "{details:?}"
    );

    let (caption, details) = told([None; 3]);
    assert!(
        caption.contains(P_VALUE) && caption.ends_with(ALONE),
        "{caption}"
    );
    assert_eq!(details, ["p 0.250"; 3]);

    let (caption, details) = told([Some(over_folds), None, None]);
    assert!(
        caption.contains(EITHER) && caption.ends_with(ALLOWS),
        "{caption}"
    );
    let kinds = (count(&details, " to "), count(&details, "p 0.250"));
    assert_eq!(kinds, (1, 2), "{details:?}");
}

#[test]
fn the_matrix_of_pairs_says_which_models_it_leaves_out() {
    let told = |models: usize| figure("pairwise", &fixture::experiment(120, models)).description;
    let rest = "Shown are 10 of 11 models, those with the fewest errors.";
    assert!(told(11).ends_with(rest), "{}", told(11));
    assert!(!told(10).contains("Shown are"), "{}", told(10));
}
