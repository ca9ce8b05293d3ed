//! The heading of a report: what was found, in some ten words. The interval stands in the sentence
//! below it, see [`difference`](super::difference).

use super::finding::ordered;
use super::statement::Statement;
use crate::base::numbers::number;
use crate::results::metric::{Better, metric};
use crate::results::{Experiment, Families};

/// What was found.
pub fn headline(experiment: &Experiment) -> Statement {
    let found = fewer_errors(experiment)
        .or_else(|| not_by_errors(experiment))
        .or_else(|| one_family(experiment));
    found.unwrap_or_else(|| Statement::new("No model came to a result".to_owned(), Vec::new()))
}

/// By how many errors, where the errors of the best of both families are distinguishable.
fn fewer_errors(experiment: &Experiment) -> Option<Statement> {
    let families = experiment.families.as_ref()?;
    let difference = families.difference("accuracy")?;
    if !difference.is_distinguishable() {
        return None;
    }
    let (better, worse) = ordered(families, difference, Better::Higher);
    let error = |name: &str| Some(100.0 * (1.0 - value(experiment, name, "accuracy")?));
    let (least, most) = (error(better)?, error(worse)?);
    let percent = 100.0 * (100.0 * difference.value.abs()) / most;
    if !percent.is_finite() {
        return None;
    }
    if percent >= 99.5 {
        let [shown, other] = [least, most].map(|error| number(error, 2));
        let text = format!("{better} makes {shown} % errors, {worse} {other} %");
        return Some(Statement::new(text, vec![least, most]));
    }
    let text = format!(
        "{better} makes {} % fewer errors than {worse}",
        number(percent, 0)
    );
    Some(Statement::new(text, vec![percent]))
}

/// That the errors are not distinguishable, and what is.
fn not_by_errors(experiment: &Experiment) -> Option<Statement> {
    let families = experiment.families.as_ref()?;
    let difference = families.difference("accuracy")?;
    if difference.is_distinguishable() {
        return None;
    }
    let (a, b) = ordered(families, difference, Better::Higher);
    let text = match better_otherwise(families) {
        Some((winner, by)) => {
            format!("{a} and {b} are not distinguishable by errors; {winner} is better by {by}")
        }
        None if [&families.generative, &families.discriminative].map(|one| one.tried) == [1, 1] => {
            format!("{a} and {b} are not distinguishable by errors")
        }
        None => {
            format!("{a} and {b}, the best of each family, are not distinguishable by errors")
        }
    };
    Some(Statement::new(text, Vec::new()))
}

/// The model that is better in some other metric, if no metric contradicts, and the first such.
fn better_otherwise(families: &Families) -> Option<(&str, &'static str)> {
    let apart = families
        .differences
        .iter()
        .filter(|one| one.is_distinguishable());
    let won = apart.filter_map(|one| {
        let metric = metric(&one.metric)?;
        Some((ordered(families, one, metric.better).0, metric.short))
    });
    let won: Vec<(&str, &'static str)> = won.collect();
    let (winner, by) = *won.first()?;
    won.iter()
        .all(|(model, _)| *model == winner)
        .then_some((winner, by))
}

/// The error of the best model, where there is one family or nothing to compare by.
fn one_family(experiment: &Experiment) -> Option<Statement> {
    let best = experiment.best();
    let both = [best.discriminative, best.generative];
    let models = both.into_iter().flatten().map(|at| &experiment.models[at]);
    let errors = models.filter_map(|model| {
        let error = 100.0 * (1.0 - model.value("accuracy")?);
        Some((model.name.as_str(), error))
    });
    let (name, error) = errors.min_by(|a, b| a.1.total_cmp(&b.1))?;
    let text = format!("{name} gets {} % of the mail wrong", number(error, 1));
    Some(Statement::new(text, vec![error]))
}

fn value(experiment: &Experiment, name: &str, key: &str) -> Option<f64> {
    let model = experiment.models.iter().find(|model| model.name == name);
    model?.value(key)
}
