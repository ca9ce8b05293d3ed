//! What training leaves behind: models that are fitted and calibrated, and the encoders that they
//! share; or why there is no model.

use crate::dataset::features::Encoders;
use crate::dataset::{FeatureView, Rows};
use crate::model::file::{ModelCard, SavedModel};
use crate::model::{
    Calibration, Family, FitError, FitReport, Fitted, ModelEntry, NoveltyReference, RawOutput,
    Scale, SettingError,
};
use crate::results::{ChosenDecision, ScoreSketch};
use serde_json::Value;

/// Why there is no trained model.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The data are beyond the model's stated limit.
    #[error("{0}")]
    NotApplicable(String),
    /// The fit failed or was cut short.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// A setting is unknown or out of range.
    #[error(transparent)]
    Setting(#[from] SettingError),
}

/// A model fitted and calibrated.
pub struct Trained {
    /// Its row in the table.
    pub entry: &'static dyn ModelEntry,
    /// Its settings, those chosen by training included.
    pub settings: Value,
    /// What it reads of the mail.
    pub view: FeatureView,
    /// How many tokens of the vocabulary it reads.
    pub columns: usize,
    /// The fitted model, without its calibration.
    pub fitted: Box<dyn Fitted>,
    /// From its raw score to log-odds.
    pub calibration: Calibration,
    /// From log-odds to verdicts.
    pub decision: ChosenDecision,
    /// The scores of the mail held out of training: ham, spam.
    pub held_out: [ScoreSketch; 2],
    /// What the novelty of new mail is judged by, of a model that gives code lengths.
    pub novelty_reference: Option<NoveltyReference>,
    /// How the fit went.
    pub facts: FitReport,
    /// Seconds spent on tuning, calibration and the final fit.
    pub seconds: f64,
}

impl Trained {
    /// What its raw score means.
    pub fn scale(&self) -> Scale {
        self.fitted.classifier().scale()
    }

    /// Raw scores of messages in its encoding.
    pub fn scores(&self, rows: &Rows<'_>) -> Vec<RawOutput> {
        self.fitted.classifier().raw_batch(rows)
    }
}

impl From<&Trained> for ModelCard {
    fn from(trained: &Trained) -> ModelCard {
        ModelCard {
            name: trained.entry.name().to_owned(),
            family: trained.entry.family(),
            settings: trained.settings.clone(),
            view: trained.view,
            columns: trained.columns,
            scale: trained.scale(),
            calibration: trained.calibration.clone(),
            decision: trained.decision,
            novelty_reference: trained.novelty_reference.clone(),
        }
    }
}

impl<'a> From<&'a Trained> for SavedModel<'a> {
    fn from(trained: &'a Trained) -> SavedModel<'a> {
        SavedModel {
            name: trained.entry.name(),
            fitted: &*trained.fitted,
            report: &trained.facts,
            held_out: &trained.held_out,
        }
    }
}

/// All models trained on the same rows, and the encoder they share.
pub struct Training {
    /// The vocabulary and weights learned from the rows.
    pub encoders: Encoders,
    /// One for each model asked for, in order.
    pub models: Vec<Result<Trained, TrainError>>,
}

impl Training {
    /// Mean loss of the best settings of each model on the mail held out for choosing them, in
    /// bits: the mean over both families, so that neither decides by the number of its models. None
    /// if nothing was held out.
    pub fn held_out_loss_bits(&self) -> Option<f64> {
        let of_family = |family: Family| {
            let models = self
                .models
                .iter()
                .flatten()
                .filter(|model| model.entry.family() == family);
            let losses: Vec<f64> = models
                .filter_map(|model| model.facts.held_out_loss_bits())
                .collect();
            (!losses.is_empty()).then(|| losses.iter().sum::<f64>() / losses.len() as f64)
        };
        let families: Vec<f64> = Family::BOTH.into_iter().filter_map(of_family).collect();
        (!families.is_empty()).then(|| families.iter().sum::<f64>() / families.len() as f64)
    }
}
