//! Naive Bayes with several components per class: spam is pharmacy, lottery and phishing, each with
//! words of its own, and so is ham. Learns from mail that nobody labelled, too.
//!
//! p(mail | c) = Σ_k π_k|c Π_t p(t | k)^x_t over the components of the class, x Boolean, fitted by
//! EM ([`em`](crate::optim::em)); a message without a label may have been written by any component
//! and counts λ instead of 1 (Nigam, McCallum, Thrun and Mitchell, Machine Learning 39, 2000,
//! sections 5.3.1 and 5.3.2). One component per class and no such mail is multinomial naive Bayes.
//! Each class has as many components as the Bayesian information criterion likes best of its
//! labelled mail, over the tokens that it holds. Left out: tokens that only unlabelled mail holds.

use crate::base::mail::Label;
use crate::base::streams::Stream;
use crate::dataset::{Example, Representation, TrainingSet};
use crate::generative::counts::{PRIOR, WORDS_NOT_MARKUP, alpha, draw};
use crate::model::{
    Auto, Classifier, CodeLength, Convergence, Evidence, Family, FitError, FitObserver,
    FittedModel, Generative, InvalidModel, Learner, ObjectivePoint, Prior, Sample, SampleRequest,
    Setting, settings,
};
use crate::optim::em::{self, Components, Observed, Steps, beginnings, bic, log_sum};
use crate::results::Bound;
use crate::tokenize::TokenKinds;
use serde::{Deserialize, Serialize};
use std::ops::Range as Span;

/// The most components of a class.
const MOST: u64 = 20;

/// Learns [`Mixture`].
pub struct MixtureBayes;

settings! {
    /// Settings of [`MixtureBayes`].
    pub struct MixtureSettings {
        n_components: Auto = Setting::found(
            1..=MOST,
            "components of each class; auto: by the Bayesian information criterion",
        ),
        alpha: Auto = alpha("occurrences added to those of each token (additive smoothing)"),
        unlabelled_weight: f64 = Setting::real(
            0.01,
            0.0..=1.0,
            "weight of a message without a label, where one with a label has 1",
        ),
        max_iter: u64 = Setting::whole(
            60,
            1..=10_000,
            "steps of EM at most",
        ),
        tol: f64 = Setting::real(
            1e-5,
            1e-12..=0.1,
            "gain of a step, as a share of the objective, at which the fit ends",
        ),
        prior: Prior = PRIOR,
    }
}

/// A mixture for each class.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mixture {
    log_prior: [f64; 2],
    /// Components of ham, then of spam; weights within the class.
    components: Components,
    /// How many of them are of ham.
    ham: usize,
    mean_length: [f64; 2],
}

/// The numbers of the components of each class.
fn spans(ham: usize, all: usize) -> [Span<usize>; 2] {
    [0..ham, ham..all]
}

impl Mixture {
    /// Components of both classes as they were fitted: within each their weights become shares of
    /// the class.
    fn new(
        log_prior: [f64; 2],
        mut components: Components,
        ham: usize,
        mean_length: [f64; 2],
    ) -> Mixture {
        let (of_ham, of_spam) = components.log_weight.split_at_mut(ham);
        for class in [of_ham, of_spam] {
            let whole = log_sum(class);
            for weight in class {
                *weight -= whole;
            }
        }
        Mixture {
            log_prior,
            components,
            ham,
            mean_length,
        }
    }

    fn of_class(&self, label: Label) -> Span<usize> {
        spans(self.ham, self.components.log_weight.len())[label.index()].clone()
    }

    /// p(component | mail, class) of each component of a class.
    fn shares(&self, mail: Example<'_>, label: Label) -> Vec<f64> {
        let joint = self
            .components
            .joint(mail.columns, mail.values, self.of_class(label));
        let whole = log_sum(&joint);
        joint.iter().map(|one| (one - whole).exp()).collect()
    }
}

