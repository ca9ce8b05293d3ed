//! The lasso and the elastic net against LIBLINEAR and scikit-learn, and their limits.

use super::{COLUMNS, ROWS, STOP, assert_near, draw, solved, sparse};
use spamlab::optim::lasso::{Columns, Penalty};
use spamlab::optim::{At, Logistic, ModifiedHuber, Problem, Smooth, Solution, SquaredHinge, lasso};

/// By coordinate descent for the lasso, to a gap of 1e-10.
fn penalised<L: Smooth>(loss: L, cost: f64, penalty: Penalty) -> Solution {
    let (signs, dense) = draw();
    let rows = sparse(&dense);
    let problem = Problem {
        rows: &rows,
        signs: &signs,
        costs: &[cost; ROWS],
        bias: 1.0,
    };
    let mut last = f64::INFINITY;
    let solution = lasso::solve(
        problem,
        &Columns::of(&problem),
        loss,
        penalty,
        STOP,
        None,
        &mut |At { objective, gap, .. }| {
            assert!(
                gap >= 0.0 && objective <= last * (1.0 + 1e-12),
                "{objective} after {last}"
            );
            last = objective;
            true
        },
    )
    .unwrap();
    assert!(
        solution.converged && solution.gap <= 1e-10 * solution.primal,
        "gap {}",
        solution.gap
    );
    solution
}

fn zeros(solution: &Solution) -> usize {
    solution
        .weights
        .iter()
        .filter(|weight| **weight == 0.0)
        .count()
}

const LASSO: Penalty = Penalty { l1: 1.0, l2: 0.0 };

// The numbers of the next two tests are what `python3 tests/agreement/linear.py` prints.

#[test]
fn the_lasso_reaches_the_objective_of_liblinear_and_the_same_zeros() {
    // "-s 6 -e 1e-9" and "-s 5 -e 1e-9", `-B 1`: objective, weights that are 0, first weight.
    let logistic = [
        (0.5, 18.782_268_990_222_335, 6, 0.644_166_871_357_572),
        (2.0, 45.335_187_375_656_055, 1, 1.988_644_08),
    ];
    let squared = [
        (0.5, 14.598_041_353_975_088, 1, 0.656_631_020_502_140_3),
        (2.0, 31.322_755_590_904_734, 1, 1.512_276_008_044_774),
    ];
    let check = |solution: &Solution, objective: f64, empty: usize, first: f64| {
        assert_near(solution.primal, objective, 1e-9 * objective);
        assert_eq!(zeros(solution), empty);
        assert_near(solution.weights[0], first, 1e-4);
    };
    for (cost, objective, empty, first) in logistic {
        check(&penalised(Logistic, cost, LASSO), objective, empty, first);
    }
    for (cost, objective, empty, first) in squared {
        check(
            &penalised(SquaredHinge, cost, LASSO),
            objective,
            empty,
            first,
        );
    }
}

#[test]
fn the_elastic_net_reaches_the_objective_of_scikit_learn() {
    // LogisticRegression(solver="saga", C=1, l1_ratio=SHARE, fit_intercept=False, tol=1e-13) on
    // rows with a column of ones.
    for (share, objective, first) in [
        (0.5, 27.919_450_958_065_66, 1.178_095_145_572_776_2),
        (0.9, 29.727_987_677_746_07, 1.299_398_650_438_437_8),
    ] {
        let found = penalised(
            Logistic,
            1.0,
            Penalty {
                l1: share,
                l2: 1.0 - share,
            },
        );
        assert_near(found.primal, objective, 1e-9 * objective);
        assert_eq!(zeros(&found), 1);
        assert_near(found.weights[0], first, 1e-4);
    }
}

#[test]
fn a_lasso_of_nothing_is_the_ridge_of_the_other_solvers() {
    let (signs, dense) = draw();
    let rows = sparse(&dense);
    let problem = Problem {
        rows: &rows,
        signs: &signs,
        costs: &[4.0; ROWS],
        bias: 1.0,
    };
    let reference = solved(problem, ModifiedHuber);
    let found = penalised(ModifiedHuber, 4.0, Penalty { l1: 0.0, l2: 1.0 });
    assert_near(found.primal, reference.primal, 2e-10 * reference.primal);
}

#[test]
fn the_lasso_empties_the_model_where_its_limit_says() {
    let (signs, dense) = draw();
    let rows = sparse(&dense);
    let problem = Problem {
        rows: &rows,
        signs: &signs,
        costs: &[1.0; ROWS],
        bias: 1.0,
    };
    let limit = lasso::least_empty_lasso(&problem, Logistic);
    let weights = |l1: f64| penalised(Logistic, 1.0, Penalty { l1, l2: 0.0 });
    assert_eq!(
        (zeros(&weights(limit)), weights(limit).bias),
        (COLUMNS, 0.0)
    );
    let below = weights(0.99 * limit);
    assert_ne!((zeros(&below), below.bias), (COLUMNS, 0.0));
    assert_eq!(zeros(&weights(1e-3 * limit)), 0);
}
