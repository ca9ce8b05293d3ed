//! Relaxed online support vector machine on byte 4-grams (Sculley and Wachman, SIGIR 2007), which
//! led the TREC spam filters of its year.
//!
//! A message is which 4-grams its first bytes hold, hashed into 2^20 places, as a vector of unit
//! length. It learns one message at a time: one that stands beyond its relaxed margin changes
//! nothing; one short of it makes the machine solve, in one round of dual coordinate descent, for
//! the last messages it remembers, `min w'w / 2 + C Σ max(0, 1 - y w'x)`. What has been forgotten
//! keeps the weight it had. Tokenizing nothing, it cannot be fooled by what fools a tokenizer. Left
//! out: more than one round, which the paper found to change little.

use super::common::{MAX_ITER, one_at_a_time};
use crate::base::mail::Label;
use crate::dataset::{Example, Representation, TrainingSet, beginning};
use crate::discriminative::problem::BIAS;
use crate::model::{
    Classifier, Cost, Evidence, EvidencePlace, Family, FitError, FitObserver, Fitted, FittedModel,
    Incremental, InvalidModel, Learner, RawOutput, Scale, Setting, settings,
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
        margin: f64 = Setting::real(0.8, 0.0..=1.0, "margin below which a message is learned from"),
        window: u64 = Setting::whole(
            100,
            1..=100_000,
            "emails that are solved for, the last ones seen",
        ),
        max_bytes: u64 = Setting::whole(
            3_000,
            1..=1_000_000,
            "how many bytes of a message are read",
        ),
        max_iter: u32 = MAX_ITER,
    }
}

/// A weight for every place, and a bias.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GramMachine {
    weights: Vec<f32>,
    bias: f64,
    max_bytes: u64,
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
    const SUMMARY: &'static str = "\
        relaxed online support vector machine on byte 4-grams: learns one message at a time and \
        solves for the last ones; reads raw text";
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
        let mut state = RelaxedSvmState::new(settings);
        state.messages = data
            .examples()
            .zip(data.labels())
            .map(|(email, label)| HashedMessage::new(email.text, settings, label.sign()))
            .collect();
        one_at_a_time(
            state,
            data,
            settings.max_iter,
            watch,
            RelaxedSvmState::visit_next,
            RelaxedSvmState::grams,
        )
    }

    fn incremental(&self, settings: &RelaxedSvmSettings) -> Option<Box<dyn Incremental>> {
        Some(Box::new(RelaxedSvmState::new(settings)))
    }
}

/// A message as its places, all of which have the same value.
struct HashedMessage {
    places: Vec<u32>,
    value: f64,
    sign: f64,
    /// Its dual variable, from 0 to C.
    dual: f64,
}

impl HashedMessage {
    fn new(text: &[u8], settings: &RelaxedSvmSettings, sign: f64) -> HashedMessage {
        let grams = grams(beginning(text, settings.max_bytes));
        HashedMessage {
            value: value(grams.len()),
            places: grams.into_iter().map(|(place, _)| place).collect(),
            sign,
            dual: 0.0,
        }
    }
}

/// The model while it learns.
struct RelaxedSvmState {
    settings: RelaxedSvmSettings,
    weights: Vec<f64>,
    bias: f64,
    /// All messages, or where they come one by one those that are remembered.
    messages: Vec<HashedMessage>,
    /// The last messages seen, by their place among `messages`.
    remembered: VecDeque<usize>,
}

impl RelaxedSvmState {
    fn new(settings: &RelaxedSvmSettings) -> RelaxedSvmState {
        RelaxedSvmState {
            settings: settings.clone(),
            weights: vec![0.0; 1 << BITS],
            bias: 0.0,
            messages: Vec::new(),
            remembered: VecDeque::new(),
        }
    }

    fn is_full(&self) -> bool {
        self.remembered.len() as u64 == self.settings.window
    }

