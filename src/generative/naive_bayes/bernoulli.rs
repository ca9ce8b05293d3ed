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
use crate::generative::counting::{Counting, OfCounts, counted, emails_for_prior};
use crate::generative::counts::{PRIOR, WORDS_NOT_MARKUP, alpha, log_ratio, validate_tables};
use crate::model::tables::{Tables, in_table, push_by_column};
use crate::model::{
    Auto, CodeLength, Evidence, Family, FitError, FitObserver, Fitted, FittedModel, Generative,
    Incremental, InvalidModel, Learner, Needs, Prior, RawOutput, Sample, SampleRequest, settings,
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
    const NEEDS: Needs = Needs::Counts;
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

    fn incremental(&self, settings: &BernoulliSettings) -> Option<Box<dyn Incremental>> {
        Some(Box::new(Presence::new(settings)))
    }
}

/// While it learns, message by message. What a message lacks counts, too: for that it is known how
/// many columns stand in how many messages, of which there are far fewer than columns.
struct Presence {
    counting: Counting<BernoulliSettings>,
    /// By class, how many columns stand in 0, 1, 2 … messages.
    columns_by_emails: [Vec<f64>; 2],
    /// ln (α + 0), ln (α + 1), … for as many messages as a class has.
    logarithms: Vec<f64>,
    /// See [`Bernoulli::empty`].
    empty: [f64; 2],
}

impl Presence {
    fn new(settings: &BernoulliSettings) -> Presence {
        Presence {
            counting: Counting::new(settings),
            columns_by_emails: [vec![0.0], vec![0.0]],
            logarithms: vec![settings.alpha.or(1.0).ln()],
            empty: [0.0; 2],
        }
    }

    /// Σ ln (1 - p(t | c)) = Σ ln (α + M_c - M_tc) / (2 α + M_c), all columns of one M_tc together.
    fn weigh_empty(&mut self, alpha: f64) {
        for class in 0..2 {
            let emails = self.counting.counts.emails[class] as usize;
            let without = self.logarithms[..=emails].iter().rev();
            let columns = self.columns_by_emails[class].iter().zip(without);
            let sum: f64 = columns.map(|(columns, without)| columns * without).sum();
            let all = self.counting.counts.columns[class].len() as f64;
            self.empty[class] = sum - all * (2.0 * alpha + emails as f64).ln();
        }
    }
}

impl Incremental for Presence {
    fn raw(&self, email: Example<'_>) -> RawOutput {
        let Counting { counts, settings } = &self.counting;
        let alpha = settings.alpha.or(1.0);
        let (mut log_likelihood, mut symbols) = (self.empty, 0.0);
        for (value, with) in counted(counts, email) {
            for class in 0..2 {
                let (with, emails) = (with[class], counts.emails[class]);
                log_likelihood[class] += value * ((alpha + with) / (alpha + emails - with)).ln();
            }
            symbols += value;
        }
        RawOutput::of_code_length(CodeLength {
            symbols,
            log_likelihood,
            log_prior: settings.prior.log_priors(emails_for_prior(counts)),
            ..CodeLength::default()
        })
    }

    fn learn(&mut self, email: Example<'_>, label: Label) {
        let known = self.counting.counts.columns[0].len();
        self.counting.counts.add(email, label);
        let counts = &self.counting.counts;
        let new = (counts.columns[0].len() - known) as f64;
        for by_emails in &mut self.columns_by_emails {
            by_emails[0] += new;
        }
        let by_emails = &mut self.columns_by_emails[label.index()];
        for (column, _) in email.entries() {
            let with = counts.columns[label.index()][column] as usize;
            by_emails.resize(by_emails.len().max(with + 1), 0.0);
            by_emails[with - 1] -= 1.0;
            by_emails[with] += 1.0;
        }
        let alpha = self.counting.settings.alpha.or(1.0);
        while (self.logarithms.len() as f64) <= counts.emails[label.index()] {
            self.logarithms
                .push((alpha + self.logarithms.len() as f64).ln());
        }
        self.weigh_empty(alpha);
    }

    fn fitted(&self, columns: usize) -> Result<Box<dyn Fitted>, FitError> {
        self.counting.fitted(columns)
    }
}

impl OfCounts for BernoulliSettings {
    type Fitted = Bernoulli;

    fn of_counts(&self, counts: &ClassCounts) -> Bernoulli {
        Bernoulli::smoothed(counts, self)
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
