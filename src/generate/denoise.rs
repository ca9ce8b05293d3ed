//! Damage undone by the noisy channel: argmax over the original of p(original) p(damaged |
//! original).
//!
//! p(original) is a model of bytes in order, writing as either class with its prior; p(damaged |
//! original) is a [`Channel`] (Shannon 1948; Kernighan, Church and Gale, COLING 1990). The search
//! goes through the damaged text byte by byte with the best few prefixes of the original (a beam),
//! of which only the best is kept among those that the model cannot tell apart. So it may miss the
//! best text; it never moves a space, so that word stays beside word.

use crate::base::mail::Label;
use crate::model::{END, Sequence};
use crate::tokenize::stands_for;
use crate::train::augment::{Channel, LONGEST_MASKED, MASK};
use rustc_hash::FxHashMap;

/// Prefixes of the original that are kept.
const BEAM: usize = 24;
/// Prefixes that are given a lost letter, at each byte.
const ROBBED: usize = 12;
/// Bytes before the next one that the model is told; longer contexts tell little more and cost
/// much.
const CONTEXT: usize = 8;
/// Contexts whose successors are remembered.
const REMEMBERED: usize = 4096;
/// Bytes of prefixes that are held before the best prefix is settled on, so that memory is bounded.
const LONGEST_CHAIN: usize = 1 << 20;
/// Letters of the shortest word that is taken to lack one.
const SHORTEST_LACKING: usize = 3;

/// A text as it probably was.
#[derive(Debug, Clone, PartialEq)]
pub struct Denoised {
    /// The text.
    pub text: String,
    /// The class as which it reads best.
    pub label: Label,
    /// ln of p(label) p(text | label) p(damaged | text), by which it was chosen.
    pub log_probability: f64,
}

/// Restores a text by what the model knows of either class; `log_prior` is ln p of ham and spam.
pub fn restore(
    model: &dyn Sequence,
    log_prior: [f64; 2],
    channel: Channel,
    damaged: &str,
) -> Denoised {
    let by_class = Label::BOTH.map(|label| {
        let (text, log_probability) = Search::new(model, label, channel).run(damaged);
        Denoised {
            text,
            label,
            log_probability: log_probability + log_prior[label.index()],
        }
    });
    let [ham, spam] = by_class;
    if spam.log_probability > ham.log_probability {
        spam
    } else {
        ham
    }
}

/// A prefix of the original.
#[derive(Clone, Copy)]
struct Prefix {
    /// ln p of it and of what it became.
    log: f64,
    /// Its last byte in the search's chain of bytes.
    last: u32,
    /// The last [`CONTEXT`] bytes, the very last lowest, and how many there are.
    context: (u64, u8),
}

/// The search for what a text was, if it is of one class.
struct Search<'a> {
    model: &'a dyn Sequence,
    label: Label,
    channel: Channel,
    /// Bytes of all prefixes, each with the one before it.
    chain: Vec<(u32, u8)>,
    successors: FxHashMap<(u64, u8), [f64; END as usize + 1]>,
}

