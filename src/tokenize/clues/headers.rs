//! Clues from headers.
//!
//! `Headers::Safe` reads a list of headers that mean the same in anyone's mailbox:
//! - Subject: its words (`subject:…`), also with `Headers::None`, since the subject is part of the
//!   text;
//! - From: the words of name and address (`from:…`), the domain (`from:@…`), or that there is none;
//! - Reply-To: whether its address is that of From; To and Cc: how many addresses, not whose;
//! - Content-Type: the type and charset, transfer encoding; X-Mailer and User-Agent: their words
//!   (`mailer:…`);
//! - Date: only whether its format is unusual; In-Reply-To, References, Organization: only whether
//!   they occur; X-Priority.
//!
//! Headers that tie a message to one server, list or recipient (Received, Message-ID, List-*,
//! Precedence, Delivered-To) are read by `Headers::All` only, every word with the name of its
//! header as prefix.

use super::host::registered;
use super::sink::TokenSink;
use crate::tokenize::emitter::text_place::TextPlace;
use crate::tokenize::message::addresses::addresses;
use crate::tokenize::message::entity::Entity;
use crate::tokenize::message::{charset, head};
use crate::tokenize::recipe::Headers;
use crate::tokenize::token_kind::TokenKind;
use std::borrow::Cow;

/// What was found in the head of one message, collected field by field.
#[derive(Default)]
struct Seen<'a> {
    from: Option<&'a [u8]>,
    reply_to: Option<&'a [u8]>,
    /// Number of addresses in all To headers; None if there is no such header.
    to: Option<usize>,
    cc: usize,
    date: Option<&'a [u8]>,
    received: bool,
}

/// Reads the headers of one message.
pub(crate) struct HeaderReader<'s, S> {
    pub headers: Headers,
    pub sink: &'s mut S,
    /// A decoded value; the buffer is reused for every value.
    pub buffer: &'s mut Vec<u8>,
}

impl<S: TokenSink> HeaderReader<'_, S> {
    /// Reads the head of a message. The subject is appended to `text`, which is split into words
    /// once the language is known; everything else becomes clues. Returns what the head says about
    /// the body.
    pub fn head<'a>(&mut self, head: &'a [u8], text: &mut Vec<u8>) -> Entity<'a> {
        let mut entity = Entity::default();
        let mut seen = Seen::default();
        for field in head::fields(head) {
            entity.note(&field);
            if field.is("subject") {
                charset::append_header(field.value, text);
            } else if self.headers != Headers::None {
                let safe = self.safe(&field, &mut seen);
                if !safe && self.headers == Headers::All {
                    self.decode(field.value);
                    self.sink.words_of_header(field.name, self.buffer);
                }
            }
        }
        // In a partial head, such as a lone subject, no header counts as missing.
        let stub = seen.from.is_none() && seen.date.is_none() && !seen.received;
        if !stub && self.headers != Headers::None {
            self.content(&entity);
            self.oddities(&seen);
        }
        entity
    }

    /// Emits the clues of a header if it is on the list of safe headers; returns whether it is.
    fn safe<'a>(&mut self, field: &head::Field<'a>, seen: &mut Seen<'a>) -> bool {
        let value = field.value;
        let Some(&first) = field.name.first() else {
            return false;
        };
        // The first letter leaves few names to compare.
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
            b't' if field.is("to") => *seen.to.get_or_insert(0) += addresses(value).count(),
            b'c' if field.is("cc") => seen.cc += addresses(value).count(),
            b'd' if field.is("date") => seen.date = Some(value),
            b'x' if field.is("x-mailer") => self.words(TextPlace::MAILER, value),
            b'u' if field.is("user-agent") => self.words(TextPlace::MAILER, value),
            b'x' if field.is("x-priority") => {
                let value = value.trim_ascii();
                self.clue("priority:", &value[..1.min(value.len())]);
            }
            b'o' if field.is("organization") => self.clue("has:organization", b""),
            b'i' if field.is("in-reply-to") => self.clue("has:in-reply-to", b""),
            b'r' if field.is("references") => self.clue("has:references", b""),
            b'c' if field.is("content-type") || field.is("content-transfer-encoding") => {}
            _ => return false,
        }
        true
    }

    fn clue(&mut self, name: &str, found: &[u8]) {
        self.sink.clue(TokenKind::Header, name, found);
    }

    fn decode(&mut self, value: &[u8]) {
        self.buffer.clear();
        charset::append_header(value, self.buffer);
    }

    /// Emits the words of a header value.
    fn words(&mut self, place: TextPlace, value: &[u8]) {
        self.decode(value);
        self.sink.words(place, self.buffer);
    }

    /// Emits the words of the sender's name and address, and the domain.
    pub fn from(&mut self, value: &[u8]) {
        self.words(TextPlace::FROM, value);
        // A name that is an encoded word may look like an address once it is decoded.
        let address = addresses(value)
            .next()
            .or_else(|| addresses(self.buffer).next());
        let at = address.and_then(|address| memchr::memrchr(b'@', address));
        let (name, domain) = match (address, at) {
            (Some(address), Some(at)) => ("from:@", registered(&address[at + 1..])),
            _ => ("from:no-address", Cow::default()),
        };
        self.sink.clue(TokenKind::Sender, name, &domain);
    }

    /// Emits what the head says about the body.
    fn content(&mut self, entity: &Entity<'_>) {
        let name = entity.media_type();
        self.clue(
            "content-type:",
            if name.is_empty() { b"none" } else { name },
        );
        let charset = entity.charset();
        if !charset.is_empty() {
            self.clue("charset:", &charset);
        }
        if !entity.encoding().is_empty() {
            self.clue("encoding:", entity.encoding());
        }
    }

    /// Emits what the head as a whole tells, including which headers are missing.
    fn oddities(&mut self, seen: &Seen<'_>) {
        if seen.from.is_none() {
            self.sink.clue(TokenKind::Sender, "from:none", b"");
        }
        if let Some(reply_to) = seen.reply_to {
            let same = seen
                .from
                .is_some_and(|from| address(from).eq_ignore_ascii_case(address(reply_to)));
            self.clue("reply-to:", if same { b"same" } else { b"differs" });
        }
        self.clue("to:", seen.to.map_or("missing", several).as_bytes());
        if seen.cc > 0 {
            self.clue("cc:", several(seen.cc).as_bytes());
        }
        if let Some(odd) = odd_date(seen.date) {
            self.clue("date:", odd.as_bytes());
        }
    }
}

