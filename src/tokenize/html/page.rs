//! Reads the text that a page shows, the text that it hides, and the clues that follow from both.

use super::character;
use super::element::{self, Flow};
use super::lexer::HtmlLexer;
use super::style::{Attributes, Styles};
use super::tally::PageTally;
use crate::tokenize::clues::links;
use crate::tokenize::clues::sink::TokenSink;
use crate::tokenize::token_kind::TokenKind;

/// Length in bytes of the longest link text that is compared with its target.
const LONGEST_SHOWN: usize = 200;

/// The buffers for the text of a page, and the counts of what it uses.
pub(crate) struct HtmlOutput<'t> {
    /// The text that the reader sees.
    pub visible: &'t mut Vec<u8>,
    /// The hidden text, one line per place in the page.
    pub hidden: &'t mut Vec<u8>,
    pub tally: &'t mut PageTally,
}

/// Reads a page. Its text is appended to `output`, and its clues go to `sink`.
pub(crate) fn read(source: &[u8], output: HtmlOutput<'_>, sink: &mut impl TokenSink) {
    let HtmlOutput {
        visible,
        hidden,
        tally,
    } = output;
    let mut page = HtmlPage {
        lexer: HtmlLexer::new(source),
        starts: [visible.len(), hidden.len()],
        visible,
        hidden,
        tally,
        hides: false,
        styles: Styles::default(),
        anchor: None,
        sink,
    };
    while !page.lexer.rest().is_empty() {
        page.text();
        match page.lexer.rest().first() {
            Some(b'<') => page.markup(),
            Some(_) => page.character(),
            None => {}
        }
    }
}

struct HtmlPage<'a, 't, S> {
    lexer: HtmlLexer<'a>,
    /// The positions where the visible and the hidden text of this page begin.
    starts: [usize; 2],
    visible: &'t mut Vec<u8>,
    hidden: &'t mut Vec<u8>,
    tally: &'t mut PageTally,
    /// Whether text is hidden at this position.
    hides: bool,
    styles: Styles,
    /// The target of the open link, and the position where its text begins.
    anchor: Option<(&'a [u8], usize)>,
    sink: &'t mut S,
}

impl<S: TokenSink> HtmlPage<'_, '_, S> {
    /// The buffer that text is appended to now, and the position where the text of this page begins
    /// in it.
    fn output(&mut self) -> (&mut Vec<u8>, usize) {
        if self.hides {
            (self.hidden, self.starts[1])
        } else {
            (self.visible, self.starts[0])
        }
    }

    /// Reads text up to the next markup.
    fn text(&mut self) {
        let text = self.lexer.text();
        let (out, start) = self.output();
        for &byte in text {
            if byte.is_ascii_whitespace() {
                space(out, start, b' ');
            } else {
                out.push(byte);
            }
        }
    }

    fn space(&mut self, kind: u8) {
        let (out, start) = self.output();
        space(out, start, kind);
    }

