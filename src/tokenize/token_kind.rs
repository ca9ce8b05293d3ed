//! The kinds of token: what a token says something about, so that one kind can be left out later
//! without reading the mail again. A kind is one row of the table below; `tests/every_clue.rs`
//! holds the table of `docs/tokenizer.md` to it. A [`TokenKinds`] is a set of them: what a model
//! reads of the one shared stream, or an ablation leaves it.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Defines [`TokenKind`] from one row per kind: what it says, its variant and its name.
macro_rules! token_kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident = $name:literal;)+) => {
        /// What a token says something about.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        pub enum TokenKind {
            $(
                $(#[doc = $doc])+
                #[serde(rename = $name)]
                $kind,
            )+
        }

        impl TokenKind {
            /// Every kind, in the order of their codes.
            pub const ALL: [TokenKind; [$($name),+].len()] = [$(TokenKind::$kind),+];

            /// Its name in options, files and tables.
            pub const fn name(self) -> &'static str {
                match self {
                    $(TokenKind::$kind => $name,)+
                }
            }

            /// What it says, in one sentence.
            pub fn doc(self) -> &'static str {
                match self {
                    $(TokenKind::$kind => concat!($($doc),+).trim_ascii_start(),)+
                }
            }
        }
    };
}

// The order is part of the model file: a new kind goes to the end.
token_kinds! {
    /// A word of the visible body.
    Word = "word";
    /// A frequent English function word in the visible body or the subject.
    Function = "function";
    /// A number in the visible body, as written.
    Number = "number";
    /// A word of the subject.
    Subject = "subject";
    /// A word of From, the domain of its address, or that there is no address.
    Sender = "sender";
    /// What any other header says.
    Header = "header";
    /// The registered domain of a link, or a word of its address.
    Link = "link";
    /// What honest links seldom have, such as a host that their text does not name.
    Trick = "trick";
    /// An HTML element that the message uses.
    Markup = "markup";
    /// How many images there are, and how little there is to see or read.
    Image = "image";
    /// The type, extension or size of a part that is not text.
    Attachment = "attachment";
    /// A word that a page holds but does not show, or that there are such words.
    Hidden = "hidden";
    /// How the text looks: runs of signs, very long words, many words in capitals.
    Shape = "shape";
    /// What a number in the text is, such as a sum of money, or that an address stands there.
    Class = "class";
    /// How a word in disguise was deobfuscated.
    Fold = "fold";
    /// The language of the text.
    Language = "language";
    /// An n-gram of words.
    Ngram = "ngram";
    /// An n-gram of bytes.
    Bytes = "bytes";
    /// That a limit of the tokenizer was reached.
    Limit = "limit";
}

impl fmt::Display for TokenKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

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
        self.iter().map(|kind| kind.name().to_owned()).collect()
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
