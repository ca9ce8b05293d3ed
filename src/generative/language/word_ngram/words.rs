//! Word n-grams, fitted, and the numbers that stand for words in their trie.

use super::smoothing::WordSmoothing;
use super::weights::Taken;
use super::word_strings::WordStrings;
use crate::dataset::UNKNOWN;
use crate::generative::language::context_trie::ContextTrie;
use crate::generative::language::discounting::discounts;
use crate::generative::language::strings::{Strings, Symbol};
use serde::{Deserialize, Serialize};

/// The number of the unknown word; that of a column is one more than the column.
pub const UNKNOWN_WORD: u32 = 0;

/// The number that stands for a token in the trie.
pub fn symbol(token: u32) -> u32 {
    if token == UNKNOWN {
        UNKNOWN_WORD
    } else {
        token + 1
    }
}

/// The tokens of a message and its end.
pub fn symbols(tokens: &[u32]) -> impl Iterator<Item = u32> + '_ {
    tokens.iter().map(|&token| symbol(token)).chain([u32::END])
}

/// Word n-grams, fitted. What is saved of it beside its tables are the order, the discounts and the
/// numbers here.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Words {
    pub(super) log_prior: [f64; 2],
    pub(super) columns: u64,
    pub(super) adaptive: bool,
    pub(super) strings: WordStrings,
    pub(super) smoothing: WordSmoothing,
    /// Number of columns that it was narrowed to.
    #[serde(skip)]
    pub(super) narrowed: Option<u64>,
}

/// What [`Words`] is made of, and what format 1 of the model file has of it.
#[derive(Deserialize)]
pub struct WordNgramParameters {
    pub(super) log_prior: [f64; 2],
    pub(super) columns: u64,
    pub(super) adaptive: bool,
    pub(super) trie: ContextTrie<u32>,
}

impl From<WordNgramParameters> for Words {
    fn from(
        WordNgramParameters {
            log_prior,
            columns,
            adaptive,
            trie,
        }: WordNgramParameters,
    ) -> Words {
        let (trie, counts, _) = trie.into_continuation_counts();
        let numbers = Words {
            log_prior,
            columns,
            adaptive,
            ..Words::default()
        };
        numbers.with_strings(trie, counts)
    }
}

impl Words {
    /// With the strings of a trie that count so often, and what follows from them.
    pub(super) fn with_strings(self, trie: Strings<u32>, counts: Vec<[u32; 2]>) -> Words {
        let smoothing = WordSmoothing {
            discounts: discounts(&trie, &counts),
            ..WordSmoothing::default()
        };
        let mut words = Words {
            strings: WordStrings::of(trie, counts),
            smoothing,
            ..self
        };
        words.weigh();
        words.smoothing.pooled = words.smoothing.both(&words.strings);
        words.look_up();
        words
    }

    /// Computes the weights of the strings from counts and discounts.
    pub(super) fn weigh(&mut self) {
        let taken: Vec<[Taken; 2]> = self.smoothing.taken().collect();
        self.strings.weigh_wide(&taken);
    }

    /// Makes the tables of single words from the rest.
    pub(super) fn look_up(&mut self) {
        self.smoothing.look_up(&self.strings, self.columns);
    }
}
