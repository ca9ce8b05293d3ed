//! What a fitted model can do.
//!
//! The author of a model implements [`FittedModel`] and, beside it, [`Generative`] or
//! [`Classifier`]. A generative model is a classifier by Bayes' rule, which stands here and nowhere
//! else.

mod evidence;
mod generation;

pub use evidence::{Evidence, EvidencePlace};
pub use generation::{END, Infilling, Latent, Sample, SampleRequest, Sequence};

use super::tables::Tables;
use crate::base::mail::Label;
use crate::base::numbers::count;
use crate::base::parts::Parts;
use crate::dataset::{Example, Rows};
use crate::results::{Attention, Bound, CodeLength, RawOutput, Scale};
use rayon::prelude::*;
use serde::de::DeserializeOwned;

/// Why parameters that were read are not those of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidModel {
    /// They belong to another vocabulary.
    #[error(
        "its parameters are for {} tokens, the vocabulary has {}",
        count(*found), count(*expected)
    )]
    Columns {
        /// Columns that the parameters are for.
        found: usize,
        /// Columns of the vocabulary.
        expected: usize,
    },
    /// They contradict one another, or a number among them is impossible.
    #[error("its parameters contradict one another: {0}")]
    Contradiction(&'static str),
}

impl InvalidModel {
    /// Refuses parameters for another number of columns than the vocabulary has.
    pub fn unless_columns(found: usize, expected: usize) -> Result<(), InvalidModel> {
        if found == expected {
            Ok(())
        } else {
            Err(InvalidModel::Columns { found, expected })
        }
    }

    /// Refuses parameters of which something does not hold; `what` says what is wrong with them.
    pub fn unless(holds: bool, what: &'static str) -> Result<(), InvalidModel> {
        if holds {
            Ok(())
        } else {
            Err(InvalidModel::Contradiction(what))
        }
    }

    /// Refuses numbers that are not finite.
    pub fn unless_finite<'a>(
        numbers: impl IntoIterator<Item = &'a f64>,
    ) -> Result<(), InvalidModel> {
        let finite = numbers.into_iter().all(|number| number.is_finite());
        InvalidModel::unless(finite, "a number is not finite")
    }
}

/// What every fitted model has, whichever its family.
///
/// ```
/// use spamlab::dataset::Example;
/// use spamlab::model::{Evidence, FittedModel, InvalidModel};
///
/// /// Weights of the columns.
/// struct Weights(Vec<f64>);
///
/// impl FittedModel for Weights {
///     fn validate(&self, columns: usize) -> Result<(), InvalidModel> {
///         InvalidModel::unless_columns(self.0.len(), columns)?;
///         InvalidModel::unless_finite(&self.0)
///     }
///
///     fn evidence(&self, email: Example<'_>) -> Evidence {
///         Evidence::linear(email, -1.0, |column| self.0[column])
///     }
/// }
///
/// let model = Weights(vec![0.5, 2.0]);
/// assert!(model.validate(2).is_ok() && model.validate(3).is_err());
/// let evidence = model.evidence(Example::sparse(&[1], &[1.0]));
/// assert_eq!(evidence.total(), 1.0);
/// ```
pub trait FittedModel: Send + Sync {
    /// Refuses parameters that no model over this number of columns can have. A model file may be
    /// damaged: whatever this accepts must score any message without a panic. To be written by
    /// every model that reads columns or holds numbers that could be impossible.
    fn validate(&self, _columns: usize) -> Result<(), InvalidModel> {
        Ok(())
    }

    /// What each part of a message adds to the score.
    fn evidence(&self, email: Example<'_>) -> Evidence;

    /// What one more unit in `column` adds to the score, where the score is linear in the values.
    fn weight(&self, _column: u32) -> Option<f64> {
        None
    }

    /// Appends what it keeps in tables of a model file, of which a message touches a part. Their
    /// fields are left out of the rest of its parameters by [`in_table`](super::tables::in_table).
    fn save_tables(&self, _parts: &mut Parts) {}

    /// Takes back what [`FittedModel::save_tables`] wrote, or what a message touches of it.
    fn load_tables(&mut self, _tables: &mut Tables<'_>) -> Result<(), String> {
        Ok(())
    }

    /// Reads the parameters as format 1 of the model file has them: all in one piece.
    fn load_format_1(bytes: &[u8]) -> Result<Self, String>
    where
        Self: Sized + DeserializeOwned,
    {
        from_all_of(bytes)
    }

    /// The model as one of bytes in order, where it is one. Such a model gives a
    /// [code length](Generative::code_length) with its bytes.
    fn as_sequence(&self) -> Option<&dyn Sequence> {
        None
    }

    /// The model as one that fills in words, where it is one.
    fn as_infilling(&self) -> Option<&dyn Infilling> {
        None
    }

    /// The model as one that generates a message from a latent vector, where it is one.
    fn as_latent(&self) -> Option<&dyn Latent> {
        None
    }

    /// What attends to what in the beginning of a message, where the model is a net with attention:
    /// read as mail of the class that it gives the message, if it must be told one.
    fn attention(&self, _email: Example<'_>) -> Option<Attention> {
        None
    }
}

/// What exactly these bytes are, by `postcard`.
pub fn from_all_of<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let (value, rest) = postcard::take_from_bytes(bytes).map_err(|error| error.to_string())?;
    match rest.len() {
        0 => Ok(value),
        more => Err(format!("{more} bytes too many")),
    }
}

