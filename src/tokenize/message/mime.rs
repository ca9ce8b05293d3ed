//! The parts of a message (RFC 2045, 2046): multiparts and forwarded messages of any nesting, down
//! to the leaves.
//!
//! Limits, so that no input can cost more than its length: [`DEEPEST`] levels of nesting and
//! [`MOST_PARTS`] parts. What lies deeper is read as text as it stands; parts beyond the limit are
//! not read. A clue says so of either.

use super::head;
use super::head::Field;
use super::transfer::Transfer;
use memchr::memmem;

/// Levels of nesting that are taken apart.
const DEEPEST: usize = 16;
/// Parts of one message that are read.
const MOST_PARTS: usize = 10_000;

/// What the head of a message or part says about its body. Values as they stand in the head.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Entity<'a> {
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

    /// Whether the type begins with `beginning`, given in lower case.
    pub fn is(&self, beginning: &str) -> bool {
        let name = self.media_type();
        name.len() >= beginning.len()
            && name[..beginning.len()].eq_ignore_ascii_case(beginning.as_bytes())
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

    /// The file name it is sent under, as its sender wrote it: pieces joined and escapes undone
    /// (RFC 2231).
    pub fn file_name(&self) -> Option<Vec<u8>> {
        let named = |value, name| Some(parameters(value, name)).filter(|joined| !joined.is_empty());
        named(self.disposition, "filename").or_else(|| named(self.content_type, "name"))
    }

    /// Whether it is to be saved rather than shown.
    pub fn is_attached(&self) -> bool {
        self.disposition.len() >= 10 && self.disposition[..10].eq_ignore_ascii_case(b"attachment")
    }

    /// Whether its lines are to be joined into paragraphs (RFC 3676), and whether without the
    /// spaces between them.
    pub fn flowed(&self) -> Option<bool> {
        let is = |name: &str, wanted: &str| {
            parameter(self.content_type, name)
                .is_some_and(|value| value.eq_ignore_ascii_case(wanted.as_bytes()))
        };
        (self.is("text/plain") && is("format", "flowed")).then(|| is("delsp", "yes"))
    }
}

/// One parameter of a header: its name up to a `*`, what follows that, and its value as written.
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

/// The value of a parameter: `boundary` in `multipart/mixed; boundary="x"`. Of one cut in pieces
/// (RFC 2231) the first.
fn parameter<'a>(value: &'a [u8], name: &str) -> Option<&'a [u8]> {
    each_parameter(value)
        .find(|found| found.name.eq_ignore_ascii_case(name.as_bytes()))
        .map(|found| found.value)
}

/// All pieces of a parameter, in the order in which they stand, joined and with their escapes
/// undone (RFC 2231).
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

/// What a walk through a message comes upon.
pub(crate) enum MimeEvent<'a> {
    /// The head of a message forwarded inside this one.
    Message { head: &'a [u8] },
    /// A message forwarded in a transfer encoding, to be decoded and walked through in its turn.
    Encoded { entity: Entity<'a>, body: &'a [u8] },
    /// A part that holds no others.
    Leaf { entity: Entity<'a>, body: &'a [u8] },
    /// What lies deeper than is taken apart, read as text.
    TooDeep { entity: Entity<'a>, body: &'a [u8] },
    /// More parts than are read.
    TooMany,
}

/// How far a message may still be taken apart; shared by all that is forwarded inside it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    depth: usize,
    parts: usize,
}

impl Limits {
    /// Those of a message as it came.
    pub fn new() -> Limits {
        Limits {
            depth: DEEPEST,
            parts: MOST_PARTS,
        }
    }

    /// Those of a message forwarded one level deeper; none if that is too deep.
    pub fn deeper(self) -> Option<Limits> {
        (self.depth > 0).then(|| Limits {
            depth: self.depth - 1,
            ..self
        })
    }

    /// Counts the parts that were read within a message forwarded inside this one.
    pub fn take_parts_of(&mut self, deeper: Limits) {
        self.parts = deeper.parts;
    }
}

type PartVisitor<'v> = dyn FnMut(MimeEvent<'_>, &mut Limits) + 'v;

/// Walks through `body`, described by `entity`, and tells `visit` what it finds, in order.
pub(crate) fn walk(
    entity: Entity<'_>,
    body: &[u8],
    limits: &mut Limits,
    visit: &mut PartVisitor<'_>,
) {
    if limits.parts == 0 {
        return;
    }
    limits.parts -= 1;
    if limits.parts == 0 {
        return visit(MimeEvent::TooMany, limits);
    }
    // A type that only groups others, not taken apart for whatever reason, is read as plain text.
    let as_text = Entity {
        content_type: b"",
        ..entity
    };
    let boundary =
        || parameter(entity.content_type, "boundary").filter(|boundary| !boundary.is_empty());
    let multipart = entity.is("multipart/").then(boundary);
    let message = entity.is("message/rfc822") || entity.is("message/global");
    if limits.depth == 0 && (multipart.flatten().is_some() || message) {
        return visit(
            MimeEvent::TooDeep {
                entity: as_text,
                body,
            },
            limits,
        );
    }
    match multipart {
        Some(Some(boundary)) => {
            limits.depth -= 1;
            parts(body, boundary, as_text, limits, visit);
            limits.depth += 1;
        }
        Some(None) => visit(
            MimeEvent::Leaf {
                entity: as_text,
                body,
            },
            limits,
        ),
        None if message && entity.transfer() == Transfer::AsIs => {
            let (head, body) = head::split(body);
            visit(MimeEvent::Message { head }, limits);
            limits.depth -= 1;
            walk(Entity::from_head(head), body, limits, visit);
            limits.depth += 1;
        }
        None if message => visit(MimeEvent::Encoded { entity, body }, limits),
        None => visit(MimeEvent::Leaf { entity, body }, limits),
    }
}

