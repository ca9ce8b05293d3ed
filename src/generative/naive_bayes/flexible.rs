//! Flexible Bayes: naive Bayes in which each token's share of a message has a density of its own
//! shape in each class.
//!
//! p(x | t, c) = 1/M_c Σ_i N(x; μ_i, σ): a normal kernel over the value of every training message
//! of the class (John and Langley, UAI 1995). `literal` has σ = 1/√M_c, which on shares of some
//! hundredths is wider than all there is to see: it says one class for nearly everything. `weka`
//! has σ = range/√M_c of the class's values, at least a sixth of the precision, and masses within
//! the precision (see `density`), with which the figures of Metsis, Androutsopoulos and Paliouras
//! (CEAS 2006) can be repeated.

use super::density::{
    Densities, MODE, Mode, Shares, density, ln_mass, mass, rounded, standard_normal,
    validate_precision,
};
use crate::base::mail::Label;
use crate::base::math::uniform;
use crate::dataset::{Representation, TrainingSet};
use crate::generative::counts::PRIOR;
use crate::model::{Cost, Family, FitError, FitObserver, InvalidModel, Learner, Prior, settings};
use serde::{Deserialize, Serialize};

/// Kernels that together could add less than this share of the sum are left out.
const NEGLIGIBLE: f64 = 1e-12;

/// Learns [`Flexible`].
pub struct FlexibleBayes;

settings! {
    /// Settings of [`FlexibleBayes`].
    pub struct FlexibleSettings {
        mode: Mode = MODE,
        prior: Prior = PRIOR,
    }
}

/// The kernels of one class.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Kernels {
    /// Where the kernels of each column begin, and the end of the last.
    starts: Vec<u32>,
    /// The distinct values of each column, ascending, each with the training messages up to and
    /// with it.
    centres: Vec<(f64, u32)>,
    /// Kernel width of each column.
    deviation: Vec<f64>,
    /// ln p(0) of each column.
    ln_at_zero: Vec<f64>,
}

/// Flexible Bayes, fitted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Flexible {
    log_prior: [f64; 2],
    ln_of_nothing: [f64; 2],
    classes: [Kernels; 2],
    /// Weka's precision of each column; empty for densities.
    precision: Vec<f64>,
}

impl Kernels {
    fn push(&mut self, values: impl Iterator<Item = f64>, emails: f64, precision: Option<f64>) {
        let first = self.centres.len();
        for (at, value) in values.enumerate() {
            let value = precision.map_or(value, |precision| rounded(value, precision));
            match self
                .centres
                .get_mut(first..)
                .and_then(<[_]>::last_mut)
                .filter(|last| last.0 == value)
            {
                Some(last) => last.1 = at as u32 + 1,
                None => self.centres.push((value, at as u32 + 1)),
            }
        }
        let values = &self.centres[first..];
        let range =
            values.last().map_or(0.0, |last| last.0) - values.first().map_or(0.0, |first| first.0);
        self.deviation
            .push(precision.map_or(1.0 / emails.sqrt(), |least| {
                (range / emails.sqrt()).max(least / 6.0)
            }));
        self.starts.push(self.centres.len() as u32);
    }

    /// The kernels of a column.
    fn of(&self, column: usize) -> &[(f64, u32)] {
        let (start, end) = (
            self.starts[column] as usize,
            self.starts[column + 1] as usize,
        );
        &self.centres[start..end]
    }

    /// ln of the mean of the kernels at x.
    fn ln_mean(&self, column: usize, x: f64, precision: Option<f64>) -> f64 {
        let (centres, deviation) = (self.of(column), self.deviation[column]);
        let all = centres.last().map_or(1.0, |last| f64::from(last.1));
        let nearest = centres.partition_point(|&(centre, _)| centre < x);
        let mut sum = 0.0;
        // From the nearest outwards: kernels fall with the distance.
        let mut add = |at: usize| {
            let (centre, reached) = centres[at];
            let before = at.checked_sub(1).map_or(0, |before| centres[before].1);
            let kernel = match precision {
                Some(precision) => mass(x, centre, deviation, precision),
                None => density(x, centre, deviation),
            };
            sum += f64::from(reached.saturating_sub(before)) * kernel;
            kernel * all > sum * NEGLIGIBLE
        };
        let _ = (nearest..centres.len()).all(&mut add);
        let _ = (0..nearest).rev().all(add);
        ln_mass(sum / all)
    }

    fn sound(&self, columns: usize) -> bool {
        self.deviation.len() == columns
            && self.ln_at_zero.len() == columns
            && self.starts.len() == columns + 1
            && self.starts.first() == Some(&0)
            && self
                .starts
                .last()
                .is_some_and(|&last| last as usize == self.centres.len())
            && self.starts.is_sorted()
            && self.deviation.iter().all(|&deviation| deviation > 0.0)
            && self
                .ln_at_zero
                .iter()
                .chain(self.centres.iter().map(|(centre, _)| centre))
                .all(|x| x.is_finite())
    }
}

