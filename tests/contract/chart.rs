//! The contract of every chart in the table: it draws a plain experiment; it draws a degenerate
//! one, or says that there is nothing to show; SVG and PNG accept its figure; and the marks are
//! within the axes.

use crate::fixture;
use spamlab::report::charts::CHARTS;
use spamlab::report::figure::{Figure, Marks, MatrixCell, Note};
use spamlab::report::ink;
use spamlab::results::{Decision, Experiment, Outcome};
use std::fmt::Write;

#[test]
fn every_chart_draws_a_plain_experiment_in_both_inks() {
    let experiment = fixture::experiment(600, 4);
    for chart in CHARTS {
        let figure = chart
            .figure(&experiment, Some(&fixture::timing(&experiment)))
            .unwrap_or_else(|| panic!("{}: nothing drawn", chart.key));
        assert!(
            !figure.title.is_empty() && figure.description.len() > 40,
            "{}",
            chart.key
        );
        check(chart.key, "plain", &figure);
        let png = ink::png(&figure).unwrap();
        assert!(
            png.starts_with(b"\x89PNG\r\n\x1a\n") && png.ends_with(b"IEND\xae\x42\x60\x82"),
            "{}",
            chart.key
        );
        assert_eq!(
            u32::from_be_bytes([png[16], png[17], png[18], png[19]]),
            2000,
            "{}: width",
            chart.key
        );
        assert_eq!(
            png,
            ink::png(&figure).unwrap(),
            "{}: the same every time",
            chart.key
        );
    }
}

/// The charts that have nothing to show if something is missing, in the order of the table. All
/// others are drawn.
const NOTHING_TO_SHOW: &[(&str, &str)] = &[
    ("six emails", "reliability"),
    (
        "one email",
        "roc precision_recall det reliability threshold top_tokens convergence loss",
    ),
    (
        "no email",
        "roc precision_recall det scores reliability threshold confusion top_tokens boundary \
         cost_accuracy convergence loss",
    ),
    ("one model", "pairwise convergence loss"),
    (
        "no model",
        "pairwise roc precision_recall det scores reliability threshold confusion learning_curve \
         unlabelled top_tokens cost_accuracy convergence loss validation",
    ),
    ("one fold", "reliability"),
    (
        "no curve, no contrast, no comparison, no message",
        "pairwise learning_curve unlabelled contrast top_tokens boundary validation",
    ),
    (
        "an empty curve and an empty contrast",
        "learning_curve unlabelled contrast validation",
    ),
    ("one class", "roc precision_recall det threshold"),
    (
        "every model failed",
        "roc precision_recall det scores reliability threshold confusion top_tokens cost_accuracy \
         convergence loss validation",
    ),
    ("rows that are not there", "reliability"),
];

