//! How new mail differs from the training mail, and what that does to the figures.

use super::statement::Statement;
use crate::base::math::logit;
use crate::base::numbers::{count, number, shown_p};
use crate::results::{
    Drift, Experiment, ModelDrift, ModelRecord, SharedMail, is_significant, mcnemar,
    wilson_of_count,
};
use std::collections::BTreeMap;

/// Population stability index above which a shift is called large, as is the custom.
const LARGE: f64 = 0.25;
/// Messages named.
const NAMED: usize = 3;

/// All that is to be said of the drift; nothing without such an analysis.
pub fn drift(experiment: &Experiment) -> Vec<Statement> {
    let Some(found) = experiment.drift() else {
        return Vec::new();
    };
    let mut told = vec![tokens(&found)];
    told.extend(shared_mail(experiment));
    told.extend(scores(&found));
    told.extend(prior(&found));
    told.extend(correction(experiment));
    told
}

/// How many tokens are new, and by how much their frequencies differ.
fn tokens(found: &Drift) -> Statement {
    let unknown = 100.0 * found.unknown_tokens;
    let bits = found.token_divergence_bits;
    let text = format!(
        "{} % of the tokens of these {} messages are not in the vocabulary. The token \
         frequencies differ from those of the training mail, weighted to the same share of spam, \
         by a Jensen-Shannon divergence of {} bits (0: the same; 1: nothing in common).",
        number(unknown, 1),
        count(found.emails),
        number(bits, 3)
    );
    Statement::new(text, vec![unknown, bits])
}

/// That the figures rest in part on messages that the models were trained on.
pub fn shared_mail(experiment: &Experiment) -> Option<Statement> {
    let found = experiment.drift()?;
    let shared = found.shared.as_ref().filter(|shared| shared.emails() > 0)?;
    let named = shared.rows.iter().take(NAMED);
    let named: Vec<&str> = named.map(|&row| experiment.emails.id(row)).collect();
    let percent = 100.0 * shared.emails() as f64 / found.emails as f64;
    let are = if shared.emails() == 1 {
        "is a duplicate"
    } else {
        "are duplicates"
    };
    let text = format!(
        "{} of the {} messages ({} %) {are} or near-duplicates of training mail, for \
         instance {}: {}",
        count(shared.emails()),
        count(found.emails),
        number(percent, 1),
        named.join(", "),
        flattery(experiment, &shared.rows)
    );
    Some(Statement::new(text, vec![shared.emails() as f64, percent]))
}

/// Whether they flatter: whether the model with the fewest errors makes more on the others, by
/// Newcombe's interval of the difference of two independent shares (Statistics in Medicine 17,
/// 1998). Where that holds no difference apart from 0, they may.
pub(super) fn flattery(experiment: &Experiment, shared: &[u32]) -> String {
    let measured = || {
        let (model, [known, new]) = errors_of_best(experiment, shared)?;
        let [of_known, of_new] = [known, new].map(|(wrong, of)| wilson_of_count(wrong, of));
        let [_, high] = of_known?;
        let [low, _] = of_new?;
        let [before, after] = [known, new].map(|(wrong, of)| wrong as f64 / of as f64);
        let least = after - before - (after - low).hypot(high - before);
        (least > 0.0).then(|| {
            format!(
                "they flatter the figures. {model} makes {} % errors on the others and {} on \
                 these.",
                number(100.0 * after, 2),
                number(100.0 * before, 2)
            )
        })
    };
    measured().unwrap_or_else(|| "they may flatter the figures.".to_owned())
}

/// The model with the fewest errors, and how many it makes of how many messages: of those of some
/// rows, which ascend, and of the others.
fn errors_of_best<'e>(
    experiment: &'e Experiment,
    rows: &[u32],
) -> Option<(&'e str, [(usize, usize); 2])> {
    let best = experiment.best();
    let accuracy = |model: &&ModelRecord| model.value("accuracy").unwrap_or(0.0);
    let both = [best.generative, best.discriminative].into_iter().flatten();
    let models = both.map(|at| &experiment.models[at]);
    let model = models.max_by(|a, b| accuracy(a).total_cmp(&accuracy(b)))?;
    let mut found = [(0, 0); 2];
    for (_, scored) in model.scored() {
        for (at, &row) in scored.rows.iter().enumerate() {
            let is_new = rows.binary_search(&row).is_err();
            let (wrong, of) = &mut found[usize::from(is_new)];
            *wrong += usize::from(experiment.emails.label(row) != Some(scored.label(at)));
            *of += 1;
        }
    }
    Some((&model.name, found))
}

/// Whose scores shifted by more than the custom calls large; where that may be chance, it is said.
fn scores(found: &Drift) -> Option<Statement> {
    let indices = |of: &ModelDrift| {
        let shift = of.scores?;
        Some((of.model.clone(), shift.stability_index, shift.if_unchanged))
    };
    let all: Vec<(String, f64, f64)> = found.models.iter().filter_map(indices).collect();
    let large = all.iter().filter(|(_, index, _)| *index > LARGE);
    let (sure, perhaps): (Vec<_>, Vec<_>) = large.partition(|(_, index, chance)| index > chance);
    let listed = |of: &[&(String, f64, f64)]| {
        let each = of
            .iter()
            .map(|(model, index, _)| format!("{model} {}", number(*index, 2)));
        each.collect::<Vec<String>>().join(", ")
    };
    let most_by_chance = perhaps.iter().map(|one| one.2).fold(0.0, f64::max);
    let text = match (sure.is_empty(), perhaps.is_empty()) {
        (true, true) => return None,
        (false, _) => format!(
            "The scores shifted (population stability index above {LARGE}, and by more than \
             chance): {}. {}",
            listed(&sure),
            what_follows(found)
        ),
        (true, false) => format!(
            "Whether the scores shifted cannot be told with so few messages: the population \
             stability index ({}) is above {LARGE}, but chance alone reaches {}.",
            listed(&perhaps),
            number(most_by_chance, 2)
        ),
    };
    let numbers = sure.iter().chain(&perhaps).map(|one| one.1);
    Some(Statement::new(text, numbers.collect()))
}

