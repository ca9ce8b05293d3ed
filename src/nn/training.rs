//! Training of a [`Net`]: passes in mini-batches until the loss no longer falls.
//!
//! A pass is measured without dropout; the net of the best pass is kept.

use super::backprop::{Regularisation, Trainer};
use super::net::{Net, Work};
use crate::base::math::shuffle;
use crate::base::streams::{Stream, random_stream};
use crate::optim::Problem;
use crate::optim::early_stopping::EarlyStopping;
use crate::optim::optimizer::{Schedule, UpdateRule};
use crate::optim::stochastic::Passed;
use num_traits::Float;

/// How a net is trained.
#[derive(Debug, Clone, Copy)]
pub struct TrainConfig {
    /// How a gradient becomes a step.
    pub rule: UpdateRule,
    /// The rate at the first step.
    pub learning_rate: f64,
    /// How the rate falls over all passes.
    pub schedule: Schedule,
    /// Rows a step is learned from.
    pub batch_size: usize,
    /// Passes over all rows at most.
    pub max_iter: u32,
    /// Passes without a better loss after which the work ends.
    pub n_iter_no_change: u32,
    /// What keeps the net from overfitting.
    pub regularisation: Regularisation,
}

/// A trained net.
pub struct TrainedNet<F> {
    /// The net of the best pass.
    pub net: Net<F>,
    /// Mean loss in nats and penalty of that net, on the rows it was trained on.
    pub objective: f64,
    /// Passes over all rows.
    pub passes: u32,
    /// Whether the loss of the rows held out said when to stop.
    pub stopped_early: bool,
}

