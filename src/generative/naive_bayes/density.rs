//! What the models of real values share: independent densities, one for each column and class, over
//! each token's share of the message.
//!
//! ln p(mail | c) = Σ_t ln p(x_t | t, c), x = count / tokens of the message, so long messages weigh
//! no more than short ones. Most x are 0: the sum of all ln p(0 | t, c) is taken once, at the fit,
//! and a message only corrects it where it holds a token. Two conventions: `literal` takes
//! densities of x; `weka` takes, as Weka 3's `NormalEstimator` and `KernelEstimator` do, the
//! probability mass within half a precision of x, precision = range / (distinct values - 1) of the
//! column, at least 1e-75, with values rounded to it and deviations of at least a sixth of it. Left
//! out: a model of the length, so these are likelihoods of shares and not of messages.

use crate::base::choices::choices;
use crate::base::mail::Label;
use crate::base::math::{self, uniform};
use crate::dataset::{Example, TrainingSet};
use crate::model::{
    Evidence, FittedModel, Generative, InvalidModel, Sample, SampleRequest, Setting,
};

choices! {
    /// What stands for the probability of a share.
    pub enum Mode {
        /// Its density, as the formula has it.
        Literal = "literal",
        /// Weka's mass within the precision of the values.
        Weka = "weka",
    }
}

/// The setting `mode`.
pub const MODE: Setting<Mode> = Setting::one_of(
    Mode::Weka,
    "densities as the formula has them, or Weka's mass within the precision of the values",
);

/// Precision of a column all of whose values are the same.
const LONE_PRECISION: f64 = 0.01;
/// The least probability mass; smaller ones count as this.
const FLOOR: f64 = 1e-75;
/// Tokens of a generated message unless a length is requested: shares say nothing of the length.
const DEFAULT_LENGTH: usize = 100;

/// Independent densities of each token's share; [`Generative`] follows.
pub(crate) trait Densities: Send + Sync {
    /// ln p(label).
    fn log_prior(&self, label: Label) -> f64;
    /// Σ_t ln p(0 | t, label).
    fn ln_of_nothing(&self, label: Label) -> f64;
    /// ln p(0 | t, label).
    fn ln_at_zero(&self, column: usize, label: Label) -> f64;
    /// ln p(x | t, label).
    fn ln_density(&self, column: usize, share: f64, label: Label) -> f64;
    /// A share drawn from the density; may be below 0, which means 0.
    fn draw(&self, column: usize, label: Label, rng: &mut dyn rand::Rng) -> f64;
    /// Number of columns.
    fn columns(&self) -> usize;
    /// Refuses parameters that contradict one another.
    fn validate(&self) -> Result<(), InvalidModel>;

    /// What a token with this share adds to the log-likelihood of a message without tokens.
    fn gain(&self, column: usize, share: f64, label: Label) -> f64 {
        self.ln_density(column, share, label) - self.ln_at_zero(column, label)
    }
}

impl<D: Densities> FittedModel for D {
    fn validate(&self, columns: usize) -> Result<(), InvalidModel> {
        Densities::validate(self)?;
        InvalidModel::unless_columns(self.columns(), columns)
    }

    fn evidence(&self, mail: Example<'_>) -> Evidence {
        let gain = |column, share| {
            self.gain(column, share, Label::Spam) - self.gain(column, share, Label::Ham)
        };
        let nothing = |label| Densities::log_prior(self, label) + self.ln_of_nothing(label);
        Evidence::by_column(mail, nothing(Label::Spam) - nothing(Label::Ham), gain)
    }
}

impl<D: Densities> Generative for D {
    fn log_prior(&self, label: Label) -> f64 {
        Densities::log_prior(self, label)
    }

    fn log_likelihood(&self, mail: Example<'_>, label: Label) -> f64 {
        let gains = mail
            .entries()
            .map(|(column, share)| self.gain(column, share, label));
        self.ln_of_nothing(label) + gains.sum::<f64>()
    }

    /// Draws a share for each token, then tokens by these shares. The temperature acts on the
    /// second draw.
    fn sample(&self, request: &SampleRequest, rng: &mut dyn rand::Rng) -> Sample {
        let columns = self.columns();
        let mut mass = |column| {
            let share = self.draw(column, request.label, rng).max(0.0);
            if share > 0.0 {
                share.powf(1.0 / request.temperature)
            } else {
                0.0
            }
        };
        let mut masses: Vec<f64> = (0..columns).map(&mut mass).collect();
        math::add_up(&mut masses);
        let tokens =
            (0..request.length.unwrap_or(DEFAULT_LENGTH)).map_while(|_| math::draw(&masses, rng));
        Sample {
            columns: tokens.map(|column| column as u32).collect(),
            ..Sample::default()
        }
    }
}

