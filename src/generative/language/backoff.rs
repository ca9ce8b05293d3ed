//! From the longest context down: what a context counted it gives to the symbols it saw, and hands
//! the rest on to the next shorter one.
//!
//! The engine of prediction by partial matching and of Kneser-Ney smoothing. They share how symbols
//! are counted (only where they are new and where they are found, see
//! [`ContextTrie::continuation_counts`]) and differ in the [`BackoffRule`]: the first leaves out
//! below what a longer context has offered and stops where the symbol is found, the second takes a
//! discount from every count and adds up what all contexts give.

mod counted_strings;
mod growing_strings;

pub use counted_strings::CountedStrings;
pub use growing_strings::GrowingStrings;

use super::byte_model::{ByteReader, draw_any};
use super::context_trie::ContextTrie;
use super::discounting::{BackoffRule, DiscountTally, Weights};
use super::local_trie::LocalTrie;
use super::strings::{LONGEST, SYMBOLS, Strings};
use crate::base::mail::Label;
use crate::base::math::{below, uniform};
use crate::model::{END, SampleRequest};
use std::hint::black_box;
use std::ops::Range;

/// Symbols that are looked up together.
const AHEAD: usize = 32;

/// A set of symbols.
#[derive(Clone, Copy, Default)]
struct Set {
    bits: [u64; SYMBOLS.div_ceil(64)],
    len: usize,
}

impl Set {
    fn holds(&self, symbol: u16) -> bool {
        self.bits[usize::from(symbol) / 64] >> (symbol % 64) & 1 == 1
    }

    fn insert(&mut self, symbol: u16) {
        self.len += usize::from(!self.holds(symbol));
        self.bits[usize::from(symbol) / 64] |= 1 << (symbol % 64);
    }
}

/// Strings of the training mail with their counts, by number. 0 stands for none, which counts
/// nothing and which nothing follows.
pub(crate) trait KnownStrings: Send + Sync {
    /// What follows a string; by default nothing.
    type Following: Copy + Default;

    /// Symbols of the longest context.
    fn order(&self) -> usize;
    /// What follows the empty string.
    fn empty(&self) -> Self::Following;
    /// What follows a string.
    fn following(&self, string: u32) -> Self::Following;
    /// How often a string counts, by class.
    fn counts(&self, string: u32) -> [u32; 2];
    /// The last symbol of a string.
    fn symbol(&self, string: u32) -> u16;
    /// The strings with one symbol more, in order.
    fn strings(&self, following: Self::Following) -> Range<u32>;
    /// The string with this symbol more; 0 for none.
    fn find(&self, following: Self::Following, symbol: u16) -> u32;
    /// What is counted after a string, by class.
    fn tallies(&self, following: Self::Following) -> [DiscountTally; 2];
    /// A part of what [`KnownStrings::find`] and [`KnownStrings::tallies`] read: where many are to
    /// follow, reading this of all of them first lets memory serve them side by side.
    fn touch(&self, following: Self::Following) -> u16;

    /// The trie of these strings.
    fn trie(&self) -> ContextTrie {
        let mut strings = vec![0];
        let mut first = Vec::new();
        let mut at = 0;
        while at < strings.len() {
            first.push(strings.len() as u32);
            strings.extend(self.strings(match at {
                0 => self.empty(),
                _ => self.following(strings[at]),
            }));
            at += 1;
        }
        first.push(strings.len() as u32);
        let symbols = strings.iter().map(|&string| self.symbol(string)).collect();
        let counts = strings.iter().map(|&string| self.counts(string)).collect();
        drop(strings);
        let strings = Strings {
            order: self.order(),
            symbols,
            first,
        };
        ContextTrie::of_continuation_counts(strings, counts)
    }
}

/// A context in the training mail and in the message so far.
#[derive(Clone, Default)]
struct MatchedContext<F> {
    /// What followed it in the training mail.
    following: F,
    /// The string in the message.
    own: u32,
}

