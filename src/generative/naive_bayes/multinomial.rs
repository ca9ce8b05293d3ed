//! Multinomial naive Bayes: a class writes a message by drawing its tokens one after the other,
//! independently.
//!
//! ln p(mail | c) = Σ x_t ln p(t | c), with p(t | c) = (α + N_tc) / (α m + N_c) over the m columns;
//! the sum is over the tokens in one order, given how many there are. With `representation=binary`
//! (the default) x and N count each token once per message, which Metsis, Androutsopoulos and
//! Paliouras (CEAS 2006) found the best of five event models on spam; with `representation=counts`
//! every occurrence counts. With `smoothing=discount` (absolute discounting, Ney, Essen and Kneser
//! 1994) d is taken from every count and handed to all tokens as both classes together use them:
//! p(t | c) = max(N_tc - d, 0) / N_c + d T_c / N_c · p(t), T_c the number of distinct tokens of the
//! class, p(t) = (1 + N_t) / (m + N). Left out: a model of the length, which would cancel only if
//! both classes wrote equally long messages.

use crate::base::choices::choices;
use crate::base::mail::Label;
use crate::base::parts::Parts;
use crate::dataset::{ClassCounts, Example, Representation, TrainingSet};
use crate::generative::counting::{ByOwnColumns, Counting, OfCounts, counted, emails_for_prior};
use crate::generative::counts::{
    ALPHA_GRID, CountRepresentation, PRIOR, WORDS_NOT_MARKUP, alpha, draw, log_ratio,
    validate_tables,
};
use crate::model::tables::{Tables, in_table, push_by_column};
use crate::model::{
    Auto, CodeLength, Evidence, Family, FitError, FitObserver, FittedModel, Generative,
    Incremental, InvalidModel, Learner, Needs, Prior, RawOutput, Sample, SampleRequest, Setting,
    settings,
};
use crate::results::Bound;
use crate::tokenize::TokenKinds;
use serde::{Deserialize, Serialize};

/// Learns [`Multinomial`].
pub struct MultinomialBayes;

choices! {
    /// How tokens that a class has not used get a probability.
    pub enum CountSmoothing {
        /// α is added to every count.
        Additive = "additive",
        /// d is taken from every count and handed to all tokens.
        Discount = "discount",
    }
}

settings! {
    /// Settings of [`MultinomialBayes`].
    pub struct MultinomialSettings {
        alpha: Auto = alpha("occurrences added to those of each token (additive smoothing)"),
        representation: CountRepresentation = Setting::one_of(
            CountRepresentation::Binary,
            "whether a token counts once per message or as often as it occurs",
        ),
        smoothing: CountSmoothing = Setting::one_of(
            CountSmoothing::Additive,
            "alpha added to every count, or discount taken from it and handed to all tokens as \
             both classes use them",
        ),
        discount: Auto = Setting::tuned(
            1e-9..=1.0,
            DISCOUNT_GRID,
            "discount that smoothing=discount takes from every count",
        ),
        prior: Prior = PRIOR,
    }
}

/// The values of d that training chooses from.
const DISCOUNT_GRID: &[f64] = &[0.5, 0.7, 0.9, 0.97];

/// Multinomial naive Bayes, fitted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Multinomial {
    log_prior: [f64; 2],
    /// ln p(t | c) by class and column.
    #[serde(serialize_with = "in_table")]
    log_probability: [Vec<f64>; 2],
    /// Mean number of tokens in a message of each class, for sampling.
    mean_length: [f64; 2],
}

impl Multinomial {
    fn smoothed(counts: &ClassCounts, settings: &MultinomialSettings) -> Multinomial {
        let log_probability = match settings.smoothing {
            CountSmoothing::Additive => added(counts, settings.alpha.or(1.0)),
            CountSmoothing::Discount => discounted(counts, settings.discount.or(DISCOUNT_GRID[0])),
        };
        let mean_length = [0, 1].map(|class| counts.total[class] / counts.emails[class]);
        Multinomial {
            log_prior: settings.prior.log_priors(counts.emails),
            log_probability,
            mean_length,
        }
    }
}

