//! What the program shows is safe for its reader, and what it is given has bounds: text of
//! strangers is never obeyed by a terminal or a spreadsheet, and every number has a range.

use crate::folder::{Folder, first_rows};
use std::fs;

/// Whether ECMA-48 or UAX #9 has a terminal do something at this character.
fn is_obeyed(letter: char) -> bool {
    (letter.is_control() && letter != '\n')
        || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200f}')
}

const EVIL: &str = "\u{1b}[2J\u{9b}31m\u{202e}\u{1b}]0;title\u{7}";

/// Mail whose ids, subjects and texts hold what terminals and spreadsheets obey.
fn with_evil_mail() -> Folder {
    let folder = Folder::with_mail();
    let mut mail = csv::Reader::from_path(folder.path("mail.csv")).unwrap();
    let mut evil = csv::Writer::from_path(folder.path("evil.csv")).unwrap();
    evil.write_record(["label", "kind", "id", "subject", "text"])
        .unwrap();
    for (at, row) in mail.records().enumerate() {
        let row = row.unwrap();
        let id = match at % 3 {
            0 => format!("=cmd|' /C calc'!A{at}"),
            1 => format!("@SUM(A{at})\nham  forged line{EVIL}"),
            _ => format!("-{at}"),
        };
        let subject = format!("{}{EVIL}", &row[2]);
        let text = format!("{} {EVIL}prize", &row[3]);
        evil.write_record([&row[0], "+kind", &id, &subject, &text])
            .unwrap();
    }
    evil.flush().unwrap();
    folder
}

#[test]
fn no_text_that_is_shown_is_obeyed_by_a_terminal() {
    let folder = with_evil_mail();
    folder.run("train evil.csv -q -o a.spamlab --model multinomial,logistic,byte-ngram");
    let name = format!("{EVIL}\nwrote all.csv");
    fs::copy(folder.path("evil.csv"), folder.path(&name)).unwrap();
    // To undo corruption takes long, and three messages show as much as all.
    let three = format!("{EVIL}\nham  forged.csv");
    first_rows(&folder.path("evil.csv"), 3, &folder.path(&three));
    for line in [
        "classify -m a.spamlab",
        "classify --json -m a.spamlab",
        "tokens",
        "tokens --jsonl",
        "outliers -m a.spamlab",
        "cluster",
        "train -o b.spamlab --model multinomial",
        "evaluate -m a.spamlab",
        "classify -m a.spamlab --label-column",
        "train --no-such-option",
        "train --seed",
        "completions",
        "certify --model logistic",
        "ablate --model multinomial --folds 2",
        "denoise -m a.spamlab",
        // The last, since the table is a model file then.
        "train evil.csv --model multinomial -o",
    ] {
        let mut program = folder.spamlab(line);
        let name = if line.starts_with("denoise") {
            &three
        } else {
            &name
        };
        let output = program.arg(name).output().unwrap();
        for shown in [output.stdout, output.stderr] {
            let shown = String::from_utf8(shown).unwrap();
            let obeyed = shown.chars().find(|&letter| is_obeyed(letter));
            assert_eq!(obeyed, None, "{line}: {shown}");
            let forged = shown
                .lines()
                .any(|line| line.starts_with("wrote all") || line.starts_with("ham  forged"));
            assert!(!forged, "{line}: {shown}");
        }
    }
    let shown = folder.run("generate -m a.spamlab -n 6 -q --copies-of evil.csv");
    assert!(!shown.contains(is_obeyed), "{shown}");
}

#[test]
fn json_shows_what_it_escapes_and_says_the_same() {
    let folder = with_evil_mail();
    let ids: Vec<String> = csv::Reader::from_path(folder.path("evil.csv"))
        .unwrap()
        .records()
        .map(|row| row.unwrap()[2].to_owned())
        .collect();
    let lines = folder.run_lines("tokens --jsonl -q evil.csv");
    let read: Vec<&str> = lines
        .iter()
        .map(|line| line["id"].as_str().unwrap())
        .collect();
    assert_eq!(read, ids);
}

