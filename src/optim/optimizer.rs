//! The rules by which stochastic methods turn a gradient into a step, in one table, and how their
//! rate falls.
//!
//! Weights come in blocks of one length (one weight of a linear model, one input's weights of a
//! net); a step moves one block and leaves the state of all others alone, so a sparse row costs
//! what it holds. With g the gradient and r the rate: `sgd` w -= r g (Robbins and Monro 1951),
//! `averaged` likewise, its iterates averaged (Polyak and Juditsky 1992); `momentum` v = 0.9 v + g,
//! w -= r v (Polyak 1964); `adagrad` s += g², w -= r g / √s (Duchi et al., JMLR 12, 2011);
//! `rmsprop` s = 0.9 s + 0.1 g², likewise (Tieleman and Hinton 2012); `adam` both moments,
//! corrected for their start (Kingma and Ba, ICLR 2015; here by how often the block moved); `ftrl`
//! per-coordinate FTRL-Proximal (McMahan et al., KDD 2013).

use crate::base::choices::choices;
use num_traits::Float;
use serde::{Deserialize, Serialize};

choices! {
    /// How a gradient becomes a step.
    pub enum UpdateRule {
        /// The gradient itself.
        Sgd = "sgd",
        /// As `Sgd`; whoever drives it averages the weights.
        Averaged = "averaged",
        /// A running sum of gradients.
        Momentum = "momentum",
        /// Each weight's rate falls with the gradients it has seen.
        AdaGrad = "adagrad",
        /// Each weight's rate follows its recent gradients.
        RmsProp = "rmsprop",
        /// Both a running mean and rates by recent gradients.
        Adam = "adam",
        /// Follow the proximally regularised leader; weights must begin at 0 and its rate must
        /// stay.
        Ftrl = "ftrl",
    }
}

/// What [`UpdateRule::Ftrl`] adds to the losses.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Proximal {
    /// Slows the first steps: the rate of a weight is `rate / (beta + √Σ g²)`.
    pub beta: f64,
    /// Factor of the absolute weight (lasso).
    pub l1: f64,
    /// Factor of half its square (ridge).
    pub l2: f64,
}

impl Default for Proximal {
    fn default() -> Proximal {
        Proximal {
            beta: 1.0,
            l1: 0.0,
            l2: 0.0,
        }
    }
}

impl UpdateRule {
    /// Vectors of state, each as long as the weights.
    fn states(self) -> [bool; 2] {
        match self {
            UpdateRule::Sgd | UpdateRule::Averaged => [false, false],
            UpdateRule::Momentum => [true, false],
            UpdateRule::AdaGrad | UpdateRule::RmsProp => [false, true],
            UpdateRule::Adam | UpdateRule::Ftrl => [true, true],
        }
    }
}

choices! {
    /// How the rate falls.
    pub enum Schedule {
        /// It stays at the first rate.
        Constant = "constant",
        /// 1 / (1 + 10 t): to a tenth early and on from there; t runs from 0 to 1.
        Inverse = "inverse",
        /// (1 + cos π t) / 2: slowly at first, to 0 at the end (Loshchilov and Hutter 2017, without
        /// restarts).
        Cosine = "cosine",
    }
}

impl Schedule {
    /// The share of the first rate left when the share `done` of the work is done.
    pub fn share(self, done: f64) -> f64 {
        match self {
            Schedule::Constant => 1.0,
            Schedule::Inverse => 1.0 / (1.0 + 10.0 * done),
            Schedule::Cosine => f64::midpoint(1.0, (std::f64::consts::PI * done).cos()),
        }
    }
}

const MOMENTUM: f64 = 0.9;
const RMS_DECAY: f64 = 0.9;
const ADAM_DECAYS: [f64; 2] = [0.9, 0.999];
/// Keeps a first step finite where the gradient is 0.
const SMALL: f64 = 1e-8;

/// A rule with its state, for weights in blocks of one length.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Optimizer<F> {
    rule: UpdateRule,
    /// Read by FTRL alone.
    proximal: Proximal,
    /// Read by Adam alone.
    decays: [f64; 2],
    length: usize,
    first: Vec<F>,
    second: Vec<F>,
    /// How often each block moved; read by Adam alone.
    moves: Vec<u32>,
    /// What Adam's two means must be divided by after so many moves.
    starts: Vec<[f64; 2]>,
}