impl Learner for MixtureBayes {
    const NAME: &'static str = "mixture";
    const FAMILY: Family = Family::Generative;
    const SUMMARY: &'static str = "\
        naive Bayes with several components per class, fitted by EM: each class writes several \
        kinds of mail; learns from unlabelled mail, too";
    const DEFAULT: bool = false;
    const SEMI_SUPERVISED: bool = true;
    const TUNABLE: &'static [&'static str] = &["n_components", "unlabelled_weight"];
    type Settings = MixtureSettings;
    type Fitted = Mixture;

    fn kinds(_: &MixtureSettings) -> TokenKinds {
        WORDS_NOT_MARKUP
    }

    fn representation(_: &MixtureSettings) -> Representation {
        Representation::Binary
    }

    fn fit(
        &self,
        settings: &MixtureSettings,
        data: &TrainingSet<'_>,
        watch: &mut dyn FitObserver,
    ) -> Result<Mixture, FitError> {
        let counts = data.class_counts();
        for label in Label::BOTH {
            if counts[label.index()] == 0 {
                return Err(FitError::OneClass { missing: label });
            }
        }
        let steps = Steps {
            alpha: settings.alpha.or(1.0),
            max_iter: settings.max_iter as usize,
            tol: settings.tol,
        };
        let [ham, spam] = Label::BOTH.map(|label| component_count(settings, data, label, &steps));
        let spans = spans(ham, ham + spam);
        let (emails, mean_length) = observed(settings, data, &spans);
        let log_prior = settings
            .prior
            .log_priors(counts.map(|emails| emails as f64));
        let mixture =
            |components: Components| Mixture::new(log_prior, components, ham, mean_length);
        let start = starts(data, &spans);
        let components = watched_em(
            &emails,
            data.columns(),
            &start,
            &steps,
            &|components| Box::new(mixture(components.clone())),
            watch,
        )?;
        Ok(mixture(components))
    }
}

