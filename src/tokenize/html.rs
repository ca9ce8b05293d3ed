//! HTML → the text its reader sees, and clues about how it is made. One pass, no tree.
//!
//! Block elements part words, inline ones do not: `V<b></b>iagra` is one word. Comments, scripts, styles and tags are not
//! text; entities are characters; runs of white space are one space. Reported apart: each link target and each element
//! used. Linear on any input: whatever is never closed is looked for once only (see `Page::without`). Left out for now:
//! text hidden by styles, which is still text here.

use super::entity;
use memchr::{memchr, memchr2, memmem};

/// What a page shows besides text.
pub(super) enum Clue<'a> {
    /// The target of a link, image, form or frame, as written.
    Link(&'a [u8]),
    /// An element, as its row in [`ELEMENTS`]; the row after the last stands for unknown names.
    Element(usize),
}

/// How an element stands in the text around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Inline,
    /// Begins a new line.
    Block,
    /// Is separated by a space: table cells.
    Cell,
    /// Its content is not text.
    Skipped,
}

use Flow::{Block, Cell, Inline, Skipped};

/// Elements known by name, at most 127.
const ELEMENTS: [(&str, Flow); 78] = [
    ("a", Inline),
    ("abbr", Inline),
    ("acronym", Inline),
    ("address", Block),
    ("applet", Inline),
    ("area", Inline),
    ("article", Block),
    ("b", Inline),
    ("base", Inline),
    ("basefont", Inline),
    ("bgsound", Inline),
    ("big", Inline),
    ("blink", Inline),
    ("blockquote", Block),
    ("body", Block),
    ("br", Block),
    ("button", Cell),
    ("center", Block),
    ("cite", Inline),
    ("code", Inline),
    ("col", Inline),
    ("dd", Block),
    ("del", Inline),
    ("dir", Block),
    ("div", Block),
    ("dl", Block),
    ("dt", Block),
    ("em", Inline),
    ("embed", Inline),
    ("fieldset", Block),
    ("font", Inline),
    ("form", Block),
    ("frame", Block),
    ("frameset", Block),
    ("h1", Block),
    ("h2", Block),
    ("h3", Block),
    ("h4", Block),
    ("h5", Block),
    ("h6", Block),
    ("head", Block),
    ("hr", Block),
    ("html", Block),
    ("i", Inline),
    ("iframe", Block),
    ("img", Inline),
    ("input", Cell),
    ("ins", Inline),
    ("label", Inline),
    ("layer", Block),
    ("li", Block),
    ("link", Inline),
    ("map", Inline),
    ("marquee", Block),
    ("meta", Inline),
    ("nobr", Inline),
    ("object", Inline),
    ("ol", Block),
    ("option", Block),
    ("p", Block),
    ("pre", Block),
    ("s", Inline),
    ("script", Skipped),
    ("section", Block),
    ("select", Block),
    ("small", Inline),
    ("span", Inline),
    ("strong", Inline),
    ("style", Skipped),
    ("sub", Inline),
    ("sup", Inline),
    ("table", Block),
    ("tbody", Block),
    ("td", Cell),
    ("textarea", Block),
    ("th", Cell),
    ("title", Block),
    ("tr", Block),
];

/// The names as integers, so that looking one up compares no strings. The first eight letters tell all of them apart.
static PACKED: [u64; ELEMENTS.len()] = {
    let mut packed = [0; ELEMENTS.len()];
    let mut at = 0;
    while at < packed.len() {
        packed[at] = pack(ELEMENTS[at].0.as_bytes());
        at += 1;
    }
    packed
};

const fn pack(name: &[u8]) -> u64 {
    let (mut word, mut at) = (0, 0);
    while at < name.len() && at < 8 {
        word = word << 8 | name[at].to_ascii_lowercase() as u64;
        at += 1;
    }
    word
}

/// The name of the element in row `at`.
pub(super) fn element_name(at: usize) -> &'static str {
    ELEMENTS.get(at).map_or("unknown", |(name, _)| name)
}

/// Whether a text without a stated type is a page all the same.
pub(super) fn looks_like_html(text: &[u8]) -> bool {
    const TELLING: [&str; 12] =
        ["html", "body", "p", "br", "div", "table", "a", "td", "center", "font", "span", "!doctype"];
    let head = &text[..text.len().min(20_000)];
    memchr::memchr_iter(b'<', head).any(|at| {
        let name =
            head[at + 1..].split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'!').next().unwrap_or_default();
        // `<a>` alone may be a placeholder in plain text; with an attribute it is a tag.
        let after = head.get(at + 1 + name.len());
        let attribute = after.is_some_and(u8::is_ascii_whitespace);
        let tag =
            if name.eq_ignore_ascii_case(b"a") { attribute } else { attribute || matches!(after, Some(b'>' | b'/')) };
        tag && TELLING.iter().any(|telling| name.eq_ignore_ascii_case(telling.as_bytes()))
    })
}

