//! What is kept of training mail to tell its duplicates by: 8 bytes for each distinct body and 16
//! for each distinct sketch, of which no text can be made again.

use super::Corpus;
use super::near_duplicates::{COMPARED, Fingerprint, Sketch, Sketcher, band_key, bands, copy_key};
use super::near_duplicates::{bag_hash, token_hash};
use crate::tokenize::{Lexicon, TokenId, TokenKind};
use rayon::prelude::*;

/// The fingerprints of a set of mail, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fingerprints {
    /// Ascending.
    keys: Vec<u64>,
    /// Ascending.
    sketches: Vec<Sketch>,
}

/// How a message is like one of a set of mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// The bodies agree up to case, digits, punctuation and spaces.
    Duplicate,
    /// They share four fifths of their four-word shingles.
    NearDuplicate,
}

/// What a message has in common with its duplicates and near-duplicates wherever they are, for
/// whoever joins them elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageFingerprint {
    /// Equal for duplicates.
    pub key: u64,
    /// Of two messages that agree in any of these, the sketches are worth comparing. None of a
    /// message of few words.
    pub bands: Vec<u64>,
    /// What [`similarity`] compares.
    pub sketch: Option<[u8; 16]>,
}

impl MessageFingerprint {
    /// That of each message of a corpus, which must have been built with
    /// [`CorpusOptions::near_duplicates`](super::CorpusOptions::near_duplicates).
    pub fn of(corpus: &Corpus) -> Vec<MessageFingerprint> {
        let bands = bands();
        let word = |&(token, count): &(TokenId, u32)| {
            let token = corpus.lexicon().token(token);
            (token_hash(token), count)
        };
        let one = |(row, one): (usize, &Fingerprint)| {
            let said = || bag_hash(corpus.bag(row).iter().map(word));
            let key = |sketch| {
                let numbered = bands.iter().zip(0_u64..);
                let key =
                    |(band, at): (&Vec<usize>, u64)| at << 32 | u64::from(band_key(band, sketch));
                numbered.map(key).collect()
            };
            MessageFingerprint {
                key: one.key.unwrap_or_else(said),
                bands: one.sketch.map(key).unwrap_or_default(),
                sketch: one.sketch.map(Sketch::to_bytes),
            }
        };
        corpus.fingerprints.iter().enumerate().map(one).collect()
    }
}

/// The share of four-word shingles that two messages have in common, estimated from the sketches of
/// their fingerprints. From 0.75 on they are near-duplicates.
pub fn similarity(a: [u8; 16], b: [u8; 16]) -> f64 {
    Sketch::of_bytes(a).similarity(Sketch::of_bytes(b))
}

impl Fingerprints {
    /// Those of all messages of a corpus, which must have been built with
    /// [`CorpusOptions::near_duplicates`](super::CorpusOptions::near_duplicates).
    pub fn of(corpus: &Corpus) -> Fingerprints {
        Fingerprints::new(&corpus.fingerprints)
    }

    fn new(of_messages: &[Fingerprint]) -> Fingerprints {
        let mut keys: Vec<u64> = of_messages.iter().filter_map(|one| one.key).collect();
        keys.sort_unstable();
        keys.dedup();
        let of_words = of_messages.iter().filter_map(|one| one.sketch);
        let mut sketches: Vec<Sketch> = of_words.collect();
        sketches.sort_unstable();
        sketches.dedup();
        Fingerprints { keys, sketches }
    }

    /// How each message of a corpus that was read by the same recipe is like one of these.
    pub fn likenesses(&self, corpus: &Corpus) -> Vec<Option<Likeness>> {
        self.of_messages(&corpus.fingerprints)
    }

    fn of_messages(&self, messages: &[Fingerprint]) -> Vec<Option<Likeness>> {
        let is_duplicate = |one: &Fingerprint| {
            let key = one.key;
            key.is_some_and(|key| self.keys.binary_search(&key).is_ok())
        };
        let duplicate = |one| is_duplicate(one).then_some(Likeness::Duplicate);
        let mut found: Vec<Option<Likeness>> = messages.iter().map(duplicate).collect();
        let others: Vec<(Sketch, usize)> = (0..messages.len())
            .filter(|&row| found[row].is_none())
            .filter_map(|row| Some((messages[row].sketch?, row)))
            .collect();
        let near: Vec<Vec<usize>> = bands()
            .par_iter()
            .map(|band| self.near_within(band, &others))
            .collect();
        for row in near.into_iter().flatten() {
            found[row] = Some(Likeness::NearDuplicate);
        }
        found
    }

    /// The rows of messages that are near one of these which agrees in all bins of one band.
    fn near_within(&self, band: &[usize], others: &[(Sketch, usize)]) -> Vec<usize> {
        let mut keyed: Vec<(u32, Sketch)> = self
            .sketches
            .iter()
            .map(|&sketch| (band_key(band, sketch), sketch))
            .collect();
        keyed.sort_unstable();
        let is_near = |&&(sketch, _): &&(Sketch, usize)| {
            let key = band_key(band, sketch);
            let first = keyed.partition_point(|one| one.0 < key);
            let bucket = keyed[first..].iter().take_while(|one| one.0 == key);
            let mut bucket = bucket.take(COMPARED);
            bucket.any(|(_, known)| known.is_near(sketch))
        };
        let near = others.iter().filter(is_near);
        near.map(|&(_, row)| row).collect()
    }

