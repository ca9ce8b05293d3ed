//! Multinomial naive Bayes: a class writes a mail by drawing its tokens one after the other, independently.
//!
//! ln p(mail | c) = Σ x_t ln p(t | c), with p(t | c) = (α + N_tc) / (α m + N_c) over the m columns; the sum prices the tokens
//! in one order, given how many there are. With `counts = boolean` (the default) x and N count each token once a mail, which
//! Metsis, Androutsopoulos and Paliouras (CEAS 2006) found the best of five event models on spam; with `counts = frequency`
//! every occurrence counts. Left out: a model of the length, which would cancel only if both classes wrote equally long mails.

use super::WORDS_NOT_MARKUP;
use super::counts::{ALPHA_GRID, agreeing_columns, log_ratio};
use crate::dataset::{ClassCounts, Example, Reads, TrainingSet};
use crate::mail::Label;
use crate::math::uniform;
use crate::model::{
    Auto, Evidence, Family, FitError, Generative, Learner, Range, Request, Setting, Settings, Watch, Written,
};
use crate::tokenize::Kinds;
use serde::{Deserialize, Serialize};

/// Learns [`Multinomial`].
pub struct MultinomialBayes;

/// Settings of [`MultinomialBayes`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MultinomialSettings {
    /// Additive smoothing: how many occurrences of each token are taken for granted.
    pub alpha: Auto,
    /// `boolean` or `frequency`.
    pub counts: String,
}

impl Default for MultinomialSettings {
    fn default() -> MultinomialSettings {
        MultinomialSettings { alpha: Auto::Choose, counts: "boolean".to_owned() }
    }
}

impl Settings for MultinomialSettings {
    const TABLE: &'static [Setting] = &[
        Setting {
            name: "alpha",
            doc: "occurrences of each token taken for granted (additive smoothing)",
            range: Range::RealOrAuto { min: 1e-9, max: 1e3, grid: ALPHA_GRID },
        },
        Setting {
            name: "counts",
            doc: "whether a token counts once a mail or as often as it occurs",
            range: Range::OneOf(&["boolean", "frequency"]),
        },
    ];
}

/// Multinomial naive Bayes, fitted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Multinomial {
    log_prior: [f64; 2],
    /// ln p(t | c) by class and column.
    log_probability: [Vec<f64>; 2],
    /// Mean number of tokens in a mail of each class, for writing.
    mean_length: [f64; 2],
}

impl Multinomial {
    fn smoothed(counts: &ClassCounts, alpha: f64) -> Multinomial {
        let log_probability = [0, 1].map(|class| {
            let all = (alpha * counts.columns[class].len() as f64 + counts.total[class]).ln();
            counts.columns[class].iter().map(|count| (alpha + count).ln() - all).collect()
        });
        let mean_length = [0, 1].map(|class| counts.total[class] / counts.mails[class]);
        Multinomial { log_prior: counts.log_priors(), log_probability, mean_length }
    }
}

impl Learner for MultinomialBayes {
    const NAME: &'static str = "multinomial";
    const FAMILY: Family = Family::Generative;
    const SUMMARY: &'static str = "multinomial naive Bayes: each class draws words independently; one pass of counting, hard to beat with few labels";
    const DEFAULT: bool = true;
    const COUNTS_SUFFICE: bool = true;
    type Settings = MultinomialSettings;
    type Fitted = Multinomial;

    fn kinds(_: &MultinomialSettings) -> Kinds {
        WORDS_NOT_MARKUP
    }

    fn reads(settings: &MultinomialSettings) -> Reads {
        if settings.counts == "boolean" { Reads::Boolean } else { Reads::Counts }
    }

    fn grid(settings: &MultinomialSettings) -> Vec<MultinomialSettings> {
        let at = |alpha| MultinomialSettings { alpha: Auto::Fixed(alpha), ..settings.clone() };
        settings.alpha.candidates(ALPHA_GRID).into_iter().map(at).collect()
    }

    fn fit(
        &self,
        settings: &MultinomialSettings,
        data: &TrainingSet<'_>,
        _watch: &mut dyn Watch,
    ) -> Result<Multinomial, FitError> {
        Ok(Multinomial::smoothed(&ClassCounts::of(data), settings.alpha.or(1.0)))
    }

    fn fit_path(
        &self,
        grid: &[MultinomialSettings],
        data: &TrainingSet<'_>,
        _watch: &mut dyn Watch,
    ) -> Result<Vec<Multinomial>, FitError> {
        self.fit_counts(grid, &ClassCounts::of(data))
    }

    fn fit_counts(&self, grid: &[MultinomialSettings], counts: &ClassCounts) -> Result<Vec<Multinomial>, FitError> {
        Ok(grid.iter().map(|settings| Multinomial::smoothed(counts, settings.alpha.or(1.0))).collect())
    }
}

impl Generative for Multinomial {
    fn log_prior(&self, label: Label) -> f64 {
        self.log_prior[label.index()]
    }

    fn log_likelihood(&self, mail: Example<'_>, label: Label) -> f64 {
        let log_probability = &self.log_probability[label.index()];
        mail.entries().map(|(column, value)| value * log_probability[column]).sum()
    }

    fn evidence(&self, mail: Example<'_>) -> Evidence {
        let prior = self.log_prior[1] - self.log_prior[0];
        Evidence::linear(mail, prior, |column| log_ratio(&self.log_probability, column))
    }

    fn columns(&self) -> Option<usize> {
        let others = [self.log_prior, self.mean_length].concat();
        agreeing_columns(&self.log_probability, &others)
    }

    fn weight(&self, column: u32) -> Option<f64> {
        Some(log_ratio(&self.log_probability, column as usize))
    }

    /// Draws tokens one after the other, as many as a mail of the class has on average unless told otherwise.
    fn sample(&self, request: &Request, rng: &mut dyn rand::Rng) -> Written {
        let class = request.label.index();
        let length = request.length.unwrap_or(self.mean_length[class].round().clamp(1.0, 1e6) as usize);
        let mut reached = 0.0;
        let cumulated: Vec<f64> = self.log_probability[class]
            .iter()
            .map(|log_probability| {
                reached += (log_probability / request.temperature).exp();
                reached
            })
            .collect();
        let last = cumulated.len().saturating_sub(1);
        let mut draw = || {
            let aim = uniform(rng) * reached;
            cumulated.partition_point(|&sum| sum <= aim).min(last) as u32
        };
        Written { columns: if cumulated.is_empty() { Vec::new() } else { (0..length).map(|_| draw()).collect() } }
    }
}
