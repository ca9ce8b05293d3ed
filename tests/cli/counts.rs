//! Mail counted by many processes and trained from by one, and the stream filters.

use crate::folder::Folder;
use crate::{list, number, of_model, stdout};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Models that learn from counts, with nothing left to choose.
const FIXED: &str = "--model multinomial,bernoulli --set multinomial.alpha=0.5 \
                     --set bernoulli.alpha=0.5";

/// The messages of `mail.csv` as lines of JSON.
fn lines(folder: &Folder) -> Vec<String> {
    let text = folder.text("mail.csv");
    let mut rows = csv_rows(&text);
    let header = rows.remove(0);
    assert_eq!((header.len(), rows.len()), (4, 60));
    let line = |row: &Vec<String>| {
        json!({ "label": row[0], "id": row[1], "subject": row[2], "text": row[3] }).to_string()
    };
    rows.iter().map(line).collect()
}

/// The rows of a table, of which a cell may have quotes around it.
fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other => cell.push(other),
        }
    }
    rows
}

/// Counts these lines by a process of its own.
fn count(folder: &Folder, lines: &[String], options: &str) -> String {
    let input: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
    stdout(
        folder
            .spamlab(&format!("count -q {options}"))
            .write_stdin(input),
    )
}

/// The columns of a row of counts in their order, as `docs/spark.md` names them.
const COLUMNS: [&str; 7] = [
    "token",
    "ham",
    "spam",
    "ham_occurrences",
    "spam_occurrences",
    "part",
    "kind",
];

#[test]
fn rows_as_json_are_the_rows_between_tabs() {
    let folder = Folder::with_mail();
    let lines = lines(&folder);
    let tabs = count(&folder, &lines, "");
    let objects = count(&folder, &lines, "--jsonl");
    assert_eq!(objects.lines().count(), tabs.lines().count());
    for (object, line) in objects.lines().zip(tabs.lines()) {
        let object: serde_json::Map<String, Value> = serde_json::from_str(object).unwrap();
        let names: Vec<&String> = object.keys().collect();
        assert_eq!(names.len(), COLUMNS.len());
        let column = |name: &&str| match &object[*name] {
            Value::String(text) => text.clone(),
            number => number.to_string(),
        };
        let columns: Vec<String> = COLUMNS.iter().map(column).collect();
        // No token of these messages needs an escape.
        assert_eq!(columns.join("\t"), line);
    }
}

/// Adds up, column by column, what has the same token, part and kind, as anybody may.
fn added_up(counts: &str) -> String {
    let mut sums: BTreeMap<[&str; 3], [u64; 4]> = BTreeMap::new();
    for line in counts.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let sum = sums
            .entry([columns[0], columns[5], columns[6]])
            .or_default();
        for (sum, column) in sum.iter_mut().zip(&columns[1..5]) {
            *sum += column.parse::<u64>().unwrap();
        }
    }
    let mut text = String::new();
    for ([token, part, kind], [ham, spam, in_ham, in_spam]) in sums {
        writeln!(
            text,
            "{token}\t{ham}\t{spam}\t{in_ham}\t{in_spam}\t{part}\t{kind}"
        )
        .unwrap();
    }
    text
}

#[test]
fn counts_of_parts_train_the_bytes_of_one_process_in_whatever_order_and_form() {
    let folder = Folder::with_mail();
    let lines = lines(&folder);
    folder.write("one.tsv", count(&folder, &lines, ""));
    let mut reversed = lines.clone();
    reversed.reverse();
    std::fs::create_dir(folder.path("parts")).unwrap();
    let parts: Vec<String> = reversed
        .chunks(17)
        .chain([&[][..]])
        .map(|part| count(&folder, part, "--messages 60"))
        .collect();
    assert_eq!(parts.len(), 5);
    for (at, part) in parts.iter().enumerate() {
        folder.write(&format!("parts/part-{at}"), part);
    }
    folder.write("parts/_SUCCESS", "");
    folder.write("parts/.part-0.crc", "\u{0}");
    folder.write("sums.tsv", added_up(&parts.concat()));
    folder.write("lines.jsonl", count(&folder, &reversed, "--jsonl"));
    // What two processes count is what one counts.
    assert_eq!(added_up(&parts.concat()), added_up(&folder.text("one.tsv")));
    folder.run("train -q --counts one.tsv -o one.spamlab");
    for counts in [
        "parts",
        "sums.tsv",
        "lines.jsonl",
        "parts/part-3 --counts parts/part-1 --counts parts/part-0 \
                                         --counts parts/part-2",
    ] {
        folder.run(&format!("train -q --counts {counts} -o other.spamlab"));
        assert!(
            folder.bytes("other.spamlab") == folder.bytes("one.spamlab"),
            "{counts}"
        );
    }
    let piped = folder.text("sums.tsv");
    stdout(
        folder
            .spamlab("train -q --counts - -o piped.spamlab")
            .write_stdin(piped),
    );
    assert!(folder.bytes("piped.spamlab") == folder.bytes("one.spamlab"));
    let card = folder.run("inspect one.spamlab");
    assert!(
        card.contains("multinomial") && !card.contains("svm"),
        "{card}"
    );
}

