//! Blocks: a section is cut into blocks of one page, each of which says its number and has a
//! checksum, so that what is read of a section can be checked without reading all of it.

/// Bytes of a block.
pub const BLOCK: usize = 4096;

/// Bytes of a section in each of its blocks; the rest is the number and the checksum.
pub const CONTENT: usize = BLOCK - 8;

/// Number of blocks that hold this number of bytes.
pub fn blocks_of(length: u64) -> u64 {
    length.div_ceil(CONTENT as u64)
}

/// The block number `number` of a file, with at most [`CONTENT`] bytes in it.
pub fn sealed(content: &[u8], number: u64) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    block[..content.len()].copy_from_slice(content);
    block[CONTENT..CONTENT + 4].copy_from_slice(&(number as u32).to_le_bytes());
    let checksum = crc32fast::hash(&block[..CONTENT + 4]);
    block[CONTENT + 4..].copy_from_slice(&checksum.to_le_bytes());
    block
}

/// Whether these bytes are the block number `number`, as it was written.
pub fn is_sound(block: &[u8], number: u64) -> bool {
    block.len() == BLOCK
        && block[CONTENT..CONTENT + 4] == (number as u32).to_le_bytes()
        && block[CONTENT + 4..] == crc32fast::hash(&block[..CONTENT + 4]).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_that_was_changed_moved_or_cut_is_not_sound() {
        let block = sealed(b"some bytes", 7);
        assert!(is_sound(&block, 7) && !is_sound(&block, 8));
        assert!(!is_sound(&block[1..], 7));
        for at in (0..BLOCK).step_by(61).chain(CONTENT..BLOCK) {
            let mut changed = block;
            changed[at] ^= 1;
            assert!(!is_sound(&changed, 7), "{at}");
        }
    }
}
