//! Byte n-grams: each class writes byte after byte, by what followed the last bytes in its training
//! mail.
//!
//! Modified Kneser-Ney smoothing (Chen and Goodman 1999; the default, it pays fewest bits) takes a
//! discount from every count and hands it to the shorter context, which counts a symbol not as
//! often as it was seen but after how many different bytes. Interpolated Witten-Bell smoothing
//! (Witten and Bell 1991) scores twice as fast: p_k(s) = (N(h s) + T(h) p_k-1(s)) / (N(h) + T(h))
//! for the context h of the last k bytes, seen N(h) times with T(h) distinct successors. Below the
//! empty context all 257 symbols are equal. `adaptive = true` goes on learning while it reads: each
//! class counts the message so far as its own, as a compressor would (Bratko et al., JMLR 7, 2006),
//! which corrects for what the message repeats from itself.

use super::backoff::Matching;
use super::byte_model::{ADAPTIVE, ByteModel, ByteReader, MAX_BYTES, ORDER, TextBayes, draw_any};
use super::context_trie::{ContextTrie, KnownContexts, LONGEST, LocalTrie, SYMBOLS, symbols};
use super::discounting::{BackoffRule, KneserNey};
use super::gather_ngrams;
use crate::base::choices::choices;
use crate::base::mail::Label;
use crate::base::math::below;
use crate::dataset::{Representation, TrainingSet, beginning};
use crate::generative::counts::PRIOR;
use crate::model::{Cost, Family, FitError, FitObserver, Learner, Prior, Setting, settings};
use serde::{Deserialize, Serialize};

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

/// Gathers the contexts of the training mail.
pub(crate) fn gather(
    data: &TrainingSet<'_>,
    order: u64,
    max_bytes: u64,
) -> Result<ContextTrie, FitError> {
    let messages = data.examples().zip(data.labels());
    let messages =
        messages.map(|(mail, label)| (symbols(beginning(mail.text, max_bytes)), label.index()));
    gather_ngrams::gather(order as usize, messages).ok_or_else(|| {
        FitError::TooLarge(
            "too many different strings to hold: lower `order` or `max_bytes`".to_owned(),
        )
    })
}

/// Byte n-grams, fitted.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "ByteNgramParameters")]
pub struct Ngrams {
    trie: ContextTrie,
    adaptive: bool,
    kneser_ney: bool,
    /// T(h) by class, for Witten-Bell smoothing.
    #[serde(skip)]
    distinct: Vec<[u16; 2]>,
    /// How often each string counts for Kneser-Ney smoothing, by class.
    #[serde(skip)]
    counts: Vec<[u32; 2]>,
    #[serde(skip)]
    smoothing: Option<KneserNey>,
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
        let counts = if kneser_ney {
            trie.continuation_counts()
        } else {
            Vec::new()
        };
        let distinct = if kneser_ney {
            Vec::new()
        } else {
            trie.distinct()
        };
        let smoothing = kneser_ney.then(|| KneserNey::of(&trie, &counts));
        Ngrams {
            trie,
            adaptive,
            kneser_ney,
            distinct,
            counts,
            smoothing,
        }
    }
}

impl Learner for ByteNgram {
    const NAME: &'static str = "byte-ngram";
    const FAMILY: Family = Family::Generative;
    const SUMMARY: &'static str = "\
        byte n-grams with Witten-Bell or Kneser-Ney smoothing: each class writes byte after byte, \
        by what followed the last few; reads raw text";
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
        let trie = gather(data, settings.order, settings.max_bytes)?;
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
}

impl ByteModel for Ngrams {
    /// What it writes follows the training mail alone: learning from its own words it would only
    /// repeat itself.
    fn writer(&self) -> Box<dyn ByteReader + '_> {
        if let Some(smoothing) = &self.smoothing {
            return Box::new(Matching::new(
                &self.trie,
                &self.counts,
                BackoffRule::KneserNey(smoothing),
                false,
            ));
        }
        Box::new(Static {
            model: self,
            contexts: KnownContexts::start(),
        })
    }

    fn reader(&self) -> Box<dyn ByteReader + '_> {
        if let (true, Some(smoothing)) = (self.adaptive, &self.smoothing) {
            Box::new(Matching::new(
                &self.trie,
                &self.counts,
                BackoffRule::KneserNey(smoothing),
                true,
            ))
        } else if self.adaptive {
            let local = LocalTrie::default();
            let start = AdaptiveContext {
                known: Some(0),
                own: 0,
            };
            Box::new(Adaptive {
                model: self,
                local,
                new: vec![[0; 2]],
                contexts: [start; LONGEST + 1],
                longest: 0,
            })
        } else {
            self.writer()
        }
    }
}

