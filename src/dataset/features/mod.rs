//! From token numbers to the columns and values a model reads.
//!
//! An [`Encoder`] is learned from training rows only: which tokens are columns (a floor on document
//! frequency, a cap by information gain) and how rare each is. It is a table from the token numbers
//! of one corpus to columns, so a fold's vocabulary costs no second look at any text. A
//! [`Vocabulary`] is the same knowledge by token text, for the model file and for mail of another
//! corpus.

mod encoders;
mod frequencies;
mod growing;
pub mod stored_vocabulary;
mod vocabulary;

pub use encoders::{Encoded, Encoders};
pub use frequencies::Frequencies;
pub use growing::{EncodedEmail, GrowingEncoder};
pub use stored_vocabulary::FoundTokens;
pub use vocabulary::{Vocabulary, VocabularyError};

use super::{AugmentedCorpus, CsrMatrix, FeatureView, Ragged, Representation, Rows, UNKNOWN};
use crate::base::math::information_gain;
use crate::base::streams::hash_of_content;
use crate::tokenize::{Lexicon, TokenId, TokenKind, TokenKinds};
use serde::{Deserialize, Serialize};

/// How the vocabulary is learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VocabularySettings {
    /// The fewest training messages that hold a token which becomes a column.
    pub min_df: u32,
    /// The most columns; those of highest information gain are kept.
    pub max_features: Option<usize>,
    /// A random half of the tokens, by its number; None for all of them.
    #[serde(skip)]
    pub half: Option<u8>,
}

