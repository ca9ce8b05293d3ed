//! The linear models against independent solvers: LIBLINEAR (numbers drawn up once by
//! `tests/agreement/linear.py`, printed here) and linfa (called here), and their objectives against
//! finite differences.

use linfa::prelude::*;
use linfa_svm::Svm;
use ndarray::{Array1, Array2};
use serde_json::json;
use spamlab::base::mail::{Content, Email, Label};
use spamlab::base::math::logit;
use spamlab::dataset::{
    Corpus, CorpusBuilder, CorpusOptions, CsrMatrix, Ragged, Rows, TrainingSet,
};
use spamlab::model::NoObserver;
use spamlab::optim::lasso::Penalty;
use spamlab::optim::{
    At, Dual, Hinge, Logistic, Loss, ModifiedHuber, Problem, Smooth, Solution, Solve, SquaredHinge,
    Stop, dual, lasso, lbfgs, newton, primal_objective,
};
use spamlab::tokenize::Recipe;

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
            let value = uniform() - 0.5 + 0.2 * sign;
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
                .zip(row.iter().copied())
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

/// Row 1 as Python drew it.
const FIRST_ROW: [f64; COLUMNS] = [
    0.0,
    -0.440_483_716_755_556_14,
    -0.573_820_058_021_991_4,
    -0.389_967_759_939_185_7,
    -0.669_871_988_271_827_8,
    -0.252_475_006_823_758_95,
    0.0,
    0.0,
    -0.266_553_913_759_670_8,
    -0.414_747_810_319_612_2,
    0.0,
    -0.563_447_317_772_677_5,
];

#[test]
fn the_generated_problem_is_the_one_liblinear_was_given() {
    // Printed by `python3 tests/agreement/linear.py`.
    let (signs, rows) = draw();
    assert_eq!(signs.iter().filter(|sign| **sign > 0.0).count(), 24);
    assert_eq!(sparse(&rows).entries(), 358);
    assert_eq!(rows[0], FIRST_ROW);
}

/// What LIBLINEAR 2.50 found: objective recomputed in Python from its weights, first weight, bias,
/// decision values of three rows.
struct Liblinear {
    cost: f64,
    objective: f64,
    first_weight: f64,
    bias: f64,
    decisions: [f64; 3],
}

fn agrees<L: Dual>(loss: L, expected: &[Liblinear]) {
    agrees_by(&[dual::solve::<L>], loss, expected);
}

fn smooth_agrees<L: Dual + Smooth>(loss: L, expected: &[Liblinear]) {
    agrees_by(
        &[dual::solve::<L>, newton::solve, lbfgs::solve],
        loss,
        expected,
    );
}

fn agrees_by<L: Loss>(solvers: &[Solve<L>], loss: L, expected: &[Liblinear]) {
    let (signs, dense) = draw();
    let rows = sparse(&dense);
    for (of, solve) in expected
        .iter()
        .flat_map(|of| solvers.iter().map(move |solve| (of, *solve)))
    {
        let problem = Problem {
            rows: &rows,
            signs: &signs,
            costs: &[of.cost; ROWS],
            bias: 1.0,
        };
        let ours = solved_by(solve, problem, loss);
        assert_near(ours.primal, of.objective, 1e-9 * of.objective);
        // The objective less w'w / 2 is convex, so w is at most √(2 gap) from the optimum, and
        // LIBLINEAR's about as far.
        let far = 2.0 * (2.0 * STOP.tol * of.objective).sqrt();
        assert_near(ours.weights[0], of.first_weight, far);
        assert_near(ours.bias, of.bias, far);
        for (row, expected) in dense.iter().zip(of.decisions) {
            let length = (1.0 + row.iter().map(|value| value * value).sum::<f64>()).sqrt();
            assert_near(decision(&ours, 1.0, row), expected, far * length);
        }
    }
}

// The numbers of the next three tests are what `python3 tests/agreement/linear.py` prints
// (liblinear-official 2.50).

