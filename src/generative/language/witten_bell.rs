//! Interpolated Witten-Bell smoothing (Witten and Bell 1991), by what was learned from the training
//! mail alone or from the message so far, too:
//! p_k(s) = (N(h s) + T(h) p_k-1(s)) / (N(h) + T(h)) for the context h of the last k bytes.

use super::byte_model::{ByteReader, draw_any};
use super::context_trie::ContextTrie;
use super::local_trie::LocalTrie;
use super::strings::{KnownContexts, LONGEST, SYMBOLS};
use crate::base::mail::Label;
use crate::base::math::below;
use crate::model::SampleRequest;

/// What Witten-Bell smoothing knows of the training mail.
#[derive(Clone, Copy)]
pub struct WittenBell<'a> {
    /// Every string of the training mail up to a length, with N(h) by class.
    pub trie: &'a ContextTrie,
    /// T(h) by string and class.
    pub distinct: &'a [[u16; 2]],
}

/// p_k from p_k-1: a symbol that followed `followed` times a context seen `seen` times with
/// `distinct` successors.
fn interpolate(p: f64, followed: u32, seen: u32, distinct: u32) -> f64 {
    if seen == 0 {
        return p;
    }
    let (followed, seen, distinct) = (f64::from(followed), f64::from(seen), f64::from(distinct));
    (followed + distinct * p) / (seen + distinct)
}

/// p of every symbol below the empty context.
pub const UNIFORM: f64 = 1.0 / SYMBOLS as f64;

/// Reads by what was learned from the training mail.
pub struct StaticReader<'a> {
    model: WittenBell<'a>,
    contexts: KnownContexts,
}

impl<'a> StaticReader<'a> {
    /// At the beginning of a message.
    pub fn new(model: WittenBell<'a>) -> StaticReader<'a> {
        StaticReader {
            model,
            contexts: KnownContexts::start(),
        }
    }

    /// p of a symbol in both classes, and what the contexts become by it: how many, and which.
    fn predict(&self, symbol: u16) -> ([f64; 2], usize, [u32; LONGEST + 1]) {
        let WittenBell { trie, distinct } = self.model;
        let mut p = [UNIFORM; 2];
        let mut becomes = [0; LONGEST + 1];
        let mut known = 0;
        for (length, &context) in self.contexts.nodes().iter().enumerate() {
            // A string was not seen unless its suffix was: the first context without this symbol is
            // the last to be asked.
            let child = if known == length {
                trie.child(context, symbol)
            } else {
                None
            };
            let followed = child.map_or([0; 2], |child| trie.seen(child));
            if let Some(child) = child {
                becomes[known] = child;
                known += 1;
            }
            let (seen, distinct) = (trie.seen(context), distinct[context as usize]);
            p = [0, 1]
                .map(|c: usize| interpolate(p[c], followed[c], seen[c], u32::from(distinct[c])));
        }
        (p, known, becomes)
    }
}

impl ByteReader for StaticReader<'_> {
    fn read(&mut self, symbol: u16) -> [f64; 2] {
        let (p, known, becomes) = self.predict(symbol);
        self.contexts
            .advance(&becomes[..known], self.model.trie.order());
        p
    }

    /// The steps of [`interpolate`] for all symbols at once, to the same bits.
    fn next(&self, label: Label) -> [f64; SYMBOLS] {
        let WittenBell { trie, distinct } = self.model;
        let class = label.index();
        let mut p = [UNIFORM; SYMBOLS];
        for &context in self.contexts.nodes() {
            let (seen, distinct) = (
                trie.seen(context)[class],
                f64::from(distinct[context as usize][class]),
            );
            if seen > 0 {
                for p in &mut p {
                    *p *= distinct;
                }
                for child in trie.children(context) {
                    p[usize::from(trie.symbol(child))] += f64::from(trie.seen(child)[class]);
                }
                for p in &mut p {
                    *p /= f64::from(seen) + distinct;
                }
            }
        }
        p
    }

    /// By unchanged probabilities from the longest context down: what followed it, in N(h) of N(h)
    /// + T(h) cases, or what its suffix says.
    fn draw(&self, request: &SampleRequest, rng: &mut dyn rand::Rng) -> u16 {
        if !request.is_plain() {
            return draw_any(self, request, rng);
        }
        let WittenBell { trie, distinct } = self.model;
        let class = request.label.index();
        for &context in self.contexts.nodes().iter().rev() {
            let (seen, distinct) = (
                trie.seen(context)[class] as usize,
                usize::from(distinct[context as usize][class]),
            );
            let mut aim = if seen > 0 {
                below(rng, seen + distinct)
            } else {
                seen
            };
            if aim >= seen {
                continue;
            }
            for child in trie.children(context) {
                let followed = trie.seen(child)[class] as usize;
                if aim < followed {
                    return trie.symbol(child);
                }
                aim -= followed;
            }
        }
        below(rng, SYMBOLS) as u16
    }
}

