//! The cache that makes reading fast: it maps written forms to tokens.
//!
//! Stemming and prefixing cost a hundred times more than finding the word itself, so they are done
//! once for each distinct form. The cache is a hash table with open addressing and linear probing,
//! at most 3/4 full. A slot holds the first chunk of its form, so that most words are found by
//! comparing one integer; the other chunks of longer words are in an arena. Beyond [`LIMIT`] forms
//! the cache is emptied and fills again, which costs time but changes no token.

use super::form::WordForm;
use crate::base::keyed::IntegerKey;
use crate::tokenize::lexicon::TokenId;

/// Marks a slot as empty.
const EMPTY: TokenId = TokenId::MAX - 1;
/// Marks an entry as the position of several tokens. No lexicon is so large that a token has this
/// bit.
const SEVERAL: TokenId = 1 << 31;
/// Number of forms cached before the cache is emptied.
const LIMIT: usize = 1 << 20;
/// Marks [`Slot::rest`] as a position in the arena.
const IN_ARENA: u32 = 1 << 31;

#[derive(Clone, Copy)]
struct Slot {
    first: u64,
    /// The place of the word if it has one chunk. Otherwise [`IN_ARENA`] and the position in the
    /// arena of its place, length and other chunks.
    rest: u32,
    token: TokenId,
}

/// Maps a form at a place to its token.
pub(crate) struct FormCache {
    slots: Vec<Slot>,
    arena: Vec<u64>,
    /// For each form with several tokens, their number and then the tokens.
    several: Vec<TokenId>,
    held: usize,
    key: IntegerKey,
}

impl FormCache {
    pub fn new() -> FormCache {
        let slots = vec![
            Slot {
                first: 0,
                rest: 0,
                token: EMPTY
            };
            1 << 12
        ];
        FormCache {
            slots,
            arena: Vec::new(),
            several: Vec::new(),
            held: 0,
            key: IntegerKey::default(),
        }
    }

    /// Makes an entry for a form that gives all of `tokens`.
    pub fn join(&mut self, tokens: &[TokenId]) -> TokenId {
        let at = self.several.len() as TokenId;
        self.several.push(tokens.len() as TokenId);
        self.several.extend_from_slice(tokens);
        at | SEVERAL
    }

    /// Appends the tokens of the entry `found`, which is mostly a single token.
    #[inline]
    pub fn append(&self, found: TokenId, tokens: &mut Vec<TokenId>) {
        if found & SEVERAL == 0 {
            tokens.push(found);
        } else {
            let at = (found & !SEVERAL) as usize;
            tokens.extend_from_slice(&self.several[at + 1..][..self.several[at] as usize]);
        }
    }

    /// The entry of `form` at `place`, or else the slot to put it in.
    #[inline]
    pub fn find<const N: usize>(&self, place: u16, form: &WordForm<N>) -> Result<TokenId, usize> {
        let mask = self.slots.len() - 1;
        let mut at = self.hash(place, form) as usize & mask;
        loop {
            let slot = &self.slots[at];
            if slot.token == EMPTY {
                return Err(at);
            }
            if slot.first == form.first() && self.same(slot.rest, place, form) {
                return Ok(slot.token);
            }
            at = (at + 1) & mask;
        }
    }

    /// Like [`FormCache::find`], for the many words that are one chunk.
    #[inline]
    pub fn find_short(&self, place: u16, chunk: u64) -> Result<TokenId, usize> {
        let mask = self.slots.len() - 1;
        let mut at = self.hash_short(place, chunk) as usize & mask;
        loop {
            let slot = &self.slots[at];
            if slot.first == chunk && slot.rest == u32::from(place) && slot.token != EMPTY {
                return Ok(slot.token);
            }
            if slot.token == EMPTY {
                return Err(at);
            }
            at = (at + 1) & mask;
        }
    }

    #[inline]
    fn same<const N: usize>(&self, rest: u32, place: u16, form: &WordForm<N>) -> bool {
        if form.len() <= 8 {
            return rest == u32::from(place);
        }
        let at = (rest & !IN_ARENA) as usize;
        let others = form.others();
        rest & IN_ARENA != 0
            && self.arena[at] == signature(place, form)
            && self.arena.get(at + 1..at + 1 + others.len()) == Some(others)
    }

    /// Adds an entry that [`FormCache::find`] did not find, in the slot that it returned.
    pub fn put<const N: usize>(
        &mut self,
        slot: usize,
        place: u16,
        form: &WordForm<N>,
        token: TokenId,
    ) {
        let rest = if form.len() <= 8 {
            u32::from(place)
        } else {
            let at = self.arena.len() as u32;
            self.arena.push(signature(place, form));
            self.arena.extend_from_slice(form.others());
            at | IN_ARENA
        };
        self.slots[slot] = Slot {
            first: form.first(),
            rest,
            token,
        };
        self.held += 1;
        if self.held >= LIMIT {
            *self = FormCache::new();
        } else if self.held * 4 > self.slots.len() * 3 {
            self.grow();
        }
    }

    fn grow(&mut self) {
        let larger = vec![
            Slot {
                first: 0,
                rest: 0,
                token: EMPTY
            };
            self.slots.len() * 2
        ];
        let old = std::mem::replace(&mut self.slots, larger);
        let mask = self.slots.len() - 1;
        for slot in old.into_iter().filter(|slot| slot.token != EMPTY) {
            let mut at = self.hash_of(&slot) as usize & mask;
            while self.slots[at].token != EMPTY {
                at = (at + 1) & mask;
            }
            self.slots[at] = slot;
        }
    }

    #[inline]
    fn hash_short(&self, place: u16, chunk: u64) -> u64 {
        self.key.pair(chunk, u64::from(place))
    }

    #[inline]
    fn hash<const N: usize>(&self, place: u16, form: &WordForm<N>) -> u64 {
        let first = self.hash_short(place, form.first());
        self.hash_others(first, form.others())
    }

    #[inline]
    fn hash_others(&self, first: u64, others: &[u64]) -> u64 {
        let then = |state, &chunk| self.key.then(state, chunk);
        others.iter().fold(first, then)
    }

    fn hash_of(&self, slot: &Slot) -> u64 {
        if slot.rest & IN_ARENA == 0 {
            return self.hash_short(slot.rest as u16, slot.first);
        }
        let at = (slot.rest & !IN_ARENA) as usize;
        let signature = self.arena[at];
        let chunks = (signature as u16 as usize).div_ceil(8);
        let first = self.hash_short((signature >> 16) as u16, slot.first);
        self.hash_others(first, &self.arena[at + 1..at + chunks])
    }
}

/// Place and length in one integer.
fn signature<const N: usize>(place: u16, form: &WordForm<N>) -> u64 {
    u64::from(place) << 16 | form.len() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_apart_by_every_byte_and_by_place() {
        let words: Vec<String> = (0..9000)
            .map(|n| format!("{}{n}", "abcdefghijklmnop".repeat(n % 3)))
            .collect();
        let mut cache = FormCache::new();
        for (token, word) in words.iter().enumerate() {
            for place in [0, 7] {
                let form = WordForm::new(word.as_bytes());
                let slot = cache.find(place, &form).unwrap_err();
                cache.put(slot, place, &form, token as u32 * 8 + u32::from(place));
            }
        }
        for (token, word) in words.iter().enumerate() {
            let form = WordForm::new(word.as_bytes());
            assert_eq!(cache.find(0, &form), Ok(token as u32 * 8));
            assert_eq!(cache.find(7, &form), Ok(token as u32 * 8 + 7));
            assert!(cache.find(3, &form).is_err());
        }
    }
}
