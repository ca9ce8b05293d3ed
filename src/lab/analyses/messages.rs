//! The messages worth reading, some 250: those that look mislabelled, where the families disagree,
//! the most confident errors, what lies nearest to the boundary, and typical mail of each class;
//! each with what every model that scored it made of it.

use super::analysis::{Analysis, Compared, LooksAt, OnComparison, plain};
use crate::base::mail::Label;
use crate::dataset::Corpus;
use crate::lab::cross_validation::FoldResult;
use crate::results::{
    MESSAGES, ModelRecord, Outcome, QuotedMessage, Reasons, Scored, Vote, is_suspect,
};
use crate::tokenize::TokenId;
use crate::train::Trained;
use rustc_hash::FxHashSet;

/// Bytes of text kept of a message.
const TEXT: usize = 2_000;
/// Tokens kept of each vote.
const TOKENS: usize = 12;

/// One test mail as the best model of each family judged it.
struct Judgement {
    fold: usize,
    /// Position among the fold's test messages.
    at: usize,
    row: u32,
    label: Label,
    /// Log-odds by the best generative and the best discriminative model.
    odds: [f64; 2],
    /// The classes that these name.
    predicted: [Label; 2],
}

impl Judgement {
    fn wrong(&self, side: usize) -> bool {
        self.predicted[side] != self.label
    }

    fn disagree(&self) -> bool {
        self.wrong(0) != self.wrong(1)
    }

    /// The log-odds of the more confident wrong side, 0 if both are right.
    fn confident_error(&self) -> f64 {
        (0..2)
            .filter(|&side| self.wrong(side))
            .map(|side| self.odds[side].abs())
            .fold(0.0, f64::max)
    }

    fn weakest(&self) -> f64 {
        self.odds[0].abs().min(self.odds[1].abs())
    }

    fn right(&self) -> bool {
        !self.wrong(0) && !self.wrong(1)
    }
}

/// The row of the table.
pub(super) const ANALYSIS: Analysis = Analysis {
    name: MESSAGES,
    question: "Which messages are worth reading?",
    looks_at: LooksAt::Comparison(OnComparison::new(|compared, _| plain(select(compared)))),
    section: Some("messages"),
    charts: &[],
};

/// Selects messages and asks every model for its evidence. Empty if no model was scored.
fn select(compared: &Compared<'_>) -> Vec<QuotedMessage> {
    let Compared {
        corpus,
        results,
        models,
        best,
        external,
        ..
    } = *compared;
    let Some(first) = best.generative.or(best.discriminative) else {
        return Vec::new();
    };
    let second = best.discriminative.unwrap_or(first);
    let judgements = judgements(corpus, results, [first, second]);
    let tokens: Vec<Vec<Vec<TokenId>>> = results.iter().map(token_numbers).collect();
    let describe = |(one, why): (&Judgement, &str)| {
        let (text, cut) = beginning(corpus.text(one.row as usize));
        let votes = (0..models.len())
            .filter_map(|at| vote(models, &results[one.fold], at, one, &tokens[one.fold][at]))
            .chain(external.iter().filter_map(|model| silent_vote(model, one)))
            .collect();
        QuotedMessage {
            row: one.row,
            why: why.to_owned(),
            text,
            cut,
            votes,
        }
    };
    worth_reading(&judgements)
        .into_iter()
        .map(describe)
        .collect()
}

