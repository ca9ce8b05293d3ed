//! Tables of messages: errors by slice, every error, and messages that look mislabelled.

use super::summary::has_result;
use super::table::{Beside, DataTable, TableCell, column};
use crate::base::mail::Label;
use crate::base::math::sigmoid;
use crate::results;
use crate::results::{Experiment, ModelRecord, Scored, SliceErrors};

/// The slices in which the best model of each family makes more errors than its rates over all mail
/// let expect, the worst first.
pub fn slices_of_best(experiment: &Experiment) -> DataTable {
    let best = experiment.best();
    let wanted = |at: usize| best.generative == Some(at) || best.discriminative == Some(at);
    let excess = |slice: &results::Slice| -> f64 {
        let of_best = slice.wrong.iter().enumerate().filter(|&(at, _)| wanted(at));
        of_best.map(|(_, wrong)| wrong.excess()).sum()
    };
    let mut found: Vec<(f64, results::Slice)> = results::slices(experiment)
        .into_iter()
        .map(|slice| (excess(&slice), slice))
        .filter(|(excess, _)| *excess > 0.0)
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (excess, found): (Vec<f64>, Vec<results::Slice>) = found.into_iter().unzip();
    let mut table = slices_of(experiment, found, wanted);
    // On a page, what it is a slice by stands before its name.
    table.columns.remove(1);
    let excess_errors = "errors beyond the average";
    table.columns.push(column("excess_errors", excess_errors));
    for (row, value) in table.rows.iter_mut().zip(excess) {
        let by = row.remove(1).shown();
        row[0] = TableCell::Text(format!("{by}: {}", row[0].shown()));
        row.push(TableCell::Number { value, decimals: 1 });
    }
    table
}

/// Errors by slice: the percentages of ham and of spam that each model with a result gets wrong,
/// with their 95 % intervals.
pub fn slices(experiment: &Experiment) -> DataTable {
    slices_of(experiment, results::slices(experiment), |_| true)
}

fn slices_of(
    experiment: &Experiment,
    slices: Vec<results::Slice>,
    wanted: impl Fn(usize) -> bool,
) -> DataTable {
    let models: Vec<(usize, &ModelRecord)> = experiment
        .models
        .iter()
        .enumerate()
        .filter(|&(at, model)| wanted(at) && has_result(model))
        .collect();
    let mut columns = vec![
        column("slice", "slice"),
        column("by", "by"),
        column("ham", "ham"),
        column("spam", "spam"),
    ];
    for (_, model) in &models {
        for (class, rate) in [("ham", "FPR"), ("spam", "FNR")] {
            let key = format!("{}_{class}_misclassified_pct", model.name);
            let label = format!("{} {rate} %", model.name);
            columns.push(column(&key, &label).with(Beside::Interval));
        }
    }
    let percent = |wrong: &SliceErrors, class| {
        let counted = results::wilson_of_count(wrong.errors[class], wrong.of[class]);
        let interval = counted.map(|ends| ends.map(|end| 100.0 * end));
        let percent = wrong.percent(class);
        percent.map_or(TableCell::Missing, |mean| {
            TableCell::spread(mean, None, interval, 1)
        })
    };
    let row = |slice: results::Slice| {
        let mut row = vec![
            TableCell::Text(slice.name),
            TableCell::Text(slice.by.to_owned()),
        ];
        row.extend(slice.emails.map(TableCell::count));
        row.extend(
            models
                .iter()
                .flat_map(|&(at, _)| [0, 1].map(|class| percent(&slice.wrong[at], class))),
        );
        row
    };
    DataTable {
        columns,
        rows: slices.into_iter().map(row).collect(),
    }
    .evenly_rounded()
}

/// Every error of every model, the most confident of each model and class first.
pub fn errors(experiment: &Experiment) -> DataTable {
    let mut rows = Vec::new();
    for model in &experiment.models {
        for label in Label::BOTH {
            for error in errors_of(experiment, model, label) {
                let kind = experiment
                    .emails
                    .kinds
                    .get(error.row as usize)
                    .cloned()
                    .flatten();
                rows.push(vec![
                    TableCell::Text(model.name.clone()),
                    TableCell::Text(label.to_string()),
                    TableCell::Text(experiment.emails.id(error.row).to_owned()),
                    TableCell::Text(kind.unwrap_or_default()),
                    TableCell::Number {
                        value: sigmoid(error.log_odds),
                        decimals: 4,
                    },
                ]);
            }
        }
    }
    DataTable::of(
        &["model", "label", "id", "kind", "probability of spam"],
        rows,
    )
}

/// A message that a model got wrong.
pub struct Misclassified {
    /// Its row in the data set, from 0.
    pub row: u32,
    /// Log-odds of spam, in nats.
    pub log_odds: f64,
}

/// The messages of a class that a model got wrong, the most confident errors first.
pub fn errors_of(experiment: &Experiment, model: &ModelRecord, label: Label) -> Vec<Misclassified> {
    let of_fold = |(_, scored): (u32, &Scored)| -> Vec<Misclassified> {
        let rows = scored.rows.iter().copied().enumerate();
        let wrong = rows.filter(|&(at, row)| {
            experiment.emails.label(row) == Some(label) && scored.label(at) != label
        });
        let misclassified = |(at, row): (usize, u32)| Misclassified {
            row,
            log_odds: scored.log_odds[at],
        };
        wrong.map(misclassified).collect()
    };
    let mut found: Vec<Misclassified> = model.scored().flat_map(of_fold).collect();
    found.sort_by(|a, b| {
        b.log_odds
            .abs()
            .total_cmp(&a.log_odds.abs())
            .then(a.row.cmp(&b.row))
    });
    found
}

/// Messages whose label the best model of each family confidently contradicts.
pub fn mislabelled(experiment: &Experiment) -> DataTable {
    let best = experiment.best().both();
    let name = |at: Option<usize>| at.map_or("", |at| experiment.models[at].name.as_str());
    let (a, b) = (name(best.map(|best| best.0)), name(best.map(|best| best.1)));
    let messages = experiment.messages();
    let row = |suspect: results::Suspect| {
        let text = messages.iter().find(|message| message.row == suspect.row);
        let subject = text.map_or("", |message| {
            message.text.lines().next().unwrap_or_default()
        });
        let mut row = vec![
            TableCell::Text(experiment.emails.id(suspect.row).to_owned()),
            TableCell::Text(suspect.label.to_string()),
        ];
        row.extend(suspect.log_odds.map(|odds| TableCell::Number {
            value: sigmoid(odds),
            decimals: 4,
        }));
        row.push(TableCell::Text(subject.to_owned()));
        row
    };
    let says = |model: &str| format!("probability of spam, {model}");
    DataTable::of(
        &["id", "labelled", &says(a), &says(b), "subject"],
        results::suspects(experiment).into_iter().map(row).collect(),
    )
}
