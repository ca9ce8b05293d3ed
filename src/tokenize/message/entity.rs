//! Reads what the head of a message or part says about its body (RFC 2045, 2183): type, charset,
//! transfer encoding and disposition, with their parameters (RFC 2231).

use super::charset;
use super::head::{self, Field};
use super::transfer::{self, Transfer};
use std::borrow::Cow;

/// What the head of a message or part says about its body. Values are kept as written.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Entity<'a> {
    content_type: &'a [u8],
    encoding: &'a [u8],
    disposition: &'a [u8],
}

impl<'a> Entity<'a> {
    /// Records one header field.
    pub fn note(&mut self, field: &Field<'a>) {
        if field.name.len() < 12 || !field.name[..8].eq_ignore_ascii_case(b"content-") {
            return;
        }
        if field.is("content-type") {
            self.content_type = field.value.trim_ascii();
        } else if field.is("content-transfer-encoding") {
            self.encoding = field.value.trim_ascii();
        } else if field.is("content-disposition") {
            self.disposition = field.value.trim_ascii();
        }
    }

    pub fn from_head(head: &'a [u8]) -> Entity<'a> {
        let mut entity = Entity::default();
        head::fields(head).for_each(|field| entity.note(&field));
        entity
    }

    /// `type/subtype` as written; empty if not stated.
    pub fn media_type(&self) -> &'a [u8] {
        let stated = self.content_type;
        let stated = stated.strip_prefix(b"\"").unwrap_or(stated);
        let ends = |byte: &u8| b";,\"".contains(byte) || byte.is_ascii_whitespace();
        &stated[..stated.iter().position(ends).unwrap_or(stated.len())]
    }

    /// Whether it states a type. What does not have the form of one states none (RFC 2045, section
    /// 5.2).
    pub fn is_typed(&self) -> bool {
        let mut halves = self.media_type().split(|&byte| byte == b'/');
        let is_named = |half: Option<&[u8]>| half.is_some_and(|half| !half.is_empty());
        is_named(halves.next()) && is_named(halves.next()) && halves.next().is_none()
    }

    /// Whether the type begins with `beginning`, which must be in lower case.
    pub fn is(&self, beginning: &str) -> bool {
        let name = self.media_type();
        name.len() >= beginning.len()
            && name[..beginning.len()].eq_ignore_ascii_case(beginning.as_bytes())
    }

    /// Whether it is text. An entity without a type is text too, and a page is, whatever its type.
    pub fn is_text(&self) -> bool {
        !self.is_typed() || self.is("text/") || self.is_page()
    }

    /// Whether it is stated to be a page: `text/html`, `application/xhtml+xml` (RFC 3236),
    /// `text/x-amp-html` or another type named after one of these.
    pub fn is_page(&self) -> bool {
        (self.is("text/") || self.is("application/"))
            && self
                .media_type()
                .split(|byte| matches!(byte, b'/' | b'-' | b'+' | b'.'))
                .skip(1)
                .any(|of| of.eq_ignore_ascii_case(b"html") || of.eq_ignore_ascii_case(b"xhtml"))
    }

    /// Whether it is stated to be written in XML (RFC 7303).
    pub fn is_xml(&self) -> bool {
        let name = self.media_type();
        name.len() > 4 && name[name.len() - 4..].eq_ignore_ascii_case(b"+xml")
    }