/// Reads a page: appends its text to `text` and reports its clues.
pub(super) fn read(source: &[u8], text: &mut Vec<u8>, report: &mut impl FnMut(Clue<'_>)) {
    let mut page = Page { source, at: 0, start: text.len(), text, without: [usize::MAX; 3] };
    while page.at < source.len() {
        page.text_up_to_markup();
        match source.get(page.at) {
            Some(b'<') => page.markup(report),
            Some(_) => page.entity(),
            None => {}
        }
    }
}

struct Page<'a> {
    source: &'a [u8],
    at: usize,
    /// Where the text of this page begins.
    start: usize,
    text: &'a mut Vec<u8>,
    /// For `>`, `"` and `'`: from where on there is none, once looked for in vain. It keeps reading linear.
    without: [usize; 3],
}

impl<'a> Page<'a> {
    /// Where `byte` comes next at or after `from`.
    fn find(&mut self, byte: u8, from: usize) -> Option<usize> {
        let known = &mut self.without[usize::from(byte == b'"') + 2 * usize::from(byte == b'\'')];
        if from >= *known {
            return None;
        }
        let found = memchr(byte, self.source.get(from..)?).map(|at| from + at);
        if found.is_none() {
            *known = from;
        }
        found
    }

    fn text_up_to_markup(&mut self) {
        let rest = &self.source[self.at..];
        let end = memchr2(b'<', b'&', rest).unwrap_or(rest.len());
        for &byte in &rest[..end] {
            if byte.is_ascii_whitespace() {
                self.space(b' ');
            } else {
                self.text.push(byte);
            }
        }
        self.at += end;
    }

    /// White space, unless there is some already. A new line takes the place of a space.
    fn space(&mut self, kind: u8) {
        match self.text[self.start..].last() {
            None | Some(b'\n') => {}
            Some(b' ') => {
                if kind == b'\n' {
                    self.text.pop();
                    self.text.push(kind);
                }
            }
            Some(_) => self.text.push(kind),
        }
    }

