//! Mail to train from: held whole while it fits, counted as it passes by when it does not.

use super::{Corpus, CorpusBuilder, Keep, Tally};
use crate::input::{InputError, Source};
use crate::tokenize::{Lexicon, Recipe};

/// Bytes of mail up to which a pile is held.
const MOST_HELD: usize = 192 << 20;
/// Bytes of mail that are held at a time while a larger pile is counted.
const PIECE: usize = 48 << 20;

/// Mail to train from.
#[expect(clippy::large_enum_variant, reason = "there is one of it, moved twice")]
pub enum Gathered {
    /// Every mail.
    Held(Corpus),
    /// Sums, for models that learn from counts.
    Counted(Tally),
}

impl Gathered {
    /// Reads and holds all mail of `source`. After each batch `on_batch` is told how many more
    /// bytes of the source were read.
    pub fn hold(
        source: &mut Source,
        recipe: &Recipe,
        keep: Keep,
        on_batch: &mut dyn FnMut(u64),
    ) -> Result<Gathered, InputError> {
        let mut builder = CorpusBuilder::new(recipe, keep);
        builder.read_all(source, on_batch)?;
        Ok(Gathered::Held(builder.finish()))
    }

    /// Reads all mail of `source` for models to which counts suffice, and counts it if it is too
    /// large to hold. `keep` must ask for copies; `seed` decides which mails of a larger pile
    /// calibration is learned from.
    pub fn hold_or_count(
        source: &mut Source,
        recipe: &Recipe,
        keep: Keep,
        seed: u64,
        on_batch: &mut dyn FnMut(u64),
    ) -> Result<Gathered, InputError> {
        let mut read = |enough| {
            let mut builder = CorpusBuilder::new(recipe, keep);
            let more = builder.read_some(source, enough, on_batch)?;
            Ok::<_, InputError>((builder.finish(), more))
        };
        let (first, mut more) = read(MOST_HELD)?;
        if !more {
            return Ok(Gathered::Held(first));
        }
        let mut tally = Tally::new(recipe, seed);
        tally.add(&first);
        drop(first);
        while more {
            let (piece, again) = read(PIECE)?;
            tally.add(&piece);
            more = again;
        }
        Ok(Gathered::Counted(tally))
    }

    /// The mails that are held: all, or those that were drawn while the others were counted.
    pub fn mails(&self) -> &Corpus {
        match self {
            Gathered::Held(corpus) => corpus,
            Gathered::Counted(tally) => tally.sample(),
        }
    }

    /// The mails that are held.
    pub fn into_mails(self) -> Corpus {
        match self {
            Gathered::Held(corpus) => corpus,
            Gathered::Counted(tally) => tally.into_sample(),
        }
    }

    /// All tokens.
    pub fn lexicon(&self) -> &Lexicon {
        self.mails().lexicon()
    }

    /// Bytes of mail read.
    pub fn bytes(&self) -> usize {
        match self {
            Gathered::Held(corpus) => corpus.bytes(),
            Gathered::Counted(tally) => tally.bytes(),
        }
    }
}