    /// Learns the message at a place; returns its loss before.
    fn visit_next(&mut self, at: usize) -> f64 {
        let message = &self.messages[at];
        let margin = message.sign * self.decision(message);
        if self.is_full() {
            self.remembered.pop_front();
        }
        self.remembered.push_back(at);
        if margin < self.settings.margin {
            for last in (0..self.remembered.len()).rev() {
                self.visit(self.remembered[last]);
            }
        }
        (1.0 - margin).max(0.0)
    }

    fn decision(&self, message: &HashedMessage) -> f64 {
        let sum: f64 = message
            .places
            .iter()
            .map(|&place| self.weights[place as usize] * message.value)
            .sum();
        sum + BIAS * self.bias
    }

    /// The best dual variable of one message while all others stay (Hsieh and others, ICML 2008,
    /// algorithm 1).
    fn visit(&mut self, at: usize) {
        let message = &self.messages[at];
        let squares = message.places.iter().map(|_| message.value * message.value);
        let square = squares.sum::<f64>() + BIAS * BIAS;
        let gradient = message.sign * self.decision(message) - 1.0;
        let before = message.dual;
        let dual = (before - gradient / square).clamp(0.0, self.settings.c);
        let step = message.sign * (dual - before);
        if step != 0.0 {
            for &place in &message.places {
                self.weights[place as usize] += step * message.value;
            }
            self.bias += step * BIAS;
        }
        self.messages[at].dual = dual;
    }

    fn grams(&self) -> GramMachine {
        GramMachine {
            weights: self.weights.iter().map(|&weight| weight as f32).collect(),
            bias: BIAS * self.bias,
            max_bytes: self.settings.max_bytes,
        }
    }
}

impl Incremental for RelaxedSvmState {
    fn raw(&self, email: Example<'_>) -> RawOutput {
        RawOutput::of_score(self.decision(&HashedMessage::new(email.text, &self.settings, 1.0)))
    }

    fn learn(&mut self, email: Example<'_>, label: Label) {
        let message = HashedMessage::new(email.text, &self.settings, label.sign());
        // The place of the message that is about to be forgotten, once there is one.
        let forgotten = self.remembered.front().filter(|_| self.is_full());
        let at = forgotten.copied().unwrap_or(self.messages.len());
        if at < self.messages.len() {
            self.messages[at] = message;
        } else {
            self.messages.push(message);
        }
        self.visit_next(at);
    }

    fn fitted(&self, _columns: usize) -> Result<Box<dyn Fitted>, FitError> {
        Ok(Box::new(self.grams()))
    }
}

impl GramMachine {
    fn weight_at(&self, place: u32) -> f64 {
        f64::from(self.weights[place as usize])
    }
}

impl FittedModel for GramMachine {
    /// It reads no columns.
    fn validate(&self, _columns: usize) -> Result<(), InvalidModel> {
        InvalidModel::unless(self.weights.len() == 1 << BITS, "a place has no weight")?;
        let finite = self.bias.is_finite() && self.weights.iter().all(|weight| weight.is_finite());
        InvalidModel::unless(finite, "a weight is not finite")
    }

    /// 4-gram by 4-gram, where each first stands.
    fn evidence(&self, email: Example<'_>) -> Evidence {
        let grams = grams(beginning(email.text, self.max_bytes));
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
}

impl Classifier for GramMachine {
    fn score(&self, email: Example<'_>) -> f64 {
        let grams = grams(beginning(email.text, self.max_bytes));
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
        use crate::dataset::CsrMatrix;
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
        let settings = RelaxedSvmSettings {
            c: 2.0,
            ..RelaxedSvmSettings::default()
        };
        let mut machine = RelaxedSvmState::new(&settings);
        for (text, sign) in texts.into_iter().zip(signs) {
            let message = HashedMessage::new(text, &settings, sign);
            rows.push(
                message
                    .places
                    .iter()
                    .map(|&place| (place, message.value as f32)),
            );
            machine.messages.push(message);
        }
        for _ in 0..2_000 {
            (0..texts.len()).for_each(|at| machine.visit(at));
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
