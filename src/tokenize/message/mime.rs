//! The parts of a message (RFC 2045, 2046): multiparts and forwarded messages of any nesting, down
//! to the leaves.
//!
//! Limits, so that no input can cost more than its length: [`DEEPEST`] levels of nesting and
//! [`MOST_PARTS`] parts. What lies deeper is read as text as it stands; parts beyond the limit are
//! not read. A clue says so of either.

use super::entity::Entity;
use super::head;
use super::transfer::Transfer;
use memchr::memmem;

/// Levels of nesting that are taken apart.
const DEEPEST: usize = 16;
/// Parts of one message that are read.
const MOST_PARTS: usize = 10_000;

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
    // The last part of all is given up to say, once, that there are too many.
    limits.parts -= 1;
    if limits.parts == 0 {
        return visit(MimeEvent::TooMany, limits);
    }
    // A type that only groups others, not taken apart for whatever reason, is read as plain text.
    let as_text = entity.as_text();
    // Outside none if it is no multipart, inside none if that names no boundary.
    let multipart = entity.is("multipart/").then(|| entity.boundary());
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

/// Walks through the parts between the boundaries of a multipart.
fn parts(
    body: &[u8],
    boundary: &[u8],
    as_text: Entity<'_>,
    limits: &mut Limits,
    visit: &mut PartVisitor<'_>,
) {
    let delimiter = [b"--", boundary].concat();
    let finder = memmem::Finder::new(&delimiter);
    // Where the part that is open begins; what stands before the first boundary is none.
    let mut open: Option<usize> = None;
    let mut from = 0;
    while let Some(found) = finder.find(&body[from..]) {
        let start = from + found;
        from = start + delimiter.len();
        // A boundary begins a line.
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
        // `--` after the boundary ends the last part; what follows is not read.
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
        let mail = "Content-Type: multipart/mixed; boundary=\"a\"\n\npreamble\n\
                    --a\nContent-Type: multipart/alternative; boundary=ab\n\n\
                    --ab\n\nplain\n--ab\nContent-Type: text/html\n\n<p>\n--ab--\n\
                    --a\nContent-Type: message/rfc822\n\nSubject: s\n\ninner\n\
                    --a--\nepilogue";
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