impl VocabularySettings {
    /// Whether the token may become a column.
    fn may_hold(&self, token: &str) -> bool {
        self.half.is_none_or(|half| {
            let mut hash = hash_of_content([half].into_iter().chain(token.bytes()));
            // Tokens that are alike have hashes that are; the finalizer of SplitMix64 mixes them
            // (Steele, Lea and Flood, OOPSLA 2014).
            hash = (hash ^ hash >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            hash = (hash ^ hash >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
            (hash ^ hash >> 31) & 1 == 1
        })
    }
}

impl Default for VocabularySettings {
    fn default() -> VocabularySettings {
        VocabularySettings {
            min_df: 1,
            max_features: None,
            half: None,
        }
    }
}

/// Token numbers of one corpus as columns, with what is needed to weigh them.
#[derive(Debug, Clone)]
pub struct Encoder {
    /// Column of each token number, or [`UNKNOWN`].
    columns: Vec<u32>,
    /// Kind of each column.
    kinds: Vec<TokenKind>,
    frequencies: Frequencies,
    idf: Vec<f64>,
}

impl Encoder {
    /// Learns the vocabulary from `rows` of `corpus`, among tokens of the given kinds. Unlabelled
    /// rows are not counted.
    pub fn learn<'a>(
        corpus: impl Into<AugmentedCorpus<'a>>,
        rows: &[usize],
        settings: &VocabularySettings,
        kinds: TokenKinds,
    ) -> Encoder {
        let corpus = corpus.into();
        let lexicon = corpus.corpus().lexicon();
        let mut emails = [0u32; 2];
        let mut holding = vec![[0u32; 2]; lexicon.len()];
        for &row in rows {
            let Some(label) = corpus.label(row) else {
                continue;
            };
            emails[label.index()] += 1;
            for &(token, _) in corpus.bag(row) {
                holding[token as usize][label.index()] += 1;
            }
        }
        Encoder::of_counts(lexicon, emails, &holding, settings, kinds)
    }

    /// Learns the vocabulary from the number of messages of each class, and of those that hold each
    /// token of `lexicon`.
    pub fn of_counts(
        lexicon: &Lexicon,
        emails: [u32; 2],
        holding: &[[u32; 2]],
        settings: &VocabularySettings,
        kinds: TokenKinds,
    ) -> Encoder {
        let frequent = |of: [u32; 2]| of[0] + of[1] >= settings.min_df.max(1);
        let wanted = |token: &usize| {
            frequent(holding[*token])
                && kinds.holds(lexicon.kind(*token as TokenId))
                && settings.may_hold(lexicon.token(*token as TokenId))
        };
        let mut kept: Vec<usize> = (0..holding.len()).filter(wanted).collect();
        if let Some(most) = settings.max_features {
            keep_most_informative(&mut kept, most, holding, emails);
        }
        let mut columns = vec![UNKNOWN; holding.len()];
        for (column, &token) in kept.iter().enumerate() {
            columns[token] = column as u32;
        }
        let kinds = kept
            .iter()
            .map(|&token| lexicon.kind(token as TokenId))
            .collect();
        let holding = kept.iter().map(|&token| holding[token]).collect();
        Encoder::new(columns, kinds, Frequencies { emails, holding })
    }

    /// An encoder for the tokens of `lexicon` by a vocabulary learned elsewhere.
    pub fn of(vocabulary: &Vocabulary, lexicon: &Lexicon) -> Encoder {
        let columns = lexicon
            .iter()
            .map(|(_, token)| vocabulary.column(token).unwrap_or(UNKNOWN))
            .collect();
        Encoder::new(
            columns,
            vocabulary.kinds().collect(),
            vocabulary.frequencies().clone(),
        )
    }

    fn new(columns: Vec<u32>, kinds: Vec<TokenKind>, frequencies: Frequencies) -> Encoder {
        let idf = frequencies.inverse_document_frequency();
        Encoder {
            columns,
            kinds,
            frequencies,
            idf,
        }
    }

    /// The same vocabulary without the columns of other kinds; those that stay keep their order and
    /// are numbered anew.
    #[must_use]
    pub fn only(&self, kinds: TokenKinds) -> Encoder {
        let kept = self.columns_of(kinds);
        let mut narrow = vec![UNKNOWN; self.len()];
        for (column, &from) in kept.iter().enumerate() {
            narrow[from as usize] = column as u32;
        }
        let narrowed = |&column: &u32| narrow.get(column as usize).copied().unwrap_or(UNKNOWN);
        let columns = self.columns.iter().map(narrowed).collect();
        let kinds = kept
            .iter()
            .map(|&column| self.kinds[column as usize])
            .collect();
        let holding = kept
            .iter()
            .map(|&column| self.frequencies.holding[column as usize])
            .collect();
        Encoder::new(
            columns,
            kinds,
            Frequencies {
                emails: self.frequencies.emails,
                holding,
            },
        )
    }

    /// The columns of the given kinds, in order.
    pub fn columns_of(&self, kinds: TokenKinds) -> Vec<u32> {
        (0..self.len() as u32)
            .filter(|&column| kinds.holds(self.kinds[column as usize]))
            .collect()
    }

    /// The column of each token number, or [`UNKNOWN`].
    pub fn columns(&self) -> &[u32] {
        &self.columns
    }

    /// Number of columns.
    pub fn len(&self) -> usize {
        self.idf.len()
    }

    /// Whether no token was frequent enough.
    pub fn is_empty(&self) -> bool {
        self.idf.is_empty()
    }

    /// What the training rows say about each column.
    pub fn frequencies(&self) -> &Frequencies {
        &self.frequencies
    }

    /// The token number of each column, in the corpus that it encodes; [`UNKNOWN`] of a token that
    /// is not in the lexicon of that.
    pub fn token_numbers(&self) -> Vec<TokenId> {
        let mut numbers = vec![UNKNOWN; self.len()];
        for (&column, token) in self.columns.iter().zip(0..) {
            if let Some(number) = numbers.get_mut(column as usize) {
                *number = token;
            }
        }
        numbers
    }

    /// The vocabulary by token text; `lexicon` must be that of the corpus this was learned from.
    pub fn vocabulary(&self, lexicon: &Lexicon) -> Vocabulary {
        let mut tokens = Lexicon::new();
        for token in self.token_numbers() {
            tokens.intern(lexicon.kind(token), lexicon.token(token));
        }
        Vocabulary::new(tokens, self.frequencies.clone())
    }

    /// Rows of `corpus` as a model with this view sees them. A token outside the vocabulary is
    /// unknown in a sequence, and one of a kind that is not read is not there.
    pub fn encode<'a>(
        &self,
        corpus: impl Into<AugmentedCorpus<'a>>,
        rows: &[usize],
        view: impl Into<FeatureView>,
    ) -> Rows<'a> {
        let corpus = corpus.into();
        let FeatureView {
            representation,
            kinds,
        } = view.into();
        let lexicon = corpus.corpus().lexicon();
        let mut matrix = CsrMatrix::new(self.len());
        let mut tokens = Ragged::default();
        let mut weighted: Vec<(u32, f64)> = Vec::new();
        let damped = DampedCounts::new();
        if !matches!(
            representation,
            Representation::Bytes | Representation::TokenSequence
        ) {
            matrix.reserve(rows.iter().map(|&row| corpus.bag(row).len()).sum());
        }
        for &row in rows {
            match representation {
                Representation::Bytes | Representation::TokenSequence => matrix.push([]),
                Representation::Counts => matrix.push(
                    self.known(corpus, row)
                        .map(|(column, count)| (column, count as f32)),
                ),
                Representation::Binary => {
                    matrix.push(self.known(corpus, row).map(|(column, _)| (column, 1.0)));
                }
                Representation::Frequencies => {
                    let all: f64 = corpus
                        .bag(row)
                        .iter()
                        .map(|&(_, count)| f64::from(count))
                        .sum();
                    matrix.push(
                        self.known(corpus, row)
                            .map(|(column, count)| (column, (f64::from(count) / all) as f32)),
                    );
                }
                Representation::TfIdf => {
                    weighted.clear();
                    let mut square = 0.0;
                    for (column, count) in self.known(corpus, row) {
                        let value = damped.of(count) * self.idf[column as usize];
                        square += value * value;
                        weighted.push((column, value));
                    }
                    let length = f64::sqrt(square);
                    let scaled = |&(column, value): &_| (column, (value / length) as f32);
                    matrix.push(weighted.iter().map(scaled));
                }
            }
            if representation == Representation::TokenSequence {
                let read = corpus
                    .sequence(row)
                    .iter()
                    .filter(|&&token| kinds.holds(lexicon.kind(token)));
                tokens.push(read.map(|&token| self.columns[token as usize]));
            }
        }
        Rows::new(corpus, rows.to_vec(), matrix, tokens)
    }

    /// Columns of a message with their counts, in order of first mention.
    fn known<'a>(
        &'a self,
        corpus: AugmentedCorpus<'a>,
        row: usize,
    ) -> impl Iterator<Item = (u32, u32)> + 'a {
        let column = |&(token, count): &(u32, u32)| (self.columns[token as usize], count);
        corpus
            .bag(row)
            .iter()
            .map(column)
            .filter(|&(column, _)| column != UNKNOWN)
    }
}

