//! Reads what the head of a message or part says about its body (RFC 2045, 2183): type, charset,
//! transfer encoding and disposition, with their parameters (RFC 2231).

use super::head::{self, Field};
use super::transfer::Transfer;

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
        let end = self
            .content_type
            .iter()
            .position(|&byte| byte == b';' || byte.is_ascii_whitespace());
        &self.content_type[..end.unwrap_or(self.content_type.len())]
    }

    /// Whether the type begins with `beginning`, which must be in lower case.
    pub fn is(&self, beginning: &str) -> bool {
        let name = self.media_type();
        name.len() >= beginning.len()
            && name[..beginning.len()].eq_ignore_ascii_case(beginning.as_bytes())
    }

    /// Whether it is text. An entity without a type is text too, and a page is, whatever its type.
    pub fn is_text(&self) -> bool {
        self.content_type.is_empty() || self.is("text") || self.is_page()
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

    /// The boundary between the parts of a multipart.
    pub fn boundary(&self) -> Option<&'a [u8]> {
        parameter(self.content_type, "boundary").filter(|boundary| !boundary.is_empty())
    }

    /// The stated charset; empty if not stated.
    pub fn charset(&self) -> &'a [u8] {
        parameter(self.content_type, "charset").unwrap_or_default()
    }

    /// The name of its transfer encoding; empty if not stated.
    pub fn encoding(&self) -> &'a [u8] {
        self.encoding
    }

    pub fn transfer(&self) -> Transfer {
        Transfer::from_header(self.encoding)
    }

    /// The file name given by the sender, with its pieces joined and its escapes decoded (RFC
    /// 2231).
    pub fn file_name(&self) -> Option<Vec<u8>> {
        let named = |value, name| Some(parameters(value, name)).filter(|joined| !joined.is_empty());
        named(self.disposition, "filename").or_else(|| named(self.content_type, "name"))
    }

    /// Whether it is an attachment, to be saved rather than shown.
    pub fn is_attached(&self) -> bool {
        self.disposition.len() >= 10 && self.disposition[..10].eq_ignore_ascii_case(b"attachment")
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

/// One parameter of a header: its name up to a `*`, what follows the `*`, and its value as written.
struct Parameter<'a> {
    name: &'a [u8],
    piece: &'a [u8],
    value: &'a [u8],
}

/// The parameters after the first `;` of `value`.
fn each_parameter(value: &[u8]) -> impl Iterator<Item = Parameter<'_>> {
    let mut rest = memchr::memchr(b';', value).map(|at| &value[at + 1..]);
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
            let (value, end) = if let Some((b'"', quoted)) = text.split_first() {
                let close = memchr::memchr(b'"', quoted).unwrap_or(quoted.len());
                (&quoted[..close], (close + 2).min(text.len()))
            } else {
                let end = memchr::memchr(b';', text).unwrap_or(text.len());
                (text[..end].trim_ascii_end(), end)
            };
            rest = memchr::memchr(b';', &text[end..]).map(|at| &text[end + at + 1..]);
            return Some(Parameter { name, piece, value });
        }
    })
}

/// The value of a parameter, such as `boundary` in `multipart/mixed; boundary="x"`. If it is split
/// into pieces (RFC 2231), the first piece.
fn parameter<'a>(value: &'a [u8], name: &str) -> Option<&'a [u8]> {
    each_parameter(value)
        .find(|found| found.name.eq_ignore_ascii_case(name.as_bytes()))
        .map(|found| found.value)
}

/// All pieces of a parameter joined in the order of the header, with their escapes decoded (RFC
/// 2231).
fn parameters(value: &[u8], name: &str) -> Vec<u8> {
    let mut joined = Vec::new();
    for Parameter { piece, value, .. } in
        each_parameter(value).filter(|found| found.name.eq_ignore_ascii_case(name.as_bytes()))
    {
        if !piece.ends_with(b"*") {
            joined.extend_from_slice(value);
            continue;
        }
        // `utf-8'en'` comes before the first piece.
        let mut rest = value
            .splitn(3, |&byte| byte == b'\'')
            .last()
            .unwrap_or_default();
        while let [byte, after @ ..] = rest {
            let hex = |at: usize| after.get(at).and_then(|&byte| (byte as char).to_digit(16));
            let (plain, after) = match (byte, hex(0), hex(1)) {
                (b'%', Some(high), Some(low)) => ((high << 4 | low) as u8, &after[2..]),
                _ => (*byte, after),
            };
            joined.push(plain);
            rest = after;
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_as_written() {
        let value = br#"text/plain; format=flowed; name*0="a;b"; CHARSET = utf-8 ; x"#;
        assert_eq!(parameter(value, "charset"), Some(&b"utf-8"[..]));
        assert_eq!(parameter(value, "name"), Some(&b"a;b"[..]));
        assert_eq!(parameter(value, "x"), None);
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
