//! Makes foreign text harmless for any document.

/// The text without control characters and without marks that reverse the reading direction. Line
/// breaks are kept.
pub fn readable(text: &str) -> String {
    let turns = |letter: char| {
        matches!(
            letter,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}'
        )
    };
    let shown = |letter: char| match letter {
        '\n' | '\t' => letter,
        letter if letter.is_control() || turns(letter) => '·',
        letter => letter,
    };
    text.chars().map(shown).collect()
}