#[test]
fn logistic_regression_reaches_the_objective_of_liblinear() {
    // train(problem(signs, rows, bias=1), "-s 0 -e 1e-12 -c COST -B 1"): the primal, by Newton
    // steps.
    smooth_agrees(
        Logistic,
        &[
            Liblinear {
                cost: 0.5,
                objective: 14.646_099_025_011_381,
                first_weight: 0.767_248_218_293_081_4,
                bias: -0.212_290_656_303_206_2,
                decisions: [
                    -2.537_523_257_473_071,
                    -0.799_265_287_020_274_7,
                    -0.335_821_985_541_735_04,
                ],
            },
            Liblinear {
                cost: 4.0,
                objective: 70.603_952_411_895_78,
                first_weight: 2.007_930_080_000_768_2,
                bias: -0.246_661_863_832_943_64,
                decisions: [
                    -6.055_473_121_837_98,
                    -1.828_712_242_879_78,
                    -0.493_667_997_728_207_13,
                ],
            },
        ],
    );
}

#[test]
fn the_squared_hinge_reaches_the_objective_of_liblinear() {
    // "-s 1 -e 1e-9 -c COST -B 1".
    smooth_agrees(
        SquaredHinge,
        &[
            Liblinear {
                cost: 0.5,
                objective: 10.045_172_673_281_032,
                first_weight: 0.784_118_714_693_953_9,
                bias: -0.087_036_126_171_388_87,
                decisions: [
                    -2.308_205_679_445_775_7,
                    -0.715_586_829_718_504,
                    -0.176_318_968_112_589_15,
                ],
            },
            Liblinear {
                cost: 4.0,
                objective: 44.233_347_378_681_16,
                first_weight: 1.779_143_855_822_655,
                bias: -0.210_821_822_334_612_77,
                decisions: [
                    -4.369_919_312_502_577,
                    -1.374_119_536_545_438_8,
                    -0.186_822_939_837_145_32,
                ],
            },
        ],
    );
}

#[test]
fn the_hinge_reaches_the_objective_of_liblinear() {
    // "-s 3 -e 1e-9 -c COST -B 1".
    agrees(
        Hinge,
        &[
            Liblinear {
                cost: 0.5,
                objective: 12.456_570_660_420_272,
                first_weight: 0.941_353_642_959_398_4,
                bias: -0.141_351_354_881_308_84,
                decisions: [
                    -2.664_328_423_655_212,
                    -0.887_175_392_093_435_1,
                    -0.324_593_112_256_155_5,
                ],
            },
            Liblinear {
                cost: 1.0,
                objective: 20.273_861_704_383_986,
                first_weight: 1.071_708_574_504_177,
                bias: -0.100_364_576_505_791_78,
                decisions: [
                    -3.477_434_180_490_613_7,
                    -1.047_430_555_319_036,
                    -0.270_222_102_637_199_15,
                ],
            },
        ],
    );
}

fn dataset(signs: &[f64], rows: &[[f64; COLUMNS]]) -> linfa::Dataset<f64, bool, ndarray::Ix1> {
    let matrix = Array2::from_shape_fn((rows.len(), COLUMNS), |(row, column)| rows[row][column]);
    linfa::Dataset::new(
        matrix,
        signs
            .iter()
            .map(|sign| *sign > 0.0)
            .collect::<Array1<bool>>(),
    )
}

/// Decision values of linfa-logistic, above 0 for +1, from the probabilities it predicts: those of
/// the class it calls positive.
fn linfa_logistic(
    signs: &[f64],
    rows: &[[f64; COLUMNS]],
    cost: f64,
    tolerance: f64,
    iterations: u64,
) -> Vec<f64> {
    let emails = dataset(signs, rows);
    let model = linfa_logistic::LogisticRegression::default()
        .alpha(1.0 / cost)
        .gradient_tolerance(tolerance)
        .max_iterations(iterations)
        .fit(&emails)
        .unwrap();
    let sign = if model.labels().pos.class { 1.0 } else { -1.0 };
    model
        .predict_probabilities(emails.records())
        .iter()
        .map(|p| sign * logit(*p))
        .collect()
}

/// Decision values of linfa-svm with a linear kernel: its weighted sum less its threshold.
fn linfa_svm(signs: &[f64], rows: &[[f64; COLUMNS]], cost: f64) -> Vec<f64> {
    let emails = dataset(signs, rows);
    let model = Svm::<f64, bool>::params()
        .pos_neg_weights(cost, cost)
        .linear_kernel()
        .fit(&emails)
        .unwrap();
    emails
        .records()
        .outer_iter()
        .map(|row| model.weighted_sum(&row) - model.rho)
        .collect()
}

