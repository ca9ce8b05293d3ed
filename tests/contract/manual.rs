//! Numbers that the documents state of the program itself are those of the program. Numbers of mail
//! are measured by `benches/figures.py`.

use std::fs;
use std::path::{Path, PathBuf};

/// Numbers as words, from one.
const WORDS: [&str; 20] = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];

fn number(word: &str) -> Option<usize> {
    let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
    let as_word = WORDS
        .iter()
        .position(|one| one.eq_ignore_ascii_case(word))
        .map(|at| at + 1);
    as_word.or_else(|| word.parse().ok())
}

/// The numbers before this noun.
fn numbers_of(text: &str, noun: &str) -> Vec<usize> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let pairs = words.windows(2);
    let of_noun = pairs.filter(|pair| pair[1].trim_matches(|c: char| !c.is_alphabetic()) == noun);
    of_noun.filter_map(|pair| number(pair[0])).collect()
}

fn documents() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_dir(root.join("docs")).unwrap();
    let docs = docs.map(|entry| entry.unwrap().path());
    let docs = docs.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let top = ["README.md", "CHANGELOG.md", "ARCHITECTURE.md"].map(|name| root.join(name));
    let all: Vec<PathBuf> = docs.chain(top).collect();
    let read = all.into_iter().map(|path| {
        let text = fs::read_to_string(&path).unwrap();
        (path, text)
    });
    read.collect()
}

/// Which charts are drawn depends on the mail and on what is asked, and how many pairs of models
/// there are on the models. The two sentences were in documents and were false.
#[test]
fn no_document_gives_one_number_of_charts_or_of_pairs_of_models() {
    let false_ones = "with eighteen charts; twelve models, 66 pairs, three below 0.05 by chance";
    assert_eq!(numbers_of(false_ones, "charts"), [18]);
    assert_eq!(numbers_of(false_ones, "pairs"), [66]);
    for (path, text) in documents() {
        for noun in ["charts", "pairs"] {
            let found = numbers_of(&text, noun);
            assert!(found.is_empty(), "{}: {found:?} {noun}", path.display());
        }
    }
}

#[test]
fn the_readme_counts_the_models_of_the_catalog() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let catalog = spamlab::catalog();
    let by_default = catalog.models().filter(|model| model.is_default()).count();
    assert!(readme.contains(&format!("trains {} models", WORDS[by_default - 1])));
    assert!(readme.contains(&format!("the {} models", catalog.models().count())));
}
