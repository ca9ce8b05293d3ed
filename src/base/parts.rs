//! Bytes made of parts, of which a reader takes what it needs: a table of lengths, then the parts,
//! each padded with zeros to a multiple of eight bytes. Numbers are little-endian.

use std::ops::Range;

/// Bytes that can be read from any place, in memory or in a file.
pub trait ReadAt {
    /// Number of bytes.
    fn length(&self) -> u64;

    /// Fills `into` with the bytes from `at` on, or says why that cannot be.
    fn read_at(&mut self, at: u64, into: &mut [u8]) -> Result<(), String>;
}

impl ReadAt for &[u8] {
    fn length(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&mut self, at: u64, into: &mut [u8]) -> Result<(), String> {
        let start = usize::try_from(at).map_err(|_| CUT.to_owned())?;
        let end = start.checked_add(into.len()).ok_or(CUT)?;
        into.copy_from_slice(self.get(start..end).ok_or(CUT)?);
        Ok(())
    }
}

const CUT: &str = "it ends too early";
const CONTRADICTION: &str = "its table of parts contradicts itself";

/// More parts than these are refused.
const MOST_PARTS: u64 = 16;

/// Parts as they are written.
#[derive(Debug, Default)]
pub struct Parts(Vec<Vec<u8>>);

impl Parts {
    /// Appends a part.
    pub fn push(&mut self, bytes: Vec<u8>) {
        self.0.push(bytes);
    }

    /// The parts as one string of bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = (self.0.len() as u64).to_le_bytes().to_vec();
        for part in &self.0 {
            bytes.extend((part.len() as u64).to_le_bytes());
        }
        for part in &self.0 {
            bytes.extend(part);
            bytes.resize(bytes.len().next_multiple_of(8), 0);
        }
        bytes
    }
}

/// Parts as they are read.
pub struct PartReader<'a> {
    source: &'a mut dyn ReadAt,
    parts: Vec<Range<u64>>,
}

impl<'a> PartReader<'a> {
    /// Reads the table of parts. Bytes that are not exactly what it says are refused.
    pub fn new(source: &'a mut dyn ReadAt) -> Result<PartReader<'a>, String> {
        let mut word = [0; 8];
        source.read_at(0, &mut word)?;
        let count = u64::from_le_bytes(word);
        if count > MOST_PARTS {
            return Err(CONTRADICTION.to_owned());
        }
        let mut parts = Vec::new();
        let mut start = 8 + 8 * count;
        for part in 0..count {
            source.read_at(8 + 8 * part, &mut word)?;
            let end = start.checked_add(u64::from_le_bytes(word)).ok_or(CUT)?;
            parts.push(start..end);
            start = end.checked_next_multiple_of(8).ok_or(CUT)?;
        }
        if start != source.length() {
            return Err(CONTRADICTION.to_owned());
        }
        Ok(PartReader { source, parts })
    }

    /// Number of parts.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether there is no part.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Bytes of a part; 0 if there is none.
    pub fn length(&self, part: usize) -> u64 {
        self.parts.get(part).map_or(0, |part| part.end - part.start)
    }

    /// Fills `into` with the bytes of a part from `at` on.
    pub fn read_at(&mut self, part: usize, at: u64, into: &mut [u8]) -> Result<(), String> {
        let of = self.parts.get(part).ok_or(CUT)?;
        let start = of.start.checked_add(at).ok_or(CUT)?;
        let end = start.checked_add(into.len() as u64);
        if end.is_none_or(|end| end > of.end) {
            return Err(CUT.to_owned());
        }
        self.source.read_at(start, into)
    }

    /// All bytes of a part.
    pub fn whole(&mut self, part: usize) -> Result<Vec<u8>, String> {
        let mut bytes = vec![0; usize::try_from(self.length(part)).map_err(|_| CUT)?];
        self.read_at(part, 0, &mut bytes)?;
        Ok(bytes)
    }
}

/// The numbers of little-endian bytes, each of N bytes.
pub fn numbers<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> + '_ {
    bytes.as_chunks::<N>().0.iter().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_back_and_what_is_cut_or_drawn_out_is_refused() {
        let mut parts = Parts::default();
        parts.push(b"abc".to_vec());
        parts.push(Vec::new());
        parts.push(b"12345678".to_vec());
        let bytes = parts.to_bytes();
        let mut source = &bytes[..];
        let mut reader = PartReader::new(&mut source).unwrap();
        assert_eq!(reader.len(), 3);
        assert_eq!(reader.whole(0).unwrap(), b"abc");
        assert_eq!(reader.whole(1).unwrap(), b"");
        assert_eq!(reader.whole(2).unwrap(), b"12345678");
        let mut four = [0; 4];
        reader.read_at(2, 2, &mut four).unwrap();
        assert_eq!(&four, b"3456");
        assert!(reader.read_at(2, 6, &mut four).is_err());
        assert!(reader.read_at(2, u64::MAX, &mut four).is_err());
        assert!(reader.read_at(3, 0, &mut four).is_err());
        // Nothing can be read of a part that is not there, not even nothing.
        assert!(reader.read_at(1, 0, &mut []).is_ok());
        assert!(reader.read_at(3, 0, &mut []).is_err() && reader.whole(3).is_err());
        let mut none = &[0; 8][..];
        assert!(PartReader::new(&mut none).unwrap().whole(0).is_err());
        let long = [&bytes[..], &[0]].concat();
        for damaged in [&bytes[..bytes.len() - 1], &bytes[..7], b"", &long] {
            let mut source = damaged;
            assert!(PartReader::new(&mut source).is_err());
        }
        let mut source = &[0xff; 64][..];
        assert!(PartReader::new(&mut source).is_err());
    }
}
