//! A set of kinds of clue: which of the tokens of the one shared stream a model reads, or an
//! ablation leaves it.

use super::Kind;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A set of [`Kind`]s, one bit each.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(from = "Vec<Kind>", into = "Vec<Kind>")]
pub struct Kinds(u32);

impl Kinds {
    /// Every kind there is.
    pub const ALL: Kinds = {
        let (mut bits, mut at) = (0, 0);
        while at < Kind::ALL.len() {
            bits |= 1 << Kind::ALL[at] as u32;
            at += 1;
        }
        Kinds(bits)
    };

    /// No kind.
    pub const NONE: Kinds = Kinds(0);

    /// Whether `kind` is one of them.
    pub const fn holds(self, kind: Kind) -> bool {
        self.0 >> kind as u32 & 1 == 1
    }

    /// These and `kind`.
    #[must_use]
    pub const fn with(self, kind: Kind) -> Kinds {
        Kinds(self.0 | 1 << kind as u32)
    }

    /// These but not `kind`.
    #[must_use]
    pub const fn without(self, kind: Kind) -> Kinds {
        Kinds(self.0 & !(1 << kind as u32))
    }

    /// Those in either.
    #[must_use]
    pub const fn or(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }

    /// Those in both.
    #[must_use]
    pub const fn and(self, other: Kinds) -> Kinds {
        Kinds(self.0 & other.0)
    }

    /// The names of its kinds.
    pub fn names(self) -> Vec<String> {
        let name = |kind| serde_json::to_value(kind).ok()?.as_str().map(str::to_owned);
        self.iter().filter_map(name).collect()
    }

    /// Its kinds, in the order of [`Kind::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |&kind| self.holds(kind))
    }
}

impl FromIterator<Kind> for Kinds {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Kinds {
        kinds.into_iter().fold(Kinds::NONE, Kinds::with)
    }
}

impl From<Vec<Kind>> for Kinds {
    fn from(kinds: Vec<Kind>) -> Kinds {
        kinds.into_iter().collect()
    }
}

impl From<Kinds> for Vec<Kind> {
    fn from(kinds: Kinds) -> Vec<Kind> {
        kinds.iter().collect()
    }
}

impl fmt::Display for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_a_set() {
        assert_eq!(Kinds::ALL.iter().count(), Kind::ALL.len());
        let some = [Kind::Word, Kind::Shape].into_iter().collect::<Kinds>();
        assert!(some.holds(Kind::Shape) && !some.holds(Kind::Subject));
        assert_eq!(some.without(Kind::Shape), Kinds::NONE.with(Kind::Word));
        assert_eq!(some.or(Kinds::ALL), Kinds::ALL);
        assert_eq!(some.and(Kinds::NONE.with(Kind::Word)).to_string(), "word");
        assert_eq!(serde_json::to_string(&some).unwrap(), r#"["word","shape"]"#);
        assert_eq!(
            serde_json::from_str::<Kinds>(r#"["shape","word"]"#).unwrap(),
            some
        );
    }
}