    fn character(&mut self) {
        let (character, len) = character::read(self.lexer.rest());
        self.lexer.skip(len);
        match character {
            ' ' | '\n' | '\t' | '\r' | '\u{a0}' => self.space(b' '),
            other => self
                .output()
                .0
                .extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }

    /// Reads what begins with `<`: a tag, a comment, or only the character.
    fn markup(&mut self) {
        match self.lexer.rest().get(1) {
            Some(byte) if byte.is_ascii_alphabetic() => self.begin_tag(),
            Some(b'/') => self.end_tag(),
            Some(b'!' | b'?') => {
                if self.lexer.comment() {
                    self.sink.clue(TokenKind::Fold, "fold:comment", b"");
                }
            }
            _ => {
                self.output().0.push(b'<');
                self.lexer.skip(1);
            }
        }
    }

    fn begin_tag(&mut self) {
        let Some(name) = self.lexer.tag_name(1) else {
            return;
        };
        let row = element::row_of(name);
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        let mut look = Attributes::default();
        let mut target = None;
        while let Some(attribute) = self.lexer.attribute() {
            look.note(attribute.name, attribute.value);
            if attribute.is_link() {
                links::clues(attribute.value, self.sink);
                target.get_or_insert(attribute.value);
            }
        }
        self.tally.element(row);
        if is("a") {
            self.end_anchor();
            self.anchor = target.map(|target| (target, self.visible.len()));
        } else if is("img") {
            self.tally.image(look.dot);
        }
        let flow = element::flow_of(row);
        self.part(flow);
        if is("p") {
            // A paragraph cannot contain another one, and most are never closed.
            self.styles.end_all(row);
            self.see();
        }
        if flow == Flow::Skipped {
            self.lexer.skip_content(name);
        } else if !element::is_void(row) {
            self.styles.begin(row, &look);
            self.see();
        }
    }

    fn end_tag(&mut self) {
        let Some(name) = self.lexer.tag_name(2) else {
            return;
        };
        let row = element::row_of(name);
        while self.lexer.attribute().is_some() {}
        if name.eq_ignore_ascii_case(b"a") {
            self.end_anchor();
        }
        self.part(element::flow_of(row));
        self.styles.end(row);
        self.see();
    }

    /// Separates words as an element with this `flow` does, both visible and hidden ones.
    fn part(&mut self, flow: Flow) {
        let kind = match flow {
            Flow::Block => b'\n',
            Flow::Cell => b' ',
            Flow::Inline | Flow::Skipped => return,
        };
        space(self.visible, self.starts[0], kind);
        space(self.hidden, self.starts[1], kind);
    }

    /// Updates whether text is hidden from here on. Hidden texts from different places are
    /// separated, while visible text continues as if nothing had been between.
    fn see(&mut self) {
        let hides = self.styles.hide();
        if hides && !self.hides {
            self.hides = true;
            self.space(b'\n');
        }
        self.hides = hides;
    }

    /// Ends the text of a link, and checks whether it names another host than its target.
    fn end_anchor(&mut self) {
        let Some((target, start)) = self.anchor.take() else {
            return;
        };
        let shown = self.visible.get(start..).unwrap_or_default().trim_ascii();
        if shown.len() <= LONGEST_SHOWN
            && let Some(shown) = links::host_named(shown)
            && let Some(host) = links::host(target)
            && !links::domain(shown).eq_ignore_ascii_case(links::domain(host))
        {
            self.sink.clue(TokenKind::Trick, "link:mismatch", b"");
        }
    }
}

/// Appends white space unless there is some already. A new line replaces a space.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenize::clues::sink::Noted;

    /// The visible text, the hidden text, and the clues in the order in which they are emitted.
    fn page(source: &str) -> (String, String, Vec<String>) {
        let (mut visible, mut hidden) = (Vec::new(), Vec::new());
        let (mut tally, mut noted) = (PageTally::default(), Noted::default());
        let output = HtmlOutput {
            visible: &mut visible,
            hidden: &mut hidden,
            tally: &mut tally,
        };
        read(source.as_bytes(), output, &mut noted);
        tally.clues(visible.len(), &mut noted);
        (
            String::from_utf8(visible).unwrap(),
            String::from_utf8(hidden).unwrap(),
            noted.0,
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
                "<table bgcolor=black><td><font color=white>a<font color=#000000>b</font>c</font>\
                 </td></table>"
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
                "url:a.example",
                "words a.example",
                "words /?x=1>2",
                "link:relative",
                "html:a",
                "html:img",
                "html:unknown",
                "image:1",
                "image:little-text"
            ]
        );
        assert_eq!(page("<a href=\"unclosed>x").0, "x");
        assert_eq!(
            page("<img width=1 height=1 src=x>").2,
            [
                "link:relative",
                "html:img",
                "image:1",
                "image:dot",
                "image:little-text"
            ]
        );
        assert_eq!(
            page("via<!-- x -->gra via <!-- x -->gra").2,
            ["fold:comment"]
        );
        let tricked = |shown: &str| {
            page(&format!("<a href='http://www.evil.example/x'>{shown}</a>"))
                .2
                .contains(&"link:mismatch".to_owned())
        };
        assert!(tricked("http://bank.test/login") && tricked("<b>www.bank.test</b>"));
        assert!(!tricked("http://evil.example") && !tricked("click here") && !tricked("e.g. this"));
    }
}
