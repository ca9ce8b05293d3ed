//! Clues from links: the host, its domain, the words of the address, and features that honest links
//! seldom have (a numeric address, a user name before the host, a port, escapes in the host).

use super::sink::TokenSink;
use crate::tokenize::emitter::text_place::TextPlace;
use crate::tokenize::token_kind::TokenKind;

/// Length in bytes of the longest address that is examined.
const LONGEST: usize = 1000;
/// Length in bytes of the longest scheme, with its colon.
const LONGEST_SCHEME: usize = 12;

/// The link at the beginning of `text`, up to a space or another character that ends it.
pub(crate) fn visible(text: &[u8]) -> &[u8] {
    let text = &text[..text.len().min(LONGEST)];
    let end = text.iter().position(|byte| {
        byte.is_ascii_whitespace() || matches!(byte, b'"' | b'<' | b'>' | b')' | b']')
    });
    &text[..end.unwrap_or(text.len())]
}

/// The host of `url`, without user name and port; None if it has no host.
pub(crate) fn host(url: &[u8]) -> Option<&[u8]> {
    let start = memchr::memmem::find(&url[..url.len().min(LONGEST)], b"//")?;
    Some(authority(&url[start + 2..]).host)
}

/// The host in the text of a link, if that text is an address rather than prose.
pub(crate) fn host_named(shown: &[u8]) -> Option<&[u8]> {
    if let Some(host) = host(shown) {
        return Some(host);
    }
    let host = authority(shown).host;
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let labels = host.split(|&byte| byte == b'.');
    let last = labels.clone().next_back().unwrap_or_default();
    let named = host.len() > 4
        && host.iter().all(plain)
        && labels.clone().count() >= 2
        && labels.clone().all(|label| label.len() > 1);
    // The text must be an address as a whole; `e.g. this` is not.
    let whole = !shown.contains(&b' ') && !shown.contains(&b'@');
    (named && whole && last.iter().all(u8::is_ascii_alphabetic)).then_some(host)
}

/// The parts of an address that begins with its host.
struct Authority<'a> {
    host: &'a [u8],
    user: bool,
    port: bool,
    /// What follows the host and port.
    path: &'a [u8],
}

/// Splits `address`, which has no scheme.
fn authority(address: &[u8]) -> Authority<'_> {
    let end = address
        .iter()
        .position(|byte| matches!(byte, b'/' | b'?' | b'#' | b'\\'))
        .unwrap_or(address.len());
    let (whole, path) = address.split_at(end);
    let at = memchr::memrchr(b'@', whole);
    let host = &whole[at.map_or(0, |at| at + 1)..];
    let colon = memchr::memchr(b':', host);
    Authority {
        host: &host[..colon.unwrap_or(host.len())],
        user: at.is_some(),
        port: colon.is_some(),
        path,
    }
}

/// Emits the clues of a link as written in a page or a text.
pub(crate) fn clues(url: &[u8], sink: &mut impl TokenSink) {
    let url = &url[..url.len().min(LONGEST)];
    if let Some(start) = memchr::memmem::find(url, b"//") {
        return clues_of_host(&url[start + 2..], sink);
    }
    // There is no host in mailto, in a picture inside the mail, or in a link within the page. The
    // scheme tells which it is.
    match memchr::memchr(b':', &url[..url.len().min(LONGEST_SCHEME)]) {
        Some(colon) => sink.clue(TokenKind::Trick, "link:", &url[..colon]),
        None => sink.clue(TokenKind::Trick, "link:relative", b""),
    }
}

/// Emits the clues of an address without scheme, as in `www.shop.example/buy`.
pub(crate) fn clues_of_host(address: &[u8], sink: &mut impl TokenSink) {
    let Authority {
        host,
        user,
        port,
        path,
    } = authority(address);
    let is_number = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    let numbers = !host.is_empty() && host.iter().all(is_number);
    for (found, trick) in [
        (user, "link:user"),
        (port, "link:port"),
        (memchr::memchr(b'%', host).is_some(), "link:escaped"),
        (is_punycode(host), "link:punycode"),
        (numbers, "link:numbers"),
    ] {
        if found {
            sink.clue(TokenKind::Trick, trick, b"");
        }
    }
    if !numbers && memchr::memchr(b'.', host).is_some() {
        sink.clue(TokenKind::Link, "url:", domain(host));
        sink.words(TextPlace::LINK, host);
    }
    sink.words(TextPlace::LINK, path);
}

/// Whether a label of `host` encodes letters beyond ASCII (RFC 3492).
fn is_punycode(host: &[u8]) -> bool {
    host.split(|&byte| byte == b'.')
        .any(|label| label.len() > 4 && label[..4].eq_ignore_ascii_case(b"xn--"))
}

/// The registered domain of a host: its last two labels, or three below a suffix such as `co.uk`.
pub(crate) fn domain(host: &[u8]) -> &[u8] {
    const SECOND_LEVEL: [&str; 8] = ["co", "com", "net", "org", "ac", "gov", "edu", "ne"];
    let host = host.strip_suffix(b".").unwrap_or(host);
    let dots: [Option<usize>; 3] = {
        let mut dots = memchr::memrchr_iter(b'.', host);
        [dots.next(), dots.next(), dots.next()]
    };
    let after = |dot: Option<usize>| dot.map_or(0, |dot| dot + 1);
    let (Some(last), second) = (dots[0], after(dots[1])) else {
        return host;
    };
    let country = host.len() - last == 3;
    let general = SECOND_LEVEL
        .iter()
        .any(|general| host[second..last].eq_ignore_ascii_case(general.as_bytes()));
    if country && general {
        &host[after(dots[2])..]
    } else {
        &host[second..]
    }
}

#[cfg(test)]
mod tests {
    use super::super::sink::Noted;
    use super::*;

    fn told(url: &str) -> String {
        let mut noted = Noted::default();
        clues(url.as_bytes(), &mut noted);
        noted.0.join(", ")
    }

    #[test]
    fn a_link_is_taken_apart() {
        assert_eq!(
            told("http://www.Shop.example/buy?id=7x"),
            "url:Shop.example, words www.Shop.example, words /buy?id=7x"
        );
        assert_eq!(
            told("http://paypal.com@10.0.0.1:8080/"),
            "link:user, link:port, link:numbers, words /"
        );
        assert_eq!(told("mailto:a@b.example"), "link:mailto");
        assert_eq!(told("pic.gif"), "link:relative");
        assert!(
            told("http://xn--pypal-4ve.example/")
                .starts_with("link:punycode, url:xn--pypal-4ve.example, ")
        );
    }

    #[test]
    fn hosts_are_found_in_links_and_in_their_text() {
        assert_eq!(
            host(b"https://user@www.bank.example:80/x"),
            Some(&b"www.bank.example"[..])
        );
        assert_eq!(host(b"mailto:a@b.example"), None);
        assert_eq!(
            host_named(b"www.bank.example/login"),
            Some(&b"www.bank.example"[..])
        );
        assert_eq!(
            host_named(b"http://bank.example"),
            Some(&b"bank.example"[..])
        );
        for words in [
            "click here",
            "a@bank.example",
            "e.g. this",
            "3.14",
            "U.S.A",
            "read more...",
        ] {
            assert_eq!(host_named(words.as_bytes()), None, "{words}");
        }
    }

    #[test]
    fn domains_are_what_is_registered() {
        for (host, expected) in [
            ("a.b.example", "b.example"),
            ("www.x.co.uk", "x.co.uk"),
            ("x.de", "x.de"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(domain(host.as_bytes()), expected.as_bytes());
        }
    }
}
