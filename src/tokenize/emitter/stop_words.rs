//! Frequent English function words, which have a kind of their own so that a model may ignore them.
//! The list is deliberately short: words that spam and ham use differently (`you`, `your`, `free`,
//! `click`) are not in it. It contains the stems too, so that the kind depends on the token alone.

/// In alphabetical order, for binary search.
const STOP_WORDS: [&str; 99] = [
    "about", "after", "all", "also", "am", "an", "and", "ani", "any", "are", "as", "at", "be",
    "becaus", "because", "been", "befor", "before", "being", "between", "both", "but", "by", "can",
    "could", "did", "do", "doe", "does", "doing", "down", "dure", "during", "each", "for", "from",
    "further", "had", "has", "have", "having", "he", "her", "here", "him", "his", "how", "if",
    "in", "into", "is", "it", "its", "itself", "more", "most", "of", "on", "onli", "only", "or",
    "other", "our", "out", "over", "own", "same", "she", "should", "so", "some", "such", "than",
    "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "through",
    "to", "too", "under", "until", "up", "veri", "very", "was", "were", "what", "when", "which",
    "while", "with", "would",
];

/// Whether `word`, in lower case, is one of them.
pub(crate) fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_holds_every_stem_of_its_words() {
        let stemmer = rust_stemmers::Stemmer::create(rust_stemmers::Algorithm::English);
        let stems: Vec<_> = STOP_WORDS.iter().map(|word| stemmer.stem(word)).collect();
        let missing: Vec<_> = stems.iter().filter(|stem| !is_stop_word(stem)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn the_list_is_in_order() {
        assert!(STOP_WORDS.is_sorted());
        assert!(is_stop_word("the") && !is_stop_word("viagra"));
    }
}
