//! From log-odds to verdicts: the decision, what it is chosen by, and what it comes to.

mod outcome;
mod rule;
mod verdict;

pub use outcome::{Bounded, DecisionOutcome, LAMBDAS, TotalCostRatio};
pub use rule::{ChosenDecision, Costs, DecisionRule};
pub use verdict::{Decision, Verdict};
