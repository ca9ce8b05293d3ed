//! What is said of how new mail differs from the training mail: where it holds, where it does not,
//! and where it cannot be told.

use crate::fixture;
use spamlab::base::mail::Label;
use spamlab::base::math::logit;
use spamlab::report::statements::{drift, shared_mail};
use spamlab::results::{
    DRIFT, Drift, Experiment, Metrics, ModelDrift, Outcome, PriorShift, ScoreShift, SharedMail,
};

const EMAILS: usize = 600;

fn accuracy(share: f64) -> Metrics {
    [("accuracy".to_owned(), Some(share))].into()
}

/// Mail of which nothing changed, in the eyes of two models.
fn unchanged() -> Drift {
    let model = |name: &str| ModelDrift {
        model: name.to_owned(),
        scores: Some(ScoreShift {
            stability_index: 0.02,
            if_unchanged: 0.05,
            largest_difference: [Some(0.04), Some(0.03)],
        }),
        prior: PriorShift {
            training: 0.3,
            new: 0.3,
            estimated: 0.3,
            metrics: accuracy(0.97),
            corrected: accuracy(0.97),
        },
        without_shared: None,
    };
    Drift {
        emails: EMAILS,
        unknown_tokens: 0.125,
        token_divergence_bits: 0.0421,
        tokens: Vec::new(),
        shared: None,
        models: ["multinomial", "svm"].map(model).into(),
    }
}

fn with(change: impl Fn(&mut Drift)) -> Experiment {
    let mut experiment = fixture::experiment(EMAILS, 4);
    let mut found = unchanged();
    change(&mut found);
    experiment.set_found(DRIFT, &found);
    experiment
}

fn told(experiment: &Experiment) -> Vec<String> {
    drift(experiment).into_iter().map(|one| one.text).collect()
}

#[test]
fn of_mail_that_did_not_change_only_its_tokens_and_its_share_of_spam_are_told() {
    let told = told(&with(|_| {}));
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].starts_with("12.5 % of the tokens of these 600 messages are not in"),
        "{told:?}"
    );
    assert_eq!(
        told[1],
        "30.0 % of this mail is spam, and 30.0 % of the training mail was; by the \
         scores alone it would be 30.0 %."
    );
    assert!(drift(&fixture::experiment(60, 4)).is_empty());
}

/// Newcombe's interval in Python: 6 of 60 against 9 of 540 is .02 to .18 more, 2 of 60 against 9 of
/// 540 is -.006 to .10, and 0 of 19 against 2 of 581 is -.01 to .16.
#[test]
fn shared_messages_are_counted_and_named_and_it_is_told_whether_they_flatter() {
    let shared = |emails: usize| SharedMail {
        duplicates: emails - emails / 4,
        near_duplicates: emails / 4,
        rows: (0..emails as u32).collect(),
    };
    let told = |emails: usize, wrong_of_these: usize, wrong_of_others: usize| {
        let mut experiment = with(|found| found.shared = Some(shared(emails)));
        let is_wrong = |row: usize| match row.checked_sub(emails) {
            None => row < wrong_of_these,
            Some(row) => row < wrong_of_others,
        };
        experiment.emails.labels = vec![Some(Label::Ham); EMAILS];
        for model in &mut experiment.models {
            for run in &mut model.runs {
                let Outcome::Scored(scored) = &mut run.outcome else {
                    continue;
                };
                for (odds, &row) in scored.log_odds.iter_mut().zip(&scored.rows) {
                    *odds = if is_wrong(row as usize) { 3.0 } else { -3.0 };
                }
            }
        }
        let ids = [0, 1, 2].map(|row| experiment.emails.id(row)).join(", ");
        let found = shared_mail(&experiment).unwrap();
        let text = found.text.replace(&ids, "IDS");
        assert_eq!(found.rests_on[0], emails as f64);
        text
    };
    let count = "540 of the 600 messages (90.0 %) are duplicates or near-duplicates of \
                 training mail, for instance IDS: ";
    let holds = told(540, 9, 6);
    let (before, after) = holds.split_once("flatter the figures. ").unwrap();
    assert_eq!(before, format!("{count}they "));
    assert!(
        after.ends_with(" makes 10.00 % errors on the others and 1.67 on these."),
        "{after}"
    );
    let undecided = format!("{count}they may flatter the figures.");
    assert_eq!(told(540, 9, 2), undecided);
    assert_eq!(told(540, 60, 0), undecided);
    assert!(told(581, 2, 0).ends_with("they may flatter the figures."));
    assert!(told(600, 2, 0).ends_with("they may flatter the figures."));
    // None, and unknown.
    assert!(shared_mail(&with(|found| found.shared = Some(shared(0)))).is_none());
    assert!(shared_mail(&with(|_| {})).is_none());
}

