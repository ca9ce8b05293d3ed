//! Clues from links: the host, its domain, the words of the address, and features that honest links
//! seldom have (a numeric address, a user name before the host, a port, escapes in the host).

use super::host::{Host, unescaped};
use super::sink::TokenSink;
use crate::tokenize::characters::{is_mark, unspaced_size};
use crate::tokenize::emitter::text_place::TextPlace;
use crate::tokenize::token_kind::TokenKind;

/// Length in bytes of the longest address that is examined.
const LONGEST: usize = 1000;
/// Length in bytes of the longest scheme, with its colon.
const LONGEST_SCHEME: usize = 12;

/// The host of `url`, without user name and port; None if it has no host.
pub(crate) fn host(url: &[u8]) -> Option<Host<'_>> {
    let address = address(read_part(url))?;
    Some(Host::new(authority(address).host))
}

/// The part of `url` that is examined.
pub(crate) fn read_part(url: &[u8]) -> &[u8] {
    &url[..url.len().min(LONGEST)]
}

/// The scheme that `url` begins with, without its colon.
fn scheme(url: &[u8]) -> Option<&[u8]> {
    let colon = memchr::memchr(b':', &url[..url.len().min(LONGEST_SCHEME)])?;
    let belongs = |byte: &u8| !matches!(byte, b'/' | b'\\' | b'?' | b'#');
    Some(&url[..colon]).filter(|scheme| scheme.iter().all(belongs))
}

/// What follows the scheme and the slashes of `url`, beginning with its host; None if it has no
/// host. Browsers read a backslash as a slash, and need none after some schemes (WHATWG URL, 4.4).
fn address(url: &[u8]) -> Option<&[u8]> {
    let scheme = scheme(url);
    let rest = &url[scheme.map_or(0, |scheme| scheme.len() + 1)..];
    let is_slash = |byte: &&u8| matches!(byte, b'/' | b'\\');
    let slashes = rest.iter().take_while(is_slash).count();
    let of_web = |known: &str| scheme.is_some_and(|of| of.eq_ignore_ascii_case(known.as_bytes()));
    (slashes > 1 || ["http", "https", "ftp"].into_iter().any(of_web)).then(|| &rest[slashes..])
}

/// The host in the text of a link, if that text is an address rather than prose.
pub(crate) fn host_named(shown: &[u8]) -> Option<Host<'_>> {
    if let Some(host) = host(shown) {
        return Some(host);
    }
    let written = authority(shown).host;
    // The text must be an address as a whole; `e.g. this` is not.
    if !written.contains(&b'.') || shown.contains(&b' ') || shown.contains(&b'@') {
        return None;
    }
    let host = Host::new(written);
    let text = String::from_utf8_lossy(&host.shown);
    let labels = text.split('.');
    let named = text.len() > 4 && !host.cut && labels.clone().all(|label| label.len() > 1);
    // Prose in a script without spaces looks like a host wherever it has a full stop.
    let is_top = |c: char| c.is_alphabetic() && unspaced_size(c).is_none() || is_mark(c);
    let top = labels.clone().next_back().unwrap_or_default();
    let top = top.starts_with("xn--") || top.chars().all(is_top);
    (named && top && labels.count() >= 2).then_some(host)
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
    // The colons of an IPv6 address stand in brackets (RFC 3986, 3.2.2).
    let literal = match host.first() {
        Some(b'[') => memchr::memchr(b']', host).unwrap_or(0),
        _ => 0,
    };
    let colon = memchr::memchr(b':', &host[literal..]).map(|colon| literal + colon);
    let digit = |at: usize| host.get(at).is_some_and(u8::is_ascii_digit);
    Authority {
        host: &host[..colon.unwrap_or(host.len())],
        user: at.is_some(),
        port: colon.is_some_and(|colon| digit(colon + 1)),
        path,
    }
}

