//! What was found of whatever generates: the generative models of a comparison beside one another,
//! and a game of a generator against a discriminator.

mod adversarial;
mod generative_models;

pub use adversarial::{AdversarialGame, Cloud, Coverage, GameLosses, GeneratorQuality, PlayedGame};
pub use generative_models::{GenerativeModel, GenerativeModels, Judge, Measured, Unmeasured};