/// Trains `net` on the rows of `problem`, whose bias is not used, watching those of `held`. `watch`
/// sees each pass and the net after it; None if it says not to go on.
pub fn train<F: Float>(
    net: Net<F>,
    problem: &Problem<'_>,
    held: Option<&Problem<'_>>,
    config: &TrainConfig,
    seed: u64,
    watch: &mut dyn FnMut(Passed, &Net<F>) -> bool,
) -> Option<TrainedNet<F>> {
    let mut trainer = Trainer::new(net, problem, config.rule, config.regularisation, seed);
    let mut rng = random_stream(seed, Stream::NetOrder);
    let mut order: Vec<u32> = (0..problem.rows.len() as u32).collect();
    // A held-out set says when to stop by its loss alone: the penalty says nothing of new rows.
    let measure = |net: &Net<F>, work: &mut Work<F>| {
        let penalty = net.penalty(config.regularisation.weight_decay);
        let loss = net.mean_loss(problem, work);
        let held_out = held.map(|held| net.mean_loss(held, work));
        (
            held_out.unwrap_or(penalty + loss),
            penalty + loss,
            held_out.map(|loss| penalty + loss),
        )
    };
    let (measured, objective, _) = measure(&trainer.net, &mut trainer.work);
    let start = (trainer.net.clone(), objective);
    let mut stopping = EarlyStopping::from_measured(config.n_iter_no_change, start, measured);
    let mut pass = 0;
    while pass < config.max_iter && !stopping.is_over(pass) {
        shuffle(&mut order, &mut rng);
        for (at, batch) in order.chunks(config.batch_size.max(1)).enumerate() {
            let done = (f64::from(pass) + (at * config.batch_size) as f64 / order.len() as f64)
                / f64::from(config.max_iter);
            trainer.gradients(batch);
            trainer.step(config.learning_rate * config.schedule.share(done));
        }
        pass += 1;
        let (measured, now, held_out) = measure(&trainer.net, &mut trainer.work);
        if !now.is_finite() {
            // The rate was far too high; the best net so far stands.
            break;
        }
        if !watch(
            Passed {
                pass,
                objective: now,
                held_out,
            },
            &trainer.net,
        ) {
            return None;
        }
        stopping.offer(pass, measured, || (trainer.net.clone(), now));
    }
    let stopped_early = held.is_some() && pass < config.max_iter && stopping.is_over(pass);
    let (net, objective) = stopping.into_best();
    Some(TrainedNet {
        net,
        objective,
        passes: pass,
        stopped_early,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::CsrMatrix;

    const CONFIG: TrainConfig = TrainConfig {
        rule: UpdateRule::Adam,
        learning_rate: 0.01,
        schedule: Schedule::Constant,
        batch_size: 8,
        max_iter: 200,
        n_iter_no_change: 200,
        regularisation: Regularisation {
            weight_decay: 0.01,
            dropout: 0.0,
        },
    };

    /// Rows of two inputs in {0, 1} and the sign of their exclusive or, which no plane parts; eight
    /// of each.
    fn exclusive_or() -> (CsrMatrix, Vec<f64>) {
        let mut rows = CsrMatrix::new(2);
        let mut signs = Vec::new();
        for at in 0..32 {
            let (a, b) = (at & 1, at >> 1 & 1);
            let set = [(0, a), (1, b)].into_iter().filter(|(_, bit)| *bit == 1);
            rows.push(set.map(|(column, _)| (column, 1.0)).collect::<Vec<_>>());
            signs.push(if a == b { -1.0 } else { 1.0 });
        }
        (rows, signs)
    }

    #[test]
    fn a_net_learns_what_no_plane_can() {
        let (rows, signs) = exclusive_or();
        let problem = Problem {
            rows: &rows,
            signs: &signs,
            costs: &[1.0; 32],
            bias: 0.0,
        };
        for hidden in 1..=3 {
            let net = Net::<f32>::random(2, 16, hidden, &mut random_stream(1, Stream::Test(0)));
            let config = TrainConfig {
                regularisation: Regularisation {
                    weight_decay: 1e-4,
                    dropout: 0.0,
                },
                ..CONFIG
            };
            let trained = train(net, &problem, None, &config, 1, &mut |_, _| true).unwrap();
            let mut work = trained.net.work();
            for (row, sign) in signs.iter().enumerate() {
                let output = f64::from(trained.net.row_output(&rows, row, &mut work));
                assert!(sign * output > 2.0, "{hidden} layers, row {row}: {output}");
            }
        }
    }

    #[test]
    fn early_stopping_restores_the_best_net_and_a_rate_far_too_high_ends() {
        let (rows, signs) = exclusive_or();
        let turned: Vec<f64> = signs
            .iter()
            .enumerate()
            .map(|(at, s)| if at % 3 == 0 { -s } else { *s })
            .collect();
        let problem = Problem {
            rows: &rows,
            signs: &turned,
            costs: &[1.0; 32],
            bias: 0.0,
        };
        let held = Problem {
            signs: &signs[..],
            ..problem
        };
        let config = TrainConfig {
            n_iter_no_change: 7,
            regularisation: Regularisation {
                weight_decay: 0.0,
                dropout: 0.0,
            },
            learning_rate: 0.05,
            ..CONFIG
        };
        let mut seen = Vec::new();
        let net = Net::<f64>::random(2, 8, 1, &mut random_stream(1, Stream::Test(0)));
        let trained = train(
            net.clone(),
            &problem,
            Some(&held),
            &config,
            1,
            &mut |passed, _| {
                seen.push(passed.held_out.unwrap());
                true
            },
        )
        .unwrap();
        let least = seen.iter().copied().fold(f64::INFINITY, f64::min);
        assert_eq!(trained.net.mean_loss(&held, &mut trained.net.work()), least);
        assert!(trained.stopped_early && seen[seen.len() - 8] == least);
        let wild = TrainConfig {
            learning_rate: 1e30,
            rule: UpdateRule::Momentum,
            ..CONFIG
        };
        let trained = train(net, &problem, None, &wild, 1, &mut |_, _| true).unwrap();
        assert!(trained.net.inputs() == Some(2) && !trained.stopped_early);
    }
}
