//! Corpora that are not tables: messages, mailboxes, folders and Maildir, compressed or not, alone
//! or several at once.

use crate::reading::read_paths;
use flate2::Compression;
use flate2::write::GzEncoder;
use spamlab::base::mail::{Content, Email, Label};
use spamlab::input;
use spamlab::input::{BadRows, InputError, Labels, Options};
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const MBOX: &str = "From a@b.example Thu Aug 22 12:36:23 2002\nSubject: one\n\n\
                    From here on text.\n\n\
                    From c@d.example Fri Aug 23 12:36:23 2002\nSubject: two\n\nbody\n";

fn write(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes).unwrap();
    path
}

/// Label and first line of each message.
fn show(emails: &[Email]) -> Vec<String> {
    let one = |mail: &Email| {
        let text = match &mail.content {
            Content::Raw(raw) => String::from_utf8_lossy(raw).into_owned(),
            Content::Fields { body, .. } => body.clone(),
        };
        format!(
            "{} {}",
            mail.label.map_or("-", Label::name),
            text.lines().next().unwrap_or_default()
        )
    };
    emails.iter().map(one).collect()
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut writer =
        lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (at, (name, bytes)) in files.iter().enumerate() {
        let method = if at % 2 == 0 {
            zip::CompressionMethod::Deflated
        } else {
            zip::CompressionMethod::Stored
        };
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_mailbox_is_of_the_class_its_name_says() {
    let folder = TempDir::new().unwrap();
    let paths = [
        write(&folder, "spam.mbox", MBOX.as_bytes()),
        write(&folder, "good/ham", MBOX.as_bytes()),
    ];
    let (emails, source) = read_paths(&paths, &Options::default()).unwrap();
    assert_eq!(
        show(&emails),
        [
            "spam Subject: one",
            "spam Subject: two",
            "ham Subject: one",
            "ham Subject: two"
        ]
    );
    assert_eq!(emails[1].line, 6);
    assert!(
        source.plan()[0].ends_with("spam.mbox: a mailbox (mbox), all spam by the name `spam`"),
        "{:?}",
        source.plan()
    );
    assert!(source.name().ends_with("spam.mbox and 1 more"));
}

#[test]
fn folders_are_read_to_any_depth_in_the_order_of_names() {
    let folder = TempDir::new().unwrap();
    for (name, text) in [
        ("corpus/easy_ham/0001", "Subject: a\n\n"),
        ("corpus/easy_ham/deeper/0002", "plain text"),
        ("corpus/spam_2/9.eml", "Subject: c\n\n"),
        ("corpus/spam_2/box", MBOX),
        ("corpus/readme.txt", "about these folders"),
        ("corpus/.hidden", "x"),
        ("corpus/spam_2/photo.png", "\u{89}"),
    ] {
        write(&folder, name, text.as_bytes());
    }
    fs::write(
        folder.path().join("corpus/spam_2/photo.png"),
        b"\x89PNG\r\n\x1a\n\0\0",
    )
    .unwrap();
    let skip = Options {
        bad_rows: BadRows::Skip,
        ..Options::default()
    };
    let (emails, source) = read_paths(&[folder.path().join("corpus")], &skip).unwrap();
    assert_eq!(
        show(&emails),
        [
            "ham Subject: a",
            "ham plain text",
            "spam Subject: c",
            "spam Subject: one",
            "spam Subject: two"
        ]
    );
    let names = source.account().left_out_names();
    let [hidden, readme, photo] = names else {
        panic!("{names:?}");
    };
    assert!(hidden.ends_with(".hidden") && readme.ends_with("readme.txt"));
    assert!(photo.ends_with("photo.png"), "{photo}");
    assert!(
        source.notes()[0].starts_with("3 files left out, which are not mail: "),
        "{:?}",
        source.notes()
    );
    assert!(
        source.plan()[0].ends_with(
            "a folder of 7 files: 2 ham by the name `easy_ham`, 3 spam by the name `spam_2`, \
             2 of no class"
        ),
        "{:?}",
        source.plan()
    );
}

#[test]
fn a_maildir_is_read_without_what_is_being_delivered() {
    let folder = TempDir::new().unwrap();
    for name in [
        "box/cur/1:2,S",
        "box/new/2",
        "box/tmp/3",
        "box/.Junk/cur/4:2,",
    ] {
        write(&folder, name, format!("Subject: {name}\n\n").as_bytes());
    }
    let box_ = [folder.path().join("box")];
    let labels = |label| {
        let options = Options {
            label,
            ..Options::default()
        };
        let (emails, source) = read_paths(&box_, &options).unwrap();
        assert_eq!(source.account().left_out(), 1, "what is in tmp");
        show(&emails)
    };
    assert_eq!(
        labels(None),
        [
            "spam Subject: box/.Junk/cur/4:2,",
            "- Subject: box/cur/1:2,S",
            "- Subject: box/new/2"
        ]
    );
    assert_eq!(
        labels(Some(Label::Ham)),
        [
            "ham Subject: box/.Junk/cur/4:2,",
            "ham Subject: box/cur/1:2,S",
            "ham Subject: box/new/2"
        ],
        "what the user says beats the name of a folder"
    );
}

/// A project about spam is not spam, whoever of its folders is read.
#[test]
fn only_names_from_what_the_user_named_on_say_a_class() {
    let folder = TempDir::new().unwrap();
    for name in ["spam/work/unsure/1.eml", "spam/work/ham/2.eml"] {
        write(&folder, name, b"Subject: x\n\n");
    }
    let labels = |path: &str| {
        let (emails, _) = read_paths(&[folder.path().join(path)], &Options::default()).unwrap();
        let labels = emails.iter().map(|email| email.label.map(Label::name));
        labels.collect::<Vec<_>>()
    };
    assert_eq!(labels("spam"), [Some("ham"), Some("spam")]);
    assert_eq!(labels("spam/work"), [Some("ham"), None]);
    assert_eq!(labels("spam/work/ham"), [Some("ham")]);
    assert_eq!(labels("spam/work/ham/2.eml"), [None]);
}

/// Corpora of plain text have no heads at all, or only in some files of a series.
#[test]
fn plain_texts_are_messages_where_all_are_or_where_they_are_one_of_a_series() {
    let read = |files: &[(&str, &str)]| {
        let folder = TempDir::new().unwrap();
        for (name, text) in files {
            write(&folder, &format!("mail/{name}"), text.as_bytes());
        }
        let (emails, source) =
            read_paths(&[folder.path().join("mail")], &Options::default()).unwrap();
        (show(&emails), source.account().left_out())
    };
    let plain = [("lunch", "at noon"), ("prize", "claim"), ("README", "two")];
    assert_eq!(
        read(&plain),
        (vec!["- at noon".to_owned(), "- claim".to_owned()], 1)
    );
    let series = [
        ("0001.a", "at noon"),
        ("0002.a", "claim"),
        ("3.eml", "Subject: x"),
        ("cmds", "mv"),
    ];
    let expected = ["- at noon", "- claim", "- Subject: x"].map(ToOwned::to_owned);
    assert_eq!(read(&series), (expected.to_vec(), 1));
}

#[test]
fn a_folder_without_mail_is_named_with_what_lies_there() {
    let folder = TempDir::new().unwrap();
    write(&folder, "mail/README", b"about nothing");
    let error = read_paths(&[folder.path().join("mail")], &Options::default())
        .err()
        .unwrap();
    assert!(
        matches!(error, InputError::NoMail { files: 1, .. }),
        "{error}"
    );
}

/// The usual limit is 1,024 open files.
#[test]
fn the_members_of_an_archive_are_opened_one_at_a_time() {
    let folder = TempDir::new().unwrap();
    let names: Vec<String> = (0..3000).map(|at| format!("ham/{at:04}")).collect();
    let files: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), &b"Subject: x\n\n"[..]))
        .collect();
    let path = write(&folder, "mail.zip", &zip(&files));
    let open_files = || fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    let mut source = input::open(&path, &Options::default()).unwrap();
    let (before, mut most, mut found) = (open_files(), 0, 0);
    for batch in source.by_ref() {
        found += batch.unwrap().len();
        most = most.max(open_files());
    }
    assert_eq!(found, 3000);
    // Other tests run at the same time.
    assert!(most < before + 200, "{before}, then {most}");
    assert_eq!(source.plan().len(), 1, "a line, not one per member");
}

