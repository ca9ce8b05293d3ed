//! The parts of a message (RFC 2045, 2046): multiparts and forwarded messages of any nesting, down to the leaves.
//!
//! Limits, so that no input can cost more than its length: [`DEEPEST`] levels of nesting and [`MOST_PARTS`] parts. What lies
//! deeper is read as text as it stands; parts beyond the limit are not read, and a clue says so.

use super::head::{self, Field};
use super::transfer::Transfer;
use memchr::memmem;

/// Levels of nesting that are taken apart.
pub(super) const DEEPEST: usize = 16;
/// Parts of one message that are read.
pub(super) const MOST_PARTS: usize = 10_000;

/// What the head of a message or part says about its body. Values as they stand in the head.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Entity<'a> {
    content_type: &'a [u8],
    encoding: &'a [u8],
    disposition: &'a [u8],
}

impl<'a> Entity<'a> {
    /// Takes note of one header field.
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

    fn from_head(head: &'a [u8]) -> Entity<'a> {
        let mut entity = Entity::default();
        head::fields(head).for_each(|field| entity.note(&field));
        entity
    }

    /// `type/subtype` as written; empty if not stated.
    pub fn media_type(&self) -> &'a [u8] {
        let end = self.content_type.iter().position(|&byte| byte == b';' || byte.is_ascii_whitespace());
        &self.content_type[..end.unwrap_or(self.content_type.len())]
    }

    /// Whether the type begins with `beginning`, given in lower case.
    pub fn is(&self, beginning: &str) -> bool {
        let name = self.media_type();
        name.len() >= beginning.len() && name[..beginning.len()].eq_ignore_ascii_case(beginning.as_bytes())
    }

    /// Whether it is text, which is also what an entity without a type is.
    pub fn is_text(&self) -> bool {
        self.content_type.is_empty() || self.is("text")
    }

    /// The charset it claims to be in; empty if not stated.
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

    /// The file name it is sent under.
    pub fn file_name(&self) -> Option<&'a [u8]> {
        parameter(self.disposition, "filename").or_else(|| parameter(self.content_type, "name"))
    }
}

/// The value of a parameter: `boundary` in `multipart/mixed; boundary="x"`. Of one cut in pieces (RFC 2231) the first.
fn parameter<'a>(value: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let mut rest = &value[memchr::memchr(b';', value)? + 1..];
    loop {
        rest = rest.trim_ascii_start();
        let equals = rest.iter().position(|&byte| byte == b'=' || byte == b';')?;
        if rest[equals] == b';' {
            rest = &rest[equals + 1..];
            continue;
        }
        let found = rest[..equals].split(|&byte| byte == b'*').next().unwrap_or_default().trim_ascii();
        rest = rest[equals + 1..].trim_ascii_start();
        let (value, end) = if let Some((b'"', quoted)) = rest.split_first() {
            let close = memchr::memchr(b'"', quoted).unwrap_or(quoted.len());
            (&quoted[..close], close + 1)
        } else {
            let end = memchr::memchr(b';', rest).unwrap_or(rest.len());
            (rest[..end].trim_ascii_end(), end)
        };
        if found.eq_ignore_ascii_case(name.as_bytes()) {
            return Some(value);
        }
        rest = &rest[end.min(rest.len())..];
        rest = &rest[memchr::memchr(b';', rest)? + 1..];
    }
}

/// What a walk through a message comes upon.
pub(super) enum Found<'a> {
    /// The head of a message forwarded inside this one.
    Message { head: &'a [u8] },
    /// A part that holds no others.
    Leaf { entity: Entity<'a>, body: &'a [u8] },
    /// More parts than are read.
    TooMany,
}

/// Walks through `body`, described by `entity`, and tells `visit` what it finds, in order.
pub(super) fn walk<'a>(entity: Entity<'a>, body: &'a [u8], visit: &mut dyn FnMut(Found<'a>)) {
    let mut left = MOST_PARTS;
    part(entity, body, 0, &mut left, visit);
}

