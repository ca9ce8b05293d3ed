//! Detects the language of a message, to choose one of Snowball's eighteen stemmers, and to know
//! whether `I` has a dotless small form, as in Turkish and Azerbaijani.
//!
//! Four languages are recognised by their script, and the others by their most common function
//! words, counted among the first [`MOST_WORDS`] words of the text. A short or mixed text remains
//! undecided and is stemmed as English, which most mail is.

use super::form::ShortWord;
use rust_stemmers::Algorithm;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// Number of words, and of bytes, that are examined.
const MOST_WORDS: usize = 100;
const MOST_BYTES: usize = 2048;
/// Number of function words needed to decide for a language.
const ENOUGH: u16 = 4;

/// Defines [`Language`] from one row per language: its variant, its name, its stemmer if it has
/// one, and its function words.
macro_rules! languages {
    ($($language:ident = $name:literal, $stemmer:expr, $words:literal;)+) => {
        /// A language that has a stemmer or small letters of its own.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Language {
            $($language,)+
        }

        impl Language {
            /// Number of languages.
            pub const COUNT: usize = [$($name),+].len();

            /// All languages, in the order of their codes.
            pub const ALL: [Language; Language::COUNT] = [$(Language::$language),+];

            /// Its name in English, in lower case.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Language::$language => $name,)+
                }
            }

            /// Its stemmer.
            pub fn algorithm(self) -> Option<Algorithm> {
                match self {
                    $(Language::$language => $stemmer,)+
                }
            }
        }

        /// The function words of each language; empty if its script identifies it.
        const FUNCTION_WORDS: [&str; Language::COUNT] = [$($words),+];
    };
}

// For languages in Latin script, the function words of two to seven ASCII letters. English must
// come first, since `by_function_words` prefers it.
languages! {
    English = "english", Some(Algorithm::English),
        "the of and to in is you that it for on are with as this be at have from or your not by \
         we can will was but if they our all has me my so what";
    Danish = "danish", Some(Algorithm::Danish),
        "og det at en til er som den de af for ikke der med et har vi du jeg men sig var om han \
         kan fra efter skal hvis nu hvad eller dig vil blev kun noget meget";
    Dutch = "dutch", Some(Algorithm::Dutch),
        "de het een en van ik te dat die in je is niet op aan met voor zijn er maar om hem dan \
         zou of wat mijn dit zo door over uw bij ook naar kan wij heeft worden";
    Finnish = "finnish", Some(Algorithm::Finnish),
        "ja on ei se joka mutta ole oli kun tai niin kuin jos vain myös mukaan tulee olla sen \
         ovat voi nyt sinun olet meille kanssa sitten teille";
    French = "french", Some(Algorithm::French),
        "de la le et les des en un du une que est pour qui dans par plus pas au sur ne se vous \
         nous avec il sont mais ou ce votre vos cette je mon aux";
    German = "german", Some(Algorithm::German),
        "der die und in den von zu das mit sich des auf ist im dem nicht ein eine als auch es an \
         werden aus er hat dass sie nach wird bei ich wir ihr ihre zum zur oder wenn sind";
    Hungarian = "hungarian", Some(Algorithm::Hungarian),
        "az hogy nem is egy ez meg csak de ha van mint vagy volt kell el sem lesz ki mert be \
         minden most majd ezt azt amely szerint ami nagyon";
    Italian = "italian", Some(Algorithm::Italian),
        "di che il la un per non del con una si da dei le sono nel al come anche ma della su gli \
         ha delle questo lo ed alla tuo vostro mi ti ci suo";
    Norwegian = "norwegian", Some(Algorithm::Norwegian),
        "og det i en til er som den de av for ikke med et har vi du jeg men seg var om han kan \
         fra etter skal hvis hva eller deg vil ble bare noe mye";
    Portuguese = "portuguese", Some(Algorithm::Portuguese),
        "de que em um para com uma os no se na por mais as dos como mas ao ele das seu sua ou \
         quando muito nos ja eu pelo voce sem foi isso esta";
    Romanian = "romanian", Some(Algorithm::Romanian),
        "de si la in cu pe un nu din este sau care pentru ce ca al mai sunt dar fi ati va sa cel \
         lui prin noi fost dupa cum doar vor au acest";
    Spanish = "spanish", Some(Algorithm::Spanish),
        "de la que el en los se del las un por con no una su para es al lo como pero sus le ha me \
         si sin sobre este ya entre cuando todo esta usted hay muy";
    Swedish = "swedish", Some(Algorithm::Swedish),
        "och det att i en som till den de av med inte har vi du jag men sig var om han kan kunde \
         ett efter ska dig vill bara eller din ditt mycket hur";
    Turkish = "turkish", Some(Algorithm::Turkish),
        "ve bir bu da de ile ne olan olarak daha gibi kadar ama sonra var her ben sen biz siz mi \
         en ki olan yok veya ise sizin bizim hem";
    Azerbaijani = "azerbaijani", None,
        "bir bu da daha ki var biz siz olan sonra ya idi kimi amma lakin artiq onun bizim sizin";
    Arabic = "arabic", Some(Algorithm::Arabic), "";
    Greek = "greek", Some(Algorithm::Greek), "";
    Russian = "russian", Some(Algorithm::Russian), "";
    Tamil = "tamil", Some(Algorithm::Tamil), "";
}

