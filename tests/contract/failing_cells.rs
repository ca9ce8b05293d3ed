//! A model that cannot be fitted to a training set of an experiment is a result that says so, and
//! the experiment goes on.

use crate::analysis::one_in;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use spamlab::base::progress::Silent;
use spamlab::dataset::{Example, Representation, TrainingSet};
use spamlab::lab::ExperimentSpec;
use spamlab::lab::analyses::experiments::attack::AttackParameters;
use spamlab::lab::analyses::experiments::crossover::CrossoverParameters;
use spamlab::lab::analyses::experiments::metsis::MetsisParameters;
use spamlab::lab::analyses::experiments::{Cells, Experiment};
use spamlab::lab::spec::DataSpec;
use spamlab::model::{
    Catalog, Classifier, Evidence, Family, FitError, FitObserver, FittedModel, Learner, Scale,
    Setting, settings,
};
use spamlab::report::StandsAlone;
use spamlab::results::experiments::{Defence, FitPurpose, MatchedCurves, Poison};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Messages of numbers; only one in ten has a word, so that most small training sets have none.
fn hardly_any_words(folder: &Path) -> DataSpec {
    let mut table = "label,subject,body\n".to_owned();
    for at in 0..160_usize {
        let class = ["ham", "spam"][at % 2];
        let numbers = format!("{} {}", 10_007 * (at + 11), 7_919 * (at + 13));
        let word: String = match at % 20 {
            0 | 1 => format!("{}", 1_000_003 * (at + 1))
                .bytes()
                .map(|digit| char::from(digit - b'0' + b'b'))
                .collect(),
            _ => String::new(),
        };
        writeln!(table, "{class},,{numbers} {word}").unwrap();
    }
    let path = folder.join("numbers.csv");
    fs::write(&path, table).unwrap();
    DataSpec {
        inputs: vec![path],
        ..DataSpec::default()
    }
}

#[test]
fn a_crossover_leaves_out_the_training_sets_that_a_model_cannot_be_fitted_to() {
    let folder = tempfile::tempdir().unwrap();
    let spec = ExperimentSpec {
        data: hardly_any_words(folder.path()),
        ..ExperimentSpec::default()
    };
    let asked = CrossoverParameters {
        resamples: 10,
        replicates: 20,
        tuned: false,
        ..CrossoverParameters::default()
    };
    let answer = asked.answer(&spec, &spamlab::catalog(), &Cells::nowhere(), &Silent);
    let answer = answer.unwrap();
    let [words, bytes] = &answer.found.pairs[..] else {
        panic!("{:?}", answer.found.pairs)
    };
    let why = "no token is left to learn from";
    assert_eq!(words.failed, [Some(why.to_owned()), Some(why.to_owned())]);
    assert_eq!(bytes.failed, [None, None]);
    let failed = |pair: &MatchedCurves| pair.points.iter().map(|point| point.failed).sum::<usize>();
    assert!(failed(words) > 0 && failed(bytes) == 0);
    for (of_words, of_bytes) in words.points.iter().zip(&bytes.points) {
        // Both pairs have the same training sets; what is measured rests on those that are left.
        assert_eq!(of_words.resamples + of_words.failed, of_bytes.resamples);
        let is_measured = of_words.resamples > 0;
        assert_eq!(of_words.means[0]["error_pct"].is_some(), is_measured);
        assert_eq!(of_words.differences.len(), if is_measured { 3 } else { 0 });
    }
    // All of the mail has words.
    assert_eq!(words.points.last().unwrap().failed, 0);
    let said = answer.words();
    let left_out = format!("Left out: {} of ", failed(words));
    assert!(
        said[0].contains(&left_out) && said[0].contains(why),
        "{said:?}"
    );
    assert!(!said[1].contains("Left out"), "{said:?}");
}

/// Answers with the share of spam, and cannot be fitted to more than so many messages.
struct Limited;

settings! {
    /// What it takes.
    struct Limit {
        most: usize = Setting::whole(1_000_000, 1..=1_000_000, "messages that it learns from"),
    }
}

#[derive(Serialize, Deserialize)]
struct Share {
    log_odds: f64,
}

impl Learner for Limited {
    const NAME: &'static str = "limited";
    const FAMILY: Family = Family::Discriminative;
    const SUMMARY: &'static str = "the share of spam among a limited number of messages";
    const DEFAULT: bool = false;
    type Settings = Limit;
    type Fitted = Share;

    fn representation(_: &Limit) -> Representation {
        Representation::Binary
    }

