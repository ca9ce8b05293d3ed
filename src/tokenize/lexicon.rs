//! Token ↔ number. A [`Lexicon`] gives each distinct token a [`TokenId`], in order of first
//! appearance, and remembers which kind of clue it is. All text lives in one arena and the table
//! holds only numbers, so interning a token that is already known allocates nothing.

use hashbrown::HashTable;
use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};
use std::hash::Hasher;

/// The number of a token in one [`Lexicon`].
pub type TokenId = u32;

/// What a token says something about, so that one kind can be left out later without reading the
/// mail again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenKind {
    /// A word of the visible body.
    Word,
    /// A frequent function word of English in the visible body or the subject.
    Function,
    /// A number of the visible body, as written.
    Number,
    /// A word of the subject (`subject:…`).
    Subject,
    /// A word or the domain of From (`from:…`).
    Sender,
    /// Any other header clue (`to:…`, `mailer:…`, `charset:…`).
    Header,
    /// The host of a link and the words of its address (`url:…`).
    Link,
    /// What honest links seldom do (`link:…`): a host of numbers, a text that names another host.
    Trick,
    /// An element of HTML (`html:…`).
    Markup,
    /// How many images there are and how large (`image:…`).
    Image,
    /// A part that is no text: its type, extension and size (`attachment:…`).
    Attachment,
    /// A word that a page holds but does not show (`hidden:…`).
    Hidden,
    /// The look of the text: shouting, runs of punctuation, very long words (`shape:…`).
    Shape,
    /// What a number or an address in the text is (`class:…`): money, a percentage, a date.
    Class,
    /// That a word had to be folded to be read (`fold:…`).
    Fold,
    /// The language of the text (`language:…`).
    Language,
    /// Words in a row, with spaces between them.
    Ngram,
    /// Bytes in a row (`bytes:…`).
    Bytes,
    /// That a limit of the reader was reached (`limit:…`).
    Limit,
}

impl TokenKind {
    /// Every kind, in the order of their codes.
    pub const ALL: [TokenKind; 19] = [
        TokenKind::Word,
        TokenKind::Function,
        TokenKind::Number,
        TokenKind::Subject,
        TokenKind::Sender,
        TokenKind::Header,
        TokenKind::Link,
        TokenKind::Trick,
        TokenKind::Markup,
        TokenKind::Image,
        TokenKind::Attachment,
        TokenKind::Hidden,
        TokenKind::Shape,
        TokenKind::Class,
        TokenKind::Fold,
        TokenKind::Language,
        TokenKind::Ngram,
        TokenKind::Bytes,
        TokenKind::Limit,
    ];
}

/// A growing set of tokens, numbered from 0.
#[derive(Clone, Default)]
pub struct Lexicon {
    arena: String,
    /// End of token `i` in `arena`; its start is the end of the one before.
    ends: Vec<u32>,
    kinds: Vec<TokenKind>,
    table: HashTable<TokenId>,
}

fn hash(token: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(token.as_bytes());
    hasher.finish()
}

fn slice<'a>(arena: &'a str, ends: &[u32], id: TokenId) -> &'a str {
    let at = id as usize;
    let start = if at == 0 { 0 } else { ends[at - 1] as usize };
    &arena[start..ends[at] as usize]
}

impl Lexicon {
    /// An empty lexicon.
    pub fn new() -> Lexicon {
        Lexicon::default()
    }

    /// How many distinct tokens it holds.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The number of `token`, which is given one if it has none yet. Its kind is that of its first
    /// appearance.
    pub fn intern(&mut self, kind: TokenKind, token: &str) -> TokenId {
        let Lexicon {
            arena,
            ends,
            kinds,
            table,
        } = self;
        let hashed = hash(token);
        if let Some(&id) = table.find(hashed, |&id| slice(arena, ends, id) == token) {
            return id;
        }
        let id = ends.len() as TokenId;
        arena.push_str(token);
        ends.push(arena.len() as u32);
        kinds.push(kind);
        table.insert_unique(hashed, id, |&id| hash(slice(arena, ends, id)));
        id
    }

    /// The number of `token`, if it has one.
    pub fn get(&self, token: &str) -> Option<TokenId> {
        self.table
            .find(hash(token), |&id| {
                slice(&self.arena, &self.ends, id) == token
            })
            .copied()
    }

    /// The token of number `id`. Panics if there is none.
    pub fn token(&self, id: TokenId) -> &str {
        slice(&self.arena, &self.ends, id)
    }

    /// The kind of token `id`. Panics if there is none.
    pub fn kind(&self, id: TokenId) -> TokenKind {
        self.kinds[id as usize]
    }

    /// All tokens with their kinds, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (TokenKind, &str)> {
        self.iter_from(0)
    }

    /// The tokens from number `start` on.
    pub fn iter_from(&self, start: usize) -> impl Iterator<Item = (TokenKind, &str)> {
        (start..self.len()).map(|id| (self.kinds[id], self.token(id as TokenId)))
    }

    /// Takes in every token of `other`; returns the number here of each number there.
    pub fn absorb(&mut self, other: &Lexicon) -> Vec<TokenId> {
        other
            .iter()
            .map(|(kind, token)| self.intern(kind, token))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interning_numbers_tokens_once_and_absorbing_maps_them() {
        let mut a = Lexicon::new();
        assert_eq!(a.intern(TokenKind::Word, "cheap"), 0);
        assert_eq!(a.intern(TokenKind::Subject, "subject:cheap"), 1);
        assert_eq!(a.intern(TokenKind::Word, "cheap"), 0);
        let mut b = Lexicon::new();
        b.intern(TokenKind::Word, "pills");
        b.intern(TokenKind::Word, "cheap");
        assert_eq!(a.absorb(&b), [2, 0]);
        assert_eq!(a.token(2), "pills");
        assert_eq!(a.kind(1), TokenKind::Subject);
        assert_eq!(a.get("pills"), Some(2));
        assert_eq!(a.get("absent"), None);
        assert_eq!(a.len(), 3);
    }
}
