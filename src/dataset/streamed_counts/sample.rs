//! The messages of which a corpus of counts keeps the bags.
//!
//! A message is drawn by a seeded hash of what it says: of its tokens in order of first mention,
//! each with its count. So the same messages are drawn whatever file they stand in, in whatever
//! order and by whichever process they are read. Messages that say the same are drawn together and
//! kept once, with how many there are. A hash with more leading zeros is rarer by half for each:
//! that many are asked for as leave no more than [`MOST_DRAWN`] different messages.

use super::super::near_duplicates::{bag_hash, mix, token_hash};
use crate::base::keyed::KeyedMap;
use crate::base::mail::Label;
use crate::dataset::Corpus;
use crate::tokenize::{Lexicon, Recipe, TokenId};

/// Number of parts, of which one at a time is held out.
pub const PARTS: usize = 4;

/// The most different messages whose bags are kept. Of a larger corpus about half as many are at
/// least.
pub(super) const MOST_DRAWN: usize = 24_000;

/// How a message of the sample was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Drawn {
    /// The part it belongs to.
    pub part: u8,
    hash: u64,
    /// Messages of its class that say the same.
    pub copies: u32,
}

/// Messages drawn from a corpus.
pub(super) struct Sample {
    /// Their bags. Its lexicon numbers the tokens of all sums, too.
    pub corpus: Corpus,
    pub drawn: Vec<Drawn>,
    /// The row of a hash, a part and a class.
    rows: KeyedMap<(u64, u8, Label), usize>,
    /// Leading zeros of a hash that is drawn.
    zeros: u32,
    pub most: usize,
    seed: u64,
}

impl Sample {
    pub fn new(recipe: &Recipe, seed: u64, zeros: u32) -> Sample {
        Sample {
            corpus: Corpus::empty(recipe),
            drawn: Vec::new(),
            rows: KeyedMap::default(),
            zeros,
            most: MOST_DRAWN,
            seed,
        }
    }

    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Of how many messages one is drawn, as a power of two.
    pub fn zeros(&self) -> u32 {
        self.zeros
    }

    /// Draws those messages of `corpus` whose turn it is. `numbers` says what its tokens are called
    /// here.
    pub fn draw_from(&mut self, corpus: &Corpus, numbers: &[TokenId]) {
        let lexicon = corpus.lexicon().iter();
        let hashes: Vec<u64> = lexicon.map(|(_, token)| token_hash(token)).collect();
        for row in 0..corpus.len() {
            let Some(label) = corpus.label(row) else {
                continue;
            };
            let bag = corpus.bag(row).iter();
            let said = bag_hash(bag.map(|&(token, count)| (hashes[token as usize], count)));
            let drawn = Drawn {
                part: corpus.parts[row],
                hash: mix(self.seed ^ said),
                copies: 1,
            };
            if let Some(held) = self.held(drawn, label) {
                self.drawn[held].copies = self.drawn[held].copies.saturating_add(1);
            } else if self.wants(drawn) {
                self.push(drawn, corpus, row, numbers);
            }
        }
        self.thin();
    }

    /// Takes in a message drawn elsewhere: its tokens in order of first mention.
    pub fn take(&mut self, bag: &[(TokenId, u32)], part: u8, label: Label, copies: u32) {
        let lexicon = self.corpus.lexicon();
        let hashed = |&(token, count): &(TokenId, u32)| (token_hash(lexicon.token(token)), count);
        let hash = mix(self.seed ^ bag_hash(bag.iter().map(hashed)));
        let drawn = Drawn { part, hash, copies };
        if let Some(held) = self.held(drawn, label) {
            self.drawn[held].copies = self.drawn[held].copies.saturating_add(copies);
        } else if self.wants(drawn) {
            let row = self.drawn.len();
            self.rows.insert((hash, part, label), row);
            self.drawn.push(drawn);
            self.corpus
                .append_bag(bag, format!("{hash:016x}"), label, part);
            if self.drawn.len() > 2 * self.most {
                self.thin();
            }
        }
    }

