//! What a learning curve shows: where one of two models leads, and whether the other overtakes it.

use super::standing::{is_alone, standing};
use super::statement::Statement;
use crate::base::numbers::{count, distinct, number};
use crate::results::{
    Curve, CurvePoint, Experiment, Families, Family, ResampledT, SIGNIFICANCE_LEVEL,
    UnlabelledCurve, differences_on_curve,
};

/// The numbers of training messages at which one of two models is told to err less.
struct Leads {
    /// Numbers at which the two were compared.
    compared: usize,
    /// Those at which the first is ahead.
    of_a: Vec<usize>,
    /// Those at which the second is.
    of_b: Vec<usize>,
}

/// A lead is told only if it would be told of equally good models in at most one of twenty curves:
/// every size is tested at a share of the level.
fn told(curve: &Curve, a: &str, b: &str) -> Option<Leads> {
    let found = differences_on_curve(curve, a, b);
    let level = SIGNIFICANCE_LEVEL / found.len().max(1) as f64;
    let sizes = |sign: f64| -> Vec<usize> {
        let told = |test: &ResampledT| test.p_value < level && test.gain * sign > 0.0;
        let told = found.iter().filter(|(_, test)| told(test));
        told.map(|&(emails, _)| emails).collect()
    };
    (!found.is_empty()).then(|| Leads {
        compared: found.len(),
        of_a: sizes(1.0),
        of_b: sizes(-1.0),
    })
}

/// Which of two models errs less at how many of the numbers of training messages, in the words of
/// a title.
pub fn leads(curve: &Curve, a: &str, b: &str) -> Option<Statement> {
    let Leads {
        compared,
        of_a,
        of_b,
    } = told(curve, a, b)?;
    let text = match (of_a.len(), of_b.len()) {
        (0, 0) => format!("{a} and {b} are not distinguishable at any size"),
        (by_a, 0) => format!("{a} errs less at {by_a} of {compared} training sizes"),
        (0, by_b) => format!("{b} errs less at {by_b} of {compared} training sizes"),
        (by_a, by_b) => {
            format!("{a} errs less at {by_a}, {b} at {by_b} of {compared} training sizes")
        }
    };
    let numbers = [of_a.len(), of_b.len(), compared].map(|number| number as f64);
    Some(Statement::new(text, numbers.to_vec()))
}

/// How often a model errs after the fewest training messages and after the most, mean over the
/// resamples, in the words of a title.
pub fn first_to_last(curve: &Curve, model: &str) -> Option<Statement> {
    let points = curve.points.iter().filter(|point| point.model == model);
    let error = |point: &CurvePoint| {
        let accuracy = point.metrics.get("accuracy").copied().flatten()?;
        Some((point.emails, 100.0 * (1.0 - accuracy)))
    };
    let errors: Vec<(usize, f64)> = points.filter_map(error).collect();
    let sizes = || errors.iter().map(|one| one.0);
    let (fewest, most) = (sizes().min()?, sizes().max()?);
    let mean = |emails: usize| {
        let of_size = errors.iter().filter(|one| one.0 == emails);
        let of_size: Vec<f64> = of_size.map(|one| one.1).collect();
        of_size.iter().sum::<f64>() / of_size.len() as f64
    };
    let numbers = [mean(fewest), mean(most)];
    let [first, last] = distinct(numbers, 1);
    let text = format!(
        "{model} gets {first} % wrong after {} training emails, {last} % after {}",
        count(fewest),
        count(most)
    );
    (fewest < most).then(|| Statement::new(text, numbers.to_vec()))
}

/// At how many numbers of labels a model errs less, or more, with the mail without labels.
pub fn gain_from_unlabelled(curve: &UnlabelledCurve, model: &str) -> Option<Statement> {
    const WITH: &str = "with";
    const WITHOUT: &str = "without";
    let of = |curve: &Curve, name: &str| -> Vec<CurvePoint> {
        let points = curve.points.iter().filter(|point| point.model == model);
        let named = |point: &CurvePoint| CurvePoint {
            model: name.to_owned(),
            ..point.clone()
        };
        points.map(named).collect()
    };
    let both = Curve {
        test: curve.with.test,
        points: [of(&curve.with, WITH), of(&curve.without, WITHOUT)].concat(),
    };
    let Leads {
        compared,
        of_a,
        of_b,
    } = told(&both, WITH, WITHOUT)?;
    let text = match (of_a.len(), of_b.len()) {
        (0, 0) => format!("No effect of unlabelled mail on {model} is detectable"),
        (helps, 0) => format!("Unlabelled mail helps {model} at {helps} of {compared} sizes"),
        (0, harms) => format!("Unlabelled mail harms {model} at {harms} of {compared} sizes"),
        (helps, harms) => format!(
            "Unlabelled mail helps {model} at {helps}, harms at {harms} of {compared} sizes"
        ),
    };
    let numbers = [of_a.len(), of_b.len(), compared].map(|number| number as f64);
    Some(Statement::new(text, numbers.to_vec()))
}

