//! The messages worth reading, the most harmful first, and how many of them a document shows.

use super::table::{DataTable, TableCell};
use crate::base::mail::Label;
use crate::results::{Experiment, QuotedMessage, Vote};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Number of messages shown in a document; the experiment contains more.
const MESSAGES: usize = 12;
/// Most characters of what a message is called.
const HEADING: usize = 90;
/// Number of tokens shown per vote.
pub const TOKENS: usize = 6;

/// What a message is called: its subject, or else its first words.
pub fn heading(text: &str) -> String {
    let mut lines = text.lines().map(str::trim);
    match lines.find(|line| !line.is_empty()) {
        None => "(empty)".to_owned(),
        Some(line) if line.chars().count() <= HEADING => line.to_owned(),
        Some(line) => {
            let words: String = line.chars().take(HEADING).collect();
            format!("{}…", words.trim_end())
        }
    }
}

/// The messages in order of harm: those that most models got wrong first, of these the ones with
/// the greatest confidence in the wrong class.
fn by_harm<'a>(experiment: &Experiment, messages: &'a [QuotedMessage]) -> Vec<&'a QuotedMessage> {
    let harm = |message: &QuotedMessage| {
        let wrong = wrong_votes(experiment, message);
        let wrong: Vec<f64> = wrong.map(|vote| vote.log_odds.abs()).collect();
        (wrong.len(), wrong.iter().sum::<f64>())
    };
    let mut ranked: Vec<(&QuotedMessage, (usize, f64))> =
        messages.iter().map(|one| (one, harm(one))).collect();
    ranked.sort_by(|(_, a), (_, b)| Reverse(a.0).cmp(&Reverse(b.0)).then(b.1.total_cmp(&a.1)));
    ranked.into_iter().map(|(message, _)| message).collect()
}

/// The first of these messages, of near-duplicates only the most harmful one, and how many there
/// are besides.
pub fn most_harmful<'a>(
    experiment: &Experiment,
    messages: &'a [QuotedMessage],
) -> (Vec<&'a QuotedMessage>, usize) {
    let mut seen = BTreeSet::new();
    let mut shown = by_harm(experiment, messages);
    let all = shown.len();
    shown.retain(|message| {
        let group = experiment.emails.groups.get(message.row as usize);
        seen.insert(group.copied().unwrap_or(message.row))
    });
    shown.truncate(MESSAGES);
    let more = all - shown.len();
    (shown, more)
}

/// The messages with each model's evidence, in order of harm: why each was picked, and how many of
/// the models that scored it got it wrong.
pub fn messages(experiment: &Experiment) -> DataTable {
    let messages = experiment.messages();
    let row = |message: &&QuotedMessage| {
        let label = experiment.emails.label(message.row);
        let subject = message.text.lines().next().unwrap_or_default();
        vec![
            TableCell::Text(experiment.emails.id(message.row).to_owned()),
            TableCell::Text(label.map_or("?", Label::name).to_owned()),
            TableCell::Text(message.why.clone()),
            TableCell::count(wrong_votes(experiment, message).count()),
            TableCell::count(message.votes.len()),
            TableCell::Text(subject.to_owned()),
        ]
    };
    DataTable::of(
        &["id", "label", "why", "models wrong", "models", "subject"],
        by_harm(experiment, &messages).iter().map(row).collect(),
    )
}

/// The votes for the class that a message is not of.
pub fn wrong_votes<'a>(
    experiment: &'a Experiment,
    message: &'a QuotedMessage,
) -> impl Iterator<Item = &'a Vote> {
    let truth = experiment.emails.label(message.row);
    message.votes.iter().filter(move |vote| {
        let decision = experiment.decision_on(&vote.model, message.row);
        truth.is_some_and(|class| decision.label(vote.log_odds) != class)
    })
}
