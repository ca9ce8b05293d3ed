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
use std::borrow::Cow;

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
    let mut walker = Walker {
        text: body,
        boundaries: Vec::new(),
        lines: memmem::Finder::new(b"\n--"),
        limits,
        visit,
    };
    let end = walker.delimiter(0);
    walker.entity(entity, 0, end);
}

/// A line between two parts or after the last one, or the end of the text.
#[derive(Clone, Copy)]
struct Delimiter {
    /// Which boundary it has, counted from the outermost one from 1; 0 at the end of the text.
    level: usize,
    /// Whether no part of its multipart follows.
    closes: bool,
    /// The positions where the line begins and ends.
    start: usize,
    end: usize,
}

/// A walk through one text. Every position is looked at once per open multipart at most.
struct Walker<'a, 'w, 'v> {
    text: &'a [u8],
    /// The boundaries of the open multiparts, the outermost one first.
    boundaries: Vec<Cow<'a, [u8]>>,
    /// Finds lines that may be delimiters.
    lines: memmem::Finder<'static>,
    limits: &'w mut Limits,
    visit: &'w mut PartVisitor<'v>,
}

impl<'a> Walker<'a, '_, '_> {
    /// The first delimiter of an open multipart that begins at `from`, where a line begins, or
    /// later. One boundary may be another one and `--`, so a line belongs to the innermost
    /// multipart that it fits.
    fn delimiter(&self, from: usize) -> Delimiter {
        let mut start = if self.boundaries.is_empty() {
            None
        } else if self.text[from..].starts_with(b"--") {
            Some(from)
        } else {
            self.line_after(from)
        };
        while let Some(at) = start {
            let rest = &self.text[at + 2..];
            let line = memchr::memchr(b'\n', rest).map_or(rest, |end| &rest[..=end]);
            let mut levels = self.boundaries.iter().enumerate().rev();
            let found = levels.find_map(|(outer, boundary)| {
                let tail = line.strip_prefix(&**boundary)?.trim_ascii();
                (tail.is_empty() || tail == b"--").then(|| (outer + 1, !tail.is_empty()))
            });
            if let Some((level, closes)) = found {
                return Delimiter {
                    level,
                    closes,
                    start: at,
                    end: at + 2 + line.len(),
                };
            }
            start = self.line_after(at);
        }
        Delimiter {
            level: 0,
            closes: true,
            start: self.text.len(),
            end: self.text.len(),
        }
    }

    /// Where the first line after position `at` begins that begins with `--`.
    fn line_after(&self, at: usize) -> Option<usize> {
        self.lines
            .find(&self.text[at..])
            .map(|found| at + found + 1)
    }

