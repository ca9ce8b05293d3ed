//! Dual coordinate descent on rows that are on disk, block by block.
//!
//! Yu, Hsieh, Chang and Lin, KDD 2010 (Large linear classification when data cannot fit in memory),
//! Algorithm 2: a block of rows is read, its dual variables are worked on while all others stay,
//! and w follows them all. What stays in memory is some 40 bytes per row and the weights. Where
//! they divide the rows into blocks once, rows are stored here in small chunks, of which each pass
//! puts others together by lot: mail that is stored sorted by class would else be worked on one
//! class at a time. While a block is worked on, the next one is read.

use super::coordinates::{DualDescent, Found, begin};
use super::descent::{Descent, Goal, Mix};
use crate::dataset::CsrMatrix;
use crate::optim::{Dual, Problem, Solution};
use std::ops::Range;

/// A problem whose rows are on disk, in chunks. It is that of [`Problem`].
pub trait StoredProblem: Sync {
    /// Number of columns, without the constant one.
    fn columns(&self) -> usize;
    /// The value of the constant column; 0 for no bias.
    fn bias(&self) -> f64;
    /// Of each row of each chunk the sign y, +1 or -1, and the cost, above 0.
    fn chunks(&self) -> Vec<Vec<(f64, f64)>>;
    /// Reads the rows x of these chunks, without the constant column and one chunk after the other,
    /// into a matrix, in place of what that holds.
    fn read(&self, chunks: &[usize], rows: &mut CsrMatrix) -> Result<(), Unreadable>;
}

/// Rows on disk that cannot be read, and why.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// Chunks that are worked on together.
const CHUNKS: usize = 32;

/// The work under way.
pub(super) struct StoredDescent<'a, L> {
    problem: &'a dyn StoredProblem,
    loss: L,
    /// The rows of each chunk.
    chunks: Vec<Range<usize>>,
    signs: Vec<f64>,
    costs: Vec<f64>,
    states: Vec<f64>,
    weights: Vec<f64>,
    bias: f64,
    /// Room for the block that is worked on, and for the one that is read.
    blocks: [CsrMatrix; 2],
}

