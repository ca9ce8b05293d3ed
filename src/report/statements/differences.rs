//! What the paired tests and intervals of an experiment tell of differences between models, in the
//! few words of a chart's title.

use super::statement::Statement;
use crate::base::numbers::number;
use crate::results::metric::metric;
use crate::results::{Comparison, Experiment, FamilyDifference, is_significant};

/// The recalls at a fixed false positive rate, the strictest first, with that rate.
const RECALLS: [(&str, &str); 2] = [
    ("recall_at_ham_01_pct", "0.1 %"),
    ("recall_at_ham_1_pct", "1 %"),
];

/// How much spam the best models of both families catch at the strictest false positive rate for
/// which there is ham enough.
pub fn recall_at_low_rate(experiment: &Experiment) -> Option<Statement> {
    let families = experiment.families.as_ref()?;
    let (key, rate) = RECALLS
        .into_iter()
        .find(|(key, _)| families.difference(key).is_some())?;
    let difference = families.difference(key)?;
    let [better, worse] = better_first(experiment, difference)?;
    if !difference.is_distinguishable() {
        let text = format!("{better} and {worse} are not distinguishable at {rate} FPR");
        return Some(Statement::new(text, Vec::new()));
    }
    let value = |name: &str| {
        let model = experiment.models.iter().find(|model| model.name == name)?;
        Some(100.0 * model.value(key)?)
    };
    let (most, least) = (value(better)?, value(worse)?);
    let [of_better, of_worse] = [most, least].map(|percent| number(percent, 1));
    let text =
        format!("At {rate} FPR {better} catches {of_better} % of the spam, {worse} {of_worse} %");
    Some(Statement::new(text, vec![most, least]))
}

/// How many pairs of models are distinguishable by their errors: as pairs of many by McNemar's
/// test, and of these by the test over folds, too, where it is possible for each of them.
pub fn pairs_apart(experiment: &Experiment) -> Option<Statement> {
    let all = experiment.comparisons.len();
    let pairs = experiment.comparisons.iter();
    let apart: Vec<&Comparison> = pairs.filter(|pair| pair.is_significant()).collect();
    let over_folds: Vec<_> = apart.iter().filter_map(|pair| pair.resampled_t).collect();
    let both = over_folds
        .iter()
        .filter(|test| is_significant(test.p_value));
    let both = both.count();
    let differ = match (apart.len(), all) {
        (_, 0) => return None,
        (0, 1) => "The two models are not distinguishable by errors".to_owned(),
        (0, _) => format!("None of the {all} pairs of models is distinguishable by errors"),
        (1, 1) => "The two models differ in errors by McNemar’s test".to_owned(),
        (1, _) => format!("1 of {all} pairs differs in errors by McNemar’s test"),
        (apart, _) => format!("{apart} of {all} pairs differ by McNemar’s test"),
    };
    let also = match (over_folds.len(), apart.len(), both) {
        (0, ..) => String::new(),
        // The test is not possible for some of them.
        (tested, apart, _) if tested < apart => String::new(),
        (_, 1, 0) => ", not over folds".to_owned(),
        (_, 1, _) => " and over folds".to_owned(),
        (_, _, 0) => ", none over folds".to_owned(),
        (.., both) => format!(", {both} of them over folds"),
    };
    let rests_on = [apart.len(), all, both].map(|pairs| pairs as f64);
    Some(Statement::new(differ + &also, rests_on.to_vec()))
}

/// The names of the best models of both families, the one with the better value first.
fn better_first<'a>(
    experiment: &'a Experiment,
    difference: &FamilyDifference,
) -> Option<[&'a str; 2]> {
    let families = experiment.families.as_ref()?;
    let [a, b] = [&families.generative, &families.discriminative].map(|one| one.model.as_str());
    let higher_is_better =
        metric(&difference.metric)?.better == crate::results::metric::Better::Higher;
    let is_a = (difference.value >= 0.0) == higher_is_better;
    Some(if is_a { [a, b] } else { [b, a] })
}
