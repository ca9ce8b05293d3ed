//! Relaxed online support vector machine on byte 4-grams (Sculley and Wachman, SIGIR 2007), which
//! led the TREC spam filters of its year.
//!
//! A message is which 4-grams its first bytes hold, hashed into 2^20 places, as a vector of unit
//! length. It learns mail by mail: one that stands beyond its relaxed margin changes nothing; one
//! short of it makes the machine solve, in one round of dual coordinate descent, for the last
//! messages it remembers, `min w'w / 2 + C Σ max(0, 1 - y w'x)`. What has been forgotten keeps the
//! weight it had. Tokenizing nothing, it cannot be fooled by what fools a tokenizer. Left out: more
//! than one round, which the paper found to change little.

use super::common::{MAX_ITER, Online, mail_by_mail};
use crate::dataset::{CsrMatrix, Example, Representation, TrainingSet, beginning};
use crate::discriminative::linear::common::BIAS;
use crate::model::{
    Classifier, Cost, Evidence, EvidencePlace, Family, FitError, FitObserver, Learner, Scale,
    Setting, settings,
};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Bytes in a row that are one feature.
const GRAM: usize = 4;
/// Places that 4-grams are hashed into, a power of two.
const BITS: u32 = 20;

/// Learns [`GramMachine`].
pub struct RelaxedSvm;

settings! {
    /// Settings of [`RelaxedSvm`].
    pub struct RelaxedSvmSettings {
        c: f64 = Setting::real(
            100.0,
            1e-6..=1e6,
            "cost of the loss against the square of the weights",
        ),
        margin: f64 = Setting::real(0.8, 0.0..=1.0, "margin short of which a mail is learned from"),
        window: u64 = Setting::whole(
            100,
            1..=100_000,
            "emails that are solved for, the last ones seen",
        ),
        max_bytes: u64 = Setting::whole(3_000, 1..=1_000_000, "how many bytes of a mail are read"),
        max_iter: u32 = MAX_ITER,
    }
}

/// A weight for every place, and a bias.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GramMachine {
    weights: Vec<f32>,
    bias: f64,
    max_bytes: u64,
    /// Columns of the vocabulary it was fitted beside. It reads none, but a model file is checked
    /// by it.
    columns: u64,
}

fn place(gram: [u8; GRAM]) -> u32 {
    u32::from_le_bytes(gram).wrapping_mul(0x9E37_79B1) >> (u32::BITS - BITS)
}

/// The places of a text's 4-grams, ascending, each once, with where the first of its grams begins.
fn grams(text: &[u8]) -> Vec<(u32, u32)> {
    let mut found: Vec<(u32, u32)> = text
        .array_windows()
        .map(|gram| place(*gram))
        .zip(0..)
        .collect();
    found.sort_unstable();
    found.dedup_by_key(|(place, _)| *place);
    found
}

/// The value of each of so many places: together they have the length 1.
fn value(places: usize) -> f64 {
    1.0 / (places.max(1) as f64).sqrt()
}

impl Learner for RelaxedSvm {
    const NAME: &'static str = "relaxed-svm";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str = "relaxed online support vector machine on byte 4-grams: learns mail by mail and solves for the last ones; reads raw text";
    const DEFAULT: bool = false;
    const COST: Cost = Cost::Costly;
    const TUNABLE: &'static [&'static str] = &["margin"];
    type Settings = RelaxedSvmSettings;
    type Fitted = GramMachine;

    fn representation(_: &RelaxedSvmSettings) -> Representation {
        Representation::Bytes
    }

    fn fit(
        &self,
        settings: &RelaxedSvmSettings,
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<GramMachine, FitError> {
        let mut rows = CsrMatrix::new(1 << BITS);
        for mail in data.examples() {
            let grams = grams(beginning(mail.text, settings.max_bytes));
            rows.push(grams.iter().map(|&(place, _)| (place, value(grams.len()))));
        }
        mail_by_mail(
            Machine::new(rows, settings, data.columns() as u64),
            data,
            settings.max_iter,
            watch,
        )
    }
}

/// While it learns.
struct Machine<'a> {
    /// Every message as its places.
    rows: CsrMatrix,
    settings: &'a RelaxedSvmSettings,
    /// See [`GramMachine`].
    columns: u64,
    weights: Vec<f64>,
    bias: f64,
    /// Of each message, from 0 to C.
    duals: Vec<f64>,
    /// The last messages seen and their signs.
    remembered: VecDeque<(usize, f64)>,
}

impl Online for Machine<'_> {
    type Fitted = GramMachine;

    fn learn(&mut self, row: usize, sign: f64) -> f64 {
        let margin = sign * self.decision(row);
        if self.remembered.len() as u64 == self.settings.window {
            self.remembered.pop_front();
        }
        self.remembered.push_back((row, sign));
        if margin < self.settings.margin {
            for at in (0..self.remembered.len()).rev() {
                let (row, sign) = self.remembered[at];
                self.visit(row, sign);
            }
        }
        (1.0 - margin).max(0.0)
    }

    fn fitted(&self) -> GramMachine {
        let weights = self.weights.iter().map(|&weight| weight as f32).collect();
        GramMachine {
            weights,
            bias: BIAS * self.bias,
            max_bytes: self.settings.max_bytes,
            columns: self.columns,
        }
    }
}

