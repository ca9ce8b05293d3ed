//! Descents among the dual variables that are between their bounds, while the others stay.
//!
//! Coordinate descent finds quickly which dual variables are at a bound, and then comes nearer to
//! the optimum only slowly where many rows are much alike. With the bounds set aside the dual is a
//! quadratic function of the others, which conjugate gradients minimise (Hestenes and Stiefel 1952)
//! without its matrix: a step takes as long as a pass over the rows. What leaves the bounds is put
//! back on them, as in the gradient projection of Moré and Toraldo, SIAM Journal on Optimization 1,
//! 1991, and coordinate descent then finds what has to leave them.

use super::coordinates::DualDescent;
use crate::optim::problem::inner;
use crate::optim::{Dual, Parabola};

/// What a descent may cost, and where it may end.
#[derive(Clone, Copy)]
pub(super) struct Budget {
    /// The gap of the rows that is small enough, in the unit of the objective.
    pub enough: f64,
    /// Visits of a row.
    pub visits: u64,
}

/// Directions of one descent.
const MOST_STEPS: u64 = 200;
/// Halvings of the way before it is given up.
const MOST_HALVINGS: u32 = 10;

/// Goes down among the variables between their bounds. Returns how many rows were visited, each
/// visit counted.
pub(super) fn descend<L: Dual>(descent: &mut DualDescent<'_, L>, budget: Budget) -> u64 {
    let Some(face) = Face::of(descent) else {
        return 0;
    };
    let free = face.free();
    if free == 0 || budget.visits < free {
        return 0;
    }
    let (mut way, mut passes) = face.way(budget.enough, MOST_STEPS.min(budget.visits / free));
    for _ in 0..MOST_HALVINGS {
        let states = face.bounded(&way);
        let from = descent.states.iter();
        let kept: Vec<f64> = states
            .iter()
            .zip(from)
            .map(|(to, from)| to - from)
            .collect();
        let moved = face.moved(&kept);
        passes += 1;
        if face.change(&kept, &moved) < 0.0 {
            let (bias, weights) = moved.split_last().unwrap_or((&0.0, &[]));
            add(&mut descent.weights, 1.0, weights);
            descent.bias += bias;
            descent.states = states;
            break;
        }
        for by in &mut way {
            *by /= 2.0;
        }
    }
    passes * free
}

/// The dual as a function of the variables between their bounds. Vectors are by row, and 0 at the
/// rows whose variable is at a bound.
struct Face<'a, L> {
    at: &'a DualDescent<'a, L>,
    parabolas: Vec<Parabola>,
    /// The second derivative by each variable; 0 at the bounds.
    diagonal: Vec<f64>,
    /// The first derivative by each variable.
    slopes: Vec<f64>,
}

