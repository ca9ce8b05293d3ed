//! Dynamic Markov compression: each class is a machine of states that guesses a message bit by bit,
//! and splits a state in two where different ways into it seem to lead on differently.
//!
//! A state has a count of each bit that followed it, n_0 and n_1, and p(b) = (n_b + 0.2) / (n_0 +
//! n_1 + 0.4). Where a transition was taken more than `split_threshold` times and its target was
//! entered more than `split_threshold` times from elsewhere, the target is cloned for it and shares
//! its counts in proportion (Cormack and Horspool, The Computer Journal 30, 1987; on spam Bratko et
//! al., JMLR 7, 2006). A symbol is a bit that says whether the message goes on, and eight of a
//! byte, highest first. `adaptive = true` goes on learning from the message, each class as if it
//! were its own: what changes is kept beside the machine and forgotten with the message. It then
//! pays fewer bits, but judges no better (SpamAssassin, five folds: 2.385 for 2.422 bits per byte,
//! 98.26 for 98.40 % right), at four times the time; so the default is `false`. Left out: the
//! beginning with one machine for each previous byte.

use super::byte_model::{ADAPTIVE, ByteModel, ByteReader, MAX_BYTES, TextBayes};
use super::context_trie::{SYMBOLS, symbols};
use crate::base::mail::Label;
use crate::dataset::{Representation, TrainingSet, beginning};
use crate::generative::counts::PRIOR;
use crate::model::{Cost, END, Family, FitError, FitObserver, Learner, Prior, Setting, settings};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// Bits of a symbol: whether there is one, and the byte.
const BITS: u32 = 9;
/// What is added to each count.
const FLOOR: f64 = 0.2;

/// Learns [`Machines`].
pub struct Dmc;

settings! {
    /// Settings of [`Dmc`].
    pub struct DmcSettings {
        split_threshold: f64 = Setting::real(
            2.0,
            0.0..=1e6,
            "visits, from one side and from all others, from which a state is split",
        ),
        max_states: u64 = Setting::whole(
            1_000_000,
            1_000..=100_000_000,
            "states of each class at most; then none is split any more",
        ),
        max_bytes: u64 = MAX_BYTES,
        adaptive: bool = ADAPTIVE.with_default(false),
        prior: Prior = PRIOR,
    }
}

/// A machine for each class.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Machines {
    by_class: [MarkovMachine; 2],
    splitting: Splitting,
    adaptive: bool,
}

/// When a state is split.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Splitting {
    /// Visits, from one side and from all others, that a target must have had before.
    visits: f32,
    /// States at most.
    most: u64,
}

/// The states of one class. The first is the beginning of a symbol.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "UncheckedMachine")]
struct MarkovMachine {
    states: Vec<BitState>,
}

/// What is read of [`MarkovMachine`], before it is believed.
#[derive(Deserialize)]
struct UncheckedMachine {
    states: Vec<BitState>,
}

/// What is known in a state: where each bit leads, and how often it followed.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct BitState {
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
    /// Knows nothing: a tree of the bits of a symbol, whose leaves lead back to its root.
    fn new() -> MarkovMachine {
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
}

impl BitState {
    fn probability(&self, bit: usize) -> f64 {
        let counts = self.counts.map(f64::from);
        (counts[bit] + FLOOR) / (counts[0] + counts[1] + 2.0 * FLOOR)
    }
}

/// States that can be walked and learned, wherever they are kept.
trait States {
    fn len(&self) -> usize;
    fn get(&self, state: u32) -> BitState;
    fn change(&mut self, state: u32) -> &mut BitState;
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
        // A new state is priced by that of which it was split off, so that a symbol costs what it
        // did before any of its bits was learned.
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

/// A machine that learns a message and forgets it: the states that changed, and those that are new.
struct Learning<'m> {
    machine: &'m MarkovMachine,
    changed: FxHashMap<u32, BitState>,
    added: Vec<BitState>,
}