#[test]
fn every_chart_handles_what_is_missing_or_extreme() {
    let mut wrong = String::new();
    for (what, experiment) in fixture::degenerate::all() {
        let mut nothing = Vec::new();
        for chart in CHARTS {
            match chart.figure(&experiment, Some(&fixture::timing(&experiment))) {
                Some(figure) => check(chart.key, what, &figure),
                None => nothing.push(chart.key),
            }
        }
        let expected = NOTHING_TO_SHOW.iter().find(|(of, _)| *of == what);
        let expected = expected.map_or("", |(_, charts)| charts).split_whitespace();
        let expected: Vec<_> = expected.collect();
        if nothing != expected {
            let (nothing, expected) = (nothing.join(" "), expected.join(" "));
            writeln!(
                wrong,
                "{what}: nothing is drawn by {nothing}\n  expected: {expected}"
            )
            .unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}NOTHING_TO_SHOW says otherwise");
}

#[test]
fn a_model_has_one_colour_throughout_and_its_own() {
    let experiment = fixture::experiment(900, 8);
    let mut seen = std::collections::BTreeMap::new();
    for figure in CHARTS
        .iter()
        .filter_map(|chart| chart.figure(&experiment, Some(&fixture::timing(&experiment))))
    {
        for series in figure.panels.iter().flat_map(|panel| &panel.series) {
            if experiment
                .models
                .iter()
                .any(|model| model.name == series.name)
            {
                let role = *seen.entry(series.name.clone()).or_insert(series.role);
                assert_eq!(role, series.role, "{} in {}", series.name, figure.title);
            }
        }
    }
    assert_eq!(seen.len(), 8);
}

fn draw(key: &str, experiment: &Experiment) -> Figure {
    let chart = CHARTS.iter().find(|chart| chart.key == key).unwrap();
    let timing = fixture::timing(experiment);
    chart.figure(experiment, Some(&timing)).unwrap()
}

/// One fold of one model on four messages: spam, ham, spam, ham, of log-odds 2, 1, 0 and -1.
fn four_messages() -> Experiment {
    use spamlab::base::mail::Label::{Ham, Spam};
    let mut experiment = fixture::experiment(60, 1);
    experiment.emails.labels = [Spam, Ham, Spam, Ham].map(Some).to_vec();
    experiment.models[0].runs.truncate(1);
    let Outcome::Scored(scored) = &mut experiment.models[0].runs[0].outcome else {
        panic!("not scored")
    };
    (scored.rows, scored.log_odds) = (vec![0, 1, 2, 3], vec![2.0, 1.0, 0.0, -1.0]);
    experiment
}

fn cells(marks: &Marks) -> &[MatrixCell] {
    match marks {
        Marks::Cells(cells) => cells,
        _ => panic!("no cells"),
    }
}

/// From the highest score down: spam, ham, spam, ham.
#[test]
fn the_roc_curve_of_four_messages_is_the_hand_drawn_one() {
    let points = vec![
        [0.0, 0.0],
        [0.0, 50.0],
        [50.0, 50.0],
        [50.0, 100.0],
        [100.0, 100.0],
    ];
    let roc = draw("roc", &four_messages());
    assert_eq!(roc.panels[0].series[1].marks, Marks::Line(points));
}

/// A message on the threshold is spam.
#[test]
fn the_confusion_matrix_of_four_messages_is_the_hand_counted_one() {
    let confusion = draw("confusion", &four_messages());
    let series = confusion.panels[0].series.iter();
    let cells = series.flat_map(|series| cells(&series.marks));
    let numbers: Vec<String> = cells
        .map(|cell| format!("{}: {}", cell.text, cell.detail))
        .collect();
    let expected = ["1: 50.00 %", "1: 50.00 %", "0: 0.00 %", "2: 100.00 %"];
    assert_eq!(numbers, expected);
}

/// One message of ham in the bin of -1 and one in that of 1.
#[test]
fn the_scores_of_two_messages_of_ham_are_two_bars() {
    let scores = draw("scores", &four_messages());
    let Marks::Bars(ham) = &scores.panels[0].series[0].marks else {
        panic!("no bars")
    };
    assert_eq!(ham.len(), 2);
    let one =
        |&[from, to, height]: &[f64; 3]| height == 1.0 && (to - from - 4.0 / 24.0).abs() < 1e-12;
    assert!(ham.iter().all(one), "{ham:?}");
}

/// What both got right cancels out.
#[test]
fn what_only_one_of_two_models_got_right_differs_as_what_each_got_right() {
    let experiment = fixture::experiment(600, 2);
    let pairwise = draw("pairwise", &experiment);
    let only_right = |row: usize| -> i64 {
        let cells = cells(&pairwise.panels[0].series[row].marks);
        cells[0].text.parse().unwrap()
    };
    let right = |model: usize| -> i64 {
        let scored = experiment.models[model].scored();
        let verdicts = scored.flat_map(|(_, scored)| scored.rows.iter().zip(&scored.log_odds));
        let right = verdicts.filter(|&(&row, &log_odds)| {
            Some(Decision::default().label(log_odds)) == experiment.emails.labels[row as usize]
        });
        right.count() as i64
    };
    assert_eq!(only_right(0) - only_right(1), right(0) - right(1));
}

/// The properties of any figure.
fn check(chart: &str, what: &str, figure: &Figure) {
    let told = format!("{chart}, {what}");
    assert!(!figure.panels.is_empty(), "{told}: no panel");
    for panel in &figure.panels {
        for axis in [&panel.x, &panel.y] {
            assert!(axis.range[0] < axis.range[1], "{told}: {:?}", axis.range);
            assert!(
                axis.range.iter().all(|end| end.is_finite()),
                "{told}: {:?}",
                axis.range
            );
            assert!(
                axis.ticks
                    .iter()
                    .all(|tick| (0.0..=1.0).contains(&axis.place(tick.at))),
                "{told}: {axis:?}"
            );
            assert!(
                !axis.ticks.is_empty() && axis.ticks.len() <= 12,
                "{told}: {axis:?}"
            );
        }
        let within = |[x, y]: [f64; 2]| {
            let inside = |place: f64| (-1e-9..=1.0 + 1e-9).contains(&place);
            assert!(
                inside(panel.x.place(x)) && inside(panel.y.place(y)),
                "{told}: {x}, {y} in {:?} {:?}",
                panel.x,
                panel.y
            );
        };
        for series in &panel.series {
            let places: Vec<[f64; 2]> = match &series.marks {
                Marks::Line(points)
                | Marks::MarkedLine(points)
                | Marks::Dots(points)
                | Marks::Rings(points) => points.clone(),
                Marks::Band(triples) => triples
                    .iter()
                    .flat_map(|&[x, low, high]| [[x, low], [x, high]])
                    .collect(),
                Marks::Bars(bars) => bars
                    .iter()
                    .flat_map(|&[from, to, height]| [[from, 0.0], [to, height]])
                    .collect(),
                Marks::Cells(cells) => cells.iter().flat_map(|cell| [cell.from, cell.to]).collect(),
            };
            places.into_iter().for_each(within);
        }
        for note in &panel.notes {
            if let Note::Name { at, .. } = note {
                within(*at);
            }
        }
    }
    let svg = ink::svg(figure).unwrap_or_else(|error| panic!("{told}: {error}"));
    well_formed(&svg, &told);
}

/// Every tag is closed in order, and there is nothing that XML forbids.
fn well_formed(svg: &str, told: &str) {
    assert!(
        svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"),
        "{told}"
    );
    assert!(svg.contains("<title>") && svg.contains("<desc>"), "{told}");
    assert!(
        !svg.chars()
            .any(|letter| letter.is_control() && letter != '\n'),
        "{told}"
    );
    let mut open = Vec::new();
    for tag in svg.split('<').skip(1) {
        let (tag, _) = tag
            .split_once('>')
            .unwrap_or_else(|| panic!("{told}: unclosed <{tag}"));
        let name = tag
            .trim_start_matches('/')
            .split([' ', '/'])
            .next()
            .unwrap_or_default();
        assert!(
            [
                "svg", "title", "desc", "rect", "circle", "path", "g", "a", "polygon", "text"
            ]
            .contains(&name),
            "{told}: <{tag}>"
        );
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "{told}");
        } else if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{told}: {open:?}");
}
