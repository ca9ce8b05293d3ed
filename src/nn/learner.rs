//! Where nets meet the contract of models, whichever family they are of: the messages as tokens,
//! and a fit that is watched.

use super::byte_pairs::BytePairs;
use super::fit::{Objective, Passed, Plan, State, Stopped, fit};
use crate::base::mail::Label;
use crate::dataset::{TrainingSet, beginning};
use crate::model::shared_settings::hold_out;
use crate::model::{Attention, Classifier, Convergence, FitError, FitObserver, ObjectivePoint};

impl From<Stopped> for FitError {
    fn from(stopped: Stopped) -> FitError {
        match stopped {
            Stopped::Cancelled => FitError::Cancelled,
            Stopped::Diverged { step } => FitError::Diverged { step },
        }
    }
}

/// Training mail as tokens of an encoding that is learned from it.
pub struct TokenizedMail {
    /// The encoding.
    pub encoding: BytePairs,
    /// The tokens of each message.
    pub messages: Vec<Vec<u16>>,
    /// Bytes that are read, in all.
    pub bytes: usize,
}

impl TokenizedMail {
    /// Reads the first `max_bytes` bytes of each message.
    pub fn read(data: &TrainingSet<'_>, vocabulary: usize, max_bytes: u64) -> TokenizedMail {
        let texts = || {
            let emails = data.examples();
            emails.map(|email| beginning(email.text, max_bytes))
        };
        let encoding = BytePairs::learn(texts(), vocabulary);
        TokenizedMail {
            messages: texts().map(|text| encoding.encode(text)).collect(),
            bytes: texts().map(<[u8]>::len).sum(),
            encoding,
        }
    }
}

/// How the places of the first `window` places of a message attend to one another, by their shares:
/// head by head, and place by place. Before the tokens stands the beginning of the message.
pub fn attention(
    encoding: &BytePairs,
    message: &[u16],
    window: usize,
    shares: &[f32],
    read_as: Option<Label>,
) -> Attention {
    let told = |token: &u16| String::from_utf8_lossy(encoding.bytes(*token)).into_owned();
    let tokens = std::iter::once(String::new()).chain(message.iter().map(told));
    let head = |shares: &[f32]| shares.chunks_exact(window).map(<[f32]>::to_vec).collect();
    Attention {
        read_as,
        tokens: tokens.take(window).collect(),
        heads: shares.chunks_exact(window * window).map(head).collect(),
    }
}

/// The number of messages of each class, neither of which may be missing.
pub fn of_both_classes(data: &TrainingSet<'_>) -> Result<[usize; 2], FitError> {
    let counts = data.class_counts();
    let missing = Label::BOTH.into_iter().find(|of| counts[of.index()] == 0);
    missing.map_or(Ok(counts), |missing| Err(FitError::OneClass { missing }))
}

/// The messages to learn from and those held out, of which there may be none.
pub fn held_apart(
    data: &TrainingSet<'_>,
    share: f64,
    watch: &mut dyn FitObserver,
) -> [Vec<usize>; 2] {
    hold_out(data, share, watch).map_or_else(
        || [(0..data.len()).collect(), Vec::new()],
        |(kept, held)| [kept, held],
    )
}

/// Trains a net on so many rows from its first weights on, or, after an interruption, from where
/// `watch` kept it. `watch` sees what `fitted` makes of the weights after each pass.
pub fn train<O: Objective, M: Classifier + 'static>(
    objective: &O,
    rows: usize,
    plan: &Plan,
    seed: u64,
    weights: Vec<f32>,
    watch: &mut dyn FitObserver,
    fitted: impl Fn(&[f32]) -> M,
) -> Result<M, FitError> {
    let begin = State::new(weights, plan);
    let state = match watch.resume() {
        Some(kept) => begin.resumed(&kept).ok_or(FitError::Checkpoint)?,
        None => begin,
    };
    let mut told = |state: &State, passed: Option<Passed>| {
        let goes_on = passed.is_none_or(|passed| {
            let point = ObjectivePoint {
                pass: f64::from(passed.passes),
                objective: passed.loss,
                gap: None,
                held_out: passed.held_out,
            };
            watch.step(point, &|| Box::new(fitted(state.weights())))
        });
        watch.keep(&|| state.to_bytes());
        goes_on
    };
    let trained = fit(objective, rows, plan, seed, state, &mut told)?;
    watch.finished(Convergence {
        converged: trained.stopped_early,
        passes: trained.last.passes,
        objective: trained.last.loss,
        gap: None,
    });
    Ok(fitted(&trained.weights))
}
