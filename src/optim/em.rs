//! Mixtures of multinomials by expectation maximisation: what
//! [`Mixture`](crate::generative::Mixture) learns of each class, and what `spamlab cluster` finds
//! in a corpus without classes.
//!
//! Each message was written by one of K components, nobody knows which: p(mail) = Σ_k π_k Π_t p(t |
//! k)^x_t. The expectation step says how likely each component wrote it, given those that may have
//! (a labelled mail is written by a component of its class); the maximisation step counts each
//! message so often for each. With α occurrences of each token and one message of each component
//! taken for granted, a step never lowers Σ_i w_i ln p(mail_i) + α Σ ln p(t | k) + Σ ln π_k
//! (Dempster, Laird and Rubin 1977; Nigam, McCallum, Thrun and Mitchell, Machine Learning 39,
//! 2000). Which number of components is best, [`bic`] has an opinion of.

use crate::base::math::below;
use crate::base::streams::{Stream, random_stream};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A message as the steps see it.
#[derive(Debug, Clone)]
pub struct Observed<'a> {
    /// Distinct columns, each with one of the counts.
    pub columns: &'a [u32],
    /// How often each occurs.
    pub values: &'a [f32],
    /// How much it counts: 1, or less for a message whose class nobody told.
    pub weight: f64,
    /// The components that may have written it.
    pub allowed: Range<usize>,
}

/// K components.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Components {
    /// ln π_k.
    pub log_weight: Vec<f64>,
    /// ln p(t | k), by component and column.
    pub log_probability: Vec<Vec<f64>>,
}

/// How many steps, and how counts are smoothed.
#[derive(Debug, Clone, Copy)]
pub struct Steps {
    /// Occurrences of each token taken for granted.
    pub alpha: f64,
    /// Steps after which the fit ends in any case.
    pub max_iter: usize,
    /// Gain by a step, as a share of the objective, below which it ends.
    pub tol: f64,
}

/// What a fit came to.
#[derive(Debug, Clone)]
pub struct Fit {
    /// The components.
    pub components: Components,
    /// The objective before each step and after the last, never falling.
    pub objective: Vec<f64>,
    /// Whether it ended because nothing was left to gain.
    pub converged: bool,
}

impl Components {
    /// ln π_k + ln p(mail | k) of each component in `allowed`.
    pub fn joint(&self, columns: &[u32], values: &[f32], allowed: Range<usize>) -> Vec<f64> {
        let of = |k: usize| {
            let table = &self.log_probability[k];
            let tokens = columns
                .iter()
                .zip(values)
                .map(|(&column, value)| f64::from(*value) * table[column as usize]);
            self.log_weight[k] + tokens.sum::<f64>()
        };
        allowed.map(of).collect()
    }

    /// Whether all tables have as many columns, of finite numbers; how many.
    pub fn columns(&self) -> Option<usize> {
        let columns = self.log_probability.first()?.len();
        let finite = |values: &Vec<f64>| {
            values.len() == columns && values.iter().all(|value| value.is_finite())
        };
        let whole = self.log_weight.len() == self.log_probability.len()
            && self.log_weight.iter().all(|weight| weight.is_finite())
            && self.log_probability.iter().all(finite);
        whole.then_some(columns)
    }
}

/// ln Σ e^x.
pub fn log_sum(values: &[f64]) -> f64 {
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if high.is_infinite() {
        return high;
    }
    high + values
        .iter()
        .map(|value| (value - high).exp())
        .sum::<f64>()
        .ln()
}