/// The messages worth reading, each with the reason. None is taken for two reasons.
fn worth_reading(judgements: &[Judgement]) -> Vec<(&Judgement, &'static str)> {
    let mut taken: FxHashSet<u32> = FxHashSet::default();
    let mut picked = Vec::new();
    let mut take = |why: &'static str,
                    most: usize,
                    wanted: &dyn Fn(&Judgement) -> bool,
                    order: &dyn Fn(&Judgement) -> f64| {
        let mut found: Vec<&Judgement> = judgements
            .iter()
            .filter(|one| wanted(one) && !taken.contains(&one.row))
            .collect();
        found.sort_by(|a, b| order(b).total_cmp(&order(a)).then(a.row.cmp(&b.row)));
        found.truncate(most);
        taken.extend(found.iter().map(|one| one.row));
        picked.extend(found.into_iter().map(|one| (one, why)));
    };
    let suspect = |one: &Judgement| is_suspect(one.label, one.odds);
    take("looks mislabelled", 50, &suspect, &Judgement::weakest);
    let distance = |one: &Judgement| (one.odds[0] - one.odds[1]).abs();
    take("families disagree", 60, &Judgement::disagree, &distance);
    let wrong = |one: &Judgement| one.wrong(0) || one.wrong(1);
    take("error", 60, &wrong, &Judgement::confident_error);
    take("near the boundary", 40, &|_| true, &|one| -one.weakest());
    for label in Label::BOTH {
        let right = |one: &Judgement| one.right() && one.label == label;
        take("typical", 20, &right, &Judgement::weakest);
    }
    picked
}

/// For each model the token number of each of its columns.
pub(crate) fn token_numbers(result: &FoldResult<'_>) -> Vec<Vec<TokenId>> {
    let of_model = |trained: &Trained| {
        result
            .training
            .encoders
            .of_view(trained.view)
            .token_numbers()
    };
    result
        .training
        .models
        .iter()
        .map(|model| model.as_ref().map(of_model).unwrap_or_default())
        .collect()
}

fn judgements(corpus: &Corpus, results: &[FoldResult<'_>], models: [usize; 2]) -> Vec<Judgement> {
    let mut all = Vec::new();
    for (fold, result) in results.iter().enumerate() {
        let (Some(a), Some(b)) = (scored(result, models[0]), scored(result, models[1])) else {
            continue;
        };
        for (at, &row) in a.rows.iter().enumerate() {
            if let Some(label) = corpus.label(row as usize) {
                let odds = [a.log_odds[at], b.log_odds[at]];
                all.push(Judgement {
                    fold,
                    at,
                    row,
                    label,
                    odds,
                    predicted: [a.label(at), b.label(at)],
                });
            }
        }
    }
    all
}

fn scored<'r>(result: &'r FoldResult<'_>, model: usize) -> Option<&'r Scored> {
    match &result.runs[model] {
        Outcome::Scored(scored) => Some(scored),
        _ => None,
    }
}

fn vote(
    models: &[ModelRecord],
    result: &FoldResult<'_>,
    model: usize,
    one: &Judgement,
    tokens: &[TokenId],
) -> Option<Vote> {
    let trained = result.training.models[model].as_ref().ok()?;
    let rows = result.training.encoders.of_view(trained.view).encode(
        result.corpus,
        &[one.row as usize],
        trained.view.representation,
    );
    let evidence = trained.fitted.classifier().evidence(rows.example(0));
    let token = |column: u32| {
        result
            .corpus
            .lexicon()
            .token(tokens[column as usize])
            .to_owned()
    };
    Some(Vote {
        model: models[model].name.clone(),
        log_odds: scored(result, model)?.log_odds[one.at],
        reasons: evidence.reasons(TOKENS, result.corpus.text(one.row as usize), token),
    })
}

/// The verdict of a model of which no reasons are known.
fn silent_vote(model: &ModelRecord, one: &Judgement) -> Option<Vote> {
    let mut folds = model.scored();
    let (_, scored) = folds.find(|(fold, _)| *fold as usize == one.fold)?;
    Some(Vote {
        model: model.name.clone(),
        log_odds: scored.log_odds[one.at],
        reasons: Reasons {
            tokens: Vec::new(),
            rest: scored.score[one.at],
            intercept: 0.0,
            exact: false,
        },
    })
}

/// The beginning of a text and whether it was cut, never inside a character.
pub(crate) fn beginning(text: &[u8]) -> (String, bool) {
    let text = String::from_utf8_lossy(text).replace("\r\n", "\n");
    if text.len() <= TEXT {
        return (text, false);
    }
    let end = (0..=TEXT)
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0);
    (text[..end].to_owned(), true)
}