    fn entity(&mut self) {
        let (character, len) = entity::read(&self.source[self.at..]);
        self.at += len;
        match character {
            ' ' | '\n' | '\t' | '\r' | '\u{a0}' => self.space(b' '),
            other => self.text.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }

    /// Reads what begins with `<`: a tag, a comment, or just the sign.
    fn markup(&mut self, report: &mut impl FnMut(Clue<'_>)) {
        let rest = &self.source[self.at..];
        match rest.get(1) {
            Some(byte) if byte.is_ascii_alphabetic() => self.tag(self.at + 1, false, report),
            Some(b'/') => self.tag(self.at + 2, true, report),
            Some(b'!' | b'?') => {
                let close = if rest.starts_with(b"<!--") { self.comment_end() } else { self.find(b'>', self.at) };
                self.at = close.map_or(self.source.len(), |close| close + 1);
            }
            _ => {
                self.text.push(b'<');
                self.at += 1;
            }
        }
    }

    /// Where the comment that begins here ends. One never closed goes on to the end.
    fn comment_end(&mut self) -> Option<usize> {
        // `<!-->` and `<!--->` are whole comments.
        if let Some(end) = memchr(b'>', &self.source[self.at..self.source.len().min(self.at + 6)]) {
            return Some(self.at + end);
        }
        memmem::find(&self.source[self.at + 4..], b"-->").map(|end| self.at + 4 + end + 2)
    }

    /// Reads a tag whose name begins at `from`.
    fn tag(&mut self, from: usize, closing: bool, report: &mut impl FnMut(Clue<'_>)) {
        if self.find(b'>', from).is_none() {
            // Cut off inside a tag: no browser shows what follows.
            self.at = self.source.len();
            return;
        }
        let rest = &self.source[from..];
        let name = &rest[..rest.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len())];
        let packed = pack(name);
        let row = PACKED.iter().position(|&known| known == packed).unwrap_or(ELEMENTS.len());
        self.at = from + name.len();
        self.attributes(!closing, report);
        if !closing {
            report(Clue::Element(row));
        }
        match ELEMENTS.get(row).map_or(Inline, |(_, flow)| *flow) {
            Inline => {}
            Block => self.space(b'\n'),
            Cell => self.space(b' '),
            Skipped if closing => {}
            Skipped => self.skip_content(name),
        }
    }

    /// Goes past the attributes and the `>` of a tag.
    fn attributes(&mut self, wanted: bool, report: &mut impl FnMut(Clue<'_>)) {
        loop {
            let rest = &self.source[self.at..];
            let blank = rest.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != b'/').unwrap_or(rest.len());
            let rest = &rest[blank..];
            self.at += blank;
            let name_len = rest.iter().position(|byte| matches!(byte, b'=' | b'>') || byte.is_ascii_whitespace());
            let Some(name_len) = name_len else {
                self.at = self.source.len();
                return;
            };
            let name = &rest[..name_len];
            self.at += name_len;
            if self.source[self.at] == b'>' {
                self.at += 1;
                return;
            }
            let after = &self.source[self.at..];
            let blank = after.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(after.len());
            if after.get(blank) == Some(&b'=') {
                self.at += blank + 1;
                let value = self.value();
                if wanted && is_link(name) && !value.is_empty() {
                    report(Clue::Link(value));
                }
            }
        }
    }

    /// The value of an attribute, after its `=`.
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
        let rest = &source[self.at..];
        let end = rest.iter().position(|byte| *byte == b'>' || byte.is_ascii_whitespace()).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// Goes past the content of a script or style, to its closing tag, which is read next.
    fn skip_content(&mut self, name: &[u8]) {
        let rest = &self.source[self.at..];
        let end = memmem::find_iter(rest, b"</")
            .find(|&at| rest.get(at + 2..at + 2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)));
        self.at += end.unwrap_or(rest.len());
    }
}

/// Whether attribute `name` holds the address of something.
fn is_link(name: &[u8]) -> bool {
    ["href", "src", "action", "background"].iter().any(|link| name.eq_ignore_ascii_case(link.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(source: &str) -> (String, Vec<String>) {
        let (mut text, mut clues) = (Vec::new(), Vec::new());
        read(source.as_bytes(), &mut text, &mut |clue| match clue {
            Clue::Link(url) => clues.push(String::from_utf8_lossy(url).into_owned()),
            Clue::Element(row) => clues.push(element_name(row).into()),
        });
        (String::from_utf8(text).unwrap(), clues)
    }

    fn text(source: &str) -> String {
        page(source).0
    }

    #[test]
    fn text_is_what_the_reader_sees() {
        assert_eq!(text("V<b></b>iagra<!-- x -->! <i>now</i>"), "Viagra! now");
        assert_eq!(text("<p>one</p><p>two<br>three</p>"), "one\ntwo\nthree\n");
        assert_eq!(text("<td>a</td><td>b</td>"), "a b ");
        assert_eq!(text("<style>p { color: red }</style>a<script>if (a < b) {}</script >b"), "ab");
        assert_eq!(
            text("&lt;b&gt; &amp;amp; caf&eacute;&nbsp;&nbsp;&#8364;5 &bogus; AT&T"),
            "<b> &amp; caf\u{e9} \u{20ac}5 &bogus; AT&T"
        );
        assert_eq!(text("1 < 2 <3 and a<"), "1 < 2 <3 and a<");
        assert_eq!(text("never <b closed"), "never ");
        assert_eq!(text("a <!-- open"), "a ");
        assert_eq!(text("<zyx>a</zyx>b"), "ab");
    }

    #[test]
    fn links_and_elements_are_reported() {
        let (text, clues) = page(r#"<A HREF = "http://a.example/?x=1>2">go</A><img src='b.gif' alt="c>d"/><q cite=x>"#);
        assert_eq!(text, "go");
        assert_eq!(clues, ["http://a.example/?x=1>2", "a", "b.gif", "img", "unknown"]);
        assert_eq!(page("<a href=\"unclosed>x").0, "x");
    }

    #[test]
    fn names_are_told_apart_and_pages_from_text() {
        let mut packed = PACKED.to_vec();
        packed.sort_unstable();
        packed.dedup();
        assert_eq!(packed.len(), ELEMENTS.len());
        assert!(looks_like_html(b"Hello<BR>there") && looks_like_html(b"see <a href='x'>"));
        assert!(!looks_like_html(b"a < b, <a> and <ann@example.org> <p"));
    }
}
