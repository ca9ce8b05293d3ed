//! Reads the syntax of HTML: tags, attributes and comments, from a position in the source that only
//! moves forward. It is as forgiving as browsers: what is never closed ends with the page.
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
}

impl HtmlAttribute<'_> {
    /// Whether its value is an address.
    pub fn is_link(&self) -> bool {
        let is_link = || {
            ["href", "src", "action", "background"]
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

    /// Moves past the comment or declaration that begins here. Returns whether it is inside a word.
    pub fn comment(&mut self) -> bool {
        let letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
        let before = letter(self.source[..self.at].last());
        let close = if self.rest().starts_with(b"<!--") {
            self.comment_end()
        } else {
            self.find(b'>', self.at)
        };
        self.at = close.map_or(self.source.len(), |close| close + 1);
        before && letter(self.source.get(self.at))
    }

    /// The position where the comment that begins here ends. An unclosed comment extends to the end
    /// of the page.
    fn comment_end(&mut self) -> Option<usize> {
        // `<!-->` and `<!--->` are whole comments.
        if let Some(end) = memchr(
            b'>',
            &self.source[self.at..self.source.len().min(self.at + 6)],
        ) {
            return Some(self.at + end);
        }
        memmem::find(&self.source[self.at + 4..], b"-->").map(|end| self.at + 4 + end + 2)
    }

    /// Reads the name of a tag, `len` bytes from here. None if the page is cut off inside the tag,
    /// since browsers show nothing of such a tag.
    pub fn tag_name(&mut self, len: usize) -> Option<&'a [u8]> {
        let from = self.at + len;
        if self.find(b'>', from).is_none() {
            self.at = self.source.len();
            return None;
        }
        let rest = &self.source[from..];
        let name = &rest[..rest
            .iter()
            .position(|byte| !byte.is_ascii_alphanumeric())
            .unwrap_or(rest.len())];
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
            .position(|byte| matches!(byte, b'=' | b'>') || byte.is_ascii_whitespace());
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
        if after.get(blank) == Some(&b'=') {
            self.at += blank + 1;
            value = self.value();
        } else if name.is_empty() {
            self.at += usize::from(after.first() == Some(&b'>'));
            return None;
        }
        Some(HtmlAttribute { name, value })
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

    /// Moves past the content of the script or style element called `name`, to its closing tag,
    /// which is read next.
    pub fn skip_content(&mut self, name: &[u8]) {
        let rest = self.rest();
        let end = memmem::find_iter(rest, b"</").find(|&at| {
            rest.get(at + 2..at + 2 + name.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(name))
        });
        self.at += end.unwrap_or(rest.len());
    }
}