/// Where settings are given, the scores are those of models trained on the mail itself: every
/// parameter of every token is the same.
#[test]
fn counts_teach_what_the_mail_teaches() {
    let folder = Folder::with_mail();
    folder.write("counts.tsv", count(&folder, &lines(&folder), ""));
    folder.run(&format!("train -q mail.csv {FIXED} -o mail.spamlab"));
    folder.run(&format!(
        "train -q --counts counts.tsv {FIXED} -o counts.spamlab"
    ));
    let scores = |model: &str| {
        let classified = folder.run_lines(&format!("classify -q -m {model} --jsonl mail.csv"));
        let scores = classified.iter().flat_map(|email| {
            ["multinomial", "bernoulli"]
                .map(|model| number(&of_model(&email["verdicts"], model)["score"]))
        });
        scores.collect::<Vec<f64>>()
    };
    let (of_mail, of_counts) = (scores("mail.spamlab"), scores("counts.spamlab"));
    assert_eq!(of_mail.len(), 120);
    // Absent tokens are added up in the order of the columns, which is another.
    for (a, b) in of_mail.iter().zip(&of_counts) {
        assert!((a - b).abs() < 1e-9, "{a} {b}");
    }
}

/// By hand: the messages of a part and the tokens that they hold.
#[test]
fn what_is_counted_can_be_read() {
    let folder = Folder::new();
    let lines = [
        json!({ "text": "cheap cheap pills", "label": "spam" }).to_string(),
        json!({ "text": "cheap lunch", "label": "ham" }).to_string(),
    ];
    let counts = added_up(&count(&folder, &lines, "--stem no"));
    let of = |token: &str| {
        let mut sums = [0; 4];
        for line in counts.lines() {
            let columns: Vec<&str> = line.split('\t').collect();
            if columns[0] == token && columns[6] == "word" {
                for (sum, column) in sums.iter_mut().zip(&columns[1..5]) {
                    *sum += column.parse::<u64>().unwrap();
                }
            }
        }
        sums
    };
    assert_eq!(of("cheap"), [1, 1, 1, 2]);
    assert_eq!(of("pills"), [0, 1, 0, 1]);
    assert_eq!(of("lunch"), [1, 0, 1, 0]);
}

#[test]
fn damaged_and_mixed_counts_are_refused_in_one_sentence() {
    let folder = Folder::with_mail();
    let lines = lines(&folder);
    let good = count(&folder, &lines, "");
    let mut missing: Vec<&str> = good.lines().collect();
    missing.remove(missing.len() / 4);
    let other_recipe = good.clone() + &count(&folder, &lines, "--stem no");
    let other_seed = good.clone() + &count(&folder, &lines, "--seed 2");
    let first = good.lines().next().unwrap();
    for (counts, why) in [
        (String::new(), "there are no counts in it"),
        (
            "label,text\nham,lunch\n".to_owned(),
            "line 1: it has no column ham",
        ),
        (good[..good.len() / 3].to_owned(), ""),
        (missing.join("\n"), "rows are missing, or stand there twice"),
        (good.replace(first, ""), "line 1: it has no column ham"),
        (
            good.lines().skip(1).collect::<Vec<_>>().join("\n"),
            "stands before the row of kind",
        ),
        (
            other_recipe,
            "counted by another recipe of tokens than the rows before",
        ),
        (other_seed, "counted with seed 2, the rows before with 1"),
        (
            good.replace("spamlab 0", "spamlab 99"),
            "counted by spamlab 99",
        ),
        (
            count(&folder, &lines[1..2], ""),
            "there is no spam among the messages counted",
        ),
    ] {
        folder.write("counts.tsv", &counts);
        let said = folder.refused("train -q --counts counts.tsv -o no.spamlab");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(
            said.starts_with("spamlab: counts.tsv") && said.contains(why),
            "{said}"
        );
        assert!(!folder.holds("no.spamlab"));
    }
    folder.write("counts.tsv", good);
    let said = folder.refused("train -q --counts counts.tsv --model svm");
    assert!(
        said.contains("svm: it learns from messages, not from counts; "),
        "{said}"
    );
    let said = folder.refused("train -q --counts counts.tsv --seed 3");
    assert!(said.contains("they were made with seed 1, not 3"), "{said}");
    let said = folder.refused("train -q --counts counts.tsv --stem no");
    assert!(
        said.contains("they were made by another recipe of tokens"),
        "{said}"
    );
    folder.refused("train -q mail.csv --counts counts.tsv");
}

/// A line of output for each line of input, in their order; nothing for nothing.
#[test]
fn filters_of_streams_answer_line_by_line_and_take_an_empty_part() {
    let folder = Folder::with_mail();
    folder.run("train mail.csv -q --model multinomial,svm -o mail.spamlab");
    let lines = lines(&folder);
    let classify = |lines: &[String]| {
        let input: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
        stdout(
            folder
                .spamlab("classify -q -m mail.spamlab --jsonl")
                .write_stdin(input),
        )
    };
    let printed = classify(&lines);
    let printed: Vec<Value> = printed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(printed.len(), 60);
    for (at, said) in printed.iter().enumerate() {
        assert_eq!(said["id"], format!("m{at}"));
        assert_eq!(list(&said["verdicts"]).len(), 2);
    }
    // Each part gives what it gives as a part of the whole.
    let parts: Vec<String> = lines.chunks(59).map(classify).collect();
    let parts = parts.concat();
    let parts = parts
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    assert_eq!(parts.collect::<Vec<Value>>(), printed);
    assert_eq!(classify(&[]), "");
    // What cannot be read is told beside, and the others keep their names.
    let mut damaged = lines.clone();
    damaged[7] = "{\"text\": ".to_owned();
    let input = damaged.join("\n");
    let mut command = folder.spamlab("classify -m mail.spamlab --jsonl");
    let output = command.write_stdin(input).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains('8'), "{said}");
    assert_eq!(printed.lines().count(), 59, "{said}");
    assert!(!printed.contains("\"m7\"") && printed.contains("\"m8\""));
    folder.refused("classify -q -m mail.spamlab /dev/null");
}
