//! The tables of an experiment on damage: every model at every level, and how the best ones differ.

use crate::base::numbers::{count, number};
use crate::report::documents::tables::table::{DataTable, TableCell};
use crate::results::experiments::{Damage, METRICS_OF_NOISE, NoiseFound, NoiseLevel};

/// Decimals of a metric.
const DECIMALS: usize = 3;

fn places(level: &NoiseLevel) -> [TableCell; 3] {
    let damage = level.damage.map_or("none", Damage::name);
    [
        TableCell::Text(damage.to_owned()),
        TableCell::Text(level.name()),
        TableCell::known(Some(level.draws as f64), 0),
    ]
}

/// Every model at every level: means over draws, with deviations.
pub fn damaged(found: &NoiseFound) -> DataTable {
    let labels = [
        "damage",
        "level",
        "draws",
        "model",
        "family",
        "metric",
        "value",
        "deviation",
    ];
    let mut rows = Vec::new();
    for level in &found.levels {
        for (model, measured) in found.models.iter().zip(&level.models) {
            for key in METRICS_OF_NOISE {
                let estimate = measured.metrics.get(key);
                let mut row: Vec<TableCell> = places(level).into();
                let texts = [model.name.clone(), model.family.to_string(), key.to_owned()];
                row.extend(texts.map(TableCell::Text));
                let value = estimate.and_then(|estimate| estimate.value);
                let deviation = estimate.and_then(|estimate| estimate.deviation);
                row.extend([value, deviation].map(|value| TableCell::known(value, DECIMALS)));
                rows.push(row);
            }
        }
    }
    DataTable::of(&labels, rows)
}

/// By how much the best models of both families differ at every level.
pub fn damage_differences(found: &NoiseFound) -> DataTable {
    let labels = [
        "damage",
        "level",
        "draws",
        "generative",
        "discriminative",
        "metric",
        "difference",
        "low",
        "high",
    ];
    let mut rows = Vec::new();
    let Some(names) = names(found) else {
        return DataTable::of(&labels, rows);
    };
    for level in &found.levels {
        for (key, (value, [low, high])) in &level.differences {
            let mut row: Vec<TableCell> = places(level).into();
            let [a, b] = names.map(str::to_owned);
            row.extend([a, b, key.clone()].map(TableCell::Text));
            let numbers = [*value, *low, *high];
            row.extend(numbers.map(|value| TableCell::known(Some(value), DECIMALS)));
            rows.push(row);
        }
    }
    DataTable::of(&labels, rows)
}

/// The best generative model and the best discriminative one.
pub(super) fn names(found: &NoiseFound) -> Option<[&str; 2]> {
    let [a, b] = found.best;
    Some([a?, b?].map(|at| found.models[at].name.as_str()))
}

/// How the numbers came about.
pub fn noise_in_words(found: &NoiseFound) -> String {
    let failed = found.levels.iter().flat_map(|level| {
        let models = found.models.iter().zip(&level.models);
        models.filter_map(|(model, measured)| {
            let why = measured.failed.as_ref()?;
            let damage = level.damage.map_or("undamaged mail", Damage::name);
            let name = level
                .damage
                .map_or(String::new(), |_| format!(" {}", level.name()));
            Some(format!(
                " {} has no result for {damage}{name}: {why}.",
                model.name
            ))
        })
    });
    let failed: String = failed.collect();
    let draws = found.levels.iter().map(|level| level.draws).max();
    format!(
        "Trained on {} emails, {} of them spam, and tested on {} others, {} of them spam; {} \
         near-duplicates were left out. Every model has the same damage; numbers are means over {} \
         draws of it. In brackets stand 95 % intervals of {} bootstrap replicates, which draw \
         damage and test emails anew.{failed}",
        count(found.training.iter().sum::<usize>()),
        count(found.training[1]),
        count(found.test.iter().sum::<usize>()),
        count(found.test[1]),
        count(found.left_out),
        draws.unwrap_or(0),
        number(f64::from(found.replicates), 0)
    )
}
