//! Word n-grams narrowed to one message: the strings that [`WordReader`](super::reader::WordReader)
//! asks for when it reads the message, fetched along the same way.

use super::smoothing::Weight;
use super::stored::{FEW, Found, StoredStrings, weights_of};
use super::words::{UNKNOWN_WORD, Words, symbols};
use crate::generative::language::context_trie::{KnownContexts, LONGEST, Strings, Symbol};
use crate::model::tables::{Tables, Touched};
use std::collections::BTreeMap;
use std::ops::Range;

/// A string that was found on the way.
#[derive(Default)]
struct Kept {
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
    let mut stored = StoredStrings::open(tables)?;
    let mut kept = BTreeMap::from([(0, Kept::default())]);
    let order = words.trie.order();
    let mut contexts = KnownContexts::start();
    for symbol in symbols(touched.tokens) {
        let in_file = match symbol {
            UNKNOWN_WORD | u32::END => symbol,
            word => touched.columns[word as usize - 1] + 1,
        };
        let (mut becomes, mut known) = ([0; LONGEST + 1], 0);
        for (length, &context) in contexts.nodes().iter().enumerate() {
            let context = asked(&mut kept, context, length, words, &mut stored)?;
            if known < length {
                continue;
            }
            let (few, children) = (&context.few, context.children.clone());
            let found = if few.is_empty() {
                stored.child(children, in_file)?
            } else {
                few.iter().find(|(_, other, _)| *other == in_file).copied()
            };
            if let Some((node, _, counts)) = found {
                let kept = kept.entry(node).or_default();
                (kept.symbol, kept.counts) = (symbol, counts);
                becomes[known] = node;
                known += 1;
            }
        }
        contexts.advance(&becomes[..known], order);
    }
    narrow(words, kept);
    words.narrowed = Some(touched.columns.len() as u64);
    Ok(())
}

/// A string that was found, as context.
fn asked<'k>(
    kept: &'k mut BTreeMap<u32, Kept>,
    node: u32,
    length: usize,
    words: &Words,
    stored: &mut StoredStrings<'_, '_>,
) -> Result<&'k Context, String> {
    let context = &mut kept.entry(node).or_default().context;
    if context.is_none() {
        let children = stored.children(node)?;
        let is_wide = children.len() > FEW as usize;
        let few = if is_wide {
            Vec::new()
        } else {
            stored.range(children.clone())?
        };
        let weights = if is_wide {
            stored.weights(node)?
        } else {
            weights_of(&few, &words.smoothing, length)
        };
        *context = Some(Context {
            children,
            few,
            weights,
        });
    }
    context
        .as_ref()
        .ok_or_else(|| "a context is lost".to_owned())
}

/// The trie of what was kept. Strings keep their order, so that children still stand together, and
/// so do words, whose narrowed columns ascend like those they stand for.
fn narrow(words: &mut Words, kept: BTreeMap<u32, Kept>) {
    let nodes: Vec<u32> = kept.keys().copied().collect();
    let mut first = vec![nodes.len() as u32; nodes.len() + 1];
    for (at, kept) in kept.values().enumerate().rev() {
        let begins =
            |context: &Context| nodes.partition_point(|&node| node < context.children.start) as u32;
        first[at] = kept.context.as_ref().map_or(first[at + 1], begins);
    }
    let weights = |kept: &Kept| {
        kept.context
            .as_ref()
            .map_or_else(Default::default, |of| of.weights)
    };
    words.smoothing.weights = kept.values().map(weights).collect();
    words.smoothing.counts = kept.values().map(|kept| kept.counts).collect();
    let symbols = kept.values().map(|kept| kept.symbol).collect();
    words.trie = Strings::narrowed(words.trie.order(), symbols, first);
}
