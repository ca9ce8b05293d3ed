//! Naive Bayes with several components a class: spam is pharmacy, lottery and phishing, each with words of its own, and so is ham.
//! Learns from mail that nobody labelled, too.
//!
//! p(mail | c) = Σ_k π_k|c Π_t p(t | k)^x_t over the components of the class, x Boolean, fitted by EM ([`em`](super::em)); a mail without a
//! label may have been written by any component and counts λ instead of 1 (Nigam, McCallum, Thrun and Mitchell, Machine Learning 39,
//! 2000, sections 5.3.1 and 5.3.2). One component a class and no such mail is multinomial naive Bayes. Left out: a different number of
//! components for each class, and tokens that only unlabelled mail holds.

use super::WORDS_NOT_MARKUP;
use super::counts::{ALPHA_GRID, PRIOR, draw};
use super::em::{Components, Fit, Observed, Steps, beginnings, fit, log_sum};
use crate::dataset::{Example, Reads, TrainingSet};
use crate::mail::Label;
use crate::model::{
    Auto, Convergence, Evidence, Family, FitError, Generative, Learner, Prior, Range, Request, Setting, Settings, Step,
    Watch, Written,
};
use crate::tokenize::Kinds;
use serde::{Deserialize, Serialize};

/// Learns [`Mixture`].
pub struct MixtureBayes;

/// Settings of [`MixtureBayes`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MixtureSettings {
    /// Components of each class.
    pub components: u64,
    /// Additive smoothing.
    pub alpha: Auto,
    /// What a mail without a label counts.
    pub lambda: f64,
    /// Steps after which the fit ends in any case.
    pub max_passes: u64,
    /// Gain to stop at, as a share of the objective.
    pub tolerance: f64,
    /// Probability of spam before the mail is read.
    pub prior: Prior,
}

impl Default for MixtureSettings {
    fn default() -> MixtureSettings {
        MixtureSettings {
            components: 3,
            alpha: Auto::Choose,
            lambda: 0.1,
            max_passes: 60,
            tolerance: 1e-5,
            prior: Prior::Learned,
        }
    }
}

impl Settings for MixtureSettings {
    const TABLE: &'static [Setting] = &[
        Setting { name: "components", doc: "components of each class", range: Range::Whole { min: 1, max: 20 } },
        Setting {
            name: "alpha",
            doc: "occurrences of each token taken for granted (additive smoothing)",
            range: Range::RealOrAuto { min: 1e-9, max: 1e3, grid: ALPHA_GRID },
        },
        Setting {
            name: "lambda",
            doc: "what a mail without a label counts beside one with a label",
            range: Range::Real { min: 0.0, max: 1.0 },
        },
        Setting {
            name: "max_passes",
            doc: "steps after which the fit ends in any case",
            range: Range::Whole { min: 1, max: 10_000 },
        },
        Setting {
            name: "tolerance",
            doc: "gain by a step to stop at, as a share of the objective",
            range: Range::Real { min: 1e-12, max: 0.1 },
        },
        PRIOR,
    ];
}

/// A mixture for each class.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mixture {
    log_prior: [f64; 2],
    /// Components of ham, then as many of spam; weights within the class.
    components: Components,
    mean_length: [f64; 2],
}

impl Mixture {
    fn of_class(&self, label: Label) -> std::ops::Range<usize> {
        let each = self.components.log_weight.len() / 2;
        label.index() * each..(label.index() + 1) * each
    }

    /// How likely each component of a class wrote the mail, given that one of the class did.
    fn shares(&self, mail: Example<'_>, label: Label) -> Vec<f64> {
        let joint = self.components.joint(mail.columns, mail.values, self.of_class(label));
        let whole = log_sum(&joint);
        joint.iter().map(|one| (one - whole).exp()).collect()
    }
}

