//! Reads what the head of a message or part says about its body (RFC 2045, 2183): type, charset,
//! transfer encoding and disposition, with their parameters (RFC 2231).

use super::charset;
use super::head::{self, Field};
use super::parameter::parameter;
use super::transfer::Transfer;
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

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn a_charset_stated_against_the_rules_is_the_one_that_was_meant() {
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
}