/// 1 + ln count. Most counts are small, and their logarithms are taken once.
struct DampedCounts([f64; 32]);

impl DampedCounts {
    fn new() -> DampedCounts {
        DampedCounts(std::array::from_fn(|count| 1.0 + (count as f64).ln()))
    }

    #[inline]
    fn of(&self, count: u32) -> f64 {
        let known = self.0.get(count as usize).copied();
        known.unwrap_or_else(|| 1.0 + f64::from(count).ln())
    }
}

/// Keeps the `most` tokens of highest information gain of presence about the label, in the order
/// they had.
fn keep_most_informative(
    kept: &mut Vec<usize>,
    most: usize,
    holding: &[[u32; 2]],
    emails: [u32; 2],
) {
    if kept.len() <= most {
        return;
    }
    let total = emails.map(f64::from);
    let gain = |token: usize| information_gain(holding[token].map(f64::from), total);
    let mut ranked: Vec<(f64, usize)> = kept.iter().map(|&token| (gain(token), token)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    *kept = ranked[..most].iter().map(|&(_, token)| token).collect();
    kept.sort_unstable();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::{Content, Email, Label};
    use crate::dataset::{Corpus, CorpusBuilder, CorpusOptions};
    use crate::tokenize::{Recipe, Stem};
    use std::collections::BTreeSet;

    fn corpus(emails: &[(Label, &str)]) -> Corpus {
        let recipe = Recipe {
            stem: Stem::No,
            ..Recipe::default()
        };
        let mut builder = CorpusBuilder::new(
            &recipe,
            CorpusOptions {
                sequence: true,
                ..CorpusOptions::default()
            },
        );
        let mail =
            |&(label, body): &(Label, &str)| Email::new("", Some(label), Content::text("", body));
        builder.add(emails.iter().map(mail).collect());
        builder.finish()
    }

    #[test]
    fn halves_of_a_vocabulary_are_drawn_apart() {
        let words: Vec<String> = (0..400).map(|at| format!("word{at}x")).collect();
        let corpus = corpus(&[(Label::Spam, &words.join(" ")), (Label::Ham, "lunch")]);
        let held = |half: Option<u8>| {
            let settings = VocabularySettings {
                half,
                ..VocabularySettings::default()
            };
            let encoder = Encoder::learn(&corpus, &[0, 1], &settings, TokenKinds::ALL);
            let vocabulary = encoder.vocabulary(corpus.lexicon());
            vocabulary
                .tokens()
                .map(str::to_owned)
                .collect::<BTreeSet<String>>()
        };
        let [all, one, other] = [None, Some(0), Some(1)].map(held);
        let both = one.intersection(&other).count();
        assert!(all.len() >= 400 && one.is_subset(&all) && other.is_subset(&all));
        // Each token with the probability of a half, and in both of a quarter: five deviations.
        for (found, share) in [(one.len(), 0.5), (other.len(), 0.5), (both, 0.25)] {
            let expected = all.len() as f64 * share;
            let deviation = (expected * (1.0 - share)).sqrt();
            let off = found as f64 - expected;
            assert!(off.abs() < 5.0 * deviation, "{found} of {}", all.len());
        }
    }

    #[test]
    fn the_vocabulary_is_learned_from_the_training_rows_alone() {
        let corpus = corpus(&[
            (Label::Spam, "cheap pills cheap"),
            (Label::Ham, "cheap lunch"),
            (Label::Ham, "lunch pills secret secret"),
            (Label::Ham, "secret secret"),
        ]);
        let encoder = Encoder::learn(
            &corpus,
            &[0, 1],
            &VocabularySettings {
                min_df: 1,
                max_features: None,
                ..VocabularySettings::default()
            },
            TokenKinds::ALL,
        );
        let vocabulary = encoder.vocabulary(corpus.lexicon());
        assert_eq!(
            vocabulary.tokens().collect::<Vec<_>>(),
            ["cheap", "pills", "lunch"]
        );
        assert_eq!(encoder.frequencies().holding, [[1, 1], [0, 1], [1, 0]]);
        let rows = encoder.encode(&corpus, &[0, 2, 3], Representation::Counts);
        assert_eq!(rows.matrix().row(0), (&[0, 1][..], &[2.0, 1.0][..]));
        assert_eq!(rows.matrix().row(1), (&[2, 1][..], &[1.0, 1.0][..]));
        assert!(rows.matrix().row(2).0.is_empty());
        let sequence = encoder.encode(&corpus, &[2], Representation::TokenSequence);
        assert_eq!(sequence.example(0).tokens, [2, 1, UNKNOWN, UNKNOWN]);
        let view = FeatureView {
            representation: Representation::TokenSequence,
            kinds: TokenKinds::NONE.with(TokenKind::Number),
        };
        assert!(
            encoder
                .encode(&corpus, &[2], view)
                .example(0)
                .tokens
                .is_empty(),
            "words are not read by it"
        );
    }

    #[test]
    fn tf_idf_rows_agree_with_the_formula_worked_by_hand() {
        let corpus = corpus(&[(Label::Spam, "cheap cheap pills"), (Label::Ham, "cheap")]);
        let encoder = Encoder::learn(
            &corpus,
            &[0, 1],
            &VocabularySettings {
                min_df: 1,
                max_features: None,
                ..VocabularySettings::default()
            },
            TokenKinds::ALL,
        );
        // idf(cheap) = ln(3/3) + 1 = 1, idf(pills) = ln(3/2) + 1; tf(2) = 1 + ln 2.
        let (cheap, pills) = (1.0 + 2f64.ln(), 1.5f64.ln() + 1.0);
        let length = (cheap * cheap + pills * pills).sqrt();
        let rows = encoder.encode(&corpus, &[0], Representation::TfIdf);
        let (_, values) = rows.matrix().row(0);
        assert_eq!(
            values,
            [cheap, pills].map(|weight| (weight / length) as f32)
        );
    }

    #[test]
    fn shares_are_of_all_tokens_of_the_mail() {
        let corpus = corpus(&[
            (Label::Spam, "cheap cheap pills"),
            (Label::Ham, "pills unheard of pills lunch"),
        ]);
        let encoder = Encoder::learn(
            &corpus,
            &[0],
            &VocabularySettings {
                min_df: 1,
                max_features: None,
                ..VocabularySettings::default()
            },
            TokenKinds::ALL,
        );
        let rows = encoder.encode(&corpus, &[0, 1], Representation::Frequencies);
        assert_eq!(
            rows.matrix().row(0),
            (&[0, 1][..], &[2.0 / 3.0, 1.0 / 3.0][..])
        );
        assert_eq!(rows.matrix().row(1), (&[1][..], &[2.0 / 5.0][..]));
    }

    #[test]
    fn a_cap_keeps_the_most_informative_tokens_and_a_vocabulary_encodes_alike() {
        let emails = [
            (Label::Spam, "buy now day"),
            (Label::Spam, "buy day"),
            (Label::Ham, "day lunch"),
            (Label::Ham, "day"),
        ];
        let corpus = corpus(&emails);
        let encoder = Encoder::learn(
            &corpus,
            &[0, 1, 2, 3],
            &VocabularySettings {
                min_df: 1,
                max_features: Some(1),
                ..VocabularySettings::default()
            },
            TokenKinds::ALL,
        );
        let vocabulary = encoder.vocabulary(corpus.lexicon());
        assert_eq!(vocabulary.tokens().collect::<Vec<_>>(), ["buy"]);
        let again = Encoder::of(&vocabulary, corpus.lexicon());
        let (a, b) = (
            encoder.encode(&corpus, &[0, 2], Representation::TfIdf),
            again.encode(&corpus, &[0, 2], Representation::TfIdf),
        );
        assert!(a.matrix().iter().eq(b.matrix().iter()));
    }
}
