//! The contract of every chart in the table: it draws a plain experiment; it draws a degenerate
//! one, or says that there is nothing to show; SVG and PNG accept its figure; and the marks are
//! within the axes.

use crate::fixture;
use spamlab::report::axis::{Axis, Tick};
use spamlab::report::charts::CHARTS;
use spamlab::report::figure::{Figure, LegendEntry, LegendMark, Marks, MatrixCell, Note, Series};
use spamlab::report::ink;
use spamlab::report::palette::Role;
use spamlab::results::{Decision, Experiment, Outcome};
use std::fmt::Write;

#[test]
fn every_chart_draws_a_plain_experiment_in_both_inks() {
    let experiment = fixture::of_skill(600, 4, 0.6);
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
    (
        "one email",
        "intervals densities difference reliability threshold roc precision_recall det lift \
         top_tokens compression convergence loss",
    ),
    (
        "no email",
        "intervals densities difference reliability threshold roc precision_recall det lift \
         confusion scores reliability_all top_tokens boundary gan_losses gan_clouds latent_space \
         attention compression cost_accuracy convergence loss",
    ),
    ("six emails", "lift"),
    ("one fold", "lift"),
    ("rows that are not there", "lift"),
    (
        "one model",
        "difference pairwise reliability_all compression convergence loss",
    ),
    (
        "no model",
        "intervals densities difference learning_curve unlabelled reliability threshold roc \
         precision_recall det lift pairwise confusion scores reliability_all top_tokens \
         gan_losses gan_clouds latent_space attention compression cost_accuracy convergence loss \
         validation",
    ),
    (
        "no curve, no contrast, no comparison, no message",
        "difference learning_curve unlabelled pairwise contrast top_tokens boundary gan_losses \
         gan_clouds latent_space attention validation",
    ),
    (
        "an empty curve and an empty contrast",
        "difference learning_curve unlabelled contrast validation",
    ),
    ("one size and one token", "difference"),
    ("metrics without value", "compression"),
    ("a model that failed", "compression"),
    ("no errors at all", "difference"),
    (
        "one class",
        "densities threshold roc precision_recall det lift",
    ),
    (
        "every model failed",
        "intervals densities difference reliability threshold roc precision_recall det lift \
         confusion scores reliability_all top_tokens compression cost_accuracy convergence loss \
         validation",
    ),
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

fn is_model(role: Role) -> bool {
    matches!(role, Role::Best(_) | Role::Model(..))
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
    let expected = ["1: 50.00 %", "1: 50.00 %", "0: 0 %", "2: 100 %"];
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
    // There are 48 along the axis.
    let axis = &scores.panels[0].x;
    let one = |&[from, to, height]: &[f64; 3]| {
        height == 1.0 && (axis.place(to) - axis.place(from) - 1.0 / 48.0).abs() < 1e-12
    };
    assert!(ham.iter().all(one), "{ham:?}");
    let holds = |at: f64| ham.iter().any(|bar| bar[0] <= at && at < bar[1]);
    assert!(holds(-1.0) && holds(1.0), "{ham:?}");
}

/// From the highest score down: spam, ham, spam, ham. One of four holds one of two spam, and so on;
/// half of the messages hold as much as any half.
#[test]
fn gain_and_lift_of_four_messages_are_the_hand_drawn_ones() {
    let figure = draw("lift", &four_messages());
    let model = |panel: usize| {
        let series = figure.panels[panel].series.iter();
        let drawn = series.filter(|series| is_model(series.role));
        drawn.map(|series| series.marks.clone()).next().unwrap()
    };
    let gain = [
        [0.0, 0.0],
        [25.0, 50.0],
        [50.0, 50.0],
        [75.0, 100.0],
        [100.0, 100.0],
    ];
    assert_eq!(model(0), Marks::Line(gain.to_vec()));
    let lift = [[25.0, 2.0], [50.0, 1.0], [75.0, 100.0 / 75.0], [100.0, 1.0]];
    assert_eq!(model(1), Marks::Line(lift.to_vec()));
}

/// From a threshold of 1.05 on, only the spam at 2 is called spam; from 0.1 to 1 also the ham at 1.
#[test]
fn rates_by_threshold_of_four_messages_are_the_hand_counted_ones() {
    let figure = draw("threshold", &four_messages());
    let at = |panel: usize, name: &str, threshold: f64| {
        let series = figure.panels[panel].series.iter();
        let lines = series.filter(|series| series.name == name);
        let points: Vec<[f64; 2]> = lines
            .flat_map(|series| match &series.marks {
                Marks::Line(points) => points.clone(),
                _ => Vec::new(),
            })
            .collect();
        // Between two points the line is straight.
        let after = points
            .iter()
            .position(|point| point[0] >= threshold)
            .unwrap();
        let [[x, y], [to_x, to_y]] = [points[after.max(1) - 1], points[after.max(1)]];
        y + (to_y - y) * (threshold - x) / (to_x - x)
    };
    let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-6, "{found}");
    near(at(0, "false positive rate", 0.5), 50.0);
    near(at(0, "false negative rate", 0.5), 50.0);
    for (name, low, high) in [
        ("precision", 50.0, 100.0),
        ("recall", 50.0, 50.0),
        ("F1", 50.0, 200.0 / 3.0),
    ] {
        near(at(1, name, 0.5), low);
        near(at(1, name, 1.5), high);
    }
}