impl<F: Float> Optimizer<F> {
    /// A rule at its start, for `blocks` blocks of `length` weights each.
    pub fn new(rule: UpdateRule, blocks: usize, length: usize) -> Optimizer<F> {
        let state = |wanted: bool| vec![F::zero(); if wanted { blocks * length } else { 0 }];
        let [first, second] = rule.states().map(state);
        Optimizer {
            rule,
            proximal: Proximal::default(),
            decays: ADAM_DECAYS,
            length,
            first,
            second,
            moves: vec![0; if rule == UpdateRule::Adam { blocks } else { 0 }],
            starts: Vec::new(),
        }
    }

    /// Whether this can be the state of what began as `begin`: it has the same rule and as many
    /// numbers.
    pub fn is_like(&self, begin: &Optimizer<F>) -> bool {
        let sizes =
            |of: &Optimizer<F>| [of.length, of.first.len(), of.second.len(), of.moves.len()];
        let known = self.starts.len();
        self.rule == begin.rule
            && sizes(self) == sizes(begin)
            && self.moves.iter().all(|&moves| moves as usize <= known)
    }

    /// Makes room for `blocks` blocks; new ones begin as the first ones did.
    pub fn grow(&mut self, blocks: usize) {
        let [first, second] = self.rule.states();
        for (state, wanted) in [(&mut self.first, first), (&mut self.second, second)] {
            if wanted {
                state.resize(blocks * self.length, F::zero());
            }
        }
        if self.rule == UpdateRule::Adam {
            self.moves.resize(blocks, 0);
        }
    }

    /// The same optimizer with another proximal term, of which only [`UpdateRule::Ftrl`] takes
    /// notice.
    pub fn with_proximal(self, proximal: Proximal) -> Optimizer<F> {
        Optimizer { proximal, ..self }
    }

    /// The same optimizer with other shares that the two means of [`UpdateRule::Adam`] keep at each
    /// step, in place of 0.9 and 0.999.
    pub fn with_decays(self, decays: [f64; 2]) -> Optimizer<F> {
        Optimizer { decays, ..self }
    }

    /// Moves the weights of one block against their gradient.
    #[inline(always)]
    pub fn step(&mut self, block: usize, weights: &mut [F], gradient: &[F], rate: f64) {
        let number = |x: f64| F::from(x).unwrap_or_else(F::zero);
        let span = block * self.length..(block + 1) * self.length;
        let (r, small) = (number(rate), number(SMALL));
        let pairs = weights.iter_mut().zip(gradient);
        match self.rule {
            UpdateRule::Sgd | UpdateRule::Averaged => {
                for (weight, &g) in pairs {
                    *weight = *weight - r * g;
                }
            }
            UpdateRule::Momentum => {
                for ((weight, &g), v) in pairs.zip(&mut self.first[span]) {
                    *v = number(MOMENTUM) * *v + g;
                    *weight = *weight - r * *v;
                }
            }
            UpdateRule::AdaGrad => {
                for ((weight, &g), s) in pairs.zip(&mut self.second[span]) {
                    *s = *s + g * g;
                    *weight = *weight - r * g / (s.sqrt() + small);
                }
            }
            UpdateRule::RmsProp => {
                for ((weight, &g), s) in pairs.zip(&mut self.second[span]) {
                    *s = number(RMS_DECAY) * *s + number(1.0 - RMS_DECAY) * g * g;
                    *weight = *weight - r * g / (s.sqrt() + small);
                }
            }
            UpdateRule::Adam => {
                self.moves[block] += 1;
                let [short, long] = self.decays;
                let moves = self.moves[block];
                let [mean_start, square_start] = starts(&mut self.starts, self.decays, moves);
                let (r, whole) = (number(rate / mean_start), number(1.0 / square_start.sqrt()));
                let states = self.first[span.clone()]
                    .iter_mut()
                    .zip(&mut self.second[span]);
                for ((weight, &g), (mean, square)) in pairs.zip(states) {
                    *mean = number(short) * *mean + number(1.0 - short) * g;
                    *square = number(long) * *square + number(1.0 - long) * g * g;
                    *weight = *weight - r * *mean / (square.sqrt() * whole + small);
                }
            }
            UpdateRule::Ftrl => {
                let Proximal { beta, l1, l2 } = self.proximal;
                let (beta, l1, l2) = (number(beta), number(l1), number(l2));
                let states = self.first[span.clone()]
                    .iter_mut()
                    .zip(&mut self.second[span]);
                for ((weight, &g), (z, n)) in pairs.zip(states) {
                    let before = n.sqrt();
                    *n = *n + g * g;
                    *z = *z + g - (n.sqrt() - before) / r * *weight;
                    let beyond = (z.abs() - l1).max(F::zero());
                    *weight = -z.signum() * beyond / ((beta + n.sqrt()) / r + l2);
                }
            }
        }
    }
}

