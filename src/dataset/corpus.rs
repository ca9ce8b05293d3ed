//! Tokenized mail: every mail of a pile once, as integers.

use super::Ragged;
use crate::mail::Label;
use crate::tokenize::{Lexicon, Recipe, TokenId};

/// What a corpus keeps of each mail besides its bag of tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Keep {
    /// The text, for models that read bytes and for showing messages.
    pub text: bool,
    /// The tokens in order, for models of word sequences.
    pub sequence: bool,
}

/// Tokenized mail.
pub struct Corpus {
    pub(super) recipe: Recipe,
    pub(super) lexicon: Lexicon,
    pub(super) ids: Vec<String>,
    pub(super) labels: Vec<Option<Label>>,
    pub(super) groups: Vec<u32>,
    pub(super) bags: Ragged<(TokenId, u32)>,
    pub(super) sequences: Ragged<TokenId>,
    pub(super) texts: Ragged<u8>,
    pub(super) bytes: usize,
}

impl Corpus {
    /// Number of mails.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether it holds no mail.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The recipe it was read with.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// All tokens, numbered in order of first appearance.
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// Identifier of mail `row`.
    pub fn id(&self, row: usize) -> &str {
        &self.ids[row]
    }

    /// Label of mail `row`.
    pub fn label(&self, row: usize) -> Option<Label> {
        self.labels[row]
    }

    /// Group of copies to which mail `row` belongs.
    pub fn group(&self, row: usize) -> u32 {
        self.groups[row]
    }

    /// Distinct tokens of mail `row` with their counts, in order of first mention.
    pub fn bag(&self, row: usize) -> &[(TokenId, u32)] {
        self.bags.get(row)
    }

    /// Tokens of mail `row` in order; empty unless kept.
    pub fn sequence(&self, row: usize) -> &[TokenId] {
        self.sequences.get(row)
    }

    /// Text of mail `row`; empty unless kept.
    pub fn text(&self, row: usize) -> &[u8] {
        self.texts.get(row)
    }

    /// Bytes of mail read, as they came in.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Row numbers of the mails that have a label.
    pub fn labelled_rows(&self) -> Vec<usize> {
        (0..self.len()).filter(|&row| self.labels[row].is_some()).collect()
    }
}
