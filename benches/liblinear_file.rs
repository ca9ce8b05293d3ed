//! Our solver on a problem in LIBSVM's format: loss, C, tolerance, milliseconds (least of up to
//! seven), objective, proven gap as a share of it, passes; separated by tabs.
//! `benches/against_liblinear.py` writes such a file, runs LIBLINEAR on it and then this:
//! `SPAMLAB_LIBSVM_FILE=problem.svm cargo bench --bench liblinear_file`. Without the variable it
//! says so and ends.

use spamlab::dataset::CsrMatrix;
use spamlab::discriminative::linear::liblinear::read_problem;
use spamlab::optim::dual::solve;
use spamlab::optim::{Dual, Hinge, Logistic, Problem, SquaredHinge, Stop};
use std::time::Instant;

const TIMES: u32 = 7;
/// Fits that take long are not repeated beyond so many seconds in all.
const LONGEST: f64 = 4.0;

fn main() {
    let Some(path) = std::env::var_os("SPAMLAB_LIBSVM_FILE") else {
        println!(
            "liblinear_file: set SPAMLAB_LIBSVM_FILE to a file in LIBSVM's format \
             (see benches/README.md)"
        );
        return;
    };
    let text = std::fs::read_to_string(&path).expect("SPAMLAB_LIBSVM_FILE is a readable file");
    let (rows, signs) = read_problem(&text).expect("SPAMLAB_LIBSVM_FILE is in LIBSVM's format");
    println!("loss\tC\ttolerance\tms\tobjective\tgap\tpasses");
    for tolerance in [1e-2, 1e-3, 1e-4, 1e-6, 1e-8, 1e-10] {
        measure("squared hinge", &rows, &signs, SquaredHinge, 1.0, tolerance);
        measure(
            "squared hinge",
            &rows,
            &signs,
            SquaredHinge,
            10.0,
            tolerance,
        );
        measure("logistic", &rows, &signs, Logistic, 1.0, tolerance);
        measure("logistic", &rows, &signs, Logistic, 10.0, tolerance);
        measure("logistic", &rows, &signs, Logistic, 100.0, tolerance);
        measure("hinge", &rows, &signs, Hinge, 1.0, tolerance);
    }
}

fn measure<L: Dual>(
    name: &str,
    rows: &CsrMatrix,
    signs: &[f64],
    loss: L,
    cost: f64,
    tolerance: f64,
) {
    let costs = vec![cost; signs.len()];
    let problem = Problem {
        rows,
        signs,
        costs: &costs,
        bias: 1.0,
    };
    let stop = Stop {
        tol: tolerance,
        max_iter: 10_000,
    };
    let (mut best, mut spent) = (f64::INFINITY, 0.0);
    let mut solution = None;
    for _ in 0..TIMES {
        if spent > LONGEST {
            break;
        }
        let start = Instant::now();
        solution = solve(problem, loss, stop, 1, None, &mut |_| true);
        let seconds = start.elapsed().as_secs_f64();
        (best, spent) = (best.min(seconds), spent + seconds);
    }
    let solution = solution.expect("nothing cancels it");
    println!(
        "{name}\t{cost}\t{tolerance:e}\t{:.2}\t{:.10}\t{:.1e}\t{}",
        best * 1e3,
        solution.primal,
        solution.gap / solution.primal,
        solution.passes
    );
}
