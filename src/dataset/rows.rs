//! What a model sees: one message ([`Example`]), rows of a corpus in one encoding ([`Rows`]), and
//! labelled rows to learn from ([`TrainingSet`]), which hold nothing of any other row.

use super::folds::grouped_folds;
use super::{AugmentedCorpus, CsrMatrix, Ragged};
use crate::base::mail::Label;

/// Stands in [`Example::tokens`] for a token outside the vocabulary.
pub const UNKNOWN: u32 = u32::MAX;

/// One message as the models see it. A model looks only at what its
/// [`Representation`](super::Representation) asks for.
#[derive(Debug, Clone, Copy)]
pub struct Example<'a> {
    /// Subject, newline, visible body; UTF-8, no headers. Bits per byte are bits per byte of this.
    /// Empty unless asked for.
    pub text: &'a [u8],
    /// Vocabulary columns of the tokens in order, [`UNKNOWN`] for a token outside it. Empty unless
    /// asked for.
    pub tokens: &'a [u32],
    /// The distinct columns of this message, in the order in which the message first mentions them.
    pub columns: &'a [u32],
    /// One value for each of `columns`, see [`CsrMatrix`].
    pub values: &'a [f32],
}

impl<'a> Example<'a> {
    /// A message that is only its columns and values.
    pub fn sparse(columns: &'a [u32], values: &'a [f32]) -> Example<'a> {
        Example {
            text: &[],
            tokens: &[],
            columns,
            values,
        }
    }

    /// The sum of the values.
    pub fn total(self) -> f64 {
        self.entries().map(|(_, value)| value).sum()
    }

    /// Columns with their values.
    pub fn entries(self) -> impl Iterator<Item = (usize, f64)> + 'a {
        self.columns
            .iter()
            .map(|&column| column as usize)
            .zip(self.values.iter().map(|&value| f64::from(value)))
    }
}

/// The first `first` bytes of a text, or all of it.
pub fn beginning(text: &[u8], first: u64) -> &[u8] {
    &text[..text.len().min(usize::try_from(first).unwrap_or(usize::MAX))]
}

/// Rows of a corpus in one encoding: what a model is trained on or scores.
pub struct Rows<'a> {
    corpus: AugmentedCorpus<'a>,
    numbers: Vec<usize>,
    matrix: CsrMatrix,
    tokens: Ragged<u32>,
}

impl<'a> Rows<'a> {
    /// Row numbers of `corpus` with their encoded matrix and token sequences (either may be empty).
    pub fn new(
        corpus: impl Into<AugmentedCorpus<'a>>,
        numbers: Vec<usize>,
        matrix: CsrMatrix,
        tokens: Ragged<u32>,
    ) -> Rows<'a> {
        Rows {
            corpus: corpus.into(),
            numbers,
            matrix,
            tokens,
        }
    }

    /// Number of messages.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Row numbers in the corpus.
    pub fn numbers(&self) -> &[usize] {
        &self.numbers
    }

    /// The values of the columns, one row per message.
    pub fn matrix(&self) -> &CsrMatrix {
        &self.matrix
    }

    /// Message `at` of these.
    pub fn example(&self, at: usize) -> Example<'_> {
        let (columns, values) = self.matrix.row(at);
        Example {
            text: self.corpus.text(self.numbers[at]),
            tokens: self.tokens.get(at),
            columns,
            values,
        }
    }

    /// All messages in order.
    pub fn examples(&self) -> impl Iterator<Item = Example<'_>> {
        (0..self.len()).map(|at| self.example(at))
    }

    /// The label of each message; a message without one counts as ham.
    pub fn labels(&self) -> Vec<Label> {
        let label = |&row: &usize| self.corpus.label(row).unwrap_or(Label::Ham);
        self.numbers.iter().map(label).collect()
    }
}

/// Labelled rows in the encoding one model reads, and what it needs to know of them. Holds nothing
/// of any other row.
pub struct TrainingSet<'a> {
    rows: &'a Rows<'a>,
    unlabelled: Option<&'a Rows<'a>>,
    labels: Vec<Label>,
    groups: Vec<u32>,
    seed: u64,
}

impl<'a> TrainingSet<'a> {
    /// Every one of `rows` must be labelled in its corpus; a row without a label counts as ham, so
    /// filter first.
    pub fn new(rows: &'a Rows<'a>, seed: u64) -> TrainingSet<'a> {
        let groups = rows
            .numbers
            .iter()
            .map(|&row| rows.corpus.group(row))
            .collect();
        TrainingSet {
            rows,
            unlabelled: None,
            labels: rows.labels(),
            groups,
            seed,
        }
    }

    /// The same with unlabelled mail in the same encoding, for semi-supervised models.
    #[must_use]
    pub fn with_unlabelled(self, unlabelled: Option<&'a Rows<'a>>) -> TrainingSet<'a> {
        TrainingSet { unlabelled, ..self }
    }

    /// The messages as rows, to be scored as one batch.
    pub fn rows(&self) -> &Rows<'a> {
        self.rows
    }

    /// The messages without a label.
    pub fn unlabelled(&self) -> impl Iterator<Item = Example<'_>> {
        self.unlabelled.into_iter().flat_map(Rows::examples)
    }

    /// Number of messages.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The label of each message.
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// Number of messages of each class, by [`Label::index`].
    pub fn class_counts(&self) -> [usize; 2] {
        let spam = self.labels.iter().filter(|label| label.is_spam()).count();
        [self.labels.len() - spam, spam]
    }

    /// Number of columns of the vocabulary.
    pub fn columns(&self) -> usize {
        self.rows.matrix.columns()
    }

    /// Values of the messages as a matrix.
    pub fn matrix(&self) -> &CsrMatrix {
        &self.rows.matrix
    }

    /// Message `at` of these.
    pub fn example(&self, at: usize) -> Example<'_> {
        self.rows.example(at)
    }

    /// Messages in order.
    pub fn examples(&self) -> impl Iterator<Item = Example<'_>> {
        self.rows.examples()
    }

    /// The seed for whatever the fit draws at random.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Splits the messages for early stopping: about `share` of each class is held out, and
    /// near-duplicates stay on one side. Returns positions (kept, held out); None if `share` is 0
    /// or those kept would lack a class.
    pub fn hold_out(&self, share: f64) -> Option<(Vec<usize>, Vec<usize>)> {
        if share <= 0.0 {
            return None;
        }
        let parts = (1.0 / share).round().max(2.0) as usize;
        let fold = grouped_folds(&self.labels, &self.groups, parts, self.seed);
        let (kept, held): (Vec<usize>, Vec<usize>) = (0..self.len()).partition(|&at| fold[at] != 0);
        let has = |label: Label| kept.iter().any(|&at| self.labels[at] == label);
        (Label::BOTH.into_iter().all(has) && !held.is_empty()).then_some((kept, held))
    }
}
