//! What a learner of either family needs to stop early: the rows of its settings, and messages of
//! the training set that it does not learn from.

use super::settings::Setting;
use super::watch::FitObserver;
use crate::dataset::TrainingSet;

/// The setting `validation_fraction`, a share from 0 to 0.5.
pub const VALIDATION_FRACTION: Setting<f64> = Setting::real(
    0.1,
    0.0..=0.5,
    "share of the training mail that is held out to decide when to stop; 0 for none",
);

/// The setting `n_iter_no_change`, in passes.
pub const N_ITER_NO_CHANGE: Setting<u32> = Setting::whole(
    5,
    1..=1_000_000,
    "passes without improvement after which the fit ends with the best weights so far",
);

/// The positions of the messages to learn from and of those held out, of which `watch` is told;
/// None if all are to be learned from, see [`TrainingSet::hold_out`].
pub fn hold_out(
    data: &TrainingSet<'_>,
    share: f64,
    watch: &mut dyn FitObserver,
) -> Option<(Vec<usize>, Vec<usize>)> {
    let (kept, held) = data.hold_out(share)?;
    watch.held_out_rows(&held);
    Some((kept, held))
}
