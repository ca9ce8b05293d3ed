//! Word n-grams: each class predicts a word by what followed the last words in its training mail.
//!
//! Interpolated modified Kneser-Ney smoothing (Chen and Goodman 1999): every count gives a discount
//! away to the shorter context, which counts a word after how many different words it was seen,
//! p_k(w) = (N(h w) - D) / N(h) + γ(h) p_k-1(w). Below the empty context stands what both classes
//! write together, p(w) = (1 + N_w) / (m + 2 + N) over the m columns, the unknown word and the end
//! of the message, so that a word that only one class has used is possible in the other, too.
//! `adaptive = true` counts the message so far, too: the i-th word has
//! p = (κ p(w | h) + n_w) / (κ + i - 1), n_w its occurrences before (a cache, Kuhn and De Mori
//! 1990, whose weight grows with what it holds), since a word that occurred once is likely to occur
//! again, in either class. It gives no bits per byte, since it does not model bytes. Left out:
//! punctuation, which the tokenizer leaves out.

mod reader;
mod smoothing;
mod stored;
mod touched;
mod weights;
mod word_strings;
mod words;
mod writer;

pub use words::Words;

use super::byte_model::ADAPTIVE;
use super::gather_ngrams::gather_within;
use super::strings::{LONGEST, Symbol};
use crate::base::mail::Label;
use crate::base::parts::Parts;
use crate::dataset::{Example, Representation, TrainingSet};
use crate::generative::counts::PRIOR;
use crate::model::from_all_of;
use crate::model::tables::Tables;
use crate::model::{
    CodeLength, Evidence, EvidencePlace, Family, FitError, FitObserver, FittedModel, Generative,
    InvalidModel, Learner, Prior, Sample, SampleRequest, Setting, settings,
};
use crate::results::Bound;
use crate::tokenize::{TokenKind, TokenKinds};
use reader::read;
use rustc_hash::FxHashMap;
use words::{UNKNOWN_WORD, WordNgramParameters, symbols};
use writer::WordWriter;

/// Learns [`Words`].
pub struct WordNgram;

settings! {
    /// Settings of [`WordNgram`].
    pub struct WordNgramSettings {
        order: u64 = Setting::whole(2, 0..=4, "words of the longest context"),
        adaptive: bool = ADAPTIVE,
        prior: Prior = PRIOR,
    }
}

impl Learner for WordNgram {
    const NAME: &'static str = "word-ngram";
    const FAMILY: Family = Family::Generative;
    const SUMMARY: &'static str = "\
        word n-grams with Kneser-Ney smoothing: each class predicts each word from the two before \
        it; reads words in order";
    const DEFAULT: bool = true;
    const TUNABLE: &'static [&'static str] = &["adaptive"];
    type Settings = WordNgramSettings;
    type Fitted = Words;

    fn representation(_: &WordNgramSettings) -> Representation {
        Representation::TokenSequence
    }

    /// All tokens that stand in a sequence, but not those made of several tokens of it.
    fn kinds(_: &WordNgramSettings) -> TokenKinds {
        TokenKinds::ALL
            .without(TokenKind::Ngram)
            .without(TokenKind::Bytes)
    }

    fn fit(
        &self,
        settings: &WordNgramSettings,
        data: &TrainingSet<'_>,
        _: &mut dyn FitObserver,
    ) -> Result<Words, FitError> {
        let messages = data
            .examples()
            .zip(data.labels())
            .map(|(mail, label)| (symbols(mail.tokens), label.index()));
        let trie = if data.columns() < u32::END as usize {
            // All bits set are more than any word is numbered by.
            let bits = u64::BITS - (data.columns() as u64 + 1).leading_zeros();
            gather_within(settings.order as usize, bits, messages)
        } else {
            None
        };
        let trie = trie.ok_or_else(|| {
            FitError::TooLarge(
                "too many different strings of words to hold: lower `order`".to_owned(),
            )
        })?;
        Ok(Words::from(WordNgramParameters {
            log_prior: settings
                .prior
                .log_priors(data.class_counts().map(|emails| emails as f64)),
            columns: data.columns() as u64,
            adaptive: settings.adaptive,
            trie,
        }))
    }
}

impl FittedModel for Words {
    fn validate(&self, columns: usize) -> Result<(), InvalidModel> {
        InvalidModel::unless_finite(&self.log_prior)?;
        self.smoothing.validate(&self.strings)?;
        let read = self.narrowed.unwrap_or(self.columns);
        InvalidModel::unless_columns(usize::try_from(read).unwrap_or(0), columns)?;
        let known = |symbol| symbol == u32::END || u64::from(symbol) <= read;
        InvalidModel::unless(
            self.strings.symbols().all(known),
            "it knows a word that is not in the vocabulary",
        )
    }

