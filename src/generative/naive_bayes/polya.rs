//! Dirichlet-multinomial naive Bayes (Pólya's urn): a class writes bursts. Each message draws word
//! probabilities of its own around those of the class, so that a word that came once is likely to
//! come again.
//!
//! ln p(mail | c) = ln Γ(s_c) - ln Γ(s_c + n) + Σ_t [ln Γ(s_c m_tc + x_t) - ln Γ(s_c m_tc)], the
//! words in one order, with n = Σ x_t (Madsen, Kauchak and Elkan, ICML 2005). The means m are the
//! smoothed shares of the class, m_tc = (α + N_tc) / (α columns + N_c). The concentration s is
//! where the leave-one-out likelihood Σ_d Σ_t x_dt ln((x_dt - 1 + s m_t) / (n_d - 1 + s)) of the
//! training mail is greatest (Minka, Estimating a Dirichlet distribution, 2000), by bisection of
//! its slope. At s → ∞ it is multinomial naive Bayes.

use crate::base::mail::Label;
use crate::base::math::{below, uniform};
use crate::dataset::{Example, Representation, TrainingSet};
use crate::generative::counts::{ALPHA_GRID, PRIOR, WORDS_NOT_MARKUP, alpha, validate_tables};
use crate::model::{
    Auto, CodeLength, Evidence, Family, FitError, FitObserver, FittedModel, Generative,
    InvalidModel, Learner, Prior, Sample, SampleRequest, Setting, settings,
};
use crate::results::Bound;
use crate::tokenize::TokenKinds;
use serde::{Deserialize, Serialize};

/// Learns [`Polya`].
pub struct PolyaBayes;

settings! {
    /// Settings of [`PolyaBayes`].
    pub struct PolyaSettings {
        alpha: Auto = alpha("occurrences added to those of each token (additive smoothing)"),
        concentration: Auto = Setting::found(
            LEAST as u64..=MOST as u64,
            "how little the words of a message differ from those of its class; auto: by \
             leave-one-out likelihood",
        ),
        prior: Prior = PRIOR,
    }
}

/// The range in which the concentration is sought.
const LEAST: f64 = 1.0;
const MOST: f64 = 1e6;
/// Bisections of the logarithm of that range: to within a ten-thousandth.
const HALVINGS: u32 = 18;

/// Dirichlet-multinomial naive Bayes, fitted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Polya {
    log_prior: [f64; 2],
    /// s m_t by class and column.
    parameters: [Vec<f64>; 2],
    /// Their sums.
    concentrations: [f64; 2],
    /// Mean number of tokens in a message of each class, for sampling.
    mean_length: [f64; 2],
}

/// ln Γ(a + x) - ln Γ(a): the logarithm of a (a + 1) … (a + x - 1).
fn log_rising(a: f64, x: f64) -> f64 {
    // Few factors are multiplied, in an order that does not overflow: a is below 1e6.
    if x <= 32.0 && x.fract() == 0.0 {
        let factors = (0..x as u32).map(|more| a + f64::from(more));
        return factors.product::<f64>().ln();
    }
    libm::lgamma(a + x) - libm::lgamma(a)
}

/// The messages of one class.
struct OfClass<'a> {
    emails: Vec<Example<'a>>,
    means: Vec<f64>,
}

impl OfClass<'_> {
    /// The slope of the leave-one-out likelihood by the concentration.
    fn slope(&self, s: f64) -> f64 {
        let of_email = |email: &Example<'_>| {
            let n = email.total();
            let by_token = email.entries().map(|(column, x)| {
                let m = self.means[column];
                x * m / (x - 1.0 + s * m)
            });
            by_token.sum::<f64>() - n / (n - 1.0 + s)
        };
        self.emails
            .iter()
            .filter(|email| email.total() > 0.0)
            .map(of_email)
            .sum()
    }

    fn concentration(&self) -> f64 {
        let (mut low, mut high) = (LEAST.ln(), MOST.ln());
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if self.slope(middle.exp()) > 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        f64::midpoint(low, high).exp()
    }
}

impl Learner for PolyaBayes {
    const NAME: &'static str = "polya";
    const FAMILY: Family = Family::Generative;
    const SUMMARY: &'static str = "\
        Dirichlet-multinomial naive Bayes: as multinomial, but a word that came once is likely to \
        come again";
    const DEFAULT: bool = false;
    type Settings = PolyaSettings;
    type Fitted = Polya;

