//! Poisson naive Bayes: in each class each token occurs at a rate of its own, however long the
//! message.
//!
//! ln p(mail | c) = Σ_t x_t ln λ_tc - λ_tc - ln x_t!, with λ_tc = (α + N_tc) / (1 + M_c): the mean
//! of the posterior of a rate under a Gamma prior worth one message with α occurrences. Unlike the
//! multinomial it models the length, so absent tokens count, too; ln x! is the same in both classes
//! but belongs to the likelihood. Kim, Han, Rim and Myaeng (IEEE TKDE 18, 2006) have it with rates
//! per token of length; left out here, since that is the multinomial model again.

use crate::base::mail::Label;
use crate::base::math::{shuffle, uniform};
use crate::base::parts::Parts;
use crate::dataset::{ClassCounts, Example, Representation, TrainingSet};
use crate::generative::counting::{ByOwnColumns, Counting, OfCounts, counted, emails_for_prior};
use crate::generative::counts::{PRIOR, alpha, log_ratio, validate_tables};
use crate::model::tables::{Tables, in_table, push_by_column};
use crate::model::{
    Auto, Evidence, Family, FitError, FitObserver, FittedModel, Generative, Incremental,
    InvalidModel, Learner, Needs, Prior, RawOutput, Sample, SampleRequest, settings,
};
use serde::{Deserialize, Serialize};

/// Learns [`Poisson`].
pub struct PoissonBayes;

settings! {
    /// Settings of [`PoissonBayes`].
    pub struct PoissonSettings {
        alpha: Auto = alpha("occurrences of each token in one message that is added to each class"),
        prior: Prior = PRIOR,
    }
}

/// Poisson naive Bayes, fitted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Poisson {
    log_prior: [f64; 2],
    /// -Σ_t λ_tc: the log-likelihood of a message without tokens.
    empty: [f64; 2],
    /// ln λ_tc by class and column.
    #[serde(serialize_with = "in_table")]
    log_rate: [Vec<f64>; 2],
}

impl Poisson {
    fn smoothed(counts: &ClassCounts, settings: &PoissonSettings) -> Poisson {
        let alpha = settings.alpha.or(1.0);
        let rates = [0, 1].map(|class| {
            let emails = 1.0 + counts.emails[class];
            counts.columns[class]
                .iter()
                .map(|count| (alpha + count) / emails)
                .collect::<Vec<f64>>()
        });
        let empty = [0, 1].map(|class: usize| -rates[class].iter().sum::<f64>());
        let log_rate = rates.map(|rates| rates.into_iter().map(f64::ln).collect());
        Poisson {
            log_prior: settings.prior.log_priors(counts.emails),
            empty,
            log_rate,
        }
    }
}

impl Learner for PoissonBayes {
    const NAME: &'static str = "poisson";
    const FAMILY: Family = Family::Generative;
    const SUMMARY: &'static str = "\
        Poisson naive Bayes: in each class each word has a mean number of occurrences per \
        message, however long; for comparison";
    const DEFAULT: bool = false;
    const NEEDS: Needs = Needs::Counts;
    type Settings = PoissonSettings;
    type Fitted = Poisson;

    fn representation(_: &PoissonSettings) -> Representation {
        Representation::Counts
    }

    fn fit(
        &self,
        settings: &PoissonSettings,
        data: &TrainingSet<'_>,
        _watch: &mut dyn FitObserver,
    ) -> Result<Poisson, FitError> {
        Ok(Poisson::smoothed(&ClassCounts::of(data), settings))
    }

    fn fit_path(
        &self,
        grid: &[PoissonSettings],
        data: &TrainingSet<'_>,
        _watch: &mut dyn FitObserver,
    ) -> Result<Vec<Poisson>, FitError> {
        self.fit_counts(grid, &ClassCounts::of(data))
    }

    fn fit_counts(
        &self,
        grid: &[PoissonSettings],
        counts: &ClassCounts,
    ) -> Result<Vec<Poisson>, FitError> {
        Ok(grid
            .iter()
            .map(|settings| Poisson::smoothed(counts, settings))
            .collect())
    }

    fn incremental(&self, settings: &PoissonSettings) -> Option<Box<dyn Incremental>> {
        Some(Box::new(Counting::new(settings)))
    }
}

impl OfCounts for PoissonSettings {
    type Fitted = Poisson;

    fn of_counts(&self, counts: &ClassCounts) -> Poisson {
        Poisson::smoothed(counts, self)
    }
}

impl ByOwnColumns for PoissonSettings {
    /// The factorials of both classes are the same.
    fn raw(&self, counts: &ClassCounts, email: Example<'_>) -> RawOutput {
        let alpha = self.alpha.or(1.0);
        let emails = counts.emails.map(|emails| 1.0 + emails);
        let mut log_likelihood = [0, 1].map(|class| {
            -(alpha * counts.columns[class].len() as f64 + counts.total[class]) / emails[class]
        });
        for (value, count) in counted(counts, email) {
            for class in 0..2 {
                log_likelihood[class] += value * ((alpha + count[class]) / emails[class]).ln();
            }
        }
        RawOutput::by_bayes(
            self.prior.log_priors(emails_for_prior(counts)),
            log_likelihood,
        )
    }
}

impl FittedModel for Poisson {
    fn validate(&self, columns: usize) -> Result<(), InvalidModel> {
        let others = [self.log_prior, self.empty].concat();
        validate_tables(&self.log_rate, &others, columns)
    }

    fn save_tables(&self, parts: &mut Parts) {
        push_by_column(parts, &self.log_rate);
    }

    fn load_tables(&mut self, tables: &mut Tables<'_>) -> Result<(), String> {
        tables.by_column(&mut self.log_rate)
    }

    fn evidence(&self, mail: Example<'_>) -> Evidence {
        let nothing = self.log_prior[1] - self.log_prior[0] + self.empty[1] - self.empty[0];
        Evidence::linear(mail, nothing, |column| log_ratio(&self.log_rate, column))
    }

    fn weight(&self, column: u32) -> Option<f64> {
        Some(log_ratio(&self.log_rate, column as usize))
    }
}

impl Generative for Poisson {
    fn log_prior(&self, label: Label) -> f64 {
        self.log_prior[label.index()]
    }

    fn log_likelihood(&self, mail: Example<'_>, label: Label) -> f64 {
        let log_rate = &self.log_rate[label.index()];
        let token =
            |(column, count): (usize, f64)| count * log_rate[column] - libm::lgamma(count + 1.0);
        self.empty[label.index()] + mail.entries().map(token).sum::<f64>()
    }

    /// Draws how often each token occurs; a requested length cuts a longer message at random.
    fn sample(&self, request: &SampleRequest, rng: &mut dyn rand::Rng) -> Sample {
        let mut columns = Vec::new();
        for (column, log_rate) in self.log_rate[request.label.index()].iter().enumerate() {
            let count = occurrences((log_rate / request.temperature).exp(), rng);
            columns.extend(std::iter::repeat_n(column as u32, count));
        }
        shuffle(&mut columns, rng);
        columns.truncate(request.length.unwrap_or(usize::MAX));
        Sample {
            columns,
            ..Sample::default()
        }
    }
}

/// A number drawn from the Poisson distribution by inversion, at most ten thousand.
fn occurrences(rate: f64, rng: &mut dyn rand::Rng) -> usize {
    let mut aim = uniform(rng);
    let mut probability = (-rate).exp();
    let mut count = 0;
    while aim >= probability && count < 10_000 {
        aim -= probability;
        count += 1;
        probability *= rate / count as f64;
    }
    count
}
