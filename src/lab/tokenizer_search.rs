//! Ways to read the same mail, of which training takes the best: for all models alike, since they
//! share one tokenizer.

use crate::dataset::Corpus;
use crate::dataset::features::VocabularySettings;
use crate::train::{Choice, Terms, Training, train};

/// A way to read the mail that is compared: the same mails in the same order, by a recipe and with
/// a vocabulary of its own.
pub struct Reading<'a> {
    /// What it is, in words.
    pub what: String,
    /// The mails so read.
    pub corpus: &'a Corpus,
    /// How the vocabulary is learned.
    pub vocabulary: VocabularySettings,
}

/// What came of training by the best of some ways to read.
pub struct Taken {
    /// Which it is.
    pub at: usize,
    /// What held-out mail lost by each of them, see [`Training::held_out_loss_bits`].
    pub losses: Vec<Option<f64>>,
    /// The models trained by it.
    pub training: Training,
}

/// Trains on `rows` by each of the ways and takes the first by which held-out mail loses least.
/// None if there is none.
pub fn train_by_best(
    readings: &[Reading<'_>],
    choices: &[Choice],
    rows: &[usize],
    terms: Terms<'_>,
    done: &(dyn Fn() + Sync),
) -> Option<Taken> {
    let mut losses = Vec::new();
    let mut best: Option<(f64, usize, Training)> = None;
    for (
        at,
        Reading {
            corpus, vocabulary, ..
        },
    ) in readings.iter().enumerate()
    {
        let training = train(
            choices,
            corpus,
            rows,
            Terms {
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
    best.map(|(_, at, training)| Taken {
        at,
        losses,
        training,
    })
}
