//! Gaussian naive Bayes: in each class each token's share of a message is normally distributed.
//!
//! p(x_t | t, c) is normal with the mean and the variance (by M_c, not M_c - 1) of the training
//! messages of the class. A token that a class never uses has no variance: `literal` adds 1e-9 of
//! the largest variance of any column to all, as scikit-learn's `GaussianNB` does; `weka` takes at
//! least a sixth of the column's precision (see `density`), the convention with which the figures
//! of Metsis, Androutsopoulos and Paliouras (CEAS 2006) can be repeated. Shares are far from
//! normal; the model is here for comparison.

use super::density::{
    Densities, MODE, Mode, Shares, ln_density, ln_mass, mass, rounded, standard_normal,
    validate_precision,
};
use crate::base::mail::Label;
use crate::dataset::{Representation, TrainingSet};
use crate::generative::counts::PRIOR;
use crate::model::{Family, FitError, FitObserver, InvalidModel, Learner, Prior, settings};
use serde::{Deserialize, Serialize};

/// What `literal` adds to every variance, by the largest.
const ADDED: f64 = 1e-9;

/// Learns [`Gaussian`].
pub struct GaussianBayes;

settings! {
    /// Settings of [`GaussianBayes`].
    pub struct GaussianSettings {
        mode: Mode = MODE,
        prior: Prior = PRIOR,
    }
}

/// Gaussian naive Bayes, fitted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Gaussian {
    log_prior: [f64; 2],
    ln_of_nothing: [f64; 2],
    /// Mean and standard deviation of each column, by class.
    normal: [Vec<(f64, f64)>; 2],
    /// Weka's precision of each column; empty for densities.
    precision: Vec<f64>,
}

impl Gaussian {
    fn of(shares: &Shares, settings: &GaussianSettings) -> Gaussian {
        let columns = 0..shares.columns();
        let weka = match settings.mode {
            Mode::Literal => false,
            Mode::Weka => true,
        };
        let precision: Vec<f64> = if weka {
            columns
                .clone()
                .map(|column| shares.precision(column))
                .collect()
        } else {
            Vec::new()
        };
        let as_read = |share: f64, column: usize| {
            if weka {
                rounded(share, precision[column])
            } else {
                share
            }
        };
        let moments = |column: usize, label: Label| {
            let (present, absent) = shares.of_class(column, label);
            let present = present.map(|share| as_read(share, column));
            let emails = shares.emails()[label.index()];
            let mean = present.clone().sum::<f64>() / emails;
            let squares: f64 = present.map(|share| (share - mean) * (share - mean)).sum();
            (mean, (squares + absent * mean * mean) / emails)
        };
        let added = if weka {
            0.0
        } else {
            ADDED
                * columns
                    .clone()
                    .map(|at| variance(shares, at))
                    .fold(1e-20, f64::max)
        };
        let normal = Label::BOTH.map(|label| {
            let of = |column| {
                let (mean, variance) = moments(column, label);
                // Weka keeps its least deviation where there is hardly any variance.
                let least = if weka { precision[column] / 6.0 } else { 0.0 };
                (mean, (variance + added).sqrt().max(least))
            };
            columns.clone().map(of).collect::<Vec<_>>()
        });
        let log_prior = settings.prior.log_priors(shares.emails());
        let mut fitted = Gaussian {
            log_prior,
            ln_of_nothing: [0.0; 2],
            normal,
            precision,
        };
        fitted.ln_of_nothing =
            Label::BOTH.map(|label| columns.clone().map(|at| fitted.ln_at_zero(at, label)).sum());
        fitted
    }
}

/// Variance of a column over the messages of both classes.
fn variance(shares: &Shares, column: usize) -> f64 {
    let (values, emails) = (
        shares.column(column),
        shares.emails()[0] + shares.emails()[1],
    );
    let mean = values.iter().map(|(share, _)| share).sum::<f64>() / emails;
    let squares: f64 = values
        .iter()
        .map(|(share, _)| (share - mean) * (share - mean))
        .sum();
    (squares + (emails - values.len() as f64) * mean * mean) / emails
}

