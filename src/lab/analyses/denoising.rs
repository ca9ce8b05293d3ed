//! Denoising: sound mail is corrupted by the noisy channel and denoised by a model that has not
//! learned from it; the word error before and after says how much comes back.

use super::analysis::{Analysis, LooksAt, erased, parameters};
use crate::base::progress::Progress;
use crate::base::streams::{Stream, random_stream};
use crate::dataset::{Corpus, CorpusBuilder, CorpusOptions};
use crate::generate::{Denoised, Denoiser};
use crate::input::Labels;
use crate::lab::data::read_into;
use crate::lab::error::LabError;
use crate::lab::spec::DataSpec;
use crate::model::file::ModelFile;
use crate::train::augment::corruption::{Channel, Corruption};
use serde::{Deserialize, Serialize};

/// The row of the table.
pub(super) const ANALYSIS: Analysis = Analysis {
    name: "denoising",
    question: "How much of corrupted mail does a generative model recover?",
    looks_at: LooksAt::ModelFile(|file, data, _, given, progress| {
        erased(measure(
            file,
            data,
            &parameters("denoising", given)?,
            progress,
        ))
    }),
    section: None,
    charts: &[],
};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DenoisingParameters {
    /// The model; None for the first of the file that generates text.
    pub model: Option<String>,
    /// Messages to measure on at most, evenly chosen.
    pub emails: usize,
    /// Share of the words that is corrupted, from 0 to 1.
    pub corrupted: f64,
    /// Seed of the corruption.
    pub seed: u64,
}

impl Default for DenoisingParameters {
    fn default() -> DenoisingParameters {
        DenoisingParameters {
            model: None,
            emails: 100,
            corrupted: 0.1,
            seed: 1,
        }
    }
}

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

/// Reads mail with its text, which is all that a denoiser needs.
pub fn read(
    file: &ModelFile,
    data: &DataSpec,
    progress: &dyn Progress,
) -> Result<Corpus, LabError> {
    let options = CorpusOptions::TEXT;
    let mut builder = CorpusBuilder::new(&file.card().recipe, options);
    read_into(&mut builder, data, Labels::Ignored, progress)?;
    Ok(builder.finish())
}

/// Corrupts and denoises sound mail that the model has not learned from.
pub fn measure(
    file: &ModelFile,
    data: &DataSpec,
    parameters: &DenoisingParameters,
    progress: &dyn Progress,
) -> Result<DenoisingReport, LabError> {
    let denoiser = Denoiser::open(file, parameters.model.as_deref())?;
    let corpus = read(file, data, progress)?;
    let channel = Channel {
        share: parameters.corrupted,
    };
    let step = corpus.len().div_ceil(parameters.emails.max(1)).max(1);
    let rows = (0..corpus.len()).step_by(step);
    let sound: Vec<_> = rows
        .map(|row| String::from_utf8_lossy(corpus.text(row)))
        .collect();
    let sound: Vec<&str> = sound.iter().map(AsRef::as_ref).collect();
    let corrupt = |(at, text): (usize, &&str)| {
        let mut rng = random_stream(parameters.seed, Stream::Corrupted(at as u32));
        channel.corrupt(text, &mut rng)
    };
    let (corrupted, done): (Vec<String>, Vec<_>) = sound.iter().enumerate().map(corrupt).unzip();
    let corrupted: Vec<&str> = corrupted.iter().map(String::as_str).collect();
    let denoised = denoiser.denoise(&corrupted, channel, progress);
    progress.end();
    Ok(report(denoiser.name(), channel, &sound, &done, &denoised))
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
