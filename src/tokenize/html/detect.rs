//! Detects whether a text is an HTML page, and which charset the page states. Both look at the
//! source before it is decoded and read.

use memchr::memmem;

/// Whether a text without a stated type is an HTML page.
pub(crate) fn looks_like_html(text: &[u8]) -> bool {
    const TELLING: [&str; 12] = [
        "html", "body", "p", "br", "div", "table", "a", "td", "center", "font", "span", "!doctype",
    ];
    let head = &text[..text.len().min(20_000)];
    memchr::memchr_iter(b'<', head).any(|at| {
        let name = head[at + 1..]
            .split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'!')
            .next()
            .unwrap_or_default();
        // `<a>` alone may be a placeholder in plain text; with an attribute it is a tag.
        let after = head.get(at + 1 + name.len());
        let attribute = after.is_some_and(u8::is_ascii_whitespace);
        let tag = if name.eq_ignore_ascii_case(b"a") {
            attribute
        } else {
            attribute || matches!(after, Some(b'>' | b'/'))
        };
        tag && TELLING
            .iter()
            .any(|telling| name.eq_ignore_ascii_case(telling.as_bytes()))
    })
}

/// The charset that a page states within its first kilobyte; empty if there is none.
pub(crate) fn charset(source: &[u8]) -> &[u8] {
    let head = &source[..source.len().min(1024)];
    let Some(at) = memmem::find(head, b"charset=") else {
        return b"";
    };
    let value = head[at + 8..].trim_ascii_start();
    let value = value
        .strip_prefix(b"\"")
        .or_else(|| value.strip_prefix(b"'"))
        .unwrap_or(value);
    let end = value
        .iter()
        .position(|byte| !(byte.is_ascii_alphanumeric() || b"-_".contains(byte)));
    &value[..end.unwrap_or(value.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_told_from_text() {
        assert!(looks_like_html(b"Hello<BR>there") && looks_like_html(b"see <a href='x'>"));
        assert!(!looks_like_html(b"a < b, <a> and <ann@example.org> <p"));
        assert_eq!(
            charset(b"<meta content=\"text/html; charset=koi8-r\">"),
            b"koi8-r"
        );
        assert_eq!(charset(b"<meta charset='utf-8'>"), b"utf-8");
    }
}
