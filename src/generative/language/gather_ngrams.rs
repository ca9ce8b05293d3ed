//! Gathers the contexts of training mail: every string of as many symbols as can matter, as one
//! number, sorted and counted.
//!
//! A window is a symbol with those that follow it in the message, up to the order; where the
//! message ends, zeros follow. Sorted, windows with a beginning in common stand together, so the
//! trie of [`ContextTrie`] can be read off in one pass from left to right, while a table of hashes
//! would wait for memory at every symbol of every length. Windows are sorted by the million, and
//! what is sorted is merged with what is of like size: each string is held once.

use super::context_trie::{ContextTrie, TrieBuilder};
use super::strings::{MOST_NODES, Symbol};
use rayon::prelude::*;

/// Windows that are sorted at once.
const CHUNK: usize = 1 << 20;

/// A window and the class of its message in the last bit, as a number.
trait Window: Copy + Ord + Default + Send {
    /// The window that begins one symbol later.
    fn followed_by(self, symbol: u64, bits: u32) -> Self;
    /// The last `bits` bits, with the class.
    fn of_class(self, bits: u32, class: usize) -> Self;
    /// Without the class, and the class.
    fn split(self) -> (Self, usize);
    /// How many of `symbols` are the same at the beginning.
    fn shared(self, other: Self, symbols: usize, bits: u32) -> usize;
    /// The symbol that `before_last` others follow.
    fn symbol(self, before_last: usize, bits: u32) -> u64;
}

macro_rules! window {
    ($number:ty) => {
        impl Window for $number {
            fn followed_by(self, symbol: u64, bits: u32) -> Self {
                self << bits | <$number>::from(symbol)
            }

            fn of_class(self, bits: u32, class: usize) -> Self {
                (self & ((1 << bits) - 1)) << 1 | class as $number
            }

            fn split(self) -> (Self, usize) {
                (self >> 1, (self & 1) as usize)
            }

            fn shared(self, other: Self, symbols: usize, bits: u32) -> usize {
                let different = <$number>::BITS - (self ^ other).leading_zeros();
                symbols - different.div_ceil(bits) as usize
            }

            fn symbol(self, before_last: usize, bits: u32) -> u64 {
                (self >> (before_last as u32 * bits)) as u64 & ((1 << bits) - 1)
            }
        }
    };
}

window!(u64);
window!(u128);

/// The contexts of up to `order` symbols in messages, each with its class and its end; None if they
/// are too many to hold.
pub fn gather<S: Symbol, M: IntoIterator<Item = S>>(
    order: usize,
    messages: impl Iterator<Item = (M, usize)>,
) -> Option<ContextTrie<S>> {
    gather_within(order, S::BITS, messages)
}

/// The same of symbols that have `bits` bits at most, not all of them set, and of ends, which are
/// then told by all bits set: windows of fewer bits are sorted in half the time.
pub fn gather_within<S: Symbol, M: IntoIterator<Item = S>>(
    order: usize,
    bits: u32,
    messages: impl Iterator<Item = (M, usize)>,
) -> Option<ContextTrie<S>> {
    // One bit is for the class.
    let order = order.min((u128::BITS as usize - 1) / S::BITS as usize - 1);
    let shape = Shape {
        order,
        bits,
        at_once: CHUNK,
    };
    if (order as u32 + 1) * bits < u64::BITS {
        Runs::<u64>::of(shape, messages)?.contexts(shape)
    } else {
        Runs::<u128>::of(shape, messages)?.contexts(shape)
    }
}

/// What windows are like.
#[derive(Clone, Copy)]
struct Shape {
    /// A window has one symbol more.
    order: usize,
    /// Bits of a symbol.
    bits: u32,
    /// Windows that are sorted at once.
    at_once: usize,
}

impl Shape {
    /// A symbol in its bits: the end is all of them.
    fn pack<S: Symbol>(self, symbol: S) -> u64 {
        let end = (1 << self.bits) - 1;
        if symbol == S::END { end } else { symbol.into() }
    }

    fn unpack<S: Symbol>(self, bits: u64) -> S {
        let end = (1 << self.bits) - 1;
        if bits == end { S::END } else { S::of(bits) }
    }
}