fn part<'a>(entity: Entity<'a>, body: &'a [u8], depth: usize, left: &mut usize, visit: &mut dyn FnMut(Found<'a>)) {
    if *left == 0 {
        return;
    }
    *left -= 1;
    if *left == 0 {
        return visit(Found::TooMany);
    }
    // A type that only groups others, not taken apart for whatever reason, is read as plain text.
    let as_text = Entity { content_type: b"", ..entity };
    if entity.is("multipart/") {
        let boundary = parameter(entity.content_type, "boundary").filter(|boundary| !boundary.is_empty());
        match boundary {
            Some(boundary) if depth < DEEPEST => multipart(body, boundary, as_text, depth, left, visit),
            _ => visit(Found::Leaf { entity: as_text, body }),
        }
    } else if entity.is("message/rfc822") && entity.transfer() == Transfer::AsIs {
        if depth >= DEEPEST {
            return visit(Found::Leaf { entity: as_text, body });
        }
        let (head, body) = head::split(body);
        visit(Found::Message { head });
        part(Entity::from_head(head), body, depth + 1, left, visit);
    } else {
        visit(Found::Leaf { entity, body });
    }
}

fn multipart<'a>(
    body: &'a [u8],
    boundary: &[u8],
    as_text: Entity<'a>,
    depth: usize,
    left: &mut usize,
    visit: &mut dyn FnMut(Found<'a>),
) {
    let delimiter = [b"--", boundary].concat();
    let finder = memmem::Finder::new(&delimiter);
    let mut open: Option<usize> = None;
    let mut from = 0;
    while let Some(found) = finder.find(&body[from..]) {
        let start = from + found;
        from = start + delimiter.len();
        if start > 0 && body[start - 1] != b'\n' {
            continue;
        }
        let line_end = memchr::memchr(b'\n', &body[from..]).map_or(body.len(), |end| from + end + 1);
        let tail = body[from..line_end].trim_ascii();
        // A longer boundary that begins with this one belongs to another level.
        if !tail.is_empty() && tail != b"--" {
            continue;
        }
        if let Some(begin) = open {
            section(&body[begin..start], depth, left, visit);
        }
        open = (tail.is_empty() && *left > 0).then_some(line_end);
        if open.is_none() {
            return;
        }
        from = line_end;
    }
    match open {
        Some(begin) => section(&body[begin..], depth, left, visit),
        // The boundary never comes: broken, or made to look so. All of it is text.
        None => visit(Found::Leaf { entity: as_text, body }),
    }
}

fn section<'a>(section: &'a [u8], depth: usize, left: &mut usize, visit: &mut dyn FnMut(Found<'a>)) {
    let (head, body) = head::split(section);
    part(Entity::from_head(head), body, depth + 1, left, visit);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(message: &str) -> Vec<String> {
        let (head, body) = head::split(message.as_bytes());
        let mut found = Vec::new();
        walk(Entity::from_head(head), body, &mut |part| match part {
            Found::Leaf { entity, body } => {
                let name = String::from_utf8_lossy(entity.media_type()).into_owned();
                found.push(format!("{name}={}", String::from_utf8_lossy(body).trim()));
            }
            Found::Message { .. } => found.push("message".into()),
            Found::TooMany => found.push("too many".into()),
        });
        found
    }

    #[test]
    fn parts_are_found_at_any_level() {
        let mail = "Content-Type: multipart/mixed; boundary=\"a\"\n\npreamble\n--a\nContent-Type: multipart/alternative; \
                    boundary=ab\n\n--ab\n\nplain\n--ab\nContent-Type: text/html\n\n<p>\n--ab--\n--a\nContent-Type: \
                    message/rfc822\n\nSubject: s\n\ninner\n--a--\nepilogue";
        assert_eq!(leaves(mail), ["=plain", "text/html=<p>", "message", "=inner"]);
        assert_eq!(leaves("Content-Type: multipart/mixed; boundary=x\n\nno boundary"), ["=no boundary"]);
        assert_eq!(leaves("Content-Type: multipart/mixed\n\nno parameter"), ["=no parameter"]);
    }

    #[test]
    fn parameters_are_read_as_written() {
        let value = br#"text/plain; format=flowed; name*0="a;b"; CHARSET = utf-8 ; x"#;
        assert_eq!(parameter(value, "charset"), Some(&b"utf-8"[..]));
        assert_eq!(parameter(value, "name"), Some(&b"a;b"[..]));
        assert_eq!(parameter(value, "x"), None);
    }

    #[test]
    fn too_many_parts_are_said_to_be() {
        let mail = format!("Content-Type: multipart/mixed; boundary=a\n\n{}", "--a\n\nx\n".repeat(MOST_PARTS + 5));
        let found = leaves(&mail);
        assert_eq!(found.last().map(String::as_str), Some("too many"));
        assert_eq!(found.len(), MOST_PARTS - 1);
    }
}
