//! Training of a net: steps against the slopes of mini-batches, until the loss of messages held out
//! no longer falls; the weights that did best there are kept.
//!
//! A batch is cut into two parts, whatever the number of threads, and their slopes are added in
//! order; the order of a pass and the noise of a step have random streams of their own. So the same
//! seed gives the same bits, and a fit that goes on from the [`State`] after any step ends in the
//! bits of one that was not interrupted. A budget is a number of passes, never a time. The first
//! steps are short (warm-up), a gradient that is too long is shortened (Pascanu, Mikolov and
//! Bengio, ICML 2013), and decay is decoupled from the gradient (Loshchilov and Hutter, ICLR 2019).

use super::functions::{add_scaled, scale, sum_of_squares};
use super::kernel::vectorized;
use crate::base::math::shuffle;
use crate::base::streams::{Stream, random_stream};
use crate::optim::early_stopping::EarlyStopping;
use crate::optim::optimizer::{Optimizer, Schedule, UpdateRule};
use rand_pcg::Pcg64;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Parts of a batch.
pub const PARTS: usize = 2;
/// Pieces into which the weights are cut for a step, so that all threads take part.
const PIECES: usize = 8;

/// What is minimised: the mean of a loss over rows, in nats.
pub trait Objective: Sync {
    /// Room for one part of a batch.
    type Work: Send;

    /// Room for one part.
    fn work(&self) -> Self::Work;

    /// Adds the slopes of the mean loss of the batch, as far as these rows contribute to it, to
    /// `gradient`. Returns the sum of their losses.
    fn slopes(
        &self,
        weights: &[f32],
        part: &mut Part<'_>,
        work: &mut Self::Work,
        gradient: &mut [f32],
    ) -> f64;

    /// The mean loss of what is held out; None where nothing is.
    fn held_out(&self, weights: &[f32], work: &mut [Self::Work; PARTS]) -> Option<f64>;
}

/// Part of a batch.
pub struct Part<'a> {
    /// Rows of the training set.
    pub rows: &'a [u32],
    /// Rows of the whole batch.
    pub batch: usize,
    /// Passes over the training set before this step.
    pub passes: f64,
    /// What is random in this part.
    pub rng: Pcg64,
}

/// How a net is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// How a gradient becomes a step.
    pub rule: UpdateRule,
    /// The rate after the warm-up.
    pub learning_rate: f64,
    /// How it falls over all passes.
    pub schedule: Schedule,
    /// Steps over which the rate rises to the first one.
    pub warm_up: u32,
    /// The longest gradient.
    pub max_norm: f64,
    /// What a weight loses with each step, as a share of it, times the rate.
    pub weight_decay: f64,
    /// Rows of a step.
    pub batch_size: usize,
    /// Passes over all rows at most.
    pub max_iter: u32,
    /// Passes without a better loss after which the work ends.
    pub n_iter_no_change: u32,
    /// Passes before the first measurement that counts.
    pub settling: u32,
}

impl Plan {
    /// That of nets that read windows of tokens.
    pub const SEQUENCES: Plan = Plan {
        rule: UpdateRule::Adam,
        learning_rate: 0.002,
        schedule: Schedule::Cosine,
        warm_up: 100,
        max_norm: 1.0,
        weight_decay: 0.01,
        batch_size: 16,
        max_iter: 6,
        n_iter_no_change: 2,
        settling: 0,
    };
}

/// A fit under way.
#[derive(Clone, Serialize, Deserialize)]
pub struct State {
    weights: Vec<f32>,
    optimizers: Vec<Optimizer<f32>>,
    /// What the last whole pass came to.
    last: Passed,
    /// Batches of the pass under way that were learned from, and the sum of their losses.
    batches: usize,
    losses: f64,
    steps: u32,
    stopping: EarlyStopping<Vec<f32>>,
}

impl State {
    /// Before the first step.
    pub fn new(weights: Vec<f32>, plan: &Plan) -> State {
        let pieces = weights.chunks(piece(weights.len()));
        State {
            optimizers: pieces
                .map(|piece| Optimizer::new(plan.rule, 1, piece.len()))
                .collect(),
            last: Passed {
                passes: 0,
                loss: f64::NAN,
                held_out: None,
            },
            batches: 0,
            losses: 0.0,
            steps: 0,
            stopping: EarlyStopping::new(plan.n_iter_no_change, weights.clone())
                .counting_from(plan.settling),
            weights,
        }
    }