impl<'a> Search<'a> {
    fn new(model: &'a dyn Sequence, label: Label, channel: Channel) -> Search<'a> {
        Search {
            model,
            label,
            channel,
            chain: vec![(0, 0)],
            successors: FxHashMap::default(),
        }
    }

    /// The best original, and ln p of it and of its damage.
    fn run(mut self, damaged: &str) -> (String, f64) {
        let bytes = damaged.as_bytes();
        let lacking = lacking(damaged);
        let mut done = Vec::with_capacity(bytes.len());
        let mut reached: Vec<Vec<Prefix>> = vec![Vec::new(); bytes.len() + 1];
        reached[0].push(Prefix {
            log: 0.0,
            last: 0,
            context: (0, 0),
        });
        for at in 0..bytes.len() {
            let mut here = best(std::mem::take(&mut reached[at]), BEAM);
            if self.chain.len() > LONGEST_CHAIN {
                here.truncate(1);
                reached[at..].iter_mut().take(4).for_each(Vec::clear);
                self.settle(&mut here, &mut done);
            }
            if is_mask(bytes, at) {
                let end = at + MASK.len();
                let words = self.words(&here, bytes.get(end).map_or(END, |&byte| u16::from(byte)));
                reached[end].extend(words);
            }
            if lacking[at] {
                here.extend(self.with_letter(&here.clone(), ROBBED, self.channel.lost()));
            }
            let written = damaged.get(at..).and_then(|rest| rest.chars().next());
            for prefix in here {
                let kept = self.longer(prefix, bytes[at], 0.0);
                reached[at + 1].push(kept);
                let Some(written) = written else { continue };
                for letter in
                    stands_for(written).flat_map(|letter| [letter, letter.to_ascii_uppercase()])
                {
                    let disguised = self.longer(prefix, letter, self.channel.disguised());
                    reached[at + written.len_utf8()].push(disguised);
                }
            }
        }
        let mut ends = best(std::mem::take(&mut reached[bytes.len()]), BEAM);
        if lacking[bytes.len()] {
            ends.extend(self.with_letter(&ends.clone(), ROBBED, self.channel.lost()));
        }
        for prefix in &mut ends {
            prefix.log += self.next(prefix.context)[usize::from(END)].ln();
        }
        let mut ends = best(ends, 1);
        self.settle(&mut ends, &mut done);
        (
            String::from_utf8_lossy(&done).into_owned(),
            ends.first().map_or(f64::NEG_INFINITY, |prefix| prefix.log),
        )
    }

    /// Takes the bytes of the first prefix for `done`, and forgets all others.
    fn settle(&mut self, prefixes: &mut [Prefix], done: &mut Vec<u8>) {
        let Some(first) = prefixes.first_mut() else {
            return;
        };
        let start = done.len();
        while first.last != 0 {
            let (before, byte) = self.chain[first.last as usize];
            done.push(byte);
            first.last = before;
        }
        done[start..].reverse();
        self.chain.truncate(1);
    }

    /// p of every symbol after a context.
    fn next(&mut self, context: (u64, u8)) -> &[f64; END as usize + 1] {
        if self.successors.len() >= REMEMBERED {
            self.successors.clear();
        }
        let Search {
            model,
            label,
            successors,
            ..
        } = self;
        successors.entry(context).or_insert_with(|| {
            let (bytes, length) = (context.0.to_be_bytes(), usize::from(context.1));
            model.next(&bytes[bytes.len() - length..], *label)
        })
    }

    /// The prefix with one more byte, to which the channel did what has this ln p.
    fn longer(&mut self, prefix: Prefix, byte: u8, channel: f64) -> Prefix {
        let log = prefix.log + channel + self.next(prefix.context)[usize::from(byte)].ln();
        self.chain.push((prefix.last, byte));
        let (bytes, length) = prefix.context;
        let context = (
            bytes << 8 | u64::from(byte),
            (length + 1).min(CONTEXT as u8),
        );
        Prefix {
            log,
            last: (self.chain.len() - 1) as u32,
            context,
        }
    }

    /// The likeliest of the prefixes with one letter more, to which the channel did what has this
    /// ln p.
    fn with_letter(&mut self, prefixes: &[Prefix], most: usize, channel: f64) -> Vec<Prefix> {
        let mut candidates: Vec<(f64, Prefix, u8)> = Vec::with_capacity(prefixes.len() * 52);
        for &prefix in prefixes {
            let next = self.next(prefix.context);
            let letters = (b'a'..=b'z').chain(b'A'..=b'Z');
            candidates.extend(
                letters.map(|letter| (prefix.log + next[usize::from(letter)].ln(), prefix, letter)),
            );
        }
        if candidates.len() > most {
            candidates.select_nth_unstable_by(most, |a, b| b.0.total_cmp(&a.0));
            candidates.truncate(most);
        }
        candidates
            .into_iter()
            .map(|(_, prefix, letter)| self.longer(prefix, letter, channel))
            .collect()
    }

    /// The prefixes with the likeliest words after them that were masked; `follows` is what stands
    /// behind the mask.
    fn words(&mut self, here: &[Prefix], follows: u16) -> Vec<Prefix> {
        let masked = self.channel.masked();
        let mut growing = here.to_vec();
        let mut words: Vec<(f64, Prefix)> = Vec::with_capacity(LONGEST_MASKED * BEAM);
        for letters in 1..=LONGEST_MASKED {
            growing = self.with_letter(&growing, BEAM, if letters == 1 { masked } else { 0.0 });
            for &prefix in &growing {
                words.push((
                    prefix.log + self.next(prefix.context)[usize::from(follows)].ln(),
                    prefix,
                ));
            }
        }
        words.sort_by(|a, b| b.0.total_cmp(&a.0));
        words
            .into_iter()
            .take(BEAM)
            .map(|(_, prefix)| prefix)
            .collect()
    }
}

/// The likeliest, at most `most`, and of those in the same context one.
fn best(mut prefixes: Vec<Prefix>, most: usize) -> Vec<Prefix> {
    prefixes.sort_by(|a, b| b.log.total_cmp(&a.log));
    let mut kept: Vec<Prefix> = Vec::with_capacity(most);
    for prefix in prefixes {
        if kept.len() == most {
            break;
        }
        if kept.iter().all(|other| other.context != prefix.context) {
            kept.push(prefix);
        }
    }
    kept
}

/// Whether a masked word stands at `at`: three underscores and no more, beside no letter.
fn is_mask(bytes: &[u8], at: usize) -> bool {
    let beside = |byte: Option<&u8>| {
        byte.is_none_or(|&b| b.is_ascii() && !b.is_ascii_alphanumeric() && b != b'_')
    };
    bytes[at..].starts_with(MASK.as_bytes())
        && beside(bytes[..at].last())
        && beside(bytes.get(at + MASK.len()))
}

/// Before which bytes a letter may have been lost: inside and at both ends of what is long enough
/// and read as a word.
fn lacking(damaged: &str) -> Vec<bool> {
    let mut lacking = vec![false; damaged.len() + 1];
    let reads = |letter: char| letter.is_ascii_alphabetic() || stands_for(letter).next().is_some();
    let mut chars = damaged.char_indices().peekable();
    while let Some((start, letter)) = chars.next() {
        if !reads(letter) {
            continue;
        }
        let mut places = vec![start];
        while let Some((at, _)) = chars.next_if(|&(_, letter)| reads(letter)) {
            places.push(at);
        }
        if places.len() >= SHORTEST_LACKING {
            for &at in &places {
                lacking[at] = true;
            }
            let end = chars.peek().map_or(damaged.len(), |&(at, _)| at);
            lacking[end] = true;
        }
    }
    lacking
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::streams::{Stream, random_stream};

    /// Knows texts by heart: each goes on as one of them does after the longest context that any of
    /// them holds.
    struct Heart([&'static [&'static str]; 2]);