fn close_to_linfa<L: Dual>(
    loss: L,
    (signs, dense): &(Vec<f64>, Vec<[f64; COLUMNS]>),
    bias: f64,
    linfa: &[f64],
) {
    let rows = sparse(dense);
    let ours = solved(
        Problem {
            rows: &rows,
            signs,
            costs: &vec![2.0; signs.len()],
            bias,
        },
        loss,
    );
    for (row, linfa) in dense.iter().zip(linfa) {
        assert_near(decision(&ours, bias, row), *linfa, 1e-3);
    }
}

#[test]
fn logistic_regression_decides_as_linfa_does() {
    // linfa minimises `alpha w'w / 2 + Σ ln(1 + exp(-y (w'x + b)))`: ours divided by C, but for
    // b²/2.
    let problem = mirrored();
    let linfa = linfa_logistic(&problem.0, &problem.1, 2.0, 1e-8, 10_000);
    close_to_linfa(Logistic, &problem, 1.0, &linfa);
    // A constant column of 30 makes the bias cheap: the same decision costs a 900th of b²/2.
    let problem = draw();
    let linfa = linfa_logistic(&problem.0, &problem.1, 2.0, 1e-8, 10_000);
    close_to_linfa(Logistic, &problem, 30.0, &linfa);
}

#[test]
fn the_support_vector_machine_decides_as_linfa_does() {
    let problem = mirrored();
    close_to_linfa(
        Hinge,
        &problem,
        1.0,
        &linfa_svm(&problem.0, &problem.1, 2.0),
    );
    // As above, the bias all but free.
    let problem = draw();
    close_to_linfa(
        Hinge,
        &problem,
        30.0,
        &linfa_svm(&problem.0, &problem.1, 2.0),
    );
}

/// As many labelled messages as there are signs; what they say does not matter where a matrix is
/// given.
fn corpus(signs: &[f64]) -> Corpus {
    let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::default());
    let label = |sign: &f64| Label::from_is_spam(*sign > 0.0);
    let email = |sign| Email::new("", Some(label(sign)), Content::text("", "hello"));
    builder.add(signs.iter().map(email).collect());
    builder.finish()
}

#[test]
fn the_linfa_models_of_the_catalog_decide_as_linfa_does() {
    // Both with spam in the minority and, signs turned round, in the majority, which linfa-logistic
    // calls positive.
    for turn in [1.0, -1.0] {
        let (signs, dense) = draw();
        let signs: Vec<f64> = signs.iter().map(|sign| sign * turn).collect();
        let corpus = corpus(&signs);
        let rows = Rows::new(
            &corpus,
            (0..ROWS).collect(),
            sparse(&dense),
            Ragged::default(),
        );
        let scores = |name: &str| -> Vec<f64> {
            let entry = spamlab::catalog().model(name).unwrap();
            let settings = entry
                .settings(&json!({ "c": 2.0, "max_features": COLUMNS }))
                .unwrap();
            let data = TrainingSet::new(&rows, 1);
            let fitted = entry
                .fit_path(&[settings], &data, &mut NoObserver)
                .unwrap()
                .remove(0);
            rows.examples()
                .map(|mail| fitted.classifier().score(mail))
                .collect()
        };
        // The catalog's model stops at a gradient of 1e-6 a message, within 500 iterations.
        let logistic = linfa_logistic(&signs, &dense, 2.0, 1e-6 * ROWS as f64, 500);
        for (found, expected) in scores("linfa-logistic").iter().zip(logistic) {
            assert_near(*found, expected, 1e-9);
        }
        for (found, expected) in scores("linfa-svm")
            .iter()
            .zip(linfa_svm(&signs, &dense, 2.0))
        {
            assert_near(*found, expected, 1e-9);
        }
    }
}

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
                .zip(values.iter().copied())
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
        (1.0, 31.087_488_072_002_85, 1.012_492_505),
        (40.0, 1_103.133_218_789_241_5, 1.398_269_993),
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
        (0.5, 18.782_269_018_211_835, 6, 0.644_166_869),
        (2.0, 45.335_187_420_021_5, 1, 1.988_644_08),
    ];
    let squared = [
        (0.5, 14.598_041_365_437_657, 1, 0.656_631_024),
        (2.0, 31.322_755_576_584_328, 1, 1.512_276_004),
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
        (0.5, 27.919_451_006_474_297, 1.178_095_148),
        (0.9, 29.727_987_727_637_34, 1.299_398_645),
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
    assert!(zeros(&below) < COLUMNS || below.bias != 0.0);
    assert_eq!(zeros(&weights(1e-3 * limit)), 0);
}
