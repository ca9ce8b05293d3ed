//! The kinds of token. A kind tells what a token describes, so that one kind can be left out later
//! without reading the mail again. Each kind is one row of the table below;
//! `tests/contract/clue.rs` checks that `docs/tokenizer.md` lists them all. A [`TokenKinds`] is a
//! set of kinds: those that a model reads, or those that an ablation keeps.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Defines [`TokenKind`] from one row per kind: its description, its variant and its name.
macro_rules! token_kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident = $name:literal;)+) => {
        /// What a token describes.
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
            /// All kinds, in the order of their codes.
            pub const ALL: [TokenKind; [$($name),+].len()] = [$(TokenKind::$kind),+];

            /// Its name in options, files and tables.
            pub const fn name(self) -> &'static str {
                match self {
                    $(TokenKind::$kind => $name,)+
                }
            }

            /// Its description, in one sentence.
            pub fn doc(self) -> &'static str {
                match self {
                    $(TokenKind::$kind => concat!($($doc),+).trim_ascii_start(),)+
                }
            }
        }
    };
}

// The order is part of the model file, so a new kind must be added at the end.
token_kinds! {
    /// A word of the visible body.
    Word = "word";
    /// A frequent English function word in the visible body or the subject.
    Function = "function";
    /// A number in the visible body, as written.
    Number = "number";
    /// A word of the subject.
    Subject = "subject";
    /// A word of From, the domain of its address, or the lack of an address.
    Sender = "sender";
    /// A finding from any other header.
    Header = "header";
    /// The registered domain of a link, or a word of its address.
    Link = "link";
    /// A feature that honest links seldom have, such as a host other than the one in their text.
    Trick = "trick";
    /// An HTML element that the message uses.
    Markup = "markup";
    /// The number of images, an invisible image, or little text beside an image.
    Image = "image";
    /// The type, extension or size of a part that is not text.
    Attachment = "attachment";
    /// A word, number or symbol that a page contains but does not show, or the presence of such
    /// words.
    Hidden = "hidden";
    /// The look of the text: runs of punctuation, very long words, many words in capitals.
    Shape = "shape";
    /// The class of a number in the text, such as a sum of money, or the presence of an address.
    Class = "class";
    /// How a disguised word was deobfuscated.
    Fold = "fold";
    /// The language of the text.
    Language = "language";
    /// An n-gram of words.
    Ngram = "ngram";
    /// An n-gram of bytes.
    Bytes = "bytes";
    /// A limit of the tokenizer that was reached.
    Limit = "limit";
    /// A word, number or symbol of a text file or page that is attached.
    Attached = "attached";
    /// An emoji or another symbol beyond ASCII in the visible body or the subject.
    Symbol = "symbol";
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
    /// All kinds.
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

    /// Whether `kind` is in this set.
    pub const fn holds(self, kind: TokenKind) -> bool {
        self.0 >> kind as u32 & 1 == 1
    }

    /// This set with `kind`.
    #[must_use]
    pub const fn with(self, kind: TokenKind) -> TokenKinds {
        TokenKinds(self.0 | 1 << kind as u32)
    }

    /// This set without `kind`.
    #[must_use]
    pub const fn without(self, kind: TokenKind) -> TokenKinds {
        TokenKinds(self.0 & !(1 << kind as u32))
    }

    /// The union of both sets.
    #[must_use]
    pub const fn or(self, other: TokenKinds) -> TokenKinds {
        TokenKinds(self.0 | other.0)
    }

    /// The intersection of both sets.
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
