//! Several experiments on one page, and models that were fitted elsewhere in a report.

use crate::fixture;
use serde_json::Value;
use spamlab::base::shown::CsvText;
use spamlab::report::charts::CHARTS;
use spamlab::report::{
    NamedExperiment, ReportOptions, SideBySide, check_folder, load, statements, write,
    write_side_by_side,
};
use spamlab::results::{ChangedErrors, Estimate, Experiment, ModelRecord, Outcome, changed_errors};
use std::collections::BTreeMap;
use std::fs;

fn named(name: &str, experiment: Experiment) -> NamedExperiment {
    let name = name.to_owned();
    NamedExperiment { name, experiment }
}

/// An experiment in which a model gets each message wrong that it got right, of those in `rows`.
fn with_errors(experiment: &Experiment, model: usize, rows: std::ops::Range<u32>) -> Experiment {
    let mut changed = experiment.clone();
    for run in &mut changed.models[model].runs {
        let Outcome::Scored(scored) = &mut run.outcome else {
            continue;
        };
        for (row, odds) in scored.rows.iter().zip(&mut scored.log_odds) {
            let label = experiment.emails.label(*row).unwrap();
            if rows.contains(row) && scored.decision.decision.label(*odds) == label {
                *odds = -label.sign();
            }
        }
        let wrong = |(row, odds): (&u32, &f64)| {
            experiment.emails.label(*row) != Some(scored.decision.decision.label(*odds))
        };
        let errors = scored
            .rows
            .iter()
            .zip(&scored.log_odds)
            .filter(|one| wrong(*one));
        let accuracy = 1.0 - errors.count() as f64 / scored.rows.len() as f64;
        scored.metrics.insert("accuracy".to_owned(), Some(accuracy));
    }
    changed
}

fn told(experiments: [(&str, &Experiment); 2]) -> Vec<String> {
    let named = experiments.map(|(name, one)| named(name, one.clone()));
    let told = statements::changed_between(&SideBySide::new(named.to_vec()));
    told.into_iter().map(|one| one.text).collect()
}

#[test]
fn a_change_of_errors_is_told_where_it_holds_and_only_there() {
    let first = fixture::experiment(600, 4);
    let name = &first.models[2].name;
    // A few more errors in sixty times ten messages are chance; a hundred are none.
    let few = with_errors(&first, 2, 0..5);
    let many = with_errors(&first, 2, 0..120);
    let apart = format!(
        "In “b”, {name} errs more than in “a”; the other 3 models are not distinguishable."
    );
    assert_eq!(told([("a", &first), ("b", &many)]), [apart]);
    let back = format!(
        "In “b”, {name} errs less than in “a”; the other 3 models are not distinguishable."
    );
    assert_eq!(told([("a", &many), ("b", &first)]), [back]);
    let undecided = "No model’s errors in “a” and “b” are distinguishable.";
    assert_eq!(told([("a", &first), ("b", &few)]), [undecided]);
    assert_eq!(told([("a", &first), ("b", &first)]), [undecided]);
    let other_mail = fixture::experiment(300, 4);
    assert!(told([("a", &first), ("b", &other_mail)]).is_empty());
}

/// Worked by hand: every message of a fold is one group. In the four folds 1, 2, 3 and 2 of ten
/// messages more are wrong: mean .2, s² = .02 / 3, widened by 1/4 + 1/3; the 97.5th percentile of
/// Student's t with 3 degrees of freedom is 3.182446 in any table.
#[test]
fn the_interval_of_a_change_is_the_hand_worked_one() {
    let mut first = fixture::experiment(40, 1);
    first.emails.groups = (0..40).collect();
    let model = &mut first.models[0];
    let template = model.runs[0].clone();
    let run = |fold: u32, wrong: u32| {
        let mut run = template.clone();
        run.fold = fold;
        let Outcome::Scored(scored) = &mut run.outcome else {
            panic!("not scored")
        };
        scored.rows = (10 * fold..10 * fold + 10).collect();
        let odds = |row: &u32| {
            let right = first.emails.labels[*row as usize].unwrap().sign();
            if row % 10 < wrong { -right } else { right }
        };
        scored.log_odds = scored.rows.iter().map(odds).collect();
        scored.score.clone_from(&scored.log_odds);
        let accuracy = 1.0 - f64::from(wrong) / 10.0;
        scored.metrics.insert("accuracy".to_owned(), Some(accuracy));
        run
    };
    let (mut a, mut b) = (first.clone(), first.clone());
    a.models[0].runs = (0..4).map(|fold| run(fold, 0)).collect();
    b.models[0].runs = [1, 2, 3, 2]
        .into_iter()
        .zip(0..)
        .map(|(n, fold)| run(fold, n))
        .collect();
    let [found] = &changed_errors(&a, &b)[..] else {
        panic!("one model")
    };
    let ChangedErrors {
        fixed,
        regressed,
        emails,
        p_value,
        ..
    } = *found;
    assert_eq!((fixed, regressed, emails), (0, 8, 40));
    // The sign test of 0 against 8: 2 / 2^8.
    assert!((p_value - 2.0 / 256.0).abs() < 1e-15);
    let half = 3.182_446 * ((0.25 + 1.0 / 3.0) * 0.02 / 3.0_f64).sqrt();
    let [low, high] = found.interval.unwrap();
    assert!((found.difference - 0.2).abs() < 1e-12);
    assert!((low - (0.2 - half)).abs() < 1e-6 && (high - (0.2 + half)).abs() < 1e-6);
    // On other folds the groups remain: forty of one message, of which eight changed.
    b.models[0].runs[0].fold = 9;
    let by_groups = &changed_errors(&a, &b)[0];
    let half = 1.959_964 * (8.0 * 0.8_f64.powi(2) + 32.0 * 0.2_f64.powi(2)).sqrt() / 40.0;
    let [low, high] = by_groups.interval.unwrap();
    assert!((low - (0.2 - half)).abs() < 1e-6 && (high - (0.2 + half)).abs() < 1e-6);
    assert_eq!(changed_errors(&a, &a)[0].interval, None);
}

