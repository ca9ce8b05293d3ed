//! Complement naive Bayes on tf-idf weights (Rennie, Shih, Teevan and Karger, ICML 2003): the same
//! counting, of corrected counts.
//!
//! Rare tokens weigh more, repeated ones less, and long messages no more than short ones (tf-idf
//! scaled to unit length), and a class is learned from the mail that is *not* of it:
//! w_ct = -ln (α + N_t¬c) / (α m + N_¬c), with `norm` divided by Σ_t |w_ct|; the score is
//! Σ x_t (w_spam,t - w_ham,t). With two classes and no normalising this is the multinomial model
//! of the weights. Generative in spirit: it counts how each class writes. But weights are not
//! occurrences of anything, so it has no likelihood: it classifies, and neither gives code lengths
//! nor generates. Left out, as in the paper: the prior.

use crate::base::mail::Label;
use crate::base::parts::Parts;
use crate::dataset::{ClassCounts, Example, Representation, TrainingSet};
use crate::generative::counts::{WORDS_NOT_MARKUP, alpha};
use crate::model::tables::{Tables, in_table, push_by_column};
use crate::model::{
    Auto, Classifier, Evidence, Family, FitError, FitObserver, FittedModel, InvalidModel, Learner,
    Scale, Setting, settings,
};
use crate::tokenize::TokenKinds;
use serde::{Deserialize, Serialize};

/// Learns [`Complement`].
pub struct ComplementBayes;

settings! {
    /// Settings of [`ComplementBayes`].
    pub struct ComplementSettings {
        alpha: Auto = alpha("weight added to that of each token (additive smoothing)"),
        norm: bool = Setting::flag(
            false,
            "whether the weights of a class are divided by their sum",
        ),
    }
}

/// Complement naive Bayes, fitted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Complement {
    /// w_spam,t - w_ham,t by column.
    #[serde(serialize_with = "in_table")]
    weights: Vec<f64>,
}

impl Complement {
    fn smoothed(counts: &ClassCounts, settings: &ComplementSettings) -> Complement {
        let alpha = settings.alpha.or(1.0);
        let of_class = |label: Label| {
            let other = 1 - label.index();
            let all = (alpha * counts.columns[other].len() as f64 + counts.total[other]).ln();
            let weights = counts.columns[other]
                .iter()
                .map(|sum| all - (alpha + sum).ln())
                .collect::<Vec<f64>>();
            let sum = if settings.norm {
                weights.iter().map(|w| w.abs()).sum()
            } else {
                1.0
            };
            (weights, sum)
        };
        let ((spam, of_spam), (ham, of_ham)) = (of_class(Label::Spam), of_class(Label::Ham));
        Complement {
            weights: spam
                .iter()
                .zip(&ham)
                .map(|(spam, ham)| spam / of_spam - ham / of_ham)
                .collect(),
        }
    }
}

impl Learner for ComplementBayes {
    const NAME: &'static str = "complement";
    const FAMILY: Family = Family::Generative;
    const SUMMARY: &'static str = "\
        complement naive Bayes on tf-idf weights: counts corrected for length and repetition; \
        ranks well, gives no likelihood";
    const DEFAULT: bool = true;
    const TUNABLE: &'static [&'static str] = &["norm"];
    type Settings = ComplementSettings;
    type Fitted = Complement;

    fn kinds(_: &ComplementSettings) -> TokenKinds {
        WORDS_NOT_MARKUP
    }

    fn representation(_: &ComplementSettings) -> Representation {
        Representation::TfIdf
    }

    fn fit(
        &self,
        settings: &ComplementSettings,
        data: &TrainingSet<'_>,
        _watch: &mut dyn FitObserver,
    ) -> Result<Complement, FitError> {
        Ok(Complement::smoothed(&ClassCounts::of(data), settings))
    }

    fn fit_path(
        &self,
        grid: &[ComplementSettings],
        data: &TrainingSet<'_>,
        _watch: &mut dyn FitObserver,
    ) -> Result<Vec<Complement>, FitError> {
        let counts = ClassCounts::of(data);
        Ok(grid
            .iter()
            .map(|settings| Complement::smoothed(&counts, settings))
            .collect())
    }
}

impl FittedModel for Complement {
    fn validate(&self, columns: usize) -> Result<(), InvalidModel> {
        InvalidModel::unless_columns(self.weights.len(), columns)?;
        InvalidModel::unless_finite(&self.weights)
    }

    fn save_tables(&self, parts: &mut Parts) {
        push_by_column(parts, [&self.weights]);
    }

    fn load_tables(&mut self, tables: &mut Tables<'_>) -> Result<(), String> {
        tables.by_column([&mut self.weights])
    }

    fn evidence(&self, mail: Example<'_>) -> Evidence {
        Evidence::linear(mail, 0.0, |column| self.weights[column])
    }

    fn weight(&self, column: u32) -> Option<f64> {
        self.weights.get(column as usize).copied()
    }
}

impl Classifier for Complement {
    fn score(&self, mail: Example<'_>) -> f64 {
        mail.entries()
            .map(|(column, value)| self.weights[column] * value)
            .sum()
    }

    fn scale(&self) -> Scale {
        Scale::Index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPECTED: [f64; 3] = [
        -2.072_061_434_382_213_5,
        0.125_163_142_954_005_88,
        1.223_775_431_622_115_7,
    ];
    const NORMALISED: [f64; 3] = [
        -0.450_287_682_697_912_86,
        0.086_014_171_722_625_65,
        0.364_273_510_975_287_04,
    ];

    /// scikit-learn 1.9.1: `c = ComplementNB(alpha=.5, norm=n).fit([[3,1,0],[1,1,1],[0,2,4]],
    /// [0,0,1])`; `w = c.feature_log_prob_; w[1] - w[0]`, printed above for n = False and True.
    #[test]
    fn weights_agree_with_scikit_learn() {
        let counts = ClassCounts::new([2.0, 1.0], [vec![4.0, 2.0, 1.0], vec![0.0, 2.0, 4.0]]);
        for (norm, expected) in [(false, EXPECTED), (true, NORMALISED)] {
            let settings = ComplementSettings {
                alpha: Auto::Fixed(0.5),
                norm,
            };
            let fitted = Complement::smoothed(&counts, &settings);
            for (found, expected) in fitted.weights.iter().zip(expected) {
                assert!(
                    (found - expected).abs() < 1e-14,
                    "{norm}: {found} for {expected}"
                );
            }
        }
    }
}
