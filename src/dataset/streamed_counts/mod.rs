//! A corpus of mail too large to hold, as sums: what models that only count learn from.
//!
//! The corpus passes by as one [`Corpus`] after another. Of each labelled message it counts which
//! tokens it holds, added up by class within one of four parts (duplicates and most near-duplicates
//! fall into the same part), and of some twenty thousand messages, drawn by a seeded hash of what
//! they say, the bags themselves: a model fitted to three parts scores those of the fourth, which
//! is what settings are chosen by and calibration is learned from. So memory does not grow with the
//! corpus, except for the tokens; past [`MOST_TOKENS`] those held by the fewest messages are
//! forgotten, and how many is told. For models of rows the bags of all messages go to disk, and
//! a byte or two of each stay in memory.
//!
//! Counts of parts of a corpus add up, also as [rows](CountRow) that went through files and other
//! programs. [`settled`](StreamedCounts::settled) puts what came together in an order that does not
//! depend on who counted what, so that the same messages train the same bytes.

mod rows;
mod sample;

pub use rows::{CountRow, Counted, CountsError, hashing, zeros_of};

pub use self::sample::PARTS;
use super::features::Encoder;
use super::on_disk::{StoredBags, StoredRows};
use super::{ClassCounts, Corpus, FeatureView, Representation};
use crate::base::mail::Label;
use crate::tokenize::{Lexicon, Recipe, TokenId};
use sample::Sample;

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
    /// Occurrences of all tokens, as rows from elsewhere say.
    stated: [u64; 2],
    /// Occurrences of tokens that were forgotten.
    forgotten: [u64; 2],
}

