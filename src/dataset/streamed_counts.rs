//! A corpus of mail too large to hold, as sums: what models that only count learn from.
//!
//! The corpus passes by as one [`Corpus`] after another. Of each labelled message it counts which
//! tokens it holds, added up by class within one of four parts (duplicates and most near-duplicates
//! fall into the same part), and of some twenty thousand messages, drawn by a seeded hash, the bags
//! themselves: a model fitted to three parts scores those of the fourth, which is what settings are
//! chosen by and calibration is learned from. So memory does not grow with the corpus, except for
//! the tokens; past [`MOST_TOKENS`] those held by the fewest messages are forgotten, and how many
//! is told.

use super::{ClassCounts, Corpus, Representation};
use crate::base::mail::Label;
use crate::tokenize::{Lexicon, Recipe, TokenId};

/// Number of parts, of which one at a time is held out.
pub const PARTS: usize = 4;
/// The most messages whose bags are kept. Of a larger corpus at least half as many are.
const SAMPLE: usize = 24_000;
/// The most tokens that are counted.
const MOST_TOKENS: usize = 3 << 20;

/// Counts of one token: messages that hold it and occurrences, ham and spam.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct TokenCounts {
    holding: [u32; 2],
    occurrences: [u64; 2],
}

impl TokenCounts {
    fn add(&mut self, more: &TokenCounts) {
        for class in 0..2 {
            self.holding[class] += more.holding[class];
            self.occurrences[class] += more.occurrences[class];
        }
    }
}

/// Counts of one part.
#[derive(Debug, Clone, Default)]
struct PartCounts {
    emails: [u32; 2],
    tokens: Vec<TokenCounts>,
}

/// A corpus of mail as sums.
pub struct StreamedCounts {
    parts: [PartCounts; PARTS],
    sample: Corpus,
    /// PartCounts of each message of the sample, and the hash by which it was drawn.
    drawn: Vec<(u8, u64)>,
    /// Messages whose hash is below are drawn.
    below: u64,
    /// Messages whose bags are kept at most.
    most_drawn: usize,
    seed: u64,
    /// Labelled messages that stand before the first of these.
    before: u64,
    emails: [usize; 2],
    unlabelled: usize,
    bytes: usize,
    forgotten: usize,
}

/// Sums over some of the parts.
pub struct ClassSums {
    /// Messages of each class: ham, spam.
    pub emails: [u32; 2],
    /// For each token number, the messages of each class that hold it.
    pub holding: Vec<[u32; 2]>,
    occurrences: Vec<[u64; 2]>,
}

impl StreamedCounts {
    /// Nothing counted yet. `seed` decides which messages are drawn.
    pub fn new(recipe: &Recipe, seed: u64) -> StreamedCounts {
        StreamedCounts::shard(recipe, seed, 0)
    }

    /// Nothing counted yet of a shard that `before` labelled messages of the data set precede. It
    /// is to be [merged](StreamedCounts::merge) into the counts of those.
    pub fn shard(recipe: &Recipe, seed: u64, before: u64) -> StreamedCounts {
        StreamedCounts {
            parts: Default::default(),
            sample: Corpus::empty(recipe),
            drawn: Vec::new(),
            below: u64::MAX,
            most_drawn: SAMPLE,
            seed,
            before,
            emails: [0; 2],
            unlabelled: 0,
            bytes: 0,
            forgotten: 0,
        }
    }

    /// Counts the labelled messages of `corpus`, which must have been built with
    /// [`CorpusOptions::near_duplicates`](super::CorpusOptions::near_duplicates).
    pub fn add(&mut self, corpus: &Corpus) {
        let numbers = self.absorb(&corpus.lexicon);
        self.bytes += corpus.bytes;
        for row in 0..corpus.len() {
            let Some(label) = corpus.label(row) else {
                self.unlabelled += 1;
                continue;
            };
            let number = self.before + (self.emails[0] + self.emails[1]) as u64;
            self.emails[label.index()] += 1;
            self.count(corpus, row, label, &numbers);
            self.draw(
                corpus,
                row,
                &numbers,
                super::near_duplicates::mix(self.seed ^ super::near_duplicates::mix(number)),
            );
        }
        self.thin();
        self.forget();
    }