    fn kinds(_: &PolyaSettings) -> TokenKinds {
        WORDS_NOT_MARKUP
    }

    fn representation(_: &PolyaSettings) -> Representation {
        Representation::Counts
    }

    fn grid(settings: &PolyaSettings) -> Vec<PolyaSettings> {
        let alpha = |alpha| PolyaSettings {
            alpha: Auto::Fixed(alpha),
            ..settings.clone()
        };
        let candidates = settings.alpha.candidates(ALPHA_GRID);
        candidates.into_iter().map(alpha).collect()
    }

    fn fit(
        &self,
        settings: &PolyaSettings,
        data: &TrainingSet<'_>,
        _watch: &mut dyn FitObserver,
    ) -> Result<Polya, FitError> {
        let counts = data.class_counts();
        let mut concentrations = [0.0; 2];
        let mut mean_length = [0.0; 2];
        let mut parameters = [Vec::new(), Vec::new()];
        for label in Label::BOTH {
            let class = label.index();
            if counts[class] == 0 {
                return Err(FitError::OneClass { missing: label });
            }
            let own = data.examples().zip(data.labels());
            let own = own.filter(|(_, of)| **of == label).map(|(email, _)| email);
            let emails: Vec<Example<'_>> = own.collect();
            let alpha = settings.alpha.or(1.0);
            let mut means = vec![alpha; data.columns()];
            for (column, value) in emails.iter().flat_map(|email| email.entries()) {
                means[column] += value;
            }
            let all: f64 = means.iter().sum();
            mean_length[class] = (all - alpha * means.len() as f64) / counts[class] as f64;
            for mean in &mut means {
                *mean /= all;
            }
            let of_class = OfClass { emails, means };
            let s = match settings.concentration {
                Auto::Fixed(s) => s,
                Auto::Tune => of_class.concentration(),
            };
            concentrations[class] = s;
            parameters[class] = of_class.means;
            for parameter in &mut parameters[class] {
                *parameter *= s;
            }
        }
        Ok(Polya {
            log_prior: settings
                .prior
                .log_priors(counts.map(|emails| emails as f64)),
            parameters,
            concentrations,
            mean_length,
        })
    }
}

impl Polya {
    /// What the number of tokens contributes to ln p(mail | class).
    fn of_length(&self, email: Example<'_>, class: usize) -> f64 {
        -log_rising(self.concentrations[class], email.total())
    }

    /// What one token contributes that comes so often.
    fn of_token(&self, column: usize, value: f64, class: usize) -> f64 {
        log_rising(self.parameters[class][column], value)
    }
}

impl FittedModel for Polya {
    fn validate(&self, columns: usize) -> Result<(), InvalidModel> {
        let others = [self.log_prior, self.concentrations, self.mean_length].concat();
        validate_tables(&self.parameters, &others, columns)?;
        let parameters = self.parameters.iter().flatten();
        InvalidModel::unless(
            parameters
                .chain(&self.concentrations)
                .all(|&value| value > 0.0),
            "a parameter is not above 0",
        )
    }

    fn evidence(&self, email: Example<'_>) -> Evidence {
        let prior = self.log_prior[1] - self.log_prior[0];
        let length = self.of_length(email, 1) - self.of_length(email, 0);
        Evidence::by_column(email, prior + length, |column, value| {
            self.of_token(column, value, 1) - self.of_token(column, value, 0)
        })
    }
}

impl Generative for Polya {
    fn log_prior(&self, label: Label) -> f64 {
        self.log_prior[label.index()]
    }

    fn log_likelihood(&self, email: Example<'_>, label: Label) -> f64 {
        let class = label.index();
        let tokens = email.entries();
        let tokens = tokens.map(|(column, value)| self.of_token(column, value, class));
        self.of_length(email, class) + tokens.sum::<f64>()
    }

    fn of_words(&self) -> Option<Bound> {
        Some(Bound::Exact)
    }

    fn code_length(&self, email: Example<'_>) -> Option<CodeLength> {
        Some(self.sum_over(email.total(), email))
    }

