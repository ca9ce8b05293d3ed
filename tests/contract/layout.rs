//! The table layouts that occur in practice, one row each: what is read from it without options, or
//! the true reason why it is refused. The layouts are those of public spam data sets; the mail in
//! them was written for this test.

use crate::reading::{read, show_all};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use spamlab::input::{BadRows, Labels, Options};
use std::fs;

/// Name, file, what is in it.
const READ: &[(&str, &str, &[&str])] = &[
    (
        "UCI SMS collection: tabs, no header, quotes that mean nothing",
        "ham\tok \"see you\nspam\t\"WIN a prize\" now\nham\tat five\nham\t\"half a \
         quote\nspam\tcall us\n",
        &[
            "ham //ok \"see you",
            "spam //\"WIN a prize\" now",
            "ham //at five",
            "ham //\"half a quote",
            "spam //call us",
        ],
    ),
    (
        "the same as CSV with three unnamed columns",
        "v1,v2,,,\nham,\"one, two\",,,\nspam,three, four,five,\n",
        &["ham //one, two", "spam //three, four,five"],
    ),
    (
        "Enron-Spam",
        "Message ID,Subject,Message,Spam/Ham,Date\n0,lunch,\"at noon\nas \
         ever\",ham,1999-12-10\n1,pills,cheap,spam,2003-12-18\n",
        &["ham /lunch/at noon\nas ever", "spam /pills/cheap"],
    ),
    (
        "label,text",
        "label,text\nspam,buy now\nham,see you\n",
        &["spam //buy now", "ham //see you"],
    ),
    (
        "text before label",
        "text,label\nbuy now,1\nsee you,0\n",
        &["spam //buy now", "ham //see you"],
    ),
    (
        "unnamed index and two label columns",
        ",label,text,label_num\n605,ham,Subject: notes,0\n2349,spam,Subject: pills,1\n",
        &["ham //Subject: notes", "spam //Subject: pills"],
    ),
    (
        "Category,Message",
        "Category,Message\nham,see you\nspam,\"win, now\"\n",
        &["ham //see you", "spam //win, now"],
    ),
    (
        "CEAS 2008 as collected",
        "sender,receiver,date,subject,body,label,urls\n\
         Ann <a@b.example>,c@d.example,\"Tue, 5 Aug 2008\",hello,see http://x,0,1\n\
         x@y.example,c@d.example,\"Tue, 5 Aug 2008\",win,now,1,0\n",
        &[
            "ham Ann <a@b.example>/hello/see http://x",
            "spam x@y.example/win/now",
        ],
    ),
    (
        "Ling",
        "subject,message,label\ncall for papers,deadline,0\nmoney,now,1\n",
        &["ham /call for papers/deadline", "spam /money/now"],
    ),
    (
        "body,label",
        "body,label\nsee you there,0\nbuy this now,1\n",
        &["ham //see you there", "spam //buy this now"],
    ),
    (
        "email,label",
        "email,label\nsee you there,0\nbuy this now,1\n",
        &["ham //see you there", "spam //buy this now"],
    ),
    (
        "text,target",
        "text,target\nsee you there,0\nbuy this now,1\n",
        &["ham //see you there", "spam //buy this now"],
    ),
    (
        "text_combined",
        "text_combined,label\nsee you there,0\nbuy this now,1\n",
        &["ham //see you there", "spam //buy this now"],
    ),
    (
        "Email Text, Email Type",
        ",Email Text,Email Type\n0,see you,Safe Email\n1,your account,Phishing Email\n",
        &["ham //see you", "spam //your account"],
    ),
    (
        "text,spam",
        "text,spam\nSubject: naturally irresistible,1\nSubject: minutes,0\n",
        &[
            "spam //Subject: naturally irresistible",
            "ham //Subject: minutes",
        ],
    ),
    (
        "is_spam",
        "message_text,is_spam\nsee you,false\nbuy,true\n",
        &["ham //see you", "spam //buy"],
    ),
    (
        "class",
        "content,class\nsee you,not spam\nbuy,spam\n",
        &["ham //see you", "spam //buy"],
    ),
    (
        "YouTube comments",
        "COMMENT_ID,AUTHOR,DATE,CONTENT,CLASS\nz12,ann,2013-11-07,nice \
         song,0\nz13,bot,2013-11-07,visit me,1\n",
        &["ham ann//nice song", "spam bot//visit me"],
    ),
    (
        "Telegram",
        "text_type,text\nham,see you\nspam,buy\n",
        &["ham //see you", "spam //buy"],
    ),
    (
        "multilingual: the first text",
        "labels,text,text_hi,text_de\nham,see you,x,bis bald\nspam,buy,y,kauf\n",
        &["ham //see you", "spam //buy"],
    ),
    (
        "semicolons",
        "label;text\nspam;buy, now\nham;1,5 percent\n",
        &["spam //buy, now", "ham //1,5 percent"],
    ),
    (
        "pipes",
        "label|text\nspam|buy; now\nham|see, you\n",
        &["spam //buy; now", "ham //see, you"],
    ),
    (
        "tabs with a header",
        "label\ttext\nspam\tbuy, now\nham\tsee you\n",
        &["spam //buy, now", "ham //see you"],
    ),
    (
        "tabs and quotes that mean something",
        "label\ttext\nspam\t\"a\tb\"\nham\t\"c\nd\"\n",
        &["spam //a\tb", "ham //c\nd"],
    ),
    (
        "no header, commas",
        "spam,buy this now\nham,see you there\nham,at five\n",
        &[
            "spam //buy this now",
            "ham //see you there",
            "ham //at five",
        ],
    ),
    (
        "no header, label last",
        "buy this now,1\nsee you there,0\nat five then,0\n",
        &[
            "spam //buy this now",
            "ham //see you there",
            "ham //at five then",
        ],
    ),
    (
        "byte-order mark and capitals",
        "\u{feff}LABEL,TEXT\nSpam,a b\nHAM,c d\n",
        &["spam //a b", "ham //c d"],
    ),
    (
        "CRLF and empty lines",
        "label,text\r\n\r\nspam,a\r\n\r\nham,\"b\r\nc\"\r\n",
        &["spam //a", "ham //b\r\nc"],
    ),
    (
        "names with spaces, lines and signs",
        " E-Mail Text , Is_Spam \nsee you,no\nbuy,yes\n",
        &["ham //see you", "spam //buy"],
    ),
    (
        "NUL bytes",
        "label,text\nspam,a\0b\nham,c\n",
        &["spam //a\0b", "ham //c"],
    ),
    (
        "quotes written twice",
        "label,text\nspam,\"he said \"\"buy\"\"\"\nham,c\n",
        &["spam //he said \"buy\"", "ham //c"],
    ),
    (
        "unknown names: the longest text, the few known values",
        "nr,verdict,what was written\n17,spam,this is what somebody wrote to sell\n18,ham,this is \
         what a friend wrote to us\n",
        &[
            "spam //this is what somebody wrote to sell",
            "ham //this is what a friend wrote to us",
        ],
    ),
    (
        "whole messages",
        "label,raw\nspam,\"From: x\n\nbody\"\n",
        &["spam <From: x\n\nbody>"],
    ),
    (
        "non-spam is not spam",
        "label,text\nnon-spam,a\nnot_spam,b\nspam,c\n",
        &["ham //a", "ham //b", "spam //c"],
    ),
    (
        "smishing, scam, fraud, junk",
        "label,text\nsmishing,a\nscam,b\nfraud,c\njunk,d\nlegit,e\n",
        &["spam //a", "spam //b", "spam //c", "spam //d", "ham //e"],
    ),
    (
        "an empty label is unlabelled mail",
        "label,text\nspam,a\n,b\nham,c\n",
        &["spam //a", "- //b", "ham //c"],
    ),
    (
        "commas that nobody quoted",
        "label,text\nham,Hi, how are you, Ann\nspam,win\n",
        &["ham //Hi, how are you, Ann", "spam //win"],
    ),
    (
        "trailing columns left out",
        "label,text,note\nspam,a\nham,b,c\n",
        &["spam //a", "ham //b"],
    ),
    (
        "numbers with a point",
        "label,text\n1.0,a\n0.0,b\n",
        &["spam //a", "ham //b"],
    ),
    (
        "a type that is no class beside one that is",
        "type,text,label\nemail,a,spam\nsms,b,ham\n",
        &["spam //a", "ham //b"],
    ),
    (
        "only subjects",
        "label,subject\nspam,win now\nham,lunch\n",
        &["spam //win now", "ham //lunch"],
    ),
    (
        "JSON, one object per line",
        "{\"text\":\"buy \\\"now\\\"\",\"label\":1}\n\n\
         {\"label\":0,\"text\":\"see you\",\"extra\":[1]}\n",
        &["spam //buy \"now\"", "ham //see you"],
    ),
];

