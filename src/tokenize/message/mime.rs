//! Walks through the parts of a message (RFC 2045, 2046): nested multiparts and forwarded messages,
//! down to the leaves.
//!
//! Two limits keep the cost linear in the length of any input: [`DEEPEST`] levels of nesting and
//! [`MOST_PARTS`] parts. Anything deeper is read as text without being parsed, and parts beyond the
//! limit are not read. A clue tells that a limit was reached.

use super::entity::Entity;
use super::head;
use super::transfer::Transfer;
use memchr::memmem;

/// Number of levels of nesting that are parsed.
const DEEPEST: usize = 16;
/// Number of parts of one message that are read.
const MOST_PARTS: usize = 10_000;

/// What a walk through a message finds.
pub(crate) enum MimeEvent<'a> {
    /// The head of a message forwarded inside this one.
    Message { head: &'a [u8] },
    /// A forwarded message in a transfer encoding, which the visitor decodes and walks through in
    /// turn.
    Encoded { entity: Entity<'a>, body: &'a [u8] },
    /// A part without parts of its own.
    Leaf { entity: Entity<'a>, body: &'a [u8] },
    /// A part that is nested too deeply to be parsed, and is read as text.
    TooDeep { entity: Entity<'a>, body: &'a [u8] },
    /// There are more parts than are read.
    TooMany,
}

/// The number of levels and parts that may still be read, shared with all messages forwarded
/// inside.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    depth: usize,
    parts: usize,
}

impl Limits {
    /// The limits of a message that was received.
    pub fn new() -> Limits {
        Limits {
            depth: DEEPEST,
            parts: MOST_PARTS,
        }
    }

    /// The limits of a message forwarded one level deeper; None if that is too deep.
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

/// Walks through `body`, described by `entity`, and calls `visit` with everything found, in order.
pub(crate) fn walk(
    entity: Entity<'_>,
    body: &[u8],
    limits: &mut Limits,
    visit: &mut PartVisitor<'_>,
) {
    if limits.parts == 0 {
        return;
    }
    // The last part is used to report, once, that there are too many.
    limits.parts -= 1;
    if limits.parts == 0 {
        return visit(MimeEvent::TooMany, limits);
    }
    // A part that only groups others but cannot be parsed is read as plain text.
    let as_text = entity.as_text();
    // The outer Option is None if this is not a multipart, the inner one if it states no boundary.
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
    // Where the open part begins. Text before the first boundary does not belong to a part.
    let mut open: Option<usize> = None;
    let mut from = 0;
    while let Some(found) = finder.find(&body[from..]) {
        let start = from + found;
        from = start + delimiter.len();
        // A boundary is at the beginning of a line.
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
        // The boundary never occurs, because the message is broken or made to look so. All of it is
        // read as text.
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
