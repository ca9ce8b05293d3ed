//! The beginning of a table or of JSON, from which everything about it is told: its encoding first.

use super::format::Named;
use crate::input::error::InputError;
use crate::input::text::{detect, transcoded, utf_16};
use crate::input::unpack::{ByteStream, peek};
use encoding_rs::Encoding;

/// Number of bytes examined.
pub(super) const SAMPLE: usize = 256 << 10;

/// The beginning of an input and the input from the beginning on, without a byte-order mark.
/// UTF-16 is UTF-8 by then.
pub(super) struct Sample {
    pub name: String,
    pub head: Vec<u8>,
    /// Whether nothing follows the head.
    pub whole: bool,
    pub encoding: &'static Encoding,
    pub stream: ByteStream,
}

impl Sample {
    /// Reads the beginning of an input, which must not be empty.
    pub fn of(named: Named) -> Result<Sample, InputError> {
        let Named {
            name,
            stream,
            converted_from,
            ..
        } = named;
        let (head, stream) = peek(stream, &name, SAMPLE)?;
        let wide = utf_16(&head);
        let (mut head, mut stream) = match wide {
            Some(wide) => peek(transcoded(stream, wide), &name, SAMPLE)?,
            None => (head, stream),
        };
        let whole = head.len() < SAMPLE;
        if head.starts_with(b"\xef\xbb\xbf") {
            head.drain(..3);
            skip(&mut stream, &name, 3)?;
        }
        if head.trim_ascii().is_empty() {
            return Err(InputError::Empty { file: name });
        }
        Ok(Sample {
            encoding: converted_from
                .or(wide)
                .unwrap_or_else(|| detect(&head, whole)),
            name,
            head,
            whole,
            stream,
        })
    }

    /// The same with a beginning of up to `size` bytes.
    pub fn longer(self, size: usize) -> Result<Sample, InputError> {
        let (head, stream) = peek(self.stream, &self.name, size)?;
        Ok(Sample {
            whole: head.len() < size,
            head,
            stream,
            ..self
        })
    }

    /// Leaves out the first `size` bytes.
    pub fn skip(&mut self, size: usize) -> Result<(), InputError> {
        self.head.drain(..size);
        skip(&mut self.stream, &self.name, size)
    }
}

fn skip(stream: &mut ByteStream, name: &str, size: usize) -> Result<(), InputError> {
    let skipped = stream.read_exact(&mut vec![0; size]);
    skipped.map_err(|source| InputError::from_io(name, 0, source))
}