impl Learner for MixtureBayes {
    const NAME: &'static str = "mixture";
    const FAMILY: Family = Family::Generative;
    const SUMMARY: &'static str = "naive Bayes with several components a class, by EM: each class writes mail of several kinds; learns from unlabelled mail";
    const DEFAULT: bool = false;
    const UNLABELLED: bool = true;
    const SEARCHED: &'static [&'static str] = &["components"];
    type Settings = MixtureSettings;
    type Fitted = Mixture;

    fn kinds(_: &MixtureSettings) -> Kinds {
        WORDS_NOT_MARKUP
    }

    fn reads(_: &MixtureSettings) -> Reads {
        Reads::Boolean
    }

    fn grid(settings: &MixtureSettings) -> Vec<MixtureSettings> {
        let with = |alpha| MixtureSettings { alpha: Auto::Fixed(alpha), ..settings.clone() };
        settings.alpha.candidates(ALPHA_GRID).into_iter().map(with).collect()
    }

    fn fit(
        &self,
        settings: &MixtureSettings,
        data: &TrainingSet<'_>,
        watch: &mut dyn Watch,
    ) -> Result<Mixture, FitError> {
        let each = settings.components as usize;
        let counts = data.class_counts();
        for label in Label::BOTH {
            if counts[label.index()] == 0 {
                return Err(FitError::OneClass { missing: label });
            }
        }
        let (mails, mean_length) = observed(settings, data);
        let columns = data.columns();
        let beginnings = |label: Label| {
            let own: Vec<usize> =
                data.labels().iter().enumerate().filter(|(_, of)| **of == label).map(|(at, _)| at).collect();
            beginnings(&own, each, data.seed(), label.index() as u64)
        };
        let start: Vec<Vec<usize>> = Label::BOTH.into_iter().flat_map(beginnings).collect();
        let steps =
            Steps { alpha: settings.alpha.or(1.0), most: settings.max_passes as usize, tolerance: settings.tolerance };
        let Fit { mut components, objective, converged } = fit(&mails, columns, 2 * each, &start, &steps);
        for (at, value) in objective.iter().enumerate() {
            // What is minimised, as of every other fit.
            if !watch.step(Step { pass: at as u32, objective: -value, gap: None, held_out: None }) {
                return Err(FitError::Cancelled);
            }
        }
        let passes = objective.len().saturating_sub(1) as u32;
        let objective = objective.last().map_or(0.0, |value| -value);
        watch.finished(Convergence { converged, passes, objective, gap: None });
        for class in components.log_weight.chunks_mut(each) {
            let whole = log_sum(class);
            for weight in class {
                *weight -= whole;
            }
        }
        let log_prior = settings.prior.log_priors(counts.map(|mails| mails as f64));
        Ok(Mixture { log_prior, components, mean_length })
    }
}

/// The mails with and without label, and the mean number of tokens of a labelled one of each class.
fn observed<'d>(settings: &MixtureSettings, data: &'d TrainingSet<'_>) -> (Vec<Observed<'d>>, [f64; 2]) {
    let each = settings.components as usize;
    let mut lengths = [0.0; 2];
    let labelled = data.examples().zip(data.labels()).map(|(mail, label)| {
        let class = label.index();
        lengths[class] += mail.values.iter().sum::<f64>();
        let allowed = class * each..(class + 1) * each;
        Observed { columns: mail.columns, values: mail.values, weight: 1.0, allowed }
    });
    let mut mails: Vec<Observed<'d>> = labelled.collect();
    let unlabelled = data.unlabelled().filter(|_| settings.lambda > 0.0);
    mails.extend(unlabelled.map(|mail| Observed {
        columns: mail.columns,
        values: mail.values,
        weight: settings.lambda,
        allowed: 0..2 * each,
    }));
    let counts = data.class_counts();
    (mails, [0, 1].map(|class| lengths[class] / counts[class] as f64))
}

impl Generative for Mixture {
    fn log_prior(&self, label: Label) -> f64 {
        self.log_prior[label.index()]
    }

