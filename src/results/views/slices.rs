//! Errors by slices of the mail: by kind, length, language, with or without a link, HTML or plain
//! text. Few messages make uncertain rates; every slice says how many it holds.

use crate::results::data_card::EmailTable;
use crate::results::experiment::Experiment;
use crate::results::model_record::ModelRecord;
use std::collections::BTreeMap;

/// Slices kept of one quality; the smallest of the others are left out.
const MOST: usize = 50;
/// Bounds of the slices of length, in tokens.
const LENGTHS: [(u32, &str); 4] = [
    (25, "below 25 tokens"),
    (100, "25 to 99 tokens"),
    (400, "100 to 399 tokens"),
    (u32::MAX, "400 tokens and more"),
];

/// Some of the messages, and the errors of each model on them.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// What it is a slice by: `kind`, `length`, `language`, `links`, `form`.
    pub by: &'static str,
    /// Which slice.
    pub name: String,
    /// Tested messages in it: ham, spam.
    pub emails: [usize; 2],
    /// By model of the experiment.
    pub wrong: Vec<SliceErrors>,
}

/// Errors of one model, and the messages it scored.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SliceErrors {
    /// Ham called spam, spam called ham.
    pub errors: [usize; 2],
    /// Ham and spam scored.
    pub of: [usize; 2],
    /// Errors that there would be at the model's rates over all mail, by class.
    pub expected: [f64; 2],
}

impl SliceErrors {
    /// Share of a class that is wrong, in percent: 0 for ham, 1 for spam.
    pub fn percent(&self, class: usize) -> Option<f64> {
        (self.of[class] > 0).then(|| 100.0 * self.errors[class] as f64 / self.of[class] as f64)
    }

    /// Errors beyond those that there would be at the model's rates over all mail; below 0 where
    /// there are fewer.
    pub fn excess(&self) -> f64 {
        let errors = self.errors.iter().sum::<usize>() as f64;
        errors - self.expected.iter().sum::<f64>()
    }
}

/// What a message is by one quality; None where that is not known.
type Quality = fn(&EmailTable, usize) -> Option<String>;

const QUALITIES: [(&str, Quality); 5] = [
    ("length", |emails, row| {
        let tokens = *emails.tokens.get(row)?;
        LENGTHS
            .iter()
            .find(|(below, _)| tokens < *below)
            .map(|(_, name)| (*name).to_owned())
    }),
    ("language", |emails, row| {
        emails
            .languages
            .get(row)
            .map(|found| found.clone().unwrap_or("unknown".to_owned()))
    }),
    ("links", |emails, row| {
        emails
            .links
            .get(row)
            .map(|&has| if has { "with a link" } else { "without" }.to_owned())
    }),
    ("form", |emails, row| {
        emails
            .html
            .get(row)
            .map(|&is| if is { "HTML" } else { "plain text" }.to_owned())
    }),
    // The longest list last.
    ("kind", |emails, row| emails.kinds.get(row)?.clone()),
];

/// Every slice, by quality and then in order of size (lengths in order of length). A quality that
/// does not divide the mail is left out.
pub fn slices(experiment: &Experiment) -> Vec<Slice> {
    let mut all = Vec::new();
    for (by, quality) in QUALITIES {
        let mut found = of_quality(experiment, by, quality);
        if found.len() < 2 {
            continue;
        }
        let size = |slice: &Slice| slice.emails[0] + slice.emails[1];
        found.sort_by(|a, b| size(b).cmp(&size(a)).then(a.name.cmp(&b.name)));
        found.truncate(MOST);
        if by == "length" {
            found.sort_by_key(|slice| LENGTHS.iter().position(|(_, name)| *name == slice.name));
        }
        all.extend(found);
    }
    all
}

fn of_quality(experiment: &Experiment, by: &'static str, quality: Quality) -> Vec<Slice> {
    let emails = &experiment.emails;
    let names: Vec<Option<String>> = (0..emails.labels.len())
        .map(|row| quality(emails, row))
        .collect();
    let rates: Vec<[f64; 2]> = experiment
        .models
        .iter()
        .map(|model| error_rates(experiment, model))
        .collect();
    let mut by_name: BTreeMap<&str, Vec<SliceErrors>> = BTreeMap::new();
    for (at, model) in experiment.models.iter().enumerate() {
        for (_, scored) in model.scored() {
            for (place, &row) in scored.rows.iter().enumerate() {
                let label = emails.label(row);
                let name = names.get(row as usize).and_then(Option::as_deref);
                let (Some(label), Some(name)) = (label, name) else {
                    continue;
                };
                let wrong = &mut by_name
                    .entry(name)
                    .or_insert_with(|| vec![SliceErrors::default(); experiment.models.len()])[at];
                let predicted = scored.label(place);
                wrong.of[label.index()] += 1;
                wrong.errors[label.index()] += usize::from(predicted != label);
            }
        }
    }
    let slice = |(name, mut wrong): (&str, Vec<SliceErrors>)| {
        for (at, one) in wrong.iter_mut().enumerate() {
            one.expected = [0, 1].map(|class| one.of[class] as f64 * rates[at][class]);
        }
        let most = |class: usize| wrong.iter().map(|one| one.of[class]).max().unwrap_or(0);
        Slice {
            by,
            name: name.to_owned(),
            emails: [most(0), most(1)],
            wrong,
        }
    };
    by_name.into_iter().map(slice).collect()
}

/// The shares of ham and of spam that a model gets wrong, over all mail.
fn error_rates(experiment: &Experiment, model: &ModelRecord) -> [f64; 2] {
    let (mut errors, mut of) = ([0.0_f64; 2], [0.0_f64; 2]);
    for (_, scored) in model.scored() {
        for (at, &row) in scored.rows.iter().enumerate() {
            if let Some(label) = experiment.emails.label(row) {
                of[label.index()] += 1.0;
                let wrong = scored.label(at) != label;
                errors[label.index()] += f64::from(u8::from(wrong));
            }
        }
    }
    [0, 1].map(|class| errors[class] / of[class].max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 6 of 20 ham where one of ten is expected, and 1 of 5 spam where a fifth is.
    #[test]
    fn excess_is_what_lies_beyond_the_rates_over_all_mail() {
        let wrong = SliceErrors {
            errors: [6, 1],
            of: [20, 5],
            expected: [2.0, 1.0],
        };
        assert!((wrong.excess() - 4.0).abs() < 1e-12);
        assert_eq!(wrong.percent(0), Some(30.0));
        assert_eq!(SliceErrors::default().percent(0), None);
    }
}