/// Experiments on different messages whose models have these error rates in percent, a row per
/// corpus.
fn on_corpora(errors: &[&[f64]]) -> SideBySide {
    let one = |(at, row): (usize, &&[f64])| {
        let mut experiment = fixture::experiment(60 + 15 * at, row.len());
        for (model, error) in experiment.models.iter_mut().zip(*row) {
            let estimate = Estimate {
                value: Some(1.0 - error / 100.0),
                ..Estimate::default()
            };
            model.estimates.insert("accuracy".to_owned(), estimate);
        }
        named(&format!("corpus {at}"), experiment)
    };
    SideBySide::new(errors.iter().enumerate().map(one).collect())
}

fn said(all: &SideBySide) -> String {
    statements::in_words(&statements::several(all))
}

/// By hand: all five corpora rank multinomial, bernoulli and logistic alike, which has the
/// probability 6^-4 = .0008. Mean ranks differ by 1 and 2, z = 1.581 and 3.162, so that Holm's
/// p-values are 3 · .00157 of the second and 2 · .1138 of the others.
#[test]
fn what_several_corpora_say_of_ranks_is_told() {
    let row: &[f64] = &[1.0, 1.1, 3.1];
    let all = on_corpora(&[row; 5]);
    let told = said(&all);
    let ranks = "Over 5 corpora, multinomial ranks best of 3 models by error rate, 1.0 on average. \
                 The ranks differ by more than chance explains (Friedman’s test, p = 0.0008). \
                 multinomial is distinguishable from logistic (mean ranks, Holm’s correction for 3 \
                 pairs).";
    assert!(told.starts_with(ranks), "{told}");
    let found = all.corpora.as_ref().unwrap();
    let p = |a: &str, b: &str| found.pair(a, b).unwrap().p_value;
    // 2 * scipy.stats.norm.sf(sqrt(10)) is .0015654, of sqrt(2.5) it is .1138463.
    assert!((p("multinomial", "logistic") - 3.0 * 0.001_565_402).abs() < 1e-7);
    assert!((p("multinomial", "bernoulli") - 2.0 * 0.113_846_298).abs() < 1e-7);
    // 2.343701 in Demšar's table 5 of three, times √(3 · 4 / 30): two ranks are apart, one is not.
    assert!((found.critical_difference - 2.343_701 * 0.4_f64.sqrt()).abs() < 1e-5);
    assert_eq!(found.groups(), [[0, 1], [1, 2]]);
    let apart = "1 of 3 pairs of models is distinguishable by their mean ranks.";
    assert_eq!(statements::ranks_apart(found).text, apart);

    // The second half of the corpora ranks the other way round.
    let mut rows = vec![row; 3];
    rows.extend([[3.1, 1.1, 1.0].as_slice(); 3]);
    let told = said(&on_corpora(&rows));
    let chance = "Over 6 corpora, no order of 3 models by error rate is distinguishable. The ranks \
                  do not differ by more than chance explains (Friedman’s test, p = 1.0000).";
    assert!(told.starts_with(chance), "{told}");
    assert!(!told.contains("is distinguishable from"), "{told}");
    let equal: &[f64] = &[2.0, 2.0];
    let told = said(&on_corpora(&[equal; 4]));
    let none = "Over 4 corpora, all 2 models make equally many errors.";
    assert!(told.starts_with(none), "{told}");
}