/// A symbol below a context: how often the string that it makes of it counts in each class, message
/// included, and that string as context.
#[derive(Clone, Default)]
struct Below<F> {
    /// The string in the training mail, 0 for none.
    known: u32,
    counts: [u32; 2],
    becomes: MatchedContext<F>,
    /// What the training mail counted in the context; for Kneser-Ney smoothing alone.
    tallies: [DiscountTally; 2],
}

/// A place in a message, with the contexts that may predict what follows.
pub(crate) struct Matching<'a, S: KnownStrings> {
    trained: &'a S,
    rule: BackoffRule<'a>,
    adaptive: bool,
    /// Strings of the message and how often each class counted them.
    local: LocalTrie,
    /// For each of them its youngest child and the sibling born before it, 0 for none, with the
    /// last symbol.
    born: Vec<(u32, u32, u16)>,
    /// For each of them what the message has changed of what is counted in it, by class; for
    /// Kneser-Ney smoothing alone.
    tallies: Vec<[DiscountTally; 2]>,
    contexts: [MatchedContext<S::Following>; LONGEST + 1],
    longest: usize,
    /// Symbols that were looked up, each below all contexts.
    ahead: Vec<Below<S::Following>>,
}

impl<'a, S: KnownStrings> Matching<'a, S> {
    /// At the beginning of a message; `adaptive` goes on counting.
    pub fn new(trained: &'a S, rule: BackoffRule<'a>, adaptive: bool) -> Matching<'a, S> {
        let mut contexts: [MatchedContext<S::Following>; LONGEST + 1] = Default::default();
        contexts[0].following = trained.empty();
        Matching {
            trained,
            rule,
            adaptive,
            local: LocalTrie::default(),
            born: vec![(0, 0, 0)],
            tallies: vec![Default::default()],
            contexts,
            longest: 0,
            ahead: Vec::new(),
        }
    }

    /// What the training mail knows of these symbols below their contexts: for each symbol the
    /// strings that it ends, shortest first.
    ///
    /// Goes through them once for each length of the context, not once with all lengths at each
    /// symbol: then no search waits for the one before, and memory serves many at once.
    fn look_up(&self, symbols: &[u16], ahead: &mut Vec<Below<S::Following>>) {
        let width = self.trained.order() + 1;
        ahead.resize(symbols.len() * width, Below::default());
        let mut contexts = [S::Following::default(); AHEAD];
        for length in 0..width {
            for at in 0..symbols.len() {
                contexts[at] = match (length, at) {
                    (0, _) | (_, 0) => self.contexts[length].following,
                    _ => ahead[(at - 1) * width + length - 1].becomes.following,
                };
            }
            let contexts = &contexts[..symbols.len()];
            let touch = |touched, &context: &S::Following| touched ^ self.trained.touch(context);
            black_box(contexts.iter().fold(0, touch));
            let column = || (length..).step_by(width);
            for ((at, &context), &symbol) in column().zip(contexts).zip(symbols) {
                ahead[at].known = self.trained.find(context, symbol);
                if self.interpolates() {
                    ahead[at].tallies = self.trained.tallies(context);
                }
            }
            for at in column().take(symbols.len()) {
                let known = ahead[at].known;
                ahead[at].counts = self.trained.counts(known);
                ahead[at].becomes.following = self.trained.following(known);
            }
        }
    }

    /// Adds what the message has counted of a symbol; new to the message, it is made known to it.
    fn recall(&mut self, symbol: u16, below: &mut [Below<S::Following>]) {
        for (below, context) in below.iter_mut().zip(&self.contexts) {
            // The string gets its node before it is counted, so that `learn` need not look it up.
            let own = self.local.child(context.own, symbol);
            if own as usize == self.born.len() {
                let before = std::mem::replace(&mut self.born[context.own as usize].0, own);
                self.born.push((0, before, symbol));
                self.tallies.push(Default::default());
            }
            let again = self.local.seen(own);
            below.becomes.own = own;
            below.counts = [below.counts[0] + again[0], below.counts[1] + again[1]];
        }
    }

    /// Tells every symbol that counts in a context, and how often.
    fn each(
        &self,
        context: &MatchedContext<S::Following>,
        class: usize,
        mut tell: impl FnMut(u16, u32),
    ) {
        // First the symbols that the training mail has counted, with what the message adds.
        let mut own = self.born[context.own as usize].0;
        let alone = own == 0;
        for string in self.trained.strings(context.following) {
            let known = self.trained.counts(string)[class];
            if known > 0 {
                let symbol = self.trained.symbol(string);
                let again = if alone {
                    None
                } else {
                    self.local.find(context.own, symbol)
                };
                tell(
                    symbol,
                    known + again.map_or(0, |node| self.local.seen(node)[class]),
                );
            }
        }
        // Then those that only the message has counted. A node of the message may have no count in
        // this class: `learn` stops at the first context in which a symbol was not new.
        while own != 0 {
            let (_, before, symbol) = self.born[own as usize];
            let count = self.local.seen(own)[class];
            let known = self.trained.find(context.following, symbol);
            if count > 0 && self.trained.counts(known)[class] == 0 {
                tell(symbol, count);
            }
            own = before;
        }
    }

    /// What is counted in a context and not yet `offered`.
    fn tally(
        &self,
        length: usize,
        class: usize,
        offered: &Set,
        mut tell: impl FnMut(u16, u32),
    ) -> DiscountTally {
        let mut tally = DiscountTally::default();
        self.each(&self.contexts[length], class, |symbol, count| {
            if !offered.holds(symbol) {
                tally.add(count);
                tell(symbol, count);
            }
        });
        tally
    }

    /// What the rule makes of a context: of what is counted there and not yet `offered`, which then
    /// is. None if that is nothing.
    fn weigh(
        &self,
        length: usize,
        class: usize,
        offered: &mut Set,
        mut tell: impl FnMut(u16, u32),
    ) -> Option<Weights> {
        let before = *offered;
        let tally = self.tally(length, class, &before, |symbol, count| {
            tell(symbol, count);
            offered.insert(symbol);
        });
        (tally.n > 0).then(|| {
            self.rule
                .weights(&tally, length, class, offered.len == SYMBOLS)
        })
    }

    /// [`Matching::weigh`] for a rule that leaves out nothing, from what the training mail counted.
    #[inline]
    fn weigh_all(&self, length: usize, class: usize, tally: DiscountTally) -> Option<Weights> {
        let tally = if self.adaptive {
            tally.with(self.tallies[self.contexts[length].own as usize][class])
        } else {
            tally
        };
        (tally.n > 0).then(|| self.rule.weights(&tally, length, class, false))
    }

    /// The weights by either kind of rule, with the symbols that get a share and their counts.
    fn weigh_each(
        &self,
        length: usize,
        class: usize,
        offered: &mut Set,
    ) -> (Option<Weights>, Vec<(u16, u32)>) {
        let mut counted = Vec::new();
        let tell = |symbol, count| counted.push((symbol, count));
        let weights = if self.interpolates() {
            let context = &self.contexts[length];
            self.each(context, class, tell);
            let tallies = self.trained.tallies(context.following);
            self.weigh_all(length, class, tallies[class])
        } else {
            self.weigh(length, class, offered, tell)
        };
        (weights, counted)
    }

    #[inline]
    fn interpolates(&self) -> bool {
        matches!(self.rule, BackoffRule::KneserNey(_))
    }

    /// p of a symbol in a class, given by the longest context that has counted it.
    fn exclusive(&self, below: &[Below<S::Following>], class: usize) -> f64 {
        let mut offered = Set::default();
        let mut left = 1.0;
        for (length, below) in below.iter().enumerate().rev() {
            let f = below.counts[class];
            if f > 0 {
                let tally = self.tally(length, class, &offered, |_, _| ());
                let all = offered.len + tally.q.map(usize::from).iter().sum::<usize>() == SYMBOLS;
                return left * self.rule.weights(&tally, length, class, all).share(f);
            }
            let Some(weights) = self.weigh(length, class, &mut offered, |_, _| ()) else {
                continue;
            };
            left *= weights.rest;
        }
        left / (SYMBOLS - offered.len) as f64
    }

    /// [`Matching::exclusive`] for a rule that adds up what all contexts give.
    #[inline]
    fn interpolated(&self, below: &[Below<S::Following>], class: usize) -> f64 {
        let (mut p, mut left) = (0.0, 1.0);
        for (length, below) in below.iter().enumerate().rev() {
            let Some(weights) = self.weigh_all(length, class, below.tallies[class]) else {
                continue;
            };
            p += left * weights.share(below.counts[class]);
            left *= weights.rest;
        }
        p + left / SYMBOLS as f64
    }

    /// p of a symbol in both classes; then it has been read.
    fn predict(&mut self, symbol: u16, below: &mut [Below<S::Following>]) -> [f64; 2] {
        let below = &mut below[..=self.longest];
        if self.adaptive {
            self.recall(symbol, below);
        }
        // Written out and inlined: a `map` over the classes is not inlined by the compiler, and
        // scoring then takes a fifth longer.
        let p = if self.interpolates() {
            [self.interpolated(below, 0), self.interpolated(below, 1)]
        } else {
            [self.exclusive(below, 0), self.exclusive(below, 1)]
        };
        if self.adaptive {
            self.learn(below);
        }
        self.longest = below.len().min(self.trained.order());
        for (context, below) in self.contexts[1..=self.longest].iter_mut().zip(below) {
            context.clone_from(&below.becomes);
        }
        p
    }

    /// Counts a symbol in the longest context and on down to the first in which it was not new.
    fn learn(&mut self, below: &[Below<S::Following>]) {
        for class in 0..2 {
            for (below, context) in below.iter().zip(&self.contexts).rev() {
                let before = below.counts[class];
                self.local.count(below.becomes.own, class);
                if self.interpolates() {
                    self.tallies[context.own as usize][class].count(before);
                }
                if before > 0 {
                    break;
                }
            }
        }
    }
}

