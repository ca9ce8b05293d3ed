//! The headline: how the best models of both families differ, in several metrics that matter.

use super::joined::joined;
use super::standing::standing;
use super::statement::Statement;
use crate::base::numbers::{count, decimals_off_zero, distinct, is_shown, number, shown_p};
use crate::results::metric::{Better, metric};
use crate::results::{
    Comparison, Experiment, Families, Family, FamilyDifference, ModelRecord, is_significant,
    ranking,
};

/// The finding where no headline stands above it, sentence by sentence, the tests last.
pub fn finding(experiment: &Experiment) -> Vec<Statement> {
    let mut found = vec![first(experiment, false)];
    found.extend(details(experiment));
    found.extend(tests(experiment));
    found
}

/// The sentence below the headline: the difference between the families with its interval, or what
/// there is instead.
pub fn difference(experiment: &Experiment) -> Statement {
    first(experiment, true)
}

fn first(experiment: &Experiment, has_headline: bool) -> Statement {
    let found = errors(experiment, has_headline).or_else(|| alone(experiment));
    found.unwrap_or_else(|| {
        let text = format!("{} no model came to a result.", on(experiment.data.kept));
        Statement::new(text, Vec::new())
    })
}

/// Further sentences: other metrics, and how the best were chosen.
pub fn details(experiment: &Experiment) -> Vec<Statement> {
    let ties = Family::BOTH.map(|family| no_more_errors(experiment, family));
    let sentences = [other_metrics(experiment), chosen(experiment)];
    sentences.into_iter().chain(ties).flatten().collect()
}

/// What was tested.
fn data(experiment: &Experiment) -> String {
    on(experiment.tested())
}

fn on([ham, spam]: [usize; 2]) -> String {
    format!(
        "On {} emails, {} of them spam,",
        count(ham + spam),
        count(spam)
    )
}

/// How the errors of the best of both families differ. Below the headline it is not said again
/// whether they do.
fn errors(experiment: &Experiment, has_headline: bool) -> Option<Statement> {
    let families = experiment.families.as_ref()?;
    let difference = families.difference("accuracy")?;
    let models = ordered(families, difference, Better::Higher);
    // The corrected t over folds counts in that another training set would give another model.
    let [a, b] = [&families.generative, &families.discriminative].map(|best| &best.model);
    let pair = experiment.comparison(a, b);
    let holds = if pair.is_some_and(|pair| pair.resampled_t.is_some()) {
        "95 % interval, other training mail allowed for,"
    } else {
        "95 % interval"
    };
    let (text, numbers) = if difference.is_distinguishable() {
        fewer_errors(difference, models, holds)
    } else {
        not_distinguishable(difference, models, holds, has_headline)
    };
    let text = format!("{} {text}", data(experiment));
    Some(Statement::new(text, numbers.to_vec()))
}

/// A difference of accuracies in points, and the ends of its interval.
fn in_points(difference: &FamilyDifference) -> [f64; 3] {
    let [low, high] = difference.interval;
    // A rest of rounding is no difference.
    let points = |share: f64| {
        if is_shown(100.0 * share) {
            100.0 * share
        } else {
            0.0
        }
    };
    [difference.value, low, high].map(points)
}

fn fewer_errors(
    difference: &FamilyDifference,
    (better, worse): (&str, &str),
    holds: &str,
) -> (String, [f64; 3]) {
    let [points, low, high] = in_points(difference).map(f64::abs);
    let numbers = [points, low.min(high), low.max(high)];
    let decimals = decimals_off_zero(&numbers, 2);
    let [by, from, to] = numbers.map(|points| number(points, decimals));
    let text = format!(
        "the error rate of {better} is {by} points lower than that of {worse} ({holds} {from} to \
         {to})."
    );
    (text, numbers)
}

fn not_distinguishable(
    difference: &FamilyDifference,
    (better, worse): (&str, &str),
    holds: &str,
    has_headline: bool,
) -> (String, [f64; 3]) {
    let [points, low, high] = in_points(difference);
    let (lower_by, higher_by) = if difference.value >= 0.0 {
        (high, -low)
    } else {
        (-low, high)
    };
    let numbers = [points.abs(), lower_by, higher_by];
    let decimals = decimals_off_zero(&numbers, 2);
    let [by, lower, higher] = numbers.map(|points| number(points, decimals));
    let told = if points == 0.0 {
        format!("the error rates of {better} and {worse} are equal;")
    } else {
        format!("the error rate of {better} is {by} points lower than that of {worse}, but")
    };
    let not = if has_headline {
        ""
    } else {
        " they are not distinguishable:"
    };
    let text = format!(
        "{told}{not} the {holds} reaches from {lower} points lower to {higher} points higher."
    );
    (text, numbers)
}