    /// The weights as they stand.
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }

    /// As bytes, for [`State::resumed`].
    pub fn to_bytes(&self) -> Vec<u8> {
        // Writing to memory cannot fail; no bytes at all are refused.
        postcard::to_stdvec(self).unwrap_or_default()
    }

    /// The state in these bytes, if a fit that begins like this one can go on from it.
    pub fn resumed(&self, bytes: &[u8]) -> Option<State> {
        let kept: State = postcard::from_bytes(bytes).ok()?;
        let alike = |kept: &[f32], begin: &[f32]| kept.len() == begin.len() && is_finite(kept);
        let optimizers = kept.optimizers.iter().zip(&self.optimizers);
        let sound = alike(&kept.weights, &self.weights)
            && alike(kept.stopping.best(), self.stopping.best())
            && kept.optimizers.len() == self.optimizers.len()
            && optimizers
                .into_iter()
                .all(|(kept, begin)| kept.is_like(begin));
        sound.then_some(kept)
    }

    /// Whether there is a pass to come, or to go on with.
    fn goes_on(&self, plan: &Plan) -> bool {
        self.last.passes < plan.max_iter && !self.stopping.is_over(self.last.passes)
    }
}

fn is_finite(weights: &[f32]) -> bool {
    sum_of_squares(weights).is_finite()
}

fn piece(weights: usize) -> usize {
    weights.div_ceil(PIECES).max(1)
}

/// What a pass came to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Passed {
    /// Passes so far.
    pub passes: u32,
    /// Mean loss of the rows as they were learned from, in nats.
    pub loss: f64,
    /// Mean loss of what is held out.
    pub held_out: Option<f64>,
}

/// A trained net.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// The best weights.
    pub weights: Vec<f32>,
    /// The last pass.
    pub last: Passed,
    /// Whether the loss of what is held out said when to stop.
    pub stopped_early: bool,
}

/// Why a fit came to no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Whoever watched it wanted no more.
    Cancelled,
    /// The loss or a weight is no longer a finite number.
    Diverged {
        /// Steps before.
        step: u32,
    },
}

/// Trains on `rows` rows from a state on. `watch` sees the state after each step, once more with
/// what a pass came to, and says whether to go on.
pub fn fit<O: Objective>(
    objective: &O,
    rows: usize,
    plan: &Plan,
    seed: u64,
    mut state: State,
    watch: &mut dyn FnMut(&State, Option<Passed>) -> bool,
) -> Result<Trained, Stopped> {
    let mut works: [O::Work; PARTS] = std::array::from_fn(|_| objective.work());
    let mut gradients: [Vec<f32>; PARTS] = std::array::from_fn(|_| vec![0.0; state.weights.len()]);
    let size = plan.batch_size.max(1);
    while state.goes_on(plan) {
        let mut order: Vec<u32> = (0..rows as u32).collect();
        let mut rng = random_stream(seed, Stream::NetPass(state.last.passes));
        shuffle(&mut order, &mut rng);
        for batch in order.chunks(size).skip(state.batches) {
            let within = (state.batches * size) as f64 / rows as f64;
            let passes = f64::from(state.last.passes) + within;
            let loss = slopes(
                objective,
                &state.weights,
                batch,
                passes,
                &|part| random_stream(seed, Stream::NetStep(state.steps, part)),
                &mut works,
                &mut gradients,
            );
            state.steps += 1;
            if !loss.is_finite() || !step(&mut state, &mut gradients[0], passes, plan) {
                return Err(Stopped::Diverged { step: state.steps });
            }
            state.batches += 1;
            state.losses += loss;
            if !watch(&state, None) {
                return Err(Stopped::Cancelled);
            }
        }
        let passed = end_pass(&mut state, rows, plan, |weights| {
            objective.held_out(weights, &mut works)
        })?;
        if !watch(&state, Some(passed)) {
            return Err(Stopped::Cancelled);
        }
    }
    let State { last, stopping, .. } = state;
    let early = stopping.is_over(last.passes) && last.passes < plan.max_iter;
    Ok(Trained {
        stopped_early: last.held_out.is_some() && early,
        weights: stopping.into_best(),
        last,
    })
}