fn parts(
    body: &[u8],
    boundary: &[u8],
    as_text: Entity<'_>,
    limits: &mut Limits,
    visit: &mut PartVisitor<'_>,
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
        let line_end =
            memchr::memchr(b'\n', &body[from..]).map_or(body.len(), |end| from + end + 1);
        let tail = body[from..line_end].trim_ascii();
        // A longer boundary that begins with this one belongs to another level.
        if !tail.is_empty() && tail != b"--" {
            continue;
        }
        if let Some(begin) = open {
            section(&body[begin..start], limits, visit);
        }
        open = (tail.is_empty() && limits.parts > 0).then_some(line_end);
        if open.is_none() {
            return;
        }
        from = line_end;
    }
    match open {
        Some(begin) => section(&body[begin..], limits, visit),
        // The boundary never comes: broken, or made to look so. All of it is text.
        None => visit(
            MimeEvent::Leaf {
                entity: as_text,
                body,
            },
            limits,
        ),
    }
}

fn section(section: &[u8], limits: &mut Limits, visit: &mut PartVisitor<'_>) {
    let (head, body) = head::split(section);
    walk(Entity::from_head(head), body, limits, visit);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(message: &str) -> Vec<String> {
        let (head, body) = head::split(message.as_bytes());
        let mut found = Vec::new();
        walk(
            Entity::from_head(head),
            body,
            &mut Limits::new(),
            &mut |part, _| match part {
                MimeEvent::Leaf { entity, body } | MimeEvent::Encoded { entity, body } => {
                    let name = String::from_utf8_lossy(entity.media_type()).into_owned();
                    found.push(format!("{name}={}", String::from_utf8_lossy(body).trim()));
                }
                MimeEvent::Message { .. } => found.push("message".into()),
                MimeEvent::TooDeep { .. } => found.push("too deep".into()),
                MimeEvent::TooMany => found.push("too many".into()),
            },
        );
        found
    }

    #[test]
    fn parts_are_found_at_any_level() {
        let mail = "Content-Type: multipart/mixed; boundary=\"a\"\n\npreamble\n--a\nContent-Type: multipart/alternative; \
                    boundary=ab\n\n--ab\n\nplain\n--ab\nContent-Type: text/html\n\n<p>\n--ab--\n--a\nContent-Type: \
                    message/rfc822\n\nSubject: s\n\ninner\n--a--\nepilogue";
        assert_eq!(
            leaves(mail),
            ["=plain", "text/html=<p>", "message", "=inner"]
        );
        assert_eq!(
            leaves("Content-Type: multipart/mixed; boundary=x\n\nno boundary"),
            ["=no boundary"]
        );
        assert_eq!(
            leaves("Content-Type: multipart/mixed\n\nno parameter"),
            ["=no parameter"]
        );
    }

    #[test]
    fn parameters_are_read_as_written() {
        let value = br#"text/plain; format=flowed; name*0="a;b"; CHARSET = utf-8 ; x"#;
        assert_eq!(parameter(value, "charset"), Some(&b"utf-8"[..]));
        assert_eq!(parameter(value, "name"), Some(&b"a;b"[..]));
        assert_eq!(parameter(value, "x"), None);
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
        let parts = "attachment; filename*0*=us-ascii'en'This%20is%20even%20more%20; filename*1*=%2A%2A%2Afun%2A%2A%2A%20; \
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
    fn too_deep_a_nesting_is_said_to_be() {
        let nested = |levels: usize| "Content-Type: message/rfc822\n\n".repeat(levels) + "\nhi";
        assert_eq!(
            leaves(&nested(DEEPEST)).last().map(String::as_str),
            Some("=hi")
        );
        assert_eq!(
            leaves(&nested(DEEPEST + 1)).last().map(String::as_str),
            Some("too deep")
        );
    }

    #[test]
    fn too_many_parts_are_said_to_be() {
        let mail = format!(
            "Content-Type: multipart/mixed; boundary=a\n\n{}",
            "--a\n\nx\n".repeat(MOST_PARTS + 5)
        );
        let found = leaves(&mail);
        assert_eq!(found.last().map(String::as_str), Some("too many"));
        assert_eq!(found.len(), MOST_PARTS - 1);
    }
}
