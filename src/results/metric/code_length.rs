//! Code lengths of models of bytes: bits of all messages, ends included, per byte. Only such models
//! have a code length: a bag of words never says in which order its words stand, so its perplexity
//! must not stand beside these figures.

use super::sums::MetricSums;

/// Under the model of the class that each message is of.
pub(super) fn bits_per_byte(sums: &MetricSums) -> Option<f64> {
    let [bits, _, bytes] = sums.bits;
    (bytes > 0.0).then(|| bits / bytes)
}

/// Under the mixture of both classes: the code length of a text whose class is not known.
pub(super) fn bits_per_byte_marginal(sums: &MetricSums) -> Option<f64> {
    let [_, bits, bytes] = sums.bits;
    (bytes > 0.0).then(|| bits / bytes)
}

#[cfg(test)]
mod tests {
    use crate::base::mail::Label;
    use crate::results::decision::Decision;
    use crate::results::metric::{ScoredEmails, measure};
    use crate::results::{CodeLength, Scale};

    #[test]
    fn bits_are_those_counted_by_hand() {
        // Ham of 3 bytes costs 8 bits as ham and 9 as spam, spam of 5 bytes 12 and 11; both classes
        // are as likely before.
        let nats = |bits: [f64; 2]| bits.map(|bits| -bits * std::f64::consts::LN_2);
        let text = |bytes, bits| CodeLength {
            bytes: Some(bytes),
            log_likelihood: nats(bits),
            log_prior: nats([1.0, 1.0]),
            ..CodeLength::default()
        };
        let code_lengths = [text(3, [8.0, 9.0]), text(5, [12.0, 11.0])];
        let labels = [Label::Ham, Label::Spam];
        let scored = ScoredEmails {
            labels: &labels,
            score: &[0.0; 2],
            scale: Scale::LogOdds,
            log_odds: &[0.0; 2],
            decision: Decision::default(),
            code_lengths: &code_lengths,
        };
        assert!((measure(&scored)["bits_per_byte"].unwrap() - 19.0 / 8.0).abs() < 1e-12);
        // 2^-9 + 2^-10 = 3 · 2^-10 and 2^-13 + 2^-12 = 3 · 2^-13.
        let expected = (10.0 + 13.0 - 2.0 * 3f64.log2()) / 8.0;
        assert!((measure(&scored)["bits_per_byte_marginal"].unwrap() - expected).abs() < 1e-12);
        assert_eq!(
            measure(&ScoredEmails {
                decision: Decision::default(),
                code_lengths: &[],
                ..scored
            })["bits_per_byte"],
            None
        );
        assert_eq!(code_lengths[0].by_byte(6.0), Some(2.0));
    }
}