/// Differences of .1 point are within any draw of the posterior; those of 3 points are beyond
/// wherever the prior's weight is below √½, with the probability .9976 for four corpora
/// (`scipy.stats.beta.cdf`).
#[test]
fn practical_equivalence_is_told_where_it_holds_and_only_there() {
    let all = |row: [f64; 2]| {
        // multinomial and bernoulli are of one family: logistic is the other.
        let row: &[f64] = &[row[0], 9.0, row[1]];
        on_corpora(&[row; 4])
    };
    let equivalent = said(&all([1.0, 1.1]));
    let expected = "multinomial and logistic, the best of each family by rank, are practically \
                    equivalent (error rates within 1 point) with probability above 0.99. With a \
                    probability of 0.95 or more, 1 of the 3 pairs of models is practically \
                    equivalent (Bayesian signed-rank test), and in 2 one model makes fewer errors \
                    by more than 1 point.";
    assert!(equivalent.contains(expected), "{equivalent}");
    let better = said(&all([4.1, 1.1]));
    let expected = "Of logistic and multinomial, the best of each family by rank, logistic makes \
                    fewer errors than multinomial by more than 1 point, with probability above \
                    0.99.";
    assert!(better.contains(expected), "{better}");
    let open: [&[f64]; 4] = [
        &[1.0, 9.0, 4.0],
        &[4.0, 9.0, 1.0],
        &[1.0, 9.0, 3.0],
        &[2.0, 9.0, 2.0],
    ];
    let open = said(&on_corpora(&open));
    assert!(
        open.contains("it is open which is better: the probability is"),
        "{open}"
    );

    // A wider region holds more.
    let wide = all([4.1, 1.1]).experiments;
    let wide = SideBySide::with_region(wide, 0.05);
    let told = said(&wide);
    let expected = "are practically equivalent (error rates within 5 points) with probability";
    assert!(told.contains(expected), "{told}");
}

#[test]
fn a_corpus_counts_once_and_fewer_than_three_say_nothing() {
    let row: &[f64] = &[1.0, 2.0];
    let all = on_corpora(&[row; 3]);
    assert_eq!(all.corpora.as_ref().unwrap().corpora.len(), 3);
    let mut twice = all.experiments.clone();
    twice[2] = NamedExperiment {
        name: "again".to_owned(),
        ..twice[0].clone()
    };
    assert_eq!(SideBySide::new(twice).corpora, None);
    // A model without a result on one corpus has no rank, and that is said.
    let three: &[f64] = &[1.0, 2.0, 3.0];
    let mut some = on_corpora(&[three, three, row]);
    // One without a result anywhere is not missed.
    for one in &mut some.experiments {
        let model = ModelRecord {
            name: "nowhere".to_owned(),
            estimates: BTreeMap::new(),
            ..one.experiment.models[0].clone()
        };
        one.experiment.models.push(model);
    }
    let some = SideBySide::new(some.experiments);
    let found = some.corpora.as_ref().unwrap();
    assert_eq!(found.left_out, ["logistic"]);
    assert_eq!(found.models.len(), 2);
    assert!(
        said(&some).contains("logistic has no result on some of the corpora and has no rank."),
        "{}",
        said(&some)
    );
}

#[test]
fn a_page_of_several_corpora_holds_their_tables_and_the_diagram() {
    let home = tempfile::tempdir().unwrap();
    let all = on_corpora(&[
        &[1.0, 1.2, 3.1, 3.0],
        &[2.0, 1.9, 3.1, 3.3],
        &[0.5, 0.7, 1.1, 1.1],
    ]);
    write_side_by_side(&all, home.path(), CsvText::Exact).unwrap();
    let text = |name: &str| fs::read_to_string(home.path().join(name)).unwrap();
    assert!(text("tables/ranks.csv").lines().count() == 5);
    assert!(text("tables/pairs.csv").lines().count() == 7);
    assert!(text("charts/critical_difference.svg").contains("critical difference"));
    let saved: Value = serde_json::from_str(&text("side_by_side.json")).unwrap();
    assert_eq!(saved["corpora"]["corpora"].as_array().unwrap().len(), 3);
    assert_eq!(saved["corpora"]["practically_equivalent"], 0.01);
    assert!(saved["corpora"]["pairs"][0]["belief"]["equivalent"].is_number());
    for page in ["report.html", "report.md"] {
        let page = text(page);
        assert!(
            page.contains("Over 3 corpora") && page.contains("practically"),
            "{page}"
        );
    }
}

