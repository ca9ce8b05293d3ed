//! Byte-pair encoding: frequent strings of bytes become tokens of their own (Sennrich, Haddow and
//! Birch, ACL 2016, on bytes instead of characters).
//!
//! A text is cut into pieces, which no token crosses: a word with the space before it, or a run of
//! other bytes. Training joins the most frequent pair of neighbours, again and again, of equals the
//! pair of the smallest tokens; encoding joins in the same order. Every text can be encoded, and
//! the bytes of the tokens are the text again.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Tokens of one byte.
const BYTES: usize = 256;
/// The longest piece: it bounds the time that one takes.
const LONGEST: usize = 32;

/// A table of tokens.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct BytePairs {
    /// The two tokens that each token from 256 on joins.
    joined: Vec<[u16; 2]>,
    #[serde(skip)]
    tables: OnceLock<Tables>,
}

/// What follows from the joins.
#[derive(Debug, Clone)]
struct Tables {
    token: FxHashMap<[u16; 2], u16>,
    bytes: Vec<Vec<u8>>,
}

impl BytePairs {
    /// Learns up to so many tokens, those of one byte included.
    pub fn learn<'t>(texts: impl Iterator<Item = &'t [u8]>, tokens: usize) -> BytePairs {
        let mut counts: BTreeMap<&[u8], u64> = BTreeMap::new();
        for piece in texts.flat_map(pieces) {
            *counts.entry(piece).or_default() += 1;
        }
        let mut words: Vec<(Vec<u16>, u64)> = counts
            .into_iter()
            .map(|(piece, count)| (piece.iter().copied().map(u16::from).collect(), count))
            .collect();
        let mut pairs: FxHashMap<[u16; 2], u64> = FxHashMap::default();
        for (word, count) in &words {
            for pair in word.array_windows::<2>() {
                *pairs.entry(*pair).or_default() += count;
            }
        }
        let mut joined = Vec::new();
        for token in BYTES..tokens.min(usize::from(u16::MAX)) {
            let best = pairs
                .iter()
                .max_by_key(|(pair, count)| (**count, Reverse(**pair)));
            let Some((&pair, _)) = best.filter(|(_, count)| **count > 1) else {
                break;
            };
            joined.push(pair);
            for (word, count) in &mut words {
                if !word.array_windows::<2>().any(|found| *found == pair) {
                    continue;
                }
                for old in word.array_windows::<2>() {
                    if let Some(held) = pairs.get_mut(old) {
                        *held -= *count;
                    }
                }
                join(word, pair, token as u16);
                for new in word.array_windows::<2>() {
                    *pairs.entry(*new).or_default() += *count;
                }
            }
        }
        BytePairs {
            joined,
            tables: OnceLock::new(),
        }
    }

    /// How many tokens there are.
    pub fn count(&self) -> usize {
        BYTES + self.joined.len()
    }

    /// Whether each join is of tokens before it and no longer than a piece, as it is after
    /// training: joins of joins from elsewhere could double their length with every token.
    pub fn is_sound(&self) -> bool {
        let mut lengths = vec![1; BYTES];
        let sound = |pair: &[u16; 2]| {
            let of = |token: u16| lengths.get(usize::from(token)).copied();
            let length = of(pair[0]).zip(of(pair[1])).map(|(a, b)| a + b);
            lengths.extend(length);
            length.is_some_and(|length| length <= LONGEST)
        };
        self.joined.iter().all(sound) && u16::try_from(self.count()).is_ok()
    }

    fn tables(&self) -> &Tables {
        self.tables.get_or_init(|| {
            let mut bytes: Vec<Vec<u8>> = (0..=u8::MAX).map(|byte| vec![byte]).collect();
            let mut token = FxHashMap::default();
            for pair in &self.joined {
                token.insert(*pair, bytes.len() as u16);
                let both = pair.map(|half| bytes[usize::from(half)].clone()).concat();
                bytes.push(both);
            }
            Tables { token, bytes }
        })
    }

    /// The tokens of a text.
    pub fn encode(&self, text: &[u8]) -> Vec<u16> {
        let table = &self.tables().token;
        let mut tokens = Vec::new();
        let mut word = Vec::new();
        for piece in pieces(text) {
            word.clear();
            word.extend(piece.iter().copied().map(u16::from));
            loop {
                let pairs = word.array_windows::<2>();
                let first = pairs
                    .filter_map(|pair| Some((*table.get(pair)?, *pair)))
                    .min();
                let Some((token, pair)) = first else {
                    break;
                };
                join(&mut word, pair, token);
            }
            tokens.extend_from_slice(&word);
        }
        tokens
    }

    /// The bytes that a token stands for.
    pub fn bytes(&self, token: u16) -> &[u8] {
        &self.tables().bytes[usize::from(token)]
    }
}

