//! A quadratic model of the losses with a penalty whose corners are at 0: what is minimised between
//! two expansions by `lasso`.
//!
//! Cyclic coordinate descent over the columns finds which weights are 0 and the signs of the
//! others. While those stay the model is smooth, so that every few rounds conjugate gradients go on
//! from there among the weights that are not 0; one that would change its sign ends at 0. Subspace
//! steps after steps that find the zeros: Wen, Yin, Goldfarb and Zhang, SIAM Journal on Scientific
//! Computing 32, 2010.

use super::penalty::Penalty;
use super::problem::{dot, inner};
use crate::dataset::CsrMatrix;

/// `slopes · step + Σ curvature_i (x_i · step)² / 2 + penalty(weights + step)`, with the step.
pub(super) struct Quadratic<'a> {
    columns: &'a CsrMatrix,
    penalty: Penalty,
    weights: &'a [f64],
    slopes: &'a [f64],
    curvatures: &'a [f64],
    /// The step so far, by column.
    pub step: Vec<f64>,
    /// What it adds to the slope of the loss of each row.
    bent: Vec<f64>,
    /// Curvature by each weight, once it has been needed.
    diagonal: Vec<f64>,
    /// Entries of the matrix looked at.
    pub visits: usize,
}

/// By how much the optimum conditions of the columns are violated, or may be: either of the two is
/// enough.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Near {
    /// Sum over the columns.
    pub sum: f64,
    /// Sum of the squares.
    pub squares: f64,
}

impl Near {
    fn add(&mut self, violation: f64) {
        self.sum += violation;
        self.squares += violation * violation;
    }

    fn is_reached(self, by: Near) -> bool {
        by.sum <= self.sum || by.squares <= self.squares
    }
}

/// Rounds over the columns.
const MOST_ROUNDS: u32 = 100;
/// Rounds over the columns between two descents along conjugate directions.
const ROUNDS: u32 = 3;
/// Conjugate directions of one descent.
const MOST_DIRECTIONS: u32 = 30;
/// Halvings of the way along them before it is given up.
const MOST_HALVINGS: u32 = 5;

