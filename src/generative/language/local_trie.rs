//! The strings of one message while it is read, with their counts: a trie that grows, in a hash
//! table by (parent, symbol).

use super::strings::Symbol;

/// Stands for no node.
const NONE: u32 = u32::MAX;

/// A trie of strings of bytes. Node 0 is the empty string.
pub struct LocalTrie {
    /// Parent, symbol and how often the string was seen in each class.
    nodes: Vec<(u32, u16, [u32; 2])>,
    /// Open addressing, at most half full.
    slots: Vec<u32>,
}

/// The empty string alone.
impl Default for LocalTrie {
    fn default() -> LocalTrie {
        LocalTrie {
            nodes: vec![(NONE, 0, [0; 2])],
            slots: vec![NONE; 1 << 12],
        }
    }
}

impl LocalTrie {
    /// How often a string was counted, by class.
    pub fn seen(&self, node: u32) -> [u32; 2] {
        self.nodes[node as usize].2
    }

    /// Counts a string once more.
    pub fn count(&mut self, node: u32, class: usize) {
        self.nodes[node as usize].2[class] += 1;
    }

    /// A string with one symbol more, if it was added.
    pub fn find(&self, parent: u32, symbol: u16) -> Option<u32> {
        let node = self.slots[self.slot(parent, symbol)];
        (node != NONE).then_some(node)
    }

    /// Where a string is, or would be, found.
    fn slot(&self, parent: u32, symbol: u16) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash(parent, symbol) & mask;
        loop {
            match self.slots[slot] {
                NONE => return slot,
                node if (self.nodes[node as usize].0, self.nodes[node as usize].1)
                    == (parent, symbol) =>
                {
                    return slot;
                }
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    /// A string with one symbol more, new if need be.
    pub fn child(&mut self, parent: u32, symbol: u16) -> u32 {
        let slot = self.slot(parent, symbol);
        if self.slots[slot] != NONE {
            return self.slots[slot];
        }
        let node = self.nodes.len() as u32;
        self.slots[slot] = node;
        self.nodes.push((parent, symbol, [0; 2]));
        if self.nodes.len() * 2 > self.slots.len() {
            self.widen();
        }
        node
    }

    fn widen(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        self.slots = vec![NONE; mask + 1];
        for (node, &(parent, symbol, _)) in self.nodes.iter().enumerate().skip(1) {
            let mut slot = hash(parent, symbol) & mask;
            while self.slots[slot] != NONE {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = node as u32;
        }
    }
}

fn hash(parent: u32, symbol: u16) -> usize {
    let key = u64::from(parent) << <u16 as Symbol>::BITS | u64::from(symbol);
    (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20) as usize
}
