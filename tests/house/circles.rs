//! There is no circle among files, and none among sibling modules, so that readers never have to
//! come back to what they have understood.

use crate::source::House;
use std::collections::{BTreeMap, BTreeSet};

/// Who uses whom, by name.
type Uses = BTreeMap<String, BTreeSet<String>>;

/// Whoever is used by one, or by whom it uses, and so on.
fn reached<'a>(uses: &'a Uses, from: &'a str) -> BTreeSet<&'a String> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(one) = open.pop() {
        for other in uses.get(one).into_iter().flatten() {
            if seen.insert(other) {
                open.push(other);
            }
        }
    }
    seen
}

/// The strongly connected components of more than one member, and whoever uses himself.
fn circles(uses: &Uses) -> Vec<BTreeSet<String>> {
    let reached = |one| reached(uses, one);
    let reaches: BTreeMap<&String, _> = uses.keys().map(|one| (one, reached(one))).collect();
    let mut found = BTreeSet::new();
    for (one, reached) in reaches
        .iter()
        .filter(|(one, reached)| reached.contains(*one))
    {
        let back = reached
            .iter()
            .filter(|other| reaches[**other].contains(one));
        found.insert(
            back.map(|other| (*other).clone())
                .collect::<BTreeSet<String>>(),
        );
    }
    found.into_iter().collect()
}

/// The modules below each module, each with all below it, and who of them uses whom.
fn beside_each_other(house: &House) -> BTreeMap<String, Uses> {
    let mut all: BTreeMap<String, Uses> = BTreeMap::new();
    for (at, source) in house.sources.iter().enumerate() {
        for other in house.uses(at) {
            let (one, other) = (&source.module, &house.sources[other].module);
            let shared = one.iter().zip(other).take_while(|(a, b)| a == b).count();
            let (Some(from), Some(to)) = (one.get(shared), other.get(shared)) else {
                continue;
            };
            let path = |last: &String| {
                [&one[..shared], std::slice::from_ref(last)]
                    .concat()
                    .join("/")
            };
            let uses = all.entry(one[..shared].join("/")).or_default();
            uses.entry(path(to)).or_default();
            uses.entry(path(from)).or_default().insert(path(to));
        }
    }
    all
}

#[test]
fn circles_are_found_whole() {
    let uses = [
        ("a", "b"),
        ("b", "c"),
        ("c", "a"),
        ("c", "d"),
        ("e", "a"),
        ("f", "f"),
    ];
    let mut graph = Uses::new();
    for (from, to) in uses {
        graph.entry(to.to_owned()).or_default();
        graph
            .entry(from.to_owned())
            .or_default()
            .insert(to.to_owned());
    }
    let found: Vec<Vec<String>> = circles(&graph)
        .into_iter()
        .map(|of| of.into_iter().collect())
        .collect();
    assert_eq!(found, [vec!["a", "b", "c"], vec!["f"]]);
}

#[test]
fn no_circle_is_among_files() {
    let house = House::read();
    let name = |at: usize| house.sources[at].path.clone();
    let all = 0..house.sources.len();
    let uses: Uses = all
        .map(|at| (name(at), house.uses(at).into_iter().map(name).collect()))
        .collect();
    let arrows: usize = uses.values().map(BTreeSet::len).sum();
    assert!(
        arrows > 500,
        "only {arrows} uses found: the test has gone blind"
    );
    let found = circles(&uses);
    assert!(found.is_empty(), "circles: {found:#?}");
}

#[test]
fn no_circle_is_among_modules_beside_each_other() {
    let all = beside_each_other(House::read());
    assert!(
        all.len() > 20,
        "only {} modules hold modules that use each other",
        all.len()
    );
    let found: Vec<BTreeSet<String>> = all.values().flat_map(circles).collect();
    assert!(found.is_empty(), "circles: {found:#?}");
}
