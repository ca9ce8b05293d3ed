//! Mail to train from: held whole while it fits, counted as it passes by when it does not; and mail
//! that is counted to be trained from elsewhere.

use super::{Corpus, CorpusBuilder, CorpusOptions, StreamedCounts};
use crate::base::mail::Email;
use crate::tokenize::{Lexicon, Recipe};

/// Bytes of mail up to which a data set is held.
const MOST_HELD: usize = 192 << 20;
/// Bytes of mail that are held at a time while a larger data set is counted.
const PIECE: usize = 48 << 20;

/// How a data set that is too large to hold is learned from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Streaming {
    /// Decides which messages calibration is learned from.
    pub seed: u64,
    /// Whether the bags of all messages are kept on disk.
    pub keeps_bags: bool,
}

/// Training mail, in memory or as counts.
#[expect(clippy::large_enum_variant, reason = "there is one of it, moved twice")]
pub enum TrainingMail {
    /// Every message, tokenized.
    InMemory(Corpus),
    /// Counts, for models that learn from them, and a sample of the messages.
    Streamed(StreamedCounts),
}

impl TrainingMail {
    /// Reads and holds all mail of `batches`; ends at the first error.
    pub fn read<E: Send>(
        batches: impl IntoIterator<Item = Result<Vec<Email>, E>, IntoIter: Send>,
        recipe: &Recipe,
        keep: CorpusOptions,
    ) -> Result<TrainingMail, E> {
        let mut builder = CorpusBuilder::new(recipe, keep);
        builder.read_all(batches)?;
        Ok(TrainingMail::InMemory(builder.finish()))
    }

    /// Reads all mail of `batches` for models to which counts or rows on disk suffice, and counts
    /// it as it passes by if it is too large to hold. `keep` must ask for near-duplicates.
    pub fn read_or_stream<E: Send>(
        batches: impl IntoIterator<Item = Result<Vec<Email>, E>, IntoIter: Send>,
        recipe: &Recipe,
        keep: CorpusOptions,
        streaming: Streaming,
    ) -> Result<TrainingMail, E> {
        TrainingMail::read_holding(MOST_HELD, batches, recipe, keep, streaming)
    }

    fn read_holding<E: Send>(
        most_held: usize,
        batches: impl IntoIterator<Item = Result<Vec<Email>, E>, IntoIter: Send>,
        recipe: &Recipe,
        keep: CorpusOptions,
        streaming: Streaming,
    ) -> Result<TrainingMail, E> {
        let mut batches = batches.into_iter();
        let mut read = |enough| {
            let mut builder = CorpusBuilder::new(recipe, keep);
            let more = builder.read_some(&mut batches, enough)?;
            Ok((builder, more))
        };
        let (first, mut more) = read(most_held)?;
        if !more {
            return Ok(TrainingMail::InMemory(first.finish()));
        }
        let mut counts = StreamedCounts::new(recipe, streaming.seed);
        if streaming.keeps_bags {
            counts = counts.with_bags();
        }
        counts.add(&first.finish_ungrouped());
        while more {
            let (piece, again) = read(PIECE)?;
            counts.add(&piece.finish_ungrouped());
            more = again;
        }
        Ok(TrainingMail::Streamed(counts.settled()))
    }

    /// The messages that are held: all, or those that were drawn while the others were counted.
    pub fn emails(&self) -> &Corpus {
        match self {
            TrainingMail::InMemory(corpus) => corpus,
            TrainingMail::Streamed(counts) => counts.sample(),
        }
    }

    /// See [`TrainingMail::emails`].
    pub fn into_corpus(self) -> Corpus {
        match self {
            TrainingMail::InMemory(corpus) => corpus,
            TrainingMail::Streamed(counts) => counts.into_sample(),
        }
    }

    /// The tokens of all messages.
    pub fn lexicon(&self) -> &Lexicon {
        self.emails().lexicon()
    }

