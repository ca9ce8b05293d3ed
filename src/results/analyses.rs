//! What the analyses of a comparison found. Each is saved as plain data under the name of the
//! analysis; those that the report draws are read back here with their types.

use super::comparison::PairInHalves;
use super::curves::{Curve, UnlabelledCurve, ValidationCurve};
use super::data_card::WithoutLeakyTokens;
use super::drift::Drift;
use super::effect::Effect;
use super::experiment::Experiment;
use super::generators::{AdversarialGame, GenerativeModels};
use super::introspection::{
    AttentionMap, Contrast, LatentSpace, LikelihoodPlane, QuotedMessage, TopTokens, WorkedExample,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Error against the number of training messages.
pub const LEARNING_CURVE: &str = "learning_curve";
/// What mail without labels is worth.
pub const UNLABELLED_CURVE: &str = "unlabelled_curve";
/// What single settings do to the loss.
pub const VALIDATION_CURVE: &str = "validation_curve";
/// What adding to the training mail changed.
pub const AUGMENTATION: &str = "augmentation";
/// Each pair of models on five divisions of the mail into halves.
pub const FIVE_BY_TWO: &str = "five_by_two";
/// Each token as the two families see it.
pub const CONTRAST: &str = "contrast";
/// Each test message by its two likelihoods.
pub const LIKELIHOOD_PLANE: &str = "likelihood_plane";
/// The tokens on which each model relies most.
pub const TOP_TOKENS: &str = "top_tokens";
/// One message followed through both families.
pub const WORKED_EXAMPLE: &str = "worked_example";
/// A generator against a discriminator, on document vectors.
pub const GAN: &str = "gan";
/// Each test message where the encoder of a model with a latent vector places it.
pub const LATENT_SPACE: &str = "latent_space";
/// Which token of one message looks at which.
pub const ATTENTION: &str = "attention";
/// How new mail differs from the training mail.
pub const DRIFT: &str = "drift";
/// What the generative models are worth as such.
pub const GENERATIVE_MODELS: &str = "generative_models";
/// What the best models get without the tokens that alone decide.
pub const LEAKY_TOKENS: &str = "leaky_tokens";
/// Selected messages with each model's evidence.
pub const MESSAGES: &str = "messages";

impl Experiment {
    /// What an analysis found; none where it was not made, found nothing, or cannot be read as a
    /// `T`.
    pub fn found<T: DeserializeOwned>(&self, analysis: &str) -> Option<T> {
        T::deserialize(self.analyses.get(analysis)?).ok()
    }

    /// Saves what an analysis found, in place of what it found before.
    pub fn set_found(&mut self, analysis: &str, found: &impl Serialize) {
        let found = serde_json::to_value(found).unwrap_or_default();
        self.analyses.insert(analysis.to_owned(), found);
    }

    /// See [`LEARNING_CURVE`].
    pub fn learning_curve(&self) -> Option<Curve> {
        self.found(LEARNING_CURVE)
    }

    /// See [`UNLABELLED_CURVE`].
    pub fn unlabelled_curve(&self) -> Option<UnlabelledCurve> {
        self.found(UNLABELLED_CURVE)
    }

    /// See [`VALIDATION_CURVE`].
    pub fn validation_curves(&self) -> Vec<ValidationCurve> {
        self.found(VALIDATION_CURVE).unwrap_or_default()
    }

    /// See [`AUGMENTATION`].
    pub fn augmentation(&self) -> Option<Effect> {
        self.found(AUGMENTATION)
    }

    /// See [`FIVE_BY_TWO`].
    pub fn pairs_in_halves(&self) -> Vec<PairInHalves> {
        self.found(FIVE_BY_TWO).unwrap_or_default()
    }

    /// See [`CONTRAST`].
    pub fn contrast(&self) -> Option<Contrast> {
        self.found(CONTRAST)
    }

    /// See [`LIKELIHOOD_PLANE`].
    pub fn likelihood_plane(&self) -> Option<LikelihoodPlane> {
        self.found(LIKELIHOOD_PLANE)
    }

    /// See [`TOP_TOKENS`].
    pub fn top_tokens(&self) -> Vec<TopTokens> {
        self.found(TOP_TOKENS).unwrap_or_default()
    }

    /// See [`WORKED_EXAMPLE`].
    pub fn worked_example(&self) -> Option<WorkedExample> {
        self.found(WORKED_EXAMPLE)
    }

    /// See [`GAN`].
    pub fn gan(&self) -> Option<AdversarialGame> {
        self.found(GAN)
    }

    /// See [`LATENT_SPACE`].
    pub fn latent_space(&self) -> Option<LatentSpace> {
        self.found(LATENT_SPACE)
    }

    /// See [`ATTENTION`].
    pub fn attention(&self) -> Vec<AttentionMap> {
        self.found(ATTENTION).unwrap_or_default()
    }

    /// See [`DRIFT`].
    pub fn drift(&self) -> Option<Drift> {
        self.found(DRIFT)
    }

    /// See [`GENERATIVE_MODELS`].
    pub fn generative_models(&self) -> Option<GenerativeModels> {
        self.found(GENERATIVE_MODELS)
    }

    /// See [`LEAKY_TOKENS`].
    pub fn without_leaky_tokens(&self) -> Option<WithoutLeakyTokens> {
        self.found(LEAKY_TOKENS)
    }

    /// See [`MESSAGES`].
    pub fn messages(&self) -> Vec<QuotedMessage> {
        self.found(MESSAGES).unwrap_or_default()
    }
}
