//! What misleads readers, said where it applies: each caution is a condition on results, and
//! silent where that does not hold.

mod mail;
mod of_experiments;

pub use of_experiments::caveats;

use super::counts::leader;
use super::finding::ordered;
use super::statement::Statement;
use crate::base::numbers::{count, decimals_off_zero, number, probability};
use crate::results::metric::Better;
use crate::results::{Experiment, ModelRecord, PRACTICALLY_EQUIVALENT};

/// False positives below which a rate rests on single messages.
const FEW_ERRORS: usize = 10;
/// Share of spam from which precision is worth restating for a mailbox with less.
const MUCH_SPAM: f64 = 0.15;
/// The share of spam of such a mailbox.
const LITTLE_SPAM: f64 = 0.05;
/// Accuracy of the majority class from which accuracy says little.
const LOPSIDED: f64 = 0.75;

/// The cautions that apply, in the order in which a reader meets what they are about.
pub fn cautions(experiment: &Experiment) -> Vec<Statement> {
    let all: [fn(&Experiment) -> Option<Statement>; 12] = [
        mail::without_leaky_tokens,
        mail::different_times,
        mail::shared_across_the_split,
        mail::changed_mail,
        not_distinguishable_is_not_equal,
        practically_equivalent,
        intervals_overlap,
        choice_of_the_best,
        majority,
        few_false_positives,
        precision_elsewhere,
        calibration,
    ];
    all.iter().filter_map(|one| one(experiment)).collect()
}

/// The best model of each family, the generative one first.
fn best(experiment: &Experiment) -> Vec<&ModelRecord> {
    let best = experiment.best();
    let both = [best.generative, best.discriminative];
    both.into_iter()
        .flatten()
        .map(|at| &experiment.models[at])
        .collect()
}

/// No difference found is not no difference: how large one may be.
fn not_distinguishable_is_not_equal(experiment: &Experiment) -> Option<Statement> {
    let families = experiment.families.as_ref()?;
    let difference = families.difference("accuracy")?;
    if difference.is_distinguishable() {
        return None;
    }
    let [low, high] = difference.interval.map(|end| 100.0 * end);
    let most = low.abs().max(high.abs());
    let text = format!(
        "Not distinguishable does not mean equal: a difference of up to {} points in errors is \
         compatible with this data. More messages would narrow that.",
        number(most, decimals_off_zero(&[most], 2))
    );
    Some(Statement::new(text, vec![most]))
}

/// How probable it is that the best models differ by too little to matter: where that is all but
/// sure, and where no difference was found.
fn practically_equivalent(experiment: &Experiment) -> Option<Statement> {
    let pair = experiment.between_families()?;
    let belief = pair.resampled_t?.belief?;
    let share = probability(belief.equivalent);
    let (a, b) = (&pair.a, &pair.b);
    let points = number(100.0 * PRACTICALLY_EQUIVALENT, 0);
    let text = if belief.is_equivalent() {
        format!(
            "{a} and {b} are practically equivalent: with a probability of {share} their error \
             rates differ by no more than {points} point (Bayesian correlated t-test over folds)."
        )
    } else {
        format!(
            "Whether {a} and {b} are practically equivalent is open: with a probability of {share} \
             their error rates differ by no more than {points} point (Bayesian correlated t-test \
             over folds)."
        )
    };
    let is_told = belief.is_equivalent() || !pair.is_distinguishable();
    is_told.then(|| Statement::new(text, vec![belief.equivalent]))
}

/// Two intervals overlap and yet the models are distinguishable.
fn intervals_overlap(experiment: &Experiment) -> Option<Statement> {
    let families = experiment.families.as_ref()?;
    let difference = families.difference("accuracy")?;
    let (better, worse) = ordered(families, difference, Better::Higher);
    let interval = |name: &str| {
        let model = experiment.models.iter().find(|model| model.name == name)?;
        let [low, high] = model.interval("accuracy")?;
        Some([high, low].map(|end| 100.0 * (1.0 - end)))
    };
    let (of_better, of_worse) = (interval(better)?, interval(worse)?);
    if !difference.is_distinguishable() || of_better[1] < of_worse[0] {
        return None;
    }
    let shown = |[low, high]: [f64; 2]| format!("{} to {}", number(low, 2), number(high, 2));
    let text = format!(
        "The intervals of the error rates of {better} ({} %) and {worse} ({} %) overlap, \
         yet the two are distinguishable: both judged the same messages, so their difference is \
         known better than either rate.",
        shown(of_better),
        shown(of_worse)
    );
    Some(Statement::new(text, [of_better, of_worse].concat()))
}

