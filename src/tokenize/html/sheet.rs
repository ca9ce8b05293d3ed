//! Reads which classes and ids of a page are hidden by its style sheets.
//!
//! Of all rules, those are read whose selector is one class or id (`.x`, `#x`, `div.x`) and that
//! say whether an element is shown. What holds for some screens only (`@media`) is not read, nor
//! what a sheet says about colours and sizes of letters: a rule that is not read may change them
//! again.

use super::css::{Attributes, without_comments};
use super::element::{self, Row};
use memchr::{memchr, memchr2};

/// Number of rules that are read, so that a set of them fits in a `u64`.
const MOST_RULES: usize = 64;

/// The rules of all style sheets of a page.
#[derive(Default)]
pub(crate) struct StyleSheet {
    rules: Vec<Rule>,
}

struct Rule {
    /// The element that it is about; None for all of them.
    row: Option<Row>,
    /// The attribute that its selector is about, `class` or `id`, and a word of its value.
    attribute: &'static str,
    word: Vec<u8>,
    says: Attributes,
}

impl StyleSheet {
    /// Reads the source of one style sheet.
    pub fn read(&mut self, source: &[u8]) {
        let uncommented = without_comments(source);
        let mut rest = uncommented.trim_ascii();
        // The signs of a comment in HTML mean nothing here.
        rest = rest.strip_prefix(b"<!--").unwrap_or(rest);
        while let Some(end) = memchr2(b'{', b';', rest) {
            let (selectors, block) = (rest[..end].trim_ascii(), &rest[end + 1..]);
            let is_at_rule = selectors.starts_with(b"@");
            rest = if rest[end] == b';' {
                block
            } else if is_at_rule {
                after_block(block)
            } else {
                let close = memchr(b'}', block).unwrap_or(block.len());
                self.rule(selectors, &block[..close]);
                block.get(close + 1..).unwrap_or_default()
            };
        }
    }

    fn rule(&mut self, selectors: &[u8], declarations: &[u8]) {
        let mut says = Attributes::default();
        says.note(b"style", declarations);
        if says.say_presence() {
            let room = MOST_RULES - self.rules.len();
            let selectors = selectors.split(|&byte| byte == b',');
            let rules = selectors.filter_map(|selector| Rule::new(selector.trim_ascii(), says));
            self.rules.extend(rules.take(room));
        }
    }

    /// The rules that hold for an element with this attribute, one bit each.
    pub fn matches(&self, row: Row, attribute: &[u8], value: &[u8]) -> u64 {
        let mut found = 0;
        for (at, rule) in self.rules.iter().enumerate() {
            let is_about = attribute.eq_ignore_ascii_case(rule.attribute.as_bytes())
                && rule.row.is_none_or(|of| of == row);
            let has = || {
                let mut words = value.split(u8::is_ascii_whitespace);
                words.any(|word| word == rule.word)
            };
            found |= u64::from(is_about && has()) << at;
        }
        found
    }

    /// Adds what the rules in the set `found` say to the `attributes` of an element.
    pub fn add(&self, found: u64, attributes: &mut Attributes) {
        let mut says = Attributes::default();
        let rules = self.rules.iter().enumerate();
        for (_, rule) in rules.filter(|(at, _)| found >> at & 1 == 1) {
            says.say_also(&rule.says);
        }
        attributes.take_presence(&says);
    }
}

impl Rule {
    /// The rule of a simple selector; None for any other.
    fn new(selector: &[u8], says: Attributes) -> Option<Rule> {
        let at = selector.iter().position(|byte| b".#".contains(byte))?;
        let (name, word) = (&selector[..at], &selector[at + 1..]);
        let row = element::row_of(name);
        let is_simple = !word.is_empty()
            && word
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte));
        let is_known = name.is_empty() || element::is_known(row);
        (is_simple && is_known).then(|| Rule {
            row: (!name.is_empty()).then_some(row),
            attribute: if selector[at] == b'.' { "class" } else { "id" },
            word: word.to_vec(),
            says,
        })
    }
}

/// What follows the block that begins here, which may contain other blocks.
fn after_block(text: &[u8]) -> &[u8] {
    let (mut open, mut at) = (1, 0);
    while open > 0 {
        let Some(found) = memchr2(b'{', b'}', &text[at..]) else {
            return b"";
        };
        at += found + 1;
        if text[at - 1] == b'{' {
            open += 1;
        } else {
            open -= 1;
        }
    }
    &text[at..]
}

#[cfg(test)]
mod tests {
    use super::super::css::Presence;
    use super::*;

    fn presence(sheet: &str, class: &str, style: &str) -> Presence {
        let mut rules = StyleSheet::default();
        rules.read(sheet.as_bytes());
        let row = element::row_of(b"div");
        let found = rules.matches(row, b"CLASS", class.as_bytes());
        let mut attributes = Attributes::default();
        attributes.note(b"style", style.as_bytes());
        rules.add(found, &mut attributes);
        attributes.presence()
    }

    /// By the rules of the cascade (CSS Cascading and Inheritance 3, section 6).
    #[test]
    fn a_sheet_hides_elements_of_a_class() {
        for (sheet, class, style) in [
            (".x{display:none}", "x", ""),
            ("p{color:red} .a, div.x { display : none }", "b x c", ""),
            ("<!-- .x{opacity:0} -->", "x", ""),
            (
                "/* .y{} */.x{max-height:0;overflow:hidden}",
                "x",
                "color:red",
            ),
            (
                "@import url(a);@media print{.x{display:block}}.x{display:none}",
                "x",
                "",
            ),
            (".x{display:none!important}", "x", "display:block"),
            (".x{display:none!important}.y{display:block}", "x y", ""),
            (".x{display:none}.y{color:red}", "x y", ""),
        ] {
            assert_ne!(presence(sheet, class, style), Presence::Shown, "{sheet}");
        }
        for (sheet, class, style) in [
            (".x{display:none}", "y", ""),
            (".x{display:none}", "X", ""),
            (".x{display:none}", "x", "display:block"),
            (".x{display:none}.y{display:block}", "x y", ""),
            (
                ".x .y{display:none} .x>.y{display:none} .x.y{display:none}",
                "x y",
                "",
            ),
            (
                ".x:hover{display:none} p.x{display:none} #x{display:none}",
                "x",
                "",
            ),
            ("@media (max-width:600px){.y{} .x{display:none}}", "x", ""),
            (".x{font-size:0;color:#fff}", "x", ""),
            ("/*.x{display:none}*/", "x", ""),
            ("@media print{.x{display:none}", "x", ""),
        ] {
            assert_eq!(presence(sheet, class, style), Presence::Shown, "{sheet}");
        }
    }

    #[test]
    fn rules_beyond_the_limit_are_not_read() {
        let many = ".a{display:none}".repeat(MOST_RULES) + ".x{display:none}";
        assert_eq!(presence(&many, "x", ""), Presence::Shown);
        assert_ne!(presence(&many, "a", ""), Presence::Shown);
    }
}
