//! Robinson-Fisher combining, the rule of SpamBayes and bogofilter: could tokens that speak so
//! strongly for one class have come together by chance?
//!
//! p(w) = p_spam / (p_spam + p_ham) from the shares of messages of each class that hold token w, n
//! messages in all; Robinson's f(w) = (s x + n p(w)) / (s + n) with strength s of the assumption
//! that an unknown token has x. Of the tokens of a message whose f is at least
//! `minimum_prob_strength` from 1/2 the n that are farthest, at most `max_discriminators`, are
//! combined by Fisher's method: H = Q(-2 Σ ln f, 2n), S = Q(-2 Σ ln (1 - f), 2n), Q the upper tail
//! of χ². The index I = (1 + H - S) / 2 is near 1/2, a natural *unsure*, where the mail looks like
//! both classes or neither (Robinson, Linux Journal 107, 2003). The score is logit I, from the
//! logarithms of both tails: the same order and the same verdicts as by I, without the ties of an
//! index that rounds to 0 or 1. Generative in this sense only: it counts how each class writes and
//! inverts that; it combines tests, not likelihoods, so it has no code length and cannot generate.

use super::counting::{ByOwnColumns, Counting, OfCounts, counted};
use super::counts::validate_tables;
use crate::base::math::log_sum_exp;
use crate::base::parts::Parts;
use crate::dataset::{ClassCounts, Example, Representation, TrainingSet};
use crate::model::tables::{Tables, in_table, push_by_column};
use crate::model::{
    Classifier, Evidence, EvidencePlace, Family, FitError, FitObserver, FittedModel, Incremental,
    InvalidModel, Learner, Needs, RawOutput, Scale, Setting, settings,
};
use serde::{Deserialize, Serialize};

/// Learns [`Fisher`].
pub struct RobinsonFisher;

settings! {
    /// Settings of [`RobinsonFisher`]; the defaults are those of SpamBayes.
    pub struct FisherSettings {
        unknown_word_strength: f64 = Setting::real(
            0.45,
            1e-3..=1e3,
            "how many messages the assumption about an unknown token is worth",
        ),
        unknown_word_prob: f64 = Setting::real(
            0.5,
            0.01..=0.99,
            "spamminess assumed of an unknown token",
        ),
        minimum_prob_strength: f64 = Setting::real(
            0.1,
            0.0..=0.49,
            "how far from one half the spamminess of a token must be to count",
        ),
        max_discriminators: u64 = Setting::whole(
            150,
            1..=100_000,
            "how many tokens count, the strongest first",
        ),
    }
}

/// Robinson-Fisher combining, fitted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fisher {
    /// ln (1 - f) and ln f of each column.
    #[serde(serialize_with = "in_table")]
    log_chance: [Vec<f64>; 2],
    minimum_prob_strength: f64,
    max_discriminators: u64,
}

impl Fisher {
    fn of(counts: &ClassCounts, settings: &FisherSettings) -> Fisher {
        let [ham, spam] = &counts.columns;
        let with = ham.iter().zip(spam).map(|(&ham, &spam)| [ham, spam]);
        let chances: Vec<[f64; 2]> = with
            .map(|with| settings.log_chances(with, counts.emails))
            .collect();
        Fisher {
            log_chance: [0, 1].map(|class| chances.iter().map(|of| of[class]).collect()),
            minimum_prob_strength: settings.minimum_prob_strength,
            max_discriminators: settings.max_discriminators,
        }
    }

    /// The columns of the message that count, each with ln (1 - f) and ln f.
    fn discriminators(&self, mail: Example<'_>) -> Vec<(u32, [f64; 2])> {
        let chances = |&column: &u32| {
            let of = |class: usize| self.log_chance[class][column as usize];
            (column, [0, 1].map(of))
        };
        let found = mail.columns.iter().map(chances).collect();
        strongest(found, self.minimum_prob_strength, self.max_discriminators)
    }
}

impl FisherSettings {
    /// ln (1 - f) and ln f of a token that stands in so many of the messages of each class.
    fn log_chances(&self, with: [f64; 2], emails: [f64; 2]) -> [f64; 2] {
        let [ham, spam] = [0, 1].map(|class: usize| with[class] / emails[class]);
        let p = if ham + spam > 0.0 {
            spam / (ham + spam)
        } else {
            self.unknown_word_prob
        };
        let held = with[0] + with[1];
        let f = (self.unknown_word_strength * self.unknown_word_prob + held * p)
            / (self.unknown_word_strength + held);
        [(-f).ln_1p(), f.ln()]
    }
}

