//! Links as clues: the host, the domain it belongs to, the words of the address, and what honest links seldom do (a bare
//! address of numbers, a user name before the host, a port, escapes in the host).

use super::lexicon::{Kind, TokenId};
use super::words::{Place, Words};

/// Longest address that is looked at.
const LONGEST: usize = 1000;

/// The link that text begins with: up to a space or a sign that ends one.
pub(super) fn visible(text: &[u8]) -> &[u8] {
    let text = &text[..text.len().min(LONGEST)];
    let end =
        text.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'<' | b'>' | b')' | b']'));
    &text[..end.unwrap_or(text.len())]
}

/// Appends the clues of one link.
pub(super) fn clues(url: &[u8], words: &mut Words, tokens: &mut Vec<TokenId>) {
    let url = &url[..url.len().min(LONGEST)];
    let Some(start) = memchr::memmem::find(url, b"//") else {
        // Without a host: mailto, a picture inside the mail, a place in the page. The scheme tells which.
        match memchr::memchr(b':', &url[..url.len().min(12)]) {
            Some(colon) => words.clue(Kind::Link, "link:", &url[..colon], tokens),
            None => words.clue(Kind::Link, "link:relative", b"", tokens),
        }
        return;
    };
    let authority = &url[start + 2..];
    let end = authority.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#' | b'\\')).unwrap_or(authority.len());
    let (authority, path) = authority.split_at(end);
    let host = match memchr::memrchr(b'@', authority) {
        Some(at) => {
            words.clue(Kind::Link, "link:user", b"", tokens);
            &authority[at + 1..]
        }
        None => authority,
    };
    let host = match memchr::memchr(b':', host) {
        Some(colon) => {
            words.clue(Kind::Link, "link:port", b"", tokens);
            &host[..colon]
        }
        None => host,
    };
    if memchr::memchr(b'%', host).is_some() {
        words.clue(Kind::Link, "link:escaped", b"", tokens);
    }
    if !host.is_empty() && host.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') {
        words.clue(Kind::Link, "link:numbers", b"", tokens);
    } else if memchr::memchr(b'.', host).is_some() {
        words.clue(Kind::Link, "url:", domain(host), tokens);
        words.cut(host, Place::LINK, tokens);
    }
    words.cut(path, Place::LINK, tokens);
}

/// The part of a host that somebody registered: its last two labels, three below such as `co.uk`.
pub(super) fn domain(host: &[u8]) -> &[u8] {
    const SECOND_LEVEL: [&str; 8] = ["co", "com", "net", "org", "ac", "gov", "edu", "ne"];
    let host = host.strip_suffix(b".").unwrap_or(host);
    let dots: [Option<usize>; 3] = {
        let mut dots = memchr::memrchr_iter(b'.', host);
        [dots.next(), dots.next(), dots.next()]
    };
    let after = |dot: Option<usize>| dot.map_or(0, |dot| dot + 1);
    let (Some(last), second) = (dots[0], after(dots[1])) else { return host };
    let country = host.len() - last == 3;
    let general = SECOND_LEVEL.iter().any(|general| host[second..last].eq_ignore_ascii_case(general.as_bytes()));
    if country && general { &host[after(dots[2])..] } else { &host[second..] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenize::Recipe;

    fn tokens(url: &str) -> String {
        let mut words = Words::new(&Recipe::default());
        let mut tokens = Vec::new();
        clues(url.as_bytes(), &mut words, &mut tokens);
        tokens.iter().map(|&token| words.lexicon.token(token)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_link_is_taken_apart() {
        assert_eq!(
            tokens("http://www.Shop.example/buy?id=7x"),
            "url:shop.example url:www url:shop url:example url:buy url:id url:7x"
        );
        assert_eq!(tokens("http://paypal.com@10.0.0.1:8080/"), "link:user link:port link:numbers");
        assert_eq!(tokens("mailto:a@b.example"), "link:mailto");
        assert_eq!(tokens("pic.gif"), "link:relative");
    }

    #[test]
    fn domains_are_what_is_registered() {
        for (host, expected) in
            [("a.b.example", "b.example"), ("www.x.co.uk", "x.co.uk"), ("x.de", "x.de"), ("localhost", "localhost")]
        {
            assert_eq!(domain(host.as_bytes()), expected.as_bytes());
        }
    }
}
