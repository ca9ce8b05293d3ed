//! Prediction by partial matching: each class predicts the next byte as a compressor does, from the
//! longest context down.
//!
//! A context in which n symbols were counted, q of them distinct, gives a symbol counted f times f
//! / (n + q) and hands on q / (n + q) to the next shorter one (method C, Moffat 1990), or (f - 1/2)
//! / n and q / 2n (method D, Howard 1993). What a longer context has already offered is left out of
//! n and q further down, and a symbol is counted only where it was new and where it was found.
//! Below the empty context all that is left is equal. `adaptive = true` goes on learning from the
//! message, each class as if it were its own (Bratko et al., JMLR 7, 2006). Left out: information
//! inheritance and secondary estimation, the refinements of PPMd.

use super::backoff::{CountedStrings, GrowingStrings, KnownStrings, Matching};
use super::byte_model::{
    ADAPTIVE, ByteModel, ByteReader, GrowingBytes, GrowingText, ORDER, TextBayes, gather_contexts,
};
use super::discounting::BackoffRule;
use super::strings::symbols;
use crate::base::choices::choices;
use crate::base::mail::Label;
use crate::dataset::{Representation, TrainingSet};
use crate::generative::counts::PRIOR;
use crate::model::shared_settings::MAX_BYTES;
use crate::model::{
    Cost, Family, FitError, FitObserver, Incremental, Learner, Prior, Setting, settings,
};
use serde::{Deserialize, Serialize};

/// Learns [`PartialMatch`].
pub struct Ppm;

choices! {
    /// How much a context keeps for symbols that it has not seen.
    pub enum Method {
        /// Method C: q of n + q.
        C = "c",
        /// Method D: q of 2 n.
        D = "d",
    }
}

settings! {
    /// Settings of [`Ppm`].
    pub struct PpmSettings {
        order: u64 = ORDER,
        method: Method = Setting::one_of(Method::D, "how much a context keeps for new symbols"),
        max_bytes: u64 = MAX_BYTES,
        adaptive: bool = ADAPTIVE,
        prior: Prior = PRIOR,
    }
}

/// Prediction by partial matching, fitted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PartialMatch {
    trie: CountedStrings,
    /// Method D instead of C.
    half: bool,
    adaptive: bool,
}

impl Learner for Ppm {
    const NAME: &'static str = "ppm";
    const FAMILY: Family = Family::Generative;
    const SUMMARY: &'static str = "\
        prediction by partial matching: each class predicts the next byte as a compressor does, \
        longest context first; reads raw text";
    const DEFAULT: bool = false;
    const COST: Cost = Cost::Moderate;
    const TUNABLE: &'static [&'static str] = &["method"];
    type Settings = PpmSettings;
    type Fitted = TextBayes<PartialMatch>;

    fn representation(_: &PpmSettings) -> Representation {
        Representation::Bytes
    }

    fn fit(
        &self,
        settings: &PpmSettings,
        data: &TrainingSet<'_>,
        _: &mut dyn FitObserver,
    ) -> Result<TextBayes<PartialMatch>, FitError> {
        let trie = gather_contexts(data, settings.order, settings.max_bytes)?;
        let model = PartialMatch {
            trie: trie.into(),
            half: settings.half(),
            adaptive: settings.adaptive,
        };
        Ok(TextBayes::new(
            settings.prior,
            settings.max_bytes,
            data,
            model,
        ))
    }

    fn incremental(&self, settings: &PpmSettings) -> Option<Box<dyn Incremental>> {
        let model = GrowingMatch {
            strings: GrowingStrings::new(settings.order as usize),
            half: settings.half(),
            adaptive: settings.adaptive,
        };
        let text = GrowingText::new(settings.prior, settings.max_bytes, model);
        Some(Box::new(text))
    }
}

impl PpmSettings {
    fn half(&self) -> bool {
        match self.method {
            Method::C => false,
            Method::D => true,
        }
    }
}

impl ByteModel for PartialMatch {
    fn reader(&self) -> Box<dyn ByteReader + '_> {
        Box::new(matching(&self.trie, self.half, self.adaptive))
    }

    /// What it generates follows the training mail alone: if it learned from its own words, it
    /// would only repeat itself.
    fn writer(&self) -> Box<dyn ByteReader + '_> {
        Box::new(matching(&self.trie, self.half, false))
    }
}

fn matching<S: KnownStrings>(strings: &S, half: bool, adaptive: bool) -> Matching<'_, S> {
    let rule = if half { BackoffRule::D } else { BackoffRule::C };
    Matching::new(strings, rule, adaptive)
}

/// Prediction by partial matching, while it learns message by message.
struct GrowingMatch {
    strings: GrowingStrings,
    half: bool,
    adaptive: bool,
}

impl ByteModel for GrowingMatch {
    fn reader(&self) -> Box<dyn ByteReader + '_> {
        Box::new(matching(&self.strings, self.half, self.adaptive))
    }
}

impl GrowingBytes for GrowingMatch {
    type Fitted = PartialMatch;

    fn learn(&mut self, text: &[u8], label: Label) {
        self.strings.learn(symbols(text), label.index());
    }

