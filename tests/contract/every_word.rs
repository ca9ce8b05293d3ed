//! Every word that was put into generated tables, JSON and messages is among their tokens: under a
//! mark where it is hidden or attached, and nowhere if it is no text. Rows kept and rejected are as
//! many as were generated.

use crate::nothing_lost::Dice;
use crate::reading::read_named;
use serde_json::{Value, json};
use spamlab::base::mail::{Email, Label};
use spamlab::input::{BadRows, Labels, Options};
use spamlab::tokenize::{Recipe, Stem, Tokenizer};

/// A row with a text of its own, and whether it can be used.
struct Row {
    label: &'static str,
    text: String,
    usable: bool,
}

/// A word of letters that no other message has.
fn word(place: &str, number: usize) -> String {
    let digits = number.to_string();
    let letters = digits.bytes().map(|digit| char::from(digit - b'0' + b'b'));
    format!("{place}{}zo", letters.collect::<String>())
}

/// Rows of messages or of texts, some without a known label or without text.
fn rows(dice: &mut Dice, whole: bool) -> Vec<Row> {
    let row = |number: usize| {
        let text = if whole {
            message(dice, number)
        } else {
            text(dice, &word("shown", number))
        };
        let (label, text, usable) = match dice.roll(9) {
            0 if number > 3 => ("maybe", text, false),
            1 if number > 3 => ("ham", String::new(), false),
            _ => (["ham", "spam"][number % 2], text, true),
        };
        Row {
            label,
            text,
            usable,
        }
    };
    (0..10).map(row).collect()
}

/// A text with its word among what tables and JSON must quote.
fn text(dice: &mut Dice, word: &str) -> String {
    let piece = |dice: &mut Dice| {
        dice.pick(&[
            "one, two; three",
            "said \"yes\"",
            "tab\tand",
            "next\nline",
            "C:\\",
            "| pipe",
            "caf\u{e9}",
            "{\"a\": [1]}",
            "'quoted'",
            "end.",
        ])
    };
    format!("{} {word} {}", piece(dice), piece(dice))
}

/// Noise that is no text, in base64.
const NOISE: &str = "T2JqZWN0IHN0cmVhbSBvZiBhIHBpY3R1cmUgdGhhdCBpcyBubyB0ZXh0IGF0IGFsbAo";

/// A message with a word in each kind of part that a reader sees, and in parts that he does not.
fn message(dice: &mut Dice, number: usize) -> String {
    let [shown, page, hidden, file] = PLACES.map(|(place, _)| word(place, number));
    let plain = match dice.roll(3) {
        0 => format!("Content-Type: text/plain\n\nhello {shown} there\n"),
        // The soft line end is RFC 2045's.
        1 => format!(
            "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n\
             hello {}=\n{}=20there\n",
            &shown[..4],
            &shown[4..]
        ),
        _ => format!("Content-Type: text/plain; charset=utf-8\n\n{shown}\n\nFrom here on\n"),
    };
    let html = format!(
        "Content-Type: text/html\n\n<html><body><p>and {page}</p>\
         <div style=\"display:none\">{hidden}</div></body></html>\n"
    );
    let picture = format!(
        "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n{}\n",
        format!("{NOISE}\n").repeat(1 + dice.roll(4))
    );
    let file = format!("Content-Type: text/plain\nContent-Disposition: attachment\n\n{file}\n");
    let mut parts = [plain, html, picture, file];
    for at in 0..parts.len() {
        parts.swap(at, dice.roll(at + 1));
    }
    let parts = parts.map(|part| format!("--edge\n{part}")).concat();
    format!(
        "From: a@b.example\nSubject: note\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=edge\n\n{parts}--edge--\n"
    )
}

/// The places of words in a message, and the marks of the tokens there.
const PLACES: [(&str, &str); 4] = [
    ("shown", ""),
    ("page", ""),
    ("secret", "hidden:"),
    ("file", "attached:"),
];

fn tokens(email: &Email) -> Vec<String> {
    let mut tokenizer = Tokenizer::new(&Recipe {
        stem: Stem::No,
        ..Recipe::default()
    });
    let (mut text, mut tokens) = (Vec::new(), Vec::new());
    tokenizer.read(&email.content, &mut text, &mut tokens);
    let token = |&id| tokenizer.lexicon().token(id).to_owned();
    tokens.iter().map(token).collect()
}