/// Which of two models errs less at which numbers of training messages.
pub fn who_leads(curve: &Curve, a: &str, b: &str) -> Option<Statement> {
    let Leads {
        of_a: by_a,
        of_b: by_b,
        ..
    } = told(curve, a, b)?;
    let clause = |model: &str, sizes: &[usize]| {
        let (first, last) = (*sizes.first()?, *sizes.last()?);
        let at = if first == last {
            format!("at {}", count(first))
        } else {
            format!(
                "at {} of the sizes from {} to {}",
                count(sizes.len()),
                count(first),
                count(last)
            )
        };
        Some(format!("{model} errs less {at}"))
    };
    let clauses: Vec<String> = [clause(a, &by_a), clause(b, &by_b)]
        .into_iter()
        .flatten()
        .collect();
    let text = if clauses.is_empty() {
        format!("{a} and {b} are not distinguishable at any number of training emails.")
    } else {
        format!(
            "{}; elsewhere they are not distinguishable.",
            clauses.join("; ")
        )
    };
    let rests_on = by_a
        .iter()
        .chain(&by_b)
        .map(|&emails| emails as f64)
        .collect();
    Some(Statement::new(text, rests_on))
}

/// Of which best models no learning curve was made, why, and which models stand for them there;
/// none where the best of both families have one.
pub fn stand_ins(experiment: &Experiment, curve: &Curve) -> Option<Statement> {
    let (best, on_curve) = (experiment.best(), experiment.best_on(curve));
    let told = |family: Family| {
        let best = best.of_family(family)?;
        let stand_in = on_curve.of_family(family);
        if stand_in == Some(best) {
            return None;
        }
        let why = if experiment.models[best].external {
            "was fitted elsewhere and cannot be fitted again on less mail"
        } else {
            "has no learning curve"
        };
        let subject = format!(
            "{}, {}, {why}",
            experiment.models[best].name,
            standing(experiment, family)
        );
        let compared = "the families are not compared by number of training emails";
        Some(match stand_in {
            Some(at) => format!(
                "{subject}; {} stands for it here.",
                experiment.models[at].name
            ),
            None if is_alone(experiment, family) => format!("{subject}: {compared}."),
            None => {
                format!("{subject}, and no other {family} model has a learning curve: {compared}.")
            }
        })
    };
    let sentences: Vec<String> = Family::BOTH.into_iter().filter_map(told).collect();
    (!sentences.is_empty()).then(|| Statement::new(sentences.join(" "), Vec::new()))
}

/// The summary, if it is of these models.
fn summary_of<'a>(experiment: &'a Experiment, models: [&str; 2]) -> Option<&'a Families> {
    let families = experiment.families.as_ref()?;
    let of = [&families.generative.model, &families.discriminative.model];
    (of == models).then_some(families)
}

/// Why the summary may distinguish two models where their learning curve, at its end, does not:
/// none where the two agree, the curve tells and the summary does not, or the summary is of other
/// models.
pub fn summary_differs(
    experiment: &Experiment,
    curve: &Curve,
    a: &str,
    b: &str,
) -> Option<Statement> {
    let families = summary_of(experiment, [a, b])?;
    let found = differences_on_curve(curve, a, b);
    let level = SIGNIFICANCE_LEVEL / found.len().max(1) as f64;
    let (_, last) = found.last()?;
    if last.p_value < level || !families.difference("accuracy")?.is_distinguishable() {
        return None;
    }
    let sizes = found.len();
    let text = format!(
        "The summary does distinguish them: it makes one comparison with all training mail, and \
         this chart {sizes}, with allowance for them all."
    );
    Some(Statement::new(text, vec![sizes as f64]))
}

/// The difference that the summary has, whose models learned from all training mail; none if it is
/// of other models.
pub fn with_all_mail(experiment: &Experiment, [a, b]: [&str; 2]) -> Option<Statement> {
    let families = summary_of(experiment, [a, b])?;
    let points = 100.0 * families.difference("accuracy")?.value;
    let sign = if points > 0.0 { "+" } else { "" };
    let text = format!(
        "With all training mail the difference is {sign}{} points (the summary).",
        number(points, 2)
    );
    Some(Statement::new(text, vec![points]))
}

/// The number of training messages from which on one of two models is ahead, if the other one was
/// before: both beyond what chance explains.
pub fn overtaking(curve: &Curve, a: &str, b: &str) -> Option<Statement> {
    let found = differences_on_curve(curve, a, b);
    let (_, last) = found.last()?;
    let level = SIGNIFICANCE_LEVEL / found.len() as f64;
    let is_told = |test: &ResampledT| test.p_value < level;
    let sign = last.gain.signum();
    let before = found
        .iter()
        .rposition(|(_, test)| is_told(test) && test.gain * sign < 0.0)?;
    let after = found.iter().position(|(emails, test)| {
        *emails > found[before].0 && is_told(test) && test.gain * sign > 0.0
    })?;
    if !is_told(last) {
        return None;
    }
    let (ahead, behind) = if sign > 0.0 { (a, b) } else { (b, a) };
    let [from, to] = [before, after].map(|at| found[at].0);
    let text = format!(
        "{ahead} overtakes {behind} between {} and {} training emails.",
        count(from),
        count(to)
    );
    Some(Statement::new(text, vec![from as f64, to as f64]))
}
