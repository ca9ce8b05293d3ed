//! UTF-7 (RFC 2152): UTF-16 in base64 between `+` and `-`, and ASCII elsewhere.

/// Appends UTF-7 text decoded. A `+` that begins no character stays as it is.
pub(super) fn append(mut text: &[u8], out: &mut Vec<u8>) {
    let mut units: Vec<u16> = Vec::new();
    while let Some(plus) = memchr::memchr(b'+', text) {
        out.extend_from_slice(&text[..plus]);
        let shifted = &text[plus + 1..];
        let len = shifted
            .iter()
            .take_while(|&&byte| six_bits(byte).is_some())
            .count();
        let rest = &shifted[len..];
        units.clear();
        let (mut word, mut bits) = (0u32, 0);
        for six in shifted[..len].iter().filter_map(|&byte| six_bits(byte)) {
            word = word << 6 | six;
            bits += 6;
            if bits >= 16 {
                bits -= 16;
                units.push((word >> bits) as u16);
            }
        }
        let closed = rest.strip_prefix(b"-");
        match closed {
            Some(_) if len == 0 => out.push(b'+'),
            _ if units.is_empty() => out.extend_from_slice(&text[plus..=plus + len]),
            _ => {
                for char in char::decode_utf16(units.iter().copied()) {
                    let char = char.unwrap_or(char::REPLACEMENT_CHARACTER);
                    out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
        }
        let keeps_dash = units.is_empty() && len > 0;
        text = closed.filter(|_| !keeps_dash).unwrap_or(rest);
    }
    out.extend_from_slice(text);
}

fn six_bits(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    #[test]
    fn utf_7_is_read_as_python_reads_it() {
        // `bytes.decode("utf-7")` of Python 3.11.
        for (text, expected) in [
            ("Gl+APw-ckwunsch", "Gl\u{fc}ckwunsch"),
            ("a +ADw-b+AD4 c", "a <b> c"),
            ("+ZeVnLIqe-", "\u{65e5}\u{672c}\u{8a9e}"),
            ("+2D3eTg-x", "\u{1f64e}x"),
            ("2 +- 2", "2 + 2"),
            ("no shift at all", "no shift at all"),
            // Python refuses these; a reader wants the plus sign.
            ("1+1=2, C++", "1+1=2, C++"),
            ("+1-800", "+1-800"),
            ("+2D0-x", "\u{fffd}x"),
        ] {
            let mut out = Vec::new();
            super::append(text.as_bytes(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{text}");
        }
    }
}
