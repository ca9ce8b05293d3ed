//! The source as the tests of the house see it: files with their modules, what is text in them and
//! what is code, and every path that the code names.
//!
//! A path is followed to the file that defines its end: through `use` trees however nested, through
//! other names (`use a::b as c`), and through what a `mod.rs` merely hands on (`pub use`). What
//! macros write is left out, and so are methods, which name no path.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Every file below a folder that ends so, in the order of their names.
pub fn files_below(folder: &str, end: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, end: &str, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, end, found);
            } else if path.extension().is_some_and(|found| found == end) {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(Path::new(folder), end, &mut found);
    assert!(!found.is_empty(), "no .{end} file below {folder}");
    found.sort();
    found
}

/// What stands before the unit tests of a file.
pub fn without_tests(text: &str) -> &str {
    let tests = text
        .match_indices("#[cfg(test)]\n")
        .find(|(at, attribute)| {
            let next = text[at + attribute.len()..].lines().next();
            // Other tests may share what is in it: `pub(crate) mod tests`.
            next.is_some_and(|line| line.contains("mod tests {"))
        });
    tests.map_or(text, |(at, _)| &text[..at])
}

/// One source file.
pub struct Source {
    /// From the root of the repository, with slashes.
    pub path: String,
    /// Its module below the crate: empty for `lib.rs`, `["input", "error"]` for `input/error.rs`.
    pub module: Vec<String>,
    /// Its tokens, without comments, texts and unit tests.
    pub code: Vec<String>,
    /// The texts in it, without those of unit tests.
    pub texts: Vec<String>,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Source {
        let below = path.trim_start_matches("src/").trim_end_matches(".rs");
        let module = below
            .split('/')
            .filter(|part| !matches!(*part, "mod" | "lib"));
        let (code, texts) = lex(without_tests(text));
        Source {
            path: path.to_owned(),
            module: module.map(str::to_owned).collect(),
            code,
            texts,
        }
    }
}

/// Cuts a text into identifiers, numbers and signs (`::` is one), and texts apart.
fn lex(text: &str) -> (Vec<String>, Vec<String>) {
    let letters: Vec<char> = text.chars().collect();
    let (mut code, mut texts, mut at) = (Vec::new(), Vec::new(), 0);
    let word = |letter: char| letter.is_alphanumeric() || letter == '_';
    while at < letters.len() {
        let next = |ahead: usize| letters.get(at + ahead).copied().unwrap_or(' ');
        let here = letters[at];
        if here == '/' && next(1) == '/' {
            while at < letters.len() && letters[at] != '\n' {
                at += 1;
            }
        } else if here == 'r'
            && (next(1) == '"' || (next(1) == '#' && matches!(next(2), '"' | '#')))
        {
            let hashes = letters[at + 1..]
                .iter()
                .take_while(|of| **of == '#')
                .count();
            let start = at + hashes + 2;
            let end: Vec<char> = format!("\"{}", "#".repeat(hashes)).chars().collect();
            let length = letters[start..]
                .windows(end.len())
                .position(|of| *of == end[..]);
            let length = length.expect("the text ends");
            texts.push(letters[start..start + length].iter().collect());
            at = start + length + end.len();
        } else if here == '"' {
            let mut content = String::new();
            at += 1;
            while letters[at] != '"' {
                if letters[at] == '\\' {
                    content.push(letters[at]);
                    at += 1;
                }
                content.push(letters[at]);
                at += 1;
            }
            texts.push(content);
            at += 1;
        } else if here == '\'' && (next(1) == '\\' || next(2) == '\'') {
            at += if next(1) == '\\' { 3 } else { 2 };
            while letters[at] != '\'' {
                at += 1;
            }
            at += 1;
        } else if word(here) {
            let end = letters[at..].iter().take_while(|of| word(**of)).count();
            code.push(letters[at..at + end].iter().collect());
            at += end;
        } else if here == ':' && next(1) == ':' {
            code.push("::".to_owned());
            at += 2;
        } else {
            if !here.is_whitespace() {
                code.push(here.to_string());
            }
            at += 1;
        }
    }
    (code, texts)
}

/// A name that a `use` brings in, and the path it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    pub name: String,
    pub path: Vec<String>,
    /// Handed on to whoever uses this module.
    pub public: bool,
}