    /// Reads an entity whose body begins at `start` and is followed by `end`, the next delimiter of
    /// the multiparts around it. Returns the delimiter after what was read.
    fn entity(&mut self, entity: Entity<'a>, start: usize, end: Delimiter) -> Delimiter {
        let body = &self.text[start..end.start];
        // The last part is used to report, once, that there are too many.
        self.limits.parts = self.limits.parts.saturating_sub(1);
        if self.limits.parts == 0 {
            (self.visit)(MimeEvent::TooMany, self.limits);
            return end;
        }
        // A part that only groups others but cannot be parsed is read as plain text.
        let as_text = entity.as_text();
        let is_multipart = entity.is("multipart/");
        let boundary = is_multipart.then(|| entity.boundary()).flatten();
        let is_message = entity.is_message();
        let event = match boundary {
            Some(_) if self.limits.depth == 0 => MimeEvent::TooDeep {
                entity: as_text,
                body,
            },
            Some(boundary) => {
                return self.deeper(|walker| walker.multipart(entity, boundary, start));
            }
            None if is_multipart => MimeEvent::Leaf {
                entity: as_text,
                body,
            },
            None if is_message && self.limits.depth == 0 => MimeEvent::TooDeep {
                entity: as_text,
                body,
            },
            None if is_message && entity.transfer() == Transfer::AsIs => {
                let (head, inner) = head::split(body);
                (self.visit)(MimeEvent::Message { head }, self.limits);
                let start = end.start - inner.len();
                return self.deeper(|walker| walker.entity(Entity::from_head(head), start, end));
            }
            None if is_message => MimeEvent::Encoded { entity, body },
            None => MimeEvent::Leaf { entity, body },
        };
        (self.visit)(event, self.limits);
        end
    }

    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Delimiter) -> Delimiter {
        self.limits.depth -= 1;
        let end = read(self);
        self.limits.depth += 1;
        end
    }

    /// Reads the parts of a multipart. Text before its first and after its last delimiter does not
    /// belong to a part.
    fn multipart(
        &mut self,
        entity: Entity<'a>,
        boundary: Cow<'a, [u8]>,
        start: usize,
    ) -> Delimiter {
        self.boundaries.push(boundary);
        let level = self.boundaries.len();
        let first = self.delimiter(start);
        let mut found = first;
        while found.level == level && !found.closes && self.limits.parts > 0 {
            found = self.section(found.end, entity.is("multipart/digest"));
        }
        self.boundaries.pop();
        if found.level == level {
            found = self.delimiter(found.end);
        }
        if first.level != level || first.closes {
            // No part begins, because the message is broken or made to look so. What comes before
            // the end is read as text.
            let before = &self.text[start..first.start];
            let body = if before.trim_ascii().is_empty() {
                &self.text[start..found.start]
            } else {
                before
            };
            let entity = entity.as_text();
            (self.visit)(MimeEvent::Leaf { entity, body }, self.limits);
        }
        found
    }

    /// Reads the part that begins at `start`.
    fn section(&mut self, start: usize, in_digest: bool) -> Delimiter {
        let end = self.delimiter(start);
        let section = &self.text[start..end.start];
        let (head, mut body) = head::split(section);
        let mut entity = Entity::from_head(head);
        if in_digest {
            if !head.is_empty() && entity.is_bare() {
                // The empty line before the message is missing, so this is its head.
                body = section;
            }
            entity = entity.in_digest();
        }
        self.entity(entity, end.start - body.len(), end)
    }
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
    fn boundaries_may_begin_with_one_another() {
        // RFC 2046, section 5.1.1: a line ends the part whose boundary it is. mail-parser 0.11
        // reads the inner parts of all three.
        for (outer, inner) in [
            ("a--", "a----"),
            ("a", "a--"),
            ("ab", "a"),
            ("=_1", "=_1_2"),
        ] {
            let mail = format!(
                "Content-Type: multipart/mixed; boundary=\"{outer}\"\n\n--{outer}\n\
                 Content-Type: multipart/mixed; boundary=\"{inner}\"\n\n\
                 --{inner}\n\none\n--{inner}\n\ntwo\n--{inner}--\n\
                 --{outer}\n\nthree\n--{outer}--\n"
            );
            assert_eq!(leaves(&mail), ["=one", "=two", "=three"], "{outer} {inner}");
        }
    }

    #[test]
    fn multiparts_whose_delimiters_are_missing_are_read_as_far_as_they_go() {
        // The payloads of Python 3.11's email, but for the last, in which it finds nothing.
        let mixed = |body: &str| {
            leaves(&format!(
                "Content-Type: multipart/mixed; boundary=x\n\n{body}"
            ))
        };
        assert_eq!(mixed("words\n--x--\n"), ["=words"]);
        assert_eq!(mixed("words\n--x-- \t\r\nepilogue"), ["=words"]);
        assert_eq!(mixed("--x\n\nnever closed"), ["=never closed"]);
        assert_eq!(mixed("--x\n\none\n--x--y\n--x--"), ["=one\n--x--y"]);
        assert_eq!(mixed("--x--\nwords"), ["=--x--\nwords"]);
        // An inner multipart that only closes, one that is never closed, and what follows them.
        let inner = "--x\nContent-Type: multipart/related; boundary=y\n\n";
        assert_eq!(
            mixed(&format!("{inner}one\n--y--\n--x\n\ntwo\n--x--")),
            ["=one", "=two"]
        );
        assert_eq!(
            mixed(&format!("{inner}--y\n\none\n--x\n\ntwo\n--x--")),
            ["=one", "=two"]
        );
    }

    #[test]
    fn parts_of_a_digest_are_messages() {
        // RFC 2046, section 5.1.5. In the last part the empty line before the message is missing.
        let mail = "Content-Type: multipart/digest; boundary=d\n\n\
                    --d\n\nSubject: s\nContent-Type: text/html\n\n<p>\n\
                    --d\nContent-Type: text/plain\n\ncontents\n\
                    --d\nContent-Type: message/rfc822\n\nSubject: s\n\none\n\
                    --d\nSubject: s\n\ntwo\n--d--";
        assert_eq!(
            leaves(mail),
            [
                "message",
                "text/html=<p>",
                "text/plain=contents",
                "message",
                "=one",
                "message",
                "=two"
            ]
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
