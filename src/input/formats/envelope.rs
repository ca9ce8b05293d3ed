//! Recognises the line that begins each message of a mailbox.
//!
//! Programs write it in more than twenty ways: `From ann@example.org Thu Aug 22 12:36:23 2002`,
//! with a date of RFC 2822 or ISO 8601, with a weekday in any language or none, without a date, or
//! with a dash for the address. A line of a body may begin with `From `, too. What parts the two is
//! the next line, where an envelope is followed by a header field.

use crate::base::message_head::{begins_with_fields, is_known, line_end, name_len};

/// Length in bytes of the longest part of a line that is looked at.
const LOOKED_AT: usize = 1000;

/// Whether `line` may be an envelope line, by its first word.
pub(super) fn may_be_envelope(line: &[u8]) -> bool {
    line.len() >= 5 && line[..5].eq_ignore_ascii_case(b"From ")
}

/// Whether a line parts messages in MMDF, which stands before and after each of them.
pub(super) fn is_mmdf(line: &[u8]) -> bool {
    line.trim_ascii_end() == b"\x01\x01\x01\x01"
}

/// Whether `line` is an envelope line. `next` holds the lines after it, of which only the first is
/// needed unless a field with an unknown name is there; it is empty at the end. `after_blank` says
/// that a blank line or nothing is before it.
pub(super) fn is_envelope(line: &[u8], next: &[u8], after_blank: bool) -> bool {
    if !may_be_envelope(line) {
        return false;
    }
    let rest = line[5..line.len().min(LOOKED_AT)].trim_ascii();
    let dated = holds_date(rest);
    let address = first_word(rest).contains(&b'@');
    // No one writes a sentence like these.
    let sure = dated && (address || holds_ctime(rest));
    let weak = dated || address || rest.is_empty() || !rest.contains(&b' ');
    let field = field_name(next);
    // A head may begin with a field of any name, where a sentence hardly stands above it.
    let known = field.is_some_and(is_known)
        || field.is_some() && (after_blank || sure) && begins_with_fields(next);
    if !line.starts_with(b"From ") {
        return sure && known;
    }
    if known {
        return weak;
    }
    let blank = next[..line_end(next)].trim_ascii().is_empty();
    sure && (field.is_some() || next.starts_with(b">From ") || blank && after_blank)
}

fn first_word(rest: &[u8]) -> &[u8] {
    rest.split(u8::is_ascii_whitespace)
        .next()
        .unwrap_or_default()
}

/// The name of the header field on a line. The beginning of a link is none.
fn field_name(line: &[u8]) -> Option<&[u8]> {
    let len = name_len(line)?;
    (!line[len + 1..].starts_with(b"//")).then_some(&line[..len])
}

/// Whether a date stands after the first word: a time of day with another number beside it, or a
/// year with another number.
fn holds_date(rest: &[u8]) -> bool {
    let date = &rest[first_word(rest).len()..];
    let numbers = date
        .split(|byte| !byte.is_ascii_digit())
        .filter(|number| !number.is_empty());
    let (mut count, mut year) = (0, false);
    for number in numbers {
        count += 1;
        year |= number.len() == 4 && (number.starts_with(b"19") || number.starts_with(b"20"));
    }
    let time = date.windows(4).any(|part| {
        let [hour, colon, tens, ones] = part else {
            return false;
        };
        *colon == b':' && [hour, tens, ones].iter().all(|byte| byte.is_ascii_digit())
    });
    time && count >= 3 || year && count >= 2
}

