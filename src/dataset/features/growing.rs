//! A vocabulary that grows with the mail, for models that go on learning: a token becomes a column
//! when a message first holds it, so that columns stand in order of first appearance.
//!
//! Inverse document frequencies are those of the messages so far, the one that is encoded included.
//! Left out: a floor on document frequency.

use super::DampedCounts;
use super::frequencies::inverse_document_frequency;
use crate::dataset::{Corpus, Example, FeatureView, Representation, UNKNOWN};
use crate::tokenize::TokenId;

/// Token numbers of one lexicon as columns, of which there may always be more.
#[derive(Debug, Clone)]
pub struct GrowingEncoder {
    view: FeatureView,
    /// Column of each token number, or [`UNKNOWN`].
    columns: Vec<u32>,
    /// Token number of each column.
    tokens: Vec<TokenId>,
    /// How many messages so far hold each column, and how many messages there were; where it
    /// matters.
    holding: Vec<u32>,
    emails: u32,
}

/// One message in columns that existed before or are new.
#[derive(Debug, Clone, PartialEq)]
pub struct EncodedEmail<'a> {
    text: &'a [u8],
    tokens: Vec<u32>,
    columns: Vec<u32>,
    values: Vec<f32>,
}

impl GrowingEncoder {
    /// An encoder without columns.
    pub fn new(view: impl Into<FeatureView>) -> GrowingEncoder {
        GrowingEncoder {
            view: view.into(),
            columns: Vec::new(),
            tokens: Vec::new(),
            holding: Vec::new(),
            emails: 0,
        }
    }

    /// Number of columns so far.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether no message held a token that is read.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The token number of each column.
    pub fn token_numbers(&self) -> &[TokenId] {
        &self.tokens
    }

    /// Message `row` of `corpus`; its tokens that are new become columns. The lexicon of the corpus
    /// must be that of all messages before, or have grown from it.
    pub fn encode<'a>(&mut self, corpus: &'a Corpus, row: usize) -> EncodedEmail<'a> {
        let FeatureView {
            representation,
            kinds,
        } = self.view;
        let mut email = EncodedEmail {
            text: corpus.text(row),
            tokens: Vec::new(),
            columns: Vec::new(),
            values: Vec::new(),
        };
        let is_read = |token: TokenId| kinds.holds(corpus.lexicon().kind(token));
        match representation {
            Representation::Bytes => {}
            Representation::TokenSequence => {
                let sequence = corpus.sequence(row).iter().copied();
                let read = sequence.filter(|&token| is_read(token));
                email.tokens = read.map(|token| self.column(token)).collect();
            }
            _ => {
                let bag = corpus.bag(row);
                let all: f64 = bag.iter().map(|&(_, count)| f64::from(count)).sum();
                for &(token, count) in bag.iter().filter(|&&(token, _)| is_read(token)) {
                    email.columns.push(self.column(token));
                    email.values.push(match representation {
                        Representation::Binary => 1.0,
                        Representation::Frequencies => (f64::from(count) / all) as f32,
                        _ => count as f32,
                    });
                }
                if representation == Representation::TfIdf {
                    self.weigh(&mut email);
                }
            }
        }
        email
    }

    /// Counts become tf-idf values of a vector of unit length.
    fn weigh(&mut self, email: &mut EncodedEmail<'_>) {
        self.emails += 1;
        self.holding.resize(self.tokens.len(), 0);
        for &column in &email.columns {
            self.holding[column as usize] += 1;
        }
        let damped = DampedCounts::new();
        let emails = f64::from(self.emails);
        let entries = email.columns.iter().zip(&email.values);
        let weighted: Vec<f64> = entries
            .map(|(&column, &count)| {
                let holding = f64::from(self.holding[column as usize]);
                damped.of(count as u32) * inverse_document_frequency(emails, holding)
            })
            .collect();
        let length = weighted
            .iter()
            .map(|value| value * value)
            .sum::<f64>()
            .sqrt();
        for (value, weighted) in email.values.iter_mut().zip(weighted) {
            *value = (weighted / length) as f32;
        }
    }

    /// The column of a token, which may be a new one.
    fn column(&mut self, token: TokenId) -> u32 {
        let at = token as usize;
        if at >= self.columns.len() {
            self.columns.resize(at + 1, UNKNOWN);
        }
        if self.columns[at] == UNKNOWN {
            self.columns[at] = self.tokens.len() as u32;
            self.tokens.push(token);
        }
        self.columns[at]
    }
}

impl EncodedEmail<'_> {
    /// The message as a model sees it.
    pub fn example(&self) -> Example<'_> {
        Example {
            text: self.text,
            tokens: &self.tokens,
            columns: &self.columns,
            values: &self.values,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::{Content, Email, Label};
    use crate::dataset::features::{Encoder, VocabularySettings};
    use crate::dataset::{CorpusBuilder, CorpusOptions};
    use crate::tokenize::{Recipe, TokenKinds};

    #[test]
    fn mail_read_in_order_gets_the_columns_that_all_of_it_together_gets() {
        let email = |body: &&str| Email::new("", Some(Label::Ham), Content::text("", *body));
        let keep = CorpusOptions {
            text: true,
            sequence: true,
            near_duplicates: false,
        };
        let mut builder = CorpusBuilder::new(&Recipe::default(), keep);
        let bodies = ["pills cheap pills", "lunch cheap", "", "pills garden lunch"];
        builder.add(bodies.iter().map(email).collect());
        let corpus = builder.finish();
        let settings = VocabularySettings {
            min_df: 1,
            max_features: None,
            ..VocabularySettings::default()
        };
        let whole = Encoder::learn(&corpus, &[0, 1, 2, 3], &settings, TokenKinds::ALL);
        for representation in [
            Representation::Bytes,
            Representation::TokenSequence,
            Representation::Counts,
            Representation::Binary,
            Representation::Frequencies,
        ] {
            let together = whole.encode(&corpus, &[0, 1, 2, 3], representation);
            let mut growing = GrowingEncoder::new(representation);
            let mut columns = Vec::new();
            for row in 0..4 {
                let alone = growing.encode(&corpus, row);
                let [alone, together] = [alone.example(), together.example(row)]
                    .map(|email| (email.text, email.tokens, email.columns, email.values));
                assert_eq!(alone, together, "{representation:?}");
                columns.push(growing.len());
            }
            if representation != Representation::Bytes {
                assert_eq!(columns, [2, 3, 3, 4]);
                assert_eq!(growing.token_numbers(), whole.token_numbers());
            }
        }
        // By then the last message has seen all of them: its inverse document frequencies are those
        // of all mail.
        let together = whole.encode(&corpus, &[0, 1, 2, 3], Representation::TfIdf);
        let mut growing = GrowingEncoder::new(Representation::TfIdf);
        let alone: Vec<_> = (0..4).map(|row| growing.encode(&corpus, row)).collect();
        assert_eq!(alone[3].example().values, together.example(3).values);
        // Of the first message alone: each token stands in one of one message.
        let (pills, cheap) = (1.0 + 2f64.ln(), 1.0);
        let length = f64::sqrt(pills * pills + cheap * cheap);
        let expected = [pills, cheap].map(|value| (value / length) as f32);
        assert_eq!(alone[0].example().values, expected);
    }
}
