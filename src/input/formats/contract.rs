//! The contract of an input format, checked for every row of the table: a format recognises its own
//! files by their content alone and under each of its extensions, reads them, and copes with a file
//! that is cut off anywhere. A new format needs a sample here.

use super::format::{Entry, Format, Head, Named, Recognition, StatedClass};
use super::{FORMATS, accepted, detect, recognised};
use crate::base::mail::{Content, Label};
use crate::input::error::InputError;
use crate::input::options::{Labels, Options};
use std::io::Cursor;

/// Mail in one format: a message about pills that is spam, and one about lunch without a label.
/// Each file has the stem of its name, from which a message may take its label, and its text.
struct FormatSample {
    format: &'static str,
    files: &'static [(&'static str, &'static str)],
}

/// One sample per row of the table.
const SAMPLES: &[FormatSample] = &[
    FormatSample {
        format: "tables (CSV, TSV)",
        files: &[("mail", "label,text\nspam,cheap pills\n,lunch at noon\n")],
    },
    FormatSample {
        format: "JSON",
        files: &[(
            "mail",
            "{\"label\": \"spam\", \"text\": \"cheap pills\"}\n{\"text\": \"lunch at noon\"}\n",
        )],
    },
    FormatSample {
        format: "messages",
        files: &[
            ("spam", "Subject: cheap pills\n\nbuy now\n"),
            ("note", "From: ann@example.org\nSubject: lunch\n\nat noon\n"),
        ],
    },
    FormatSample {
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

fn sample(format: &Format) -> &'static FormatSample {
    let found = SAMPLES.iter().find(|sample| sample.format == format.name);
    found.unwrap_or_else(|| panic!("there is no sample of {}", format.name))
}

/// The endings that a file name of this format may have, and the empty ending.
fn endings(format: &Format) -> impl Iterator<Item = String> {
    let endings = format.extensions.iter().map(|ending| format!(".{ending}"));
    endings.chain([String::new()])
}

/// Label and text of a message; None for a row that cannot be used.
type Shown = Option<(Option<Label>, String)>;

/// Reads a file with this name and content.
fn read(name: &str, text: &str) -> Result<Vec<Shown>, InputError> {
    let options = Options::default();
    let named = Named {
        class: StatedClass::of(name, &options),
        ..Named::new(name, Box::new(Cursor::new(text.to_owned())))
    };
    let mut reader = detect(named, &options)?;
    assert!(!reader.described().is_empty());
    let mut found = Vec::new();
    while let Some(entry) = reader.next()? {
        found.push(match entry {
            Entry::Email(email) => Some(match email.content {
                Content::Raw(raw) => (email.label, String::from_utf8_lossy(&raw).into_owned()),
                Content::Fields { subject, body, .. } => (email.label, subject + &body),
            }),
            Entry::Rejected { reason, .. } => {
                assert!(!reason.to_string().is_empty());
                None
            }
            Entry::LeftOut(name) => panic!("{name} is left out"),
        });
    }
    Ok(found)
}

#[test]
fn every_format_recognises_its_own_by_content_alone_and_under_its_endings() {
    for format in FORMATS {
        for (stem, text) in sample(format).files {
            for ending in endings(format).chain([".gz".to_owned()]) {
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
        for ending in endings(format) {
            let files = sample(format).files.iter();
            let emails: Vec<_> = files
                .flat_map(|(stem, text)| read(&format!("{stem}{ending}"), text).unwrap())
                .collect();
            let what = format!("{}{ending}: {emails:?}", format.name);
            let [Some((label, pills)), Some((none, lunch))] = &emails[..] else {
                panic!("{what}");
            };
            assert_eq!((*label, *none), (Some(Label::Spam), None), "{what}");
            assert!(pills.contains("pills") && lunch.contains("noon"), "{what}");
        }
    }
}

#[test]
fn every_format_reads_or_refuses_what_is_cut_off_anywhere() {
    for format in FORMATS {
        for (stem, text) in sample(format).files {
            let (mut kept, mut refused) = (0, 0);
            for end in 0..text.len() {
                match read(stem, &text[..end]) {
                    Ok(found) => kept += found.iter().flatten().count(),
                    Err(error) => {
                        assert!(!error.to_string().is_empty());
                        refused += 1;
                    }
                }
            }
            // Every format refuses an empty file.
            assert!(
                kept > 0 && refused > 0,
                "{}: {kept}, {refused}",
                format.name
            );
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
        ("a.csv", "{\"text\": 1}\n", true, "JSON"),
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
        "tables (CSV, TSV), JSON, messages, mailboxes (mbox) or folders of them, compressed \
         (gzip, xz, zip) or not"
    );
}