#[test]
fn a_packed_corpus_is_read_like_what_is_in_it() {
    let table = b"label,text\nspam,a\nham,b\n";
    let folder = TempDir::new().unwrap();
    let packed = [
        ("t.csv.gz", gz(table)),
        ("t.csv.xz", xz(table)),
        (
            "t.zip",
            zip(&[("data/t.csv", table), ("__MACOSX/._t.csv", b"\0\0\0")]),
        ),
        ("twice.gz", gz(&xz(table))),
        ("unnamed", gz(table)),
    ];
    for (name, bytes) in packed {
        let path = write(&folder, name, &bytes);
        let (emails, source) = read_paths(&[path], &Options::default())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(show(&emails), ["spam a", "ham b"], "{name}");
        assert_eq!(source.size(), Some(bytes.len() as u64));
    }
    let messages = zip(&[
        ("ham/1", b"Subject: a\n\n"),
        ("spam/1", b"Subject: b\n\n"),
        ("spam.mbox", MBOX.as_bytes()),
    ]);
    let (emails, _) =
        read_paths(&[write(&folder, "m.zip", &messages)], &Options::default()).unwrap();
    assert_eq!(
        show(&emails),
        [
            "ham Subject: a",
            "spam Subject: b",
            "spam Subject: one",
            "spam Subject: two"
        ]
    );
}

