//! Reading by [`Words`]: p of every word of a message, in ham and in spam.

use super::weights::interpolate;
use super::words::Words;
use rustc_hash::FxHashMap;
use std::hint::black_box;

/// κ: the weight of the n-grams beside the words of the message, in words.
const KAPPA: f64 = 500.0;

/// p of each of these words after those before it, in ham and in spam.
///
/// Goes through the message once for each length of the context, not once with all lengths at each
/// word: then no step waits for the one before, and memory, which is what this takes its time for,
/// serves many words at once.
pub fn read(model: &Words, words: &[u32]) -> Vec<[f64; 2]> {
    let (strings, smoothing) = (&model.strings, &model.smoothing);
    // The string of the length so far that ends at each word; 0 is none that was seen. Those of
    // single words stand right behind the root, in the order of their unigrams.
    let found = words.iter().map(|&word| smoothing.singles.get(word));
    let mut found: Vec<u32> = found.collect();
    let unigram = |&word: &u32| smoothing.unigrams[word as usize];
    let mut p: Vec<[f64; 2]> = found.iter().map(unigram).collect();
    let mut children = vec![0..0; words.len()];
    for taken in smoothing.taken().skip(1) {
        for (children, &context) in children.iter_mut().skip(1).zip(&found) {
            *children = if context == 0 {
                0..0
            } else {
                strings.children(context)
            };
        }
        let touch = |touched, of| touched ^ strings.touch(of);
        black_box(children.iter().fold(0, touch));
        for at in (1..words.len()).rev() {
            let (context, suffix, children) = (found[at - 1], found[at], children[at].clone());
            if context == 0 {
                found[at] = 0;
                continue;
            }
            let weights = strings.weights(context, children.clone(), &taken);
            // A string was not seen unless its suffix was.
            let string = if suffix == 0 {
                0
            } else {
                strings.find(children, words[at])
            };
            // The empty string stands for none: its count is not asked for.
            let counts = if string > 0 {
                strings.counts(string)
            } else {
                [0; 2]
            };
            p[at] = [0, 1].map(|c: usize| interpolate(p[at][c], counts[c], weights[c], &taken[c]));
            found[at] = string;
        }
        found[..1.min(words.len())].fill(0);
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
