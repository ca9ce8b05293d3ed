//! Stochastic gradient descent on the same problem as the exact solvers, in mini-batches, by any
//! [`UpdateRule`].
//!
//! The square of a weight is shared out among the rows that hold its column (Niu, Recht, Ré and
//! Wright, NIPS 2011, section 2): `w'w / 2 = Σ_rows Σ_(j in row) w_j² / 2 d_j` with d_j the rows
//! that hold j. So every row's gradient is as sparse as the row, nothing has to catch up, and all
//! rules seek the optimum that `dual` proves. Gradients are those of the objective divided by the
//! sum of all costs, so that a rate means the same whatever C. After each pass the objective is
//! measured, also with losses of rows held out in place of those trained on; the best weights are
//! kept, and without progress for some passes the work ends.

use super::early_stopping::EarlyStopping;
use super::optimizer::{Optimizer, Schedule, UpdateRule};
use super::problem::inner;
use super::{Loss, Problem, Solution};
use crate::base::math::shuffle;
use crate::base::streams::{Stream, random_stream};

/// How a descent steps and when it ends.
#[derive(Debug, Clone, Copy)]
pub struct DescentPlan {
    /// How a gradient becomes a step.
    pub rule: UpdateRule,
    /// The rate at the first step.
    pub learning_rate: f64,
    /// How it falls over all passes. FTRL has rates of its own, which fall by themselves.
    pub schedule: Schedule,
    /// Rows a step is learned from.
    pub batch_size: usize,
    /// Passes over all rows at most.
    pub max_iter: u32,
    /// Passes without a better objective after which the work ends, measured on held-out rows where
    /// there are some.
    pub n_iter_no_change: u32,
    /// The share of the objective within which the gap counts as closed.
    pub tol: f64,
}

/// The objective after a pass.
#[derive(Debug, Clone, Copy)]
pub struct Passed {
    /// Passes over all rows so far.
    pub pass: u32,
    /// The objective on the rows trained on.
    pub objective: f64,
    /// The same with the mean loss of rows held out in place of theirs.
    pub held_out: Option<f64>,
}

/// Solves a problem, watching the rows of `held` without learning from them. `watch` sees each pass
/// and the weights after it, that of the constant column last; None if it says not to go on.
pub fn solve<L: Loss>(
    problem: &Problem<'_>,
    held: Option<&Problem<'_>>,
    loss: L,
    plan: &DescentPlan,
    seed: u64,
    watch: &mut dyn FnMut(Passed, &[f64]) -> bool,
) -> Option<Solution> {
    let mut descent = Descent::new(problem, loss, plan);
    let mut rng = random_stream(seed, Stream::DescentOrder);
    let mut order: Vec<u32> = (0..problem.rows.len() as u32).collect();
    // Before the first pass all weights are 0.
    let mut stopping = EarlyStopping::new(plan.n_iter_no_change, vec![0.0; problem.length()]);
    let mut pass = 0;
    while pass < plan.max_iter && !stopping.is_over(pass) {
        shuffle(&mut order, &mut rng);
        if pass.is_power_of_two() {
            descent.forget();
        }
        for (at, batch) in order.chunks(plan.batch_size.max(1)).enumerate() {
            let done = (f64::from(pass) + (at * plan.batch_size) as f64 / order.len() as f64)
                / f64::from(plan.max_iter);
            descent.learn(batch, done);
        }
        pass += 1;
        let weights = descent.average();
        let objective = objective(problem, problem, loss, &weights);
        let held_out = held.map(|held| self::objective(problem, held, loss, &weights));
        let measured = held_out.unwrap_or(objective);
        if !(objective.is_finite() && measured.is_finite()) {
            // The rate was far too high; the best weights so far stand.
            break;
        }
        if !watch(
            Passed {
                pass,
                objective,
                held_out,
            },
            &weights,
        ) {
            return None;
        }
        stopping.offer(pass, measured, || weights);
    }
    let stopped_early = held.is_some() && pass < plan.max_iter && stopping.is_over(pass);
    Some(finish(
        problem,
        loss,
        plan,
        stopping.into_best(),
        pass,
        stopped_early,
    ))
}

fn finish<L: Loss>(
    problem: &Problem<'_>,
    loss: L,
    plan: &DescentPlan,
    mut weights: Vec<f64>,
    passes: u32,
    early: bool,
) -> Solution {
    let products = problem.products(&weights);
    let primal = inner(&weights, &weights) / 2.0 + problem.loss(loss, &products);
    let mut gradient = weights.clone();
    problem.add_rows(problem.slopes(loss, &products), &mut gradient);
    // Half the squared gradient is a duality gap, see `primal`.
    let gap = inner(&gradient, &gradient) / 2.0;
    let bias = weights.pop().unwrap_or(0.0);
    Solution {
        weights,
        bias,
        primal,
        gap,
        passes,
        converged: early || gap <= plan.tol * primal,
        states: Vec::new(),
    }
}