/// Those tokens of a message that count.
fn strongest(
    mut found: Vec<(u32, [f64; 2])>,
    minimum_prob_strength: f64,
    max_discriminators: u64,
) -> Vec<(u32, [f64; 2])> {
    let distance = |[_, spam]: [f64; 2]| (spam.exp() - 0.5).abs();
    found.retain(|&(_, chances)| distance(chances) >= minimum_prob_strength);
    // A stable sort: of equals the first mentioned count.
    found.sort_by(|a, b| distance(b.1).total_cmp(&distance(a.1)));
    found.truncate(usize::try_from(max_discriminators).unwrap_or(usize::MAX));
    found
}

impl OfCounts for FisherSettings {
    type Fitted = Fisher;

    fn of_counts(&self, counts: &ClassCounts) -> Fisher {
        Fisher::of(counts, self)
    }
}

impl ByOwnColumns for FisherSettings {
    fn raw(&self, counts: &ClassCounts, email: Example<'_>) -> RawOutput {
        // A class without messages holds no token, whatever that is divided by.
        let emails = counts.emails.map(|emails| emails.max(1.0));
        let chances = counted(counts, email).map(|(_, with)| self.log_chances(with, emails));
        let found = (0..).zip(chances).collect();
        let strongest = strongest(found, self.minimum_prob_strength, self.max_discriminators);
        RawOutput::of_score(logit_index(&strongest))
    }
}

/// Logit of the index (1 + H - S) / 2 of tokens with these ln (1 - f) and ln f.
fn logit_index(discriminators: &[(u32, [f64; 2])]) -> f64 {
    let sum = |class: usize| {
        -discriminators
            .iter()
            .map(|(_, chances)| chances[class])
            .sum::<f64>()
    };
    let ((below_s, s), (below_h, h)) = (
        ln_tails(sum(0), discriminators.len()),
        ln_tails(sum(1), discriminators.len()),
    );
    // 1 - H and 1 - S are lower tails, which keep their digits where H and S are near 1.
    log_sum_exp(h, below_s) - log_sum_exp(below_h, s)
}

/// ln P and ln Q at 2y of the χ² distribution with 2n degrees of freedom, which is Erlang's: Q =
/// e^-y Σ_{i<n} y^i / i!.
fn ln_tails(y: f64, n: usize) -> (f64, f64) {
    if n == 0 {
        return (f64::NEG_INFINITY, 0.0);
    }
    let (y, n) = (y.max(f64::MIN_POSITIVE), n as f64);
    // The smaller tail as its largest term times a series of falling ratios; the other is what is
    // left of 1.
    let series = |ratio: &dyn Fn(f64) -> f64| {
        let (mut term, mut sum, mut at) = (1.0, 1.0, 0.0);
        while term > sum * 1e-17 {
            at += 1.0;
            term *= ratio(at);
            sum += term;
        }
        sum.ln()
    };
    let rest = |smaller: f64| (-smaller.min(0.0).exp()).ln_1p();
    if y < n {
        let lower = n * y.ln() - y - libm::lgamma(n + 1.0) + series(&|at| y / (n + at));
        (lower, rest(lower))
    } else {
        let upper = (n - 1.0) * y.ln() - y - libm::lgamma(n) + series(&|at| (n - at) / y);
        (rest(upper), upper)
    }
}

impl Learner for RobinsonFisher {
    const NAME: &'static str = "fisher";
    const FAMILY: Family = Family::Generative;
    const SUMMARY: &'static str = "\
        Robinson-Fisher combining, as in SpamBayes and bogofilter: tests whether the strongest \
        words came together by chance; has a natural unsure range";
    const DEFAULT: bool = false;
    const NEEDS: Needs = Needs::Counts;
    type Settings = FisherSettings;
    type Fitted = Fisher;

    fn representation(_: &FisherSettings) -> Representation {
        Representation::Binary
    }

    fn fit(
        &self,
        settings: &FisherSettings,
        data: &TrainingSet<'_>,
        _: &mut dyn FitObserver,
    ) -> Result<Fisher, FitError> {
        Ok(Fisher::of(&ClassCounts::of(data), settings))
    }

    fn fit_counts(
        &self,
        grid: &[FisherSettings],
        counts: &ClassCounts,
    ) -> Result<Vec<Fisher>, FitError> {
        Ok(grid
            .iter()
            .map(|settings| Fisher::of(counts, settings))
            .collect())
    }

    fn incremental(&self, settings: &FisherSettings) -> Option<Box<dyn Incremental>> {
        Some(Box::new(Counting::new(settings)))
    }
}

impl FittedModel for Fisher {
    fn validate(&self, columns: usize) -> Result<(), InvalidModel> {
        validate_tables(&self.log_chance, &[self.minimum_prob_strength], columns)?;
        let sound = self.log_chance.iter().flatten().all(|&chance| chance < 0.0);
        InvalidModel::unless(sound, "a probability is not below 1")
    }

