//! What a learning curve shows: where one of two models leads, and whether the other overtakes it.

use super::statement::Statement;
use crate::report::numbers::count;
use crate::results::{Curve, ResampledT, SIGNIFICANCE_LEVEL, differences_on_curve};

/// Which of two models errs less at which numbers of training messages. A lead is told only if it
/// would be told of equally good models in at most one of twenty curves: every size is tested at a
/// share of the level.
pub fn who_leads(curve: &Curve, a: &str, b: &str) -> Option<Statement> {
    let found = differences_on_curve(curve, a, b);
    let level = SIGNIFICANCE_LEVEL / found.len().max(1) as f64;
    let sizes = |ahead: &dyn Fn(&ResampledT) -> bool| -> Vec<usize> {
        let told = found
            .iter()
            .filter(|(_, test)| test.p_value < level && ahead(test));
        told.map(|&(emails, _)| emails).collect()
    };
    let (by_a, by_b) = (
        sizes(&|test| test.gain > 0.0),
        sizes(&|test| test.gain < 0.0),
    );
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
    if found.is_empty() {
        return None;
    }
    let text = if clauses.is_empty() {
        format!("{a} and {b} are not told apart at any number of training emails.")
    } else {
        format!("{}; elsewhere they are not told apart.", clauses.join("; "))
    };
    let rests_on = by_a
        .iter()
        .chain(&by_b)
        .map(|&emails| emails as f64)
        .collect();
    Some(Statement::new(text, rests_on))
}

/// The number of training messages from which on one of two models is ahead, if the other one was
/// before: both beyond what chance explains.
pub fn overtaking(curve: &Curve, a: &str, b: &str) -> Option<Statement> {
    let found = differences_on_curve(curve, a, b);
    let (_, last) = found.last()?;
    let is_told = |test: &ResampledT| test.p_value < SIGNIFICANCE_LEVEL;
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
