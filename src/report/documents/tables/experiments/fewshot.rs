//! The table of an experiment with few messages, and how its models stand beside published ones.

use crate::base::numbers::{count, count_or_all, number};
use crate::report::documents::tables::table::{DataTable, TableCell};
use crate::results::experiments::{FewshotFound, FewshotModel, PUBLISHED, Standing};
use crate::results::{Estimate, Family};

/// Decimals of F1.
const DECIMALS: usize = 4;
/// What stands for the mean over corpora.
const AVERAGE: &str = "mean over corpora";
/// Whose verdicts are counted.
const OWN: &str = "own score";
const CALIBRATED: &str = "calibrated";

/// F1 of every model, on each corpus and over all, by the number of training messages; and what was
/// published.
pub fn few_messages(found: &FewshotFound) -> DataTable {
    let labels = [
        "model",
        "family",
        "tested on",
        "verdicts",
        "training emails",
        "f1",
        "deviation",
        "low",
        "high",
    ];
    let mut rows = Vec::new();
    for model in &found.models {
        let corpora = found.corpora.iter().map(|corpus| corpus.name.as_str());
        let family = model.family.to_string();
        let calibrated = corpora.chain([AVERAGE]).map(|corpus| (corpus, CALIBRATED));
        let all = calibrated.chain([(AVERAGE, OWN)]);
        let averages = [&model.average, &model.uncalibrated];
        for ((corpus, verdicts), by_size) in all.zip(model.f1.iter().chain(averages)) {
            for (size, estimate) in found.sizes.iter().zip(by_size) {
                let texts = [&model.name, &family, corpus, verdicts];
                rows.push(row(texts, *size, estimate));
            }
        }
    }
    for published in found.published() {
        for size in &found.sizes {
            let value = published.at(*size).map(|(value, _)| value);
            let estimate = Estimate {
                value,
                ..Estimate::default()
            };
            rows.push(row(
                [published.name, "published", AVERAGE, OWN],
                *size,
                &estimate,
            ));
        }
    }
    DataTable::of(&labels, rows)
}

fn row(texts: [&str; 4], size: Option<usize>, estimate: &Estimate) -> Vec<TableCell> {
    let mut row: Vec<TableCell> = texts.map(|text| TableCell::Text(text.to_owned())).into();
    row.push(TableCell::Text(count_or_all(size)));
    let end = |at: usize| estimate.interval.map(|interval| interval[at]);
    let numbers = [estimate.value, estimate.deviation, end(0), end(1)];
    row.extend(numbers.map(|value| TableCell::known(value, DECIMALS)));
    row
}

/// How the numbers came about, and how the best models stand beside published ones.
pub fn fewshot_in_words(found: &FewshotFound) -> Vec<String> {
    let corpora: Vec<String> = found
        .corpora
        .iter()
        .map(|corpus| {
            let learned = count(corpus.training.iter().sum::<usize>());
            format!("{} ({learned} in all)", corpus.name)
        })
        .collect();
    let runs = match found.runs {
        1 => "One run was made".to_owned(),
        runs => format!("Numbers are means over {runs} runs"),
    };
    let mut told = vec![format!(
        "F1 of spam. {runs}, each with a split and training sets of its own, on {}; \
         near-duplicates were left out.",
        corpora.join(", ")
    )];
    told.extend(
        found
            .models
            .iter()
            .filter_map(|model| missing(found, model)),
    );
    if !found.published().is_empty() {
        let names = PUBLISHED.iter().filter(|one| one.is_pretrained);
        let names: Vec<&str> = names.map(|one| one.name).collect();
        told.push(format!(
            "Published are means over Ling-Spam, SMS Spam Collection, SpamAssassin and Enron \
             (Labonne and Moran 2023, arXiv 2304.01238): {}, which are pretrained, and the best of \
             six baselines at each number of emails. They compare only if these are the corpora \
             here.",
            names.join(", ")
        ));
    }
    let best = Family::BOTH.map(|family| found.best(family));
    let best = best.into_iter().flatten();
    let best = best.filter(|_| !found.published().is_empty());
    [told.join(" ")]
        .into_iter()
        .chain(best.map(|model| stands(found, model)))
        .collect()
}

/// Where a model has no mean over corpora.
fn missing(found: &FewshotFound, model: &FewshotModel) -> Option<String> {
    let why = model.failed.as_ref()?;
    let sizes = found.sizes.iter().zip(&model.average);
    let without = sizes.filter(|(_, average)| average.value.is_none());
    let sizes: Vec<String> = without.map(|(size, _)| count_or_all(*size)).collect();
    let name = &model.name;
    Some(format!("{name} has no mean at {}: {why}.", listed(&sizes)))
}

/// How a model stands beside the best baseline and the best pretrained model published at each
/// number of messages.
fn stands(found: &FewshotFound, model: &FewshotModel) -> String {
    let beside = |pretrained: bool, whom: &str| {
        let places = |wanted: Standing| {
            let mut of_standing = Vec::new();
            for (place, size) in found.sizes.iter().enumerate() {
                let Some((standing, best)) = found.standing(model, place, pretrained) else {
                    continue;
                };
                if standing == wanted {
                    let size = count_or_all(*size);
                    of_standing.push(if wanted == Standing::Below {
                        let theirs = best.at(found.sizes[place]).map(|(value, _)| value);
                        let ours = model.average[place].value;
                        let [theirs, ours] = [theirs, ours].map(shown);
                        format!("{size} ({}, {theirs} against {ours})", best.name)
                    } else {
                        size
                    });
                }
            }
            listed(&of_standing)
        };
        let [above, level, below] = [Standing::Above, Standing::Level, Standing::Below].map(places);
        let parts = [("above", above), ("level with", level), ("below", below)];
        let parts = parts.into_iter().filter(|(_, sizes)| !sizes.is_empty());
        let parts: Vec<String> = parts
            .map(|(how, sizes)| format!("{how} {whom} at {sizes}"))
            .collect();
        parts.join(", ")
    };
    let told = [
        beside(false, "the best baseline"),
        beside(true, "the best pretrained model"),
    ];
    let told: Vec<&str> = told
        .iter()
        .map(String::as_str)
        .filter(|told| !told.is_empty())
        .collect();
    format!(
        "{}, the best {} model over all numbers of emails, is {}.",
        model.name,
        model.family,
        told.join("; it is ")
    )
}

fn shown(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| number(value, 3))
}

/// `a, b and c`.
fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