/// Refuses precisions that are not above 0, or of another number of columns unless there are none.
pub fn validate_precision(precision: &[f64], columns: usize) -> Result<(), InvalidModel> {
    let sound = precision.iter().all(|&precision| precision > 0.0)
        && (precision.is_empty() || precision.len() == columns);
    InvalidModel::unless(sound, "a column has no precision")
}

/// The shares above 0 of each column, in ascending order, each with the class of its message.
pub struct Shares {
    starts: Vec<usize>,
    entries: Vec<(f64, Label)>,
    emails: [f64; 2],
}

impl Shares {
    /// Transposes the training set: from shares by message to shares by column.
    pub fn of(data: &TrainingSet<'_>) -> Shares {
        let mut starts = vec![0; data.columns() + 1];
        for mail in data.examples() {
            mail.entries()
                .for_each(|(column, _)| starts[column + 1] += 1);
        }
        for column in 0..data.columns() {
            starts[column + 1] += starts[column];
        }
        let mut next = starts.clone();
        let mut entries = vec![(0.0, Label::Ham); starts[data.columns()]];
        for (mail, &label) in data.examples().zip(data.labels()) {
            for (column, share) in mail.entries() {
                entries[next[column]] = (share, label);
                next[column] += 1;
            }
        }
        for span in starts.windows(2) {
            entries[span[0]..span[1]].sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        Shares {
            starts,
            entries,
            emails: data.class_counts().map(|emails| emails as f64),
        }
    }

    /// The shares of a single column.
    #[cfg(test)]
    pub fn new(entries: &[(f64, Label)], emails: [f64; 2]) -> Shares {
        Shares {
            starts: vec![0, entries.len()],
            entries: entries.to_vec(),
            emails,
        }
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of messages of each class.
    pub fn emails(&self) -> [f64; 2] {
        self.emails
    }

    /// Shares above 0 in a column, with the classes.
    pub fn column(&self, column: usize) -> &[(f64, Label)] {
        &self.entries[self.starts[column]..self.starts[column + 1]]
    }

    /// Shares above 0 in the messages of one class, and in how many messages of it the token is
    /// absent.
    pub fn of_class(
        &self,
        column: usize,
        label: Label,
    ) -> (impl Iterator<Item = f64> + Clone + '_, f64) {
        let of_class = self
            .column(column)
            .iter()
            .filter(move |(_, of)| *of == label)
            .map(|&(share, _)| share);
        let absent = self.emails[label.index()] - of_class.clone().count() as f64;
        (of_class, absent)
    }

    /// Weka's precision of a column: its range by the number of its distinct values less one.
    pub fn precision(&self, column: usize) -> f64 {
        let values = self.column(column);
        let somewhere_absent = (values.len() as f64) < self.emails[0] + self.emails[1];
        let distinct = values.chunk_by(|a, b| a.0 == b.0).count() + usize::from(somewhere_absent);
        let (Some(first), Some(last)) = (values.first(), values.last()) else {
            return LONE_PRECISION;
        };
        let least = if somewhere_absent { 0.0 } else { first.0 };
        if distinct < 2 {
            LONE_PRECISION
        } else {
            (last.0 - least) / (distinct - 1) as f64
        }
    }
}

/// A value rounded to a precision.
pub fn rounded(value: f64, precision: f64) -> f64 {
    (value / precision).round_ties_even() * precision
}

/// Density of a normal distribution.
pub fn density(x: f64, mean: f64, deviation: f64) -> f64 {
    ln_density(x, mean, deviation).exp()
}

/// Logarithm of the density of a normal distribution.
pub fn ln_density(x: f64, mean: f64, deviation: f64) -> f64 {
    let z = (x - mean) / deviation;
    -0.5 * z * z - deviation.ln() - 0.5 * std::f64::consts::TAU.ln()
}

/// Mass of a normal distribution within half a `precision` of x.
pub fn mass(x: f64, mean: f64, deviation: f64, precision: f64) -> f64 {
    // Upper tails only, which keep their digits far out where a difference of distribution
    // functions would be 0.
    let tail = |z: f64| 0.5 * libm::erfc(z * std::f64::consts::FRAC_1_SQRT_2);
    let far = (x - mean).abs();
    let (near, far) = (
        (far - precision / 2.0) / deviation,
        (far + precision / 2.0) / deviation,
    );
    if near > 0.0 {
        tail(near) - tail(far)
    } else {
        1.0 - tail(-near) - tail(far)
    }
}

/// Logarithm of a mass, which is taken for at least the floor.
pub fn ln_mass(mass: f64) -> f64 {
    mass.max(FLOOR).ln()
}

/// A number drawn from the standard normal distribution (Box and Muller).
pub fn standard_normal(rng: &mut dyn rand::Rng) -> f64 {
    let radius = (-2.0 * (1.0 - uniform(rng)).ln()).sqrt();
    radius * (std::f64::consts::TAU * uniform(rng)).cos()
}
