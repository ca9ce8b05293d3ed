//! The vocabulary as it is stored: a hash table ready to use, so that the tokens of one message are
//! found without reading the others.
//!
//! The key of the hash is made of the tokens themselves, so that the same tokens give the same
//! bytes and nobody who wrote some of the training mail knows which tokens will collide. Tokens of
//! one hash stand in one bucket, one after the other; the table says where each bucket ends.
//! Whoever looks a token up reads one bucket, and nobody adds to it.

use super::frequencies::Frequencies;
use super::vocabulary::{Vocabulary, VocabularyError};
use crate::base::keyed::IntegerKey;
use crate::base::parts::{PartReader, Parts, ReadAt};
use crate::tokenize::{Lexicon, TokenKind, TokenKinds};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Tokens of a bucket, on average.
const FILL: usize = 4;

/// The fewest bytes of an entry: it has six numbers.
const LEAST: u64 = 6;

/// The parts: [`Head`], the ends of the buckets in [`ENTRIES`], and the buckets.
const HEAD: usize = 0;
const ENDS: usize = 1;
const ENTRIES: usize = 2;

/// What is read first.
#[derive(Serialize, Deserialize)]
struct Head {
    key: [u64; 2],
    tokens: u32,
    buckets: u32,
    /// Training messages of each class.
    emails: [u32; 2],
    /// The sets of kinds that some model reads.
    views: Vec<TokenKinds>,
}

/// A token in its bucket. Behind it stand the numbers of its columns in the views, as a list: one
/// more than each column; 0 if it is not read there.
#[derive(Serialize, Deserialize)]
struct Entry<'a> {
    text: &'a str,
    kind: TokenKind,
    column: u32,
    /// Training messages of each class that hold it.
    holding: [u32; 2],
}

/// The tokens of a vocabulary that a message holds, as a vocabulary of their own; they keep their
/// order.
pub struct FoundTokens {
    /// The tokens that were found.
    pub vocabulary: Vocabulary,
    /// Number of tokens of the whole vocabulary.
    pub all: usize,
    views: Vec<(TokenKinds, Vec<u32>)>,
}

impl FoundTokens {
    /// The columns of the found tokens in the whole vocabulary as whoever reads these kinds sees
    /// it. None for kinds that no model of the file reads.
    pub fn columns(&self, kinds: TokenKinds) -> Option<&[u32]> {
        let found = self.views.iter().find(|(known, _)| *known == kinds);
        found.map(|(_, columns)| &columns[..])
    }
}

impl Head {
    fn bucket(&self, token: &str) -> u32 {
        let [start, factor] = self.key;
        let hash = IntegerKey::kept(start, factor).bytes(token.as_bytes());
        (((hash >> 32) * u64::from(self.buckets)) >> 32) as u32
    }

    /// The entry that these bytes begin with, its numbers in the views, and the bytes after it.
    fn entry<'b>(
        &self,
        bytes: &'b [u8],
        of_views: &mut Vec<u32>,
    ) -> Result<(Entry<'b>, &'b [u8]), VocabularyError> {
        let (entry, rest) = next::<Entry<'b>>(bytes)?;
        let (count, mut rest) = next::<u32>(rest)?;
        if entry.column >= self.tokens || count as usize != self.views.len() {
            return Err("a token has no column".into());
        }
        of_views.clear();
        for _ in 0..count {
            let (number, after) = next(rest)?;
            of_views.push(number);
            rest = after;
        }
        Ok((entry, rest))
    }
}

/// What these bytes begin with, and the bytes after it.
fn next<'b, T: Deserialize<'b>>(bytes: &'b [u8]) -> Result<(T, &'b [u8]), String> {
    postcard::take_from_bytes(bytes).map_err(|error| error.to_string())
}