/// EM from messages to begin with, one list per component, of which `watch` is told step by step;
/// `snapshot` makes a model of the components as they stand.
fn watched_em(
    emails: &[Observed<'_>],
    columns: usize,
    start: &[Vec<usize>],
    steps: &Steps,
    snapshot: &dyn Fn(&Components) -> Box<dyn Classifier>,
    watch: &mut dyn FitObserver,
) -> Result<Components, FitError> {
    let (mut passes, mut cancelled) = (0, false);
    let mut told = |value: f64, components: &Components| {
        // What is minimised, as of every other fit.
        let step = ObjectivePoint {
            pass: f64::from(passes),
            objective: -value,
            gap: None,
            held_out: None,
        };
        passes += 1;
        cancelled = !watch.step(step, &|| snapshot(components));
        !cancelled
    };
    let found = em::fit(emails, columns, start.len(), start, steps, &mut told);
    if cancelled {
        return Err(FitError::Cancelled);
    }
    watch.finished(Convergence {
        converged: found.converged,
        passes: found.objective.len().saturating_sub(1) as u32,
        objective: found.objective.last().map_or(0.0, |value| -value),
        gap: None,
    });
    Ok(found.components)
}

/// How many components a class has: as many as asked for, or as suit its labelled messages.
fn component_count(
    settings: &MixtureSettings,
    data: &TrainingSet<'_>,
    label: Label,
    steps: &Steps,
) -> usize {
    match settings.n_components {
        Auto::Fixed(count) => count as usize,
        Auto::Tune => {
            let own = data
                .examples()
                .zip(data.labels())
                .filter(|(_, of)| **of == label);
            let own: Vec<Example<'_>> = own.map(|(email, _)| email).collect();
            let stream = Stream::MixtureStart(label);
            fitting_count(&own, data.columns(), data.seed(), stream, steps)
        }
    }
}

/// For each component, those of ham first, the labelled messages that it begins with.
fn starts(data: &TrainingSet<'_>, spans: &[Span<usize>; 2]) -> Vec<Vec<usize>> {
    let of_label = |label: Label| {
        beginnings(
            &of_class(data, label),
            spans[label.index()].len(),
            data.seed(),
            Stream::MixtureStart(label),
        )
    };
    Label::BOTH.into_iter().flat_map(of_label).collect()
}

/// The labelled messages of a class.
fn of_class(data: &TrainingSet<'_>, label: Label) -> Vec<usize> {
    data.labels()
        .iter()
        .enumerate()
        .filter(|(_, of)| **of == label)
        .map(|(at, _)| at)
        .collect()
}

/// How many components suit the messages of one class: one more as long as the criterion gains by
/// it.
fn fitting_count(
    emails: &[Example<'_>],
    columns: usize,
    seed: u64,
    stream: Stream,
    steps: &Steps,
) -> usize {
    let mut held = vec![false; columns];
    for &column in emails.iter().flat_map(|mail| mail.columns) {
        held[column as usize] = true;
    }
    let held = held.into_iter().filter(|&held| held).count();
    let all: Vec<usize> = (0..emails.len()).collect();
    let criterion = |count: usize| {
        let observed: Vec<Observed<'_>> = emails
            .iter()
            .map(|mail| Observed {
                columns: mail.columns,
                values: mail.values,
                weight: 1.0,
                allowed: 0..count,
            })
            .collect();
        let start = beginnings(&all, count, seed, stream);
        let found = em::fit(&observed, columns, count, &start, steps, &mut |_, _| true).components;
        let whole =
            |mail: &Observed<'_>| log_sum(&found.joint(mail.columns, mail.values, 0..count));
        bic(observed.iter().map(whole).sum(), count, held, emails.len())
    };
    let most = emails.len().clamp(1, MOST as usize);
    let mut last = criterion(1);
    let gains = |&count: &usize| {
        let next = criterion(count);
        next < std::mem::replace(&mut last, next)
    };
    (2..=most).take_while(gains).last().unwrap_or(1)
}

/// The messages with and without label, and the mean number of tokens of a labelled one of each
/// class.
fn observed<'d>(
    settings: &MixtureSettings,
    data: &'d TrainingSet<'_>,
    spans: &[Span<usize>; 2],
) -> (Vec<Observed<'d>>, [f64; 2]) {
    let mut lengths = [0.0; 2];
    let labelled = data.examples().zip(data.labels()).map(|(mail, label)| {
        let class = label.index();
        lengths[class] += mail.total();
        Observed {
            columns: mail.columns,
            values: mail.values,
            weight: 1.0,
            allowed: spans[class].clone(),
        }
    });
    let mut emails: Vec<Observed<'d>> = labelled.collect();
    let unlabelled = data
        .unlabelled()
        .filter(|_| settings.unlabelled_weight > 0.0);
    emails.extend(unlabelled.map(|mail| Observed {
        columns: mail.columns,
        values: mail.values,
        weight: settings.unlabelled_weight,
        allowed: 0..spans[1].end,
    }));
    let counts = data.class_counts();
    (
        emails,
        [0, 1].map(|class| lengths[class] / counts[class] as f64),
    )
}

impl FittedModel for Mixture {
    fn validate(&self, columns: usize) -> Result<(), InvalidModel> {
        InvalidModel::unless_finite(self.log_prior.iter().chain(&self.mean_length))?;
        InvalidModel::unless(
            (1..self.components.log_weight.len()).contains(&self.ham),
            "a class has no components",
        )?;
        let contradiction = InvalidModel::Contradiction("its components differ in their columns");
        let found = self.components.columns().ok_or(contradiction)?;
        InvalidModel::unless_columns(found, columns)
    }

    /// The evidence of each token, averaged over the components by their p given the message. It
    /// does not add up to the score, since all tokens together decide which component is likely.
    fn evidence(&self, mail: Example<'_>) -> Evidence {
        let shares = Label::BOTH.map(|label| self.shares(mail, label));
        let mean = |column: usize, label: Label| -> f64 {
            let tables = &self.components.log_probability[self.of_class(label)];
            shares[label.index()]
                .iter()
                .zip(tables)
                .map(|(share, table)| share * table[column])
                .sum()
        };
        let prior = self.log_prior[1] - self.log_prior[0];
        let weight = |column: usize| mean(column, Label::Spam) - mean(column, Label::Ham);
        Evidence {
            exact: false,
            ..Evidence::linear(mail, prior, weight)
        }
    }
}

impl Generative for Mixture {
    fn log_prior(&self, label: Label) -> f64 {
        self.log_prior[label.index()]
    }

    fn log_likelihood(&self, mail: Example<'_>, label: Label) -> f64 {
        log_sum(
            &self
                .components
                .joint(mail.columns, mail.values, self.of_class(label)),
        )
    }

    fn of_words(&self) -> Option<Bound> {
        Some(Bound::Exact)
    }

    fn code_length(&self, email: Example<'_>) -> Option<CodeLength> {
        Some(self.sum_over(email.total(), email))
    }

    /// Draws a component of the class, then tokens of it.
    fn sample(&self, request: &SampleRequest, rng: &mut dyn rand::Rng) -> Sample {
        let class = request.label.index();
        let length = request
            .length
            .unwrap_or(self.mean_length[class].round().clamp(1.0, 1e6) as usize);
        let own = self.of_class(request.label);
        let chosen = draw(&self.components.log_weight[own.clone()], 1.0, 1, rng);
        let component = own.start + chosen.first().copied().unwrap_or(0) as usize;
        let table = &self.components.log_probability[component];
        Sample {
            columns: draw(table, request.temperature, length, rng),
            ..Sample::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::streams::random_stream;

    fn mixture() -> Mixture {
        let ln = |values: &[f64]| {
            values
                .iter()
                .map(|value: &f64| value.ln())
                .collect::<Vec<f64>>()
        };
        let components = Components {
            log_weight: ln(&[0.25, 0.75, 0.5, 0.5]),
            log_probability: [
                [0.5, 0.25, 0.25],
                [0.1, 0.1, 0.8],
                [0.2, 0.6, 0.2],
                [0.6, 0.2, 0.2],
            ]
            .map(|table| ln(&table))
            .to_vec(),
        };
        Mixture {
            log_prior: [0.5f64.ln(); 2],
            components,
            ham: 2,
            mean_length: [4.0, 6.0],
        }
    }

    #[test]
    fn the_likelihood_is_the_hand_worked_sum_over_components() {
        let mail = Example::sparse(&[0, 2], &[1.0, 1.0]);
        let (ham, spam) = (
            0.25 * 0.5 * 0.25 + 0.75 * 0.1 * 0.8,
            0.5 * 0.2 * 0.2 + 0.5 * 0.6 * 0.2,
        );
        let found = mixture();
        assert!((found.log_likelihood(mail, Label::Ham) - f64::ln(ham)).abs() < 1e-12);
        assert!((found.log_likelihood(mail, Label::Spam) - f64::ln(spam)).abs() < 1e-12);
        assert!(found.validate(3).is_ok() && found.validate(4).is_err());
        let without_spam = Mixture {
            ham: 4,
            ..found.clone()
        };
        assert!(without_spam.validate(3).is_err());
        let endless = Mixture {
            mean_length: [f64::NAN, 1.0],
            ..found
        };
        assert!(endless.validate(3).is_err());
    }

    #[test]
    fn a_class_of_two_kinds_gets_two_components_and_one_of_one_kind_one() {
        let steps = Steps {
            alpha: 0.1,
            max_iter: 100,
            tol: 1e-9,
        };
        let mut rng = random_stream(8, Stream::Test(0));
        // Eight distinct words of twenty, from one half of the words for mail of a kind, or from
        // all of them.
        let mut emails = |kinds: u32| -> Vec<Vec<u32>> {
            let mail = |at: u32| {
                let half = if kinds == 2 {
                    at % 2 * 10..at % 2 * 10 + 10
                } else {
                    0..20
                };
                let mut words: Vec<u32> = half.collect();
                crate::base::math::shuffle(&mut words, &mut rng);
                words.truncate(8);
                words
            };
            (0..200).map(mail).collect()
        };
        let ones = [1.0; 8];
        for kinds in [1, 2] {
            let emails = emails(kinds);
            let emails: Vec<Example<'_>> = emails
                .iter()
                .map(|columns| Example::sparse(columns, &ones))
                .collect();
            assert_eq!(
                fitting_count(&emails, 20, 1, Stream::MixtureStart(Label::Ham), &steps),
                kinds as usize
            );
        }
    }

    #[test]
    fn what_it_samples_follows_its_components() {
        let found = mixture();
        let mut rng = random_stream(3, Stream::Test(0));
        let mut counts = [0.0f64; 3];
        for _ in 0..8_000 {
            let written = found
                .sample(&SampleRequest::of(Label::Ham), &mut rng)
                .columns;
            assert_eq!(written.len(), 4);
            for column in written {
                counts[column as usize] += 1.0;
            }
        }
        // A quarter of the first component and three of the second; messages are of one component,
        // so their four words are no sample of four: a standard error is at most .005.
        for (count, share) in counts.iter().zip([0.2, 0.1375, 0.6625]) {
            assert!((count / 32_000.0 - share).abs() < 0.02, "{counts:?}");
        }
    }
}
