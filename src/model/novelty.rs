//! Novelty: how unlike the mail that a model was trained on a message is, whichever class it falls
//! into. Also known as out-of-distribution detection.
//!
//! The statistic is a log-likelihood ratio per byte: by how many bits the model's code of the text,
//! over both classes, is shorter than that of a background model, which knows how often each byte
//! occurs and nothing of what follows what (Ren et al., "Likelihood Ratios for Out-of-Distribution
//! Detection", NeurIPS 2019). The less it is shorter, the more novel the text. The code length
//! alone says little, because a text of rare bytes is long in every code: trained on half of
//! SpamAssassin, the ROC AUC between the other half and Enron1, SMS and Ling-Spam is .984, .978 and
//! .975 by the ratio and .975, .976 and .924 by the code length; with pairs of bytes as background
//! it is .922, .984 and .887.
//!
//! The p-value is the share of the mail held out of training that is more novel: a conformal
//! p-value (Bates et al., Annals of Statistics 51, 2023), but for its rounding to hundredths.

use crate::results::CodeLength;
use serde::{Deserialize, Serialize};
use std::f64::consts::LN_2;

/// A p-value below which a message is called an outlier.
const OUTLIER: f64 = 0.01;

/// How novel a message is to a model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Novelty {
    /// Bits per byte by which the model's code is shorter than the background's; low is novel.
    pub likelihood_ratio_bits_per_byte: f64,
    /// Share of the mail held out of training that is more novel, from 0 to 1.
    pub p_value: f64,
}

impl Novelty {
    /// Whether hardly any of the mail held out of training is as novel.
    pub fn is_outlier(self) -> bool {
        self.p_value < OUTLIER
    }

    /// The p-value as people write it. A sample cannot show that it is 0.
    pub fn p_value_as_text(self) -> String {
        match self.p_value {
            p if p < 0.005 => "< 0.01".to_owned(),
            p => format!("{p:.2}"),
        }
    }
}

/// The statistic of mail held out of training, which new mail is compared with: its percentiles
/// from the 0th to the 100th.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NoveltyReference(Vec<f64>);

impl NoveltyReference {
    /// The reference that held-out mail makes; None if there is none.
    pub fn new(held_out: impl Iterator<Item = CodeLength>) -> Option<NoveltyReference> {
        let mut ratios: Vec<f64> = held_out
            .filter_map(likelihood_ratio_bits_per_byte)
            .collect();
        let last = ratios.len().checked_sub(1)?;
        ratios.sort_by(f64::total_cmp);
        let percentile = |percent: usize| ratios[last * percent / 100];
        Some(NoveltyReference((0..=100).map(percentile).collect()))
    }

    /// How novel a message of this code length is; None by a model without a background.
    pub fn novelty(&self, code_length: CodeLength) -> Option<Novelty> {
        let ratio = likelihood_ratio_bits_per_byte(code_length)?;
        let below = self.0.partition_point(|&percentile| percentile < ratio);
        Some(Novelty {
            likelihood_ratio_bits_per_byte: ratio,
            p_value: below.min(100) as f64 / 100.0,
        })
    }
}

/// The statistic. The end of the text counts as a byte. None without bytes or a background.
fn likelihood_ratio_bits_per_byte(of: CodeLength) -> Option<f64> {
    let saved = -of.log_background? / LN_2 - of.marginal_bits();
    Some(saved / of.bytes?.saturating_add(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Bound;

    /// A text of three bytes and its end, of `bits` bits as mail and 16 bits in the background.
    fn text(bits: f64) -> CodeLength {
        CodeLength {
            symbols: 4.0,
            latent: 0,
            bytes: Some(3),
            bound: Bound::Exact,
            log_likelihood: [-bits * LN_2; 2],
            standard_error: None,
            log_prior: [0.5_f64.ln(); 2],
            log_background: Some(-16.0 * LN_2),
        }
    }

    #[test]
    fn the_p_value_is_the_share_of_held_out_mail_that_is_more_novel() {
        // By hand: codes of 0, 4, 8 and 12 bits are (16 - bits) / 4 = 4, 3, 2 and 1 bits per byte
        // shorter than the background's.
        let held_out = [0.0, 4.0, 8.0, 12.0].map(text);
        let reference = NoveltyReference::new(held_out.into_iter()).unwrap();
        let novelty = |bits| reference.novelty(text(bits)).unwrap();
        assert!((novelty(6.0).likelihood_ratio_bits_per_byte - 2.5).abs() < 1e-12);
        // 2.5 stands above the two lowest of four, which are the percentiles below the 67th.
        assert_eq!(novelty(6.0).p_value, 0.67);
        assert_eq!(
            (novelty(20.0).p_value, novelty(20.0).is_outlier()),
            (0.0, true)
        );
        assert_eq!(
            (novelty(-4.0).p_value, novelty(-4.0).is_outlier()),
            (1.0, false)
        );
        assert_eq!(NoveltyReference::new(std::iter::empty()), None);
    }

    #[test]
    fn a_p_value_is_never_said_to_be_0() {
        let text = |p_value| {
            let likelihood_ratio_bits_per_byte = 0.0;
            let novelty = Novelty {
                likelihood_ratio_bits_per_byte,
                p_value,
            };
            novelty.p_value_as_text()
        };
        assert_eq!([0.0, 0.01, 0.5].map(text), ["< 0.01", "0.01", "0.50"]);
    }
}
