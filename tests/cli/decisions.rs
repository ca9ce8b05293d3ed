//! Decisions: chosen by costs, by a largest false positive rate or as given, kept in a model file,
//! used, and reported.

use crate::folder::Folder;
use crate::{list, number};
use serde_json::Value;

/// The decision of the first model of a file.
fn decision(folder: &Folder) -> Value {
    let inspected = folder.run_json("inspect mail.spamlab --json");
    inspected["card"]["models"][0]["decision"].clone()
}

fn train(folder: &Folder, options: &str) {
    let train = "train mail.csv -q -o mail.spamlab --model multinomial";
    folder.run(&format!("{train} {options}"));
}

/// A threshold from the odds of the costs, and a band from its own: Chow's rule by hand, ln 99 for
/// costs of 99 to 1, and unsure from p = .25 to 1 - .25 / 99.
#[test]
fn costs_are_kept_in_the_model_file_and_make_verdicts_unsure() {
    let folder = Folder::with_builtin_mail(200);
    train(&folder, "");
    assert_eq!(decision(&folder)["threshold"], 0.0);
    train(&folder, "--cost-fp 99 --cost-unsure 0.25");
    let chosen = decision(&folder);
    assert!((number(&chosen["threshold"]) - 99.0_f64.ln()).abs() < 1e-12);
    let [low, high] = [0, 1].map(|end| number(&chosen["unsure_band"][end]));
    assert!((low - (0.25_f64 / 0.75).ln()).abs() < 1e-12, "{low}");
    assert!((high - (98.75_f64 / 0.25).ln()).abs() < 1e-12, "{high}");
    assert_eq!(chosen["rule"]["costs"]["false_positive"], 99.0);
    let held_out: f64 = list(&chosen["held_out"]).iter().map(number).sum();
    assert!((100.0..=200.0).contains(&held_out), "{chosen}");
    let classified = folder.run_lines("classify mail.csv -q -m mail.spamlab --jsonl");
    let mut unsure = 0;
    for one in &classified {
        let verdict = &one["verdicts"][0];
        let odds = number(&verdict["log_odds"]);
        let expected = match odds {
            odds if low < odds && odds < high => "unsure",
            odds if odds >= 99.0_f64.ln() => "spam",
            _ => "ham",
        };
        unsure += usize::from(expected == "unsure");
        assert_eq!(verdict["predicted"], expected, "{odds}");
    }
    assert!(unsure > 0);
    let told = folder.run("inspect mail.spamlab");
    let (_, decisions) = told.split_once("\nDecision: ").unwrap();
    let widest = decisions.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(80), "{told}");
    assert!(
        told.contains("least cost, where a false positive costs 99"),
        "{told}"
    );
}

#[test]
fn a_largest_false_positive_rate_is_promised_only_where_there_is_mail_for_it() {
    let folder = Folder::with_builtin_mail(735);
    let train = "train mail.csv -o mail.spamlab --model multinomial --max-fpr";
    let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = words(folder.run(&format!("{train} 0.1%")));
    assert!(
        said.contains(
            "Decision: chosen for at most 0.1 % of ham called spam. A false positive rate of at \
             most 0.1 % is not promised: that takes 3,000 held-out ham, and there were"
        ),
        "{said}"
    );
    let strict = number(&decision(&folder)["threshold"]);
    let said = words(folder.run(&format!("{train} 5%")));
    assert!(
        said.contains("at most 5 %") && !said.contains("not promised"),
        "{said}"
    );
    assert!(number(&decision(&folder)["threshold"]) < strict);
    // By the scores that the file keeps, the same threshold can be chosen afterwards.
    let evaluate = "evaluate mail.csv -q -m mail.spamlab --json";
    let own = folder.run_json(evaluate);
    let asked = folder.run_json(&format!("{evaluate} --max-fpr 5%"));
    let recall = |of: &Value| number(&of[0]["metrics"]["recall"]);
    assert!((recall(&own) - recall(&asked)).abs() < 0.02);
    assert!(recall(&folder.run_json(&format!("{evaluate} --threshold 99.9%"))) < recall(&own));
}

