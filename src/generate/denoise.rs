//! Denoising by the noisy channel: argmax over the original of p(original) p(corrupted | original).
//!
//! p(original) is a model of bytes in order, as mail of either class with its prior;
//! p(corrupted | original) is a [`Channel`] (Shannon 1948; Kernighan, Church and Gale, COLING
//! 1990). A model that fills in words from both sides undoes masks only, and takes all else for
//! intact.

use super::choice::generator;
use super::decoder::{Decoder, is_mask};
use super::error::GenerateError;
use crate::base::mail::Label;
use crate::base::progress::Progress;
use crate::dataset::Example;
use crate::model::file::{Loaded, ModelFile};
use crate::model::{Classifier, Generative, Infilling, Sequence};
use crate::train::augment::corruption::{Channel, LONGEST_MASKED, MASK};
use rayon::prelude::*;

/// The most probable original of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Denoised {
    /// The original.
    pub text: String,
    /// The class under which it is most probable.
    pub label: Label,
    /// ln of p(label) p(text | label) p(corrupted | text), by which it was chosen; a bound of it if
    /// that of the text is one.
    pub log_probability: f64,
}

/// A model of text that undoes corruption.
pub struct Denoiser {
    model: Loaded,
}

impl Denoiser {
    /// The model of that name; if none is named, the first of the file that tells the next byte.
    pub fn open(file: &ModelFile, name: Option<&str>) -> Result<Denoiser, GenerateError> {
        let model = generator(file, name)?;
        if means(model.fitted.classifier()).is_none() {
            let model = model.card.name;
            return Err(GenerateError::NoText { model });
        }
        Ok(Denoiser { model })
    }

    /// Name of the model.
    pub fn name(&self) -> &str {
        &self.model.card.name
    }

    /// Undoes corruption of each of the texts, in the order given. Progress is in bytes.
    pub fn denoise(
        &self,
        corrupted: &[&str],
        channel: Channel,
        progress: &dyn Progress,
    ) -> Vec<Denoised> {
        let model = self.model.fitted.classifier();
        let (Some(means), Some(generative)) = (means(model), model.as_generative()) else {
            return Vec::new();
        };
        let log_prior = Label::BOTH.map(|label| generative.log_prior(label));
        let bytes = corrupted.iter().map(|text| text.len() as u64).sum();
        progress.begin("denoising", bytes);
        let one = |text: &&str| {
            let originals = match means {
                Means::NextByte(sequence) => decoded(sequence, channel, text),
                Means::Words(infilling) => infilled(infilling, generative, channel, text),
            };
            progress.advance(text.len() as u64);
            likelier(originals, log_prior)
        };
        // Texts differ in length by orders of magnitude, so that each is a task of its own.
        corrupted.par_iter().with_max_len(1).map(one).collect()
    }
}

/// By what a model undoes corruption.
#[derive(Clone, Copy)]
enum Means<'a> {
    NextByte(&'a dyn Sequence),
    Words(&'a dyn Infilling),
}

/// None of a model that cannot.
fn means(model: &dyn Classifier) -> Option<Means<'_>> {
    let next_byte = model.as_sequence().map(Means::NextByte);
    next_byte.or_else(|| model.as_infilling().map(Means::Words))
}

/// The most probable originals of a text as mail of ham and of spam, and ln of
/// p(text | label) p(corrupted | text).
type Originals = [(String, f64); 2];

/// By what a model of bytes in order knows of either class.
fn decoded(model: &dyn Sequence, channel: Channel, corrupted: &str) -> Originals {
    Label::BOTH.map(|label| Decoder::new(model, label, channel).decode(corrupted))
}

/// By what a model fills in for the masks.
fn infilled(
    model: &dyn Infilling,
    generative: &dyn Generative,
    channel: Channel,
    corrupted: &str,
) -> Originals {
    let texts = between_masks(corrupted);
    let pieces: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
    Label::BOTH.map(|label| {
        let words = model.words(&pieces, LONGEST_MASKED, label);
        let mut text = texts.first().copied().unwrap_or_default().to_owned();
        for (word, next) in words.iter().zip(&texts[1..]) {
            let word = std::str::from_utf8(word).unwrap_or_default();
            text.push_str(if word.is_empty() { MASK } else { word });
            text.push_str(next);
        }
        let email = Example {
            text: text.as_bytes(),
            ..Example::sparse(&[], &[])
        };
        let log_p = generative.log_likelihood(email, label);
        (text, log_p + words.len() as f64 * channel.log_mask())
    })
}

/// The texts between the masked words.
fn between_masks(corrupted: &str) -> Vec<&str> {
    let (mut texts, mut from) = (Vec::new(), 0);
    for (at, _) in corrupted.match_indices(MASK) {
        if is_mask(corrupted.as_bytes(), at) {
            texts.push(&corrupted[from..at]);
            from = at + MASK.len();
        }
    }
    texts.push(&corrupted[from..]);
    texts
}