impl<'a> Quadratic<'a> {
    pub(super) fn new(
        columns: &'a CsrMatrix,
        penalty: Penalty,
        weights: &'a [f64],
        slopes: &'a [f64],
        curvatures: &'a [f64],
    ) -> Quadratic<'a> {
        Quadratic {
            columns,
            penalty,
            weights,
            slopes,
            curvatures,
            step: vec![0.0; weights.len()],
            bent: vec![0.0; curvatures.len()],
            diagonal: vec![f64::NAN; weights.len()],
            visits: 0,
        }
    }

    /// Moves the active columns until the optimum conditions are violated near enough, or the
    /// rounds are used up. Returns whether their sum was near enough in the first round already,
    /// so that the next expansion has to come nearer.
    pub(super) fn minimise(&mut self, mut active: Vec<u32>, near: Near) -> bool {
        for round in 0..MOST_ROUNDS {
            let violated = self.round(&mut active);
            if near.is_reached(violated) {
                return round == 0 && violated.sum <= near.sum;
            }
            if round % ROUNDS == ROUNDS - 1 {
                self.descend(&active, near);
            }
        }
        false
    }

    /// What the step adds to the product of each row.
    pub(super) fn along(&mut self) -> Vec<f64> {
        let moved = (0..).zip(&self.step).filter(|(_, by)| **by != 0.0);
        let mut along = vec![0.0; self.bent.len()];
        for (column, by) in moved {
            let (rows, values) = self.columns.row(column);
            self.visits += rows.len();
            for (&row, value) in rows.iter().zip(values) {
                along[row as usize] += by * f64::from(*value);
            }
        }
        along
    }

    /// Moves each active column to its best place; those well within the lasso at 0 become
    /// inactive. Returns by how much the optimum conditions were violated.
    fn round(&mut self, active: &mut Vec<u32>) -> Near {
        let mut violated = Near::default();
        active.retain(|&column| {
            let at = column as usize;
            let (rows, values) = self.columns.row(at);
            self.visits += rows.len();
            if self.diagonal[at].is_nan() {
                let squares = rows.iter().zip(values);
                self.diagonal[at] = squares
                    .map(|(&row, value)| {
                        self.curvatures[row as usize] * f64::from(*value) * f64::from(*value)
                    })
                    .sum();
            }
            let weight = self.weights[at] + self.step[at];
            let slope = self.slopes[at] + dot(rows, values, &self.bent);
            violated.add(self.penalty.violation(weight, slope));
            // A column no row bends still has a slope: the least curvature keeps its step finite.
            let by = self
                .penalty
                .step(weight, slope, self.diagonal[at].max(1e-12));
            if by != 0.0 {
                self.step[at] += by;
                for (&row, value) in rows.iter().zip(values) {
                    self.bent[row as usize] +=
                        self.curvatures[row as usize] * by * f64::from(*value);
                }
            }
            by != 0.0 || self.penalty.may_move(weight, slope)
        });
        violated
    }

    /// Conjugate gradients, scaled by the diagonal (Hestenes and Stiefel 1952), over the columns
    /// whose weight is not 0: as many steps as it takes until `near` is reached, or as are allowed.
    fn descend(&mut self, active: &[u32], near: Near) {
        let free: Vec<usize> = active
            .iter()
            .map(|&column| column as usize)
            .filter(|&at| self.weights[at] + self.step[at] != 0.0)
            .collect();
        let slopes: Vec<f64> = free.iter().map(|&at| self.slope(at)).collect();
        let scale = |left: &[f64]| -> Vec<f64> {
            let scales = free.iter().map(|&at| self.diagonal[at] + self.penalty.l2);
            left.iter()
                .zip(scales)
                .map(|(left, by)| left / by.max(1e-12))
                .collect()
        };
        let entries: usize = free.iter().map(|&at| self.columns.row(at).0.len()).sum();
        let mut visits = entries;
        let mut left: Vec<f64> = slopes.iter().map(|slope| -slope).collect();
        let mut scaled = scale(&left);
        let mut way = vec![0.0; free.len()];
        let mut direction = scaled.clone();
        let mut size = inner(&left, &scaled);
        for _ in 0..MOST_DIRECTIONS {
            let mut violated = Near::default();
            for left in &left {
                violated.add(left.abs());
            }
            if near.is_reached(violated) {
                break;
            }
            let turned = self.turned(&free, &direction, &self.bend(&free, &direction));
            let length = size / inner(&direction, &turned);
            if !length.is_finite() {
                break;
            }
            add(&mut way, length, &direction);
            add(&mut left, -length, &turned);
            scaled = scale(&left);
            let next = inner(&left, &scaled);
            for (direction, scaled) in direction.iter_mut().zip(&scaled) {
                *direction = scaled + next / size * *direction;
            }
            size = next;
            visits += 2 * entries;
        }
        self.visits += visits;
        self.take(&free, &slopes, way, entries);
    }

    /// The slope of the whole by a weight that is not 0.
    fn slope(&self, at: usize) -> f64 {
        let (rows, values) = self.columns.row(at);
        let weight = self.weights[at] + self.step[at];
        let Penalty { l1, l2 } = self.penalty;
        self.slopes[at] + dot(rows, values, &self.bent) + l1.copysign(weight) + l2 * weight
    }

    /// What a way along these columns adds to the slope of each row's loss.
    fn bend(&self, free: &[usize], way: &[f64]) -> Vec<f64> {
        let mut bent = vec![0.0; self.bent.len()];
        for (&at, by) in free.iter().zip(way) {
            let (rows, values) = self.columns.row(at);
            for (&row, value) in rows.iter().zip(values) {
                bent[row as usize] += by * f64::from(*value);
            }
        }
        for (bent, curvature) in bent.iter_mut().zip(self.curvatures) {
            *bent *= curvature;
        }
        bent
    }

    /// The second derivatives times a way along these columns, which bends the rows so.
    fn turned(&self, free: &[usize], way: &[f64], bent: &[f64]) -> Vec<f64> {
        let by_column = free.iter().zip(way).map(|(&at, by)| {
            let (rows, values) = self.columns.row(at);
            dot(rows, values, bent) + self.penalty.l2 * by
        });
        by_column.collect()
    }

    /// Goes this way, but no weight beyond 0, and only as far as the whole falls. `entries` are
    /// those of the columns.
    fn take(&mut self, free: &[usize], slopes: &[f64], mut way: Vec<f64>, entries: usize) {
        for _ in 0..MOST_HALVINGS {
            self.visits += 2 * entries;
            let mut kept = way.clone();
            for (&at, by) in free.iter().zip(&mut kept) {
                let weight = self.weights[at] + self.step[at];
                if (weight + *by) * weight < 0.0 {
                    *by = -weight;
                }
            }
            let bent = self.bend(free, &kept);
            let half = inner(&self.turned(free, &kept, &bent), &kept) / 2.0;
            if inner(slopes, &kept) + half < 0.0 {
                for (&at, by) in free.iter().zip(&kept) {
                    self.step[at] += by;
                }
                add(&mut self.bent, 1.0, &bent);
                return;
            }
            for by in &mut way {
                *by /= 2.0;
            }
        }
    }
}

/// vector += factor · other.
fn add(vector: &mut [f64], factor: f64, other: &[f64]) {
    for (value, other) in vector.iter_mut().zip(other) {
        *value += factor * other;
    }
}