/// Folds of equal size have a mean difference that is one of counts.
#[test]
fn a_pair_of_models_differs_as_what_each_got_right() {
    let experiment = fixture::experiment(600, 2);
    let pairwise = draw("pairwise", &experiment);
    let drawn: Vec<&MatrixCell> = pairwise.panels[0]
        .series
        .iter()
        .flat_map(|series| cells(&series.marks))
        .collect();
    assert_eq!(drawn.len(), 1, "one triangle");
    // Folds of equal size: the mean of their differences is that of all messages.
    let right = |model: usize| -> f64 {
        let scored = experiment.models[model].scored();
        let verdicts = scored.flat_map(|(_, scored)| scored.rows.iter().zip(&scored.log_odds));
        let right = verdicts.filter(|&(&row, &log_odds)| {
            Some(Decision::default().label(log_odds)) == experiment.emails.labels[row as usize]
        });
        right.count() as f64
    };
    let points = 100.0 * (right(0) - right(1)).abs() / 600.0;
    assert_eq!(drawn[0].text, format!("{points:.2}"));
}

/// Every title that a chart gives itself is short; where it gives none, that of the table stands.
#[test]
fn titles_are_short_or_those_of_the_table() {
    let experiment = fixture::experiment(900, 8);
    let timing = fixture::timing(&experiment);
    let mut found = 0;
    for chart in CHARTS {
        let Some(figure) = chart.figure(&experiment, Some(&timing)) else {
            continue;
        };
        if figure.title != chart.title {
            found += 1;
            let words = figure.title.split(' ').filter(|word| *word != "%");
            assert!(words.count() <= 13, "{}", figure.title);
            assert!(!figure.title.ends_with('.'), "{}", figure.title);
        }
    }
    assert!(found >= 10, "{found} findings");
}

/// A line that lies below the lowest value of an axis is not drawn level at it.
#[test]
fn what_lies_beyond_an_axis_is_not_drawn_on_its_end() {
    let experiment = fixture::experiment(900, 8);
    let mut cut = 0;
    for key in ["roc", "det", "precision_recall", "lift"] {
        for panel in draw(key, &experiment).panels {
            for series in panel.series {
                let Marks::Line(points) = &series.marks else {
                    continue;
                };
                if !is_model(series.role) {
                    continue;
                }
                let low = panel.y.range[0];
                cut += usize::from(points[0][1] == low && low > 0.0);
                let level = |pair: &[[f64; 2]]| pair.iter().all(|point| point[1] == low);
                let lies = points.windows(2).any(level);
                assert!(
                    !lies || low == 0.0,
                    "{key}: {} runs along {low}",
                    series.name
                );
            }
        }
    }
    assert!(cut > 0, "no line begins at the lower end of its frame");
}

/// The properties of any axis.
fn check_axis(axis: &Axis, told: &str) {
    let [low, high] = axis.range;
    assert!(low < high, "{told}: {axis:?}");
    assert!(low.is_finite() && high.is_finite(), "{told}: {axis:?}");
    let within = |tick: &Tick| (0.0..=1.0).contains(&axis.place(tick.at));
    assert!(axis.ticks.iter().all(within), "{told}: {axis:?}");
    // Of names there is one for each row or column.
    let names = if axis.grid { 0 } else { (high - low) as usize };
    let most = names.max(12);
    let few = !axis.ticks.is_empty() && axis.ticks.len() <= most;
    assert!(few, "{told}: {axis:?}");
}

/// The properties of any figure.
fn check(chart: &str, what: &str, figure: &Figure) {
    let told = format!("{chart}, {what}");
    assert!(!figure.panels.is_empty(), "{told}: no panel");
    for panel in &figure.panels {
        for axis in [&panel.x, &panel.y] {
            check_axis(axis, &told);
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
                Marks::Strokes(strokes) => strokes.iter().flatten().copied().collect(),
                Marks::Band(triples) => triples
                    .iter()
                    .flat_map(|&[x, low, high]| [[x, low], [x, high]])
                    .collect(),
                Marks::Bars(bars) => bars
                    .iter()
                    .flat_map(|&[from, to, height]| [[from, 0.0], [to, height]])
                    .collect(),
                Marks::Cells(cells) | Marks::Shades(cells) => {
                    cells.iter().flat_map(|cell| [cell.from, cell.to]).collect()
                }
            };
            places.into_iter().for_each(within);
        }
        for note in &panel.notes {
            if let Note::Name { at, .. } = note {
                within(*at);
            }
        }
    }
    pictures(figure, &told);
    every_key_stands_for_marks(figure, &told);
}

/// Both kinds of picture can be read, and those of a page bring no style, which its policy forbids.
fn pictures(figure: &Figure, told: &str) {
    well_formed(&ink::svg(figure), told);
    for panel in ink::panels(figure, &|_| true) {
        assert!(!panel.contains("style"), "{told}");
        well_formed(&panel, told);
    }
}

/// Each entry of a legend looks like a series of the figure does.
fn every_key_stands_for_marks(figure: &Figure, told: &str) {
    let series = figure.panels.iter().flat_map(|panel| {
        let looks = panel
            .series
            .iter()
            .map(|one| (one, LegendEntry::of(one, panel.subject)));
        looks.collect::<Vec<_>>()
    });
    let series: Vec<_> = series.collect();
    for entry in &figure.legend {
        let stands_for = |(one, look): &(&Series, Option<LegendEntry>)| match (&one.marks, look) {
            (Marks::Cells(_), _) => one.role == entry.role && entry.mark == LegendMark::Block,
            (_, Some(look)) => look.role == entry.role && look.mark == entry.mark,
            // Of a class without a message.
            (marks, None) => marks.is_empty() && one.role == entry.role,
        };
        assert!(series.iter().any(stands_for), "{told}: {entry:?}");
    }
}

/// Every tag is closed in order, and there is nothing that XML forbids.
fn well_formed(svg: &str, told: &str) {
    assert!(
        svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"),
        "{told}"
    );
    assert!(svg.contains("<title>"), "{told}");
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
                "svg", "title", "desc", "style", "rect", "circle", "path", "a", "text"
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
