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
        source.plan()[0].ends_with("spam.mbox: a mailbox (mbox), all spam"),
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
            "- about these folders",
            "spam Subject: c",
            "spam Subject: one",
            "spam Subject: two"
        ]
    );
    assert_eq!(
        source.account().rejected(),
        1,
        "the picture is named, not dropped"
    );
    assert!(
        source.account().details()[0]
            .reason
            .to_string()
            .contains("photo.png: this is a picture")
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
    let options = Options {
        label: Some(Label::Ham),
        ..Options::default()
    };
    let (emails, _) = read_paths(&[folder.path().join("box")], &options).unwrap();
    assert_eq!(
        show(&emails),
        [
            "spam Subject: box/.Junk/cur/4:2,",
            "ham Subject: box/cur/1:2,S",
            "ham Subject: box/new/2"
        ]
    );
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
    let whole = gz(&b"label,text\nspam,a b c d e f g h\nham,b\n".repeat(200));
    for (name, bytes, why) in [
        (
            "cut.gz",
            whole[..whole.len() / 2].to_vec(),
            "reading failed after",
        ),
        (
            "cut.xz",
            xz(&b"label,text\nspam,a\n".repeat(99))[..40].to_vec(),
            "reading failed after",
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
