//! The recipe: every choice the tokenizer leaves open. It is stored in each model file, so that new mail is read exactly
//! as the training mail was.

use serde::{Deserialize, Serialize};

/// Which headers become clues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Headers {
    /// Every header, those that tie a mail to one server or list included.
    All,
    /// Only headers that mean the same in anybody's mailbox; see `headers.rs` for the list.
    Safe,
    /// None but the subject, which is part of the text.
    None,
}

/// How mail is turned into tokens.
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own, and reads as one in a model file")]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recipe {
    /// Which headers become clues.
    pub headers: Headers,
    /// Whether words are reduced to their stems (Snowball English).
    pub stem: bool,
    /// Whether frequent English function words are kept.
    pub stop_words: bool,
    /// Whether links, markup and attachments become clues.
    pub markup: bool,
    /// Whether the look of the text (`!!`, `$`, shouting, very long words) becomes clues.
    pub shape: bool,
}

impl Recipe {
    /// This recipe with one choice changed at a time, each with what was changed in words: what an ablation tries. Clues that
    /// have a kind of their own are not among them, since leaving them out needs no other recipe.
    pub fn variations(&self) -> Vec<(String, Recipe)> {
        let yes = |kept: bool| if kept { "yes" } else { "no" };
        let mut variations = vec![
            (format!("stems {}", yes(!self.stem)), Recipe { stem: !self.stem, ..self.clone() }),
            (format!("stop words {}", yes(!self.stop_words)), Recipe { stop_words: !self.stop_words, ..self.clone() }),
        ];
        for (name, headers) in [("all", Headers::All), ("safe", Headers::Safe), ("none", Headers::None)] {
            if headers != self.headers {
                variations.push((format!("headers {name}"), Recipe { headers, ..self.clone() }));
            }
        }
        variations
    }
}

impl Default for Recipe {
    fn default() -> Recipe {
        Recipe { headers: Headers::Safe, stem: true, stop_words: true, markup: true, shape: true }
    }
}
