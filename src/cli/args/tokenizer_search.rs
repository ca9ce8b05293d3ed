//! Ways to read the same message that a search chooses among: every combination of what `--recipe`
//! gives.

use super::input::{InputOptions, LabelledMail};
use super::training::{Common, Request};
use crate::cli::usage;
use crate::dataset::features::VocabularySettings;
use crate::dataset::{Corpus, CorpusOptions};
use crate::lab::CandidateCorpus;
use crate::tokenize::{MAX_BYTE_NGRAM, MAX_NGRAM, Recipe};
use serde_json::{Map, Value};

/// More ways than these are refused: each is tokenized and searched for itself.
const MOST: usize = 64;

/// One way to read the mail.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenizerCandidate {
    /// What it is, in words.
    pub what: String,
    /// How mail is turned into tokens.
    pub recipe: Recipe,
    /// How the vocabulary is learned.
    pub vocabulary: VocabularySettings,
}

/// All combinations of choices written as `stem=auto,no`; what is not among them stays as it is.
/// None of none.
pub fn ways(
    given: &[String],
    recipe: &Recipe,
    vocabulary: VocabularySettings,
) -> anyhow::Result<Vec<TokenizerCandidate>> {
    if given.is_empty() {
        return Ok(Vec::new());
    }
    let base = [
        serde_json::to_value(recipe)?,
        serde_json::to_value(vocabulary)?,
    ];
    let mut all = vec![(String::new(), base.clone())];
    for choice in given {
        let refused = |reason: String| usage(format!("--recipe {choice}: {reason}"));
        let Some((name, values)) = choice.split_once('=') else {
            return Err(refused(
                "write CHOICE=VALUES, for instance stem=auto,no".to_owned(),
            ));
        };
        let Some(part) = base.iter().position(|part| part.get(name).is_some()) else {
            let known = base
                .iter()
                .filter_map(Value::as_object)
                .flat_map(Map::keys)
                .cloned()
                .collect::<Vec<_>>();
            return Err(refused(format!(
                "there is no choice {name}; there are {}",
                known.join(", ")
            )));
        };
        let with = |(what, parts): &(String, [Value; 2])| {
            let set = |value: &str| {
                let mut parts = parts.clone();
                parts[part][name] = match value {
                    "yes" => Value::Bool(true),
                    // A stem may be `no`, too.
                    "no" if base[part][name].is_boolean() => Value::Bool(false),
                    other => serde_json::from_str(other)
                        .unwrap_or_else(|_| Value::String(other.to_owned())),
                };
                (format!("{what} {name}={value}").trim().to_owned(), parts)
            };
            values.split(',').map(set).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(with).collect();
        if all.len() > MOST {
            return Err(refused(format!(
                "more than {MOST} ways to read the mail; give fewer values"
            )));
        }
        for (_, [recipe, vocabulary]) in &all {
            parsed(recipe, vocabulary).map_err(&refused)?;
        }
    }
    let way = |(what, [recipe, vocabulary]): (String, [Value; 2])| {
        let (recipe, vocabulary) = parsed(&recipe, &vocabulary).map_err(usage)?;
        Ok(TokenizerCandidate {
            what,
            recipe,
            vocabulary,
        })
    };
    all.into_iter().map(way).collect()
}

/// Both as they are meant; else what is wrong.
fn parsed(recipe: &Value, vocabulary: &Value) -> Result<(Recipe, VocabularySettings), String> {
    let recipe: Recipe =
        serde_json::from_value(recipe.clone()).map_err(|error| error.to_string())?;
    let vocabulary: VocabularySettings =
        serde_json::from_value(vocabulary.clone()).map_err(|error| error.to_string())?;
    if !(1..=MAX_NGRAM).contains(&recipe.ngrams) {
        return Err(format!("ngrams is a whole number from 1 to {MAX_NGRAM}"));
    }
    if recipe.byte_ngrams > MAX_BYTE_NGRAM {
        return Err(format!(
            "byte_ngrams is a whole number from 0 to {MAX_BYTE_NGRAM}"
        ));
    }
    if vocabulary.min_df == 0 || vocabulary.max_features == Some(0) {
        return Err("min_df and max_features are at least 1".to_owned());
    }
    Ok((recipe, vocabulary))
}

/// The mail read by each recipe among the ways of a request, once each.
pub struct Readings<'a> {
    ways: &'a [TokenizerCandidate],
    /// Those that differ from the request's own.
    piles: Vec<(Recipe, LabelledMail)>,
}