/// Measures the weights after a pass, and keeps them if they are the best so far.
fn end_pass(
    state: &mut State,
    rows: usize,
    plan: &Plan,
    held_out: impl FnOnce(&[f32]) -> Option<f64>,
) -> Result<Passed, Stopped> {
    let passed = Passed {
        passes: state.last.passes + 1,
        loss: state.losses / rows.max(1) as f64,
        held_out: held_out(&state.weights),
    };
    let measured = passed.held_out.unwrap_or(passed.loss);
    if !measured.is_finite() {
        return Err(Stopped::Diverged { step: state.steps });
    }
    (state.last, state.batches, state.losses) = (passed, 0, 0.0);
    // A fit that ends before it has settled keeps its last weights.
    if passed.passes > plan.settling || passed.passes == plan.max_iter {
        let State {
            stopping, weights, ..
        } = state;
        stopping.offer(passed.passes, measured, || weights.clone());
    }
    Ok(passed)
}

/// The slopes of a batch, in the first of `gradients`, and the sum of its losses.
fn slopes<O: Objective>(
    objective: &O,
    weights: &[f32],
    batch: &[u32],
    passes: f64,
    rng: &(dyn Fn(u8) -> Pcg64 + Sync),
    works: &mut [O::Work; PARTS],
    gradients: &mut [Vec<f32>; PARTS],
) -> f64 {
    let size = batch.len().div_ceil(PARTS);
    let part = |at: usize| {
        let from = (at * size).min(batch.len());
        &batch[from..(from + size).min(batch.len())]
    };
    let rooms = works.par_iter_mut().zip(gradients.par_iter_mut());
    let of_part = |(at, (work, gradient)): (usize, (&mut O::Work, &mut Vec<f32>))| {
        gradient.fill(0.0);
        let mut part = Part {
            rows: part(at),
            batch: batch.len(),
            passes,
            rng: rng(at as u8),
        };
        objective.slopes(weights, &mut part, work, gradient)
    };
    let losses: Vec<f64> = rooms.enumerate().map(of_part).collect();
    let [first, others @ ..] = gradients;
    for other in others {
        first
            .par_chunks_mut(piece(weights.len()))
            .zip(other.par_chunks(piece(weights.len())))
            .for_each(|(sum, more)| add_scaled(sum, 1.0, more));
    }
    losses.iter().sum()
}