    fn fit(
        &self,
        limit: &Limit,
        data: &TrainingSet<'_>,
        _: &mut dyn FitObserver,
    ) -> Result<Share, FitError> {
        let [ham, spam] = data.class_counts();
        if ham + spam > limit.most {
            return Err(FitError::TooLarge(format!("{} are too many", ham + spam)));
        }
        Ok(Share {
            log_odds: (spam as f64 / ham as f64).ln(),
        })
    }
}

impl FittedModel for Share {
    fn evidence(&self, email: Example<'_>) -> Evidence {
        Evidence::linear(email, self.log_odds, |_| 0.0)
    }
}

impl Classifier for Share {
    fn score(&self, _: Example<'_>) -> f64 {
        self.log_odds
    }

    fn scale(&self) -> Scale {
        Scale::LogOdds
    }
}

#[test]
fn an_attack_tells_which_fits_failed_for_a_defence_and_to_poisoned_mail() {
    let multinomial = spamlab::catalog().model("multinomial").unwrap();
    let catalog = Catalog::new(&[&[multinomial, &Limited]]);
    let folder = tempfile::tempdir().unwrap();
    let asked = AttackParameters {
        words: vec![5],
        spam: 10,
        candidates: 0,
        poisoned: vec![0.07],
        ..AttackParameters::default()
    };
    let run = |most: Option<usize>| {
        let limit = most.map(|most| ("limited".to_owned(), json!({ "most": most })));
        let spec = ExperimentSpec {
            data: one_in(3, folder.path()),
            models: vec!["multinomial".to_owned(), "limited".to_owned()],
            settings: limit.into_iter().collect::<Map<_, _>>(),
            resamples: 10,
            ..ExperimentSpec::default()
        };
        let answer = asked.answer(&spec, &catalog, &Cells::nowhere(), &Silent);
        answer.unwrap()
    };
    let unlimited = run(None);
    assert_eq!(unlimited.found.failed, []);
    // All of the clean mail can be learned from, and not one message more.
    let clean: usize = unlimited.found.training.iter().sum();
    let limited = run(Some(clean));
    let purposes = limited.found.failed.iter().map(|fit| fit.purpose);
    let purposes: Vec<FitPurpose> = purposes.collect();
    let poisons = Poison::ALL.map(|poison| FitPurpose::Poison(poison, 0.07));
    assert_eq!(purposes[0], FitPurpose::Defence(Defence::Retraining));
    assert_eq!(purposes[1..], poisons);
    assert!(limited.found.failed.iter().all(|fit| fit.model == 1));
    // What failed has no cell, and all else is as it was.
    assert_eq!(limited.found.models[1].failed, None);
    let of_limited = |poison: Poison, share: f64| {
        let mut cells = limited.found.poisoned.iter();
        cells.any(|cell| (cell.model, cell.poison, cell.share) == (1, poison, share))
    };
    assert!(of_limited(Poison::Targeted, 0.0));
    assert!(!Poison::ALL.iter().any(|&poison| of_limited(poison, 0.07)));
    let others = |answer: &spamlab::results::experiments::AttackFound| {
        let cells = answer.cells.iter().filter(|cell| cell.model == 0);
        cells.cloned().collect::<Vec<_>>()
    };
    assert_eq!(others(&limited.found), others(&unlimited.found));
    let poisoned = clean + (0.07 * clean as f64).round() as usize;
    let said = limited.words().join("");
    for told in [
        "limited could not be fitted for retraining: ".to_owned(),
        format!("limited could not be fitted to mail with 7.0 % random poison: {poisoned} are"),
    ] {
        assert!(said.contains(&told), "{told}: {said}");
    }
}

#[test]
fn a_naive_bayes_of_metsis_that_cannot_be_fitted_is_a_row_that_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let spec = ExperimentSpec {
        data: hardly_any_words(folder.path()),
        ..ExperimentSpec::default()
    };
    let asked = MetsisParameters {
        attributes: vec![50],
    };
    let answer = asked.answer(&spec, &spamlab::catalog(), &Cells::nowhere(), &Silent);
    let answer = answer.unwrap();
    // Every word stands in one message, and only term frequencies are counted of such words.
    for cell in &answer.found.cells {
        let why = "after 100 emails: no token is left to learn from".to_owned();
        let is_counted = cell.event == "multinomial, term frequency";
        assert_eq!(cell.failed, (!is_counted).then_some(why), "{}", cell.event);
        assert_eq!(cell.measured.spam_pct.is_some(), is_counted);
    }
    assert_eq!(answer.found.cells.len(), 5);
    let said = answer.words().join("");
    let told = "multivariate Bernoulli with 50 attributes has no result on numbers: after 100";
    assert!(said.contains(told), "{said}");
}