/// The bytes of a vocabulary, of which models read these sets of kinds.
pub fn to_bytes(vocabulary: &Vocabulary, views: &[TokenKinds]) -> Result<Vec<u8>, String> {
    let head = Head {
        key: key_of(vocabulary),
        tokens: vocabulary.len() as u32,
        buckets: (vocabulary.len() / FILL + 1) as u32,
        emails: vocabulary.frequencies().emails,
        views: views.to_vec(),
    };
    let mut read = vec![0; views.len()];
    let mut entries = Vec::with_capacity(vocabulary.len());
    for ((kind, text), column) in vocabulary.lexicon().iter().zip(0..) {
        let numbered = views.iter().zip(&mut read).map(|(view, read)| {
            *read += u32::from(view.holds(kind));
            if view.holds(kind) { *read } else { 0 }
        });
        let of_views: Vec<u32> = numbered.collect();
        let entry = Entry {
            text,
            kind,
            column,
            holding: vocabulary.frequencies().holding[column as usize],
        };
        entries.push((head.bucket(text), (entry, of_views)));
    }
    entries.sort_by_key(|(bucket, (entry, _))| (*bucket, entry.column));
    let (mut ends, mut bytes) = (Vec::new(), Vec::new());
    let mut entries = entries.iter().peekable();
    for bucket in 0..head.buckets {
        while let Some((_, entry)) = entries.next_if(|(of, _)| *of == bucket) {
            bytes = postcard::to_extend(entry, bytes).map_err(|error| error.to_string())?;
        }
        ends.extend((bytes.len() as u32).to_le_bytes());
    }
    let mut parts = Parts::default();
    parts.push(postcard::to_stdvec(&head).map_err(|error| error.to_string())?);
    parts.push(ends);
    parts.push(bytes);
    Ok(parts.to_bytes())
}

fn key_of(vocabulary: &Vocabulary) -> [u64; 2] {
    let mut sum = Sha256::new();
    for token in vocabulary.tokens() {
        sum.update((token.len() as u64).to_le_bytes());
        sum.update(token);
    }
    let sum = sum.finalize();
    let (words, _) = sum.as_chunks::<8>();
    // An odd factor is never 0, by which every product would be 0.
    [
        u64::from_le_bytes(words[0]),
        u64::from_le_bytes(words[1]) | 1,
    ]
}

/// An open vocabulary.
struct Stored<'a> {
    parts: PartReader<'a>,
    head: Head,
    /// The bucket that was read.
    bytes: Vec<u8>,
    /// The numbers in the views of the entry that was read last.
    of_views: Vec<u32>,
}

impl<'a> Stored<'a> {
    fn open(source: &'a mut dyn ReadAt) -> Result<Stored<'a>, VocabularyError> {
        let mut parts = PartReader::new(source)?;
        let head = parts.whole(HEAD)?;
        let head: Head = postcard::from_bytes(&head).map_err(|error| error.to_string())?;
        let sound = parts.len() == 3
            && parts.length(ENDS) == 4 * u64::from(head.buckets)
            && LEAST * u64::from(head.tokens) <= parts.length(ENTRIES);
        if !sound {
            return Err("its parts differ in length".into());
        }
        Ok(Stored {
            parts,
            head,
            bytes: Vec::new(),
            of_views: Vec::new(),
        })
    }

    /// Reads the bucket of a token into `bytes`.
    fn read_bucket(&mut self, token: &str) -> Result<(), String> {
        let bucket = u64::from(self.head.bucket(token));
        let mut ends = [[0; 4]; 2];
        match bucket {
            0 => self.parts.read_at(ENDS, 0, &mut ends[1])?,
            _ => self
                .parts
                .read_at(ENDS, 4 * (bucket - 1), ends.as_flattened_mut())?,
        }
        let [start, end] = ends.map(u32::from_le_bytes);
        let length = end.checked_sub(start).map(u64::from);
        let length = length.ok_or("a bucket ends before it begins")?;
        if length > self.parts.length(ENTRIES) {
            return Err("a bucket is longer than all of them".to_owned());
        }
        self.bytes.resize(length as usize, 0);
        self.parts
            .read_at(ENTRIES, u64::from(start), &mut self.bytes)
    }

    /// The entry of a token in the bucket that was read, whose numbers are `of_views`.
    fn in_bucket(&mut self, token: &str) -> Result<Option<Entry<'_>>, VocabularyError> {
        let mut rest = &self.bytes[..];
        while !rest.is_empty() {
            let (entry, after) = self.head.entry(rest, &mut self.of_views)?;
            if entry.text == token {
                return Ok(Some(entry));
            }
            rest = after;
        }
        Ok(None)
    }
}

