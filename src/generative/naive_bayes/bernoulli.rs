//! Multivariate Bernoulli naive Bayes: a class decides for each token of the vocabulary whether a
//! message holds it.
//!
//! ln p(mail | c) = Σ_t x_t ln p(t | c) + (1 - x_t) ln (1 - p(t | c)), with p(t | c) = (α + M_tc) /
//! (2 α + M_c), M in messages. Absent tokens count, too, which is why it is overconfident with long
//! vocabularies (McCallum and Nigam 1998). The sum over all absent tokens is taken once, at the
//! fit, so that scoring visits only the tokens that are there.

use crate::base::mail::Label;
use crate::base::math::{shuffle, sigmoid, softplus, uniform};
use crate::base::parts::Parts;
use crate::dataset::{ClassCounts, Example, Representation, TrainingSet};
use crate::generative::counts::{PRIOR, WORDS_NOT_MARKUP, alpha, log_ratio, validate_tables};
use crate::model::tables::{Tables, in_table, push_by_column};
use crate::model::{
    Auto, CodeLength, Evidence, Family, FitError, FitObserver, FittedModel, Generative,
    InvalidModel, Learner, Prior, Sample, SampleRequest, settings,
};
use crate::tokenize::TokenKinds;
use serde::{Deserialize, Serialize};

/// Learns [`Bernoulli`].
pub struct BernoulliBayes;

settings! {
    /// Settings of [`BernoulliBayes`].
    pub struct BernoulliSettings {
        alpha: Auto = alpha(
            "messages with and without each token that are added (additive smoothing)",
        ),
        prior: Prior = PRIOR,
    }
}

/// Bernoulli naive Bayes, fitted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Bernoulli {
    log_prior: [f64; 2],
    /// Σ ln (1 - p(t | c)): the log-likelihood of a message without tokens.
    empty: [f64; 2],
    /// ln p(t | c) / (1 - p(t | c)) by class and column.
    #[serde(serialize_with = "in_table")]
    log_odds: [Vec<f64>; 2],
}

impl Bernoulli {
    fn smoothed(counts: &ClassCounts, settings: &BernoulliSettings) -> Bernoulli {
        let alpha = settings.alpha.or(1.0);
        let log_odds = [0, 1].map(|class| {
            let emails = counts.emails[class];
            counts.columns[class]
                .iter()
                .map(|&with| ((alpha + with) / (alpha + emails - with)).ln())
                .collect::<Vec<_>>()
        });
        let empty = [0, 1].map(|class| -log_odds[class].iter().map(|&x| softplus(x)).sum::<f64>());
        Bernoulli {
            log_prior: settings.prior.log_priors(counts.emails),
            empty,
            log_odds,
        }
    }
}

impl Learner for BernoulliBayes {
    const NAME: &'static str = "bernoulli";
    const FAMILY: Family = Family::Generative;
    const SUMMARY: &'static str = "\
        multivariate Bernoulli naive Bayes: each class chooses which words occur; absent words \
        count, too";
    const DEFAULT: bool = true;
    const FITS_FROM_COUNTS: bool = true;
    type Settings = BernoulliSettings;
    type Fitted = Bernoulli;

    fn kinds(_: &BernoulliSettings) -> TokenKinds {
        WORDS_NOT_MARKUP
    }

    fn representation(_: &BernoulliSettings) -> Representation {
        Representation::Binary
    }

    fn fit(
        &self,
        settings: &BernoulliSettings,
        data: &TrainingSet<'_>,
        _watch: &mut dyn FitObserver,
    ) -> Result<Bernoulli, FitError> {
        Ok(Bernoulli::smoothed(&ClassCounts::of(data), settings))
    }

    fn fit_path(
        &self,
        grid: &[BernoulliSettings],
        data: &TrainingSet<'_>,
        _watch: &mut dyn FitObserver,
    ) -> Result<Vec<Bernoulli>, FitError> {
        self.fit_counts(grid, &ClassCounts::of(data))
    }

    fn fit_counts(
        &self,
        grid: &[BernoulliSettings],
        counts: &ClassCounts,
    ) -> Result<Vec<Bernoulli>, FitError> {
        Ok(grid
            .iter()
            .map(|settings| Bernoulli::smoothed(counts, settings))
            .collect())
    }
}

impl FittedModel for Bernoulli {
    fn validate(&self, columns: usize) -> Result<(), InvalidModel> {
        let others = [self.log_prior, self.empty].concat();
        validate_tables(&self.log_odds, &others, columns)
    }

    fn save_tables(&self, parts: &mut Parts) {
        push_by_column(parts, &self.log_odds);
    }

    fn load_tables(&mut self, tables: &mut Tables<'_>) -> Result<(), String> {
        tables.by_column(&mut self.log_odds)
    }

    fn evidence(&self, mail: Example<'_>) -> Evidence {
        let nothing = self.log_prior[1] - self.log_prior[0] + self.empty[1] - self.empty[0];
        Evidence::linear(mail, nothing, |column| log_ratio(&self.log_odds, column))
    }

    fn weight(&self, column: u32) -> Option<f64> {
        Some(log_ratio(&self.log_odds, column as usize))
    }
}

impl Generative for Bernoulli {
    fn log_prior(&self, label: Label) -> f64 {
        self.log_prior[label.index()]
    }

    fn log_likelihood(&self, mail: Example<'_>, label: Label) -> f64 {
        let log_odds = &self.log_odds[label.index()];
        self.empty[label.index()]
            + mail
                .entries()
                .map(|(column, value)| value * log_odds[column])
                .sum::<f64>()
    }

    fn code_length(&self, email: Example<'_>) -> Option<CodeLength> {
        Some(self.sum_over(email.total(), email))
    }

    /// Decides for each token whether the message holds it; a requested length cuts a longer
    /// message at random.
    fn sample(&self, request: &SampleRequest, rng: &mut dyn rand::Rng) -> Sample {
        let log_odds = &self.log_odds[request.label.index()];
        let holds =
            |&(_, &odds): &(usize, &f64)| uniform(rng) < sigmoid(odds / request.temperature);
        let mut columns: Vec<u32> = log_odds
            .iter()
            .enumerate()
            .filter(holds)
            .map(|(column, _)| column as u32)
            .collect();
        shuffle(&mut columns, rng);
        columns.truncate(request.length.unwrap_or(usize::MAX));
        Sample {
            columns,
            ..Sample::default()
        }
    }
}
