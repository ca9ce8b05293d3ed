//! The mail that comes with the program: what `data/README.md` promises of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;

struct Row {
    label: String,
    from: String,
    body: String,
}

fn rows() -> Vec<Row> {
    let mut reader = csv::Reader::from_path("data/emails.csv").unwrap();
    assert_eq!(reader.headers().unwrap(), vec!["label", "from", "subject", "body"]);
    let row = |record: csv::StringRecord| Row {
        label: record[0].to_owned(),
        from: record[1].to_owned(),
        body: record[3].to_owned(),
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

#[test]
fn there_are_at_least_120_mails_two_in_five_of_them_spam() {
    let rows = rows();
    let spam = rows.iter().filter(|row| row.label == "spam").count();
    assert!(rows.iter().all(|row| row.label == "spam" || row.label == "ham"));
    assert!(rows.len() >= 120, "{} mails", rows.len());
    assert_eq!(spam * 5, rows.len() * 2, "{spam} of {} are spam", rows.len());
}

#[test]
fn no_two_bodies_are_half_alike() {
    let shingles =
        |row: &Row| -> BTreeSet<String> { words(&row.body).windows(3).map(|three| three.join(" ")).collect() };
    let all: Vec<BTreeSet<String>> = rows().iter().map(shingles).collect();
    for (at, a) in all.iter().enumerate() {
        for (other, b) in all.iter().enumerate().skip(at + 1) {
            let shared = a.intersection(b).count();
            let union = a.len() + b.len() - shared;
            assert!(shared * 2 < union.max(1), "mails {at} and {other} share {shared} of {union} shingles");
        }
    }
}

#[test]
fn every_address_stands_under_a_reserved_domain() {
    let reserved = ["example.com", "example.org", "example.net", ".example", ".test", ".invalid"];
    for row in rows() {
        for text in [&row.from, &row.body] {
            for (at, _) in text.match_indices('@') {
                let domain =
                    text[at + 1..].split(|c: char| !c.is_alphanumeric() && c != '.' && c != '-').next().unwrap();
                let domain = domain.trim_end_matches(['.', '-']).to_lowercase();
                let known = reserved.iter().any(|end| domain.ends_with(end));
                assert!(known || !domain.contains('.'), "{domain} is somebody's");
            }
        }
    }
}
