//! The linear models against LIBLINEAR: the same objective, weights and decisions.

use super::{COLUMNS, ROWS, STOP, assert_near, decision, draw, solved_by, sparse};
use spamlab::optim::{
    Dual, Hinge, Logistic, Loss, Problem, Smooth, Solve, SquaredHinge, dual, lbfgs, newton,
};

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
