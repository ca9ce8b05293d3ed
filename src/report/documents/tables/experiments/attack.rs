//! The tables of attacks: what is still caught, what defences cost, and what poison does.

use crate::base::numbers::{count, number};
use crate::report::documents::tables::table::{DataTable, TableCell};
use crate::results::experiments::{Attack, AttackFound, CLEAN_RATES, FitPurpose};
use crate::results::{Estimate, Family};

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
    said.extend(
        found
            .left_out
            .iter()
            .map(|(_, why)| format!(" Left out: {why}.")),
    );
    let rates = CLEAN_RATES.iter().enumerate();
    let untold =
        rates.filter(|(rate, _)| found.cells.iter().all(|cell| cell.caught[*rate].is_none()));
    said.extend(untold.map(|(_, rate)| {
        let rate = 100.0 * rate;
        format!(" The ham are too few for a threshold at {rate} % of them.")
    }));
    let failed = found.models.iter().filter_map(|model| {
        let why = model.failed.as_ref()?;
        Some(format!(" {} could not be fitted: {why}.", model.name))
    });
    said.extend(failed);
    said.extend(found.failed.iter().map(|fit| {
        let (name, why) = (&found.models[fit.model].name, &fit.why);
        match fit.purpose {
            FitPurpose::Defence(defence) => {
                format!(" {name} could not be fitted for {}: {why}.", defence.name())
            }
            FitPurpose::Poison(poison, share) => format!(
                " {name} could not be fitted to mail with {} % {} poison: {why}.",
                number(100.0 * share, 1),
                poison.name()
            ),
        }
    }));
    let in_vain = found.searches.iter().filter(|search| search.found == 0);
    said.extend(in_vain.map(|search| {
        let (name, queries) = (&found.models[search.model].name, search.queries as usize);
        format!(
            " No words were found that {name} gives way to; it was asked about {} messages.",
            count(queries)
        )
    }));
    said
}

/// What the passive attacks come to, in one sentence; none where no rate can be told.
pub fn withstood_in_words(found: &AttackFound) -> Option<String> {
    let rate = found.told_rate()?;
    let words = *found.words(Attack::Ratio).last()?;
    let said = Family::BOTH.into_iter().filter_map(|family| {
        let (model, left) = found.withstands_best(family, rate)?;
        let name = &found.models[model].name;
        Some(format!("{name} ({family}) {} %", number(left, 0)))
    });
    let said: Vec<String> = said.collect();
    let worst = Attack::PASSIVE.into_iter().filter_map(|attack| {
        let models = (0..found.models.len()).map(|model| found.caught(model, attack, words, rate));
        let caught: Vec<f64> = models.flatten().collect();
        let sum: f64 = caught.iter().sum();
        (!caught.is_empty()).then(|| (attack, sum / caught.len() as f64))
    });
    let (attack, caught) = worst.min_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(format!(
        "Of spam under attacks that ask nothing, with {} words each, the model of each family that \
         withstands them best still catches on average: {}. {} let most through: over all models \
         {} % are caught.",
        count(words),
        said.join(", "),
        capitalized(attack.name()),
        number(caught, 0)
    ))
}

/// By attack, with the most words tried: which model withstands it best and which least.
pub fn withstood(found: &AttackFound) -> DataTable {
    let labels = [
        "attack",
        "words",
        "withstood best by",
        "caught %",
        "without it %",
        "least by",
        "caught %",
        "without it %",
        "words to evade, best",
        "words to evade, least",
    ];
    let Some(rate) = found.told_rate() else {
        return DataTable::of(&labels, Vec::new());
    };
    let attacks = Attack::PASSIVE.into_iter().chain(Attack::ACTIVE);
    let row = |attack: Attack| {
        let words = *found.words(attack).last()?;
        let models = (0..found.models.len()).filter_map(|model| {
            let after = found.caught(model, attack, words, rate)?;
            Some((
                model,
                found.caught(model, attack.baseline(), 0, rate)?,
                after,
            ))
        });
        let models: Vec<(usize, f64, f64)> = models.collect();
        let by_after = |a: &&(usize, f64, f64), b: &&(usize, f64, f64)| a.2.total_cmp(&b.2);
        let ends = [
            *models.iter().max_by(by_after)?,
            *models.iter().min_by(by_after)?,
        ];
        let mut row = vec![text(attack.name()), TableCell::known(Some(words as f64), 0)];
        for (model, before, after) in ends {
            row.push(text(&found.models[model].name));
            row.extend([after, before].map(|value| TableCell::known(Some(value), 1)));
        }
        row.extend(ends.map(|(model, ..)| {
            let enough = found.words_to_evade(model, attack, rate);
            TableCell::known(enough.map(|words| words as f64), 0)
        }));
        Some(row)
    };
    DataTable::of(&labels, attacks.filter_map(row).collect())
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}