/// Emits the clues of a link as written in a page or a text.
pub(crate) fn clues(url: &[u8], sink: &mut impl TokenSink) {
    let url = read_part(url);
    if let Some(address) = address(url) {
        return clues_of_host(address, sink);
    }
    // There is no host in mailto, in a picture inside the mail, or in a link within the page. The
    // scheme tells which it is.
    match scheme(url) {
        Some(scheme) => sink.clue(TokenKind::Trick, "link:", scheme),
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
    let literal = host.first() == Some(&b'[');
    let host = Host::new(host);
    let name = &*host.name;
    let numbers = literal || is_numeric(name);
    for (found, trick) in [
        (user, "link:user"),
        (port, "link:port"),
        (host.escaped, "link:escaped"),
        (host.invisible, "link:invisible"),
        (is_punycode(name), "link:punycode"),
        (numbers, "link:numbers"),
    ] {
        if found {
            sink.clue(TokenKind::Trick, trick, b"");
        }
    }
    if !numbers && memchr::memchr(b'.', name).is_some() {
        sink.clue(TokenKind::Link, "url:", domain(name));
        sink.words(TextPlace::LINK, &host.shown);
    }
    sink.words(TextPlace::LINK, &unescaped(path));
}

/// Whether a host is an address in numbers, decimal, octal or hexadecimal (WHATWG URL, 3.5).
fn is_numeric(host: &[u8]) -> bool {
    let is_number = |label: &[u8]| match label {
        [b'0', b'x' | b'X', digits @ ..] => digits.iter().all(u8::is_ascii_hexdigit),
        digits => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
    };
    let host = host.strip_suffix(b".").unwrap_or(host);
    host.split(|&byte| byte == b'.').all(is_number)
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
        // Encoded by Python: 'пример'.encode('punycode').
        assert!(
            told("http://www.пример.рф/")
                .starts_with("link:punycode, url:xn--e1afmkfd.xn--p1ai, words www.")
        );
        assert_eq!(
            told("http://sh%6Fp.example"),
            "link:escaped, url:shop.example, words shop.example, words "
        );
        assert_eq!(
            told("http://sh\u{200b}op.example"),
            "link:invisible, url:shop.example, words shop.example, words "
        );
        for numbers in [
            "http://0x7F000001",
            "http://0x7f.0.0.1",
            "http://0177.1",
            "ftp:1.2.3.4.",
        ] {
            assert_eq!(told(numbers), "link:numbers, words ", "{numbers}");
        }
        // As browsers read what is no proper address (WHATWG URL, 4.4).
        for odd in [
            "http:shop.example",
            "https:/\\shop.example",
            "\\\\shop.example",
        ] {
            assert_eq!(
                told(odd),
                "url:shop.example, words shop.example, words ",
                "{odd}"
            );
        }
        assert_eq!(told("/go?to=http://shop.example"), "link:relative");
        assert_eq!(told("data:image/png;base64,//8A"), "link:data");
        assert_eq!(
            told("http://a.example/%62uy?u=http%3A%2F%2Fb.example"),
            "url:a.example, words a.example, words /buy?u=http://b.example"
        );
        assert_eq!(
            told("http://shop.example:"),
            "url:shop.example, words shop.example, words "
        );
        assert_eq!(
            told("http://[2001:db8::1]:80/"),
            "link:port, link:numbers, words /"
        );
    }

    #[test]
    fn hosts_are_found_in_links_and_in_their_text() {
        let name = |host: Option<Host<'_>>| {
            host.map(|host| String::from_utf8(host.name.into_owned()).unwrap())
        };
        let in_link = |url: &str| name(host(url.as_bytes()));
        let bank = Some("www.bank.example".to_owned());
        assert_eq!(in_link("https://user@www.bank.example:80/x"), bank);
        assert_eq!(in_link("https://www.b%61nk.example"), bank);
        assert_eq!(in_link("mailto:a@b.example"), None);
        let shown = |text: &str| name(host_named(text.as_bytes()));
        assert_eq!(shown("www.bank.example/login"), bank);
        assert_eq!(shown("http://www.bank.example"), bank);
        assert_eq!(shown("банк.рф").as_deref(), Some("xn--80ab2al.xn--p1ai"));
        for words in [
            "click here",
            "a@bank.example",
            "e.g. this",
            "3.14",
            "U.S.A",
            "read more...",
            "你好.谢谢",
            "点击这里。谢谢",
        ] {
            assert_eq!(shown(words), None, "{words}");
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