    /// The fingerprints as bytes: one of a fixed text, the number of keys, keys, sketches.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (key, sketch) = known();
        let mut bytes = Vec::with_capacity(32 + 8 * self.keys.len() + 16 * self.sketches.len());
        bytes.extend(key.to_le_bytes());
        bytes.extend(sketch.to_bytes());
        bytes.extend((self.keys.len() as u64).to_le_bytes());
        bytes.extend(self.keys.iter().flat_map(|key| key.to_le_bytes()));
        bytes.extend(self.sketches.iter().flat_map(|sketch| sketch.to_bytes()));
        bytes
    }

    /// Reads back what [`to_bytes`](Fingerprints::to_bytes) wrote; none for other bytes, and none
    /// if they were made by a program whose fingerprints differ from those of this one.
    pub fn from_bytes(bytes: &[u8]) -> Option<Fingerprints> {
        let (key, sketch) = known();
        let rest = bytes.strip_prefix(&key.to_le_bytes())?;
        let rest = rest.strip_prefix(&sketch.to_bytes())?;
        let (number, rest) = rest.split_first_chunk()?;
        let length = usize::try_from(u64::from_le_bytes(*number)).ok()?;
        let (keys, sketches) = rest.split_at_checked(length.checked_mul(8)?)?;
        let ((keys, []), (sketches, [])) = (keys.as_chunks(), sketches.as_chunks()) else {
            return None;
        };
        Some(Fingerprints {
            keys: keys.iter().map(|&key| u64::from_le_bytes(key)).collect(),
            sketches: sketches.iter().map(|&one| Sketch::of_bytes(one)).collect(),
        })
    }
}

/// The fingerprint of a fixed text, by which files of programs that hash otherwise are told.
fn known() -> (u64, Sketch) {
    const TEXT: &str = "known\nthe quick brown fox jumps over the lazy dog and never looks back";
    let mut lexicon = Lexicon::new();
    let words = TEXT.split_whitespace();
    let tokens: Vec<TokenId> = words
        .map(|word| lexicon.intern(TokenKind::Word, word))
        .collect();
    let sketch = Sketcher::default().sketch(&lexicon, &tokens);
    let key = copy_key(TEXT.as_bytes(), &mut Vec::new());
    (key.unwrap_or_default(), sketch.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::{Content, Email};
    use crate::dataset::{CorpusBuilder, CorpusOptions};
    use crate::tokenize::Recipe;

    fn corpus(bodies: &[String]) -> Corpus {
        let keep = CorpusOptions {
            near_duplicates: true,
            ..CorpusOptions::default()
        };
        let mut builder = CorpusBuilder::new(&Recipe::default(), keep);
        let email = |body: &String| Email::new("x", None, Content::text("subject", body));
        builder.add(bodies.iter().map(email).collect());
        builder.finish()
    }

    /// `words` words that no other number has.
    fn body(number: usize, words: usize) -> String {
        let word = |at| format!("w{}", "abcdefghij".repeat(2).split_at(at % 10).1);
        let word = |at: usize| format!("{}{}", word(at), letters(number * 1_000 + at));
        (0..words).map(word).collect::<Vec<String>>().join(" ")
    }

    fn letters(number: usize) -> String {
        let digits = number.to_string().into_bytes();
        let letter = |digit: u8| char::from(digit - b'0' + b'a');
        digits.into_iter().map(letter).collect()
    }

    #[test]
    fn what_the_training_mail_held_is_told_from_what_it_did_not() {
        let trained: Vec<String> = (0..200).map(|number| body(number, 60)).collect();
        let known = Fingerprints::of(&corpus(&trained));
        let shouted = trained[3].to_uppercase() + " !!!";
        // Two words less at the end: 55 of 57 shingles.
        let shorter = trained[4].rsplitn(3, ' ').last().unwrap().to_owned();
        // Half of one message and half of another: 28 or 29 of some 86.
        let half = |at: usize| {
            trained[at]
                .split(' ')
                .take(30)
                .collect::<Vec<_>>()
                .join(" ")
        };
        let mixed = half(5) + " " + &half(6);
        let new = [shouted, shorter, mixed, body(999, 60), String::new()];
        assert_eq!(
            known.likenesses(&corpus(&new)),
            [
                Some(Likeness::Duplicate),
                Some(Likeness::NearDuplicate),
                None,
                None,
                None
            ]
        );
    }

    #[test]
    fn fingerprints_come_back_and_other_bytes_do_not() {
        let bodies: Vec<String> = (0..9).map(|number| body(number, 20)).collect();
        let twice = [bodies.clone(), bodies].concat();
        let known = Fingerprints::of(&corpus(&twice));
        let bytes = known.to_bytes();
        // 32 bytes before them; 8 and 16 for each of nine distinct messages.
        assert_eq!(bytes.len(), 32 + 9 * 24);
        assert_eq!(Fingerprints::from_bytes(&bytes), Some(known));
        let cut = &bytes[..bytes.len() - 1];
        let mut other = bytes.clone();
        other[0] ^= 1;
        for damaged in [&[][..], cut, &other, &bytes[..30]] {
            assert_eq!(Fingerprints::from_bytes(damaged), None);
        }
        let mut endless = bytes.clone();
        endless[24..32].fill(0xff);
        assert_eq!(Fingerprints::from_bytes(&endless), None);
    }
}