/// Reads `a::{b::{self, c as d}, e}` from `tokens[at]` on; returns where it ends.
fn use_tree(
    tokens: &[String],
    mut at: usize,
    before: &[String],
    public: bool,
    found: &mut Vec<Import>,
) -> usize {
    let mut path = before.to_vec();
    loop {
        match tokens[at].as_str() {
            "{" => {
                at += 1;
                while tokens[at] != "}" {
                    at = use_tree(tokens, at, &path, public, found);
                    at += usize::from(tokens[at] == ",");
                }
                return at + 1;
            }
            "::" => at += 1,
            "*" => {
                at += 1;
                break;
            }
            "," | "}" | ";" | "as" => break,
            "self" if !path.is_empty() => at += 1,
            part => {
                path.push(part.to_owned());
                at += 1;
            }
        }
    }
    let mut name = path.last().unwrap().clone();
    if tokens[at] == "as" {
        name.clone_from(&tokens[at + 1]);
        at += 2;
    }
    found.push(Import { name, path, public });
    at
}

/// The names that a file brings in, and its code without the `use` lines.
pub fn imports(code: &[String]) -> (Vec<Import>, Vec<String>) {
    let (mut found, mut rest, mut at) = (Vec::new(), Vec::new(), 0);
    while at < code.len() {
        // `impl Trait + use<'a>` is no import.
        if code[at] == "use" && code[at + 1] != "<" {
            let public = rest
                .last()
                .is_some_and(|last: &String| matches!(last.as_str(), "pub" | ")"));
            at = use_tree(code, at + 1, &[], public, &mut found);
        } else {
            rest.push(code[at].clone());
            at += 1;
        }
    }
    (found, rest)
}

/// Every `a::b::c` in code.
fn chains(code: &[String]) -> Vec<Vec<String>> {
    let name = |of: &String| of.starts_with(|letter: char| letter.is_alphabetic() || letter == '_');
    let (mut found, mut at) = (Vec::new(), 0);
    while at < code.len() {
        let mut chain = Vec::new();
        while name(&code[at]) {
            chain.push(code[at].clone());
            let more = code.get(at + 1).is_some_and(|sign| sign == "::")
                && code.get(at + 2).is_some_and(name);
            if !more {
                break;
            }
            at += 2;
        }
        at += 1;
        if chain.len() > 1 {
            found.push(chain);
        }
    }
    found
}

/// All of `src`, and who uses whom.
pub struct House {
    pub sources: Vec<Source>,
    /// Number of the source of each module.
    modules: BTreeMap<Vec<String>, usize>,
    /// What each source brings in, with paths from the crate's or a library's name on.
    imports: Vec<Vec<Import>>,
    /// Every path that each source names, likewise.
    paths: Vec<Vec<Vec<String>>>,
    /// Number of the source that defines each macro.
    macros: BTreeMap<String, usize>,
}

