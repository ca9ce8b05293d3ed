//! Reading a pile of mail into a [`Corpus`], batch by batch on all threads.

use super::copies::copy_key;
use super::{Corpus, Keep, Ragged, UNKNOWN};
use crate::input::{InputError, Source};
use crate::mail::Mail;
use crate::tokenize::{Lexicon, Recipe, TokenId, Tokenizer};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::sync::{Mutex, PoisonError};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Content, Label};

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
