//! Ways to read the same message, of which training takes the best: for all models alike, since
//! they share one tokenizer.

use crate::dataset::Corpus;
use crate::dataset::features::VocabularySettings;
use crate::train::{ModelSpec, TrainOptions, Training, train};

/// A way to read the mail that is compared: the same messages in the same order, by a recipe and
/// with a vocabulary of its own.
pub struct CandidateCorpus<'a> {
    /// What it is, in words.
    pub what: String,
    /// The messages so read.
    pub corpus: &'a Corpus,
    /// How the vocabulary is learned.
    pub vocabulary: VocabularySettings,
}

/// What came of training by the best of some ways to read.
pub struct BestTokenizer {
    /// Which it is.
    pub at: usize,
    /// What held-out mail lost by each of them, see [`Training::held_out_loss_bits`].
    pub losses: Vec<Option<f64>>,
    /// The models trained by it.
    pub training: Training,
}

/// Trains on `rows` by each of the ways and takes the first by which held-out mail loses least.
/// None if there is none.
pub fn train_with_best_tokenizer(
    readings: &[CandidateCorpus<'_>],
    choices: &[ModelSpec],
    rows: &[usize],
    terms: TrainOptions<'_>,
    done: &(dyn Fn() + Sync),
) -> Option<BestTokenizer> {
    let mut losses = Vec::new();
    let mut best: Option<(f64, usize, Training)> = None;
    for (
        at,
        CandidateCorpus {
            corpus, vocabulary, ..
        },
    ) in readings.iter().enumerate()
    {
        let training = train(
            choices,
            corpus,
            rows,
            TrainOptions {
                vocabulary: *vocabulary,
                ..terms
            },
            done,
        );
        let loss = training.held_out_loss_bits();
        losses.push(loss);
        let loss = loss.unwrap_or(f64::INFINITY);
        if best.as_ref().is_none_or(|(least, ..)| loss < *least) {
            best = Some((loss, at, training));
        }
    }
    best.map(|(_, at, training)| BestTokenizer {
        at,
        losses,
        training,
    })
}
