//! The elements of HTML and how each affects the text around it.

/// How an element affects the text around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    Inline,
    /// It begins a new line.
    Block,
    /// It is separated by a space, as table cells are.
    Cell,
    /// Its content is not text and is skipped.
    Skipped,
}

use Flow::{Block, Cell, Inline, Skipped};

/// A row of [`ELEMENTS`]. The row after the last stands for unknown names.
pub(crate) type Row = usize;

/// Elements known by name, at most 127.
const ELEMENTS: [(&str, Flow); 78] = [
    ("a", Inline),
    ("abbr", Inline),
    ("acronym", Inline),
    ("address", Block),
    ("applet", Inline),
    ("area", Inline),
    ("article", Block),
    ("b", Inline),
    ("base", Inline),
    ("basefont", Inline),
    ("bgsound", Inline),
    ("big", Inline),
    ("blink", Inline),
    ("blockquote", Block),
    ("body", Block),
    ("br", Block),
    ("button", Cell),
    ("center", Block),
    ("cite", Inline),
    ("code", Inline),
    ("col", Inline),
    ("dd", Block),
    ("del", Inline),
    ("dir", Block),
    ("div", Block),
    ("dl", Block),
    ("dt", Block),
    ("em", Inline),
    ("embed", Inline),
    ("fieldset", Block),
    ("font", Inline),
    ("form", Block),
    ("frame", Block),
    ("frameset", Block),
    ("h1", Block),
    ("h2", Block),
    ("h3", Block),
    ("h4", Block),
    ("h5", Block),
    ("h6", Block),
    ("head", Block),
    ("hr", Block),
    ("html", Block),
    ("i", Inline),
    ("iframe", Block),
    ("img", Inline),
    ("input", Cell),
    ("ins", Inline),
    ("label", Inline),
    ("layer", Block),
    ("li", Block),
    ("link", Inline),
    ("map", Inline),
    ("marquee", Block),
    ("meta", Inline),
    ("nobr", Inline),
    ("object", Inline),
    ("ol", Block),
    ("option", Block),
    ("p", Block),
    ("pre", Block),
    ("s", Inline),
    ("script", Skipped),
    ("section", Block),
    ("select", Block),
    ("small", Inline),
    ("span", Inline),
    ("strong", Inline),
    ("style", Skipped),
    ("sub", Inline),
    ("sup", Inline),
    ("table", Block),
    ("tbody", Block),
    ("td", Cell),
    ("textarea", Block),
    ("th", Cell),
    ("title", Block),
    ("tr", Block),
];

/// The names as integers, so that a look-up compares no strings. The first eight letters
/// distinguish all of them.
static PACKED: [u64; ELEMENTS.len()] = {
    let mut packed = [0; ELEMENTS.len()];
    let mut at = 0;
    while at < packed.len() {
        packed[at] = pack(ELEMENTS[at].0.as_bytes());
        at += 1;
    }
    packed
};

const fn pack(name: &[u8]) -> u64 {
    let (mut word, mut at) = (0, 0);
    while at < name.len() && at < 8 {
        word = word << 8 | name[at].to_ascii_lowercase() as u64;
        at += 1;
    }
    word
}

/// The row of the element called `name`, ignoring case.
pub(crate) fn row_of(name: &[u8]) -> Row {
    let packed = pack(name);
    PACKED
        .iter()
        .position(|&known| known == packed)
        .unwrap_or(ELEMENTS.len())
}

/// The name of the element in `row`.
pub(crate) fn name_of(row: Row) -> &'static str {
    ELEMENTS.get(row).map_or("unknown", |(name, _)| name)
}

/// How the element in `row` affects the text around it.
pub(crate) fn flow_of(row: Row) -> Flow {
    ELEMENTS.get(row).map_or(Inline, |(_, flow)| *flow)
}

/// Whether the element in `row` is void, that is, it has no content and no closing tag.
pub(crate) fn is_void(row: Row) -> bool {
    matches!(
        name_of(row),
        "area"
            | "base"
            | "basefont"
            | "bgsound"
            | "br"
            | "col"
            | "embed"
            | "frame"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        let mut packed = PACKED.to_vec();
        packed.sort_unstable();
        packed.dedup();
        assert_eq!(packed.len(), ELEMENTS.len());
        assert_eq!(name_of(row_of(b"BLOCKQUOTE")), "blockquote");
        assert_eq!(name_of(row_of(b"zyx")), "unknown");
    }
}
