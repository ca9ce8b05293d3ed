//! The lexicon maps tokens to numbers and back. A [`Lexicon`] gives each distinct token a
//! [`TokenId`], in order of first appearance, and remembers its kind. All text is in one arena and
//! the table holds only numbers, so that interning a known token allocates nothing.

use super::token_kind::TokenKind;
use crate::base::keyed::KeyedState;
use hashbrown::HashTable;
use std::hash::{BuildHasher, Hasher};

/// The number of a token in a [`Lexicon`], from 0.
pub type TokenId = u32;

/// A growing set of tokens, numbered from 0.
///
/// ```
/// use spamlab::tokenize::{Lexicon, TokenKind};
///
/// let mut lexicon = Lexicon::new();
/// let prize = lexicon.intern(TokenKind::Word, "prize");
/// assert_eq!(lexicon.intern(TokenKind::Word, "prize"), prize);
/// assert_eq!((lexicon.token(prize), lexicon.len()), ("prize", 1));
/// assert_eq!(lexicon.get("lunch"), None);
/// ```
#[derive(Clone, Default)]
pub struct Lexicon {
    arena: String,
    /// End of token `i` in `arena`; its start is the end of the one before.
    ends: Vec<u32>,
    kinds: Vec<TokenKind>,
    table: HashTable<TokenId>,
    key: KeyedState,
}

fn hash(key: &KeyedState, token: &str) -> u64 {
    let mut hasher = key.build_hasher();
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

    /// Number of distinct tokens.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it holds no tokens.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The number of `token`, which gets a new one if it is unknown. A token keeps the kind of its
    /// first appearance.
    pub fn intern(&mut self, kind: TokenKind, token: &str) -> TokenId {
        let Lexicon {
            arena,
            ends,
            kinds,
            table,
            key,
        } = self;
        let hashed = hash(key, token);
        if let Some(&id) = table.find(hashed, |&id| slice(arena, ends, id) == token) {
            return id;
        }
        let id = ends.len() as TokenId;
        arena.push_str(token);
        ends.push(arena.len() as u32);
        kinds.push(kind);
        table.insert_unique(hashed, id, |&id| hash(key, slice(arena, ends, id)));
        id
    }

    /// Gives a token `kind` if that stands before its own in the table of kinds, so that its kind
    /// does not depend on the order in which it was met.
    pub fn prefer_kind(&mut self, id: TokenId, kind: TokenKind) {
        let own = &mut self.kinds[id as usize];
        *own = kind.min(*own);
    }

    /// The number of `token`, if it has one.
    pub fn get(&self, token: &str) -> Option<TokenId> {
        self.table
            .find(hash(&self.key, token), |&id| {
                slice(&self.arena, &self.ends, id) == token
            })
            .copied()
    }

    /// The token with the number `id`. Panics if there is none.
    pub fn token(&self, id: TokenId) -> &str {
        slice(&self.arena, &self.ends, id)
    }

    /// The kind of the token with the number `id`. Panics if there is none.
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

    /// Adds every token of `other`. Returns the number in this lexicon for each number in `other`.
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