/// The original of the likelier class; `log_prior` is ln p of ham and spam.
fn likelier([ham, spam]: Originals, log_prior: [f64; 2]) -> Denoised {
    let of = |(text, log_p): (String, f64), label: Label| Denoised {
        text,
        label,
        log_probability: log_p + log_prior[label.index()],
    };
    let (ham, spam) = (of(ham, Label::Ham), of(spam, Label::Spam));
    if spam.log_probability > ham.log_probability {
        spam
    } else {
        ham
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::streams::{Stream, random_stream};
    use crate::generate::decoder::CONTEXT;
    use crate::model::END;

    /// Knows nothing but a few texts: each goes on as one of them does after the longest context
    /// that any of them holds.
    struct Memory([&'static [&'static str]; 2]);

    impl Sequence for Memory {
        fn next(&self, context: &[u8], label: Label) -> [f64; END as usize + 1] {
            let mut counts = [1e-3; END as usize + 1];
            for start in 0..=context.len() {
                let known = &context[start..];
                let mut found = false;
                for text in self.0[label.index()] {
                    let text = text.as_bytes();
                    for at in known.len()..=text.len() {
                        // The beginning of a text is known by there being nothing before it.
                        if text[..at].ends_with(known)
                            && (start > 0 || at == known.len() || known.len() == CONTEXT)
                        {
                            counts[text
                                .get(at)
                                .map_or(usize::from(END), |&byte| usize::from(byte))] += 1.0;
                            found = true;
                        }
                    }
                }
                if found {
                    break;
                }
            }
            let sum: f64 = counts.iter().sum();
            counts.map(|count| count / sum)
        }
    }

    const KNOWN: Memory = Memory([
        &[
            "Lunch at noon\nMeet me at the garden gate",
            "Notes\nPlease bring the budget",
        ],
        &[
            "Prize\nClaim your cash prize today",
            "Offer\nBuy cheap pills today",
        ],
    ]);
    const CHANNEL: Channel = Channel { share: 0.3 };

    fn denoise(corrupted: &str, log_prior: [f64; 2]) -> Denoised {
        likelier(decoded(&KNOWN, CHANNEL, corrupted), log_prior)
    }

    #[test]
    fn each_kind_of_corruption_is_undone() {
        for (corrupted, was) in [
            (
                "Prize\nClaim your c4$h pr1ze today",
                "Prize\nClaim your cash prize today",
            ),
            (
                "Prize\nC1aim y\u{43e}ur cash \u{440}rize today",
                "Prize\nClaim your cash prize today",
            ),
            (
                "Prize\nClaim your ___ prize today",
                "Prize\nClaim your cash prize today",
            ),
            (
                "Lunch at noon\nMeet me at the ___ gate",
                "Lunch at noon\nMeet me at the garden gate",
            ),
            (
                "Notes\nPleas bring the ___",
                "Notes\nPlease bring the budget",
            ),
            (
                "Notes\nPlease brig the budge",
                "Notes\nPlease bring the budget",
            ),
            (
                "Offer\nBuy cheap pills today",
                "Offer\nBuy cheap pills today",
            ),
        ] {
            let denoised = denoise(corrupted, [0.5_f64.ln(); 2]);
            assert_eq!(denoised.text, was, "{corrupted}");
            assert_eq!(denoised.label, Label::from_is_spam(was.ends_with("today")));
        }
    }

    #[test]
    fn what_it_says_of_its_choice_is_the_probability_of_text_and_corruption() {
        // "Prize" for "Pri2e": every byte as the model has it, and one homoglyph, in .3 of six.
        let denoised = denoise("Pri2e", [0.25_f64.ln(), 0.75_f64.ln()]);
        assert_eq!(
            (denoised.text.as_str(), denoised.label),
            ("Prize", Label::Spam)
        );
        let log_p =
            |at: usize| KNOWN.next(&b"Prize"[..at], Label::Spam)[usize::from(b"Prize"[at])].ln();
        let end = KNOWN.next(b"Prize", Label::Spam)[usize::from(END)].ln();
        let expected = 0.75_f64.ln() + (0..5).map(log_p).sum::<f64>() + end + 0.05_f64.ln();
        assert!((denoised.log_probability - expected).abs() < 1e-12);
    }

    #[test]
    fn any_text_comes_back_with_as_many_words() {
        let mut rng = random_stream(3, Stream::Test(0));
        let pieces = [
            "___",
            "____",
            "é",
            "\u{430}",
            "1",
            "$",
            " ",
            "\n",
            "word",
            "\u{1F600}",
            "_",
            "a",
            "\u{a0}",
        ];
        for _ in 0..60 {
            let text: String = (0..12)
                .map(|_| pieces[crate::base::math::below(&mut rng, pieces.len())])
                .collect();
            let denoised = denoise(&text, [0.5_f64.ln(); 2]);
            assert_eq!(
                denoised.text.split_whitespace().count(),
                text.split_whitespace().count(),
                "{text:?}"
            );
            assert!(
                denoised.log_probability.is_finite() && !denoised.text.contains('\u{fffd}'),
                "{text:?}"
            );
        }
        assert_eq!(denoise("", [0.5_f64.ln(); 2]).text, "");
    }
}
