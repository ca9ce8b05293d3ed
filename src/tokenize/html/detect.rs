//! Detects whether a text is an HTML page, and which charset the page states. Both look at the
//! source before it is decoded and read.

use super::element::{self, Content, Row};
use super::lexer::HtmlLexer;
use memchr::memchr_iter;

/// Number of bytes at the beginning of a text that are looked at.
const HEAD: usize = 20_000;
/// Number of letters of the longest name of an element, `blockquote`.
const LONGEST_NAME: usize = 10;

/// Whether a text without a stated type is an HTML page: it has a document type, or an element that
/// HTML knows and that is certainly one. A `<` in plain text, as in `a <b and c> d`, is none, nor
/// is a placeholder such as `<address>`.
pub(crate) fn looks_like_html(text: &[u8]) -> bool {
    let head = &text[..text.len().min(HEAD)];
    let mut open = 0u128;
    memchr_iter(b'<', head).any(|at| {
        let tag = &head[at..];
        match tag {
            [_, b'!', name @ ..] => begins_with_word(name, b"doctype"),
            [_, b'/', name @ ..] => known_name(name).is_some_and(|(row, _)| open >> row & 1 == 1),
            [_, letter, ..] if letter.is_ascii_alphabetic() => match begin_tag(tag) {
                Some(Tag { row, is_element }) => {
                    open |= 1 << row;
                    is_element
                }
                None => false,
            },
            _ => false,
        }
    })
}

/// A tag of an element that HTML knows.
struct Tag {
    row: Row,
    /// Whether it is certainly an element, even if no end tag follows.
    is_element: bool,
}

/// Reads the tag that `text` begins with. None if it is not whole or its name is unknown.
fn begin_tag(text: &[u8]) -> Option<Tag> {
    let (row, len) = known_name(&text[1..])?;
    let mut lexer = HtmlLexer::new(text);
    lexer.skip(1 + len);
    let (mut words, mut values) = (0, 0);
    while let Some(attribute) = lexer.attribute() {
        // Another tag begins in this one. To stop here also keeps the search linear.
        if [attribute.name, attribute.value]
            .iter()
            .any(|part| part.contains(&b'<'))
        {
            return None;
        }
        words += 1;
        values += usize::from(attribute.has_value);
    }
    let whole = text.len() - lexer.rest().len();
    if !text[..whole].ends_with(b">") {
        return None;
    }
    let is_break = words == 0 && matches!(element::name_of(row), "br" | "hr");
    let is_void = values > 0 && element::content_of(row) == Content::Void;
    let all_have_values = values > 0 && values == words;
    Some(Tag {
        row,
        is_element: is_break || is_void || all_have_values,
    })
}

/// The row of the element whose name `text` begins with, and the length of the name.
fn known_name(text: &[u8]) -> Option<(Row, usize)> {
    let len = text
        .iter()
        .take(LONGEST_NAME + 1)
        .position(|byte| matches!(byte, b'>' | b'/') || byte.is_ascii_whitespace())?;
    let row = element::row_of(&text[..len]);
    element::is_known(row).then_some((row, len))
}

fn begins_with_word(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len())
        .is_some_and(|found| found.eq_ignore_ascii_case(word))
        && text.get(word.len()).is_some_and(u8::is_ascii_whitespace)
}

/// The charset that a page states within its first kilobyte; empty if there is none.
pub(crate) fn charset(source: &[u8]) -> &[u8] {
    let head = &source[..source.len().min(1024)];
    stated(head, b"charset=")
        .or_else(|| {
            // The declaration of XML.
            let is_xml = head.trim_ascii_start().starts_with(b"<?xml");
            is_xml.then(|| stated(head, b"encoding=")).flatten()
        })
        .unwrap_or_default()
}

/// The value after `name`, which is found in any case.
fn stated<'a>(head: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let at = head
        .windows(name.len())
        .position(|found| found.eq_ignore_ascii_case(name))?;
    let value = head[at + name.len()..].trim_ascii_start();
    let value = value
        .strip_prefix(b"\"")
        .or_else(|| value.strip_prefix(b"'"))
        .unwrap_or(value);
    let end = value
        .iter()
        .position(|byte| !(byte.is_ascii_alphanumeric() || b"-_".contains(byte)));
    Some(&value[..end.unwrap_or(value.len())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_told_from_text() {
        for page in [
            "Hello<BR>there",
            "Hello<br />there",
            "see <a href='x'>",
            "<!DOCTYPE html>\n<title>x",
            "some <b>bold</b> words",
            "1 < 2 and <i>so</i> on",
            "price <a lot less than <em>yours</em>",
            "<td nowrap>a</td>",
            "<font color=red size=2>cut off",
            "<img src=x hidden>",
            "<ul><li>a<li>b</ul>",
            "<html><head></head>",
        ] {
            assert!(looks_like_html(page.as_bytes()), "{page}");
        }
    }

    /// RFC 2045, section 5.2: text without a stated type is plain text.
    #[test]
    fn text_with_angle_brackets_is_no_page() {
        for text in [
            "a < b, <a> and <ann@example.org> <p",
            "price <a lot less than yours, call now",
            "p <p 0.05 and the rest of it",
            "if x <b and y> c then",
            "I <i love you </3",
            "dear <name>, your <address> and <link>, <br",
            "<form letter> to <address> x <table a <td b",
            "for i <body a=1 b",
            "List<String> and Map<K, V> and vec<i32>",
            "<table <td <b and x> y",
            "</b> alone </p>",
            "<http://mail.example/?a=b>",
            "<!important> <!docket> <!-- x -->",
            "",
            "<",
        ] {
            assert!(!looks_like_html(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn the_charset_is_what_the_page_states() {
        for (page, expected) in [
            ("<meta content=\"text/html; charset=koi8-r\">", "koi8-r"),
            (
                "<META HTTP-EQUIV=x CONTENT='text/html; CHARSET=gb2312'>",
                "gb2312",
            ),
            ("<meta charset='utf-8'>", "utf-8"),
            (
                "<?xml version='1.0' encoding='iso-8859-2'?><html>",
                "iso-8859-2",
            ),
            ("<p>encoding=x", ""),
        ] {
            assert_eq!(charset(page.as_bytes()), expected.as_bytes(), "{page}");
        }
    }
}
