//! The table in `docs/tokenizer.md` has a row for each kind of token, with its description, and
//! names tokens that the golden mail really gives.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on ends by panicking"
)]

use spamlab::base::mail::Content;
use spamlab::tokenize::{Headers, Lexicon, Recipe, TokenKind, Tokenizer};
use std::fs;

/// A row of the table: a kind, tokens of that kind, and their meaning.
struct Row {
    kind: String,
    tokens: Vec<String>,
    doc: String,
}

/// The table below "All kinds of token".
fn table() -> Vec<Row> {
    let page = fs::read_to_string("docs/tokenizer.md").unwrap();
    let (_, section) = page.split_once("\n## All kinds of token\n").unwrap();
    let cells = |line: &str| -> Vec<String> {
        let cells = line.trim_matches('|').split(" | ");
        cells.map(|cell| cell.trim().to_owned()).collect()
    };
    let unquoted = |cell: &str| -> Vec<String> {
        cell.split(", ")
            .map(|token| token.trim_matches('`').to_owned())
            .collect()
    };
    section
        .lines()
        .skip_while(|line| !line.starts_with("| ---"))
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let [kind, tokens, doc] = <[String; 3]>::try_from(cells(line)).unwrap();
            Row {
                kind: kind.trim_matches('`').to_owned(),
                tokens: unquoted(&tokens),
                doc,
            }
        })
        .collect()
}

/// All tokens of the golden mail, with a recipe that leaves out no kind, and of messages with more
/// parts, and more attached text, than are read.
fn given() -> Lexicon {
    let mut tokenizer = Tokenizer::new(&Recipe {
        headers: Headers::All,
        ngrams: 2,
        byte_ngrams: 4,
        ..Recipe::default()
    });
    let (mut text, mut tokens) = (Vec::new(), Vec::new());
    let mut read = |message: Vec<u8>| {
        tokenizer.read(&Content::Raw(message), &mut text, &mut tokens);
    };
    for entry in fs::read_dir("tests/golden").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "eml") {
            read(fs::read(path).unwrap());
        }
    }
    let parts = "--a\n\nx\n".repeat(10_001);
    read(format!("Content-Type: multipart/mixed; boundary=a\n\n{parts}").into());
    let words = "words and more\n".repeat(5_000);
    read(format!("Content-Type: text/plain\nContent-Disposition: attachment\n\n{words}").into());
    tokenizer.into_lexicon()
}

#[test]
fn the_documented_kinds_are_the_kinds_there_are() {
    let documented: Vec<_> = table().into_iter().map(|row| (row.kind, row.doc)).collect();
    let known: Vec<_> = TokenKind::ALL
        .iter()
        .map(|kind| (kind.name().to_owned(), kind.doc().to_owned()))
        .collect();
    assert_eq!(documented, known);
}

#[test]
fn every_documented_token_is_given_by_some_golden_mail_with_its_kind() {
    let given = given();
    for row in table() {
        assert!(!row.tokens.is_empty(), "{}", row.kind);
        for token in row.tokens {
            let id = given.get(&token);
            let kind = id.map(|id| given.kind(id).name());
            assert_eq!(kind, Some(row.kind.as_str()), "{token}");
        }
    }
}

/// Kinds for which the table names every token.
const CLOSED: [TokenKind; 4] = [
    TokenKind::Trick,
    TokenKind::Image,
    TokenKind::Fold,
    TokenKind::Limit,
];

#[test]
fn every_token_of_a_closed_kind_is_documented() {
    let documented: Vec<_> = table().into_iter().flat_map(|row| row.tokens).collect();
    let given = given();
    let closed: Vec<_> = given
        .iter()
        .filter(|(kind, _)| CLOSED.contains(kind))
        .map(|(_, token)| token)
        .collect();
    assert!(closed.len() >= 20, "{closed:?}");
    for token in closed {
        assert!(documented.iter().any(|known| known == token), "{token}");
    }
}
