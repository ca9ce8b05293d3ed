//! The folder of a report: it is written whole and can be read again, a foreign folder is refused,
//! and nothing from a message becomes markup.

use crate::fixture;
use spamlab::report::charts::CHARTS;
use spamlab::report::documents::tables;
use spamlab::report::statements;
use spamlab::report::{ReportError, ReportOptions, check_folder, load, load_timing, write};
use spamlab::results::{
    Convergence, Experiment, Outcome, SCHEMA, SplitRecord, compare_pairs, estimates,
};
use std::fs;

#[test]
fn what_is_written_is_read_again_and_holds_what_it_should() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("reports/one");
    let experiment = fixture::of_skill(600, 4, 0.6);
    let timing = fixture::timing(&experiment);
    write(
        &experiment,
        Some(&timing),
        &folder,
        &ReportOptions::default(),
    )
    .unwrap();
    write(
        &experiment,
        Some(&timing),
        &folder,
        &ReportOptions::default(),
    )
    .unwrap();
    assert_eq!(load(&folder).unwrap(), experiment);
    assert_eq!(load(&folder.join("experiment.json")).unwrap(), experiment);
    assert_eq!(load_timing(&folder), Some(timing));
    let mut names: Vec<String> = fs::read_dir(folder.join("charts"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let files = |key: &str| ["csv", "png", "svg"].map(|kind| format!("{key}.{kind}"));
    let mut charts: Vec<String> = CHARTS.iter().flat_map(|chart| files(chart.key)).collect();
    charts.sort();
    assert_eq!(names, charts);
    let page = fs::read_to_string(folder.join("report.html")).unwrap();
    assert!(
        page.len() < 1_500_000 && page.matches("<svg").count() >= 4 && !page.contains("data:image")
    );
    let links: Vec<&str> = page.split("<a href=\"#").skip(1).collect();
    let is_dot = |link: &&str| link.starts_with("mail-") && link.contains("\"><rect");
    assert!(links.iter().any(is_dot));
    for link in links {
        let anchor = link.split('"').next().unwrap();
        assert!(page.contains(&format!("id=\"{anchor}\"")), "{anchor}");
    }
    assert!(
        ["http:", "src=\"/", "<script src", "<link"]
            .iter()
            .all(|mark| !page
                .replace("http://www.w3.org/2000/svg", "")
                .contains(mark))
    );
    let summary = fs::read_to_string(folder.join("tables/summary.csv")).unwrap();
    assert_eq!(summary.lines().count(), 6);
    assert!(
        summary.lines().all(|line| line.matches(',').count()
            == summary.lines().next().unwrap().matches(',').count())
    );
}

#[test]
fn page_and_markdown_say_the_same_in_the_same_order() {
    let home = tempfile::tempdir().unwrap();
    let experiment = fixture::experiment(600, 8);
    let timing = fixture::timing(&experiment);
    write(
        &experiment,
        Some(&timing),
        home.path(),
        &ReportOptions::default(),
    )
    .unwrap();
    let [page, text] = ["report.html", "report.md"]
        .map(|name| fs::read_to_string(home.path().join(name)).unwrap());
    let order = [
        "All models by six metrics",
        "Why: what each family knows",
        "When: with how much mail",
        "Can I trust it: calibration and cautions",
        "What to do: choose a threshold",
        "All metrics",
        "Every threshold at once",
        "What the models know",
        "Cost and convergence",
        "Slices",
        "Messages that cost most",
        "Data",
        "How to repeat it",
    ];
    let places = |document: &str, before: &str| -> Vec<usize> {
        let place = |title: &&str| document.find(&format!("{before}{title}")).unwrap_or(0);
        order.iter().map(place).collect()
    };
    for places in [places(&page, "<h2>"), places(&text, "## ")] {
        assert!(places.is_sorted() && places[0] > 0, "{places:?}");
    }
    let plain = |statement: &str| statement.replace(['\\', '*'], "").replace('\u{a0}', " ");
    let [page, text] = [page, text].map(|text| plain(&text));
    let mut statements = vec![statements::headline(&experiment)];
    statements.push(statements::difference(&experiment));
    statements.extend(statements::details(&experiment));
    statements.extend(statements::cautions(&experiment));
    assert!(statements.len() > 4);
    for one in statements {
        assert!(page.contains(&one.text), "{}", one.text);
        assert!(text.contains(&one.text), "{}", one.text);
    }
}

#[test]
fn messages_and_slices_come_in_order_of_harm() {
    let experiment = fixture::experiment(600, 8);
    let messages = tables::messages(&experiment);
    let wrong: Vec<f64> = messages
        .rows
        .iter()
        .map(|row| row[3].shown().parse().unwrap())
        .collect();
    assert!(
        wrong.len() > 2 && wrong.is_sorted_by(|a, b| a >= b),
        "{wrong:?}"
    );
    assert!(wrong[0] > wrong[wrong.len() - 1]);
    let slices = tables::slices_of_best(&experiment);
    let last = slices.columns.len() - 1;
    let excess: Vec<f64> = slices
        .rows
        .iter()
        .map(|row| row[last].shown().replace('−', "-").parse().unwrap())
        .collect();
    let is_listed = excess.is_sorted_by(|a, b| a >= b) && excess.iter().all(|one| *one >= 0.0);
    assert!(!excess.is_empty() && is_listed, "{excess:?}");
    // The slices of one quality are all the mail, so the excess of errors of the two best models
    // adds up to none: those that are left out make up for those that are listed.
    let best = experiment.best().both().unwrap();
    let all = spamlab::results::slices(&experiment);
    let form = all.iter().filter(|slice| slice.by == "form");
    let form: Vec<f64> = form
        .map(|slice| slice.wrong[best.0].excess() + slice.wrong[best.1].excess())
        .collect();
    let sum: f64 = form.iter().sum();
    assert!(form.len() > 1 && sum.abs() < 1e-9, "{form:?}");
    let listed = |one: &&f64| **one > 0.0;
    let rows = slices.rows.iter();
    let rows = rows.filter(|row| row[0].shown().starts_with("form: "));
    assert_eq!(rows.count(), form.iter().filter(listed).count());
}

#[test]
fn of_near_duplicates_the_most_harmful_one_is_shown() {
    let mut experiment = fixture::experiment(600, 8);
    let shown = |experiment: &Experiment| {
        let messages = experiment.messages();
        let (shown, more) = tables::most_harmful(experiment, &messages);
        let rows: Vec<u32> = shown.iter().map(|one| one.row).collect();
        assert_eq!(rows.len() + more, messages.len());
        rows
    };
    let before = shown(&experiment);
    assert!(before.len() > 3, "{before:?}");
    // The third becomes one of the group of the first, so the one after it moves up.
    let (first, third) = (before[0] as usize, before[2] as usize);
    experiment.emails.groups[third] = experiment.emails.groups[first];
    let after = shown(&experiment);
    let kept: Vec<u32> = before
        .iter()
        .copied()
        .filter(|&row| row != before[2])
        .collect();
    assert_eq!(after[..kept.len()], kept);
    assert!(after[kept.len()..].len() <= 1);
}

#[test]
fn a_message_without_a_subject_is_called_after_its_first_words() {
    assert_eq!(tables::heading("Lunch\nAt one?"), "Lunch");
    assert_eq!(
        tables::heading("\n  \n At one, or two? \nBye"),
        "At one, or two?"
    );
    assert_eq!(tables::heading(" \n"), "(empty)");
    // Ninety characters, of which the last is a space.
    let long = tables::heading(&format!("\n{}", "tell us ".repeat(20)));
    assert_eq!(long, format!("{}te…", "tell us ".repeat(11)));
}

#[test]
fn every_degenerate_experiment_gives_a_page() {
    for (what, experiment) in fixture::degenerate::all() {
        let home = tempfile::tempdir().unwrap();
        write(&experiment, None, home.path(), &ReportOptions::default())
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        let page = fs::read_to_string(home.path().join("report.html")).unwrap();
        assert!(
            page.contains("</html>") && [">NaN", " NaN"].iter().all(|mark| !page.contains(mark)),
            "{what}"
        );
        // An inconsistent experiment is drawn without a panic, but not read back.
        match (load(home.path()), experiment.contradiction()) {
            (loaded, None) => assert_eq!(loaded.unwrap(), experiment, "{what}"),
            (loaded, Some(_)) => {
                assert!(matches!(loaded, Err(ReportError::Foreign { .. })), "{what}");
            }
        }
    }
}

#[test]
fn nothing_from_a_mail_is_markup() {
    let home = tempfile::tempdir().unwrap();
    write(
        &fixture::degenerate::hostile(),
        None,
        home.path(),
        &ReportOptions::default(),
    )
    .unwrap();
    let forbidden = |letter: char| (letter.is_control() && letter != '\n') || letter == '\u{202e}';
    for name in ["report.html", "report.md", "charts/contrast.svg"] {
        let text = fs::read_to_string(home.path().join(name)).unwrap();
        // The page has a script of its own and its data.
        let scripts = if name == "report.html" { 2 } else { 0 };
        assert!(
            text.matches("<script").count() == scripts && !text.contains("<script>alert"),
            "{name}"
        );
        assert!(!text.contains("<img src=x"), "{name}");
        assert!(!text.contains(forbidden), "{name}");
    }
}

#[test]
fn a_folder_or_file_that_is_not_ours_is_refused_in_one_sentence() {
    let home = tempfile::tempdir().unwrap();
    let experiment = fixture::experiment(6, 2);
    assert!(check_folder(&home.path().join("new")).is_ok() && check_folder(home.path()).is_ok());
    fs::write(home.path().join("thesis.tex"), "important").unwrap();
    let refused = write(&experiment, None, home.path(), &ReportOptions::default())
        .unwrap_err()
        .to_string();
    assert!(
        refused.ends_with("exists and is not a spamlab report"),
        "{refused}"
    );
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);

    let path = home.path().join("experiment.json");
    assert!(matches!(
        load(&home.path().join("none.json")),
        Err(ReportError::Missing(_))
    ));
    let whole = serde_json::to_string(&experiment).unwrap();
    for bad in [
        "",
        "{}",
        "[1]",
        "\u{0}",
        &whole[..whole.len() / 2],
        &whole.replacen("\"decision\":", "\"decided\":", 1),
    ] {
        fs::write(&path, bad).unwrap();
        assert!(
            matches!(load(&path), Err(ReportError::Foreign { .. })),
            "{bad:.40}"
        );
    }
    fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
    assert!(matches!(load(&path), Err(ReportError::Foreign { .. })));
    let mut lost = fixture::experiment(6, 2);
    lost.emails.labels.pop();
    lost.emails.ids.pop();
    fs::write(&path, serde_json::to_string(&lost).unwrap()).unwrap();
    let refused = load(&path).unwrap_err().to_string();
    assert!(refused.contains("not there"), "{refused}");
    fs::write(
        &path,
        whole.replacen(&format!("\"schema\":{SCHEMA}"), "\"schema\":99", 1),
    )
    .unwrap();
    let newer = load(&path).unwrap_err().to_string();
    assert!(
        newer.contains("schema 99") && newer.lines().count() == 1,
        "{newer}"
    );
}

