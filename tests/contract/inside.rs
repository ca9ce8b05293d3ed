//! What is said and drawn of the inside of a net: by hand, on the made-up findings of the fixture.

use crate::fixture;
use crate::fixture::degenerate::change;
use spamlab::report::charts::CHARTS;
use spamlab::report::figure::{Figure, Marks, MatrixCell};
use spamlab::report::statements::{attention_shared_out, latent_variance, most_looked_at};
use spamlab::results::{ATTENTION, AttentionMap, Experiment, LATENT_SPACE, LatentSpace};

fn figure(key: &str, experiment: &Experiment) -> Figure {
    let chart = CHARTS.iter().find(|chart| chart.key == key).unwrap();
    chart.figure(experiment, None).unwrap()
}

fn cells(figure: &Figure, panel: usize) -> &[MatrixCell] {
    match &figure.panels[panel].series[0].marks {
        Marks::Shades(cells) => cells,
        _ => panic!("no cells"),
    }
}

/// Over the tokens from the second on, head 1 has (0, 1, 0, 0) for itself, before, beginning and
/// after each, and head 2 has 1/3, 1/4, 1/5, 1/6 for each of the first three: .95 of 4, 23.75 %.
#[test]
fn attention_is_told_as_the_mean_over_heads_and_places() {
    let experiment = fixture::experiment(60, 4);
    let map = &experiment.attention()[0];
    let told = attention_shared_out(map).unwrap();
    assert_eq!(
        told.text,
        format!(
            "Of the attention of the 4 tokens from the second on, by {}, 12 % stays at the token \
             itself; 62 % goes to the one before it, 12 % to the beginning of the message.",
            map.model
        )
    );
    for (found, expected) in told.rests_on.iter().zip([11.875, 61.875, 11.875, 0.0]) {
        assert!((found - expected).abs() < 1e-4, "{found}");
    }
    // Others look at the first token with 1 and then 1/3, 1/4, 1/5, 1/6: mean of the heads
    // (1 + .95) / 2 of four places.
    let most = most_looked_at(map, |at, token| format!("{at} {token}")).unwrap();
    assert_eq!(
        most.text,
        format!("{} looks most at 1 Free: 24 % of its attention", map.model)
    );
    assert!((most.rests_on[0] - 100.0 * 1.95 / 8.0).abs() < 1e-4);
    let short = AttentionMap {
        attention: map.attention.clone().beginning(2),
        ..map.clone()
    };
    assert_eq!(attention_shared_out(&short), None);
    assert_eq!(most_looked_at(&short, |_, _| String::new()), None);
    // Of three places the third looks at none that is left out.
    let cut = AttentionMap {
        attention: map.attention.clone().beginning(3),
        ..map.clone()
    };
    assert!((attention_shared_out(&cut).unwrap().rests_on[3]).abs() < 1e-4);
}

#[test]
fn attention_to_tokens_that_are_not_shown_is_told() {
    let mut experiment = fixture::experiment(60, 4);
    change(
        &mut experiment,
        ATTENTION,
        |maps: &mut Vec<AttentionMap>| {
            for share in maps[0].attention.heads.iter_mut().flatten().flatten() {
                *share /= 2.0;
            }
        },
    );
    let told = attention_shared_out(&experiment.attention()[0]).unwrap();
    assert!(
        told.text
            .ends_with("message, and 50 % to tokens after those shown."),
        "{}",
        told.text
    );
}

/// Head 1 has one cell in each of six rows; head 2 has 1 + … + 6 = 21; their mean has the latter,
/// since the former are among them.
#[test]
fn a_cell_stands_for_a_share_from_the_upper_left_corner_on() {
    let figure = figure("attention", &fixture::experiment(60, 4));
    let panels: Vec<usize> = (0..3).map(|panel| cells(&figure, panel).len()).collect();
    assert_eq!(panels, [21, 6, 21]);
    assert_eq!(figure.panels.len(), 3);
    // The second token looks at the first, (1 + 1/3) / 2 of it.
    let third = cells(&figure, 0)
        .iter()
        .find(|cell| cell.from == [1.0, 3.0])
        .unwrap();
    assert_eq!((third.to, third.text.as_str()), ([2.0, 4.0], "66.7"));
    let labels = |axis: &spamlab::report::axis::Axis| -> Vec<String> {
        axis.ticks.iter().map(|tick| tick.label.clone()).collect()
    };
    let across = labels(&figure.panels[0].x);
    assert_eq!(
        across,
        ["(beginning)", "Free", "·for", "·you", "¶", "Click"]
    );
    let mut up = labels(&figure.panels[0].y);
    up.reverse();
    assert_eq!(up, across);
}

#[test]
fn of_several_nets_the_means_are_drawn() {
    let mut experiment = fixture::experiment(60, 4);
    change(
        &mut experiment,
        ATTENTION,
        |maps: &mut Vec<AttentionMap>| {
            let mut other = maps[0].clone();
            other.model = "svm".to_owned();
            other.attention.read_as = None;
            maps.push(other);
        },
    );
    let figure = figure("attention", &experiment);
    let titles = figure
        .panels
        .iter()
        .map(|panel| panel.title.clone().unwrap());
    let first = &experiment.attention()[0].model;
    let expected = [
        format!("{first}, as spam: mean of 2 heads"),
        "svm: mean of 2 heads".to_owned(),
    ];
    assert_eq!(titles.collect::<Vec<_>>(), expected);
}

#[test]
fn the_latent_space_is_told_with_the_words_of_its_axes_and_of_its_line() {
    let mut experiment = fixture::experiment(60, 4);
    let space = experiment.latent_space().unwrap();
    let told = latent_variance(&space).unwrap();
    let of = &space.model;
    assert_eq!(
        told.text,
        format!("Two axes hold 38 % of the variance of {of}’s latent vectors")
    );
    assert_eq!(told.rests_on, [37.5]);
    let figure_of = |experiment: &Experiment| figure("latent_space", experiment);
    let drawn = figure_of(&experiment);
    assert!(
        drawn
            .description
            .starts_with("60 test emails of the first fold")
    );
    assert_eq!(
        drawn.panels[0].x.label,
        "component 1 (25 % of the variance); left: meeting, wrote, list; right: money, click, free"
    );
    let names: Vec<&str> = drawn.words.iter().map(|[name, _]| name.as_str()).collect();
    let ends = ["left", "right", "below", "above"];
    let line = ["ham", "¼ of the way", "half way", "¾ of the way", "spam"];
    assert_eq!(names, [&ends[..], &line[..]].concat());
    assert_eq!(drawn.words[8][1], "money, click, free, remov");
    let mut single = experiment.clone();
    single.split.folds = 1;
    assert!(
        figure_of(&single)
            .description
            .starts_with("60 test emails as ")
    );
    // Without a message of either class there is no line, and nothing is said of one.
    change(&mut experiment, LATENT_SPACE, |space: &mut LatentSpace| {
        space.path.clear();
        space.emails = 1_000;
    });
    let drawn = figure_of(&experiment);
    assert!(drawn.description.starts_with("60 of 1,000 test emails"));
    assert!(!drawn.description.contains("line"));
    assert_eq!(drawn.words.len(), 4);
}
