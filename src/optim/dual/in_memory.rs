//! The work on rows in memory.

use super::coordinates::{DualDescent, Found};
use super::descent::{Descent, Goal, Mix};
use super::face::{Budget, descend};
use super::narrow::Narrow;
use crate::optim::{Dual, Solution};
use std::convert::Infallible;

impl<L: Dual> Descent for DualDescent<'_, L> {
    type Error = Infallible;

    fn rows(&self) -> usize {
        self.states.len()
    }

    fn work(&mut self, chosen: &mut [u32], goal: Goal, mix: Mix<'_>) -> Result<u64, Infallible> {
        // A copy pays only where there are many passes over few rows.
        if goal.enough.is_none() || chosen.len() > self.states.len() / 2 {
            return Ok(self.rounds(chosen, goal, mix));
        }
        let narrow = Narrow::of(&self.problem, chosen);
        let mut on = self.on(&narrow);
        let mut order: Vec<u32> = (0..chosen.len() as u32).collect();
        let visits = on.rounds(&mut order, goal, mix);
        self.take(&narrow, &on.states, &on.weights, on.bias);
        Ok(visits)
    }

    fn check(&mut self, row_gaps: &mut [f64]) -> Result<Found, Infallible> {
        Ok(self.measure(row_gaps))
    }

    fn recompute_weights(&mut self) -> Result<(), Infallible> {
        self.add_up();
        Ok(())
    }

    fn is_free(&self, row: usize) -> bool {
        self.is_between(row)
    }

    fn plane(&self) -> (&[f64], f64) {
        (&self.weights, self.bias)
    }

    fn finish(self, found: &Found, passes: u32, converged: bool) -> Solution {
        let costs = self.problem.costs.iter().copied();
        let states = self.states.into_iter().zip(costs).collect();
        found.solution(self.weights, self.bias, states, passes, converged)
    }
}

impl<L: Dual> DualDescent<'_, L> {
    /// Goes over these rows until the goal is reached. Returns how many rows were visited, each
    /// visit counted.
    pub fn rounds(&mut self, chosen: &mut [u32], goal: Goal, mix: Mix<'_>) -> u64 {
        let mut visits = 0;
        for round in 1.. {
            mix(chosen);
            // The gaps met on the way tell when another check pays.
            let left = self.pass(chosen);
            visits += chosen.len() as u64;
            if left <= goal.aim || round >= goal.rounds || visits >= goal.visits {
                break;
            }
            if let Some(enough) = goal.enough {
                let visits_left = goal.visits - visits;
                visits += descend(
                    self,
                    Budget {
                        enough,
                        visits: visits_left,
                    },
                );
            }
        }
        visits
    }
}
