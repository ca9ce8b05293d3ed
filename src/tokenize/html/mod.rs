//! HTML → the text its reader sees, the text hidden from him, and clues about how it is made. One
//! pass, no tree.
//!
//! Block elements part words, inline ones do not: `V<b></b>iagra` is one word. Comments, scripts,
//! styles and tags are not text; entities are characters; runs of white space are one space.
//! Reported apart: each link target, each element used, links whose text names another host,
//! images, and words parted by comments. Linear on any input: whatever is never closed is looked
//! for once only (see `HtmlPage::without`).

pub(super) mod element;
pub(super) mod entity;
pub(super) mod style;
use super::clues::links;
use super::html::element::{Flow, Row};
use super::html::style::{Attributes, Styles};
use memchr::{memchr, memchr2, memmem};

/// What a page shows besides text.
pub(crate) enum Clue<'a> {
    /// The target of a link, image, form or frame, as written.
    Link(&'a [u8]),
    /// An element.
    Element(Row),
    /// A link whose text is the address of another host.
    Mismatch,
    /// An image, and whether it is too small to be seen.
    Image { tiny: bool },
    /// A comment in the middle of a word.
    SplitWord,
}

/// Where the text of a page goes.
pub(crate) struct HtmlOutput<'t> {
    /// What its reader sees.
    pub visible: &'t mut Vec<u8>,
    /// What is hidden from him, a line for each place.
    pub hidden: &'t mut Vec<u8>,
}

/// Longest text of a link that is compared with its target.
const LONGEST_SHOWN: usize = 200;

/// Whether a text without a stated type is a page all the same.
pub(crate) fn looks_like_html(text: &[u8]) -> bool {
    const TELLING: [&str; 12] = [
        "html", "body", "p", "br", "div", "table", "a", "td", "center", "font", "span", "!doctype",
    ];
    let head = &text[..text.len().min(20_000)];
    memchr::memchr_iter(b'<', head).any(|at| {
        let name = head[at + 1..]
            .split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'!')
            .next()
            .unwrap_or_default();
        // `<a>` alone may be a placeholder in plain text; with an attribute it is a tag.
        let after = head.get(at + 1 + name.len());
        let attribute = after.is_some_and(u8::is_ascii_whitespace);
        let tag = if name.eq_ignore_ascii_case(b"a") {
            attribute
        } else {
            attribute || matches!(after, Some(b'>' | b'/'))
        };
        tag && TELLING
            .iter()
            .any(|telling| name.eq_ignore_ascii_case(telling.as_bytes()))
    })
}

/// The charset that a page itself names, within its first kilobyte; empty if none.
pub(crate) fn charset(source: &[u8]) -> &[u8] {
    let head = &source[..source.len().min(1024)];
    let Some(at) = memmem::find(head, b"charset=") else {
        return b"";
    };
    let value = head[at + 8..].trim_ascii_start();
    let value = value
        .strip_prefix(b"\"")
        .or_else(|| value.strip_prefix(b"'"))
        .unwrap_or(value);
    let end = value
        .iter()
        .position(|byte| !(byte.is_ascii_alphanumeric() || b"-_".contains(byte)));
    &value[..end.unwrap_or(value.len())]
}

/// Reads a page: appends its text to `output` and reports its clues.
pub(crate) fn read(source: &[u8], output: HtmlOutput<'_>, report: &mut impl FnMut(Clue<'_>)) {
    let HtmlOutput { visible, hidden } = output;
    let mut page = HtmlPage {
        source,
        at: 0,
        starts: [visible.len(), hidden.len()],
        text: visible,
        hidden,
        hides: false,
        styles: Styles::default(),
        anchor: None,
        without: [usize::MAX; 3],
    };
    while page.at < source.len() {
        page.text_up_to_markup();
        match source.get(page.at) {
            Some(b'<') => page.markup(report),
            Some(_) => page.entity(),
            None => {}
        }
    }
}