/// The errors of the best models where families cannot be compared.
fn alone(experiment: &Experiment) -> Option<Statement> {
    if experiment.families.is_some() {
        return None;
    }
    let best = experiment.best();
    let models = [best.discriminative, best.generative];
    let models = models
        .into_iter()
        .flatten()
        .map(|at| &experiment.models[at]);
    let results = Family::BOTH.map(|family| ranking(&experiment.models, family).len());
    let clause = |model: &ModelRecord| {
        let error = 100.0 * (1.0 - model.value("accuracy")?);
        let name = &model.name;
        let subject = match results {
            [0, 1] | [1, 0] => name.clone(),
            _ => format!("{name}, {},", standing(experiment, model.family)),
        };
        let text = format!("{subject} gets {} % wrong", number(error, 2));
        Some((text, error))
    };
    let (clauses, errors): (Vec<String>, Vec<f64>) = models.filter_map(clause).unzip();
    let text = format!("{} {}.", data(experiment), clauses.join(", and "));
    (!clauses.is_empty()).then(|| Statement::new(text, errors))
}

/// In which other metrics the same two models differ.
fn other_metrics(experiment: &Experiment) -> Option<Statement> {
    let families = experiment.families.as_ref()?;
    let others = families.differences.iter();
    let others: Vec<&FamilyDifference> = others.filter(|one| one.metric != "accuracy").collect();
    let (apart, alike): (Vec<&FamilyDifference>, Vec<&FamilyDifference>) =
        others.into_iter().partition(|one| one.is_distinguishable());
    let mut rests_on = Vec::new();
    let mut told = |difference: &FamilyDifference| -> Option<String> {
        let metric = metric(&difference.metric)?;
        let (better, _) = ordered(families, difference, metric.better);
        let value = |name: &str| {
            let model = experiment.models.iter().find(|model| model.name == name)?;
            model.value(metric.key)
        };
        let [a, b] = [&families.generative, &families.discriminative].map(|best| &best.model);
        let (of_better, of_worse) = if better == *a {
            (value(a)?, value(b)?)
        } else {
            (value(b)?, value(a)?)
        };
        rests_on.extend([of_better, of_worse]);
        let [shown, other] = distinct([of_better, of_worse], metric.decimals.min(3));
        Some(if shown == other {
            format!("{} ({better} is better)", metric.short)
        } else {
            format!("{} ({better} {shown}, against {other})", metric.short)
        })
    };
    let apart: Vec<String> = apart.into_iter().filter_map(&mut told).collect();
    let alike: Vec<&str> = alike
        .iter()
        .filter_map(|one| Some(metric(&one.metric)?.short))
        .collect();
    let text = match (apart.is_empty(), alike.is_empty()) {
        (true, true) => return None,
        (false, true) => format!("They differ in {}.", joined(&apart, "and")),
        (true, false) => format!("Nor are they distinguishable by {}.", joined(&alike, "or")),
        (false, false) => {
            let verb = if alike.len() == 1 { "does" } else { "do" };
            format!(
                "They differ in {}; {} {verb} not distinguish them.",
                joined(&apart, "and"),
                joined(&alike, "and")
            )
        }
    };
    let nothing_differs = families
        .difference("accuracy")
        .is_none_or(|one| !one.is_distinguishable());
    let text = if nothing_differs {
        text
    } else {
        text.replace("Nor are they", "They are not")
    };
    Some(Statement::new(text, rests_on))
}

/// Which models of a family make no more errors than the one that leads it: the mean over folds
/// decides, and of equals the ranking.
fn no_more_errors(experiment: &Experiment, family: Family) -> Option<Statement> {
    let ranked = ranking(&experiment.models, family);
    let (&best, others) = ranked.split_first()?;
    let errors = |at: usize| errors_of(experiment, &experiment.models[at]);
    let few = |at: &usize| errors(*at) <= errors(best);
    let as_good: Vec<usize> = others.iter().copied().filter(few).collect();
    let name = |at: usize| experiment.models[at].name.as_str();
    let accuracy = |at: usize| experiment.models[at].value("accuracy");
    let names: Vec<&str> = as_good.iter().map(|&at| name(at)).collect();
    let by = if as_good.iter().any(|&at| accuracy(at) == accuracy(best)) {
        "(1-ROCA) %"
    } else {
        "the mean of the error rates of the folds"
    };
    let makes = if names.len() == 1 { "makes" } else { "make" };
    let text = format!(
        "{} {makes} no more errors than {}, which leads by {by}.",
        joined(&names, "and"),
        name(best)
    );
    let rests_on = [best].into_iter().chain(as_good);
    let rests_on = rests_on.map(|at| errors(at) as f64).collect();
    (!names.is_empty()).then(|| Statement::new(text, rests_on))
}

/// Messages of both classes that a model got wrong.
fn errors_of(experiment: &Experiment, model: &ModelRecord) -> usize {
    let wrong = model.scored().flat_map(|(_, scored)| {
        let rows = scored.rows.iter().enumerate();
        rows.filter(|&(at, &row)| {
            let label = experiment.emails.label(row);
            label.is_some_and(|label| scored.label(at) != label)
        })
    });
    wrong.count()
}

