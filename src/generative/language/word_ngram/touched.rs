//! Word n-grams narrowed to one message: the strings that [`read`](super::reader::read) asks for
//! when it reads the message, fetched along the same way.

use super::stored::{FEW, Found, StoredStrings};
use super::weights::{Weight, taken, weigh};
use super::word_strings::{WordStrings, large_among, packed};
use super::words::{UNKNOWN_WORD, Words, symbols};
use crate::generative::language::strings::{KnownContexts, LONGEST, Symbol};
use crate::model::tables::{Tables, Touched};
use rustc_hash::FxHashMap;
use std::ops::Range;

/// What was found on the way.
struct Walk<'t, 'a> {
    stored: StoredStrings<'t, 'a>,
    kept: FxHashMap<u32, Kept>,
    /// The children of contexts with many of them, by context and last word.
    of_wide: FxHashMap<(u32, u32), Option<Found>>,
}

/// A string that was found.
#[derive(Default)]
struct Kept {
    /// Its last word, as the narrowed model numbers it.
    symbol: u32,
    counts: [u32; 2],
    context: Option<Context>,
}

/// A string that was asked what follows it.
struct Context {
    children: Range<u32>,
    /// The children, where there are few of them.
    few: Vec<Found>,
    weights: [Weight; 2],
}

/// Reads of a model what a message touches; its other parameters are known.
pub fn load(
    words: &mut Words,
    tables: &mut Tables<'_>,
    touched: Touched<'_>,
) -> Result<(), String> {
    let mut walk = Walk {
        stored: StoredStrings::open(tables)?,
        kept: FxHashMap::from_iter([(0, Kept::default())]),
        of_wide: FxHashMap::default(),
    };
    let order = words.strings.order();
    let mut contexts = KnownContexts::start();
    for symbol in symbols(touched.tokens) {
        let in_file = match symbol {
            UNKNOWN_WORD | u32::END => symbol,
            word => touched.columns[word as usize - 1] + 1,
        };
        let (mut becomes, mut known) = ([0; LONGEST + 1], 0);
        for (length, &context) in contexts.nodes().iter().enumerate() {
            walk.ask(context, length, words)?;
            if known < length {
                continue;
            }
            if let Some(Found { node, counts, .. }) = walk.child(context, in_file)? {
                let kept = walk.kept.entry(node).or_default();
                (kept.symbol, kept.counts) = (symbol, counts);
                becomes[known] = node;
                known += 1;
            }
        }
        contexts.advance(&becomes[..known], order);
    }
    narrow(words, walk.kept)?;
    words.narrowed = Some(touched.columns.len() as u64);
    Ok(())
}

impl Walk<'_, '_> {
    /// Makes a string known as context.
    fn ask(&mut self, node: u32, length: usize, words: &Words) -> Result<(), String> {
        let context = &mut self.kept.entry(node).or_default().context;
        if context.is_some() {
            return Ok(());
        }
        let children = self.stored.children(node)?;
        let (few, weights) = if children.len() > FEW as usize {
            (Vec::new(), self.stored.weights(node)?)
        } else {
            let few = children.clone().map(|child| self.stored.string(child));
            let few = few.collect::<Result<Vec<Found>, String>>()?;
            let counts = few.iter().map(|child| child.counts);
            let weights = weigh(counts, &taken(&words.smoothing.discounts[length]));
            (few, weights)
        };
        *context = Some(Context {
            children,
            few,
            weights,
        });
        Ok(())
    }

    /// The child that ends in a word of a context that is known.
    fn child(&mut self, node: u32, symbol: u32) -> Result<Option<Found>, String> {
        let Some(context) = self.kept.get(&node).and_then(|kept| kept.context.as_ref()) else {
            return Ok(None);
        };
        if context.children.len() <= FEW as usize {
            let found = context.few.iter().find(|child| child.symbol == symbol);
            return Ok(found.copied());
        }
        if let Some(found) = self.of_wide.get(&(node, symbol)) {
            return Ok(*found);
        }
        let found = self.stored.child(context.children.clone(), symbol)?;
        self.of_wide.insert((node, symbol), found);
        Ok(found)
    }
}

/// The strings that were kept. Strings keep their order, so that children still stand together, and
/// so do words, whose narrowed columns ascend like those they stand for.
fn narrow(words: &mut Words, kept: FxHashMap<u32, Kept>) -> Result<(), String> {
    let mut kept: Vec<(u32, Kept)> = kept.into_iter().collect();
    kept.sort_unstable_by_key(|(node, _)| *node);
    let mut first = vec![kept.len() as u32; kept.len() + 1];
    for (at, (_, string)) in kept.iter().enumerate().rev() {
        first[at] = match &string.context {
            Some(Context { children, .. }) => {
                kept.partition_point(|(node, _)| *node < children.start) as u32
            }
            None => first[at + 1],
        };
    }
    let of = || (0..).zip(kept.iter().map(|(_, string)| string));
    let weights = |(at, string): (u32, &Kept)| Some((at, string.context.as_ref()?.weights));
    let order = words.strings.order();
    let strings = of().map(|(_, string)| packed(string.symbol, string.counts));
    words.strings = WordStrings::narrowed(
        order,
        strings.collect(),
        first,
        large_among(of().map(|(_, string)| string.counts)),
        of().filter_map(weights).collect(),
    )?;
    words.look_up();
    Ok(())
}