impl Flexible {
    fn of(shares: &Shares, settings: &FlexibleSettings) -> Flexible {
        let columns = 0..shares.columns();
        let precision: Vec<f64> = match settings.mode {
            Mode::Weka => columns
                .clone()
                .map(|column| shares.precision(column))
                .collect(),
            Mode::Literal => Vec::new(),
        };
        let classes = Label::BOTH.map(|label| {
            let mut kernels = Kernels {
                starts: vec![0],
                ..Kernels::default()
            };
            for column in columns.clone() {
                let (present, absent) = shares.of_class(column, label);
                let values = std::iter::repeat_n(0.0, absent as usize).chain(present);
                kernels.push(
                    values,
                    shares.emails()[label.index()],
                    precision.get(column).copied(),
                );
            }
            let at_zero = |column| kernels.ln_mean(column, 0.0, precision.get(column).copied());
            kernels.ln_at_zero = columns.clone().map(at_zero).collect();
            kernels
        });
        let ln_of_nothing = [0, 1].map(|class: usize| classes[class].ln_at_zero.iter().sum());
        Flexible {
            log_prior: settings.prior.log_priors(shares.emails()),
            ln_of_nothing,
            classes,
            precision,
        }
    }
}

impl Learner for FlexibleBayes {
    const NAME: &'static str = "flexible";
    const FAMILY: Family = Family::Generative;
    const SUMMARY: &'static str = "\
        flexible Bayes: in each class each word's share of a message has a density of its own \
        shape; for comparison";
    const DEFAULT: bool = false;
    const COST: Cost = Cost::Costly;
    const TUNABLE: &'static [&'static str] = &["mode"];
    type Settings = FlexibleSettings;
    type Fitted = Flexible;

    fn representation(_: &FlexibleSettings) -> Representation {
        Representation::Frequencies
    }

    fn fit(
        &self,
        settings: &FlexibleSettings,
        data: &TrainingSet<'_>,
        _watch: &mut dyn FitObserver,
    ) -> Result<Flexible, FitError> {
        Ok(Flexible::of(&Shares::of(data), settings))
    }
}

impl Densities for Flexible {
    fn log_prior(&self, label: Label) -> f64 {
        self.log_prior[label.index()]
    }

    fn ln_of_nothing(&self, label: Label) -> f64 {
        self.ln_of_nothing[label.index()]
    }

    fn ln_at_zero(&self, column: usize, label: Label) -> f64 {
        self.classes[label.index()].ln_at_zero[column]
    }

    fn ln_density(&self, column: usize, share: f64, label: Label) -> f64 {
        self.classes[label.index()].ln_mean(column, share, self.precision.get(column).copied())
    }

    fn draw(&self, column: usize, label: Label, rng: &mut dyn rand::Rng) -> f64 {
        let kernels = &self.classes[label.index()];
        let centres = kernels.of(column);
        let aim = uniform(rng) * centres.last().map_or(0.0, |last| f64::from(last.1));
        let at = centres.partition_point(|&(_, reached)| f64::from(reached) <= aim);
        centres.get(at).map_or(0.0, |centre| centre.0)
            + kernels.deviation[column] * standard_normal(rng)
    }

    fn columns(&self) -> usize {
        self.classes[0].deviation.len()
    }

    fn validate(&self) -> Result<(), InvalidModel> {
        let columns = self.columns();
        let sound = self.classes.iter().all(|class| class.sound(columns));
        InvalidModel::unless(sound, "a density has no spread")?;
        InvalidModel::unless_finite(self.log_prior.iter().chain(&self.ln_of_nothing))?;
        validate_precision(&self.precision, columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Example;
    use crate::model::Generative;

    #[test]
    fn kernels_equal_the_hand_worked_ones() {
        // Ham holds 0 and .2 (M = 2), spam .4, .6 and .6 (M = 3).
        let values = [
            (0.2, Label::Ham),
            (0.4, Label::Spam),
            (0.6, Label::Spam),
            (0.6, Label::Spam),
        ];
        let shares = Shares::new(&values, [2.0, 3.0]);
        let likelihood = |mode: Mode, x: f32, label| {
            let fitted = Flexible::of(
                &shares,
                &FlexibleSettings {
                    mode,
                    prior: Prior::Learned,
                },
            );
            Generative::log_likelihood(&fitted, Example::sparse(&[0], &[x]), label).exp()
        };
        // literal, σ² = 1/3, at .5: every kernel is .1 away, √(3/2π) e^(-.01·3/2) = .690988 ·
        // .985112.
        let expected = (3.0 / std::f64::consts::TAU).sqrt() * (-0.015_f64).exp();
        assert!((likelihood(Mode::Literal, 0.5, Label::Spam) - expected).abs() < 1e-14);
        // weka: precision .6/3 = .2; ham has range .2, σ = .2/√2, so half a precision is z = 1/√2,
        // and .2 is z = √2 from 0. At 0: ½ [erf(½) + ½ (erf(1.5) - erf(½))], with erf(½) =
        // .5204998778130465, erf(1.5) = .9661051464753108.
        let (half, more) = (0.520_499_877_813_046_5, 0.966_105_146_475_310_8);
        let expected = 0.5 * (half + 0.5 * (more - half));
        assert!((likelihood(Mode::Weka, 0.0, Label::Ham) - expected).abs() < 1e-14);
    }
}