    /// Draws tokens from Pólya's urn: each is one that came before, with a probability that grows
    /// with the number of draws, or a new draw by the means.
    fn sample(&self, request: &SampleRequest, rng: &mut dyn rand::Rng) -> Sample {
        let class = request.label.index();
        let mean = self.mean_length[class].round().clamp(1.0, 1e6) as usize;
        let length = request.length.unwrap_or(mean);
        let s = self.concentrations[class];
        let mut masses: Vec<f64> = self.parameters[class]
            .iter()
            .map(|parameter| (parameter.ln() / request.temperature).exp())
            .collect();
        crate::base::math::add_up(&mut masses);
        let mut columns: Vec<u32> = Vec::with_capacity(length);
        for drawn in 0..length {
            if uniform(rng) * (s + drawn as f64) < drawn as f64 {
                columns.push(columns[below(rng, drawn)]);
            } else if let Some(column) = crate::base::math::draw(&masses, rng) {
                columns.push(column as u32);
            } else {
                break;
            }
        }
        Sample {
            columns,
            ..Sample::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::streams::{Stream, random_stream};

    fn polya() -> Polya {
        Polya {
            log_prior: [0.5f64.ln(); 2],
            parameters: [vec![0.5, 1.0, 0.25], vec![2.0, 0.1, 0.4]],
            concentrations: [1.75, 2.5],
            mean_length: [4.0, 6.0],
        }
    }

    #[test]
    fn the_likelihood_is_that_of_drawing_from_an_urn() {
        // Tokens 0, 0, 1 from the urn of ham: .5 / 1.75, then 1.5 / 2.75, then 1 / 3.75.
        let email = Example::sparse(&[0, 1], &[2.0, 1.0]);
        let expected = (0.5 / 1.75 * (1.5 / 2.75) * (1.0 / 3.75_f64)).ln();
        let found = polya().log_likelihood(email, Label::Ham);
        assert!(
            (found - expected).abs() < 1e-12,
            "{found} is not {expected}"
        );
        assert!(polya().evidence(email).exact);
        // Many occurrences go by the gamma function: Γ(100.5) / Γ(.5) = Π (i + 1/2).
        let product: f64 = (0..100).map(|i| (f64::from(i) + 0.5).ln()).sum();
        assert!((log_rising(0.5, 100.0) - product).abs() < 1e-9);
    }

    #[test]
    fn probabilities_of_all_sequences_of_a_length_add_up_to_one() {
        let model = polya();
        let mut sum = 0.0;
        for sequence in 0..27 {
            let tokens = [sequence % 3, sequence / 3 % 3, sequence / 9];
            let mut counts = [0.0_f32; 3];
            for token in tokens {
                counts[token] += 1.0;
            }
            let (columns, values): (Vec<u32>, Vec<f32>) =
                (0..).zip(counts).filter(|(_, count)| *count > 0.0).unzip();
            sum += model
                .log_likelihood(Example::sparse(&columns, &values), Label::Spam)
                .exp();
        }
        assert!((sum - 1.0).abs() < 1e-12, "{sum}");
    }

    #[test]
    fn the_concentration_of_generated_mail_is_found_again() {
        let model = Polya {
            parameters: [vec![4.0, 3.0, 2.0, 1.0], vec![1.0; 4]],
            concentrations: [10.0, 4.0],
            ..polya()
        };
        let request = SampleRequest {
            length: Some(40),
            ..SampleRequest::of(Label::Ham)
        };
        let mut rng = random_stream(5, Stream::Test(0));
        let rows: Vec<(Vec<u32>, Vec<f32>)> = (0..2_000)
            .map(|_| {
                let mut counts = [0.0_f32; 4];
                for column in model.sample(&request, &mut rng).columns {
                    counts[column as usize] += 1.0;
                }
                (0..).zip(counts).filter(|(_, count)| *count > 0.0).unzip()
            })
            .collect();
        let emails = rows.iter();
        let of_class = OfClass {
            emails: emails
                .map(|(columns, values)| Example::sparse(columns, values))
                .collect(),
            means: vec![0.4, 0.3, 0.2, 0.1],
        };
        let found = of_class.concentration();
        // The standard error of ln s for 2,000 urns is about .02.
        assert!((found / 10.0).ln().abs() < 0.1, "{found} is not 10");
    }
}