#[test]
fn a_page_of_several_holds_every_table_and_takes_no_other_report() {
    let home = tempfile::tempdir().unwrap();
    let first = fixture::experiment(300, 4);
    let mut hostile = with_errors(&first, 1, 0..90);
    hostile.emails.ids[3] = "<script>alert(1)</script>".to_owned();
    let mut twin = first.clone();
    twin.emails.ids[3].clone_from(&hostile.emails.ids[3]);
    let names = ["plain", "<b>x</b>", "small"];
    let experiments = [twin, hostile, fixture::experiment(60, 2)];
    let all = names
        .into_iter()
        .zip(experiments)
        .map(|(name, one)| named(name, one));
    let all = SideBySide::new(all.collect());
    let folder = home.path().join("several");
    write_side_by_side(&all, &folder, CsvText::Safe).unwrap();
    write_side_by_side(&all, &folder, CsvText::Safe).unwrap();
    let page = fs::read_to_string(folder.join("report.html")).unwrap();
    assert!(
        !page.contains("<script") && !page.contains("<b>x</b>") && page.contains("&#60;b&#62;")
    );
    // A panel of errors for each, and one of changes, which a phone has in a drawing of its own.
    assert_eq!(page.matches("<svg viewBox").count(), 5);
    for table in [
        "ranks",
        "pairs",
        "metrics",
        "families",
        "differences",
        "changed",
        "asked",
    ] {
        let path = folder.join(format!("tables/{table}.csv"));
        assert!(
            fs::read_to_string(path).unwrap().lines().count() > 0,
            "{table}"
        );
    }
    for chart in ["errors", "differences"] {
        for ending in ["svg", "png", "csv"] {
            assert!(folder.join(format!("charts/{chart}.{ending}")).exists());
        }
    }
    let text = fs::read_to_string(folder.join("report.md")).unwrap();
    assert!(text.starts_with("# In “&lt;b&gt;x"), "{text}");
    assert!(
        check_folder(&folder).is_err(),
        "an experiment would take its place"
    );
    let single = home.path().join("single");
    write(&first, None, &single, &ReportOptions::default()).unwrap();
    assert!(write_side_by_side(&all, &single, CsvText::Safe).is_err());
    assert_eq!(load(&single).unwrap(), first);
}

#[test]
fn experiments_of_any_kind_can_be_set_side_by_side() {
    let first = fixture::experiment(60, 4);
    for (what, other) in fixture::degenerate::all() {
        let home = tempfile::tempdir().unwrap();
        let all = SideBySide::new(vec![named("a", first.clone()), named("b", other.clone())]);
        let written = write_side_by_side(&all, home.path(), CsvText::Exact);
        assert!(written.is_ok(), "{what}: {written:?}");
        let all = SideBySide::new(vec![named("b", other), named("a", first.clone())]);
        let written = write_side_by_side(&all, home.path(), CsvText::Exact);
        assert!(written.is_ok(), "{what}: {written:?}");
    }
}

#[test]
fn a_report_copes_with_a_model_of_which_only_predictions_are_known() {
    // Of a skill at which the best model makes errors, so that it has a DET curve.
    let mut experiment = fixture::experiment::of_skill(600, 4, 0.5);
    let at = experiment.best().discriminative.unwrap();
    let model = &mut experiment.models[at];
    let name = model.name.clone();
    model.external = true;
    for run in &mut model.runs {
        if let Outcome::Scored(scored) = &mut run.outcome {
            scored.trace.clear();
            scored.losses.clear();
            scored.tried.clear();
            scored.model_bytes = 0;
        }
    }
    let mut timing = fixture::timing(&experiment);
    timing.fit_seconds.remove(&name);
    timing.emails_per_second.remove(&name);
    let home = tempfile::tempdir().unwrap();
    write(
        &experiment,
        Some(&timing),
        home.path(),
        &ReportOptions::default(),
    )
    .unwrap();
    assert_eq!(load(home.path()).unwrap(), experiment);
    for chart in CHARTS {
        let wanted = matches!(
            chart.key,
            "intervals" | "roc" | "det" | "reliability" | "confusion"
        );
        let figure = chart.figure(&experiment, Some(&timing));
        let text = serde_json::to_string(&figure).unwrap();
        assert!(!wanted || text.contains(&name), "{} lacks it", chart.key);
        let of_fits = matches!(chart.key, "cost_accuracy" | "convergence" | "loss");
        assert!(
            !of_fits || !text.contains(&format!("\"{name}\"")),
            "{}",
            chart.key
        );
    }
    let summary = fs::read_to_string(home.path().join("tables/summary.csv")).unwrap();
    let row = summary
        .lines()
        .find(|row| row.starts_with(&format!("{name},")))
        .unwrap();
    assert!(row.ends_with(",,,"), "no bytes and no times: {row}");
    let page = fs::read_to_string(home.path().join("report.html")).unwrap();
    assert!(page.contains(&format!("{{\"name\":\"{name}\",\"external\":true")));
    experiment.redact();
    assert_eq!(experiment.models[at].name, name);
}
