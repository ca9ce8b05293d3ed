//! Mail that is made to be slow is still read in linear work. A message that is eight times as long
//! gives about eight times the text, the tokens, the allocations and the bytes allocated; quadratic
//! work would be 64 times as much.
//!
//! Work that neither writes nor allocates is not counted here, since nothing counts it the same way
//! in every run: time does not, and a counter in every loop would cost what it guards. It is held
//! where it is done. Each stage reads forward and keeps its place; where it looks ahead, it looks
//! for an end that it then goes to, or remembers that there is none. Tables that grow with the text
//! are keyed (`base::keyed`).

use allocation_counter::measure;
use spamlab::base::mail::Content;
use spamlab::tokenize::{Headers, Recipe, Tokenizer};

/// Length of the smaller message in bytes.
const SHORT: usize = 1 << 15;

/// How many times longer the other message is. Between eight-fold and 64-fold there is room for
/// buffers that double.
const LONGER: usize = 8;

/// A name for failures, and a function that makes a message of about the given number of bytes.
type Case = (String, Box<dyn Fn(usize) -> String>);

/// A head, followed by one pattern repeated.
fn repeated(head: &'static str, pattern: &'static str) -> Case {
    let message = move |bytes: usize| head.to_owned() + &pattern.repeat(bytes / pattern.len());
    (format!("{head:?} and {pattern:?}"), Box::new(message))
}

/// A head, followed by one line per number.
fn numbered(head: &'static str, line: fn(usize) -> String) -> Case {
    let message = move |bytes: usize| {
        let mut message = head.to_owned();
        let mut lines = (0..).map(line);
        while message.len() < bytes {
            message.extend(lines.next());
        }
        message
    };
    (format!("{head:?} and {:?}", line(0)), Box::new(message))
}

#[rustfmt::skip]
const HTML: &[&str] = &[
    "<", "&", "<!--", "<a", "<a b=\"", "<a b='x\">", "</", "<script>", "<style></", "&#x",
    "<p a=b c", "<! ", "&amp", "<p hidden>", "<div style=display:none>", "<font color=white>",
    "<a href=//x.y>", "</p>", "x<!-- -->", "<!-- --!", "<title>", "<textarea></", "<p a b>",
    "&notinx", "&#0", "<b style='font:0/0;left:-", "<template>", "</ ",
];

const SUBJECTS: &[&str] = &["=?", "=?a?q?", "=?utf-8?B?", "=?a?q?b?= ", "\n ", "\""];

#[rustfmt::skip]
const TEXT: &[&str] = &[
    "'", "a'", "a.", "a ", "a@", "a$a", "1:", "1.", "www.", "begin 644 x\n#", "begin 644 x\n",
    "\u{ac}1", "\u{ff21}", "\u{200b}", "\u{e9}'", "!$%", "$ ", "% ", "http://", "From ", "x:\n",
    "=", "= ", "\u{65e5}", "<a ", "<a x=\"", "<p b='c",
];

/// Heads, and what is repeated after them.
#[rustfmt::skip]
const MESSAGES: &[(&str, &[&str])] = &[
    ("To: ", &["(", "(a)", "\"\\", "\"a\",", "<,", "a@"]),
    ("Content-Type: a", &[";b*1*=%41", ";b=\"\\\""]),
    ("Content-Type: text/plain; charset=utf-7\n\n", &["+", "+A", "+AGE"]),
    ("Content-Type: text/plain; charset=hz\n\n", &["~", "~{", "~{9'"]),
    (
        "Content-Type: text/plain; charset=cp850\n\n",
        &["\x1b$", "\x1b$B\u{e9}", "\x0e4g\n", "\x1b$B4A\x1b$A9'"],
    ),
    ("Content-Transfer-Encoding: base64\n\n", &["A=", "A=\n\n", "_\n", "aGk=\n"]),
    ("Content-Disposition: attachment\n\n", &["<p>", "words "]),
    ("Content-Type: multipart/digest; boundary=b\n\n", &["--b\nSubject: x\n", "--b--\n"]),
    ("Subject: x\n", &["y\nContent-Type: z\n"]),
];

fn cases() -> Vec<Case> {
    let html = HTML
        .iter()
        .map(|of| repeated("Content-Type: text/html\n\n", of));
    let subjects = SUBJECTS.iter().map(|of| repeated("Subject: ", of));
    let text = TEXT.iter().map(|of| repeated("", of));
    let quoted = "Content-Transfer-Encoding: quoted-printable\n\n";
    let quoted = TEXT.iter().map(|of| repeated(quoted, of));
    let parts = "Content-Type: multipart/mixed; boundary=b\n\n";
    let structure = [
        numbered("", |level| {
            format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n")
        }),
        numbered("Subject: x\n", |number| format!("X-{number}: y\n")),
        repeated("", "Content-Type: message/rfc822\n\n"),
        repeated(
            "",
            "Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n",
        ),
        repeated(parts, "--b\n"),
        repeated(parts, "--bb"),
        repeated("Content-Type: ", "a;b="),
    ];
    let messages = MESSAGES
        .iter()
        .flat_map(|(head, patterns)| patterns.iter().map(|of| repeated(head, of)));
    let all = html
        .chain(subjects)
        .chain(text)
        .chain(quoted)
        .chain(messages);
    all.chain(structure).collect()
}

/// The work of reading a message: bytes of text, tokens, allocations, bytes allocated.
fn work(message: String) -> [u64; 4] {
    let recipe = Recipe {
        headers: Headers::All,
        ..Recipe::default()
    };
    let mut tokenizer = Tokenizer::new(&recipe);
    let (mut text, mut tokens) = (Vec::new(), Vec::new());
    // The setup of a new tokenizer does not count as work for the message.
    let content = Content::Raw(b"Subject: a message\n\nof words".to_vec());
    tokenizer.read(&content, &mut text, &mut tokens);
    let content = Content::Raw(message.into_bytes());
    (text, tokens) = (Vec::new(), Vec::new());
    let used = measure(|| tokenizer.read(&content, &mut text, &mut tokens));
    let (text, tokens) = (text.len() as u64, tokens.len() as u64);
    [text, tokens, used.count_total, used.bytes_total]
}

#[test]
fn a_message_made_to_be_slow_is_read_in_work_that_grows_with_its_length() {
    let whats = ["bytes of text", "tokens", "allocations", "bytes allocated"];
    let cases = cases();
    assert_eq!(cases.len(), 122);
    for (name, message) in cases {
        let (short, long) = (work(message(SHORT)), work(message(LONGER * SHORT)));
        for ((what, short), long) in whats.iter().zip(short).zip(long) {
            let linear = 2 * LONGER as u64 * short + 1_000;
            assert!(
                long <= linear,
                "{name}: {short} {what} became {long} in a message {LONGER} times as long"
            );
        }
    }
}
