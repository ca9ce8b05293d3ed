//! The linear models against LIBLINEAR: the same objective, weights and decisions.

use super::{COLUMNS, ROWS, STOP, assert_near, decision, draw, solved_by, sparse};
use spamlab::optim::{
    Dual, Hinge, Logistic, Loss, Problem, Smooth, Solve, SquaredHinge, dual, lbfgs, newton,
};

/// Row 1 as Python drew it.
const FIRST_ROW: [f64; COLUMNS] = [
    0.0,
    -0.440_483_719_110_488_9,
    -0.573_820_054_531_097_4,
    -0.389_967_769_384_384_16,
    -0.669_871_985_912_323,
    -0.252_474_993_467_330_93,
    0.0,
    0.0,
    -0.266_553_908_586_502_1,
    -0.414_747_804_403_305_05,
    0.0,
    -0.563_447_296_619_415_3,
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
                objective: 14.646_098_999_671_532,
                first_weight: 0.767_248_217_770_894_2,
                bias: -0.212_290_658_470_579_2,
                decisions: [
                    -2.537_523_234_636_287,
                    -0.799_265_264_237_843_9,
                    -0.335_822_001_422_139_75,
                ],
            },
            Liblinear {
                cost: 4.0,
                objective: 70.603_952_301_298_16,
                first_weight: 2.007_930_072_137_404_5,
                bias: -0.246_661_871_839_829_16,
                decisions: [
                    -6.055_473_052_686_488,
                    -1.828_712_179_523_166,
                    -0.493_668_037_240_855_9,
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
                objective: 10.045_172_668_440_822,
                first_weight: 0.784_118_706_433_860_1,
                bias: -0.087_036_129_651_047_79,
                decisions: [
                    -2.308_205_655_283_886_8,
                    -0.715_586_802_455_788_2,
                    -0.176_318_984_035_622_5,
                ],
            },
            Liblinear {
                cost: 4.0,
                objective: 44.233_347_376_283_65,
                first_weight: 1.779_143_859_895_434_3,
                bias: -0.210_821_830_353_350_48,
                decisions: [
                    -4.369_919_268_395_334,
                    -1.374_119_494_062_967_3,
                    -0.186_822_971_520_125_92,
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
                objective: 12.456_570_654_715_131,
                first_weight: 0.941_353_617_682_077_1,
                bias: -0.141_351_354_202_370_9,
                decisions: [
                    -2.664_328_384_078_159,
                    -0.887_175_370_909_720_2,
                    -0.324_593_122_821_996_2,
                ],
            },
            Liblinear {
                cost: 1.0,
                objective: 20.273_861_677_055_155,
                first_weight: 1.071_708_551_799_218_9,
                bias: -0.100_364_560_134_909_78,
                decisions: [
                    -3.477_434_108_469_433,
                    -1.047_430_495_461_873_4,
                    -0.270_222_103_361_718_9,
                ],
            },
        ],
    );
}
