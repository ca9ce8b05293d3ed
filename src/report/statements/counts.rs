//! Counts of test messages, which need no test: they tell of these messages and claim nothing of
//! others.

use super::joined::joined;
use super::statement::Statement;
use crate::base::mail::Label;
use crate::base::math::logit;
use crate::base::numbers::{count, decimals_off_zero, distinct, number};
use crate::report::pooled::{PooledEmail, PooledPredictions, pooled, pooled_model};
use crate::results::{Experiment, GenerativeModel, Measured, ModelRecord, Timing};

/// The probability beyond which an error is a confident one.
const CONFIDENT: f64 = 0.9;
/// False positives that a model needs before half of them says anything.
const FEWEST: usize = 10;

/// Of the best models of both families the one with fewer errors, by position; of equals the
/// generative one.
pub fn leader(experiment: &Experiment) -> Option<usize> {
    let best = experiment.best();
    let both = [best.discriminative, best.generative];
    let accuracy = |at: &usize| experiment.models[*at].value("accuracy").unwrap_or(0.0);
    let best = both.into_iter().flatten();
    best.max_by(|a, b| accuracy(a).total_cmp(&accuracy(b)))
}

/// The models with a result that are not among those drawn.
pub fn not_drawn(experiment: &Experiment, drawn: &[&str]) -> Option<Statement> {
    let models = experiment.models.iter();
    let models = models.filter(|model| model.scored().next().is_some());
    let names: Vec<&str> = models.map(|model| model.name.as_str()).collect();
    let names: Vec<&str> = names
        .into_iter()
        .filter(|name| !drawn.contains(name))
        .collect();
    let number = names.len() as f64;
    (!names.is_empty()).then(|| Statement::new(names.join(", "), vec![number]))
}

/// How many messages of each class the leading model misclassifies.
pub fn misclassified(experiment: &Experiment) -> Option<Statement> {
    let pool = leading(experiment)?;
    let wrong = Label::BOTH.map(|label| {
        let errors = errors(&pool);
        errors.filter(|mail| mail.label == label).count()
    });
    let [ham, spam] = pool.classes();
    let text = format!(
        "{} misclassifies {} of {} ham and {} of {} spam",
        pool.model.name,
        count(wrong[0]),
        count(ham),
        count(wrong[1]),
        count(spam)
    );
    let numbers = [wrong[0], ham, wrong[1], spam].map(|number| number as f64);
    Some(Statement::new(text, numbers.to_vec()))
}

/// How many of their errors the best models of both families make with confidence.
pub fn confident_errors(experiment: &Experiment) -> Option<Statement> {
    let mut numbers = Vec::new();
    let mut clauses = Vec::new();
    for pool in pooled(experiment).iter().filter(|pool| pool.is_best) {
        let wrong: Vec<&PooledEmail> = errors(pool).collect();
        let sure = wrong
            .iter()
            .filter(|mail| mail.log_odds.abs() >= logit(CONFIDENT));
        let sure = sure.count();
        numbers.extend([sure as f64, wrong.len() as f64]);
        let name = &pool.model.name;
        clauses.push(format!("{name} {} of {}", count(sure), count(wrong.len())));
    }
    if numbers.iter().sum::<f64>() == 0.0 {
        return None;
    }
    let text = format!(
        "Confident errors ({} % or more): {}",
        number(100.0 * CONFIDENT, 0),
        clauses.join(", ")
    );
    Some(Statement::new(text, numbers))
}

/// How many of the same messages the best models of both families are not confident of.
pub fn undecided(experiment: &Experiment) -> Option<Statement> {
    let pools = pooled(experiment).into_iter().filter(|pool| pool.is_best);
    let told = pools.map(|pool| {
        let emails = pool.emails.iter();
        let unsure = emails.filter(|mail| mail.log_odds.abs() < logit(CONFIDENT));
        (pool.model.name.clone(), unsure.count(), pool.emails.len())
    });
    let told: Vec<(String, usize, usize)> = told.collect();
    let all = told.first()?.2;
    let of_all = |at: usize| match at {
        0 => format!(" of {} emails", count(all)),
        _ => String::new(),
    };
    let clauses = told.iter().enumerate();
    let clauses = clauses.map(|(at, one)| format!("{} {}{}", one.0, count(one.1), of_all(at)));
    let clauses: Vec<String> = clauses.collect();
    let [low, high] = [1.0 - CONFIDENT, CONFIDENT].map(|end| number(100.0 * end, 0));
    let text = format!("Between {low} and {high} %: {}", clauses.join(", "));
    let rests_on = told.iter().map(|one| one.1).chain([all]);
    let rests_on = rests_on.map(|emails| emails as f64).collect();
    let are_same = told.iter().all(|one| one.2 == all);
    are_same.then(|| Statement::new(text, rests_on))
}

