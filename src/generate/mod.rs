//! What a generative model of a file can do besides classifying: sample mail ([`Sampler`]) and undo
//! corruption ([`Denoiser`]).
//!
//! A model of bytes generates text, one of words in order generates words in order; a bag of words
//! generates words in the order in which they were drawn. [`CopyIndex`] tells whether a text is
//! new or remembered, [`sample_quality`] and [`frechet`] how good generated mail is.

pub mod adversarial;
mod choice;
mod copying;
mod decoder;
mod denoise;
mod error;
pub mod frechet;
pub mod sample_quality;
mod sampler;

pub use copying::{CopyIndex, SHORTEST_RUN};
pub use denoise::{Denoised, Denoiser};
pub use error::GenerateError;
pub use sampler::{GeneratedEmail, Sampler};