    fn save_tables(&self, parts: &mut Parts) {
        stored::save(self, parts);
    }

    fn load_tables(&mut self, tables: &mut Tables<'_>) -> Result<(), String> {
        if self.strings.order() > LONGEST
            || self.smoothing.discounts.len() != self.strings.order() + 1
        {
            return Err("its discounts are for other contexts".to_owned());
        }
        InvalidModel::unless_columns(self.columns as usize, tables.columns())
            .map_err(|error| error.to_string())?;
        match tables.touched() {
            None => stored::load(self, tables),
            Some(touched) => touched::load(self, tables, touched),
        }
    }

    fn load_format_1(bytes: &[u8]) -> Result<Words, String> {
        from_all_of::<WordNgramParameters>(bytes).map(Words::from)
    }

    /// Word by word in the order of the first mention, all occurrences together; unknown words and
    /// the end count for the message as a whole.
    fn evidence(&self, mail: Example<'_>) -> Evidence {
        let words: Vec<u32> = symbols(mail.tokens).collect();
        let mut parts: Vec<(EvidencePlace, f64)> = Vec::new();
        let mut places: FxHashMap<u32, usize> = FxHashMap::default();
        let mut whole = 0.0;
        for (&symbol, p) in words.iter().zip(read(self, &words)) {
            let [ham, spam] = p.map(f64::ln);
            if symbol == UNKNOWN_WORD || symbol == u32::END {
                whole += spam - ham;
                continue;
            }
            let at = *places.entry(symbol).or_insert_with(|| {
                parts.push((EvidencePlace::Column(symbol - 1), 0.0));
                parts.len() - 1
            });
            parts[at].1 += spam - ham;
        }
        parts.push((EvidencePlace::Whole, whole));
        Evidence {
            parts,
            intercept: self.log_prior[1] - self.log_prior[0],
            exact: true,
        }
    }
}

impl Generative for Words {
    fn log_prior(&self, label: Label) -> f64 {
        self.log_prior[label.index()]
    }

    fn log_likelihood(&self, mail: Example<'_>, label: Label) -> f64 {
        self.log_likelihoods(mail)[label.index()]
    }

    fn log_likelihoods(&self, mail: Example<'_>) -> [f64; 2] {
        let words: Vec<u32> = symbols(mail.tokens).collect();
        let logs = read(self, &words).into_iter().map(|p| p.map(f64::ln));
        logs.fold([0.0; 2], |sum, log| [sum[0] + log[0], sum[1] + log[1]])
    }

    /// A lower bound: that the message ends after them is in it, too.
    fn of_words(&self) -> Option<Bound> {
        Some(Bound::Lower)
    }

    /// Symbols are the words and the end.
    fn code_length(&self, email: Example<'_>) -> Option<CodeLength> {
        Some(self.sum_over(1.0 + email.tokens.len() as f64, email))
    }

