//! A set of kinds of clue: which of the tokens of the one shared stream a model reads, or an
//! ablation leaves it.

use super::TokenKind;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A set of [`TokenKind`]s, one bit each.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(from = "Vec<TokenKind>", into = "Vec<TokenKind>")]
pub struct TokenKinds(u32);

impl TokenKinds {
    /// Every kind there is.
    pub const ALL: TokenKinds = {
        let (mut bits, mut at) = (0, 0);
        while at < TokenKind::ALL.len() {
            bits |= 1 << TokenKind::ALL[at] as u32;
            at += 1;
        }
        TokenKinds(bits)
    };

    /// No kind.
    pub const NONE: TokenKinds = TokenKinds(0);

    /// Whether `kind` is one of them.
    pub const fn holds(self, kind: TokenKind) -> bool {
        self.0 >> kind as u32 & 1 == 1
    }

    /// These and `kind`.
    #[must_use]
    pub const fn with(self, kind: TokenKind) -> TokenKinds {
        TokenKinds(self.0 | 1 << kind as u32)
    }

    /// These but not `kind`.
    #[must_use]
    pub const fn without(self, kind: TokenKind) -> TokenKinds {
        TokenKinds(self.0 & !(1 << kind as u32))
    }

    /// Those in either.
    #[must_use]
    pub const fn or(self, other: TokenKinds) -> TokenKinds {
        TokenKinds(self.0 | other.0)
    }

    /// Those in both.
    #[must_use]
    pub const fn and(self, other: TokenKinds) -> TokenKinds {
        TokenKinds(self.0 & other.0)
    }

    /// The names of its kinds.
    pub fn names(self) -> Vec<String> {
        let name = |kind| serde_json::to_value(kind).ok()?.as_str().map(str::to_owned);
        self.iter().filter_map(name).collect()
    }

    /// Its kinds, in the order of [`TokenKind::ALL`].
    pub fn iter(self) -> impl Iterator<Item = TokenKind> {
        TokenKind::ALL
            .into_iter()
            .filter(move |&kind| self.holds(kind))
    }
}

impl FromIterator<TokenKind> for TokenKinds {
    fn from_iter<I: IntoIterator<Item = TokenKind>>(kinds: I) -> TokenKinds {
        kinds.into_iter().fold(TokenKinds::NONE, TokenKinds::with)
    }
}

impl From<Vec<TokenKind>> for TokenKinds {
    fn from(kinds: Vec<TokenKind>) -> TokenKinds {
        kinds.into_iter().collect()
    }
}

impl From<TokenKinds> for Vec<TokenKind> {
    fn from(kinds: TokenKinds) -> Vec<TokenKind> {
        kinds.iter().collect()
    }
}

impl fmt::Display for TokenKinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_a_set() {
        assert_eq!(TokenKinds::ALL.iter().count(), TokenKind::ALL.len());
        let some = [TokenKind::Word, TokenKind::Shape]
            .into_iter()
            .collect::<TokenKinds>();
        assert!(some.holds(TokenKind::Shape) && !some.holds(TokenKind::Subject));
        assert_eq!(
            some.without(TokenKind::Shape),
            TokenKinds::NONE.with(TokenKind::Word)
        );
        assert_eq!(some.or(TokenKinds::ALL), TokenKinds::ALL);
        assert_eq!(
            some.and(TokenKinds::NONE.with(TokenKind::Word)).to_string(),
            "word"
        );
        assert_eq!(serde_json::to_string(&some).unwrap(), r#"["word","shape"]"#);
        assert_eq!(
            serde_json::from_str::<TokenKinds>(r#"["shape","word"]"#).unwrap(),
            some
        );
    }
}
