//! The machine of one class: its states, how they predict a symbol bit by bit, how they learn it
//! and split.

use crate::generative::language::strings::symbols;
use crate::model::END;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// Bits of a symbol: whether there is one, and the byte.
const BITS: u32 = 9;
/// What is added to each count.
const FLOOR: f64 = 0.2;

/// When a state is split.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Splitting {
    /// A target is split after more visits than this, both by the transition in question and by all
    /// others.
    pub visits: f32,
    /// States of a machine at most.
    pub most: u64,
}

/// The states of one class. The first is the beginning of a symbol.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "UncheckedMachine")]
pub struct MarkovMachine {
    states: Vec<BitState>,
}

/// A [`MarkovMachine`] as it is read, before it is checked.
#[derive(Deserialize)]
struct UncheckedMachine {
    states: Vec<BitState>,
}

/// A state: where each bit leads, and how often it followed.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct BitState {
    next: [u32; 2],
    counts: [f32; 2],
}

impl TryFrom<UncheckedMachine> for MarkovMachine {
    type Error = &'static str;

    fn try_from(
        UncheckedMachine { states }: UncheckedMachine,
    ) -> Result<MarkovMachine, &'static str> {
        let leads_on = states
            .iter()
            .flat_map(|state| state.next)
            .all(|next| (next as usize) < states.len());
        let counted = states
            .iter()
            .flat_map(|state| state.counts)
            .all(|count| count.is_finite() && count >= 0.0);
        if states.is_empty() || !leads_on || !counted {
            return Err("a machine whose states lead nowhere");
        }
        Ok(MarkovMachine { states })
    }
}

impl MarkovMachine {
    /// A machine that knows nothing: a tree of the bits of a symbol, whose leaves lead back to its
    /// root.
    pub fn new() -> MarkovMachine {
        // The root, then the tree of a byte: node 1 is its first bit, and the bits of node n stand
        // at 2n and 2n + 1.
        let child = |node: u32| if node < 256 { node } else { 0 };
        let next = (0..256).map(|node: u32| {
            if node == 0 {
                [1, 0]
            } else {
                [child(2 * node), child(2 * node + 1)]
            }
        });
        MarkovMachine {
            states: next
                .map(|next| BitState {
                    next,
                    counts: [0.0; 2],
                })
                .collect(),
        }
    }

    /// Learns a text and its end, from the beginning of a symbol on.
    pub fn learn_message(&mut self, text: &[u8], splitting: Splitting) {
        let mut state = 0;
        for symbol in symbols(text) {
            (_, state) = self.learn(state, symbol, splitting);
        }
    }
}

impl BitState {
    fn probability(&self, bit: usize) -> f64 {
        let counts = self.counts.map(f64::from);
        (counts[bit] + FLOOR) / (counts[0] + counts[1] + 2.0 * FLOOR)
    }
}

/// States that can be walked and learned, wherever they are kept.
pub trait States {
    /// Number of states.
    fn len(&self) -> usize;
    /// A copy of a state.
    fn get(&self, state: u32) -> BitState;
    /// A state, to be changed.
    fn change(&mut self, state: u32) -> &mut BitState;
    /// Appends a state; its number is the [`States::len`] before.
    fn push(&mut self, state: BitState);

    /// p of a symbol from a state, and the state after it.
    fn read(&self, mut state: u32, symbol: u16) -> (f64, u32) {
        let mut p = 1.0;
        for bit in bits(symbol) {
            let at = self.get(state);
            p *= at.probability(bit);
            state = at.next[bit];
        }
        (p, state)
    }

    /// Learns a symbol from a state on, splitting states: what [`States::read`] said of it before,
    /// but for the state after it, which may be new.
    fn learn(&mut self, mut state: u32, symbol: u16, splitting: Splitting) -> (f64, u32) {
        let mut p = 1.0;
        // A new state predicts as the state that it was split off, so that p of a symbol is what it
        // was before any of its bits was learned.
        let mut unsplit = None;
        for bit in bits(symbol) {
            let at = self.change(state);
            p *= unsplit.take().unwrap_or(*at).probability(bit);
            let (taken, mut next) = (at.counts[bit], at.next[bit]);
            at.counts[bit] += 1.0;
            if taken > splitting.visits {
                let target = self.get(next);
                let [zeros, ones] = target.counts;
                let entered = zeros + ones;
                if entered - taken > splitting.visits && (self.len() as u64) < splitting.most {
                    let share = taken / entered;
                    self.change(next).counts = [zeros * (1.0 - share), ones * (1.0 - share)];
                    next = self.len() as u32;
                    self.change(state).next[bit] = next;
                    self.push(BitState {
                        counts: [zeros * share, ones * share],
                        ..target
                    });
                    unsplit = Some(target);
                }
            }
            state = next;
        }
        (p, state)
    }
}

