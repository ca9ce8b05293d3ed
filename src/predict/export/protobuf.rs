//! Messages of protocol buffers, written field by field.

/// A message, encoded so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message(pub Vec<u8>);

/// A field of variable length, and one with its length before it.
const VARINT: u64 = 0;
const LENGTH: u64 = 2;

impl Message {
    /// With a whole number.
    pub fn number(mut self, field: u64, number: i64) -> Message {
        self.varint(field << 3 | VARINT);
        // Negative ones are written as 64 bits of two's complement.
        self.varint(number as u64);
        self
    }

    /// With bytes: a text or what else has a length.
    pub fn bytes(mut self, field: u64, bytes: impl AsRef<[u8]>) -> Message {
        let bytes = bytes.as_ref();
        self.varint(field << 3 | LENGTH);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    /// With a message.
    pub fn message(self, field: u64, message: &Message) -> Message {
        self.bytes(field, &message.0)
    }

    /// With several of a kind under the same number.
    pub fn each<T>(
        self,
        all: impl IntoIterator<Item = T>,
        add: impl Fn(Message, T) -> Message,
    ) -> Message {
        all.into_iter().fold(self, add)
    }

    fn varint(&mut self, mut rest: u64) {
        while rest >= 1 << 7 {
            self.0.push(rest as u8 | 1 << 7);
            rest >>= 7;
        }
        self.0.push(rest as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the documentation of protocol buffers, "Encoding": field 1 with 150 is
    /// `08 96 01`, field 2 with "testing" `12 07 74 65 73 74 69 6e 67`, and field 3 with the first
    /// as a message `1a 03 08 96 01`; -2 is written in ten bytes.
    #[test]
    fn fields_are_written_as_the_documentation_has_them() {
        let first = Message::default().number(1, 150);
        assert_eq!(first.0, [0x08, 0x96, 0x01]);
        let text = Message::default().bytes(2, "testing");
        let expected = [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67];
        assert_eq!(text.0, expected);
        let nested = Message::default().message(3, &first);
        assert_eq!(nested.0, [0x1a, 0x03, 0x08, 0x96, 0x01]);
        let negative = Message::default().number(1, -2);
        let expected = [
            0x08, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
        ];
        assert_eq!(negative.0, expected);
    }
}