impl<'a, L: Dual> Face<'a, L> {
    /// None if the conjugate of the loss is no parabola.
    fn of(at: &'a DualDescent<'a, L>) -> Option<Face<'a, L>> {
        let costs = at.problem.costs.iter();
        let parabolas = costs.map(|&cost| at.loss.parabola(cost));
        let parabolas = parabolas.collect::<Option<Vec<Parabola>>>()?;
        let rows = || parabolas.iter().enumerate();
        let diagonal = rows().map(|(row, parabola)| {
            let free = f64::from(u8::from(at.is_between(row)));
            free * (at.norms[row] + parabola.curvature)
        });
        let diagonal: Vec<f64> = diagonal.collect();
        let slopes = rows().zip(&diagonal).map(|((row, parabola), diagonal)| {
            if *diagonal == 0.0 {
                return 0.0;
            }
            let product = at.problem.product(row, &at.weights, at.bias);
            at.problem.signs[row] * product - 1.0 + parabola.curvature * at.states[row]
        });
        Some(Face {
            at,
            slopes: slopes.collect(),
            diagonal,
            parabolas,
        })
    }

    /// How many variables are between their bounds.
    fn free(&self) -> u64 {
        self.diagonal.iter().filter(|by| **by > 0.0).count() as u64
    }

    /// The way to the lowest point, bounds set aside, or as far as it pays to go; and the steps
    /// taken.
    fn way(&self, enough: f64, most: u64) -> (Vec<f64>, u64) {
        let mut way = vec![0.0; self.slopes.len()];
        let mut left: Vec<f64> = self.slopes.iter().map(|slope| -slope).collect();
        let mut scaled = self.scaled(&left);
        let mut direction = scaled.clone();
        let mut size = inner(&left, &scaled);
        for step in 1..=most {
            let turned = self.turned(&direction);
            let length = size / inner(&direction, &turned);
            if !length.is_finite() {
                return (way, step);
            }
            add(&mut way, length, &direction);
            add(&mut left, -length, &turned);
            if self.is_far_enough(&way, &left, enough) {
                return (way, step);
            }
            scaled = self.scaled(&left);
            let next = inner(&left, &scaled);
            for (direction, scaled) in direction.iter_mut().zip(&scaled) {
                *direction = scaled + next / size * *direction;
            }
            size = next;
        }
        (way, most)
    }

    /// Whether the gap at the end of the way is small enough, or putting variables back on their
    /// bounds would cost as much as the way gains. `left` are the slopes there, turned.
    fn is_far_enough(&self, way: &[f64], left: &[f64], enough: f64) -> bool {
        let gained = (inner(left, way) - inner(&self.slopes, way)) / 2.0;
        let (mut gap, mut lost) = (0.0, 0.0);
        for (row, diagonal) in self.diagonal.iter().enumerate() {
            if *diagonal > 0.0 {
                let parabola = self.parabolas[row];
                let to = self.at.states[row] + way[row];
                let state = to.clamp(0.0, parabola.most);
                let margin = 1.0 - left[row] - parabola.curvature * to;
                let cost = self.at.problem.costs[row];
                gap += self.at.loss.measure(state, margin, cost).gap;
                lost += diagonal * (to - state).powi(2) / 2.0;
            }
        }
        gap <= enough || lost > gained
    }

    /// The states at the end of a way, put back on the bounds where it leaves them.
    fn bounded(&self, way: &[f64]) -> Vec<f64> {
        let rows = self.at.states.iter().zip(way).zip(&self.parabolas);
        rows.map(|((state, by), parabola)| (state + by).clamp(0.0, parabola.most))
            .collect()
    }

    /// How a way moves the weights; the last one is that of the constant column.
    fn moved(&self, way: &[f64]) -> Vec<f64> {
        let problem = &self.at.problem;
        let mut moved = vec![0.0; problem.length()];
        let factors = way.iter().zip(problem.signs).map(|(by, sign)| by * sign);
        problem.add_rows(factors, &mut moved);
        moved
    }

    /// The second derivatives times a way.
    fn turned(&self, way: &[f64]) -> Vec<f64> {
        let problem = &self.at.problem;
        let moved = self.moved(way);
        let (bias, weights) = moved.split_last().unwrap_or((&0.0, &[]));
        let rows = self.diagonal.iter().enumerate().map(|(row, diagonal)| {
            if *diagonal == 0.0 {
                return 0.0;
            }
            let product = problem.signs[row] * problem.product(row, weights, *bias);
            product + self.parabolas[row].curvature * way[row]
        });
        rows.collect()
    }

    /// By how much the dual grows along a way that moves the weights so.
    fn change(&self, way: &[f64], moved: &[f64]) -> f64 {
        let bends = way.iter().zip(&self.parabolas);
        let bend: f64 = bends.map(|(by, to)| to.curvature * by * by).sum();
        inner(&self.slopes, way) + f64::midpoint(inner(moved, moved), bend)
    }

    /// The preconditioner: what the constant column adds to the second derivatives, by far the
    /// largest of their directions, and the diagonal of the rest, inverted (Sherman and Morrison,
    /// Annals of Mathematical Statistics 21, 1950).
    fn scaled(&self, left: &[f64]) -> Vec<f64> {
        let square = self.at.problem.bias * self.at.problem.bias;
        let inverse = |diagonal: f64| {
            let rest = (diagonal - square).max(LEAST_REST * diagonal);
            if diagonal > 0.0 { 1.0 / rest } else { 0.0 }
        };
        let rows = || self.diagonal.iter().zip(left).zip(self.at.problem.signs);
        let (mut along, mut all) = (0.0, 0.0);
        for ((diagonal, left), sign) in rows() {
            along += sign * left * inverse(*diagonal);
            all += inverse(*diagonal);
        }
        let common = square * along / (1.0 + square * all);
        rows()
            .map(|((diagonal, left), sign)| (left - sign * common) * inverse(*diagonal))
            .collect()
    }
}