impl<S: KnownStrings> ByteReader for Matching<'_, S> {
    fn read(&mut self, symbol: u16) -> [f64; 2] {
        let mut p = [0.0; 2];
        self.read_all(&[symbol], &mut |of| p = of);
        p
    }

    fn read_all(&mut self, symbols: &[u16], tell: &mut dyn FnMut([f64; 2])) {
        let mut ahead = std::mem::take(&mut self.ahead);
        for symbols in symbols.chunks(AHEAD) {
            self.look_up(symbols, &mut ahead);
            let width = self.trained.order() + 1;
            for (&symbol, below) in symbols.iter().zip(ahead.chunks_mut(width)) {
                tell(self.predict(symbol, below));
            }
        }
        self.ahead = ahead;
    }

    /// By unchanged probabilities from the longest context down: one of its symbols, or what is
    /// handed on.
    fn draw(&self, request: &SampleRequest, rng: &mut dyn rand::Rng) -> u16 {
        if !request.is_plain() {
            return draw_any(self, request, rng);
        }
        let mut offered = Set::default();
        for length in (0..=self.longest).rev() {
            let (weights, counted) = self.weigh_each(length, request.label.index(), &mut offered);
            let Some(weights) = weights else { continue };
            let mut aim = uniform(rng);
            for (symbol, count) in counted {
                aim -= weights.share(count);
                if aim < 0.0 {
                    return symbol;
                }
            }
        }
        let left = (0..SYMBOLS as u16).filter(|&symbol| !offered.holds(symbol));
        left.clone()
            .nth(below(rng, left.count().max(1)))
            .unwrap_or(END)
    }

    fn next(&self, label: Label) -> [f64; SYMBOLS] {
        let class = label.index();
        let mut offered = Set::default();
        let mut p = [0.0; SYMBOLS];
        let mut left = 1.0;
        for length in (0..=self.longest).rev() {
            let (weights, counted) = self.weigh_each(length, class, &mut offered);
            let Some(weights) = weights else { continue };
            for (symbol, count) in counted {
                p[usize::from(symbol)] += left * weights.share(count);
            }
            left *= weights.rest;
        }
        for symbol in (0..SYMBOLS as u16).filter(|&symbol| !offered.holds(symbol)) {
            p[usize::from(symbol)] += left / (SYMBOLS - offered.len) as f64;
        }
        p
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::streams::{Stream, random_stream};
    use crate::generative::language::discounting::Discounts;
    use crate::generative::language::gather_ngrams::gather;
    use crate::generative::language::strings::symbols;
    use std::collections::{BTreeMap, BTreeSet};

    const TEXTS: [&[u8]; 5] = [b"abracadabra", b"aab", b"", b"abr", b"cadaver"];

    /// Chen and Goodman's counts, from the texts: of a string as long as can be how often it stands
    /// there, of a shorter one after how many different bytes, and of one that begins a text once
    /// for each such text.
    fn counts(order: usize) -> BTreeMap<Vec<u16>, u32> {
        let texts: Vec<Vec<u16>> = TEXTS.iter().map(|text| symbols(text).collect()).collect();
        let mut found = BTreeMap::new();
        for length in 1..=order + 1 {
            let mut before = BTreeSet::new();
            for text in &texts {
                for at in 0..(text.len() + 1).saturating_sub(length) {
                    let string = text[at..at + length].to_vec();
                    let continuation_counts = length == order + 1
                        || at == 0
                        || before.insert((text[at - 1], string.clone()));
                    *found.entry(string).or_insert(0) += u32::from(continuation_counts);
                }
            }
        }
        found
    }

    /// The recursion of the paper.
    fn formula(
        counts: &BTreeMap<Vec<u16>, u32>,
        discounts: &[Discounts],
        context: &[u16],
        symbol: u16,
    ) -> f64 {
        let shorter = || match context {
            [] => 1.0 / SYMBOLS as f64,
            [_, shorter @ ..] => formula(counts, discounts, shorter, symbol),
        };
        let followed: Vec<(u16, u32)> = counts
            .iter()
            .filter(|(string, _)| string.len() == context.len() + 1 && string.starts_with(context))
            .map(|(string, &count)| (string[context.len()], count))
            .collect();
        if followed.is_empty() {
            return shorter();
        }
        let discount = |count: u32| discounts[context.len()][(count.min(3) - 1) as usize];
        let n: f64 = followed.iter().map(|&(_, count)| f64::from(count)).sum();
        let taken: f64 = followed.iter().map(|&(_, count)| discount(count)).sum();
        let own = followed.iter().find(|(other, _)| *other == symbol);
        own.map_or(0.0, |&(_, count)| f64::from(count) - discount(count)) / n
            + taken / n * shorter()
    }

    #[test]
    fn kneser_ney_equals_the_recursion_of_the_paper_and_sums_to_one() {
        for order in [0, 1, 2, 4] {
            let texts = TEXTS.iter().map(|text| (symbols(text), 0));
            let trie = gather(order, texts.chain([(symbols(b"b"), 1)])).unwrap();
            let trained = CountedStrings::from(trie);
            let rule = BackoffRule::KneserNey(trained.discounts());
            let of_ham = trained.discounts().iter().map(|classes| classes[0]);
            let of_ham: Vec<Discounts> = of_ham.collect();
            let counts = counts(order);
            for text in [&b"abracabrabra"[..], b"aaaaaa", b"zzabzza", b""] {
                let mut reader = Matching::new(&trained, rule, false);
                let mut adaptive = Matching::new(&trained, rule, true);
                let all: Vec<u16> = symbols(text).collect();
                for (at, &symbol) in all.iter().enumerate() {
                    let expected =
                        formula(&counts, &of_ham, &all[at.saturating_sub(order)..at], symbol);
                    for label in Label::BOTH {
                        assert!(
                            (adaptive.next(label).iter().sum::<f64>() - 1.0).abs() < 1e-12,
                            "{text:?} at {at}"
                        );
                    }
                    let next = adaptive.next(Label::Ham)[usize::from(symbol)];
                    assert!((next - adaptive.read(symbol)[0]).abs() < 1e-15);
                    assert!((reader.next(Label::Ham).iter().sum::<f64>() - 1.0).abs() < 1e-12);
                    assert!(
                        (reader.read(symbol)[0] - expected).abs() < 1e-14,
                        "{text:?} at {at}, order {order}"
                    );
                }
            }
        }
    }

    #[test]
    fn symbols_read_together_have_the_probabilities_of_symbols_read_one_by_one() {
        let trie: ContextTrie = gather(4, TEXTS.iter().map(|text| (symbols(text), 0))).unwrap();
        let trained = CountedStrings::from(trie);
        let text: Vec<u16> = symbols(&TEXTS.concat().repeat(4)).collect();
        assert!(text.len() > 3 * AHEAD && !text.len().is_multiple_of(AHEAD));
        for rule in [BackoffRule::D, BackoffRule::KneserNey(trained.discounts())] {
            for adaptive in [false, true] {
                let mut one = Matching::new(&trained, rule, adaptive);
                let expected: Vec<[f64; 2]> = text.iter().map(|&s| one.read(s)).collect();
                let mut all = Matching::new(&trained, rule, adaptive);
                let mut found = Vec::new();
                all.read_all(&text[..50], &mut |p| found.push(p));
                all.read_all(&text[50..], &mut |p| found.push(p));
                assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn what_is_drawn_follows_the_probabilities() {
        let trie: ContextTrie = gather(2, TEXTS.iter().map(|text| (symbols(text), 0))).unwrap();
        let trained = CountedStrings::from(trie);
        let kneser_ney = BackoffRule::KneserNey(trained.discounts());
        let mut rng = random_stream(8, Stream::Test(0));
        for rule in [BackoffRule::C, BackoffRule::D, kneser_ney] {
            for prefix in [&b""[..], b"a", b"ca", b"zab"] {
                let mut reader = Matching::new(&trained, rule, false);
                for &byte in prefix {
                    reader.read(u16::from(byte));
                }
                let next = reader.next(Label::Ham);
                let mut drawn = [0.0; SYMBOLS];
                (0..4_000).for_each(|_| {
                    drawn[usize::from(reader.draw(&SampleRequest::of(Label::Ham), &mut rng))] +=
                        1.0 / 4_000.0;
                });
                // Four standard errors of a share of 4,000 are at most .032.
                assert!(
                    next.iter()
                        .zip(drawn)
                        .all(|(p, share)| (p - share).abs() < 0.032),
                    "{prefix:?}"
                );
            }
        }
    }

    #[test]
    fn discounts_are_those_worked_by_hand() {
        // The text counts e f g and the end once, a h twice, b c three times, d four times: n = 4 2
        // 2 1.
        let trie = gather(0, [(symbols(b"aabbbcccddddefghh"), 0)].into_iter()).unwrap();
        let [ham, spam] = CountedStrings::from(trie).discounts()[0];
        // Y = 4 / (4 + 2 · 2) = 1/2; D1 = 1 - 2/2 · 2/4, D2 = 2 - 3/2 · 2/2, D3 = 3 - 4/2 · 1/2.
        assert_eq!(ham, [0.5, 0.5, 2.0]);
        assert_eq!(spam, [0.5; 3]);
    }
}
