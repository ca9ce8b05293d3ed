//! Hash tables for what strangers wrote. Their hash is keyed, so that nobody can choose words that
//! all fall into one place and make the table slow (Crosby and Wallach 2003).
//!
//! [`KeyedMap`] and [`KeyedSet`] are keyed at random in each process: nothing may depend on the
//! order of their entries, which differs from run to run. An [`IntegerKey`] is random, too, unless
//! it is kept: the hashes of a table in a file have to be the same in each process.

pub use foldhash::fast::RandomState as KeyedState;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;

/// A map whose keys come from mail.
pub type KeyedMap<K, V> = HashMap<K, V, KeyedState>;
/// A set of what comes from mail.
pub type KeyedSet<K> = HashSet<K, KeyedState>;

/// The key of a hash of integers or bytes, by one wide multiplication per eight bytes: for tables
/// on the hot path, and for one that is stored.
#[derive(Debug, Clone, Copy)]
pub struct IntegerKey {
    start: u64,
    factor: u64,
}

impl Default for IntegerKey {
    /// A new random key.
    fn default() -> IntegerKey {
        let random = KeyedState::default();
        IntegerKey {
            start: random.hash_one(0_u64),
            factor: random.hash_one(1_u64),
        }
    }
}

impl IntegerKey {
    /// A key that is kept, so that its hashes are the same in each process.
    pub fn kept(start: u64, factor: u64) -> IntegerKey {
        IntegerKey { start, factor }
    }

    /// The hash of some bytes, eight at a time.
    pub fn bytes(self, bytes: &[u8]) -> u64 {
        let (words, rest) = bytes.as_chunks::<8>();
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        let integers = words
            .iter()
            .chain([&last])
            .map(|word| u64::from_le_bytes(*word));
        let start = self.pair(bytes.len() as u64, 0);
        integers.fold(start, |state, integer| self.then(state, integer))
    }

    /// The hash of two integers.
    #[inline]
    pub fn pair(self, a: u64, b: u64) -> u64 {
        folded_product(a ^ self.start, b ^ self.factor)
    }

    /// The hash of all integers of the hash `state`, and `integer` after them.
    #[inline]
    pub fn then(self, state: u64, integer: u64) -> u64 {
        folded_product(state ^ integer, self.factor)
    }
}

/// Both halves of a product of 128 bits, so that each bit of either factor reaches the low bits.
#[inline]
fn folded_product(a: u64, b: u64) -> u64 {
    let wide = u128::from(a) * u128::from(b);
    wide as u64 ^ (wide >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_collide_under_one_key_only() {
        // 65,536 integers that differ in their two highest bytes, which a plain multiplication
        // leaves out of the lower half of its product.
        let integers = || (0..1 << 16).map(|n: u64| n << 48 | 0x6161_6161_6161);
        for key in [IntegerKey::default(), IntegerKey::default()] {
            let mut places = vec![0_u32; 1 << 16];
            for integer in integers() {
                places[key.pair(integer, 0) as usize & 0xFFFF] += 1;
            }
            // Thrown at random, the fullest of as many places holds 8 or 9; the chance of 24 is
            // below 1e-18.
            assert!(places.into_iter().max() < Some(24));
        }
        let hashes = || IntegerKey::default().pair(7, 0);
        assert_ne!(hashes(), hashes(), "each key is another");
    }
}
