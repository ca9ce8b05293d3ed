//! Denoising: sound mail is corrupted by the noisy channel and denoised by a model that has not
//! learned from it; the word error before and after says how much comes back.

use crate::base::progress::Progress;
use crate::base::streams::{Stream, random_stream};
use crate::generate::{Denoised, Denoiser};
use crate::train::augment::corruption::{Channel, Corruption};
use serde::{Deserialize, Serialize};

/// How much of the corrupted mail came back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DenoisingReport {
    /// The model that denoised.
    pub model: String,
    /// Messages measured.
    pub emails: usize,
    /// Words in them.
    pub words: usize,
    /// Share of the words that was to be corrupted.
    pub corrupted: f64,
    /// Share of the words that are not what was written, before denoising.
    pub word_error_before: f64,
    /// The same after denoising.
    pub word_error_after: f64,
    /// What came back of each kind of corruption.
    pub by_corruption: Vec<CorruptedWords>,
    /// Intact words that denoising changed.
    pub intact_changed: usize,
}

/// What came back of one kind of corruption.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorruptedWords {
    /// What was done to them.
    pub corruption: Corruption,
    /// How many words.
    pub words: usize,
    /// How many of them are what was written again.
    pub recovered: usize,
}

/// Corrupts and denoises up to `most` of `texts`, evenly chosen. All chance comes from `seed`.
pub fn measure(
    denoiser: &Denoiser,
    texts: &[String],
    most: usize,
    channel: Channel,
    seed: u64,
    progress: &dyn Progress,
) -> DenoisingReport {
    let step = texts.len().div_ceil(most.max(1)).max(1);
    let sound: Vec<&str> = texts.iter().map(String::as_str).step_by(step).collect();
    let corrupt = |(at, text): (usize, &&str)| {
        channel.corrupt(text, &mut random_stream(seed, Stream::Corrupted(at as u32)))
    };
    let (corrupted, done): (Vec<String>, Vec<_>) = sound.iter().enumerate().map(corrupt).unzip();
    let corrupted: Vec<&str> = corrupted.iter().map(String::as_str).collect();
    let denoised = denoiser.denoise(&corrupted, channel, progress);
    report(denoiser.name(), channel, &sound, &done, &denoised)
}

/// Counts words by what was done to each, and by whether it is now what was written. Neither the
/// channel nor the decoder moves a space, so that words stand beside one another in order.
fn report(
    model: &str,
    channel: Channel,
    sound: &[&str],
    done: &[Vec<Option<Corruption>>],
    denoised: &[Denoised],
) -> DenoisingReport {
    let words: Vec<(Option<Corruption>, bool)> = sound
        .iter()
        .zip(done)
        .zip(denoised)
        .flat_map(|((sound, done), denoised)| {
            let pairs = sound
                .split_whitespace()
                .zip(denoised.text.split_whitespace());
            done.iter().copied().zip(pairs.map(|(was, is)| was == is))
        })
        .collect();
    let count = |wanted: &dyn Fn(Option<Corruption>, bool) -> bool| {
        let wanted = words.iter().filter(|&&(done, right)| wanted(done, right));
        wanted.count()
    };
    let share = |words_of: usize| words_of as f64 / words.len().max(1) as f64;
    let by_corruption = |corruption: Corruption| CorruptedWords {
        corruption,
        words: count(&|done, _| done == Some(corruption)),
        recovered: count(&|done, right| done == Some(corruption) && right),
    };
    DenoisingReport {
        model: model.to_owned(),
        emails: sound.len(),
        words: words.len(),
        corrupted: channel.share,
        word_error_before: share(count(&|done, _| done.is_some())),
        word_error_after: share(count(&|_, right| !right)),
        by_corruption: Corruption::ALL.map(by_corruption).into(),
        intact_changed: count(&|done, right| done.is_none() && !right),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::Label;

    #[test]
    fn words_are_counted_by_corruption_and_by_what_came_back() {
        // By hand: of six words a mask came back and another did not, a homoglyph came back, and
        // one intact word of three was changed.
        let (mask, homoglyph) = (Some(Corruption::Mask), Some(Corruption::Homoglyph));
        let denoised = |text: &str| Denoised {
            text: text.to_owned(),
            label: Label::Ham,
            log_probability: 0.0,
        };
        let found = report(
            "byte-ngram",
            Channel { share: 0.5 },
            &["claim your prize", "lunch at noon"],
            &[vec![mask, None, homoglyph], vec![mask, None, None]],
            &[denoised("claim your prize"), denoised("launch at now")],
        );
        assert_eq!((found.emails, found.words, found.intact_changed), (2, 6, 1));
        assert!((found.word_error_before - 3.0 / 6.0).abs() < 1e-12);
        assert!((found.word_error_after - 2.0 / 6.0).abs() < 1e-12);
        let counts = |at: usize| {
            let CorruptedWords {
                words, recovered, ..
            } = found.by_corruption[at];
            (words, recovered)
        };
        assert_eq!([counts(0), counts(1), counts(2)], [(2, 1), (1, 1), (0, 0)]);
    }
}
