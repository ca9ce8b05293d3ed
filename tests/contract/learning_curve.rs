//! A learning curve has as many resamples at every size, each tested on another part of the mail,
//! so that all of it is tested; at the last size, too, each learns from other mail.

use spamlab::base::progress::Silent;
use spamlab::lab::spec::SplitSpec;
use spamlab::lab::{self, ExperimentSpec};
use spamlab::results::CurvePoint;
use std::collections::BTreeSet;

#[test]
fn every_size_is_tested_on_all_mail_by_fits_that_differ() {
    let folder = tempfile::tempdir().unwrap();
    let spec = ExperimentSpec {
        data: crate::analysis::some_mail(folder.path()),
        models: vec!["multinomial".to_owned()],
        split: SplitSpec::Folds(2),
        ..ExperimentSpec::default()
    };
    let (experiment, _) = lab::compare(&spec, &spamlab::catalog(), &Silent).unwrap();
    let curve = experiment.learning_curve().unwrap();
    let emails: usize = experiment.data.kept.iter().sum();
    assert_eq!(curve.test, emails);
    let sizes: BTreeSet<usize> = curve.points.iter().map(|point| point.emails).collect();
    let last = *sizes.last().unwrap();
    assert!(last >= emails * 3 / 4, "{last} of {emails}");
    for &size in &sizes {
        let at_size = curve.points.iter().filter(|point| point.emails == size);
        let at_size: Vec<&CurvePoint> = at_size.collect();
        let resamples: Vec<u32> = at_size.iter().map(|point| point.resample).collect();
        assert_eq!(resamples, [0, 1, 2, 3, 4], "{size}");
        let tested: usize = at_size.iter().map(|point| point.test).sum();
        assert_eq!(tested, emails, "{size}");
        // No fit is counted twice.
        let loss = |point: &&CurvePoint| point.metrics["log_loss_bits"].unwrap().to_bits();
        let losses: BTreeSet<u64> = at_size.iter().map(loss).collect();
        assert_eq!(losses.len(), 5, "{size}");
    }
}