impl Learner for GaussianBayes {
    const NAME: &'static str = "gaussian";
    const FAMILY: Family = Family::Generative;
    const SUMMARY: &'static str = "\
        Gaussian naive Bayes: in each class each word's share of a message is normally \
        distributed; for comparison";
    const DEFAULT: bool = false;
    const TUNABLE: &'static [&'static str] = &["mode"];
    type Settings = GaussianSettings;
    type Fitted = Gaussian;

    fn representation(_: &GaussianSettings) -> Representation {
        Representation::Frequencies
    }

    fn fit(
        &self,
        settings: &GaussianSettings,
        data: &TrainingSet<'_>,
        _watch: &mut dyn FitObserver,
    ) -> Result<Gaussian, FitError> {
        Ok(Gaussian::of(&Shares::of(data), settings))
    }
}

impl Densities for Gaussian {
    fn log_prior(&self, label: Label) -> f64 {
        self.log_prior[label.index()]
    }

    fn ln_of_nothing(&self, label: Label) -> f64 {
        self.ln_of_nothing[label.index()]
    }

    fn ln_at_zero(&self, column: usize, label: Label) -> f64 {
        self.ln_density(column, 0.0, label)
    }

    fn ln_density(&self, column: usize, share: f64, label: Label) -> f64 {
        let (mean, deviation) = self.normal[label.index()][column];
        match self.precision.get(column) {
            Some(&precision) => {
                ln_mass(mass(rounded(share, precision), mean, deviation, precision))
            }
            None => ln_density(share, mean, deviation),
        }
    }

    fn draw(&self, column: usize, label: Label, rng: &mut dyn rand::Rng) -> f64 {
        let (mean, deviation) = self.normal[label.index()][column];
        mean + deviation * standard_normal(rng)
    }

    fn columns(&self) -> usize {
        self.normal[0].len()
    }

    fn validate(&self) -> Result<(), InvalidModel> {
        let [ham, spam] = &self.normal;
        InvalidModel::unless(
            ham.len() == spam.len(),
            "its classes differ in their columns",
        )?;
        InvalidModel::unless_finite(self.log_prior.iter().chain(&self.ln_of_nothing))?;
        let normal = |&(mean, deviation): &(f64, f64)| mean.is_finite() && deviation > 0.0;
        let sound = ham.iter().chain(spam).all(normal);
        InvalidModel::unless(sound, "a density has no spread")?;
        validate_precision(&self.precision, ham.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::streams::{Stream, random_stream};
    use crate::dataset::Example;
    use crate::model::Generative;

    /// Two ham, two spam over one column: shares 0, .25 and .5, .75.
    fn shares() -> Shares {
        Shares::new(
            &[(0.25, Label::Ham), (0.5, Label::Spam), (0.75, Label::Spam)],
            [2.0, 2.0],
        )
    }

    #[test]
    fn weka_mass_equals_the_hand_worked_one() {
        // Distinct 0, .25, .5, .75: precision .25. Ham: mean .125, deviation .125; spam: mean .625,
        // deviation .125. At .25 the mass of ham is that of z from 0 to 2, .4772498680518208; that
        // of spam of z from 2 to 4, .0227184606930... (tables of the normal law).
        let fitted = Gaussian::of(&shares(), &GaussianSettings::default());
        let likelihood = |label| {
            Generative::log_likelihood(&fitted, Example::sparse(&[0], &[0.25]), label).exp()
        };
        assert!((likelihood(Label::Ham) - 0.477_249_868_051_820_8).abs() < 1e-12);
        assert!(
            (likelihood(Label::Spam) - (0.022_750_131_948_179_2 - 0.000_031_671_241_833_1)).abs()
                < 1e-12
        );
    }

    #[test]
    fn what_it_samples_follows_its_densities() {
        let fitted = Gaussian::of(&shares(), &GaussianSettings::default());
        let mut rng = random_stream(3, Stream::Test(0));
        let drawn: Vec<f64> = (0..4_000)
            .map(|_| fitted.draw(0, Label::Spam, &mut rng))
            .collect();
        let mean = drawn.iter().sum::<f64>() / 4_000.0;
        let square = drawn.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 4_000.0;
        // Four standard errors: of the mean .125 / √4000, of the deviation .125 / √8000.
        assert!(
            (mean - 0.625).abs() < 0.0080 && (square.sqrt() - 0.125).abs() < 0.0056,
            "{mean} {square}"
        );
    }
}
