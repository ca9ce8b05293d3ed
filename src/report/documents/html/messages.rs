//! The messages in a page: the text once per family, with the decisive words marked, and the lists
//! of errors to which the cells of the confusion matrices link.

use super::pieces::{Excerpt, pieces};
use super::shared::Listed;
use crate::base::mail::Label;
use crate::base::numbers::{count, number};
use crate::base::shown::shown_text;
use crate::report::documents::phrases;
use crate::report::documents::tables::{
    self, MOST_ROWS, Misclassified, TOKENS, errors_of, has_result, heading, most_harmful,
    wrong_votes,
};
use crate::report::pooled::{errors_anchor, message_anchor};
use crate::results::{Decision, Experiment, ModelRecord, QuotedMessage, Vote, WorkedExample};

/// Largest number of errors listed, for all models together.
const MOST_ERRORS: usize = 800;

/// The messages that are shown, and those whose labels look wrong.
pub struct Messages {
    /// Those that cost most, the most harmful first.
    pub shown: Vec<MessageView>,
    /// Number of further ones.
    pub more: usize,
    pub mislabelled: Listed,
}

impl Messages {
    pub fn of(experiment: &Experiment) -> Messages {
        let messages = experiment.messages();
        let (shown, more) = most_harmful(experiment, &messages);
        let shown = shown.into_iter().map(|one| message(experiment, one));
        Messages {
            shown: shown.collect(),
            more,
            mislabelled: Listed::of(&tables::mislabelled(experiment), MOST_ROWS),
        }
    }

    /// The anchors of those that are shown.
    pub fn anchors(&self) -> impl Iterator<Item = &str> {
        self.shown.iter().map(|one| one.anchor.as_str())
    }
}

/// One message.
pub struct MessageView {
    pub anchor: String,
    pub subject: String,
    pub cut: bool,
    pub label: &'static str,
    pub why: String,
    pub id: String,
    /// How many models got it wrong, of how many.
    pub wrong: [usize; 2],
    /// The verdicts of the best model of each family.
    pub best: Vec<VoteView>,
    /// The verdicts of all models.
    pub votes: Vec<VoteView>,
    /// The text as the best model of each family reads it.
    pub marked_texts: Vec<MarkedText>,
}

/// The text as one model reads it.
pub struct MarkedText {
    pub model: String,
    pub pieces: Vec<Excerpt>,
}

/// The verdict of one model.
pub struct VoteView {
    pub model: String,
    pub verdict: &'static str,
    pub right: bool,
    pub probability: String,
    /// Each token with its contribution, and whether that is evidence for spam.
    pub tokens: Vec<(String, String, bool)>,
}

/// The errors of one model on one class.
pub struct ErrorsView {
    pub anchor: String,
    pub heading: String,
    pub rows: Vec<ErrorView>,
    pub left_out: usize,
}

/// One error.
pub struct ErrorView {
    pub id: String,
    pub kind: String,
    pub probability: String,
    /// The anchor of the message in the page, if it is shown.
    pub link: Option<String>,
}

fn message(experiment: &Experiment, message: &QuotedMessage) -> MessageView {
    let best = experiment.best();
    let best: Vec<usize> = [best.generative, best.discriminative]
        .into_iter()
        .flatten()
        .collect();
    let tokens = |at: usize| {
        let vote = message
            .votes
            .iter()
            .find(|vote| vote.model == experiment.models[at].name)?;
        Some((vote.model.as_str(), vote.reasons.tokens.as_slice()))
    };
    let marked = best.iter().copied().filter_map(tokens).collect();
    let votes = |wanted: &dyn Fn(&str) -> bool| {
        let wanted = message.votes.iter().filter(|vote| wanted(&vote.model));
        wanted
            .map(|one| {
                let decision = experiment.decision_on(&one.model, message.row);
                vote(one, label(experiment, message.row), decision)
            })
            .collect()
    };
    MessageView {
        why: shown_text(&message.why),
        wrong: [
            wrong_votes(experiment, message).count(),
            message.votes.len(),
        ],
        best: votes(&|name| best.iter().any(|at| experiment.models[*at].name == name)),
        votes: votes(&|_| true),
        ..view(experiment, message.row, &message.text, message.cut, marked)
    }
}

