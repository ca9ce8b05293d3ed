//! The objectives of the linear models: their gradients against finite differences, and their
//! optimum, which is the same by whatever solver.

use super::{COLUMNS, ROWS, STOP, assert_near, by_class, draw, solved, solved_by, sparse};
use spamlab::optim::{
    Dual, Hinge, Logistic, Loss, ModifiedHuber, Problem, Smooth, SquaredHinge, dual, lbfgs, newton,
    primal_objective,
};

/// The gradient of the whole objective: w + Σ y x · slope of the loss, the bias a column like the
/// others.
fn gradient<L: Loss>(problem: &Problem<'_>, loss: L, weights: &[f64], bias: f64) -> Vec<f64> {
    let mut gradient: Vec<f64> = weights.iter().copied().chain([bias]).collect();
    for (row, (columns, values)) in problem.rows.iter().enumerate() {
        let sign = problem.signs[row];
        let entries = || {
            columns
                .iter()
                .map(|column| *column as usize)
                .zip(values.iter().map(|&value| f64::from(value)))
        };
        let product = bias * problem.bias
            + entries()
                .map(|(column, value)| weights[column] * value)
                .sum::<f64>();
        let slope = loss.slope(sign * product, problem.costs[row]);
        entries()
            .chain([(COLUMNS, problem.bias)])
            .for_each(|(column, value)| gradient[column] += sign * slope * value);
    }
    gradient
}

/// The slope of the objective along each weight and the bias, by a central difference.
fn differences<L: Loss>(problem: &Problem<'_>, loss: L, weights: &[f64], bias: f64) -> Vec<f64> {
    let step = 1e-6;
    let at = |column: usize, by: f64| {
        let mut moved: Vec<f64> = weights.iter().copied().chain([bias]).collect();
        moved[column] += by;
        primal_objective(problem, loss, &moved[..COLUMNS], moved[COLUMNS])
    };
    (0..=COLUMNS)
        .map(|column| (at(column, step) - at(column, -step)) / (2.0 * step))
        .collect()
}

fn gradient_is_the_difference<L: Loss>(loss: L) {
    let (signs, dense) = draw();
    let rows = sparse(&dense);
    let costs = by_class(&signs, [0.7, 1.9]);
    let problem = Problem {
        rows: &rows,
        signs: &signs,
        costs: &costs,
        bias: 1.5,
    };
    for point in 0..5 {
        // Somewhere, with margins on both sides of 1.
        let weights: Vec<f64> = (0..COLUMNS)
            .map(|column| f64::from((column * 7 + point * 5) as u32 % 11) - 4.7)
            .collect();
        let bias = 0.3 - point as f64 / 7.0;
        let expected = differences(&problem, loss, &weights, bias);
        for (found, expected) in gradient(&problem, loss, &weights, bias)
            .iter()
            .zip(expected)
        {
            assert_near(*found, expected, 1e-6 * expected.abs().max(1.0));
        }
    }
}

#[test]
fn gradients_of_the_whole_objective_are_its_differences() {
    gradient_is_the_difference(Logistic);
    gradient_is_the_difference(SquaredHinge);
    gradient_is_the_difference(ModifiedHuber);
    gradient_is_the_difference(Hinge);
}

#[test]
fn the_gradient_is_zero_at_the_optimum_of_a_smooth_loss() {
    fn check<L: Dual>(loss: L) {
        let (signs, dense) = draw();
        let rows = sparse(&dense);
        let costs = by_class(&signs, [0.7, 1.9]);
        let problem = Problem {
            rows: &rows,
            signs: &signs,
            costs: &costs,
            bias: 1.0,
        };
        let ours = solved(problem, loss);
        let far = gradient(&problem, loss, &[0.0; COLUMNS], 0.0);
        let norm = |gradient: &[f64]| {
            gradient
                .iter()
                .map(|slope| slope * slope)
                .sum::<f64>()
                .sqrt()
        };
        assert!(norm(&gradient(&problem, loss, &ours.weights, ours.bias)) < 1e-5 * norm(&far));
    }
    check(Logistic);
    check(SquaredHinge);
}

/// All solvers of a smooth loss end at one optimum, whatever each row costs, from cold and from
/// another's answer.
fn solvers_agree<L: Dual + Smooth>(loss: L) {
    let (signs, dense) = draw();
    let rows = sparse(&dense);
    for scale in [0.01, 1.0, 30.0] {
        let costs: Vec<f64> = (0..ROWS)
            .map(|row| scale * (1.0 + (row % 7) as f64))
            .collect();
        let problem = Problem {
            rows: &rows,
            signs: &signs,
            costs: &costs,
            bias: 1.0,
        };
        let reference = solved(problem, loss);
        for solve in [newton::solve::<L>, lbfgs::solve::<L>] {
            let other = solved_by(solve, problem, loss);
            assert_near(other.primal, reference.primal, 2e-10 * reference.primal);
            // Both are at most √(2 gap) from the optimum.
            let far = 2.0 * (2.0 * STOP.tol * reference.primal).sqrt();
            for (found, expected) in other.weights.iter().zip(&reference.weights) {
                assert_near(*found, *expected, far);
            }
            let warm = solve(problem, loss, STOP, 1, Some(&reference), &mut |_| true).unwrap();
            assert!(
                warm.passes < other.passes && warm.converged,
                "{} passes, {} cold",
                warm.passes,
                other.passes
            );
            assert!(
                solve(problem, loss, STOP, 1, None, &mut |_| false).is_none(),
                "cancelled"
            );
        }
    }
}

#[test]
fn the_solver_never_changes_the_problem() {
    solvers_agree(Logistic);
    solvers_agree(SquaredHinge);
    solvers_agree(ModifiedHuber);
}

/// Every fifteenth sign turned round: else no margin lies where modified Huber differs from the
/// squared hinge.
fn turned(signs: &[f64]) -> Vec<f64> {
    signs
        .iter()
        .enumerate()
        .map(|(row, sign)| if row % 15 == 0 { -sign } else { *sign })
        .collect()
}

#[test]
fn modified_huber_reaches_the_objective_of_scipy() {
    // scipy.optimize.minimize(method="BFGS", gtol=1e-10) on the definition; one margin is below -1.
    let (signs, dense) = draw();
    let (rows, signs) = (sparse(&dense), turned(&signs));
    for (cost, objective, first) in [
        (1.0, 31.087_487_927_656_05, 1.012_492_491_846_604_5),
        (40.0, 1_103.133_209_556_242, 1.398_269_971_621_263_4),
    ] {
        let problem = Problem {
            rows: &rows,
            signs: &signs,
            costs: &[cost; ROWS],
            bias: 1.0,
        };
        for solve in [dual::solve::<ModifiedHuber>, newton::solve, lbfgs::solve] {
            let found = solved_by(solve, problem, ModifiedHuber);
            assert_near(found.primal, objective, 1e-9 * objective);
            assert_near(
                found.weights[0],
                first,
                2.0 * (2.0 * STOP.tol * objective).sqrt(),
            );
        }
    }
}
