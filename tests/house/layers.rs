//! The walls of the house: which module may use which. See `ARCHITECTURE.md`.

use crate::source::House;
use std::collections::BTreeSet;

/// The modules at the top of `src` from the bottom of the house up: a module may use those before
/// it and itself, never one after it.
const ORDER: &[&str] = &[
    "base",
    "input",
    "tokenize",
    "dataset",
    "results",
    "model",
    "optim",
    "nn",
    "generative",
    "discriminative",
    "train",
    "predict",
    "generate",
    "lab",
    "report",
    "cli",
];

/// The module at the top of `src` that a module is or is in; empty for `lib.rs` and `main.rs`.
fn top(module: &[String]) -> &str {
    match module.first().map_or("", String::as_str) {
        "main" => "",
        name => name,
    }
}

/// Every use of one module at the top by a file of another: the file, its module, the module used.
fn uses(house: &House) -> Vec<(&str, &str, &str)> {
    let mut all = Vec::new();
    for (at, source) in house.sources.iter().enumerate() {
        let from = top(&source.module);
        let used = house
            .uses(at)
            .into_iter()
            .map(|other| top(&house.sources[other].module));
        let used: BTreeSet<&str> = used.filter(|used| *used != from).collect();
        all.extend(used.into_iter().map(|to| (source.path.as_str(), from, to)));
    }
    assert!(
        all.len() > 200,
        "only {} uses found: the test has gone blind",
        all.len()
    );
    all
}

#[test]
fn every_module_is_in_the_order_and_uses_only_those_before_it() {
    let house = House::read();
    let rank = |name: &str| ORDER.iter().position(|known| *known == name);
    for source in &house.sources {
        let name = top(&source.module);
        assert!(
            name.is_empty() || rank(name).is_some(),
            "{name} is not in the order"
        );
    }
    for name in ORDER {
        let there = house
            .sources
            .iter()
            .any(|source| top(&source.module) == *name);
        assert!(there, "{name} is in the order and not in src");
    }
    for (path, from, to) in uses(house) {
        assert!(
            from.is_empty() || rank(to) < rank(from),
            "{path} must not use {to}, which is after {from} in the order"
        );
    }
}

#[test]
fn the_families_know_neither_each_other_nor_what_is_made_of_them() {
    let barred = |from: &str| match from {
        "generative" => &["discriminative", "train", "lab", "report"][..],
        "discriminative" => &["generative", "train", "lab", "report"],
        _ => &[],
    };
    for (path, from, to) in uses(House::read()) {
        assert!(!barred(from).contains(&to), "{path} must not use {to}");
    }
}

#[test]
fn a_saved_experiment_is_read_and_drawn_without_any_model() {
    let allowed = |from: &str| match from {
        "results" => &["base"][..],
        _ => &["base", "results"],
    };
    let of_results = |from: &str| matches!(from, "results" | "report");
    let uses: Vec<_> = uses(House::read())
        .into_iter()
        .filter(|(_, from, _)| of_results(from))
        .collect();
    assert!(!uses.is_empty(), "neither results nor report found");
    for (path, from, to) in uses {
        assert!(allowed(from).contains(&to), "{path} must not use {to}");
    }
}

#[test]
fn the_solvers_know_nothing_of_mail() {
    let house = House::read();
    let of_solvers = |from: &str| matches!(from, "optim" | "nn");
    let uses: Vec<_> = uses(house)
        .into_iter()
        .filter(|(_, from, _)| of_solvers(from))
        .collect();
    assert!(!uses.is_empty(), "no solver found");
    for (path, _, to) in uses {
        // Where nets meet the contract of models.
        let meets_it = path == "src/nn/learner.rs" && matches!(to, "model" | "results");
        assert!(
            meets_it || ["base", "dataset", "optim"].contains(&to),
            "{path} must not use {to}"
        );
    }
}
