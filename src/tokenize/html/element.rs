//! The elements of HTML: how each affects the text around it, and what its content is to a browser
//! (HTML standard, sections 13.1.2 and 15.3).

/// How an element affects the text around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    Inline,
    /// It begins a new line.
    Block,
    /// It is separated by a space, as table cells are.
    Cell,
}

/// What an element contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// Text and elements.
    Markup,
    /// Nothing. It has no end tag.
    Void,
    /// Text alone: what looks like a tag in it is none.
    Text,
    /// Text and elements that no browser of today shows.
    Hidden,
    /// A program or a style sheet.
    Skipped,
}

use Content::{Hidden, Markup, Skipped, Text, Void};

/// A row of [`ELEMENTS`]. The row after the last stands for unknown names.
pub(crate) type Row = usize;

struct Element {
    name: &'static str,
    flow: Flow,
    content: Content,
}

const fn element(name: &'static str, flow: Flow) -> Element {
    Element {
        name,
        flow,
        content: Markup,
    }
}

const fn inline(name: &'static str) -> Element {
    element(name, Flow::Inline)
}

const fn block(name: &'static str) -> Element {
    element(name, Flow::Block)
}

const fn cell(name: &'static str) -> Element {
    element(name, Flow::Cell)
}

impl Element {
    const fn of(self, content: Content) -> Element {
        Element { content, ..self }
    }
}

/// Elements known by name, at most 127, so that a set of them and of the unknown ones fits in a
/// `u128`.
#[rustfmt::skip]
static ELEMENTS: [Element; COUNT] = [
    inline("a"),
    inline("abbr"),
    inline("acronym"),
    block("address"),
    inline("applet"),
    inline("area").of(Void),
    block("article"),
    block("aside"),
    inline("b"),
    inline("base").of(Void),
    inline("basefont").of(Void),
    inline("bdi"),
    inline("bdo"),
    inline("bgsound").of(Void),
    inline("big"),
    inline("blink"),
    block("blockquote"),
    block("body"),
    block("br").of(Void),
    cell("button"),
    block("caption"),
    block("center"),
    inline("cite"),
    inline("code"),
    inline("col").of(Void),
    inline("colgroup"),
    inline("datalist").of(Hidden),
    block("dd"),
    inline("del"),
    block("details"),
    inline("dfn"),
    block("dir"),
    block("div"),
    block("dl"),
    block("dt"),
    inline("em"),
    inline("embed").of(Void),
    block("fieldset"),
    block("figcaption"),
    block("figure"),
    inline("font"),
    block("footer"),
    block("form"),
    inline("frame").of(Void),
    block("frameset"),
    block("h1"),
    block("h2"),
    block("h3"),
    block("h4"),
    block("h5"),
    block("h6"),
    block("head"),
    block("header"),
    block("hgroup"),
    block("hr").of(Void),
    block("html"),
    inline("i"),
    cell("iframe").of(Hidden),
    inline("img").of(Void),
    cell("input").of(Void),
    inline("ins"),
    inline("kbd"),
    inline("label"),
    block("layer"),
    block("legend"),
    block("li"),
    inline("link").of(Void),
    block("main"),
    inline("map"),
    inline("mark"),
    block("marquee"),
    block("menu"),
    inline("meta").of(Void),
    block("nav"),
    inline("nobr"),
    inline("noembed").of(Hidden),
    inline("noframes").of(Hidden),
    inline("noscript"),
    inline("object"),
    block("ol"),
    block("optgroup"),
    block("option"),
    block("p"),
    inline("param").of(Void),
    inline("picture"),
    block("pre"),
    inline("q"),
    inline("rp").of(Hidden),
    inline("rt"),
    inline("ruby"),
    inline("s"),
    inline("samp"),
    inline("script").of(Skipped),
    block("search"),
    block("section"),
    block("select"),
    inline("small"),
    inline("source").of(Void),
    inline("span"),
    inline("strike"),
    inline("strong"),
    inline("style").of(Skipped),
    inline("sub"),
    block("summary"),
    inline("sup"),
    inline("svg"),
    block("table"),
    block("tbody"),
    cell("td"),
    inline("template").of(Hidden),
    block("textarea").of(Text),
    block("tfoot"),
    cell("th"),
    block("thead"),
    inline("time"),
    block("title").of(Text),
    block("tr"),
    inline("tt"),
    inline("u"),
    block("ul"),
    inline("var"),
    inline("wbr").of(Void),
    block("xmp").of(Text),
];

/// Number of known elements, which is also the row of the unknown ones.
const COUNT: usize = 123;

/// Slots of the look-up table: a power of two, four times as many as elements.
const SLOTS: usize = 512;

/// Finds a row by its name: the first eight letters as an integer, which differ for all elements,
/// and the row. A slot that is taken leaves its element to the next one.
static TABLE: [(u64, u8); SLOTS] = {
    let mut table = [(0, COUNT as u8); SLOTS];
    let mut row = 0;
    while row < COUNT {
        let packed = pack(ELEMENTS[row].name.as_bytes());
        let mut slot = slot_of(packed);
        while table[slot].0 != 0 {
            slot = (slot + 1) % SLOTS;
        }
        table[slot] = (packed, row as u8);
        row += 1;
    }
    table
};

const fn pack(name: &[u8]) -> u64 {
    let (mut word, mut at) = (0, 0);
    while at < name.len() && at < 8 {
        word = word << 8 | name[at].to_ascii_lowercase() as u64;
        at += 1;
    }
    word
}

/// Fibonacci hashing.
const fn slot_of(packed: u64) -> usize {
    (packed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 55) as usize % SLOTS
}

/// The row of the element called `name`, ignoring case.
pub(crate) fn row_of(name: &[u8]) -> Row {
    let packed = pack(name);
    let mut slot = slot_of(packed);
    while TABLE[slot].0 != 0 {
        let (known, row) = TABLE[slot];
        // Other names may have the same first eight letters.
        if known == packed && name.eq_ignore_ascii_case(name_of(row.into()).as_bytes()) {
            return row.into();
        }
        slot = (slot + 1) % SLOTS;
    }
    COUNT
}

/// The rows of the elements with these names, which must be known, one bit each.
pub(crate) const fn set_of(names: &[&str]) -> u128 {
    let (mut set, mut at) = (0, 0);
    while at < names.len() {
        let mut row = 0;
        while !is_same(names[at].as_bytes(), ELEMENTS[row].name.as_bytes()) {
            row += 1;
        }
        set |= 1 << row;
        at += 1;
    }
    set
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

/// The name of the element in `row`.
pub(crate) fn name_of(row: Row) -> &'static str {
    ELEMENTS.get(row).map_or("unknown", |element| element.name)
}

/// Whether the element in `row` is known.
pub(crate) fn is_known(row: Row) -> bool {
    row < COUNT
}

/// How the element in `row` affects the text around it.
pub(crate) fn flow_of(row: Row) -> Flow {
    ELEMENTS
        .get(row)
        .map_or(Flow::Inline, |element| element.flow)
}

/// What the element in `row` contains.
pub(crate) fn content_of(row: Row) -> Content {
    ELEMENTS.get(row).map_or(Markup, |element| element.content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_is_found_by_its_name_in_any_case() {
        for (row, element) in ELEMENTS.iter().enumerate() {
            assert_eq!(row_of(element.name.to_ascii_uppercase().as_bytes()), row);
            assert_eq!(row_of(format!("{}x", element.name).as_bytes()), COUNT);
        }
        assert_eq!(name_of(row_of(b"zyx")), "unknown");
        assert_eq!(name_of(row_of(b"")), "unknown");
    }
}