#[test]
fn every_layout_is_read_without_an_option() {
    assert!(READ.len() >= 40, "{} layouts", READ.len());
    for (name, file, expected) in READ {
        let (emails, _) = read(file.as_bytes(), &Options::default())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(show_all(&emails), *expected, "{name}");
    }
}

#[test]
fn every_encoding_is_told_by_its_bytes() {
    let text = "label\ttext\nspam\tДешёвые лекарства без рецепта, закажите \
                сегодня\nham\tВстретимся завтра у метро в шесть\n";
    let expected = [
        "spam //Дешёвые лекарства без рецепта, закажите сегодня",
        "ham //Встретимся завтра у метро в шесть",
    ];
    let little: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let big: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(text.encode_utf16())
        .flat_map(u16::to_be_bytes)
        .collect();
    let (cyrillic, _, _) = encoding_rs::WINDOWS_1251.encode(text);
    let (koi8, _, _) = encoding_rs::KOI8_R.encode(text);
    for (name, bytes) in [
        ("UTF-16LE", little),
        ("UTF-16BE", big),
        ("windows-1251", cyrillic.to_vec()),
        ("KOI8", koi8.to_vec()),
    ] {
        let (emails, source) =
            read(&bytes, &Options::default()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(show_all(&emails), expected, "{name}");
        assert!(
            source.plan()[0].contains(name),
            "{name}: {:?}",
            source.plan()
        );
    }
    let (emails, _) = read(
        b"label,text\nspam,caf\xe9 \x80 5\nham,na\xefve\n",
        &Options::default(),
    )
    .unwrap();
    assert_eq!(
        show_all(&emails),
        ["spam //caf\u{e9} \u{20ac} 5", "ham //na\u{ef}ve"]
    );
}

#[test]
fn what_holds_no_labelled_mail_is_refused_with_the_true_reason() {
    let words = (0..30)
        .map(|n| format!("word{n}"))
        .collect::<Vec<_>>()
        .join(",");
    let counts = (0..30)
        .map(|n| (n % 4).to_string())
        .collect::<Vec<_>>()
        .join(",");
    let table_of_counts =
        format!("Email No.,{words},Prediction\nEmail 1,{counts},0\nEmail 2,{counts},1\n");
    let features = format!("{counts},0.5,1\n{counts},0.1,0\n{counts},0.2,1\n");
    let cases = [
        (
            table_of_counts.as_str(),
            "columns of numbers and none of text",
        ),
        (features.as_str(), "columns of numbers and none of text"),
        (
            "file,message\na/1,\"Message-ID: <1>\n\nhello\"\nb/2,\"Message-ID: <2>\n\nhi\"\n",
            "there is no label column among",
        ),
        (
            "label,text\ninbox,a\nsent,b\n",
            "which mean neither spam nor ham",
        ),
        ("just one line of text\n", "there is no header line"),
    ];
    for (file, reason) in cases {
        let error = read(file.as_bytes(), &Options::default())
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains(reason), "{error}");
    }
    let both = Options {
        labels: Labels::BothClasses,
        ..Options::default()
    };
    for (file, reason) in [
        ("label,text\nspam,a\nspam,b\n", "all 2 usable rows are spam"),
        ("label,text\n,a\n,b\n", "none of 2 emails has a label"),
    ] {
        let error = read(file.as_bytes(), &both).err().unwrap().to_string();
        assert!(error.ends_with(reason), "{error}");
        assert!(read(file.as_bytes(), &Options::default()).is_ok());
    }
}