/// p_k from p_k-1: a symbol that followed `followed` times a context seen `seen` times with
/// `distinct` successors.
fn interpolate(p: f64, followed: u32, seen: u32, distinct: u32) -> f64 {
    if seen == 0 {
        return p;
    }
    let (followed, seen, distinct) = (f64::from(followed), f64::from(seen), f64::from(distinct));
    (followed + distinct * p) / (seen + distinct)
}

/// Below the empty context.
const UNIFORM: f64 = 1.0 / SYMBOLS as f64;

/// Reads by what was learned from the training mail.
struct Static<'a> {
    model: &'a Ngrams,
    contexts: KnownContexts,
}

impl Static<'_> {
    /// p of a symbol in both classes, and what the contexts become by it: how many, and which.
    fn price(&self, symbol: u16) -> ([f64; 2], usize, [u32; LONGEST + 1]) {
        let Ngrams { trie, distinct, .. } = self.model;
        let mut p = [UNIFORM; 2];
        let mut becomes = [0; LONGEST + 1];
        let mut known = 0;
        for (length, &context) in self.contexts.nodes().iter().enumerate() {
            // A string was not seen unless its suffix was: the first context without this symbol is
            // the last to be asked.
            let child = if known == length {
                trie.child(context, symbol)
            } else {
                None
            };
            let followed = child.map_or([0; 2], |child| trie.seen(child));
            if let Some(child) = child {
                becomes[known] = child;
                known += 1;
            }
            let (seen, distinct) = (trie.seen(context), distinct[context as usize]);
            p = [0, 1]
                .map(|c: usize| interpolate(p[c], followed[c], seen[c], u32::from(distinct[c])));
        }
        (p, known, becomes)
    }
}

impl ByteReader for Static<'_> {
    fn read(&mut self, symbol: u16) -> [f64; 2] {
        let (p, known, becomes) = self.price(symbol);
        self.contexts
            .advance(&becomes[..known], self.model.trie.order());
        p
    }

    /// The steps of [`interpolate`] for all symbols at once, to the same bits.
    fn next(&self, label: Label) -> [f64; SYMBOLS] {
        let Ngrams { trie, distinct, .. } = self.model;
        let class = label.index();
        let mut p = [UNIFORM; SYMBOLS];
        for &context in self.contexts.nodes() {
            let (seen, distinct) = (
                trie.seen(context)[class],
                f64::from(distinct[context as usize][class]),
            );
            if seen > 0 {
                for p in &mut p {
                    *p *= distinct;
                }
                for child in trie.children(context) {
                    p[usize::from(trie.symbol(child))] += f64::from(trie.seen(child)[class]);
                }
                for p in &mut p {
                    *p /= f64::from(seen) + distinct;
                }
            }
        }
        p
    }

    /// At the temperature 1 from the longest context down: what followed it, in N(h) of N(h) + T(h)
    /// cases, or what its suffix says.
    fn draw(&self, label: Label, temperature: f64, rng: &mut dyn rand::Rng) -> u16 {
        if temperature != 1.0 {
            return draw_any(self, label, temperature, rng);
        }
        let Ngrams { trie, distinct, .. } = self.model;
        let class = label.index();
        for &context in self.contexts.nodes().iter().rev() {
            let (seen, distinct) = (
                trie.seen(context)[class] as usize,
                usize::from(distinct[context as usize][class]),
            );
            let mut aim = if seen > 0 {
                below(rng, seen + distinct)
            } else {
                seen
            };
            if aim >= seen {
                continue;
            }
            for child in trie.children(context) {
                let followed = trie.seen(child)[class] as usize;
                if aim < followed {
                    return trie.symbol(child);
                }
                aim -= followed;
            }
        }
        below(rng, SYMBOLS) as u16
    }
}

