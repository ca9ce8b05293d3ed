//! Headers as clues.
//!
//! With `Headers::Safe` an allow-list, chosen because it means the same in anybody's mailbox:
//! - Subject: its words (`subject:…`), also with `Headers::None`, since the subject is part of the
//!   text;
//! - From: the words of name and address (`from:…`), the domain (`from:@…`), or that there is none;
//! - Reply-To: whether its address is that of From; To and Cc: how many addresses, not whose;
//! - Content-Type: the type and charset, transfer encoding; X-Mailer and User-Agent: their words
//!   (`mailer:…`);
//! - Date: only whether its form is odd; In-Reply-To, References, Organization: that they are
//!   there; X-Priority.
//!
//! What ties a message to one server, list or recipient (Received, Message-ID, List-*, Precedence,
//! Delivered-To) is read by `Headers::All` only, every word with the name of its header as prefix.

use crate::tokenize::emitter::text_place::TextPlace;
use crate::tokenize::lexicon::TokenId;
use crate::tokenize::message::charset;
use crate::tokenize::message::head;
use crate::tokenize::message::mime::Entity;
use crate::tokenize::recipe::{Headers, Recipe};
use crate::tokenize::token_kind::TokenKind;
use crate::tokenize::words::WordReader;

/// What the head of one message held, gathered field by field.
#[derive(Default)]
struct Seen<'a> {
    from: Option<&'a [u8]>,
    reply_to: Option<&'a [u8]>,
    to: usize,
    cc: usize,
    has_to: bool,
    date: Option<&'a [u8]>,
    received: bool,
}

/// Where clues go, and a buffer for decoded values.
pub(crate) struct HeaderReader<'w> {
    pub words: &'w mut WordReader,
    pub recipe: &'w Recipe,
    pub tokens: &'w mut Vec<TokenId>,
    pub buffer: &'w mut Vec<u8>,
}

impl HeaderReader<'_> {
    /// Reads the head of a message: its subject is appended to `text`, to be cut into words when
    /// the language is known; the rest becomes clues. Returns what the head says about the body.
    pub fn head<'a>(&mut self, head: &'a [u8], text: &mut Vec<u8>) -> Entity<'a> {
        let mut entity = Entity::default();
        let mut seen = Seen::default();
        for field in head::fields(head) {
            entity.note(&field);
            if field.is("subject") {
                charset::append_header(field.value, text);
            } else if self.recipe.headers != Headers::None {
                let safe = self.safe(&field, &mut seen);
                if !safe && self.recipe.headers == Headers::All {
                    let place = self.words.header_place(field.name);
                    self.cut(field.value, place);
                }
            }
        }
        // A stub of a head, such as a lone subject, has nothing missing from it.
        let stub = seen.from.is_none() && seen.date.is_none() && !seen.received;
        if !stub && self.recipe.headers != Headers::None {
            self.content(&entity);
            self.oddities(&seen);
        }
        entity
    }

    /// The clues of a header on the allow-list; says whether it is.
    fn safe<'a>(&mut self, field: &head::Field<'a>, seen: &mut Seen<'a>) -> bool {
        let value = field.value;
        let Some(&first) = field.name.first() else {
            return false;
        };
        match first.to_ascii_lowercase() {
            b'f' if field.is("from") => {
                seen.from = Some(value);
                self.from(value);
            }
            b'r' if field.is("reply-to") => seen.reply_to = Some(value),
            b'r' if field.is("received") => {
                seen.received = true;
                return false;
            }
            b't' if field.is("to") => {
                seen.has_to = true;
                seen.to += addresses(value);
            }
            b'c' if field.is("cc") => seen.cc += addresses(value),
            b'd' if field.is("date") => seen.date = Some(value),
            b'x' if field.is("x-mailer") => self.cut(value, TextPlace::MAILER),
            b'u' if field.is("user-agent") => self.cut(value, TextPlace::MAILER),
            b'x' if field.is("x-priority") => {
                self.words.clue(
                    TokenKind::Header,
                    "priority:",
                    &value.trim_ascii()[..1.min(value.trim_ascii().len())],
                    self.tokens,
                );
            }
            b'o' if field.is("organization") => {
                self.words
                    .clue(TokenKind::Header, "has:organization", b"", self.tokens);
            }
            b'i' if field.is("in-reply-to") => {
                self.words
                    .clue(TokenKind::Header, "has:in-reply-to", b"", self.tokens);
            }
            b'r' if field.is("references") => {
                self.words
                    .clue(TokenKind::Header, "has:references", b"", self.tokens);
            }
            b'c' if field.is("content-type") || field.is("content-transfer-encoding") => {}
            _ => return false,
        }
        true
    }

    /// Words of a header value.
    fn cut(&mut self, value: &[u8], place: TextPlace) {
        self.buffer.clear();
        charset::append_header(value, self.buffer);
        self.words.cut(self.buffer, place, self.tokens);
    }

    /// The sender: words of name and address, and the domain.
    pub fn from(&mut self, value: &[u8]) {
        self.cut(value, TextPlace::FROM);
        let address = address(self.buffer);
        match memchr::memchr(b'@', address) {
            Some(at) => {
                self.words
                    .clue(TokenKind::Sender, "from:@", &address[at + 1..], self.tokens);
            }
            None => self
                .words
                .clue(TokenKind::Sender, "from:no-address", b"", self.tokens),
        }
    }

    /// What the head says about the body.
    fn content(&mut self, entity: &Entity<'_>) {
        let HeaderReader { words, tokens, .. } = self;
        let name = entity.media_type();
        words.clue(
            TokenKind::Header,
            "content-type:",
            if name.is_empty() { b"none" } else { name },
            tokens,
        );
        if !entity.charset().is_empty() {
            words.clue(TokenKind::Header, "charset:", entity.charset(), tokens);
        }
        if !entity.encoding().is_empty() {
            words.clue(TokenKind::Header, "encoding:", entity.encoding(), tokens);
        }
    }

    /// What the head as a whole says, absent headers included.
    fn oddities(&mut self, seen: &Seen<'_>) {
        let HeaderReader { words, tokens, .. } = self;
        if seen.from.is_none() {
            words.clue(TokenKind::Sender, "from:none", b"", tokens);
        }
        if let Some(reply_to) = seen.reply_to {
            let same = seen
                .from
                .is_some_and(|from| address(from).eq_ignore_ascii_case(address(reply_to)));
            words.clue(
                TokenKind::Header,
                "reply-to:",
                if same { b"same" } else { b"differs" },
                tokens,
            );
        }
        let to = if seen.has_to {
            several(seen.to)
        } else {
            "missing"
        };
        words.clue(TokenKind::Header, "to:", to.as_bytes(), tokens);
        if seen.cc > 0 {
            words.clue(
                TokenKind::Header,
                "cc:",
                several(seen.cc).as_bytes(),
                tokens,
            );
        }
        if let Some(odd) = odd_date(seen.date) {
            words.clue(TokenKind::Header, "date:", odd.as_bytes(), tokens);
        }
    }
}

