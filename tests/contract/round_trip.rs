//! Whatever text a message holds, a file that was written from it is read back as the same
//! messages: text never becomes rows.

use crate::reading::{read, read_named};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use spamlab::base::mail::{Content, Email, Label};
use spamlab::input;
use spamlab::input::{BadRows, Labels, Options};

/// What has a meaning somewhere in some form of table, and words.
const PIECES: &[&str] = &[
    "\"",
    "\"\"",
    "\\",
    "\\\"",
    ",",
    ";",
    "\t",
    "|",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "a word",
    "é",
    "\0",
    "\u{feff}",
    "spam",
    "ham,pills\n",
    "spam,\"x\"\n",
    "ham,1,,,buy\n",
    "\",ham\n",
    "label,text\n",
    "label,id,raw\n",
    "sep=;\n",
    "From: a@b.example\nSubject: x\n\n",
    "From a@b.c Thu Aug 22 12:36:23 2002\n",
    "{\"text\": 1}",
    "[",
    "1",
    "0",
    "yes",
    " ",
    "\u{1b}$B",
    "=cmd",
];

fn text() -> impl Strategy<Value = String> {
    vec(select(PIECES), 0..12).prop_map(|pieces| pieces.concat())
}

fn options() -> Options {
    Options {
        bad_rows: BadRows::Skip,
        labels: Labels::Optional,
        ..Options::default()
    }
}

/// What counts of messages.
fn shown(emails: &[Email]) -> Vec<(Option<Label>, &str, &Content)> {
    emails
        .iter()
        .map(|email| (email.label, email.id.as_str(), &email.content))
        .collect()
}

/// Reads lines of JSON, writes what they hold as CSV and reads that.
fn check_round_trip(rows: &[serde_json::Value]) {
    let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
    let lines = lines.join("\n");
    let Ok((emails, _)) = read_named("mail.jsonl", lines.as_bytes(), &options()) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (
        folder.path().join("mail.jsonl"),
        folder.path().join("mail.csv"),
    );
    std::fs::write(&from, &lines).unwrap();
    let mut source = input::open(&from, &options()).unwrap();
    input::export(&mut source, &to, |_| ()).unwrap();
    let written = std::fs::read(&to).unwrap();
    let (back, source) = read(&written, &options()).unwrap();
    assert_eq!(
        shown(&back),
        shown(&emails),
        "{}",
        String::from_utf8_lossy(&written)
    );
    assert_eq!(source.account().rejected(), 0);
    assert!(source.notes().is_empty(), "{:?}", source.notes());
}

/// The cell has what a mailbox begins with, below the lines of a banner.
#[test]
fn a_mailbox_in_a_cell_is_read_back_as_a_cell() {
    let mailbox = "pills\nFrom a@b.c Thu Aug 22 12:36:23 2002\nFrom: a@b.example\nSubject: x\n\n";
    check_round_trip(&[json!({"label": "ham", "id": mailbox, "raw": "Subject: x\n\nhello"})]);
}

proptest! {
    #[test]
    fn rows_of_any_text_are_read_back_as_they_were_written(
        rows in vec((select(vec!["ham", "spam", ""]), text(), text(), text(), text()), 1..6)
    ) {
        let row = |(label, id, from, subject, body): &(&str, String, String, String, String)| {
            json!({"label": label, "id": id, "from": from, "subject": subject, "body": body})
        };
        check_round_trip(&rows.iter().map(row).collect::<Vec<_>>());
    }

    #[test]
    fn messages_of_any_text_are_read_back_as_they_were_written(
        rows in vec((select(vec!["ham", "spam", ""]), text(), text()), 1..6)
    ) {
        let row = |(label, id, raw): &(&str, String, String)| {
            json!({"label": label, "id": id, "raw": raw})
        };
        check_round_trip(&rows.iter().map(row).collect::<Vec<_>>());
    }

    /// Two columns as others write them, in any order.
    #[test]
    fn a_quoted_text_is_one_message_whatever_it_holds(
        texts in vec(text(), 1..6), text_first in any::<bool>()
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let order = |label, text| if text_first { [text, label] } else { [label, text] };
        writer.write_record(order("label", "text")).unwrap();
        let texts: Vec<String> = texts.iter().map(|text| format!("words {text}")).collect();
        for (at, text) in texts.iter().enumerate() {
            writer.write_record(order(["ham", "spam"][at % 2], text)).unwrap();
        }
        let (emails, _) = read(&writer.into_inner().unwrap(), &options()).unwrap();
        let bodies = emails.iter().map(|email| match &email.content {
            Content::Fields { body, .. } => body.clone(),
            Content::Raw(raw) => String::from_utf8_lossy(raw).into_owned(),
        });
        prop_assert_eq!(bodies.collect::<Vec<_>>(), texts);
    }
}