impl<'a> Readings<'a> {
    /// Reads the mail of `pile` again by every other recipe.
    pub fn read(
        input: &InputOptions,
        request: &'a Request,
        pile: &LabelledMail,
        keep: CorpusOptions,
        common: &Common,
    ) -> anyhow::Result<Self> {
        let mut readings = Readings {
            ways: &request.ways,
            piles: Vec::new(),
        };
        if !request.ways.is_empty() && !input.is_repeatable() {
            return Err(usage(
                "--recipe reads the mail several times: give it as a file",
            ));
        }
        for way in &request.ways {
            let known = way.recipe == request.recipe
                || readings
                    .piles
                    .iter()
                    .any(|(recipe, _)| *recipe == way.recipe);
            if known {
                continue;
            }
            let again = input.read_both_classes(&way.recipe, keep, false, &common.quietly())?;
            if again.mail.emails().len() != pile.mail.emails().len() {
                return Err(usage(format!(
                    "{}: it changed while it was being read",
                    pile.card.source
                )));
            }
            readings.piles.push((way.recipe.clone(), again));
        }
        Ok(readings)
    }

    /// Every way with its mail; `corpus` is that of the request's own recipe.
    pub fn of<'r>(&'r self, corpus: &'r Corpus) -> Vec<CandidateCorpus<'r>> {
        let reading = |way: &TokenizerCandidate| {
            let pile = self.piles.iter().find(|(recipe, _)| *recipe == way.recipe);
            let corpus = pile.map_or(corpus, |(_, pile)| pile.mail.emails());
            CandidateCorpus {
                what: way.what.clone(),
                corpus,
                vocabulary: way.vocabulary,
            }
        };
        self.ways.iter().map(reading).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenize::Stem;

    #[test]
    fn ways_are_all_combinations_and_what_cannot_be_is_refused_by_name() {
        let of = |given: &[&str]| {
            let given: Vec<String> = given.iter().map(|one| (*one).to_owned()).collect();
            ways(&given, &Recipe::default(), VocabularySettings::default())
        };
        assert_eq!(of(&[]).unwrap(), []);
        let all = of(&["stem=auto,no", "deobfuscate=no", "min_df=1,2,3"]).unwrap();
        assert_eq!(all.len(), 6);
        assert_eq!(all[0].what, "stem=auto deobfuscate=no min_df=1");
        let last = &all[5];
        assert_eq!(
            (
                last.recipe.stem,
                last.recipe.deobfuscate,
                last.vocabulary.min_df
            ),
            (Stem::No, false, 3)
        );
        assert_eq!(
            of(&["max_features=100,null"]).unwrap()[1]
                .vocabulary
                .max_features,
            None
        );
        for (given, reason) in [
            (&["stem"][..], "write CHOICE=VALUES"),
            (&["colour=red"], "there is no choice colour; there are"),
            (&["ngrams=1,4"], "ngrams is a whole number from 1 to 3"),
            (&["stem=latin"], "unknown variant `latin`"),
            (&["min_df=0"], "at least 1"),
            (
                &[
                    "min_df=1,2,3,4,5,6,7,8,9",
                    "ngrams=1,2,3",
                    "deobfuscate=yes,no",
                    "stem=auto,no",
                ],
                "more than 64 ways",
            ),
        ] {
            let said = of(given).unwrap_err().to_string();
            assert!(said.contains("--recipe") && said.contains(reason), "{said}");
        }
    }
}
