//! What learners of both families have in common: rows of their settings, each with the default of
//! most of them, and messages of the training set that they do not learn from.

use super::settings::Setting;
use super::watch::FitObserver;
use crate::dataset::TrainingSet;

/// The setting `max_bytes`.
pub const MAX_BYTES: Setting<u64> =
    Setting::whole(3_000, 1..=1_000_000, "how many bytes of a message are read");

/// The setting `learning_rate`.
pub const LEARNING_RATE: Setting<f64> = Setting::real(
    0.002,
    1e-7..=1000.0,
    "the highest rate of the optimizer, Adam",
);

/// The setting `weight_decay`.
pub const WEIGHT_DECAY: Setting<f64> = Setting::real(
    0.01,
    0.0..=10.0,
    "share of a weight that a step takes away, times the rate",
);

/// The setting `batch_size`, in what a net reads at once.
pub const BATCH_SIZE: Setting<usize> =
    Setting::whole(16, 1..=4096, "messages or windows of a step");

/// The setting `max_iter`, in passes.
pub const MAX_ITER: Setting<u32> = Setting::whole(6, 1..=100_000, "passes over the mail at most");

/// The setting `vocabulary` of a net that reads byte pairs.
pub const VOCABULARY: Setting<usize> = Setting::whole(
    1_024,
    256..=32_000,
    "tokens of the byte-pair encoding, the 256 bytes among them",
);

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