struct HtmlPage<'a, 't> {
    source: &'a [u8],
    at: usize,
    /// Where the visible and the hidden text of this page begin.
    starts: [usize; 2],
    text: &'t mut Vec<u8>,
    hidden: &'t mut Vec<u8>,
    /// Whether text is hidden here.
    hides: bool,
    styles: Styles,
    /// The target of the link that is open, and where its text begins.
    anchor: Option<(&'a [u8], usize)>,
    /// For `>`, `"` and `'`: from where on there is none, once looked for in vain. It keeps reading
    /// linear.
    without: [usize; 3],
}

impl<'a> HtmlPage<'a, '_> {
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

    /// Where text goes now, and where in it that of this page begins.
    fn output(&mut self) -> (&mut Vec<u8>, usize) {
        if self.hides {
            (self.hidden, self.starts[1])
        } else {
            (self.text, self.starts[0])
        }
    }

    fn text_up_to_markup(&mut self) {
        let rest = &self.source[self.at..];
        let end = memchr2(b'<', b'&', rest).unwrap_or(rest.len());
        let (out, start) = self.output();
        for &byte in &rest[..end] {
            if byte.is_ascii_whitespace() {
                space(out, start, b' ');
            } else {
                out.push(byte);
            }
        }
        self.at += end;
    }

    fn space(&mut self, kind: u8) {
        let (out, start) = self.output();
        space(out, start, kind);
    }

