//! What can be said of several experiments side by side.

mod corpora;

use self::corpora::over_corpora;
pub use self::corpora::ranks_apart;
use super::joined::joined;
use super::statement::Statement;
use crate::base::numbers::count;
use crate::report::side_by_side::SideBySide;
use crate::results::ChangedErrors;

/// All that is said: first of all corpora together, then of each experiment and the first, last
/// what can be compared.
pub fn several(all: &SideBySide) -> Vec<Statement> {
    let mut told = all.corpora.as_ref().map_or_else(Vec::new, over_corpora);
    told.extend(changed_between(all));
    told.push(comparable(all));
    told
}

/// For each experiment but the first, of how many models the error differs from that in the first.
/// Nothing of experiments on different messages.
pub fn changed_between(all: &SideBySide) -> Vec<Statement> {
    let pairs = all.pairs().filter(|(_, _, changes)| !changes.is_empty());
    pairs
        .map(|(first, other, changes)| {
            let apart = changes
                .iter()
                .filter(|one| one.is_distinguishable(changes.len()));
            let apart: Vec<&ChangedErrors> = apart.collect();
            let name = |one: &&&ChangedErrors| one.model.clone();
            let (less, more): (Vec<_>, Vec<_>) = apart.iter().partition(|one| one.difference < 0.0);
            let fewer: Vec<String> = less.iter().map(name).collect();
            let worse: Vec<String> = more.iter().map(name).collect();
            let (a, b) = (&first.name, &other.name);
            let rest = changes.len() - apart.len();
            let rests_on = [less.len(), more.len(), changes.len()].map(|number| number as f64);
            let text = match (&fewer[..], &worse[..], changes) {
                ([], [], [one]) => {
                    format!(
                        "The errors of {} in “{a}” and “{b}” are not distinguishable.",
                        one.model
                    )
                }
                ([], [], _) => {
                    format!("No model’s errors in “{a}” and “{b}” are distinguishable.")
                }
                _ => {
                    let part = |names: &[String], how: &str| {
                        let verb = if names.len() == 1 { "errs" } else { "err" };
                        (!names.is_empty())
                            .then(|| format!("{} {verb} {how}", joined(names, "and")))
                    };
                    let parts = [part(&fewer, "less"), part(&worse, "more")];
                    let parts: Vec<String> = parts.into_iter().flatten().collect();
                    let rest = match rest {
                        0 => String::new(),
                        1 => "; the other model is not distinguishable".to_owned(),
                        rest => format!("; the other {rest} models are not distinguishable"),
                    };
                    format!("In “{b}”, {} than in “{a}”{rest}.", parts.join(" and "))
                }
            };
            Statement::new(text, rests_on.to_vec())
        })
        .collect()
}

/// What of the experiments can be compared.
pub fn comparable(all: &SideBySide) -> Statement {
    let tested = all.experiments.iter();
    let tested = tested.map(|one| one.experiment.tested_rows());
    let tested: Vec<Vec<u32>> = tested.collect();
    let counts: Vec<usize> = tested.iter().map(Vec::len).collect();
    let are_same = all.have_same_messages() && tested.windows(2).all(|two| two[0] == two[1]);
    let rests_on = counts.iter().map(|&count| count as f64).collect();
    let is_compared = all.changes.iter().any(|changes| !changes.is_empty());
    if are_same && !is_compared {
        let text = "All tested the same messages, but no model is in the first experiment and in \
                    another."
            .to_owned();
        return Statement::new(text, rests_on);
    }
    if are_same {
        let text = format!(
            "All tested the same {} messages, so that every model is compared with itself message \
             by message.",
            count(counts.first().copied().unwrap_or(0))
        );
        return Statement::new(text, rests_on);
    }
    let names = all.experiments.iter().zip(counts);
    let names =
        names.map(|(one, messages)| format!("“{}” ({} messages)", one.name, count(messages)));
    let names = joined(&names.collect::<Vec<_>>(), "and");
    let text = match (is_compared, all.corpora.is_some()) {
        (true, true) => format!("Not all tested the same messages: {names}."),
        (true, false) => format!(
            "Not all tested the same messages: {names}. Where messages differ, only levels can \
             be compared."
        ),
        (false, true) => format!("On different messages: {names}."),
        (false, false) => {
            format!("On different messages, so that only levels can be compared: {names}.")
        }
    };
    Statement::new(text, rests_on)
}
