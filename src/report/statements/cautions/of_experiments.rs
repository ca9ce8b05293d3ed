//! What misleads readers of an experiment of many fits: the mail, test sets that are too small, and
//! models that did on some of them what they should not.

use super::mail::{from_different_times, unlike, unlike_pairs};
use crate::base::numbers::count;
use crate::report::statements::joined::joined;
use crate::results::experiments::{Caveats, MailFacts, TestTally};
use crate::results::{FEW, decides_alone};

/// What is counted of models, how, and what to do about it.
type Counted = (&'static str, fn(&TestTally) -> usize, &'static str);

/// The caveats that apply, a sentence or two each.
pub fn caveats(found: &Caveats) -> Vec<String> {
    let mut told = Vec::new();
    for mail in &found.mail {
        let of = match found.mail.len() {
            1 => String::new(),
            _ => format!("{}: ", mail.name),
        };
        let of_mail = of_mail(mail).into_iter();
        told.extend(of_mail.map(|text| format!("{of}{text}")));
    }
    told.extend(unlike_pairs(&found.pairs).map(|one| one.text));
    told.extend(small_test_sets(found));
    let counted: [Counted; 3] = [
        (
            "No better than always answering with the majority class",
            |tally| tally.no_better,
            "",
        ),
        (
            "Not converged",
            |tally| tally.not_converged,
            " Raise the limit on passes.",
        ),
        (
            "Probabilities off by more than chance explains (expected calibration error)",
            |tally| tally.miscalibrated,
            " Rank by them, but do not multiply costs by them.",
        ),
    ];
    told.extend(counted.iter().filter_map(|one| of_models(found, one)));
    told
}

/// In how many of its tests each model did what is counted; None where none did.
fn of_models(found: &Caveats, &(what, times, advice): &Counted) -> Option<String> {
    let models = found.models.iter();
    let models: Vec<(&String, &TestTally)> = models.filter(|(_, tally)| times(tally) > 0).collect();
    let (_, first) = models.first()?;
    let alike = models.iter().all(|(_, tally)| tally.tests == first.tests);
    let of = |tests: usize| match tests {
        1 => "of 1 test".to_owned(),
        _ => format!("of {} tests", count(tests)),
    };
    let of_model = |(name, tally): &(&String, &TestTally)| {
        let times = format!("{name} in {}", count(times(tally)));
        if alike {
            times
        } else {
            format!("{times} {}", of(tally.tests))
        }
    };
    let clauses: Vec<String> = models.iter().map(of_model).collect();
    let clauses = joined(&clauses, "and");
    Some(if alike {
        format!("{what}, {}: {clauses}.{advice}", of(first.tests))
    } else {
        format!("{what}: {clauses}.{advice}")
    })
}

fn of_mail(mail: &MailFacts) -> Vec<String> {
    let dates = mail.dates.as_ref();
    let times = dates.and_then(|dates| from_different_times(dates, mail.emails));
    let halves = mail.halves.as_ref();
    let halves = halves.and_then(|found| unlike(found, ["first half", "second half"]));
    let leaky = mail.leaky_tokens.iter();
    let leaky = leaky.map(|one| decides_alone(one, mail.emails));
    leaky
        .chain([times, halves].into_iter().flatten().map(|one| one.text))
        .collect()
}