    /// Bytes of mail read.
    pub fn bytes(&self) -> usize {
        match self {
            TrainingMail::InMemory(corpus) => corpus.bytes(),
            TrainingMail::Streamed(counts) => counts.bytes(),
        }
    }
}

/// Counts mail for whoever adds the counts up: in memory that does not grow with the mail.
pub struct Counter {
    builder: CorpusBuilder,
    recipe: Recipe,
    counts: StreamedCounts,
}

/// Tokens after which a counter hands its counts on.
const MOST_TOKENS: usize = 1 << 20;

impl Counter {
    /// Counts mail read by `recipe`. `seed` decides which messages are drawn, no more than one in
    /// 2^`zeros`.
    pub fn new(recipe: &Recipe, seed: u64, zeros: u32) -> Counter {
        Counter {
            builder: CorpusBuilder::new(recipe, CorpusOptions::NEAR_DUPLICATES),
            recipe: recipe.clone(),
            counts: StreamedCounts::drawing(recipe, seed, zeros),
        }
    }

    /// Counts some messages. Says whether it is time to [`take`](Counter::take) the counts.
    pub fn add(&mut self, emails: Vec<Email>) -> bool {
        self.builder.add(emails);
        if self.builder.bytes() >= PIECE {
            self.count();
        }
        self.is_full()
    }

    /// Counts the mail of `batches` until it is time to take the counts, which it says, or there is
    /// no more.
    pub fn read<E: Send>(
        &mut self,
        batches: &mut (impl Iterator<Item = Result<Vec<Email>, E>> + Send),
    ) -> Result<bool, E> {
        while self.builder.read_some(batches, PIECE)? {
            self.count();
            if self.is_full() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What was counted since this was last asked for: all of it adds up.
    pub fn take(&mut self) -> StreamedCounts {
        self.count();
        let anew = self.counts.anew();
        std::mem::replace(&mut self.counts, anew)
    }

    fn count(&mut self) {
        let anew = CorpusBuilder::new(&self.recipe, CorpusOptions::NEAR_DUPLICATES);
        let piece = std::mem::replace(&mut self.builder, anew).finish_ungrouped();
        self.counts.add_all(&piece);
    }

    fn is_full(&self) -> bool {
        self.counts.lexicon().len() >= MOST_TOKENS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::{Content, Label};

    fn batch(at: usize) -> Vec<Email> {
        let body = |n: usize| format!("alpha{} beta{n} gamma{at}", n % 7);
        let label = |n: usize| Some(Label::from_is_spam(n.is_multiple_of(3)));
        let email = |n| Email::new("x", label(n), Content::text("s", body(n)));
        (0..30).map(email).collect()
    }

    /// What training sees of mail that is counted as it passes by is what it sees of counts that
    /// others made of it.
    #[test]
    fn mail_that_is_streamed_is_mail_that_was_counted_elsewhere() {
        let (recipe, keep) = (Recipe::default(), CorpusOptions::NEAR_DUPLICATES);
        let batches = (0..5).map(|at| Ok::<_, String>(batch(at)));
        let streaming = Streaming {
            seed: 3,
            keeps_bags: false,
        };
        let mail = TrainingMail::read_holding(1, batches, &recipe, keep, streaming).unwrap();
        let TrainingMail::Streamed(streamed) = mail else {
            panic!("it was held");
        };
        let mut summed = StreamedCounts::new(&recipe, 3);
        for at in (0..5).rev() {
            let mut counter = Counter::new(&recipe, 3, 0);
            counter.add(batch(at));
            let counted = counter.take();
            counted.rows().for_each(|row| summed.add_row(&row).unwrap());
            assert_eq!(
                counter.take().rows().map(|row| row.emails[0]).sum::<u64>(),
                0
            );
        }
        summed.check().unwrap();
        let summed = summed.settled();
        assert!(streamed.rows().eq(summed.rows()));
        assert!((0..4).all(|part| streamed.sampled(part) == summed.sampled(part)));
        assert_eq!(streamed.emails(), [100, 50]);
    }
}
