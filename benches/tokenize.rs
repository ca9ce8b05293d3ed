//! How fast mail becomes tokens, and that the hot path allocates nothing: after a first pass, when
//! every word is known, divan shows allocations beside the times only if there were any. Items are
//! tokens. `cargo bench --bench tokenize`.

use divan::counter::{BytesCount, ItemsCount};
use divan::{AllocProfiler, Bencher};
use spamlab::base::mail::{Content, Email};
use spamlab::input;
use spamlab::input::Options;
use spamlab::tokenize::{Recipe, Tokenizer};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

fn builtin() -> Vec<Content> {
    let mut source =
        input::builtin(&Options::default()).expect("the mail that comes with the program is read");
    let mut emails: Vec<Email> = Vec::new();
    for batch in source.by_ref() {
        emails.extend(batch.expect("it is read to its end"));
    }
    emails.into_iter().map(|mail| mail.content).collect()
}

/// The same message as messages with a head and a quoted-printable page.
fn messages() -> Vec<Content> {
    let message = |content| match content {
        Content::Fields {
            from,
            subject,
            body,
        } => {
            let body = body.replace('=', "=3D").replace('\n', "<br>\n");
            Content::Raw(
                format!(
                    "Received: from a.example by b.example; Thu, 22 Aug 2002 12:36:23 +0100\n\
                     From: {from}\nTo: you@example.net\nSubject: {subject}\n\
                     Date: Thu, 22 Aug 2002 12:36:23 +0100\nMIME-Version: 1.0\n\
                     Content-Type: text/html; charset=utf-8\n\
                     Content-Transfer-Encoding: quoted-printable\n\n\
                     <html><body><p>{body}</p>\
                     <a href=3D\"http://www.example.com/more\">more</a></body></html>\n"
                )
                .into_bytes(),
            )
        }
        raw @ Content::Raw(_) => raw,
    };
    builtin().into_iter().map(message).collect()
}

fn bench(bencher: Bencher, emails: &[Content]) {
    let mut tokenizer = Tokenizer::new(&Recipe::default());
    let (mut text, mut tokens) = (Vec::new(), Vec::new());
    let mut read_all = || {
        let mut count = 0;
        for mail in emails {
            text.clear();
            tokens.clear();
            tokenizer.read(mail, &mut text, &mut tokens);
            count += tokens.len();
        }
        count
    };
    let count = read_all();
    let bytes: usize = emails.iter().map(Content::len).sum();
    bencher
        .counter(BytesCount::new(bytes))
        .counter(ItemsCount::new(count))
        .bench_local(read_all);
}

#[divan::bench]
fn plain_text(bencher: Bencher) {
    bench(bencher, &builtin());
}

#[divan::bench]
fn whole_messages(bencher: Bencher) {
    bench(bencher, &messages());
}
