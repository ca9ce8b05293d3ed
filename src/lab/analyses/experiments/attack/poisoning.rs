//! Poisoning: messages that the filter learns as spam and that are there to spoil it (Nelson et
//! al., LEET 2008).

use super::super::adversary::disguise::words_and_gaps;
use super::super::adversary::envelope::rewritten;
use super::super::adversary::filters::Filters;
use super::super::adversary::mail::ContestedMail;
use super::super::adversary::word_lists::{WordList, WordLists};
use super::passive::joined;
use crate::base::mail::{Email, Label};
use crate::base::math::{below, shuffle};
use crate::base::streams::{Stream, random_stream};
use crate::lab::spec::ExperimentSpec;
use crate::results::experiments::{FailedFit, FitPurpose, Poison, PoisonedCell};
use crate::results::{Verdict, with_intervals};
use crate::train::{ModelSpec, TrainOptions};

/// Words of a message that is poisoned at random.
const RANDOM_WORDS: usize = 100;
/// Messages that are to be lost.
const TARGETS: usize = 20;

/// Filters that learned from poisoned mail, on the clean test mail. A share of 0 is the filter
/// without any, whatever the poison.
pub fn poisoned(
    mail: &ContestedMail,
    lists: &WordLists,
    (models, spec): (&[ModelSpec], &ExperimentSpec),
    (poison, share): (Poison, f64),
) -> (Vec<PoisonedCell>, Vec<FailedFit>) {
    let targets = targets(mail);
    let mut emails = mail.emails(&mail.training);
    let more = (share * emails.len() as f64).round() as usize;
    emails.extend(messages(mail, lists, (poison, more), &targets, spec.seed));
    let options = TrainOptions::seeded(spec.seed);
    let filters = Filters::train(emails, &spec.recipe, models, options);
    let asked: Vec<usize> = (0..models.len()).collect();
    let scores = filters.log_odds(mail.emails(&mail.test), &asked);
    let labels: Vec<Label> = mail
        .test
        .iter()
        .filter_map(|&row| mail.corpus.label(row))
        .collect();
    let groups: Vec<u32> = mail
        .test
        .iter()
        .map(|&row| mail.corpus.group(row))
        .collect();
    let cell = |(model, odds): (usize, Option<Vec<f64>>)| {
        let (odds, trained) = (odds?, filters.models[model].as_ref().ok()?);
        let decision = trained.decision.decision;
        let is_target = |row: &usize| targets.contains(row);
        let of_targets = mail
            .test
            .iter()
            .zip(&odds)
            .filter(|(row, _)| is_target(row));
        let lost = of_targets.filter(|(_, odds)| decision.verdict(**odds) == Verdict::Spam);
        let lost_pct = 100.0 * lost.count() as f64 / targets.len().max(1) as f64;
        let mut metrics = with_intervals(&odds, &labels, &groups, decision);
        metrics.remove("lam_pct");
        Some(PoisonedCell {
            model,
            poison,
            share,
            metrics,
            targets_lost_pct: (poison == Poison::Targeted).then_some(lost_pct),
        })
    };
    let cells = scores.into_iter().enumerate().filter_map(cell).collect();
    let failed = FailedFit::all(filters.failures(), FitPurpose::Poison(poison, share));
    (cells, failed)
}

/// Test messages of ham that are to be lost, evenly chosen.
fn targets(mail: &ContestedMail) -> Vec<usize> {
    let ham = mail.of_class(&mail.test, Label::Ham);
    let step = ham.len().div_ceil(TARGETS).max(1);
    ham.into_iter().step_by(step).collect()
}

/// Messages with the header of the attacker's spam that say what the poison says.
fn messages(
    mail: &ContestedMail,
    lists: &WordLists,
    (poison, number): (Poison, usize),
    targets: &[usize],
    seed: u64,
) -> Vec<Email> {
    let carriers = mail.of_class(&mail.attacker, Label::Spam);
    let dictionary = lists.of(WordList::Dictionary);
    let mut rng = random_stream(seed, Stream::Attack(2));
    let mut body = |at: usize| match poison {
        Poison::Dictionary => joined(dictionary, dictionary.len()),
        Poison::Random => {
            let word = |_| dictionary[below(&mut rng, dictionary.len())].as_str();
            let words: Vec<&str> = (0..RANDOM_WORDS).map(word).collect();
            words.join(" ")
        }
        Poison::Targeted => {
            let text = mail.text(targets[at % targets.len()]);
            let words = words_and_gaps(&text).filter(|(_, is_word)| *is_word);
            let mut words: Vec<&str> = words.map(|(word, _)| word).collect();
            shuffle(&mut words, &mut rng);
            words.truncate(words.len().div_ceil(2));
            words.join(" ")
        }
    };
    let message = |at: usize| {
        let carrier = mail.email(carriers[at % carriers.len()]);
        rewritten(carrier, "", &body(at))
    };
    (0..number).map(message).collect()
}
