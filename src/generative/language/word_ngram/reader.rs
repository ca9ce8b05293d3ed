//! Reading by [`Words`]: p of every word of a message, in ham and in spam.

use super::smoothing::{WordSmoothing, interpolate};
use super::words::Words;
use rustc_hash::FxHashMap;

/// κ: the weight of the n-grams beside the words of the message, in words.
const KAPPA: f64 = 500.0;

/// p of each of these words after those before it, in ham and in spam.
///
/// Goes through the message once for each length of the context, not once with all lengths at each
/// word: then no step waits for the one before, and memory, which is what this takes its time for,
/// serves several words at once.
pub fn read(model: &Words, words: &[u32]) -> Vec<[f64; 2]> {
    let WordSmoothing {
        singles,
        unigrams,
        counts,
        weights,
        discounts,
        ..
    } = &model.smoothing;
    // The strings of the length so far that end at each word; 0 is none that was seen. Those of
    // single words stand right behind the root, in the order of their unigrams.
    let found = words.iter().map(|&word| singles.node(word).unwrap_or(0));
    let mut strings: Vec<u32> = found.collect();
    let found = strings.iter().map(|&string| unigrams[string as usize]);
    let mut p: Vec<[f64; 2]> = found.collect();
    let mut longer = vec![0; words.len()];
    for discounts in discounts.iter().skip(1) {
        for at in 1..words.len() {
            let (context, suffix) = (strings[at - 1], strings[at]);
            // A string was not seen unless its suffix was.
            longer[at] = if context == 0 || suffix == 0 {
                0
            } else {
                model.trie.child(context, words[at]).unwrap_or(0)
            };
        }
        for at in 1..words.len() {
            let (context, string) = (strings[at - 1] as usize, longer[at] as usize);
            if context > 0 {
                // The empty string stands for none: its count is not asked for.
                let counts = if string > 0 { counts[string] } else { [0; 2] };
                let weights = &weights[context];
                p[at] = [0, 1]
                    .map(|c: usize| interpolate(p[at][c], counts[c], weights[c], &discounts[c]));
            }
        }
        std::mem::swap(&mut strings, &mut longer);
        strings[..1.min(words.len())].fill(0);
    }
    if model.adaptive {
        repeat(words, &mut p);
    }
    p
}

/// Mixes in how often each word was said before in the message.
fn repeat(words: &[u32], p: &mut [[f64; 2]]) {
    let mut said: FxHashMap<u32, u32> = FxHashMap::default();
    for (before, (word, p)) in words.iter().zip(p).enumerate() {
        let own = said.entry(*word).or_insert(0);
        *p = p.map(|p| (KAPPA * p + f64::from(*own)) / (KAPPA + before as f64));
        *own += 1;
    }
}
