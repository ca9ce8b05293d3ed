//! Byte n-grams: each class predicts a byte by what followed the last bytes in its training mail.
//!
//! Modified Kneser-Ney smoothing (Chen and Goodman 1999; the default, with the shortest codes)
//! takes a discount from every count and hands it to the shorter context, which counts a symbol not
//! as often as it was seen but after how many different bytes. Interpolated Witten-Bell smoothing
//! (Witten and Bell 1991) scores twice as fast: p_k(s) = (N(h s) + T(h) p_k-1(s)) / (N(h) + T(h))
//! for the context h of the last k bytes, seen N(h) times with T(h) distinct successors. Below the
//! empty context all 257 symbols are equal. `adaptive = true` goes on learning while it reads: each
//! class counts the message so far as its own, as a compressor would (Bratko et al., JMLR 7, 2006),
//! which corrects for what the message repeats from itself.

use super::backoff::{CountedStrings, GrowingStrings, KnownStrings, Matching};
use super::byte_model::{
    ADAPTIVE, ByteModel, ByteReader, GrowingBytes, GrowingText, ORDER, TextBayes, gather_contexts,
};
use super::context_trie::ContextTrie;
use super::discounting::BackoffRule;
use super::strings::symbols;
use super::witten_bell::{AdaptiveReader, StaticReader, WittenBell};
use crate::base::choices::choices;
use crate::base::mail::Label;
use crate::dataset::{Representation, TrainingSet};
use crate::generative::counts::PRIOR;
use crate::model::shared_settings::MAX_BYTES;
use crate::model::{
    Cost, Family, FitError, FitObserver, Incremental, Learner, Prior, Setting, settings,
};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

/// Learns [`Ngrams`].
pub struct ByteNgram;

choices! {
    /// How longer contexts are mixed with shorter ones.
    pub enum NgramSmoothing {
        /// Interpolated Witten-Bell smoothing.
        WittenBell = "witten-bell",
        /// Interpolated modified Kneser-Ney smoothing.
        KneserNey = "kneser-ney",
    }
}

settings! {
    /// Settings of [`ByteNgram`].
    pub struct ByteNgramSettings {
        order: u64 = ORDER,
        smoothing: NgramSmoothing = Setting::one_of(
            NgramSmoothing::KneserNey,
            "how longer contexts are mixed with shorter ones",
        ),
        max_bytes: u64 = MAX_BYTES,
        adaptive: bool = ADAPTIVE,
        prior: Prior = PRIOR,
    }
}

/// Byte n-grams, fitted.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "ByteNgramParameters")]
pub struct Ngrams {
    strings: Smoothed,
    adaptive: bool,
}

/// What each smoothing knows of the training mail.
#[derive(Debug, Clone)]
enum Smoothed {
    KneserNey(CountedStrings),
    WittenBell {
        trie: ContextTrie,
        /// T(h) by class.
        distinct: Vec<[u16; 2]>,
    },
}

/// What is saved of [`Ngrams`].
#[derive(Deserialize)]
struct ByteNgramParameters {
    trie: ContextTrie,
    adaptive: bool,
    kneser_ney: bool,
}

impl From<ByteNgramParameters> for Ngrams {
    fn from(
        ByteNgramParameters {
            trie,
            adaptive,
            kneser_ney,
        }: ByteNgramParameters,
    ) -> Ngrams {
        let strings = if kneser_ney {
            Smoothed::KneserNey(trie.into())
        } else {
            let distinct = trie.distinct();
            Smoothed::WittenBell { trie, distinct }
        };
        Ngrams { strings, adaptive }
    }
}

impl Serialize for Ngrams {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut saved = serializer.serialize_struct("Ngrams", 3)?;
        match &self.strings {
            Smoothed::KneserNey(strings) => saved.serialize_field("trie", strings)?,
            Smoothed::WittenBell { trie, .. } => saved.serialize_field("trie", trie)?,
        }
        saved.serialize_field("adaptive", &self.adaptive)?;
        let kneser_ney = matches!(self.strings, Smoothed::KneserNey(_));
        saved.serialize_field("kneser_ney", &kneser_ney)?;
        saved.end()
    }
}