    /// The same entity without its type, so that it is read as plain text.
    pub fn as_text(&self) -> Entity<'a> {
        Entity {
            content_type: b"",
            ..*self
        }
    }

    /// Whether nothing is said about the body.
    pub fn is_bare(&self) -> bool {
        self.content_type.is_empty() && self.encoding.is_empty() && self.disposition.is_empty()
    }

    /// The same entity as a part of a digest, which is a message if it states no type (RFC 2046,
    /// section 5.1.5).
    pub fn in_digest(&self) -> Entity<'a> {
        let content_type = if self.content_type.is_empty() {
            b"message/rfc822"
        } else {
            self.content_type
        };
        Entity {
            content_type,
            ..*self
        }
    }

    /// The boundary between the parts of a multipart, which does not end in a space.
    pub fn boundary(&self) -> Option<Cow<'a, [u8]>> {
        let boundary = match parameter(self.content_type, "boundary")? {
            Cow::Borrowed(boundary) => Cow::Borrowed(boundary.trim_ascii_end()),
            Cow::Owned(boundary) => Cow::Owned(boundary.trim_ascii_end().to_vec()),
        };
        Some(boundary).filter(|boundary| !boundary.is_empty())
    }

    /// The name of the stated charset; empty if not stated.
    pub fn charset(&self) -> Cow<'a, [u8]> {
        match parameter(self.content_type, "charset") {
            Some(Cow::Borrowed(stated)) => Cow::Borrowed(charset::bare_name(stated)),
            Some(Cow::Owned(stated)) => Cow::Owned(charset::bare_name(&stated).to_vec()),
            None => Cow::Borrowed(b""),
        }
    }

    /// The name of its transfer encoding; empty if not stated.
    pub fn encoding(&self) -> &'a [u8] {
        self.encoding
    }

    pub fn transfer(&self) -> Transfer {
        Transfer::from_header(self.encoding)
    }

    /// Whether it is a message, or a piece of one (RFC 2046, section 5.2).
    pub fn is_message(&self) -> bool {
        let types = [
            "message/rfc822",
            "message/global",
            "message/news",
            "message/partial",
        ];
        types.into_iter().any(|of| self.is(of))
    }

    /// The file name given by the sender. Many programs write it as encoded words, though RFC 2047
    /// forbids these in parameters.
    pub fn file_name(&self) -> Option<Cow<'a, [u8]>> {
        let named = |value, name| parameter(value, name).filter(|name| !name.is_empty());
        let name =
            named(self.disposition, "filename").or_else(|| named(self.content_type, "name"))?;
        if memchr::memmem::find(&name, b"=?").is_none() {
            return Some(name);
        }
        let mut decoded = Vec::new();
        charset::append_header(&name, &mut decoded);
        Some(decoded.into())
    }

    /// Whether it is an attachment, to be saved rather than shown.
    pub fn is_attached(&self) -> bool {
        self.disposition.len() >= 10 && self.disposition[..10].eq_ignore_ascii_case(b"attachment")
    }

    /// How it is read if it is an attachment called `name` that contains text: as text of its own
    /// type, or as the kind of text that the name stands for where the type says less.
    pub fn attached_text(&self, name: &[u8]) -> Option<Entity<'a>> {
        let name = name.trim_ascii_end();
        let ends = |endings: &[&str]| {
            endings.iter().any(|ending| {
                name.len() > ending.len()
                    && name[name.len() - ending.len()..].eq_ignore_ascii_case(ending.as_bytes())
            })
        };
        if !self.is("text/html") && ends(&[".html", ".htm", ".xhtml", ".xht", ".shtml"]) {
            let content_type = b"text/html";
            return Some(Entity {
                content_type,
                ..*self
            });
        }
        if self.is_text() {
            return Some(*self);
        }
        ends(&[".txt", ".text"]).then(|| self.as_text())
    }

    /// Whether its lines are to be joined into paragraphs (RFC 3676). `Some(true)` means that the
    /// spaces at the joints are deleted.
    pub fn flowed(&self) -> Option<bool> {
        let is = |name: &str, wanted: &str| {
            parameter(self.content_type, name)
                .is_some_and(|value| value.eq_ignore_ascii_case(wanted.as_bytes()))
        };
        (self.is("text/plain") && is("format", "flowed")).then(|| is("delsp", "yes"))
    }
}

/// One parameter of a header: its name up to a `*`, what follows the `*`, and its value.
struct Parameter<'a> {
    name: &'a [u8],
    piece: &'a [u8],
    value: Cow<'a, [u8]>,
}

/// The parameters of the header `value`.
fn each_parameter(value: &[u8]) -> impl Iterator<Item = Parameter<'_>> {
    let mut rest = memchr::memchr(b';', value).map(|at| &value[at + 1..]);
    // After one quote without an end, the others are not looked at: that keeps the time linear.
    let mut quotes_close = true;
    std::iter::from_fn(move || {
        loop {
            let text = rest?.trim_ascii_start();
            rest = None;
            let equals = text.iter().position(|&byte| byte == b'=' || byte == b';')?;
            if text[equals] == b';' {
                rest = Some(&text[equals + 1..]);
                continue;
            }
            let star = memchr::memchr(b'*', &text[..equals]).unwrap_or(equals);
            let (name, piece) = (text[..star].trim_ascii(), text[star..equals].trim_ascii());
            let text = text[equals + 1..].trim_ascii_start();
            let inside = text.strip_prefix(b"\"");
            let close = inside.filter(|_| quotes_close).and_then(quote_end);
            let (value, end) = if let (Some(inside), Some(close)) = (inside, close) {
                (unquoted(&inside[..close]), close + 2)
            } else {
                quotes_close &= inside.is_none();
                let end = memchr::memchr(b';', text).unwrap_or(text.len());
                let value = inside.map_or(&text[..end], |inside| &inside[..end - 1]);
                (Cow::Borrowed(value.trim_ascii_end()), end)
            };
            rest = memchr::memchr(b';', &text[end..]).map(|at| &text[end + at + 1..]);
            return Some(Parameter { name, piece, value });
        }
    })
}