/// The tokens of `lexicon` that a stored vocabulary holds.
pub fn find(source: &mut dyn ReadAt, lexicon: &Lexicon) -> Result<FoundTokens, VocabularyError> {
    let mut stored = Stored::open(source)?;
    let mut found = Vec::new();
    for (_, token) in lexicon.iter() {
        stored.read_bucket(token)?;
        if let Some(entry) = stored.in_bucket(token)? {
            let (column, kind, holding) = (entry.column, entry.kind, entry.holding);
            found.push(((column, kind, holding, stored.of_views.clone()), token));
        }
    }
    found.sort_by_key(|((column, ..), _)| *column);
    let mut tokens = Lexicon::new();
    let mut frequencies = Frequencies {
        emails: stored.head.emails,
        holding: Vec::with_capacity(found.len()),
    };
    let views = stored.head.views.iter().map(|&kinds| (kinds, Vec::new()));
    let mut views: Vec<(TokenKinds, Vec<u32>)> = views.collect();
    for ((_, kind, holding, of_views), token) in found {
        tokens.intern(kind, token);
        frequencies.holding.push(holding);
        for ((kinds, columns), of_view) in views.iter_mut().zip(of_views) {
            match of_view.checked_sub(1) {
                Some(column) if kinds.holds(kind) => columns.push(column),
                None if !kinds.holds(kind) => (),
                _ => return Err("a token has no column".into()),
            }
        }
    }
    Ok(FoundTokens {
        vocabulary: Vocabulary::new(tokens, frequencies),
        all: stored.head.tokens as usize,
        views,
    })
}