impl Learner for ByteNgram {
    const NAME: &'static str = "byte-ngram";
    const FAMILY: Family = Family::Generative;
    const SUMMARY: &'static str = "\
        byte n-grams with Witten-Bell or Kneser-Ney smoothing: each class predicts each byte from \
        the last few; reads raw text";
    const DEFAULT: bool = false;
    const COST: Cost = Cost::Moderate;
    const TUNABLE: &'static [&'static str] = &["smoothing"];
    type Settings = ByteNgramSettings;
    type Fitted = TextBayes<Ngrams>;

    fn representation(_: &ByteNgramSettings) -> Representation {
        Representation::Bytes
    }

    fn fit(
        &self,
        settings: &ByteNgramSettings,
        data: &TrainingSet<'_>,
        _: &mut dyn FitObserver,
    ) -> Result<TextBayes<Ngrams>, FitError> {
        let trie = gather_contexts(data, settings.order, settings.max_bytes)?;
        let model = Ngrams::from(ByteNgramParameters {
            trie,
            adaptive: settings.adaptive,
            kneser_ney: match settings.smoothing {
                NgramSmoothing::WittenBell => false,
                NgramSmoothing::KneserNey => true,
            },
        });
        Ok(TextBayes::new(
            settings.prior,
            settings.max_bytes,
            data,
            model,
        ))
    }

    /// Only Kneser-Ney smoothing goes on learning: the strings that grow count as it does, each
    /// symbol only where it is new, not as Witten-Bell smoothing does.
    fn incremental(&self, settings: &ByteNgramSettings) -> Option<Box<dyn Incremental>> {
        let growing = || {
            let model = GrowingNgrams {
                strings: GrowingStrings::new(settings.order as usize),
                adaptive: settings.adaptive,
            };
            let text = GrowingText::new(settings.prior, settings.max_bytes, model);
            Box::new(text) as Box<dyn Incremental>
        };
        (settings.smoothing == NgramSmoothing::KneserNey).then(growing)
    }
}

/// Byte n-grams with Kneser-Ney smoothing, while they learn message by message.
struct GrowingNgrams {
    strings: GrowingStrings,
    adaptive: bool,
}

impl ByteModel for GrowingNgrams {
    fn reader(&self) -> Box<dyn ByteReader + '_> {
        let rule = BackoffRule::KneserNey(self.strings.discounts());
        Box::new(Matching::new(&self.strings, rule, self.adaptive))
    }
}

impl GrowingBytes for GrowingNgrams {
    type Fitted = Ngrams;

    fn learn(&mut self, text: &[u8], label: Label) {
        self.strings.learn(symbols(text), label.index());
    }

    fn fitted(&self) -> Ngrams {
        Ngrams {
            strings: Smoothed::KneserNey(self.strings.trie().into()),
            adaptive: self.adaptive,
        }
    }
}

impl Ngrams {
    fn read(&self, adaptive: bool) -> Box<dyn ByteReader + '_> {
        match &self.strings {
            Smoothed::KneserNey(strings) => {
                let rule = BackoffRule::KneserNey(strings.discounts());
                Box::new(Matching::new(strings, rule, adaptive))
            }
            Smoothed::WittenBell { trie, distinct } => {
                let model = WittenBell { trie, distinct };
                if adaptive {
                    Box::new(AdaptiveReader::new(model))
                } else {
                    Box::new(StaticReader::new(model))
                }
            }
        }
    }
}