    fn save_tables(&self, parts: &mut Parts) {
        push_by_column(parts, &self.log_chance);
    }

    fn load_tables(&mut self, tables: &mut Tables<'_>) -> Result<(), String> {
        tables.by_column(&mut self.log_chance)
    }

    /// Log-odds of each token that counts. They do not add up to the score: the tests are not a
    /// sum.
    fn evidence(&self, mail: Example<'_>) -> Evidence {
        let part =
            |(column, [ham, spam]): (u32, [f64; 2])| (EvidencePlace::Column(column), spam - ham);
        Evidence {
            parts: self.discriminators(mail).into_iter().map(part).collect(),
            intercept: 0.0,
            exact: false,
        }
    }
}

impl Classifier for Fisher {
    fn score(&self, mail: Example<'_>) -> f64 {
        logit_index(&self.discriminators(mail))
    }

    fn scale(&self) -> Scale {
        Scale::Index
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::Label;

    /// ln P and ln Q by the finite sum in Python's `decimal` with 400 digits, which SciPy 1.x's
    /// `chi2.logcdf(2*y, 2*n)` and `chi2.logsf(2*y, 2*n)` repeat to 1e-13.
    const TAILS: [(f64, usize, f64, f64); 7] = [
        (0.5, 1, -0.932_752_129_567_188_6, -0.5),
        (3.25, 2, -0.180_072_547_653_790_1, -1.803_081_017_063_674_6),
        (10.0, 10, -0.612_359_607_853_754_7, -0.781_039_568_496_278),
        (0.001, 5, -39.327_101_461_104_88, -8.326_391_864_211_502e-18),
        (
            150.0,
            20,
            -1.495_596_972_272_626_6e-41,
            -94.003_463_373_060_33,
        ),
        (
            2.0,
            150,
            -503.034_696_419_485_7,
            -3.426_156_045_205_941e-219,
        ),
        (
            149.5,
            150,
            -0.704_091_098_515_358_7,
            -0.682_321_736_545_313_4,
        ),
    ];

    #[test]
    fn tails_agree_with_a_calculation_of_many_digits() {
        for (y, n, lower, upper) in TAILS {
            let (found_lower, found_upper) = ln_tails(y, n);
            // The far tail is an exponential of some hundreds, which magnifies their last digit.
            assert!(
                (found_lower / lower - 1.0).abs() < 2e-12,
                "ln P({y}, {n}) = {found_lower}, not {lower}"
            );
            assert!(
                (found_upper / upper - 1.0).abs() < 2e-12,
                "ln Q({y}, {n}) = {found_upper}, not {upper}"
            );
        }
    }

    #[test]
    fn one_token_gives_the_hand_worked_index() {
        // In 3 of 4 spam and 1 of 2 ham: p = .75/1.25 = .6, f = (1·.5 + 4·.6)/5 = .58. With one
        // token Q(-2 ln f, 2) = f, so I = (1 + f - (1 - f)) / 2 = f.
        let counts = ClassCounts::new([2.0, 4.0], [vec![1.0], vec![3.0]]);
        let settings = FisherSettings {
            unknown_word_strength: 1.0,
            minimum_prob_strength: 0.0,
            ..FisherSettings::default()
        };
        let score = Fisher::of(&counts, &settings).score(Example::sparse(&[0], &[1.0]));
        assert!((score - (0.58_f64 / 0.42).ln()).abs() < 1e-12, "{score}");
    }

    #[test]
    fn what_speaks_for_both_is_unsure_and_the_classes_are_mirrored() {
        let half: Vec<f64> = (0..40)
            .map(|column| if column % 2 == 0 { 30.0 } else { 0.0 })
            .collect();
        let other: Vec<f64> = half.iter().map(|count| 30.0 - count).collect();
        let fitted = Fisher::of(
            &ClassCounts::new([30.0, 30.0], [half, other]),
            &FisherSettings::default(),
        );
        let score =
            |columns: &[u32]| fitted.score(Example::sparse(columns, &vec![1.0; columns.len()]));
        assert!(score(&(0..40).collect::<Vec<_>>()).abs() < 1e-9);
        let of = |label: Label| {
            (0..40)
                .filter(|column| column % 2 == label.index() as u32)
                .collect::<Vec<_>>()
        };
        assert!(score(&of(Label::Spam)) > 50.0);
        assert!((score(&of(Label::Spam)) + score(&of(Label::Ham))).abs() < 1e-9);
        assert_eq!(score(&[]), 0.0);
    }
}
