//! A corpus with messages added behind it, for training: changed copies of its messages, or
//! messages that a model generated.
//!
//! The messages that are added have the row numbers from the length of the corpus on. They hold no
//! token that the corpus does not hold: nothing can be learned of one that no mail has.

use super::Corpus;
use crate::base::mail::Label;
use crate::tokenize::TokenId;
use std::sync::Arc;

/// A message that was made for training.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedMail {
    /// Row of the message that it is a changed copy of; None if a model generated it.
    pub of: Option<usize>,
    /// The class it is to be learned as.
    pub label: Label,
    /// Group of near-duplicates that it belongs to.
    pub group: u32,
    /// Its tokens with their counts, in order of first mention.
    pub bag: Vec<(TokenId, u32)>,
    /// Its tokens in order, if the corpus keeps those.
    pub sequence: Vec<TokenId>,
    /// Its text, if the corpus keeps that.
    pub text: Vec<u8>,
}

/// A corpus and what was added to it.
#[derive(Clone, Copy)]
pub struct AugmentedCorpus<'a> {
    corpus: &'a Corpus,
    variants: &'a [Arc<AddedMail>],
}

impl<'a> From<&'a Corpus> for AugmentedCorpus<'a> {
    fn from(corpus: &'a Corpus) -> AugmentedCorpus<'a> {
        AugmentedCorpus {
            corpus,
            variants: &[],
        }
    }
}

impl<'a> AugmentedCorpus<'a> {
    /// `variants` behind `corpus`.
    pub fn new(corpus: &'a Corpus, variants: &'a [Arc<AddedMail>]) -> AugmentedCorpus<'a> {
        AugmentedCorpus { corpus, variants }
    }

    /// The corpus without what was added.
    pub fn corpus(&self) -> &'a Corpus {
        self.corpus
    }

    fn variant(&self, row: usize) -> Option<&'a AddedMail> {
        row.checked_sub(self.corpus.len())
            .and_then(|at| self.variants.get(at))
            .map(Arc::as_ref)
    }

    /// See [`Corpus::label`].
    pub fn label(&self, row: usize) -> Option<Label> {
        self.variant(row)
            .map_or_else(|| self.corpus.label(row), |variant| Some(variant.label))
    }

    /// See [`Corpus::group`].
    pub fn group(&self, row: usize) -> u32 {
        self.variant(row)
            .map_or_else(|| self.corpus.group(row), |variant| variant.group)
    }

    /// See [`Corpus::bag`].
    pub fn bag(&self, row: usize) -> &'a [(TokenId, u32)] {
        self.variant(row)
            .map_or_else(|| self.corpus.bag(row), |variant| &variant.bag)
    }

    /// See [`Corpus::sequence`].
    pub fn sequence(&self, row: usize) -> &'a [TokenId] {
        self.variant(row)
            .map_or_else(|| self.corpus.sequence(row), |variant| &variant.sequence)
    }

    /// See [`Corpus::text`].
    pub fn text(&self, row: usize) -> &'a [u8] {
        self.variant(row)
            .map_or_else(|| self.corpus.text(row), |variant| &variant.text)
    }
}
