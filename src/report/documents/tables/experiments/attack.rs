//! The tables of attacks: what is still caught, what defences cost, and what poison does.

use crate::report::documents::tables::table::{DataTable, TableCell};
use crate::report::numbers::count;
use crate::results::Estimate;
use crate::results::experiments::{Attack, AttackFound, CLEAN_RATES, Defence};

/// Decimals of a percentage.
const DECIMALS: usize = 2;

/// The cells of an estimate: value, low and high.
fn shown(estimate: Option<&Estimate>) -> [TableCell; 3] {
    let interval = estimate.and_then(|estimate| estimate.interval);
    let value = estimate.and_then(|estimate| estimate.value);
    let numbers = [value, interval.map(|of| of[0]), interval.map(|of| of[1])];
    numbers.map(|value| TableCell::known(value, DECIMALS))
}

fn text(text: &str) -> TableCell {
    TableCell::Text(text.to_owned())
}

/// Spam caught by every model under every attack, at each rate.
pub fn attacked(found: &AttackFound) -> DataTable {
    let labels = [
        "model",
        "family",
        "defence",
        "attack",
        "words",
        "clean FPR %",
        "caught %",
        "low",
        "high",
    ];
    let rows = found.cells.iter().flat_map(|cell| {
        let model = &found.models[cell.model];
        let told = CLEAN_RATES.iter().zip(&cell.caught);
        let told = told.filter(|(_, caught)| caught.is_some());
        told.map(move |(rate, caught)| {
            let mut row = vec![
                text(&model.name),
                TableCell::Text(model.family.to_string()),
                text(cell.defence.name()),
                text(cell.attack.name()),
                TableCell::known(Some(cell.words as f64), 0),
                TableCell::known(Some(100.0 * rate), 1),
            ];
            row.extend(shown(caught.as_ref()));
            row
        })
    });
    DataTable::of(&labels, rows.collect())
}

/// What each defence costs on clean mail.
pub fn defences(found: &AttackFound) -> DataTable {
    let labels = ["model", "family", "defence", "(1-ROCA) %", "low", "high"];
    let rows = found.clean.iter().map(|cell| {
        let model = &found.models[cell.model];
        let mut row = vec![
            text(&model.name),
            TableCell::Text(model.family.to_string()),
            text(cell.defence.name()),
        ];
        row.extend(shown(cell.one_minus_roca_pct.as_ref()));
        row
    });
    DataTable::of(&labels, rows.collect())
}

/// What asking one filter does to another, with what asking took.
pub fn found_words(found: &AttackFound) -> DataTable {
    let labels = [
        "asked",
        "queries",
        "words tried",
        "words found",
        "attacked",
        "words",
        "clean FPR %",
        "caught %",
        "low",
        "high",
    ];
    let rows = found.transfers.iter().flat_map(|transfer| {
        let name = |model: usize| text(&found.models[model].name);
        let search = found
            .searches
            .iter()
            .find(|search| search.model == transfer.asked);
        let told = CLEAN_RATES.iter().zip(&transfer.caught);
        let told = told.filter(|(_, caught)| caught.is_some());
        told.map(move |(rate, caught)| {
            let of_search = |value: Option<u64>| TableCell::known(value.map(|of| of as f64), 0);
            let mut row = vec![
                name(transfer.asked),
                of_search(search.map(|search| search.queries)),
                of_search(search.map(|search| search.tried as u64)),
                of_search(search.map(|search| search.found as u64)),
                name(transfer.victim),
                of_search(Some(transfer.words as u64)),
                TableCell::known(Some(100.0 * rate), 1),
            ];
            row.extend(shown(caught.as_ref()));
            row
        })
    });
    DataTable::of(&labels, rows.collect())
}

/// Filters that learned from poisoned mail.
pub fn poisoned(found: &AttackFound) -> DataTable {
    let labels = [
        "model", "family", "poison", "share %", "metric", "value", "low", "high",
    ];
    let mut rows = Vec::new();
    for cell in &found.poisoned {
        let model = &found.models[cell.model];
        let mut row = |metric: &str, numbers: [TableCell; 3]| {
            let mut row = vec![
                text(&model.name),
                TableCell::Text(model.family.to_string()),
                text(cell.poison.name()),
                TableCell::known(Some(100.0 * cell.share), 1),
                text(metric),
            ];
            row.extend(numbers);
            rows.push(row);
        };
        for (key, estimate) in &cell.metrics {
            row(key, shown(Some(estimate)));
        }
        if let Some(lost) = cell.targets_lost_pct {
            let value = TableCell::known(Some(lost), DECIMALS);
            row(
                "targets_lost_pct",
                [value, TableCell::known(None, 0), TableCell::known(None, 0)],
            );
        }
    }
    DataTable::of(&labels, rows)
}

/// How the numbers came about, and what stands out.
pub fn attack_in_words(found: &AttackFound) -> String {
    let [ham, spam] = found.test;
    let of = |[ham, spam]: [usize; 2]| format!("{} ham and {} spam", count(ham), count(spam));
    let mut said = format!(
        "Filters learned from {}, the attacker from {} of his own; {} ham set the thresholds and \
         {} spam were attacked.",
        of(found.training),
        of(found.attacker),
        count(ham),
        count(spam),
    );
    let untold = CLEAN_RATES
        .iter()
        .enumerate()
        .filter(|(rate, _)| found.cells.iter().all(|cell| cell.caught[*rate].is_none()));
    for (_, rate) in untold {
        said += &format!(
            " The ham are too few for a threshold at {} % of them.",
            100.0 * rate
        );
    }
    let failed = found.models.iter().filter_map(|model| {
        let why = model.failed.as_ref()?;
        Some(format!(" {} was not fitted: {why}.", model.name))
    });
    said.extend(failed);
    said.extend(found.told_rate().map(|rate| hardest(found, rate)));
    said
}

/// The model that withstands each passive attack best, in one sentence an attack.
fn hardest(found: &AttackFound, rate: usize) -> String {
    let mut said = String::new();
    for attack in Attack::PASSIVE {
        let Some(&words) = found.words(attack).last() else {
            continue;
        };
        let caught = |model: usize, attack: Attack, words: usize| {
            found.cell(model, Defence::None, attack, words)?.caught[rate]
                .as_ref()?
                .value
        };
        let models = (0..found.models.len()).filter_map(|model| {
            let after = caught(model, attack, words)?;
            Some((model, caught(model, attack.baseline(), 0)?, after))
        });
        let models: Vec<(usize, f64, f64)> = models.collect();
        let by_after = |a: &&(usize, f64, f64), b: &&(usize, f64, f64)| a.2.total_cmp(&b.2);
        let (Some(most), Some(least)) = (
            models.iter().max_by(by_after),
            models.iter().min_by(by_after),
        ) else {
            continue;
        };
        let one = |&(model, before, after): &(usize, f64, f64)| {
            format!("{} {after:.1} % ({before:.1} %)", found.models[model].name)
        };
        said += &format!(
            " {} ({}): {} to {}.",
            capitalized(attack.name()),
            count(words),
            one(most),
            one(least)
        );
    }
    if said.is_empty() {
        said
    } else {
        format!(
            " Caught with the most words tried (and without them) by the model that withstands \
             each attack best, and by the one that does so least:{said}"
        )
    }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}