/// Share of a second derivative that is left of it at least without the constant column: a row of
/// that column alone would have none.
const LEAST_REST: f64 = 1e-6;

/// vector += factor · other.
fn add(vector: &mut [f64], factor: f64, other: &[f64]) {
    for (value, other) in vector.iter_mut().zip(other) {
        *value += factor * other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::CsrMatrix;
    use crate::optim::{Hinge, Logistic, Problem, SquaredHinge};

    const BUDGET: Budget = Budget {
        enough: 1e-12,
        visits: 1000,
    };

    /// The dual variables and weights, the bias last, after a descent from α = (1, 1) on the rows
    /// (1, 0) of sign +1 and (1, 1) of sign -1.
    fn descended<L: Dual>(loss: L, cost: f64, bias: f64) -> (Vec<f64>, Vec<f64>) {
        let mut rows = CsrMatrix::new(2);
        rows.push([(0, 1.0)]);
        rows.push([(0, 1.0), (1, 1.0)]);
        let problem = Problem {
            rows: &rows,
            signs: &[1.0, -1.0],
            costs: &[cost; 2],
            bias,
        };
        let mut descent = DualDescent::new(problem, loss, None);
        descent.states = vec![1.0, 1.0];
        descent.add_up();
        descend(&mut descent, BUDGET);
        (
            descent.states,
            [&descent.weights[..], &[descent.bias]].concat(),
        )
    }

    fn near(found: &[f64], wanted: &[f64]) {
        let off = found.iter().zip(wanted).map(|(a, b)| (a - b).abs());
        assert!(off.fold(0.0, f64::max) < 1e-12, "{found:?}, {wanted:?}");
    }

    #[test]
    fn variables_between_their_bounds_solve_the_equations_of_the_margins() {
        // Both margins are 1 where a - b = 1 and 2 b - a = 1, with a bias of 1 where 2 a - 2 b = 1
        // and 3 b - 2 a = 1.
        let (states, weights) = descended(Hinge, 10.0, 0.0);
        near(&states, &[3.0, 2.0]);
        near(&weights, &[1.0, -2.0, 0.0]);
        let (states, weights) = descended(Hinge, 10.0, 1.0);
        near(&states, &[2.5, 2.0]);
        near(&weights, &[0.5, -2.0, 0.5]);
        // The squared hinge of cost 1/2 adds α to each: 2 a - b = 1 and 3 b - a = 1.
        near(&descended(SquaredHinge, 0.5, 0.0).0, &[0.8, 0.6]);
    }

    #[test]
    fn a_descent_stays_within_the_bounds_and_goes_down() {
        // From (1, 1) to (3, 2), but no variable beyond 2.5; the dual is (a - b)² / 2 + b² / 2 -
        // (a + b).
        let dual =
            |at: &[f64]| f64::midpoint((at[0] - at[1]).powi(2), at[1] * at[1]) - at[0] - at[1];
        let (states, weights) = descended(Hinge, 2.5, 0.0);
        assert!(states.iter().all(|state| (0.0..=2.5).contains(state)));
        assert!(dual(&states) < dual(&[1.0, 1.0]), "{states:?}");
        near(&weights, &[states[0] - states[1], -states[1], 0.0]);
    }

    #[test]
    fn a_loss_whose_conjugate_is_no_parabola_is_left_alone() {
        assert_eq!(descended(Logistic, 10.0, 0.0).0, [1.0, 1.0]);
    }
}
