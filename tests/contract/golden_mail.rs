//! Messages with their expected tokens: `tests/golden/NAME.eml` and `NAME.tokens`, which has the
//! text first, and then one token per line. `SPAMLAB_BLESS=1 cargo test --test contract
//! golden_mail` rewrites them; look at the difference before you commit it. Property tests check
//! that reading arbitrary bytes never panics and is deterministic.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use spamlab::base::mail::Content;
use spamlab::tokenize::{Headers, Recipe, Stem, TokenId, TokenKind, Tokenizer};
use std::fmt::Write;
use std::fs;

/// The text and tokens of one message, read by a new tokenizer.
fn read(content: &Content, recipe: &Recipe) -> (String, Vec<String>) {
    let mut tokenizer = Tokenizer::new(recipe);
    let (mut text, mut tokens) = (Vec::new(), Vec::<TokenId>::new());
    tokenizer.read(content, &mut text, &mut tokens);
    let tokens = tokens
        .iter()
        .map(|&token| tokenizer.lexicon().token(token).to_owned())
        .collect();
    (String::from_utf8(text).expect("text is UTF-8"), tokens)
}

fn raw(bytes: impl Into<Vec<u8>>) -> Content {
    Content::Raw(bytes.into())
}

#[test]
fn every_golden_mail_gives_its_tokens() {
    let bless = std::env::var_os("SPAMLAB_BLESS").is_some();
    let mut wrong = String::new();
    let mut cases = 0;
    let mut files: Vec<_> = fs::read_dir("tests/golden")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for path in files
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "eml"))
    {
        cases += 1;
        let (text, tokens) = read(&raw(fs::read(path).unwrap()), &Recipe::default());
        let found = format!("{text}\n=== tokens\n{}\n", tokens.join("\n"));
        let expected = path.with_extension("tokens");
        if bless {
            fs::write(&expected, &found).unwrap();
        } else if fs::read_to_string(&expected).ok().as_deref() != Some(&found) {
            writeln!(wrong, "--- {}: read now\n{found}", path.display()).unwrap();
        }
    }
    assert!(cases >= 60, "only {cases} golden emails were found");
    assert!(wrong.is_empty(), "{wrong}SPAMLAB_BLESS=1 accepts this");
}

/// Bytes that are no UTF-8 anywhere in a message become text that is: wherever they stand, some
/// charset decodes them.
#[test]
fn odd_bytes_at_any_line_of_a_golden_mail_become_utf_8() {
    let mut tokenizer = Tokenizer::new(&Recipe::default());
    let (mut text, mut tokens) = (Vec::new(), Vec::new());
    for path in fs::read_dir("tests/golden").unwrap() {
        let path = path.unwrap().path();
        if path.extension().is_none_or(|end| end != "eml") {
            continue;
        }
        let message = fs::read(&path).unwrap();
        let starts = message.iter().enumerate();
        let starts = starts.filter(|&(_, &byte)| byte == b'\n');
        for at in std::iter::once(0).chain(starts.map(|(at, _)| at + 1)) {
            let (before, after) = message.split_at(at);
            let odd = [before, b"f\x8e\x90m: \xe1\xe1 caf\xe9\n", after].concat();
            text.clear();
            tokens.clear();
            tokenizer.read(&raw(odd), &mut text, &mut tokens);
            let is_utf_8 = std::str::from_utf8(&text).is_ok();
            assert!(is_utf_8, "{}, byte {at}", path.display());
        }
    }
}

#[test]
fn text_without_any_header_is_read() {
    let (text, tokens) = read(
        &raw("Go until jurong point, crazy.."),
        &Recipe {
            stem: Stem::No,
            ..Recipe::default()
        },
    );
    assert_eq!(text, "\nGo until jurong point, crazy..\n");
    assert_eq!(tokens, ["go", "until", "jurong", "point", "crazy"]);
}

#[test]
fn a_table_row_reads_like_the_message_it_was() {
    let fields = |from: &str, subject: &str, body: &str| Content::Fields {
        from: from.into(),
        subject: subject.into(),
        body: body.into(),
    };
    let (text, tokens) = read(
        &fields("Ann <ann@mail.example>", "Hi there", "See you"),
        &Recipe::default(),
    );
    assert_eq!(text, "Hi there\nSee you\n");
    let expected = "from:ann from:ann from:mail from:example from:@mail.example \
                    subject:hi subject:there see you";
    assert_eq!(tokens.join(" "), expected);
    let (text, tokens) = read(
        &fields("", "", "<p>V<b>i</b>agra<br>now</p>"),
        &Recipe::default(),
    );
    assert_eq!(text, "\nViagra\nnow\n");
    assert_eq!(tokens.join(" "), "html:b html:br html:p viagra now");
}

/// RFC 2045, section 5.2: text without a type is plain text. The references are read as Python's
/// `html.unescape` reads them, if they end in a semicolon.
#[test]
fn a_table_row_without_markup_is_plain_text_and_may_be_escaped() {
    for (body, expected) in [
        (
            "price <a lot less than yours",
            "price <a lot less than yours",
        ),
        ("p <p 0.05 and x <b and y> z", "p <p 0.05 and x <b and y> z"),
        ("dear <name> of <address>", "dear <name> of <address>"),
        (
            "at &lt;#&gt; o&#39;clock, AT&T &copy",
            "at <#> o'clock, AT&T &copy",
        ),
        ("a &lt;b&gt;c&lt;/b&gt;", "a <b>c</b>"),
    ] {
        let fields = Content::Fields {
            from: String::new(),
            subject: "Q&amp;A".into(),
            body: body.into(),
        };
        let (text, _) = read(&fields, &Recipe::default());
        assert_eq!(text, format!("Q&A\n{expected}\n"), "{body}");
    }
}

