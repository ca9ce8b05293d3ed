//! Splits a text into pieces: the words that are evidence for a model, which are marked, and the
//! text between them.
//!
//! Evidence names tokens, which are stems in lower case. A word is marked for the longest token
//! that it begins with, if it has at most a few letters more (`countri` is the stem of `country`).
//! So a mark shows where a token probably comes from.

/// Largest number of letters that a word may have beyond its stem.
const ENDING: usize = 4;
/// Length of the shortest stem that may match a longer word.
const SHORTEST: usize = 3;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Excerpt {
    /// The text itself.
    pub text: String,
    /// The contribution of a marked word, above 0 for spam; None for text between marked words.
    pub gain: Option<f64>,
}

/// The pieces of a text in order. Joined, they are the text again.
pub fn pieces(text: &str, tokens: &[(String, f64)]) -> Vec<Excerpt> {
    // A clue from the subject marks its word too.
    let plain = |token: &str| token.strip_prefix("subject:").unwrap_or(token).to_owned();
    let tokens: Vec<(String, f64)> = tokens
        .iter()
        .map(|(token, gain)| (plain(token), *gain))
        .collect();
    let mut pieces: Vec<Excerpt> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let letters = rest
            .find(|letter: char| !is_letter(letter))
            .unwrap_or(rest.len());
        let end = if letters > 0 {
            letters
        } else {
            rest.find(is_letter).unwrap_or(rest.len())
        };
        let (word, after) = rest.split_at(end);
        let gain = if letters > 0 {
            gain(word, &tokens)
        } else {
            None
        };
        match pieces.last_mut() {
            Some(last) if last.gain.is_none() && gain.is_none() => last.text.push_str(word),
            _ => pieces.push(Excerpt {
                text: word.to_owned(),
                gain,
            }),
        }
        rest = after;
    }
    pieces
}

fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '\''
}

fn gain(word: &str, tokens: &[(String, f64)]) -> Option<f64> {
    let word = word.to_lowercase();
    let about = |(token, _): &&(String, f64)| {
        let goes_on = |stem: &str| {
            word.strip_prefix(stem)
                .is_some_and(|ending| ending.chars().count() <= ENDING)
        };
        let is_y = |stem: &str| word.strip_prefix(stem) == Some("y");
        word == *token
            || token.chars().count() >= SHORTEST
                && (goes_on(token) || token.strip_suffix('i').is_some_and(is_y))
    };
    tokens
        .iter()
        .filter(about)
        .max_by_key(|(token, _)| token.len())
        .map(|(_, gain)| *gain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_begin_like_a_token_are_marked_and_nothing_is_lost() {
        let tokens = [
            ("guarante".to_owned(), 1.5),
            ("to".to_owned(), -0.5),
            ("count".to_owned(), -1.0),
            ("countri".to_owned(), 1.0),
            ("subject:win".to_owned(), 2.0),
        ];
        let text = "Winning is Guaranteed, to you! Tomatoes… guaranteeing a country";
        let found = pieces(text, &tokens);
        assert_eq!(
            found
                .iter()
                .map(|piece| piece.text.as_str())
                .collect::<String>(),
            text
        );
        let marked: Vec<(&str, f64)> = found
            .iter()
            .filter_map(|piece| Some((piece.text.as_str(), piece.gain?)))
            .collect();
        assert_eq!(
            marked,
            [
                ("Winning", 2.0),
                ("Guaranteed", 1.5),
                ("to", -0.5),
                ("guaranteeing", 1.5),
                ("country", 1.0)
            ]
        );
        assert!(pieces("", &tokens).is_empty());
    }
}
