//! The pairs of models that read the same: which they are, and with what settings.

use super::plan::{SMALLEST, SMALLEST_OF_NETS};
use crate::lab::error::SpecError;
use crate::model::Catalog;
use crate::results::experiments::CROSSOVER;
use crate::tokenize::{Recipe, TokenKind, TokenKinds};
use crate::train::ModelSpec;
use serde_json::{Value, json};

/// Two models that read the same.
pub struct Matched {
    /// What both read.
    pub features: &'static str,
    /// What is read, from what would be.
    pub recipe: fn(&Recipe) -> Recipe,
    /// The kinds of token that are read.
    pub kinds: fn() -> TokenKinds,
    /// Messages of its smallest training set.
    pub from: usize,
    /// Whether it is a pair of nets, which take so long that they must be asked for. They are not
    /// tuned.
    pub is_net: bool,
    /// The generative model, and the discriminative one.
    pub sides: [Side; 2],
}

/// A model of a pair.
pub struct Side {
    /// Its name.
    pub model: &'static str,
    /// Its settings where nothing is tuned, and where smoothing or regularization is.
    pub fixed: fn() -> Value,
    pub tuned: fn() -> Value,
}

/// Every pair: the generative model first.
pub static PAIRS: [Matched; 3] = [
    Matched {
        features: "words",
        recipe: Recipe::clone,
        kinds: || {
            TokenKinds::NONE
                .with(TokenKind::Word)
                .with(TokenKind::Subject)
        },
        from: SMALLEST,
        is_net: false,
        sides: [
            Side {
                model: "multinomial",
                fixed: || json!({ "alpha": 1.0 }),
                tuned: || json!({ "alpha": [0.01, 0.1, 1.0] }),
            },
            Side {
                model: "logistic",
                fixed: || json!({ "representation": "binary", "c": 1.0 }),
                tuned: || {
                    json!({
                        "representation": ["binary", "tfidf"],
                        "c": [0.1, 1.0, 10.0, 100.0],
                    })
                },
            },
        ],
    },
    Matched {
        features: "byte n-grams",
        recipe: |recipe| Recipe {
            byte_ngrams: 4,
            ..recipe.clone()
        },
        kinds: || TokenKinds::NONE.with(TokenKind::Bytes),
        from: SMALLEST,
        is_net: false,
        sides: [
            Side {
                model: "byte-ngram",
                fixed: || json!({ "order": 4 }),
                tuned: || json!({ "order": [4, 6] }),
            },
            Side {
                model: "logistic",
                fixed: || json!({ "representation": "binary", "c": 1.0 }),
                tuned: || json!({ "representation": ["binary", "tfidf"], "c": [1.0, 10.0, 100.0] }),
            },
        ],
    },
    Matched {
        features: "text, by nets of the same body",
        recipe: Recipe::clone,
        kinds: || TokenKinds::NONE,
        from: SMALLEST_OF_NETS,
        is_net: true,
        sides: [
            Side {
                model: "transformer",
                fixed: || json!({}),
                tuned: || json!({}),
            },
            Side {
                model: "transformer-classifier",
                fixed: || json!({}),
                tuned: || json!({}),
            },
        ],
    },
];

impl Matched {
    /// What they read, and whether they are tuned.
    pub fn name(&self, tuned: bool) -> String {
        let tuned = if tuned { "tuned" } else { "untuned" };
        format!("{}, {tuned}", self.features)
    }

    /// Both models.
    pub fn models(&self, catalog: &Catalog, tuned: bool) -> Result<Vec<ModelSpec>, SpecError> {
        let kinds = (self.kinds)();
        let unread: TokenKinds = TokenKind::ALL
            .into_iter()
            .filter(|kind| !kinds.holds(*kind))
            .collect();
        let model = |side: &Side| {
            let missing = || SpecError::Refused {
                what: CROSSOVER.to_owned(),
                why: format!("there is no model {}", side.model),
            };
            let entry = catalog.model(side.model).ok_or_else(missing)?;
            let settings = if tuned {
                (side.tuned)()
            } else {
                (side.fixed)()
            };
            Ok(ModelSpec::new(entry, &settings, true)?.without(unread))
        };
        self.sides.iter().map(model).collect()
    }
}
