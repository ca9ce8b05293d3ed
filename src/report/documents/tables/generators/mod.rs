//! The tables of what generates: the generative models, and the generators of a game.

mod game;
mod models;

pub use game::{game_in_words, generated_words, generators, generators_of};
pub use models::{generative_models, generative_models_in_words, why_unmeasured};