/// ln p(t | c) with α added to the count of each token.
fn added(counts: &ClassCounts, alpha: f64) -> [Vec<f64>; 2] {
    [0, 1].map(|class| {
        let all = (alpha * counts.columns[class].len() as f64 + counts.total[class]).ln();
        counts.columns[class]
            .iter()
            .map(|count| (alpha + count).ln() - all)
            .collect()
    })
}

/// ln p(t | c) with `discount` of each count handed to all tokens as both classes use them.
fn discounted(counts: &ClassCounts, discount: f64) -> [Vec<f64>; 2] {
    let all = counts.columns[0].len() as f64 + counts.total[0] + counts.total[1];
    let pooled =
        |column: usize| (1.0 + counts.columns[0][column] + counts.columns[1][column]) / all;
    [0, 1].map(|class| {
        let (columns, total) = (&counts.columns[class], counts.total[class]);
        // A class of empty messages has nothing to discount: what both classes use stands for it.
        // Counts below d give all of themselves.
        let taken: f64 = columns.iter().map(|count| count.min(discount)).sum();
        let own = |count: f64| {
            if total > 0.0 {
                (count - discount).max(0.0) / total
            } else {
                0.0
            }
        };
        let handed = if total > 0.0 { taken / total } else { 1.0 };
        columns
            .iter()
            .enumerate()
            .map(|(column, &count)| (own(count) + handed * pooled(column)).ln())
            .collect()
    })
}

impl Learner for MultinomialBayes {
    const NAME: &'static str = "multinomial";
    const FAMILY: Family = Family::Generative;
    const SUMMARY: &'static str = "\
        multinomial naive Bayes: each class draws words independently; one pass of counting, hard \
        to beat with few labels";
    const DEFAULT: bool = true;
    const NEEDS: Needs = Needs::Counts;
    const TUNABLE: &'static [&'static str] = &["representation", "smoothing"];
    type Settings = MultinomialSettings;
    type Fitted = Multinomial;

    fn kinds(_: &MultinomialSettings) -> TokenKinds {
        WORDS_NOT_MARKUP
    }

    fn representation(settings: &MultinomialSettings) -> Representation {
        settings.representation.into()
    }

    fn grid(settings: &MultinomialSettings) -> Vec<MultinomialSettings> {
        let alpha = |alpha| MultinomialSettings {
            alpha: Auto::Fixed(alpha),
            ..settings.clone()
        };
        let discount = |discount| MultinomialSettings {
            discount: Auto::Fixed(discount),
            ..settings.clone()
        };
        match settings.smoothing {
            CountSmoothing::Additive => settings
                .alpha
                .candidates(ALPHA_GRID)
                .into_iter()
                .map(alpha)
                .collect(),
            CountSmoothing::Discount => settings
                .discount
                .candidates(DISCOUNT_GRID)
                .into_iter()
                .map(discount)
                .collect(),
        }
    }

    fn fit(
        &self,
        settings: &MultinomialSettings,
        data: &TrainingSet<'_>,
        _watch: &mut dyn FitObserver,
    ) -> Result<Multinomial, FitError> {
        Ok(Multinomial::smoothed(&ClassCounts::of(data), settings))
    }

    fn fit_path(
        &self,
        grid: &[MultinomialSettings],
        data: &TrainingSet<'_>,
        _watch: &mut dyn FitObserver,
    ) -> Result<Vec<Multinomial>, FitError> {
        self.fit_counts(grid, &ClassCounts::of(data))
    }

    fn fit_counts(
        &self,
        grid: &[MultinomialSettings],
        counts: &ClassCounts,
    ) -> Result<Vec<Multinomial>, FitError> {
        Ok(grid
            .iter()
            .map(|settings| Multinomial::smoothed(counts, settings))
            .collect())
    }

    /// Discounting hands out what all columns together gave, so that each message would change the
    /// probabilities of all of them: only additive smoothing goes on learning.
    fn incremental(&self, settings: &MultinomialSettings) -> Option<Box<dyn Incremental>> {
        let counting = || Box::new(Counting::new(settings)) as Box<dyn Incremental>;
        (settings.smoothing != CountSmoothing::Discount).then(counting)
    }
}

impl OfCounts for MultinomialSettings {
    type Fitted = Multinomial;

    fn of_counts(&self, counts: &ClassCounts) -> Multinomial {
        Multinomial::smoothed(counts, self)
    }
}

