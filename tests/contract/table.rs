//! Layouts of labelled mail that are read without options, and bad inputs with their errors.

use crate::reading::{read, read_named, read_source, show, with_file};
use spamlab::base::mail::{Content, Email, Label};
use spamlab::input;
use spamlab::input::{BadRows, InputError, Labels, Options};
use std::path::Path;

/// Each message as `id label from/subject/body`.
fn show_with_ids(emails: &[Email]) -> Vec<String> {
    let one = |email: &Email| format!("{} {}", email.id, show(email));
    emails.iter().map(one).collect()
}

#[test]
fn every_layout_is_read_without_options() {
    let cases: &[(&str, &[&str])] = &[
        ("label,text\nspam,a\nham,b\n", &["1 spam //a", "2 ham //b"]),
        (
            "label,from,subject,body\nspam,x@y,s,b\n",
            &["1 spam x@y/s/b"],
        ),
        ("\u{feff}Label,Text\nSPAM,a\n", &["1 spam //a"]),
        ("v1,v2,,,\nham,b,,,\n", &["1 ham //b"]),
        (
            "Category,Message\r\nham,b\r\n\r\nspam,\"c\r\nd\"\r\n",
            &["1 ham //b", "2 spam //c\r\nd"],
        ),
        (
            "text,spam\nSubject: x,1\ny,0\n",
            &["1 spam //Subject: x", "2 ham //y"],
        ),
        (
            "Email Text,Email_Type,class\nhello,x,Phishing Email\n",
            &["1 spam //hello"],
        ),
        (
            "id,is-spam,message_text\nm7,yes,t\n,no,u\n",
            &["m7 spam //t", "2 ham //u"],
        ),
        (
            "label,id,raw\nspam,a/1,\"From: x\n\nbody \"\"q\"\"\"\n",
            &["a/1 spam <From: x\n\nbody \"q\">"],
        ),
        (
            "sender,subject,body,label\na,,b,legitimate\na,s,,junk\n",
            &["1 ham a//b", "2 spam a/s/"],
        ),
        (
            "label,text\nnot spam,a\nnon-spam,b\nNot_Spam,c\nsafe,d\n",
            &["1 ham //a", "2 ham //b", "3 ham //c", "4 ham //d"],
        ),
        ("label,text\nspam,a\0b", &["1 spam //a\0b"]),
    ];
    for (file, expected) in cases {
        let (emails, source) = read(file.as_bytes(), &Options::default())
            .unwrap_or_else(|error| panic!("{file:?}: {error}"));
        assert_eq!(show_with_ids(&emails), *expected, "{file:?}");
        assert_eq!(source.account().rejected(), 0, "{file:?}");
    }
}

#[test]
fn bytes_that_are_not_utf_8_are_no_error() {
    let (emails, _) = read(b"label,text\nspam,caf\xe9\n", &Options::default()).unwrap();
    assert_eq!(show(&emails[0]), "spam //caf\u{e9}");
    let (emails, _) = read(b"label,raw\nspam,caf\xe9\n", &Options::default()).unwrap();
    assert_eq!(emails[0].content, Content::Raw(b"caf\xe9".to_vec()));
}

#[test]
fn options_name_columns_and_the_spam_label() {
    let name = |name: &str| Some(name.to_owned());
    let options = Options {
        label_column: name("verdict"),
        text_column: name("Words"),
        spam_label: name("bad"),
        ..Options::default()
    };
    let (emails, source) = read(b"text,verdict,words\nno,BAD,a\nno,fine,b\n", &options).unwrap();
    assert_eq!(show_with_ids(&emails), ["1 spam //a", "2 ham //b"]);
    let expected = "text from `words`, label from `verdict`; `bad` means spam, all else ham \
                    (UTF-8, comma-separated)";
    assert_eq!(source.plan(), [expected]);
    let ignored = Options {
        labels: Labels::Ignored,
        ..Options::default()
    };
    let (emails, _) = read(b"text,label\na,spam\nb,\n", &ignored).unwrap();
    assert_eq!(show_with_ids(&emails), ["1 spam //a", "2 - //b"]);
    let (emails, _) = read(b"text\na\n", &ignored).unwrap();
    assert_eq!(show(&emails[0]), "- //a");
}

#[test]
fn a_row_that_cannot_be_used_is_counted_and_named() {
    let huge = "x".repeat(input::LARGEST_MESSAGE + 1);
    let file = format!(
        "label,text\nspam,\"two\nlines\"\nmaybe,b\n,c\nham,  \nham,d,e\nham\nham,{huge}\nham,f\n"
    );
    let skip = Options {
        bad_rows: BadRows::Skip,
        ..Options::default()
    };
    let (emails, source) = read(file.as_bytes(), &skip).unwrap();
    assert_eq!(
        emails
            .iter()
            .map(|mail| mail.id.as_str())
            .collect::<Vec<_>>(),
        ["1", "3", "5", "8"]
    );
    assert_eq!((emails[1].label, emails[3].line), (None, 10));
    assert_eq!(
        show(&emails[2]),
        "ham //d,e",
        "what follows the last column is text with a comma in it"
    );
    let details: Vec<String> = source
        .account()
        .details()
        .iter()
        .map(|row| format!("{}: {}", row.line, row.reason))
        .collect();
    let expected = [
        "4: unknown label `maybe`",
        "6: no text",
        "8: 1 fields where the header has 2",
        "9: message above 32 MiB",
    ];
    assert_eq!(details, expected);
    let by_reason: Vec<_> = source.account().by_reason().collect();
    assert!(by_reason.contains(&("wrong number of fields", 1)));
    assert!(source.account().to_string().starts_with(
        "8 rows read, 4 kept (1 spam, 2 ham, 1 without a label), 4 rejected (unknown label: 1, \
         first on line 4"
    ));
}

