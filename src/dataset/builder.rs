//! Batches of mail, wherever they come from, into a [`Corpus`] on all threads.
//!
//! Every thread numbers tokens in a lexicon of its own; the numbers of the corpus are given
//! afterwards, message by message in order, so that they do not depend on which thread read which
//! message. While all threads tokenize one batch, one of them first numbers the batch before it and
//! reads the one after it, so that neither waits for the other.

use super::near_duplicates::{Fingerprint, Sketcher, copy_key, groups};
use super::near_duplicates::{bag_hash, part, token_hash};
use super::{Corpus, CorpusOptions, UNKNOWN};
use crate::base::mail::Email;
use crate::tokenize::{Lexicon, Recipe, TokenId, TokenKind, Tokenizer, day};
use rayon::prelude::*;
use std::sync::{Mutex, PoisonError};

/// Reads mail into a [`Corpus`], batch by batch, on all threads.
pub struct CorpusBuilder {
    readers: Vec<Mutex<EmailReader>>,
    numbering: Numbering,
}

/// One thread's tokenizer and the buffers it reuses.
struct EmailReader {
    tokenizer: Tokenizer,
    sketcher: Sketcher,
    tokens: Vec<TokenId>,
    text: Vec<u8>,
    /// For each token of the lexicon, where it stands in the bag of the message being read (valid
    /// if that entry is the token).
    slots: Vec<u32>,
    letters: Vec<u8>,
}

/// One message as its reader left it.
struct Read {
    reader: usize,
    bag: Vec<(TokenId, u32)>,
    sequence: Vec<TokenId>,
    text: Vec<u8>,
    fingerprint: Fingerprint,
    day: Option<u32>,
}

/// Turns messages as their readers left them into rows of the corpus.
struct Numbering {
    keep: CorpusOptions,
    /// One per reader.
    translations: Vec<Translation>,
    corpus: Corpus,
}

/// A reader's token numbers as numbers of the corpus.
#[derive(Default)]
struct Translation {
    /// [`UNKNOWN`] for one that no message numbered so far holds.
    numbers: Vec<TokenId>,
    /// The tokens that its reader met in the batch to be numbered next, from number `met_from` on:
    /// a copy, so that the reader can go on meanwhile. One after the other, with the kind and the
    /// end of each.
    met: String,
    met_ends: Vec<(TokenKind, usize)>,
    met_from: usize,
}

impl Translation {
    /// Takes note of what `local` holds beyond the numbers known.
    fn meet(&mut self, local: &Lexicon) {
        self.met.clear();
        self.met_ends.clear();
        self.met_from = self.numbers.len();
        for (kind, token) in local.iter_from(self.met_from) {
            self.met.push_str(token);
            self.met_ends.push((kind, self.met.len()));
        }
        self.numbers.resize(local.len(), UNKNOWN);
    }

    /// The number in `lexicon` of the reader's `token`, which is one met just now if it has none
    /// yet.
    fn number(&mut self, token: TokenId, lexicon: &mut Lexicon) -> TokenId {
        let known = self.numbers[token as usize];
        if known != UNKNOWN {
            return known;
        }
        let at = token as usize - self.met_from;
        let start = if at == 0 { 0 } else { self.met_ends[at - 1].1 };
        let (kind, end) = self.met_ends[at];
        let number = lexicon.intern(kind, &self.met[start..end]);
        self.numbers[token as usize] = number;
        number
    }
}

impl CorpusBuilder {
    /// A builder that reads mail by `recipe`.
    pub fn new(recipe: &Recipe, keep: CorpusOptions) -> CorpusBuilder {
        let threads = rayon::current_num_threads();
        let reader = || {
            Mutex::new(EmailReader {
                tokenizer: Tokenizer::new(recipe),
                sketcher: Sketcher::default(),
                tokens: Vec::new(),
                text: Vec::new(),
                slots: Vec::new(),
                letters: Vec::new(),
            })
        };
        let numbering = Numbering {
            keep,
            translations: (0..threads).map(|_| Translation::default()).collect(),
            corpus: Corpus::empty(recipe),
        };
        CorpusBuilder {
            readers: (0..threads).map(|_| reader()).collect(),
            numbering,
        }
    }

    /// Adds a batch of messages.
    pub fn add(&mut self, emails: Vec<Email>) {
        let read = tokenize(&self.readers, self.numbering.keep, &emails);
        self.numbering.meet(&mut self.readers);
        self.numbering.append_all(emails, read);
    }

    /// Reads all mail of `batches`. Ends at the first error, after which the builder is of no more
    /// use.
    pub fn read_all<E: Send>(
        &mut self,
        batches: impl IntoIterator<Item = Result<Vec<Email>, E>, IntoIter: Send>,
    ) -> Result<(), E> {
        self.read_some(&mut batches.into_iter(), usize::MAX)
            .map(|_| ())
    }

