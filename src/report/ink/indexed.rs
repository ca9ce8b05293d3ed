//! Converts pixels to indices of a palette. A picture with few colours then takes a third of the
//! bytes and of the time to compress.
//!
//! A drawing has a few colours, and some thousand blends of them along edges and under dots. The
//! 256 most frequent colours are kept. A rarer one, which only a few pixels have, is replaced by
//! the nearest of them.

use rustc_hash::FxHashMap;

/// Number of colours that one byte can index.
const COLOURS: usize = 256;

/// The palette, as red, green and blue of each colour in turn, and the index of each pixel's
/// colour.
pub(super) fn indexed(pixels: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (pixels, _) = pixels.as_chunks::<3>();
    let runs = runs(pixels);
    let mut counts: FxHashMap<[u8; 3], usize> = FxHashMap::default();
    for &(colour, length) in &runs {
        *counts.entry(colour).or_default() += length;
    }
    let mut ranked: Vec<([u8; 3], usize)> = counts.into_iter().collect();
    ranked.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let palette: Vec<[u8; 3]> = ranked
        .iter()
        .take(COLOURS)
        .map(|(colour, _)| *colour)
        .collect();
    let number = |&(colour, _): &([u8; 3], usize)| (colour, nearest(&palette, colour));
    let numbers: FxHashMap<[u8; 3], u8> = ranked.iter().map(number).collect();
    let mut indices = Vec::with_capacity(pixels.len());
    for (colour, length) in runs {
        indices.resize(indices.len() + length, numbers[&colour]);
    }
    (palette.concat(), indices)
}

/// The colours in order, each with the number of consecutive pixels that have it.
fn runs(pixels: &[[u8; 3]]) -> Vec<([u8; 3], usize)> {
    // Most pixels equal their neighbours, so this number of them is compared at once as bytes.
    const ALIKE: usize = 32;
    let mut runs: Vec<([u8; 3], usize)> = Vec::new();
    let mut at = 0;
    while at < pixels.len() {
        let colour = pixels[at];
        let uniform = [colour; ALIKE];
        let start = at;
        while pixels[at..].starts_with(&uniform) {
            at += ALIKE;
        }
        while at < pixels.len() && pixels[at] == colour {
            at += 1;
        }
        runs.push((colour, at - start));
    }
    runs
}

/// The index of the colour with the least squared distance.
fn nearest(palette: &[[u8; 3]], colour: [u8; 3]) -> u8 {
    let distance = |other: &[u8; 3]| -> u32 {
        other
            .iter()
            .zip(colour)
            .map(|(&a, b)| u32::from(a.abs_diff(b)).pow(2))
            .sum()
    };
    let nearest = palette
        .iter()
        .enumerate()
        .min_by_key(|(_, other)| distance(other));
    nearest.map_or(0, |(at, _)| at as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_any_length_are_found_whole() {
        let lengths = [1, 31, 32, 33, 64, 100, 2];
        let grey = |(at, &length): (usize, &usize)| ([at as u8 % 2; 3], length);
        let expected: Vec<([u8; 3], usize)> = lengths.iter().enumerate().map(grey).collect();
        let pixels = expected
            .iter()
            .flat_map(|&(colour, length)| vec![colour; length]);
        assert_eq!(runs(&pixels.collect::<Vec<_>>()), expected);
    }

    #[test]
    fn frequent_colours_stay_and_rare_ones_become_the_nearest() {
        // 300 greys and reds, of which those below 256 occur twice.
        let grey = |at: u16| [(at % 256) as u8, (at / 256) as u8, 0];
        let pixels: Vec<[u8; 3]> = (0..300).chain(0..256).map(grey).collect();
        let (palette, indices) = indexed(pixels.as_flattened());
        assert_eq!((palette.len(), indices.len()), (3 * 256, 556));
        let shown = |at: usize| &palette[3 * usize::from(indices[at])..][..3];
        assert!((0..256).all(|at| shown(at) == pixels[at] && shown(300 + at) == pixels[at]));
        // [5, 1, 0] is nearest to [5, 0, 0].
        assert_eq!(shown(261), [5, 0, 0]);
        assert_eq!(indexed(&[1, 2, 3]), (vec![1, 2, 3], vec![0]));
    }
}
