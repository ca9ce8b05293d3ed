//! How a model generates: what is asked of it, and what it gives; and what some generative models
//! can do besides: tell the next byte, fill in a word, place a message in a latent space.

use crate::base::mail::Label;
use crate::dataset::Example;

/// A request for one generated message.
#[derive(Debug, Clone)]
pub struct SampleRequest {
    /// The class whose mail is to be generated.
    pub label: Label,
    /// Number of tokens, or of bytes of text; None lets the model choose.
    pub length: Option<usize>,
    /// At 1 the distribution of the model is sampled; below 1 likely symbols become likelier, above
    /// 1 unlikely ones do.
    pub temperature: f64,
    /// How many symbols a model of text draws among at each place, the likeliest; None for all
    /// (Fan, Lewis and Dauphin, ACL 2018).
    pub top_k: Option<usize>,
    /// The probability of those it draws among, the fewest that have as much; 1 for all (nucleus
    /// sampling; Holtzman and others, ICLR 2020).
    pub top_p: f64,
    /// How the text begins, for a model of text; others have no beginning.
    pub prompt: Vec<u8>,
    /// How many states to keep of a message on its way, if the model makes it step by step.
    pub steps: usize,
}

impl SampleRequest {
    /// A message of a class, of any length, at the temperature 1.
    pub fn of(label: Label) -> SampleRequest {
        SampleRequest {
            label,
            length: None,
            temperature: 1.0,
            top_k: None,
            top_p: 1.0,
            prompt: Vec::new(),
            steps: 0,
        }
    }

    /// Whether symbols are drawn by their probabilities, unchanged.
    pub fn is_plain(&self) -> bool {
        self.temperature == 1.0 && !self.is_cut()
    }

    /// Whether only the likeliest symbols are drawn.
    pub fn is_cut(&self) -> bool {
        self.top_k.is_some() || self.top_p < 1.0
    }

    /// Turns probabilities of all symbols that could come next into masses by which to draw one:
    /// first the temperature, then the number of symbols, then their probability.
    pub fn weigh(&self, probabilities: &mut [f64]) {
        if self.temperature != 1.0 {
            // As shares of the greatest, which stays 1 however low the temperature.
            let most = probabilities.iter().copied().fold(0.0, f64::max);
            for p in probabilities.iter_mut() {
                *p = (*p / most).powf(1.0 / self.temperature);
            }
        }
        if !self.is_cut() {
            return;
        }
        let mut order: Vec<usize> = (0..probabilities.len()).collect();
        order.sort_by(|&a, &b| {
            probabilities[b]
                .total_cmp(&probabilities[a])
                .then(a.cmp(&b))
        });
        let mut kept = self
            .top_k
            .unwrap_or(order.len())
            .clamp(1, order.len().max(1));
        let first = order.iter().take(kept).map(|&symbol| probabilities[symbol]);
        let enough = self.top_p * first.clone().sum::<f64>();
        let reached = first.scan(0.0, |sum, p| {
            *sum += p;
            Some(*sum)
        });
        kept = reached
            .take_while(|sum| *sum < enough)
            .count()
            .min(kept - 1)
            + 1;
        for &symbol in order.iter().skip(kept) {
            probabilities[symbol] = 0.0;
        }
    }
}

/// A generated message: vocabulary columns in order, or text. A bag of words has no order of its
/// own; its sample is in drawing order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sample {
    /// Columns of its tokens, from a model of tokens.
    pub columns: Vec<u32>,
    /// Its bytes, from a model of text.
    pub text: Vec<u8>,
    /// Its states on the way, evenly spaced, the last of them the message: a place that is not yet
    /// filled is `_`.
    pub steps: Vec<Vec<u8>>,
}

/// A fitted model that generates a message from a latent vector, which says what it is about.
pub trait Latent: Send + Sync {
    /// The mean of the latent vector of a message, if it is mail of this class.
    fn mean(&self, email: Example<'_>, label: Label) -> Vec<f64>;

    /// The probability of each column that it knows, in mail of a class with this latent vector.
    fn probabilities(&self, z: &[f64], label: Label) -> Vec<(u32, f64)>;
}

/// A fitted model that fills in words from what stands on both sides of them.
pub trait Infilling: Send + Sync {
    /// The word that is missing between each two of the texts of a message, of ASCII letters, 1 to
    /// `most` of them, as in mail of this class: the most probable one that the model finds. It
    /// may be empty, if it finds none.
    fn words(&self, texts: &[&[u8]], most: usize, label: Label) -> Vec<Vec<u8>>;
}

/// The symbol after the last byte of a message.
pub const END: u16 = 256;

/// A fitted model of the order in which bytes follow one another.
///
/// ```
/// use spamlab::base::mail::Label;
/// use spamlab::model::{END, Sequence};
///
/// /// Every symbol is as likely as any other.
/// struct Uniform;
///
/// impl Sequence for Uniform {
///     fn next(&self, _: &[u8], _: Label) -> [f64; END as usize + 1] {
///         [1.0 / 257.0; END as usize + 1]
///     }
/// }
///
/// let p = Uniform.next(b"Subject: ", Label::Spam);
/// assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-12);
/// ```
pub trait Sequence: Send + Sync {
    /// p(symbol | context, label) of the 256 bytes and of [`END`], after what stands in the message
    /// so far.
    fn next(&self, context: &[u8], label: Label) -> [f64; END as usize + 1];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_symbols_are_cut_by_number_and_by_probability() {
        let weighed = |temperature: f64, top_k: Option<usize>, top_p: f64| {
            let request = SampleRequest {
                temperature,
                top_k,
                top_p,
                ..SampleRequest::of(Label::Ham)
            };
            let mut masses = [0.125, 0.5, 0.25, 0.125];
            request.weigh(&mut masses);
            masses
        };
        assert_eq!(weighed(1.0, None, 1.0), [0.125, 0.5, 0.25, 0.125]);
        assert_eq!(weighed(1.0, Some(2), 1.0), [0.0, 0.5, 0.25, 0.0]);
        // Of two that are alike the first is kept.
        assert_eq!(weighed(1.0, Some(3), 1.0), [0.125, 0.5, 0.25, 0.0]);
        assert_eq!(weighed(1.0, None, 0.75), [0.0, 0.5, 0.25, 0.0]);
        assert_eq!(weighed(1.0, None, 0.76), [0.125, 0.5, 0.25, 0.0]);
        assert_eq!(weighed(1.0, None, 1e-9), [0.0, 0.5, 0.0, 0.0]);
        // Three quarters of the two that are left is more than one of them has.
        assert_eq!(weighed(1.0, Some(2), 0.7), [0.0, 0.5, 0.25, 0.0]);
        // p^2 = 1/64, 1/4, 1/16, 1/64 of 22/64: the first has 16/22.
        assert_eq!(weighed(0.5, None, 0.7), [0.0, 1.0, 0.0, 0.0]);
        let mut flat = vec![1.0 / 32_000.0; 32_000];
        let cold = SampleRequest {
            temperature: 0.01,
            ..SampleRequest::of(Label::Ham)
        };
        cold.weigh(&mut flat);
        assert!(flat.iter().all(|mass| *mass == 1.0));
    }
}
