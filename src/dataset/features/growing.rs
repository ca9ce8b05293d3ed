//! A vocabulary that grows with the mail, for models that go on learning: a token becomes a column
//! when a message first holds it, so that columns stand in order of first appearance.
//!
//! Left out: tf-idf, whose weights are not known before all mail has been read, and a floor on
//! document frequency.

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
    /// An encoder without columns; None for a view of tf-idf.
    pub fn new(view: impl Into<FeatureView>) -> Option<GrowingEncoder> {
        let view = view.into();
        (view.representation != Representation::TfIdf).then(|| GrowingEncoder {
            view,
            columns: Vec::new(),
            tokens: Vec::new(),
        })
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
            }
        }
        email
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
            let mut growing = GrowingEncoder::new(representation).unwrap();
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
        assert!(GrowingEncoder::new(Representation::TfIdf).is_none());
    }
}
