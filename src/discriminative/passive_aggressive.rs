//! Passive-aggressive II (Crammer et al., JMLR 7, 2006): a linear model that learns one mail at a time.
//!
//! A mail with its margin changes nothing; one short of it pulls the plane just as far as it takes, softened by C:
//! `w += y x · loss / (x'x + 1 / 2C)` with the hinge as loss. Kept is the mean of all the weights there have been (Freund and
//! Schapire 1999), without which the last mails weigh too much.

use super::linear::{self, BIAS, INPUT, Linear};
use super::online::{PASSES, decision, mail_by_mail, with_constant};
use super::solver::{Hinge, Loss};
use crate::dataset::{Reads, TrainingSet};
use crate::model::{Auto, Family, FitError, Learner, Range, Scale, Setting, Settings, Watch};
use serde::{Deserialize, Serialize};

/// Learns a [`Linear`] model by passive-aggressive steps.
pub struct PassiveAggressive;

/// Settings of [`PassiveAggressive`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PassiveAggressiveSettings {
    /// How far one mail may pull.
    pub c: Auto,
    /// Passes over the mail.
    pub passes: u32,
    /// What is read.
    pub input: String,
}

impl Default for PassiveAggressiveSettings {
    fn default() -> PassiveAggressiveSettings {
        PassiveAggressiveSettings { c: Auto::Choose, passes: 10, input: "tfidf".to_owned() }
    }
}

const AGGRESSION: &[f64] = &[0.1, 1.0, 10.0];

impl Settings for PassiveAggressiveSettings {
    const TABLE: &'static [Setting] = &[
        Setting {
            name: "c",
            doc: "how far one mail may pull the boundary",
            range: Range::RealOrAuto { min: 1e-6, max: 1e6, grid: AGGRESSION },
        },
        PASSES,
        INPUT,
    ];
}

impl Learner for PassiveAggressive {
    const NAME: &'static str = "passive-aggressive";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str =
        "linear model online by passive-aggressive steps: each mail short of its margin pulls just as far as it takes";
    const DEFAULT: bool = false;
    type Settings = PassiveAggressiveSettings;
    type Fitted = Linear;

    fn reads(settings: &PassiveAggressiveSettings) -> Reads {
        linear::reads(&settings.input)
    }

    fn grid(settings: &PassiveAggressiveSettings) -> Vec<PassiveAggressiveSettings> {
        let at = |c| PassiveAggressiveSettings { c: Auto::Fixed(c), ..settings.clone() };
        settings.c.candidates(AGGRESSION).into_iter().map(at).collect()
    }

    fn fit(
        &self,
        settings: &PassiveAggressiveSettings,
        data: &TrainingSet<'_>,
        watch: &mut dyn Watch,
    ) -> Result<Linear, FitError> {
        let mut weights = vec![0.0; data.columns() + 1];
        // Each step times the steps before it: the mean of all weights without keeping them.
        let mut moved = vec![0.0; data.columns() + 1];
        let mut steps = 0.0;
        let soft = 0.5 / settings.c.or(1.0);
        mail_by_mail(data, settings.passes, watch, |rows, row, sign| {
            let margin = sign * decision(rows, row, &weights);
            let loss = Hinge.primal(margin, 1.0);
            if loss > 0.0 {
                let norm: f64 = with_constant(rows, row).map(|(_, value)| value * value).sum();
                let pull = sign * loss / (norm + soft);
                for (at, value) in with_constant(rows, row) {
                    weights[at] += pull * value;
                    moved[at] += steps * pull * value;
                }
            }
            steps += 1.0;
            loss
        })?;
        weights.iter_mut().zip(&moved).for_each(|(weight, moved)| *weight -= moved / steps);
        let bias = weights.pop().unwrap_or(0.0);
        Ok(Linear::new(weights, BIAS * bias, Scale::Margin))
    }
}