/// Maps a function word, as the chunk of its lower-cased bytes, to one bit for each language that
/// has it.
static KNOWN: LazyLock<FxHashMap<u64, u32>> = LazyLock::new(|| {
    let mut known = FxHashMap::default();
    for (language, words) in FUNCTION_WORDS.iter().enumerate() {
        for word in words
            .split_ascii_whitespace()
            .filter(|word| word.is_ascii() && word.len() > 1)
        {
            let padded = format!("{word:<8}");
            if let Some(short) = ShortWord::at(padded.as_bytes(), 0) {
                *known.entry(short.chunk).or_insert(0) |= 1 << language;
            }
        }
    }
    known
});

impl Language {
    /// The language of a UTF-8 text, if there is enough evidence.
    pub fn of(text: &[u8]) -> Option<Language> {
        let text = &text[..text.len().min(MOST_BYTES)];
        by_script(text).or_else(|| by_function_words(text))
    }

    /// Whether `I` and `ı` are one letter, and `İ` and `i` another (SpecialCasing.txt of Unicode,
    /// tr and az).
    pub fn is_turkic(self) -> bool {
        matches!(self, Language::Turkish | Language::Azerbaijani)
    }
}

/// The language by its script, judged by the first bytes of characters, each of which covers little
/// more than one script.
fn by_script(text: &[u8]) -> Option<Language> {
    if text.is_ascii() {
        return None;
    }
    let (mut latin, mut scripts) = (0, [0; 4]);
    for (at, &byte) in text.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | 0xC3..=0xC9 => latin += 1,
            0xD8..=0xDB => scripts[0] += 1,
            0xCE | 0xCF => scripts[1] += 1,
            0xD0 | 0xD1 => scripts[2] += 1,
            0xE0 if matches!(text.get(at + 1), Some(0xAE | 0xAF)) => scripts[3] += 1,
            _ => {}
        }
    }
    let of_scripts = [
        Language::Arabic,
        Language::Greek,
        Language::Russian,
        Language::Tamil,
    ];
    let (count, language) = scripts
        .into_iter()
        .zip(of_scripts)
        .max_by_key(|&(count, _)| count)?;
    (count >= 8 && count > latin).then_some(language)
}

fn by_function_words(text: &[u8]) -> Option<Language> {
    let known = &*KNOWN;
    let mut found = [0_u16; Language::COUNT];
    let (mut at, mut words) = (0, 0);
    while at < text.len() && words < MOST_WORDS {
        if !is_letter(text[at]) {
            at += 1;
            continue;
        }
        words += 1;
        if let Some(word) = ShortWord::at(text, at) {
            at += word.len;
            let mut languages = known.get(&word.chunk).copied().unwrap_or(0);
            while languages != 0 {
                found[languages.trailing_zeros() as usize] += 1;
                languages &= languages - 1;
            }
            // Most mail is English and soon recognised.
            if found[0] >= ENOUGH + 2
                && words <= 5 * usize::from(found[0])
                && others_are_behind(&found)
            {
                return Some(Language::English);
            }
        }
        let rest = at;
        while at < text.len() && is_letter(text[at]) {
            at += 1;
        }
        if rest < at {
            count_letters(&text[rest..at], &mut found);
        }
    }
    if found[Language::Azerbaijani as usize] > 0 && !has_schwa(text) {
        found[Language::Azerbaijani as usize] = 0;
    }
    let (best, count) = found
        .iter()
        .enumerate()
        .max_by_key(|&(language, &count)| (count, Language::COUNT - language))?;
    let alone = found.iter().filter(|other| *other == count).count() == 1;
    let clear = best == 0 || 2 * count > 3 * found[0];
    (*count >= ENOUGH && alone && clear).then(|| Language::ALL[best])
}