#[test]
fn the_plan_says_what_was_taken_for_what() {
    let (_, source) = read(
        b",label,text,label_num\n1,ham,a b,0\n2,spam,c d,1\n",
        &Options::default(),
    )
    .unwrap();
    assert_eq!(
        source.plan(),
        [
            "text from `text`, label from `label`, checked against `label_num` (UTF-8, \
             comma-separated)"
        ]
    );
    let (_, source) = read(b"text;spam\na b;0\nc d;1\n", &Options::default()).unwrap();
    assert_eq!(
        source.plan(),
        [
            "text from `text`, label from `spam`; 1 means spam, 0 ham (UTF-8, \
          semicolon-separated)"
        ]
    );
}

#[test]
fn two_label_columns_that_contradict_each_other_are_named() {
    let file = b"label,text,label_num\nham,a,0\nspam,b,0\nspam,c,1\n";
    let (emails, source) = read(
        file,
        &Options {
            bad_rows: BadRows::Skip,
            ..Options::default()
        },
    )
    .unwrap();
    assert_eq!(emails.len(), 2);
    let row = &source.account().details()[0];
    assert_eq!(
        (row.line, row.reason.to_string().as_str()),
        (3, "the two label columns disagree")
    );
}

/// The quote on line 4 would swallow everything up to line 104. Each of those rows is read, and a
/// note says how.
#[test]
fn a_stray_quote_swallows_nothing() {
    let row = |row: usize| format!("{},row {row}\n", ["ham", "spam"][row % 2]);
    let file = format!(
        "label,text\nspam,a\nham,b\nspam,\"c is stray\n{}",
        (0..100).map(row).collect::<String>()
    );
    for end in ["", "ham,\"a quoted one\"\nspam,last\n"] {
        let (emails, source) =
            read(format!("{file}{end}").as_bytes(), &Options::default()).unwrap();
        assert_eq!(emails.len(), if end.is_empty() { 103 } else { 105 });
        assert_eq!(
            show_all(&emails)[2..4],
            ["spam //\"c is stray", "ham //row 0"]
        );
        assert_eq!((emails[103 - 1].line, emails[2].line), (104, 4));
        assert!(
            source.notes()[0].ends_with("1 stray quote was read as an ordinary character"),
            "{:?}",
            source.notes()
        );
    }
    // A quoted message stays one message, even if some of its lines look like rows.
    let list = "label,text\nspam,a\nham,b\nspam,\"We offer:\nham, the best\nspam, the worst\n1, \
                000 cards\nno, thanks\"\nham,c\n";
    let (emails, source) = read(list.as_bytes(), &Options::default()).unwrap();
    assert_eq!((emails.len(), source.notes().len()), (4, 0));
    let long = format!(
        "label,text\nspam,\"{}\"\nham,b\n",
        "a line of the mail, with commas\n".repeat(50)
    );
    assert_eq!(
        read(long.as_bytes(), &Options::default()).unwrap().0.len(),
        2
    );
}