/// The fewest messages of a batch that are worth a task of their own.
const CHUNK: usize = 64;

/// A fitted model that tells ham from spam. Scoring cannot fail and gives a finite number for any
/// message.
///
/// ```
/// use spamlab::dataset::Example;
/// use spamlab::model::{Classifier, Evidence, FittedModel, Scale};
///
/// /// More than two exclamation marks, which column 0 counts, are spam.
/// struct Shouting;
///
/// impl FittedModel for Shouting {
///     fn evidence(&self, email: Example<'_>) -> Evidence {
///         Evidence::linear(email, -2.0, |_| 1.0)
///     }
/// }
///
/// impl Classifier for Shouting {
///     fn score(&self, email: Example<'_>) -> f64 {
///         self.evidence(email).total()
///     }
///
///     fn scale(&self) -> Scale {
///         Scale::Margin
///     }
/// }
///
/// assert!(Shouting.score(Example::sparse(&[0], &[3.0])) > 0.0);
/// assert!(Shouting.score(Example::sparse(&[0], &[1.0])) < 0.0);
/// ```
pub trait Classifier: FittedModel {
    /// Above 0: spam, by the model's own rule.
    fn score(&self, email: Example<'_>) -> f64;

    /// The meaning and unit of the score.
    fn scale(&self) -> Scale;

    /// The score, with what calibration and novelty want to know beside it.
    fn raw(&self, email: Example<'_>) -> RawOutput {
        RawOutput::of_score(self.score(email))
    }

    /// [`Classifier::raw`] of each row, in order. To be written where many messages at once cost
    /// less than one after the other.
    ///
    /// The messages are shared out among the threads, unless this is itself called on one of them:
    /// whoever works on several folds or batches at once keeps them busy already, and a thread that
    /// waits for its share would meanwhile begin with another fold.
    fn raw_batch(&self, rows: &Rows<'_>) -> Vec<RawOutput> {
        let raw = |at| self.raw(rows.example(at));
        if rayon::current_thread_index().is_some() {
            return (0..rows.len()).map(raw).collect();
        }
        let shared = (0..rows.len()).into_par_iter().with_min_len(CHUNK);
        shared.map(raw).collect()
    }

    /// The model as one of p(mail | class), where it is one.
    fn as_generative(&self) -> Option<&dyn Generative> {
        None
    }
}

/// A fitted model of how each class writes. [`Classifier`] follows from it.
///
/// ```
/// use spamlab::base::mail::Label;
/// use spamlab::dataset::Example;
/// use spamlab::model::{
///     Classifier, Evidence, FittedModel, Generative, Sample, SampleRequest,
/// };
///
/// /// Half of the spam holds the word of column 0, and a tenth of the ham.
/// struct OneWord;
///
/// impl FittedModel for OneWord {
///     fn evidence(&self, email: Example<'_>) -> Evidence {
///         let without = (0.5_f64 / 0.9).ln();
///         Evidence::linear(email, without, |_| (0.5_f64 / 0.1).ln() - without)
///     }
/// }
///
/// impl Generative for OneWord {
///     fn log_prior(&self, _: Label) -> f64 {
///         0.5_f64.ln()
///     }
///
///     fn log_likelihood(&self, email: Example<'_>, label: Label) -> f64 {
///         let holds: f64 = if label.is_spam() { 0.5 } else { 0.1 };
///         let p = if email.columns.is_empty() { 1.0 - holds } else { holds };
///         p.ln()
///     }
///
///     fn sample(&self, _: &SampleRequest, _: &mut dyn rand::Rng) -> Sample {
///         Sample { columns: vec![0], ..Sample::default() }
///     }
/// }
///
/// // Bayes' rule: it is a classifier whose score is the log-odds of spam, here 5 to 1.
/// let score = OneWord.score(Example::sparse(&[0], &[1.0]));
/// assert!((score - 5_f64.ln()).abs() < 1e-12);
/// ```
pub trait Generative: FittedModel {
    /// ln p(label).
    fn log_prior(&self, label: Label) -> f64;

