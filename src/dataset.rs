//! Mail after tokenizing: integers only.
//!
//! A [`Corpus`] holds every mail of a pile once, as a bag of token numbers (and, where a model wants them, the token
//! sequence and the text), with labels and the groups of copies that a split must not part. Folds, learning curves and
//! grids are lists of row numbers into it. [`SparseRows`] is the matrix a model reads, [`Example`] one row of it, and
//! [`TrainingSet`] labelled rows in a model's own encoding.

use crate::input::{InputError, Source};
use crate::mail::{Label, Mail};
use crate::math;
use crate::tokenize::{Lexicon, Recipe, TokenId, Tokenizer};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};
use serde::{Deserialize, Serialize};
use std::hash::Hasher;
use std::sync::{Mutex, PoisonError};

/// What a model reads of a mail, and so what [`Example::values`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reads {
    /// The text bytes only; columns and values are empty.
    Text,
    /// The token sequence only; columns and values are empty.
    Sequence,
    /// How often each token of the vocabulary occurs.
    Counts,
    /// 1 for each token of the vocabulary that occurs.
    Boolean,
    /// Sublinear term frequency times smoothed inverse document frequency, scaled to unit Euclidean length.
    TfIdf,
}

/// Stands in [`Example::tokens`] for a token outside the vocabulary.
pub const UNKNOWN: u32 = u32::MAX;

/// One mail as the models see it. A model looks only at what its [`Reads`] asks for.
#[derive(Debug, Clone, Copy)]
pub struct Example<'a> {
    /// Subject, newline, visible body; UTF-8, no headers: what bits per byte are paid on. Empty unless asked for.
    pub text: &'a [u8],
    /// Vocabulary columns of the tokens in order, [`UNKNOWN`] for a token outside it. Empty unless asked for.
    pub tokens: &'a [u32],
    /// The distinct columns of this mail, in the order in which the mail first mentions them.
    pub columns: &'a [u32],
    /// One value for each of `columns`.
    pub values: &'a [f64],
}

impl<'a> Example<'a> {
    /// A mail that is only its columns and values.
    pub fn sparse(columns: &'a [u32], values: &'a [f64]) -> Example<'a> {
        Example { text: &[], tokens: &[], columns, values }
    }

    /// Columns with their values.
    pub fn entries(&self) -> impl Iterator<Item = (usize, f64)> + 'a {
        self.columns.iter().map(|&column| column as usize).zip(self.values.iter().copied())
    }
}

/// Lists of different lengths in one allocation.
#[derive(Debug, Clone)]
pub struct Ragged<T> {
    starts: Vec<usize>,
    items: Vec<T>,
}

impl<T> Default for Ragged<T> {
    fn default() -> Ragged<T> {
        Ragged { starts: vec![0], items: Vec::new() }
    }
}

impl<T: Copy> Ragged<T> {
    /// How many lists.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no list.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends one list.
    pub fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.items.extend(list);
        self.starts.push(self.items.len());
    }

    /// List `at`; empty if there is none.
    pub fn get(&self, at: usize) -> &[T] {
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(&start), Some(&end)) => &self.items[start..end],
            _ => &[],
        }
    }

    /// All lists one after the other.
    pub fn items(&self) -> &[T] {
        &self.items
    }
}

/// A matrix in compressed sparse rows: `u32` columns, `f64` values, no column twice in a row.
#[derive(Debug, Clone, Default)]
pub struct SparseRows {
    columns: usize,
    starts: Vec<usize>,
    indices: Vec<u32>,
    values: Vec<f64>,
}

impl SparseRows {
    /// An empty matrix of `columns` columns.
    pub fn new(columns: usize) -> SparseRows {
        SparseRows { columns, starts: vec![0], indices: Vec::new(), values: Vec::new() }
    }