/// A corpus of mail as sums.
pub struct StreamedCounts {
    parts: [PartCounts; PARTS],
    sample: Sample,
    emails: [usize; 2],
    unlabelled: usize,
    bytes: usize,
    forgotten: usize,
    /// The bags of all messages, where models want them.
    bags: Option<StoredBags>,
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
        StreamedCounts::drawing(recipe, seed, 0)
    }

    /// Nothing counted yet of a corpus of which no more than one message in 2^`zeros` is drawn.
    pub fn drawing(recipe: &Recipe, seed: u64, zeros: u32) -> StreamedCounts {
        StreamedCounts {
            parts: Default::default(),
            sample: Sample::new(recipe, seed, zeros),
            emails: [0; 2],
            unlabelled: 0,
            bytes: 0,
            forgotten: 0,
            bags: None,
        }
    }

    /// The same, but the bags of all messages that are [`add`](StreamedCounts::add)ed are kept on
    /// disk, for models that learn from them.
    #[must_use]
    pub fn with_bags(self) -> StreamedCounts {
        StreamedCounts {
            bags: Some(StoredBags::new()),
            ..self
        }
    }

    /// Nothing counted yet of what follows, of which no more is drawn than of this.
    pub(super) fn anew(&self) -> StreamedCounts {
        StreamedCounts::drawing(self.recipe(), self.seed(), self.zeros())
    }

    /// Counts the labelled messages of `corpus`, which must have been built with
    /// [`CorpusOptions::near_duplicates`](super::CorpusOptions::near_duplicates).
    pub fn add(&mut self, corpus: &Corpus) {
        self.add_all(corpus);
        self.forget();
    }

    /// The same without forgetting anything.
    pub(super) fn add_all(&mut self, corpus: &Corpus) {
        let numbers = self.absorb(&corpus.lexicon);
        self.bytes += corpus.bytes;
        for row in 0..corpus.len() {
            let Some(label) = corpus.label(row) else {
                self.unlabelled += 1;
                continue;
            };
            self.emails[label.index()] += 1;
            self.count(corpus, row, label, &numbers);
        }
        self.sample.draw_from(corpus, &numbers);
    }

    /// Takes in another shard, counted with the same recipe and seed. The result is what counting
    /// both after one another gives, unless tokens were forgotten.
    pub fn merge(&mut self, other: &StreamedCounts) {
        // There are no bags of what the other one counted.
        self.bags = None;
        let numbers = self.absorb(&other.sample.corpus.lexicon);
        for (part, more) in self.parts.iter_mut().zip(&other.parts) {
            for class in 0..2 {
                part.emails[class] += more.emails[class];
            }
            for (&number, counts) in numbers.iter().zip(&more.tokens) {
                part.tokens[number as usize].add(counts);
            }
        }
        self.sample.merge(&other.sample, &numbers);
        for class in 0..2 {
            self.emails[class] += other.emails[class];
        }
        self.unlabelled += other.unlabelled;
        self.bytes += other.bytes;
        self.forgotten += other.forgotten;
        self.forget();
    }

    /// Makes room for all tokens of `lexicon`; returns their numbers here.
    fn absorb(&mut self, lexicon: &Lexicon) -> Vec<TokenId> {
        let numbers = self.sample.corpus.lexicon.absorb(lexicon);
        self.make_room();
        numbers
    }

    fn make_room(&mut self) {
        let tokens = self.tokens();
        for part in &mut self.parts {
            part.tokens.resize(tokens, TokenCounts::default());
        }
        if let Some(bags) = &mut self.bags {
            bags.know(tokens);
        }
    }

    fn count(&mut self, corpus: &Corpus, row: usize, label: Label, numbers: &[TokenId]) {
        let part = &mut self.parts[corpus.parts[row] as usize];
        part.emails[label.index()] += 1;
        for &(token, count) in corpus.bag(row) {
            let counts = &mut part.tokens[numbers[token as usize] as usize];
            counts.holding[label.index()] += 1;
            counts.occurrences[label.index()] += u64::from(count);
        }
        if let Some(bags) = &mut self.bags {
            let bag = corpus.bag(row).iter();
            let here = bag.map(|&(token, count)| (numbers[token as usize], count));
            bags.push(here, label, corpus.parts[row]);
        }
    }

    /// Drops the tokens that the fewest messages hold, if there are too many: those of one message,
    /// of two, and so on.
    fn forget(&mut self) {
        if self.tokens() <= MOST_TOKENS {
            return;
        }
        let held = |token: usize| {
            self.parts
                .iter()
                .flat_map(|part| part.tokens[token].holding)
                .map(u64::from)
                .sum::<u64>()
        };
        let held: Vec<u64> = (0..self.tokens()).map(held).collect();
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
        self.keep(&kept);
    }

    /// Keeps these tokens, in this order.
    fn keep(&mut self, kept: &[usize]) {
        let lexicon = self.lexicon();
        let mut renamed = Lexicon::new();
        let mut numbers = vec![None; lexicon.len()];
        for &token in kept {
            let id = token as TokenId;
            numbers[token] = Some(renamed.intern(lexicon.kind(id), lexicon.token(id)));
        }
        for part in &mut self.parts {
            let before = part.occurrences();
            part.tokens = kept.iter().map(|&token| part.tokens[token]).collect();
            let after = part.occurrences();
            for class in 0..2 {
                part.forgotten[class] += before[class] - after[class];
            }
        }
        if let Some(bags) = &mut self.bags {
            bags.keep(kept);
        }
        self.sample.rename(renamed, &numbers);
    }

    /// The same counts in an order of their own: tokens by their text, drawn messages by their
    /// hash. Whatever order the mail was read in, what is trained from counts has the same bytes;
    /// bags stay in the order of reading.
    #[must_use]
    pub fn settled(mut self) -> StreamedCounts {
        // Rows that were added one by one may hold twice as many messages as are drawn.
        self.sample.thin();
        let mut tokens: Vec<usize> = (0..self.tokens()).collect();
        tokens.sort_by_key(|&token| self.lexicon().token(token as TokenId));
        self.keep(&tokens);
        self.sample.sort();
        if let Some(bags) = &mut self.bags {
            bags.flush();
        }
        self
    }

    /// Number of different tokens.
    fn tokens(&self) -> usize {
        self.lexicon().len()
    }

    /// The tokens, whose numbers are those of all sums.
    pub fn lexicon(&self) -> &Lexicon {
        &self.sample.corpus.lexicon
    }

    /// Messages counted of each class: ham, spam.
    pub fn emails(&self) -> [usize; 2] {
        self.emails
    }

    /// Messages counted of each class, but for those of a part: ham, spam.
    pub fn emails_without(&self, part: usize) -> [usize; 2] {
        let of_part = self.parts[part].emails;
        [0, 1].map(|class| self.emails[class].saturating_sub(of_part[class] as usize))
    }

    /// Messages without a label, which were not counted.
    pub fn unlabelled(&self) -> usize {
        self.unlabelled
    }

    /// Bytes of mail read; none of rows from elsewhere.
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
        &self.sample.corpus
    }

    /// The messages whose bags were kept.
    pub fn into_sample(self) -> Corpus {
        self.sample.corpus
    }

    /// The seed by which messages are drawn.
    pub fn seed(&self) -> u64 {
        self.sample.seed()
    }

    /// The recipe that the mail was read by.
    pub fn recipe(&self) -> &Recipe {
        self.sample.corpus.recipe()
    }

    /// Of how many messages no more than one is drawn, as a power of two.
    pub fn zeros(&self) -> u32 {
        self.sample.zeros()
    }

    /// Rows of the sample that belong to `part`, each as often as messages say the same.
    pub fn sampled(&self, part: usize) -> Vec<usize> {
        self.sample.of_part(part)
    }

    /// The rows of all messages but those of the part `held_out`, for a model that reads them by
    /// `encoder` and `view`; None unless the bags of all of them were kept, and these counts are
    /// [`settled`](StreamedCounts::settled).
    pub fn stored_rows(
        &self,
        encoder: &Encoder,
        view: FeatureView,
        held_out: Option<usize>,
    ) -> Option<Result<StoredRows, String>> {
        let bags = self.bags.as_ref().filter(|bags| bags.is_flushed())?;
        Some(bags.rows(encoder, view, held_out))
    }

    /// Sums over all parts but `held_out`.
    pub fn sums(&self, held_out: Option<usize>) -> ClassSums {
        let tokens = self.tokens();
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

impl PartCounts {
    /// Occurrences of all tokens: ham, spam.
    fn occurrences(&self) -> [u64; 2] {
        [0, 1].map(|class| {
            let occurrences = self.tokens.iter().map(|counts| counts.occurrences[class]);
            occurrences.fold(0, u64::saturating_add)
        })
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
mod tests;