/// Replaces each occurrence of a pair, from the left, by a token.
fn join(word: &mut Vec<u16>, pair: [u16; 2], token: u16) {
    let mut kept = 0;
    let mut at = 0;
    while at < word.len() {
        if word[at..].starts_with(&pair) {
            word[kept] = token;
            at += 2;
        } else {
            word[kept] = word[at];
            at += 1;
        }
        kept += 1;
    }
    word.truncate(kept);
}

/// A word with the space before it, or a run of other bytes; none longer than [`LONGEST`].
fn pieces(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let in_word = |byte: u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = *rest.first()?;
        let starts_word = first == b' ' && rest.get(1).is_some_and(|&byte| in_word(byte));
        let word = in_word(first) || starts_word;
        let from = usize::from(starts_word);
        let run = rest[from..].iter().enumerate().take_while(|&(at, &byte)| {
            // The space before a word belongs to it.
            let before_word = byte == b' '
                && rest.get(from + at + 1).is_some_and(|&next| in_word(next))
                && from + at > 0;
            in_word(byte) == word && !before_word
        });
        let end = (from + run.count()).clamp(1, LONGEST);
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_words_with_the_space_before_them_and_runs_of_other_bytes() {
        let found: Vec<&[u8]> = pieces(b"Subject: low  price!!! now").collect();
        let expected: [&[u8]; 6] = [b"Subject", b":", b" low", b" ", b" price", b"!!!"];
        assert_eq!(found[..6], expected);
        assert_eq!(found[6], b" now");
        let long = [b'a'; 100];
        assert_eq!(
            pieces(&long).map(<[u8]>::len).collect::<Vec<_>>(),
            [32, 32, 32, 4]
        );
        assert_eq!(pieces(b"").count(), 0);
    }

    /// The example of the paper: low 5, lower 2, newest 6, widest 3, whose first joins are `es`
    /// and `est`.
    #[test]
    fn frequent_pairs_are_joined_in_the_order_of_the_paper() {
        let text = ["low\n"; 5].concat() + &["lower\n"; 2].concat();
        let text = text + &["newest\n"; 6].concat() + &["widest\n"; 3].concat();
        let pairs = BytePairs::learn([text.as_bytes()].into_iter(), 260);
        let joined: Vec<&[u8]> = (256..260).map(|token| pairs.bytes(token)).collect();
        // `es` and `st` come nine times each: of equals the smaller tokens.
        assert_eq!(joined[..2], [&b"es"[..], b"est"]);
        assert_eq!(joined[2..], [&b"lo"[..], b"low"]);
        assert_eq!(pairs.encode(b"lowest"), [259, 257]);
    }

    #[test]
    fn tokens_of_later_ones_or_longer_than_a_piece_are_unsound() {
        let joined = |joined: &[[u16; 2]]| BytePairs {
            joined: joined.to_vec(),
            tables: OnceLock::new(),
        };
        assert!(joined(&[[97, 98], [256, 99]]).is_sound());
        assert!(!joined(&[[97, 256]]).is_sound());
        let doubled = |times: u16| {
            let each = |at: u16| [if at == 0 { 97 } else { 255 + at }; 2];
            joined(&(0..times).map(each).collect::<Vec<_>>())
        };
        // Of 32 bytes, and of 64.
        assert!(doubled(5).is_sound() && !doubled(6).is_sound());
    }

    #[test]
    fn the_bytes_of_the_tokens_are_the_text_again() {
        let all: Vec<u8> = (0..=255).collect();
        let text = [
            b"the cat and the hat, the end ".as_slice(),
            &all,
            b"\n\n the  ",
        ]
        .concat();
        let pairs = BytePairs::learn([text.as_slice()].into_iter(), 300);
        assert!(pairs.count() > 256 && pairs.is_sound());
        let tokens = pairs.encode(&text);
        let bytes: Vec<u8> = tokens
            .iter()
            .flat_map(|&token| pairs.bytes(token))
            .copied()
            .collect();
        assert_eq!(bytes, text);
        assert!(tokens.len() < text.len());
    }
}
