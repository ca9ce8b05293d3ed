//! Words filled in from both sides: what a masked model is trained for.
//!
//! A gap is as many masked tokens as a word may have; they are filled one after the other, the
//! surest first, and the product of their probabilities is that of the word. Of the words of
//! one token, of two and so on the most probable is taken.

use super::Diffusion;
use super::masked::{Work, probabilities};
use crate::base::mail::Label;
use crate::model::Infilling;

/// Tokens of a word at most.
const LONGEST: usize = 5;
/// Tokens that a later gap stands for while it is empty.
const LATER: usize = 2;
/// Bytes on either side for each token of a window: enough to fill its half.
const BYTES_OF_A_TOKEN: usize = 8;

impl Infilling for Diffusion {
    fn words(&self, texts: &[&[u8]], most: usize, label: Label) -> Vec<Vec<u8>> {
        let Some((first, others)) = texts.split_first() else {
            return Vec::new();
        };
        let reach = BYTES_OF_A_TOKEN * self.shape.window;
        let mut filler = Filler::new(self, label, most);
        let mut before = first.to_vec();
        let mut words = Vec::with_capacity(others.len());
        for (at, next) in others.iter().enumerate() {
            before.drain(..before.len().saturating_sub(reach));
            let word = filler.word(&before, &others[at..]);
            before.extend_from_slice(&word);
            before.extend_from_slice(next);
            words.push(word);
        }
        words
    }
}

/// Fills gaps in mail of one class.
struct Filler<'a> {
    model: &'a Diffusion,
    label: Label,
    /// Letters of a word at most.
    most: usize,
    /// Tokens of letters, and those of a space and letters.
    inner: Vec<u16>,
    spaced: Vec<u16>,
    work: Work,
}

impl<'a> Filler<'a> {
    fn new(model: &'a Diffusion, label: Label, most: usize) -> Filler<'a> {
        let tokens = 0..model.encoding.count() as u16;
        let of_letters = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_alphabetic);
        let within = |bytes: &[u8]| of_letters(bytes) && bytes.len() <= most;
        let bytes = |token: &u16| model.encoding.bytes(*token);
        let inner = tokens.clone().filter(|token| within(bytes(token)));
        let spaced = tokens.filter(|token| bytes(token).strip_prefix(b" ").is_some_and(within));
        Filler {
            model,
            label,
            most,
            inner: inner.collect(),
            spaced: spaced.collect(),
            work: Work::default(),
        }
    }

    /// The most probable word between what stands before it and the texts behind, with a gap
    /// between one and the next.
    fn word(&mut self, before: &[u8], behind: &[&[u8]]) -> Vec<u8> {
        // The space before a word is in its token.
        let (before, spaced) = match before.strip_suffix(b" ") {
            Some(before) => (before, true),
            None => (before, false),
        };
        let before = self.model.encoding.encode(before);
        let behind = self.tokens_behind(behind);
        let mut best: Option<(f64, Vec<u8>)> = None;
        for tokens in 1..=LONGEST.min(self.model.shape.window.saturating_sub(1)) {
            let found = self.of_tokens(tokens, &before, &behind, spaced);
            let is_better = |than: &(f64, Vec<u8>)| found.0 > than.0;
            if best.as_ref().is_none_or(is_better) && !found.1.is_empty() {
                best = Some(found);
            }
        }
        best.map(|(_, word)| word).unwrap_or_default()
    }

    fn tokens_behind(&self, behind: &[&[u8]]) -> Vec<Option<u16>> {
        let window = self.model.shape.window;
        let mut tokens = Vec::new();
        for (at, text) in behind.iter().enumerate() {
            if tokens.len() >= window {
                break;
            }
            if at > 0 {
                tokens.resize(tokens.len() + LATER, None);
            }
            let text = &text[..text.len().min(BYTES_OF_A_TOKEN * window)];
            tokens.extend(self.model.encoding.encode(text).into_iter().map(Some));
        }
        tokens
    }

    /// The most probable word of so many tokens, as far as filling the surest first finds it, and
    /// ln p of it. Empty if none has so many.
    fn of_tokens(
        &mut self,
        tokens: usize,
        before: &[u16],
        behind: &[Option<u16>],
        spaced: bool,
    ) -> (f64, Vec<u8>) {
        let room = self.model.shape.window - tokens;
        let right = behind.len().min(room - before.len().min(room / 2));
        let left = before.len().min(room - right);
        // The beginning of the message takes a place where there is one left.
        let edge = (left == before.len() && left + right < room)
            .then_some(Some((self.model.shape.tokens - 1) as u16));
        let mut window: Vec<Option<u16>> = edge.into_iter().collect();
        window.extend(before[before.len() - left..].iter().copied().map(Some));
        let gap = window.len();
        window.resize(gap + tokens, None);
        window.extend_from_slice(&behind[..right]);
        let mut log_p = 0.0;
        for _ in 0..tokens {
            let Some((place, token, p)) = self.surest(&window, gap..gap + tokens, spaced) else {
                return (f64::NEG_INFINITY, Vec::new());
            };
            window[place] = Some(token);
            log_p += f64::from(p).ln();
        }
        (log_p, self.letters(&window[gap..gap + tokens]))
    }

    /// The place of the gap at which a token is surest, the token and its probability. None if no
    /// token leaves the word short enough.
    fn surest(
        &mut self,
        window: &[Option<u16>],
        gap: std::ops::Range<usize>,
        spaced: bool,
    ) -> Option<(usize, u16, f32)> {
        let weights = self.model.weights(self.label.index());
        let rows = probabilities(self.model.net(), weights, window, &mut self.work);
        let masked = (0..window.len()).filter(|&at| window[at].is_none());
        let letters_left = self.most - self.letters(&window[gap.clone()]).len().min(self.most);
        // Every other place still needs a letter.
        let others = window[gap.clone()].iter().filter(|token| token.is_none());
        let letters_left = (letters_left + 1).saturating_sub(others.count());
        let (first, mut surest) = (gap.start, None);
        for (place, row) in masked.zip(&rows).filter(|(at, _)| gap.contains(at)) {
            let begins = spaced && place == first;
            let (known, space) = if begins {
                (&self.spaced, 1)
            } else {
                (&self.inner, 0)
            };
            for &token in known {
                let letters = self.model.encoding.bytes(token).len() - space;
                let p = row[usize::from(token)];
                let is_surer = surest.is_none_or(|(_, _, most)| p > most);
                if (1..=letters_left).contains(&letters) && is_surer {
                    surest = Some((place, token, p));
                }
            }
        }
        surest
    }

    /// The letters of the tokens that are known.
    fn letters(&self, tokens: &[Option<u16>]) -> Vec<u8> {
        let bytes = tokens
            .iter()
            .flatten()
            .flat_map(|&token| self.model.encoding.bytes(token));
        bytes.copied().filter(|&byte| byte != b' ').collect()
    }
}