/// Moves the weights against the gradient, which is shortened if it is too long. Returns whether
/// all of them are finite.
fn step(state: &mut State, gradient: &mut [f32], passes: f64, plan: &Plan) -> bool {
    let size = piece(gradient.len());
    let squares: Vec<f32> = gradient.par_chunks(size).map(sum_of_squares).collect();
    let norm = f64::from(squares.iter().sum::<f32>()).sqrt();
    let shortened = (plan.max_norm / norm.max(plan.max_norm)) as f32;
    let warm = f64::from(state.steps) / f64::from(plan.warm_up.max(1));
    let done = passes / f64::from(plan.max_iter.max(1));
    let rate = plan.learning_rate * warm.min(1.0) * plan.schedule.share(done);
    let kept = (1.0 - rate * plan.weight_decay) as f32;
    let pieces = state
        .weights
        .par_chunks_mut(size)
        .zip(gradient.par_chunks_mut(size))
        .zip(&mut state.optimizers);
    let moved = pieces.map(|((weights, gradient), optimizer)| {
        if kept != 1.0 {
            scale(weights, kept);
        }
        if shortened != 1.0 {
            scale(gradient, shortened);
        }
        vectorized(
            #[inline(always)]
            || optimizer.step(0, weights, gradient, rate),
        );
        is_finite(weights)
    });
    moved.reduce(|| true, |all, one| all & one)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::base::math::uniform;
    use crate::base::streams::hash_of_content;
    use crate::nn::functions::{rectify, rectify_back};
    use crate::nn::kernel::tests::on_every_architecture;
    use crate::nn::layers::Dense;
    use crate::nn::weights::{Begin, Layout};

    /// A net of two layers learns a function of three numbers; every eighth row is held out.
    struct Toy {
        hidden: Dense,
        output: Dense,
        x: Vec<[f32; 3]>,
        y: Vec<f32>,
    }

    const ROWS: usize = 70;
    const HELD: usize = 10;

    impl Toy {
        fn new(layout: &mut Layout) -> Toy {
            let mut rng = random_stream(2, Stream::Test(1));
            let mut draw = || uniform(&mut rng) as f32 - 0.5;
            let x: Vec<[f32; 3]> = (0..ROWS + HELD).map(|_| [draw(), draw(), draw()]).collect();
            let y = x.iter().map(|[a, b, c]| 2.0 * a * b - c + 0.3).collect();
            Toy {
                hidden: Dense::new(layout, ["w", "b"], 3, 9, Begin::Normal(0.6)),
                output: Dense::new(layout, ["v", "c"], 9, 1, Begin::Normal(0.3)),
                x,
                y,
            }
        }

        /// Sum of half the squares of the errors, with the slopes of `scale` times it.
        fn loss(&self, all: &[f32], rows: &[u32], scale: f32, gradient: Option<&mut [f32]>) -> f64 {
            let x: Vec<f32> = rows.iter().flat_map(|&row| self.x[row as usize]).collect();
            let (mut units, mut out) = (Vec::new(), Vec::new());
            self.hidden.forward(all, &x, &mut units);
            rectify(&mut units);
            self.output.forward(all, &units, &mut out);
            let off = out
                .iter()
                .zip(rows)
                .map(|(out, &row)| out - self.y[row as usize]);
            let off: Vec<f32> = off.collect();
            if let Some(gradient) = gradient {
                let slopes: Vec<f32> = off.iter().map(|off| scale * off).collect();
                let (mut back, mut unused) = (Vec::new(), Vec::new());
                self.output
                    .backward(all, &units, &slopes, gradient, &mut back);
                rectify_back(&units, &mut back);
                self.hidden.backward(all, &x, &back, gradient, &mut unused);
            }
            off.iter().map(|off| f64::from(off * off) / 2.0).sum()
        }
    }

    impl Objective for Toy {
        type Work = ();

        fn work(&self) {}

        fn slopes(
            &self,
            weights: &[f32],
            part: &mut Part<'_>,
            (): &mut (),
            gradient: &mut [f32],
        ) -> f64 {
            self.loss(weights, part.rows, 1.0 / part.batch as f32, Some(gradient))
        }

        fn held_out(&self, weights: &[f32], _: &mut [(); PARTS]) -> Option<f64> {
            let held: Vec<u32> = (ROWS as u32..(ROWS + HELD) as u32).collect();
            Some(self.loss(weights, &held, 0.0, None) / HELD as f64)
        }
    }

    const PLAN: Plan = Plan {
        rule: UpdateRule::Adam,
        learning_rate: 0.02,
        schedule: Schedule::Cosine,
        warm_up: 5,
        max_norm: 1.0,
        weight_decay: 0.01,
        batch_size: 16,
        max_iter: 40,
        n_iter_no_change: 40,
        settling: 2,
    };

    type Watch<'a> = &'a mut dyn FnMut(&State, Option<Passed>) -> bool;

    fn toy(plan: &Plan, watch: Watch<'_>) -> Result<Trained, Stopped> {
        toy_from(plan, Some, watch)
    }

    /// From the state that `begin` makes of the first one.
    fn toy_from(
        plan: &Plan,
        begin: impl FnOnce(State) -> Option<State>,
        watch: Watch<'_>,
    ) -> Result<Trained, Stopped> {
        let mut layout = Layout::default();
        let toy = Toy::new(&mut layout);
        let weights = layout.begin(&mut random_stream(3, Stream::Test(2)));
        let state = begin(State::new(weights, plan)).unwrap();
        fit(&toy, ROWS, plan, 1, state, watch)
    }

    #[test]
    fn a_net_learns_what_is_not_linear() {
        let mut losses = Vec::new();
        let trained = toy(&PLAN, &mut |_, passed| {
            losses.extend(passed.map(|passed| passed.held_out.unwrap()));
            true
        });
        let trained = trained.unwrap();
        assert_eq!((trained.last.passes, losses.len()), (40, 40));
        // The best linear function of the inputs leaves E (2ab)² / 2 = 2 / 144.
        let least = losses.iter().copied().fold(f64::INFINITY, f64::min);
        assert!(least < 0.4 * 2.0 / 144.0, "{least}");
    }

    /// A hash of the bits of all weights.
    fn hash(weights: &[f32]) -> u64 {
        let bits = weights.iter().map(|weight| weight.to_bits());
        hash_of_content(bits.flat_map(u32::to_le_bytes))
    }

    /// Checks that a fit from these weights on leads to the same bits at any number of threads and
    /// with each set of instructions, and that they have this hash.
    pub fn check_bits(
        objective: &impl Objective,
        rows: usize,
        plan: &Plan,
        weights: &[f32],
        pinned: u64,
    ) {
        let fitted = || {
            let state = State::new(weights.to_vec(), plan);
            let fitted = fit(objective, rows, plan, 1, state, &mut |_, _| true);
            hash(&fitted.unwrap().weights)
        };
        let mut scalar = None;
        for threads in 1..=3 {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let pool = pool.unwrap();
            let hashes = on_every_architecture(|| pool.install(fitted));
            // Scalar code on one thread comes first.
            let scalar = *scalar.get_or_insert(hashes[0]);
            let same = hashes.iter().all(|hash| *hash == scalar);
            assert!(same, "{threads} threads: {hashes:?}, not {scalar}");
        }
        // Pinned by this very program: a change of any bit must be meant.
        assert_eq!(scalar, Some(pinned));
    }

    #[test]
    fn the_bits_are_the_same_at_any_number_of_threads_and_on_every_architecture() {
        let mut layout = Layout::default();
        let toy = Toy::new(&mut layout);
        let weights = layout.begin(&mut random_stream(3, Stream::Test(2)));
        check_bits(&toy, ROWS, &PLAN, &weights, PINNED);
    }

    const PINNED: u64 = 2_396_823_340_969_931_771;

    /// A loss whose slopes by two weights are told, pass by pass.
    struct Told(Vec<[f32; 2]>);

    impl Objective for Told {
        type Work = ();

        fn work(&self) {}

        fn slopes(&self, _: &[f32], part: &mut Part<'_>, (): &mut (), gradient: &mut [f32]) -> f64 {
            if !part.rows.is_empty() {
                gradient.copy_from_slice(&self.0[part.passes as usize]);
            }
            0.0
        }

        fn held_out(&self, _: &[f32], _: &mut [(); PARTS]) -> Option<f64> {
            None
        }
    }

    /// Checks the weights after each step from (1, 2) on, one for each pass, given its gradient.
    fn check_steps(plan: Plan, steps: &[([f32; 2], [f64; 2])]) {
        let plan = Plan {
            max_iter: steps.len() as u32,
            ..plan
        };
        let told = Told(steps.iter().map(|(gradient, _)| *gradient).collect());
        let mut expected = steps.iter().map(|(_, weights)| weights);
        let watch = &mut |state: &State, passed: Option<Passed>| {
            if passed.is_none() {
                for (weight, expected) in state.weights().iter().zip(expected.next().unwrap()) {
                    // A few roundings of numbers below 2.
                    let near = (f64::from(*weight) - expected).abs() < 3e-7;
                    assert!(near, "{weight} is not {expected}, step {}", state.steps);
                }
            }
            true
        };
        let state = State::new(vec![1.0, 2.0], &plan);
        fit(&told, 1, &plan, 1, state, watch).unwrap();
        assert_eq!(expected.next(), None);
    }

    /// Each weight is a piece of its own here, so that a norm of pieces would be another one.
    #[test]
    fn steps_with_warm_up_clipping_and_a_schedule_agree_with_those_worked_by_hand() {
        let plan = Plan {
            rule: UpdateRule::Sgd,
            learning_rate: 0.5,
            schedule: Schedule::Cosine,
            warm_up: 2,
            max_norm: 1.0,
            weight_decay: 0.1,
            ..PLAN
        };
        check_steps(
            plan,
            &[
                // Warm-up 1/2, cosine (1 + cos 0) / 2 = 1: rate 0.25, kept 1 - 0.25 · 0.1 = 0.975.
                // The norm √(3² + 4²) = 5 is cut to 1: (0.6, 0.8).
                // (1 · 0.975 - 0.25 · 0.6, 2 · 0.975 - 0.25 · 0.8) = (0.975 - 0.15, 1.95 - 0.2).
                ([3.0, 4.0], [0.825, 1.75]),
                // Warm-up 2/2, cosine (1 + cos π/3) / 2 = 0.75: rate 0.375, kept 0.9625.
                // The norm √(0.4² + 0.8²) = 0.89 stays.
                // (0.825 · 0.9625 - 0.375 · 0.4, 1.75 · 0.9625 - 0.375 · 0.8)
                // = (0.7940625 - 0.15, 1.684375 - 0.3).
                ([0.4, 0.8], [0.644_062_5, 1.384_375]),
                // Warm-up ended, cosine (1 + cos 2π/3) / 2 = 0.25: rate 0.125, kept 0.9875.
                // (0.6440625 · 0.9875, 1.384375 · 0.9875).
                ([0.0, 0.0], [0.636_011_718_75, 1.367_070_312_5]),
            ],
        );
    }

    /// AdamW, algorithm 2 of Loshchilov and Hutter (ICLR 2019): what decays is no part of the
    /// gradient, so that a weight without one decays and does nothing else.
    #[test]
    fn decay_apart_from_the_gradient_agrees_with_steps_worked_by_hand() {
        let plan = Plan {
            rule: UpdateRule::Adam,
            learning_rate: 0.1,
            schedule: Schedule::Constant,
            warm_up: 0,
            max_norm: 10.0,
            weight_decay: 0.5,
            ..PLAN
        };
        // Kept 1 - 0.1 · 0.5 = 0.95. Corrected for its start, the mean is 0.2 / 0.1 = 2 and then
        // (0.9 · 0.2 - 0.1) / (1 - 0.9²) = 0.08 / 0.19, and that of the squares is
        // 0.004 / 0.001 = 4 and then (0.999 · 0.004 + 0.001) / (1 - 0.999²) = 0.004996 / 0.001999.
        let second = 0.1 * (0.08 / 0.19) / (0.004_996_f64 / 0.001_999).sqrt();
        check_steps(
            plan,
            &[
                // (1 · 0.95 - 0.1 · 2 / √4, 2 · 0.95).
                ([2.0, 0.0], [0.85, 1.9]),
                // (0.85 · 0.95 - second, 1.9 · 0.95).
                ([-1.0, 0.0], [0.8075 - second, 1.805]),
            ],
        );
    }

    #[test]
    fn a_fit_that_was_interrupted_ends_in_the_bits_of_one_that_was_not() {
        let mut states = Vec::new();
        let whole = toy(&PLAN, &mut |state, _| {
            states.push(state.to_bytes());
            true
        });
        let whole = whole.unwrap();
        // Five steps and an end in each of forty passes.
        assert_eq!(states.len(), 40 * 6);
        // The first, in the midst of the first pass and of a later one, its end, and the last.
        for at in [0, 3, 15, 16, 17, 100, 238, 239] {
            let mut seen = 0;
            let resume = |begin: State| begin.resumed(&states[at]);
            let resumed = toy_from(&PLAN, resume, &mut |_, _| {
                seen += 1;
                true
            });
            assert_eq!((resumed, seen), (Ok(whole.clone()), 239 - at), "{at}");
        }
        let stopped = toy(&PLAN, &mut |_, passed| {
            passed.is_none_or(|of| of.passes < 17)
        });
        assert_eq!(stopped, Err(Stopped::Cancelled));
    }

    #[test]
    fn a_state_of_another_fit_is_refused() {
        let state = |weights: Vec<f32>, rule| State::new(weights, &Plan { rule, ..PLAN });
        let begin = state(vec![1.0; 20], UpdateRule::Adam);
        let bytes = begin.to_bytes();
        assert!(begin.resumed(&bytes).is_some());
        for other in [
            state(vec![1.0; 21], UpdateRule::Adam),
            state(vec![1.0; 20], UpdateRule::Sgd),
            state(vec![f32::NAN; 20], UpdateRule::Adam),
        ] {
            assert!(begin.resumed(&other.to_bytes()).is_none());
        }
        for cut in 0..bytes.len() {
            assert!(begin.resumed(&bytes[..cut]).is_none(), "cut at {cut}");
        }
    }

    #[test]
    fn patience_and_divergence_end_a_fit() {
        let impatient = Plan {
            n_iter_no_change: 1,
            learning_rate: 0.5,
            max_norm: 1e9,
            ..PLAN
        };
        let trained = toy(&impatient, &mut |_, _| true).unwrap();
        assert!(trained.stopped_early && trained.last.passes < 40);
        let far_too_fast = Plan {
            rule: UpdateRule::Sgd,
            learning_rate: 1e9,
            max_norm: 1e9,
            ..PLAN
        };
        let diverged = toy(&far_too_fast, &mut |_, _| true);
        assert!(
            matches!(diverged, Err(Stopped::Diverged { .. })),
            "{diverged:?}"
        );
    }
}