    impl Sequence for Heart {
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

    const KNOWN: Heart = Heart([
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

    #[test]
    fn each_kind_of_damage_is_undone() {
        for (damaged, was) in [
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
            let restored = restore(&KNOWN, [0.5_f64.ln(); 2], CHANNEL, damaged);
            assert_eq!(restored.text, was, "{damaged}");
            assert_eq!(restored.label, Label::from_is_spam(was.ends_with("today")));
        }
    }

    #[test]
    fn what_it_says_of_its_choice_is_the_probability_of_text_and_damage() {
        // "Prize" for "Pri2e": every byte as the model has it, and one letter disguised, in .3 of
        // six.
        let restored = restore(&KNOWN, [0.25_f64.ln(), 0.75_f64.ln()], CHANNEL, "Pri2e");
        assert_eq!(
            (restored.text.as_str(), restored.label),
            ("Prize", Label::Spam)
        );
        let price =
            |at: usize| KNOWN.next(&b"Prize"[..at], Label::Spam)[usize::from(b"Prize"[at])].ln();
        let end = KNOWN.next(b"Prize", Label::Spam)[usize::from(END)].ln();
        let expected = 0.75_f64.ln() + (0..5).map(price).sum::<f64>() + end + 0.05_f64.ln();
        assert!((restored.log_probability - expected).abs() < 1e-12);
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
            let restored = restore(&KNOWN, [0.5_f64.ln(); 2], CHANNEL, &text);
            assert_eq!(
                restored.text.split_whitespace().count(),
                text.split_whitespace().count(),
                "{text:?}"
            );
            assert!(
                restored.log_probability.is_finite() && !restored.text.contains('\u{fffd}'),
                "{text:?}"
            );
        }
        assert_eq!(restore(&KNOWN, [0.5_f64.ln(); 2], CHANNEL, "").text, "");
    }
}
