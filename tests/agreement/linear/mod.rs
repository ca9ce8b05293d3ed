//! The linear models against independent solvers: LIBLINEAR (numbers drawn up once by
//! `tests/agreement/linear.py`, printed here) and linfa (called here), and their objectives against
//! finite differences.

mod lasso;
mod liblinear;
mod linfa_models;
mod objective;

use spamlab::dataset::CsrMatrix;
use spamlab::optim::{At, Dual, Loss, Problem, Solution, Solve, Stop, dual, primal_objective};

const ROWS: usize = 60;
const COLUMNS: usize = 12;
const STOP: Stop = Stop {
    tol: 1e-10,
    max_iter: 1_000_000,
};

/// Signs and dense rows, the very numbers that `draw` in `tests/agreement/linear.py` draws.
fn draw() -> (Vec<f64>, Vec<[f64; COLUMNS]>) {
    let mut state = 20_240_229_u64;
    let mut uniform = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let mut row = |_| {
        let sign = if uniform() < 0.4 { 1.0 } else { -1.0 };
        let entry = |_| {
            // As a row holds it.
            let value = f64::from((uniform() - 0.5 + 0.2 * sign) as f32);
            if uniform() < 0.5 { value } else { 0.0 }
        };
        (sign, [0; COLUMNS].map(entry))
    };
    (0..ROWS).map(&mut row).unzip()
}

/// Each row and its mirror image of the other class: whatever loss, turning the bias round changes
/// nothing, so that a bias of 0 is optimal whether it is regularised (as ours) or not (as linfa's).
fn mirrored() -> (Vec<f64>, Vec<[f64; COLUMNS]>) {
    let (signs, rows) = draw();
    let mirror_signs = signs.iter().map(|sign| -sign);
    let mirror_rows = rows.iter().map(|row| row.map(|value| -value));
    (
        signs.iter().copied().chain(mirror_signs).collect(),
        rows.iter().copied().chain(mirror_rows).collect(),
    )
}

fn sparse(rows: &[[f64; COLUMNS]]) -> CsrMatrix {
    let mut sparse = CsrMatrix::new(COLUMNS);
    for row in rows {
        sparse.push(
            (0..)
                .zip(row.iter().map(|&value| value as f32))
                .filter(|(_, value)| *value != 0.0),
        );
    }
    sparse
}

/// Solved by dual coordinate descent.
fn solved<L: Dual>(problem: Problem<'_>, loss: L) -> Solution {
    solved_by(dual::solve, problem, loss)
}

/// Solved to a gap of 1e-10, which is asserted to be what it is called: no larger than the
/// tolerance, and not negative.
fn solved_by<L: Loss>(solve: Solve<L>, problem: Problem<'_>, loss: L) -> Solution {
    let solution = solve(problem, loss, STOP, 1, None, &mut |At { gap, .. }| {
        assert!(gap >= 0.0);
        true
    })
    .unwrap();
    assert!(
        solution.converged,
        "gap {} of {} after {} passes",
        solution.gap, solution.primal, solution.passes
    );
    assert!((0.0..=1e-10 * solution.primal).contains(&solution.gap));
    let primal = primal_objective(&problem, loss, &solution.weights, solution.bias);
    assert_near(solution.primal, primal, 1e-12 * primal);
    solution
}

/// A cost for each row of sign -1 and of sign +1.
fn by_class(signs: &[f64], costs: [f64; 2]) -> Vec<f64> {
    signs
        .iter()
        .map(|sign| costs[usize::from(*sign > 0.0)])
        .collect()
}

fn decision(solution: &Solution, bias: f64, row: &[f64; COLUMNS]) -> f64 {
    bias * solution.bias
        + row
            .iter()
            .zip(&solution.weights)
            .map(|(value, weight)| value * weight)
            .sum::<f64>()
}

#[track_caller]
fn assert_near(found: f64, expected: f64, within: f64) {
    assert!(
        (found - expected).abs() <= within,
        "{found} is not {expected} to {within:e}"
    );
}