impl ByOwnColumns for MultinomialSettings {
    fn raw(&self, counts: &ClassCounts, email: Example<'_>) -> RawOutput {
        let alpha = self.alpha.or(1.0);
        let all = [0, 1]
            .map(|class| (alpha * counts.columns[class].len() as f64 + counts.total[class]).ln());
        let (mut log_likelihood, mut symbols) = ([0.0; 2], 0.0);
        for (value, count) in counted(counts, email) {
            for class in 0..2 {
                log_likelihood[class] += value * ((alpha + count[class]).ln() - all[class]);
            }
            symbols += value;
        }
        RawOutput::of_code_length(CodeLength {
            symbols,
            log_likelihood,
            log_prior: self.prior.log_priors(emails_for_prior(counts)),
            ..CodeLength::default()
        })
    }
}

impl FittedModel for Multinomial {
    fn validate(&self, columns: usize) -> Result<(), InvalidModel> {
        let others = [self.log_prior, self.mean_length].concat();
        validate_tables(&self.log_probability, &others, columns)
    }

    fn save_tables(&self, parts: &mut Parts) {
        push_by_column(parts, &self.log_probability);
    }

    fn load_tables(&mut self, tables: &mut Tables<'_>) -> Result<(), String> {
        tables.by_column(&mut self.log_probability)
    }

    fn evidence(&self, mail: Example<'_>) -> Evidence {
        let prior = self.log_prior[1] - self.log_prior[0];
        Evidence::linear(mail, prior, |column| {
            log_ratio(&self.log_probability, column)
        })
    }

    fn weight(&self, column: u32) -> Option<f64> {
        Some(log_ratio(&self.log_probability, column as usize))
    }
}

impl Generative for Multinomial {
    fn log_prior(&self, label: Label) -> f64 {
        self.log_prior[label.index()]
    }

    fn log_likelihood(&self, mail: Example<'_>, label: Label) -> f64 {
        let log_probability = &self.log_probability[label.index()];
        mail.entries()
            .map(|(column, value)| value * log_probability[column])
            .sum()
    }

    fn of_words(&self) -> Option<Bound> {
        Some(Bound::Exact)
    }

    fn code_length(&self, email: Example<'_>) -> Option<CodeLength> {
        Some(self.sum_over(email.total(), email))
    }

    /// Draws tokens one after the other, by default as many as a message of the class has on
    /// average.
    fn sample(&self, request: &SampleRequest, rng: &mut dyn rand::Rng) -> Sample {
        let class = request.label.index();
        let length = request
            .length
            .unwrap_or(self.mean_length[class].round().clamp(1.0, 1e6) as usize);
        let columns = draw(
            &self.log_probability[class],
            request.temperature,
            length,
            rng,
        );
        Sample {
            columns,
            ..Sample::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Classifier, Fitted};

    #[test]
    fn counting_message_by_message_is_counting_all_to_the_bit() {
        let emails: [(&[u32], &[f32], Label); 4] = [
            (&[0, 1], &[2.0, 1.0], Label::Ham),
            (&[1, 2], &[3.0, 1.0], Label::Spam),
            (&[3, 0], &[1.0, 1.0], Label::Spam),
            (&[4], &[5.0], Label::Ham),
        ];
        let settings = MultinomialSettings {
            alpha: Auto::Fixed(0.1),
            ..MultinomialSettings::default()
        };
        let mut model = MultinomialBayes.incremental(&settings).unwrap();
        assert!(matches!(model.fitted(0), Err(FitError::OneClass { .. })));
        // Nothing is known yet: p(label) = 1/2.
        let first = Example::sparse(emails[0].0, emails[0].1);
        assert_eq!(model.raw(first).score, 0.0);
        for &(columns, values, label) in &emails {
            model.learn(Example::sparse(columns, values), label);
        }
        let counts = ClassCounts::new(
            [2.0, 2.0],
            [vec![2.0, 1.0, 0.0, 0.0, 5.0], vec![1.0, 3.0, 1.0, 1.0, 0.0]],
        );
        let together = Multinomial::smoothed(&counts, &settings);
        assert_eq!(model.fitted(5).unwrap().save(), together.save());
        assert_eq!(model.raw(first), together.raw(first));
    }
}
