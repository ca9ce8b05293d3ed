//! Deobfuscates words that are disguised from filters: `v1agra`, `V.i.a.g.r.a`, `c@sh`, and Latin
//! words that contain Cyrillic letters. The word that a person would read becomes a token besides
//! the word as written.

use super::look_alikes::stands_for;

/// Largest number of letters in a disguised word.
const LONGEST: usize = 20;

/// The letter that a digit or symbol is read as.
fn letter_for(sign: u8) -> Option<u8> {
    stands_for(char::from(sign)).next()
}

/// The word that a person reads in a word with digits among its letters; None if it has no digits,
/// or hardly any letters.
pub(crate) fn leet(word: &[u8]) -> Option<Vec<u8>> {
    if word.len() < 4 || word.len() > LONGEST {
        return None;
    }
    let (mut letters, mut digits) = (0, 0);
    let mut read = Vec::with_capacity(word.len());
    for (at, &byte) in word.iter().enumerate() {
        let plain = match byte {
            b'a'..=b'z' => {
                letters += 1;
                read.push(byte);
                continue;
            }
            // Other digits seldom replace letters.
            b'0' | b'1' | b'3' | b'4' | b'5' | b'7' => letter_for(byte)?,
            _ => return None,
        };
        // A number before or after the letters is part of a count or a name: `2nd`, `win32`.
        let inside = at > 0 && word[at..].iter().any(u8::is_ascii_lowercase);
        if !inside {
            return None;
        }
        digits += 1;
        read.push(plain);
    }
    (digits > 0 && letters >= 3 && letters > digits).then_some(read)
}

/// The word around the `@` or `$` at `at`, with that symbol replaced by its letter, if this makes a
/// word: `c@sh`, `ca$h`.
pub(crate) fn sign_in_word(text: &[u8], at: usize) -> Option<Vec<u8>> {
    let plain = match text[at] {
        sign @ (b'@' | b'$') => letter_for(sign)?,
        _ => return None,
    };
    let before = text[..at]
        .iter()
        .rev()
        .take(LONGEST)
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let after = text[at + 1..]
        .iter()
        .take(LONGEST)
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let beyond = |place: Option<&u8>| {
        place.is_some_and(|byte| byte.is_ascii_alphanumeric() || b".-_@".contains(byte))
    };
    let alone = !beyond(at.checked_sub(before + 1).and_then(|place| text.get(place)));
    // A full stop ends a sentence. If a word follows directly, this is an address.
    let mut end = &text[at + 1 + after..];
    end = end
        .strip_prefix(b".")
        .filter(|end| !end.first().is_some_and(u8::is_ascii_alphanumeric))
        .unwrap_or(end);
    if before == 0
        || after == 0
        || before + after < 3
        || before + after > 12
        || !alone
        || beyond(end.first())
    {
        return None;
    }
    let mut word = text[at - before..=at + after].to_ascii_lowercase();
    word[before] = plain;
    Some(word)
}

/// The word of single letters that begins at `start`, all separated by the same character, and the
/// position where it ends; None if there are fewer than four letters. The separator is a space,
/// full stop, hyphen, asterisk or underscore.
pub(crate) fn spaced(text: &[u8], start: usize) -> Option<(Vec<u8>, usize)> {
    let sign = *text.get(start + 1).filter(|sign| b" .-*_".contains(sign))?;
    let single = |at: usize| {
        let letter = *text.get(at)?;
        (letter.is_ascii_alphanumeric()
            && !text
                .get(at + 1)
                .is_some_and(|&next| next.is_ascii_alphanumeric() || next >= 0x80))
        .then_some(letter)
    };
    if !text[start].is_ascii_alphabetic() {
        return None;
    }
    let mut word = vec![text[start].to_ascii_lowercase()];
    let mut end = start + 1;
    while text.get(end) == Some(&sign)
        && word.len() < LONGEST
        && let Some(letter) = single(end + 1)
    {
        word.push(letter.to_ascii_lowercase());
        end += 2;
    }
    (word.len() >= 4).then_some((word, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_signs_inside_words_are_read_as_letters() {
        let read = |word: &str| leet(word.as_bytes()).map(|word| String::from_utf8(word).unwrap());
        assert_eq!(read("v1agra").as_deref(), Some("viagra"));
        assert_eq!(read("m0rtg4ge").as_deref(), Some("mortgage"));
        assert_eq!(read("ch34p").as_deref(), Some("cheap"));
        for kept in [
            "2nd", "win32", "mp3", "b2b", "a1b2c3d4", "viagra", "x86", "1234", "h264s",
        ] {
            assert_eq!(read(kept), None, "{kept}");
        }
        let sign = |text: &str| sign_in_word(text.as_bytes(), text.find(['@', '$']).unwrap());
        assert_eq!(sign("free c@sh.").as_deref(), Some(&b"cash"[..]));
        assert_eq!(sign("CA$H now").as_deref(), Some(&b"cash"[..]));
        for kept in [
            "a@b.example",
            "ann.b@host",
            "$foo",
            "US$ 50",
            "meet @ noon",
            "x@y",
        ] {
            assert_eq!(sign(kept), None, "{kept}");
        }
    }

    #[test]
    fn letters_standing_alone_are_joined() {
        let read = |text: &str| {
            spaced(text.as_bytes(), 0).map(|(word, end)| (String::from_utf8(word).unwrap(), end))
        };
        assert_eq!(read("V.i.a.g.r.a!"), Some(("viagra".into(), 11)));
        assert_eq!(read("F R E E Money"), Some(("free".into(), 7)));
        assert_eq!(read("c-l-1-c-k"), Some(("cl1ck".into(), 9)));
        for kept in ["U.S.A.", "a b", "I am", "e-mail", "1.2.3.4.5", "a.b-c.d"] {
            assert_eq!(read(kept), None, "{kept}");
        }
    }
}