/// The position of the quote that ends the quoted string after its first quote.
fn quote_end(inside: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'"', inside).find(|&at| {
        let escapes = inside[..at].iter().rev();
        escapes.take_while(|&&byte| byte == b'\\').count() % 2 == 0
    })
}

/// What a quoted string stands for, unfolded. A backslash escapes only a quote and another
/// backslash, since many programs write paths of Windows as they are.
fn unquoted(inside: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr3(b'\\', b'\n', b'\r', inside).is_none() {
        return Cow::Borrowed(inside);
    }
    let mut out = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let [byte, after @ ..] = rest {
        rest = after;
        match (byte, after) {
            (b'\n' | b'\r', _) => {}
            (b'\\', [next @ (b'"' | b'\\'), after @ ..]) => {
                out.push(*next);
                rest = after;
            }
            _ => out.push(*byte),
        }
    }
    Cow::Owned(out)
}

/// The value of a parameter, such as `boundary` in `multipart/mixed; boundary="x"`. Its pieces
/// (`boundary*0`, `boundary*1*`) are joined by their numbers, their escapes decoded and their
/// charset converted to UTF-8 (RFC 2231). A value in that form is preferred to a plain one.
fn parameter<'a>(value: &'a [u8], name: &str) -> Option<Cow<'a, [u8]>> {
    let mut plain = None;
    let mut pieces = Vec::new();
    for found in each_parameter(value) {
        if !found.name.eq_ignore_ascii_case(name.as_bytes()) {
            continue;
        }
        match found.piece.strip_prefix(b"*") {
            None => plain = plain.or(Some(found.value)),
            Some(piece) => {
                let digits = piece.iter().take_while(|byte| byte.is_ascii_digit());
                let number = digits.fold(0u32, |number, digit| {
                    number
                        .saturating_mul(10)
                        .saturating_add(u32::from(digit - b'0'))
                });
                let escaped = piece.is_empty() || piece.ends_with(b"*");
                pieces.push((number, escaped, found.value));
            }
        }
    }
    if pieces.is_empty() {
        return plain;
    }
    pieces.sort_by_key(|piece| piece.0);
    let (mut joined, mut stated) = (Vec::new(), Vec::new());
    for (at, (_, escaped, value)) in pieces.iter().enumerate() {
        let mut value = &**value;
        // `utf-8'en'` comes before the first piece.
        if at == 0 && *escaped {
            let mut parts = value.splitn(3, |&byte| byte == b'\'');
            if let (Some(charset), Some(_), Some(rest)) = (parts.next(), parts.next(), parts.next())
            {
                stated.extend_from_slice(charset);
                value = rest;
            }
        }
        if *escaped {
            transfer::percent(value, &mut joined);
        } else {
            joined.extend_from_slice(value);
        }
    }
    if joined.is_ascii() {
        return Some(Cow::Owned(joined));
    }
    let mut text = Vec::new();
    charset::append(&joined, &stated, &mut text);
    Some(Cow::Owned(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(header: &str, name: &str) -> Option<String> {
        parameter(header.as_bytes(), name).map(|value| String::from_utf8(value.into()).unwrap())
    }

    #[test]
    fn parameters_are_read_as_python_reads_them() {
        // `Message.get_param` and `collapse_rfc2231_value` of Python 3.11's email, by which every
        // value below was checked.
        let header = r#"text/plain; format=flowed; name*0="a;b"; CHARSET = utf-8 ; x; t="a\"b""#;
        for (name, expected) in [
            ("charset", Some("utf-8")),
            ("name", Some("a;b")),
            ("x", None),
            ("t", Some("a\"b")),
        ] {
            assert_eq!(value(header, name).as_deref(), expected, "{name}");
        }
        for (header, expected) in [
            // In any order, in more than ten pieces, escaped or not.
            ("m/x; b*1=two; b*0=one", "onetwo"),
            (
                "m/x; b*10=k; b*9=j; b*8=i; b*7=h; b*6=g; b*5=f; b*4=e; b*3=d; b*2=c; b*1=b; b*0=a",
                "abcdefghijk",
            ),
            (
                "m/x; b*0*=us-ascii''%3D_a; b*1*=b%3D; b*2=\"%3D\"",
                "=_ab=%3D",
            ),
            ("m/x; b*=utf-8'de'%C3%A4%2F1", "\u{e4}/1"),
            ("m/x; b*=iso-8859-1''%E4'b", "\u{e4}'b"),
            ("m/x; b*0*=''a; b*1*=it's'so", "ait's'so"),
            ("m/x; b*=no'quotes", "no'quotes"),
        ] {
            assert_eq!(value(header, "b").as_deref(), Some(expected), "{header}");
        }
    }

    #[test]
    fn parameters_that_break_the_rules_are_read_as_they_were_meant() {
        for (header, expected) in [
            // Folded inside quotes (RFC 5322, section 2.2.3), a path of Windows, and quotes that
            // never close.
            ("m/x; b=\"one\r\n two\"; c=d", "one two"),
            (r#"m/x; b="C:\dir\x.exe"; c=d"#, r"C:\dir\x.exe"),
            ("m/x; b=\"one; c=d", "one"),
            ("m/x; b=plain; b*=utf-8''star", "star"),
        ] {
            assert_eq!(value(header, "b").as_deref(), Some(expected), "{header}");
        }
        for stated in [
            "'utf-8'",
            "\"utf-8",
            "utf-8 (Unicode)",
            "\"utf-8;\"",
            "*0=ut; charset*1=f-8",
        ] {
            let header = format!("text/plain; charset={stated}").replace("=*", "*");
            let entity = Entity {
                content_type: header.as_bytes(),
                ..Entity::default()
            };
            assert_eq!(&*entity.charset(), b"utf-8", "{header}");
        }
    }

    #[test]
    fn texts_among_attachments_are_known_by_type_or_name() {
        let read_as = |content_type: &'static str, name: &str| {
            let entity = Entity {
                content_type: content_type.as_bytes(),
                ..Entity::default()
            };
            let text = entity.attached_text(name.as_bytes());
            text.map(|text| String::from_utf8_lossy(text.media_type()).into_owned())
        };
        for (content_type, name, expected) in [
            ("text/x-patch", "fix.patch", Some("text/x-patch")),
            (
                "application/octet-stream",
                "Invoice.HTML",
                Some("text/html"),
            ),
            ("text/plain", "invoice.htm", Some("text/html")),
            ("application/octet-stream", "terms.txt", Some("")),
            ("application/octet-stream", "terms.txt.exe", None),
            ("image/png", "html", None),
        ] {
            let found = read_as(content_type, name);
            assert_eq!(found.as_deref(), expected, "{content_type} {name}");
        }
    }

    #[test]
    fn pages_have_many_types() {
        let entity = |content_type: &'static str| Entity {
            content_type: content_type.as_bytes(),
            ..Entity::default()
        };
        for page in [
            "text/html",
            "TEXT/HTML; charset=utf-8",
            "application/xhtml+xml",
            "text/x-amp-html",
            "application/vnd.wap.xhtml+xml",
            "text/xhtml",
        ] {
            assert!(entity(page).is_page() && entity(page).is_text(), "{page}");
        }
        for other in [
            "text/plain",
            "",
            "application/xml",
            "image/html",
            "text/htmlx",
        ] {
            assert!(!entity(other).is_page(), "{other}");
        }
        assert!(entity("application/xhtml+xml").is_xml() && !entity("text/html").is_xml());
    }

    #[test]
    fn file_names_are_put_together() {
        // The examples of RFC 2231, sections 3 and 4.1.
        let name = |disposition: &'static str| {
            let entity = Entity {
                disposition: disposition.as_bytes(),
                ..Entity::default()
            };
            entity
                .file_name()
                .map(|name| String::from_utf8_lossy(&name).into_owned())
        };
        let parts = "attachment; filename*0*=us-ascii'en'This%20is%20even%20more%20; \
                     filename*1*=%2A%2A%2Afun%2A%2A%2A%20; \
                     filename*2=\"isn't it!\"";
        assert_eq!(
            name(parts).as_deref(),
            Some("This is even more ***fun*** isn't it!")
        );
        assert_eq!(
            name("attachment; filename=\"a;b.exe\"; size=3").as_deref(),
            Some("a;b.exe")
        );
        assert_eq!(name("inline"), None);
    }
}