impl<'a> Machine<'a> {
    fn new(rows: CsrMatrix, settings: &'a RelaxedSvmSettings, columns: u64) -> Machine<'a> {
        let (weights, duals) = (vec![0.0; 1 << BITS], vec![0.0; rows.len()]);
        Machine {
            rows,
            settings,
            columns,
            weights,
            bias: 0.0,
            duals,
            remembered: VecDeque::new(),
        }
    }

    fn decision(&self, row: usize) -> f64 {
        let (places, values) = self.rows.row(row);
        let sum: f64 = places
            .iter()
            .zip(values)
            .map(|(&place, value)| self.weights[place as usize] * value)
            .sum();
        sum + BIAS * self.bias
    }

    /// The best dual variable of one message while all others stay (Hsieh and others, ICML 2008,
    /// algorithm 1).
    fn visit(&mut self, row: usize, sign: f64) {
        let (places, values) = self.rows.row(row);
        let square = values.iter().map(|value| value * value).sum::<f64>() + BIAS * BIAS;
        let gradient = sign * self.decision(row) - 1.0;
        let before = self.duals[row];
        self.duals[row] = (before - gradient / square).clamp(0.0, self.settings.c);
        let step = sign * (self.duals[row] - before);
        if step != 0.0 {
            for (&place, value) in places.iter().zip(values) {
                self.weights[place as usize] += step * value;
            }
            self.bias += step * BIAS;
        }
    }
}

impl GramMachine {
    fn weight_at(&self, place: u32) -> f64 {
        f64::from(self.weights[place as usize])
    }
}

impl Classifier for GramMachine {
    fn score(&self, mail: Example<'_>) -> f64 {
        let grams = grams(beginning(mail.text, self.max_bytes));
        self.bias
            + value(grams.len())
                * grams
                    .iter()
                    .map(|&(place, _)| self.weight_at(place))
                    .sum::<f64>()
    }

    fn scale(&self) -> Scale {
        Scale::Margin
    }

    /// 4-gram by 4-gram, where each first stands.
    fn evidence(&self, mail: Example<'_>) -> Evidence {
        let grams = grams(beginning(mail.text, self.max_bytes));
        let value = value(grams.len());
        let part = |&(place, at): &(u32, u32)| {
            (
                EvidencePlace::Bytes(at as usize..at as usize + GRAM),
                value * self.weight_at(place),
            )
        };
        Evidence {
            parts: grams.iter().map(part).collect(),
            intercept: self.bias,
            exact: true,
        }
    }

    fn columns(&self) -> Option<usize> {
        let finite = self.bias.is_finite() && self.weights.iter().all(|weight| weight.is_finite());
        usize::try_from(self.columns)
            .ok()
            .filter(|_| finite && self.weights.len() == 1 << BITS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_once_and_all_have_length_one() {
        assert_eq!(grams(b"abc"), []);
        let twice = grams(b"abcdabcd");
        // abcd, bcda, cdab, dabc, and abcd again.
        assert_eq!(twice.len(), 4);
        assert!(twice.contains(&(place(*b"abcd"), 0)));
        assert!((4.0 * value(4).powi(2) - 1.0).abs() < 1e-15);
    }

    /// Remembering all and visiting them until nothing changes, it comes to the optimum of the
    /// hinge: the one its own dual coordinate descent proves.
    #[test]
    fn with_everything_remembered_it_solves_the_problem() {
        use crate::optim::{Hinge, Problem, Stop, dual};
        let mut rows = CsrMatrix::new(1 << BITS);
        let texts: [&[u8]; 6] = [
            b"buy cheap pills",
            b"cheap pills now",
            b"win a prize",
            b"lunch at noon",
            b"see you at noon",
            b"a prize for lunch",
        ];
        let signs = [1.0, 1.0, 1.0, -1.0, -1.0, -1.0];
        for text in texts {
            let grams = grams(text);
            rows.push(grams.iter().map(|&(place, _)| (place, value(grams.len()))));
        }
        let settings = RelaxedSvmSettings {
            c: 2.0,
            ..RelaxedSvmSettings::default()
        };
        let mut machine = Machine::new(rows.clone(), &settings, 0);
        for _ in 0..2_000 {
            for (row, &sign) in signs.iter().enumerate() {
                machine.visit(row, sign);
            }
        }
        let problem = Problem {
            rows: &rows,
            signs: &signs,
            costs: &[2.0; 6],
            bias: BIAS,
        };
        let stop = Stop {
            tol: 1e-10,
            max_iter: 100_000,
        };
        let solved = dual::solve(problem, Hinge, stop, 1, None, &mut |_| true).unwrap();
        assert!(
            (machine.bias - solved.bias).abs() < 1e-4,
            "{} {}",
            machine.bias,
            solved.bias
        );
        for (found, expected) in machine.weights.iter().zip(&solved.weights) {
            assert!((found - expected).abs() < 1e-4, "{found} {expected}");
        }
    }
}