    fn log_likelihood(&self, mail: Example<'_>, label: Label) -> f64 {
        log_sum(&self.components.joint(mail.columns, mail.values, self.of_class(label)))
    }

    /// Each token by the components that probably wrote the mail; they do not add up to the score, since which ones wrote it is
    /// itself decided by all tokens.
    fn evidence(&self, mail: Example<'_>) -> Evidence {
        let shares = Label::BOTH.map(|label| self.shares(mail, label));
        let mean = |column: usize, label: Label| -> f64 {
            let tables = &self.components.log_probability[self.of_class(label)];
            shares[label.index()].iter().zip(tables).map(|(share, table)| share * table[column]).sum()
        };
        let prior = self.log_prior[1] - self.log_prior[0];
        let weight = |column: usize| mean(column, Label::Spam) - mean(column, Label::Ham);
        Evidence { exact: false, ..Evidence::linear(mail, prior, weight) }
    }

    fn columns(&self) -> Option<usize> {
        let finite = self.log_prior.iter().chain(&self.mean_length).all(|value| value.is_finite());
        let even = self.components.log_weight.len().is_multiple_of(2);
        self.components.columns().filter(|_| finite && even)
    }

    /// Draws a component of the class, then tokens of it.
    fn sample(&self, request: &Request, rng: &mut dyn rand::Rng) -> Written {
        let class = request.label.index();
        let length = request.length.unwrap_or(self.mean_length[class].round().clamp(1.0, 1e6) as usize);
        let own = self.of_class(request.label);
        let chosen = draw(&self.components.log_weight[own.clone()], 1.0, 1, rng);
        let component = own.start + chosen.first().copied().unwrap_or(0) as usize;
        let table = &self.components.log_probability[component];
        Written { columns: draw(table, request.temperature, length, rng), ..Written::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::random_stream;

    fn mixture() -> Mixture {
        let ln = |values: &[f64]| values.iter().map(|value: &f64| value.ln()).collect::<Vec<f64>>();
        let components = Components {
            log_weight: ln(&[0.25, 0.75, 0.5, 0.5]),
            log_probability: [[0.5, 0.25, 0.25], [0.1, 0.1, 0.8], [0.2, 0.6, 0.2], [0.6, 0.2, 0.2]]
                .map(|table| ln(&table))
                .to_vec(),
        };
        Mixture { log_prior: [0.5f64.ln(); 2], components, mean_length: [4.0, 6.0] }
    }

    #[test]
    fn the_likelihood_is_the_hand_worked_sum_over_components() {
        let mail = Example::sparse(&[0, 2], &[1.0, 1.0]);
        let (ham, spam) = (0.25 * 0.5 * 0.25 + 0.75 * 0.1 * 0.8, 0.5 * 0.2 * 0.2 + 0.5 * 0.6 * 0.2);
        let found = mixture();
        assert!((found.log_likelihood(mail, Label::Ham) - f64::ln(ham)).abs() < 1e-12);
        assert!((found.log_likelihood(mail, Label::Spam) - f64::ln(spam)).abs() < 1e-12);
        assert_eq!(found.columns(), Some(3));
        assert_eq!(Mixture { mean_length: [f64::NAN, 1.0], ..found }.columns(), None);
    }

    #[test]
    fn what_it_writes_follows_its_components() {
        let found = mixture();
        let mut rng = random_stream(3, 0);
        let mut counts = [0.0f64; 3];
        for _ in 0..8_000 {
            let written = found.sample(&Request::of(Label::Ham), &mut rng).columns;
            assert_eq!(written.len(), 4);
            for column in written {
                counts[column as usize] += 1.0;
            }
        }
        // A quarter of the first component and three of the second; mails are of one component, so their four words are no sample
        // of four: a standard error is at most .005.
        for (count, share) in counts.iter().zip([0.2, 0.1375, 0.6625]) {
            assert!((count / 32_000.0 - share).abs() < 0.02, "{counts:?}");
        }
    }
}