#[test]
fn each_choice_of_the_recipe_does_what_it_says() {
    let mail = fs::read("tests/golden/html_links.eml").unwrap();
    let tokens = |recipe: Recipe| read(&raw(mail.clone()), &recipe).1;
    let has = |tokens: &[String], beginning: &str| {
        tokens.iter().any(|token| token.starts_with(beginning))
    };
    let default = tokens(Recipe::default());
    for beginning in [
        "subject:",
        "from:",
        "url:",
        "html:",
        "shape:",
        "content-type:",
    ] {
        assert!(has(&default, beginning), "{beginning}");
    }
    assert!(!has(&default, "header:"));
    let none = tokens(Recipe {
        headers: Headers::None,
        ..Recipe::default()
    });
    assert!(has(&none, "subject:") && !has(&none, "from:") && !has(&none, "content-type:"));
    let all = tokens(Recipe {
        headers: Headers::All,
        ..Recipe::default()
    });
    assert!(has(&all, "header:received:") && has(&all, "header:message-id:"));
    assert!(has(&all, "from:"));
    assert!(has(
        &tokens(Recipe {
            byte_ngrams: 4,
            ..Recipe::default()
        }),
        "bytes:"
    ));
    let in_rows = |tokens: Vec<String>| tokens.iter().filter(|token| token.contains(' ')).count();
    assert!(
        in_rows(default) == 0
            && in_rows(tokens(Recipe {
                ngrams: 2,
                ..Recipe::default()
            })) >= 10
    );
    assert!(
        tokens(Recipe {
            stem: Stem::No,
            ..Recipe::default()
        })
        .contains(&"prizes".to_owned())
    );
}

/// Whoever writes a message chooses the names of its fields: none is a clue of another kind.
#[test]
fn a_field_is_no_clue_whatever_its_name_is() {
    let recipe = Recipe {
        headers: Headers::All,
        ..Recipe::default()
    };
    for kind in TokenKind::ALL {
        let name = kind.name();
        let message = format!("From: ann\n{name}: scheme\nUrl: scheme\nHidden: scheme\n\nnoon\n");
        let (_, tokens) = read(&raw(message), &recipe);
        assert!(
            tokens.contains(&format!("header:{name}:scheme")) || name == "subject",
            "{tokens:?}"
        );
        assert!(
            !tokens.contains(&"hidden:scheme".to_owned())
                && !tokens.contains(&"url:scheme".to_owned())
        );
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_the_same_way_twice(bytes in vec(any::<u8>(), 0..2000)) {
        let recipe = Recipe::default();
        prop_assert_eq!(read(&raw(bytes.clone()), &recipe), read(&raw(bytes), &recipe));
    }

    /// Pieces of real syntax in any order reach more of the reader than random bytes.
    #[test]
    fn any_pieces_of_mail_are_read(pieces in vec(select(PIECES), 0..60), html: bool) {
        let mut mail = String::from(if html { "Content-Type: text/html\n\n" } else { "" });
        mail.extend(pieces);
        let recipe = Recipe { headers: Headers::All, ..Recipe::default() };
        let (text, _) = read(&raw(mail.clone()), &recipe);
        prop_assert!(text.len() <= 3 * mail.len() + 100);
        // Messages read earlier do not change the result.
        let mut used = Tokenizer::new(&recipe);
        let (mut text, mut tokens) = (Vec::new(), Vec::new());
        used.read(&raw("Subject: other\n\nwords before <p>"), &mut text, &mut tokens);
        tokens.clear();
        used.read(&raw(mail.clone()), &mut text, &mut tokens);
        let token = |&token: &TokenId| used.lexicon().token(token).to_owned();
        let again: Vec<String> = tokens.iter().map(token).collect();
        prop_assert_eq!(again, read(&raw(mail), &recipe).1);
    }
}

const PIECES: &[&str] = &[
    "Subject: ",
    "From: a@b.c",
    "To: x@y",
    "Date: 1",
    "Content-Type: multipart/mixed; boundary=\"b\"",
    "\n",
    "\r\n",
    "\n\n",
    "--b\n",
    "--b--",
    "Content-Type: text/html; charset=utf-7",
    "Content-Type: message/rfc822",
    " folded",
    "\t",
    "Content-Transfer-Encoding: base64\n",
    "Content-Transfer-Encoding: quoted-printable\n",
    "=?utf-8?Q?=C3?=",
    "=?",
    "?=",
    "=E9",
    "=\n",
    "SGVsbG8=",
    "<a href=\"http://h.example/x\">",
    "</a>",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "<",
    ">",
    "\"",
    "'",
    "&amp;",
    "&#",
    "&#xe9;",
    "word",
    "WORD",
    "caf\u{e9}",
    "\u{200b}",
    "\u{65e5}\u{672c}",
    "!!",
    "$5",
    "%",
    "http://",
    "www.",
    ".com",
    "averyverylongwordthatgoesonandonwithoutend",
    " ",
    ";",
    ":",
    "name=\"x.exe\"",
];
