//! How long work tells whoever waits for it how far it is. The command line draws bars; the library
//! and tests stay silent.

/// Is told of stages and steps, from any thread.
pub trait Progress: Sync {
    /// A stage begins that has `steps` steps, or an unknown number if 0.
    fn begin(&self, stage: &str, steps: u64);
    /// So many steps of it are done.
    fn advance(&self, steps: u64);
}

/// Tells nobody.
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
}