/// The best of several is partly the luckiest: what its error is once the choice is corrected for.
fn choice_of_the_best(experiment: &Experiment) -> Option<Statement> {
    let families = experiment.families.as_ref()?;
    let mut rests_on = Vec::new();
    let clauses = [&families.generative, &families.discriminative].map(|best| {
        let models = &experiment.models;
        let model = models.iter().find(|model| model.name == best.model)?;
        let [shown, paid] =
            [model.value("accuracy")?, best.accuracy].map(|accuracy| 100.0 * (1.0 - accuracy));
        let [before, after] = [shown, paid].map(|percent| number(percent, 2));
        (best.tried > 1 && before != after && paid > shown).then(|| {
            rests_on.extend([paid, shown]);
            format!(
                "{} would make {after} % errors rather than {before} ({} models tried)",
                best.model, best.tried
            )
        })
    });
    let clauses: Vec<String> = clauses.into_iter().flatten().collect();
    (!clauses.is_empty()).then(|| {
        let text = format!(
            "The best of several models is partly the luckiest. On mail that did not choose it {}.",
            clauses.join(", and ")
        );
        Statement::new(text, rests_on)
    })
}

/// Accuracy says little where one class is most of the mail.
fn majority(experiment: &Experiment) -> Option<Statement> {
    let accuracy = experiment.baseline.get("accuracy").copied().flatten()?;
    if accuracy < LOPSIDED {
        return None;
    }
    let error = 100.0 * (1.0 - accuracy);
    let text = format!(
        "One class is most of the mail: always answering with it gets only {} % wrong. Read \
         the false positive and the false negative rate, not the error rate alone.",
        number(error, 1)
    );
    Some(Statement::new(text, vec![error]))
}

/// A false positive rate that rests on a handful of messages.
fn few_false_positives(experiment: &Experiment) -> Option<Statement> {
    let clauses = best(experiment).into_iter().filter_map(|model| {
        let (lost, ham) = false_positives(experiment, model);
        (ham > 0 && lost < FEW_ERRORS)
            .then(|| (format!("{} of {} ({})", lost, count(ham), model.name), lost))
    });
    let (clauses, lost): (Vec<String>, Vec<usize>) = clauses.unzip();
    (!clauses.is_empty()).then(|| {
        let text = format!(
            "The false positive rate rests on few messages: {} ham called spam. One more or less \
             changes it visibly.",
            clauses.join(" and ")
        );
        Statement::new(text, lost.into_iter().map(|lost| lost as f64).collect())
    })
}

/// Ham that a model calls spam, and ham.
fn false_positives(experiment: &Experiment, model: &ModelRecord) -> (usize, usize) {
    let (mut lost, mut ham) = (0, 0);
    for (_, scored) in model.scored() {
        for (at, &row) in scored.rows.iter().enumerate() {
            if experiment
                .emails
                .label(row)
                .is_some_and(|label| !label.is_spam())
            {
                ham += 1;
                lost += usize::from(scored.label(at).is_spam());
            }
        }
    }
    (lost, ham)
}

/// What precision would be in a mailbox with less spam, from both error rates.
fn precision_elsewhere(experiment: &Experiment) -> Option<Statement> {
    let [ham, spam] = experiment.tested().map(|emails| emails as f64);
    let share = spam / (ham + spam);
    let model = &experiment.models[leader(experiment)?];
    let lost = model.value("ham_misclassified_pct")? / 100.0;
    let caught = model.value("recall")?;
    let precision = |share: f64| {
        let called = share * caught + (1.0 - share) * lost;
        (called > 0.0).then(|| 100.0 * share * caught / called)
    };
    if share.is_nan() || share < MUCH_SPAM {
        return None;
    }
    let numbers = [precision(share)?, precision(LITTLE_SPAM)?];
    let [here, there] = numbers.map(|percent| number(percent, 1));
    let text = format!(
        "Precision, F1 and average precision belong to the share of spam in this data, \
         {} %. In a mailbox with {} % spam the same error rates would give {} a \
         precision of {there} % instead of {here}.",
        number(100.0 * share, 0),
        number(100.0 * LITTLE_SPAM, 0),
        model.name
    );
    (here != there).then(|| Statement::new(text, numbers.to_vec()))
}

/// Whether the probabilities of the best models are further off than true ones would seem.
fn calibration(experiment: &Experiment) -> Option<Statement> {
    let mut rests_on = Vec::new();
    let clauses = best(experiment).into_iter().filter_map(|model| {
        let estimate = model.estimates.get("ece")?;
        let (error, bound) = (estimate.value?, estimate.if_calibrated?);
        (error > bound).then(|| {
            rests_on.extend([100.0 * error, 100.0 * bound]);
            format!(
                "{} by {} points, where true ones would stay below {}",
                model.name,
                number(100.0 * error, 1),
                number(100.0 * bound, 1)
            )
        })
    });
    let clauses: Vec<String> = clauses.collect();
    (!clauses.is_empty()).then(|| {
        let text = format!(
            "Probabilities are off by more than chance explains (expected calibration error): {}. \
             Rank by them, but do not multiply costs by them.",
            clauses.join("; ")
        );
        Statement::new(text, rests_on)
    })
}