/// Counts a word with a letter that only Turkish and its kin have as two function words.
fn count_letters(word: &[u8], found: &mut [u16; Language::COUNT]) {
    if word.is_ascii() {
        return;
    }
    let (turkish, azerbaijani) = (Language::Turkish as usize, Language::Azerbaijani as usize);
    // Ğ, ğ, İ and ı.
    let letter = |pair: &[u8]| matches!(pair, [0xC4, 0x9E | 0x9F | 0xB0 | 0xB1]);
    if word.windows(2).any(letter) {
        found[turkish] += 2;
        found[azerbaijani] += 2;
    } else if has_schwa(word) {
        found[azerbaijani] += 2;
    }
}

/// Whether a text has the letter `ə`, which tells Azerbaijani from Turkish.
fn has_schwa(text: &[u8]) -> bool {
    let letter = |pair: &[u8]| matches!(pair, [0xC9, 0x99] | [0xC6, 0x8F]);
    !text.is_ascii() && text.windows(2).any(letter)
}

/// Whether English has more than twice the function words of any other language.
fn others_are_behind(found: &[u16; Language::COUNT]) -> bool {
    found[1..].iter().all(|&other| 2 * other < found[0])
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || byte == b'\''
}

#[cfg(test)]
mod tests {
    use super::Language::{
        Arabic, Azerbaijani, Danish, Dutch, English, French, German, Greek, Hungarian, Italian,
        Norwegian, Russian, Spanish, Swedish, Turkish,
    };
    use super::*;

    const TEXTS: [(&str, Language); 15] = [
        (
            "Please find the report in the folder that you shared with us, and let me know \
             if it is fine.",
            English,
        ),
        (
            "Wir haben das Paket an der Haustür abgelegt, wenn Sie nicht zu Hause sind, ist \
             es bei den Nachbarn.",
            German,
        ),
        (
            "Nous vous remercions pour votre commande, elle est dans le camion et sera chez \
             vous par la poste.",
            French,
        ),
        (
            "Su pedido ha salido de la tienda y llega el lunes; si no hay nadie en casa se \
             deja con los vecinos.",
            Spanish,
        ),
        (
            "De vergadering is om tien uur, maar het kan zijn dat een deel van de groep niet \
             op tijd is.",
            Dutch,
        ),
        (
            "La riunione è alle dieci, ma non sono sicuro che tutti gli amici della squadra \
             ci sono per il caffè.",
            Italian,
        ),
        (
            "Mötet är klockan tio och jag vill att du ska ha med dig kaffe, men det är inte \
             ett krav.",
            Swedish,
        ),
        (
            "Hva er det vi skal ha etter ferien? Jeg vil bare ha noe mer av det de hadde.",
            Norwegian,
        ),
        (
            "Hvad er det vi skal have efter ferien? Jeg vil kun have noget af det, de har \
             meget.",
            Danish,
        ),
        (
            "Nagyon szépen kérem, hogy ezt az oldalt ne törölje, mert ez az egy van meg, és \
             nem lesz más.",
            Hungarian,
        ),
        (
            "Встреча начнётся завтра в десять утра, приносите бумаги.",
            Russian,
        ),
        ("Η συνάντηση είναι αύριο το πρωί στο γραφείο.", Greek),
        (
            "Çarşamba günü kapıya bırakılan kutu hâlâ alınmadı, bakar mısın?",
            Turkish,
        ),
        (
            "Sabah saat onda görüşək, sənədləri və açarları gətirin, biz gözləyirik.",
            Azerbaijani,
        ),
        ("الاجتماع غدا في الصباح في المكتب", Arabic),
    ];

    #[test]
    fn languages_are_told_by_script_or_function_words() {
        for (text, language) in TEXTS {
            assert_eq!(Language::of(text.as_bytes()), Some(language), "{text}");
        }
        for undecided in ["", "ok", "12345 67890", "Meeting tomorrow"] {
            assert_eq!(Language::of(undecided.as_bytes()), None, "{undecided}");
        }
    }
}