/// The error rates of the model with the fewest and of that with the most errors.
pub fn error_rates(experiment: &Experiment) -> Option<Statement> {
    let error = |model: &ModelRecord| Some(100.0 * (1.0 - model.value("accuracy")?));
    let models = experiment.models.iter();
    let mut found: Vec<(&str, f64)> = models
        .filter_map(|model| Some((model.name.as_str(), error(model)?)))
        .collect();
    found.sort_by(|a, b| a.1.total_cmp(&b.1));
    let (first, last) = (found.first()?, found.last()?);
    if found.len() == 1 {
        let text = format!("{} gets {} % wrong", first.0, number(first.1, 2));
        return Some(Statement::new(text, vec![first.1]));
    }
    let [least, most] = distinct([first.1, last.1], 1);
    let text = format!(
        "Error rates from {least} % ({}) to {most} % ({})",
        first.0, last.0
    );
    // Of equals none is the first.
    (least != most).then(|| Statement::new(text, vec![first.1, last.1]))
}

/// The rate at which the best models of both families misclassify as large a share of ham as of
/// spam: where the two cross, on the straight line between the thresholds before and after.
pub fn equal_error_rates(experiment: &Experiment) -> Option<Statement> {
    let pools = pooled(experiment).into_iter().filter(|pool| pool.is_best);
    let told = pools.filter_map(|pool| {
        let [ham, spam] = pool.classes().map(|emails| emails as f64);
        let rates = pool.threshold_steps()?.into_iter().map(|step| {
            let [lost, caught] = step.called.map(|called| called as f64);
            [100.0 * lost / ham, 100.0 * (1.0 - caught / spam)]
        });
        Some((
            pool.model.name.clone(),
            crossing(&rates.collect::<Vec<_>>())?,
        ))
    });
    let (names, rates): (Vec<String>, Vec<f64>) = told.unzip();
    let decimals = decimals_off_zero(&rates, 1);
    let clauses = names.iter().zip(&rates);
    let clauses = clauses.map(|(name, rate)| format!("{name} {} %", number(*rate, decimals)));
    let clauses: Vec<String> = clauses.collect();
    let text = format!("Equal error rate on these emails: {}", clauses.join(", "));
    (!clauses.is_empty()).then(|| Statement::new(text, rates))
}

/// Where two rates are equal, of which the first rises from 0 as the second falls to 0.
fn crossing(rates: &[[f64; 2]]) -> Option<f64> {
    let gap = |[a, b]: [f64; 2]| b - a;
    let after = rates.iter().position(|&both| gap(both) <= 0.0)?;
    let [before, after] = [rates[after.checked_sub(1)?], rates[after]];
    let share = gap(before) / (gap(before) - gap(after));
    Some(before[0] + share * (after[0] - before[0]))
}

/// How much more spam the leading model would miss with half as many false positives.
pub fn half_the_false_positives(experiment: &Experiment) -> Option<Statement> {
    let pool = leading(experiment)?;
    let steps = pool.threshold_steps()?;
    let now = |label: Label| {
        let called = |mail: &&PooledEmail| mail.label == label && mail.predicted.is_spam();
        pool.emails.iter().filter(called).count()
    };
    let (ham, spam) = (now(Label::Ham), now(Label::Spam));
    if ham < FEWEST {
        return None;
    }
    // The steps go down from the highest threshold, so the last with few enough catches most.
    let half = steps.iter().rev().find(|step| 2 * step.called[0] <= ham)?;
    let missed = spam.saturating_sub(half.called[1]);
    let left = half.called[0];
    let text = format!(
        "With {} instead of {} false positives {} would miss {} more spam",
        count(left),
        count(ham),
        pool.model.name,
        count(missed)
    );
    Some(Statement::new(
        text,
        [left, ham, missed].map(|number| number as f64).to_vec(),
    ))
}

