//! Dynamic Markov compression: each class is a machine of states that guesses a mail bit by bit, and splits a state in two where
//! different ways into it seem to lead on differently.
//!
//! A state has a count of each bit that followed it, n_0 and n_1, and p(b) = (n_b + 0.2) / (n_0 + n_1 + 0.4). Where a transition was taken
//! more than `split` times and its target was entered more than `split` times from elsewhere, the target is cloned for it and
//! shares its counts in proportion (Cormack and Horspool, The Computer Journal 30, 1987; on spam Bratko et al., JMLR 7, 2006). A symbol is a
//! bit that says whether the message goes on, and eight of a byte, highest first. Static: what is read while a mail is judged changes
//! nothing. Left out: adaptive scoring, and the beginning with one machine for each previous byte.

use super::contexts::{SYMBOLS, symbols};
use super::counts::PRIOR;
use super::text::{ByteModel, FIRST, Reader, TextBayes};
use crate::dataset::{Reads, TrainingSet, beginning};
use crate::mail::Label;
use crate::model::{Cost, END, Family, FitError, Learner, Prior, Range, Setting, Settings, Watch};
use serde::{Deserialize, Serialize};

/// Bits of a symbol: whether there is one, and the byte.
const BITS: u32 = 9;
/// What is added to each count.
const FLOOR: f64 = 0.2;

/// Learns [`Machines`].
pub struct Dmc;

/// Settings of [`Dmc`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DmcSettings {
    /// Visits from which a transition gets a state of its own.
    pub split: f64,
    /// States of each class at most.
    pub max_states: u64,
    /// Bytes of a mail that are read.
    pub first: u64,
    /// Probability of spam before the mail is read.
    pub prior: Prior,
}

impl Default for DmcSettings {
    fn default() -> DmcSettings {
        DmcSettings { split: 2.0, max_states: 1_000_000, first: 3_000, prior: Prior::Learned }
    }
}

impl Settings for DmcSettings {
    const TABLE: &'static [Setting] = &[
        Setting {
            name: "split",
            doc: "visits, from one side and from all others, from which a state is split",
            range: Range::Real { min: 0.0, max: 1e6 },
        },
        Setting {
            name: "max_states",
            doc: "states of each class at most; then none is split any more",
            range: Range::Whole { min: 1_000, max: 100_000_000 },
        },
        FIRST,
        PRIOR,
    ];
}

/// A machine for each class.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Machines([Machine; 2]);

/// The states of one class. The first is the beginning of a symbol.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Parameters")]
struct Machine {
    /// Where each bit leads.
    next: Vec<[u32; 2]>,
    /// How often each bit followed.
    counts: Vec<[f32; 2]>,
}

/// What is read of [`Machine`], before it is believed.
#[derive(Deserialize)]
struct Parameters {
    next: Vec<[u32; 2]>,
    counts: Vec<[f32; 2]>,
}

impl TryFrom<Parameters> for Machine {
    type Error = &'static str;

    fn try_from(Parameters { next, counts }: Parameters) -> Result<Machine, &'static str> {
        let states = next.len();
        let leads_on = next.iter().flatten().all(|&state| (state as usize) < states);
        let counted = counts.iter().flatten().all(|count| count.is_finite() && *count >= 0.0);
        if states == 0 || counts.len() != states || !leads_on || !counted {
            return Err("a machine whose states lead nowhere");
        }
        Ok(Machine { next, counts })
    }
}

impl Machine {
    /// Knows nothing: a tree of the bits of a symbol, whose leaves lead back to its root.
    fn new() -> Machine {
        // The root, then the tree of a byte: node 1 is its first bit, and the bits of node n stand at 2n and 2n + 1.
        let child = |node: u32| if node < 256 { node } else { 0 };
        let next = (0..256).map(|node: u32| if node == 0 { [1, 0] } else { [child(2 * node), child(2 * node + 1)] });
        Machine { next: next.collect(), counts: vec![[0.0; 2]; 256] }
    }

    fn probability(&self, state: u32, bit: usize) -> f64 {
        let counts = self.counts[state as usize].map(f64::from);
        (counts[bit] + FLOOR) / (counts[0] + counts[1] + 2.0 * FLOOR)
    }

    /// p of a symbol from a state, and the state after it.
    fn read(&self, mut state: u32, symbol: u16) -> (f64, u32) {
        let mut p = 1.0;
        for bit in bits(symbol) {
            p *= self.probability(state, bit);
            state = self.next[state as usize][bit];
        }
        (p, state)
    }

    /// Learns a symbol from a state on, splitting states; the state after it.
    fn learn(&mut self, mut state: u32, symbol: u16, split: f32, most: usize) -> u32 {
        for bit in bits(symbol) {
            let from = state as usize;
            let target = self.next[from][bit] as usize;
            let taken = self.counts[from][bit];
            let [zeros, ones] = self.counts[target];
            let entered = zeros + ones;
            if taken > split && entered - taken > split && self.next.len() < most {
                let share = taken / entered;
                let clone = self.next.len() as u32;
                self.next.push(self.next[target]);
                self.counts.push([zeros * share, ones * share]);
                self.counts[target] = [zeros * (1.0 - share), ones * (1.0 - share)];
                self.next[from][bit] = clone;
            }
            self.counts[from][bit] += 1.0;
            state = self.next[from][bit];
        }
        state
    }
}