#[test]
fn rejected_rows_are_written_where_they_are_wanted_and_can_be_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects.csv");
    let options = Options {
        rejects: Some(path.clone()),
        bad_rows: BadRows::Skip,
        ..Options::default()
    };
    read(b"label,text\nspam,a\nmaybe,\"b, c\"\nham,d\n", &options).unwrap();
    let written = fs::read_to_string(&path).unwrap();
    let mut rows = written.lines();
    assert_eq!(rows.next(), Some("file,line,reason,row"));
    let row = rows.next().unwrap();
    assert!(
        row.ends_with(",3,unknown label `maybe`,\"maybe,b, c\""),
        "{row}"
    );
    let options = Options {
        bad_rows: BadRows::Fail,
        ..Options::default()
    };
    let error = read(b"label,text\nspam,a\nmaybe,b\nham,d\n", &options)
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.ends_with("mail.csv, line 3: unknown label `maybe`"),
        "{error}"
    );
}

const PIECES: &[&str] = &[
    "label",
    "text",
    "spam",
    "ham",
    "1",
    "0",
    ",",
    ",",
    ";",
    "\t",
    "|",
    "\n",
    "\n",
    "\r\n",
    "\"",
    "\"\"",
    "a word",
    "subject",
    "é",
    "\0",
    "\u{feff}",
    "{\"text\":",
    "}",
    "From a@b.c Thu Aug 22 12:36:23 2002\n",
    "Subject: x\n\n",
    " ",
];

/// Every row is kept or rejected, which the account tells, or the file is refused in a sentence.
fn check_any(bytes: &[u8]) {
    let options = Options {
        bad_rows: BadRows::Skip,
        ..Options::default()
    };
    if let Err(error) = read(bytes, &options) {
        assert!(error.to_string().len() > 10, "{error}");
    }
}

proptest! {
    #[test]
    fn any_pieces_of_a_table_are_read_or_refused(pieces in vec(select(PIECES), 0..80)) {
        check_any(format!("label,text\n{}", pieces.concat()).as_bytes());
        check_any(pieces.concat().as_bytes());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..600)) {
        check_any(&bytes);
    }
}