    /// Takes in the shard that follows this one, counted with the same recipe and seed. The result
    /// is, to the bit, what counting both after one another gives, unless tokens were forgotten.
    pub fn merge(&mut self, next: &StreamedCounts) {
        let numbers = self.absorb(&next.sample.lexicon);
        for (part, more) in self.parts.iter_mut().zip(&next.parts) {
            for class in 0..2 {
                part.emails[class] += more.emails[class];
            }
            for (&number, counts) in numbers.iter().zip(&more.tokens) {
                part.tokens[number as usize].add(counts);
            }
        }
        for (row, &drawn) in next.drawn.iter().enumerate() {
            self.drawn.push(drawn);
            self.sample
                .append_row(&next.sample, row, |token| Some(numbers[token as usize]));
        }
        for class in 0..2 {
            self.emails[class] += next.emails[class];
        }
        self.unlabelled += next.unlabelled;
        self.bytes += next.bytes;
        self.forgotten += next.forgotten;
        self.below = self.below.min(next.below);
        self.thin();
        self.forget();
    }

    /// Makes room for all tokens of `lexicon`; returns their numbers here.
    fn absorb(&mut self, lexicon: &Lexicon) -> Vec<TokenId> {
        let numbers = self.sample.lexicon.absorb(lexicon);
        for part in &mut self.parts {
            part.tokens
                .resize(self.sample.lexicon.len(), TokenCounts::default());
        }
        numbers
    }

    fn count(&mut self, corpus: &Corpus, row: usize, label: Label, numbers: &[TokenId]) {
        let part = &mut self.parts[corpus.parts[row] as usize];
        part.emails[label.index()] += 1;
        for &(token, count) in corpus.bag(row) {
            let counts = &mut part.tokens[numbers[token as usize] as usize];
            counts.holding[label.index()] += 1;
            counts.occurrences[label.index()] += u64::from(count);
        }
    }

    fn draw(&mut self, corpus: &Corpus, row: usize, numbers: &[TokenId], hash: u64) {
        if hash < self.below {
            self.drawn.push((corpus.parts[row], hash));
            self.sample
                .append_row(corpus, row, |token| Some(numbers[token as usize]));
        }
    }

    /// Keeps the messages whose hash is low enough, and fewer if there are too many.
    fn thin(&mut self) {
        let kept = loop {
            let below = |&row: &usize| self.drawn[row].1 < self.below;
            let kept: Vec<usize> = (0..self.drawn.len()).filter(below).collect();
            if kept.len() <= self.most_drawn {
                break kept;
            }
            self.below /= 2;
        };
        if kept.len() < self.drawn.len() {
            self.drawn = kept.iter().map(|&row| self.drawn[row]).collect();
            self.sample = self.sample.take_rows(&kept, Some);
        }
    }

    /// Drops the tokens that the fewest messages hold, if there are too many: those of one message,
    /// of two, and so on.
    fn forget(&mut self) {
        if self.sample.lexicon.len() <= MOST_TOKENS {
            return;
        }
        let held = |token: usize| {
            self.parts
                .iter()
                .map(|part| part.tokens[token].holding.iter().sum::<u32>())
                .sum::<u32>()
        };
        let held: Vec<u32> = (0..self.sample.lexicon.len()).map(held).collect();
        let mut least = 1;
        let kept = loop {
            least += 1;
            let kept: Vec<usize> = (0..held.len())
                .filter(|&token| held[token] >= least)
                .collect();
            if kept.len() <= MOST_TOKENS / 2 {
                break kept;
            }
        };
        self.forgotten += held.len() - kept.len();
        let mut lexicon = Lexicon::new();
        let mut numbers = vec![None; held.len()];
        for &token in &kept {
            let (kind, text) = (
                self.sample.lexicon.kind(token as TokenId),
                self.sample.lexicon.token(token as TokenId),
            );
            numbers[token] = Some(lexicon.intern(kind, text));
        }
        for part in &mut self.parts {
            part.tokens = kept.iter().map(|&token| part.tokens[token]).collect();
        }
        let rows: Vec<usize> = (0..self.drawn.len()).collect();
        self.sample = self
            .sample
            .take_rows(&rows, |token| numbers[token as usize]);
        self.sample.lexicon = lexicon;
    }

    /// Messages counted of each class: ham, spam.
    pub fn emails(&self) -> [usize; 2] {
        self.emails
    }

    /// Messages without a label, which were not counted.
    pub fn unlabelled(&self) -> usize {
        self.unlabelled
    }

    /// Bytes of mail read.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Tokens that were dropped because too many were met; a token met again afterwards is counted
    /// anew.
    pub fn forgotten(&self) -> usize {
        self.forgotten
    }

    /// The messages whose bags were kept; its lexicon numbers the tokens of all sums.
    pub fn sample(&self) -> &Corpus {
        &self.sample
    }

    /// The messages whose bags were kept.
    pub fn into_sample(self) -> Corpus {
        self.sample
    }

    /// Rows of the sample that belong to `part`.
    pub fn sampled(&self, part: usize) -> Vec<usize> {
        (0..self.drawn.len())
            .filter(|&row| usize::from(self.drawn[row].0) == part)
            .collect()
    }