impl ByteModel for Ngrams {
    /// What it generates follows the training mail alone: if it learned from its own words, it
    /// would only repeat itself.
    fn writer(&self) -> Box<dyn ByteReader + '_> {
        self.read(false)
    }

    fn reader(&self) -> Box<dyn ByteReader + '_> {
        self.read(self.adaptive)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::streams::{Stream, random_stream};
    use crate::dataset::Example;
    use crate::generative::language::gather_ngrams;
    use crate::generative::language::witten_bell::UNIFORM;
    use crate::model::{Generative, Sequence};

    const HAM: [&[u8]; 3] = [b"abracadabra", b"aab", b""];
    const SPAM: [&[u8]; 2] = [b"bbbb", b"cab"];

    fn model(order: usize, adaptive: bool) -> Ngrams {
        let ham = HAM.iter().map(|text| (symbols(text), 0));
        let trie =
            gather_ngrams::gather(order, ham.chain(SPAM.iter().map(|text| (symbols(text), 1))))
                .unwrap();
        Ngrams::from(ByteNgramParameters {
            trie,
            adaptive,
            kneser_ney: false,
        })
    }

    /// The formula, by looking for every context in every text; `read` counts as one more text,
    /// without an end.
    fn formula(texts: &[&[u8]], read: &[u8], context: &[u8], symbol: u16, order: usize) -> f64 {
        let mut all: Vec<Vec<u16>> = texts.iter().map(|text| symbols(text).collect()).collect();
        all.push(read.iter().map(|&byte| u16::from(byte)).collect());
        (0..=context.len().min(order)).fold(UNIFORM, |p, length| {
            let h: Vec<u16> = context[context.len() - length..]
                .iter()
                .map(|&byte| u16::from(byte))
                .collect();
            let successors: Vec<u16> = all
                .iter()
                .flat_map(|text| {
                    text.windows(length + 1)
                        .filter(|window| window[..length] == h[..])
                        .map(|w| w[length])
                })
                .collect();
            let distinct: std::collections::BTreeSet<&u16> = successors.iter().collect();
            let followed = successors
                .iter()
                .filter(|&&successor| successor == symbol)
                .count();
            match successors.len() {
                0 => p,
                n => (followed as f64 + distinct.len() as f64 * p) / (n + distinct.len()) as f64,
            }
        })
    }

    #[test]
    fn probabilities_equal_the_formula_counted_by_hand_and_sum_to_one() {
        for order in [0, 1, 3] {
            for adaptive in [false, true] {
                let model = model(order, adaptive);
                for text in [&b"abracab"[..], b"aaaaaa", b"zzabzza", b""] {
                    let mut reader = model.reader();
                    for (at, symbol) in symbols(text).enumerate() {
                        let read = if adaptive { &text[..at] } else { &[] };
                        let expected = [&HAM[..], &SPAM[..]]
                            .map(|of| formula(of, read, &text[..at], symbol, order));
                        for label in Label::BOTH {
                            let next = reader.next(label);
                            assert!(
                                (next.iter().sum::<f64>() - 1.0).abs() < 1e-12,
                                "{text:?} at {at}"
                            );
                            assert!(
                                (next[symbol as usize] - expected[label.index()]).abs() < 1e-14
                            );
                        }
                        let found = reader.read(symbol);
                        for (found, expected) in found.iter().zip(expected) {
                            assert!(
                                (found - expected).abs() < 1e-14,
                                "{text:?} at {at}: {found} is not {expected}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn one_symbol_gives_the_hand_worked_number() {
        // Spam has bbbb$ and cab$: 9 symbols, of which b 5 times, 4 distinct; b was followed by b 3
        // times of 5, 2 distinct (b, $).
        let model = model(1, false);
        let p0 = (5.0 + 4.0 / 257.0) / 13.0;
        let p1 = (3.0 + 2.0 * p0) / 7.0;
        let mut reader = model.reader();
        reader.read(u16::from(b'b'));
        assert!((reader.read(u16::from(b'b'))[1] - p1).abs() < 1e-15);
    }

    #[test]
    fn what_it_samples_follows_its_probabilities() {
        let corpus = crate::dataset::CorpusBuilder::new(
            &crate::tokenize::Recipe::default(),
            crate::dataset::CorpusOptions::default(),
        )
        .finish();
        let rows = crate::dataset::Rows::new(
            &corpus,
            Vec::new(),
            crate::dataset::CsrMatrix::default(),
            crate::dataset::Ragged::default(),
        );
        let model = TextBayes::new(
            Prior::Fixed(0.5),
            100,
            &TrainingSet::new(&rows, 1),
            model(2, false),
        );
        let mut rng = random_stream(5, Stream::Test(0));
        let request = crate::model::SampleRequest::of(Label::Ham);
        let written: Vec<Vec<u8>> = (0..4_000)
            .map(|_| model.sample(&request, &mut rng).text)
            .collect();
        let share = |of: &dyn Fn(&Vec<u8>) -> bool| {
            written.iter().filter(|text| of(text)).count() as f64 / 4_000.0
        };
        let probability = |text: &[u8]| {
            let mail = Example {
                text,
                ..Example::sparse(&[], &[])
            };
            Generative::log_likelihood(&model, mail, Label::Ham).exp()
        };
        let begins_with_a = Sequence::next(&model, b"", Label::Ham)[usize::from(b'a')];
        // Four standard errors of a share of 4,000 are at most .032.
        assert!((share(&|text| text.is_empty()) - probability(b"")).abs() < 0.032);
        assert!((share(&|text| text == b"aab") - probability(b"aab")).abs() < 0.032);
        assert!((share(&|text| text.first() == Some(&b'a')) - begins_with_a).abs() < 0.032);
    }
}