impl House {
    /// The source as it is, read once.
    pub fn read() -> &'static House {
        static HOUSE: OnceLock<House> = OnceLock::new();
        HOUSE.get_or_init(House::of_src)
    }

    fn of_src() -> House {
        let mut files = files_below("src", "rs");
        files.retain(|(path, _)| !path.ends_with("tests.rs"));
        assert!(files.len() > 30, "only {} source files found", files.len());
        let path = |path: &Path| path.to_string_lossy().replace('\\', "/");
        House::new(
            files
                .iter()
                .map(|(at, text)| Source::new(&path(at), text))
                .collect(),
        )
    }

    pub fn new(sources: Vec<Source>) -> House {
        let numbered = || sources.iter().enumerate();
        let modules = numbered()
            .map(|(at, source)| (source.module.clone(), at))
            .collect();
        let macros = numbered().flat_map(|(at, source)| {
            let names = source
                .code
                .windows(3)
                .filter(|of| of[0] == "macro_rules" && of[1] == "!");
            names.map(move |of| (of[2].clone(), at))
        });
        let mut house = House {
            macros: macros.collect(),
            modules,
            imports: Vec::new(),
            paths: Vec::new(),
            sources,
        };
        let of_file = house.sources.iter().map(|source| {
            let (found, rest) = imports(&source.code);
            let found = found.into_iter().map(|import| Import {
                path: house.absolute(source, &import.path),
                ..import
            });
            (found.collect::<Vec<Import>>(), rest)
        });
        let of_file: Vec<(Vec<Import>, Vec<String>)> = of_file.collect();
        let named = house.sources.iter().zip(&of_file);
        let named = named.map(|(source, (imports, rest))| house.named(source, imports, rest));
        house.paths = named.collect();
        house.imports = of_file.into_iter().map(|(imports, _)| imports).collect();
        house
    }

    /// A path from `crate` or the name of a library on.
    fn absolute(&self, source: &Source, path: &[String]) -> Vec<String> {
        let mut module = source.module.clone();
        let mut rest = path;
        match path[0].as_str() {
            "crate" => return path.to_vec(),
            "self" => rest = &path[1..],
            "super" => {
                while rest.first().is_some_and(|part| part == "super") {
                    module.pop();
                    rest = &rest[1..];
                }
            }
            first => {
                module.push(first.to_owned());
                let ours = self.modules.contains_key(&module);
                module.pop();
                if !ours {
                    return path.to_vec();
                }
            }
        }
        [&["crate".to_owned()], &module[..], rest].concat()
    }

    /// The source that defines what an absolute path of the crate names, however it is handed on.
    /// None for a module as such: what is used of it is named elsewhere.
    fn defined_in(&self, path: &[String]) -> Option<usize> {
        let parts = &path[1..];
        let length = (0..=parts.len()).rev();
        let length = length
            .into_iter()
            .find(|&length| self.modules.contains_key(&parts[..length]))?;
        let here = self.modules[&parts[..length]];
        let name = parts.get(length)?;
        if length == 0 && self.macros.contains_key(name) {
            return Some(self.macros[name]);
        }
        let mut handed_on = self.imports[here].iter();
        match handed_on.find(|import| import.public && import.name == *name) {
            Some(import) if import.path[0] == "crate" => {
                let path = [&import.path[..], &parts[length + 1..]].concat();
                self.defined_in(&path)
            }
            _ => Some(here),
        }
    }

    /// Every absolute path that a source names, by its imports and in the rest of its code.
    fn named(&self, source: &Source, imports: &[Import], rest: &[String]) -> Vec<Vec<String>> {
        let used: BTreeSet<&String> = rest.iter().collect();
        // What is only handed on is not used here.
        let imported = imports.iter();
        let imported = imported.filter(|import| !import.public || used.contains(&import.name));
        let imported = imported.map(|import| import.path.clone());
        let spelled = chains(rest).into_iter().map(|chain| {
            match imports.iter().find(|import| import.name == chain[0]) {
                Some(import) => [&import.path[..], &chain[1..]].concat(),
                None => self.absolute(source, &chain),
            }
        });
        imported.chain(spelled).collect()
    }

    /// The sources whose definitions source `at` uses, itself not counted.
    pub fn uses(&self, at: usize) -> BTreeSet<usize> {
        let ours = self.paths[at].iter().filter(|path| path[0] == "crate");
        let defined = ours.filter_map(|path| self.defined_in(path));
        defined.filter(|&other| other != at).collect()
    }

    /// The libraries among `known` that the source names or hands on.
    pub fn libraries(&self, at: usize, known: &BTreeSet<String>) -> BTreeSet<String> {
        let named = self.paths[at].iter().map(|path| &path[0]);
        let handed_on = self.imports[at].iter().map(|import| &import.path[0]);
        let libraries = named.chain(handed_on).filter(|name| known.contains(*name));
        libraries.cloned().collect()
    }
}

#[test]
fn nested_lists_other_names_and_what_is_handed_on_are_followed() {
    let file = |path: &str, text: &str| Source::new(path, text);
    let house = House::new(vec![
        file("src/lib.rs", "pub mod a; pub mod b;"),
        file(
            "src/a/mod.rs",
            "mod deep; pub use deep::Thing; pub fn own() {}",
        ),
        file(
            "src/a/deep.rs",
            "pub struct Thing; // use crate::b::other;\n",
        ),
        file(
            "src/b/mod.rs",
            "use crate::{a::{self as first, Thing as It}, b::c}; const X: It = It;",
        ),
        file(
            "src/b/c.rs",
            "use super::super::a; fn f() { a::own(); \"crate::b::d\"; 'x' }",
        ),
        file(
            "src/b/d.rs",
            "#[cfg(test)]\nmod tests { use crate::a::own; }",
        ),
    ]);
    let at = |path: &str| house.sources.iter().position(|of| of.path == path).unwrap();
    let uses = |path: &str| -> Vec<&str> {
        let used = house.uses(at(path)).into_iter();
        used.map(|other| house.sources[other].path.as_str())
            .collect()
    };
    assert_eq!(uses("src/a/mod.rs"), [""; 0]);
    assert_eq!(uses("src/b/mod.rs"), ["src/a/deep.rs"]);
    assert_eq!(uses("src/b/c.rs"), ["src/a/mod.rs"]);
    assert_eq!(uses("src/b/d.rs"), [""; 0]);
    let (found, _) = imports(&lex("pub(crate) use x::{a::{b, *}, c as d};").0);
    let found: Vec<(String, String)> = found
        .iter()
        .map(|import| (import.name.clone(), import.path.join(".")))
        .collect();
    let expected = [("b", "x.a.b"), ("a", "x.a"), ("d", "x.c")];
    assert_eq!(
        found,
        expected.map(|(name, path)| (name.to_owned(), path.to_owned()))
    );
}
