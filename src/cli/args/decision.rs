//! Options that say how the decision of each model is chosen.

use crate::base::math::logit;
use crate::results::{Costs, Decision, DecisionRule};
use clap::{ArgGroup, Args};

/// How the threshold, and the band in which a verdict is unsure, are chosen: by costs, by a largest
/// false positive rate, or as given.
#[derive(Args)]
#[command(next_help_heading = "Decision")]
#[group(skip)]
#[command(group = ArgGroup::new("without_costs")
    .args(["max_fpr", "threshold"])
    .conflicts_with_all(["cost_fp", "cost_fn", "cost_unsure"]))]
pub struct DecisionOptions {
    /// Cost of a ham called spam; with costs, each model takes the decision of least expected cost
    /// [default: 1]
    #[arg(long, value_name = "COST")]
    cost_fp: Option<f64>,
    /// Cost of a spam called ham [default: 1]
    #[arg(long, value_name = "COST")]
    cost_fn: Option<f64>,
    /// Cost of a message whose verdict is unsure; without it, none is
    #[arg(long, value_name = "COST")]
    cost_unsure: Option<f64>,
    /// Catch as much spam as a false positive rate of at most this share of ham allows, for
    /// instance 0.1%; chosen by held-out mail
    #[arg(long, value_name = "SHARE", value_parser = share)]
    max_fpr: Option<f64>,
    /// Call a message spam from this probability on, for instance 0.9 or 90% [default: 0.5]
    #[arg(long, value_name = "PROBABILITY", value_parser = probability)]
    threshold: Option<f64>,
}

impl DecisionOptions {
    /// The rule that the user gave, if any.
    pub fn rule(&self) -> Option<DecisionRule> {
        let costs = [self.cost_fp, self.cost_fn, self.cost_unsure];
        if costs.iter().any(Option::is_some) {
            let default = Costs::default();
            return Some(DecisionRule::Costs(Costs {
                false_positive: self.cost_fp.unwrap_or(default.false_positive),
                false_negative: self.cost_fn.unwrap_or(default.false_negative),
                unsure: self.cost_unsure,
            }));
        }
        let threshold = self.threshold.map(|p| Decision::at(logit(p)));
        self.max_fpr
            .map(DecisionRule::MaxFpr)
            .or(threshold.map(DecisionRule::Fixed))
    }

    /// Overrides `rule` with what the user gave.
    pub fn fill(&self, rule: &mut DecisionRule) {
        *rule = self.rule().unwrap_or(*rule);
    }
}

/// A share: 0.001 or 0.1%.
pub fn share(text: &str) -> Result<f64, String> {
    let (number, unit) = match text.strip_suffix('%') {
        Some(number) => (number.trim_end(), 100.0),
        None => (text, 1.0),
    };
    match number.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number / unit),
        _ => Err("a share such as 0.001 or 0.1% is expected".to_owned()),
    }
}

/// A probability at which a threshold can stand.
fn probability(text: &str) -> Result<f64, String> {
    let probability = share(text)?;
    if 0.0 < probability && probability < 1.0 {
        Ok(probability)
    } else {
        Err("a probability between 0 and 1 is expected".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_may_be_in_percent_and_a_probability_is_neither_0_nor_1() {
        assert_eq!(share("0.1%"), Ok(0.001));
        assert_eq!(share("0.25"), Ok(0.25));
        assert!(share("few").is_err() && share("nan%").is_err());
        assert_eq!(probability("90 %"), Ok(0.9));
        assert!(probability("1").is_err() && probability("0%").is_err());
    }
}