    fn entity(&mut self) {
        let (character, len) = entity::read(&self.source[self.at..]);
        self.at += len;
        match character {
            ' ' | '\n' | '\t' | '\r' | '\u{a0}' => self.space(b' '),
            other => self
                .output()
                .0
                .extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }

    /// Reads what begins with `<`: a tag, a comment, or just the sign.
    fn markup(&mut self, report: &mut impl FnMut(Clue<'_>)) {
        let rest = &self.source[self.at..];
        match rest.get(1) {
            Some(byte) if byte.is_ascii_alphabetic() => self.begin_tag(report),
            Some(b'/') => self.end_tag(report),
            Some(b'!' | b'?') => {
                let in_word = self.at > 0 && self.source[self.at - 1].is_ascii_alphabetic();
                let close = if rest.starts_with(b"<!--") {
                    self.comment_end()
                } else {
                    self.find(b'>', self.at)
                };
                self.at = close.map_or(self.source.len(), |close| close + 1);
                if in_word
                    && self
                        .source
                        .get(self.at)
                        .is_some_and(u8::is_ascii_alphabetic)
                {
                    report(Clue::SplitWord);
                }
            }
            _ => {
                self.output().0.push(b'<');
                self.at += 1;
            }
        }
    }

    /// Where the comment that begins here ends. One never closed goes on to the end.
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

    /// Reads the name of a tag that begins at `from`; none if the page is cut off inside the tag,
    /// of which no browser shows anything.
    fn name(&mut self, from: usize) -> Option<&'a [u8]> {
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

    fn begin_tag(&mut self, report: &mut impl FnMut(Clue<'_>)) {
        let Some(name) = self.name(self.at + 1) else {
            return;
        };
        let row = element::row_of(name);
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        let mut look = Attributes::default();
        let target = self.attributes(|name, value, is_link| {
            look.note(name, value);
            if is_link {
                report(Clue::Link(value));
            }
        });
        report(Clue::Element(row));
        if is("a") {
            self.end_anchor(report);
            self.anchor = target.map(|target| (target, self.text.len()));
        } else if is("img") {
            report(Clue::Image { tiny: look.dot });
        }
        let flow = element::flow_of(row);
        self.part(flow);
        if is("p") {
            // A paragraph holds no other; most are never closed.
            self.styles.end_all(row);
            self.see();
        }
        if flow == Flow::Skipped {
            self.skip_content(name);
        } else if !element::is_void(row) {
            self.styles.begin(row, &look);
            self.see();
        }
    }

    fn end_tag(&mut self, report: &mut impl FnMut(Clue<'_>)) {
        let Some(name) = self.name(self.at + 2) else {
            return;
        };
        let row = element::row_of(name);
        self.attributes(|_, _, _| {});
        if name.eq_ignore_ascii_case(b"a") {
            self.end_anchor(report);
        }
        self.part(element::flow_of(row));
        self.styles.end(row);
        self.see();
    }

    /// Parts words as an element of `flow` does, those that are hidden and those that are not.
    fn part(&mut self, flow: Flow) {
        let kind = match flow {
            Flow::Block => b'\n',
            Flow::Cell => b' ',
            Flow::Inline | Flow::Skipped => return,
        };
        space(self.text, self.starts[0], kind);
        space(self.hidden, self.starts[1], kind);
    }

    /// Takes note of whether text is hidden from here on. What is hidden in one place stands apart
    /// from that of another, while visible text goes on as if nothing had been between.
    fn see(&mut self) {
        let hides = self.styles.hide();
        if hides && !self.hides {
            self.hides = true;
            self.space(b'\n');
        }
        self.hides = hides;
    }

    /// The text of a link ends: does it name another host than its target?
    fn end_anchor(&mut self, report: &mut impl FnMut(Clue<'_>)) {
        let Some((target, start)) = self.anchor.take() else {
            return;
        };
        let shown = self.text.get(start..).unwrap_or_default().trim_ascii();
        if shown.len() <= LONGEST_SHOWN
            && let Some(shown) = links::host_named(shown)
            && let Some(host) = links::host(target)
            && !links::domain(shown).eq_ignore_ascii_case(links::domain(host))
        {
            report(Clue::Mismatch);
        }
    }

    /// Goes past the attributes and the `>` of a tag; tells each with its value and whether it is a
    /// link. Returns the link.
    fn attributes(&mut self, mut tell: impl FnMut(&[u8], &'a [u8], bool)) -> Option<&'a [u8]> {
        let mut target = None;
        loop {
            let rest = &self.source[self.at..];
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
                return target;
            };
            let name = &rest[..name_len];
            self.at += name_len;
            let after = &self.source[self.at..];
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
                return target;
            }
            let is_link = !value.is_empty() && is_link(name);
            if is_link && target.is_none() {
                target = Some(value);
            }
            tell(name, value, is_link);
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
        let end = rest
            .iter()
            .position(|byte| *byte == b'>' || byte.is_ascii_whitespace())
            .unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// Goes past the content of a script or style, to its closing tag, which is read next.
    fn skip_content(&mut self, name: &[u8]) {
        let rest = &self.source[self.at..];
        let end = memmem::find_iter(rest, b"</").find(|&at| {
            rest.get(at + 2..at + 2 + name.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(name))
        });
        self.at += end.unwrap_or(rest.len());
    }
}

/// White space, unless there is some already. A new line takes the place of a space.
fn space(out: &mut Vec<u8>, start: usize, kind: u8) {
    match out[start..].last() {
        None | Some(b'\n') => {}
        Some(b' ') => {
            if kind == b'\n' {
                out.pop();
                out.push(kind);
            }
        }
        Some(_) => out.push(kind),
    }
}

/// Whether attribute `name` holds the address of something.
fn is_link(name: &[u8]) -> bool {
    ["href", "src", "action", "background"]
        .iter()
        .any(|link| name.eq_ignore_ascii_case(link.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(source: &str) -> (String, String, Vec<String>) {
        let (mut visible, mut hidden, mut clues) = (Vec::new(), Vec::new(), Vec::new());
        let output = HtmlOutput {
            visible: &mut visible,
            hidden: &mut hidden,
        };
        read(source.as_bytes(), output, &mut |clue| match clue {
            Clue::Link(url) => clues.push(String::from_utf8_lossy(url).into_owned()),
            Clue::Element(row) => clues.push(element::name_of(row).into()),
            Clue::Mismatch => clues.push("mismatch".into()),
            Clue::Image { tiny } => clues.push(if tiny { "dot" } else { "picture" }.into()),
            Clue::SplitWord => clues.push("split".into()),
        });
        (
            String::from_utf8(visible).unwrap(),
            String::from_utf8(hidden).unwrap(),
            clues,
        )
    }

    fn text(source: &str) -> String {
        page(source).0
    }

    #[test]
    fn text_is_what_the_reader_sees() {
        assert_eq!(text("V<b></b>iagra<!-- x -->! <i>now</i>"), "Viagra! now");
        assert_eq!(text("<p>one</p><p>two<br>three</p>"), "one\ntwo\nthree\n");
        assert_eq!(text("<td>a</td><td>b</td>"), "a b ");
        assert_eq!(
            text("<style>p { color: red }</style>a<script>if (a < b) {}</script >b"),
            "ab"
        );
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
    fn hidden_text_stands_apart() {
        let parts = |source| {
            let (visible, hidden, _) = page(source);
            (visible, hidden)
        };
        let both = |visible: &str, hidden: &str| (visible.to_owned(), hidden.to_owned());
        assert_eq!(
            parts("Vi<span style='display:none'>xyz</span>agra"),
            both("Viagra", "xyz")
        );
        assert_eq!(
            parts("a<div hidden>b<div>c</div>d</div>e"),
            both("a\ne", "b\nc\nd\n")
        );
        assert_eq!(
            parts("<font color=#fefefe>a</font>b<font size=1 color=red>c</font>"),
            both("bc", "a")
        );
        assert_eq!(
            parts(
                "<table bgcolor=black><td><font color=white>a<font color=#000000>b</font>c</font></td></table>"
            ),
            both("ac\n", "b\n")
        );
        assert_eq!(
            parts("<p style=\"font-size:0\">a<p>b</p></p>c"),
            both("b\nc", "a\n")
        );
        assert_eq!(
            parts("<div style='height:0;overflow:hidden'>a</div><div style='height:1px'>b</div>"),
            both("b\n", "a\n")
        );
        assert_eq!(
            parts("<i style=opacity:0>a</i> <i style=opacity:0.5>b</i>"),
            both("b", "a")
        );
    }

    #[test]
    fn links_elements_and_tricks_are_reported() {
        let (text, _, clues) = page(
            r#"<A HREF = "http://a.example/?x=1>2">go</A><img src='b.gif' alt="c>d"/><q cite=x>"#,
        );
        assert_eq!(text, "go");
        assert_eq!(
            clues,
            [
                "http://a.example/?x=1>2",
                "a",
                "b.gif",
                "img",
                "picture",
                "unknown"
            ]
        );
        assert_eq!(page("<a href=\"unclosed>x").0, "x");
        assert_eq!(page("<img width=1 height=1 src=x>").2, ["x", "img", "dot"]);
        assert_eq!(page("via<!-- x -->gra via <!-- x -->gra").2, ["split"]);
        let tricked = |shown: &str| {
            page(&format!("<a href='http://www.evil.example/x'>{shown}</a>"))
                .2
                .contains(&"mismatch".to_owned())
        };
        assert!(tricked("http://bank.test/login") && tricked("<b>www.bank.test</b>"));
        assert!(!tricked("http://evil.example") && !tricked("click here") && !tricked("e.g. this"));
    }

    #[test]
    fn pages_are_told_from_text() {
        assert!(looks_like_html(b"Hello<BR>there") && looks_like_html(b"see <a href='x'>"));
        assert!(!looks_like_html(b"a < b, <a> and <ann@example.org> <p"));
        assert_eq!(
            charset(b"<meta content=\"text/html; charset=koi8-r\">"),
            b"koi8-r"
        );
        assert_eq!(charset(b"<meta charset='utf-8'>"), b"utf-8");
    }
}