/// The bits of a symbol: 0 and eight of a byte, or 1 alone for the end.
fn bits(symbol: u16) -> impl Iterator<Item = usize> {
    let ends = symbol == END;
    let of_byte = (0..if ends { 0 } else { BITS - 1 }).rev().map(move |at| usize::from(symbol >> at & 1));
    std::iter::once(usize::from(ends)).chain(of_byte)
}

impl Learner for Dmc {
    const NAME: &'static str = "dmc";
    const FAMILY: Family = Family::Generative;
    const SUMMARY: &'static str = "dynamic Markov compression: each class is a machine that guesses bit by bit and splits its states as it learns; reads raw text";
    const DEFAULT: bool = false;
    const COST: Cost = Cost::Costly;
    const SEARCHED: &'static [&'static str] = &[];
    type Settings = DmcSettings;
    type Fitted = TextBayes<Machines>;

    fn reads(_: &DmcSettings) -> Reads {
        Reads::Text
    }

    fn fit(
        &self,
        settings: &DmcSettings,
        data: &TrainingSet<'_>,
        _: &mut dyn Watch,
    ) -> Result<TextBayes<Machines>, FitError> {
        let counts = data.class_counts();
        for label in Label::BOTH {
            if counts[label.index()] == 0 {
                return Err(FitError::OneClass { missing: label });
            }
        }
        let most = usize::try_from(settings.max_states).unwrap_or(usize::MAX);
        let machine = |label: Label| {
            let mut machine = Machine::new();
            let own = data.examples().zip(data.labels()).filter(|(_, of)| **of == label);
            for (mail, _) in own {
                let mut state = 0;
                for symbol in symbols(beginning(mail.text, settings.first)) {
                    state = machine.learn(state, symbol, settings.split as f32, most);
                }
            }
            machine
        };
        let (ham, spam) = rayon::join(|| machine(Label::Ham), || machine(Label::Spam));
        Ok(TextBayes::new(settings.prior, settings.first, data, Machines([ham, spam])))
    }
}

impl ByteModel for Machines {
    fn reader(&self) -> Box<dyn Reader + '_> {
        Box::new(Reading { machines: &self.0, states: [0; 2] })
    }
}

/// In the middle of a message.
struct Reading<'m> {
    machines: &'m [Machine; 2],
    states: [u32; 2],
}

impl Reader for Reading<'_> {
    fn read(&mut self, symbol: u16) -> [f64; 2] {
        [0, 1].map(|class| {
            let (p, state) = self.machines[class].read(self.states[class], symbol);
            self.states[class] = state;
            p
        })
    }

    fn next(&self, label: Label) -> [f64; SYMBOLS] {
        let (machine, state) = (&self.machines[label.index()], self.states[label.index()]);
        std::array::from_fn(|symbol| machine.read(state, symbol as u16).0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learned(texts: &[&[u8]], split: f32) -> Machine {
        let mut machine = Machine::new();
        for text in texts {
            let mut state = 0;
            for symbol in symbols(text) {
                state = machine.learn(state, symbol, split, 10_000);
            }
        }
        machine
    }

    #[test]
    fn without_a_split_it_counts_bytes_as_by_hand() {
        let machine = learned(&[b"aab"], 1e6);
        // Four flags: three bytes and an end. Of the bits of 'a' (97 = 01100001) the first seven were the same three times, 'b' differs in
        // the last two: 01100010.
        let three = (3.2f64 / 3.4).powi(6);
        let (a, after) = machine.read(0, u16::from(b'a'));
        let expected = (3.2 / 4.4) * three * (2.2 / 3.4) * (2.2 / 2.4);
        assert!((a - expected).abs() < 1e-12 && after == 0, "{a} {expected}");
        assert!((machine.read(0, END).0 - 1.2 / 4.4).abs() < 1e-12);
        assert_eq!(machine.next.len(), 256);
    }

    #[test]
    fn probabilities_sum_to_one_and_splitting_learns_what_follows_what() {
        let text: &[u8] = b"the cat sat on the mat and the rat sat on the cat";
        let machine = learned(&[text; 6], 2.0);
        assert!(machine.next.len() > 256);
        let mut state = 0;
        for &byte in text {
            let all: f64 = (0..SYMBOLS).map(|symbol| machine.read(state, symbol as u16).0).sum();
            assert!((all - 1.0).abs() < 1e-12, "{all}");
            state = machine.read(state, u16::from(byte)).1;
        }
        let bits = |machine: &Machine| {
            let mut state = 0;
            let price = |symbol| {
                let (p, next) = machine.read(state, symbol);
                state = next;
                -p.log2()
            };
            symbols(text).map(price).sum::<f64>()
        };
        // After `th` comes `e`: known only to a machine that has split.
        assert!(bits(&machine) < 0.6 * bits(&learned(&[text; 6], 1e6)));
    }

    #[test]
    fn a_machine_that_leads_nowhere_is_refused() {
        let whole = serde_json::to_string(&learned(&[b"aab"], 2.0)).unwrap();
        assert!(serde_json::from_str::<Machine>(&whole).is_ok());
        let bad = |next: Vec<[u32; 2]>, counts: Vec<[f32; 2]>| Machine::try_from(Parameters { next, counts }).is_err();
        assert!(
            bad(vec![[0, 1]], vec![[0.0; 2]])
                && bad(vec![[0, 0]], vec![[f32::NAN, 0.0]])
                && bad(Vec::new(), Vec::new())
        );
    }
}