/// Addresses in the value of To or Cc.
fn addresses(value: &[u8]) -> usize {
    memchr::memchr_iter(b'@', value).count()
}

/// The address in `Ann <ann@example.org>`, `ann@example.org (Ann)` or `ann@example.org`.
fn address(value: &[u8]) -> &[u8] {
    if let Some(open) = memchr::memrchr(b'<', value) {
        let rest = &value[open + 1..];
        return rest[..memchr::memchr(b'>', rest).unwrap_or(rest.len())].trim_ascii();
    }
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'(');
    value
        .split(ends)
        .find(|word| word.contains(&b'@'))
        .unwrap_or(value.trim_ascii())
}

/// A number of recipients in words, coarse enough to carry over.
fn several(count: usize) -> &'static str {
    match count {
        0 => "no-address",
        1 => "1",
        2 => "2",
        3..=5 => "3-5",
        6..=10 => "6-10",
        _ => "many",
    }
}

/// How a date differs from `Thu, 22 Aug 2002 12:36:23 +0100` (RFC 5322), if it does.
fn odd_date(value: Option<&[u8]>) -> Option<&'static str> {
    let Some(value) = value.map(<[u8]>::trim_ascii) else {
        return Some("missing");
    };
    let value = &value[..memchr::memchr(b'(', value).unwrap_or(value.len())];
    let words = || {
        value
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty())
    };
    let number = |word: &[u8]| word.iter().all(u8::is_ascii_digit);
    let zone = words().next_back().unwrap_or_default();
    let has_day = value.get(3) == Some(&b',');
    let mut after_day = words().skip(usize::from(has_day));
    let year = after_day.nth(2).unwrap_or_default();
    if value.is_empty() {
        Some("empty")
    } else if !words().nth(usize::from(has_day)).is_some_and(number) {
        Some("odd-form")
    } else if !(number(year) && year.len() == 4) {
        Some("odd-year")
    } else if !matches!(zone.first(), Some(b'+' | b'-')) {
        Some(if zone.first().is_some_and(u8::is_ascii_alphabetic) {
            "named-zone"
        } else {
            "no-zone"
        })
    } else if zone.len() != 5 || !number(&zone[1..]) || zone[1..] > b"1400"[..] {
        Some("odd-zone")
    } else if !has_day {
        Some("no-day")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_dates_are_judged() {
        for value in ["Ann <a@b.c>", "a@b.c (Ann)", " a@b.c ", "<a@b.c>"] {
            assert_eq!(address(value.as_bytes()), b"a@b.c");
        }
        let odd = |date: &str| odd_date(Some(date.as_bytes()));
        assert_eq!(odd("Thu, 22 Aug 2002 12:36:23 +0100 (IST)"), None);
        assert_eq!(odd("22 Aug 2002 12:36:23 +0100"), Some("no-day"));
        assert_eq!(odd("Thu, 22 Aug 02 12:36:23 +0100"), Some("odd-year"));
        assert_eq!(odd("Thu, 22 Aug 2002 12:36:23 GMT"), Some("named-zone"));
        assert_eq!(odd("Thu, 22 Aug 2002 12:36:23 -1900"), Some("odd-zone"));
        assert_eq!(odd("Thu, 22 Aug 2002 12:36:23"), Some("no-zone"));
        assert_eq!(odd("Thu Aug 22 12:36:23 2002"), Some("odd-form"));
        assert_eq!(odd(""), Some("empty"));
        assert_eq!(odd_date(None), Some("missing"));
    }
}