#[test]
fn a_shift_of_scores_is_claimed_only_where_chance_does_not_explain_it() {
    let shifted = |index: f64, if_unchanged: f64, shared: usize| {
        let experiment = with(|found| {
            found.shared = Some(SharedMail {
                duplicates: shared,
                near_duplicates: 0,
                rows: (0..shared as u32).collect(),
            });
            found.models[1].scores = Some(ScoreShift {
                stability_index: index,
                if_unchanged,
                largest_difference: [None; 2],
            });
        });
        let told = told(&experiment).into_iter();
        told.filter(|text| text.contains("stability index"))
            .collect::<String>()
    };
    let claimed = shifted(0.4, 0.1, 300);
    assert!(
        claimed.contains("by more than chance): svm 0.40.") && claimed.ends_with("not hold here."),
        "{claimed}"
    );
    assert!(shifted(0.4, 0.1, 301).contains("svm 0.40. Most of this mail was trained on"));
    assert!(shifted(0.4, 0.6, 0).starts_with("Whether the scores shifted cannot be told"));
    assert_eq!(shifted(0.2, 0.1, 0), "");
}

/// The correction moves all log-odds by ln 9, from a tenth to a half of spam, so that messages
/// between -ln 9 and 0 become spam.
#[test]
fn a_correction_helps_or_harms_only_where_the_changed_verdicts_show_it() {
    let corrected = |label_of: &dyn Fn(usize) -> Label, changed: usize| {
        let mut experiment = with(|found| {
            found.models[1].prior.training = 0.1;
            found.models[1].prior.estimated = 0.5;
        });
        assert!((logit(0.5) - logit(0.1) - 9.0_f64.ln()).abs() < 1e-12);
        let emails = &mut experiment.emails;
        emails.groups = (0..EMAILS as u32).collect();
        emails.labels = (0..EMAILS).map(|row| Some(label_of(row))).collect();
        for model in &mut experiment.models {
            for run in &mut model.runs {
                let Outcome::Scored(scored) = &mut run.outcome else {
                    continue;
                };
                for (odds, &row) in scored.log_odds.iter_mut().zip(&scored.rows) {
                    *odds = if (row as usize) < changed { -1.0 } else { -5.0 };
                }
            }
        }
        let told = told(&experiment).into_iter();
        told.filter(|text| text.contains("Correcting"))
            .collect::<String>()
    };
    let spam = |_| Label::Spam;
    let ham = |_| Label::Ham;
    let both = |row: usize| Label::from_is_spam(row.is_multiple_of(2));
    // Exact binomial tests: 20 to 0 is p = 2 / 2^20, 4 to 0 is p = 1/8.
    assert_eq!(
        corrected(&spam, 20),
        "Correcting every score for the share that the scores suggest means fewer errors for svm \
         (20 fixed, 0 regressed); by McNemar’s test p < 0.0001."
    );
    assert!(corrected(&ham, 20).contains("means more errors for svm (0 fixed, 20 regressed)"));
    assert_eq!(corrected(&spam, 4), "");
    assert_eq!(corrected(&both, 40), "");
    assert_eq!(corrected(&spam, 0), "");
}
