//! The tables of a crossover: every point of its curves, and where the pairs cross.

use crate::base::numbers::{count, number};
use crate::report::documents::tables::table::{DataTable, TableCell};
use crate::results::experiments::{CrossoverFound, METRICS_OF_A_CROSSOVER, MatchedCurves};

/// Decimals of a metric and of a number of messages.
const DECIMALS: usize = 3;

/// Every point: both models by each metric, and their difference with its interval.
pub fn points(found: &CrossoverFound) -> DataTable {
    let labels = [
        "features",
        "tuned",
        "emails",
        "resamples",
        "failed",
        "metric",
        "generative",
        "discriminative",
        "difference",
        "low",
        "high",
    ];
    let mut rows = Vec::new();
    for pair in &found.pairs {
        for point in &pair.points {
            for key in METRICS_OF_A_CROSSOVER {
                let mean = |model: usize| point.means[model].get(key).copied().flatten();
                let (difference, interval) = match point.differences.get(key) {
                    Some((difference, [low, high])) => {
                        (Some(*difference), [Some(*low), Some(*high)])
                    }
                    None => (None, [None; 2]),
                };
                let [low, high] = interval;
                let numbers = [mean(0), mean(1), difference, low, high];
                let mut row = vec![
                    TableCell::Text(pair.features.clone()),
                    TableCell::Text(pair.tuned.to_string()),
                    TableCell::known(Some(point.emails as f64), 0),
                    TableCell::known(Some(point.resamples as f64), 0),
                    TableCell::known(Some(point.failed as f64), 0),
                    TableCell::Text(key.to_owned()),
                ];
                row.extend(numbers.map(|value| TableCell::known(value, DECIMALS)));
                rows.push(row);
            }
        }
    }
    DataTable::of(&labels, rows)
}

/// Where each pair crosses, by metric.
pub fn crossings(found: &CrossoverFound) -> DataTable {
    let labels = [
        "features",
        "tuned",
        "generative",
        "discriminative",
        "metric",
        "crosses at",
        "low",
        "high",
        "share of replicates that cross",
    ];
    let rows = found.pairs.iter().flat_map(|pair| {
        pair.crossings.iter().map(|(metric, crossing)| {
            let end = |at: usize| crossing.interval.map(|interval| interval[at]);
            let [generative, discriminative] = pair.models.clone();
            vec![
                TableCell::Text(pair.features.clone()),
                TableCell::Text(pair.tuned.to_string()),
                TableCell::Text(generative),
                TableCell::Text(discriminative),
                TableCell::Text(metric.clone()),
                TableCell::known(crossing.at, 0),
                TableCell::known(end(0), 0),
                TableCell::known(end(1), 0),
                TableCell::known(Some(crossing.share), DECIMALS),
            ]
        })
    });
    DataTable::of(&labels, rows.collect())
}

/// Where a pair crosses, metric by metric, and which training sets are left out.
pub fn crossings_in_words(pair: &MatchedCurves) -> String {
    let named = [("error rate", 0), ("(1-ROCA) %", 1), ("log loss", 2)].into_iter();
    let sentences =
        named.filter_map(|(name, at)| crossing_in_words(pair, name, METRICS_OF_A_CROSSOVER[at]));
    let sentences: Vec<String> = sentences
        .chain(decay_in_words(pair))
        .chain(failed_in_words(pair))
        .collect();
    format!("{}: {}", pair.name(), sentences.join(" "))
}

/// How many training sets are left out, and why; None if none is.
fn failed_in_words(pair: &MatchedCurves) -> Option<String> {
    let failed: usize = pair.points.iter().map(|point| point.failed).sum();
    let fitted: usize = pair.points.iter().map(|point| point.resamples).sum();
    let whys = pair.models.iter().zip(&pair.failed);
    let whys = whys.filter_map(|(model, why)| Some(format!("{model}: {}", why.as_ref()?)));
    let whys: Vec<String> = whys.collect();
    (failed > 0).then(|| {
        format!(
            "Left out: {} of {} training sets, to which not both models could be fitted ({}).",
            count(failed),
            count(failed + fitted),
            whys.join("; ")
        )
    })
}

