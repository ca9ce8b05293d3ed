//! Tables that programs write in their own ways. The mail was written for these tests; whose
//! reading of the same bytes is the right one stands beside each.

use crate::reading::{read, read_named, show_all, with_file};
use spamlab::base::mail::Content;
use spamlab::input;
use spamlab::input::{BadRows, Labels, Options};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

/// The messages of a table, and its plan.
fn told(bytes: &[u8]) -> (Vec<String>, String) {
    told_named("mail.csv", bytes)
}

fn told_named(name: &str, bytes: &[u8]) -> (Vec<String>, String) {
    let shown = String::from_utf8_lossy(bytes);
    let read = read_named(name, bytes, &Options::default());
    let (emails, source) = read.unwrap_or_else(|error| panic!("{shown}: {error}"));
    (show_all(&emails), source.plan()[0].clone())
}

const TWO: [&str; 2] = ["ham //see you at noon", "spam //claim your prize"];

/// The name of a label column, its values for ham and spam, and what the plan says of them.
const NAMED: [(&str, &str, &str, &str); 11] = [
    (
        "is_ham",
        "1",
        "0",
        "; 0 means spam, 1 ham, as the name of the column says",
    ),
    (
        "Safe",
        "yes",
        "no",
        "; no means spam, yes ham, as the name of the column says",
    ),
    (
        "notSpam",
        "TRUE",
        "FALSE",
        "; false means spam, true ham, as",
    ),
    (
        "ham",
        "T",
        "F",
        "; f means spam, t ham, as the name of the column says",
    ),
    (
        "genuine",
        "1.0",
        "0.0",
        "; 0.0 means spam, 1.0 ham, as the name of the column says",
    ),
    ("spam", "no", "yes", "; yes means spam, no ham (UTF-8"),
    ("unwanted", "0", "1", "; 1 means spam, 0 ham (UTF-8"),
    ("spam_or_ham", "0", "1", "; 1 means spam, 0 ham (UTF-8"),
    (
        "label",
        "False",
        "True",
        "; true means spam, false ham (UTF-8",
    ),
    // Words mean what they say in any column.
    ("is_ham", "ham", "spam", "label from `is_ham` (UTF-8"),
    (
        "safe",
        "legit",
        "junk",
        "; junk means spam, legit ham (UTF-8",
    ),
];

/// By the meaning of the English names.
#[test]
fn the_name_of_a_label_column_decides_what_its_values_mean() {
    for (name, ham, spam, plan) in NAMED {
        for text_first in [true, false] {
            let row = |label: &str, text: &str| {
                let [a, b] = if text_first {
                    [text, label]
                } else {
                    [label, text]
                };
                format!("{a},{b}\n")
            };
            let file =
                row(name, "text") + &row(ham, "see you at noon") + &row(spam, "claim your prize");
            let (emails, told) = self::told(file.as_bytes());
            assert_eq!(emails, TWO, "{file}");
            assert!(told.contains(plan), "{told}");
        }
    }
}

#[test]
fn a_second_label_column_is_read_by_its_own_name() {
    let (emails, plan) =
        told(b"label,text,is_ham\nham,see you at noon,1\nspam,claim your prize,0\n");
    assert_eq!(emails, TWO);
    assert!(plan.contains("checked against `is_ham`"), "{plan}");
    let named = Options {
        spam_label: Some("0".into()),
        ..Options::default()
    };
    let (emails, _) = read(b"ham,text\n1,see you at noon\n0,claim your prize\n", &named).unwrap();
    assert_eq!(show_all(&emails), TWO);
}

/// The syntax of a message is that of RFC 5322.
#[test]
fn a_column_of_whole_messages_is_told_by_its_content() {
    let message = "From: ann@example.org\nContent-Transfer-Encoding: base64\n\nb3JjaGlk\n";
    for name in ["text", "content", "email", "mail body", "Nachricht"] {
        let file = format!("{name},target\n\"{message}\",0\n\"X-Note: 1\n{message}\",1\n");
        let (emails, plan) = told(file.as_bytes());
        assert_eq!(emails[0], format!("ham <{message}>"), "{name}");
        let expected =
            format!("whole messages from `{name}`, whose values begin with header fields");
        assert!(plan.starts_with(&expected), "{plan}");
    }
    let texts = format!("text,target\nSubject: minutes,0\nlunch at noon,1\n\"{message}\",0\n");
    assert_eq!(told(texts.as_bytes()).0[1], "spam //lunch at noon");
}