/// Cells of a CSV file that a spreadsheet runs: OWASP, "CSV Injection".
fn formulas(bytes: &[u8]) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let cells = reader.records().flat_map(|row| {
        let row = row.unwrap();
        row.iter().map(str::to_owned).collect::<Vec<_>>()
    });
    let runs = |cell: &String| {
        cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err()
    };
    cells.filter(runs).collect()
}

#[test]
fn no_cell_is_run_by_a_spreadsheet_unless_the_exact_text_is_wanted() {
    let folder = with_evil_mail();
    folder.run("train evil.csv -q -o a.spamlab --model multinomial");
    let run = |exact: &str| {
        let compare = "compare evil.csv -q --folds 2 --resamples 0 --no-analysis learning_curve \
                       --model fisher,logistic";
        folder.run(&format!("{compare} -o out --predictions p.csv {exact}"));
        folder.run(&format!(
            "evaluate evil.csv -q -m a.spamlab --predictions e.csv {exact}"
        ));
        folder.run(&format!("cluster evil.csv -q -k 2 --assign c.csv {exact}"));
        let printed = folder.run(&format!("classify evil.csv -q -m a.spamlab --csv {exact}"));
        let mut written = vec![("classify".to_owned(), printed.into_bytes())];
        for name in ["p.csv", "e.csv", "c.csv"] {
            written.push((name.to_owned(), folder.bytes(name)));
        }
        for part in ["out/tables", "out/charts"] {
            for name in crate::folder::files(&folder.path(part)) {
                if name.contains(".csv") {
                    let name = format!("{part}/{name}");
                    written.push((name.clone(), folder.bytes(&name)));
                }
            }
        }
        written
    };
    for (name, bytes) in run("") {
        assert_eq!(formulas(&bytes), [""; 0], "{name}");
    }
    let exact = run("--exact-csv");
    for name in ["classify", "p.csv", "e.csv", "c.csv"] {
        let (_, bytes) = exact.iter().find(|(of, _)| of == name).unwrap();
        assert!(formulas(bytes).len() > 20, "{name}");
    }
}

#[test]
fn rows_that_cannot_be_used_are_no_formulas_either() {
    let folder = Folder::with_mail();
    let rows = folder.text("mail.csv") + "=cmd|' /C calc'!A0,m60,a,b\n";
    folder.write("more.csv", rows);
    folder.run("convert more.csv -q -o all.csv --rejects bad.csv --bad-rows skip");
    let bad = folder.text("bad.csv");
    assert!(
        bad.contains("'=cmd") && formulas(bad.as_bytes()).is_empty(),
        "{bad}"
    );
}

#[test]
fn every_number_of_an_option_has_a_range() {
    let folder = Folder::with_mail();
    folder.run("train mail.csv -q -o a.spamlab --model multinomial");
    for line in [
        "generate -m a.spamlab -n 18446744073709551615",
        "generate -m a.spamlab -n 4294967295",
        "generate -m a.spamlab -n 0",
        "generate -m a.spamlab --length 99999999999",
        "generate -m a.spamlab --temperature nan",
        "denoise mail.csv -m a.spamlab --measure -n 18446744073709551615",
        "classify mail.csv -m a.spamlab --words 18446744073709551615",
        "outliers mail.csv -m a.spamlab -n 18446744073709551615",
        "assess mail.csv -m a.spamlab -n 1",
        "assess mail.csv -m a.spamlab --rounds 1000",
        "assess mail.csv -m a.spamlab --candidates 1",
        "gan mail.csv --steps 0",
        "train mail.csv --ngrams 200",
        "train mail.csv --byte-ngrams 255",
        "train mail.csv --min-df 0",
        "train mail.csv --max-features 0",
        "compare mail.csv --folds 1",
        "compare mail.csv --resamples 4000000000",
        "tune mail.csv --trials 0",
        "tune mail.csv --search-tokenizer ngrams=9",
        "cluster mail.csv -k 0",
    ] {
        folder.refused(line);
    }
}

