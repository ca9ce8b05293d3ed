//! What the decision of a model comes to on test messages: verdicts by class, cost, and total cost
//! ratios. `statistics` works it out.

use serde::{Deserialize, Serialize};

/// The weights λ of a false positive, in false negatives, of the total cost ratios.
pub const LAMBDAS: [u32; 3] = [1, 9, 999];

/// What the decision of a model came to on all test messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionOutcome {
    /// Messages by class and verdict: of ham, of spam; called ham, unsure, spam.
    pub verdicts: [[usize; 3]; 2],
    /// The share of ham called spam, of which an unsure message is none; absent from files of
    /// earlier programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub false_positive_rate: Option<Bounded>,
    /// Cost per message, in the unit of the costs; none where the rule names no costs.
    pub cost: Option<Bounded>,
    /// The total cost ratio at each λ.
    pub total_cost_ratios: Vec<TotalCostRatio>,
}

/// A value with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bounded {
    /// The value.
    pub value: f64,
    /// The interval.
    pub interval: [f64; 2],
}

/// How many times more it costs to have no filter than to have this one, where a false positive
/// costs as much as λ false negatives: spam / (λ false positives + false negatives)
/// (Androutsopoulos et al., SIGIR 2000). Below 1 no filter is better. An unsure message counts as
/// the class that the threshold names.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TotalCostRatio {
    /// What a false positive costs, in false negatives.
    pub lambda: u32,
    /// The ratio; none where nothing went wrong.
    pub value: Option<f64>,
    /// The 95 % interval, without an upper end where nothing going wrong is within it.
    pub interval: (f64, Option<f64>),
}

impl DecisionOutcome {
    /// Messages of which the model was unsure.
    pub fn unsure(&self) -> usize {
        self.verdicts.iter().map(|of_class| of_class[1]).sum()
    }
}
