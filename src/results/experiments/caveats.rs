//! What misleads readers of an experiment of many fits, counted while it ran.

use crate::base::mail::Label;
use crate::results::data_card::{ClassDates, LeakyToken};
use crate::results::decision::Decision;
use crate::results::experiment::Resemblance;
use crate::results::statistics::is_miscalibrated;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an experiment found, and what misleads its readers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answered<F> {
    /// What it found.
    #[serde(flatten)]
    pub found: F,
    /// What misleads.
    pub caveats: Caveats,
}

/// What misleads, as far as it can be counted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Caveats {
    /// What is known of the mail of each corpus.
    pub mail: Vec<MailFacts>,
    /// Where one corpus is learned from and another one tested, how much these are alike.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pairs: Vec<PairFacts>,
    /// Each model on all test sets, by its name.
    pub models: BTreeMap<String, TestTally>,
}

/// What is known of the labelled mail of a corpus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MailFacts {
    /// What it is called.
    pub name: String,
    /// Ham and spam.
    pub emails: [usize; 2],
    /// When they were written, where messages of both classes say it.
    pub dates: Option<ClassDates>,
    /// Tokens that nearly determine the class by themselves.
    pub leaky_tokens: Vec<LeakyToken>,
    /// How much the second half is like the first, of mail that is followed in its order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub halves: Option<Resemblance>,
}

/// How much the test mail of one corpus is like the training mail of another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairFacts {
    /// What the corpus is called that is learned from.
    pub learned_from: String,
    /// What the corpus is called that is tested.
    pub tested_on: String,
    /// How much they are alike.
    pub resemblance: Resemblance,
}

/// A model on test sets: how often what should not be was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestTally {
    /// Test sets that it scored.
    pub tests: usize,
    /// Of these, those that a fit scored which came to the end of its passes before it converged.
    pub not_converged: usize,
    /// Those on which it made no fewer errors than always answering with the majority.
    pub no_better: usize,
    /// Those on which its probabilities are further off than true ones would seem, in 95 of 100
    /// cases.
    pub miscalibrated: usize,
    /// Ham and spam of the smallest test set.
    pub fewest: [usize; 2],
}

impl TestTally {
    /// One test: log-odds with the decision on them, beside the labels.
    pub fn of_test(
        converged: Option<bool>,
        (log_odds, decision): (&[f64], Decision),
        labels: &[Label],
        seed: u64,
    ) -> TestTally {
        let spam = labels.iter().filter(|label| label.is_spam()).count();
        let tested = [labels.len() - spam, spam];
        let wrong = log_odds.iter().zip(labels);
        let wrong = wrong.filter(|(odds, label)| decision.label(**odds) != **label);
        let no_better = wrong.count() >= tested[0].min(tested[1]);
        TestTally {
            tests: 1,
            not_converged: usize::from(converged == Some(false)),
            no_better: usize::from(no_better),
            miscalibrated: usize::from(is_miscalibrated(log_odds, labels, seed)),
            fewest: tested,
        }
    }

    /// The same with other tests of the model.
    pub fn add(&mut self, other: &TestTally) {
        self.fewest = match self.tests {
            0 => other.fewest,
            _ => [0, 1].map(|class: usize| self.fewest[class].min(other.fewest[class])),
        };
        self.tests += other.tests;
        self.not_converged += other.not_converged;
        self.no_better += other.no_better;
        self.miscalibrated += other.miscalibrated;
    }
}

impl Caveats {
    /// Counts other tests, too.
    pub fn add(&mut self, models: &BTreeMap<String, TestTally>) {
        for (model, tally) in models {
            self.models.entry(model.clone()).or_default().add(tally);
        }
    }

    /// Ham and spam of the smallest test set of any model.
    pub fn fewest(&self) -> Option<[usize; 2]> {
        let tested = self.models.values().map(|tally| tally.fewest);
        tested.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1])])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::Label::{Ham, Spam};

    /// By hand: of 30 ham and 10 spam, always answering ham makes 10 errors.
    #[test]
    fn a_test_is_counted_against_the_majority_and_against_its_own_probabilities() {
        let labels = [vec![Ham; 30], vec![Spam; 10]].concat();
        let tally = |log_odds: &[f64], converged| {
            TestTally::of_test(converged, (log_odds, Decision::default()), &labels, 1)
        };
        // A quarter is spam, and everything is called spam with a probability of a quarter: right
        // in its probabilities, and no better than the majority.
        let quarter = tally(&[(1.0_f64 / 3.0).ln(); 40], None);
        assert_eq!(
            (quarter.no_better, quarter.miscalibrated, quarter.fewest),
            (1, 0, [30, 10])
        );
        // Nine errors, all of them sure.
        let wrong = [vec![-9.0; 30], vec![-9.0; 9], vec![9.0]].concat();
        let sure = tally(&wrong, Some(false));
        assert_eq!(
            (sure.no_better, sure.miscalibrated, sure.not_converged),
            (0, 1, 1)
        );
        let mut both = TestTally::default();
        both.add(&quarter);
        both.add(&sure);
        both.add(&TestTally {
            tests: 1,
            fewest: [40, 2],
            ..TestTally::default()
        });
        let expected = TestTally {
            tests: 3,
            not_converged: 1,
            no_better: 1,
            miscalibrated: 1,
            fewest: [30, 2],
        };
        assert_eq!(both, expected);
    }
}
