//! What the naive Bayes models share: the kinds of token they read, the grid of α, their common
//! settings, and checks and ratios of a pair of tables, one per class.

use crate::base::choices::choices;
use crate::base::mail::Label;
use crate::base::math;
use crate::dataset::Representation;
use crate::model::{Auto, InvalidModel, Prior, Setting};
use crate::tokenize::{TokenKind, TokenKinds};

/// What naive Bayes reads: all but function words, markup, images and attached texts. Their tokens
/// hang together so closely that it counts the same evidence many times over. Without the first
/// three multinomial makes fewer errors on SpamAssassin, Enron, Ling-Spam and the SMS collection,
/// and (1-ROCA) % falls on the first two from 0.19 to 0.18 and from 0.15 to 0.14; without attached
/// texts its log loss on SpamAssassin falls on eight of ten folds. `docs/tokenizer.md` has the
/// tables.
pub const WORDS_NOT_MARKUP: TokenKinds = TokenKinds::ALL
    .without(TokenKind::Function)
    .without(TokenKind::Markup)
    .without(TokenKind::Image)
    .without(TokenKind::Attached);

choices! {
    /// How a token counts that occurs more than once in a message.
    pub enum CountRepresentation {
        /// It counts once.
        Binary = "binary",
        /// Every occurrence counts.
        Counts = "counts",
    }
}

impl From<CountRepresentation> for Representation {
    fn from(representation: CountRepresentation) -> Representation {
        match representation {
            CountRepresentation::Binary => Representation::Binary,
            CountRepresentation::Counts => Representation::Counts,
        }
    }
}

/// The values of α that training chooses from: Laplace's rule down to hardly any smoothing.
pub const ALPHA_GRID: &[f64] = &[1.0, 0.1, 0.01, 0.001];

/// The setting `alpha`, which is added to every count; `doc` names its unit.
pub const fn alpha(doc: &'static str) -> Setting<Auto> {
    Setting::tuned(1e-9..=1e3, ALPHA_GRID, doc)
}

/// The setting `prior`, p(spam).
pub const PRIOR: Setting<Prior> = Setting::learned(
    1e-9..=1.0 - 1e-9,
    "probability of spam before a message is read",
);

/// Refuses tables of another length than `columns`, and numbers that are not finite.
pub fn validate_tables(
    tables: &[Vec<f64>; 2],
    others: &[f64],
    columns: usize,
) -> Result<(), InvalidModel> {
    for table in tables {
        InvalidModel::unless_columns(table.len(), columns)?;
    }
    InvalidModel::unless_finite(tables.iter().flatten().chain(others))
}

/// Draws `length` columns independently, each by its ln p. A temperature below 1 makes likely
/// columns likelier still.
pub fn draw(
    log_probability: &[f64],
    temperature: f64,
    length: usize,
    rng: &mut dyn rand::Rng,
) -> Vec<u32> {
    let mut masses: Vec<f64> = log_probability
        .iter()
        .map(|log_p| (log_p / temperature).exp())
        .collect();
    math::add_up(&mut masses);
    (0..length)
        .map_while(|_| math::draw(&masses, rng))
        .map(|column| column as u32)
        .collect()
}

/// The log-likelihood ratio of a column: spam's entry less ham's.
pub fn log_ratio(tables: &[Vec<f64>; 2], column: usize) -> f64 {
    tables[Label::Spam.index()][column] - tables[Label::Ham.index()][column]
}