/// Whether a weekday and a month stand side by side, as the C function `ctime` writes them.
fn holds_ctime(rest: &[u8]) -> bool {
    const DAYS: &[u8] = b"MonTueWedThuFriSatSun";
    const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let among =
        |names: &[u8], word: &[u8]| names.chunks(3).any(|name| name.eq_ignore_ascii_case(word));
    let mut words = rest
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .skip(1);
    words.any(|word| among(DAYS, word)) && words.next().is_some_and(|word| among(MONTHS, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The forms listed in the manual of mboxviewer, in CPython issue 93376 and in RFC 4155.
    #[test]
    fn every_form_of_envelope_is_recognised_by_the_field_below_it() {
        for line in [
            "From ann@b.example Thu Aug 22 12:36:23 2002",
            "From ann@b.example Thu Aug 22 12:36:23 +0200 2002",
            "From ann@b.example Thu Aug 22 12:36 2002",
            "From ann@b.example Thu, 22 Aug 2002 12:36:23 +0100",
            "From ann@b.example 22 Aug 2002 12:36:23",
            "From ann@b.example Aug 22 12:36:23 2002",
            "From ann@b.example Thu Aug 22 12:36:23 02",
            "From ann@b.example jeu. août 22 12:36:23 2002",
            "From ann@b.example 2002-08-22T12:36:23Z",
            "From ann@b.example 2002-08-22 12:36:23",
            "From ann@b.example THU AUG 22 12:36:23 2002",
            "FROM ANN@B.EXAMPLE THU AUG 22 12:36:23 2002",
            "From \"Ann B\" Thu Aug 22 12:36:23 2002",
            "From ???@??? Thu Aug 22 12:36:23 2002",
            "From - Thu Aug 22 12:36:23 2002",
            "From MAILER-DAEMON Thu Aug 22 12:36:23 2002",
            "From ann@b.example",
            "From nobody",
            "From ",
        ] {
            let line = format!("{line}\r\n");
            for next in ["Subject: x\r\n", "Received: from c\n", "X-Spam: y\n"] {
                for after_blank in [true, false] {
                    let found = is_envelope(line.as_bytes(), next.as_bytes(), after_blank);
                    assert!(found, "{line} {next}");
                }
            }
        }
        for line in [
            "From ann@b.example",
            "From -",
            "From ",
            "From root 2002-08-22",
        ] {
            let fields = b"Status: RO\nThread-Topic: x\n y\nSubject: z\n";
            assert!(is_envelope(line.as_bytes(), fields, true), "{line}");
            assert!(!is_envelope(line.as_bytes(), fields, false), "{line}");
        }
        let ctime = b"From ann@b.example Thu Aug 22 12:36:23 2002\n";
        assert!(is_envelope(ctime, b"Unheard-Of: x\n", false));
        assert!(is_envelope(ctime, b">From bea@b.example Thu\n", false));
        assert!(is_envelope(ctime, b"\n", true));
        assert!(is_envelope(ctime, b"", true));
    }

    #[test]
    fn a_line_of_a_body_is_no_envelope() {
        for (line, next) in [
            ("From here on it is text.", "and more text"),
            ("From here on it is text.", ""),
            ("From now until Mon", "Note: bring tea"),
            ("From the team", "Date: Monday next"),
            ("From Monday on, May 5 at 10:00, 2002 of us", "Note: come"),
            ("From Monday on, May 5 at 10:00, 2002 of us", ""),
            ("From our shop", "https://shop.example"),
            ("From ann@b.example", "I heard: nothing"),
            ("From ann@b.example Thu Aug 22 12:36:23 2002", "he wrote"),
            ("From ann@b.example Thu Aug 22 12:36:23 2002", "http://a.b"),
            ("from 10:30 on 22 May 2002", "Subject: x"),
            ("From: ann@b.example", "Subject: x"),
            (">From ann@b.example Thu Aug 22 12:36:23 2002", "To: x"),
            ("From", "Subject: x"),
            ("From ann@b.example", "I heard: nothing\nand wrote\nTo: all"),
            ("From the team", "Status: open\nSubject: x\n"),
        ] {
            for after_blank in [true, false] {
                let found = is_envelope(line.as_bytes(), next.as_bytes(), after_blank);
                assert!(!found, "{line} / {next}");
            }
        }
        // Only a blank line before it tells an envelope without a head from a quoted one.
        let ctime = b"From ann@b.example Thu Aug 22 12:36:23 2002\n";
        assert!(!is_envelope(ctime, b"\n", false));
    }
}
