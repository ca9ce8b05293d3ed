//! What a game of a generator against a discriminator on document vectors came to.

use serde::{Deserialize, Serialize};

/// A game, perhaps beside one that cannot go well, and what generators without a game achieve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdversarialGame {
    /// Messages that the generators learned from.
    pub training: usize,
    /// Messages that generated vectors are judged beside, which no generator has seen.
    pub judged: usize,
    /// Messages that classifiers are tested on.
    pub test: usize,
    /// Words that the vectors are made of.
    pub words: usize,
    /// Coordinates of a vector.
    pub width: usize,
    /// The share of the sum of squares of the messages that the coordinates hold.
    pub share: f64,
    /// The messages that generators learn from, as if they had been generated.
    pub real_against_real: GeneratorQuality,
    /// Each coordinate from another message of the class.
    pub independent_marginals: GeneratorQuality,
    /// A normal distribution for each class.
    pub gaussian: GeneratorQuality,
    /// The game.
    pub game: PlayedGame,
    /// A game in which the generator learns ten times as fast as the discriminator, if asked for.
    pub lopsided: Option<PlayedGame>,
    /// The real messages of the pictures.
    pub real: Cloud,
}

/// How good generated vectors are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GeneratorQuality {
    /// The share of vectors that a fresh discriminator tells right, half of them real.
    pub accuracy: f64,
    /// The area under its ROC curve.
    pub auc: f64,
    /// Vectors that it was tested on.
    pub tested: usize,
    /// The share of generated vectors that lie where real ones lie.
    pub precision: f64,
    /// The share of real vectors where generated ones lie.
    pub recall: f64,
    /// Train on synthetic, test on real: accuracy on real test mail of a classifier that learned
    /// from them alone.
    pub tstr: Option<f64>,
}

/// One game.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlayedGame {
    /// Steps of either net.
    pub steps: u32,
    /// Learning rates of generator and discriminator.
    pub rates: [f64; 2],
    /// Losses of both, as means over the steps since the entry before.
    pub losses: Vec<GameLosses>,
    /// Precision and recall as the game went on.
    pub course: Vec<Coverage>,
    /// What was generated as the game went on.
    pub clouds: Vec<(u32, Cloud)>,
    /// The generator at the end.
    pub quality: GeneratorQuality,
    /// The same where the discriminator of the game chooses one of sixteen vectors.
    pub chosen: GeneratorQuality,
    /// Words of generated vectors of ham and of spam: what a message with such a vector would say.
    pub words: [Vec<Vec<String>>; 2],
}

/// Mean losses in nats up to a step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GameLosses {
    /// Steps so far.
    pub step: u32,
    /// Of the generator.
    pub generator: f64,
    /// Of the discriminator.
    pub discriminator: f64,
    /// The share of its batch that the discriminator told right.
    pub right: f64,
}

/// Precision and recall after a step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// Steps so far.
    pub step: u32,
    /// See [`GeneratorQuality::precision`].
    pub precision: f64,
    /// See [`GeneratorQuality::recall`].
    pub recall: f64,
}

/// Vectors by their first two coordinates: those of ham, and those of spam.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Cloud {
    /// Of ham.
    pub ham: Vec<[f64; 2]>,
    /// Of spam.
    pub spam: Vec<[f64; 2]>,
}