/// Everything but the data of the charts, which names folds in a column.
fn words(experiment: &Experiment) -> String {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("report");
    let timing = fixture::timing(experiment);
    let options = ReportOptions::default();
    write(experiment, Some(&timing), &folder, &options).unwrap();
    let text = |file: &str| fs::read_to_string(folder.join(file)).unwrap();
    let page = text("report.html");
    let body = page.split("<body>").nth(1).unwrap();
    let after_script = |part: &str| part.rsplit("</script>").next().unwrap().to_owned();
    let body: String = body.split("<script").map(after_script).collect();
    format!("{body}\n{}", text("report.md"))
}

#[test]
fn a_report_on_a_single_test_set_speaks_of_no_folds() {
    let mut experiment = fixture::of_skill(600, 4, 0.6);
    let told = words(&experiment);
    for phrase in [
        "Mean over folds",
        "to the highest fold",
        "on the first fold",
        "over folds, ",
    ] {
        assert!(told.contains(phrase), "{phrase}");
    }
    experiment.split = SplitRecord {
        folds: 1,
        description: "models trained on a.csv, tested on all of this mail".to_owned(),
        ..SplitRecord::default()
    };
    for model in &mut experiment.models {
        model.runs.truncate(1);
        let scored = model.runs.iter_mut().map(|run| match &mut run.outcome {
            Outcome::Scored(scored) => scored,
            _ => panic!("not scored"),
        });
        for scored in scored {
            scored.convergence = Some(Convergence {
                converged: false,
                passes: 9,
                objective: 1.0,
                gap: None,
            });
        }
        model.estimates = estimates(model, &experiment.emails);
    }
    for trial in &mut experiment.tokenizer_trials {
        trial.log_loss_bits.truncate(1);
    }
    experiment.comparisons = compare_pairs(&experiment.models, &experiment.emails);
    experiment.families = None;
    for resamples in [0, 100] {
        experiment.spec["resamples"] = resamples.into();
        let told = words(&experiment);
        let with_fold = told.match_indices("fold").map(|(at, _)| {
            let start = told.floor_char_boundary(at.saturating_sub(60));
            told[start..told.floor_char_boundary(at + 40)].to_owned()
        });
        assert_eq!(with_fold.collect::<Vec<String>>(), [""; 0]);
        assert!(told.contains("Not converged: "));
    }
}
