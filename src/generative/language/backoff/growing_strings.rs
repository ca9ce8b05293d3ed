//! Strings of bytes that grow with the mail: what [`CountedStrings`] hold, while it is learned.
//!
//! What follows a context stands side by side, in order, in a block of memory that is left for one
//! of twice the size when it is full; blocks that were left are used again. A symbol is counted in
//! the longest context and on down to the first in which it was not new, so that the counts are
//! those of [`ContextTrie::into_continuation_counts`].
//!
//! [`CountedStrings`]: super::CountedStrings
//! [`ContextTrie::into_continuation_counts`]:
//!     crate::generative::language::context_trie::ContextTrie::into_continuation_counts

use super::KnownStrings;
use crate::generative::language::discounting::{DiscountTally, Discounts, of_counts};
use crate::generative::language::strings::LONGEST;
use crate::model::END;
use std::ops::Range;

/// Strings of one model at most, free places included: some 2 GB with their contexts. A stream so
/// long that it has more goes on without learning new ones, where a fit would refuse it.
const MOST_STRINGS: usize = 50_000_000;

/// A string: the last symbol of it, how often it counts in each class, and the context that it is,
/// if anything follows it.
#[derive(Debug, Clone, Copy, Default)]
struct GrowingString {
    counts: [u32; 2],
    context: u32,
    symbol: u16,
}

/// What follows a string: a block of strings, of which the first `len` are in use.
#[derive(Debug, Clone, Copy, Default)]
struct Context {
    first: u32,
    len: u16,
    /// The block has room for 2^room strings; none yet where `len` is 0.
    room: u8,
    tallies: [DiscountTally; 2],
}

/// Strings with their counts. String 0 stands for none; context 0 is that in which nothing was
/// seen, and context 1 the empty string.
#[derive(Debug, Clone)]
pub struct GrowingStrings {
    order: usize,
    /// Strings at most; then no more are made.
    most: usize,
    strings: Vec<GrowingString>,
    contexts: Vec<Context>,
    /// Blocks that were left, by their room.
    left: Vec<Vec<u32>>,
    /// By length of the context and class, how many strings count once, twice, three and four
    /// times.
    counted: Vec<[[f64; 4]; 2]>,
    discounts: Vec<[Discounts; 2]>,
}

impl GrowingStrings {
    /// No string yet, for contexts of up to `order` symbols.
    pub fn new(order: usize) -> GrowingStrings {
        GrowingStrings::with_most(order, MOST_STRINGS)
    }

    fn with_most(order: usize, most: usize) -> GrowingStrings {
        GrowingStrings {
            order,
            most,
            strings: vec![GrowingString::default()],
            contexts: vec![Context::default(); 2],
            left: Vec::new(),
            counted: vec![Default::default(); order + 1],
            discounts: vec![[of_counts([0.0; 4]); 2]; order + 1],
        }
    }

    /// The discounts of modified Kneser-Ney smoothing, by length of the context and class.
    pub fn discounts(&self) -> &[[Discounts; 2]] {
        &self.discounts
    }

    /// Learns a text of a class, given with its end.
    pub fn learn(&mut self, symbols: impl Iterator<Item = u16>, class: usize) {
        let mut contexts = [0; LONGEST + 1];
        contexts[0] = 1;
        let mut longest = 0;
        for symbol in symbols {
            let mut becomes = [0; LONGEST + 1];
            let mut counting = true;
            for length in (0..=longest).rev() {
                let context = contexts[length];
                if context == 0 {
                    // It is one that there was no room for.
                    continue;
                }
                let Some(string) = self.find_or_insert(context, symbol) else {
                    // There is no room for more: what is known stays as it is.
                    continue;
                };
                if counting {
                    let before = self.strings[string].counts[class];
                    self.strings[string].counts[class] += 1;
                    self.contexts[context as usize].tallies[class].count(before);
                    self.tell(length, class, before);
                    counting = before == 0;
                }
                if length < self.order && symbol != END {
                    becomes[length + 1] = self.context_of(string);
                }
            }
            longest = (longest + 1).min(self.order);
            contexts[1..=longest].copy_from_slice(&becomes[1..=longest]);
            while contexts[longest] == 0 {
                longest -= 1;
            }
        }
        for (discounts, counted) in self.discounts.iter_mut().zip(&self.counted) {
            *discounts = counted.map(of_counts);
        }
    }

    /// A string of a context of this length counts once more.
    fn tell(&mut self, length: usize, class: usize, before: u32) {
        let counted = &mut self.counted[length][class];
        if let Some(less) = before.checked_sub(1).filter(|&at| at < 4) {
            counted[less as usize] -= 1.0;
        }
        if let Some(more) = counted.get_mut(before as usize) {
            *more += 1.0;
        }
    }

