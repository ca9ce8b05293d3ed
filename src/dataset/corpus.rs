//! Tokenized mail: every message of a corpus once, as integers.

use super::Ragged;
use super::near_duplicates::Fingerprint;
use crate::base::mail::Label;
use crate::tokenize::{Lexicon, Recipe, TokenId};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What a corpus keeps of each message besides its bag of tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CorpusOptions {
    /// The text, for models that read bytes and for showing messages.
    pub text: bool,
    /// The tokens in order, for models of word sequences.
    pub sequence: bool,
    /// Groups of duplicates and near-duplicates, for splits that keep them together.
    pub near_duplicates: bool,
}

impl CorpusOptions {
    /// The text alone.
    pub const TEXT: CorpusOptions = CorpusOptions {
        text: true,
        sequence: false,
        near_duplicates: false,
    };
    /// The groups of near-duplicates alone.
    pub const NEAR_DUPLICATES: CorpusOptions = CorpusOptions {
        text: false,
        sequence: false,
        near_duplicates: true,
    };

    /// At least these and those: whoever needs more takes nothing from another.
    #[must_use]
    pub fn and(self, more: CorpusOptions) -> CorpusOptions {
        CorpusOptions {
            text: self.text || more.text,
            sequence: self.sequence || more.sequence,
            near_duplicates: self.near_duplicates || more.near_duplicates,
        }
    }
}

/// Tokenized mail, one row per message.
#[derive(Clone)]
pub struct Corpus {
    pub(super) recipe: Recipe,
    pub(super) lexicon: Lexicon,
    pub(super) ids: Vec<String>,
    pub(super) lines: Vec<u64>,
    pub(super) labels: Vec<Option<Label>>,
    pub(super) kinds: Vec<Option<String>>,
    /// One of four parts, for a [`StreamedCounts`](super::StreamedCounts).
    pub(super) parts: Vec<u8>,
    pub(super) groups: Vec<u32>,
    /// As the number yyyymmdd, where the message says it and texts are kept.
    pub(super) days: Vec<Option<u32>>,
    /// Of every message, as a builder left them; of none in a sample.
    pub(super) fingerprints: Vec<Fingerprint>,
    pub(super) bags: Ragged<(TokenId, u32)>,
    pub(super) sequences: Ragged<TokenId>,
    pub(super) texts: Ragged<u8>,
    pub(super) bytes: usize,
}

impl Corpus {
    /// A corpus without mail.
    pub(super) fn empty(recipe: &Recipe) -> Corpus {
        Corpus {
            recipe: recipe.clone(),
            lexicon: Lexicon::new(),
            ids: Vec::new(),
            lines: Vec::new(),
            labels: Vec::new(),
            kinds: Vec::new(),
            parts: Vec::new(),
            groups: Vec::new(),
            days: Vec::new(),
            fingerprints: Vec::new(),
            bags: Ragged::default(),
            sequences: Ragged::default(),
            texts: Ragged::default(),
            bytes: 0,
        }
    }

    /// Appends the bag, label and identifier of message `row` of another corpus; `number` says what
    /// each token is called here, or that it is left out.
    pub(super) fn append_row(
        &mut self,
        other: &Corpus,
        row: usize,
        number: impl Fn(TokenId) -> Option<TokenId>,
    ) {
        self.bags.push(
            other
                .bag(row)
                .iter()
                .filter_map(|&(token, count)| Some((number(token)?, count))),
        );
        self.ids.push(other.ids[row].clone());
        self.lines.push(other.lines[row]);
        self.labels.push(other.labels[row]);
        self.kinds.push(other.kinds[row].clone());
        self.parts.push(other.parts[row]);
        self.days.push(other.days[row]);
        self.groups.push(self.groups.len() as u32);
    }

    /// Appends a message of which only this is known; its tokens are those of the lexicon here.
    pub(super) fn append_bag(
        &mut self,
        bag: &[(TokenId, u32)],
        id: String,
        label: Label,
        part: u8,
    ) {
        self.bags.push(bag.iter().copied());
        self.ids.push(id);
        self.lines.push(0);
        self.labels.push(Some(label));
        self.kinds.push(None);
        self.parts.push(part);
        self.days.push(None);
        self.groups.push(self.groups.len() as u32);
    }

    /// Bags, labels and identifiers of `rows` as a corpus of the same lexicon, tokens renamed or
    /// left out by `number`.
    pub(super) fn take_rows(
        &mut self,
        rows: &[usize],
        number: impl Fn(TokenId) -> Option<TokenId>,
    ) -> Corpus {
        let mut taken = Corpus::empty(&self.recipe);
        for &row in rows {
            taken.append_row(self, row, &number);
        }
        taken.lexicon = std::mem::take(&mut self.lexicon);
        taken
    }