#[test]
fn one_rule_is_given_and_it_is_possible() {
    let folder = Folder::with_mail();
    for (options, part) in [
        ("--cost-fp 0", "decision.costs.false_positive = 0"),
        ("--max-fpr 0.7", "decision.max_fpr = 0.7"),
        ("--threshold 1", "between 0 and 1"),
        ("--max-fpr few", "a share such as"),
        (
            "--max-fpr 1% --threshold 0.9",
            "'--max-fpr <SHARE>' cannot be used with '--threshold <PROBABILITY>'",
        ),
        (
            "--cost-fn 2 --threshold 0.9",
            "'--cost-fn <COST>' cannot be used with:\n  --threshold <PROBABILITY>\n  --max-fpr",
        ),
        (
            "--max-fpr 1% --cost-unsure 2",
            "'--max-fpr <SHARE>' cannot be used with '--cost-unsure <COST>'",
        ),
    ] {
        let said = folder.refused(&format!("train mail.csv -o mail.spamlab {options}"));
        assert!(said.contains(part), "{options}: {said}");
    }
}

#[test]
fn a_comparison_reports_what_the_decisions_come_to() {
    let folder = Folder::with_builtin_mail(200);
    folder.run(
        "compare mail.csv -q -o found --folds 3 --resamples 0 --model multinomial,logistic \
         --cost-fp 9 --cost-unsure 0.3 --no-analysis learning_curve",
    );
    let saved: Value = serde_json::from_str(&folder.text("found/experiment.json")).unwrap();
    assert_eq!(saved["decision"]["costs"]["false_positive"], 9.0);
    for model in list(&saved["models"]) {
        let outcome = &model["outcome"];
        let verdicts = list(&outcome["verdicts"]).iter().flat_map(list);
        assert_eq!(verdicts.map(number).sum::<f64>(), 200.0);
        let cost = &outcome["cost"];
        let of = |class: usize, verdict: usize| number(&outcome["verdicts"][class][verdict]);
        let expected = 9.0 * of(0, 2) + of(1, 0) + 0.3 * (of(0, 1) + of(1, 1));
        assert!((number(&cost["value"]) - expected / 200.0).abs() < 1e-12);
        let [low, high] = [0, 1].map(|end| number(&cost["interval"][end]));
        assert!(low < number(&cost["value"]) && number(&cost["value"]) < high);
    }
    let table = folder.text("found/tables/decisions.csv");
    assert!(table.starts_with("model,"), "{table}");
    let page = folder.text("found/report.html");
    assert!(page.contains("--threshold {probability}"));
}

/// Where the verdict is unsure, the exit code is that of every other verdict, and the columns of
/// the table stay in line.
#[test]
fn an_unsure_verdict_is_no_failure_and_shifts_no_column() {
    let folder = Folder::with_builtin_mail(200);
    train(&folder, "--cost-fp 99 --cost-unsure 0.25");
    let classify = "classify mail.csv -q -m mail.spamlab";
    let output = folder.spamlab(classify).assert().code(0);
    let table = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let verdicts = ["ham", "unsure", "spam"].map(|verdict| {
        let mut lines = table
            .lines()
            .filter(|line| line.contains(&format!(" {verdict} ")));
        let line = lines
            .next()
            .unwrap_or_else(|| panic!("no {verdict}: {table}"));
        (line.find(&format!(" {verdict} ")), line.chars().count())
    });
    assert!(
        verdicts.iter().all(|one| *one == verdicts[0]),
        "{verdicts:?}"
    );
    let unsure = folder.run_lines(&format!("{classify} --jsonl"));
    let first = unsure
        .iter()
        .position(|one| one["verdicts"][0]["predicted"] == "unsure")
        .unwrap();
    let rows = folder.text("mail.csv");
    let mut records = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(rows.as_bytes());
    let records: Vec<csv::StringRecord> = records.records().map(Result::unwrap).collect();
    let mut one = csv::Writer::from_writer(Vec::new());
    one.write_record(&records[0]).unwrap();
    one.write_record(&records[first + 1]).unwrap();
    folder.write("one.csv", one.into_inner().unwrap());
    let page = folder
        .spamlab("classify one.csv -q -m mail.spamlab")
        .assert()
        .code(0);
    let page = String::from_utf8(page.get_output().stdout.clone()).unwrap();
    assert!(page.contains("unsure"), "{page}");
}

#[test]
fn costs_that_never_make_a_band_say_which_would() {
    let folder = Folder::with_builtin_mail(200);
    let train = "train mail.csv -o mail.spamlab --model multinomial --cost-fp 100";
    let said = folder.run(&format!("{train} --cost-unsure 5"));
    assert!(
        said.split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .contains("has to cost less than 0.99 to make a band"),
        "{said}"
    );
    let said = folder.run(&format!("{train} --cost-unsure 0.98"));
    assert!(!said.contains("to make a band"), "{said}");
}
