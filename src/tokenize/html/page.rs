//! Reads the text that a page shows, the text that it hides, and the clues that follow from both.

use super::character::{self, Reference};
use super::css::{Attributes, Presence};
use super::element::{self, Content, Flow, Row};
use super::lexer::HtmlLexer;
use super::sheet::StyleSheet;
use super::style::Styles;
use super::tally::PageTally;
use crate::tokenize::clues::links;
use crate::tokenize::clues::sink::TokenSink;
use crate::tokenize::token_kind::TokenKind;
use memchr::memchr;

/// Length in bytes of the longest link text that is compared with its target.
const LONGEST_SHOWN: usize = 200;

/// Tags with at least this number of words, none of which has a value, are text.
const WORDS_OF_TEXT: usize = 2;

/// Which rules a page is written by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    Html,
    /// XML: `<b/>` has no content, and `<![CDATA[` begins text.
    Xhtml,
}

/// The buffers for the text of a page, and the counts of what it uses.
pub(crate) struct HtmlOutput<'t> {
    /// The text that the reader sees.
    pub visible: &'t mut Vec<u8>,
    /// The hidden text, one line per place in the page.
    pub hidden: &'t mut Vec<u8>,
    pub tally: &'t mut PageTally,
    pub buffers: &'t mut PageBuffers,
}

/// What reading a page needs besides, kept for the next one.
#[derive(Default)]
pub(crate) struct PageBuffers {
    /// The elements that are open.
    styles: Styles,
    /// The target of the open link.
    target: Vec<u8>,
    /// The value of an attribute after its character references were decoded.
    value: Vec<u8>,
}

/// Reads a page. Its text is appended to `output`, and its clues go to `sink`.
pub(crate) fn read(
    source: &[u8],
    syntax: Syntax,
    output: HtmlOutput<'_>,
    sink: &mut impl TokenSink,
) {
    let HtmlOutput {
        visible,
        hidden,
        tally,
        buffers,
    } = output;
    buffers.styles.clear();
    buffers.target.clear();
    let mut page = HtmlPage {
        lexer: HtmlLexer::new(source),
        syntax,
        starts: [visible.len(), hidden.len()],
        visible,
        hidden,
        tally,
        hides: false,
        buffers,
        sheet: StyleSheet::default(),
        never_closed: 0,
        anchor: None,
        sink,
    };
    while !page.lexer.rest().is_empty() {
        let text = page.lexer.text();
        page.text(text);
        match page.lexer.rest().first() {
            Some(b'<') => page.markup(),
            Some(_) => page.reference(),
            None => {}
        }
    }
}

struct HtmlPage<'a, 't, S> {
    lexer: HtmlLexer<'a>,
    syntax: Syntax,
    /// The positions where the visible and the hidden text of this page begin.
    starts: [usize; 2],
    visible: &'t mut Vec<u8>,
    hidden: &'t mut Vec<u8>,
    tally: &'t mut PageTally,
    /// Whether text is hidden at this position.
    hides: bool,
    buffers: &'t mut PageBuffers,
    sheet: StyleSheet,
    /// The rows of elements whose end tag was searched for in vain, one bit each.
    never_closed: u128,
    /// The position where the text of the open link begins.
    anchor: Option<usize>,
    sink: &'t mut S,
}

/// What the attributes of a tag say.
struct Tag {
    look: Attributes,
    words: usize,
    has_values: bool,
    /// Whether it is for any kind of screen.
    is_for_all: bool,
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

    fn text(&mut self, text: &[u8]) {
        let (out, start) = self.output();
        append(out, start, text);
    }

    fn space(&mut self, kind: u8) {
        let (out, start) = self.output();
        space(out, start, kind);
    }

    fn reference(&mut self) {
        let reference = character::read(self.lexer.rest());
        self.lexer.skip(reference.len);
        self.characters(reference);
    }