/// What a shift of scores means: where most of the mail was trained on, nothing for other mail.
fn what_follows(found: &Drift) -> &'static str {
    let shared = found.shared.as_ref().map_or(0, SharedMail::emails);
    if 2 * shared > found.emails {
        "Most of this mail was trained on, so that this says nothing of other mail."
    } else {
        "Probabilities and thresholds that were learned from the training mail may not hold here."
    }
}

/// The share of spam then and now, and what the scores alone say of it.
fn prior(found: &Drift) -> Option<Statement> {
    let first = &found.models.first()?.prior;
    let estimated = found.models.iter().map(|of| 100.0 * of.prior.estimated);
    let [training, new] = [first.training, first.new].map(|share| 100.0 * share);
    let (low, high) = estimated.fold((f64::MAX, 0.0_f64), |(low, high), share| {
        (low.min(share), high.max(share))
    });
    let [shown_low, shown_high] = [low, high].map(|share| number(share, 1));
    let range = if shown_low == shown_high {
        shown_low
    } else {
        format!("{shown_low} to {shown_high}")
    };
    let text = format!(
        "{} % of this mail is spam, and {} % of the training mail was; by the scores \
         alone it would be {range} %.",
        number(new, 1),
        number(training, 1)
    );
    Some(Statement::new(text, vec![new, training, low, high]))
}

/// Which models would make fewer errors, and which more, if every score was corrected for the
/// estimated share: by McNemar's test on the messages whose verdict changes, groups of
/// near-duplicates as one.
fn correction(experiment: &Experiment) -> Option<Statement> {
    let found = experiment.drift()?;
    let changed = |of: &ModelDrift| Some((of.model.clone(), verdicts_changed(experiment, of)?));
    let changed = found.models.iter().filter_map(changed);
    let sure = |one: &(String, ChangedVerdicts)| is_significant(one.1.p_value);
    let sure: Vec<(String, ChangedVerdicts)> = changed.filter(sure).collect();
    let largest = sure.iter().map(|one| one.1.p_value).reduce(f64::max)?;
    let (fewer, more): (Vec<_>, Vec<_>) =
        sure.iter().partition(|one| one.1.fixed > one.1.regressed);
    let part = |of: &[&(String, ChangedVerdicts)], what: &str| {
        let each = of.iter().map(|(model, changed)| {
            let [fixed, regressed] = [changed.fixed, changed.regressed].map(count);
            format!("{model} ({fixed} fixed, {regressed} regressed)")
        });
        let names = each.collect::<Vec<String>>().join(", ");
        (!of.is_empty()).then(|| format!("{what} errors for {names}"))
    };
    let parts = [part(&fewer, "fewer"), part(&more, "more")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let p_value = shown_p(largest);
    let each = match (sure.len() > 1, p_value.contains('<')) {
        (false, _) => "",
        (true, true) => " for each",
        (true, false) => " or less for each",
    };
    let text = format!(
        "Correcting every score for the share that the scores suggest means {}; by McNemar’s \
         test {p_value}{each}.",
        parts.join(", and ")
    );
    let numbers = sure
        .iter()
        .flat_map(|(_, of)| [of.fixed as f64, of.regressed as f64]);
    Some(Statement::new(text, numbers.chain([largest]).collect()))
}

/// What a correction does to verdicts.
struct ChangedVerdicts {
    /// Messages that only the corrected model gets right, and only the other.
    fixed: usize,
    regressed: usize,
    /// The p-value of no difference.
    p_value: f64,
}

fn verdicts_changed(experiment: &Experiment, of: &ModelDrift) -> Option<ChangedVerdicts> {
    let shift = logit(of.prior.estimated) - logit(of.prior.training);
    let model = experiment.models.iter().find(|one| one.name == of.model)?;
    let (mut fixed, mut regressed) = (0, 0);
    let mut by_group: BTreeMap<u32, f64> = BTreeMap::new();
    for (_, scored) in model.scored() {
        for (at, &row) in scored.rows.iter().enumerate() {
            let label = experiment.emails.label(row)?;
            let corrected = scored.decision.decision.label(scored.log_odds[at] + shift);
            let (before, after) = (scored.label(at) == label, corrected == label);
            fixed += usize::from(after && !before);
            regressed += usize::from(before && !after);
            let group = experiment.emails.groups.get(row as usize).copied();
            let gain = f64::from(u8::from(after)) - f64::from(u8::from(before));
            *by_group.entry(group.unwrap_or(row)).or_default() += gain;
        }
    }
    Some(ChangedVerdicts {
        fixed,
        regressed,
        p_value: mcnemar(by_group.into_values()).p_value,
    })
}