    /// The same mail without some of its tokens, and without texts.
    pub fn without_tokens(&self, left_out: &[TokenId]) -> Corpus {
        let kept = |token: TokenId| (!left_out.contains(&token)).then_some(token);
        let mut taken = Corpus::empty(&self.recipe);
        for row in 0..self.len() {
            taken.append_row(self, row, kept);
            let sequence = self.sequence(row).iter();
            taken
                .sequences
                .push(sequence.filter_map(|&token| kept(token)));
        }
        taken.groups.clone_from(&self.groups);
        taken.lexicon = self.lexicon.clone();
        taken.bytes = self.bytes;
        taken
    }

    /// Takes in the tokens of a lexicon, whether any message holds them or not.
    pub fn know(&mut self, lexicon: &Lexicon) {
        self.lexicon.absorb(lexicon);
    }

    /// The same mail with the other label at these rows.
    #[must_use]
    pub fn mislabelled(&self, rows: &[usize]) -> Corpus {
        let mut wrong = self.clone();
        for &row in rows {
            let label = self.labels[row];
            wrong.labels[row] = label.map(|label| Label::from_is_spam(!label.is_spam()));
        }
        wrong
    }

    /// The rows of each group of near-duplicates whose labels differ.
    pub fn conflicts(&self) -> Vec<Vec<usize>> {
        let mut groups: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for row in self.labelled_rows() {
            groups.entry(self.groups[row]).or_default().push(row);
        }
        groups.retain(|_, rows| {
            rows.iter()
                .any(|&row| self.labels[row] != self.labels[rows[0]])
        });
        groups.into_values().collect()
    }

    /// Number of messages that are a duplicate or near-duplicate of an earlier one.
    pub fn near_duplicates(&self) -> usize {
        self.groups
            .iter()
            .enumerate()
            .filter(|&(row, &group)| group as usize != row)
            .count()
    }

    /// Number of messages.
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

    /// Identifier of message `row`.
    pub fn id(&self, row: usize) -> &str {
        &self.ids[row]
    }

    /// Line of its source on which message `row` begins.
    pub fn line(&self, row: usize) -> u64 {
        self.lines[row]
    }

    /// Label of message `row`.
    pub fn label(&self, row: usize) -> Option<Label> {
        self.labels[row]
    }

    /// What kind of ham or spam its source says message `row` is.
    pub fn kind(&self, row: usize) -> Option<&str> {
        self.kinds[row].as_deref()
    }

    /// Group of duplicates and near-duplicates to which message `row` belongs: the row of its first
    /// member.
    pub fn group(&self, row: usize) -> u32 {
        self.groups[row]
    }

    /// The part of its corpus by which message `row` is counted, see
    /// [`StreamedCounts`](super::StreamedCounts).
    pub fn part(&self, row: usize) -> usize {
        usize::from(self.parts[row])
    }

    /// The day on which message `row` says that it was written, as the number yyyymmdd; none
    /// unless texts are kept.
    pub fn day(&self, row: usize) -> Option<u32> {
        self.days[row]
    }

    /// Distinct tokens of message `row` with their counts, in order of first mention.
    pub fn bag(&self, row: usize) -> &[(TokenId, u32)] {
        self.bags.get(row)
    }

    /// Tokens of message `row` in order; empty unless kept.
    pub fn sequence(&self, row: usize) -> &[TokenId] {
        self.sequences.get(row)
    }

    /// Text of message `row`; empty unless kept.
    pub fn text(&self, row: usize) -> &[u8] {
        self.texts.get(row)
    }

    /// Bytes of mail read, as they came in.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// SHA-256 of all that can be learned from: the label, the group, the tokens and the text of
    /// every message, in order, as far as they are kept.
    pub fn digest(&self) -> [u8; 32] {
        let mut sum = Sha256::new();
        let mut add = |bytes: &[u8]| {
            sum.update((bytes.len() as u64).to_le_bytes());
            sum.update(bytes);
        };
        (0..self.lexicon.len())
            .for_each(|token| add(self.lexicon.token(token as TokenId).as_bytes()));
        for row in 0..self.len() {
            let label = self.labels[row].map_or(2, |label| label.index() as u8);
            add(&[label]);
            add(&self.groups[row].to_le_bytes());
            let bag = self
                .bag(row)
                .iter()
                .flat_map(|&(token, count)| [token, count]);
            let sequence = self.sequence(row).iter().copied();
            add(&bag.flat_map(u32::to_le_bytes).collect::<Vec<u8>>());
            add(&sequence.flat_map(u32::to_le_bytes).collect::<Vec<u8>>());
            add(self.text(row));
        }
        sum.finalize().into()
    }

    /// Row numbers of the messages that have a label.
    pub fn labelled_rows(&self) -> Vec<usize> {
        (0..self.len())
            .filter(|&row| self.labels[row].is_some())
            .collect()
    }
}