fn check(name: &str, bytes: &[u8], rows: &[Row], whole: bool, what: &str) {
    let options = Options {
        bad_rows: BadRows::Skip,
        labels: Labels::Optional,
        ..Options::default()
    };
    let (emails, source) = read_named(name, bytes, &options).unwrap_or_else(|error| {
        panic!("{what}: {error}\n{}", String::from_utf8_lossy(bytes));
    });
    let what = format!(
        "{what}: {:?}\n{}",
        source.plan(),
        String::from_utf8_lossy(bytes)
    );
    let usable: Vec<(usize, &Row)> = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.usable)
        .collect();
    assert_eq!(emails.len(), usable.len(), "{what}");
    let rejected = rows.len() - usable.len();
    assert_eq!(source.account().rejected(), rejected as u64, "{what}");
    for (email, (number, row)) in emails.iter().zip(usable) {
        assert_eq!(email.label.map(Label::name), Some(row.label), "{what}");
        let tokens = tokens(email);
        for (place, mark) in if whole { &PLACES[..] } else { &PLACES[..1] } {
            let expected = format!("{mark}{}", word(place, number));
            assert!(
                tokens.contains(&expected),
                "no {expected} in {tokens:?}; {what}"
            );
        }
        let noise = NOISE.to_lowercase();
        let is_noise = |token: &&String| token.len() > 5 && noise.contains(token.as_str());
        assert_eq!(tokens.iter().find(is_noise), None, "{what}");
    }
}

/// A field as RFC 4180 quotes it.
fn quoted(field: &str, delimiter: char, always: bool) -> String {
    let needs = field.contains([delimiter, '"', '\n', '\r', ';', '\t', '|', ',']);
    if always || needs {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[test]
fn every_word_of_a_table_is_read_in_any_dialect_and_encoding() {
    for seed in 0..200 {
        let mut dice = Dice(seed);
        let whole = dice.roll(3) == 0;
        let rows = rows(&mut dice, whole);
        let delimiter = dice.pick(&[',', ';', '\t', '|']);
        let end = dice.pick(&["\n", "\r\n", "\r"]);
        let always = dice.roll(2) == 0;
        let header = dice.pick(&[["label", "text"], ["Category", "Message"], ["v1", "v2"]]);
        let mut table = match dice.roll(4) {
            0 => format!("sep={delimiter}{end}"),
            _ => String::new(),
        };
        let fields = rows.iter().map(|row| [row.label, row.text.as_str()]);
        for fields in [header].into_iter().chain(fields) {
            let fields = fields.map(|field| quoted(field, delimiter, always));
            table += &(fields.join(&delimiter.to_string()) + end);
        }
        let (encoding, bytes) = encoded(&mut dice, &table);
        let what = format!("seed {seed}, {delimiter:?}, {end:?}, {encoding}");
        check("mail.csv", &bytes, &rows, whole, &what);
    }
}

fn encoded(dice: &mut Dice, table: &str) -> (&'static str, Vec<u8>) {
    match dice.roll(4) {
        0 => {
            let wide = table.encode_utf16().flat_map(u16::to_le_bytes);
            ("UTF-16", [0xFF, 0xFE].into_iter().chain(wide).collect())
        }
        // Every character in the texts is one byte of Latin-1.
        1 => ("Latin-1", table.chars().map(|c| c as u8).collect()),
        2 => ("UTF-8 with a mark", format!("\u{feff}{table}").into()),
        _ => ("UTF-8", table.into()),
    }
}

#[test]
fn every_word_of_json_is_read_in_any_arrangement() {
    for seed in 0..200 {
        let mut dice = Dice(seed);
        let whole = dice.roll(3) == 0;
        let rows = rows(&mut dice, whole);
        let object = |row: &Row| json!({"id": 7, "label": row.label, "text": row.text});
        let objects: Vec<Value> = rows.iter().map(object).collect();
        let fields = rows.iter().map(|row| json!([row.label, row.text]));
        let lines = |of: &[Value]| {
            let lines: Vec<String> = of.iter().map(Value::to_string).collect();
            lines.join("\n")
        };
        let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
        let (first, second) = objects.split_at(1 + dice.roll(rows.len() - 1));
        let split =
            || json!({"columns": ["label", "text"], "data": fields.clone().collect::<Value>()});
        let text = match dice.roll(9) {
            0 => lines(&objects),
            1 => json!(objects).to_string(),
            2 => pretty(&json!(objects)),
            3 => objects.iter().map(pretty).collect(),
            4 => format!("{}\n{}", json!(first), pretty(&json!(second))),
            5 => format!("{}\n{}", json!(first), lines(second)),
            6 => split().to_string(),
            7 => fields.clone().collect::<Value>().to_string(),
            _ => pretty(&json!({"version": 1, "data": {"rows": objects}})),
        };
        let (encoding, bytes) = match dice.roll(2) {
            0 => ("UTF-8", text.into_bytes()),
            _ => encoded(&mut dice, &text),
        };
        check(
            "mail.json",
            &bytes,
            &rows,
            whole,
            &format!("seed {seed}, {encoding}"),
        );
    }
}
