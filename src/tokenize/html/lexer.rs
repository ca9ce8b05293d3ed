//! Reads the syntax of HTML: tags, attributes and comments, from a position in the source that only
//! moves forward. It ends tags and comments where browsers end them.
//!
//! It is linear on any input. A character that was searched for in vain (see `absent_from`) is not
//! searched for again, so that a million unclosed quotes do not cost a million passes.

use memchr::{memchr, memchr2, memmem};

/// A position in the source of a page.
pub(crate) struct HtmlLexer<'a> {
    source: &'a [u8],
    at: usize,
    /// For `>`, `"` and `'`, the position from which on a search found none.
    absent_from: [usize; 3],
}

/// One attribute of a tag. `value` is empty if it has none.
pub(crate) struct HtmlAttribute<'a> {
    pub name: &'a [u8],
    pub value: &'a [u8],
    /// Whether it has a value, even if that is empty.
    pub has_value: bool,
}

impl HtmlAttribute<'_> {
    /// Whether its value is an address.
    pub fn is_link(&self) -> bool {
        let is_link = || {
            [
                "href",
                "src",
                "action",
                "background",
                "formaction",
                "data",
                "poster",
            ]
            .iter()
            .any(|link| self.name.eq_ignore_ascii_case(link.as_bytes()))
        };
        !self.value.is_empty() && is_link()
    }
}

impl<'a> HtmlLexer<'a> {
    pub fn new(source: &'a [u8]) -> HtmlLexer<'a> {
        HtmlLexer {
            source,
            at: 0,
            absent_from: [usize::MAX; 3],
        }
    }

    /// The source that was not read yet.
    pub fn rest(&self) -> &'a [u8] {
        &self.source[self.at..]
    }

    /// Moves forward by `len` bytes.
    pub fn skip(&mut self, len: usize) {
        self.at += len;
    }

    /// Moves forward to the next `<` or `&`, and returns the text before it.
    pub fn text(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let end = memchr2(b'<', b'&', rest).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// The position of the next `byte` at or after `from`.
    fn find(&mut self, byte: u8, from: usize) -> Option<usize> {
        let sign = usize::from(byte == b'"') + 2 * usize::from(byte == b'\'');
        let absent_from = &mut self.absent_from[sign];
        if from >= *absent_from {
            return None;
        }
        let found = memchr(byte, self.source.get(from..)?).map(|at| from + at);
        if found.is_none() {
            *absent_from = from;
        }
        found
    }

    /// Moves past the comment or declaration that begins here. Returns whether it is inside a word;
    /// None, without moving, if it is a declaration that never ends.
    pub fn comment(&mut self) -> Option<bool> {
        let letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
        let before = letter(self.source[..self.at].last());
        let close = if self.rest().starts_with(b"<!--") {
            self.comment_end().unwrap_or(self.source.len())
        } else {
            self.find(b'>', self.at)?
        };
        self.at = self.source.len().min(close + 1);
        Some(before && letter(self.source.get(self.at)))
    }

    /// The position of the `>` that ends the comment that begins here. An unclosed comment extends
    /// to the end of the page. `<!-->` and `<!--->` are whole comments, and `--!>` ends one too
    /// (HTML standard, sections 13.2.5.43 to 13.2.5.52).
    fn comment_end(&mut self) -> Option<usize> {
        let start = self.at;
        let mut from = start + 4;
        loop {
            let end = self.find(b'>', from)?;
            // One of the two dashes may be of the beginning, or both.
            let ends = self.source[start + 2..end].ends_with(b"--")
                || self.source[start + 4..end].ends_with(b"--!");
            if ends {
                return Some(end);
            }
            from = end + 1;
        }
    }

    /// Moves past the marked section of XML that begins here with `<![CDATA[`, and returns its
    /// text.
    pub fn marked_section(&mut self) -> &'a [u8] {
        let text = &self.rest()[b"<![CDATA[".len()..];
        let len = memmem::find(text, b"]]>").unwrap_or(text.len());
        let rest = text.get(len + 3..).unwrap_or_default();
        self.at = self.source.len() - rest.len();
        &text[..len]
    }

    /// Reads the name of a tag, `len` bytes from here. None, without moving, if the tag never ends.
    pub fn tag_name(&mut self, len: usize) -> Option<&'a [u8]> {
        let from = self.at + len;
        self.find(b'>', from)?;
        let rest = &self.source[from..];
        let end = rest
            .iter()
            .position(|byte| matches!(byte, b'>' | b'/') || byte.is_ascii_whitespace());
        let name = &rest[..end.unwrap_or(rest.len())];
        self.at = from + name.len();
        Some(name)
    }

    /// The next attribute of the current tag. None at the end of the tag; the position is then
    /// after its `>`.
    #[inline]
    pub fn attribute(&mut self) -> Option<HtmlAttribute<'a>> {
        let rest = self.rest();
        let blank = rest
            .iter()
            .position(|byte| !byte.is_ascii_whitespace() && *byte != b'/')
            .unwrap_or(rest.len());
        let rest = &rest[blank..];
        self.at += blank;
        let name_len = rest
            .iter()
            .position(|byte| matches!(byte, b'=' | b'>' | b'/') || byte.is_ascii_whitespace());
        let Some(name_len) = name_len else {
            self.at = self.source.len();
            return None;
        };
        let name = &rest[..name_len];
        self.at += name_len;
        let after = self.rest();
        let blank = after
            .iter()
            .position(|byte| !byte.is_ascii_whitespace())
            .unwrap_or(after.len());
        let mut value: &[u8] = b"";
        let has_value = after.get(blank) == Some(&b'=');
        if has_value {
            self.at += blank + 1;
            value = self.value();
        } else if name.is_empty() {
            self.at += usize::from(after.first() == Some(&b'>'));
            return None;
        }
        Some(HtmlAttribute {
            name,
            value,
            has_value,
        })
    }

    /// Reads the value of an attribute, after its `=`.
    fn value(&mut self) -> &'a [u8] {
        let source = self.source;
        while source.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        if let Some(&quote @ (b'"' | b'\'')) = source.get(self.at)
            && let Some(end) = self.find(quote, self.at + 1)
        {
            let value = &source[self.at + 1..end];
            self.at = end + 1;
            return value.trim_ascii();
        }
        let rest = self.rest();
        let end = rest
            .iter()
            .position(|byte| *byte == b'>' || byte.is_ascii_whitespace())
            .unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// Moves past the content of an element called `name` in which tags are no tags, to its end
    /// tag, which is read next, and returns the content. None, without moving, if it never ends.
    pub fn raw_content(&mut self, name: &[u8]) -> Option<&'a [u8]> {
        let rest = self.rest();
        let ends_name = |byte: &u8| matches!(byte, b'>' | b'/') || byte.is_ascii_whitespace();
        let end = memmem::find_iter(rest, b"</").find(|&at| {
            let found = &rest[at + 2..];
            found
                .get(..name.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(name))
                && found.get(name.len()).is_none_or(ends_name)
        })?;
        self.at += end;
        Some(&rest[..end])
    }
}
