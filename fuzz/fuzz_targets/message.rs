//! Reads one message with a tokenizer that has read many others, and with a new one.

use spamlab::base::mail::Content;
use spamlab::tokenize::{Headers, Recipe, Tokenizer};
use std::cell::RefCell;

thread_local! {
    static USED: RefCell<Tokenizer> = RefCell::new(Tokenizer::new(&recipe()));
}

fn recipe() -> Recipe {
    Recipe { headers: Headers::All, ngrams: 2, ..Recipe::default() }
}

/// Reading `message` neither panics nor depends on what was read before, and its text is UTF-8.
pub fn read(message: Vec<u8>) {
    let content = Content::Raw(message);
    let read = |tokenizer: &mut Tokenizer| {
        let (mut text, mut tokens) = (Vec::new(), Vec::new());
        tokenizer.read(&content, &mut text, &mut tokens);
        let written = |&token| tokenizer.lexicon().token(token).to_owned();
        let tokens: Vec<String> = tokens.iter().map(written).collect();
        (String::from_utf8(text).expect("text is UTF-8"), tokens)
    };
    let new = read(&mut Tokenizer::new(&recipe()));
    USED.with_borrow_mut(|used| {
        assert_eq!(read(used), new);
        // A lexicon only grows; it is not what is tested.
        if used.lexicon().len() > 1_000_000 {
            *used = Tokenizer::new(&recipe());
        }
    });
}
