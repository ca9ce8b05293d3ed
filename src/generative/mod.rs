//! The generative family: models of p(mail | class), which decide by Bayes' rule (stated once, in
//! `model/fitted.rs`).
//!
//! One file per model, one row in [`MODELS`]. `counts` and `density` hold what the naive Bayes
//! models share.

mod counting;
mod counts;
mod diffusion;
mod fisher;
mod language;
mod naive_bayes;
mod recurrent;
mod token_model;
mod transformer;
mod vae;

pub use diffusion::{Diffusion, DiffusionSettings, MaskedDiffusion};
pub use fisher::{Fisher, FisherSettings, RobinsonFisher};
pub use language::byte_model::TextBayes;
pub use language::byte_ngram::{ByteNgram, ByteNgramSettings, Ngrams};
pub use language::dmc::{Dmc, DmcSettings, Machines};
pub use language::ppm::{PartialMatch, Ppm, PpmSettings};
pub use language::word_ngram::{WordNgram, WordNgramSettings, Words};
pub use naive_bayes::bernoulli::{Bernoulli, BernoulliBayes, BernoulliSettings};
pub use naive_bayes::complement::{Complement, ComplementBayes, ComplementSettings};
pub use naive_bayes::flexible::{Flexible, FlexibleBayes, FlexibleSettings};
pub use naive_bayes::gaussian::{Gaussian, GaussianBayes, GaussianSettings};
pub use naive_bayes::mixture::{Mixture, MixtureBayes, MixtureSettings};
pub use naive_bayes::multinomial::{Multinomial, MultinomialBayes, MultinomialSettings};
pub use naive_bayes::poisson::{Poisson, PoissonBayes, PoissonSettings};
pub use naive_bayes::polya::{Polya, PolyaBayes, PolyaSettings};
pub use recurrent::{Recurrent, RecurrentLanguage, RecurrentSettings};
pub use token_model::TokenModel;
pub use transformer::{Transformer, TransformerLanguage, TransformerSettings};
pub use vae::{Vae, VaeSettings, VariationalBayes};

use crate::model::ModelEntry;

/// Every model of the family.
pub static MODELS: &[&dyn ModelEntry] = &[
    &MultinomialBayes,
    &BernoulliBayes,
    &ComplementBayes,
    &RobinsonFisher,
    &MixtureBayes,
    &WordNgram,
    &ByteNgram,
    &Ppm,
    &Dmc,
    &PoissonBayes,
    &GaussianBayes,
    &FlexibleBayes,
    &PolyaBayes,
    &VariationalBayes,
    &RecurrentLanguage,
    &TransformerLanguage,
    &MaskedDiffusion,
];