    /// Appends a row. Columns must be below [`SparseRows::columns`] and distinct.
    pub fn push(&mut self, entries: impl IntoIterator<Item = (u32, f64)>) {
        for (column, value) in entries {
            debug_assert!((column as usize) < self.columns);
            self.indices.push(column);
            self.values.push(value);
        }
        self.starts.push(self.indices.len());
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Number of stored entries.
    pub fn entries(&self) -> usize {
        self.indices.len()
    }

    /// Columns and values of row `at`.
    pub fn row(&self, at: usize) -> (&[u32], &[f64]) {
        let range = self.starts[at]..self.starts[at + 1];
        (&self.indices[range.clone()], &self.values[range])
    }

    /// Rows in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u32], &[f64])> {
        (0..self.len()).map(|at| self.row(at))
    }
}

/// Rows of a corpus in one encoding: what a model is trained on or scores.
pub struct Rows<'a> {
    corpus: &'a Corpus,
    numbers: Vec<usize>,
    matrix: SparseRows,
    tokens: Ragged<u32>,
}

impl<'a> Rows<'a> {
    /// Row numbers of `corpus` with their encoded matrix and token sequences (either may be empty).
    pub fn new(corpus: &'a Corpus, numbers: Vec<usize>, matrix: SparseRows, tokens: Ragged<u32>) -> Rows<'a> {
        Rows { corpus, numbers, matrix, tokens }
    }

    /// How many mails.
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

    /// The values, row by row.
    pub fn matrix(&self) -> &SparseRows {
        &self.matrix
    }

    /// Mail `at` of these.
    pub fn example(&self, at: usize) -> Example<'_> {
        let (columns, values) = self.matrix.row(at);
        Example { text: self.corpus.text(self.numbers[at]), tokens: self.tokens.get(at), columns, values }
    }

    /// All mails in order.
    pub fn examples(&self) -> impl Iterator<Item = Example<'_>> {
        (0..self.len()).map(|at| self.example(at))
    }
}

/// Labelled rows in the encoding one model reads, and what it needs to know of them. Holds nothing of any other row.
pub struct TrainingSet<'a> {
    rows: &'a Rows<'a>,
    labels: Vec<Label>,
    groups: Vec<u32>,
    seed: u64,
}

impl<'a> TrainingSet<'a> {
    /// Every one of `rows` must be labelled in its corpus; a row without a label counts as ham, so filter first.
    pub fn new(rows: &'a Rows<'a>, seed: u64) -> TrainingSet<'a> {
        let labels = rows.numbers.iter().map(|&row| rows.corpus.label(row).unwrap_or(Label::Ham)).collect();
        let groups = rows.numbers.iter().map(|&row| rows.corpus.group(row)).collect();
        TrainingSet { rows, labels, groups, seed }
    }

    /// How many mails.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The label of each mail.
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// How many mails of each class, by [`Label::index`].
    pub fn class_counts(&self) -> [usize; 2] {
        let spam = self.labels.iter().filter(|label| label.is_spam()).count();
        [self.labels.len() - spam, spam]
    }

    /// Number of columns of the vocabulary.
    pub fn columns(&self) -> usize {
        self.rows.matrix.columns()
    }

    /// Values of the mails as a matrix.
    pub fn matrix(&self) -> &SparseRows {
        &self.rows.matrix
    }

    /// Mails in order.
    pub fn examples(&self) -> impl Iterator<Item = Example<'_>> {
        self.rows.examples()
    }

    /// The seed for whatever the fit draws at random.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Parts the mails for early stopping: about `share` of each class held out, copies kept on one side.
    /// Returns positions (kept, held out).
    pub fn hold_out(&self, share: f64) -> (Vec<usize>, Vec<usize>) {
        let parts = (1.0 / share).round().max(2.0) as usize;
        let fold = grouped_folds(&self.labels, &self.groups, parts, self.seed);
        (0..self.len()).partition(|&at| fold[at] != 0)
    }
}