/// A context in the training mail, if it was seen there, and in the message so far.
#[derive(Clone, Copy)]
struct AdaptiveContext {
    known: Option<u32>,
    own: u32,
}

/// Reads by what was learned from the training mail and from the message so far.
pub struct AdaptiveReader<'a> {
    model: WittenBell<'a>,
    /// Strings of the message. They count alike for both classes, so only the first count is used.
    local: LocalTrie,
    /// For each of them how many of its successors in the message had not followed it in the
    /// training mail, by class.
    new: Vec<[u16; 2]>,
    contexts: [AdaptiveContext; LONGEST + 1],
    longest: usize,
}

impl<'a> AdaptiveReader<'a> {
    /// At the beginning of a message.
    pub fn new(model: WittenBell<'a>) -> AdaptiveReader<'a> {
        let start = AdaptiveContext {
            known: Some(0),
            own: 0,
        };
        AdaptiveReader {
            model,
            local: LocalTrie::default(),
            new: vec![[0; 2]],
            contexts: [start; LONGEST + 1],
            longest: 0,
        }
    }

    /// p_k from p_k-1 in the context of `length` bytes; and how often the symbol followed it,
    /// message included.
    fn mix(
        &self,
        p: [f64; 2],
        length: usize,
        known: Option<u32>,
        own: Option<u32>,
    ) -> ([f64; 2], [u32; 2]) {
        let WittenBell { trie, distinct } = self.model;
        let context = self.contexts[length];
        // The message has been in this context once more than it has left it, the empty one aside.
        let left = self.local.seen(context.own)[0] - u32::from(length > 0);
        let seen = context.known.map_or([0; 2], |node| trie.seen(node));
        let successors = context.known.map_or([0; 2], |node| distinct[node as usize]);
        let new = self.new[context.own as usize];
        let again = own.map_or(0, |own| self.local.seen(own)[0]);
        let followed = known
            .map_or([0; 2], |node| trie.seen(node))
            .map(|followed| followed + again);
        let mixed = |c: usize| {
            interpolate(
                p[c],
                followed[c],
                seen[c] + left,
                u32::from(successors[c] + new[c]),
            )
        };
        ([mixed(0), mixed(1)], followed)
    }
}

impl ByteReader for AdaptiveReader<'_> {
    fn read(&mut self, symbol: u16) -> [f64; 2] {
        let mut p = [UNIFORM; 2];
        let mut becomes = self.contexts;
        let mut counted = [0; LONGEST + 1];
        for length in 0..=self.longest {
            let context = self.contexts[length];
            let known = context
                .known
                .and_then(|node| self.model.trie.child(node, symbol));
            let own = self.local.child(context.own, symbol);
            // A string that is new to the message has no new successors yet.
            self.new
                .resize(self.new.len().max(own as usize + 1), [0; 2]);
            let (mixed, followed) = self.mix(p, length, known, Some(own));
            p = mixed;
            // T(h) grows by a symbol that followed neither in the training mail nor in the message.
            for (new, followed) in self.new[context.own as usize].iter_mut().zip(followed) {
                *new += u16::from(followed == 0);
            }
            if length < self.model.trie.order() {
                becomes[length + 1] = AdaptiveContext { known, own };
            }
            counted[length] = own;
        }
        // After all have been predicted: what a context becomes may be the very string that the
        // next longer one is.
        counted[..=self.longest]
            .iter()
            .for_each(|&own| self.local.count(own, 0));
        self.local.count(0, 0);
        self.contexts = becomes;
        self.longest = (self.longest + 1).min(self.model.trie.order());
        p
    }

    fn next(&self, label: Label) -> [f64; SYMBOLS] {
        std::array::from_fn(|symbol| {
            let mut p = [UNIFORM; 2];
            for length in 0..=self.longest {
                let context = self.contexts[length];
                let known = context
                    .known
                    .and_then(|node| self.model.trie.child(node, symbol as u16));
                p = self
                    .mix(
                        p,
                        length,
                        known,
                        self.local.find(context.own, symbol as u16),
                    )
                    .0;
            }
            p[label.index()]
        })
    }
}