    /// Draws word after word until the end of the message or the requested length; unknown words
    /// are left out.
    fn sample(&self, request: &SampleRequest, rng: &mut dyn rand::Rng) -> Sample {
        let most = request.length.unwrap_or(10_000);
        let mut columns = Vec::new();
        let mut writer = WordWriter::new(self, request);
        while columns.len() < most {
            let symbol = writer.draw(rng);
            if symbol == u32::END {
                break;
            }
            if symbol != UNKNOWN_WORD {
                columns.push(symbol - 1);
            }
            writer.append(symbol);
        }
        Sample {
            columns,
            ..Sample::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::words::symbol;
    use super::*;
    use crate::base::streams::{Stream, random_stream};
    use crate::dataset::UNKNOWN;
    use crate::generative::language::gather_ngrams::gather;

    const HAM: [&[u32]; 3] = [&[0, 1, 0, 1], &[1, 2], &[]];
    const SPAM: [&[u32]; 2] = [&[2, 2, 0, 2], &[2, 2, 1]];

    /// Over the three columns of [`HAM`] and [`SPAM`].
    fn model(order: usize, adaptive: bool) -> Words {
        let ham = HAM.iter().map(|tokens| (symbols(tokens), 0));
        let trie = gather(
            order,
            ham.chain(SPAM.iter().map(|tokens| (symbols(tokens), 1))),
        )
        .unwrap();
        Words::from(WordNgramParameters {
            log_prior: [0.5f64.ln(); 2],
            columns: 3,
            adaptive,
            trie,
        })
    }

    #[test]
    fn all_that_can_come_next_has_probability_one_together() {
        let beginnings: [&[u32]; 6] = [
            &[],
            &[0],
            &[2, 2],
            &[0, 1],
            &[UNKNOWN, 1],
            &[0, 2, 2, 0, 2, 2],
        ];
        for (order, adaptive) in [
            (0, false),
            (1, false),
            (2, false),
            (3, false),
            (1, true),
            (2, true),
        ] {
            let model = model(order, adaptive);
            for beginning in beginnings {
                let p = [0, 1, 2, 3, u32::END].map(|next| {
                    let beginning = beginning.iter().map(|&token| symbol(token));
                    let words: Vec<u32> = beginning.chain([next]).collect();
                    read(&model, &words)[words.len() - 1]
                });
                for class in [0, 1] {
                    let sum: f64 = p.iter().map(|p| p[class]).sum();
                    assert!(
                        (sum - 1.0).abs() < 1e-12,
                        "order {order}, {adaptive}, {beginning:?}: {sum}"
                    );
                }
            }
        }
    }

    #[test]
    fn one_word_gives_the_hand_worked_number() {
        // Words by how many different words came before them, or as first of a message, in ham: 0
        // after 1 and as first: 2; 1 after 0 and as first: 2; 2 after 1: 1; the end after 1, 2 and
        // as first: 3. In spam: 2 after 2, 0 and as first (twice): 4; 0 after 2: 1; 1 after 2: 1;
        // the end after 2 and 1: 2. Of all 8 + 8 and 5 symbols, 0 counts 3: p(0) = (1 + 3) / (5 +
        // 16). Ham counts once: 2; twice: 0 and 1; thrice: the end; never four times. Y = 1 / (1 +
        // 2 * 2) = 1/5: D1 = 1 - 2/5 * 2/1 = 1/5, D2 = 2 - 3/5 * 1/2 = 17/10, D3 = 3 - 4/5 * 0/1 =
        // 3, which is no discount: 1/2. p_0(0 | ham) = (2 - 1.7) / 8 + (.2 + 1.7 + 1.7 + .5) / 8 *
        // 4/21.
        let unigram = 0.3 / 8.0 + 4.1 / 8.0 * 4.0 / 21.0;
        assert!((read(&model(1, false), &[1])[0][0] - unigram).abs() < 1e-15);
        // After 1 ham has 0, 2 and the end once each. Of its pairs, once: 1 0, 1 2, 1 end and 2
        // end; twice: 0 1. Y = 4 / (4 + 2) = 2/3: D1 = 1 - 2 * 2/3 * 1/4 = 2/3. p_1(0 | 1, ham) =
        // (1 - 2/3) / 3 + 3 * 2/3 / 3 * p_0(0 | ham).
        let p = read(&model(1, false), &[2, 1])[1][0];
        assert!((p - (1.0 / 9.0 + 2.0 / 3.0 * unigram)).abs() < 1e-15);
    }

    #[test]
    fn a_word_said_once_is_likelier_to_be_said_again() {
        let tokens = [UNKNOWN, UNKNOWN];
        let mail = Example {
            tokens: &tokens,
            ..Example::sparse(&[], &[])
        };
        let (p, again) = (
            model(0, false).log_likelihoods(mail),
            model(0, true).log_likelihoods(mail),
        );
        assert!(again[0] > p[0] && again[1] > p[1]);
        // A sum over three symbols, of which the evidence names each word once.
        assert_eq!(model(0, true).code_length(mail).unwrap().symbols, 3.0);
        assert_eq!(model(0, true).evidence(mail).parts.len(), 1);
    }

    #[test]
    fn what_it_samples_follows_its_probabilities() {
        let model = model(2, false);
        let mut rng = random_stream(5, Stream::Test(0));
        let written: Vec<Vec<u32>> = (0..8_000)
            .map(|_| {
                model
                    .sample(&SampleRequest::of(Label::Spam), &mut rng)
                    .columns
            })
            .collect();
        let p = read(&model, &[symbol(2), symbol(2)]);
        let (first, second) = (p[0][1], p[1][1]);
        // Unknown words are not generated: messages that begin with one may look as if they began
        // with what follows it.
        let beginning = |tokens: &[u32]| {
            written
                .iter()
                .filter(|mail| mail.starts_with(tokens))
                .count() as f64
                / 8_000.0
        };
        assert!(
            (beginning(&[2]) - first).abs() < 0.04,
            "{} for {first}",
            beginning(&[2])
        );
        assert!(
            (beginning(&[2, 2]) - first * second).abs() < 0.04,
            "{} for {}",
            beginning(&[2, 2]),
            first * second
        );
    }
}
