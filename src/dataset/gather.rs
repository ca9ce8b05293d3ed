//! Mail to train from: held whole while it fits, counted as it passes by when it does not.

use super::{Corpus, CorpusBuilder, CorpusOptions, StreamedCounts};
use crate::input::{InputError, Source};
use crate::tokenize::{Lexicon, Recipe};

/// Bytes of mail up to which a pile is held.
const MOST_HELD: usize = 192 << 20;
/// Bytes of mail that are held at a time while a larger pile is counted.
const PIECE: usize = 48 << 20;

/// Mail to train from.
#[expect(clippy::large_enum_variant, reason = "there is one of it, moved twice")]
pub enum TrainingMail {
    /// Every message.
    InMemory(Corpus),
    /// Sums, for models that learn from counts.
    Streamed(StreamedCounts),
}

impl TrainingMail {
    /// Reads and holds all mail of `source`. After each batch `on_batch` is told how many more
    /// bytes of the source were read.
    pub fn hold(
        source: &mut Source,
        recipe: &Recipe,
        keep: CorpusOptions,
        on_batch: &mut dyn FnMut(u64),
    ) -> Result<TrainingMail, InputError> {
        let mut builder = CorpusBuilder::new(recipe, keep);
        builder.read_all(source, on_batch)?;
        Ok(TrainingMail::InMemory(builder.finish()))
    }

    /// Reads all mail of `source` for models to which counts suffice, and counts it if it is too
    /// large to hold. `keep` must ask for copies; `seed` decides which messages of a larger pile
    /// calibration is learned from.
    pub fn read_or_stream(
        source: &mut Source,
        recipe: &Recipe,
        keep: CorpusOptions,
        seed: u64,
        on_batch: &mut dyn FnMut(u64),
    ) -> Result<TrainingMail, InputError> {
        let mut read = |enough| {
            let mut builder = CorpusBuilder::new(recipe, keep);
            let more = builder.read_some(source, enough, on_batch)?;
            Ok::<_, InputError>((builder.finish(), more))
        };
        let (first, mut more) = read(MOST_HELD)?;
        if !more {
            return Ok(TrainingMail::InMemory(first));
        }
        let mut tally = StreamedCounts::new(recipe, seed);
        tally.add(&first);
        drop(first);
        while more {
            let (piece, again) = read(PIECE)?;
            tally.add(&piece);
            more = again;
        }
        Ok(TrainingMail::Streamed(tally))
    }

    /// The messages that are held: all, or those that were drawn while the others were counted.
    pub fn emails(&self) -> &Corpus {
        match self {
            TrainingMail::InMemory(corpus) => corpus,
            TrainingMail::Streamed(tally) => tally.sample(),
        }
    }

    /// The messages that are held.
    pub fn into_mails(self) -> Corpus {
        match self {
            TrainingMail::InMemory(corpus) => corpus,
            TrainingMail::Streamed(tally) => tally.into_sample(),
        }
    }

    /// All tokens.
    pub fn lexicon(&self) -> &Lexicon {
        self.emails().lexicon()
    }

    /// Bytes of mail read.
    pub fn bytes(&self) -> usize {
        match self {
            TrainingMail::InMemory(corpus) => corpus.bytes(),
            TrainingMail::Streamed(tally) => tally.bytes(),
        }
    }
}