impl<'a, L: Dual> StoredDescent<'a, L> {
    /// At the dual variables of `warm`, or (nearly) at 0.
    pub fn new(
        problem: &'a dyn StoredProblem,
        loss: L,
        warm: Option<&Solution>,
    ) -> Result<StoredDescent<'a, L>, Unreadable> {
        let rows = problem.chunks();
        let mut count = 0;
        let range = |chunk: &Vec<_>| {
            count += chunk.len();
            count - chunk.len()..count
        };
        let chunks: Vec<Range<usize>> = rows.iter().map(range).collect();
        let (signs, costs): (Vec<f64>, Vec<f64>) = rows.into_iter().flatten().unzip();
        let warm = warm.filter(|warm| warm.states.len() == costs.len());
        let before = |row: usize| warm.map(|warm| warm.states[row]);
        let states = costs.iter().enumerate();
        let states = states.map(|(row, &cost)| begin(loss, cost, before(row)));
        let mut descent = StoredDescent {
            problem,
            loss,
            chunks,
            states: states.collect(),
            signs,
            costs,
            weights: vec![0.0; problem.columns()],
            bias: 0.0,
            blocks: Default::default(),
        };
        match warm.zip(warm.and_then(|warm| descent.ratio(warm))) {
            // α grows with the cost, and w with it.
            Some((warm, ratio)) => {
                let weights = warm.weights.iter();
                descent.weights = weights.map(|weight| weight * ratio).collect();
                descent.bias = warm.bias * ratio;
            }
            None if descent.is_at_zero() => {}
            None => descent.recompute_weights()?,
        }
        Ok(descent)
    }

    /// By how much the costs are those of another problem, if all are by as much.
    fn ratio(&self, warm: &Solution) -> Option<f64> {
        let costs = self.costs.iter().zip(&warm.states);
        let mut ratios = costs.map(|(now, (_, before))| now / before);
        let first = ratios.next()?;
        ratios
            .all(|ratio| (ratio / first - 1.0).abs() < 1e-12)
            .then_some(first)
    }

    /// Whether all dual variables are 0, and so are the weights.
    fn is_at_zero(&self) -> bool {
        let mut states = self.states.iter().zip(&self.costs);
        states.all(|(&state, &cost)| self.loss.alpha(state, cost) == 0.0)
    }

    /// All chunks.
    fn all(&self) -> Vec<usize> {
        (0..self.chunks.len()).collect()
    }

    /// Reads these chunks block by block, and shows each block to `work` with the numbers of its
    /// rows. While a block is worked on, the next one is read.
    fn each(
        &mut self,
        chunks: &[usize],
        mut work: impl FnMut(&[usize], &mut DualDescent<'_, L>) + Send,
    ) -> Result<(), Unreadable> {
        let problem = self.problem;
        let [mut block, mut next] = std::mem::take(&mut self.blocks);
        let blocks: Vec<&[usize]> = chunks.chunks(CHUNKS).collect();
        if let Some(first) = blocks.first() {
            problem.read(first, &mut block)?;
        }
        for (at, chunks) in blocks.iter().enumerate() {
            let ((), read) = rayon::join(
                || self.work_on(chunks, &block, &mut work),
                || match blocks.get(at + 1) {
                    Some(chunks) => problem.read(chunks, &mut next),
                    None => Ok(()),
                },
            );
            read?;
            std::mem::swap(&mut block, &mut next);
        }
        self.blocks = [block, next];
        Ok(())
    }

    /// Shows one block to `work`.
    fn work_on(
        &mut self,
        chunks: &[usize],
        block: &CsrMatrix,
        work: &mut (impl FnMut(&[usize], &mut DualDescent<'_, L>) + Send),
    ) {
        let rows = chunks.iter().flat_map(|&chunk| self.chunks[chunk].clone());
        let rows: Vec<usize> = rows.collect();
        let of = |all: &[f64]| -> Vec<f64> { rows.iter().map(|&row| all[row]).collect() };
        let problem = Problem {
            rows: block,
            signs: &of(&self.signs),
            costs: &of(&self.costs),
            bias: self.problem.bias(),
        };
        let weights = std::mem::take(&mut self.weights);
        let mut on = DualDescent::at(problem, self.loss, of(&self.states), weights, self.bias);
        work(&rows, &mut on);
        for (&row, state) in rows.iter().zip(&on.states) {
            self.states[row] = *state;
        }
        (self.weights, self.bias) = (on.weights, on.bias);
    }
}

impl<L: Dual> Descent for StoredDescent<'_, L> {
    type Error = Unreadable;

    fn rows(&self) -> usize {
        self.states.len()
    }

    fn work(&mut self, chosen: &mut [u32], goal: Goal, mix: Mix<'_>) -> Result<u64, Unreadable> {
        let mut wanted = vec![false; self.rows()];
        for &row in &*chosen {
            wanted[row as usize] = true;
        }
        let mut chunks: Vec<u32> = (0..self.chunks.len() as u32).collect();
        chunks.retain(|&chunk| wanted[self.chunks[chunk as usize].clone()].contains(&true));
        // By lot other chunks are put together each time.
        mix(&mut chunks);
        let chunks: Vec<usize> = chunks.iter().map(|&chunk| chunk as usize).collect();
        let mut visits = 0;
        self.each(&chunks, |rows, on| {
            let here = (0..).zip(rows).filter(|&(_, &row)| wanted[row]);
            let mut here: Vec<u32> = here.map(|(at, _)| at).collect();
            let goal = Goal {
                aim: goal.aim * here.len() as f64 / chosen.len() as f64,
                visits: goal.visits.saturating_sub(visits),
                enough: None,
                ..goal
            };
            if goal.visits > 0 {
                on.ready();
                visits += on.rounds(&mut here, goal, mix);
            }
        })?;
        Ok(visits)
    }

    fn check(&mut self, row_gaps: &mut [f64]) -> Result<Found, Unreadable> {
        let mut found = Found::of_weights(&self.weights, self.bias);
        self.each(&self.all(), |rows, on| {
            let mut gaps = vec![0.0; rows.len()];
            on.measure_rows(&mut gaps, &mut found);
            for (&row, gap) in rows.iter().zip(gaps) {
                row_gaps[row] = gap;
            }
        })?;
        Ok(found)
    }

    fn recompute_weights(&mut self) -> Result<(), Unreadable> {
        self.weights.fill(0.0);
        self.bias = 0.0;
        self.each(&self.all(), |_, on| on.add_all())
    }

    /// A descent among all variables between their bounds would need all rows at once.
    fn is_free(&self, _row: usize) -> bool {
        false
    }

    fn plane(&self) -> (&[f64], f64) {
        (&self.weights, self.bias)
    }

    fn finish(self, found: &Found, passes: u32, converged: bool) -> Solution {
        let StoredDescent { weights, bias, .. } = self;
        let states = self.states.into_iter().zip(self.costs).collect();
        found.solution(weights, bias, states, passes, converged)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{solve, solve_stored};
    use super::*;
    use crate::base::math::uniform;
    use crate::base::streams::{Stream, random_stream};
    use crate::optim::{Hinge, Logistic, SquaredHinge, Stop, primal_objective};

    const BIAS: f64 = 1.0;

    /// Rows in chunks of three, those of one class first.
    struct Sorted {
        rows: CsrMatrix,
        signs: Vec<f64>,
        /// Of ham and spam.
        costs: [f64; 2],
        broken: bool,
    }

    impl Sorted {
        fn new(count: usize, broken: bool) -> Sorted {
            let mut rng = random_stream(7, Stream::Test(0));
            let mut rows = CsrMatrix::new(20);
            let signs: Vec<f64> = (0..count)
                .map(|row| if row < count / 3 { 1.0 } else { -1.0 })
                .collect();
            for sign in &signs {
                let mut entry = |column| (column, (uniform(&mut rng) - 0.5 + sign * 0.1) as f32);
                let row: Vec<(u32, f32)> = (0..20).map(&mut entry).collect();
                rows.push(row.into_iter().filter(|(_, value)| value.abs() > 0.2));
            }
            Sorted {
                rows,
                signs,
                costs: [2.0, 3.0],
                broken,
            }
        }

        fn costs(&self) -> Vec<f64> {
            let cost = |&sign: &f64| self.costs[usize::from(sign > 0.0)];
            self.signs.iter().map(cost).collect()
        }
    }

    impl StoredProblem for Sorted {
        fn columns(&self) -> usize {
            20
        }

        fn bias(&self) -> f64 {
            BIAS
        }

        fn chunks(&self) -> Vec<Vec<(f64, f64)>> {
            let rows = self.signs.iter().copied().zip(self.costs());
            let rows: Vec<(f64, f64)> = rows.collect();
            rows.chunks(3).map(<[_]>::to_vec).collect()
        }

        fn read(&self, chunks: &[usize], rows: &mut CsrMatrix) -> Result<(), Unreadable> {
            if self.broken && chunks.contains(&40) {
                return Err(Unreadable("the disk is gone".to_owned()));
            }
            let of = |&chunk: &usize| 3 * chunk..(3 * chunk + 3).min(self.signs.len());
            *rows = CsrMatrix::new(20);
            let numbers = chunks.iter().flat_map(of);
            numbers.for_each(|row| rows.push_row(self.rows.row(row)));
            Ok(())
        }
    }

    fn is_the_optimum_of_rows_in_memory<L: Dual>(loss: L) {
        let stored = Sorted::new(500, false);
        let costs = stored.costs();
        let problem = Problem {
            rows: &stored.rows,
            signs: &stored.signs,
            costs: &costs,
            bias: BIAS,
        };
        let stop = Stop {
            tol: 1e-9,
            max_iter: 100_000,
        };
        let exact = solve(problem, loss, stop, 1, None, &mut |_| true).unwrap();
        let found = solve_stored(&stored, loss, stop, 1, None, &mut |_| true);
        let found = found.unwrap().unwrap();
        assert!(found.converged && exact.converged);
        let objective = primal_objective(&problem, loss, &found.weights, found.bias);
        assert!((objective - found.primal).abs() <= 1e-12 * objective);
        assert!((found.primal - exact.primal).abs() <= 2e-9 * objective);
        // From the optimum it is there at once, and from that of other costs it comes there.
        let again = solve_stored(&stored, loss, stop, 2, Some(&found), &mut |_| true);
        let again = again.unwrap().unwrap();
        assert!(again.converged && again.passes < 10, "{}", again.passes);
        for costs in [[1.0, 1.5], [1.0, 1.0]] {
            let other = Sorted {
                costs,
                ..Sorted::new(500, false)
            };
            let from = solve_stored(&other, loss, stop, 3, None, &mut |_| true);
            let from = from.unwrap().unwrap();
            let again = solve_stored(&stored, loss, stop, 2, Some(&from), &mut |_| true);
            let again = again.unwrap().unwrap();
            assert!((again.primal - exact.primal).abs() <= 2e-9 * objective);
        }
    }

    #[test]
    fn rows_on_disk_lead_to_the_optimum_of_rows_in_memory() {
        is_the_optimum_of_rows_in_memory(Logistic);
        is_the_optimum_of_rows_in_memory(SquaredHinge);
        is_the_optimum_of_rows_in_memory(Hinge);
    }

    #[test]
    fn rows_that_cannot_be_read_are_an_error_and_whoever_says_so_ends_the_work() {
        let stop = Stop {
            tol: 1e-4,
            max_iter: 100,
        };
        let broken = Sorted::new(500, true);
        let error = solve_stored(&broken, Logistic, stop, 1, None, &mut |_| true);
        assert_eq!(error.unwrap_err().to_string(), "the disk is gone");
        let stored = Sorted::new(500, false);
        let ended = solve_stored(&stored, Logistic, stop, 1, None, &mut |_| false);
        assert!(ended.unwrap().is_none());
    }
}
