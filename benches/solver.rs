//! How long dual coordinate descent takes to a proven gap, on a problem like mail: rows of unit
//! length over a vocabulary in which a few tokens are common and most are rare, labels from a
//! hidden plane with one in fifty turned round. Items are entries of the matrix. `cargo bench
//! --bench solver`; against LIBLINEAR on real mail: `benches/README.md`.

use divan::Bencher;
use divan::counter::ItemsCount;
use spamlab::base::math::{below, uniform};
use spamlab::base::streams::{Stream, random_stream};
use spamlab::dataset::CsrMatrix;
use spamlab::optim::dual::solve;
use spamlab::optim::{Dual, Hinge, Logistic, Problem, SquaredHinge, Stop};

const TOLERANCES: [f64; 3] = [1e-2, 1e-4, 1e-6];
const ROWS: usize = 2000;
const COLUMNS: usize = 20_000;

fn main() {
    divan::main();
}

/// Rows and their signs.
fn generated() -> (CsrMatrix, Vec<f64>) {
    let mut rng = random_stream(1, Stream::Test(0));
    let plane: Vec<f64> = (0..COLUMNS).map(|_| uniform(&mut rng) - 0.5).collect();
    let mut rows = CsrMatrix::new(COLUMNS);
    let mut signs = Vec::new();
    for _ in 0..ROWS {
        let tokens = 40 + below(&mut rng, 160);
        // The nth token turns up about 1/n as often as the first, and its weight is the logarithm
        // of its rarity.
        let mut row: Vec<(u32, f64)> = (0..tokens)
            .map(|_| {
                let rank = (COLUMNS as f64).powf(uniform(&mut rng));
                (rank as u32 - 1, 1.0 + rank.ln() / 2.0)
            })
            .collect();
        row.sort_unstable_by_key(|(column, _)| *column);
        row.dedup_by_key(|(column, _)| *column);
        let length = row
            .iter()
            .map(|(_, value)| value * value)
            .sum::<f64>()
            .sqrt();
        let score: f64 = row
            .iter()
            .map(|(column, value)| value * plane[*column as usize])
            .sum();
        let turned = if uniform(&mut rng) < 0.02 { -1.0 } else { 1.0 };
        signs.push(turned * score.signum());
        rows.push(
            row.into_iter()
                .map(|(column, value)| (column, (value / length) as f32)),
        );
    }
    (rows, signs)
}

fn bench<L: Dual>(bencher: Bencher, loss: L, cost: f64, tolerance: f64) {
    let (rows, signs) = generated();
    let costs = vec![cost; signs.len()];
    let problem = Problem {
        rows: &rows,
        signs: &signs,
        costs: &costs,
        bias: 1.0,
    };
    let stop = Stop {
        tol: tolerance,
        max_iter: 10_000,
    };
    bencher
        .counter(ItemsCount::new(rows.entries()))
        .bench_local(|| {
            solve(problem, loss, stop, 1, None, &mut |_| true).map(|solution| solution.primal)
        });
}

#[divan::bench(args = TOLERANCES)]
fn logistic(bencher: Bencher, tolerance: f64) {
    bench(bencher, Logistic, 100.0, tolerance);
}

#[divan::bench(args = TOLERANCES)]
fn squared_hinge(bencher: Bencher, tolerance: f64) {
    bench(bencher, SquaredHinge, 1.0, tolerance);
}

#[divan::bench(args = TOLERANCES)]
fn hinge(bencher: Bencher, tolerance: f64) {
    bench(bencher, Hinge, 1.0, tolerance);
}