    /// Takes in what was drawn from another shard.
    pub fn merge(&mut self, other: &Sample, numbers: &[TokenId]) {
        for (row, &drawn) in other.drawn.iter().enumerate() {
            let Some(label) = other.corpus.label(row) else {
                continue;
            };
            if let Some(held) = self.held(drawn, label) {
                let copies = &mut self.drawn[held].copies;
                *copies = copies.saturating_add(drawn.copies);
            } else {
                self.push(drawn, &other.corpus, row, numbers);
            }
        }
        self.ask_for(other.zeros);
    }

    /// Draws no more than another shard did.
    pub fn ask_for(&mut self, zeros: u32) {
        self.zeros = self.zeros.max(zeros);
        self.thin();
    }

    fn wants(&self, drawn: Drawn) -> bool {
        drawn.hash.leading_zeros() >= self.zeros
    }

    fn held(&self, drawn: Drawn, label: Label) -> Option<usize> {
        self.rows.get(&(drawn.hash, drawn.part, label)).copied()
    }

    fn push(&mut self, drawn: Drawn, from: &Corpus, row: usize, numbers: &[TokenId]) {
        let here = self.drawn.len();
        if let Some(label) = from.label(row) {
            self.rows.insert((drawn.hash, drawn.part, label), here);
        }
        self.drawn.push(drawn);
        let number = |token: TokenId| Some(numbers[token as usize]);
        self.corpus.append_row(from, row, number);
    }

    /// Keeps the messages whose hash is rare enough, and fewer if there are too many.
    pub fn thin(&mut self) {
        let kept = loop {
            let drawn = self.drawn.iter().enumerate();
            let kept = drawn.filter(|&(_, &drawn)| self.wants(drawn));
            let kept: Vec<usize> = kept.map(|(row, _)| row).collect();
            if kept.len() <= self.most {
                break kept;
            }
            self.zeros += 1;
        };
        if kept.len() < self.drawn.len() {
            self.keep(&kept, Some);
        }
    }

    /// Keeps these rows, in this order, their tokens named anew or left out.
    fn keep(&mut self, rows: &[usize], number: impl Fn(TokenId) -> Option<TokenId>) {
        self.drawn = rows.iter().map(|&row| self.drawn[row]).collect();
        self.corpus = self.corpus.take_rows(rows, number);
        let label = |row: usize| self.corpus.label(row);
        let places = self.drawn.iter().enumerate();
        self.rows = places
            .filter_map(|(row, drawn)| Some(((drawn.hash, drawn.part, label(row)?), row)))
            .collect();
    }

    /// Names the tokens of all rows as `lexicon` does.
    pub fn rename(&mut self, lexicon: Lexicon, numbers: &[Option<TokenId>]) {
        let rows: Vec<usize> = (0..self.drawn.len()).collect();
        self.keep(&rows, |token| numbers[token as usize]);
        self.corpus.lexicon = lexicon;
    }

    /// Puts the messages in an order that does not depend on where they came from.
    pub fn sort(&mut self) {
        let mut rows: Vec<usize> = (0..self.drawn.len()).collect();
        rows.sort_by_key(|&row| {
            let Drawn { hash, part, .. } = self.drawn[row];
            (hash, part, self.corpus.label(row))
        });
        self.keep(&rows, Some);
    }

    /// The rows of `part`, each as often as there are messages that say the same; all of them less
    /// often where that would be too many to score.
    pub fn of_part(&self, part: usize) -> Vec<usize> {
        debug_assert!(part < PARTS);
        let copies = |drawn: &Drawn| drawn.copies as usize;
        let all: usize = self.drawn.iter().map(copies).sum();
        let unit = all.div_ceil(2 * self.most).max(1);
        let rows = self.drawn.iter().enumerate();
        rows.filter(|(_, drawn)| usize::from(drawn.part) == part)
            .flat_map(|(row, drawn)| std::iter::repeat_n(row, copies(drawn).div_ceil(unit)))
            .collect()
    }
}