/// A fold number in `0..folds` for each mail: stratified by class, copies (equal group) kept in one fold.
///
/// Groups are dealt in a random order, largest first, each to the fold that then holds the fewest mails of its class; the class
/// of a group is that of its first mail.
pub fn grouped_folds(labels: &[Label], groups: &[u32], folds: usize, seed: u64) -> Vec<usize> {
    let mut position: FxHashMap<u32, usize> = FxHashMap::default();
    let mut members: Vec<(Label, Vec<usize>)> = Vec::new();
    for (at, (&label, &group)) in labels.iter().zip(groups).enumerate() {
        let slot = *position.entry(group).or_insert_with(|| {
            members.push((label, Vec::new()));
            members.len() - 1
        });
        members[slot].1.push(at);
    }
    let mut rng = math::random_stream(seed, 0xF01D);
    math::shuffle(&mut members, &mut rng);
    members.sort_by_key(|(_, mails)| std::cmp::Reverse(mails.len()));
    let mut fold_of = vec![0; labels.len()];
    let mut filled = vec![[0usize; 2]; folds];
    for (label, mails) in members {
        let class = label.index();
        // Ties go to the fold with the fewest mails in all, then to the first.
        let target =
            (0..folds).min_by_key(|&fold| (filled[fold][class], filled[fold][0] + filled[fold][1])).unwrap_or(0);
        for at in mails {
            filled[target][labels[at].index()] += 1;
            fold_of[at] = target;
        }
    }
    fold_of
}

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
    recipe: Recipe,
    lexicon: Lexicon,
    ids: Vec<String>,
    labels: Vec<Option<Label>>,
    groups: Vec<u32>,
    bags: Ragged<(TokenId, u32)>,
    sequences: Ragged<TokenId>,
    texts: Ragged<u8>,
    bytes: usize,
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

/// Reads mail into a [`Corpus`], batch by batch, on all threads.
///
/// Every thread numbers tokens in a lexicon of its own; the numbers of the corpus are given afterwards, mail by mail in
/// order, so that they do not depend on which thread read which mail.
pub struct CorpusBuilder {
    keep: Keep,
    readers: Vec<Mutex<Reader>>,
    /// For each reader, its token numbers as numbers of the corpus.
    translations: Vec<Vec<TokenId>>,
    corpus: Corpus,
    groups: FxHashMap<u64, u32>,
    next_group: u32,
}

/// One thread's tokenizer and the buffers it reuses.
struct Reader {
    tokenizer: Tokenizer,
    tokens: Vec<TokenId>,
    text: Vec<u8>,
    /// For each token of the lexicon, where it stands in the bag of the mail being read (valid if that entry is the token).
    slots: Vec<u32>,
    letters: Vec<u8>,
}

/// One mail as its reader left it.
struct Read {
    reader: usize,
    bag: Vec<(TokenId, u32)>,
    sequence: Vec<TokenId>,
    text: Vec<u8>,
    copy_key: Option<u64>,
}

impl CorpusBuilder {
    /// A builder that reads mail by `recipe`.
    pub fn new(recipe: &Recipe, keep: Keep) -> CorpusBuilder {
        let threads = rayon::current_num_threads();
        let reader = || {
            let tokenizer = Tokenizer::new(recipe);
            Mutex::new(Reader {
                tokenizer,
                tokens: Vec::new(),
                text: Vec::new(),
                slots: Vec::new(),
                letters: Vec::new(),
            })
        };
        CorpusBuilder {
            keep,
            readers: (0..threads).map(|_| reader()).collect(),
            translations: vec![Vec::new(); threads],
            corpus: Corpus {
                recipe: recipe.clone(),
                lexicon: Lexicon::new(),
                ids: Vec::new(),
                labels: Vec::new(),
                groups: Vec::new(),
                bags: Ragged::default(),
                sequences: Ragged::default(),
                texts: Ragged::default(),
                bytes: 0,
            },
            groups: FxHashMap::default(),
            next_group: 0,
        }
    }