/// Different windows in order, and how often each was there.
#[derive(Default)]
struct Run<W> {
    windows: Vec<W>,
    counts: Vec<u32>,
}

impl<W: Window> Run<W> {
    fn of(windows: &mut [W]) -> Run<W> {
        windows.par_sort_unstable();
        let mut run = Run::default();
        for &window in &*windows {
            run.add(window, 1);
        }
        run
    }

    fn add(&mut self, window: W, count: u32) {
        match (self.windows.last(), self.counts.last_mut()) {
            (Some(last), Some(counted)) if *last == window => *counted += count,
            _ => {
                self.windows.push(window);
                self.counts.push(count);
            }
        }
    }

    fn merged(&self, other: &Run<W>) -> Run<W> {
        let mut merged = Run::default();
        let (mut a, mut b) = (self.iter().peekable(), other.iter().peekable());
        loop {
            let first = match (a.peek(), b.peek()) {
                (Some(one), Some(two)) => one.0 <= two.0,
                (one, _) => one.is_some(),
            };
            let Some((window, count)) = (if first { a.next() } else { b.next() }) else {
                return merged;
            };
            merged.add(window, count);
        }
    }

    fn iter(&self) -> impl Iterator<Item = (W, u32)> {
        self.windows
            .iter()
            .copied()
            .zip(self.counts.iter().copied())
    }
}

impl<W: Window> Run<W> {
    /// Visits the beginnings of all windows, shortest first: a string is counted once for each
    /// window that begins with it.
    fn visit<S: Symbol>(&self, shape: Shape, mut visitor: impl FnMut(Beginning<S>)) {
        let Shape { order, bits, .. } = shape;
        let mut previous: Option<W> = None;
        for (window, count) in self.iter() {
            let (window, class) = window.split();
            let shared = previous.map_or(0, |previous| previous.shared(window, order + 1, bits));
            previous = Some(window);
            for before in 0..=order {
                let symbol = shape.unpack(window.symbol(order - before, bits));
                visitor(Beginning {
                    before,
                    symbol,
                    // Windows stand in order: a string is new exactly where this window differs
                    // from the one before within it.
                    new: before >= shared,
                    class,
                    count,
                });
                // Behind the end of a message there are only zeros.
                if symbol == S::END {
                    break;
                }
            }
        }
    }
}

/// A string that a window begins with.
struct Beginning<S> {
    /// Number of symbols before the last one.
    before: usize,
    /// The last one.
    symbol: S,
    /// Whether no window before began with it.
    new: bool,
    class: usize,
    count: u32,
}

/// Sorted runs, each more than twice as long as the next.
struct Runs<W>(Vec<Run<W>>);

impl<W: Window> Runs<W> {
    fn of<S: Symbol, M: IntoIterator<Item = S>>(
        shape: Shape,
        messages: impl Iterator<Item = (M, usize)>,
    ) -> Option<Runs<W>> {
        let Shape { order, bits, .. } = shape;
        let whole = (order as u32 + 1) * bits;
        let mut runs = Runs(Vec::new());
        let mut chunk: Vec<W> = Vec::new();
        let mut all = 0usize;
        for (message, class) in messages {
            let mut window = W::default();
            let symbols = message
                .into_iter()
                .map(|symbol| shape.pack(symbol))
                .chain(std::iter::repeat_n(0, order));
            for (at, symbol) in symbols.enumerate() {
                window = window.followed_by(symbol, bits);
                if at >= order {
                    chunk.push(window.of_class(whole, class));
                    all += 1;
                }
                if chunk.len() == shape.at_once {
                    runs.take(&mut chunk);
                }
            }
            let held: usize = runs.0.iter().map(|run| run.windows.len()).sum();
            if held > MOST_NODES || all > u32::MAX as usize / 2 {
                return None;
            }
        }
        runs.take(&mut chunk);
        Some(runs)
    }

    fn take(&mut self, chunk: &mut Vec<W>) {
        let mut run = Run::of(chunk);
        chunk.clear();
        while let Some(last) = self
            .0
            .pop_if(|last| last.windows.len() <= 2 * run.windows.len())
        {
            run = last.merged(&run);
        }
        self.0.push(run);
    }

