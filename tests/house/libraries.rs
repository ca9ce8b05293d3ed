//! The libraries: `ARCHITECTURE.md` says of each why it is there and where it is named, and this
//! holds its table to `Cargo.toml` and to the imports.

use crate::source::{House, files_below};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// Stands in the table for a library that half of the modules at the top of `src` name.
const EVERYWHERE: &str = "everywhere";

/// Folders beside `src` that the table may name.
const OUTSIDE: &[&str] = &["tests", "benches", "examples"];

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

/// Fails unless the places are those of the users: the modules below `src` that name the library.
fn check(library: &str, places: &[String], users: &BTreeSet<String>) {
    if places == [EVERYWHERE] {
        let top = |user: &String| user.split('/').next().unwrap().to_owned();
        let tops: BTreeSet<String> = users.iter().map(top).collect();
        assert!(
            tops.len() >= 8,
            "{library} is named in {tops:?} only: say so in the table"
        );
        return;
    }
    let (outside, places): (Vec<&String>, Vec<&String>) = places
        .iter()
        .partition(|place| OUTSIDE.contains(&place.split('/').next().unwrap()));
    for user in users {
        let allowed = places.iter().any(|place| within(user, place));
        assert!(
            allowed,
            "{user} names {library}, which belongs to {places:?} by the table"
        );
    }
    for place in &places {
        let named = users.iter().any(|user| within(user, place));
        assert!(
            named,
            "{place} does not name {library}, as the table says it does"
        );
    }
    for place in outside {
        let mut files = files_below(place, "rs").into_iter();
        let path = [&in_code(library), "::"].concat();
        assert!(
            files.any(|(_, text)| text.contains(&path)),
            "{place} does not name {library}"
        );
    }
}

#[test]
fn each_library_is_in_the_table_and_named_only_where_the_table_says() {
    let manifest: toml::Table = fs::read_to_string("Cargo.toml").unwrap().parse().unwrap();
    let keys = |table: &str| manifest[table].as_table().unwrap().keys().cloned();
    let libraries: BTreeSet<String> = keys("dependencies")
        .chain(keys("dev-dependencies"))
        .collect();
    let table = table();
    let told: BTreeSet<String> = table.keys().cloned().collect();
    assert_eq!(
        told, libraries,
        "the table of ARCHITECTURE.md, and Cargo.toml"
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
    for (library, places) in &table {
        check(
            library,
            places,
            users.get(&in_code(library)).unwrap_or(&BTreeSet::new()),
        );
    }
}