    /// Sums over all parts but `held_out`.
    pub fn sums(&self, held_out: Option<usize>) -> ClassSums {
        let tokens = self.sample.lexicon.len();
        let mut sums = ClassSums {
            emails: [0; 2],
            holding: vec![[0; 2]; tokens],
            occurrences: vec![[0; 2]; tokens],
        };
        for (_, part) in self
            .parts
            .iter()
            .enumerate()
            .filter(|&(at, _)| Some(at) != held_out)
        {
            for class in 0..2 {
                sums.emails[class] += part.emails[class];
                for (token, counts) in part.tokens.iter().enumerate() {
                    sums.holding[token][class] += counts.holding[class];
                    sums.occurrences[token][class] += counts.occurrences[class];
                }
            }
        }
        sums
    }
}

impl ClassSums {
    /// The counts of the tokens that are columns, as a model that `reads` counts or presence sees
    /// them.
    pub fn columns(&self, tokens: &[TokenId], reads: Representation) -> ClassCounts {
        let sum = |class: usize| {
            let value = |&token: &TokenId| match reads {
                Representation::Counts => self.occurrences[token as usize][class] as f64,
                _ => f64::from(self.holding[token as usize][class]),
            };
            tokens.iter().map(value).collect()
        };
        ClassCounts::new(self.emails.map(f64::from), [sum(0), sum(1)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::{Content, Email};
    use crate::dataset::{CorpusBuilder, CorpusOptions};

    fn corpus(numbers: std::ops::Range<usize>) -> Corpus {
        let mail = |number: usize| Email {
            id: number.to_string(),
            line: number as u64,
            label: (!number.is_multiple_of(5))
                .then_some(Label::from_is_spam(number.is_multiple_of(2))),
            kind: None,
            content: Content::text(
                "",
                format!("alpha beta{} beta{} gamma{number}", number % 3, number % 7),
            ),
        };
        let mut builder = CorpusBuilder::new(
            &Recipe::default(),
            CorpusOptions {
                near_duplicates: true,
                ..CorpusOptions::default()
            },
        );
        builder.add(numbers.map(mail).collect());
        builder.finish()
    }

    #[test]
    fn pieces_add_up_to_the_whole() {
        let (mut whole, mut pieces) = (
            StreamedCounts::new(&Recipe::default(), 1),
            StreamedCounts::new(&Recipe::default(), 1),
        );
        whole.add(&corpus(0..90));
        for start in [0, 30, 60] {
            pieces.add(&corpus(start..start + 30));
        }
        for held_out in [None, Some(0), Some(3)] {
            let (a, b) = (whole.sums(held_out), pieces.sums(held_out));
            assert_eq!(a.emails, b.emails);
            assert_eq!(a.holding, b.holding);
            assert_eq!(a.occurrences, b.occurrences);
        }
        assert_eq!(whole.emails(), [36, 36]);
        assert_eq!(whole.unlabelled(), 18);
        let alpha = whole.sample().lexicon().get("alpha").unwrap();
        assert_eq!(whole.sums(None).holding[alpha as usize], [36, 36]);
        assert_eq!(
            (0..PARTS)
                .map(|part| whole.sampled(part).len())
                .sum::<usize>(),
            72
        );
    }

    #[test]
    fn shards_merge_into_the_counts_of_their_union() {
        let counts = |before, most_drawn| StreamedCounts {
            most_drawn,
            ..StreamedCounts::shard(&Recipe::default(), 7, before)
        };
        // Of 72 labelled messages all are drawn, or but the half, so that the shards thin unalike.
        for most_drawn in [100, 30] {
            let mut union = counts(0, most_drawn);
            let mut merged = counts(0, most_drawn);
            let [first, second] = [corpus(0..60), corpus(50..80)];
            union.add(&first);
            union.add(&second);
            merged.add(&first);
            let mut shard = counts(48, most_drawn);
            shard.add(&second);
            merged.merge(&shard);
            assert!(
                merged
                    .sample()
                    .lexicon()
                    .iter()
                    .eq(union.sample().lexicon().iter())
            );
            for (a, b) in merged.parts.iter().zip(&union.parts) {
                assert_eq!((a.emails, &a.tokens), (b.emails, &b.tokens));
            }
            assert_eq!(merged.drawn, union.drawn);
            assert!(merged.drawn.len() <= most_drawn && merged.drawn.len() > 10);
            for row in 0..union.drawn.len() {
                assert_eq!(merged.sample.id(row), union.sample.id(row));
                assert_eq!(merged.sample.bag(row), union.sample.bag(row));
            }
            assert_eq!(
                (merged.emails, merged.unlabelled, merged.bytes, merged.below),
                (union.emails, union.unlabelled, union.bytes, union.below)
            );
        }
    }
}
