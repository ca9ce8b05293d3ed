//! How work tells how far it is. Whoever does the work says what is done; whoever asked for it
//! decides what to show.

/// Is told of stages, steps and remarks, from any thread.
pub trait Progress: Sync {
    /// A stage begins that has `steps` steps, or an unknown number if 0.
    fn begin(&self, stage: &str, steps: u64);
    /// So many steps of it are done.
    fn advance(&self, steps: u64);
    /// What the stage is doing right now, to be shown beside its name.
    fn detail(&self, _: &str) {}
    /// The stage is over, and the next one does not begin at once.
    fn end(&self) {}
    /// A remark for the user, on a line of its own.
    fn note(&self, _: &str) {}
}

/// Tells nobody.
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
}
