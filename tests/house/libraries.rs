//! The libraries: `ARCHITECTURE.md` says of each why it is there and where it is named, and this
//! holds its table to `Cargo.toml` and to the imports.

use crate::source::{House, files_below};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// Stands in the table for a library that at least so many of the modules at the top of `src` name.
const EVERYWHERE: &str = "everywhere";
const HALF: usize = 8;

/// Folders beside `src` that the table may name.
const OUTSIDE: &[&str] = &["tests", "benches", "examples", "python"];

/// Each library of the table with the places of its row.
fn table() -> BTreeMap<String, Vec<String>> {
    let map = fs::read_to_string("ARCHITECTURE.md").unwrap();
    let section = map.split("\n## Libraries\n").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let mut all = BTreeMap::new();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let [libraries, why, places] = cells[..] else {
            panic!("a row of other than three cells: {row}")
        };
        assert!(why.len() > 10, "{libraries}: why?");
        let names = |cell: &str| {
            cell.split('`')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect()
        };
        let libraries: Vec<String> = names(libraries);
        for library in libraries {
            let twice = all.insert(library.clone(), names(places));
            assert_eq!(twice, None, "{library} stands in two rows");
        }
    }
    all
}

/// What a library of `Cargo.toml` is called in code.
fn in_code(library: &str) -> String {
    library.replace('-', "_")
}

/// Whether a module or folder is a place or in it.
fn within(path: &str, place: &str) -> bool {
    path.strip_prefix(place)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What is wrong with the places of a library, given its users: the modules that name it.
fn faults(library: &str, places: &[String], users: &BTreeSet<String>) -> Vec<String> {
    let top = |path: &str| path.split('/').next().unwrap().to_owned();
    if places == [EVERYWHERE] {
        let tops: BTreeSet<String> = users.iter().map(|user| top(user)).collect();
        let few = tops.len() < HALF;
        return Vec::from_iter(few.then(|| format!("{library} is named in {tops:?} only")));
    }
    let outside = |place: &&String| OUTSIDE.contains(&top(place).as_str());
    let (outside, places): (Vec<&String>, Vec<&String>) = places.iter().partition(outside);
    let strangers = users
        .iter()
        .filter(|user| !places.iter().any(|place| within(user, place)))
        .map(|user| format!("{user} names {library}, which belongs to {places:?}"));
    let idle = places
        .iter()
        .filter(|place| !users.iter().any(|user| within(user, place)))
        .map(|place| format!("{place} does not name {library}"));
    let path = [&in_code(library), "::"].concat();
    let idle_outside = outside
        .iter()
        .filter(|place| {
            let mut files = files_below(place, "rs").into_iter();
            !files.any(|(_, text)| text.contains(&path))
        })
        .map(|place| format!("{place} does not name {library}"));
    strangers.chain(idle).chain(idle_outside).collect()
}

#[test]
fn each_library_is_in_the_table_and_named_only_where_the_table_says() {
    let read = |path: &str| -> toml::Table { fs::read_to_string(path).unwrap().parse().unwrap() };
    let (manifest, python) = (read("Cargo.toml"), read("python/Cargo.toml"));
    let of_python = python["dependencies"].as_table().unwrap().keys();
    let keys = |table: &str| manifest[table].as_table().unwrap().keys().cloned();
    let of_unix = manifest["target"]["cfg(unix)"]["dependencies"].as_table();
    let libraries: BTreeSet<String> = keys("dependencies")
        .chain(keys("dev-dependencies"))
        .chain(of_unix.unwrap().keys().cloned())
        .chain(of_python.filter(|name| *name != "spamlab").cloned())
        .collect();
    let table = table();
    let told: BTreeSet<String> = table.keys().cloned().collect();
    assert_eq!(
        told, libraries,
        "the table of ARCHITECTURE.md, Cargo.toml and python/Cargo.toml"
    );

    let known: BTreeSet<String> = libraries.iter().map(|library| in_code(library)).collect();
    let house = House::read();
    let mut users: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (at, source) in house.sources.iter().enumerate() {
        for library in house.libraries(at, &known) {
            users
                .entry(library)
                .or_default()
                .insert(source.module.join("/"));
        }
    }
    let none = BTreeSet::new();
    let faults = table.iter().flat_map(|(library, places)| {
        faults(
            library,
            places,
            users.get(&in_code(library)).unwrap_or(&none),
        )
    });
    let faults: Vec<String> = faults.collect();
    assert!(faults.is_empty(), "by the table: {faults:#?}");
}