/// Entry `moves - 1` of a table that grows as it is asked: `1 - decay^moves` of both means.
fn starts(table: &mut Vec<[f64; 2]>, decays: [f64; 2], moves: u32) -> [f64; 2] {
    while table.len() < moves as usize {
        let next = table.len() as i32 + 1;
        table.push(decays.map(|decay| 1.0 - decay.powi(next)));
    }
    table[moves as usize - 1]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::choices::Choice;

    /// Two steps of rate 0.1 from w = 1, gradients 2 and then -1, worked by hand.
    #[test]
    fn two_steps_of_each_rule_agree_with_its_formula_worked_by_hand() {
        let ftrl = {
            // From w = 0: z = 2, n = 4: w = -2 / ((1 + 2) / 0.1); then sigma = (√5 - 2) / 0.1.
            let first = -2.0 / 30.0;
            let z = 2.0 - 1.0 - (5f64.sqrt() - 2.0) / 0.1 * first;
            -z / ((1.0 + 5f64.sqrt()) / 0.1)
        };
        let adam = {
            // First step: mean 2, root of the square 2: -0.1. Then mean (0.9·0.2 - 0.1) / 0.19,
            // square (0.999·0.004 + 0.001) / 0.001999.
            1.0 - 0.1 - 0.1 * (0.08 / 0.19) / (0.004_996_f64 / 0.001_999).sqrt()
        };
        let expected = [
            (UpdateRule::Sgd, 1.0, 1.0 - 0.2 + 0.1),
            (UpdateRule::Averaged, 1.0, 1.0 - 0.2 + 0.1),
            (UpdateRule::Momentum, 1.0, 1.0 - 0.2 - 0.1 * 0.8),
            (UpdateRule::AdaGrad, 1.0, 1.0 - 0.1 + 0.1 / 5f64.sqrt()),
            (
                UpdateRule::RmsProp,
                1.0,
                1.0 - 0.2 / 0.4f64.sqrt() + 0.1 / 0.46f64.sqrt(),
            ),
            (UpdateRule::Adam, 1.0, adam),
            (UpdateRule::Ftrl, 0.0, ftrl),
        ];
        assert_eq!(expected.map(|(rule, ..)| rule), UpdateRule::ALL);
        for (rule, from, expected) in expected {
            let mut optimizer = Optimizer::new(rule, 3, 2);
            let mut weights = [from, 5.0];
            optimizer.step(1, &mut weights, &[2.0, 0.0], 0.1);
            optimizer.step(1, &mut weights, &[-1.0, 0.0], 0.1);
            assert!(
                (weights[0] - expected).abs() < 1e-7,
                "{rule:?}: {} is not {expected}",
                weights[0]
            );
            assert!(
                rule == UpdateRule::Ftrl || weights[1] == 5.0,
                "{rule:?} moves without a gradient"
            );
        }
    }

    #[test]
    fn a_lasso_beyond_every_gradient_keeps_the_weight_at_zero() {
        let mut optimizer = Optimizer::new(UpdateRule::Ftrl, 1, 1).with_proximal(Proximal {
            l1: 3.5,
            ..Proximal::default()
        });
        let mut weight = [0.0_f64];
        optimizer.step(0, &mut weight, &[2.0], 0.1);
        assert_eq!(weight[0].abs(), 0.0);
        optimizer.step(0, &mut weight, &[2.0], 0.1);
        // z = 4, n = 8: half a nat beyond.
        assert!((weight[0] + 0.5 / ((1.0 + 8f64.sqrt()) / 0.1)).abs() < 1e-15);
    }

    #[test]
    fn schedules_fall_from_one() {
        for schedule in Schedule::ALL {
            assert_eq!(schedule.share(0.0), 1.0);
            assert!(schedule.share(0.5) <= 1.0 && schedule.share(1.0) <= schedule.share(0.5));
        }
        assert!(
            Schedule::Cosine.share(1.0).abs() < 1e-15
                && (Schedule::Cosine.share(0.5) - 0.5).abs() < 1e-15
        );
        assert_eq!(Schedule::Inverse.share(0.1), 0.5);
    }
}
