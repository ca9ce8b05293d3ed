//! Two nets against each other: a generator makes document vectors, a discriminator learns to tell
//! them from real ones (generative adversarial nets; Goodfellow et al., NIPS 2014), both told the
//! class (Mirza and Osindero 2014).
//!
//! A generator has no likelihood: how good it is says a **fresh** discriminator that never met it,
//! beside what generators without a game achieve ([`baselines`]). On mail the vectors are those of
//! latent semantic analysis, since words are not continuous.

pub mod baselines;
mod game;
mod judge;
mod latent_semantics;
mod vectors;

pub use game::{Diverged, GameSettings, Generator, Played, Snapshot, StepLosses, play};
pub use judge::{Judged, accuracy_on_real, judge, precision_and_recall};
pub use latent_semantics::LatentSemantics;
pub use vectors::Vectors;
