//! A model that cannot be fitted to a training set of an experiment is a result that says so, and
//! the experiment goes on.

use spamlab::base::progress::Silent;
use spamlab::lab::ExperimentSpec;
use spamlab::lab::analyses::experiments::crossover::CrossoverParameters;
use spamlab::lab::analyses::experiments::{Cells, Experiment};
use spamlab::lab::spec::DataSpec;
use spamlab::report::StandsAlone;
use spamlab::results::experiments::MatchedCurves;
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