/// The objective of `problem` with the mean loss of the rows of `of`.
fn objective<L: Loss>(problem: &Problem<'_>, of: &Problem<'_>, loss: L, weights: &[f64]) -> f64 {
    let total = |of: &Problem<'_>| of.costs.iter().sum::<f64>();
    let losses = of.loss(loss, &of.products(weights));
    inner(weights, weights) / 2.0 + losses * total(problem) / total(of)
}

struct Descent<'a, L> {
    problem: &'a Problem<'a>,
    loss: L,
    plan: &'a DescentPlan,
    optimizer: Optimizer<f64>,
    /// The last weight is that of the constant column.
    weights: Vec<f64>,
    /// By how much each step moved a weight, times the steps before it: makes an average of all
    /// iterates without keeping them.
    moved: Vec<f64>,
    steps: f64,
    /// What is added to each column's gradient for its own weight, by every row that holds it.
    shares: Vec<f64>,
    /// Gradients of the columns of the batch, 0 elsewhere.
    gradient: Vec<f64>,
    /// The columns of the batch.
    touched: Vec<u32>,
    /// The last batch that touched each column.
    stamps: Vec<u64>,
    batches: u64,
    /// 1 over the sum of all costs, times the rows.
    scale: f64,
}

impl<'a, L: Loss> Descent<'a, L> {
    fn new(problem: &'a Problem<'a>, loss: L, plan: &'a DescentPlan) -> Descent<'a, L> {
        let length = problem.length();
        let mut holding = vec![0.0; length];
        for &column in problem.rows.iter().flat_map(|(columns, _)| columns) {
            holding[column as usize] += 1.0;
        }
        let rows = problem.rows.len() as f64;
        holding[length - 1] = rows;
        Descent {
            problem,
            loss,
            plan,
            optimizer: Optimizer::new(plan.rule, length, 1),
            weights: vec![0.0; length],
            moved: vec![
                0.0;
                if plan.rule == UpdateRule::Averaged {
                    length
                } else {
                    0
                }
            ],
            steps: 0.0,
            shares: holding
                .into_iter()
                .map(|rows: f64| 1.0 / rows.max(1.0))
                .collect(),
            gradient: vec![0.0; length],
            touched: Vec::new(),
            stamps: vec![0; length],
            batches: 0,
            scale: rows / problem.costs.iter().sum::<f64>(),
        }
    }

    /// One step, when the share `done` of the work is done.
    fn learn(&mut self, batch: &[u32], done: f64) {
        self.batches += 1;
        self.touched.clear();
        let problem = self.problem;
        let scale = self.scale / batch.len() as f64;
        let (constant, last) = (problem.length() - 1, self.weights.len() - 1);
        for &row in batch {
            let row = row as usize;
            let sign = problem.signs[row];
            let product = problem.product(row, &self.weights[..constant], self.weights[last]);
            let slope = sign * self.loss.slope(sign * product, problem.costs[row]) * scale;
            let (columns, values) = problem.rows.row(row);
            for (&column, value) in columns.iter().zip(values) {
                self.add(column as usize, slope * f64::from(*value), scale);
            }
            if problem.bias != 0.0 {
                self.add(constant, slope * problem.bias, scale);
            }
        }
        let rate = match self.plan.rule {
            UpdateRule::Ftrl => self.plan.learning_rate,
            _ => self.plan.learning_rate * self.plan.schedule.share(done),
        };
        for &column in &self.touched {
            let at = column as usize;
            let before = self.weights[at];
            let gradient = std::mem::replace(&mut self.gradient[at], 0.0);
            self.optimizer
                .step(at, &mut self.weights[at..=at], &[gradient], rate);
            if let Some(moved) = self.moved.get_mut(at) {
                *moved += self.steps * (self.weights[at] - before);
            }
        }
        self.steps += 1.0;
    }

    /// Adds to a column's gradient a row's slope and its share of the weight's own.
    fn add(&mut self, column: usize, slope: f64, scale: f64) {
        if self.stamps[column] != self.batches {
            self.stamps[column] = self.batches;
            self.touched.push(column as u32);
        }
        self.gradient[column] += slope + scale * self.shares[column] * self.weights[column];
    }

    /// Begins the average anew: a mean of the later iterates only is nearer (Rakhlin, Shamir and
    /// Sridharan, ICML 2012).
    fn forget(&mut self) {
        self.moved.fill(0.0);
        self.steps = 0.0;
    }

    /// The weights, or by `averaged` the mean of what they have been since the number of passes was
    /// last a power of two.
    fn average(&self) -> Vec<f64> {
        if self.moved.is_empty() {
            return self.weights.clone();
        }
        self.weights
            .iter()
            .zip(&self.moved)
            .map(|(weight, moved)| weight - moved / self.steps)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::choices::Choice;
    use crate::base::math::uniform;
    use crate::dataset::CsrMatrix;
    use crate::optim::{Dual, Hinge, Logistic, Stop, dual};

    /// Forty rows of ten columns, some in few rows.
    fn rows(seed: u64) -> (CsrMatrix, Vec<f64>) {
        let mut rng = random_stream(seed, Stream::Test(0));
        let mut rows = CsrMatrix::new(10);
        let mut signs = Vec::new();
        for _ in 0..40 {
            let sign = if uniform(&mut rng) < 0.4 { 1.0 } else { -1.0 };
            let entries: Vec<(u32, f32)> = (0..10)
                .map(|column| (column, (uniform(&mut rng) - 0.5 + 0.2 * sign) as f32))
                .collect();
            rows.push(
                entries
                    .into_iter()
                    .filter(|(column, value)| value.abs() > 0.05 * *column as f32),
            );
            signs.push(sign);
        }
        (rows, signs)
    }

    const PLAN: DescentPlan = DescentPlan {
        rule: UpdateRule::Sgd,
        learning_rate: 0.5,
        schedule: Schedule::Cosine,
        batch_size: 40,
        max_iter: 4000,
        n_iter_no_change: 4000,
        tol: 1e-6,
    };

    fn optimum<L: Dual>(problem: &Problem<'_>, loss: L) -> f64 {
        let stop = Stop {
            tol: 1e-12,
            max_iter: 1_000_000,
        };
        dual::solve(*problem, loss, stop, 1, None, &mut |_| true)
            .unwrap()
            .primal
    }

    #[test]
    fn every_rule_reaches_the_optimum_that_dual_descent_proves() {
        let (rows, signs) = rows(5);
        let costs: Vec<f64> = (0..40).map(|row| 1.0 + f64::from(row % 3)).collect();
        let problem = Problem {
            rows: &rows,
            signs: &signs,
            costs: &costs,
            bias: 1.0,
        };
        let least = optimum(&problem, Logistic);
        for &rule in UpdateRule::ALL {
            // Rates that fall by themselves need more passes; RMSProp divides by the very gradients
            // of the batch, so that only the gradient of all rows, which is 0 at the optimum,
            // leaves it there.
            let (learning_rate, batch_size, max_iter) = match rule {
                UpdateRule::Sgd | UpdateRule::Averaged | UpdateRule::Momentum => (0.5, 8, 4000),
                UpdateRule::Ftrl | UpdateRule::AdaGrad => (1.0, 40, 4000),
                UpdateRule::RmsProp => (0.02, 40, 4000),
                UpdateRule::Adam => (0.02, 8, 4000),
            };
            let plan = DescentPlan {
                rule,
                learning_rate,
                batch_size,
                max_iter,
                n_iter_no_change: max_iter,
                ..PLAN
            };
            let found = solve(&problem, None, Logistic, &plan, 1, &mut |_, _| true).unwrap();
            let above = found.primal / least - 1.0;
            assert!(
                (-1e-12..1e-6).contains(&above),
                "{rule:?}: {above:e} above the optimum, gap {}",
                found.gap
            );
            assert!(
                found.gap >= found.primal - least - 1e-9,
                "{rule:?}: the gap is a bound"
            );
        }
    }

    #[test]
    fn early_stopping_restores_the_best_weights() {
        let (train, held) = (rows(1), rows(2));
        // Labels at random teach nothing: the longer, the worse on other rows.
        let mut noise = train.1.clone();
        shuffle(&mut noise, &mut random_stream(3, Stream::Test(0)));
        let problem = Problem {
            rows: &train.0,
            signs: &noise,
            costs: &[50.0; 40],
            bias: 1.0,
        };
        let watched = Problem {
            rows: &held.0,
            signs: &held.1,
            costs: &[50.0; 40],
            bias: 1.0,
        };
        let plan = DescentPlan {
            rule: UpdateRule::Adam,
            learning_rate: 0.05,
            n_iter_no_change: 5,
            ..PLAN
        };
        let mut seen = Vec::new();
        let found = solve(
            &problem,
            Some(&watched),
            Logistic,
            &plan,
            1,
            &mut |passed, _| {
                seen.push(passed.held_out.unwrap());
                true
            },
        )
        .unwrap();
        let least = seen.iter().copied().fold(f64::INFINITY, f64::min);
        let weights = [&found.weights[..], &[found.bias]].concat();
        assert_eq!(objective(&problem, &watched, Logistic, &weights), least);
        assert!(
            found.converged && seen.len() < 4000 && seen[seen.len() - 6] == least,
            "{} passes",
            seen.len()
        );
    }

    #[test]
    fn a_rate_far_too_high_ends_in_finite_weights_and_says_so() {
        let (rows, signs) = rows(1);
        let problem = Problem {
            rows: &rows,
            signs: &signs,
            costs: &[1e-3; 40],
            bias: 1.0,
        };
        let plan = DescentPlan {
            rule: UpdateRule::Momentum,
            learning_rate: 1e6,
            max_iter: 200,
            ..PLAN
        };
        let found = solve(&problem, None, Hinge, &plan, 1, &mut |_, _| true).unwrap();
        assert!(
            !found.converged
                && found.primal.is_finite()
                && found.weights.iter().all(|weight| weight.is_finite())
        );
        assert!(
            solve(&problem, None, Hinge, &plan, 1, &mut |_, _| false).is_none(),
            "cancelled"
        );
    }
}
