//! Finds the addresses in headers such as From and To (RFC 5322, section 3.4): in lists and groups,
//! after display names, among comments. Signs that open something and never close it are text, as
//! many programs write them.

/// The addresses in the value of a header, in their order. What stands between two commas or
/// semicolons is one address: the one in angle brackets if there is one, for a display name is
/// often an address itself. What has no `@` is none.
pub(crate) fn addresses(value: &[u8]) -> Addresses<'_> {
    Addresses {
        value,
        at: 0,
        in_brackets: false,
        closes: [true; 3],
    }
}

/// Iterates over the addresses in `value`.
pub(crate) struct Addresses<'a> {
    value: &'a [u8],
    at: usize,
    /// Whether this entry of the list had an address in angle brackets.
    in_brackets: bool,
    /// Whether quotes, comments and angle brackets that open from here on may close. Each is
    /// searched for in vain once, so that the time is linear.
    closes: [bool; 3],
}

impl<'a> Iterator for Addresses<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let value = self.value;
        let mut bare: Option<&[u8]> = None;
        let mut word = self.at;
        while let Some(&byte) = value.get(self.at) {
            let opened = self.at;
            self.at += 1;
            match byte {
                b'"' => self.skip(0, quoted_end),
                b'(' => {
                    self.skip(1, comment_end);
                    word = self.at;
                }
                b'<' => {
                    self.skip(2, |text| memchr::memchr(b'>', text).map(|end| end + 1));
                    let inside = value[opened + 1..self.at].strip_suffix(b">");
                    word = self.at;
                    if let Some(inside) = inside.filter(|inside| inside.contains(&b'@')) {
                        self.in_brackets = true;
                        return Some(inside.trim_ascii());
                    }
                }
                b'@' if bare.is_none() => {
                    let ends = |byte: &u8| byte.is_ascii_whitespace() || b",;(<>".contains(byte);
                    let end = value[self.at..].iter().position(ends);
                    self.at = end.map_or(value.len(), |end| self.at + end);
                    bare = Some(&value[word..self.at]);
                }
                b',' | b';' => {
                    word = self.at;
                    if !std::mem::take(&mut self.in_brackets) && bare.is_some() {
                        return bare;
                    }
                    bare = None;
                }
                b':' | b' ' | b'\t' | b'\r' | b'\n' => word = self.at,
                _ => {}
            }
        }
        bare.filter(|_| !self.in_brackets)
    }
}

impl Addresses<'_> {
    /// Goes to the end of what has just been opened, if it closes.
    fn skip(&mut self, what: usize, end: impl Fn(&[u8]) -> Option<usize>) {
        if self.closes[what] {
            match end(&self.value[self.at..]) {
                Some(end) => self.at += end,
                None => self.closes[what] = false,
            }
        }
    }
}

/// Where the quoted string that was opened before `text` ends.
fn quoted_end(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'"', b'\\', text.get(at..)?) {
        at += found + 1;
        if text[at - 1] == b'"' {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Where the comment that was opened before `text` ends. Comments may contain comments.
fn comment_end(text: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (1, 0);
    while depth > 0 {
        at += memchr::memchr3(b'(', b')', b'\\', text.get(at..)?)? + 1;
        match text[at - 1] {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => at += 1,
        }
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(value: &str) -> Vec<String> {
        let all = addresses(value.as_bytes());
        all.map(|one| String::from_utf8(one.to_vec()).unwrap())
            .collect()
    }

    #[test]
    fn addresses_are_found_as_python_finds_them() {
        // The second halves of `email.utils.getaddresses` of Python 3.11.
        for (value, expected) in [
            ("ann@x.example", vec!["ann@x.example"]),
            ("\"ann@x.example\" <ann@x.example>", vec!["ann@x.example"]),
            ("Ann <a@x>, b@x (Ben @ home, c@x)", vec!["a@x", "b@x"]),
            ("\"Lund, Bea; b@y\" <b@x>, c@x", vec!["b@x", "c@x"]),
            ("\"a\\\"@x, q\" <b@x>", vec!["b@x"]),
            ("undisclosed-recipients:;", vec![]),
            (
                "Friends: a@x, \"b, c@x\" <d@x>; e@x",
                vec!["a@x", "d@x", "e@x"],
            ),
            ("\"a b\"@x.example", vec!["\"a b\"@x.example"]),
            ("a@[IPv6:1::2],,\r\n b@x", vec!["a@[IPv6:1::2]", "b@x"]),
            ("(one (two) c@x) a@x", vec!["a@x"]),
            ("a@x; b@x", vec!["a@x", "b@x"]),
            ("<a@x> <b@x>", vec!["a@x", "b@x"]),
        ] {
            assert_eq!(found(value), expected, "{value}");
        }
    }

    #[test]
    fn addresses_that_break_the_rules_are_found_where_a_reader_sees_them() {
        for (value, expected) in [
            // A display name that should be quoted.
            ("ann@x.example <ann@x.example>", vec!["ann@x.example"]),
            ("Lund, Bea <b@x>", vec!["b@x"]),
            // Quotes, comments and brackets that never close.
            ("\"Ann <a@x>, b@x", vec!["a@x", "b@x"]),
            (":-( <a@x>, b@x", vec!["a@x", "b@x"]),
            ("Ann <a@x, b@x", vec!["a@x", "b@x"]),
            ("Ann <ann>", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(found(value), expected, "{value}");
        }
    }
}