    /// Reads mail of `batches` until the corpus holds `enough` bytes of it or there is no more.
    /// Says whether it stopped because there was enough.
    pub fn read_some<E: Send>(
        &mut self,
        batches: &mut (impl Iterator<Item = Result<Vec<Email>, E>> + Send),
        enough: usize,
    ) -> Result<bool, E> {
        let CorpusBuilder { readers, numbering } = self;
        let keep = numbering.keep;
        let mut taken = numbering.corpus.bytes;
        let mut waiting = (Vec::new(), Vec::new());
        let mut batch = batches.next().transpose()?;
        while let Some(emails) = batch {
            taken += emails.iter().map(|mail| mail.content.len()).sum::<usize>();
            let full = taken >= enough;
            let (read, next) = rayon::join(
                || tokenize(readers, keep, &emails),
                || {
                    let (emails, read) = std::mem::take(&mut waiting);
                    numbering.append_all(emails, read);
                    if full {
                        Ok(None)
                    } else {
                        batches.next().transpose()
                    }
                },
            );
            numbering.meet(readers);
            waiting = (emails, read);
            batch = next?;
        }
        let (emails, read) = waiting;
        numbering.append_all(emails, read);
        Ok(taken >= enough)
    }

    /// Bytes of mail read so far.
    pub(super) fn bytes(&self) -> usize {
        self.numbering.corpus.bytes
    }

    /// Number of messages read so far.
    pub fn len(&self) -> usize {
        self.numbering.corpus.len()
    }

    /// Whether none was read so far.
    pub fn is_empty(&self) -> bool {
        self.numbering.corpus.is_empty()
    }

    /// The corpus of all messages added. Without [`CorpusOptions::near_duplicates`] every message
    /// is a group of its own.
    pub fn finish(self) -> Corpus {
        let mut corpus = self.finish_ungrouped();
        corpus.groups = groups(&corpus.fingerprints);
        corpus
    }

    /// The same for counts, which ask for no groups.
    pub(super) fn finish_ungrouped(self) -> Corpus {
        let mut corpus = self.numbering.corpus;
        let fingerprints = corpus.fingerprints.iter().enumerate();
        let token = |&(token, count): &(TokenId, u32)| {
            let token = corpus.lexicon.token(token);
            (token_hash(token), count)
        };
        let said = |row| bag_hash(corpus.bags.get(row).iter().map(token));
        corpus.parts = fingerprints
            .map(|(row, one)| part(one.key, one.sketch, || said(row)))
            .collect();
        corpus
    }
}

fn tokenize(readers: &[Mutex<EmailReader>], keep: CorpusOptions, emails: &[Email]) -> Vec<Read> {
    let read = |mail| {
        let at = rayon::current_thread_index().unwrap_or(0) % readers.len();
        // A poisoned lock would mean that reading panicked, which ends the program anyway.
        let mut reader = readers[at].lock().unwrap_or_else(PoisonError::into_inner);
        reader.read(mail, at, keep)
    };
    emails.par_iter().with_max_len(4).map(read).collect()
}

impl Numbering {
    /// Takes note of the tokens that the readers met since the last time, when no reader is at
    /// work.
    fn meet(&mut self, readers: &mut [Mutex<EmailReader>]) {
        for (translation, reader) in self.translations.iter_mut().zip(readers) {
            translation.meet(
                reader
                    .get_mut()
                    .unwrap_or_else(PoisonError::into_inner)
                    .tokenizer
                    .lexicon(),
            );
        }
    }

    fn append_all(&mut self, emails: Vec<Email>, read: Vec<Read>) {
        for (mail, read) in emails.into_iter().zip(read) {
            self.append(mail, read);
        }
    }

    fn append(&mut self, mail: Email, read: Read) {
        let Numbering {
            keep,
            translations,
            corpus,
        } = self;
        let translation = &mut translations[read.reader];
        let lexicon = &mut corpus.lexicon;
        corpus.bags.push(
            read.bag
                .iter()
                .map(|&(token, count)| (translation.number(token, lexicon), count)),
        );
        if keep.sequence {
            corpus.sequences.push(
                read.sequence
                    .iter()
                    .map(|&token| translation.number(token, lexicon)),
            );
        }
        if keep.text {
            corpus.texts.push(read.text);
        }
        corpus.fingerprints.push(read.fingerprint);
        corpus.days.push(read.day);
        corpus.bytes += mail.content.len();
        corpus.lines.push(mail.line);
        corpus.labels.push(mail.label);
        corpus.kinds.push(mail.kind);
        corpus.ids.push(mail.id);
    }
}