    /// Reads a batch of mail.
    pub fn add(&mut self, mails: Vec<Mail>) {
        let read = self.tokenize(&mails);
        self.append_all(mails, read);
    }

    /// Reads all mail of `source`. All threads tokenize a batch; then one numbers its tokens while another reads the next
    /// batch. After each batch `on_batch` is told how many more bytes of the source were read, for a progress bar.
    pub fn read_all(&mut self, source: &mut Source, on_batch: &mut dyn FnMut(u64)) -> Result<(), InputError> {
        let mut told = 0;
        let mut batch = source.next_batch()?;
        while let Some(mails) = batch {
            let read = self.tokenize(&mails);
            let (next, ()) = rayon::join(|| source.next_batch(), || self.append_all(mails, read));
            batch = next?;
            on_batch(source.bytes_read() - told);
            told = source.bytes_read();
        }
        Ok(())
    }

    fn tokenize(&self, mails: &[Mail]) -> Vec<Read> {
        let (readers, keep) = (&self.readers, self.keep);
        let read = |mail| {
            let at = rayon::current_thread_index().unwrap_or(0) % readers.len();
            // A poisoned lock would mean that reading panicked, which ends the program anyway.
            let mut reader = readers[at].lock().unwrap_or_else(PoisonError::into_inner);
            reader.read(mail, at, keep)
        };
        mails.par_iter().with_max_len(16).map(read).collect()
    }

    fn append_all(&mut self, mails: Vec<Mail>, read: Vec<Read>) {
        for (mail, read) in mails.into_iter().zip(read) {
            self.append(mail, read);
        }
    }

    fn append(&mut self, mail: Mail, read: Read) {
        let corpus = &mut self.corpus;
        let reader = self.readers[read.reader].get_mut().unwrap_or_else(PoisonError::into_inner);
        let local = reader.tokenizer.lexicon();
        let translation = &mut self.translations[read.reader];
        translation.resize(local.len(), UNKNOWN);
        let lexicon = &mut corpus.lexicon;
        corpus.bags.push(read.bag.iter().map(|&(token, count)| {
            let known = &mut translation[token as usize];
            if *known == UNKNOWN {
                *known = lexicon.intern(local.kind(token), local.token(token));
            }
            (*known, count)
        }));
        if self.keep.sequence {
            corpus.sequences.push(read.sequence.iter().map(|&token| translation[token as usize]));
        }
        if self.keep.text {
            corpus.texts.push(read.text);
        }
        let fresh = self.next_group;
        let group = read.copy_key.map_or(fresh, |key| *self.groups.entry(key).or_insert(fresh));
        self.next_group += u32::from(group == fresh);
        corpus.groups.push(group);
        corpus.bytes += mail.content.len();
        corpus.labels.push(mail.label);
        corpus.ids.push(mail.id);
    }

    /// How many mails were read so far.
    pub fn len(&self) -> usize {
        self.corpus.len()
    }

    /// Whether none was read so far.
    pub fn is_empty(&self) -> bool {
        self.corpus.is_empty()
    }

    /// The corpus of all mail added.
    pub fn finish(self) -> Corpus {
        self.corpus
    }
}

impl Reader {
    fn read(&mut self, mail: &Mail, at: usize, keep: Keep) -> Read {
        self.tokens.clear();
        self.text.clear();
        self.tokenizer.read(&mail.content, &mut self.text, &mut self.tokens);
        self.slots.resize(self.tokenizer.lexicon().len(), 0);
        let mut bag: Vec<(TokenId, u32)> = Vec::with_capacity(self.tokens.len() / 2);
        for &token in &self.tokens {
            let slot = &mut self.slots[token as usize];
            match bag.get_mut(*slot as usize) {
                Some((held, count)) if *held == token => *count += 1,
                _ => {
                    *slot = bag.len() as u32;
                    bag.push((token, 1));
                }
            }
        }
        Read {
            reader: at,
            bag,
            sequence: if keep.sequence { self.tokens.clone() } else { Vec::new() },
            text: if keep.text { self.text.clone() } else { Vec::new() },
            copy_key: copy_key(&self.text, &mut self.letters),
        }
    }
}