/// A context in the training mail, if it was seen there, and in the message so far.
#[derive(Clone, Copy)]
struct AdaptiveContext {
    known: Option<u32>,
    own: u32,
}

/// Reads by what was learned from the training mail and from the message so far.
struct Adaptive<'a> {
    model: &'a Ngrams,
    /// Strings of the message, counted in the first place.
    local: LocalTrie,
    /// For each of them how many of its successors in the message had not followed it in the
    /// training mail, by class.
    new: Vec<[u16; 2]>,
    contexts: [AdaptiveContext; LONGEST + 1],
    longest: usize,
}

impl Adaptive<'_> {
    /// p_k from p_k-1 in the context of `length` bytes; and how often the symbol followed it,
    /// message included.
    fn mix(
        &self,
        p: [f64; 2],
        length: usize,
        known: Option<u32>,
        own: Option<u32>,
    ) -> ([f64; 2], [u32; 2]) {
        let Ngrams { trie, distinct, .. } = self.model;
        let context = self.contexts[length];
        // The message has been in this context once more than it has left it, the empty one aside.
        let left = self.local.seen(context.own)[0] - u32::from(length > 0);
        let seen = context.known.map_or([0; 2], |node| trie.seen(node));
        let successors = context.known.map_or([0; 2], |node| distinct[node as usize]);
        let new = self.new[context.own as usize];
        let again = own.map_or(0, |own| self.local.seen(own)[0]);
        let followed = known
            .map_or([0; 2], |node| trie.seen(node))
            .map(|followed| followed + again);
        let mixed = |c: usize| {
            interpolate(
                p[c],
                followed[c],
                seen[c] + left,
                u32::from(successors[c] + new[c]),
            )
        };
        ([mixed(0), mixed(1)], followed)
    }
}

impl ByteReader for Adaptive<'_> {
    fn read(&mut self, symbol: u16) -> [f64; 2] {
        let mut p = [UNIFORM; 2];
        let mut becomes = self.contexts;
        let mut counted = [0; LONGEST + 1];
        for length in 0..=self.longest {
            let context = self.contexts[length];
            let known = context
                .known
                .and_then(|node| self.model.trie.child(node, symbol));
            let own = self.local.child(context.own, symbol);
            self.new
                .resize(self.new.len().max(own as usize + 1), [0; 2]);
            let (mixed, followed) = self.mix(p, length, known, Some(own));
            p = mixed;
            for (new, followed) in self.new[context.own as usize].iter_mut().zip(followed) {
                *new += u16::from(followed == 0);
            }
            if length < self.model.trie.order() {
                becomes[length + 1] = AdaptiveContext { known, own };
            }
            counted[length] = own;
        }
        // After all are priced: what a context becomes may be the very string that the next longer
        // one is.
        counted[..=self.longest]
            .iter()
            .for_each(|&own| self.local.count(own, 0));
        self.local.count(0, 0);
        self.contexts = becomes;
        self.longest = (self.longest + 1).min(self.model.trie.order());
        p
    }

    fn next(&self, label: Label) -> [f64; SYMBOLS] {
        std::array::from_fn(|symbol| {
            let mut p = [UNIFORM; 2];
            for length in 0..=self.longest {
                let context = self.contexts[length];
                let known = context
                    .known
                    .and_then(|node| self.model.trie.child(node, symbol as u16));
                p = self
                    .mix(
                        p,
                        length,
                        known,
                        self.local.find(context.own, symbol as u16),
                    )
                    .0;
            }
            p[label.index()]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::streams::{Stream, random_stream};
    use crate::dataset::Example;
    use crate::generative::language::context_trie::symbols;
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
    fn what_it_writes_follows_its_probabilities() {
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
        let price = |text: &[u8]| {
            let mail = Example {
                text,
                ..Example::sparse(&[], &[])
            };
            Generative::log_likelihood(&model, mail, Label::Ham).exp()
        };
        let begins_with_a = Sequence::next(&model, b"", Label::Ham)[usize::from(b'a')];
        // Four standard errors of a share of 4,000 are at most .032.
        assert!((share(&|text| text.is_empty()) - price(b"")).abs() < 0.032);
        assert!((share(&|text| text == b"aab") - price(b"aab")).abs() < 0.032);
        assert!((share(&|text| text.first() == Some(&b'a')) - begins_with_a).abs() < 0.032);
    }
}
