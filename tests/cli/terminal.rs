//! What the terminal shows: tables of eighty columns, one line for what did not run, where the
//! report is, and the browser that shows it.

use crate::folder::{Folder, files};

/// Columns of the longest line.
fn width(text: &str) -> usize {
    let widths = text.lines().map(|line| line.chars().count());
    widths.max().unwrap_or(0)
}

#[test]
fn default_tables_fit_eighty_columns_and_wide_ones_need_not() {
    let folder = Folder::with_mail();
    folder.run("train mail.csv -q -o all.spamlab");
    folder.write(
        "message.eml",
        "Subject: claim your prize\n\nWinner! A cash offer.\n",
    );
    let long = "a-folder-with-a-long-name/and-another-one-in-it/where-mail-is-kept";
    std::fs::create_dir_all(folder.path(long)).unwrap();
    for name in ["one.eml", "two.eml"] {
        folder.write(&format!("{long}/{name}"), folder.text("message.eml"));
    }
    folder.run("train mail.csv -q -o bytes.spamlab --model byte-ngram");
    let few = "--folds 3 -q --resamples 200 --no-analysis learning_curve";
    for (line, known) in [
        ("compare mail.csv FEW -o a", "majority class"),
        (
            "compare mail.csv FEW -o b --augment noise=0.1 --seed 2",
            "regressed",
        ),
        (
            "compare mail.csv FEW -o c --model passive-aggressive,fisher --augment swap=0.5",
            "swap=0.5",
        ),
        ("diff a b", "p, McNemar"),
        ("train mail.csv -q -o other.spamlab", "settings chosen"),
        ("evaluate mail.csv -q -m all.spamlab", "(1-ROCA) %"),
        ("classify message.eml -q -m all.spamlab", "raw score"),
        (
            "tune mail.csv -q --folds 2 --trials 3 --model complement,sgd",
            "settings found",
        ),
        ("inspect all.spamlab", "settings"),
        ("classify mail.csv -q -m all.spamlab", "nb-svm"),
        ("classify LONG -q -m all.spamlab --model svm,nb-svm", "…"),
        ("certify mail.csv -q", "relative gap"),
        ("ablate mail.csv -q --folds 2 --model svm", "won/tied/lost"),
        ("outliers mail.csv -q -m bytes.spamlab", "p-value"),
        ("models", "discriminative"),
    ] {
        let shown = folder.run(&line.replace("FEW", few).replace("LONG", long));
        assert!(shown.contains(known), "{line}: {shown}");
        assert!(
            width(&shown) <= 80,
            "{line}: {} columns\n{shown}",
            width(&shown)
        );
    }
    let wide = folder.run("classify mail.csv -q -m all.spamlab --wide");
    assert!(width(&wide) > 80 && wide.lines().count() == 61, "{wide}");
    let wide = folder.run(&format!("compare mail.csv {few} --model svm --wide"));
    assert!(width(&wide) > 80 && wide.contains("ROC AUC"), "{wide}");
}

/// The plan of a table with five columns takes more than a line, and so do notes on its rows.
#[test]
fn how_mail_is_read_is_told_in_eighty_columns() {
    let folder = Folder::new();
    let rows = (0..60).map(|at| {
        let (label, word) = [("ham", "meeting"), ("spam", "prize")][at % 2];
        format!(
            "{label},work,a@b.example,{word} {},{word} number {at}\n",
            at % 7
        )
    });
    let header = "label,kind,from,subject,body\n";
    folder.write("mail.csv", header.to_owned() + &rows.collect::<String>());
    folder.run("train mail.csv -q -o svm.spamlab --model svm");
    for (line, known) in [
        (
            "compare mail.csv --dry-run",
            "slices of the report from `kind`",
        ),
        (
            "train mail.csv -o other.spamlab --model svm",
            "30 ham, 30 spam",
        ),
        ("convert mail.csv -o whole.csv", "sender from `from`"),
    ] {
        let said = folder.said(line);
        let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(known), "{line}: {said}");
        assert!(
            width(&said) <= 80,
            "{line}: {} columns\n{said}",
            width(&said)
        );
    }
    let said = folder.said("compare mail.csv --dry-run");
    let plan: Vec<&str> = said.lines().skip(1).collect();
    assert!(
        plan[0].starts_with("  text from") && plan[1].starts_with("    "),
        "{said}"
    );
}

#[test]
fn every_error_has_its_interval_and_nothing_a_deviation() {
    let folder = Folder::with_mail();
    let few = "--folds 3 -q --resamples 200 --no-analysis learning_curve";
    for line in [
        format!("compare mail.csv {few} --model multinomial,svm"),
        "tune mail.csv -q --folds 2 --trials 2 --model multinomial,svm".to_owned(),
    ] {
        let shown = folder.run(&line);
        assert!(
            shown.contains("error % (95 % CI)") && !shown.contains('±'),
            "{shown}"
        );
    }
}

#[test]
fn models_beyond_their_limit_are_one_line() {
    let folder = Folder::with_mail();
    let limits = ["linfa-logistic", "linfa-svm", "linfa-svm-rbf"]
        .map(|name| format!("--set {name}.max_emails=20"));
    let limits = limits.join(" ");
    let line = "not run above 20 training messages: linfa-logistic, linfa-svm, linfa-svm-rbf";
    let few = "--folds 3 -q --resamples 0 --no-analysis learning_curve";
    let compared = folder.run(&format!("compare mail.csv {few} {limits}"));
    let told = compared.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        told.contains(line) && told.matches("not run").count() == 1,
        "{compared}"
    );
    let trained = folder.said(&format!("train mail.csv {limits}"));
    assert!(trained.lines().any(|said| said == line), "{trained}");
}

#[test]
fn another_experiment_gets_another_folder_and_the_same_one_its_own() {
    let folder = Folder::with_mail();
    let run = |more: &str| {
        let few = "--folds 3 -q --resamples 0 --no-analysis learning_curve --model multinomial";
        folder.run(&format!("compare mail.csv {few} {more}"));
        files(&folder.path("reports"))
    };
    let plain = "mail-multinomial-resamples=0-folds=3-no-learning_curve";
    assert_eq!(run(""), [plain]);
    assert_eq!(run(""), [plain]);
    let with = "mail-multinomial-noise=0.1-resamples=0-folds=3";
    assert_eq!(run("--augment noise=0.1").len(), 2);
    assert!(
        run("").iter().any(|name| name.starts_with(with)),
        "{:?}",
        run("")
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_is_opened_in_the_browser_or_it_is_said_why_not() {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with_mail();
    let few = "--folds 3 --resamples 0 --no-analysis learning_curve --model multinomial -o r";
    let run = |line: &str| {
        let mut command = folder.spamlab(line);
        let output = command
            .env("PATH", folder.path(""))
            .assert()
            .success()
            .get_output()
            .clone();
        String::from_utf8(output.stderr).unwrap()
    };
    let said = run(&format!("compare mail.csv {few} --open"));
    let sentence = "r/report.html cannot be opened, since there is no program xdg-open";
    assert!(said.contains(sentence), "{said}");
    let script = "#!/bin/sh\necho \"$@\" > opened.txt\n";
    folder.write("xdg-open", script);
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(folder.path("xdg-open"), executable).unwrap();
    let said = run("report r --open");
    assert!(!said.contains("cannot be opened"), "{said}");
    assert_eq!(folder.text("opened.txt"), "r/report.html\n");
}