    fn fitted(&self) -> PartialMatch {
        PartialMatch {
            trie: self.strings.trie().into(),
            half: self.half,
            adaptive: self.adaptive,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::streams::{Stream, random_stream};
    use crate::generative::language::gather_ngrams;
    use crate::generative::language::strings::SYMBOLS;
    use crate::model::SampleRequest;
    use std::collections::BTreeMap;

    const HAM: [&[u8]; 4] = [b"abracadabra", b"aab", b"", b"abr"];
    const SPAM: [&[u8]; 3] = [b"bbbb", b"cab", b"bbc"];

    fn model(order: usize, half: bool, adaptive: bool) -> PartialMatch {
        let ham = HAM.iter().map(|text| (symbols(text), 0));
        let trie =
            gather_ngrams::gather(order, ham.chain(SPAM.iter().map(|text| (symbols(text), 1))))
                .unwrap();
        PartialMatch {
            trie: trie.into(),
            half,
            adaptive,
        }
    }

    /// A coder of one class as the papers tell it: tables of counts by context, learned symbol
    /// after symbol.
    struct Coder {
        order: usize,
        half: bool,
        counts: BTreeMap<Vec<u16>, BTreeMap<u16, u32>>,
    }

    impl Coder {
        fn contexts<'a>(&self, read: &'a [u16]) -> impl Iterator<Item = &'a [u16]> + use<'a> {
            (0..=self.order.min(read.len()))
                .rev()
                .map(|length| &read[read.len() - length..])
        }

        fn learn(&mut self, read: &[u16], symbol: u16) {
            for context in self.contexts(read) {
                let count = self
                    .counts
                    .entry(context.to_vec())
                    .or_default()
                    .entry(symbol)
                    .or_insert(0);
                *count += 1;
                if *count > 1 {
                    break;
                }
            }
        }

        fn probability(&self, read: &[u16], symbol: u16) -> f64 {
            let mut offered: Vec<u16> = Vec::new();
            let mut p = 1.0;
            for context in self.contexts(read) {
                let Some(counts) = self.counts.get(context) else {
                    continue;
                };
                let counts: Vec<(u16, f64)> = counts
                    .iter()
                    .filter(|(symbol, _)| !offered.contains(symbol))
                    .map(|(&symbol, &count)| (symbol, f64::from(count)))
                    .collect();
                let (n, q) = (
                    counts.iter().map(|(_, count)| count).sum::<f64>(),
                    counts.len() as f64,
                );
                if counts.is_empty() {
                    continue;
                }
                if let Some((_, f)) = counts.iter().find(|(other, _)| *other == symbol) {
                    return p * if self.half {
                        (f - 0.5) / n
                    } else {
                        f / (n + q)
                    };
                }
                p *= if self.half {
                    q / (2.0 * n)
                } else {
                    q / (n + q)
                };
                offered.extend(counts.iter().map(|(symbol, _)| symbol));
            }
            p / (SYMBOLS - offered.len()) as f64
        }
    }

    #[test]
    fn probabilities_equal_those_of_a_coder_that_reads_the_training_mail_and_sum_to_one() {
        for (order, half, adaptive) in
            (0..12).map(|at| ([0, 1, 3][at / 4], at % 2 == 0, at / 2 % 2 == 0))
        {
            let model = model(order, half, adaptive);
            let coders = [&HAM[..], &SPAM[..]].map(|texts| {
                let mut coder = Coder {
                    order,
                    half,
                    counts: BTreeMap::new(),
                };
                for text in texts {
                    let all: Vec<u16> = symbols(text).collect();
                    (0..all.len()).for_each(|at| coder.learn(&all[..at], all[at]));
                }
                coder
            });
            for text in [&b"abracabrabra"[..], b"aaaaaa", b"zzabzza", b""] {
                let mut coders = coders.each_ref().map(|c| Coder {
                    order,
                    half,
                    counts: c.counts.clone(),
                });
                let mut reader = model.reader();
                let all: Vec<u16> = symbols(text).collect();
                for (at, &symbol) in all.iter().enumerate() {
                    for label in Label::BOTH {
                        let next = reader.next(label);
                        assert!(
                            (next.iter().sum::<f64>() - 1.0).abs() < 1e-12,
                            "{text:?} at {at}"
                        );
                        let expected = coders[label.index()].probability(&all[..at], symbol);
                        assert!(
                            (next[usize::from(symbol)] - expected).abs() < 1e-14,
                            "{text:?} at {at}, order {order}"
                        );
                    }
                    let found = reader.read(symbol);
                    for (found, coder) in found.iter().zip(&mut coders) {
                        let expected = coder.probability(&all[..at], symbol);
                        assert!(
                            (found - expected).abs() < 1e-14,
                            "{text:?} at {at}: {found} is not {expected}"
                        );
                        if adaptive {
                            coder.learn(&all[..at], symbol);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_symbol_gives_the_hand_worked_number() {
        // Ham of order 0 counts a 8 times of 21 symbols, 6 of them distinct (a b r c d and the
        // end), by hand from the texts above.
        for (half, expected) in [(false, 8.0 / 27.0), (true, 7.5 / 21.0)] {
            let found = model(0, half, false).reader().read(u16::from(b'a'))[0];
            assert!((found - expected).abs() < 1e-15, "{found}");
        }
    }

    #[test]
    fn what_it_samples_follows_its_probabilities() {
        let model = model(2, true, true);
        let mut rng = random_stream(6, Stream::Test(0));
        let next = model.writer().next(Label::Spam);
        let draws: Vec<u16> = (0..4_000)
            .map(|_| {
                model
                    .writer()
                    .draw(&SampleRequest::of(Label::Spam), &mut rng)
            })
            .collect();
        for symbol in [u16::from(b'a'), u16::from(b'b'), u16::from(b'c')] {
            let share = draws.iter().filter(|&&drawn| drawn == symbol).count() as f64 / 4_000.0;
            // Four standard errors of a share of 4,000 are at most .032.
            assert!(
                (share - next[usize::from(symbol)]).abs() < 0.032,
                "{symbol}: {share}"
            );
        }
    }
}