impl<'m> Learning<'m> {
    fn new(machine: &'m MarkovMachine) -> Learning<'m> {
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

impl Learner for Dmc {
    const NAME: &'static str = "dmc";
    const FAMILY: Family = Family::Generative;
    const SUMMARY: &'static str = "\
        dynamic Markov compression: each class is a machine that guesses bit by bit and splits \
        its states as it learns; reads raw text";
    const DEFAULT: bool = false;
    const COST: Cost = Cost::Moderate;
    const TUNABLE: &'static [&'static str] = &[];
    type Settings = DmcSettings;
    type Fitted = TextBayes<Machines>;

    fn representation(_: &DmcSettings) -> Representation {
        Representation::Bytes
    }

    fn fit(
        &self,
        settings: &DmcSettings,
        data: &TrainingSet<'_>,
        _: &mut dyn FitObserver,
    ) -> Result<TextBayes<Machines>, FitError> {
        let counts = data.class_counts();
        for label in Label::BOTH {
            if counts[label.index()] == 0 {
                return Err(FitError::OneClass { missing: label });
            }
        }
        let splitting = Splitting {
            visits: settings.split_threshold as f32,
            most: settings.max_states,
        };
        let machine = |label: Label| {
            let mut machine = MarkovMachine::new();
            let own = data
                .examples()
                .zip(data.labels())
                .filter(|(_, of)| **of == label);
            for (mail, _) in own {
                let mut state = 0;
                for symbol in symbols(beginning(mail.text, settings.max_bytes)) {
                    (_, state) = machine.learn(state, symbol, splitting);
                }
            }
            machine
        };
        let (ham, spam) = rayon::join(|| machine(Label::Ham), || machine(Label::Spam));
        let machines = Machines {
            by_class: [ham, spam],
            splitting,
            adaptive: settings.adaptive,
        };
        Ok(TextBayes::new(
            settings.prior,
            settings.max_bytes,
            data,
            machines,
        ))
    }
}

impl ByteModel for Machines {
    fn reader(&self) -> Box<dyn ByteReader + '_> {
        Box::new(self.reading(self.adaptive))
    }

    /// What it writes follows the training mail alone: learning from its own words it would only
    /// repeat itself.
    fn writer(&self) -> Box<dyn ByteReader + '_> {
        Box::new(self.reading(false))
    }
}

impl Machines {
    fn reading(&self, adaptive: bool) -> DmcReader<'_> {
        let machines = self.by_class.each_ref().map(Learning::new);
        DmcReader {
            machines,
            states: [0; 2],
            splitting: adaptive.then_some(self.splitting),
        }
    }
}

/// In the middle of a message.
struct DmcReader<'m> {
    machines: [Learning<'m>; 2],
    states: [u32; 2],
    /// How it learns from what it reads, if it does.
    splitting: Option<Splitting>,
}

impl ByteReader for DmcReader<'_> {
    fn read(&mut self, symbol: u16) -> [f64; 2] {
        [0, 1].map(|class| {
            let (machine, state) = (&mut self.machines[class], self.states[class]);
            let (p, after) = match self.splitting {
                Some(splitting) => machine.learn(state, symbol, splitting),
                None => machine.read(state, symbol),
            };
            self.states[class] = after;
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

    fn learned(texts: &[&[u8]], visits: f32) -> MarkovMachine {
        let mut machine = MarkovMachine::new();
        for text in texts {
            let mut state = 0;
            for symbol in symbols(text) {
                (_, state) = machine.learn(
                    state,
                    symbol,
                    Splitting {
                        visits,
                        most: 10_000,
                    },
                );
            }
        }
        machine
    }

    #[test]
    fn an_adaptive_reader_scores_as_a_machine_that_learned_the_message_so_far() {
        let trained: [[&[u8]; 4]; 2] = [
            [b"the cat sat on the mat"; 4],
            [b"cash cash cash for the cat"; 4],
        ];
        // 300 states leave room for few splits: the limit holds in the message, too.
        for most in [300, 10_000] {
            let splitting = Splitting { visits: 2.0, most };
            let machines = Machines {
                by_class: trained.map(|texts| learned(&texts, 2.0)),
                splitting,
                adaptive: true,
            };
            let text = b"the cash sat on the cash and the cash sat on the cash";
            let mut prices = Vec::new();
            for _ in 0..2 {
                let mut reader = machines.reader();
                prices.push(
                    symbols(text)
                        .map(|symbol| reader.read(symbol))
                        .collect::<Vec<_>>(),
                );
            }
            assert_eq!(prices[0], prices[1]);
            let mut changed = false;
            for class in [0, 1] {
                let mut machine = machines.by_class[class].clone();
                let (mut state, mut fixed) = (0, 0);
                for (symbol, price) in symbols(text).zip(&prices[0]) {
                    let p = machine.read(state, symbol).0;
                    assert_eq!(p.to_bits(), price[class].to_bits());
                    (_, state) = machine.learn(state, symbol, splitting);
                    let (unchanged, next) = machines.by_class[class].read(fixed, symbol);
                    changed |= unchanged != p;
                    fixed = next;
                }
                assert!(machine.len() as u64 <= most.max(machines.by_class[class].len() as u64));
            }
            assert!(changed, "reading has taught it nothing");
        }
    }

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