/// Letters below which a body is too short to call two mails copies of one another.
const SHORTEST_COPY: usize = 40;

/// Each byte as it counts for telling copies: letters in lower case, bytes of UTF-8 beyond ASCII as they are (case folding
/// there would cost more than it could find), all else 0.
static LETTER: [u8; 256] = {
    let mut letter = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        if (byte as u8).is_ascii_alphabetic() || byte >= 0x80 {
            letter[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    letter
};

/// A key that is equal for copies: texts whose bodies agree up to case, digits, punctuation and spaces. None for a body of
/// fewer than 40 letters. `letters` is memory to be used again.
fn copy_key(text: &[u8], letters: &mut Vec<u8>) -> Option<u64> {
    let body = &text[memchr::memchr(b'\n', text).map_or(0, |end| end + 1)..];
    if letters.len() < body.len() {
        letters.resize(body.len(), 0);
    }
    let mut count = 0;
    // No branch depends on the text, which is what makes this fast.
    for &byte in body {
        let letter = LETTER[byte as usize];
        letters[count] = letter;
        count += usize::from(letter != 0);
    }
    let mut hasher = FxHasher::default();
    hasher.write(&letters[..count]);
    (count >= SHORTEST_COPY).then(|| hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Content;

    fn mail(id: &str, label: Label, body: &str) -> Mail {
        let content = Content::Fields { from: String::new(), subject: "s".into(), body: body.into() };
        Mail { id: id.into(), line: 1, label: Some(label), content }
    }

    #[test]
    fn copies_up_to_case_digits_and_punctuation_share_a_group() {
        let mut builder = CorpusBuilder::new(&Recipe::default(), Keep::default());
        let long = "Your parcel number 4711 waits at the depot in Springfield, please collect it.";
        builder.add(vec![
            mail("a", Label::Ham, long),
            mail("b", Label::Ham, "short"),
            mail("c", Label::Ham, &long.to_uppercase().replace("4711", "(99)")),
            mail("d", Label::Ham, "short"),
        ]);
        let corpus = builder.finish();
        assert_eq!(corpus.group(0), corpus.group(2));
        assert_ne!(corpus.group(1), corpus.group(3), "short mails are never called copies");
        assert_ne!(corpus.group(0), corpus.group(1));
    }

    #[test]
    fn folds_are_stratified_and_keep_groups_together() {
        let labels: Vec<Label> = (0..60).map(|at| Label::from_is_spam(at % 3 == 0)).collect();
        let groups: Vec<u32> = (0..60).map(|at| if at < 6 { 0 } else { at }).collect();
        let fold = grouped_folds(&labels, &groups, 5, 7);
        assert!((0..6).all(|at| fold[at] == fold[0]));
        for part in 0..5 {
            let spam = (0..60).filter(|&at| fold[at] == part && labels[at].is_spam()).count();
            assert!((3..=5).contains(&spam), "{spam} of 20 spam in one of 5 folds");
        }
        assert_eq!(fold, grouped_folds(&labels, &groups, 5, 7));
        assert_ne!(fold, grouped_folds(&labels, &groups, 5, 8));
    }

    #[test]
    fn token_numbers_do_not_depend_on_the_number_of_threads() {
        let bodies: Vec<Mail> =
            (0..200).map(|n: u32| mail("x", Label::Ham, &format!("alpha{} beta{} gamma", n % 7, n % 11))).collect();
        let read = |threads: usize| {
            rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| {
                let mut builder = CorpusBuilder::new(&Recipe::default(), Keep::default());
                builder.add(bodies.clone());
                builder.finish()
            })
        };
        let (one, four) = (read(1), read(4));
        assert!(one.lexicon().iter().eq(four.lexicon().iter()));
        assert!((0..200).all(|row| one.bag(row) == four.bag(row)));
    }
}
