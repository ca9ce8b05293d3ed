//! Mail to train from: held whole while it fits, counted as it passes by when it does not.

use super::{Corpus, CorpusBuilder, CorpusOptions, StreamedCounts};
use crate::base::mail::Email;
use crate::tokenize::{Lexicon, Recipe};

/// Bytes of mail up to which a data set is held.
const MOST_HELD: usize = 192 << 20;
/// Bytes of mail that are held at a time while a larger data set is counted.
const PIECE: usize = 48 << 20;

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

    /// Reads all mail of `batches` for models to which counts suffice, and counts it as it passes
    /// by if it is too large to hold. `keep` must ask for near-duplicates; `seed` decides which
    /// messages of a larger data set calibration is learned from.
    pub fn read_or_stream<E: Send>(
        batches: impl IntoIterator<Item = Result<Vec<Email>, E>, IntoIter: Send>,
        recipe: &Recipe,
        keep: CorpusOptions,
        seed: u64,
    ) -> Result<TrainingMail, E> {
        let mut batches = batches.into_iter();
        let mut read = |enough| {
            let mut builder = CorpusBuilder::new(recipe, keep);
            let more = builder.read_some(&mut batches, enough)?;
            Ok((builder.finish(), more))
        };
        let (first, mut more) = read(MOST_HELD)?;
        if !more {
            return Ok(TrainingMail::InMemory(first));
        }
        let mut counts = StreamedCounts::new(recipe, seed);
        counts.add(&first);
        drop(first);
        while more {
            let (piece, again) = read(PIECE)?;
            counts.add(&piece);
            more = again;
        }
        Ok(TrainingMail::Streamed(counts))
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