    /// ln p(mail | label), or a bound of it: the SUM over the message, never a mean.
    fn log_likelihood(&self, email: Example<'_>, label: Label) -> f64;

    /// [`Generative::log_likelihood`] of ham and spam; to be written where both at once cost less
    /// than one after the other.
    fn log_likelihoods(&self, email: Example<'_>) -> [f64; 2] {
        Label::BOTH.map(|label| self.log_likelihood(email, label))
    }

    /// Whether [`Generative::log_likelihood`] is exact.
    fn bound(&self) -> Bound {
        Bound::Exact
    }

    /// Whether ln p(mail | label) is that of the words of the mail in their order, given how many
    /// they are, as it is or as a lower bound. Such a model has a perplexity per word; others that
    /// know the same words are comparable by it. None where it is of anything else.
    fn of_words(&self) -> Option<Bound> {
        None
    }

    /// The importance-weighted bound of ln p(mail | label) of ham and spam by so many draws (Burda,
    /// Grosse and Salakhutdinov, ICLR 2016), of a model whose likelihood is a bound by draws of a
    /// latent vector: the more draws, the tighter.
    fn importance_weighted(&self, _email: Example<'_>, _draws: usize) -> Option<[f64; 2]> {
        None
    }

    /// Whether it makes a message step by step from noise.
    fn makes_steps(&self) -> bool {
        false
    }

    /// Generates a message.
    fn sample(&self, request: &SampleRequest, rng: &mut dyn rand::Rng) -> Sample;

    /// The code length of a message, from a model whose ln p(mail | label) is a sum over symbols,
    /// which are words or bytes: [`Generative::sum_over`] them, to which a model of bytes adds the
    /// number of bytes. None where it is no such sum.
    ///
    /// Symbols depend on one another, so a sum over them is overconfident, the more the longer the
    /// message is. Without a code length the calibration cannot take the length into account;
    /// without the bytes in it there are no bits per byte.
    fn code_length(&self, _email: Example<'_>) -> Option<CodeLength> {
        None
    }

    /// The code length of a message whose ln p(mail | label) is a sum over this number of symbols.
    fn sum_over(&self, symbols: f64, email: Example<'_>) -> CodeLength {
        CodeLength {
            symbols,
            latent: 0,
            bytes: None,
            log_likelihood: self.log_likelihoods(email),
            standard_error: None,
            log_prior: Label::BOTH.map(|label| self.log_prior(label)),
            log_background: None,
            bound: self.bound(),
        }
    }
}

impl<G: Generative> Classifier for G {
    fn score(&self, email: Example<'_>) -> f64 {
        self.raw(email).score
    }

    fn scale(&self) -> Scale {
        Scale::LogOdds
    }

    /// Bayes' rule: ln p(spam | mail) - ln p(ham | mail).
    fn raw(&self, email: Example<'_>) -> RawOutput {
        if let Some(code_length) = self.code_length(email) {
            return RawOutput::of_code_length(code_length);
        }
        let log_prior = Label::BOTH.map(|label| self.log_prior(label));
        RawOutput::by_bayes(log_prior, self.log_likelihoods(email))
    }

    fn as_generative(&self) -> Option<&dyn Generative> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::{Content, Email};
    use crate::dataset::{CorpusBuilder, CorpusOptions, CsrMatrix, Ragged};
    use crate::tokenize::Recipe;

    /// Ham costs half a nat a token, spam a whole one, at most.
    struct Bounded;

    impl FittedModel for Bounded {
        fn evidence(&self, email: Example<'_>) -> Evidence {
            Evidence::linear(email, 0.0, |_| -0.5)
        }
    }

    impl Generative for Bounded {
        fn log_prior(&self, _: Label) -> f64 {
            0.5_f64.ln()
        }

        fn log_likelihood(&self, email: Example<'_>, label: Label) -> f64 {
            let each = [-0.5, -1.0][label.index()];
            each * email.total()
        }

        fn bound(&self) -> Bound {
            Bound::Lower
        }

        fn sample(&self, _: &SampleRequest, _: &mut dyn rand::Rng) -> Sample {
            Sample::default()
        }

        fn code_length(&self, email: Example<'_>) -> Option<CodeLength> {
            Some(self.sum_over(email.total(), email))
        }
    }

    #[test]
    fn a_bound_of_the_likelihood_is_marked_in_what_it_costs() {
        let raw = Bounded.raw(Example::sparse(&[0, 1], &[3.0, 1.0]));
        let code_length = raw.code_length.unwrap();
        assert_eq!(code_length.bound, Bound::Lower);
        assert_eq!((raw.score, raw.mean()), (-2.0, Some(-0.5)));
        assert_eq!(code_length.log_likelihood, [-2.0, -4.0]);
        // Without bytes it has no bits per byte.
        assert_eq!(
            (raw.text_code_length(), code_length.by_byte(8.0)),
            (None, None)
        );
    }

    #[test]
    fn a_batch_is_scored_in_order_inside_a_pool_and_outside() {
        let mut matrix = CsrMatrix::new(1);
        for row in 0..500 {
            matrix.push([(0, row as f32)]);
        }
        let mut builder = CorpusBuilder::new(&Recipe::default(), CorpusOptions::default());
        builder.add(vec![Email {
            id: String::new(),
            line: 1,
            label: None,
            kind: None,
            content: Content::Raw(Vec::new()),
        }]);
        let corpus = builder.finish();
        let rows = Rows::new(&corpus, vec![0; 500], matrix, Ragged::default());
        let one_by_one: Vec<RawOutput> = rows.examples().map(|email| Bounded.raw(email)).collect();
        assert!(Bounded.raw_batch(&rows) == one_by_one);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build();
        assert!(pool.unwrap().install(|| Bounded.raw_batch(&rows)) == one_by_one);
    }
}