#[test]
fn every_number_of_a_specification_has_a_range_whatever_reads_it() {
    let folder = Folder::with_mail();
    for (specification, said) in [
        ("[split]\nfolds = 0", "split.folds = 0"),
        ("[split]\nfolds = 1", "split.folds = 1"),
        ("[split]\nfolds = -1", "line 2"),
        ("[recipe]\nngrams = 200", "ngrams = 200"),
        ("[recipe]\nbyte_ngrams = 255", "byte_ngrams = 255"),
        ("[vocabulary]\nmin_df = 0", "min_df = 0"),
        ("[settings]\nsvm = 3", "settings.svm = 3"),
        ("[settings.svm]\nc = -1", "svm.c = -1"),
        (
            "[search]\ntrials = 9000000000",
            "search.trials = 9000000000",
        ),
        ("resamples = 4000000000", "resamples = 4000000000"),
        ("augment = [\"synthetic=999999999\"]", "synthetic=999999999"),
    ] {
        folder.write("spec.toml", specification);
        for command in ["train", "compare", "tune", "ablate", "certify"] {
            let refused = folder.refused(&format!("{command} mail.csv -q --config spec.toml"));
            assert!(
                refused.contains(said),
                "{command}: {specification}: {refused}"
            );
        }
    }
}

#[test]
fn every_number_of_a_split_has_a_range() {
    let folder = Folder::with_mail();
    let ids = |parts: fn(usize) -> String| {
        let rows = (0..60).map(|at| format!("m{at},{}\n", parts(at)));
        format!("id,split\n{}", rows.collect::<String>())
    };
    for (split, said) in [
        (
            ids(|_| "3".to_owned()),
            "it needs 2 to 1000 folds, and has 1",
        ),
        (
            ids(|at| format!("-{at}")),
            "neither train nor test nor a fold number",
        ),
        (
            ids(|_| "99999999999999999999".to_owned()),
            "neither train nor test",
        ),
    ] {
        folder.write("split.csv", split);
        let refused = folder.refused("compare mail.csv -q --split split.csv");
        assert!(refused.contains(said), "{refused}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn files_that_never_end_are_refused() {
    let folder = Folder::with_mail();
    for line in [
        "train mail.csv -q --config /dev/zero",
        "compare mail.csv -q --split /dev/zero",
        "report /dev/zero",
        "diff /dev/zero /dev/zero",
    ] {
        let said = folder.refused(line);
        assert!(said.contains("it is not text"), "{line}: {said}");
    }
}

#[test]
fn times_that_nothing_takes_are_left_out_of_a_report() {
    let folder = Folder::with_mail();
    folder.run(
        "compare mail.csv -q --model multinomial,logistic --folds 2 --resamples 0 -o out \
         --no-analysis learning_curve",
    );
    // Each absurd time of itself is tried where plausible times are told from others.
    let times = "{\"multinomial\":1.7e308,\"logistic\":5e-324}";
    folder.write(
        "out/timing.json",
        format!(
            "{{\"read_seconds\":1,\"total_seconds\":2,\"fit_seconds\":{times},\
             \"emails_per_second\":{times}}}"
        ),
    );
    folder.run("report out -q");
    assert!(!folder.holds("out/timing.json"));
    assert!(!folder.holds("out/charts/cost_accuracy.svg"));
}

#[test]
fn a_redacted_report_names_neither_its_inputs_nor_kinds_of_mail() {
    let folder = with_evil_mail();
    let rows = folder.text("evil.csv").replace("+kind", "zanzibar");
    let rows = rows.replacen("zanzibar", "other zanzibar", 20);
    folder.write("zanzibar.csv", rows);
    folder.run(
        "compare zanzibar.csv -q --redact --model multinomial,logistic --folds 2 --resamples 0 \
         --no-analysis learning_curve -o out",
    );
    for part in ["out", "out/tables", "out/charts"] {
        for name in crate::folder::files(&folder.path(part)) {
            let path = folder.path(&format!("{part}/{name}"));
            if path.is_file() {
                let text = String::from_utf8_lossy(&fs::read(path).unwrap()).to_lowercase();
                assert!(!text.contains("zanzibar"), "{part}/{name}");
            }
        }
    }
    let slices = folder.text("out/tables/slices.csv");
    assert!(
        slices.contains("kind 1") && slices.contains("kind 2"),
        "{slices}"
    );
}