impl EmailReader {
    fn read(&mut self, mail: &Email, at: usize, keep: CorpusOptions) -> Read {
        self.tokens.clear();
        self.text.clear();
        self.tokenizer
            .read(&mail.content, &mut self.text, &mut self.tokens);
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
            day: if keep.text { day(mail) } else { None },
            bag,
            sequence: if keep.sequence {
                self.tokens.clone()
            } else {
                Vec::new()
            },
            text: if keep.text {
                self.text.clone()
            } else {
                Vec::new()
            },
            fingerprint: if keep.near_duplicates {
                Fingerprint {
                    key: copy_key(&self.text, &mut self.letters),
                    sketch: self.sketcher.sketch(self.tokenizer.lexicon(), &self.tokens),
                }
            } else {
                Fingerprint::default()
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::{Content, Label};

    fn mail(id: &str, label: Label, body: &str) -> Email {
        let content = Content::text("s", body);
        Email::new(id, Some(label), content)
    }

    #[test]
    fn mislabelled_mail_is_the_same_mail_with_other_labels() {
        let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::TEXT);
        builder.add(vec![
            mail("a", Label::Ham, "lunch today"),
            mail("b", Label::Spam, "claim a prize"),
            mail("c", Label::Ham, "meeting notes"),
        ]);
        let corpus = builder.finish();
        let wrong = corpus.mislabelled(&[1, 2]);
        let labels = [0, 1, 2].map(|row| wrong.label(row));
        assert_eq!(labels, [Label::Ham, Label::Ham, Label::Spam].map(Some));
        for row in 0..3 {
            assert_eq!(wrong.bag(row), corpus.bag(row));
            assert_eq!(wrong.text(row), corpus.text(row));
        }
        assert_ne!(wrong.digest(), corpus.digest());
        assert_eq!(wrong.mislabelled(&[1, 2]).digest(), corpus.digest());
    }

    #[test]
    fn copies_up_to_case_digits_and_punctuation_share_a_group() {
        let mut builder = CorpusBuilder::new(
            &Recipe::default(),
            CorpusOptions {
                near_duplicates: true,
                ..CorpusOptions::default()
            },
        );
        let long = "Your parcel number 4711 waits at the depot in Springfield, please collect it.";
        builder.add(vec![
            mail("a", Label::Ham, long),
            mail("b", Label::Ham, "short"),
            mail(
                "c",
                Label::Ham,
                &long.to_uppercase().replace("4711", "(99)"),
            ),
            mail("d", Label::Ham, "brief"),
        ]);
        let corpus = builder.finish();
        assert_eq!(corpus.group(0), corpus.group(2));
        assert_ne!(corpus.group(1), corpus.group(3));
        assert_ne!(corpus.group(0), corpus.group(1));
    }

    #[test]
    fn batches_are_read_as_if_added_one_by_one_up_to_the_first_error() {
        let batch = |at: usize| {
            let body = |n: usize| format!("alpha{} beta", (at + n) % 5);
            (0..30)
                .map(|n| mail("x", Label::Ham, &body(n)))
                .collect::<Vec<Email>>()
        };
        let new = || CorpusBuilder::new(&Recipe::default(), CorpusOptions::default());
        let (mut added, mut read) = (new(), new());
        (0..4).for_each(|at| added.add(batch(at)));
        read.read_all((0..4).map(|at| Ok::<_, String>(batch(at))))
            .unwrap();
        let (added, read) = (added.finish(), read.finish());
        assert_eq!(read.len(), 120);
        assert!(added.lexicon().iter().eq(read.lexicon().iter()));
        assert!((0..120).all(|row| added.bag(row) == read.bag(row)));

        let mut some = new();
        let mut batches = (0..4).map(|at| Ok::<_, String>(batch(at)));
        assert_eq!(some.read_some(&mut batches, 1), Ok(true));
        assert_eq!((some.len(), batches.len()), (30, 3));
        let cut = [Ok(batch(0)), Err("the socket was closed"), Ok(batch(1))];
        assert_eq!(new().read_all(cut), Err("the socket was closed"));
    }

    #[test]
    fn token_numbers_do_not_depend_on_the_number_of_threads() {
        let bodies: Vec<Email> = (0..200)
            .map(|n: u32| {
                mail(
                    "x",
                    Label::Ham,
                    &format!("alpha{} beta{} gamma", n % 7, n % 11),
                )
            })
            .collect();
        let read = |threads: usize| {
            rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap()
                .install(|| {
                    let mut builder =
                        CorpusBuilder::new(&Recipe::default(), CorpusOptions::default());
                    builder.add(bodies.clone());
                    builder.finish()
                })
        };
        let (one, four) = (read(1), read(4));
        assert!(one.lexicon().iter().eq(four.lexicon().iter()));
        assert!((0..200).all(|row| one.bag(row) == four.bag(row)));
    }
}