/// All of a stored vocabulary.
pub fn from_bytes(bytes: &[u8]) -> Result<Vocabulary, VocabularyError> {
    let mut source = bytes;
    let mut stored = Stored::open(&mut source)?;
    let entries = stored.parts.whole(ENTRIES)?;
    let mut by_column: Vec<Option<Entry<'_>>> = Vec::new();
    by_column.resize_with(stored.head.tokens as usize, || None);
    let mut rest = &entries[..];
    while !rest.is_empty() {
        let (entry, after) = stored.head.entry(rest, &mut stored.of_views)?;
        rest = after;
        let column = entry.column as usize;
        if by_column[column].replace(entry).is_some() {
            return Err("two tokens have one column".into());
        }
    }
    let mut tokens = Lexicon::new();
    let mut holding = Vec::with_capacity(by_column.len());
    for (entry, column) in by_column.into_iter().zip(0..) {
        let entry = entry.ok_or("a column has no token")?;
        if tokens.intern(entry.kind, entry.text) != column {
            return Err("a token stands in it twice".into());
        }
        holding.push(entry.holding);
    }
    let emails = stored.head.emails;
    Ok(Vocabulary::new(tokens, Frequencies { emails, holding }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary(tokens: u32) -> Vocabulary {
        let mut lexicon = Lexicon::new();
        for at in 0..tokens {
            let (kind, token) = match at % 3 {
                0 => (TokenKind::Subject, format!("subject:grüße{at}")),
                _ => (TokenKind::Word, format!("w{at}")),
            };
            lexicon.intern(kind, &token);
        }
        let frequencies = Frequencies {
            emails: [3, 4],
            holding: (0..tokens).map(|at| [at % 4, at % 5]).collect(),
        };
        Vocabulary::new(lexicon, frequencies)
    }

    const SUBJECTS: TokenKinds = TokenKinds::NONE.with(TokenKind::Subject);

    #[test]
    fn a_vocabulary_comes_back_and_a_damaged_one_is_refused() {
        let vocabulary = vocabulary(50);
        let bytes = to_bytes(&vocabulary, &[TokenKinds::ALL]).unwrap();
        let back = from_bytes(&bytes).unwrap();
        assert!(back.lexicon().iter().eq(vocabulary.lexicon().iter()));
        assert_eq!(back.frequencies(), vocabulary.frequencies());
        for cut in 0..bytes.len() {
            assert!(from_bytes(&bytes[..cut]).is_err(), "{cut}");
        }
        for at in 0..bytes.len() {
            // No bytes make reading panic.
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x41;
            let _ = from_bytes(&damaged);
            let _ = find(&mut &damaged[..], vocabulary.lexicon());
        }
    }

    #[test]
    fn parts_that_are_missing_and_buckets_that_end_before_they_begin_are_refused() {
        let vocabulary = vocabulary(50);
        let bytes = to_bytes(&vocabulary, &[TokenKinds::ALL]).unwrap();
        let mut source = &bytes[..];
        let mut reader = PartReader::new(&mut source).unwrap();
        let whole = [HEAD, ENDS, ENTRIES].map(|part| reader.whole(part).unwrap());
        let refused = |parts: &[Vec<u8>]| {
            let mut joined = Parts::default();
            for part in parts {
                joined.push(part.clone());
            }
            let bytes = joined.to_bytes();
            let found = find(&mut &bytes[..], vocabulary.lexicon());
            let error = found.err().map(|error| error.to_string());
            error.unwrap_or_default()
        };
        assert_eq!(refused(&whole), "");
        for parts in 0..3 {
            assert_ne!(refused(&whole[..parts]), "", "{parts}");
        }
        let mut backwards = whole.clone();
        backwards[ENDS][..4].copy_from_slice(&(whole[ENTRIES].len() as u32).to_le_bytes());
        let said = refused(&backwards);
        assert!(said.ends_with("a bucket ends before it begins"), "{said}");
    }

    #[test]
    fn what_a_message_holds_is_found_in_order_with_its_columns_in_every_view() {
        let all = vocabulary(1000);
        let bytes = to_bytes(&all, &[TokenKinds::ALL, SUBJECTS]).unwrap();
        let mut message = Lexicon::new();
        for token in [
            "w998",
            "unheard",
            "subject:grüße3",
            "w1",
            "",
            "subject:grüße999",
        ] {
            message.intern(TokenKind::Word, token);
        }
        let found = find(&mut &bytes[..], &message).unwrap();
        let tokens: Vec<&str> = found.vocabulary.tokens().collect();
        assert_eq!(tokens, ["w1", "subject:grüße3", "w998", "subject:grüße999"]);
        assert_eq!(found.all, 1000);
        assert_eq!(found.columns(TokenKinds::ALL), Some(&[1, 3, 998, 999][..]));
        // Every third token is a subject, from the first on.
        assert_eq!(found.columns(SUBJECTS), Some(&[1, 333][..]));
        assert_eq!(found.columns(TokenKinds::NONE), None);
        let frequencies = found.vocabulary.frequencies();
        assert_eq!(frequencies.emails, [3, 4]);
        assert_eq!(frequencies.holding, [[1, 1], [3, 3], [2, 3], [3, 4]]);
        let every = find(&mut &bytes[..], all.lexicon()).unwrap();
        assert!(every.vocabulary.lexicon().iter().eq(all.lexicon().iter()));
    }

    #[test]
    fn tokens_are_spread_over_the_buckets() {
        let bytes = to_bytes(&vocabulary(8000), &[]).unwrap();
        let mut source = &bytes[..];
        let stored = Stored::open(&mut source).unwrap();
        let mut tokens = vec![0_u32; stored.head.buckets as usize];
        for token in vocabulary(8000).tokens() {
            tokens[stored.head.bucket(token) as usize] += 1;
        }
        // Thrown at random at four per bucket, the fullest of 2,001 has 13 or so; the chance of 24
        // is below 1e-7.
        assert!(tokens.into_iter().max() < Some(24));
    }
}