/// How much of the spam is among as many messages as there is spam, those with the highest scores
/// of the leading model.
pub fn spam_on_top(experiment: &Experiment) -> Option<Statement> {
    let pool = leading(experiment)?;
    let [_, spam] = pool.classes();
    let steps = pool.threshold_steps()?;
    let within =
        |step: &&crate::report::pooled::ThresholdStep| step.called.iter().sum::<usize>() <= spam;
    let found = steps.iter().rev().find(within)?.called;
    let (first, caught) = (found[0] + found[1], found[1]);
    if first == 0 {
        return None;
    }
    let text = format!(
        "The first {} emails by {} hold {} of {} spam",
        count(first),
        pool.model.name,
        count(caught),
        count(spam)
    );
    let numbers = [first, caught, spam].map(|number| number as f64);
    Some(Statement::new(text, numbers.to_vec()))
}

/// How much of what the leading model calls spam is spam, with the interval.
pub fn precision(experiment: &Experiment) -> Option<Statement> {
    let model = &experiment.models[leader(experiment)?];
    let numbers = [
        model.value("precision")?,
        model.interval("precision")?[0],
        model.interval("precision")?[1],
    ]
    .map(|share| 100.0 * share);
    let [value, low, high] = numbers.map(|percent| number(percent, 1));
    let average = if experiment.has_folds() {
        "On average "
    } else {
        ""
    };
    let text = format!(
        "{average}{value} % of what {} calls spam is spam ({low} to {high})",
        model.name
    );
    Some(Statement::new(text, numbers.to_vec()))
}

/// How many errors of the best discriminative model another model, here the one of the likelihood
/// plane, gets right.
pub fn errors_right_elsewhere(experiment: &Experiment) -> Option<Statement> {
    let plane = experiment.likelihood_plane()?;
    let other = pooled_model(experiment, experiment.best().discriminative?);
    let models = &experiment.models;
    let at = models.iter().position(|model| model.name == plane.model)?;
    let verdicts = |at: usize| {
        let scored = models[at].scored().flat_map(|(_, scored)| {
            let rows = scored.rows.iter().enumerate();
            rows.map(|(place, &row)| (row, scored.label(place)))
        });
        scored.filter_map(|(row, said)| Some((row, said == experiment.emails.label(row)?)))
    };
    let by_plane: std::collections::BTreeMap<u32, bool> = verdicts(at).collect();
    let wrong = verdicts(experiment.best().discriminative?).filter(|(_, right)| !right);
    let judged: Vec<bool> = wrong
        .filter_map(|(row, _)| by_plane.get(&row).copied())
        .collect();
    if judged.is_empty() || at == experiment.best().discriminative? {
        return None;
    }
    let corrected = judged.iter().filter(|right| **right).count();
    let text = format!(
        "{} gets {} of {}’s {} errors right",
        plane.model,
        count(corrected),
        other.model.name,
        count(judged.len())
    );
    Some(Statement::new(
        text,
        vec![corrected as f64, judged.len() as f64],
    ))
}

/// Which model of text compresses the mail best, and which tells the classes apart best.
pub fn compression(experiment: &Experiment) -> Option<Statement> {
    let least = |metric: &str| {
        let of_text = experiment.models.iter();
        let known = of_text.filter(|model| model.value("bits_per_byte").is_some());
        let valued = known.filter_map(|model| Some((model.value(metric)?, &model.name)));
        valued.min_by(|a, b| a.0.total_cmp(&b.0))
    };
    let (bits, compressor) = least("bits_per_byte")?;
    let (rank, sorter) = least("one_minus_roca_pct")?;
    let (shown_bits, shown_rank) = (number(bits, 2), number(rank, 2));
    let text = if compressor == sorter {
        format!(
            "{compressor} compresses best, {shown_bits} bits per byte, and orders best, \
             {shown_rank} % (1-ROCA)"
        )
    } else {
        format!(
            "{compressor} compresses best, {shown_bits} bits per byte; {sorter} orders best, \
             {shown_rank} % (1-ROCA)"
        )
    };
    Some(Statement::new(text, vec![bits, rank]))
}