/// The message of the worked example, with its text marked for both families.
pub fn worked_example(experiment: &Experiment, worked_example: &WorkedExample) -> MessageView {
    let bayes = worked_example
        .bayes
        .as_ref()
        .map(|one| (one.model.as_str(), one.reasons.tokens.clone()));
    let boundary = worked_example.boundary.as_ref().map(|one| {
        let tokens = one
            .tokens
            .iter()
            .map(|token| (token.token.clone(), token.weight * token.value))
            .collect();
        (one.model.as_str(), tokens)
    });
    let both: Vec<(&str, Vec<(String, f64)>)> = bayes.into_iter().chain(boundary).collect();
    let marked = both
        .iter()
        .map(|(model, tokens)| (*model, tokens.as_slice()))
        .collect();
    view(
        experiment,
        worked_example.row,
        &worked_example.text,
        worked_example.cut,
        marked,
    )
}

fn view(
    experiment: &Experiment,
    row: u32,
    text: &str,
    cut: bool,
    marked: Vec<(&str, &[(String, f64)])>,
) -> MessageView {
    let text = shown_text(text);
    let (_, body) = text.split_once('\n').unwrap_or((&text, ""));
    let marked_text = |(model, tokens): (&str, &[(String, f64)])| MarkedText {
        model: shown_text(model),
        pieces: pieces(body.trim(), tokens),
    };
    MessageView {
        anchor: message_anchor(row),
        subject: heading(&text),
        cut,
        label: label(experiment, row).map_or("?", Label::name),
        why: String::new(),
        id: id(experiment, row),
        wrong: [0; 2],
        best: Vec::new(),
        votes: Vec::new(),
        // Where texts are hidden there is nothing to mark.
        marked_texts: if body.trim().is_empty() {
            Vec::new()
        } else {
            marked.into_iter().map(marked_text).collect()
        },
    }
}

fn label(experiment: &Experiment, row: u32) -> Option<Label> {
    experiment.emails.label(row)
}

fn id(experiment: &Experiment, row: u32) -> String {
    shown_text(experiment.emails.id(row))
}

fn vote(vote: &Vote, truth: Option<Label>, decision: Decision) -> VoteView {
    let verdict = decision.verdict(vote.log_odds);
    let token = |(token, value): &(String, f64)| {
        let sign = if *value > 0.0 { "+" } else { "" };
        (
            shown_text(token),
            format!("{sign}{}", number(*value, 2)),
            *value > 0.0,
        )
    };
    VoteView {
        model: vote.model.clone(),
        verdict: verdict.name(),
        right: truth.is_some_and(|truth| verdict.names(truth)),
        probability: phrases::probability(vote.log_odds),
        tokens: vote.reasons.tokens.iter().take(TOKENS).map(token).collect(),
    }
}

/// The errors of every model with a result, class by class. Errors on messages that are shown link
/// to them.
pub fn errors(experiment: &Experiment, messages: &Messages) -> Vec<ErrorsView> {
    let lists = 2 * experiment
        .models
        .iter()
        .filter(|model| has_result(model))
        .count();
    let most = MOST_ROWS.min(MOST_ERRORS / lists.max(1));
    let of = |model: &ModelRecord, class: Label| {
        let found = errors_of(experiment, model, class);
        let other = Label::from_is_spam(!class.is_spam());
        let error = |one: &Misclassified| ErrorView {
            id: id(experiment, one.row),
            kind: shown_text(
                experiment
                    .emails
                    .kinds
                    .get(one.row as usize)
                    .and_then(Option::as_deref)
                    .unwrap_or(""),
            ),
            probability: phrases::probability(one.log_odds),
            link: Some(message_anchor(one.row))
                .filter(|link| messages.anchors().any(|anchor| anchor == link)),
        };
        ErrorsView {
            anchor: errors_anchor(&model.name, class),
            heading: format!(
                "{}: {class} called {other}, {}",
                model.name,
                count(found.len())
            ),
            left_out: found.len().saturating_sub(most),
            rows: found.iter().take(most).map(error).collect(),
        }
    };
    let models = experiment.models.iter().filter(|model| has_result(model));
    models
        .flat_map(|model| Label::BOTH.map(|class| of(model, class)))
        .collect()
}