/// What pandas reads with the encoding named.
#[test]
fn the_encoding_of_a_table_is_that_of_its_header_and_labels_too() {
    let file = "метка;текст\nспам;только сегодня выигрыш\nнорма;обычное письмо о саде\n";
    let options = Options {
        label_column: Some("метка".into()),
        text_column: Some("текст".into()),
        spam_label: Some("Спам".into()),
        ..Options::default()
    };
    for encoding in [encoding_rs::WINDOWS_1251, encoding_rs::KOI8_R] {
        let (bytes, _, _) = encoding.encode(file);
        let (emails, source) = read(&bytes, &options).unwrap();
        let expected = [
            "spam //только сегодня выигрыш",
            "ham //обычное письмо о саде",
        ];
        assert_eq!(show_all(&emails), expected);
        assert!(source.plan()[0].contains("text from `текст`, label from `метка`; `Спам` means"));
    }
}

/// What pandas reads with `escapechar="\\"`.
#[test]
fn quotes_escaped_by_backslashes_are_read() {
    let row = |at: usize| {
        let (label, text) = [("spam", r#"2\" pipe, \\ cheap"#), ("ham", r#"say \"yes\""#)][at % 2];
        [
            format!("{label},\"{text}\"\n"),
            format!("\"{text}\",{label}\n"),
        ]
    };
    for order in 0..2 {
        let header = ["label,text\n", "text,label\n"][order].to_owned();
        let file = header + &(0..6).map(|at| row(at)[order].clone()).collect::<String>();
        let (emails, plan) = told(file.as_bytes());
        assert_eq!(emails.len(), 6);
        assert_eq!(emails[0], r#"spam //2" pipe, \ cheap"#);
        assert_eq!(emails[1], r#"ham //say "yes""#);
        assert!(plan.contains("backslashes escape"), "{plan}");
    }
    // A backslash before a doubled quote is one, as RFC 4180 has it.
    let (emails, _) = told(b"label,text\nham,\"in C:\\\"\nspam,\"the \\\"\"x\\\"\" \"\nham,b\n");
    assert_eq!(
        emails,
        ["ham //in C:\\", "spam //the \\\"x\\\" ", "ham //b"]
    );
}

/// What pandas reads; it ends lines at any carriage return.
#[test]
fn carriage_returns_end_lines_in_a_file_that_uses_them() {
    let row = |at: usize| format!("{},\"words {at}\"", ["ham", "spam"][at % 2]);
    let expected: Vec<String> = (0..20)
        .map(|at| format!("{} //words {at}", ["ham", "spam"][at % 2]))
        .collect();
    let ends: [fn(usize) -> &'static str; 5] = [
        |_| "\r",
        |at| if at < 10 { "\r" } else { "\n" },
        |at| if at < 10 { "\n" } else { "\r" },
        |at| if at < 10 { "\r" } else { "\r\n" },
        |_| "\r\r\n",
    ];
    for end in ends {
        let rows: String = (0..20).map(|at| row(at) + end(at)).collect();
        let file = format!("label,text{}{rows}", end(0));
        assert_eq!(told(file.as_bytes()).0, expected, "{file:?}");
    }
    // In a file of line feeds, an odd one in a text nobody quoted makes no row, but it is told.
    let rows: String = (0..20).map(|at| row(at) + "\n").collect();
    let file = format!("label,text\nham,hello\rspam,pills\n{rows}");
    let (emails, source) = read(file.as_bytes(), &Options::default()).unwrap();
    assert_eq!(emails.len(), 21);
    assert!(source.notes()[0].ends_with("carriage returns that end no line were read as text: 1"));
}

/// What pandas writes by `to_json` and reads by `read_json`; what Python's `json` writes.
#[test]
fn json_is_read_in_every_arrangement() {
    let (ham, spam) = (
        r#"{"label": "ham", "text": "see you at noon"}"#,
        r#"{"label": "spam", "text": "claim your prize"}"#,
    );
    for (file, arranged) in [
        (format!("{ham}\n{spam}\n"), "one object per line"),
        (format!("\u{feff}[{ham},\n {spam}]\n"), "an array of rows"),
        (format!("[{ham}, {spam}]"), "an array of rows"),
        (
            format!("{ham}{spam}").replace(", ", ",\n  "),
            "one value after the other",
        ),
        (
            format!("{{\"version\": 2, \"emails\": [{ham}, {spam}]}}"),
            "a whole table",
        ),
        (
            r#"{"label": {"0": "ham", "1": "spam"},
                "text": {"0": "see you at noon", "1": "claim your prize"}}"#
                .to_owned(),
            "a whole table",
        ),
        (
            r#"[["label", "text"], ["ham", "see you at noon"], ["spam", "claim your prize"]]"#
                .to_owned(),
            "an array of rows",
        ),
        (
            "[\"ham\", \"see you at noon\"]\n[\"spam\", \"claim your prize\"]\n".to_owned(),
            "one value after the other",
        ),
        (
            format!(
                "{}\n{spam}\n",
                ham.replace("\"ham\"", "\"ham\", \"score\": NaN")
            ),
            "one object per line",
        ),
    ] {
        for name in ["mail.json", "mail"] {
            let (emails, plan) = told_named(name, file.as_bytes());
            assert_eq!(emails, TWO, "{file}");
            assert!(plan.ends_with(&format!("(JSON, {arranged})")), "{plan}");
        }
    }
}

/// By RFC 8259, 8.2, what half a surrogate pair is, is left to the program; a string that never
/// ends is none.
#[test]
fn json_that_is_half_written_is_read_or_refused() {
    let ham = r#"{"label": "ham", "text": "see you at \ud83d"}"#;
    let spam = r#"{"label": "spam", "text": "claim your prize"}"#;
    let (emails, _) = told_named("a.jsonl", format!("{ham}\n{spam}").as_bytes());
    assert_eq!(emails[0], "ham //see you at \u{fffd}");
}

#[test]
fn json_that_is_cut_off_is_refused() {
    for open in [
        r#"[{"label": "ham", "text": "at noon"}, {"text": "x"#,
        r#"{"label": {"0": "ham""#,
    ] {
        let read = read_named("a.json", open.as_bytes(), &Options::default());
        let error = read.err().unwrap().to_string();
        assert!(error.contains("cannot be read to its end"), "{error}");
    }
}

#[test]
fn a_line_of_json_beyond_the_limit_is_one_row() {
    let huge = format!(
        "{{\"label\": \"ham\", \"text\": \"{}\"}}",
        "x".repeat(40 << 20)
    );
    let spam = r#"{"label": "spam", "text": "prize"}"#;
    let ham = r#"{"label": "ham", "text": "noon"}"#;
    let file = format!("{spam}\n{huge}\n{ham}\n");
    let options = Options {
        bad_rows: BadRows::Skip,
        ..Options::default()
    };
    let (emails, source) = read_named("a.jsonl", file.as_bytes(), &options).unwrap();
    assert_eq!((emails.len(), source.account().rejected()), (2, 1));
}

/// By hand: `cat a.csv b.csv` puts one header in the middle, which is no message, and the name of
/// the label column means what it meant.
#[test]
fn tables_put_one_after_the_other_keep_their_header_and_what_it_says() {
    for (name, ham, spam) in [
        ("is_ham", "1", "0"),
        ("is_spam", "0", "1"),
        ("label", "ham", "spam"),
    ] {
        let rows = format!("{ham},see you at noon\n{spam},claim your prize\n").repeat(30);
        let table = format!("{name},text\n{rows}");
        let (emails, source) =
            read((table.clone() + &table).as_bytes(), &Options::default()).unwrap();
        let account = source.account();
        assert_eq!((emails.len(), account.rejected()), (120, 1), "{name}");
        assert_eq!(account.details()[0].reason.to_string(), "the header again");
        assert_eq!(account.details()[0].line, 62);
        assert_eq!(show_all(&emails)[..2], TWO, "{name}");
    }
}

/// The kaggle copy of the SMS collection as pandas saves it again: `Unnamed: 2` went on the text.
#[test]
fn text_goes_on_in_columns_that_got_a_name_for_want_of_one() {
    for names in [
        "Unnamed: 2,Unnamed: 3",
        ",",
        "...3,...4",
        "X,X.1",
        "_c2,_c3",
    ] {
        let file = format!("v1,v2,{names}\nham,see you, at noon,\nspam,claim, your, prize\n");
        let (emails, plan) = told(file.as_bytes());
        assert_eq!(
            emails,
            ["ham //see you, at noon", "spam //claim, your, prize"],
            "{names}"
        );
        assert!(plan.contains("and the unnamed columns after it"), "{plan}");
    }
    let (emails, _) =
        told(b"Unnamed: 0,v1,v2,Unnamed: 3,label_num\n0,ham,see you, at noon,0\n1,spam,claim,,1\n");
    assert_eq!(emails, ["ham //see you, at noon", "spam //claim"]);
}

/// As Excel reads such a file.
#[test]
fn a_first_line_names_the_delimiter() {
    for (line, delimiter) in [
        ("sep=;\n", ';'),
        ("SEP=,\r\n", ','),
        ("\"sep=|\"\n", '|'),
        ("sep=\t\n", '\t'),
        ("sep=^\n", '^'),
        ("\u{feff}sep=;\r", ';'),
    ] {
        let file = format!("{line}label,text\nham,see you at noon\nspam,claim your prize\n");
        let file = file.replace(',', &delimiter.to_string());
        let (emails, _) = told(file.as_bytes());
        assert_eq!(emails, TWO, "{file:?}");
    }
    let skip = Options {
        bad_rows: BadRows::Skip,
        ..Options::default()
    };
    let (_, source) = read(b"sep=;\nlabel;text\nham;a\nmaybe;b\n", &skip).unwrap();
    assert_eq!(source.account().details()[0].line, 4);
}

/// By RFC 4180, and by Python's `csv`, which finds as many.
#[test]
fn a_record_whose_quotes_are_in_order_is_one_message() {
    let row = |at: usize| format!("{},row {at}\n", ["ham", "spam"][at % 2]);
    let rows = |from: usize| (from..from + 10).map(row).collect::<Vec<_>>().concat();
    for lines in [
        "ham,cheap pills\n".repeat(50),
        "ham,\"\"cheap\"\" pills\n".repeat(50),
        "spam\tcheap pills\n".repeat(50),
        "ham,cheap pills\r".repeat(50),
    ] {
        let file = format!(
            "label,text\n{}spam,\"Dear friend,\n{lines}\"\n{}",
            rows(0),
            rows(10)
        );
        let (emails, source) = read(file.as_bytes(), &Options::default()).unwrap();
        assert_eq!((emails.len(), source.notes().len()), (21, 0), "{lines}");
        let file = file.replace("label,text\n", "");
        assert_eq!(
            read(file.as_bytes(), &Options::default()).unwrap().0.len(),
            21
        );
        let tabs = format!("label\ttext\nspam\t\"hi\n{lines}\"\nham\tnoon\n");
        assert_eq!(
            read(tabs.as_bytes(), &Options::default()).unwrap().0.len(),
            2
        );
    }
}

/// A message above the limit is in order too, however far its closing quote is.
#[test]
fn rows_in_a_text_beyond_the_limit_are_no_messages() {
    let text = "ham,cheap pills\n".repeat((36 << 20) / 16);
    let options = Options {
        bad_rows: BadRows::Skip,
        ..Options::default()
    };
    let file = format!("label,text\nham,a\nspam,\"{text}\"\nham,b\n");
    let (emails, source) = read(file.as_bytes(), &options).unwrap();
    assert_eq!((emails.len(), source.account().rejected()), (2, 1));
    let stray = format!("label,text\nham,a\nspam,\"stray\n{text}ham,\"b\"\n");
    let (emails, source) = read(stray.as_bytes(), &options).unwrap();
    assert_eq!(
        (emails.len(), source.account().rejected()),
        (3 + (36 << 20) / 16, 0)
    );
}

#[test]
fn a_stray_quote_swallows_nothing_in_a_table_without_labels() {
    let row = |at: usize| format!("{at},words of row {at}\n");
    let rows = (0..500).map(row).collect::<Vec<_>>().concat();
    let file = format!("id,text\n{rows}500,\"hello\n{rows}501,\"hello again\n{rows}");
    let options = Options {
        labels: Labels::Optional,
        ..Options::default()
    };
    let (emails, source) = read(file.as_bytes(), &options).unwrap();
    assert_eq!(emails.len(), 1502);
    assert!(source.notes()[0].ends_with("2 stray quotes were read as ordinary characters"));
    assert_eq!(show_all(&emails)[500], "- //\"hello");
}

/// The most bytes that are held at once while a file is read.
fn held(name: &str, bytes: &[u8]) -> u64 {
    let options = Options {
        bad_rows: BadRows::Skip,
        ..Options::default()
    };
    with_file(name, bytes, |path| {
        let read = || input::open(path, &options).map(|source| source.flatten().count());
        allocation_counter::measure(|| drop(read())).bytes_max
    })
}

/// One member of a zip file is open at a time: ten times as many take their names more, not their
/// buffers.
#[test]
fn a_zip_file_of_many_messages_takes_no_more_memory_than_one_of_few() {
    let packed = |messages: usize| {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for at in 0..messages {
            let folder = ["ham", "spam"][at % 2];
            writer
                .start_file(format!("{folder}/{at}.eml"), SimpleFileOptions::default())
                .unwrap();
            write!(writer, "Subject: message {at}\n\nsee you at noon\n").unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let [few, many] = [80, 800].map(|messages| held("mail.zip", &packed(messages)));
    assert!(many < 3 * few, "{few} and {many} bytes");
}

/// Of a row that is too large, a beginning is written out.
#[test]
fn what_is_written_of_a_rejected_row_is_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let rejects = folder.path().join("rejects.csv");
    let options = Options {
        bad_rows: BadRows::Skip,
        rejects: Some(rejects.clone()),
        ..Options::default()
    };
    let rows = |open: &str, close: &str, huge: &str| {
        let row = |label: &str, text: &str| format!("{open}{label}{close}{text}");
        [row("ham", "noon"), row("ham", huge), row("spam", "prize")]
    };
    let huge = "x".repeat(40 << 20);
    let csv = format!("label,text\n{}\n", rows("", ",", &huge).join("\n"));
    let json = rows("{\"label\": \"", "\", \"text\": \"", &huge).join("\"}\n") + "\"}\n";
    for (name, file) in [("a.csv", csv), ("a.jsonl", json)] {
        with_file(name, file.as_bytes(), |path| {
            let source = input::open(path, &options).unwrap();
            assert_eq!(
                source.flatten().map(|batch| batch.len()).sum::<usize>(),
                2,
                "{name}"
            );
        });
        let written = std::fs::metadata(&rejects).unwrap().len();
        assert!((1..100 << 10).contains(&written), "{name}: {written} bytes");
    }
}

/// A byte of a table may take a few bytes of memory, not the size of a field or of a value. What
/// does not depend on the table is in `FIXED`: buffers and the sample.
#[test]
fn a_record_without_end_takes_no_more_memory_than_a_few_times_its_bytes() {
    const FIXED: u64 = 4 << 20;
    let many = |of: &str| of.repeat((1 << 20) / of.len());
    // A whole table may hold more values than a row.
    let more = |of: &str| many(of).repeat(4);
    let (csv, json) = (
        "label,text\nham,a\nspam,",
        "{\"label\":\"ham\",\"text\":\"a\"}\n",
    );
    let object = "{\"label\":\"ham\",\"text\":\"a\",\"x\":[";
    let document = "{\"label\":[\"ham\",\"spam\"],\"text\":[\"a\",\"b\"],\"x\":[";
    for (name, file) in [
        ("commas.csv", format!("{csv}{}b\n", many(","))),
        ("columns.csv", format!("label,text{}\nham,a\n", many(","))),
        (
            "blank.csv",
            format!("label,text\n{}ham,a\nspam,b\n", many("\n")),
        ),
        ("quotes.csv", format!("{csv}\"{}\"\n", many("\"\""))),
        ("open.csv", format!("{csv}\"{}", many("a,b\n"))),
        (
            "tabs.tsv",
            format!("label\ttext\nham\ta\nspam\t{}b\n", many("\t")),
        ),
        (
            "lists.jsonl",
            format!("{json}{object}{}0]}}\n", many("[],")),
        ),
        (
            "objects.jsonl",
            format!("{json}{object}{}0]}}\n", many("{\"\":0},")),
        ),
        ("lists.json", format!("{document}{}0]}}", more("0,"))),
        (
            "objects.json",
            format!("{document}{}0]}}", more("{\"\":0},")),
        ),
        ("blank.jsonl", format!("{json}{}{json}", many("\n"))),
    ] {
        let (held, most) = (held(name, file.as_bytes()), FIXED + 12 * file.len() as u64);
        assert!(held < most, "{name}: {held} bytes for {}", file.len());
    }
}

#[test]
fn a_row_of_too_many_values_is_counted_and_a_table_of_too_many_is_refused() {
    let row = |values: usize| {
        let values = "0,".repeat(values);
        format!("{{\"label\": \"ham\", \"text\": \"noon\", \"x\": [{values}0]}}\n")
    };
    let spam = "{\"label\": \"spam\", \"text\": \"prize\"}\n";
    let options = Options {
        bad_rows: BadRows::Skip,
        ..Options::default()
    };
    let file = spam.to_owned() + spam + &row(200_000) + &row(300_000);
    let (emails, source) = read_named("a.jsonl", file.as_bytes(), &options).unwrap();
    assert_eq!((emails.len(), source.account().rejected()), (3, 1));
    let told = source.account().details()[0].reason.to_string();
    assert_eq!(told, "too many JSON values");
    let file = format!(
        "{{\"label\": [\"ham\"], \"text\": [{}0]}}",
        "0,".repeat(3 << 20)
    );
    let read = read_named("a.json", file.as_bytes(), &options);
    let error = read.err().unwrap();
    assert!(error.to_string().contains("holds more than"), "{error}");
}

#[test]
fn delimiters_without_end_are_text() {
    let file = format!("label,text\nham,a\nspam,{}b\n", ",".repeat(2_000_000));
    let (emails, _) = read(file.as_bytes(), &Options::default()).unwrap();
    let Content::Fields { body, .. } = &emails[1].content else {
        panic!("{emails:?}");
    };
    assert!(body.ends_with(",b"), "{}", body.len());
    let blank = format!("label,text\n{}ham,a\nspam,b\n", "\n".repeat(1_000_000));
    assert_eq!(
        read(blank.as_bytes(), &Options::default()).unwrap().0[1].line,
        1_000_003
    );
}

/// The names of the parts are those of ECMA-376, of OpenDocument 1.3 and of iWork.
#[test]
fn documents_of_office_programs_are_refused_by_name() {
    for (parts, what) in [
        (
            &[
                "[Content_Types].xml",
                "xl/workbook.xml",
                "xl/sharedStrings.xml",
            ][..],
            "an Excel workbook",
        ),
        (
            &["[Content_Types].xml", "xl/workbook.bin"],
            "an Excel workbook",
        ),
        (
            &["mimetype", "content.xml", "META-INF/manifest.xml"],
            "OpenOffice or LibreOffice",
        ),
        (
            &["Index/Document.iwa", "Metadata/Properties.plist"],
            "a Numbers spreadsheet",
        ),
        (
            &["[Content_Types].xml", "word/document.xml"],
            "a Word document",
        ),
    ] {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for part in parts {
            zip.start_file(*part, SimpleFileOptions::default()).unwrap();
            zip.write_all(b"label,text\nham,see you at noon\n").unwrap();
        }
        let bytes = zip.finish().unwrap().into_inner();
        for name in ["mail.xlsx", "mail.zip"] {
            let error = read_named(name, &bytes, &Options::default()).err().unwrap();
            assert!(error.to_string().contains(what), "{error}");
        }
    }
    let old = [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], &[0; 600]].concat();
    let error = read_named("mail.xls", &old, &Options::default())
        .err()
        .unwrap();
    assert!(error.to_string().contains("an Excel workbook"), "{error}");
}