#[test]
fn every_bad_input_is_refused_in_one_sentence() {
    let cases: &[(&[u8], &str)] = &[
        (b"", " is empty"),
        (b" \r\n\n", " is empty"),
        (b"\x7fELF\x02\0\0\n", ": this is a binary file, not mail"),
        (b"BZh91AY", ": this is a bzip2 file, not mail"),
        (
            b"subject,text,date\na,b,c\n",
            ", line 1: there is no label column among `subject`, `text`, `date`",
        ),
        (
            b"label,size\nspam,1\nham,2\n",
            ", line 1: there is no text column among `label`, `size`",
        ),
        (
            b"label,text\nspam,a\nham,\"b\n\ncut off in the middle\n",
            ", line 3: the quoted field that begins here is never closed",
        ),
        (
            b"label,text\nmaybe,a\nspam,\n",
            ": not one of 2 rows can be used (unknown label: 1, first on line 2, no text: 1, \
             first on line 3)",
        ),
        (
            b"label,text\n",
            ": not one of 0 rows can be used (there is only a header)",
        ),
        (
            b"label,text\nspam,a\nham,b\nham,\n",
            ": 1 of 3 rows cannot be used (no text: 1, first on line 4), more than one in twenty",
        ),
    ];
    for (file, expected) in cases {
        let error = with_file("mail.csv", file, |path| {
            let source = input::open(path, &Options::default());
            let error = source.and_then(read_source).err().unwrap();
            error.to_string().replace(&path.display().to_string(), "")
        });
        assert_eq!(error, *expected, "{:?}", String::from_utf8_lossy(file));
    }
}

#[test]
fn a_column_that_is_not_there_is_named() {
    let options = Options {
        label_column: Some("tag".into()),
        ..Options::default()
    };
    let error = read(b"label,text\nspam,a\n", &options)
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.ends_with("there is no column `tag` among `label`, `text` to hold the label"),
        "{error}"
    );
}

#[test]
fn one_class_only_is_refused_by_name() {
    let both = Options {
        labels: Labels::BothClasses,
        ..Options::default()
    };
    let error = read(b"label,text\nspam,a\nspam,b\n", &both).err().unwrap();
    assert!(
        error
            .to_string()
            .ends_with("mail.csv: all 2 usable rows are spam"),
        "{error}"
    );
    assert_eq!(
        read(b"label,text\nspam,a\nham,b\n", &both).unwrap().0.len(),
        2
    );
}

#[test]
fn files_that_cannot_be_opened_are_refused() {
    let missing = Path::new("no/such/file.csv");
    let error = input::open(missing, &Options::default())
        .err()
        .unwrap()
        .to_string();
    assert_eq!(error, "no/such/file.csv: there is no such file");
    let folder = tempfile::tempdir().unwrap();
    let error = input::open(folder.path(), &Options::default())
        .err()
        .unwrap();
    assert!(matches!(error, InputError::Empty { .. }), "{error}");
}

#[test]
fn messages_are_read_up_to_a_limit() {
    let ignored = Options {
        labels: Labels::Ignored,
        ..Options::default()
    };
    let (emails, _) = read_named("a.eml", b"Subject: x\n\nbody", &ignored).unwrap();
    assert_eq!(
        emails[0].content,
        Content::Raw(b"Subject: x\n\nbody".to_vec())
    );
    assert_eq!((emails[0].label, emails[0].line), (None, 1));
    let (emails, _) = read_named("a.txt", b"no header, no table", &ignored).unwrap();
    assert_eq!(
        emails[0].content,
        Content::Raw(b"no header, no table".to_vec())
    );
    assert!(matches!(read(b"", &ignored), Err(InputError::Empty { .. })));
    let huge = [
        b"Subject: x\n\n".to_vec(),
        vec![b'x'; input::LARGEST_MESSAGE],
    ]
    .concat();
    let error = read_named("a.eml", &huge, &ignored)
        .err()
        .unwrap()
        .to_string();
    assert!(error.ends_with("the message is larger than 32 MiB, the most that is read"));
}

#[test]
fn batches_are_bounded() {
    let mut file = "label,text\n".to_owned();
    for row in 0..1500 {
        file += if row % 3 == 0 {
            "spam,text\n"
        } else {
            "ham,text\n"
        };
    }
    with_file("mail.csv", file.as_bytes(), |path| {
        let mut source = input::open(path, &Options::default()).unwrap();
        let mut sizes = Vec::new();
        for batch in source.by_ref() {
            sizes.push(batch.unwrap().len());
        }
        assert_eq!(sizes, [512, 512, 476]);
        assert_eq!(source.bytes_read(), file.len() as u64);
        assert_eq!(source.account().kept_of(Label::Spam), 500);
    });
}

#[test]
fn the_checksum_is_that_of_the_file() {
    let (_, source) = read(
        b"label,text\nspam,a\n",
        &Options {
            hash: true,
            ..Options::default()
        },
    )
    .unwrap();
    let expected = "cfc9233361fe22793c689be8f15de4f02d3bca4b6d4284c60fe8960e94a4d5a1";
    assert_eq!(source.sha256().as_deref(), Some(expected));
    let (_, source) = read(b"label,text\nspam,a\n", &Options::default()).unwrap();
    assert_eq!(source.sha256(), None);
}

#[test]
fn the_mail_that_comes_with_the_program_is_read() {
    let both = Options {
        labels: Labels::BothClasses,
        ..Options::default()
    };
    let (emails, source) = read_source(input::builtin(&both).unwrap()).unwrap();
    assert!(emails.len() >= 120);
    assert_eq!(
        source.account().rejected(),
        0,
        "{:?}",
        source.account().details()
    );
}