/// Fits `count` components over `columns` columns. `start` gives, for each component, what it first
/// counts: some messages. `watch` sees the objective before each step and after the last, with the
/// components, and says whether to go on.
pub fn fit(
    emails: &[Observed<'_>],
    columns: usize,
    count: usize,
    start: &[Vec<usize>],
    steps: &Steps,
    watch: &mut dyn FnMut(f64, &Components) -> bool,
) -> Fit {
    let mut components = first(emails, columns, count, start, steps.alpha);
    let mut objective = Vec::new();
    let mut converged = false;
    for _ in 0..=steps.max_iter {
        // By mail: what each allowed component has to do with it, and ln p(mail).
        let expected: Vec<(Vec<f64>, f64)> = emails
            .par_iter()
            .map(|mail| {
                let mut joint = components.joint(mail.columns, mail.values, mail.allowed.clone());
                let whole = log_sum(&joint);
                for one in &mut joint {
                    *one = (*one - whole).exp();
                }
                (joint, whole)
            })
            .collect();
        let likelihood: f64 = emails
            .iter()
            .zip(&expected)
            .map(|(mail, (_, whole))| mail.weight * whole)
            .sum();
        let now = likelihood + prior(&components, steps.alpha);
        let gained = objective
            .last()
            .is_none_or(|last: &f64| now - last > steps.tol * now.abs());
        objective.push(now);
        if !watch(now, &components) {
            break;
        }
        if !gained {
            converged = true;
            break;
        }
        if objective.len() > steps.max_iter {
            break;
        }
        components = counted(emails, &expected, columns, count, steps.alpha);
    }
    Fit {
        components,
        objective,
        converged,
    }
}

/// The Bayesian information criterion of `count` multinomials over `columns` tokens that make
/// `emails` messages e^`log_likelihood` likely: -2 ln L + p ln n with p = K m - 1 free parameters
/// (Schwarz, Annals of Statistics 6, 1978); the least is best. A rule of thumb here, since messages
/// do not draw their words independently.
pub fn bic(log_likelihood: f64, count: usize, columns: usize, emails: usize) -> f64 {
    let free = (count * columns).saturating_sub(1) as f64;
    -2.0 * log_likelihood + free * (emails as f64).ln()
}

fn prior(components: &Components, alpha: f64) -> f64 {
    let tables: f64 = components.log_probability.iter().flatten().sum();
    alpha * tables + components.log_weight.iter().sum::<f64>()
}

/// The maximisation step.
fn counted(
    emails: &[Observed<'_>],
    expected: &[(Vec<f64>, f64)],
    columns: usize,
    count: usize,
    alpha: f64,
) -> Components {
    let share = |at: usize, k: usize| {
        let Observed {
            allowed, weight, ..
        } = &emails[at];
        if allowed.contains(&k) {
            weight * expected[at].0[k - allowed.start]
        } else {
            0.0
        }
    };
    let of = |k: usize| {
        let mut table = vec![alpha; columns];
        let mut mass = 1.0;
        for (at, mail) in emails.iter().enumerate() {
            let share = share(at, k);
            if share > 0.0 {
                mass += share;
                mail.columns
                    .iter()
                    .zip(mail.values)
                    .for_each(|(&column, value)| {
                        table[column as usize] += share * f64::from(*value);
                    });
            }
        }
        (mass, normalised(table))
    };
    let (masses, log_probability): (Vec<f64>, Vec<Vec<f64>>) =
        (0..count).into_par_iter().map(of).unzip();
    let all: f64 = masses.iter().sum();
    Components {
        log_weight: masses.iter().map(|mass| (mass / all).ln()).collect(),
        log_probability,
    }
}

fn normalised(mut table: Vec<f64>) -> Vec<f64> {
    let all: f64 = table.iter().sum();
    for count in &mut table {
        *count = (*count / all).ln();
    }
    table
}

/// Components that counted the messages of `start` only, each over what all messages hold, so that
/// no token is unknown to any.
fn first(
    emails: &[Observed<'_>],
    columns: usize,
    count: usize,
    start: &[Vec<usize>],
    alpha: f64,
) -> Components {
    let mut background = vec![alpha.max(1e-3); columns];
    for mail in emails {
        mail.columns
            .iter()
            .zip(mail.values)
            .for_each(|(&column, value)| background[column as usize] += f64::from(*value));
    }
    let all: f64 = background.iter().sum();
    let of = |k: usize| {
        let own: f64 = start[k]
            .iter()
            .flat_map(|&at| emails[at].values)
            .map(|&value| f64::from(value))
            .sum();
        // What a component saw first weighs as much as what everybody writes.
        let scale = (own / all).max(1e-9);
        let mut table: Vec<f64> = background.iter().map(|count| count * scale).collect();
        for &at in &start[k] {
            let mail = &emails[at];
            mail.columns
                .iter()
                .zip(mail.values)
                .for_each(|(&column, value)| table[column as usize] += f64::from(*value));
        }
        normalised(table)
    };
    let weight = -(count as f64).ln();
    Components {
        log_weight: vec![weight; count],
        log_probability: (0..count).into_par_iter().map(of).collect(),
    }
}

/// For each of `count` components the messages it begins with: all of `among` if there is one
/// component, else one drawn at random, of different ones as long as there are any.
pub fn beginnings(among: &[usize], count: usize, seed: u64, stream: Stream) -> Vec<Vec<usize>> {
    if count == 1 {
        return vec![among.to_vec()];
    }
    let mut rng = random_stream(seed, stream);
    let mut left = among.to_vec();
    let mut draw = || {
        if left.is_empty() {
            return Vec::new();
        }
        vec![left.swap_remove(below(&mut rng, left.len()))]
    };
    (0..count).map(|_| draw()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: Steps = Steps {
        alpha: 0.1,
        max_iter: 100,
        tol: 1e-12,
    };

    /// Messages of two kinds over four tokens, the first two and the last two.
    fn two_kinds() -> Vec<(Vec<u32>, Vec<f32>)> {
        (0..40u32)
            .map(|at| {
                let kind = 2 * (at % 2);
                (vec![kind, kind + 1], vec![1.0 + (at % 3) as f32, 2.0])
            })
            .collect()
    }

    fn observed(emails: &[(Vec<u32>, Vec<f32>)], components: usize) -> Vec<Observed<'_>> {
        emails
            .iter()
            .map(|(columns, values)| Observed {
                columns,
                values,
                weight: 1.0,
                allowed: 0..components,
            })
            .collect()
    }

    #[test]
    fn two_kinds_of_mail_are_told_apart_and_no_step_loses_anything() {
        let emails = two_kinds();
        let emails = observed(&emails, 2);
        let all: Vec<usize> = (0..emails.len()).collect();
        let found = (0..5).map(|start| {
            fit(
                &emails,
                4,
                2,
                &beginnings(&all, 2, 1, Stream::ClusterStart(start)),
                &STEPS,
                &mut |_, _| true,
            )
        });
        let best = found
            .max_by(|a, b| {
                a.objective
                    .last()
                    .unwrap()
                    .total_cmp(b.objective.last().unwrap())
            })
            .unwrap();
        // Sums of forty logarithms are rounded some 1e-14 of themselves.
        let no_loss = |pair: &[f64]| pair[1] >= pair[0] - 1e-12 * pair[0].abs();
        assert!(
            best.converged && best.objective.windows(2).all(no_loss),
            "{:?}",
            best.objective
        );
        let kind = |at: usize| {
            let joint = best
                .components
                .joint(emails[at].columns, emails[at].values, 0..2);
            joint[0] > joint[1]
        };
        assert!((0..40).all(|at| kind(at) == kind(at % 2)) && kind(0) != kind(1));
        // Each kind wrote half of the messages.
        assert!(
            best.components
                .log_weight
                .iter()
                .all(|weight| (weight - 0.5f64.ln()).abs() < 1e-9)
        );
    }

    #[test]
    fn the_criterion_is_the_hand_worked_one() {
        // Two components over three tokens have 2 * 2 probabilities and 1 weight to choose: 5 ln 10
        // beside 2 * 100 nats.
        assert!((bic(-100.0, 2, 3, 10) - (200.0 + 5.0 * 10f64.ln())).abs() < 1e-12);
    }

    #[test]
    fn one_component_is_counting() {
        let emails = two_kinds();
        let emails = observed(&emails, 1);
        let all: Vec<usize> = (0..emails.len()).collect();
        let found = fit(
            &emails,
            4,
            1,
            &beginnings(&all, 1, 1, Stream::ClusterStart(0)),
            &STEPS,
            &mut |_, _| true,
        );
        let counts = [0, 1, 2, 3].map(|column: u32| {
            let of = |mail: &Observed<'_>| {
                mail.columns
                    .iter()
                    .position(|&c| c == column)
                    .map_or(0.0, |at| f64::from(mail.values[at]))
            };
            0.1 + emails.iter().map(of).sum::<f64>()
        });
        for (column, count) in counts.iter().enumerate() {
            let expected = (count / counts.iter().sum::<f64>()).ln();
            assert!((found.components.log_probability[0][column] - expected).abs() < 1e-12);
        }
    }
}