fn small_test_sets(found: &Caveats) -> Option<String> {
    let [ham, spam] = found.fewest()?;
    let few = [("ham", ham), ("spam", spam)].into_iter();
    let few = few.filter(|&(_, emails)| emails < FEW);
    let few: Vec<String> = few
        .map(|(class, emails)| format!("{emails} {class}"))
        .collect();
    (!few.is_empty()).then(|| {
        format!(
            "The smallest test set has only {}: rates and intervals say little there.",
            few.join(" and ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::experiments::PairFacts;
    use crate::results::{ClassDates, LeakyToken, Resemblance};

    fn mail(name: &str) -> MailFacts {
        let month = |text: &str| text.to_owned();
        MailFacts {
            name: name.to_owned(),
            emails: [40, 50],
            dates: Some(ClassDates {
                emails: [40, 50],
                months: [
                    [month("1999-12"), month("2000-03")],
                    [month("2004-01"), month("2004-05")],
                ],
                spam_is_later: 0.5,
            }),
            leaky_tokens: Vec::new(),
            halves: Some(Resemblance {
                divergence_bits: 0.01,
                divisions: 39,
                most_by_chance: 0.02,
            }),
        }
    }

    fn pair(learned_from: &str, tested_on: &str, divergence_bits: f64) -> PairFacts {
        PairFacts {
            learned_from: learned_from.to_owned(),
            tested_on: tested_on.to_owned(),
            resemblance: Resemblance {
                divergence_bits,
                divisions: 39,
                most_by_chance: 0.02,
            },
        }
    }

    #[test]
    fn nothing_is_said_of_results_that_nothing_speaks_against() {
        let fine = TestTally {
            tests: 4,
            fewest: [30, 30],
            ..TestTally::default()
        };
        let found = Caveats {
            mail: vec![mail("a")],
            pairs: vec![pair("a", "b", 0.01), pair("b", "a", 0.02)],
            models: [("svm".to_owned(), fine)].into(),
        };
        assert_eq!(caveats(&found), Vec::<String>::new());
        assert_eq!(caveats(&Caveats::default()), Vec::<String>::new());
    }

    #[test]
    fn each_caveat_names_its_mail_or_its_models() {
        let mut odd = mail("b");
        odd.leaky_tokens.push(LeakyToken {
            token: "list:zzzz".to_owned(),
            emails: [38, 0],
        });
        odd.dates.as_mut().unwrap().spam_is_later = 0.99;
        odd.halves.as_mut().unwrap().divergence_bits = 0.05;
        let tally = |tests, no_better, not_converged, miscalibrated, fewest| TestTally {
            tests,
            not_converged,
            no_better,
            miscalibrated,
            fewest,
        };
        let found = Caveats {
            mail: vec![mail("a"), odd],
            pairs: vec![
                pair("a", "b", 0.03),
                pair("b", "a", 0.3),
                pair("a", "c", 0.01),
            ],
            models: [
                ("svm".to_owned(), tally(40, 3, 0, 0, [100, 29])),
                ("logistic".to_owned(), tally(1_200, 2, 7, 1_100, [100, 31])),
            ]
            .into(),
        };
        let told = caveats(&found);
        let expected = [
            "b: The token `list:zzzz` alone decides: 38 of 40 ham and 0 of 50 spam hold it.",
            "b: Ham and spam are from different times: nine tenths of the ham from 1999-12 to \
             2000-03, of the spam from 2004-01 to 2004-05",
            "b: The second half is unlike the first half: at the same share of spam their token \
             frequencies differ by a Jensen-Shannon divergence of 0.050 bits",
            "In 2 of 3 pairs of corpora the test mail is unlike the training mail, the most where \
             b is learned from and a is tested: at the same share of spam their token frequencies \
             differ by a Jensen-Shannon divergence of 0.300 bits, and those of 39 random divisions \
             of the same mail by 0.020 at most.",
            "The smallest test set has only 29 spam: rates",
            "No better than always answering with the majority class: logistic in 2 of 1,200 tests \
             and svm in 3 of 40 tests.",
            "Not converged, of 1,200 tests: logistic in 7. Raise",
            "Probabilities off by more than chance explains (expected calibration error), of 1,200 \
             tests: logistic in 1,100. Rank",
        ];
        assert_eq!(told.len(), expected.len(), "{told:#?}");
        for (told, expected) in told.iter().zip(expected) {
            assert!(told.starts_with(expected), "{told}\n{expected}");
        }
    }
}
