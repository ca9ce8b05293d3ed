//! How work tells how far it is. Whoever does the work says what is done; whoever asked for it
//! decides what to show.

/// Is told of stages, steps and remarks, from any thread. Work holds nothing half done when it
/// tells of them, so that whoever wants to end it may unwind from there.
///
/// ```
/// use spamlab::base::progress::Progress;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// /// Counts the steps that are done.
/// #[derive(Default)]
/// struct StepCounter(AtomicU64);
///
/// impl Progress for StepCounter {
///     fn begin(&self, _stage: &str, _steps: u64) {}
///
///     fn advance(&self, steps: u64) {
///         self.0.fetch_add(steps, Ordering::Relaxed);
///     }
/// }
///
/// fn work(progress: &dyn Progress) {
///     progress.begin("counting", 3);
///     progress.advance(2);
///     progress.advance(1);
/// }
///
/// let counter = StepCounter::default();
/// work(&counter);
/// assert_eq!(counter.0.into_inner(), 3);
/// ```
pub trait Progress: Sync {
    /// A stage begins that has `steps` steps, or an unknown number if 0.
    fn begin(&self, stage: &str, steps: u64);
    /// `steps` more steps of it are done.
    fn advance(&self, steps: u64);
    /// What the stage is doing right now, to be shown beside its name.
    fn detail(&self, _: &str) {}
    /// The stage is over, and the next one does not begin at once.
    fn end(&self) {}
    /// A remark for the user, on a line of its own.
    fn note(&self, _: &str) {}
    /// Whether somebody watches, for whom it is worth a little work to say how long it will take.
    fn is_watched(&self) -> bool {
        true
    }
}

/// So many seconds in whole minutes, at least one: `a minute`, `12 minutes`.
pub fn in_minutes(seconds: f64) -> String {
    match (seconds / 60.0).round() {
        minutes if minutes > 1.0 => format!("{minutes} minutes"),
        _ => "a minute".to_owned(),
    }
}

/// Shows nothing.
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
    fn is_watched(&self) -> bool {
        false
    }
}