/// Of which generative model each measure of prediction is lowest, and the error of the order by
/// likelihood alone; of those that are equal as shown, of all.
pub fn generative_models(experiment: &Experiment) -> Option<Statement> {
    let models = experiment.generative_models()?.models;
    let clauses = [
        lowest(&models, |model| vec![model.bits_per_byte], 2).map(|(told, value)| {
            (
                format!("the fewest bits per byte are those of {told}"),
                value,
            )
        }),
        lowest(
            &models,
            |model| vec![model.word_perplexity, model.weighted_perplexity],
            0,
        )
        .map(|(told, value)| {
            let text = format!("the lowest perplexity per shared word is that of {told}");
            (text, value)
        }),
        lowest(&models, |model| vec![model.one_minus_roca_pct], 2).map(|(told, value)| {
            let text = format!("the lowest (1-ROCA) % by likelihood alone is that of {told}");
            (text, value)
        }),
    ];
    let (texts, values): (Vec<String>, Vec<f64>) = clauses.into_iter().flatten().unzip();
    let text = format!("Of these models, {}.", joined(&texts, "and"));
    (!texts.is_empty()).then(|| Statement::new(text, values))
}

/// The models of which a measure is lowest, with the value; None unless two or more have any.
fn lowest(
    models: &[GenerativeModel],
    measures: fn(&GenerativeModel) -> Vec<Measured>,
    decimals: usize,
) -> Option<(String, f64)> {
    let least = |model: &GenerativeModel| {
        let valued = measures(model).into_iter();
        let valued = valued.filter_map(|measured| Some((measured, measured.value()?)));
        valued.min_by(|a, b| a.1.total_cmp(&b.1))
    };
    let known: Vec<(&str, Measured, f64)> = models
        .iter()
        .filter_map(|model| least(model).map(|(of, value)| (model.model.as_str(), of, value)))
        .collect();
    let value = known.iter().map(|one| one.2).min_by(f64::total_cmp)?;
    let decimals = decimals_off_zero(&[value], decimals);
    let shown = number(value, decimals);
    let first = known.iter().filter(|one| number(one.2, decimals) == shown);
    let first: Vec<&(&str, Measured, f64)> = first.collect();
    let is_bound = first.iter().all(|one| matches!(one.1, Measured::AtMost(_)));
    let names: Vec<&str> = first.iter().map(|one| one.0).collect();
    let bound = if is_bound { "at most " } else { "" };
    let told = format!("{} ({bound}{shown})", joined(&names, "and"));
    // Of one alone nothing is the lowest.
    (known.len() > 1).then_some((told, value))
}

/// How long the best models of both families take to fit.
pub fn seconds_to_fit(experiment: &Experiment, timing: &Timing) -> Option<Statement> {
    let (generative, discriminative) = experiment.best().both()?;
    let names = [generative, discriminative].map(|at| &experiment.models[at].name);
    let [a, b] = names.map(|name| timing.fit_seconds.get(name).copied());
    let numbers = [a?, b?];
    // Two digits, but whole seconds from ten on.
    let shown = numbers.map(|seconds| {
        let places = 1.0 - seconds.log10().floor();
        number(seconds, places.clamp(0.0, 6.0) as usize)
    });
    let text = format!(
        "{} fits in {} s, {} in {} s",
        names[0], shown[0], names[1], shown[1]
    );
    Some(Statement::new(text, numbers.to_vec()))
}

fn leading(experiment: &Experiment) -> Option<PooledPredictions<'_>> {
    Some(pooled_model(experiment, leader(experiment)?))
}

/// The messages that a model misclassifies.
fn errors<'a>(pool: &'a PooledPredictions<'_>) -> impl Iterator<Item = &'a PooledEmail> {
    let wrong = |mail: &&PooledEmail| mail.predicted != mail.label;
    pool.emails.iter().filter(wrong)
}
