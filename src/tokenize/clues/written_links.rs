//! Where a link that is written out in a text ends, by the rules of programs that make such links
//! clickable (GitHub Flavored Markdown 0.29, 6.9; linkify): at white space, quotes and brackets,
//! and before punctuation that ends the sentence rather than the address.

use super::host::dot;
use crate::tokenize::characters::{is_ignorable, is_mark};

/// Length in bytes of the longest link that is examined.
const LONGEST: usize = 1000;

/// The link at the beginning of `text`, whose host begins at the position `host`.
pub(crate) fn link(text: &[u8], host: usize) -> &[u8] {
    let text = &text[..text.len().min(LONGEST)];
    let text = text.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let end = text.get(host..).map_or(0, |address| host + length(address));
    let ends_sentence = |c: char| ".,:;!?'*_~&".contains(c) || is_ignorable(c);
    text[..end].trim_end_matches(ends_sentence).as_bytes()
}

/// The length of the address at the beginning of `text`, which begins with a user name or a host.
fn length(text: &str) -> usize {
    let end = text.find(|c| ends_link(c) || begins_path(c));
    let user = text[..end.unwrap_or(text.len())].rfind('@');
    let host = user.map_or(0, |at| at + 1);
    let port = host + host_length(&text[host..]);
    let path = port + port_length(&text[port..]);
    path + path_length(&text[path..])
}

fn begins_path(c: char) -> bool {
    matches!(c, '/' | '?' | '#' | '\\')
}

fn is_letter_beyond_ascii(c: char) -> bool {
    !c.is_ascii() && (c.is_alphanumeric() || is_mark(c) || is_ignorable(c))
}

fn ends_link(c: char) -> bool {
    if c.is_ascii() {
        !c.is_ascii_graphic() || matches!(c, '"' | '<' | '>' | '`' | '{' | '}' | '|' | '^')
    } else {
        !is_letter_beyond_ascii(c)
    }
}

fn host_length(text: &str) -> usize {
    if text.starts_with('[') {
        return text.find(']').map_or(0, |end| end + 1);
    }
    let belongs = |at: usize, c: char| match c {
        '.' | '-' | '_' | '%' => true,
        // A Chinese full stop is the dot of a host only if the host clearly goes on.
        _ if dot(c) == '.' => {
            text[at + c.len_utf8()..].starts_with(|next: char| next.is_ascii_alphanumeric())
        }
        _ => c.is_ascii_alphanumeric() || is_letter_beyond_ascii(c),
    };
    let end = text.char_indices().find(|&(at, c)| !belongs(at, c));
    let host = &text[..end.map_or(text.len(), |(at, _)| at)];
    // No top-level domain mixes ASCII letters with others, so that those others begin the text
    // after a link, which needs no space in Chinese.
    let top = host
        .trim_end_matches('.')
        .rfind('.')
        .map_or(host.len(), |dot| dot + 1);
    if host[top..].starts_with(|c: char| c.is_ascii_alphanumeric()) {
        let other = |c: char| !c.is_ascii() && !is_ignorable(c);
        return host[top..].find(other).map_or(host.len(), |at| top + at);
    }
    host.len()
}

fn port_length(text: &str) -> usize {
    let digits = text.strip_prefix(':').unwrap_or("");
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    if count > 0 { 1 + count } else { 0 }
}

/// The length of path, query and fragment. A closing bracket ends them if it was opened before.
fn path_length(text: &str) -> usize {
    if !text.starts_with(begins_path) {
        return 0;
    }
    let (mut round, mut square) = (0, 0);
    let ends = |c: char| {
        match c {
            '(' => round += 1,
            ')' => round -= 1,
            '[' => square += 1,
            ']' => square -= 1,
            _ => {}
        }
        round < 0 || square < 0 || ends_link(c)
    };
    text.find(ends).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The link that is read in a text that begins with `http://`.
    fn read(text: &str) -> &str {
        std::str::from_utf8(link(text.as_bytes(), "http://".len())).unwrap()
    }

    #[test]
    fn a_link_ends_before_what_belongs_to_the_sentence() {
        // Expected by the rules for extended autolinks of GitHub Flavored Markdown.
        for (text, expected) in [
            ("http://shop.example, or", "http://shop.example"),
            ("http://shop.example!", "http://shop.example"),
            ("http://shop.example'", "http://shop.example"),
            ("http://shop.example: see", "http://shop.example"),
            ("http://shop.example:8080/a.", "http://shop.example:8080/a"),
            ("http://shop.example...", "http://shop.example"),
            (
                "http://shop.example/a?b=c&d=e, f",
                "http://shop.example/a?b=c&d=e",
            ),
            ("http://shop.example/a,b", "http://shop.example/a,b"),
            ("http://shop.example)", "http://shop.example"),
            ("http://shop.example/a_(b))", "http://shop.example/a_(b)"),
            ("http://shop.example/a] b", "http://shop.example/a"),
            ("http://shop.example/**", "http://shop.example/"),
            ("http://shop.example\u{201d} and", "http://shop.example"),
            ("http://shop.example\u{bb}", "http://shop.example"),
            ("http://shop.example/a\u{3002}b", "http://shop.example/a"),
            ("http://shop.example\u{200b} b", "http://shop.example"),
            ("http://shop.example\u{1f381}", "http://shop.example"),
            ("http://shop.example\u{a0}b", "http://shop.example"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_host_holds_letters_of_any_script_and_ends_before_text_in_chinese() {
        for (text, expected) in [
            ("http://пример.рф/купить и", "http://пример.рф/купить"),
            (
                "http://sh\u{200b}op.example/",
                "http://sh\u{200b}op.example/",
            ),
            ("http://shop.example请点击", "http://shop.example"),
            ("http://shop.example。谢谢", "http://shop.example"),
            ("http://shop。example/", "http://shop。example/"),
            ("http://例え.テスト", "http://例え.テスト"),
            ("http://a:b!@shop.example/", "http://a:b!@shop.example/"),
            ("http://[2001:db8::1]:80/a", "http://[2001:db8::1]:80/a"),
            ("http:// nothing", "http://"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