/// How fast the error rates of both models fall.
fn decay_in_words(pair: &MatchedCurves) -> Option<String> {
    let fall = |model: usize| {
        let decay = pair.decay[model]?;
        let interval = decay
            .interval
            .map(|interval| interval.map(|end| number(end, 2)));
        let interval =
            interval.map_or_else(String::new, |[low, high]| format!(" ({low} to {high})"));
        let name = &pair.models[model];
        Some(format!(
            "n^-{}{interval} for {name}, to {} %",
            number(decay.exponent, 2),
            number(decay.least, 2)
        ))
    };
    let [one, other] = [fall(0)?, fall(1)?];
    Some(format!("The excess error falls as {one}, and {other}."))
}

/// Where a pair crosses by a metric; None where both models were fitted to no training set.
fn crossing_in_words(pair: &MatchedCurves, name: &str, key: &str) -> Option<String> {
    let [generative, discriminative] = &pair.models;
    let differences = pair
        .points
        .iter()
        .filter_map(|point| point.differences.get(key));
    let signs: Vec<bool> = differences.map(|(value, _)| *value < 0.0).collect();
    let crossing = pair.crossings.get(key).filter(|_| !signs.is_empty())?;
    let share = number(100.0 * crossing.share, 1);
    let replicates = match crossing.interval {
        Some([low, high]) if crossing.at.is_some() => {
            let [low, high] = [low, high].map(|end| count(end.round() as usize));
            format!(
                "; {share} % of the bootstrap replicates cross, the middle 95 % of these between \
                 {low} and {high}"
            )
        }
        _ => format!("; {share} % of the bootstrap replicates cross"),
    };
    Some(match crossing.at {
        Some(at) => format!(
            "By {name}, {generative} is ahead up to about {} training emails, {discriminative} \
             beyond{replicates}.",
            count(at.round() as usize)
        ),
        None if signs.iter().all(|ahead| *ahead) => {
            format!("By {name}, {generative} is ahead at every size{replicates}.")
        }
        None if signs.iter().all(|ahead| !ahead) => {
            format!("By {name}, {discriminative} is ahead at every size{replicates}.")
        }
        None => format!(
            "By {name}, {generative} does not fall behind: it is ahead at {} of {} sizes, the \
             largest among them{replicates}.",
            signs.iter().filter(|ahead| **ahead).count(),
            signs.len()
        ),
    })
}

/// How the curves came about.
pub fn crossover_in_words(found: &CrossoverFound) -> String {
    format!(
        "Means over training sets that both models of a pair share, tested on {} emails, {} of \
         them spam; {} near-duplicates were left out. In brackets stand 95 % intervals of {} \
         bootstrap replicates, which draw training sets and test emails anew.",
        count(found.test.iter().sum::<usize>()),
        count(found.test[1]),
        count(found.left_out),
        number(f64::from(found.replicates), 0)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::experiments::{Crossing, PairedPoint};

    fn point(emails: usize, failed: usize, difference: Option<f64>) -> PairedPoint {
        let differences = difference.map(|value| ("error_pct".to_owned(), (value, [value; 2])));
        PairedPoint {
            emails,
            resamples: 10 - failed,
            failed,
            means: Default::default(),
            differences: differences.into_iter().collect(),
        }
    }

    fn pair(points: Vec<PairedPoint>, failed: [Option<String>; 2]) -> MatchedCurves {
        let crossing = Crossing {
            at: None,
            share: 0.0,
            interval: None,
        };
        MatchedCurves {
            features: "words".to_owned(),
            models: ["multinomial", "logistic"].map(str::to_owned),
            tuned: false,
            points,
            crossings: [("error_pct".to_owned(), crossing)].into(),
            decay: [None, None],
            failed,
        }
    }

    #[test]
    fn training_sets_that_are_left_out_are_counted_and_no_model_is_ahead_on_them() {
        let why = || Some("no token is left to learn from".to_owned());
        let left_out = |number: usize| {
            format!(
                "Left out: {number} of 20 training sets, to which not both models could be fitted \
                 (logistic: no token is left to learn from)."
            )
        };
        let some = pair(
            vec![point(4, 3, Some(-1.0)), point(8, 0, Some(-1.0))],
            [None, why()],
        );
        let expected = format!(
            "words, untuned: By error rate, multinomial is ahead at every size; 0.0 % of the \
             bootstrap replicates cross. {}",
            left_out(3)
        );
        assert_eq!(crossings_in_words(&some), expected);
        let all = pair(vec![point(4, 10, None), point(8, 10, None)], [None, why()]);
        let expected = format!("words, untuned: {}", left_out(20));
        assert_eq!(crossings_in_words(&all), expected);
        let none = pair(vec![point(4, 0, Some(1.0))], [None, None]);
        assert!(!crossings_in_words(&none).contains("Left out"));
    }
}