#[test]
fn damaged_packing_is_one_sentence() {
    let folder = TempDir::new().unwrap();
    let packed = xz(&b"label,text\nspam,a\n".repeat(99));
    let whole = gz(&b"label,text\nspam,a b c d e f g h\nham,b\n".repeat(200));
    for (name, bytes, why) in [
        (
            "cut.gz",
            whole[..whole.len() / 2].to_vec(),
            "cut.gz cannot be unpacked: it is cut off",
        ),
        (
            "cut.xz",
            packed[..40].to_vec(),
            "cut.xz cannot be unpacked: it is cut off",
        ),
        (
            "changed.xz",
            [&packed[..40], &[0xFF; 3], &packed[43..]].concat(),
            "changed.xz cannot be unpacked",
        ),
        (
            "cut.zip",
            zip(&[("a.csv", b"label,text\n")])[..30].to_vec(),
            "cannot be unpacked",
        ),
        (
            "t.tar.gz",
            gz(&[&[b'a'; 257][..], b"ustar", &[0; 300]].concat()),
            "this is a tar archive, not mail",
        ),
    ] {
        let path = write(&folder, name, &bytes);
        let error = read_paths(&[path], &Options::default())
            .err()
            .unwrap()
            .to_string();
        assert!(
            error.contains(name) && error.contains(why),
            "{name}: {error}"
        );
    }
}

/// The input is a thousand times larger than it looks: each message is checked against the limit
/// while it is decompressed.
#[test]
fn a_bomb_meets_the_limit() {
    let folder = TempDir::new().unwrap();
    let bomb = gz(&[b"Subject: x\n\n".to_vec(), vec![b'x'; 80 << 20]].concat());
    assert!(bomb.len() < 200_000);
    let path = write(&folder, "spam/bomb.gz", &bomb);
    let options = Options {
        labels: Labels::Ignored,
        ..Options::default()
    };
    assert!(matches!(
        read_paths(&[path], &options),
        Err(InputError::TooLarge { .. })
    ));
}

#[test]
fn what_convert_writes_reads_back_to_the_same_mail() {
    let folder = TempDir::new().unwrap();
    let table = "label,from,subject,body\nspam,\"A, B <a@b.c>\",\"s \
                 \"\"q\"\"\",\"line\nline\"\nham,,,text\n,x,y,unlabelled\n";
    for (name, bytes) in [("t.csv", table.as_bytes()), ("spam.mbox", MBOX.as_bytes())] {
        let (before, _) = read_paths(&[write(&folder, name, bytes)], &Options::default()).unwrap();
        let out = folder.path().join("out.csv");
        let mut source = input::open(&folder.path().join(name), &Options::default()).unwrap();
        input::export(&mut source, &out, |_| {}).unwrap();
        let (after, _) = read_paths(&[out], &Options::default()).unwrap();
        let parts = |emails: Vec<Email>| {
            emails
                .into_iter()
                .map(|m| (m.id, m.label, m.content))
                .collect::<Vec<_>>()
        };
        assert_eq!(parts(before), parts(after), "{name}");
    }
    let both = [folder.path().join("t.csv"), folder.path().join("spam.mbox")];
    let mut source = input::open_all(&both, &Options::default()).unwrap();
    let error = input::export(&mut source, &folder.path().join("mixed.csv"), |_| {})
        .unwrap_err()
        .to_string();
    assert!(error.ends_with("which need different columns"), "{error}");
    assert!(!folder.path().join("mixed.csv").exists());
}

#[test]
fn an_empty_folder_and_a_missing_one_are_named() {
    let folder = TempDir::new().unwrap();
    let error = read_paths(&[folder.path().to_owned()], &Options::default())
        .err()
        .unwrap()
        .to_string();
    assert!(error.ends_with("is empty"), "{error}");
    let error = read_paths(&[Path::new("no/such").to_owned()], &Options::default())
        .err()
        .unwrap()
        .to_string();
    assert_eq!(error, "no/such: there is no such file");
}
