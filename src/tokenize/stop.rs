//! Frequent English function words, left out when the recipe says so. The list is short on purpose: words that spam and ham
//! use differently (`you`, `your`, `free`, `click`) are not in it.

/// In alphabetical order, for binary search.
const STOP_WORDS: [&str; 92] = [
    "about", "after", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "because", "been", "before",
    "being", "between", "both", "but", "by", "can", "could", "did", "do", "does", "doing", "down", "during", "each",
    "for", "from", "further", "had", "has", "have", "having", "he", "her", "here", "him", "his", "how", "if", "in",
    "into", "is", "it", "its", "itself", "more", "most", "of", "on", "only", "or", "other", "our", "out", "over",
    "own", "same", "she", "should", "so", "some", "such", "than", "that", "the", "their", "them", "then", "there",
    "these", "they", "this", "those", "through", "to", "too", "under", "until", "up", "very", "was", "were", "what",
    "when", "which", "while", "with", "would",
];

/// Whether `word`, in lower case, is one of them.
pub(super) fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order() {
        assert!(STOP_WORDS.is_sorted());
        assert!(is_stop_word("the") && !is_stop_word("viagra"));
    }
}