impl States for MarkovMachine {
    fn len(&self) -> usize {
        self.states.len()
    }

    fn get(&self, state: u32) -> BitState {
        self.states[state as usize]
    }

    fn change(&mut self, state: u32) -> &mut BitState {
        &mut self.states[state as usize]
    }

    fn push(&mut self, state: BitState) {
        self.states.push(state);
    }
}

/// A machine that learns a message and leaves the trained machine as it was: the states that
/// changed, and those that are new.
pub struct Learning<'m> {
    machine: &'m MarkovMachine,
    changed: FxHashMap<u32, BitState>,
    added: Vec<BitState>,
}

impl<'m> Learning<'m> {
    /// A copy of the machine as it is.
    pub fn new(machine: &'m MarkovMachine) -> Learning<'m> {
        Learning {
            machine,
            changed: FxHashMap::default(),
            added: Vec::new(),
        }
    }
}

impl States for Learning<'_> {
    fn len(&self) -> usize {
        self.machine.len() + self.added.len()
    }

    fn get(&self, state: u32) -> BitState {
        match (state as usize).checked_sub(self.machine.len()) {
            Some(added) => self.added[added],
            None => self
                .changed
                .get(&state)
                .copied()
                .unwrap_or_else(|| self.machine.get(state)),
        }
    }

    fn change(&mut self, state: u32) -> &mut BitState {
        match (state as usize).checked_sub(self.machine.len()) {
            Some(added) => &mut self.added[added],
            None => self
                .changed
                .entry(state)
                .or_insert_with(|| self.machine.get(state)),
        }
    }

    fn push(&mut self, state: BitState) {
        self.added.push(state);
    }
}

/// The bits of a symbol: 0 and eight of a byte, or 1 alone for the end.
fn bits(symbol: u16) -> impl Iterator<Item = usize> {
    let ends = symbol == END;
    let of_byte = (0..if ends { 0 } else { BITS - 1 })
        .rev()
        .map(move |at| usize::from(symbol >> at & 1));
    std::iter::once(usize::from(ends)).chain(of_byte)
}

#[cfg(test)]
pub(super) fn learned(texts: &[&[u8]], visits: f32) -> MarkovMachine {
    let splitting = Splitting {
        visits,
        most: 10_000,
    };
    let mut machine = MarkovMachine::new();
    for text in texts {
        machine.learn_message(text, splitting);
    }
    machine
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generative::language::strings::SYMBOLS;

    #[test]
    fn without_a_split_it_counts_bytes_as_by_hand() {
        let machine = learned(&[b"aab"], 1e6);
        // Four flags: three bytes and an end. Of the bits of 'a' (97 = 01100001) the first seven
        // were the same three times, 'b' differs in the last two: 01100010.
        let three = (3.2f64 / 3.4).powi(6);
        let (a, after) = machine.read(0, u16::from(b'a'));
        let expected = (3.2 / 4.4) * three * (2.2 / 3.4) * (2.2 / 2.4);
        assert!((a - expected).abs() < 1e-12 && after == 0, "{a} {expected}");
        assert!((machine.read(0, END).0 - 1.2 / 4.4).abs() < 1e-12);
        assert_eq!(machine.len(), 256);
    }

    #[test]
    fn probabilities_sum_to_one_and_splitting_learns_what_follows_what() {
        let text: &[u8] = b"the cat sat on the mat and the rat sat on the cat";
        let machine = learned(&[text; 6], 2.0);
        assert!(machine.len() > 256);
        let mut state = 0;
        for &byte in text {
            let all: f64 = (0..SYMBOLS)
                .map(|symbol| machine.read(state, symbol as u16).0)
                .sum();
            assert!((all - 1.0).abs() < 1e-12, "{all}");
            state = machine.read(state, u16::from(byte)).1;
        }
        let bits = |machine: &MarkovMachine| {
            let mut state = 0;
            let code_length = |symbol| {
                let (p, next) = machine.read(state, symbol);
                state = next;
                -p.log2()
            };
            symbols(text).map(code_length).sum::<f64>()
        };
        // After `th` comes `e`: known only to a machine that has split.
        assert!(bits(&machine) < 0.6 * bits(&learned(&[text; 6], 1e6)));
    }

    #[test]
    fn a_machine_that_leads_nowhere_is_refused() {
        let whole = serde_json::to_string(&learned(&[b"aab"], 2.0)).unwrap();
        assert!(serde_json::from_str::<MarkovMachine>(&whole).is_ok());
        let bad = |states: &[BitState]| {
            MarkovMachine::try_from(UncheckedMachine {
                states: states.to_vec(),
            })
            .is_err()
        };
        let state = |next, count| BitState {
            next,
            counts: [count, 0.0],
        };
        assert!(bad(&[state([0, 1], 0.0)]) && bad(&[state([0, 0], f32::NAN)]) && bad(&[]));
    }
}