    fn characters(&mut self, reference: Reference) {
        for character in reference.characters() {
            if character.is_whitespace() {
                self.space(b' ');
            } else {
                let (out, _) = self.output();
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }

    /// Reads what begins with `<`: a tag, a comment, or only the character.
    fn markup(&mut self) {
        match self.lexer.rest() {
            [_, letter, ..] if letter.is_ascii_alphabetic() => self.begin_tag(),
            [_, b'/', letter, ..] if letter.is_ascii_alphabetic() => self.end_tag(),
            [_, b'/', b'>', ..] => self.lexer.skip(3),
            [_, b'!', b'[', b'C', b'D', b'A', b'T', b'A', b'[', ..]
                if self.syntax == Syntax::Xhtml =>
            {
                let text = self.lexer.marked_section();
                self.text(text);
            }
            [_, b'!' | b'?', ..] | [_, b'/', _, ..] => match self.lexer.comment() {
                Some(true) => self.sink.clue(TokenKind::Fold, "fold:comment", b""),
                Some(false) => {}
                None => self.cut_off(),
            },
            _ => {
                self.output().0.push(b'<');
                self.lexer.skip(1);
            }
        }
    }

    fn begin_tag(&mut self) {
        let tag = self.lexer.rest();
        let Some(name) = self.lexer.tag_name(1) else {
            return self.cut_off();
        };
        let row = element::row_of(name);
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        let is_anchor = is("a");
        if is_anchor {
            self.end_anchor();
        }
        let Tag {
            mut look,
            words,
            has_values,
            is_for_all,
        } = self.attributes(row, is_anchor);
        let tag = &tag[..tag.len() - self.lexer.rest().len()];
        if words >= WORDS_OF_TEXT && !has_values {
            self.hidden_text(tag);
        }
        self.tally.element(row);
        if is("img") {
            self.tally.image(look.dot);
        }
        self.buffers.styles.make_room_for(row);
        self.see();
        if element::content_of(row) == Content::Hidden {
            look.hide();
        }
        self.part(element::flow_of(row), look.presence());
        if self.syntax == Syntax::Html || !tag.ends_with(b"/>") {
            self.begin_content(name, row, &look, is_for_all);
        }
    }

    /// Reads the attributes of a tag, up to its end.
    fn attributes(&mut self, row: Row, is_anchor: bool) -> Tag {
        let mut tag = Tag {
            look: Attributes::default(),
            words: 0,
            has_values: false,
            is_for_all: true,
        };
        let mut rules = 0;
        while let Some(attribute) = self.lexer.attribute() {
            tag.words += 1;
            tag.has_values |= attribute.has_value;
            let mut value = attribute.value;
            if memchr(b'&', value).is_some() {
                self.buffers.value.clear();
                character::append_attribute(value, &mut self.buffers.value);
                value = self.buffers.value.trim_ascii();
            }
            tag.look.note(attribute.name, value);
            rules |= self.sheet.matches(row, attribute.name, value);
            if attribute.name.eq_ignore_ascii_case(b"media") {
                tag.is_for_all = ["all", "screen", ""]
                    .iter()
                    .any(|all| value.eq_ignore_ascii_case(all.as_bytes()));
            }
            if attribute.is_link() {
                links::clues(value, self.sink);
                if is_anchor && self.anchor.is_none() {
                    self.anchor = Some(self.visible.len());
                    self.buffers.target.clear();
                    self.buffers
                        .target
                        .extend_from_slice(links::read_part(value));
                }
            }
        }
        if rules != 0 {
            self.sheet.add(rules, &mut tag.look);
        }
        tag
    }

    /// Begins the content of the element called `name`. `is_for_all` says whether a style sheet
    /// holds for any screen.
    fn begin_content(&mut self, name: &[u8], row: Row, look: &Attributes, is_for_all: bool) {
        let content = element::content_of(row);
        match content {
            Content::Void => {}
            Content::Skipped => match self.lexer.raw_content(name) {
                Some(sheet) if is_for_all && name.eq_ignore_ascii_case(b"style") => {
                    self.sheet.read(sheet);
                }
                Some(_) => {}
                None => self.lexer.skip(self.lexer.rest().len()),
            },
            Content::Markup | Content::Hidden | Content::Text => {
                self.buffers.styles.begin(row, look);
                self.see();
                if content == Content::Text {
                    self.text_alone(name, row);
                }
            }
        }
    }

    /// Reads the text of an element in which tags are no tags. If it is never closed, it is read
    /// like any other, so that it does not take the rest of the page.
    fn text_alone(&mut self, name: &[u8], row: Row) {
        if self.never_closed >> row & 1 == 1 {
            return;
        }
        let Some(mut text) = self.lexer.raw_content(name) else {
            self.never_closed |= 1 << row;
            return;
        };
        while let Some(at) = memchr(b'&', text) {
            self.text(&text[..at]);
            let reference = character::read(&text[at..]);
            self.characters(reference);
            text = &text[at + reference.len..];
        }
        self.text(text);
    }

    fn end_tag(&mut self) {
        let Some(name) = self.lexer.tag_name(2) else {
            return self.cut_off();
        };
        let row = element::row_of(name);
        while self.lexer.attribute().is_some() {}
        if name.eq_ignore_ascii_case(b"a") {
            self.end_anchor();
        }
        self.part(element::flow_of(row), Presence::Shown);
        self.buffers.styles.end(row);
        self.see();
    }

    /// Reads a tag or declaration that never ends, so that browsers show nothing from here on. A
    /// real tag that was cut off has no words, but text such as `price <a lot less` has.
    fn cut_off(&mut self) {
        let tag = self.lexer.rest();
        self.lexer.skip(tag.len());
        let first_name = tag
            .iter()
            .position(u8::is_ascii_whitespace)
            .map_or(&b""[..], |end| tag[end..].trim_ascii_start());
        let after = first_name
            .iter()
            .find(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'-' | b':' | b'_'));
        if !first_name.is_empty() && after != Some(&b'=') {
            self.hidden_text(tag);
        }
    }

    /// Appends text that browsers take for a tag and do not show.
    fn hidden_text(&mut self, tag: &[u8]) {
        let start = self.starts[1];
        space(self.hidden, start, b'\n');
        append(self.hidden, start, &tag[1..]);
        space(self.hidden, start, b'\n');
    }

    /// Separates words as an element with this `flow` does, unless it or one around it is left out.
    fn part(&mut self, flow: Flow, presence: Presence) {
        let kind = match flow {
            Flow::Block => b'\n',
            Flow::Cell => b' ',
            Flow::Inline => return,
        };
        space(self.hidden, self.starts[1], kind);
        if presence != Presence::LeftOut && !self.buffers.styles.leave_out() {
            space(self.visible, self.starts[0], kind);
        }
    }

    /// Updates whether text is hidden from here on. Hidden texts from different places are
    /// separated, while visible text continues as if nothing had been between.
    fn see(&mut self) {
        let hides = self.buffers.styles.hide();
        if hides && !self.hides {
            self.hides = true;
            self.space(b'\n');
        }
        self.hides = hides;
    }

    /// Ends the text of a link, and checks whether it names another host than its target.
    fn end_anchor(&mut self) {
        let Some(start) = self.anchor.take() else {
            return;
        };
        let shown = self.visible.get(start..).unwrap_or_default().trim_ascii();
        if shown.len() <= LONGEST_SHOWN
            && let Some(shown) = links::host_named(shown)
            && let Some(host) = links::host(&self.buffers.target)
            && !links::domain(&shown.name).eq_ignore_ascii_case(links::domain(&host.name))
        {
            self.sink.clue(TokenKind::Trick, "link:mismatch", b"");
        }
    }
}

/// Appends text with each run of white space as one space.
fn append(out: &mut Vec<u8>, start: usize, text: &[u8]) {
    for &byte in text {
        if byte.is_ascii_whitespace() {
            space(out, start, b' ');
        } else {
            out.push(byte);
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
        page_in(source, Syntax::Html)
    }

    fn page_in(source: &str, syntax: Syntax) -> (String, String, Vec<String>) {
        let (mut visible, mut hidden) = (Vec::new(), Vec::new());
        let (mut tally, mut noted) = (PageTally::default(), Noted::default());
        let output = HtmlOutput {
            visible: &mut visible,
            hidden: &mut hidden,
            tally: &mut tally,
            buffers: &mut PageBuffers::default(),
        };
        read(source.as_bytes(), syntax, output, &mut noted);
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

    /// The expected texts are the characters that html5lib 1.1 tokenizes.
    #[test]
    fn tags_and_comments_end_where_html5lib_ends_them() {
        for (source, expected) in [
            ("a<!-- b --!>c", "ac"),
            ("a<!-->b", "ab"),
            ("a<!--->b", "ab"),
            ("a<!---->b", "ab"),
            ("a<!--b> c -->d", "ad"),
            ("a<!-- > b -->c", "ac"),
            ("a<!--!>b-->c", "ac"),
            ("a<!----!>b", "ab"),
            ("a<!--b--c--->d", "ad"),
            ("a<!--b-- >c-->d", "ad"),
            ("a<!--<!--b-->c", "ac"),
            ("a<! b>c", "ac"),
            ("a<!doctype \"b>c\">d", "ac\">d"),
            ("a<?b c?>d", "ad"),
            ("a<![if !mso]>b<![endif]>c", "abc"),
            ("a<!--[if mso]>b<![endif]-->c", "ac"),
            ("a</>b", "ab"),
            ("a</3 b>c", "ac"),
            ("a</", "a</"),
            ("1<2 <3 <", "1<2 <3 <"),
            ("a<b:c d>e</b:c>f", "aef"),
            ("a<script-x>b</script-x>c", "abc"),
            ("a<script>b</scripty>c</script>d", "ad"),
            ("a<style>b</STYLE c>d", "ad"),
            ("a<b title='>'>c", "ac"),
            ("a<br/>b<b/c=d>e", "a\nbe"),
        ] {
            assert_eq!(text(source), expected, "{source}");
        }
    }

    #[test]
    fn what_looks_like_a_tag_in_a_title_is_text() {
        assert_eq!(text("<title>a <!-- b</title>c"), "a <!-- b\nc");
        assert_eq!(
            text("<textarea><b>a &amp; b</b></textarea>"),
            "<b>a & b</b>\n"
        );
        assert_eq!(text("<title>a<b>b</b><title>c"), "ab\nc");
    }

    /// Browsers show nothing of a tag that never ends, so its words are hidden text.
    #[test]
    fn a_tag_that_never_ends_swallows_nothing() {
        for (source, visible, hidden) in [
            (
                "price <a lot less than yours",
                "price ",
                "a lot less than yours\n",
            ),
            ("p <p 0.05 and the rest", "p ", "p 0.05 and the rest\n"),
            ("you </b and me", "you ", "/b and me\n"),
            ("so <!very odd", "so ", "!very odd\n"),
            ("x <a lot less> y", "x y", "a lot less>\n"),
            ("cut <a href=\"http://a.exam", "cut ", ""),
            ("cut <img", "cut ", ""),
            ("cut </di", "cut ", ""),
            ("<td nowrap>a<p class=\"\" id=\"\">b", "a\nb", ""),
        ] {
            let found = page(source);
            assert_eq!(
                (found.0.as_str(), found.1.as_str()),
                (visible, hidden),
                "{source}"
            );
        }
    }

    /// As an XML parser reads it.
    #[test]
    fn a_page_in_xml_closes_elements_and_marks_sections() {
        let source = "<div style='display:none'/>a<title/>b<script src='x'/>c<![CDATA[<d>&amp;]]>e";
        let (visible, hidden, _) = page_in(source, Syntax::Xhtml);
        assert_eq!((visible.as_str(), hidden.as_str()), ("a\nbc<d>&amp;e", ""));
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
            parts("a<div hidden>b<div>c</div>d</div>e<div style='opacity:0'>f</div>g"),
            both("ae\ng", "b\nc\nd\nf\n")
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
        assert_eq!(
            parts("a<template>b<p>c</p></template>d<noframes>e</noframes>f"),
            both("adf", "b\nc\ne")
        );
    }

    /// CSS inherits the size, visibility and colour of letters, so an element inside can change
    /// them again (CSS 2.2, chapter 6); many programs write a size of zero around all of a mail.
    #[test]
    fn an_element_inside_can_show_its_text_again() {
        for (source, visible, hidden) in [
            (
                "<td style='font-size:0px'>a<div style='font-size:13px'>b</div>c</td>",
                "b\n",
                "a\nc ",
            ),
            (
                "<p style='visibility:hidden'>a<b style='visibility:visible'>b</b></p>",
                "b\n",
                "a\n",
            ),
            (
                "<p style='color:transparent'>a<b style='color:#333'>b</b></p>",
                "b\n",
                "a\n",
            ),
            (
                "<p style='font-size:0'>a<b style='font-size:200%'>b</b></p>",
                "",
                "ab\n",
            ),
            (
                "<p style='display:none'>a<b style='display:inline'>b</b></p>",
                "",
                "ab\n",
            ),
            (
                "<td background='sky.jpg'><font color=white>a</font></td>",
                "a ",
                "",
            ),
        ] {
            let found = page(source);
            assert_eq!(
                (found.0.as_str(), found.1.as_str()),
                (visible, hidden),
                "{source}"
            );
        }
    }

    #[test]
    fn style_sheets_hide_classes() {
        let page = page(
            "<style>.x{display:none}</style><style media='(max-width: 9em)'>.y{display:none}\
             </style>a<p class='x'>b</p><p class=\"y\">c</p>",
        );
        assert_eq!((page.0.as_str(), page.1.as_str()), ("a\nc\n", "b\n"));
    }

    #[test]
    fn links_elements_and_tricks_are_reported() {
        let (text, _, clues) = page(
            r#"<A HREF = "http://a.example/?x=1>2">go</A><img src='b.gif' alt="c>d"/><zyx cite=x>"#,
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
        assert_eq!(
            page("<a href='ht&#116;p://a.example/?b&amp;c'>b.example</a>").2[1..3],
            ["words a.example", "words /?b&c"]
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