/// How many models of each family were tried, and what the choice of the best costs.
fn chosen(experiment: &Experiment) -> Option<Statement> {
    let families = experiment.families.as_ref()?;
    let mut rests_on = Vec::new();
    let bests = [&families.discriminative, &families.generative];
    let clauses = bests.map(|best| {
        let percent = |accuracy: f64| 100.0 * (1.0 - accuracy);
        let [low, high] = best.interval;
        let numbers = [percent(best.accuracy), percent(high), percent(low)];
        rests_on.extend(numbers);
        let [error, least, most] = numbers.map(|percent| number(percent, 2));
        let family = experiment
            .models
            .iter()
            .find(|model| model.name == best.model)
            .map_or_else(String::new, |model| model.family.to_string());
        let of = if best.tried == 1 {
            format!("the only {family} model")
        } else {
            format!("the best of {} {family} models", best.tried)
        };
        format!(
            "{}, {of}, gets {error} % wrong ({least} to {most})",
            best.model
        )
    });
    let shown = bests.map(|best| {
        let models = &experiment.models;
        let model = models.iter().find(|model| model.name == best.model);
        model.and_then(|model| model.value("accuracy"))
    });
    let is_reversed = matches!(shown, [Some(a), Some(b)] if
        (a - b) * (bests[0].accuracy - bests[1].accuracy) < 0.0);
    let paid = match (bests.iter().any(|best| best.tried > 1), is_reversed) {
        (false, _) => "",
        (true, false) => ", corrected for the choice of the best",
        (true, true) => {
            ", corrected for the choice of the best, which puts the two in the opposite order"
        }
    };
    let baseline = experiment.baseline.get("accuracy").copied().flatten();
    let baseline = baseline.map(|accuracy| {
        let error = 100.0 * (1.0 - accuracy);
        rests_on.push(error);
        format!(
            "; always giving the answer of the majority gets {} % wrong",
            number(error, 2)
        )
    });
    let text = format!(
        "{}{paid}{}.",
        clauses.join("; "),
        baseline.unwrap_or_default()
    );
    Some(Statement::new(text, rests_on))
}

/// The tests behind the first sentence; where they disagree, that is said. Last that on halves of
/// the mail, where it was made.
pub fn tests(experiment: &Experiment) -> Option<Statement> {
    let pair = experiment.between_families()?;
    let mut told = tests_of_verdicts(experiment, pair)?;
    let halves = experiment.pairs_in_halves().into_iter();
    let mut halves = halves.filter(|one| one.a == pair.a && one.b == pair.b);
    if let Some(one) = halves.next() {
        let p = shown_p(one.test.p_value);
        told.text = format!(
            "{} The 5x2cv F test, in which models learn from one half of the mail and are tested \
             on the other, has {p}.",
            told.text
        );
        told.rests_on.push(one.test.p_value);
    }
    Some(told)
}

/// The tests on the verdicts of the comparison itself.
fn tests_of_verdicts(experiment: &Experiment, pair: &Comparison) -> Option<Statement> {
    let mcnemar = pair.p_value;
    let models = experiment.models.iter();
    let both = models.filter(|one| one.name == pair.a || one.name == pair.b);
    let folds = both.map(|model| model.scored().count()).min()?;
    let Some(over_folds) = pair.resampled_t else {
        if folds > 1 {
            let text = format!(
                "No test over folds is possible, since the two differ by the same amount in each; \
                 McNemar's by groups has {}.",
                shown_p(mcnemar)
            );
            return Some(Statement::new(text, vec![mcnemar]));
        }
        let (test, p_value) = match pair.p_adjusted {
            Some(adjusted) => ("max-statistic over all pairs of models", adjusted),
            None => ("McNemar's by groups, this pair alone", mcnemar),
        };
        let text = format!("Test (single split, {test}): {}.", shown_p(p_value));
        return Some(Statement::new(text, vec![p_value]));
    };
    let text = if is_significant(mcnemar) == is_significant(over_folds.p_value) {
        format!(
            "Tests: corrected resampled t-test over folds, {}; McNemar's by groups, {}.",
            shown_p(over_folds.p_value),
            shown_p(mcnemar)
        )
    } else {
        format!(
            "Two tests disagree: the corrected resampled t-test over folds, which allows for other \
             training mail, has {}; McNemar's by groups, which takes the models as they are, {}.",
            shown_p(over_folds.p_value),
            shown_p(mcnemar)
        )
    };
    Some(Statement::new(text, vec![over_folds.p_value, mcnemar]))
}

/// The names of the models, the better in this metric first.
pub(super) fn ordered<'a>(
    families: &'a Families,
    difference: &FamilyDifference,
    better: Better,
) -> (&'a str, &'a str) {
    let (a, b) = (&families.generative.model, &families.discriminative.model);
    let first_is_better = (difference.value >= 0.0) == (better == Better::Higher);
    if first_is_better { (a, b) } else { (b, a) }
}
