//! The contract of a format, held against every row of the table: it recognises its own, is found
//! by content alone and under each of its endings, reads what it is given, and survives its being
//! cut off anywhere.

use super::format::{Head, Recognition};
use super::*;
use crate::base::mail::{Content, Label};
use crate::input::options::Labels;
use crate::input::{Source, open_all};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// Mail of one format: a message about pills that is spam and one about lunch that nobody labelled.
/// Files are given by the stems of their names, which is where a message's label may come from.
struct Sample {
    format: &'static str,
    files: &'static [(&'static str, &'static str)],
}

/// One for each row of the table.
const SAMPLES: &[Sample] = &[
    Sample {
        format: "tables (CSV, TSV)",
        files: &[("mail", "label,text\nspam,cheap pills\n,lunch at noon\n")],
    },
    Sample {
        format: "JSON lines",
        files: &[(
            "mail",
            "{\"label\": \"spam\", \"text\": \"cheap pills\"}\n{\"text\": \"lunch at noon\"}\n",
        )],
    },
    Sample {
        format: "messages",
        files: &[
            ("spam", "Subject: cheap pills\n\nbuy now\n"),
            ("note", "From: ann@example.org\nSubject: lunch\n\nat noon\n"),
        ],
    },
    Sample {
        format: "mailboxes (mbox)",
        files: &[
            (
                "spam",
                "From a@b.example Thu Aug 22 12:36:23 2002\nSubject: cheap pills\n\nbuy now\n",
            ),
            (
                "box",
                "From c@d.example Fri Aug 23 12:36:23 2002\nSubject: lunch\n\nat noon\n",
            ),
        ],
    },
];

fn sample(format: &Format) -> &'static Sample {
    let found = SAMPLES.iter().find(|sample| sample.format == format.name);
    found.unwrap_or_else(|| panic!("there is no sample of {}", format.name))
}

/// Writes the files of a sample, each as `stem` and `ending`.
fn write(sample: &Sample, ending: &str, folder: &TempDir) -> Vec<PathBuf> {
    let write = |(stem, text): &(&str, &str)| {
        let path = folder.path().join(format!("{stem}{ending}"));
        fs::write(&path, text).unwrap();
        path
    };
    sample.files.iter().map(write).collect()
}

/// Label and text of a message.
type Shown = (Option<Label>, String);

/// Every message, and the source at its end.
fn read(paths: &[PathBuf]) -> Result<(Vec<Shown>, Source), InputError> {
    let mut source = open_all(paths, &Options::default())?;
    let mut emails = Vec::new();
    for batch in &mut source {
        emails.extend(batch?);
    }
    let text = |content| match content {
        Content::Raw(raw) => String::from_utf8_lossy(&raw).into_owned(),
        Content::Fields { subject, body, .. } => format!("{subject}\n{body}"),
    };
    let shown = emails
        .into_iter()
        .map(|email| (email.label, text(email.content)));
    Ok((shown.collect(), source))
}

#[test]
fn every_format_recognises_its_own_by_content_alone_and_under_its_endings() {
    for format in FORMATS {
        let endings = format.extensions.iter().map(|ending| format!(".{ending}"));
        for (stem, text) in sample(format).files {
            for ending in endings.clone().chain([String::new(), ".gz".to_owned()]) {
                let name = format!("{stem}{ending}");
                let head = Head::new(&name, text.as_bytes(), false, Labels::Needed);
                assert!((format.recognises)(&head) > Recognition::No, "{name}");
                assert_eq!(recognised(&head).name, format.name, "{name}");
            }
        }
    }
}

#[test]
fn every_format_reads_a_labelled_message_and_one_that_nobody_labelled() {
    for format in FORMATS {
        let endings = format.extensions.iter().map(|ending| format!(".{ending}"));
        for ending in endings.chain([String::new()]) {
            let folder = TempDir::new().unwrap();
            let (emails, source) = read(&write(sample(format), &ending, &folder)).unwrap();
            let labels: Vec<Option<Label>> = emails.iter().map(|(label, _)| *label).collect();
            assert_eq!(labels, [Some(Label::Spam), None], "{}{ending}", format.name);
            assert!(emails[0].1.contains("pills") && emails[1].1.contains("noon"));
            assert_eq!(source.account().rejected(), 0, "{}{ending}", format.name);
            assert!(source.plan().iter().all(|line| !line.is_empty()));
        }
    }
}

#[test]
fn every_format_reads_or_refuses_what_is_cut_off_anywhere() {
    for format in FORMATS {
        let folder = TempDir::new().unwrap();
        for (stem, text) in sample(format).files {
            let path = folder.path().join(stem);
            let mut kept = 0;
            for end in 0..text.len() {
                fs::write(&path, &text[..end]).unwrap();
                match read(std::slice::from_ref(&path)) {
                    Ok((emails, source)) => {
                        let account = source.account();
                        assert_eq!(account.kept(), emails.len() as u64);
                        assert_eq!(account.kept() + account.rejected(), account.read());
                        kept += emails.len();
                    }
                    Err(error) => assert!(!error.to_string().is_empty()),
                }
            }
            assert!(kept > 0, "{}: nothing was read of any part", format.name);
        }
    }
}

#[test]
fn names_speak_only_where_the_content_leaves_a_doubt() {
    let recognised = |name: &str, text: &str, among_others: bool| {
        recognised(&Head::new(
            name,
            text.as_bytes(),
            among_others,
            Labels::Needed,
        ))
        .name
    };
    let envelope = "From a@b.example Thu Aug 22 12:36:23 2002\n";
    for (name, text, among_others, expected) in [
        ("a.csv", envelope, false, "mailboxes (mbox)"),
        ("a.csv", "{\"text\": 1}\n", true, "JSON lines"),
        ("a.csv.GZ", "Subject: a,b\n", true, "tables (CSV, TSV)"),
        ("a.txt", "Subject: a,b\n", false, "messages"),
        ("a.txt", "some words\n", true, "messages"),
        ("a.txt", "some words\n", false, "tables (CSV, TSV)"),
        ("a.eml", "some words\n", false, "tables (CSV, TSV)"),
        ("a.mbox", "Subject: a,b\n", false, "messages"),
    ] {
        assert_eq!(
            recognised(name, text, among_others),
            expected,
            "{name}: {text}"
        );
    }
}

#[test]
fn the_sentence_of_what_can_be_given_names_every_format() {
    assert_eq!(
        accepted(),
        "tables (CSV, TSV), JSON lines, messages, mailboxes (mbox) or folders of them, compressed \
         (gzip, xz, zip) or not"
    );
}