    /// The context that a string is.
    fn context_of(&mut self, string: usize) -> u32 {
        if self.strings[string].context == 0 {
            self.strings[string].context = self.contexts.len() as u32;
            self.contexts.push(Context::default());
        }
        self.strings[string].context
    }

    /// The string that a symbol makes of a context; None if it is new and there is no room.
    fn find_or_insert(&mut self, context: u32, symbol: u16) -> Option<usize> {
        let Context {
            first, len, room, ..
        } = self.contexts[context as usize];
        let (first, len) = (first as usize, usize::from(len));
        let block = &self.strings[first..first + len];
        let at = match block.binary_search_by_key(&symbol, |string| string.symbol) {
            Ok(at) => return Some(first + at),
            Err(at) => at,
        };
        let first = if len == 0 {
            self.block(0)?
        } else if len == 1 << room {
            let wider = self.block(room + 1)?;
            self.strings.copy_within(first..first + len, wider);
            self.left[usize::from(room)].push(first as u32);
            self.contexts[context as usize].room = room + 1;
            wider
        } else {
            first
        };
        self.strings
            .copy_within(first + at..first + len, first + at + 1);
        self.strings[first + at] = GrowingString {
            symbol,
            ..GrowingString::default()
        };
        let context = &mut self.contexts[context as usize];
        context.first = first as u32;
        context.len += 1;
        Some(first + at)
    }

    /// A block with room for 2^room strings.
    fn block(&mut self, room: u8) -> Option<usize> {
        let room = usize::from(room);
        self.left.resize(self.left.len().max(room + 1), Vec::new());
        if let Some(first) = self.left[room].pop() {
            return Some(first as usize);
        }
        let first = self.strings.len();
        let end = first + (1 << room);
        if end > self.most {
            return None;
        }
        self.strings.resize(end, GrowingString::default());
        Some(first)
    }
}

impl KnownStrings for GrowingStrings {
    /// A context by its number.
    type Following = u32;

    fn order(&self) -> usize {
        self.order
    }

    fn empty(&self) -> u32 {
        1
    }

    fn following(&self, string: u32) -> u32 {
        self.strings[string as usize].context
    }

    fn counts(&self, string: u32) -> [u32; 2] {
        self.strings[string as usize].counts
    }

    fn symbol(&self, string: u32) -> u16 {
        self.strings[string as usize].symbol
    }

    fn strings(&self, following: u32) -> Range<u32> {
        let context = &self.contexts[following as usize];
        context.first..context.first + u32::from(context.len)
    }

    fn find(&self, following: u32, symbol: u16) -> u32 {
        let strings = self.strings(following);
        let block = &self.strings[strings.start as usize..strings.end as usize];
        match block.binary_search_by_key(&symbol, |string| string.symbol) {
            Ok(at) => strings.start + at as u32,
            Err(_) => 0,
        }
    }

    fn tallies(&self, following: u32) -> [DiscountTally; 2] {
        self.contexts[following as usize].tallies
    }

    fn touch(&self, following: u32) -> u16 {
        self.contexts[following as usize].len
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generative::language::backoff::CountedStrings;
    use crate::generative::language::gather_ngrams::gather;
    use crate::generative::language::strings::symbols;

    const TEXTS: [&[u8]; 6] = [
        b"abracadabra",
        b"aab",
        b"",
        b"the quick brown fox jumps over the lazy dog",
        b"cadaver of a brown dog",
        b"abra",
    ];

    fn learned(mut strings: GrowingStrings) -> GrowingStrings {
        for (at, text) in TEXTS.into_iter().enumerate() {
            strings.learn(symbols(text), at % 2);
        }
        strings
    }

    #[test]
    fn what_has_grown_is_what_is_gathered_from_all_texts_together() {
        for order in [0, 1, 2, 5] {
            let texts = TEXTS.into_iter().enumerate();
            let together = gather(order, texts.map(|(at, text)| (symbols(text), at % 2)));
            let together = CountedStrings::from(together.unwrap());
            let grown = learned(GrowingStrings::new(order));
            let saved = |trie| postcard::to_stdvec(&trie).unwrap();
            assert_eq!(saved(grown.trie()), saved(together.trie()), "order {order}");
            assert_eq!(grown.discounts(), together.discounts());
            assert_eq!(grown.tallies(1), together.tallies(together.empty()));
        }
    }

    #[test]
    fn without_room_it_keeps_what_it_knows() {
        for most in 1..200 {
            let full = learned(GrowingStrings::with_most(3, most));
            assert!(full.strings.len() <= most.max(1), "{most}");
            // Where nothing was seen nothing is found, and all contexts end.
            assert_eq!(full.strings(0).len(), 0, "{most}");
            assert!(full.trie().len() <= most.max(1), "{most}");
        }
    }
}
