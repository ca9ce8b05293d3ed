//! A model as a filter of a stream: a vocabulary that grows, the settings that have done best so
//! far, and a calibration by what was told so far.

use crate::base::mail::Label;
use crate::base::math::{sigmoid, softplus};
use crate::dataset::Corpus;
use crate::dataset::features::GrowingEncoder;
use crate::model::{Calibration, CodeLength, Incremental, RawOutput, SettingError};
use crate::train::{CalibrationMethod, ModelSpec};
use std::collections::VecDeque;

/// The calibration is fitted again when this many times as many labels are known.
const GROWTH: f64 = 1.1;
/// The labels that it is fitted to, at most: the last ones.
const REMEMBERED: usize = 2_000;

/// What a filter says of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    pub(super) raw: RawOutput,
    /// Calibrated log-odds of spam.
    pub(super) log_odds: f64,
}

/// A model that filters a stream.
pub(super) struct Filter {
    encoder: GrowingEncoder,
    /// Its settings, side by side.
    candidates: Vec<Candidate>,
    /// The one that speaks: that which has lost least so far.
    leader: usize,
}

/// A model with some settings.
struct Candidate {
    model: Box<dyn Incremental>,
    said: Said,
    calibration: Calibration,
    /// How many labels are known.
    known: usize,
    /// What it said of the last messages whose labels are known.
    last: VecDeque<(RawOutput, Label)>,
    /// How many there were when the calibration was fitted.
    fitted_at: usize,
    /// The sum of its losses, in nats.
    lost: f64,
}

impl Filter {
    /// A filter before its first message; None of a model that cannot learn message by message, or
    /// whose settings side by side do not read the same.
    pub(super) fn new(spec: &ModelSpec) -> Result<Option<Filter>, SettingError> {
        let view = spec.candidates[0].view;
        if spec.views().any(|other| other != view) {
            return Ok(None);
        }
        let mut candidates = Vec::new();
        for candidate in &spec.candidates {
            let Some(model) = spec.entry.incremental(&candidate.settings)? else {
                return Ok(None);
            };
            candidates.push(Candidate::new(model));
        }
        Ok(Some(Filter {
            encoder: GrowingEncoder::new(view),
            candidates,
            leader: 0,
        }))
    }

    /// Scores a message and is then told its label, if `tell` says so of the probability; returns
    /// what it said, and whether it learned from it if it was told.
    pub(super) fn pass(
        &mut self,
        corpus: &Corpus,
        row: usize,
        tell: impl FnOnce(Said) -> Option<(Label, bool)>,
    ) -> (Said, Option<bool>) {
        let email = self.encoder.encode(corpus, row);
        for candidate in &mut self.candidates {
            candidate.score(candidate.model.raw(email.example()));
        }
        let said = self.candidates[self.leader].said;
        let Some((label, learns)) = tell(said) else {
            return (said, None);
        };
        for candidate in &mut self.candidates {
            candidate.observe(label);
            if learns {
                candidate.model.learn(email.example(), label);
            }
        }
        let lost = |at: &usize| self.candidates[*at].lost;
        let order = |a: &usize, b: &usize| lost(a).total_cmp(&lost(b));
        self.leader = (0..self.candidates.len()).min_by(order).unwrap_or(0);
        (said, Some(learns))
    }
}

impl Candidate {
    fn new(model: Box<dyn Incremental>) -> Candidate {
        Candidate {
            model,
            said: Said {
                raw: RawOutput::of_score(0.0),
                log_odds: 0.0,
            },
            calibration: Calibration::Identity,
            known: 0,
            last: VecDeque::new(),
            fitted_at: 0,
            lost: 0.0,
        }
    }

    /// No filter is surer than its experience allows: n labels that all agree make n + 1 to 1 by
    /// the rule of succession, and calibrated log-odds stay below that, in their order. Without
    /// this bound the first messages, with extreme scores on little evidence, stay at both ends of
    /// the ranking.
    fn score(&mut self, raw: RawOutput) {
        let (labels, odds) = (self.known as f64, self.calibration.log_odds(raw));
        self.said = Said {
            raw,
            log_odds: (labels * sigmoid(odds)).ln_1p() - (labels * sigmoid(-odds)).ln_1p(),
        };
    }

    /// The label of what it scored last.
    fn observe(&mut self, label: Label) {
        self.lost += softplus(-label.sign() * self.said.log_odds);
        self.known += 1;
        if self.last.len() == REMEMBERED {
            self.last.pop_front();
        }
        self.last.push_back((self.said.raw, label));
        if self.known as f64 >= GROWTH * self.fitted_at as f64 {
            let (raw, labels): (Vec<RawOutput>, Vec<Label>) = self.last.iter().copied().unzip();
            self.calibration = CalibrationMethod::Platt.fit(&raw, &labels);
            self.fitted_at = self.known;
        }
    }
}

/// The code length of each message, if all have one of bytes.
pub(super) fn code_lengths(said: &[Said]) -> Vec<CodeLength> {
    let all: Option<Vec<CodeLength>> = said.iter().map(|one| one.raw.text_code_length()).collect();
    all.unwrap_or_default()
}