    /// The trie, read off the sorted windows: once to know how many strings there are of each
    /// length, and once to write them.
    fn contexts<S: Symbol>(mut self, shape: Shape) -> Option<ContextTrie<S>> {
        let mut run = self.0.pop().unwrap_or_default();
        while let Some(last) = self.0.pop() {
            run = last.merged(&run);
        }
        let mut root = [0; 2];
        let mut lengths = vec![0; shape.order + 1];
        run.visit(shape, |string: Beginning<S>| {
            if string.before == 0 {
                root[string.class] += string.count;
            }
            lengths[string.before] += usize::from(string.new);
        });
        let mut builder = TrieBuilder::new(root, &lengths)?;
        run.visit(shape, |string: Beginning<S>| {
            if string.new {
                builder.add(string.before, string.symbol);
            }
            builder.count(string.before, string.class, string.count);
        });
        Some(builder.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::math::below;
    use crate::base::streams::{Stream, random_stream};
    use crate::generative::language::strings::symbols;
    use std::collections::BTreeMap;

    /// Every string of up to so many symbols, by looking at each place of each text.
    fn counted(texts: &[Vec<u8>], longest: usize) -> BTreeMap<Vec<u16>, [u32; 2]> {
        let mut found = BTreeMap::new();
        for (at, text) in texts.iter().enumerate() {
            let all: Vec<u16> = symbols(text).collect();
            for (start, end) in
                (0..all.len()).flat_map(|start| (start..=all.len()).map(move |end| (start, end)))
            {
                if end - start <= longest {
                    found.entry(all[start..end].to_vec()).or_insert([0; 2])[at % 2] += 1;
                }
            }
        }
        found
    }

    fn walked(
        trie: &ContextTrie,
        node: u32,
        string: &mut Vec<u16>,
        found: &mut BTreeMap<Vec<u16>, [u32; 2]>,
    ) {
        found.insert(string.clone(), trie.seen(node));
        for child in trie.children(node) {
            string.push(trie.symbol(child));
            walked(trie, child, string, found);
            string.pop();
        }
    }

    #[test]
    fn every_string_is_counted_whatever_is_sorted_at_once() {
        let mut rng = random_stream(9, Stream::Test(0));
        let texts: Vec<Vec<u8>> = (0..40)
            .map(|at| {
                (0..at % 12)
                    .map(|_| [0, b'a', b'b', 255][below(&mut rng, 4)])
                    .collect()
            })
            .collect();
        let messages = || {
            texts
                .iter()
                .enumerate()
                .map(|(at, text)| (symbols(text), at % 2))
        };
        for (order, at_once) in [(0, 1), (1, 3), (2, 7), (3, 1000), (6, 5)] {
            let expected = counted(&texts, order + 1);
            let shape = Shape {
                order,
                bits: <u16 as Symbol>::BITS,
                at_once,
            };
            let narrow = Runs::<u64>::of(shape, messages()).unwrap();
            let wide = Runs::<u128>::of(shape, messages()).unwrap();
            let narrow = narrow.contexts(shape).unwrap();
            let wide = wide.contexts(shape).unwrap();
            for trie in [narrow, wide] {
                let mut found = BTreeMap::new();
                walked(&trie, 0, &mut Vec::new(), &mut found);
                assert_eq!(found, expected, "order {order}, {at_once} at once");
            }
        }
    }

    #[test]
    fn long_contexts_and_words_are_gathered_too() {
        let trie = gather(13, [(symbols(b"abcdefghijklmnop"), 1)].into_iter()).unwrap();
        let mut node = 0;
        for symbol in b"bcdefghijklmno" {
            node = trie.child(node, u16::from(*symbol)).unwrap();
        }
        assert_eq!(
            (trie.order(), trie.seen(node), trie.children(node).len()),
            (13, [0, 1], 0)
        );
        let trie = gather(4, [([7, 1 << 23, 7, u32::END], 0)].into_iter()).unwrap();
        assert_eq!(
            trie.children(0)
                .map(|node| trie.symbol(node))
                .collect::<Vec<u32>>(),
            [7, 1 << 23, u32::END]
        );
        assert_eq!(
            gather(2, std::iter::empty::<([u16; 1], usize)>())
                .unwrap()
                .len(),
            1
        );
    }
}
