//! Reads a corpus to its end and counts.

use spamlab::input;
use spamlab::input::{BadRows, Options};
use std::fs;

/// Everything in `corpus` is read or refused, and the account holds every message that was given.
pub fn read_all(corpus: &[u8], name: &str) {
    let folder = tempfile::tempdir().expect("a folder for the corpus");
    let path = folder.path().join(name);
    fs::write(&path, corpus).expect("the corpus is written");
    let options = Options { bad_rows: BadRows::Skip, ..Options::default() };
    let Ok(mut source) = input::open(&path, &options) else { return };
    let mut emails = 0;
    for batch in source.by_ref().map_while(Result::ok) {
        emails += batch.len() as u64;
    }
    assert_eq!(source.account().kept(), emails);
}