/// The address in `value`, or all of it if it has none.
fn address(value: &[u8]) -> &[u8] {
    addresses(value).next().unwrap_or(value.trim_ascii())
}

/// The name of a range of numbers of recipients, coarse enough to generalise.
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
    use super::super::sink::Noted;
    use super::*;

    fn told(head: &str, headers: Headers) -> String {
        let mut noted = Noted::default();
        let mut reader = HeaderReader {
            headers,
            sink: &mut noted,
            buffer: &mut Vec::new(),
        };
        reader.head(head.as_bytes(), &mut Vec::new());
        noted.0.join(", ")
    }

    #[test]
    fn headers_off_the_allow_list_are_told_by_name_if_all_are_wanted() {
        let head = "From: Ann <ann@x.example>\nTo: a@b.example, c@d.example\nSubject: hi\n\
                    Date: Thu, 22 Aug 2002 12:36:23 +0100\nX-Loop: no\n";
        let safe = "words Ann <ann@x.example>, from:@x.example, content-type:none, to:2";
        assert_eq!(told(head, Headers::Safe), safe);
        let all = "words Ann <ann@x.example>, from:@x.example, words of X-Loop: no, \
                   content-type:none, to:2";
        assert_eq!(told(head, Headers::All), all);
        assert_eq!(told(head, Headers::None), "");
    }

    #[test]
    fn recipients_and_the_domain_of_the_sender_are_those_of_the_addresses() {
        // `email.utils.getaddresses` of Python 3.11 counts one recipient, and two.
        let head = "From: =?utf-8?Q?=22info=40bank.example=22?= <desk@shop.example>\n\
                    To: \"you@home.example\" <you@home.example>\n\
                    Cc: Friends: ann@x.example (at @home), \"b@x.example\" <b@x.example>;\n";
        let told = told(head, Headers::Safe);
        assert!(told.contains("from:@shop.example"), "{told}");
        assert!(told.contains("to:1, cc:2"), "{told}");
    }

    #[test]
    fn dates_are_judged() {
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
